//! Rules about quotas, windows and reach: what no plan could keep.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use super::names::{counted, periods_in_words};
use super::prospects::prospects;
use super::sites::{Candidate, candidates, known_sites};
use super::space::Tree;
use super::{SETTINGS, of_cell, of_key};
use crate::problem::{Code, Problem};
use crate::programme::{PerPeriod, Place, Programme, Quota, QuotaRule, SiteRule, SitesFrom};

/// How many ids a message names.
const NAMED: usize = 5;

/// E601: the list of quotas has not one number for each period.
pub(super) fn list_has_one_number_a_period(programme: &Programme) -> Vec<Problem> {
    let count = programme.settings.periods.count;
    match &programme.settings.quota.openings {
        PerPeriod::Each(numbers) if numbers.len() != count as usize => {
            let cause = format!(
                "the list has {} numbers, and the programme {count} periods",
                numbers.len()
            );
            vec![of_key(Code::QuotaListLength, "quota.openings", cause)]
        }
        _ => Vec::new(),
    }
}

/// E602: every quota is zero.
pub(super) fn some_period_has_a_quota(programme: &Programme) -> Vec<Problem> {
    if changes_facilities(programme) || programme.settings.quotas().iter().any(|&quota| quota > 0) {
        return Vec::new();
    }
    vec![of_key(Code::QuotasAllZero, "quota.openings", "no period has a quota above 0")]
}

/// Returns whether a plan may do something beside opening sites: turn or close what stands.
fn changes_facilities(programme: &Programme) -> bool {
    let closing = programme.facilities.iter().any(|facility| facility.may_close);
    closing || (!programme.facilities.is_empty() && !programme.settings.upgrades.is_empty())
}

/// Returns the quotas and the sites that may open; `None` while the tables or the list of quotas are
/// so incomplete that counting them would mislead.
fn supply(programme: &Programme) -> Option<(Vec<u32>, Vec<Candidate<'_>>)> {
    let settings = &programme.settings;
    let unread = settings.files.sites.is_some() && programme.sites.is_empty();
    if known_sites(programme).is_empty()
        || programme.places.is_empty()
        || unread
        || !list_has_one_number_a_period(programme).is_empty()
    {
        return None;
    }
    let usable = candidates(programme).into_iter().filter(Candidate::is_usable).collect();
    Some((settings.quotas(), usable))
}

/// Returns the same with windows that begin where building can be done, and without sites that can get no
/// package.
fn buildable(programme: &Programme) -> Option<(Vec<u32>, Vec<Candidate<'_>>)> {
    let (quotas, mut usable) = supply(programme)?;
    let Some(all) = prospects(programme) else { return Some((quotas, usable)) };
    let first: HashMap<&str, u32> =
        all.iter().filter_map(|site| Some((site.site.id, site.first_opening()?))).collect();
    usable.retain_mut(|site| {
        let earliest = first.get(site.id).copied().unwrap_or(u32::MAX);
        site.window.0 = site.window.0.max(earliest);
        site.window.0 <= site.window.1
    });
    Some((quotas, usable))
}

/// E606: no site may open.
pub(super) fn some_site_is_usable(programme: &Programme) -> Vec<Problem> {
    let Some((_, usable)) = supply(programme) else { return Vec::new() };
    if changes_facilities(programme) {
        return Vec::new();
    }
    if !usable.is_empty() {
        let nothing = buildable(programme).is_some_and(|(_, buildable)| buildable.is_empty());
        let cause =
            "no site can get a package: materials, windows or building times stand against it";
        let packages = !programme.settings.packages.is_empty();
        return (nothing && packages)
            .then(|| of_key(Code::NoUsableSite, "sites", cause))
            .into_iter()
            .collect();
    }
    let no_table =
        programme.settings.sites == SitesFrom::Table && programme.settings.files.sites.is_none();
    let (key, cause) = if no_table {
        ("sites", "the sites come from the table, and files.sites names none")
    } else {
        ("sites", "every site is forbidden or has a facility already")
    };
    vec![of_key(Code::NoUsableSite, key, cause)]
}

/// Says how openings fill the periods.
struct Filling {
    /// Openings of each period.
    opened: Vec<u32>,
    /// Sites, by their place in the list, whose window closed before there was room.
    left_out: Vec<usize>,
}

/// Opens as many sites as the quotas and windows let, each period from the first on, the site first
/// whose window closes first.
///
/// That order leaves the later periods the widest choice, so each period opens the most that is
/// possible after those before it, and a site is left out only when no order could keep all.
fn fill(quotas: &[u32], sites: &[Candidate<'_>]) -> Filling {
    let mut waiting: Vec<usize> = (0..sites.len()).collect();
    waiting.sort_by_key(|&index| Reverse(sites[index].window.0));
    let mut open_now: BinaryHeap<Reverse<(u32, usize)>> = BinaryHeap::new();
    let mut filling = Filling { opened: Vec::new(), left_out: Vec::new() };
    for (period, &quota) in (1..).zip(quotas) {
        while let Some(index) = waiting.pop_if(|index| sites[*index].window.0 <= period) {
            open_now.push(Reverse((sites[index].window.1, index)));
        }
        let mut opened = 0;
        while opened < quota
            && let Some(Reverse(_)) = open_now.pop()
        {
            opened += 1;
        }
        filling.opened.push(opened);
        while let Some(&Reverse((latest, index))) = open_now.peek()
            && latest <= period
        {
            open_now.pop();
            filling.left_out.push(index);
        }
    }
    filling.left_out.extend(open_now.into_iter().map(|Reverse((_, index))| index).chain(waiting));
    filling.left_out.sort_unstable();
    filling
}

/// W601: the quotas allow more openings than there are usable sites.
pub(super) fn quotas_do_not_exceed_sites(programme: &Programme) -> Vec<Problem> {
    let quota = &programme.settings.quota;
    // Without [quota] there is no limit to speak of, and upgrades may use what sites do not.
    if *quota == Quota::default() || quota.rule != QuotaRule::AtMost || quota.count_upgrades {
        return Vec::new();
    }
    let Some((quotas, usable)) = buildable(programme) else { return Vec::new() };
    let allowed: u64 = quotas.iter().map(|&quota| u64::from(quota)).sum();
    if usable.is_empty() || allowed <= usable.len() as u64 {
        return Vec::new();
    }
    let opened = fill(&quotas, &usable).opened;
    let cause = format!(
        "the quotas allow {allowed} openings and {} sites can open: filled from the start, {}",
        usable.len(),
        in_words(&opened, &quotas)
    );
    vec![of_key(Code::QuotasExceedSites, "quota.openings", cause)]
}

/// Says which periods are full, which open some and which none: "periods 1 to 8 open 160, period 9
/// opens 18 of 20, period 10 none".
fn in_words(opened: &[u32], quotas: &[u32]) -> String {
    let state = |index: usize| {
        let (opened, quota) = (opened[index], quotas[index]);
        if opened == quota { 2 } else { u8::from(opened > 0) }
    };
    let mut parts = Vec::new();
    let mut start = 0;
    while start < opened.len() {
        let run = (start..opened.len()).take_while(|&index| state(index) == state(start)).count();
        let periods = periods_in_words(start as u32 + 1, (start + run) as u32);
        let open = if run == 1 { "opens" } else { "open" };
        let sum: u64 = opened[start..start + run].iter().map(|&n| u64::from(n)).sum();
        let most: u64 = quotas[start..start + run].iter().map(|&n| u64::from(n)).sum();
        parts.push(match state(start) {
            2 => format!("{periods} {open} {sum}"),
            1 => format!("{periods} {open} {sum} of {most}"),
            _ => format!("{periods} none"),
        });
        start += run;
    }
    parts.join(", ")
}

/// E603: the quota is `exactly` and no choice of sites meets it in every period.
pub(super) fn exact_quotas_can_be_met(programme: &Programme) -> Vec<Problem> {
    let quota = &programme.settings.quota;
    // Upgrades that count fill what openings leave.
    if quota.rule != QuotaRule::Exactly || quota.count_upgrades {
        return Vec::new();
    }
    let Some((quotas, usable)) = buildable(programme) else { return Vec::new() };
    if usable.is_empty() {
        return Vec::new();
    }
    let allowed: u64 = quotas.iter().map(|&quota| u64::from(quota)).sum();
    let opened = fill(&quotas, &usable).opened;
    let Some(short) = (0..opened.len()).find(|&index| opened[index] < quotas[index]) else {
        return Vec::new();
    };
    let cause = format!(
        "the quotas ask for {allowed} openings and {} sites can open: period {} must open {} and can open {}",
        usable.len(),
        short + 1,
        quotas[short],
        opened[short]
    );
    vec![of_key(Code::ExactQuotaUnmet, "quota.openings", cause)]
}

/// E604: the required sites do not fit into the quotas and their windows.
///
/// Under `exactly` this and E603 together are enough: where some choice fills every opening and some
/// choice takes every required site, one choice does both (Mendelsohn and Dulmage, 1958).
pub(super) fn required_sites_fit(programme: &Programme) -> Vec<Problem> {
    let (Some((quotas, usable)), Some(file)) =
        (buildable(programme), &programme.settings.files.sites)
    else {
        return Vec::new();
    };
    let required: Vec<_> =
        usable.into_iter().filter(|site| site.rule == SiteRule::Required).collect();
    let left_out = fill(&quotas, &required).left_out;
    let Some(first) = left_out.first().map(|&index| &required[index]) else { return Vec::new() };
    let cause = format!(
        "{} of {} required sites find no room: `{}`, for one, in {}",
        left_out.len(),
        required.len(),
        first.id,
        periods_in_words(first.window.0, first.window.1)
    );
    vec![of_cell(Code::RequiredDoNotFit, file, first.row.unwrap_or(1), "rule", cause)]
}

/// E605: everybody must be served, and in the first period no site can be open.
pub(super) fn somebody_serves_from_the_start(programme: &Programme) -> Vec<Problem> {
    let settings = &programme.settings;
    let Some((quotas, usable)) = supply(programme) else { return Vec::new() };
    let existing = settings.files.facilities.is_some();
    if settings.distance.unserved_m().is_some()
        || existing
        || usable.is_empty()
        || !programme.is_plain()
    {
        return Vec::new();
    }
    let openable = usable.iter().any(|site| site.window.0 == 1);
    let cause = match quotas.first() {
        Some(0) if quotas.iter().any(|&quota| quota > 0) => {
            "there is no cut-off and no facility, and the quota of period 1 is 0"
        }
        Some(_) if !openable => {
            "there is no cut-off and no facility, and no site may open in period 1"
        }
        _ => return Vec::new(),
    };
    vec![of_key(Code::NobodyServed, "distance", cause)]
}

/// W602: no site lies within the cut-off of some places.
pub(super) fn places_are_within_reach(programme: &Programme) -> Vec<Problem> {
    let distance = programme.settings.distance;
    let (Some(cut_off), Some(_)) = (distance.cut_off_m(), supply(programme)) else {
        return Vec::new();
    };
    let sites = candidates(programme);
    let serving =
        sites.iter().filter(|site| site.existing || site.is_usable()).map(|site| site.location);
    let tree = Tree::of(serving);
    let limit = f64::from(cut_off) / distance.detour.to_f64();
    let periods = programme.settings.periods;
    let labels: Vec<i32> = (1..=periods.count).map(|period| periods.label(period)).collect();
    let peopled = |place: &Place| labels.iter().any(|&year| place.population_in(year) > 0);
    let beyond = |place: &&Place| {
        let metres = tree.nearest_m((place.lat, place.lon), None);
        // Half a metre of tolerance: distances are rounded to metres.
        peopled(place) && metres.is_some_and(|metres| metres > limit + 0.5)
    };
    let lost: Vec<&Place> = programme.places.iter().filter(beyond).collect();
    if lost.is_empty() {
        return Vec::new();
    }
    let in_year = |&year: &i32| lost.iter().map(|place| place.population_in(year)).sum::<u64>();
    let persons = labels.iter().map(in_year).max().unwrap_or(0);
    let most = if lost.iter().any(|place| place.changes()) { "up to " } else { "" };
    let named: Vec<String> =
        lost.iter().take(NAMED).map(|place| format!("`{}`", place.id)).collect();
    let more = if lost.len() > NAMED { ", ..." } else { "" };
    let cause = format!(
        "no site lies within {} km of {} with {most}{persons} persons: {}{more}",
        f64::from(cut_off) / 1000.0,
        counted(lost.len(), "place"),
        named.join(", ")
    );
    vec![Problem::new(Code::OutOfReach, cause).in_file(SETTINGS).in_column("distance.cut_off_km")]
}
