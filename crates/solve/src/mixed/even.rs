//! From how often sites chose their schedules to schedules that lie as evenly in space.
//!
//! Where neighbours are nearly alike, none of them opens in most of the choices, though one of them opens in each:
//! what each chose most is to open nowhere. So a site that opens takes from its neighbours what it misses to one whole, and
//! has the schedule that it and they chose most (see [`crate::rounding`]).

use std::collections::HashMap;

use super::nearest::Near;
use super::problem::Mixed;
use super::schedule::Schedule;
use crate::rounding::Pot;

/// What happens at a site: package or upgrade with its period, and the period in which it closes.
type Events = (Option<(usize, usize)>, Option<(usize, usize)>, Option<usize>);

fn events(schedule: &Schedule) -> Events {
    (schedule.opening, schedule.upgrade, schedule.closing)
}

/// Returns a schedule for each site, given in what share of choices it had each.
pub(super) fn evenly(mixed: &Mixed, near: &Near, shares: &[Vec<f32>]) -> Vec<u32> {
    let mut choice: Vec<u32> = shares.iter().map(|shares| most_chosen(shares)).collect();
    let never: Vec<Option<u32>> = (0..mixed.sites()).map(|site| never(mixed, site)).collect();
    let opens = |(shares, never): (&Vec<f32>, &Option<u32>)| {
        // Of an ascent that was cut short, shares add up to less than one.
        let all: f32 = shares.iter().sum();
        let Some(never) = never.filter(|_| all > 0.0) else { return 0.0 };
        f64::from(1.0 - shares[never as usize] / all).max(0.0)
    };
    let whole: Vec<f64> = shares.iter().zip(&never).map(opens).collect();
    let openings = whole.iter().sum::<f64>().round() as usize;
    for (choice, never) in choice.iter_mut().zip(&never) {
        *choice = never.unwrap_or(*choice);
    }
    let around = |site: usize, most: usize| -> Vec<u32> {
        near.around(mixed, site, most).into_iter().map(|site| site as u32).collect()
    };
    let mut pot = Pot::new(whole, around);
    for (site, parts) in std::iter::from_fn(|| pot.next()).take(openings) {
        let sums = sums_of_events(mixed, shares, &parts);
        let mut best = (0.0, choice[site]);
        for (at, schedule) in (0..).zip(&mixed.columns[site].schedules) {
            let sum = sums.get(&events(schedule)).copied().unwrap_or(0.0);
            if never[site] != Some(at) && sum > best.0 {
                best = (sum, at);
            }
        }
        choice[site] = best.1;
    }
    choice
}

/// Returns how often happens what, over such parts of sites.
fn sums_of_events(
    mixed: &Mixed,
    shares: &[Vec<f32>],
    parts: &[(usize, f64)],
) -> HashMap<Events, f64> {
    let mut sums = HashMap::new();
    for &(of, part) in parts {
        let schedules = mixed.columns[of].schedules.iter().zip(&shares[of]);
        for (schedule, &share) in schedules.filter(|(_, share)| **share > 0.0) {
            *sums.entry(events(schedule)).or_default() += part * f64::from(share);
        }
    }
    sums
}

/// Returns the schedule of a new site with which nothing happens there.
fn never(mixed: &Mixed, site: usize) -> Option<u32> {
    let column = &mixed.columns[site];
    let is_never = |schedule: &Schedule| schedule.parts.is_empty() && schedule.closing.is_none();
    column.schedules.iter().position(is_never).map(|at| at as u32).filter(|_| !column.existing)
}

/// Returns the schedule that a site chose most often.
pub(super) fn most_chosen(shares: &[f32]) -> u32 {
    let mut best = (f32::NEG_INFINITY, 0);
    for (at, &share) in (0..).zip(shares) {
        if share > best.0 {
            best = (share, at);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use groundwork_model::programme::{
        Distance, Kind, Package, PerPeriod, Periods, Place, Settings,
    };
    use groundwork_model::{Decimal, Programme, Question};

    use super::*;
    use crate::mixed::MixedPlanner;

    /// Returns a programme of two towns far apart, of two places and of four, and two years.
    fn two_towns() -> Programme {
        let kind = |id: &str| Kind { id: id.to_owned(), ..Kind::default() };
        let package = |kind: &str| Package {
            id: kind.to_owned(),
            kinds: vec![kind.to_owned()],
            ..Package::default()
        };
        let mut settings = Settings {
            periods: Periods { first: 2030, count: 2, years: 1 },
            kinds: vec![kind("clinic"), kind("school")],
            packages: vec![package("clinic"), package("school")],
            distance: Distance { cut_off_km: Some(Decimal::new(500, 0)), ..Distance::default() },
            ..Settings::default()
        };
        settings.quota.openings = PerPeriod::Each(vec![1, 1]);
        let towns =
            [(45.0, 7.0), (45.0, 7.01), (47.0, 7.0), (47.0, 7.01), (47.01, 7.0), (47.01, 7.01)];
        let place = |(at, (lat, lon)): (usize, (f64, f64))| Place {
            id: format!("p{at}"),
            lat,
            lon,
            population: 100,
            ..Place::default()
        };
        let places = towns.into_iter().enumerate().map(place).collect();
        Programme { settings, places, ..Programme::default() }
    }

    #[test]
    fn an_ascent_that_was_cut_short_opens_no_more_than_a_whole_one() {
        let programme = two_towns();
        let planner = MixedPlanner::new(&programme, &Question::default()).expect("a plan");
        let mixed = &planner.mixed;
        for all in [0.0, 0.1, 1.0] {
            let of_site = |column: &crate::mixed::schedule::Column| {
                let mut shares = vec![0.0; column.schedules.len()];
                (shares[0], shares[1]) = (0.9 * all, 0.1 * all);
                shares
            };
            let shares: Vec<Vec<f32>> = mixed.columns.iter().map(of_site).collect();
            let even = evenly(mixed, &planner.near, &shares);
            let open = even.iter().filter(|&&schedule| schedule > 0).count();
            assert_eq!(open, usize::from(all > 0.0), "{all}");
        }
    }

    #[test]
    fn what_neighbours_have_together_opens_at_the_likeliest_and_as_most_of_them_have_it() {
        let programme = two_towns();
        let planner = MixedPlanner::new(&programme, &Question::default()).expect("a plan");
        let mixed = &planner.mixed;
        let position = |wanted: Option<(usize, usize)>| {
            let schedules = mixed.columns[0].schedules.iter();
            schedules.map(|schedule| schedule.opening).position(|opening| opening == wanted)
        };
        let (never, clinic, school) =
            (position(None), position(Some((0, 0))), position(Some((1, 1))));
        // (site, share of clinics in the first year, share of schools in the second)
        let open = [
            (0, 0.6, 0.0),
            (1, 0.4, 0.0),
            (2, 0.2, 0.1),
            (3, 0.0, 0.25),
            (4, 0.0, 0.25),
            (5, 0.0, 0.2),
        ];
        let mut shares: Vec<Vec<f32>> =
            mixed.columns.iter().map(|column| vec![0.0; column.schedules.len()]).collect();
        for (site, clinics, schools) in open {
            let mut set = |at: Option<usize>, share: f32| shares[site][at.expect("listed")] = share;
            set(clinic, clinics);
            set(school, schools);
            set(never, 1.0 - clinics - schools);
        }
        let most: Vec<u32> = shares.iter().map(|shares| most_chosen(shares)).collect();
        assert_eq!(most[2..], vec![never.expect("listed") as u32; 4], "alone none of them opens");

        let even = evenly(mixed, &planner.near, &shares);
        let opens = |site: usize| mixed.columns[site].schedules[even[site] as usize].opening;
        let expected = [Some((0, 0)), None, Some((1, 1)), None, None, None];
        assert_eq!((0..6).map(opens).collect::<Vec<_>>(), expected);
    }
}
