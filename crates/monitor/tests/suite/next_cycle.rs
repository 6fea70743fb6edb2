//! The programme of the next cycle: what moves on, what is left out, worked by hand.

use groundwork_model::Programme;
use groundwork_model::evidence::{Basis, Cycle, Scorecard, Stage, Times, When};
use groundwork_model::programme::{
    AmountPerPeriod, Budget, Ceiling, Due, Facility, Floor, PerPeriod, Periods, Place, Settings,
    Site, SiteRule,
};
use groundwork_monitor::{Ended, NextCycle, next_cycle};
use jiff::civil::date;

fn cycle(id: &str, span: &str) -> Cycle {
    Cycle {
        id: id.to_owned(),
        name: String::new(),
        span: span.parse::<When>().unwrap(),
        words: String::new(),
        source: String::new(),
        targets: Vec::new(),
        meetings: Vec::new(),
    }
}

fn floor(by: u32) -> Floor {
    Floor { province: None, kind: None, by, at_least: Some(1), coverage: None }
}

fn site(id: &str, rule: SiteRule, earliest: Option<u32>, latest: Option<u32>) -> Site {
    Site { id: id.to_owned(), rule, earliest, latest, ..Site::default() }
}

/// Four years from 2030, of which the first two are a cycle.
fn programme() -> Programme {
    let mut settings = Settings {
        periods: Periods { first: 2030, count: 4, years: 1 },
        budgets: vec![Budget {
            resource: "money".to_owned(),
            amount: AmountPerPeriod::Each(vec![10, 20, 30, 40]),
            carry_over: false,
            due: Due::Start,
        }],
        floors: vec![floor(2), floor(4), floor(2031), floor(2033)],
        ceilings: vec![Ceiling { province: None, kind: None, by: 3, at_most: 9 }],
        cycles: vec![cycle("first", "2030/2031"), cycle("second", "2032/2034")],
        ..Settings::default()
    };
    settings.quota.openings = PerPeriod::Each(vec![1, 2, 3, 4]);
    let place = |id: &str| Place { id: id.to_owned(), ..Place::default() };
    Programme {
        settings,
        places: ["a", "b", "c", "d", "e"].map(place).to_vec(),
        sites: vec![
            site("a", SiteRule::Candidate, Some(2), Some(3)),
            site("b", SiteRule::Candidate, None, Some(2)),
            site("c", SiteRule::Required, None, Some(1)),
            site("d", SiteRule::Candidate, Some(4), None),
        ],
        facilities: vec![
            Facility { site: "d".to_owned(), closes: Some(2), ..Facility::default() },
            Facility { site: "e".to_owned(), closes: Some(4), ..Facility::default() },
        ],
        reports: Vec::new(),
    }
}

fn next(programme: &Programme, id: &str) -> Option<NextCycle> {
    let day = date(2031, 12, 31);
    let card = Scorecard::empty(Times { as_of: day, known_by: day, recorded_by: None });
    let cycle = programme.settings.cycles.iter().find(|cycle| cycle.id == id)?;
    next_cycle(
        programme,
        &Ended { cycle, card: &card, basis: Basis::Claimed, stage: Stage::Inaugurated },
    )
}

#[test]
fn numbers_of_periods_move_on_and_past_ones_are_left_out() {
    let next = next(&programme(), "first").unwrap();
    let settings = &next.programme.settings;
    // The second cycle has three years, one more than the programme; the last number stands for it.
    assert_eq!(settings.periods, Periods { first: 2032, count: 3, years: 1 });
    assert_eq!(settings.quota.openings, PerPeriod::Each(vec![3, 4, 4]));
    assert_eq!(settings.budgets[0].amount, AmountPerPeriod::Each(vec![30, 40, 40]));
    let by: Vec<u32> = settings.floors.iter().map(|floor| floor.by).collect();
    assert_eq!(by, [2, 2033], "the fourth period is the second now; a year stays what it is");
    assert_eq!(settings.ceilings[0].by, 1);
    let ids: Vec<&str> = settings.cycles.iter().map(|cycle| cycle.id.as_str()).collect();
    assert_eq!(ids, ["second"]);
    assert!(next.notes.iter().any(|note| note.contains("2 of [[floors]]")), "{:?}", next.notes);
}

#[test]
fn windows_of_sites_and_closures_move_on() {
    let next = next(&programme(), "first").unwrap().programme;
    let site = |id: &str| {
        let site = next.sites.iter().find(|site| site.id == id).unwrap();
        (site.rule, site.earliest, site.latest)
    };
    assert_eq!(site("a"), (SiteRule::Candidate, None, Some(1)));
    assert_eq!(site("b"), (SiteRule::Forbidden, None, None), "its time is over");
    assert_eq!(site("c"), (SiteRule::Required, None, None), "what was required is required still");
    assert_eq!(site("d"), (SiteRule::Candidate, Some(2), None));
    let facilities: Vec<_> =
        next.facilities.iter().map(|row| (row.site.as_str(), row.closes)).collect();
    assert_eq!(facilities, [("e", Some(2))], "the one at d has closed");
}

#[test]
fn the_last_cycle_is_followed_by_as_many_periods_as_it_had() {
    let mut programme = programme();
    programme.settings.cycles[1] = cycle("second", "2032/2033");
    let settings = next(&programme, "second").unwrap().programme.settings;
    assert_eq!(settings.periods, Periods { first: 2034, count: 2, years: 1 });
    assert_eq!(settings.quota.openings, PerPeriod::Each(vec![4, 4]));
    assert!(settings.cycles.is_empty());
    programme.settings.cycles[1] = cycle("second", "2050/2055");
    assert!(next(&programme, "second").is_none(), "no period begins in it");
}
