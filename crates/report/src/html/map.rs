//! The map with its year slider; the still map stands in for it on paper and without scripts.

use groundwork_model::Plan;

use super::Page;
use crate::escape::markup;
use crate::{svg_map, words};

/// Returns the section with the map.
pub(super) fn section(page: &Page) -> String {
    let still = svg_map::embedded(page.programme, page.plan, &page.gazetteer, &page.cells);
    let body = format!(
        "<p class=\"lede\">Each place takes the colour of the {} in which it opens. \
         <span class=\"live\">Move the slider to see who has access by then.</span></p>{}<div class=\"still-map\">{still}</div>{}{}",
        words::step_word(page.programme),
        explorer(page),
        areas_note(page),
        page.population_note()
    );
    super::section("map", "Where and when", &body)
}

fn explorer(page: &Page) -> String {
    format!(
        "<div class=\"explorer live\"><div class=\"tools\">{}{}</div><div class=\"stage\">{}{}{}</div>\
         <p id=\"spoken\" class=\"hidden-visually\" aria-live=\"polite\"></p></div>",
        plan_choice(page),
        FIND,
        view(page),
        timeline(page),
        side(page),
    )
}

const FIND: &str = "<div class=\"find\"><label for=\"find\">Find a place</label>\
    <input id=\"find\" type=\"search\" role=\"combobox\" aria-expanded=\"false\" aria-controls=\"found\" \
    aria-autocomplete=\"list\" autocomplete=\"off\" spellcheck=\"false\">\
    <ul id=\"found\" role=\"listbox\" aria-label=\"Places found\" hidden></ul></div>";

/// Returns the choice between plans; nothing when there is only one.
fn plan_choice(page: &Page) -> String {
    let plans = page.input.plans();
    if plans.len() < 2 {
        return String::new();
    }
    let choice = |(at, plan): (usize, &&Plan)| {
        let checked = if at == 0 { " checked" } else { "" };
        format!(
            "<label><input type=\"radio\" name=\"plan\" value=\"{at}\"{checked}><span>{}</span></label>",
            markup(&page.input.label(plan))
        )
    };
    let choices: String = plans.iter().enumerate().map(choice).collect();
    format!("<fieldset class=\"plans\"><legend>Plan shown</legend>{choices}</fieldset>")
}

/// Returns the beginning of a note, up to its first colon, semicolon or full stop; the whole of it
/// stands under the map.
fn first_clause(note: &str) -> &str {
    let end = [": ", "; ", ". "].iter().filter_map(|stop| note.find(stop)).min();
    end.map_or(note, |end| &note[..end])
}

/// Returns the note on the areas in full.
fn areas_note(page: &Page) -> String {
    match (page.cells.is_empty(), page.programme.settings.map.cells_note.trim()) {
        (true, _) | (false, "") => String::new(),
        (false, note) => format!("<p class=\"note live\">{}</p>", markup(note)),
    }
}

fn view(page: &Page) -> String {
    let map = &page.programme.settings.map;
    let note = match (page.cells.is_empty(), map.cells_note.trim()) {
        (true, _) => "<p class=\"cells-note\">Points: area grows with population</p>".to_owned(),
        (false, "") => String::new(),
        (false, note) => format!("<p class=\"cells-note\">{}</p>", markup(first_clause(note))),
    };
    let credits = match map.attribution.as_slice() {
        [] => String::new(),
        credits => format!("<p class=\"credits\">{}</p>", markup(&credits.join(" \u{b7} "))),
    };
    format!(
        "<div class=\"view\"><div id=\"surface\" tabindex=\"0\" role=\"application\" aria-roledescription=\"map\" \
         aria-label=\"Map of openings\" aria-describedby=\"map-help\"><canvas id=\"canvas\"></canvas>\
         <div id=\"tip\" aria-hidden=\"true\" hidden></div><p id=\"hint\" aria-hidden=\"true\" hidden></p></div>\
         <div class=\"zoom\"><button type=\"button\" id=\"zoom-in\" aria-label=\"Zoom in\">+</button>\
         <button type=\"button\" id=\"zoom-out\" aria-label=\"Zoom out\">\u{2212}</button>\
         <button type=\"button\" id=\"zoom-all\" aria-label=\"Show all\">\u{2922}</button></div>{note}{credits}\
         <p id=\"map-help\" class=\"hidden-visually\">Arrow keys move the map and read out the place in its middle, plus \
         and minus zoom, 0 shows all, Enter keeps the place. The same openings are in the table of openings.</p></div>"
    )
}

fn side(page: &Page) -> String {
    let first = page.label(1);
    format!(
        "<div class=\"side\"><p class=\"year\" id=\"year\">{first}</p><dl class=\"now\">\
         <div><dt>People with access</dt><dd id=\"now-access\"></dd><dd class=\"explained\" id=\"now-share\"></dd></div>\
         <div><dt>Mean distance</dt><dd id=\"now-mean\"></dd><dd class=\"explained\" id=\"now-worst\"></dd></div>\
         <div><dt>Sites open</dt><dd id=\"now-open\"></dd><dd class=\"explained\" id=\"now-new\"></dd></div></dl>\
         <p class=\"note\" id=\"now-against\"></p>\
         <div class=\"card\" id=\"card\"><p class=\"empty\">Point at a place, tap it or find it by name to see when it \
         opens.</p></div></div>"
    )
}

fn timeline(page: &Page) -> String {
    let count = page.programme.settings.periods.count;
    let step = words::capital(words::step_word(page.programme));
    format!(
        "<div class=\"timeline\"><button type=\"button\" id=\"play\" aria-pressed=\"false\">\
         <span aria-hidden=\"true\" id=\"play-sign\">\u{25b6}</span> <span id=\"play-word\">Play</span></button>\
         <div class=\"track\"><label class=\"hidden-visually\" for=\"slider\">{step} shown</label>\
         <input id=\"slider\" type=\"range\" min=\"1\" max=\"{count}\" step=\"1\" value=\"{count}\">\
         <div id=\"swatches\" aria-hidden=\"true\"></div></div>{}</div>",
        signs(page)
    )
}

fn signs(page: &Page) -> String {
    let step = words::step_word(page.programme);
    let fixed =
        page.input.plans().iter().any(|plan| plan.openings.iter().any(|opening| opening.fixed));
    let mut items = vec![
        "<li><span class=\"sign later\"></span>not open yet</li>".to_owned(),
        format!("<li><span class=\"sign new\"></span>opens in the {step} shown</li>"),
    ];
    if fixed {
        items.push("<li><span class=\"sign\">\u{25c6}</span>fixed: a fact or a person\u{2019}s decision</li>".to_owned());
    }
    if !page.programme.facilities.is_empty() {
        items.push("<li><span class=\"sign stands\"></span>existing facility</li>".to_owned());
    }
    format!("<ul class=\"signs\">{}</ul>", items.concat())
}
