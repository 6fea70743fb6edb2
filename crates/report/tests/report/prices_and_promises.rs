//! The price list, promises beside the plan, and goals in order, as a reader of the page sees them.

use groundwork_model::{Goal, Held, Opening, Plan, PriceList, Programme};
use groundwork_report::{ReportInput, html};

use super::data::{self, Order};
use super::{bare, small, text};

fn page(programme: &Programme, plan: &Plan, prices: Option<&PriceList>) -> String {
    text(html(&ReportInput { prices, ..bare(programme, plan) }))
}

/// Returns the text of a section, a row of a table a line, cells parted by bars.
pub(crate) fn read(page: &str, id: &str) -> String {
    let start = page.find(&format!("<section id=\"{id}\"")).expect("the section is there");
    let section = &page[start..start + page[start..].find("</section>").unwrap()];
    let mut shown = String::new();
    for piece in section.split('<').skip(1) {
        let (tag, content) = piece.split_once('>').unwrap();
        match tag.split(' ').next().unwrap() {
            "/tr" | "/p" | "/caption" | "/h2" | "/summary" => shown.push('\n'),
            "td" => shown.push_str(" | "),
            "span" => shown.push_str(" / "),
            "th" if !shown.ends_with('\n') => shown.push_str(" | "),
            _ => {}
        }
        shown.push_str(content);
    }
    shown.replace('\u{a0}', " ")
}

#[test]
fn a_price_list_is_a_table_in_the_words_of_the_guide() {
    let (programme, plan, _) = small();
    let shown = read(&page(&programme, &plan, Some(&data::prices(&plan))), "prices");
    insta::assert_snapshot!(shown);
    // What nobody proved is not said: down on the left, up on the right.
    assert!(
        shown.contains("Quota: one opening more a period | 202.934 | 203.610 | 0 | +2,174,423\n")
    );
    assert!(shown.contains(
        "Floor 1: without the floor of 1 site in &lt;each&gt; province by 2025 / not told apart from nothing | 0.000 | \
         395.053 | \u{2212}41,354 | 0\n"
    ));
    assert!(shown.contains("/ brings nothing, proved | 0.000 | 0.000"));
    assert!(
        shown.contains("/ does harm | \u{2212}7.000 | \u{2212}5.999 | \u{2212}1 | \u{2212}2,000")
    );
    assert!(shown.contains("1 change is not priced"));
}

#[test]
fn a_page_without_prices_and_promises_says_nothing_of_them() {
    let (programme, plan, _) = small();
    let page = page(&programme, &plan, None);
    assert!(!page.contains("id=\"prices\"") && !page.contains("href=\"#prices\""));
    assert!(!page.contains("id=\"promises\"") && !page.contains("promised"));
}

#[test]
fn a_price_list_of_no_rules_says_so() {
    let (programme, plan, _) = small();
    let prices = PriceList { asked: 0, prices: Vec::new(), bound: None, ..data::prices(&plan) };
    let page = page(&programme, &plan, Some(&prices));
    assert!(read(&page, "prices").contains("The programme has no rules to price."));
    assert!(page.contains("a bound that is not known") && page.contains("href=\"#prices\""));
}

#[test]
fn promises_stand_beside_the_plan_with_the_reason_of_each_difference() {
    let (programme, mut plan, _) = small();
    plan.openings = ["P00001", "P00002", "P00004"]
        .into_iter()
        .zip([1, 2, 3])
        .map(|(site, period)| Opening {
            site: site.to_owned(),
            package: "factories".to_owned(),
            period,
            ..Opening::default()
        })
        .collect();
    // P00001 is new, P00002 stays, P00004 was promised for 2024, P00007 has failed.
    plan.question.replan = Some(data::promises(&plan, "P00007"));
    let page = page(&programme, &plan, None);
    let shown = read(&page, "promises");
    insta::assert_snapshot!(shown);
    assert!(shown.contains(
        "3 sites were promised, and 1 of them stays as promised. 1 change of 3 allowed, 1 new, 1 by what happened."
    ));
    assert!(page.contains(
        "3 sites were promised before. What was promised and has begun by 2025 stays, and nothing else begins by then. Of the \
         sites, 1 has failed. At most 3 promised sites may get another schedule, or none."
    ));
    assert_eq!(shown.matches("Changed: the plan gives").count(), 1);
    // Which sites may open when is bound by promises.
    assert!(!page.contains("none bound to a year"));
    // Prices are those of a question; a long list is folded.
    let replan = plan.question.replan.as_mut().unwrap();
    (replan.changes, replan.price, replan.begun_by) = (None, Some(150_500), 0);
    let more = (0..70).map(|at| Opening {
        site: format!("X{at}"),
        package: "factories".to_owned(),
        period: 1,
        ..Opening::default()
    });
    plan.openings.extend(more);
    let page = super::prices_and_promises::page(&programme, &plan, None);
    assert!(page.contains("Each changed promise counts 150.5 person-km in the value."));
    assert!(page.contains("<summary>All 73 sites that differ</summary>"));
    assert!(!page.contains("has begun by"));
}

#[test]
fn a_plan_of_a_later_goal_says_which_and_what_it_holds() {
    let (mut programme, mut plan, _) = small();
    let objective = serde_json::json!({
        "goal": "distance", "tolerance_percent": 12, "then": [{"goal": "self-sufficiency"}]
    });
    programme.settings.objective = serde_json::from_value(objective).unwrap();
    plan.question.goal = Some(Goal::SelfSufficiency);
    plan.question.held = vec![Held { goal: Goal::Distance, value: 21_056_000 }];
    let scale = programme.settings.scale_of(Goal::Distance);
    plan.question.held[0].value *= i128::from(scale);
    let held = page(&programme, &plan, None).replace('\u{a0}', " ");
    assert!(held.contains(
        "This is goal 2 of 2, \u{201c}self-sufficiency\u{201d}. Held: goal 1, \u{201c}distance\u{201d} (the smallest sum of each \
         person\u{2019}s distance to the nearest open site), at most 21,056 person-km, added up over all years and kinds."
    ));
    assert!(held.contains("Sought: the most units that people get in their own place"));
    // A number beyond all sense is shown, not a fault.
    plan.question.held = vec![Held { goal: Goal::SelfSufficiency, value: i128::MIN }];
    assert!(page(&programme, &plan, None).contains("at least \u{2212}"));
    plan.question.goal = Some(Goal::Distance);
    plan.question.held.clear();
    let first = page(&programme, &plan, None);
    assert!(
        first
            .contains("This is goal 1 of 2, \u{201c}distance\u{201d}; later goals are left aside.")
    );
    assert!(!first.contains("Held:"));
}

#[test]
fn a_comparison_is_in_the_unit_of_its_own_goal() {
    let (programme, mut plan, _) = small();
    let taken = data::plan(&programme, Order::Taken, "order taken");
    plan.question.goal = Some(Goal::Coverage);
    let mut comparison = data::comparison(&programme.populations(), &[&taken]);
    comparison.bound = 5_000_000;
    let page = text(html(&ReportInput {
        others: &[&taken],
        comparison: Some(&comparison),
        ..bare(&programme, &plan)
    }));
    assert!(page.replace('\u{a0}', " ").contains(
        "None that does can have a value better than 5,000 person-km, added up over all years and kinds."
    ));
}
