//! Facility location of which the values leap: where every opening costs a multiple of the same grain, and
//! so does, but for little, whoever is served from afar, an answer is worth whole grains and a small rest.
//!
//! A relaxation mixes such answers and ends between two leaps, far below the least value. The answers are
//! then divided by how many grains they have (the row sum floor(c / grain) x of a relaxation, on which
//! branch and bound branches; Nemhauser and Wolsey, Integer and Combinatorial Optimization, II.4.2): fewer
//! than the best known, which a high price on each grain soon rules out, and as many or more, where a
//! discount on each grain leaves the rests to be minimised. Each half is a problem of the same kind.

use std::sync::Mutex;

use groundwork_model::field::{Ask, Costs, FieldProblem, FieldStatus};
use groundwork_model::{GrainHalf, Problem, Proof, StoppedBy};

use crate::control::{Control, Event, Options, Progress, Silent};
use crate::field::{FieldSolution, solve_whole};

/// Priced pairs, as a multiple of all pairs, of the search before answers are divided.
const FIRST_SHARE: u64 = 300;
/// The same, of a look at what a discount brings.
const LOOK_SHARE: u64 = 100;
/// The price on a grain that rules out answers with fewer, in grains.
const SURCHARGE: u64 = 10;
/// Discounts leave a half, a quarter, .. of the grain: so many.
const DISCOUNTS: u32 = 10;
/// Shares of the best of these that are looked at as well.
const BESIDE: [f64; 2] = [0.7, 1.4];

/// Solves a facility location problem, in halves if its values leap and the bound does not follow.
///
/// # Errors
/// As [`solve_whole`].
pub(crate) fn solve(
    problem: &FieldProblem,
    options: Options,
    control: &dyn Control,
) -> Result<FieldSolution, Problem> {
    let (Some(grain), Costs::Total(costs)) = (grain_of(problem), &problem.costs) else {
        return solve_whole(problem, options, control);
    };
    let limit = options.work_limit.unwrap_or(u64::MAX);
    let begin = limit.min(FIRST_SHARE * costs.len() as u64);
    let begin = Options { work_limit: Some(begin), ..options };
    let mut found = solve_whole(problem, begin, control)?;
    if found.stopped_by != StoppedBy::Work || found.work >= limit {
        return Ok(found);
    }
    let grains = Grains { problem, costs, grain };
    loop {
        let rest = |found: &FieldSolution| Options {
            work_limit: options.work_limit.map(|limit| limit.saturating_sub(found.work)),
            ..options
        };
        found = grains.with_fewer(&found, rest(&found), control)?;
        let Some(division) = grains.divided(&found) else {
            let whole = solve_whole(problem, rest(&found), control)?;
            return Ok(joined(&found, whole));
        };
        let before = division.fewest;
        found = division.solve(&found, rest(&found), control)?;
        let is_new = grains.divided(&found).is_some_and(|division| division.fewest < before);
        let is_over = found.stopped_by.is_early() || found.work >= limit;
        if is_over || !is_new {
            return Ok(found);
        }
    }
}

/// Returns the largest grain of which every opening costs a multiple.
fn grain_of(problem: &FieldProblem) -> Option<u64> {
    let gcd = |mut a: u64, mut b: u64| {
        while b > 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    let grain = problem.sites.iter().map(|site| site.opening_cost).fold(0, gcd);
    (problem.ask == Ask::Ufl && grain > 1).then_some(grain)
}

/// Returns the better plan and the better bound of two solutions of one problem.
fn joined(first: &FieldSolution, mut second: FieldSolution) -> FieldSolution {
    if second.value.is_none_or(|value| first.value.is_some_and(|before| before < value)) {
        second.value = first.value;
        second.openings.clone_from(&first.openings);
    }
    if second.value.is_some() {
        second.status = FieldStatus::Feasible;
    }
    if second.bound < first.bound {
        second.bound = first.bound;
        second.proof.clone_from(&first.proof);
    }
    second.work += first.work;
    second.settled()
}

/// Is a problem with its grains of cost.
#[derive(Clone, Copy)]
struct Grains<'a> {
    problem: &'a FieldProblem,
    costs: &'a [u64],
    grain: u64,
}

impl<'a> Grains<'a> {
    /// Divides the answers below the grains of the one known, if that bridges at least half of the gap.
    fn divided(self, known: &FieldSolution) -> Option<Division<'a>> {
        let (value, bound) = (known.value?, known.bound?);
        let grain = i128::from(self.grain);
        let fewest = u32::try_from(value / grain).ok().filter(|&fewest| fewest > 0)?;
        let bridges = 2 * (grain * i128::from(fewest) - bound) >= value - bound;
        let counted = self.paid(known).map(|cost| cost / self.grain).sum::<u64>();
        let division = Division { grains: self, fewest, value, least: bound };
        (bridges && counted == u64::from(fewest)).then_some(division)
    }

    /// Returns each client's cost from the openings of a solution, and the opening costs.
    fn paid(self, solution: &FieldSolution) -> impl Iterator<Item = u64> {
        let sites = &self.problem.sites;
        let openings = || solution.openings.iter().map(|&(site, _)| site);
        let served = self.costs.chunks(sites.len().max(1));
        let served = served.map(move |row| openings().map(|site| row[site]).min().unwrap_or(0));
        served.chain(openings().map(|site| sites[site].opening_cost))
    }

    /// Returns the problem with a price on each grain of a cost.
    fn with_price(self, price: i64) -> Option<FieldProblem> {
        let priced = |cost: u64| {
            cost.checked_add_signed(price.checked_mul((cost / self.grain).try_into().ok()?)?)
        };
        let mut problem = FieldProblem { costs: Costs::Total(Vec::new()), ..self.problem.clone() };
        for site in &mut problem.sites {
            site.opening_cost = priced(site.opening_cost)?;
        }
        let costs: Option<Vec<u64>> = self.costs.iter().map(|&cost| priced(cost)).collect();
        problem.costs = Costs::Total(costs?);
        Some(problem)
    }

    /// Returns the price that rules out answers with fewer grains.
    fn surcharge(self) -> Option<i64> {
        i64::try_from(self.grain.checked_mul(SURCHARGE)?).ok()
    }

    /// Returns the plan of a problem with prices as one of the whole, without a bound.
    fn in_whole(self, priced: &FieldSolution) -> FieldSolution {
        let value = priced.value.map(|_| self.paid(priced).map(i128::from).sum());
        FieldSolution { value, bound: None, proof: None, ..priced.clone() }
    }

    /// Looks for an answer with fewer grains than the one known.
    fn with_fewer(
        self,
        known: &FieldSolution,
        options: Options,
        control: &dyn Control,
    ) -> Result<FieldSolution, Problem> {
        let priced = self.surcharge().and_then(|price| self.with_price(price));
        let Some(priced) = priced else { return Ok(known.clone()) };
        let found = solve_whole(&priced, self.for_a_look(options), &Silent(control))?;
        Ok(FieldSolution { stopped_by: known.stopped_by, ..joined(known, self.in_whole(&found)) })
    }

    /// Returns the options of a short look at a problem with prices.
    fn for_a_look(self, options: Options) -> Options {
        let limit = LOOK_SHARE * self.costs.len() as u64;
        let limit = options.work_limit.map_or(limit, |most| most.min(limit));
        Options { work_limit: Some(limit), ..options }
    }
}

/// Divides the answers to a problem by their grains.
struct Division<'a> {
    grains: Grains<'a>,
    /// Grains of the second half.
    fewest: u32,
    /// The best value known.
    value: i128,
    /// The bound before the division.
    least: i128,
}

/// Is what is found of a half, in terms of the whole.
struct Half {
    price: i64,
    found: FieldSolution,
    /// No answer of the half costs less.
    least: Option<i128>,
}

impl Division<'_> {
    /// Solves both halves side by side.
    fn solve(
        &self,
        known: &FieldSolution,
        options: Options,
        control: &dyn Control,
    ) -> Result<FieldSolution, Problem> {
        let board = Board {
            control,
            value: self.value as f64,
            least: self.least as f64,
            halves: Mutex::new([Seen { bound: 0.0, work: 0 }; 2]),
            before: known.work,
        };
        let work_limit = options.work_limit.map(|limit| limit / 2);
        let options = Options { work_limit, ..options };
        let (fewer, others) =
            rayon::join(|| self.fewer(options, &board), || self.others(options, &board));
        let (Some(fewer), Some(others)) = (fewer?, others?) else {
            return Ok(joined(known, solve_whole(self.grains.problem, options, control)?));
        };
        let known = joined(known, self.grains.in_whole(&fewer.found));
        let mut solution = joined(&known, self.grains.in_whole(&others.found));
        solution.stopped_by = others.found.stopped_by;
        let least = fewer.least.zip(others.least).map(|(fewer, others)| fewer.min(others));
        if solution.bound < least {
            solution.bound = least;
            solution.proof = self.proof(fewer, others);
        }
        Ok(solution.settled())
    }

    fn proof(&self, fewer: Half, others: Half) -> Option<Proof> {
        let half =
            |half: Half| Some(GrainHalf { price: half.price, proof: Box::new(half.found.proof?) });
        Some(Proof::Grains {
            grain: self.grains.grain,
            fewest: self.fewest,
            fewer: half(fewer)?,
            others: half(others)?,
        })
    }

    /// Rules out answers with fewer grains, as far as that goes.
    fn fewer(&self, options: Options, board: &Board<'_>) -> Result<Option<Half>, Problem> {
        let most = self.fewest - 1;
        let Some(price) = self.grains.surcharge() else { return Ok(None) };
        // The best answer known is dearer here, by the price of a grain, than one of this half may be.
        let dearer = self.value + i128::from(price) * i128::from(self.fewest);
        let enough = (price - 1) as f64 / dearer as f64;
        let options = Options { gap: options.gap.max(enough), ..options };
        self.half(price, most, options, &board.of_half(0, price, most))
    }

    /// Bounds the answers with as many grains as the best known, or more.
    fn others(&self, options: Options, board: &Board<'_>) -> Result<Option<Half>, Problem> {
        let mut work = 0;
        let mut left = self.left_by_discount(&mut work, options, board.control)?;
        loop {
            let Some(price) = self.discount(left) else { return Ok(None) };
            let seen = board.of_half(1, price, self.fewest);
            let Some(mut half) = self.half(price, self.fewest, options, &seen)? else {
                return Ok(None);
            };
            work += half.found.work;
            half.found.work = work;
            let even = self.even_with(&half.found).min(self.grains.grain);
            if half.found.status != FieldStatus::Optimal || even <= left {
                return Ok(Some(half));
            }
            // With so large a discount an answer with more grains seems to be better.
            left = even;
        }
    }

    /// Returns how much of a grain has to be left so that an answer with more grains is no better than the
    /// best known.
    fn even_with(&self, found: &FieldSolution) -> u64 {
        let paid = || self.grains.paid(found);
        let grains: u64 = paid().map(|cost| cost / self.grains.grain).sum();
        let rest: u64 = paid().map(|cost| cost % self.grains.grain).sum();
        let rest_of_best = (self.value % i128::from(self.grains.grain)) as u64;
        match grains.checked_sub(self.fewest.into()) {
            Some(more) if more > 0 => rest_of_best.saturating_sub(rest).div_ceil(more),
            _ => 0,
        }
    }

    fn discount(&self, left: u64) -> Option<i64> {
        i64::try_from(self.grains.grain - left).ok().map(|discount| -discount)
    }

    /// Solves the problem with a price; `end` is the number of grains at which the price takes most.
    fn half(
        &self,
        price: i64,
        end: u32,
        options: Options,
        control: &dyn Control,
    ) -> Result<Option<Half>, Problem> {
        let Some(priced) = self.grains.with_price(price) else { return Ok(None) };
        let found = solve_whole(&priced, options, control)?;
        let least = found.bound.map(|bound| bound - i128::from(price) * i128::from(end));
        Ok(Some(Half { price, found, least }))
    }

    /// Returns how much of a grain to leave: so that the bound is highest after a short ascent, but enough
    /// that no answer with more grains that comes across is better than the best known.
    fn left_by_discount(
        &self,
        work: &mut u64,
        options: Options,
        control: &dyn Control,
    ) -> Result<u64, Problem> {
        let grain = self.grains.grain;
        let mut left: Vec<u64> = (1..=DISCOUNTS).map(|halvings| grain >> halvings).collect();
        let (mut best, mut enough) = ((i128::MIN, grain), 0);
        for _ in 0..2 {
            for left in left.drain(..) {
                let Some(half) = self.look_with(left, options, control)? else { continue };
                *work += half.found.work;
                enough = self.even_with(&half.found).max(enough);
                best = best.max((half.least.unwrap_or(i128::MIN), left));
            }
            left.extend(BESIDE.map(|share| (share * best.1 as f64) as u64));
        }
        Ok(best.1.max(enough).min(grain))
    }

    /// Looks at answers with many grains where so much of each is left.
    fn look_with(
        &self,
        left: u64,
        options: Options,
        control: &dyn Control,
    ) -> Result<Option<Half>, Problem> {
        let Some(price) = self.discount(left.min(self.grains.grain)) else { return Ok(None) };
        self.half(price, self.fewest, self.grains.for_a_look(options), &Silent(control))
    }
}

/// Is how far a half has come.
#[derive(Clone, Copy)]
struct Seen {
    bound: f64,
    work: u64,
}

/// Shows both halves as one search.
struct Board<'a> {
    control: &'a dyn Control,
    value: f64,
    /// The bound and the work before the division.
    least: f64,
    before: u64,
    halves: Mutex<[Seen; 2]>,
}

impl<'a> Board<'a> {
    /// Returns the place of a half on the board; `end` is as for [`Division::half`].
    fn of_half(&'a self, number: usize, price: i64, end: u32) -> BoardOfHalf<'a> {
        BoardOfHalf { board: self, number, taken: price as f64 * f64::from(end) }
    }
}

struct BoardOfHalf<'a> {
    board: &'a Board<'a>,
    number: usize,
    /// What a price takes off the bound of the half.
    taken: f64,
}

impl Control for BoardOfHalf<'_> {
    fn event(&self, event: &Event) {
        let (Event::Progress(progress), board) = (event, self.board) else { return };
        let Ok(mut halves) = board.halves.lock() else { return };
        let seen = &mut halves[self.number];
        seen.bound = progress.bound.map_or(seen.bound, |bound| seen.bound.max(bound - self.taken));
        seen.work = seen.work.max(progress.work);
        let bound = halves[0].bound.min(halves[1].bound).min(board.value).max(board.least);
        board.control.event(&Event::Progress(Progress {
            phase: progress.phase,
            value: Some(board.value),
            bound: Some(bound),
            gap: Some((board.value - bound) / board.value.abs().max(1.0)),
            work: board.before + halves[0].work + halves[1].work,
        }));
    }

    fn stop(&self) -> Option<StoppedBy> {
        self.board.control.stop()
    }
}
