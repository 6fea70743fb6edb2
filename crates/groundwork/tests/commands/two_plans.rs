//! What people see of `compare` with two plans and of `explain`.

use std::fs;

use groundwork_model::explanation::{Outcome, Rank, Shift, Standing, Within};
use groundwork_model::plan::Sense;
use groundwork_model::rule_frontier::RuleFrontier;
use groundwork_model::{Difference, Explanation, Goal, Opening, Programme, Question, Status};
use groundwork_verify::verify_openings;

use crate::folder::{FOUR, Folder, stderr, stdout};

/// The villages with names in another script.
const NAMED: &str = "id,name,name:ko,lat,lon,population
A,Anju,안주,0,10,400
B,Paektu,백두,0,10.089932,300
C,Chol,철,0,10.197850,200
D,Tok,덕,0,10.449660,150
";

impl Folder {
    /// Plans the villages: B, then D.
    fn villages_planned() -> Self {
        let folder = Self::with(FOUR, NAMED);
        folder.done(&["plan", "p", "--progress", "none"]);
        folder
    }

    /// Scores a list beside the plan.
    fn listed(&self, rows: &str, out: &str) {
        fs::write(self.path("mine.csv"), format!("site,period\n{rows}")).unwrap();
        self.done(&["plan", "p", "--from", "mine.csv", "--out", out, "--progress", "none"]);
    }

    /// Runs what must succeed, and returns what it prints.
    fn done(&self, arguments: &[&str]) -> String {
        let done = self.run(arguments);
        assert_eq!(done.status.code(), Some(0), "{arguments:?}: {}", stderr(&done));
        stdout(&done)
    }

    /// Runs what must end with a code and say something.
    fn refused(&self, arguments: &[&str], code: i32, says: &str) {
        let done = self.run(arguments);
        assert_eq!(done.status.code(), Some(code), "{arguments:?}: {}", stderr(&done));
        assert!(stderr(&done).contains(says), "{arguments:?}: {}", stderr(&done));
    }
}

#[test]
fn two_plans_are_compared() {
    let folder = Folder::villages_planned();
    folder.listed("A,2030\nB,2031\n", "by-size.json");
    let both = ["compare", "p", "p/plans/plan.json", "by-size.json"];
    insta::assert_snapshot!("difference", folder.done(&both));
    let json = folder.done(&[&both[..], &["--json"]].concat());
    let difference: Difference = serde_json::from_str(&json).unwrap();
    assert_eq!(difference.change, 4_500_000);
    assert_eq!(difference.changes.total.net_metres(), 4_500_000);
    let files = ["--svg", "map.svg", "--csv", "places.csv"];
    folder.done(&[&both[..], &files].concat());
    let table = fs::read_to_string(folder.path("places.csv")).unwrap();
    assert!(table.contains("D,Tok,,150,7500000,20000,45000,1,0\n"), "{table}");
    let map = fs::read_to_string(folder.path("map.svg")).unwrap();
    // Four places; signs of three sites and the five of the legend.
    assert_eq!(map.matches("<circle").count(), 4);
    assert_eq!(map.matches("stroke-width=\"0.9\"").count(), 8);
}

/// Returns the cells of the rows of a section of a page, without markup.
fn rows(page: &str, section: &str) -> Vec<Vec<String>> {
    let start = page.find(&format!("<section id=\"{section}\"")).unwrap();
    let section = &page[start..start + page[start..].find("</section>").unwrap()];
    let bare = |cell: &str| {
        let pieces =
            cell.split('<').map(|piece| piece.split_once('>').map_or("", |(_, text)| text));
        pieces.collect::<String>().trim().replace('\u{a0}', " ")
    };
    let cells =
        |row: &str| row.split("<t").skip(1).map(|cell| bare(&format!("<t{cell}"))).collect();
    section.split("<tr>").skip(1).map(|row| cells(row.split("</tr>").next().unwrap())).collect()
}

#[test]
fn a_page_says_what_two_plans_mean() {
    let folder = Folder::villages_planned();
    folder.listed("A,2030\nB,2031\n", "by-size.json");
    folder.done(&["compare", "p", "p/plans/plan.json", "by-size.json", "--html", "page.html"]);
    let page = fs::read_to_string(folder.path("page.html")).unwrap();
    // B, then D: 12,400 and 6,400 person-km; A, then B: 14,900 and 8,400.
    let plans = rows(&page, "plans");
    assert_eq!(
        plans[0],
        ["", "First plan: best order from the start", "Second plan: list made by hand"]
    );
    assert_eq!(plans[1], ["Value", "18,800", "23,300"]);
    assert_eq!(plans[2], ["Bound", "18,800", "18,800"]);
    // 4,500 of 23,300 is 19.3133... per cent, and a gap is never rounded down.
    assert_eq!(plans[3], ["Gap, at most", "0 %", "19.4 %"]);
    assert_eq!(plans[4], ["Status", "\u{2713} proved best", "keeps every rule"]);
    assert!(page.contains("the value is worse by 23.9\u{a0}%"));
    for said in ["8,000 person-km less in all", "12,500 person-km more in all", ">+4,500<"] {
        assert!(page.contains(said), "{said}");
    }
    // What is in one plan only comes first, then what moves.
    assert_eq!(
        rows(&page, "moves")[1..],
        [
            ["TokD", "2031", "never", "\u{25bd} only in the first plan"],
            ["AnjuA", "never", "2030", "\u{25b3} only in the second plan"],
            ["PaektuB", "2030", "2031", "\u{25bc} 1 year later"],
        ]
    );
    let places = rows(&page, "gaining");
    let anju = ["AnjuA", "400", "\u{2212}8,000", "10.0 km", "0.0 km", "2", "2"];
    let tok = ["TokD", "150", "+7,500", "20.0 km", "45.0 km", "1", "0"];
    assert!(places.iter().any(|row| row[..] == anju), "{places:?}");
    assert!(places.iter().any(|row| row[..] == tok), "{places:?}");
    // In 2030 D is 40 km from B, or 50 km from A: 12,400 and 14,900 person-km over 1,050 persons.
    let years = rows(&page, "years");
    let first = ["2030", "900", "700", "11.8 km", "14.2 km", "40.0 km", "50.0 km"];
    assert!(years.iter().any(|row| row[..] == first), "{years:?}");
    let all = years.last().unwrap();
    assert_eq!(all[..], ["All years", "400", "650", "0", "8,000", "12,500", "0", "350"]);
    // One province, none named: no table of provinces.
    assert!(!page.contains("id=\"provinces\""));
    assert!(
        page.contains("groundwork compare . plans/plan.json by-size.json --html difference.html")
    );
    let whole = folder.path("p/plans/plan.json").display().to_string();
    folder.done(&["compare", "p", &whole, "by-size.json", "--html", "page.html"]);
    let page = fs::read_to_string(folder.path("page.html")).unwrap();
    assert!(!page.contains(&whole), "nobody is told where the file lies");
}

#[test]
fn plans_that_cannot_be_compared_are_refused() {
    let folder = Folder::villages_planned();
    folder.listed("A,2030\nB,2031\n", "by-size.json");
    folder.refused(&["compare", "p", "p/plans/plan.json"], 2, "<OTHER>");
    folder.refused(&["compare", "p", "--svg", "map.svg"], 2, "<OTHER>");
    folder.refused(&["compare", "p", "--html", "page.html"], 2, "<OTHER>");
    folder.refused(&["compare", "p", "p/plans/plan.json", "none.json"], 2, "there is no plan");

    // A figure that the checker does not find.
    let plan = fs::read_to_string(folder.path("by-size.json")).unwrap();
    fs::write(folder.path("false.json"), plan.replacen("23300000", "23300001", 1)).unwrap();
    folder.refused(&["compare", "p", "p/plans/plan.json", "false.json"], 3, "V705");

    // The other plan was made for another goal, so from another programme.toml.
    let covering = FOUR.replace("periods", "objective = { goal = \"coverage\" }\nperiods");
    fs::write(folder.path("p/programme.toml"), covering).unwrap();
    folder.done(&["plan", "p", "--progress", "none"]);
    folder.refused(
        &["compare", "p", "p/plans/plan.json", "by-size.json"],
        3,
        "V701 by-size.json: the plan was made from another `programme.toml`",
    );
}

/// The villages under two goals in order, as docs/guide/goals.md works them: the first plan has 18,800 person-km and 750
/// units in the own place, the second 20,800 and 1,000.
#[test]
fn plans_of_two_goals_are_set_side_by_side_under_each() {
    let objective = "objective = { goal = \"distance\", tolerance_percent = 12, then = [{ goal = \"self-sufficiency\" }] }\n\
                     distance = { cut_off_km = 60 }\nperiods";
    let folder = Folder::with(&FOUR.replace("periods", objective), NAMED);
    folder.done(&["plan", "p", "--progress", "none"]);
    let both = ["compare", "p", "p/plans/goal-1.json", "p/plans/plan.json"];
    insta::assert_snapshot!("difference_of_two_goals", folder.done(&both));
    let compared = |first: &str, second: &str| -> Difference {
        let json = folder.done(&["compare", "p", first, second, "--json"]);
        serde_json::from_str(&json).unwrap()
    };
    let there = compared(both[2], both[3]);
    let rows = |difference: &Difference| -> Vec<(Goal, i128, i128)> {
        difference.goals.iter().map(|row| (row.goal, row.before, row.after)).collect()
    };
    let (near, own) = (Goal::Distance, Goal::SelfSufficiency);
    assert_eq!(rows(&there), [(near, 18_800_000, 20_800_000), (own, 750, 1000)]);
    // The second plan was proved best for its own goal, which says nothing of the other.
    assert_eq!((there.change, there.after.bound, there.same_question), (2_000_000, None, false));
    assert_eq!(there.after.status, Status::Feasible);
    let back = compared(both[3], both[2]);
    assert_eq!(rows(&back), [(near, 20_800_000, 18_800_000), (own, 1000, 750)]);
    assert_eq!((back.sense, back.change, back.before.bound), (Sense::Max, -250, Some(1000)));

    folder.done(&[&both[..], &["--html", "page.html"]].concat());
    let page = fs::read_to_string(folder.path("page.html")).unwrap();
    assert!(page.contains("For each goal") && page.contains("self-sufficiency"));
    assert!(page.contains("It was made for the most units that people get in their own place"));
    assert!(page.contains("made for the goal self-sufficiency, the first for distance"), "a note");
}

/// What another goal would ask for, without another programme.
#[test]
fn a_plan_for_another_goal_is_made_and_compared() {
    let folder = Folder::with(FOUR, NAMED);
    folder.done(&["plan", "p", "--progress", "none"]);
    let worst = ["plan", "p", "--goal", "worst-distance", "--out", "worst.json"];
    let said = folder.done(&[&worst[..], &["--progress", "none"]].concat());
    assert!(said.contains("for the goal worst-distance"), "{said}");
    folder.done(&["verify", "p", "worst.json"]);
    let json = folder.done(&["compare", "p", "p/plans/plan.json", "worst.json", "--json"]);
    let difference: Difference = serde_json::from_str(&json).unwrap();
    let rows: Vec<_> =
        difference.goals.iter().map(|row| (row.goal, row.before, row.after)).collect();
    // B, then D: 18,800 person-km, 40 + 12 km at worst; C, then D: 29,000 and 28 + 22.
    let near = (Goal::Distance, 18_800_000, 29_000_000);
    assert_eq!(rows, [near, (Goal::WorstDistance, 52_000, 50_000)]);

    // One more place a year: 400 within reach of their own, and in the second year all.
    let one = ["frontier", "p", "--of", "quota", "--from", "1", "--to", "2", "--step", "1"];
    let json = folder.done(&[&one[..], &["--goal", "coverage", "--json"]].concat());
    let frontier: RuleFrontier = serde_json::from_str(&json).unwrap();
    let values: Vec<_> = frontier.points.iter().map(|point| point.value).collect();
    assert_eq!((frontier.sense, values), (Sense::Max, vec![Some(1_950), Some(2_100)]));
    let own = ["plan", "p", "--goal", "self-sufficiency", "--out", "own.json"];
    folder.done(&[&own[..], &["--progress", "none"]].concat());
    assert!(folder.done(&["verify", "p", "own.json"]).contains("1,100 units"));

    let nothing = ["plan", "p", "--goal", "equity", "--out", "equity.json"];
    folder.refused(&nothing, 3, "--goal: the goal `equity` needs aversion_per_km");
    assert!(!folder.path("equity.json").exists());
    folder.refused(&["plan", "p", "--goal", "speed"], 2, "expected one of distance, coverage");
}

fn explained(folder: &Folder, place: &str, more: &[&str]) -> Explanation {
    let json = folder.done(&[&["explain", place, "p", "--json"][..], more].concat());
    serde_json::from_str(&json).unwrap()
}

/// Returns what a move costs where both ends of the interval meet.
fn cost(explanation: &Explanation, shift: Shift) -> Option<i128> {
    let row = explanation.moves.iter().find(|row| row.shift == shift)?;
    row.cost_most.filter(|most| row.cost_least == Some(*most))
}

#[test]
fn the_four_villages_are_explained_as_worked_by_hand() {
    let folder = Folder::villages_planned();
    // B, then D: 12,400 and 6,400 person-km.
    let first = explained(&folder, "B", &[]);
    assert_eq!(first.standing, Standing::Chosen);
    // Alone nobody serves in 2030; A, then B: 14,900 and 8,400; A, then C: 14,900 and 7,200.
    assert_eq!((first.saving, cost(&first, Shift::Earlier)), (None, None));
    assert_eq!(cost(&first, Shift::Later), Some(4_500_000));
    assert_eq!(cost(&first, Shift::Never), Some(3_300_000));
    // A in its stead 22,300; C 29,000; D first and B second 44,000.
    let exchanges: Vec<(&str, i128)> =
        first.exchanges.rows.iter().map(|row| (row.with.as_str(), row.cost)).collect();
    assert_eq!(exchanges, [("A", 3_500_000), ("C", 10_200_000), ("D", 25_200_000)]);
    assert_eq!(first.pool.otherwise, Within::ProvedNone);
    assert_eq!((first.pool.plans, first.pool.agreed.len()), (1, 2));

    let second = explained(&folder, "덕", &[]);
    assert_eq!((second.site.as_str(), second.saving), ("D", Some(6_000_000)));
    assert_eq!(second.rank, Some(Rank { rank: 1, of: 1 }));
    // D, then B: 37,600 and 6,400. B, then C: 12,400 and 8,200.
    assert_eq!(cost(&second, Shift::Earlier), Some(25_200_000));
    assert_eq!(cost(&second, Shift::Never), Some(1_800_000));
    let serves = &second.serves;
    assert_eq!((serves.len(), serves[0].persons), (1, 150));
    assert_eq!(serves[0].change.metres_gained, 6_000_000);
    assert_eq!(serves[0].change.access_gained, 150);
    let never = second.moves.iter().find(|row| row.shift == Shift::Never).unwrap();
    // C has its own in 2031, 12 km less; D goes 28 km to it.
    let change = never.change.unwrap();
    assert_eq!((change.metres_gained, change.metres_lost), (2_400_000, 4_200_000));
    assert_eq!((never.gain[0].place.as_str(), never.lose[0].place.as_str()), ("C", "D"));

    let third = explained(&folder, "chol", &[]);
    assert_eq!((third.standing, third.site.as_str()), (Standing::NotChosen, "C"));
    assert_eq!((third.moves[0].year, cost(&third, Shift::Opened)), (Some(2031), Some(1_800_000)));
    // With 15 per cent more B, then C counts as nearly as good.
    let wide = explained(&folder, "C", &["--within", "0.15"]);
    assert!(wide.pool.plans >= 2, "{}", wide.pool.plans);
    assert_eq!(wide.pool.otherwise, Within::Yes);
    assert!(wide.pool.agreed.contains(&"B".to_owned()));
    insta::assert_snapshot!("explanation", folder.done(&["explain", "D", "p"]));
}

#[test]
fn a_name_that_means_no_site_or_several_is_refused() {
    let folder = Folder::villages_planned();
    folder.refused(&["explain", "Pektu", "p"], 2, "S804");
    folder.refused(&["explain", "Pektu", "p"], 2, "The nearest spellings are: B (Paektu)");
    let twice = NAMED.replace("Chol", "Paektu");
    fs::write(folder.path("p/places.csv"), twice).unwrap();
    folder.done(&["plan", "p", "--progress", "none"]);
    folder.refused(&["explain", "paektu", "p"], 2, "Name one by its id: B (Paektu), C (Paektu)");
    assert_eq!(explained(&folder, "철", &[]).site, "C");
    // A plan of other files explains nothing.
    fs::write(folder.path("p/places.csv"), NAMED).unwrap();
    folder.refused(&["explain", "B", "p"], 3, "V701");
}

#[test]
fn what_is_settled_is_not_moved() {
    let folder = Folder::villages_planned();
    fs::write(folder.path("p/facilities.csv"), "site\nA\n").unwrap();
    fs::write(folder.path("p/sites.csv"), "id,rule\nC,forbidden\nD,required\n").unwrap();
    let files = "[files]\nsites = \"sites.csv\"\nfacilities = \"facilities.csv\"\n";
    fs::write(folder.path("p/programme.toml"), format!("{FOUR}{files}")).unwrap();
    folder.done(&["plan", "p", "--progress", "none"]);
    for (place, standing) in [("A", Standing::Existing), ("C", Standing::Forbidden)] {
        let explanation = explained(&folder, place, &[]);
        assert_eq!(explanation.standing, standing);
        assert!(explanation.moves.is_empty() && explanation.exchanges.rows.is_empty());
    }
    let required = explained(&folder, "D", &[]);
    let never = required.moves.iter().find(|row| row.shift == Shift::Never).unwrap();
    assert_eq!(never.outcome, Outcome::Impossible);
}

/// Packages, a budget and a floor for random villages.
const MIXED: &str = r#"
packages = [{ id = "big", kinds = ["clinic", "school"], cost = { money = 5 } }, { id = "small", kinds = ["school"], cost = { money = 3 } }]
budgets = [{ resource = "money", amount = 6, carry_over = true }]
floors = [{ by = 2, at_least = 1 }]
"#;

/// Writes random villages on a line and plans them to the end.
fn random(stream: &mut u64, mixed: bool) -> Folder {
    let folder = Folder::empty();
    fs::create_dir(folder.path("p")).unwrap();
    let one = "packages = [{ id = \"clinic\", kinds = [\"clinic\", \"school\"] }]\n";
    let settings = format!(
        "format = 1\nname = \"drawn\"\nperiods = {{ first = 2030, count = 3 }}\nquota = {{ openings = 1 }}\n\
         population = {{ year = 2030, source = \"made up\" }}\ndistance = {{ cut_off_km = 60 }}\n\
         kinds = [{{ id = \"clinic\", reach_km = 12 }}, {{ id = \"school\", reach_km = 8 }}]\n{}",
        if mixed { MIXED } else { one }
    );
    let mut draw = |below: u64| {
        *stream = stream.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (*stream >> 33) % below
    };
    let row = |at: u64| {
        let lon = 10.0 + 0.15 * at as f64 + draw(100) as f64 / 1000.0;
        format!("p{at},Village {at},0,{lon},{}\n", 1 + draw(500))
    };
    let rows: String = (0..5).map(row).collect();
    fs::write(folder.path("p/programme.toml"), settings).unwrap();
    fs::write(folder.path("p/places.csv"), format!("id,name,lat,lon,population\n{rows}")).unwrap();
    folder.done(&["plan", "p", "--gap", "0", "--progress", "none"]);
    folder
}

/// Lists every choice of a package and period, or none, for every place, with its value where it keeps all rules.
fn all_plans(programme: &Programme) -> Vec<(Vec<Opening>, i128)> {
    let mut choices: Vec<Vec<Opening>> = vec![Vec::new()];
    for place in &programme.places {
        let mut grown = choices.clone();
        for package in &programme.settings.packages {
            for period in 1..=programme.settings.periods.count {
                for choice in &choices {
                    let (site, package) = (place.id.clone(), package.id.clone());
                    let year = programme.settings.periods.label(period);
                    let row = Opening { site, package, period, year, ..Opening::default() };
                    grown.push(choice.iter().cloned().chain([row]).collect());
                }
            }
        }
        // More than one opening a period, or three, breaks the quota: no need to ask.
        grown.retain(|choice| {
            let mut periods: Vec<u32> = choice.iter().map(|row| row.period).collect();
            periods.sort_unstable();
            periods.windows(2).all(|pair| pair[0] != pair[1])
        });
        choices = grown;
    }
    let scored = choices.into_iter().filter_map(|choice| {
        let score = verify_openings(programme, &Question::default(), &choice);
        let value = score.value.filter(|_| score.problems.is_empty())?;
        Some((choice, value))
    });
    scored.collect()
}

#[test]
fn the_interval_of_a_move_holds_what_it_truly_costs() {
    let mut stream = 17;
    let (mut moves, mut exact) = (0, 0);
    for drawn in 0..12 {
        let folder = random(&mut stream, drawn % 2 == 1);
        let read = |name: &str| fs::read(folder.path("p").join(name));
        let programme =
            groundwork_formats::read_programme(&mut |name| read(name)).programme.unwrap();
        let plans = all_plans(&programme);
        let best = plans.iter().map(|plan| plan.1).min().unwrap();
        for place in ["p1", "p3"] {
            let explanation = explained(&folder, place, &["--time-limit", "20"]);
            assert!(explanation.plan.value >= best);
            for row in &explanation.moves {
                let opens = |plan: &[Opening]| {
                    plan.iter().find(|row| row.site == place).map(|row| row.period)
                };
                let fits = |plan: &&(Vec<Opening>, i128)| match row.shift {
                    Shift::Opened => opens(&plan.0).is_some(),
                    _ => opens(&plan.0) == row.period,
                };
                let truth = plans.iter().filter(fits).map(|plan| plan.1).min();
                let Some(truth) = truth else {
                    assert_eq!(row.outcome, Outcome::Impossible);
                    continue;
                };
                let truth = truth - explanation.plan.value;
                let (least, most) = (row.cost_least.unwrap(), row.cost_most.unwrap());
                assert!((least..=most).contains(&truth), "{truth} in {least}..={most}");
                moves += 1;
                exact += u32::from(least == most);
            }
            // What is proved of the pool is true of all plans.
            if explanation.pool.otherwise == Within::ProvedNone {
                let own = explanation.steps.first().map(|row| row.period);
                let slack = (explanation.plan.value as f64 * 0.005) as i128;
                let near = plans.iter().filter(|plan| plan.1 <= explanation.plan.value + slack);
                for plan in near {
                    let opens = plan.0.iter().find(|row| row.site == place).map(|row| row.period);
                    assert_eq!(opens, own);
                }
            }
        }
    }
    assert!(moves > 30 && exact * 2 > moves, "{exact} of {moves} exact");
}
