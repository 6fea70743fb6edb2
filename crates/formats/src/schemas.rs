//! JSON Schemas of everything that is written by hand or exchanged, generated from the types.

use groundwork_model::evidence::{
    Agenda, BacktestTable, ForecastTable, Inspections, Outputs, ScoreDifference, Scorecard,
    SourceTable,
};
use groundwork_model::field::{FieldAnswer, FieldCertificate};
use groundwork_model::frontier::{FrontierAnswer, FrontierCertificate};
use groundwork_model::{
    Certificate, Comparison, Conflict, Difference, Explanation, Manifest, Plan, PriceList, Problem,
    RuleFrontier, ScenarioTable, Settings, Verdict,
};
use schemars::{Schema, schema_for};

use crate::import::Mapping;
use crate::package::PackageMapping;

/// Returns each schema with the name of its file.
#[must_use]
pub fn schemas() -> Vec<(&'static str, String)> {
    vec![
        ("programme.schema.json", text(&schema_for!(Settings))),
        ("plan.schema.json", text(&schema_for!(Plan))),
        ("certificate.schema.json", text(&schema_for!(Certificate))),
        ("verdict.schema.json", text(&schema_for!(Verdict))),
        ("comparison.schema.json", text(&schema_for!(Comparison))),
        ("difference.schema.json", text(&schema_for!(Difference))),
        ("explanation.schema.json", text(&schema_for!(Explanation))),
        ("answer.schema.json", text(&schema_for!(FieldAnswer))),
        ("field-certificate.schema.json", text(&schema_for!(FieldCertificate))),
        ("frontier.schema.json", text(&schema_for!(FrontierAnswer))),
        ("frontier-certificate.schema.json", text(&schema_for!(FrontierCertificate))),
        ("programme-frontier.schema.json", text(&schema_for!(RuleFrontier))),
        ("price-list.schema.json", text(&schema_for!(PriceList))),
        ("scenario-table.schema.json", text(&schema_for!(ScenarioTable))),
        ("conflict.schema.json", text(&schema_for!(Conflict))),
        ("scorecard.schema.json", text(&schema_for!(Scorecard))),
        ("score-difference.schema.json", text(&schema_for!(ScoreDifference))),
        ("forecast.schema.json", text(&schema_for!(ForecastTable))),
        ("source-table.schema.json", text(&schema_for!(SourceTable))),
        ("backtest.schema.json", text(&schema_for!(BacktestTable))),
        ("bundle.schema.json", text(&schema_for!(Manifest))),
        ("agenda.schema.json", text(&schema_for!(Agenda))),
        ("inspections.schema.json", text(&schema_for!(Inspections))),
        ("outputs.schema.json", text(&schema_for!(Outputs))),
        ("import.schema.json", text(&schema_for!(Mapping))),
        ("package-import.schema.json", text(&schema_for!(PackageMapping))),
        ("problem.schema.json", text(&schema_for!(Problem))),
    ]
}

fn text(schema: &Schema) -> String {
    format!("{:#}\n", schema.as_value())
}
