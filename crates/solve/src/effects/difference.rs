//! From what two plans mean to who gains and who loses: arithmetic on [`Effects`] and openings alone.

use std::collections::{BTreeMap, HashMap};

use groundwork_model::difference::{
    Change, Changes, How, KindChange, Moved, PeriodChange, PlaceChange, PlaceKind, ProvinceChange,
    Step,
};
use groundwork_model::plan::Action;
use groundwork_model::{Opening, Programme};

use super::{Cell, Effects};

/// Says who gains and who loses from one plan of a programme to another.
#[must_use]
pub fn changes(programme: &Programme, before: &Effects, after: &Effects) -> Changes {
    let sums = Sums { programme, before, after };
    let settings = &programme.settings;
    let periods = 0..settings.periods.count as usize;
    let kinds = settings.package_kinds();
    let all_kinds: Vec<usize> = (0..before.kinds()).collect();
    // Where every site offers everything the rows of the kinds would all say the same.
    let apart = kinds.len() > 1 && !programme.is_plain();
    let mut changes = Changes::default();
    let mut provinces: Vec<Province> = Vec::new();
    let mut province_at: HashMap<&str, usize> = HashMap::new();
    for (at, place) in programme.places.iter().enumerate() {
        let over = sums.over(at, &all_kinds, periods.clone());
        let years = sums.access_years(at);
        let province = *province_at.entry(&place.province).or_insert_with(|| {
            provinces.push(Province::named(&place.province));
            provinces.len() - 1
        });
        let province = &mut provinces[province];
        province.add(&over, &years, sums.farthest(at));
        for change in [&mut changes.total, &mut province.row.change] {
            over.add_to(change, sums.population(at, 0));
            change.access_gained += years.gained;
            change.access_lost += years.lost;
        }
        changes.places.push(sums.place(at, &over, apart));
    }
    changes.provinces = provinces.into_iter().map(Province::row).collect();
    changes.periods = periods.clone().map(|period| sums.period(period, &all_kinds)).collect();
    if apart {
        changes.kinds = all_kinds.iter().map(|&kind| sums.kind(kind)).collect();
    }
    changes
}

/// Adds up the cells of two plans.
struct Sums<'a> {
    programme: &'a Programme,
    before: &'a Effects,
    after: &'a Effects,
}

/// Is a sum over cells of one place.
#[derive(Default)]
struct Over {
    /// Person-metres after less before, where both can be counted.
    metres: i128,
    /// Persons served before less those served after, where metres cannot be counted.
    direction: i64,
    /// Person-metres and persons that are counted, before and after.
    counted: [(u128, u64); 2],
}

/// Is the access of one place, in person-years.
#[derive(Default)]
struct AccessYears {
    before: u64,
    after: u64,
    gained: u64,
    lost: u64,
}

/// Adds up the places of one province.
struct Province {
    row: ProvinceChange,
    counted: [(u128, u64); 2],
}

impl Province {
    fn named(name: &str) -> Self {
        let row = ProvinceChange { province: name.to_owned(), ..ProvinceChange::default() };
        Self { row, counted: Default::default() }
    }

    fn add(&mut self, over: &Over, years: &AccessYears, farthest: [Option<u32>; 2]) {
        for (sum, (metres, persons)) in self.counted.iter_mut().zip(over.counted) {
            sum.0 += metres;
            sum.1 += persons;
        }
        self.row.access_before += years.before;
        self.row.access_after += years.after;
        self.row.worst_before_m = self.row.worst_before_m.max(farthest[0]);
        self.row.worst_after_m = self.row.worst_after_m.max(farthest[1]);
    }

    fn row(self) -> ProvinceChange {
        let [before_m, after_m] = self.counted.map(mean);
        ProvinceChange { before_m, after_m, ..self.row }
    }
}

/// Returns person-metres over persons.
fn mean((metres, persons): (u128, u64)) -> Option<f64> {
    (persons > 0).then(|| metres as f64 / persons as f64)
}

impl Over {
    fn add_to(&self, change: &mut Change, persons: u64) {
        change.add(persons, self.metres, self.direction);
    }

    fn mean(&self, side: usize) -> Option<f64> {
        mean(self.counted[side])
    }
}

impl Sums<'_> {
    fn over(&self, place: usize, kinds: &[usize], periods: std::ops::Range<usize>) -> Over {
        let mut over = Over::default();
        for &kind in kinds {
            for period in periods.clone() {
                let cells = [self.before, self.after].map(|plan| plan.cell(kind, period, place));
                let counted = [self.before.counted(cells[0]), self.after.counted(cells[1])];
                match counted {
                    [Some(before), Some(after)] => {
                        let signed = |metres: u128| i128::try_from(metres).unwrap_or(i128::MAX);
                        over.metres += signed(after) - signed(before);
                    }
                    _ => over.direction += served(cells[0]) - served(cells[1]),
                }
                for side in 0..2 {
                    let (metres, persons) = &mut over.counted[side];
                    if let Some(counted) = counted[side] {
                        *metres += counted;
                        *persons += cells[side].persons;
                    } else {
                        *metres += cells[side].person_metres;
                        *persons += cells[side].served;
                    }
                }
            }
        }
        over
    }

    fn access(&self, period: usize, place: usize) -> (bool, bool) {
        let has = |plan: &Effects| plan.has_access(period, place);
        (has(self.before), has(self.after))
    }

    fn population(&self, place: usize, period: usize) -> u64 {
        let year = self.programme.settings.periods.label(period as u32 + 1);
        self.programme.places[place].population_in(year)
    }

    fn access_years(&self, place: usize) -> AccessYears {
        let periods = self.programme.settings.periods;
        let mut years = AccessYears::default();
        for period in 0..periods.count as usize {
            let persons = self.population(place, period) * u64::from(periods.years);
            let (before, after) = self.access(period, place);
            let when = |counts: bool| if counts { persons } else { 0 };
            years.before += when(before);
            years.after += when(after);
            years.gained += when(after && !before);
            years.lost += when(before && !after);
        }
        years
    }

    /// Returns the metres from a place with people to its nearest site of any kind in the last period.
    fn farthest(&self, place: usize) -> [Option<u32>; 2] {
        let last = self.programme.settings.periods.count as usize - 1;
        if self.population(place, last) == 0 {
            return [None, None];
        }
        [self.before, self.after].map(|plan| {
            (0..plan.kinds()).filter_map(|kind| plan.cell(kind, last, place).nearest).min()
        })
    }

    fn place(&self, at: usize, over: &Over, apart: bool) -> PlaceChange {
        let place = &self.programme.places[at];
        let settings = &self.programme.settings;
        let periods = 0..settings.periods.count as usize;
        let access: Vec<(bool, bool)> =
            periods.clone().map(|period| self.access(period, at)).collect();
        let kinds = settings.package_kinds().into_iter().enumerate().map(|(number, kind)| {
            let over = self.over(at, &[number], periods.clone());
            PlaceKind {
                kind: kind.id.clone(),
                person_metres: over.metres,
                before_m: over.mean(0),
                after_m: over.mean(1),
            }
        });
        PlaceChange {
            place: place.id.clone(),
            name: place.name.clone(),
            province: place.province.clone(),
            persons: self.population(at, 0),
            person_metres: over.metres,
            before_m: over.mean(0),
            after_m: over.mean(1),
            access_before: access.iter().filter(|both| both.0).count() as u32,
            access_after: access.iter().filter(|both| both.1).count() as u32,
            kinds: if apart { kinds.collect() } else { Vec::new() },
        }
    }

    fn period(&self, period: usize, kinds: &[usize]) -> PeriodChange {
        let mut change = Change::default();
        for at in 0..self.programme.places.len() {
            let persons = self.population(at, period);
            self.over(at, kinds, period..period + 1).add_to(&mut change, persons);
            match self.access(period, at) {
                (false, true) => change.access_gained += persons,
                (true, false) => change.access_lost += persons,
                _ => {}
            }
        }
        let number = period as u32 + 1;
        PeriodChange { period: number, year: self.programme.settings.periods.label(number), change }
    }

    fn kind(&self, number: usize) -> KindChange {
        let settings = &self.programme.settings;
        let kind = settings.package_kinds()[number];
        let years = u64::from(settings.periods.years);
        let mut change = Change::default();
        for (at, place) in self.programme.places.iter().enumerate() {
            let persons =
                |period: u32| place.persons_in(&kind.id, settings.periods.label(period + 1));
            let over = self.over(at, &[number], 0..settings.periods.count as usize);
            over.add_to(&mut change, persons(0));
            for period in 0..settings.periods.count {
                let within = |plan: &Effects| plan.reaches(number, period as usize, at);
                match (within(self.before), within(self.after)) {
                    (false, true) => change.access_gained += persons(period) * years,
                    (true, false) => change.access_lost += persons(period) * years,
                    _ => {}
                }
            }
        }
        KindChange { kind: kind.id.clone(), change }
    }
}

fn served(cell: &Cell) -> i64 {
    i64::try_from(cell.served).unwrap_or(i64::MAX)
}

/// Lists what happens at sites otherwise from one list to the other, in the order of the tables, and counts what
/// is the same.
#[must_use]
pub fn moved(programme: &Programme, before: &[Opening], after: &[Opening]) -> (Vec<Moved>, u32) {
    let labels = Labels::new(programme);
    let mut rows: BTreeMap<(usize, &str, Action), [Option<&Opening>; 2]> = BTreeMap::new();
    for (side, list) in [before, after].into_iter().enumerate() {
        for opening in list {
            let key = (labels.order(&opening.site), opening.site.as_str(), opening.action);
            rows.entry(key).or_default()[side] = Some(opening);
        }
    }
    let mut moved = Vec::new();
    let mut same = 0;
    for ((_, site, action), sides) in rows {
        match how(sides) {
            None => same += 1,
            Some(how) => moved.push(Moved {
                site: site.to_owned(),
                name: labels.name(site).to_owned(),
                province: labels.province(site).to_owned(),
                action,
                how,
                before: sides[0].map(step),
                after: sides[1].map(step),
            }),
        }
    }
    (moved, same)
}

fn how(sides: [Option<&Opening>; 2]) -> Option<How> {
    match sides {
        [None, None] => None,
        [None, Some(_)] => Some(How::Added),
        [Some(_), None] => Some(How::Dropped),
        [Some(before), Some(after)] if after.period < before.period => Some(How::Earlier),
        [Some(before), Some(after)] if after.period > before.period => Some(How::Later),
        [Some(before), Some(after)] => {
            (before.package != after.package).then_some(How::OtherPackage)
        }
    }
}

fn step(opening: &Opening) -> Step {
    Step { package: opening.package.clone(), period: opening.period, year: opening.year }
}

/// Finds names and provinces of sites.
pub(crate) struct Labels<'a> {
    programme: &'a Programme,
    places: HashMap<&'a str, usize>,
    sites: HashMap<&'a str, usize>,
}

impl<'a> Labels<'a> {
    pub(crate) fn new(programme: &'a Programme) -> Self {
        let places = programme.places.iter().enumerate().map(|(at, p)| (p.id.as_str(), at));
        let sites = programme.sites.iter().enumerate().map(|(at, s)| (s.id.as_str(), at));
        Self { programme, places: places.collect(), sites: sites.collect() }
    }

    /// Returns where a site stands in the tables: places first.
    fn order(&self, id: &str) -> usize {
        let behind = |at: usize| self.programme.places.len() + at;
        let of_site = || self.sites.get(id).map_or(usize::MAX, |&at| behind(at));
        self.places.get(id).copied().unwrap_or_else(of_site)
    }

    pub(crate) fn name(&self, id: &'a str) -> &'a str {
        let of_site = self.sites.get(id).and_then(|&at| self.programme.sites[at].name.as_deref());
        let of_place = || self.places.get(id).map(|&at| self.programme.places[at].name.as_str());
        of_site.or_else(of_place).unwrap_or(id)
    }

    pub(crate) fn province(&self, id: &str) -> &'a str {
        self.places.get(id).map_or("", |&at| self.programme.places[at].province.as_str())
    }
}
