//! The page about two plans, as a reader sees it.

use groundwork_model::{Difference, Plan, Programme, Status};
use groundwork_report::{DifferenceInput, difference_html};

use super::data::{self, HOSTILE, Order};
use super::difference::difference;
use super::prices_and_promises::read;
use super::{small, text};

fn pair() -> (Programme, [Plan; 2], String) {
    let (programme, first, cells) = small();
    let second = data::plan(&programme, Order::Biggest, "biggest <first>");
    (programme, [first, second], cells)
}

fn page_of(programme: &Programme, [first, second]: &[Plan; 2], about: &Difference) -> String {
    text(difference_html(&DifferenceInput {
        programme,
        difference: about,
        plans: [first, second],
        outcomes: [&first.outcomes, &second.outcomes],
        findings: &[],
        cells: None,
        commands: &[],
    }))
}

fn page(programme: &Programme, plans: &[Plan; 2]) -> String {
    page_of(programme, plans, &difference(programme, &plans[0], &plans[1]))
}

#[test]
fn the_page_has_its_sections_and_says_what_changes() {
    let (programme, plans, _) = pair();
    let page = page(&programme, &plans);
    let ids: Vec<&str> = page
        .split("<section id=\"")
        .skip(1)
        .map(|part| part.split_once('"').map_or("", |(id, _)| id))
        .collect();
    let all =
        ["plans", "gains", "map", "moves", "gaining", "years", "provinces", "meaning", "sources"];
    assert_eq!(ids, all);
    for id in all {
        assert!(page.contains(&format!("<li><a href=\"#{id}\">")), "{id} is in the contents");
    }
    // Every table says what it is, and every image too.
    let tables = page.matches("<table").count();
    assert!(tables >= 8 && tables == page.matches("<caption>").count());
    assert_eq!(
        page.matches("role=\"img\"").count(),
        page.matches("role=\"img\" aria-label=").count()
    );
    insta::assert_snapshot!(
        [read(&page, "plans"), read(&page, "gains"), read(&page, "years")].join("\n")
    );
}

#[test]
fn plans_of_one_label_are_told_apart_by_their_files() {
    let (programme, plans, _) = pair();
    let mut about = difference(&programme, &plans[0], &plans[1]);
    assert_ne!(about.before.file, about.after.file);
    about.after.label = about.before.label.clone();
    let page = page_of(&programme, &plans, &about);
    let [first, second] = [&about.before.file, &about.after.file];
    assert!(page.contains(&format!("From \u{201c}{first}\u{201d} to \u{201c}{second}\u{201d}")));
    assert!(page.contains(&format!("First plan: {first}<")));
    assert!(page.contains(&format!("Second plan: {second}<")));
}

#[test]
fn every_move_stands_in_the_table_and_the_farthest_first() {
    let (programme, plans, _) = pair();
    let about = difference(&programme, &plans[0], &plans[1]);
    let moves = read(&page_of(&programme, &plans, &about), "moves");
    let rows: Vec<&str> = moves.lines().filter(|line| line.contains(" | ")).skip(1).collect();
    assert_eq!(rows.len(), about.moved.len());
    let apart = |row: &str| -> Option<u32> {
        let (_, change) = row.rsplit_once(" | ")?;
        change.split(' ').nth(1)?.parse().ok()
    };
    // What is in one plan only has no number and comes first.
    let apart: Vec<u32> = rows.iter().map(|row| apart(row).unwrap_or(u32::MAX)).collect();
    assert!(apart.windows(2).all(|pair| pair[0] >= pair[1]), "{apart:?}");
    assert!(apart.first() != apart.last(), "the order can fail");
}

#[test]
fn places_stand_by_what_they_gain_and_lose() {
    let (programme, plans, _) = pair();
    let about = difference(&programme, &plans[0], &plans[1]);
    let shown = read(&page_of(&programme, &plans, &about), "gaining");
    let (gain, lose) = shown.split_once("Places that lose most").unwrap();
    let first = |part: &str, below: bool| {
        let of = |place: &&groundwork_model::PlaceChange| (place.person_metres < 0) == below;
        let places = about.changes.places.iter().filter(|place| place.person_metres != 0);
        let most = places.filter(of).max_by_key(|place| place.person_metres.abs()).unwrap();
        let row = part.lines().find(|line| line.contains(" / P")).unwrap().to_owned();
        assert!(row.contains(&most.place), "{row} is not {}", most.place);
        row
    };
    assert!(first(gain, true).contains("\u{2212}"));
    assert!(first(lose, false).contains(" | +"));
}

#[test]
fn long_tables_are_cut_and_say_where_the_rest_is() {
    let programme = data::programme(40, 30, 4, 200);
    let first = data::plan(&programme, Order::Needy, "one");
    let second = data::plan(&programme, Order::Taken, "other");
    let plans = [first, second];
    let about = difference(&programme, &plans[0], &plans[1]);
    let page = page_of(&programme, &plans, &about);
    assert!(about.moved.len() > 500);
    let left = about.moved.len() - 500;
    let moves = read(&page, "moves");
    assert!(moves.contains(&format!("and {left} more: see moved of groundwork compare --json.")));
    assert_eq!(moves.matches(" / P").count(), 500);
    let places = read(&page, "gaining");
    assert_eq!(places.matches(" / P").count(), 200);
    assert_eq!(places.matches("more: see the table of groundwork compare --csv.").count(), 2);
    // Nothing is left out of a short table, and nothing is said of it.
    let (programme, plans, _) = pair();
    assert!(!self::page(&programme, &plans).contains(" more: see"));
}

#[test]
fn plans_that_are_the_same_or_break_rules_are_said_to_be_so() {
    let (programme, [first, _], _) = pair();
    let same = page(&programme, &[first.clone(), first.clone()]);
    assert!(same.contains("the value stays the same."));
    assert!(read(&same, "moves").contains("none moves."));
    assert!(read(&same, "gaining").contains("No place gains and none loses."));
    let mut broken = first.clone();
    (broken.status, broken.bound, broken.gap) = (Status::Infeasible, None, None);
    let page = page(&programme, &[first, broken]);
    assert!(page.contains("The second breaks rules of the programme, so it is no plan."));
    assert!(!page.contains("stays the same"));
    let plans = read(&page, "plans");
    assert!(plans.contains("| \u{2717} breaks rules, so it is no plan\n"), "{plans}");
    assert!(plans.contains("Bound | 5,") || plans.contains(" | not known\n"), "{plans}");
}

#[test]
fn the_page_loads_nothing_and_names_stay_text() {
    let (mut programme, plans, cells) = pair();
    let about = difference(&programme, &plans[0], &plans[1]);
    let page = text(difference_html(&DifferenceInput {
        programme: &programme,
        difference: &about,
        plans: [&plans[0], &plans[1]],
        outcomes: [&plans[0].outcomes, &plans[1].outcomes],
        findings: &["Row 7: <b>".to_owned()],
        cells: Some(&cells),
        commands: &["groundwork compare 'a & b'".to_owned()],
    }));
    assert_eq!(page.matches("<script").count(), 1);
    assert!(
        !page.contains("<img") && !page.contains("<b>") && page.contains("biggest &lt;first&gt;")
    );
    for name in HOSTILE.iter().filter(|name| name.contains('<')) {
        assert!(!page.contains(name), "{name}");
    }
    assert!(page.contains("default-src 'none'"));
    assert_eq!(page.matches("'sha256-").count(), 2);
    programme.places.iter_mut().for_each(|place| place.name.clear());
    let mut nameless = about;
    nameless.changes.places.iter_mut().for_each(|place| place.name.clear());
    nameless.moved.iter_mut().for_each(|moved| moved.name.clear());
    let page = page_of(&programme, &plans, &nameless);
    for loader in
        [" src=", "<link", "@import", "url(", "<iframe", "style=\"", "javascript:", " onclick"]
    {
        assert!(!page.contains(loader), "{loader}");
    }
}
