//! The shapes by which charts tell stages apart: hollow where one is claimed, filled where it is verified.

use groundwork_model::evidence::Stage;
use groundwork_model::evidence::words::reached;

use crate::escape::markup;

/// Stages with a shape, in their order.
pub(super) const STAGES: [Stage; 8] = [
    Stage::Announced,
    Stage::SiteChosen,
    Stage::GroundBroken,
    Stage::UnderConstruction,
    Stage::Completed,
    Stage::Inspected,
    Stage::Inaugurated,
    Stage::Operating,
];

/// Returns the outline of a stage's shape around a point.
fn outline(stage: Stage) -> &'static str {
    match stage {
        Stage::Announced => "m-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0Z",
        Stage::SiteChosen => "m-2.6 -2.6h5.2v5.2h-5.2Z",
        Stage::GroundBroken => "m0 4.4l4.4 -7.6h-8.8Z",
        Stage::UnderConstruction => "m-3.8 -3.8h7.6v7.6h-7.6Z",
        Stage::Completed => "m0 -5.2l5.2 5.2l-5.2 5.2l-5.2 -5.2Z",
        Stage::Inspected => "m-4.4 0l2.2 -3.8h4.4l2.2 3.8l-2.2 3.8h-4.4Z",
        Stage::Inaugurated => "m-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0Z",
        Stage::Operating => "m-1.7 -5.2h3.4v3.5h3.5v3.4h-3.5v3.5h-3.4v-3.5h-3.5v-3.4h3.5Z",
        Stage::Stalled => "m-5 -1.6h10v3.2h-10Z",
        Stage::Cancelled => {
            "m-4.5 -3l1.5 -1.5l3 3l3 -3l1.5 1.5l-3 3l3 3l-1.5 1.5l-3 -3l-3 3l-1.5 -1.5l3 -3Z"
        }
    }
}

/// Draws a stage's shape with a title for those who point at it. `class` is `claimed` or `verified`.
pub(super) fn draw(stage: Stage, class: &str, x: f64, y: f64, title: &str) -> String {
    format!(
        "<path class=\"mark {class}\" d=\"M{x:.1} {y:.1}{}\"><title>{}</title></path>",
        outline(stage),
        markup(title)
    )
}

/// Draws the sign of a denial.
pub(super) fn denied(x: f64, y: f64, title: &str) -> String {
    format!(
        "<path class=\"mark denied\" d=\"M{x:.1} {y:.1}m-4 -4l8 8m0 -8l-8 8\"><title>{}</title></path>",
        markup(title)
    )
}

/// Returns the key of the shapes of some stages.
pub(super) fn key(stages: &[Stage], denials: bool) -> String {
    let sample = |shape: &str| {
        format!(
            "<svg class=\"sample\" viewBox=\"0 0 14 14\" width=\"14\" height=\"14\" aria-hidden=\"true\">{shape}</svg>"
        )
    };
    let item = |shape: &str, word: &str| format!("<li>{}{}</li>", sample(shape), markup(word));
    let mut items: String = stages
        .iter()
        .map(|stage| item(&draw(*stage, "claimed", 7.0, 7.0, ""), reached(*stage)))
        .collect();
    items = items.replace("<title></title>", "");
    let both = [("claimed", "hollow: claimed"), ("verified", "filled: verified")];
    for (class, word) in both {
        let shape = draw(Stage::Inaugurated, class, 7.0, 7.0, "").replace("<title></title>", "");
        items.push_str(&item(&shape, word));
    }
    if denials {
        items.push_str(&item(&denied(7.0, 7.0, "").replace("<title></title>", ""), "denied"));
    }
    items.push_str(&item(
        "<path class=\"gap open\" d=\"M0 7H14\"/>",
        "claimed, and nobody has checked",
    ));
    items.push_str(&item("<path class=\"gap shut\" d=\"M0 7H14\"/>", "from claim to check"));
    items.push_str(&item("<path class=\"due\" d=\"M7 0V14\"/>", "falls due"));
    format!("<ul class=\"signs shapes\">{items}</ul>")
}
