//! Trials of who goes where, against transportation problems that are solved anew.

use groundwork_model::programme::{
    Distance, Kind, Package, PerPeriod, Periods, Place, Settings, Size,
};
use groundwork_model::{Decimal, Programme, Question};

use super::MixedPlanner;
use super::found::{Found, Parts};
use super::market::Market;
use super::scale::{first_state, scale_of};
use super::search::Search;
use super::service::Draft;
use crate::control::Quiet;
use crate::random::Random;

/// Makes a programme of a kind in two sizes, at places by chance; some far off, some without people, some at one point.
fn programme(random: &mut Random, places: usize) -> Programme {
    let size = |id: &str, capacity: usize| Size {
        id: id.to_owned(),
        capacity: Some(capacity as u64),
        ..Size::default()
    };
    let kind = Kind {
        id: "clinic".to_owned(),
        sizes: vec![size("small", 1 + random.below(300)), size("large", 300 + random.below(900))],
        ..Kind::default()
    };
    let package = |size: &str| Package {
        id: size.to_owned(),
        kinds: vec![format!("clinic:{size}")],
        ..Package::default()
    };
    let mut settings = Settings {
        periods: Periods { first: 2030, count: 2, years: 1 },
        kinds: vec![kind],
        packages: vec![package("small"), package("large")],
        distance: Distance {
            cut_off_km: Some(Decimal::new(30 + random.below(150) as i64, 0)),
            unserved_km: Some(Decimal::new(180, 0)),
            ..Distance::default()
        },
        ..Settings::default()
    };
    settings.quota.openings = PerPeriod::Each(vec![99, 99]);
    let steps = [1, 7, 1000][random.below(3)];
    let mut degree = || (random.below(steps) as f64) / steps as f64;
    let point = |_| (45.0 + degree(), 7.0 + degree());
    let points: Vec<(f64, f64)> = (0..places).map(point).collect();
    let place = |(at, (lat, lon)): (usize, (f64, f64))| Place {
        id: format!("p{at:02}"),
        lat,
        lon,
        population: [0, 1, 40, 90, 150, 400][random.below(6)],
        ..Place::default()
    };
    let places = points.into_iter().enumerate().map(place).collect();
    Programme { settings, places, ..Programme::default() }
}

/// Holds a draft against problems solved anew: what people cost, and that each goes somewhere and no site is too full.
fn compare(draft: &Draft<'_>) {
    let mixed = draft.mixed;
    let layer = &mixed.layers[0];
    for period in 0..mixed.periods {
        let flow = &draft.flows[0][period];
        let offered: Vec<(u32, u32)> = (0..mixed.sites())
            .filter_map(|site| Some((site as u32, draft.offers(site, 0, period)? as u32)))
            .collect();
        let is_offered = |site, size| offered.contains(&(site as u32, size as u32));
        let market = Market::new(mixed, (0, period), 0, is_offered);
        let anew = market.split((layer, period, mixed.periods), &offered, &[]);
        assert_eq!(flow.cost, anew.cost, "{offered:?}");
        let mut cost = 0;
        let mut served = vec![0; mixed.places];
        let mut used = vec![0; mixed.sites()];
        for &(place, site, persons) in draft.split_parts(0, period).iter() {
            cost += persons
                * mixed.cost((layer, period), site as usize, place as usize).expect("a pair");
            served[place as usize] += persons;
            used[site as usize] += persons;
        }
        let unserved = layer.unserved.expect("not all must be served");
        for (at, persons) in mixed.persons_in(layer, period).enumerate() {
            assert!(served[at] <= persons);
            cost += (persons - served[at]) * unserved;
        }
        assert_eq!(cost as f64, flow.cost);
        for (site, used) in used.into_iter().enumerate().filter(|&(_, used)| used > 0) {
            let size = draft.offers(site, 0, period).expect("it is open");
            assert!(used <= layer.sizes[size].unwrap_or(u64::MAX), "{site} is too full");
        }
    }
}

#[test]
fn who_goes_where_stays_cheapest_while_sites_come_and_go() {
    let mut random = Random::new(11);
    for _ in 0..60 {
        let programme = programme(&mut random, 12);
        let planner = match MixedPlanner::new(&programme, &Question::default()) {
            Ok(planner) => planner,
            Err(refused) => panic!("{refused:?}"),
        };
        let mixed = &planner.mixed;
        assert!(mixed.keeps_sendings());
        let nothing = vec![0; mixed.sites()];
        let mut draft = Draft::new(mixed, &planner.near, nothing);
        compare(&draft);
        for _ in 0..25 {
            let site = random.below(mixed.sites());
            let schedule = random.below(mixed.columns[site].schedules.len());
            draft.set(site, schedule as u32);
            compare(&draft);
        }
        let again = Draft::new(mixed, &planner.near, draft.schedules.clone());
        compare(&again);
        assert_eq!(again.cost(), draft.cost());
    }
}

/// Changes a site by chance.
fn change(draft: &mut Draft<'_>, random: &mut Random) -> (usize, u32) {
    let site = random.below(draft.mixed.sites());
    let before = draft.schedules[site];
    let schedule = random.below(draft.mixed.columns[site].schedules.len());
    draft.set(site, schedule as u32);
    (site, before)
}

/// Returns all that a draft says of who goes where.
fn state(draft: &Draft<'_>) -> (Vec<u32>, f64, Vec<Vec<f64>>, Vec<Parts>) {
    let flows = &draft.flows[0];
    let parts = (0..flows.len()).map(|period| draft.split_parts(0, period).into_owned());
    let worth = flows.iter().map(|flow| flow.worth.clone()).collect();
    (draft.schedules.clone(), draft.cost(), worth, parts.collect())
}

#[test]
fn what_is_undone_was_never_done() {
    let mut random = Random::new(29);
    for round in 0..40 {
        let programme = programme(&mut random, [12, 45][round % 2]);
        let planner = MixedPlanner::new(&programme, &Question::default())
            .unwrap_or_else(|refused| panic!("{refused:?}"));
        let mut draft = Draft::new(&planner.mixed, &planner.near, vec![0; planner.mixed.sites()]);
        for _ in 0..10 {
            change(&mut draft, &mut random);
        }
        // One change, or two together, taken back at once; then the search goes on from there.
        for _ in 0..10 {
            let before = state(&draft);
            let first = change(&mut draft, &mut random);
            let second = (random.below(2) == 0).then(|| change(&mut draft, &mut random));
            compare(&draft);
            let made = second.into_iter().chain([first]);
            made.for_each(|(site, was)| draft.set_back(site, was));
            assert_eq!(state(&draft), before);
            compare(&draft);
            change(&mut draft, &mut random);
            compare(&draft);
        }
        // Many changes, some of them taken back at once, and all the others at last.
        draft.begin_locally();
        let before = state(&draft);
        for _ in 0..20 {
            let (site, was) = change(&mut draft, &mut random);
            if random.below(2) == 0 {
                draft.set_back(site, was);
            }
            compare(&draft);
        }
        while draft.undo(true) {}
        assert_eq!(state(&draft), before);
        compare(&draft);
    }
}

#[test]
fn kicks_that_neighbours_answer_lead_to_better_plans_whatever_the_number_of_threads() {
    let mut random = Random::new(41);
    for round in 0..6 {
        let mut programme = programme(&mut random, 60);
        programme.settings.quota.openings = PerPeriod::Each(vec![3 + round, 4]);
        let planner = MixedPlanner::new(&programme, &Question::default())
            .unwrap_or_else(|refused| panic!("{refused:?}"));
        let (mixed, near) = (&planner.mixed, &planner.near);
        let nothing = Draft::new(mixed, near, vec![0; mixed.sites()]);
        let first = Found::of(&nothing).expect("nothing breaks no rule");
        let scale = scale_of(mixed, &first_state(mixed, &nothing));
        let shaken = || -> Vec<Found> {
            let mut search = Search::new((mixed, near), &Quiet, 1, &scale);
            assert!(search.is_shaken_nearby());
            let (mut found, mut rounds) = (vec![first.clone()], 0);
            let (domain, free) = (mixed.all_schedules(), vec![0.0; mixed.rules.len()]);
            search.shake_nearby(&first, &domain, &free, &mut |_, better| {
                found.extend(better);
                rounds += 1;
                rounds < 12
            });
            found
        };
        let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let of = |threads| pool(threads).expect("threads").install(shaken);
        let (alone, together) = (of(1), of(3));
        let schedules = |found: &[Found]| -> Vec<Vec<u32>> {
            found.iter().map(|found| found.schedules.clone()).collect()
        };
        assert_eq!(schedules(&alone), schedules(&together));
        assert!(alone.len() > 1, "no better plan");
        for two in alone.windows(2) {
            assert!(two[1].cost < two[0].cost);
            let draft = Draft::new(mixed, near, two[1].schedules.clone());
            assert!(draft.keeps_rules());
            assert_eq!(Found::of(&draft).expect("it is a plan").cost, two[1].cost);
        }
    }
}
