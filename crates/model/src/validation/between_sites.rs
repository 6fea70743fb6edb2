//! Rules between sites: spacing, exclusive and together, precedence.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::names::periods_in_words;
use super::packages::{hint, unknown_kind};
use super::prospects::{Prospect, metres, packages_with, prospects};
use super::sites::known_sites;
use super::space::{Tree, distance_m};
use super::{SHOWN, of_key};
use crate::problem::{Code, Problem};
use crate::programme::{Precedence, Programme, SiteRule, SiteSet};

/// Metres that a distance must be below a spacing to be surely nearer when both are rounded.
const ROUNDING_M: f64 = 0.501;

/// E212: a spacing is of a kind that is not known.
pub(super) fn spacings_are_of_known_kinds(programme: &Programme) -> Vec<Problem> {
    let spacings = programme.settings.spacing.iter().enumerate();
    let fault = |(index, spacing): (usize, &crate::programme::Spacing)| {
        unknown_kind(programme, spacing.kind.as_deref()?, &format!("spacing[{}].kind", index + 1))
    };
    spacings.filter_map(fault).collect()
}

/// Returns each set of sites that a rule ties together, by key.
fn sets(programme: &Programme) -> impl Iterator<Item = (String, &SiteSet)> {
    let settings = &programme.settings;
    let exclusive = settings.exclusive.iter().enumerate();
    let together = settings.together.iter().enumerate();
    exclusive
        .map(|(index, set)| (format!("exclusive[{}].sites", index + 1), set))
        .chain(together.map(|(index, set)| (format!("together[{}].sites", index + 1), set)))
}

/// Returns each site that a rule names, by key.
fn named(programme: &Programme) -> Vec<(String, &str)> {
    let mut named = Vec::new();
    for (key, set) in sets(programme) {
        let sites = set.sites.iter().enumerate();
        named.extend(sites.map(|(index, site)| (format!("{key}[{}]", index + 1), site.as_str())));
    }
    for (index, rule) in programme.settings.precedence.iter().enumerate() {
        let key = format!("precedence[{}]", index + 1);
        named.push((format!("{key}.first"), &rule.first));
        named.push((format!("{key}.then"), &rule.then));
    }
    named
}

/// E502: a rule names a site that is not known.
pub(super) fn rules_name_known_sites(programme: &Programme) -> Vec<Problem> {
    let known = known_sites(programme);
    let unread = programme.settings.files.sites.is_some() && programme.sites.is_empty();
    if programme.places.is_empty() || unread {
        return Vec::new();
    }
    let strange = named(programme).into_iter().filter(|(_, site)| !known.contains(site));
    strange
        .enumerate()
        .map(|(index, (key, site))| {
            // Likeness to tens of thousands of ids takes time.
            let like =
                if index < SHOWN { hint(site, known.iter().copied()) } else { String::new() };
            let cause = format!("`{site}` is neither a place nor a site{like}");
            of_key(Code::UnknownSite, key, cause)
        })
        .collect()
}

/// E228: a rule names one site twice.
pub(super) fn rules_name_sites_once(programme: &Programme) -> Vec<Problem> {
    let mut faults = Vec::new();
    for (key, set) in sets(programme) {
        let mut seen = HashSet::new();
        for (index, site) in set.sites.iter().enumerate().filter(|(_, site)| !seen.insert(*site)) {
            let cause = format!("site `{site}` is in the list already");
            faults.push(of_key(Code::SiteTwiceInRule, format!("{key}[{}]", index + 1), cause));
        }
    }
    for (index, rule) in programme.settings.precedence.iter().enumerate() {
        if rule.first == rule.then {
            let cause = format!("site `{}` cannot open after itself", rule.then);
            let key = format!("precedence[{}].then", index + 1);
            faults.push(of_key(Code::SiteTwiceInRule, key, cause));
        }
    }
    faults
}

/// W603, W604: sites are to open after each other in a circle. Each circle is told once, at its first
/// precedence.
pub(super) fn order_has_no_circle(programme: &Programme) -> Vec<Problem> {
    let existing: HashSet<&str> = programme.facilities.iter().map(|f| f.site.as_str()).collect();
    let told: HashSet<&str> = programme.reports.iter().map(|report| report.site.as_str()).collect();
    // What stands already opens after nothing, and a report may fix an opening against the order.
    let binding: Vec<(usize, &Precedence)> = programme
        .settings
        .precedence
        .iter()
        .enumerate()
        .filter(|(_, rule)| rule.first != rule.then)
        .filter(|(_, rule)| {
            !existing.contains(rule.then.as_str()) && !told.contains(rule.then.as_str())
        })
        .collect();
    let parts = parts(&binding);
    let mut circles: BTreeMap<usize, Vec<(usize, &Precedence)>> = BTreeMap::new();
    for &(index, rule) in &binding {
        let (first, then) = (parts[rule.first.as_str()], parts[rule.then.as_str()]);
        if first == then {
            circles.entry(first).or_default().push((index, rule));
        }
    }
    circles.into_values().map(|rules| fault_of_circle(&rules)).collect()
}

fn fault_of_circle(rules: &[(usize, &Precedence)]) -> Problem {
    let sites: BTreeSet<&str> =
        rules.iter().flat_map(|(_, rule)| [rule.first.as_str(), rule.then.as_str()]).collect();
    let shown: Vec<String> = sites.iter().take(5).map(|site| format!("`{site}`")).collect();
    let more = if sites.len() > shown.len() { ", ..." } else { "" };
    let sites = format!("{}{more}", shown.join(", "));
    // Every rule inside such a part lies on a circle of it.
    let timed = rules.iter().any(|(_, rule)| rule.lag > 0);
    let (code, cause) = if timed {
        let cause = format!(
            "{sites} are to open after each other in a circle, with time between, so that none opens"
        );
        (Code::OrderInCircle, cause)
    } else {
        let cause = format!("{sites} are to open after each other in a circle");
        (Code::OrderInCircleAtOnce, cause)
    };
    of_key(code, format!("precedence[{}]", rules[0].0 + 1), cause)
}

/// Returns the part of each site: two sites are of one part when each leads to the other (Kosaraju).
fn parts<'p>(rules: &[(usize, &'p Precedence)]) -> HashMap<&'p str, usize> {
    let mut ahead: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut back: HashMap<&str, Vec<&str>> = HashMap::new();
    for (_, rule) in rules {
        ahead.entry(&rule.first).or_default().push(&rule.then);
        back.entry(&rule.then).or_default().push(&rule.first);
    }
    let sites: BTreeSet<&str> =
        rules.iter().flat_map(|(_, rule)| [rule.first.as_str(), rule.then.as_str()]).collect();
    let mut order = Vec::new();
    let mut seen = HashSet::new();
    for &site in &sites {
        visit(site, &ahead, &mut seen, &mut order);
    }
    let mut parts = HashMap::new();
    let mut seen = HashSet::new();
    for (part, &site) in order.iter().rev().enumerate() {
        let mut reached = Vec::new();
        visit(site, &back, &mut seen, &mut reached);
        parts.extend(reached.into_iter().map(|site| (site, part)));
    }
    parts
}

/// Adds the sites that a site leads to and that were not seen before, each behind those that it leads to.
fn visit<'p>(
    site: &'p str,
    edges: &HashMap<&'p str, Vec<&'p str>>,
    seen: &mut HashSet<&'p str>,
    order: &mut Vec<&'p str>,
) {
    if !seen.insert(site) {
        return;
    }
    let next = |site: &str| edges.get(site).map_or(&[][..], Vec::as_slice);
    let mut path = vec![(site, 0)];
    while let Some((site, index)) = path.last_mut() {
        match next(site).get(*index).copied() {
            Some(other) => {
                *index += 1;
                if seen.insert(other) {
                    path.push((other, 0));
                }
            }
            None => {
                order.push(site);
                path.pop();
            }
        }
    }
}

/// E612: a required site cannot be open because of a rule between sites.
pub(super) fn required_sites_keep_the_rules(programme: &Programme) -> Vec<Problem> {
    let settings = &programme.settings;
    let ruled = !settings.exclusive.is_empty()
        || !settings.together.is_empty()
        || !settings.precedence.is_empty()
        || !settings.spacing.is_empty();
    let Some(all) = ruled.then(|| prospects(programme)).flatten() else { return Vec::new() };
    let by_id: HashMap<&str, &Prospect<'_>> =
        all.iter().map(|prospect| (prospect.site.id, prospect)).collect();
    let mut faults = exclusive(programme, &by_id);
    faults.extend(together(programme, &by_id));
    faults.extend(spaced(programme, &all));
    faults.extend(ordered(programme, &by_id));
    faults
}

/// Returns whether a site is open in the end in every plan.
fn is_pinned(prospect: &Prospect<'_>) -> bool {
    let required = prospect.site.rule == SiteRule::Required && prospect.facility.is_none();
    required || prospect.stays()
}

/// Returns whether a site is never open in the end.
fn is_barred(prospect: &Prospect<'_>) -> bool {
    match prospect.facility {
        Some(facility) => facility.closes.is_some(),
        None => prospect.site.rule == SiteRule::Forbidden && prospect.reported.is_none(),
    }
}

fn exclusive(programme: &Programme, by_id: &HashMap<&str, &Prospect<'_>>) -> Vec<Problem> {
    let mut faults = Vec::new();
    for (index, set) in programme.settings.exclusive.iter().enumerate() {
        let pinned: BTreeSet<&str> = set
            .sites
            .iter()
            .map(String::as_str)
            .filter(|site| by_id.get(site).is_some_and(|prospect| is_pinned(prospect)))
            .collect();
        let settled = set
            .sites
            .iter()
            .filter(|site| by_id.get(site.as_str()).is_some_and(|prospect| prospect.is_settled()));
        // As many as are settled may stand side by side, whichever they are.
        if pinned.len() <= settled.count().max(1) {
            continue;
        }
        let Some(chosen) = pinned.iter().find(|site| !by_id[**site].is_settled()) else { continue };
        let Some(other) = pinned.iter().find(|site| *site != chosen) else { continue };
        let cause = format!("site `{chosen}` is required, and `{other}` is open in every plan");
        let key = format!("exclusive[{}].sites", index + 1);
        faults.push(of_key(Code::RequiredAgainstRule, key, cause));
    }
    faults
}

fn together(programme: &Programme, by_id: &HashMap<&str, &Prospect<'_>>) -> Vec<Problem> {
    let mut faults = Vec::new();
    for (index, set) in programme.settings.together.iter().enumerate() {
        let members: Vec<&Prospect<'_>> =
            set.sites.iter().filter_map(|site| by_id.get(site.as_str()).copied()).collect();
        // Of two settled neighbours nothing is asked, so the list falls into parts there.
        let parts = members.chunk_by(|a, b| !(a.is_settled() && b.is_settled()));
        for part in parts {
            let pinned = part.iter().find(|site| is_pinned(site));
            let barred = part.iter().find(|site| is_barred(site));
            if let (Some(pinned), Some(barred)) = (pinned, barred) {
                let (pinned, barred) = (pinned.site.id, barred.site.id);
                let cause =
                    format!("site `{pinned}` is open in the end in every plan, `{barred}` in none");
                let key = format!("together[{}].sites", index + 1);
                faults.push(of_key(Code::RequiredAgainstRule, key, cause));
            }
        }
    }
    faults
}

fn spaced(programme: &Programme, all: &[Prospect<'_>]) -> Vec<Problem> {
    let settings = &programme.settings;
    let detour = settings.distance.detour.to_f64();
    let pinned: Vec<&Prospect<'_>> = all.iter().filter(|prospect| is_pinned(prospect)).collect();
    let tree = Tree::of(pinned.iter().map(|prospect| prospect.site.location));
    let mut faults = Vec::new();
    for (index, spacing) in settings.spacing.iter().enumerate() {
        // A site that may get a package without the kind can keep the rule.
        if packages_with(programme, spacing.kind.as_deref()).contains(&false) {
            continue;
        }
        let least = metres(spacing.km) - ROUNDING_M;
        let near = |metres: f64| metres * detour < least;
        let crowded = pinned.iter().enumerate().find(|(place, prospect)| {
            let nearest = || tree.nearest_m(prospect.site.location, Some(*place));
            !prospect.is_settled() && nearest().is_some_and(near)
        });
        let Some((_, site)) = crowded else { continue };
        let other = pinned
            .iter()
            .filter(|other| other.site.id != site.site.id)
            .map(|other| (distance_m(site.site.location, other.site.location), other.site.id))
            .min_by(|a, b| a.0.total_cmp(&b.0));
        let Some((away, other)) = other else { continue };
        let cause = format!(
            "site `{}` is required and lies {:.1} km from `{other}`, which is open in every plan",
            site.site.id,
            away * detour / 1000.0
        );
        faults.push(of_key(Code::RequiredAgainstRule, format!("spacing[{}].km", index + 1), cause));
    }
    faults
}

fn ordered(programme: &Programme, by_id: &HashMap<&str, &Prospect<'_>>) -> Vec<Problem> {
    let mut faults = Vec::new();
    for (index, rule) in programme.settings.precedence.iter().enumerate() {
        let ends = (by_id.get(rule.first.as_str()), by_id.get(rule.then.as_str()));
        let (Some(first), Some(then)) = ends else { continue };
        let asked = then.site.rule == SiteRule::Required && !then.is_settled();
        if !asked || first.facility.is_some() || rule.first == rule.then {
            continue;
        }
        let (earliest, latest) = then.site.window;
        let free = first.first_opening().map(|opened| opened.saturating_add(rule.lag));
        let cause = match free {
            Some(free) if free <= latest => continue,
            Some(free) => format!(
                "site `{}` is required in {}, and after `{}` it can open in period {free} at the earliest",
                rule.then,
                periods_in_words(earliest, latest),
                rule.first
            ),
            None => {
                format!("site `{}` is required, and `{}` can never open", rule.then, rule.first)
            }
        };
        faults.push(of_key(Code::RequiredAgainstRule, format!("precedence[{}]", index + 1), cause));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Returns the sites that a site leads to over any number of rules.
    fn reached<'p>(from: &'p str, rules: &[(usize, &'p Precedence)]) -> HashSet<&'p str> {
        let mut reached = HashSet::from([from]);
        loop {
            let before = reached.len();
            for (_, rule) in rules {
                if reached.contains(rule.first.as_str()) {
                    reached.insert(&rule.then);
                }
            }
            if reached.len() == before {
                return reached;
            }
        }
    }

    proptest! {
        #[test]
        fn sites_of_one_part_lead_to_each_other(edges in prop::collection::vec((0_u8..7, 0_u8..7), 1..14)) {
            let rules: Vec<Precedence> = edges
                .iter()
                .map(|(first, then)| Precedence { first: first.to_string(), then: then.to_string(), lag: 0 })
                .collect();
            let rules: Vec<(usize, &Precedence)> = rules.iter().enumerate().collect();
            let parts = parts(&rules);
            for (&a, part) in &parts {
                for (&b, other) in &parts {
                    let mutual = reached(a, &rules).contains(b) && reached(b, &rules).contains(a);
                    prop_assert_eq!(part == other, mutual, "{} {}", a, b);
                }
            }
        }
    }
}
