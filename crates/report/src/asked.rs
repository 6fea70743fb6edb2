//! What was asked of a programme and in what its value counts, in sentences that are true of this
//! programme: every part is said only where it applies.

use std::collections::HashSet;

use groundwork_model::plan::Method;
use groundwork_model::programme::{Kind, Robustness, SitesFrom, Stage};
use groundwork_model::{
    Decimal, Goal, Outlook, Plan, Programme, Question, QuotaRule, QuotaSource, Settings, Site,
    SiteRule,
};

use crate::number::{plural, whole};
use crate::promised::{goals_words, replan_words};
use crate::words::{list, period_label};

/// Returns what a plan with a goal makes best, in words.
pub(crate) fn goal_words(settings: &Settings, goal: Goal) -> String {
    let counting = Counting::of(settings, goal);
    let best = best_words(settings, goal);
    // Under `distance` and `worst-distance` kinds are left out: in most programmes every open site has all.
    let by_kind = !matches!(goal, Goal::Distance | Goal::WorstDistance);
    let over = counting.over(if by_kind { "kinds" } else { "" });
    let weights = match by_kind && counting.weighted {
        true => format!(" ({})", weights(settings)),
        false => String::new(),
    };
    let counts_people = matches!(goal, Goal::Coverage | Goal::SelfSufficiency);
    let distance = settings.distance;
    let unserved = match (counts_people, distance.cut_off_km, distance.unserved_m()) {
        (false, Some(cut_off), Some(metres)) => format!(
            "; people without a site within {cut_off}\u{a0}km count with {}\u{a0}km",
            Decimal::new(i64::from(metres), 3)
        ),
        _ => String::new(),
    };
    let discount = match counting.discounted {
        true => format!(
            "; later {} are discounted by {} a year",
            counting.steps,
            rate(settings.objective.discount_rate)
        ),
        false => String::new(),
    };
    format!("{best}{over}{weights}{unserved}{discount}")
}

/// Returns what a goal makes best, without over what it is summed.
pub(crate) fn best_words(settings: &Settings, goal: Goal) -> String {
    let objective = &settings.objective;
    match goal {
        Goal::Distance => {
            "the smallest sum of each person\u{2019}s distance to the nearest open site".to_owned()
        }
        Goal::Coverage => "the most people within reach of an open site".to_owned(),
        Goal::WorstDistance => "the smallest distance of the worst-off place".to_owned(),
        Goal::SelfSufficiency => "the most units that people get in their own place".to_owned(),
        Goal::Equity => {
            let aversion = objective.aversion_per_km.unwrap_or(Decimal::ZERO);
            format!(
                "the smallest equally distributed equivalent of people\u{2019}s distances, with an \
                 aversion of {aversion} per km"
            )
        }
        Goal::Cost => {
            let resource = settings.unit_of(goal);
            match objective.per_person_km.filter(|cost| *cost != Decimal::ZERO) {
                Some(cost) => format!(
                    "the least {resource} for sites and ways together, a way costing {cost} for each \
                     person and kilometre"
                ),
                None => format!("the least {resource} for sites"),
            }
        }
    }
}

/// Returns an objective value with its unit; person-metres are shown as person-kilometres.
pub(crate) fn value_words(settings: &Settings, goal: Goal, value: i128, scale: u64) -> String {
    format!("{}\u{a0}{}", value_number(goal, value, scale), unit_words(settings, goal))
}

/// Returns the number of an objective value, in [`unit_words`].
pub(crate) fn value_number(goal: Goal, value: i128, scale: u64) -> String {
    let scale = i128::from(scale.max(1));
    match goal {
        Goal::Distance => whole(value / scale / 1000),
        // Small sums of parts: a digit behind the point tells them apart.
        Goal::SelfSufficiency | Goal::Equity | Goal::Cost
            if value % scale != 0
                && value.unsigned_abs() < scale.unsigned_abs().saturating_mul(1000) =>
        {
            let tenths = (value * 10 + scale / 2).div_euclid(scale);
            format!("{}.{}", whole(tenths.div_euclid(10)), tenths.rem_euclid(10))
        }
        _ => whole(value / scale),
    }
}

/// Returns the unit of a value with all that is counted in it: "persons counted once for each period
/// and kind, weighted and discounted".
pub(crate) fn unit_words(settings: &Settings, goal: Goal) -> String {
    let counting = Counting::of(settings, goal);
    let name = bare_unit(settings, goal);
    let over = match goal {
        Goal::Coverage => counting.once_for_each(),
        Goal::WorstDistance => counting.over(""),
        _ => counting.over("kinds"),
    };
    let marks = [(counting.weighted, "weighted"), (counting.discounted, "discounted")];
    let marks: Vec<String> =
        marks.iter().filter(|(applies, _)| *applies).map(|(_, mark)| (*mark).to_owned()).collect();
    let marks = if marks.is_empty() { String::new() } else { format!(", {}", list(&marks)) };
    format!("{name}{over}{marks}")
}

/// Returns the bare unit of a goal: "person-km".
pub(crate) fn bare_unit(settings: &Settings, goal: Goal) -> String {
    match goal {
        Goal::Coverage => "persons".to_owned(),
        Goal::Distance => "person-km".to_owned(),
        Goal::WorstDistance => "m".to_owned(),
        Goal::SelfSufficiency => "units in the own place".to_owned(),
        Goal::Equity => {
            let metres = settings.distance.unserved_m().unwrap_or(0);
            let km = Decimal::new(i64::from(metres), 3);
            format!("persons, each who is {km}\u{a0}km away counting 1 and nearer ones less")
        }
        Goal::Cost => settings.unit_of(goal).to_owned(),
    }
}

/// Says over what a value is summed.
struct Counting {
    /// "year" or "period".
    step: &'static str,
    /// "years" or "periods".
    steps: &'static str,
    several_periods: bool,
    several_kinds: bool,
    weighted: bool,
    discounted: bool,
}

impl Counting {
    fn of(settings: &Settings, goal: Goal) -> Self {
        let (step, steps) = match settings.periods.years {
            1 => ("year", "years"),
            _ => ("period", "periods"),
        };
        let kinds = settings.package_kinds();
        let counts = goal != Goal::WorstDistance;
        let weighs = counts && goal != Goal::Cost;
        let several_periods = settings.periods.count > 1;
        let count = kinds.iter().filter(|kind| kind.weight > 0 || !weighs).count();
        Self {
            step,
            steps,
            several_periods,
            several_kinds: counts && count > 1,
            weighted: weighs && settings.is_weighted(),
            discounted: several_periods && settings.objective.discount_rate != Decimal::ZERO,
        }
    }

    fn once_for_each(&self) -> String {
        match (self.several_periods, self.several_kinds) {
            (true, true) => format!(" counted once for each {} and kind", self.step),
            (true, false) => format!(" counted once for each {}", self.step),
            (false, true) => " counted once for each kind".to_owned(),
            (false, false) => String::new(),
        }
    }

    /// Returns ", added up over all periods and kinds"; `kinds` is empty where they do not matter.
    fn over(&self, kinds: &str) -> String {
        let kinds = if self.several_kinds { kinds } else { "" };
        match (self.several_periods, kinds) {
            (true, "") => format!(", added up over all {}", self.steps),
            (true, kinds) => format!(", added up over all {} and {kinds}", self.steps),
            (false, "") => String::new(),
            (false, kinds) => format!(", added up over all {kinds}"),
        }
    }
}

fn weights(settings: &Settings) -> String {
    let weight = |at: (usize, &&Kind)| {
        let (position, kind) = at;
        let verb = if position == 0 { " weighs" } else { "" };
        format!("{}{verb} {}", kind.label(), Decimal::new(i64::from(kind.weight), 3))
    };
    list(&settings.package_kinds().iter().enumerate().map(weight).collect::<Vec<_>>())
}

/// Returns a rate as per cent, exactly.
fn rate(rate: Decimal) -> String {
    let percent = match rate.scale() {
        0 => Decimal::new(rate.mantissa().saturating_mul(100), 0),
        1 => Decimal::new(rate.mantissa().saturating_mul(10), 0),
        scale => Decimal::new(rate.mantissa(), scale - 2),
    };
    format!("{percent}\u{a0}%")
}

/// Returns what was asked of the programme, in sentences.
pub(crate) fn question_words(programme: &Programme, plan: &Plan) -> String {
    let sentences = [
        facts(programme, plan),
        candidates(programme, plan),
        facilities(programme),
        quotas(programme, plan),
        locked(plan),
        replan_words(programme, plan),
        goals_words(programme, plan),
        futures_words(programme, &plan.question),
    ];
    let said: Vec<String> = sentences.into_iter().filter(|text| !text.is_empty()).collect();
    said.join(" ")
}

/// Returns the name of a future as a reader sees it.
pub(crate) fn future_label(name: &str) -> &str {
    if name.is_empty() { "the numbers as written" } else { name }
}

/// Says which futures a plan is about; empty without scenarios.
fn futures_words(programme: &Programme, question: &Question) -> String {
    let Some(scenarios) = &programme.settings.scenarios else { return String::new() };
    let number = scenarios.named().len() as u64;
    match (&question.outlook, scenarios.objective) {
        (Outlook::AsWritten, _) => {
            "The futures are left aside: numbers are as written, and everything is in time."
                .to_owned()
        }
        (Outlook::Future(name), _) => {
            format!(
                "Only the future \u{201c}{name}\u{201d} counts, as if it were known beforehand."
            )
        }
        (Outlook::Together, Robustness::Expected) => format!(
            "The mean over {} {} counts; figures by period are those of the first.",
            whole(number),
            plural(number, "future", "futures")
        ),
        (Outlook::Together, Robustness::WorstCase) => format!(
            "The worst of {} {} counts; figures by period are those of the first.",
            whole(number),
            plural(number, "future", "futures")
        ),
    }
}

/// Returns what a question takes as given, to stand behind "with all rules as written": " and reports up to
/// 2026-02-09 taken as facts"; empty where it takes nothing.
pub(crate) fn given_words(question: &Question) -> String {
    let facts = question.as_of.map(|day| format!(" and reports up to {day} taken as facts"));
    let taken = match question.quotas {
        QuotaSource::AsTaken => " and as many openings as the reports count",
        QuotaSource::AsWritten => "",
    };
    let promised = question.replan.as_ref().map_or("", |_| " and what was promised");
    format!("{}{taken}{promised}", facts.unwrap_or_default())
}

/// Says what was taken as given before anything was chosen.
fn facts(programme: &Programme, plan: &Plan) -> String {
    let decided = |site: &str| plan.question.locked.iter().any(|locked| locked.site == site);
    let fixed = plan.openings.iter().filter(|o| o.fixed && !decided(&o.site)).count() as u64;
    let taken = match plan.question.as_of {
        // What was promised and has become of sites fixes openings as well.
        Some(day) if plan.question.replan.is_some() => {
            format!("Reports up to {day} are taken as facts.")
        }
        Some(day) => format!(
            "Reports up to {day} are taken as facts and fix {} {}.",
            whole(fixed),
            plural(fixed, "opening", "openings")
        ),
        None if programme.reports.is_empty() => String::new(),
        None if plan.question.replan.is_some() => "The reports are left aside.".to_owned(),
        None => {
            "The reports are left aside, as if nothing that they tell of had been built.".to_owned()
        }
    };
    match plan.method {
        Method::Listed => format!("The openings are those of a list; nothing was chosen. {taken}")
            .trim()
            .to_owned(),
        _ => taken,
    }
}

/// Says which sites could open, and when.
fn candidates(programme: &Programme, plan: &Plan) -> String {
    let settings = &programme.settings;
    let step = if settings.periods.years == 1 { "year" } else { "period" };
    let standing: HashSet<&str> = programme.facilities.iter().map(|f| f.site.as_str()).collect();
    let ruled = |test: &dyn Fn(&Site) -> bool| {
        let rows = programme.sites.iter().filter(|site| !standing.contains(site.id.as_str()));
        rows.filter(|site| test(site)).count() as u64
    };
    let forbidden = ruled(&|site| site.rule == SiteRule::Forbidden);
    let required = ruled(&|site| site.rule == SiteRule::Required);
    let windowed = ruled(&|site| {
        let late = site.earliest.is_some_and(|first| first > 1);
        let early = site.latest.is_some_and(|last| last < settings.periods.count);
        site.rule != SiteRule::Forbidden && (late || early)
    });
    let number = usable(programme);
    let mut text = match plan.method {
        // Nobody chose among them.
        Method::Listed => String::new(),
        _ => format!("{} candidate {} could open", whole(number), plural(number, "site", "sites")),
    };
    let question = &plan.question;
    let bound = question.as_of.is_some() || question.replan.is_some();
    let free = windowed == 0 && !bound && question.locked.is_empty();
    if free && !text.is_empty() {
        text.push_str(&format!(", none bound to a {step}"));
    }
    let mut rules = Vec::new();
    if windowed > 0 {
        rules.push(format!("{} only in certain {step}s", whole(windowed)));
    }
    if required > 0 {
        rules.push(format!("{} must open", whole(required)));
    }
    if forbidden > 0 {
        rules.push(format!("{} may not open", whole(forbidden)));
    }
    match (text.is_empty(), rules.is_empty()) {
        (true, true) => String::new(),
        (true, false) => format!("By the rules of the sites, {}.", list(&rules)),
        (false, true) => format!("{text}."),
        (false, false) => format!("{text}; by the rules of the sites, {}.", list(&rules)),
    }
}

/// Returns the number of sites that may open at all.
fn usable(programme: &Programme) -> u64 {
    let mut sites: HashSet<&str> = programme.sites.iter().map(|site| site.id.as_str()).collect();
    if programme.settings.sites == SitesFrom::Places {
        sites.extend(programme.places.iter().map(|place| place.id.as_str()));
    }
    for site in programme.sites.iter().filter(|site| site.rule == SiteRule::Forbidden) {
        sites.remove(site.id.as_str());
    }
    for facility in &programme.facilities {
        sites.remove(facility.site.as_str());
    }
    sites.len() as u64
}

fn facilities(programme: &Programme) -> String {
    match programme.facilities.len() as u64 {
        0 => String::new(),
        n => format!(
            "{} existing {} from the start.",
            whole(n),
            plural(n, "facility serves", "facilities serve")
        ),
    }
}

fn quotas(programme: &Programme, plan: &Plan) -> String {
    let periods = programme.settings.periods;
    let step = if periods.years == 1 { "year" } else { "period" };
    let last = last_counting(programme).filter(|_| plan.question.quotas == QuotaSource::AsTaken);
    let Some(last) = last else {
        return "The quotas are those of the programme.".to_owned();
    };
    let rule = match programme.settings.quota.rule {
        QuotaRule::AtMost => "at most",
        QuotaRule::Exactly => "exactly",
    };
    let later = if last < periods.count { "; later quotas are those of the programme" } else { "" };
    format!(
        "Up to {}, each {step} opens {rule} as many sites as the reports count in it{later}.",
        period_label(periods, last)
    )
}

/// Returns the last period in which a report counts as an opening.
fn last_counting(programme: &Programme) -> Option<u32> {
    let package = programme.settings.packages.first().map_or("", |package| package.id.as_str());
    let stands = |site: &str| programme.facilities.iter().any(|facility| facility.site == site);
    let counting = programme.reports.iter().filter(|report| {
        let begun = matches!(report.stage, Stage::Begun | Stage::Opened);
        begun && report.package == package && !report.site.is_empty() && !stands(&report.site)
    });
    counting.filter_map(|report| report.period).max()
}

fn locked(plan: &Plan) -> String {
    match plan.question.locked.len() as u64 {
        0 => String::new(),
        n => {
            format!("{} {} decided by a person.", whole(n), plural(n, "opening is", "openings are"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(more: &str) -> Settings {
        let text = format!(
            "{{\"format\":1,\"name\":\"x\",\"periods\":{{\"first\":2026,\"count\":5,\"years\":2}},\"quota\":{{\"openings\":1}},\
             \"kinds\":[{{\"id\":\"a\",\"name\":\"Care\",\"reach_km\":5}},{{\"id\":\"b\",\"name\":\"Births\",\"weight\":500,\"reach_km\":10}}],\
             \"packages\":[{{\"id\":\"p\",\"kinds\":[\"a\",\"b\"]}}]{more}}}"
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn the_unit_says_all_that_is_counted_and_no_more() {
        let all = settings(",\"objective\":{\"goal\":\"coverage\",\"discount_rate\":0.03}");
        assert_eq!(
            value_words(&all, Goal::Coverage, 7_000_000_000, 1_000_000_000),
            "7\u{a0}persons counted once for each period and kind, weighted and discounted"
        );
        let mut plain = all.clone();
        plain.objective.discount_rate = Decimal::ZERO;
        plain.kinds.truncate(1);
        assert_eq!(unit_words(&plain, Goal::Coverage), "persons counted once for each period");
        assert_eq!(unit_words(&plain, Goal::Distance), "person-km, added up over all periods");
        plain.periods.count = 1;
        assert_eq!(unit_words(&plain, Goal::Coverage), "persons");
        let worst = unit_words(&all, Goal::WorstDistance);
        assert_eq!(worst, "m, added up over all periods, discounted");
    }

    #[test]
    fn values_of_costs_units_and_equity_say_what_they_are() {
        let all = settings(
            ",\"objective\":{\"goal\":\"cost\",\"resource\":\"money\",\"per_person_km\":0.05,\"aversion_per_km\":0.1},\
             \"distance\":{\"cut_off_km\":15,\"unserved_km\":20}",
        );
        assert_eq!(
            value_words(&all, Goal::Cost, 1_234_560_000, 100_000),
            "12,345\u{a0}money, added up over all periods and kinds"
        );
        assert_eq!(value_number(Goal::Cost, 1_234_560, 100_000), "12.3");
        assert_eq!(value_number(Goal::Cost, 1_200_000, 100_000), "12");
        assert_eq!(value_number(Goal::SelfSufficiency, -55, 100), "\u{2212}1.5");
        assert_eq!(
            unit_words(&all, Goal::SelfSufficiency),
            "units in the own place, added up over all periods and kinds, weighted"
        );
        assert_eq!(
            unit_words(&all, Goal::Equity),
            "persons, each who is 20\u{a0}km away counting 1 and nearer ones less, added up over all periods and \
             kinds, weighted"
        );
        assert_eq!(
            goal_words(&all, Goal::Cost),
            "the least money for sites and ways together, a way costing 0.05 for each person and kilometre, added \
             up over all periods and kinds; people without a site within 15\u{a0}km count with 20\u{a0}km"
        );
        assert_eq!(
            goal_words(&all, Goal::Equity),
            "the smallest equally distributed equivalent of people\u{2019}s distances, with an aversion of 0.1 per \
             km, added up over all periods and kinds (Care weighs 1 and Births 0.5); people without a site within \
             15\u{a0}km count with 20\u{a0}km"
        );
    }

    #[test]
    fn the_goal_names_periods_kinds_weights_and_discount_where_they_apply() {
        let all = settings(",\"objective\":{\"goal\":\"coverage\",\"discount_rate\":0.035}");
        assert_eq!(
            goal_words(&all, Goal::Coverage),
            "the most people within reach of an open site, added up over all periods and kinds (Care weighs 1 and Births 0.5); \
             later periods are discounted by 3.5\u{a0}% a year"
        );
        let far = settings(",\"distance\":{\"cut_off_km\":15,\"unserved_km\":20}");
        assert_eq!(
            goal_words(&far, Goal::Distance),
            "the smallest sum of each person\u{2019}s distance to the nearest open site, added up over all periods; people \
             without a site within 15\u{a0}km count with 20\u{a0}km"
        );
        assert_eq!(rate("2".parse().unwrap()), "200\u{a0}%");
        assert_eq!(rate("0.5".parse().unwrap()), "50\u{a0}%");
    }
}
