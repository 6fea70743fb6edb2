//! The sheets of a plan: what was asked and found, openings, figures by period, kind and resource, and who is
//! served where.

use groundwork_model::plan::{Action, Served};
use groundwork_model::{Place, Plan, Programme, Status, equivalent_km};
use rust_xlsxwriter::{Workbook, XlsxError};

use super::sheet::{Cell, Styles, add};
use crate::spending::spending;
use crate::spot::Gazetteer;
use crate::{asked, words};

/// Is the header and the rows of a sheet.
type Sheet = (Vec<String>, Vec<Vec<Cell>>);

/// Adds the sheets of a plan; those of which it has nothing to say are left out.
pub(super) fn write(
    book: &mut Workbook,
    styles: &Styles,
    programme: &Programme,
    plan: &Plan,
) -> Result<(), XlsxError> {
    let gazetteer = Gazetteer::new(programme);
    let sheets: [(&str, Sheet); 7] = [
        ("summary", summary(programme, plan)),
        ("futures", futures(programme, plan)),
        ("openings", openings(plan, &gazetteer)),
        ("periods", periods(programme, plan)),
        ("kinds", kinds(plan)),
        ("money", money(programme, plan)),
        ("assignments", assignments(programme, plan, &gazetteer)),
    ];
    for (name, (header, rows)) in sheets {
        if !rows.is_empty() || name == "openings" {
            add(book, styles, name, &header, &rows)?;
        }
    }
    Ok(())
}

fn titles<const N: usize>(titles: [&str; N]) -> Vec<String> {
    titles.map(str::to_owned).to_vec()
}

fn summary(programme: &Programme, plan: &Plan) -> Sheet {
    let settings = &programme.settings;
    let goal = plan.question.goal(programme);
    let unit = asked::unit_words(settings, goal);
    let row =
        |name: &str, figure: Cell, note: &str| vec![Cell::text(name), figure, Cell::text(note)];
    let value = |number: Option<i128>| {
        number.map_or(Cell::text("not known"), |number| in_unit(plan, number))
    };
    let status = match plan.status {
        Status::Optimal => "proved best",
        Status::Feasible => "keeps every rule",
        Status::Infeasible => "breaks a rule",
    };
    let persons = match programme.places.iter().any(Place::changes) {
        true => format!("Persons in {}", settings.periods.label(1)),
        false => "Persons".to_owned(),
    };
    let mut rows = vec![
        row("Programme", Cell::text(&settings.name), settings.description.trim()),
        row("Plan", Cell::text(&words::capital(&plan.label)), words::method_words(plan.method)),
        row("Asked", Cell::text(&asked::question_words(programme, plan)), ""),
        row(
            "Sought",
            Cell::text(&asked::goal_words(settings, goal)),
            words::sense_words(plan.sense),
        ),
        row(
            "Status",
            Cell::text(status),
            &format!("stopped because {}", words::stopped_words(plan.stopped_by)),
        ),
        row("Value", value(Some(plan.value)), &unit),
        row("Bound", value(plan.bound), &unit),
        row(
            "Gap",
            plan.gap.map_or(Cell::text("not known"), Cell::Percent),
            "of the plan\u{2019}s own value, at most",
        ),
        row(
            "Value, exact",
            Cell::Text(plan.value.to_string()),
            &format!("divide by {} for {}", plan.scale, plan.unit),
        ),
        row(
            "Person-years of access",
            Cell::Whole(plan.person_years_of_access.into()),
            &words::access_meaning(settings),
        ),
        row(
            &persons,
            Cell::Whole(programme.population_in(1).into()),
            &words::population_note(settings),
        ),
        row("Made with", Cell::text(&format!("Groundwork {}", plan.run.version)), ""),
    ];
    if let Some(km) = equivalent_km(programme, plan) {
        let note = "equally distributed equivalent: as bad as if everybody went so far";
        rows.push(row("Equivalent", Cell::Kilometres(km), note));
    }
    if let Some(bound) = plan.bound {
        rows.insert(9, row("Bound, exact", Cell::Text(bound.to_string()), ""));
    }
    let files = plan.inputs.iter().chain(plan.certificate.as_ref());
    rows.extend(
        files.map(|file| row("File", Cell::text(&file.path), &format!("SHA-256 {}", file.sha256))),
    );
    (titles(["what", "figure", "unit or note"]), rows)
}

/// Returns what the plan is worth in each future; nothing where it is about none.
fn futures(programme: &Programme, plan: &Plan) -> Sheet {
    let goal = plan.question.goal(programme);
    let scale = programme.settings.scale_of(goal);
    let unit = asked::bare_unit(&programme.settings, goal);
    let rows = plan.futures.iter().map(|future| {
        vec![
            Cell::text(asked::future_label(&future.name)),
            Cell::Whole(future.weight.into()),
            in_scale(&plan.unit, scale, future.value),
            Cell::text(&unit),
            Cell::Text(future.value.to_string()),
        ]
    });
    let header = ["future", "weight", "value", "unit", "value, exact"];
    (titles(header), rows.collect())
}

/// Returns a value in the unit that is shown; person-metres as person-kilometres.
fn in_unit(plan: &Plan, number: i128) -> Cell {
    in_scale(&plan.unit, plan.scale, number)
}

fn in_scale(unit: &str, scale: u64, number: i128) -> Cell {
    let number = number / i128::from(scale.max(1));
    Cell::Whole(if unit == "person-metres" { number / 1000 } else { number })
}

fn openings(plan: &Plan, gazetteer: &Gazetteer) -> Sheet {
    let languages = gazetteer.languages();
    let mut header = titles(["period", "year", "action", "site", "name"]);
    header.extend(languages.iter().map(|language| format!("name:{language}")));
    header.extend(titles(["province", "persons", "package", "fixed"]));
    let rows = plan.openings.iter().map(|opening| {
        let spot = gazetteer.get(&opening.site);
        let action = match opening.action {
            Action::Open => "open",
            Action::Upgrade => "upgrade",
            Action::Close => "close",
        };
        let mut row = vec![
            Cell::Label(opening.period.into()),
            Cell::Label(opening.year.into()),
            Cell::text(action),
            Cell::text(&opening.site),
            Cell::text(spot.map_or("", |spot| spot.name)),
        ];
        row.extend(
            languages.iter().map(|tag| Cell::text(spot.map_or("", |spot| spot.name_in(tag)))),
        );
        row.extend([
            Cell::text(spot.map_or("", |spot| spot.province)),
            spot.and_then(|spot| spot.population).map_or(Cell::Empty, |n| Cell::Whole(n.into())),
            Cell::text(&opening.package),
            Cell::text(if opening.fixed { "yes" } else { "no" }),
        ]);
        row
    });
    (header, rows.collect())
}

fn periods(programme: &Programme, plan: &Plan) -> Sheet {
    let mut header = titles([
        "period",
        "year",
        "openings",
        "open sites",
        "persons with access",
        "persons without a site",
    ]);
    header.extend(titles(["mean distance, km", "farthest place, km"]));
    let kinds = &programme.settings.kinds;
    header.extend(kinds.iter().map(|kind| format!("persons within reach: {}", kind.label())));
    let rows = plan.outcomes.iter().map(|outcome| {
        let km = |metres: Option<f64>| {
            metres.map_or(Cell::Empty, |metres| Cell::Kilometres(metres / 1000.0))
        };
        let mut row = vec![
            Cell::Label(outcome.period.into()),
            Cell::Label(outcome.year.into()),
            Cell::Whole(outcome.openings.into()),
            Cell::Whole(outcome.open.into()),
            Cell::Whole(outcome.access_all.into()),
            Cell::Whole(outcome.unserved.into()),
            km(outcome.mean_distance_m),
            km(outcome.worst_distance_m.map(f64::from)),
        ];
        row.extend(outcome.access.iter().map(|&persons| Cell::Whole(persons.into())));
        row
    });
    (header, rows.collect())
}

fn kinds(plan: &Plan) -> Sheet {
    let header = [
        "period",
        "year",
        "kind",
        "sites",
        "persons served",
        "room for persons",
        "mean distance, km",
    ];
    let rows = plan.outcomes.iter().flat_map(|outcome| {
        outcome.kinds.iter().map(|kind| {
            let mean = (kind.served > 0).then(|| kind.person_metres as f64 / kind.served as f64);
            vec![
                Cell::Label(outcome.period.into()),
                Cell::Label(outcome.year.into()),
                Cell::text(&kind.kind),
                Cell::Whole(kind.sites.into()),
                Cell::Whole(kind.served.into()),
                kind.capacity.map_or(Cell::text("without limit"), |room| Cell::Whole(room.into())),
                mean.map_or(Cell::Empty, |metres| Cell::Kilometres(metres / 1000.0)),
            ]
        })
    });
    (titles(header), rows.collect())
}

fn money(programme: &Programme, plan: &Plan) -> Sheet {
    let header = ["resource", "period", "year", "budget", "carried over", "spent", "left"];
    let rows = spending(programme, plan).into_iter().map(|row| {
        let of = |figure: Option<i128>| figure.map_or(Cell::Empty, Cell::Whole);
        vec![
            Cell::text(row.resource),
            Cell::Label(row.period.into()),
            Cell::Label(programme.settings.periods.label(row.period).into()),
            of(row.budget.map(|account| account.amount.into())),
            of(row.budget.map(|account| account.carried)),
            Cell::Whole(row.spent.into()),
            of(row.budget.map(|account| account.left)),
        ]
    });
    (titles(header), rows.collect())
}

fn assignments(programme: &Programme, plan: &Plan, gazetteer: &Gazetteer) -> Sheet {
    let titles_of =
        ["kind", "period", "year", "place", "place name", "site", "site name", "persons"];
    let mut header = titles(titles_of);
    let name = |id: &str| Cell::text(gazetteer.get(id).map_or("", |spot| spot.name));
    let row = |served: &Served| {
        vec![
            Cell::text(&served.kind),
            Cell::Label(served.period.into()),
            Cell::Label(programme.settings.periods.label(served.period).into()),
            Cell::text(&served.place),
            name(&served.place),
            Cell::text(&served.site),
            name(&served.site),
            Cell::Whole(served.persons.into()),
        ]
    };
    if plan.futures.is_empty() {
        return (header, plan.assignments.iter().map(row).collect());
    }
    header.push("future".to_owned());
    let rows = plan.futures.iter().flat_map(|future| {
        let label = asked::future_label(&future.name);
        future.assignments.iter().map(move |served| (label, served))
    });
    let rows = rows.map(|(label, served)| {
        let mut cells = row(served);
        cells.push(Cell::text(label));
        cells
    });
    (header, rows.collect())
}
