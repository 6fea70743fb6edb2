//! What the page says of a ledger, with figures worked by hand.

use groundwork_model::evidence::{
    Agenda, BaseRateShown, Certainty, ClaimsChecked, CountOutlook, CountShare, CountUnit, CycleRow,
    CycleScore, DueBy, Event, EventDate, EventKind, EvidenceRules, FORECAST_LEVELS, FanPoint,
    ForecastFan, ForecastGroup, ForecastTable, MilestoneOutlook, Probability, Root, Stage, Times,
};
use groundwork_report::{ReportInput, evidence_html, html, workbook};

use super::ledger::{Made, TRAP, made};
use super::{bare, data_of, part, small, text};

/// Returns the page without a plan.
fn page(made: &Made) -> String {
    let (programme, _, _) = small();
    text(evidence_html(&programme, &made.input(), None, &[], &["groundwork report .".to_owned()]))
}

/// Returns the text of a section as a reader meets it, a row of a table or an entry a line.
fn read(page: &str, id: &str) -> String {
    let mut shown = String::new();
    for piece in part(page, id).split('<').skip(1) {
        let (tag, content) = piece.split_once('>').unwrap();
        match tag.split(' ').next().unwrap() {
            "/tr" | "/p" | "/caption" | "/h2" | "/h3" | "/summary" | "/li" | "/dd" | "/svg"
            | "/blockquote" => shown.push('\n'),
            "td" => shown.push_str(" | "),
            "span" | "dd" | "text" | "br" => shown.push_str(" / "),
            "th" if !shown.ends_with('\n') => shown.push_str(" | "),
            _ => {}
        }
        shown.push_str(content);
    }
    let lines = shown.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n").replace('\u{a0}', " ")
}

#[test]
fn the_scorecard_has_the_figures_of_the_ledger() {
    let (programme, _, _) = small();
    let made = made(&programme);
    let page = page(&made);
    let shown = read(&page, "scorecard");
    insta::assert_snapshot!(shown);
    // Three promised, two claimed of whom one in time, one verified, one late now and two when it fell due.
    for figure in [
        "Promised /  / 3 / places inaugurated, due 2024-12-31",
        "Claimed /  / 2 / 2 of 3, 1 when it fell due; late: 1",
        "Verified /  / 1 / 1 of 3, 0 when it fell due; late: 2",
        "Late /  / 1 / by what is claimed, 2 when it fell due; 2 by what is verified",
        "inaugurated |\n| 2 | 1 | \u{2013} | claimed 3 places, 2024-12-28 (entry 7)",
    ] {
        assert!(shown.contains(figure), "{figure}\n{shown}");
    }
    // The bar of 200 steps is 198 wide for three: two claimed are 132, one verified 66.
    assert!(part(&page, "scorecard").contains("class=\"said\" x=\"1\" y=\"2\" width=\"132.0\""));
    assert!(part(&page, "scorecard").contains("class=\"seen\" x=\"1\" y=\"5\" width=\"66.0\""));
}

#[test]
fn the_series_are_steps_that_hold_until_the_day_on_which_they_change() {
    let (programme, _, _) = small();
    let page = page(&made(&programme));
    insta::assert_snapshot!(read(&page, "series"));
    // 51 days from the 20th of December to the 9th of February, a week before, a day behind: the wide sheet has 780
    // pixels for 59 days, from 50 on, and 268 for 3 upwards from 302.
    let x = |days: f64| 50.0 + 780.0 * (7.0 + days) / 59.0;
    let y = |count: f64| 302.0 - 268.0 * count / 3.0;
    let path = format!(
        "<path class=\"step said\" d=\"M50.0 302.0H{:.1}V{:.1}H{:.1}V{:.1}H{:.1}V{:.1}",
        x(0.0),
        y(1.0),
        x(11.0),
        y(1.0),
        x(21.0),
        y(2.0)
    );
    assert!(page.contains(&path), "{path}");
    assert!(page.contains(&format!("<path class=\"due\" d=\"M{:.1} 20.0V302.0\"/>", x(11.0))));
    assert!(page.contains("3 due 2024-12-31"));
}

#[test]
fn the_way_from_claim_to_check_is_drawn_and_said_in_days() {
    let (programme, _, _) = small();
    let page = page(&made(&programme));
    let shown = read(&page, "timeline");
    insta::assert_snapshot!(shown);
    assert!(
        shown.contains("checked 30 days after the claim")
            && shown.contains("unchecked for 30 days")
    );
    assert!(shown.contains("ground broken: seen, and not claimed"));
    let section = part(&page, "timeline");
    // Of two sheets, wide and narrow: one way that is shut, one that is open.
    assert_eq!(section.matches("class=\"gap shut\"").count(), 2 + 1);
    assert_eq!(section.matches("class=\"gap open\"").count(), 2 + 1);
    assert!(section.contains("inaugurated: verified, 2025-01-19 (entry 5)"));
    assert!(section.contains(&format!("href=\"#place-{}\"", programme.places[0].id)));
    assert!(
        section.contains("href=\"#place-G~209\""),
        "a facility without a place has a part of its own"
    );
}

#[test]
fn the_map_shows_how_far_each_place_has_come_and_leads_there() {
    let (programme, _, cells) = small();
    let made = made(&programme);
    let page = text(evidence_html(&programme, &made.input(), Some(&cells), &[], &[]));
    let shown = read(&page, "where");
    assert!(shown.contains("verified to have reached what was promised: 1 place\n"), "{shown}");
    assert!(shown.contains("claimed to have reached what was promised: 1 place\n"), "{shown}");
    let section = part(&page, "where");
    let alpha = &programme.places[0].id;
    let link = &section[section.find(&format!("<a href=\"#place-{alpha}\">")).unwrap()..];
    assert!(link[..link.find("</a>").unwrap()].contains("<path class=\"far-seen\""));
    // All the other areas are drawn, and lead nowhere.
    assert_eq!(section.matches("class=\"far-none\"").count(), programme.places.len() - 2);
    assert_eq!(section.matches("<a ").count(), 2);
}

#[test]
fn a_total_is_parted_by_what_explains_it() {
    let (programme, _, _) = small();
    let page = page(&made(&programme));
    insta::assert_snapshot!(read(&page, "totals"));
    let section = part(&page, "totals");
    // One of three is named, two are not: 33 and 66 per cent of a sheet of 99.
    assert!(section.contains("<rect class=\"matched\" x=\"0.50%\" y=\"3\" width=\"33.00%\""));
    assert!(section.contains("<rect class=\"missing\" x=\"33.50%\" y=\"3\" width=\"66.00%\""));
    assert!(!section.contains("rect class=\"further\""));
}

#[test]
fn a_place_has_every_entry_with_its_source_and_what_became_of_it() {
    let (programme, _, _) = small();
    let page = page(&made(&programme));
    let shown = read(&page, "places");
    insta::assert_snapshot!(shown);
    let section = part(&page, "places");
    for number in 1..=10 {
        assert!(section.contains(&format!("id=\"entry-{number}\"")), "{number}");
    }
    assert!(shown.contains("withdrawn by entry 8") && shown.contains("erased by entry 10: quote"));
    assert!(shown.contains("seen independently, below grade C3"));
    assert!(section.contains("href=\"https://example.org/a?b=1&amp;c\""));
    assert!(!section.contains("href=\"javascript:"));
    insta::assert_snapshot!(
        "alerts_and_ledger",
        read(&page, "alerts") + "\n\n" + &read(&page, "ledger")
    );
}

#[test]
fn nothing_of_a_ledger_becomes_markup_and_the_policy_knows_every_script() {
    let (programme, plan, _) = small();
    let made = made(&programme);
    let alone = page(&made);
    let evidence = made.input();
    let both = text(html(&ReportInput { evidence: Some(&evidence), ..bare(&programme, &plan) }));
    for (page, scripts) in [(&alone, 1), (&both, 3)] {
        assert!(!page.contains("<img") && !page.contains("<three>"));
        assert!(!page.contains(TRAP) && page.contains("&lt;img src=x"));
        for loader in [" src=\"", "<link", "@import", "url(", "<iframe", "style=\"", " onclick"] {
            assert!(!page.contains(loader), "{loader}");
        }
        assert_eq!(page.matches("<script").count(), scripts);
        // A hash for each script that runs, and one for the style.
        assert_eq!(page.matches("'sha256-").count(), scripts.min(2) + 1);
    }
    assert_eq!(data_of(&both)["plans"].as_array().unwrap().len(), 1);
    assert!(!alone.contains("id=\"map\"") && !alone.contains("id=\"proof\""));
    for id in ["scorecard", "alerts", "series", "where", "timeline", "totals", "places", "ledger"] {
        assert!(part(&both, id) == part(&alone, id), "{id} is the same with a plan and without");
        assert!(alone.contains(&format!("<li><a href=\"#{id}\">")), "{id} is in the contents");
    }
    assert_eq!(alone, page_again(&made), "the same bytes each time");
}

fn page_again(made: &Made) -> String {
    page(made)
}

#[test]
fn entries_that_are_left_out_are_counted() {
    let (programme, _, _) = small();
    let made = made(&programme);
    let mut input = made.input();
    input.entries = &made.entries[6..];
    let page = text(evidence_html(&programme, &input, None, &[], &[]));
    let shown = read(&page, "places");
    assert!(
        shown.contains("10 entries of") && shown.contains("6 earlier ones are left out"),
        "{shown}"
    );
    assert!(!page.contains("id=\"entry-3\"") && !page.contains("href=\"#entry-3\""));
    assert!(page.contains("href=\"#entry-7\""));
}

fn outlook() -> ForecastTable {
    let date = |text: &str| text.parse::<jiff::civil::Date>().unwrap();
    let point = |on: &str, claimed: [u32; 9]| FanPoint {
        day: date(on),
        claimed: claimed.to_vec(),
        verified: None,
    };
    let base_rate = BaseRateShown { due: 20, in_time: 1, interval_per_mille: Some((12, 202)) };
    ForecastTable {
        programme: "Made by hand".to_owned(),
        times: Times { as_of: date("2025-02-09"), known_by: date("2025-02-09"), recorded_by: None },
        root: Root::default(),
        rules: EvidenceRules::default(),
        from: date("2025-02-09"),
        stage: Stage::Inaugurated,
        kinds: Vec::new(),
        group: ForecastGroup::None,
        draws: 10_000,
        seed: 7,
        levels_per_mille: FORECAST_LEVELS.to_vec(),
        milestones: vec![MilestoneOutlook {
            id: "opened-2025".to_owned(),
            entry: None,
            batch: "2025".to_owned(),
            kind: "factories".to_owned(),
            count: 20,
            unit: CountUnit::Places,
            due: date("2025-12-31"),
            words: TRAP.to_owned(),
            passed: false,
            named: 20,
            reached: 0,
            without_forecast: 3,
            claimed: Some(CountOutlook {
                expected_tenths: 124,
                quantiles: vec![4, 6, 8, 10, 12, 14, 16, 17, 18],
                distribution: vec![CountShare { count: 12, draws: 10_000 }],
            }),
            met: Some(Probability {
                part: 312,
                draws: 10_000,
                word: "almost no chance".to_owned(),
            }),
            verified: None,
            met_verified: None,
            base_rate,
            base_rate_count: Some(1),
        }],
        fans: vec![ForecastFan {
            milestone: "opened-2025".to_owned(),
            batch: "2025".to_owned(),
            kind: "factories".to_owned(),
            unit: CountUnit::Places,
            count: 20,
            due: date("2025-12-31"),
            points: vec![
                point("2025-02-09", [0; 9]),
                point("2025-12-31", [4, 6, 8, 10, 12, 14, 16, 17, 18]),
            ],
        }],
        facilities: Vec::new(),
        batches: Vec::new(),
        bias: ClaimsChecked { checked: 2, found: 1, least: 5, ..ClaimsChecked::default() },
        model: None,
        silence: None,
        limits: vec!["Batches are taken as drawn from one urn.".to_owned()],
    }
}

#[test]
fn a_fan_lies_between_its_quantiles_and_stands_beside_what_was_announced() {
    let (programme, _, _) = small();
    let made = made(&programme);
    let table = outlook();
    let with = |table: &ForecastTable| {
        let mut input = made.input();
        input.forecast = Some(table);
        text(evidence_html(&programme, &input, None, &[], &[]))
    };
    let page = with(&table);
    let shown = read(&page, "outlook");
    insta::assert_snapshot!(shown);
    assert!(shown.contains("almost no chance") && shown.contains("3 %"));
    assert!(shown.contains("12 (8 to 16)") && shown.contains("1, as 1 of 20 were"));
    // The wide sheet has 242 pixels for 20: the band of 95 per cent ends between 4 and 18.
    let y = |count: f64| 272.0 - 242.0 * count / 20.0;
    let section = part(&page, "outlook");
    let band = &section[section.find("class=\"b95\"").unwrap()..];
    let band = &band[..band.find("/>").unwrap()];
    assert!(
        band.contains(&format!(" {:.1}L", y(18.0))) && band.contains(&format!(" {:.1}L", y(4.0))),
        "{band}"
    );
    // Where the model is silent the page says why, and keeps what needs no model.
    let silent = ForecastTable {
        silence: Some("Openings of one batch alone are known.".to_owned()),
        fans: Vec::new(),
        ..table
    };
    let shown = read(&with(&silent), "outlook");
    assert!(shown.contains("The model is silent. Openings of one batch alone are known."));
    assert!(shown.contains("1, as 1 of 20 were"));
}

/// A congress that was said for the end of January and is now said for the end of February, 18 days away; and a cycle.
fn agenda() -> Agenda {
    let date = |text: &str| text.parse::<jiff::civil::Date>().unwrap();
    let said = |written: &str, first: &str, last: &str| EventDate {
        written: written.to_owned(),
        earliest: Some(date(first)),
        latest: Some(date(last)),
        certainty: Some(Certainty::Expected),
        words: TRAP.to_owned(),
        entry: Some(7),
        ..EventDate::default()
    };
    let congress = Event {
        id: "congress".to_owned(),
        what: EventKind::Meeting,
        name: format!("The congress {TRAP}"),
        cycle: "plan".to_owned(),
        date: said("2025-02", "2025-02-01", "2025-02-27"),
        first: Some(said("2025-01", "2025-01-01", "2025-01-28")),
        moved: 1,
        drift_days: Some(30),
        days_left: Some([-8, 18]),
        due: vec![DueBy {
            promise: "opened-2024".to_owned(),
            words: "3 places of 2024 factories inaugurated by 2024-12-31".to_owned(),
            day: date("2024-12-31"),
            count: 3,
            claimed: Some(2),
            verified: Some(1),
        }],
    };
    let past = Event {
        days_left: Some([-40, -40]),
        first: None,
        date: said("2024-12-31", "2024-12-31", "2024-12-31"),
        due: Vec::new(),
        ..congress.clone()
    };
    let row = CycleRow {
        target: true,
        kind: "factories".to_owned(),
        stage: Stage::Inaugurated,
        unit: CountUnit::Places,
        promised: 30,
        due: 3,
        claimed: Some(2),
        verified: Some(1),
        late: 1,
        late_unverified: 2,
        promises: vec!["opened-2024".to_owned()],
    };
    let cycle = CycleScore {
        id: "plan".to_owned(),
        name: "Ten years".to_owned(),
        from: date("2024-01-01"),
        to: date("2033-12-31"),
        at: date("2025-02-09"),
        ended: false,
        rows: vec![row],
    };
    Agenda { events: vec![past, congress], cycles: vec![cycle] }
}

#[test]
fn days_to_come_stand_with_what_is_due_by_them_and_how_they_moved() {
    let (programme, _, _) = small();
    let (made, agenda) = (made(&programme), agenda());
    let mut input = made.input();
    input.agenda = Some(&agenda);
    let page = text(evidence_html(&programme, &input, None, &[], &[]));
    let shown = read(&page, "agenda");
    insta::assert_snapshot!(shown);
    assert!(shown.contains("2025-02: its last day, 2025-02-27, is meant / 18 days to go"));
    assert!(shown.contains("30 days later; first said: 2025-01"));
    assert!(
        shown.contains(
            "3 places of 2024 factories inaugurated by 2024-12-31: claimed 2, verified 1"
        )
    );
    assert!(shown.contains(
        "target: places with factories inaugurated | 30 | 3 | 2 | 1 | 1 / 2 not verified"
    ));
    // What is past is folded, behind what is to come.
    assert!(shown.find("18 days to go").unwrap() < shown.find("40 days ago").unwrap());
    assert!(!page.contains("<img"));
}

#[test]
fn a_workbook_without_a_plan_has_the_sheets_of_the_ledger() {
    let (programme, _, _) = small();
    let made = made(&programme);
    let evidence = made.input();
    let bytes = workbook(&programme, None, Some(&evidence)).unwrap();
    assert!(bytes == workbook(&programme, None, Some(&evidence)).unwrap(), "the same bytes");
}
