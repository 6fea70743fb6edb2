//! The rules of a programme as written, and one change of each whose worth a list of prices asks.

use std::collections::BTreeMap;

use groundwork_model::programme::{AmountPerPeriod, PerPeriod, Quota};
use groundwork_model::words::counted;
use groundwork_model::{Decimal, Programme, Question, QuotaRule, QuotaSource, Settings, SiteRule};

/// Names a change of one rule, by the number of its table or row from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ease {
    /// One opening more in each period.
    QuotaMore,
    /// At most the quota, where it must be met exactly.
    QuotaAtMost,
    /// So much more of a budget in each period.
    BudgetMore(usize, u64),
    /// One site, or one per cent of the people, less.
    FloorLess(usize),
    /// No such floor.
    FloorOut(usize),
    /// One site more.
    CeilingMore(usize),
    /// No such spacing.
    SpacingOut(usize),
    /// No such exclusion.
    ExclusiveOut(usize),
    /// Sites that need not go together.
    TogetherOut(usize),
    /// No such order.
    PrecedenceOut(usize),
    /// A required or forbidden site that may open or not; by its row of the sites table.
    SiteFree(usize),
}

/// Is a rule with a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Easing {
    /// The change.
    pub ease: Ease,
    /// Where the rule is written: `budgets[1]`, `sites.csv, row 4`.
    pub key: String,
    /// The change in words.
    pub words: String,
}

impl Ease {
    /// Returns whether every plan that keeps the rule as written keeps the changed one.
    #[must_use]
    pub fn loosens(self, settings: &Settings) -> bool {
        self != Self::QuotaMore || settings.quota.rule == QuotaRule::AtMost
    }

    /// Returns the programme with the change.
    #[must_use]
    pub fn apply(self, programme: &Programme) -> Programme {
        let mut changed = programme.clone();
        let settings = &mut changed.settings;
        let count = settings.periods.count;
        match self {
            Self::QuotaMore => {
                let each = settings.quotas().into_iter();
                settings.quota.openings = PerPeriod::Each(each.map(|quota| quota + 1).collect());
            }
            Self::QuotaAtMost => settings.quota.rule = QuotaRule::AtMost,
            Self::BudgetMore(at, step) => {
                let each = settings.budgets[at].amount.each(count).into_iter();
                let more = each.map(|amount| amount.saturating_add(step)).collect();
                settings.budgets[at].amount = AmountPerPeriod::Each(more);
            }
            Self::FloorLess(at) => {
                let floor = &mut settings.floors[at];
                floor.at_least = floor.at_least.map(|number| number.saturating_sub(1));
                floor.coverage = floor.coverage.map(one_less);
            }
            Self::FloorOut(at) => drop(settings.floors.remove(at)),
            Self::CeilingMore(at) => settings.ceilings[at].at_most += 1,
            Self::SpacingOut(at) => drop(settings.spacing.remove(at)),
            Self::ExclusiveOut(at) => drop(settings.exclusive.remove(at)),
            Self::TogetherOut(at) => drop(settings.together.remove(at)),
            Self::PrecedenceOut(at) => drop(settings.precedence.remove(at)),
            Self::SiteFree(at) => changed.sites[at].rule = SiteRule::Candidate,
        }
        changed
    }
}

fn one_less(share: Decimal) -> Decimal {
    let unit = 10_i64.pow(share.scale().min(18));
    Decimal::new((share.mantissa() - unit).max(0), share.scale())
}

/// Lists the rules of a programme that bind a question, each with the change that is priced. A budget gets more by
/// the step named for its resource, else by one per cent of its largest amount, rounded up.
#[must_use]
pub fn easings(
    programme: &Programme,
    question: &Question,
    steps: &BTreeMap<String, u64>,
) -> Vec<Easing> {
    let settings = &programme.settings;
    let mut list = Vec::new();
    let mut add = |ease, key: String, words: String| list.push(Easing { ease, key, words });
    let limited = settings.quota.openings != Quota::default().openings;
    if limited && question.quotas == QuotaSource::AsWritten {
        add(Ease::QuotaMore, "quota".to_owned(), "one opening more a period".to_owned());
        if settings.quota.rule == QuotaRule::Exactly {
            let words = "at most the quota, not exactly".to_owned();
            add(Ease::QuotaAtMost, "quota".to_owned(), words);
        }
    }
    for (at, budget) in settings.budgets.iter().enumerate() {
        let largest = budget.amount.each(settings.periods.count).into_iter().max().unwrap_or(0);
        let step = steps.get(&budget.resource).copied().unwrap_or(largest.div_ceil(100).max(1));
        let words = format!("{step} more {} a period", budget.resource);
        add(Ease::BudgetMore(at, step), numbered("budgets", at), words);
    }
    floors(settings, &mut add);
    for (at, ceiling) in settings.ceilings.iter().enumerate() {
        let words = format!(
            "one site more in {}",
            whom(ceiling.province.as_deref(), ceiling.kind.as_deref())
        );
        add(Ease::CeilingMore(at), numbered("ceilings", at), words);
    }
    for (at, spacing) in settings.spacing.iter().enumerate() {
        let words = format!("without the spacing of {} km", spacing.km);
        add(Ease::SpacingOut(at), numbered("spacing", at), words);
    }
    for (at, set) in settings.exclusive.iter().enumerate() {
        let words = format!("without the exclusion of {}", named(&set.sites));
        add(Ease::ExclusiveOut(at), numbered("exclusive", at), words);
    }
    for (at, set) in settings.together.iter().enumerate() {
        let words = format!("{} need not go together", named(&set.sites));
        add(Ease::TogetherOut(at), numbered("together", at), words);
    }
    for (at, order) in settings.precedence.iter().enumerate() {
        let words = format!("{} need not wait for {}", order.then, order.first);
        add(Ease::PrecedenceOut(at), numbered("precedence", at), words);
    }
    let table = settings.files.sites.as_deref().unwrap_or("sites");
    for (at, site) in programme.sites.iter().enumerate() {
        let words = match site.rule {
            SiteRule::Required => format!("{} need not open", site.id),
            SiteRule::Forbidden => format!("{} may open", site.id),
            SiteRule::Candidate => continue,
        };
        add(Ease::SiteFree(at), format!("{table}, row {}", site.row), words);
    }
    list
}

fn floors(settings: &Settings, add: &mut impl FnMut(Ease, String, String)) {
    for (at, floor) in settings.floors.iter().enumerate() {
        let whom = whom(floor.province.as_deref(), floor.kind.as_deref());
        let period = settings.period_named(floor.by);
        let year = period.map_or(0, |period| settings.periods.label(period));
        let (less, what) = match (floor.at_least, floor.coverage) {
            (Some(number), _) => {
                ((number > 1).then(|| counted(number - 1, "site")), counted(number, "site"))
            }
            (None, Some(share)) => {
                let lower = one_less(share);
                let less = (lower != Decimal::ZERO).then(|| format!("{lower} per cent"));
                (less, format!("{share} per cent"))
            }
            (None, None) => continue,
        };
        if let Some(less) = less {
            let words = format!("{less} for {what} in {whom} by {year}");
            add(Ease::FloorLess(at), numbered("floors", at), words);
        }
        let words = format!("without the floor of {what} in {whom} by {year}");
        add(Ease::FloorOut(at), numbered("floors", at), words);
    }
}

fn numbered(table: &str, at: usize) -> String {
    format!("{table}[{}]", at + 1)
}

/// Names sites, the first of many.
fn named(sites: &[String]) -> String {
    let shown = sites.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
    if sites.len() > 3 { format!("{shown} and {} more", sites.len() - 3) } else { shown }
}

fn whom(province: Option<&str>, kind: Option<&str>) -> String {
    let place = match province {
        None => "all provinces together".to_owned(),
        Some("*") => "each province".to_owned(),
        Some(province) => province.to_owned(),
    };
    kind.map_or_else(|| place.clone(), |kind| format!("{place} with {kind}"))
}
