//! Programmes of real size are checked in seconds.

use std::time::Instant;

use groundwork_model::certificate::{LayerRadii, RuleFamily, RuleName, RulePrice, ScheduleNode};
use groundwork_model::programme::{AmountPerPeriod, Budget, Kind, Package, Size};
use groundwork_model::{Decimal, Programme, Proof, Question, Settings};
use groundwork_verify::verify;

use crate::common::{Stream, certify, inputs, place, plan};

/// Returns places all over a country of 4 by 4 degrees, with as many kinds and packages, each package
/// one kind more than the one before; the first kind has a size that serves `capacity` persons.
fn country(places: usize, kinds: usize, periods: u32, stream: &mut Stream) -> Programme {
    let size = |id: &str, capacity: Option<u64>| Size {
        id: id.to_owned(),
        name: String::new(),
        capacity,
        cost: [("money".to_owned(), 5)].into(),
        running: [("money".to_owned(), 1)].into(),
        build: 0,
    };
    let mut settings =
        Settings {
            kinds: (0..kinds)
                .map(|number| Kind {
                    id: format!("kind{number}"),
                    reach_km: Decimal::new(20, 0),
                    ..Kind::default()
                })
                .collect(),
            packages: (1..=kinds)
                .map(|number| Package {
                    id: format!("package{number}"),
                    kinds: (0..number)
                        .map(|kind| {
                            if kind == 0 { "kind0:small".to_owned() } else { format!("kind{kind}") }
                        })
                        .collect(),
                    ..Package::default()
                })
                .collect(),
            budgets: vec![Budget {
                resource: "money".to_owned(),
                amount: AmountPerPeriod::Same(60),
                carry_over: true,
                due: groundwork_model::programme::Due::Start,
            }],
            ..Settings::default()
        };
    settings.kinds[0].sizes = vec![size("small", Some(5_000))];
    settings.periods.count = periods;
    settings.distance.cut_off_km = Some(Decimal::new(60, 0));
    let mut coordinate = || 4.0 * stream.unit();
    let points: Vec<(f64, f64)> = (0..places).map(|_| (coordinate(), coordinate())).collect();
    let places = points.into_iter().enumerate();
    Programme {
        settings,
        places: places
            .map(|(number, p)| place(number, p.0, p.1, 500 + number as u64 % 900))
            .collect(),
        sites: Vec::new(),
        facilities: Vec::new(),
        reports: Vec::new(),
    }
}

fn budget(period: u32, price: i128) -> RulePrice {
    let rule = RuleFamily::Budget;
    let of =
        RuleName { rule, number: 1, period, province: String::new(), site: 0, other: 0, future: 0 };
    RulePrice { of, price }
}

/// Returns the bound of a proof and the seconds it took to check.
fn check(programme: &Programme, proof: Proof) -> (i128, f64) {
    let mut plan = plan(programme, &Question::default(), &[]);
    let certificate = certify(&mut plan, 0, proof);
    let start = Instant::now();
    let verdict = verify(programme, &inputs(), &plan, Some(&certificate));
    let bound = verdict.bound.unwrap_or_else(|| panic!("{:#?}", verdict.problems));
    (bound, start.elapsed().as_secs_f64())
}

#[test]
fn five_thousand_places_and_sites_are_checked_in_seconds() {
    let stream = &mut Stream(1);
    let programme = country(5_000, 3, 6, stream);
    let radii =
        (0..3).map(|_| (0..30_000).map(|_| 20_000 + stream.below(40_000)).collect()).collect();
    let prices = (1..=6).map(|period| budget(period, 90_000)).collect();
    let (_, seconds) = check(
        &programme,
        Proof::Schedules { shift: 0, prices, radii, nodes: vec![], covers: vec![] },
    );
    println!("{seconds:.2} s");
    assert!(seconds < 30.0, "{seconds} s");
}

#[test]
fn a_tree_of_thousands_of_nodes_is_checked_in_seconds() {
    let stream = &mut Stream(2);
    let programme = country(180, 3, 10, stream);
    let radii: Vec<Vec<u64>> =
        (0..3).map(|_| (0..1_800).map(|_| 20_000 + stream.below(40_000)).collect()).collect();
    let mut nodes: Vec<ScheduleNode> = Vec::new();
    // A site has never and 30 openings. Each node splits the next site in three.
    for parent in 0..1_000_u32 {
        let depth = (2 * parent + 1).ilog(3);
        for part in 0..3_u32 {
            let schedules = (0..31).filter(|schedule| schedule % 3 == part).collect();
            let mut node =
                ScheduleNode { parent, site: depth + 1, schedules, ..ScheduleNode::default() };
            node.rules_alone = part == 0;
            node.prices = (1..=10).map(|t| budget(t, i128::from(stream.below(90_000)))).collect();
            let mut changed: Vec<u32> = (0..30).map(|_| stream.below(1_800) as u32).collect();
            changed.sort_unstable();
            changed.dedup();
            let radii = changed.iter().map(|_| 20_000 + stream.below(40_000)).collect();
            node.radii = vec![LayerRadii { layer: 1 + parent % 3, changed, radii }];
            nodes.push(node);
        }
    }
    let prices = (1..=10).map(|period| budget(period, 50_000)).collect();
    let (_, seconds) =
        check(&programme, Proof::Schedules { shift: 0, prices, radii, nodes, covers: vec![] });
    println!("{seconds:.2} s");
    assert!(seconds < 30.0, "{seconds} s");
}
