//! Figures of each period of a plan.

use std::collections::{BTreeMap, BTreeSet};

use groundwork_model::PeriodOutcome;
use groundwork_model::plan::KindOutcome;
use groundwork_model::programme::Due;

use super::MixedPlanner;
use super::found::Found;
use super::futures::per_cent_of;
use super::rules;

impl MixedPlanner<'_> {
    /// Returns the figures of all periods, and the person-years of access.
    pub(crate) fn outcomes(&self, best: &Found) -> (Vec<PeriodOutcome>, u64) {
        let outcomes: Vec<PeriodOutcome> =
            (0..self.mixed.periods).map(|period| self.outcome(best, period)).collect();
        let years = u64::from(self.programme.settings.periods.years);
        let access = outcomes.iter().map(|outcome| outcome.access_all * years).sum();
        (outcomes, access)
    }

    /// Returns the nearest of some sites, in metres, for each place.
    fn nearest(&self, operates: impl Fn(usize) -> bool) -> Vec<Option<u32>> {
        let mut nearest: Vec<Option<u32>> = vec![None; self.mixed.places];
        for site in (0..self.mixed.sites()).filter(|&site| operates(site)) {
            for (place, metres) in self.mixed.pairs.of(site) {
                let now = &mut nearest[place];
                *now = Some(now.map_or(metres, |now| now.min(metres)));
            }
        }
        nearest
    }

    fn outcome(&self, best: &Found, period: usize) -> PeriodOutcome {
        let mixed = &self.mixed;
        let periods = self.programme.settings.periods;
        let schedule = |site: usize| &mixed.columns[site].schedules[best.schedules[site] as usize];
        let operates = |site: usize| mixed.operates(site, best.schedules[site], period);
        let any = self.nearest(operates);
        let year = periods.label(period as u32 + 1);
        let people: Vec<u64> =
            self.programme.places.iter().map(|place| place.population_in(year)).collect();
        let served: u64 =
            people.iter().zip(&any).filter(|(_, m)| m.is_some()).map(|(n, _)| n).sum();
        let person_metres: u128 = people
            .iter()
            .zip(&any)
            .filter_map(|(&n, metres)| Some(u128::from(n) * u128::from((*metres)?)))
            .sum();
        let peopled = people.iter().zip(&any).filter(|(n, _)| **n > 0);
        let of_kinds: Vec<Vec<Option<u32>>> = (0..mixed.per_future)
            .map(|layer| {
                self.nearest(|site| {
                    mixed.offered(site, best.schedules[site], layer, period).is_some()
                })
            })
            .collect();
        let within = |layer: usize, place: usize| {
            of_kinds[layer][place].is_some_and(|metres| metres <= mixed.layers[layer].reach)
        };
        let access = (0..mixed.per_future).map(|layer| {
            let persons = mixed.persons_in(&mixed.layers[layer], period).enumerate();
            persons.filter(|&(place, _)| within(layer, place)).map(|(_, n)| n).sum()
        });
        let everything = |&place: &usize| (0..mixed.per_future).all(|layer| within(layer, place));
        PeriodOutcome {
            period: period as u32 + 1,
            year: periods.label(period as u32 + 1),
            openings: (0..mixed.sites())
                .filter(|&site| schedule(site).opening.is_some_and(|(_, at)| at == period))
                .count() as u32,
            open: (0..mixed.sites()).filter(|&site| operates(site)).count() as u32,
            access: access.collect(),
            access_all: (0..mixed.places).filter(everything).map(|place| people[place]).sum(),
            unserved: people.iter().sum::<u64>() - served,
            person_metres,
            mean_distance_m: (served > 0).then(|| person_metres as f64 / served as f64),
            worst_distance_m: peopled.filter_map(|(_, metres)| *metres).max(),
            kinds: self.kinds(best, period, &of_kinds),
            spent: self.spent(best, period),
        }
    }

    fn kinds(&self, best: &Found, period: usize, nearest: &[Vec<Option<u32>>]) -> Vec<KindOutcome> {
        let mixed = &self.mixed;
        let of_layer = |(at, layer): (usize, &super::layers::Layer)| {
            let sizes: Vec<Option<u64>> = (0..mixed.sites())
                .filter_map(|site| mixed.offered(site, best.schedules[site], at, period))
                .map(|size| layer.sizes[size])
                .collect();
            let parts: Vec<(u64, u32)> = if layer.limited {
                let parts = best.flows[at][period].iter();
                parts
                    .filter_map(|&(place, site, persons)| {
                        Some((persons, mixed.metres(site as usize, place as usize)?))
                    })
                    .collect()
            } else {
                let persons = mixed.persons_in(layer, period).zip(&nearest[at]);
                persons.filter_map(|(persons, metres)| Some((persons, (*metres)?))).collect()
            };
            KindOutcome {
                kind: self.programme.settings.kinds[layer.kind].id.clone(),
                sites: sizes.len() as u32,
                served: parts.iter().map(|part| part.0).sum(),
                person_metres: parts.iter().map(|&(n, m)| u128::from(n) * u128::from(m)).sum(),
                capacity: sizes.iter().copied().sum::<Option<u64>>(),
            }
        };
        mixed.layers[..mixed.per_future].iter().enumerate().map(of_layer).collect()
    }

    fn spent(&self, best: &Found, period: usize) -> BTreeMap<String, u64> {
        let settings = &self.programme.settings;
        let of_sizes = settings.kinds.iter().flat_map(|kind| &kind.sizes);
        let amounts = of_sizes
            .flat_map(|size| [&size.cost, &size.running])
            .chain(settings.packages.iter().flat_map(|package| [&package.cost, &package.running]))
            .chain(settings.upgrades.iter().map(|upgrade| &upgrade.cost))
            .chain(self.programme.sites.iter().map(|site| &site.cost));
        let resources: BTreeSet<&String> = amounts.flat_map(BTreeMap::keys).collect();
        resources
            .into_iter()
            .map(|resource| {
                let budget = settings.budgets.iter().find(|row| row.resource == *resource);
                let due = budget.map_or(Due::Start, |budget| budget.due);
                let per_cent = self.mixed.futures[0].per_cent(resource);
                let sum: i64 = (0..self.mixed.sites())
                    .flat_map(|site| {
                        let number = best.schedules[site] as usize;
                        let schedule = &self.mixed.columns[site].schedules[number];
                        let of = (resource.as_str(), due);
                        rules::due(self.programme, &self.network, site, schedule, of)
                    })
                    .filter(|&(at, _)| at == period)
                    .map(|(_, sum)| per_cent_of(sum, per_cent))
                    .sum();
                (resource.clone(), sum as u64)
            })
            .collect()
    }
}
