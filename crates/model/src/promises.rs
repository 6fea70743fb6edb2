//! What was promised of sites, beside what a plan has of them now.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::{Action, Plan};

/// Sets what was promised beside what a plan has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promises<'a> {
    /// Sites of which something was promised.
    pub promised: usize,
    /// The sites of which the plan has something else than was promised, by id.
    pub sites: Vec<PromisedSite<'a>>,
}

/// Is a site of which a plan has something else than was promised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromisedSite<'a> {
    /// Site.
    pub site: &'a str,
    /// What was promised of it, in the order of time; empty where nothing was.
    pub promised: Vec<Deed<'a>>,
    /// What the plan has of it, in the order of time; empty where it has nothing.
    pub now: Vec<Deed<'a>>,
    /// Why the two differ.
    pub why: Departure,
}

/// Is something that happens at a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deed<'a> {
    /// Period (1-based).
    pub period: u32,
    /// Whether it opens, is upgraded or closes.
    pub action: Action,
    /// Package that it opens with, turns to or offers no longer.
    pub package: &'a str,
}

/// Says why a plan has something else of a site than was promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Departure {
    /// The plan chose so: a change of a promise.
    Changed,
    /// Nothing was promised of the site, and the plan chose it: no change of a promise.
    New,
    /// The state of sites or the reports say so: no change of a promise.
    Happened,
}

impl Departure {
    /// Returns the word of it: changed, new or happened.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::New => "new",
            Self::Happened => "happened",
        }
    }
}

impl<'a> Promises<'a> {
    /// Sets what was promised beside what the plan has; `None` where its question names no promises.
    #[must_use]
    pub fn of(plan: &'a Plan) -> Option<Self> {
        let replan = plan.question.replan.as_ref()?;
        let mut sites: BTreeMap<&str, (Vec<Deed<'_>>, Vec<Deed<'_>>)> = BTreeMap::new();
        for row in &replan.promised {
            let deed = Deed { period: row.period, action: row.action, package: &row.package };
            sites.entry(&row.site).or_default().0.push(deed);
        }
        for row in &plan.openings {
            let deed = Deed { period: row.period, action: row.action, package: &row.package };
            sites.entry(&row.site).or_default().1.push(deed);
        }
        for (promised, now) in sites.values_mut() {
            promised.sort();
            now.sort();
        }
        let spoken = replan.state.iter().map(|row| row.site.as_str());
        let reported =
            plan.openings.iter().filter(|row| row.fixed && plan.question.as_of.is_some());
        let happened: BTreeSet<&str> =
            spoken.chain(reported.map(|row| row.site.as_str())).collect();
        let all = sites.values().filter(|(promised, _)| !promised.is_empty()).count();
        let differing = sites.into_iter().filter(|(_, (promised, now))| promised != now);
        let sites = differing.map(|(site, (promised, now))| {
            let why = match (promised.is_empty(), happened.contains(site)) {
                (_, true) => Departure::Happened,
                (true, false) => Departure::New,
                (false, false) => Departure::Changed,
            };
            PromisedSite { site, promised, now, why }
        });
        Some(Self { promised: all, sites: sites.collect() })
    }

    /// Returns at how many sites the plan differs from the promises for this reason.
    #[must_use]
    pub fn count(&self, why: Departure) -> usize {
        self.sites.iter().filter(|site| site.why == why).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Opening;

    fn plan(question: &str, openings: &[(&str, u32, bool)]) -> Plan {
        let text = format!(
            r#"{{"format": 1, "programme": "x", "label": "", "method": "optimised", "inputs": [],
            "question": {question}, "status": "optimal", "stopped_by": "proved", "sense": "min", "scale": 1,
            "unit": "persons", "value": 0, "bound": null, "gap": null, "openings": [], "outcomes": [],
            "person_years_of_access": 0, "run": {{"version": "", "seconds": 0.0, "work": 0, "threads": 1,
            "seed": 0, "peak_rss_bytes": 0}}}}"#
        );
        let opening = |&(site, period, fixed): &(&str, u32, bool)| Opening {
            site: site.to_owned(),
            package: "p".to_owned(),
            period,
            fixed,
            ..Opening::default()
        };
        let plan: Plan = serde_json::from_str(&text).unwrap();
        Plan { openings: openings.iter().map(opening).collect(), ..plan }
    }

    fn shown(promises: &Promises<'_>) -> Vec<String> {
        let periods = |deeds: &[Deed<'_>]| {
            deeds.iter().map(|deed| deed.period.to_string()).collect::<Vec<_>>().join("+")
        };
        let row = |row: &PromisedSite<'_>| {
            format!(
                "{} {} > {} {}",
                row.site,
                periods(&row.promised),
                periods(&row.now),
                row.why.word()
            )
        };
        promises.sites.iter().map(row).collect()
    }

    const PROMISED: &str = r#""promised": [
        {"site": "late", "package": "p", "period": 1},
        {"site": "kept", "package": "p", "period": 2},
        {"site": "kept", "package": "q", "period": 4, "action": "close"},
        {"site": "gone", "package": "p", "period": 3},
        {"site": "failed", "package": "p", "period": 1},
        {"site": "told", "package": "p", "period": 2}]"#;

    #[test]
    fn sites_differ_by_choice_or_by_what_happened() {
        let state = r#""state": [{"site": "failed", "state": "failed"}]"#;
        let question = format!(r#"{{"as_of": "2030-05-01", "replan": {{{PROMISED}, {state}}}}}"#);
        let openings =
            [("kept", 2, false), ("late", 3, false), ("new", 2, false), ("told", 1, true)];
        let mut plan = plan(&question, &openings);
        plan.openings.push(Opening {
            site: "kept".to_owned(),
            package: "q".to_owned(),
            period: 4,
            action: Action::Close,
            ..Opening::default()
        });
        let promises = Promises::of(&plan).unwrap();
        assert_eq!(
            shown(&promises),
            [
                "failed 1 >  happened",
                "gone 3 >  changed",
                "late 1 > 3 changed",
                "new  > 2 new",
                "told 2 > 1 happened"
            ]
        );
        assert_eq!(promises.promised, 5);
        let count = |why| promises.count(why);
        assert_eq!([Departure::Changed, Departure::New, Departure::Happened].map(count), [2, 1, 2]);
    }

    #[test]
    fn without_a_day_no_opening_is_a_report() {
        let plan = plan(&format!(r#"{{"replan": {{{PROMISED}}}}}"#), &[("told", 1, true)]);
        let promises = Promises::of(&plan).unwrap();
        assert!(promises.sites.iter().all(|row| row.why == Departure::Changed));
        assert_eq!(promises.sites.len(), 5);
    }

    #[test]
    fn a_plan_of_another_question_has_no_promises() {
        assert_eq!(Promises::of(&plan("{}", &[("a", 1, false)])), None);
    }
}
