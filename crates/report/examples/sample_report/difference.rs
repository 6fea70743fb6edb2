//! What moves between two made-up plans, and who gains and loses, counted from their openings.

use std::collections::BTreeMap;

use groundwork_model::difference::{
    ComparedPlan, How, Moved, PeriodChange, PlaceChange, ProvinceChange, Step,
};
use groundwork_model::plan::Action;
use groundwork_model::{Change, Changes, Difference, Opening, Plan, Programme};

use super::data::State;

/// Returns what moves from one plan to another.
pub(crate) fn difference(programme: &Programme, before: &Plan, after: &Plan) -> Difference {
    let moved = moved(programme, &before.openings, &after.openings);
    let open = |plan: &Plan| plan.openings.len() as u32;
    let kept = open(before) - moved.iter().filter(|row| row.before.is_some()).count() as u32;
    Difference {
        format: 1,
        programme: programme.settings.name.clone(),
        inputs: before.inputs.clone(),
        sense: before.sense,
        scale: before.scale,
        unit: before.unit.clone(),
        before: compared(before, "plans/plan.json"),
        after: compared(after, "plans/other.json"),
        change: after.value - before.value,
        goals: Vec::new(),
        same_question: before.question == after.question,
        moved,
        unmoved: kept,
        changes: changes(programme, [before, after]),
    }
}

fn compared(plan: &Plan, file: &str) -> ComparedPlan {
    ComparedPlan {
        label: plan.label.clone(),
        file: file.to_owned(),
        method: plan.method,
        question: plan.question.clone(),
        status: plan.status,
        value: plan.value,
        bound: plan.bound,
        gap: plan.gap,
    }
}

fn moved(programme: &Programme, before: &[Opening], after: &[Opening]) -> Vec<Moved> {
    let mut sides: BTreeMap<&str, [Option<&Opening>; 2]> = BTreeMap::new();
    for (side, list) in [before, after].into_iter().enumerate() {
        for opening in list {
            sides.entry(&opening.site).or_default()[side] = Some(opening);
        }
    }
    let step = |opening: &Opening| Step {
        package: opening.package.clone(),
        period: opening.period,
        year: opening.year,
    };
    let row = |(site, sides): (&str, [Option<&Opening>; 2])| {
        let how = match sides.map(|side| side.map(|opening| opening.period)) {
            [Some(first), Some(second)] if second < first => How::Earlier,
            [Some(first), Some(second)] if second > first => How::Later,
            [None, Some(_)] => How::Added,
            [Some(_), None] => How::Dropped,
            _ => return None,
        };
        let place = programme.places.iter().find(|place| place.id == site)?;
        Some(Moved {
            site: site.to_owned(),
            name: place.name.clone(),
            province: place.province.clone(),
            action: Action::Open,
            how,
            before: sides[0].map(step),
            after: sides[1].map(step),
        })
    };
    sides.into_iter().filter_map(row).collect()
}

/// Returns the metres of each place in each period, in whole metres.
fn metres(programme: &Programme, plan: &Plan) -> Vec<Vec<u64>> {
    let mut state = State::new(programme);
    let at: BTreeMap<&str, usize> =
        programme.places.iter().enumerate().map(|(at, place)| (place.id.as_str(), at)).collect();
    (1..=programme.settings.periods.count)
        .map(|period| {
            for opening in plan.openings.iter().filter(|opening| opening.period == period) {
                state.open(at[opening.site.as_str()]);
            }
            state.metres().iter().map(|metres| metres.round() as u64).collect()
        })
        .collect()
}

fn changes(programme: &Programme, plans: [&Plan; 2]) -> Changes {
    let settings = &programme.settings;
    let metres = plans.map(|plan| metres(programme, plan));
    let reach = settings.kinds.iter().map(|kind| u64::from(kind.reach_m())).min().unwrap_or(0);
    let count = settings.periods.count as usize;
    let periods = (1..=settings.periods.count).map(|period| PeriodChange {
        period,
        year: settings.periods.label(period),
        change: Change::default(),
    });
    let mut changes = Changes { periods: periods.collect(), ..Changes::default() };
    for (at, place) in programme.places.iter().enumerate() {
        let persons = place.population;
        let of = |side: usize| (0..count).map(move |period| (side, period));
        let way = |(side, period): (usize, usize)| metres[side][period][at];
        let sums = [0, 1].map(|side| of(side).map(way).sum::<u64>());
        let within = [0, 1].map(|side| of(side).filter(|key| way(*key) <= reach).count() as u32);
        let person_metres = i128::from(persons) * (i128::from(sums[1]) - i128::from(sums[0]));
        let mean = |side: usize| Some(sums[side] as f64 / count as f64);
        let province = province(&mut changes.provinces, &place.province);
        let years = |side: usize| persons * u64::from(within[side] * settings.periods.years);
        province.access_before += years(0);
        province.access_after += years(1);
        let last = |side: usize| Some(way((side, count - 1)) as u32);
        province.worst_before_m = province.worst_before_m.max(last(0));
        province.worst_after_m = province.worst_after_m.max(last(1));
        for change in [&mut changes.total, &mut province.change] {
            change.add(persons, person_metres, 0);
        }
        let mut access = |gained: u64, lost: u64| {
            for change in [&mut changes.total, &mut province.change] {
                change.access_gained += gained;
                change.access_lost += lost;
            }
        };
        for period in 0..count {
            let [first, second] = [0, 1].map(|side| way((side, period)));
            let row = &mut changes.periods[period].change;
            row.add(persons, i128::from(persons) * (i128::from(second) - i128::from(first)), 0);
            let gained = if first > reach && second <= reach { persons } else { 0 };
            let lost = if first <= reach && second > reach { persons } else { 0 };
            row.access_gained += gained;
            row.access_lost += lost;
            let years = u64::from(settings.periods.years);
            access(gained * years, lost * years);
        }
        changes.places.push(PlaceChange {
            place: place.id.clone(),
            name: place.name.clone(),
            province: place.province.clone(),
            persons,
            person_metres,
            before_m: mean(0),
            after_m: mean(1),
            access_before: within[0],
            access_after: within[1],
            kinds: Vec::new(),
        });
    }
    for row in &mut changes.provinces {
        let of = || changes.places.iter().filter(|place| place.province == row.province);
        let persons = of().map(|place| place.persons as f64).sum::<f64>();
        let mean = |metres: fn(&PlaceChange) -> Option<f64>| {
            let all =
                of().map(|place| metres(place).unwrap_or(0.0) * place.persons as f64).sum::<f64>();
            Some(all / persons)
        };
        (row.before_m, row.after_m) = (mean(|place| place.before_m), mean(|place| place.after_m));
    }
    changes
}

fn province<'c>(provinces: &'c mut Vec<ProvinceChange>, name: &str) -> &'c mut ProvinceChange {
    let at = provinces.iter().position(|row| row.province == name).unwrap_or_else(|| {
        provinces.push(ProvinceChange { province: name.to_owned(), ..ProvinceChange::default() });
        provinces.len() - 1
    });
    &mut provinces[at]
}
