//! What plans mean for people, against the checker's value of them and figures worked by hand.

use groundwork_model::difference::ProvinceChange;
use groundwork_model::plan::Served;
use groundwork_model::programme::Goal;
use groundwork_model::{Change, Decimal, Opening, Programme, Question};
use groundwork_solve::{Effects, Exchanges, changes, moved};
use groundwork_verify::{Score, verify_choice};

use crate::common::{Stream, opening, place, programme};
use crate::{choices, generator};

/// The four villages of docs/concepts/model.md.
fn villages() -> Programme {
    let places = [(10.0, 400), (10.089_932, 300), (10.197_850, 200), (10.449_660, 150)];
    let places = places.iter().enumerate();
    let places = places.map(|(at, &(lon, persons))| place(at, 0.0, lon, persons)).collect();
    let mut villages = programme(places, 2, 1);
    villages.settings.kinds[0].reach_km = Decimal::new(12, 0);
    villages.places[3].province = "East".to_owned();
    villages
}

/// Holds the provinces together against the checker's figures of the two plans.
fn judge_provinces(provinces: &[ProvinceChange], [one, other]: [&Choice; 2]) {
    for row in provinces {
        let Change { access_gained, access_lost, .. } = row.change;
        assert_eq!(row.access_before + access_gained, row.access_after + access_lost);
    }
    let access = |of: fn(&ProvinceChange) -> u64| provinces.iter().map(of).sum::<u64>();
    let years = [one, other].map(|choice| choice.2.person_years_of_access);
    assert_eq!([access(|row| row.access_before), access(|row| row.access_after)], years);
    let farthest = |of: fn(&ProvinceChange) -> Option<u32>| provinces.iter().filter_map(of).max();
    let worst = [one, other].map(|choice| choice.2.outcomes.last().unwrap().worst_distance_m);
    assert_eq!([farthest(|row| row.worst_before_m), farthest(|row| row.worst_after_m)], worst);
}

#[test]
fn the_four_villages_gain_and_lose_as_worked_by_hand() {
    let villages = villages();
    let (best, by_size) =
        ([opening("p1", 1), opening("p3", 2)], [opening("p0", 1), opening("p1", 2)]);
    let effects = [&best, &by_size].map(|list| Effects::of(&villages, list, &[]));
    assert_eq!(effects[0].value(&villages, Goal::Distance), Some(18_800_000));
    assert_eq!(effects[1].value(&villages, Goal::Distance), Some(23_300_000));
    let changes = changes(&villages, &effects[0], &effects[1]);
    // A has its own from the start; B waits a year, C goes 22 km in it, D 50 km and then 40 km.
    let by_place: Vec<i128> = changes.places.iter().map(|place| place.person_metres).collect();
    assert_eq!(by_place, [-8_000_000, 3_000_000, 2_000_000, 7_500_000]);
    let total = Change {
        nearer: 400,
        farther: 650,
        same: 0,
        metres_gained: 8_000_000,
        metres_lost: 12_500_000,
        access_gained: 0,
        access_lost: 350,
    };
    assert_eq!(changes.total, total);
    let second = changes.periods[1].change;
    assert_eq!((second.nearer, second.farther, second.same), (400, 150, 500));
    assert_eq!((second.metres_gained, second.metres_lost), (4_000_000, 6_000_000));
    assert_eq!((second.access_gained, second.access_lost), (0, 150));
    let last = &changes.places[3];
    assert_eq!((last.before_m, last.after_m), (Some(20_000.0), Some(45_000.0)));
    assert_eq!((last.access_before, last.access_after), (1, 0));
    let provinces: Vec<(&str, i128)> = changes
        .provinces
        .iter()
        .map(|row| (row.province.as_str(), row.change.net_metres()))
        .collect();
    assert_eq!(provinces, [("", -3_000_000), ("East", 7_500_000)]);
    // D alone is the East. Of the others A goes 10 km to B twice, B stays, C goes 12 km twice: 12,800 person-km over
    // 1,800 person-years before; B 10 km once and C 22 and 12 km after. In 2031 C is the farthest of them in both plans.
    let [others, east] = &changes.provinces[..] else { panic!("two provinces") };
    let close = |mean: Option<f64>, metres: f64| (mean.unwrap() - metres).abs() < 1e-9;
    assert!(close(others.before_m, 12_800_000.0 / 1800.0), "{:?}", others.before_m);
    assert!(close(others.after_m, 9_800_000.0 / 1800.0), "{:?}", others.after_m);
    assert_eq!((others.worst_before_m, others.worst_after_m), (Some(12_000), Some(12_000)));
    assert_eq!((others.access_before, others.access_after), (1800, 1600));
    assert_eq!((east.before_m, east.after_m), (Some(20_000.0), Some(45_000.0)));
    assert_eq!((east.worst_before_m, east.worst_after_m), (Some(0), Some(40_000)));
    assert_eq!((east.access_before, east.access_after), (150, 0));
    assert!(changes.kinds.is_empty(), "every site offers all kinds");

    let (moved, unmoved) = moved(&villages, &best, &by_size);
    let rows: Vec<String> = moved.iter().map(|row| format!("{} {:?}", row.site, row.how)).collect();
    assert_eq!(
        (rows, unmoved),
        (["p0 Added", "p1 Later", "p3 Dropped"].map(String::from).into(), 0)
    );
}

type Choice = (Vec<Opening>, Vec<Served>, Score);

/// Draws a plan that keeps all rules, in some tries.
fn drawn(programme: &Programme, question: &Question, stream: &mut Stream) -> Option<Choice> {
    let schedules = choices::of_sites(programme, question);
    for _ in 0..40 {
        let mut rows: Vec<Opening> = Vec::new();
        for of_site in schedules.iter().filter(|of_site| !of_site.is_empty()) {
            rows.extend(of_site[stream.next() as usize % of_site.len()].iter().cloned());
        }
        let assignments = choices::assign(programme, question.goal(programme), &rows, stream);
        let score = verify_choice(programme, question, &rows, &assignments);
        if score.problems.is_empty() && score.value.is_some() {
            return Some((rows, assignments, score));
        }
    }
    None
}

/// Holds the sums of a difference against the checker's figures of the two plans.
fn judge(programme: &Programme, question: &Question, [one, other]: [&Choice; 2]) {
    let effects = [one, other].map(|choice| Effects::of(programme, &choice.0, &choice.1));
    for (effects, choice) in effects.iter().zip([one, other]) {
        let goal = question.goal(programme);
        // A price of changes counts in the value as well.
        let charged = question.replan.as_ref().is_some_and(|replan| replan.price.is_some());
        let value = effects.value(programme, goal);
        let several = goal == Goal::Coverage && !programme.settings.objective.then.is_empty();
        if goal.is_plain() && !charged && !(several && value.is_none()) {
            assert_eq!(value, choice.2.value);
        }
    }
    let changes = changes(programme, &effects[0], &effects[1]);
    let net = changes.total.net_metres();
    let of_places: i128 = changes.places.iter().map(|place| place.person_metres).sum();
    let sum = |parts: &mut dyn Iterator<Item = Change>| -> i128 {
        parts.map(|change| change.net_metres()).sum()
    };
    assert_eq!(of_places, net);
    assert_eq!(sum(&mut changes.provinces.iter().map(|row| row.change)), net);
    assert_eq!(sum(&mut changes.periods.iter().map(|row| row.change)), net);
    let settings = &programme.settings;
    if settings.package_kinds().len() > 1 {
        assert_eq!(sum(&mut changes.kinds.iter().map(|row| row.change)), net);
    }
    let plain = settings.objective.discount_rate == Decimal::ZERO
        && settings.package_kinds().iter().all(|kind| kind.weight == 1000);
    let charged = question.replan.as_ref().is_some_and(|replan| replan.price.is_some());
    if plain && question.goal(programme) == Goal::Distance && !charged {
        assert_eq!(net, other.2.value.unwrap() - one.2.value.unwrap());
    }
    judge_provinces(&changes.provinces, [one, other]);
    let years = |choice: &Choice| i128::from(choice.2.person_years_of_access);
    let (gained, lost) = (changes.total.access_gained, changes.total.access_lost);
    assert_eq!(i128::from(gained) - i128::from(lost), years(other) - years(one));
    for (row, (before, after)) in
        changes.periods.iter().zip(one.2.outcomes.iter().zip(&other.2.outcomes))
    {
        let (gained, lost) = (row.change.access_gained, row.change.access_lost);
        assert_eq!(before.access_all + gained, after.access_all + lost);
        let persons = row.change.nearer + row.change.farther + row.change.same;
        let year = row.year;
        let all: u64 = programme.places.iter().map(|place| place.population_in(year)).sum();
        assert_eq!(persons, all);
    }
}

#[test]
fn gains_and_losses_add_up_to_the_difference_of_the_values() {
    let mut stream = Stream(7_070_707);
    let mut pairs = 0;
    for number in 0..500 {
        let (programme, question) = match number % 5 {
            0 => generator::worst_off(&mut stream),
            _ => generator::programme(&mut stream),
        };
        let one = drawn(&programme, &question, &mut stream);
        let other = drawn(&programme, &question, &mut stream);
        if let (Some(one), Some(other)) = (one, other) {
            judge(&programme, &question, [&one, &other]);
            pairs += 1;
        }
    }
    assert!(pairs > 100, "{pairs} pairs of plans");
}

#[test]
fn persons_count_with_the_number_of_their_period() {
    let mut villages = villages();
    villages.places[3].population_from.insert(2025, 300);
    let (best, by_size) =
        ([opening("p1", 1), opening("p3", 2)], [opening("p0", 1), opening("p1", 2)]);
    let effects = [&best, &by_size].map(|list| Effects::of(&villages, list, &[]));
    assert_eq!(effects[1].value(&villages, Goal::Distance), Some(29_300_000));
    let changes = changes(&villages, &effects[0], &effects[1]);
    // D: 150 persons go 10 km more in 2024, and 300 go 40 km more in 2025.
    assert_eq!(changes.places[3].person_metres, 1_500_000 + 12_000_000);
    assert_eq!(changes.periods[1].change.farther, 300);
    assert_eq!(changes.total.access_lost, 200 + 300);
    let index = Exchanges::new(&villages, &best, Goal::Distance);
    assert_eq!(index.saving("p3"), Some(300 * 40_000));
    assert_eq!(index.served_by("p3", 1, &[]), 300);
}
