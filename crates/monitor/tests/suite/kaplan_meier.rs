//! The counted share against an example from textbooks.

use groundwork_monitor::forecast::KaplanMeier;

/// Weeks of remission of 21 patients given 6-MP (Freireich and others 1963), as worked in Cox and Oakes, Analysis of
/// Survival Data (1984), and Kleinbaum and Klein, Survival Analysis (chapter 2); a plus is false.
const REMISSION: [(f64, bool); 21] = [
    (6.0, true),
    (6.0, true),
    (6.0, true),
    (6.0, false),
    (7.0, true),
    (9.0, false),
    (10.0, true),
    (10.0, false),
    (11.0, false),
    (13.0, true),
    (16.0, true),
    (17.0, false),
    (19.0, false),
    (20.0, false),
    (22.0, true),
    (23.0, true),
    (25.0, false),
    (32.0, false),
    (32.0, false),
    (34.0, false),
    (35.0, false),
];

#[test]
fn remission_under_6_mp_is_that_of_the_textbook() {
    let counted = KaplanMeier::of(&REMISSION);
    let expected = [
        (6.0, 21, 3, 0.8571),
        (7.0, 17, 1, 0.8067),
        (10.0, 15, 1, 0.7529),
        (13.0, 12, 1, 0.6902),
        (16.0, 11, 1, 0.6275),
        (22.0, 7, 1, 0.5378),
        (23.0, 6, 1, 0.4482),
    ];
    assert_eq!(counted.steps().len(), expected.len());
    for (step, (time, at_risk, done, share)) in counted.steps().iter().zip(expected) {
        assert!((step.time - time).abs() < 1e-12);
        assert_eq!((step.at_risk, step.done), (at_risk, done));
        assert!((step.share - share).abs() < 5e-5, "{time}: {}", step.share);
    }
    // The textbook's standard error at 10 weeks is 0.0963.
    let step = counted.steps()[2];
    assert!((step.share * step.relative_variance.sqrt() - 0.0963).abs() < 5e-5);
    assert!((counted.share(5.9) - 1.0).abs() < 1e-12);
    assert!((counted.share(100.0) - 0.4482).abs() < 5e-5);
    assert_eq!(counted.age_at(0.5), Some(23.0));
    assert_eq!(counted.age_at(0.4), None);
}

#[test]
fn nothing_and_nonsense_are_counted_as_nothing() {
    let counted = KaplanMeier::of(&[(f64::NAN, true), (f64::INFINITY, true)]);
    assert!(counted.steps().is_empty());
    assert!((counted.share(1.0) - 1.0).abs() < 1e-12);
}
