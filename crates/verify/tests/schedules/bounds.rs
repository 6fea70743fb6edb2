//! On small random programmes every plan is tried: no proof, however it is bent, bounds better than the
//! best plan that the checker accepts.

use groundwork_model::certificate::{
    KeptSchedules, LayerRadii, RuleFamily, RuleName, RulePrice, ScheduleNode,
};
use groundwork_model::plan::{Sense, Served};
use groundwork_model::programme::Robustness;
use groundwork_model::{
    Code, Goal, Opening, Outlook, Place, Plan, Programme, Proof, Question, Replan,
};
use groundwork_verify::{Score, verify, verify_choices};

use crate::common::{Stream, certify, inputs, plan};
use crate::{choices, covers, futures, generator, values};

/// Random programmes that are tried.
const PROGRAMMES: u64 = 400;

/// Plans of a programme that are tried at most; where there are more, as many are drawn.
const PLANS: usize = 1_500;

/// Is a drawn programme with its sites' schedules and the names of its rules.
pub(crate) struct Case {
    pub(crate) programme: Programme,
    pub(crate) question: Question,
    schedules: Vec<Vec<Vec<Opening>>>,
    /// The rules that have prices.
    pub(crate) names: Vec<RuleName>,
    /// The number of radii of each layer.
    pub(crate) layers: Vec<usize>,
    /// The futures, at least one.
    pub(crate) futures: usize,
    /// The futures of which the worst counts.
    pub(crate) worst: usize,
    /// A plan to hang proofs on.
    plan: Plan,
}

impl Case {
    fn draw(stream: &mut Stream) -> Self {
        let (programme, question) = generator::programme(stream);
        Self::of(programme, question)
    }

    pub(crate) fn of(programme: Programme, question: Question) -> Self {
        let futures = futures::of(&programme, &question).len();
        let scenarios = programme.settings.scenarios.as_ref();
        let is_worst = scenarios.is_some_and(|s| s.objective == Robustness::WorstCase);
        let is_worst = is_worst && question.outlook == Outlook::Together;
        let schedules = choices::of_sites(&programme, &question);
        let mut case = Self {
            plan: plan(&programme, &question, &[]),
            layers: layers(&programme, &question, futures.max(1)),
            futures: futures.max(1),
            worst: if is_worst { futures } else { 0 },
            programme,
            question,
            schedules,
            names: Vec::new(),
        };
        let names = names(&case);
        case.names = names.into_iter().filter(|name| case.has_rule(name)).collect();
        case
    }

    /// Returns the bound of a proof, and whether the proof could be evaluated.
    pub(crate) fn bound(&self, proof: Proof) -> (Option<i128>, bool) {
        let mut plan = self.plan.clone();
        let certificate = certify(&mut plan, 0, proof);
        let verdict = verify(&self.programme, &inputs(), &plan, Some(&certificate));
        let is_malformed = verdict.problems.iter().any(|p| p.code == Code::CertificateMalformed);
        (verdict.bound, !is_malformed)
    }

    fn has_rule(&self, name: &RuleName) -> bool {
        let mut prices = vec![RulePrice { of: name.clone(), price: 0 }];
        if self.question.goal(&self.programme) == Goal::WorstDistance {
            return self.bound(covers::with_prices(self, prices)).1;
        }
        prices.extend(self.shares(&[1]));
        let radii = self.layers.iter().map(|length| vec![0; *length]).collect();
        self.bound(Proof::Schedules {
            shift: 0,
            prices,
            radii,
            nodes: Vec::new(),
            covers: Vec::new(),
        })
        .1
    }

    /// Names the prices of the futures of which the worst counts, those behind a list at 0.
    fn shares(&self, prices: &[i128]) -> Vec<RulePrice> {
        let price = |at: usize| prices.get(at).copied().unwrap_or(0);
        let named = (0..self.worst).map(|at| RulePrice { of: future_name(at), price: price(at) });
        named.collect()
    }

    fn is_min(&self) -> bool {
        self.plan.sense == Sense::Min
    }

    /// Returns the best value of all plans that are tried and accepted.
    pub(crate) fn best(&self, stream: &mut Stream) -> Option<i128> {
        let number = self.schedules.iter().map(Vec::len).try_fold(1_usize, usize::checked_mul);
        let all = number.filter(|number| *number <= PLANS);
        let mut best: Option<i128> = None;
        for at in 0..all.unwrap_or(PLANS) {
            let rows = self.choice(at, all.is_some(), stream);
            let assignments = futures::assign(&self.programme, &self.question, &rows, stream);
            let lists: Vec<&[Served]> = assignments.iter().map(Vec::as_slice).collect();
            let score = verify_choices(&self.programme, &self.question, &rows, &lists);
            if !score.problems.is_empty() {
                continue;
            }
            let value = score.value.unwrap();
            self.judge(&rows, &assignments, &score);
            let better = |best: i128| if self.is_min() { value < best } else { value > best };
            if best.is_none_or(better) {
                best = Some(value);
            }
        }
        best
    }

    /// Checks a plan that is accepted by what it is worth, told once more, and by what it keeps.
    fn judge(&self, rows: &[Opening], assignments: &[Vec<Served>], score: &Score) {
        let (programme, question) = (&self.programme, &self.question);
        let found: Option<Vec<i128>> = score.futures.iter().map(|future| future.value).collect();
        let found = found.zip(score.value);
        let told = futures::value(programme, question, rows, assignments);
        assert_eq!(told, found, "{question:?} {rows:?}");
        if question.replan.as_ref().is_none_or(|replan| replan.begun_by == 0) {
            assert!(futures::keeps_budgets(programme, question, rows), "{question:?} {rows:?}");
        }
        for held in &question.held {
            // What held goals count has no price of changes.
            let replan = question.replan.clone().map(|replan| Replan { price: None, ..replan });
            let asked = Question { goal: Some(held.goal), replan, ..question.clone() };
            let (_, found) = futures::value(programme, &asked, rows, assignments).unwrap();
            let is_min = held.goal.sense() == Sense::Min;
            let holds = if is_min { found <= held.value } else { found >= held.value };
            assert!(holds, "{held:?} {found}");
        }
        if let Some(most) = question.replan.as_ref().and_then(|replan| replan.changes) {
            assert!(values::changes(programme, question, rows) <= u128::from(most));
        }
    }

    /// Returns what a person costs about, under the goal or a held one.
    fn unit(&self, goal: Goal) -> u64 {
        let rate = self.programme.settings.objective.per_person_km;
        match goal {
            Goal::Coverage | Goal::SelfSufficiency => 1,
            Goal::Equity => 1 << 20,
            Goal::Cost => 30_000 * rate.map_or(0, |rate| rate.mantissa() as u64).max(1),
            _ => 30_000,
        }
    }

    /// Returns what a person costs about under the goal.
    fn own_unit(&self) -> u64 {
        self.unit(self.question.goal(&self.programme))
    }

    /// Returns the rows of one plan: that of a number, or one that is drawn.
    fn choice(&self, mut at: usize, by_number: bool, stream: &mut Stream) -> Vec<Opening> {
        let mut rows = Vec::new();
        for of_site in self.schedules.iter().filter(|of_site| !of_site.is_empty()) {
            let number = if by_number { at } else { stream.next() as usize };
            rows.extend(of_site[number % of_site.len()].iter().cloned());
            at /= of_site.len();
        }
        rows
    }
}

/// Returns the number of radii of each layer.
fn layers(programme: &Programme, question: &Question, futures: usize) -> Vec<usize> {
    let settings = &programme.settings;
    let places = programme.places.len();
    let kinds = settings.package_kinds().len() * futures * (1 + question.held.len());
    let mut layers = vec![places * settings.periods.count as usize; kinds];
    for floor in settings.floors.iter().filter(|floor| floor.coverage.is_some()) {
        let number =
            if floor.province.as_deref() == Some("*") { provinces(programme).len() } else { 1 };
        layers.extend(vec![places; number]);
    }
    layers
}

fn provinces(programme: &Programme) -> Vec<String> {
    let mut provinces: Vec<String> = Vec::new();
    for place in programme.places.iter().filter(|place| !place.province.is_empty()) {
        if !provinces.contains(&place.province) {
            provinces.push(place.province.clone());
        }
    }
    provinces
}

/// Returns a name with nothing but its family.
fn bare(rule: RuleFamily) -> RuleName {
    RuleName { rule, number: 0, period: 0, province: String::new(), site: 0, other: 0, future: 0 }
}

/// Names a future, counted from 0.
fn future_name(at: usize) -> RuleName {
    RuleName { future: at as u32 + 1, ..bare(RuleFamily::Future) }
}

/// Returns names that rules may have, and more.
fn names(case: &Case) -> Vec<RuleName> {
    let sites = case.schedules.len() as u32;
    let periods = case.programme.settings.periods.count;
    let mut names = Vec::new();
    for number in 1..=3 {
        for rule in [RuleFamily::Floor, RuleFamily::Ceiling] {
            for province in provinces(&case.programme).into_iter().chain([String::new()]) {
                names.push(RuleName { number, province, ..bare(rule) });
            }
        }
        names.push(RuleName { number, ..bare(RuleFamily::Exclusive) });
        names.push(RuleName { number, other: 1, ..bare(RuleFamily::Together) });
        names.push(bare(RuleFamily::Changes));
        for future in 0..=6 {
            names.push(RuleName { number, future, ..bare(RuleFamily::Held) });
        }
        for period in 1..=periods {
            names.push(RuleName { period, ..bare(RuleFamily::Quota) });
            for future in 0..=6 {
                names.push(RuleName { number, period, future, ..bare(RuleFamily::Budget) });
            }
            names.push(RuleName { number, period, ..bare(RuleFamily::Precedence) });
        }
        for site in 1..=sites {
            for other in 1..=sites {
                names.push(RuleName { number, site, other, ..bare(RuleFamily::Spacing) });
                for period in 1..=periods {
                    names.push(RuleName { number, period, site, other, ..bare(RuleFamily::Need) });
                }
            }
        }
    }
    names.sort();
    names.dedup();
    names
}

/// Is a proof as it is bent.
#[derive(Clone)]
struct Bent {
    shift: u32,
    prices: Vec<i128>,
    /// The prices of the futures of which the worst counts.
    shares: Vec<i128>,
    radii: Vec<Vec<u64>>,
}

impl Bent {
    fn draw(case: &Case, stream: &mut Stream) -> Self {
        let fine = if case.question.held.is_empty() || case.own_unit() > 1 { 0 } else { 20 };
        let shift = fine + stream.below(4) as u32;
        let mut bent = Self {
            shift,
            prices: vec![0; case.names.len()],
            shares: shares(case.worst, shift, stream),
            radii: case.layers.iter().map(|length| vec![0; *length]).collect(),
        };
        let scale = radius_scale(case);
        for radius in bent.radii.iter_mut().flatten() {
            *radius = stream.below(scale) << shift;
        }
        bent
    }

    fn priced(&self, case: &Case) -> Vec<RulePrice> {
        let prices = case.names.iter().zip(&self.prices).filter(|(_, price)| **price != 0);
        let prices = prices.map(|(of, price)| RulePrice { of: of.clone(), price: *price });
        prices.chain(case.shares(&self.shares)).collect()
    }

    fn proof(&self, case: &Case, nodes: Vec<ScheduleNode>) -> Proof {
        let (shift, prices) = (self.shift, self.priced(case));
        Proof::Schedules { shift, prices, radii: self.radii.clone(), nodes, covers: Vec::new() }
    }

    /// Changes a few numbers.
    fn nudge(&mut self, case: &Case, stream: &mut Stream) {
        if !self.prices.is_empty() && stream.chance(60) {
            let at = stream.below(self.prices.len() as u64) as usize;
            self.prices[at] = price(case, &case.names[at], self.shift, stream);
        }
        if stream.chance(30) {
            self.shares = shares(case.worst, self.shift, stream);
        }
        let layer = stream.below(self.radii.len() as u64) as usize;
        let length = self.radii[layer].len() as u64;
        let at = stream.below(length) as usize;
        self.radii[layer][at] = stream.below(radius_scale(case)) << self.shift;
    }
}

fn radius_scale(case: &Case) -> u64 {
    match case.own_unit() {
        1 => 3,
        unit => 2 * unit,
    }
}

/// Shares out 2^shift among futures.
fn shares(futures: usize, shift: u32, stream: &mut Stream) -> Vec<i128> {
    let whole = 1_i128 << shift;
    let mut cuts: Vec<i128> =
        (1..futures).map(|_| i128::from(stream.below(whole as u64 + 1))).collect();
    cuts.extend([0, whole]);
    cuts.sort_unstable();
    let shares = cuts.windows(2).map(|pair| pair[1] - pair[0]);
    shares.take(futures).collect()
}

/// Draws a price; most rules take none below 0.
fn price(case: &Case, name: &RuleName, shift: u32, stream: &mut Stream) -> i128 {
    let scale = match case.question.goal(&case.programme) {
        Goal::Coverage | Goal::SelfSufficiency => case.plan.scale * 12,
        Goal::Equity | Goal::Cost => case.plan.scale * 3,
        _ => case.plan.scale * 100_000,
    };
    let held = case.question.held.get(name.number.wrapping_sub(1) as usize);
    if let Some(held) = held.filter(|_| name.rule == RuleFamily::Held) {
        let most = (u128::from(case.own_unit()) << (shift + 1)) / u128::from(case.unit(held.goal));
        return i128::from(stream.below(u64::try_from(most).unwrap() + 3));
    }
    let price = i128::from(stream.below(scale) << shift);
    let may_be_below = name.rule == RuleFamily::Together
        || (name.rule == RuleFamily::Quota
            && case.programme.settings.quota.rule == groundwork_model::QuotaRule::Exactly);
    if stream.chance(20) {
        0
    } else if may_be_below && stream.chance(50) {
        -price
    } else {
        price
    }
}

/// Climbs to better bounds by chance.
fn climb(case: &Case, stream: &mut Stream) -> Bent {
    let mut best = Bent::draw(case, stream);
    let rank = |bound: Option<i128>| bound.map(|b| if case.is_min() { b } else { -b });
    let mut bound = rank(case.bound(best.proof(case, Vec::new())).0);
    for _ in 0..60 {
        let mut next = best.clone();
        next.nudge(case, stream);
        let found = rank(case.bound(next.proof(case, Vec::new())).0);
        if found >= bound {
            (best, bound) = (next, found);
        }
    }
    best
}

/// Grows a tree that shares out the schedules of sites at random.
struct Grown<'c> {
    case: &'c Case,
    bent: Bent,
    nodes: Vec<ScheduleNode>,
}

impl Grown<'_> {
    fn grow(&mut self, number: u32, left: &[Vec<u32>], depth: u32, stream: &mut Stream) {
        if depth == 0 || stream.chance(15) {
            return;
        }
        let many: Vec<usize> = (0..left.len()).filter(|site| left[*site].len() > 1).collect();
        if many.is_empty() {
            return;
        }
        if stream.chance(25) {
            let mut node = ScheduleNode { parent: number, ..ScheduleNode::default() };
            let mut after = left.to_vec();
            for site in many {
                if stream.chance(40) {
                    continue;
                }
                let kept: Vec<u32> =
                    left[site].iter().copied().filter(|_| stream.chance(60)).collect();
                if !kept.is_empty() {
                    after[site].clone_from(&kept);
                    node.kept.push(KeptSchedules { site: site as u32 + 1, schedules: kept });
                }
            }
            self.add(node, &after, depth, stream);
            return;
        }
        let site = many[stream.below(many.len() as u64) as usize];
        let mut parts: Vec<Vec<u32>> = vec![Vec::new(); 2 + stream.below(2) as usize];
        for schedule in &left[site] {
            let part = stream.below(parts.len() as u64) as usize;
            parts[part].push(*schedule);
        }
        parts.retain(|part| !part.is_empty());
        for schedules in parts {
            let mut after = left.to_vec();
            after[site].clone_from(&schedules);
            let site = site as u32 + 1;
            let node = ScheduleNode { parent: number, site, schedules, ..ScheduleNode::default() };
            self.add(node, &after, depth, stream);
        }
    }

    fn add(&mut self, mut node: ScheduleNode, left: &[Vec<u32>], depth: u32, stream: &mut Stream) {
        node.rules_alone = stream.chance(40);
        for (at, name) in self.case.names.iter().enumerate() {
            if stream.chance(10) {
                let price = if stream.chance(50) {
                    self.bent.prices[at]
                } else {
                    price(self.case, name, self.bent.shift, stream)
                };
                node.prices.push(RulePrice { of: name.clone(), price });
            }
        }
        if stream.chance(20) {
            let shares = shares(self.case.worst, self.bent.shift, stream);
            node.prices.extend(self.case.shares(&shares));
        }
        for (layer, length) in self.case.layers.iter().enumerate() {
            let changed: Vec<u32> = (0..*length as u32).filter(|_| stream.chance(15)).collect();
            if !changed.is_empty() {
                let scale = radius_scale(self.case);
                let radii = changed.iter().map(|_| stream.below(scale) << self.bent.shift);
                let radii = radii.collect();
                node.radii.push(LayerRadii { layer: layer as u32 + 1, changed, radii });
            }
        }
        self.nodes.push(node);
        let number = self.nodes.len() as u32;
        self.grow(number, left, depth - 1, stream);
    }
}

fn tree(case: &Case, bent: &Bent, stream: &mut Stream) -> Proof {
    let mut grown = Grown { case, bent: bent.clone(), nodes: Vec::new() };
    let left: Vec<Vec<u32>> =
        case.schedules.iter().map(|list| (0..list.len() as u32).collect()).collect();
    grown.grow(0, &left, 4, stream);
    bent.proof(case, grown.nodes)
}

/// Counts what was seen, so that the test is known to say something.
#[derive(Debug, Default)]
struct Seen {
    with_plans: u32,
    without_plans: u32,
    bounds: u32,
    met: u32,
    /// Bounds with a price of a held goal, and those of them that are the value of the best plan.
    with_held: u32,
    met_with_held: u32,
    /// Bounds of questions with promises, with growing numbers, and for goals that plain programmes have not.
    with_promises: u32,
    with_growth: u32,
    with_new_goals: u32,
    proved_impossible: u32,
    /// Bounds of questions with several futures, those of which the worst counts, and those of them that are met.
    with_futures: u32,
    with_worst: u32,
    met_with_futures: u32,
    met_with_worst: u32,
}

fn try_proof(case: &Case, best: Option<i128>, proof: Proof, seed: u64, seen: &mut Seen) {
    let written = serde_json::to_string(&proof).unwrap();
    let (bound, is_whole) = case.bound(proof);
    let settings = &case.programme.settings;
    let tell = || format!("programme {seed}: {best:?} {bound:?} {written}\n{settings:#?}");
    let has_list = case.schedules.iter().all(|list| !list.is_empty());
    assert!(is_whole || !has_list, "{}", tell());
    match (best, bound) {
        (Some(best), Some(bound)) => {
            let holds = if case.is_min() { bound <= best } else { bound >= best };
            assert!(holds, "{}", tell());
            seen.bounds += 1;
            seen.met += u32::from(bound == best);
            let has_futures = futures::of(&case.programme, &case.question).len() > 1;
            seen.with_futures += u32::from(has_futures);
            seen.met_with_futures += u32::from(has_futures && bound == best);
            seen.with_worst += u32::from(case.worst > 1);
            seen.met_with_worst += u32::from(case.worst > 1 && bound == best);
            let has_held = written.contains(r#""rule":"held""#);
            seen.with_held += u32::from(has_held);
            seen.met_with_held += u32::from(has_held && bound == best);
            seen.with_promises += u32::from(case.question.replan.is_some());
            seen.with_growth += u32::from(case.programme.places.iter().any(Place::changes));
            seen.with_new_goals += u32::from(!case.question.goal(&case.programme).is_plain());
        }
        (Some(_), None) => panic!("a plan is left out: {}", tell()),
        (None, None) => seen.proved_impossible += 1,
        (None, Some(_)) => {}
    }
}

/// Tries proofs of a drawn case.
fn try_case(case: &Case, seed: u64, stream: &mut Stream, seen: &mut Seen) {
    let best = case.best(stream);
    if best.is_some() {
        seen.with_plans += 1;
    } else {
        seen.without_plans += 1;
    }
    let climbed = climb(case, stream);
    try_proof(case, best, climbed.proof(case, Vec::new()), seed, seen);
    for _ in 0..10 {
        let mut bent = climbed.clone();
        bent.nudge(case, stream);
        try_proof(case, best, tree(case, &bent, stream), seed, seen);
    }
}

#[test]
fn no_proof_bounds_better_than_the_best_plan() {
    let mut seen = Seen::default();
    for seed in 0..PROGRAMMES {
        let stream = &mut Stream(seed * 7_919 + 11);
        let case = Case::draw(stream);
        try_case(&case, seed, stream, &mut seen);
    }
    println!("{seen:?}");
    assert!(seen.with_plans > 40 && seen.without_plans > 20 && seen.met > 20, "{seen:?}");
    assert!(seen.with_held > 50 && seen.met_with_held > 5, "{seen:?}");
    assert!(
        seen.with_promises > 200 && seen.with_growth > 200 && seen.with_new_goals > 200,
        "{seen:?}"
    );
}

#[test]
fn no_proof_bounds_better_than_the_best_plan_of_several_futures() {
    let mut seen = Seen::default();
    for seed in 0..PROGRAMMES {
        let stream = &mut Stream(seed * 6_700_417 + 29);
        let (programme, question) = generator::with_scenarios(stream);
        let case = Case::of(programme, question);
        try_case(&case, seed, stream, &mut seen);
    }
    println!("{seen:?}");
    assert!(seen.with_plans > 40 && seen.without_plans > 20 && seen.met > 20, "{seen:?}");
    assert!(seen.with_futures > 500 && seen.with_worst > 200, "{seen:?}");
    assert!(seen.met_with_futures > 20 && seen.met_with_worst > 10, "{seen:?}");
}

#[test]
fn no_proof_bounds_better_than_the_best_plan_that_holds_goals_in_several_futures() {
    let mut seen = Seen::default();
    for seed in 0..PROGRAMMES {
        let stream = &mut Stream(seed * 15_485_863 + 31);
        let (programme, question) = generator::with_goals_held_in_futures(stream);
        let case = Case::of(programme, question);
        try_case(&case, seed, stream, &mut seen);
    }
    println!("{seen:?}");
    assert!(seen.with_plans > 40 && seen.without_plans > 20 && seen.met > 20, "{seen:?}");
    assert!(seen.with_futures > 500 && seen.with_worst > 200, "{seen:?}");
    assert!(seen.with_held > 500 && seen.met_with_held > 5, "{seen:?}");
}

#[test]
fn no_proof_bounds_better_than_the_best_plan_that_holds_the_worst_off() {
    let mut seen = Seen::default();
    for seed in 0..PROGRAMMES / 2 {
        let stream = &mut Stream(seed * 32_452_843 + 37);
        let (programme, question) = generator::worst_off_among_goals(stream);
        if question.goal != Some(Goal::WorstDistance) {
            try_case(&Case::of(programme, question), seed, stream, &mut seen);
        }
    }
    println!("{seen:?}");
    assert!(seen.with_plans > 20 && seen.met_with_held > 5, "{seen:?}");
}
