//! In what the value of a goal counts, and what a value of the goal `equity` says of distances.

use crate::decimal::Decimal;
use crate::plan::Plan;
use crate::programme::{Goal, Programme, Settings};

/// Scale of a person under the goal `equity` who goes as far as `unserved_km`: 2^20.
const EQUITY_SCALE: u64 = 1 << 20;

/// Factor of the first period where later ones are discounted.
const DISCOUNT_SCALE: u64 = 1_000_000;

impl Settings {
    /// Returns how many times the unit values of a goal are.
    ///
    /// Validation keeps the numbers small enough; beyond them the result is the largest one.
    #[must_use]
    pub fn scale_of(&self, goal: Goal) -> u64 {
        let weighted = self.is_weighted();
        let of_goal = match goal {
            Goal::WorstDistance => 1,
            Goal::Distance | Goal::Coverage if weighted => 1000,
            Goal::Distance | Goal::Coverage => 1,
            Goal::SelfSufficiency => {
                let digits = self.package_kinds().iter().map(|kind| kind.demand.scale()).max();
                ten_to(digits.unwrap_or(0)).saturating_mul(if weighted { 1000 } else { 1 })
            }
            Goal::Equity => EQUITY_SCALE * if weighted { 1000 } else { 1 },
            Goal::Cost => {
                let digits = self.objective.per_person_km.map_or(0, Decimal::scale);
                ten_to(digits).saturating_mul(1000)
            }
        };
        of_goal.saturating_mul(if self.is_discounted() { DISCOUNT_SCALE } else { 1 })
    }

    /// Returns the unit of a goal's value divided by its scale.
    #[must_use]
    pub fn unit_of(&self, goal: Goal) -> &str {
        match goal {
            Goal::Distance => "person-metres",
            Goal::Coverage | Goal::Equity => "persons",
            Goal::WorstDistance => "metres",
            Goal::SelfSufficiency => "units",
            Goal::Cost => self.objective.resource.as_deref().unwrap_or("units"),
        }
    }

    /// Returns whether kinds of the packages count differently.
    #[must_use]
    pub fn is_weighted(&self) -> bool {
        self.package_kinds().iter().any(|kind| kind.weight != 1000)
    }

    fn is_discounted(&self) -> bool {
        self.objective.discount_rate.mantissa() != 0
    }

    /// Returns what one person counts for in each period beside other factors: 1 each, or a million in the
    /// first where later ones are discounted. Good for what is shown; exact factors are rounded from
    /// fractions.
    fn period_factors(&self) -> Vec<f64> {
        if !self.is_discounted() {
            return vec![1.0; self.periods.count as usize];
        }
        let growth = 1.0 + self.objective.discount_rate.to_f64();
        let years = |years: u32| (0..years).fold(1.0, |grown: f64, _| grown * growth);
        let periods = 0..self.periods.count;
        let factor = |elapsed: u32| DISCOUNT_SCALE as f64 / years(elapsed * self.periods.years);
        periods.map(|elapsed| factor(elapsed).round()).collect()
    }
}

/// Returns the equally distributed equivalent of a plan's distances in kilometres (Kolm and Pollak): the
/// distance that would be as bad if everybody had it, over all periods and kinds with their factors.
///
/// `None` for another goal than `equity`, where nobody counts, and where changes of promises are charged,
/// as they are part of the value.
#[must_use]
pub fn equivalent_km(programme: &Programme, plan: &Plan) -> Option<f64> {
    let charged = plan.question.replan.as_ref().is_some_and(|replan| replan.price.is_some());
    if plan.question.goal(programme) != Goal::Equity || charged {
        return None;
    }
    let settings = &programme.settings;
    let aversion = settings.objective.aversion_per_km?.to_f64();
    let farthest = f64::from(settings.distance.unserved_m()?) / 1000.0;
    let mean = plan.value as f64 / EQUITY_SCALE as f64 / counted(programme);
    (mean.is_finite() && mean > 0.0 && aversion > 0.0)
        .then(|| farthest + libm::log(mean) / aversion)
}

/// Returns the factors of all persons, over periods and kinds.
fn counted(programme: &Programme) -> f64 {
    let settings = &programme.settings;
    let weighted = settings.is_weighted();
    let kinds = settings.package_kinds();
    let in_period = |(period, factor): (u32, f64)| {
        let year = settings.periods.label(period);
        let of_kind = |kind: &&crate::programme::Kind| {
            let persons = programme.places.iter().map(|place| place.persons_in(&kind.id, year));
            let weight = if weighted { f64::from(kind.weight) } else { 1.0 };
            persons.sum::<u64>() as f64 * weight
        };
        kinds.iter().map(of_kind).sum::<f64>() * factor
    };
    (1..).zip(settings.period_factors()).map(in_period).sum()
}

fn ten_to(digits: u32) -> u64 {
    10_u64.checked_pow(digits).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two villages of 100 people, a cut-off of 10 km and an aversion of 0.1.
    fn programme(more: &str) -> Programme {
        let text = format!(
            r#"{{"format": 1, "name": "x", "periods": {{"first": 2030, "count": 2}}, "kinds":
                [{{"id": "a", "reach_km": 5}}, {{"id": "b", "reach_km": 5 {more}}}], "packages":
                [{{"id": "p", "kinds": ["a", "b"]}}], "distance": {{"cut_off_km": 10}}, "objective":
                {{"goal": "equity", "aversion_per_km": 0.1, "discount_rate": 0.05}}}}"#
        );
        let place =
            |id: &str| crate::Place { id: id.to_owned(), population: 100, ..Default::default() };
        Programme {
            settings: serde_json::from_str(&text).unwrap(),
            places: vec![place("A"), place("B")],
            sites: Vec::new(),
            facilities: Vec::new(),
            reports: Vec::new(),
        }
    }

    fn plan(value: i128) -> Plan {
        let text = r#"{"format": 1, "programme": "x", "label": "", "method": "optimised", "inputs": [],
            "question": {}, "status": "optimal", "stopped_by": "proved", "sense": "min", "scale": 1,
            "unit": "persons", "value": 0, "bound": null, "gap": null, "openings": [], "outcomes": [],
            "person_years_of_access": 0, "run": {"version": "", "seconds": 0.0, "work": 0, "threads": 1,
            "seed": 0, "peak_rss_bytes": 0}}"#;
        Plan { value, ..serde_json::from_str(text).unwrap() }
    }

    /// What a person at 0, 4 and 10 km counts: 2^20 times exp(-1), exp(-0.6) and 1.
    const AT_0_4_10_KM: [i128; 3] = [385_750, 575_471, 1_048_576];

    #[test]
    fn who_all_go_alike_have_that_distance_as_their_equivalent() {
        // Factors 1,000,000 and 952,381; two kinds that count alike.
        let [_, at_4, _] = AT_0_4_10_KM;
        let alike = plan(at_4 * 200 * 2 * 1_952_381);
        let km = equivalent_km(&programme(""), &alike).unwrap();
        assert!((km - 4.0).abs() < 1e-4, "{km}");
        // A kind of half the weight: 1000 and 500.
        let weighted = plan(at_4 * 200 * 1500 * 1_952_381);
        let km = equivalent_km(&programme(r#", "weight": 500"#), &weighted).unwrap();
        assert!((km - 4.0).abs() < 1e-4, "{km}");
    }

    #[test]
    fn who_go_differently_have_more_than_their_mean() {
        // One village at its site, one without: (1 + exp(-1)) / 2 = 0.683940; its logarithm is -0.379885.
        let [at_0, _, at_10] = AT_0_4_10_KM;
        let km =
            equivalent_km(&programme(""), &plan((at_0 + at_10) * 100 * 2 * 1_952_381)).unwrap();
        assert!((km - 6.20115).abs() < 1e-4, "{km}");
    }

    #[test]
    fn persons_of_the_period_count() {
        let mut programme = programme("");
        programme.places[1].population_from.insert(2031, 300);
        let [at_0, _, at_10] = AT_0_4_10_KM;
        // 100 and 100 people in 2030, 100 and 300 in 2031; A at its site, B without one.
        let value = 2 * ((at_0 + at_10) * 100 * 1_000_000 + (at_0 + 3 * at_10) * 100 * 952_381);
        // (1.367879 x 1,000,000 + 3.367879 x 952,381) / (2,000,000 + 4 x 952,381) = 0.787566; its logarithm
        // is -0.238808.
        let km = equivalent_km(&programme, &plan(value)).unwrap();
        assert!((km - 7.61192).abs() < 1e-4, "{km}");
    }

    #[test]
    fn scales_are_those_of_the_goals() {
        let mut settings = programme(r#", "demand": 1.25"#).settings;
        settings.objective.per_person_km = Some("0.005".parse().unwrap());
        settings.objective.resource = Some("money".to_owned());
        let scale = |settings: &Settings, goal| settings.scale_of(goal);
        assert_eq!(scale(&settings, Goal::Distance), 1_000_000);
        assert_eq!(scale(&settings, Goal::SelfSufficiency), 100_000_000);
        assert_eq!(scale(&settings, Goal::Equity), 1_048_576_000_000);
        assert_eq!(scale(&settings, Goal::Cost), 1_000_000_000_000);
        settings.objective.discount_rate = Decimal::ZERO;
        settings.kinds[0].weight = 2000;
        assert_eq!(scale(&settings, Goal::Coverage), 1000);
        assert_eq!(scale(&settings, Goal::SelfSufficiency), 100_000);
        assert_eq!(scale(&settings, Goal::Cost), 1_000_000);
        assert_eq!(settings.unit_of(Goal::Cost), "money");
    }

    #[test]
    fn other_goals_and_charged_changes_have_no_equivalent() {
        let mut programme = programme("");
        let replan = crate::Replan { price: Some(1), ..Default::default() };
        let mut charged = plan(1_000_000);
        charged.question.replan = Some(replan);
        assert_eq!(equivalent_km(&programme, &charged), None);
        assert_eq!(equivalent_km(&programme, &plan(0)), None);
        programme.settings.objective.goal = Goal::Distance;
        assert_eq!(equivalent_km(&programme, &plan(1_000_000)), None);
    }
}
