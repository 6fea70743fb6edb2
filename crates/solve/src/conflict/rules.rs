//! The rules that can give way, by where they are written.

use groundwork_model::programme::{Quota, SiteSet};
use groundwork_model::{
    ConflictRule, Decimal, Goal, Programme, Question, QuotaSource, Site, SiteRule,
};

/// Names a rule of a programme or a question by where it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rule {
    Quota,
    Budget(usize),
    Floor(usize),
    Ceiling(usize),
    Spacing(usize),
    Exclusive(usize),
    Together(usize),
    Precedence(usize),
    /// Kind, and its need.
    Need(usize, usize),
    /// That a row of the sites table requires, forbids, or allows some periods or packages only.
    Required(usize),
    Forbidden(usize),
    Window(usize),
    Packages(usize),
    /// That everybody must be served.
    Everybody,
    /// An opening that a person has decided.
    Lock(usize),
    /// How many promises may change.
    Changes,
    /// A goal that is held.
    Held(usize),
}

/// Lists the rules in play, in the order in which they are written.
pub(super) fn rules(programme: &Programme, question: &Question) -> Vec<Rule> {
    let settings = &programme.settings;
    let mut rules = Vec::new();
    if settings.quota != Quota::default() || question.quotas == QuotaSource::AsTaken {
        rules.push(Rule::Quota);
    }
    rules.extend((0..settings.budgets.len()).map(Rule::Budget));
    rules.extend((0..settings.floors.len()).map(Rule::Floor));
    rules.extend((0..settings.ceilings.len()).map(Rule::Ceiling));
    rules.extend((0..settings.spacing.len()).map(Rule::Spacing));
    rules.extend((0..settings.exclusive.len()).map(Rule::Exclusive));
    rules.extend((0..settings.together.len()).map(Rule::Together));
    rules.extend((0..settings.precedence.len()).map(Rule::Precedence));
    for (kind, row) in settings.kinds.iter().enumerate() {
        rules.extend((0..row.needs.len()).map(|need| Rule::Need(kind, need)));
    }
    let last = settings.periods.count;
    rules.extend(programme.sites.iter().enumerate().flat_map(|(at, row)| of_row(at, row, last)));
    let goal = question.goal(programme);
    if settings.distance.unserved_m().is_none()
        && !matches!(goal, Goal::Coverage | Goal::SelfSufficiency)
    {
        rules.push(Rule::Everybody);
    }
    rules.extend((0..question.locked.len()).map(Rule::Lock));
    if question.replan.as_ref().is_some_and(|replan| replan.changes.is_some()) {
        rules.push(Rule::Changes);
    }
    rules.extend((0..question.held.len()).map(Rule::Held));
    rules
}

/// Returns the rules that a row of the sites table states.
fn of_row(at: usize, row: &Site, last: u32) -> impl Iterator<Item = Rule> + use<> {
    let narrow = row.earliest.is_some_and(|earliest| earliest > 1)
        || row.latest.is_some_and(|latest| latest < last);
    [
        (row.rule == SiteRule::Required).then_some(Rule::Required(at)),
        (row.rule == SiteRule::Forbidden).then_some(Rule::Forbidden(at)),
        narrow.then_some(Rule::Window(at)),
        (!row.packages.is_empty()).then_some(Rule::Packages(at)),
    ]
    .into_iter()
    .flatten()
}

/// Returns programme and question without some of their rules; what is asked of rules that they do not have is of no
/// account.
pub(super) fn without(
    programme: &Programme,
    question: &Question,
    left_out: &dyn Fn(Rule) -> bool,
) -> (Programme, Question) {
    let (mut programme, mut question) = (programme.clone(), question.clone());
    let settings = &mut programme.settings;
    if left_out(Rule::Quota) {
        settings.quota = Quota::default();
        question.quotas = QuotaSource::AsWritten;
    }
    drop_some(&mut settings.budgets, &|at| left_out(Rule::Budget(at)));
    drop_some(&mut settings.floors, &|at| left_out(Rule::Floor(at)));
    drop_some(&mut settings.ceilings, &|at| left_out(Rule::Ceiling(at)));
    drop_some(&mut settings.spacing, &|at| left_out(Rule::Spacing(at)));
    drop_some(&mut settings.exclusive, &|at| left_out(Rule::Exclusive(at)));
    drop_some(&mut settings.together, &|at| left_out(Rule::Together(at)));
    drop_some(&mut settings.precedence, &|at| left_out(Rule::Precedence(at)));
    for (kind, row) in settings.kinds.iter_mut().enumerate() {
        drop_some(&mut row.needs, &|need| left_out(Rule::Need(kind, need)));
    }
    for (at, row) in programme.sites.iter_mut().enumerate() {
        let free = match row.rule {
            SiteRule::Required => left_out(Rule::Required(at)),
            SiteRule::Forbidden => left_out(Rule::Forbidden(at)),
            SiteRule::Candidate => false,
        };
        if free {
            row.rule = SiteRule::Candidate;
        }
        if left_out(Rule::Window(at)) {
            (row.earliest, row.latest) = (None, None);
        }
        if left_out(Rule::Packages(at)) {
            row.packages.clear();
        }
    }
    if programme.settings.distance.unserved_m().is_none() && left_out(Rule::Everybody) {
        // No distance on earth is longer, so everybody may go anywhere or stay unserved.
        programme.settings.distance.unserved_km = Some(Decimal::new(40_000, 0));
    }
    drop_some(&mut question.locked, &|at| left_out(Rule::Lock(at)));
    drop_some(&mut question.held, &|at| left_out(Rule::Held(at)));
    if let Some(replan) = question.replan.as_mut().filter(|_| left_out(Rule::Changes)) {
        replan.changes = None;
    }
    (programme, question)
}

fn drop_some<T>(list: &mut Vec<T>, left_out: &dyn Fn(usize) -> bool) {
    let mut at = 0;
    list.retain(|_| {
        at += 1;
        !left_out(at - 1)
    });
}

/// Returns a rule with its place and words.
pub(super) fn named(programme: &Programme, question: &Question, rule: Rule) -> ConflictRule {
    let words = words(programme, question, rule);
    let of_row = |at: usize, key: &str| ConflictRule {
        file: Some(programme.settings.files.sites.clone().unwrap_or_default()),
        row: Some(programme.sites[at].row),
        key: key.to_owned(),
        words: words.clone(),
    };
    match rule {
        Rule::Required(at) | Rule::Forbidden(at) => of_row(at, "rule"),
        Rule::Packages(at) => of_row(at, "packages"),
        Rule::Window(at) => {
            let early = programme.sites[at].earliest.is_some_and(|earliest| earliest > 1);
            of_row(at, if early { "earliest" } else { "latest" })
        }
        Rule::Lock(_) | Rule::Changes | Rule::Held(_) => {
            ConflictRule { file: None, row: None, key: key(rule), words }
        }
        _ => {
            let file = Some("programme.toml".to_owned());
            ConflictRule { file, row: None, key: key(rule), words }
        }
    }
}

/// Returns the key of `programme.toml` or of the question at which a rule is written.
fn key(rule: Rule) -> String {
    let at = |name: &str, index: usize| format!("{name}[{}]", index + 1);
    match rule {
        Rule::Quota => "quota".to_owned(),
        Rule::Budget(index) => at("budgets", index),
        Rule::Floor(index) => at("floors", index),
        Rule::Ceiling(index) => at("ceilings", index),
        Rule::Spacing(index) => at("spacing", index),
        Rule::Exclusive(index) => at("exclusive", index),
        Rule::Together(index) => at("together", index),
        Rule::Precedence(index) => at("precedence", index),
        Rule::Need(kind, need) => format!("kinds[{}].needs[{}]", kind + 1, need + 1),
        Rule::Everybody => "distance".to_owned(),
        Rule::Lock(index) => at("locked", index),
        Rule::Changes => "replan.changes".to_owned(),
        Rule::Held(index) => at("held", index),
        // Rows are named by their column.
        Rule::Required(_) | Rule::Forbidden(_) | Rule::Window(_) | Rule::Packages(_) => {
            "sites".to_owned()
        }
    }
}

/// Says in words of planning what a rule asks.
pub(super) fn words(programme: &Programme, question: &Question, rule: Rule) -> String {
    let settings = &programme.settings;
    match rule {
        Rule::Quota => super::words::quota(programme, question),
        Rule::Budget(index) => super::words::budget(programme, question, index),
        Rule::Floor(index) => super::words::floor(programme, index),
        Rule::Ceiling(index) => super::words::ceiling(programme, index),
        Rule::Spacing(index) => {
            let spacing = &settings.spacing[index];
            let kind = spacing.kind.as_deref().map(|kind| format!(" with `{kind}`"));
            let kind = kind.unwrap_or_default();
            format!("sites{kind} that are open in the end lie {} km apart at least", spacing.km)
        }
        Rule::Exclusive(index) => format!("one at most of {}", listed(&settings.exclusive[index])),
        Rule::Together(index) => format!("all or none of {}", listed(&settings.together[index])),
        Rule::Precedence(index) => {
            let order = &settings.precedence[index];
            let lag = super::words::periods(u64::from(order.lag));
            let behind = if order.lag > 0 { format!(" by {lag} at least") } else { String::new() };
            format!("`{}` opens after `{}`{behind}", order.then, order.first)
        }
        Rule::Need(kind, need) => {
            let (row, need) = (&settings.kinds[kind], &settings.kinds[kind].needs[need]);
            let other = need.kind.as_deref().or(need.material.as_deref()).unwrap_or_default();
            format!("`{}` needs `{other}` within {} km", row.id, need.within_km)
        }
        Rule::Required(at) => format!("site `{}` must open", programme.sites[at].id),
        Rule::Forbidden(at) => format!("site `{}` must not open", programme.sites[at].id),
        Rule::Window(at) => super::words::window(programme, at),
        Rule::Packages(at) => {
            let row = &programme.sites[at];
            format!("site `{}` may get {} only", row.id, quoted(&row.packages))
        }
        Rule::Everybody => {
            "without a cut-off everybody must be served with every kind, from the first period on"
                .to_owned()
        }
        Rule::Lock(index) => super::words::lock(programme, question, index),
        Rule::Changes => {
            let changes = question.replan.as_ref().and_then(|replan| replan.changes);
            format!("{} at most", super::words::counted(changes.unwrap_or(0), "changed promise"))
        }
        Rule::Held(index) => {
            let held = &question.held[index];
            format!("the goal `{}` is held at {}", held.goal.name(), held.value)
        }
    }
}

fn listed(set: &SiteSet) -> String {
    format!("the sites {}", quoted(&set.sites))
}

fn quoted(ids: &[String]) -> String {
    let shown: Vec<String> = ids.iter().take(5).map(|id| format!("`{id}`")).collect();
    let more = if ids.len() > 5 { format!(" and {} more", ids.len() - 5) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}
