//! Benchmark files: what each format means, what is refused, and what is known of real files.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use groundwork_formats::{
    BenchmarkFlags, BenchmarkFormat, DistanceName, ProblemName, read_benchmark, unpack_benchmark,
};
use groundwork_model::field::{Ask, Costs, FieldProblem, FieldSite, LatLon, Rounding};
use groundwork_model::{Code, Problem};

use crate::workspace;

use BenchmarkFormat::{Lonlat, OrlibCap, OrlibPmed, Points, Tsplib, Ufllib};

/// Is a benchmark file that is refused.
pub(crate) struct Broken {
    /// Name of the file.
    pub(crate) name: &'static str,
    /// Its text.
    pub(crate) text: &'static [u8],
    flags: BenchmarkFlags,
    /// Code, row and column of each fault, `-` for what it has not.
    expected: &'static str,
}

impl Broken {
    /// Returns everything that is wrong with the file.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let problems = read_benchmark(self.name, self.text, &self.flags);
        problems.expect_err("a broken file is refused")
    }
}

/// Lists files that are refused; every code of benchmark files occurs.
pub(crate) fn broken() -> Vec<Broken> {
    fn case(
        name: &'static str,
        flags: BenchmarkFlags,
        text: &'static str,
        expected: &'static str,
    ) -> Broken {
        Broken { name, flags, text: text.as_bytes(), expected }
    }
    let pmed = || BenchmarkFlags::new(OrlibPmed);
    let cap = || BenchmarkFlags::new(OrlibCap);
    let ufl = || BenchmarkFlags::new(Ufllib);
    let tsp = || BenchmarkFlags { p: Some(1), ..BenchmarkFlags::new(Tsplib) };
    let points = || BenchmarkFlags { p: Some(1), ..BenchmarkFlags::new(Points) };
    let lonlat = || BenchmarkFlags { p: Some(1), ..BenchmarkFlags::new(Lonlat) };
    vec![
        // Bytes.
        Broken { name: "cut-off.gz", flags: points(), text: b"\x1f\x8b\x08", expected: "E711 - -" },
        case("empty.txt", pmed(), " \n\n", "E102 - -"),
        // A graph.
        case("heading-short.txt", pmed(), "3 2\n1 2 5\n", "E716 1 -"),
        case("no-nodes.txt", pmed(), "0 0 1\n", "E715 1 n"),
        case("too-many-nodes.txt", pmed(), "4000000000 0 1\n", "E715 1 n"),
        case("nan.txt", pmed(), "2 1 1\n1 2 NaN\n", "E712 2 cost"),
        case("endless.txt", pmed(), "2 1 1\n1 2 inf\n", "E712 2 cost"),
        case("below-zero.txt", pmed(), "2 1 1\n1 2 -30\n", "E714 2 cost"),
        case("half-a-node.txt", pmed(), "2 1 1\n1 1.5 30\n", "E713 2 j"),
        case("cost-too-large.txt", pmed(), "2 1 1\n1 2 4294967296\n", "E715 2 cost"),
        case("cost-too-long.txt", pmed(), "2 1 1\n1 2 1234567890123456789\n", "E715 2 cost"),
        case("cost-too-fine.txt", pmed(), "3 2 1\n1 2 4e9\n2 3 0.1\n", "E715 2 cost"),
        case("path-too-long.txt", pmed(), "3 2 1\n1 2 4294967295\n2 3 1\n", "E715 - -"),
        case("edges-missing.txt", pmed(), "3 3 1\n1 2 5\n2 3 5\n", "E716 3 -"),
        case("edges-over.txt", pmed(), "2 1 1\n1 2 5\n2 1 6\n", "E717 3 -"),
        case("node-outside.txt", pmed(), "2 1 1\n1 3 5\n", "E718 2 j"),
        case("node-zero.txt", pmed(), "2 1 1\n0 2 5\n", "E718 2 i"),
        case("loop.txt", pmed(), "2 2 1\n1 2 5\n2 2 5\n", "E718 3 j"),
        case("apart.txt", pmed(), "4 2 1\n1 2 5\n3 4 5\n", "E719 - -"),
        case("p-over-n.txt", pmed(), "2 1 3\n1 2 5\n", "E715 1 p"),
        case("p-zero.txt", pmed(), "2 1 0\n1 2 5\n", "E715 1 p"),
        case(
            "several.txt",
            pmed(),
            "3 3 1\n1 x 5\n1 9 -1\n1 2\n",
            "E712 2 j\nE714 3 cost\nE718 3 j\nE716 4 -",
        ),
        // Points with weights.
        case("weight-below-zero.txt", points(), "0 0 1\n3 4 -1\n", "E714 2 w"),
        case("weight-in-parts.txt", points(), "0 0 0.5\n", "E713 1 w"),
        case("weight-missing.txt", points(), "0 0 1\n3 4\n", "E716 2 -"),
        case("weights-too-large.txt", points(), "0 0 999999999999999\n0 0 2\n", "E715 - -"),
        case("too-fine.txt", points(), "0 0 1\n90000 0.00001 1\n", "E715 - -"),
        // Points of TSPLIB.
        case(
            "no-dimension.tsp",
            tsp(),
            "EDGE_WEIGHT_TYPE : EUC_2D\nNODE_COORD_SECTION\n1 0 0\nEOF\n",
            "E710 - -",
        ),
        case("no-weight-type.tsp", tsp(), "DIMENSION : 1\nNODE_COORD_SECTION\n1 0 0\n", "E710 - -"),
        case(
            "explicit.tsp",
            tsp(),
            "TYPE : ATSP\nDIMENSION : 2\nEDGE_WEIGHT_TYPE : EXPLICIT\nEDGE_WEIGHT_SECTION\n0 1\n1 0\n",
            "E710 1 TYPE\nE710 3 EDGE_WEIGHT_TYPE\nE710 4 -",
        ),
        case("no-nodes.tsp", tsp(), "DIMENSION : 2\nEDGE_WEIGHT_TYPE : EUC_2D\n", "E710 - -"),
        case(
            "dimension-twice.tsp",
            tsp(),
            "DIMENSION : 1\nDIMENSION : 1\nEDGE_WEIGHT_TYPE : EUC_2D\nNODE_COORD_SECTION\n1 0 0\nEOF\n",
            "E710 2 -",
        ),
        case(
            "node-twice.tsp",
            tsp(),
            "DIMENSION : 3\nEDGE_WEIGHT_TYPE : EUC_2D\nNODE_COORD_SECTION\n1 0 0\n2 1 1\n2 5 5\nEOF\n",
            "E718 6 number",
        ),
        case(
            "node-missing.tsp",
            tsp(),
            "DIMENSION : 3\nEDGE_WEIGHT_TYPE : EUC_2D\nNODE_COORD_SECTION\n1 0 0\n3 1 1\nEOF\n",
            "E716 - -",
        ),
        case(
            "behind-the-end.tsp",
            tsp(),
            "DIMENSION : 1\nEDGE_WEIGHT_TYPE : EUC_2D\nNODE_COORD_SECTION\n1 0 0\nEOF\n2 1 1\n",
            "E717 6 -",
        ),
        case(
            "further-section.tsp",
            tsp(),
            "DIMENSION : 1\nEDGE_WEIGHT_TYPE : EUC_2D\nNODE_COORD_SECTION\n1 0 0\nDEMAND_SECTION\n1 5\n",
            "E710 5 -",
        ),
        case(
            "degrees-in-the-plane.tsp",
            BenchmarkFlags { distance: Some(DistanceName::Floor), ..tsp() },
            "DIMENSION : 1\nEDGE_WEIGHT_TYPE : GEO\nNODE_COORD_SECTION\n1 16.47 96.10\nEOF\n",
            "E722 - --distance",
        ),
        case(
            "plane-on-the-sphere.tsp",
            BenchmarkFlags { distance: Some(DistanceName::Geo), ..tsp() },
            "DIMENSION : 1\nEDGE_WEIGHT_TYPE : EUC_2D\nNODE_COORD_SECTION\n1 0 0\nEOF\n",
            "E722 - --distance",
        ),
        case(
            "degrees.tsp",
            tsp(),
            "DIMENSION : 1\nEDGE_WEIGHT_TYPE : GEO\nNODE_COORD_SECTION\n1 16.47 96.10\nEOF\n",
            "E721 - --distance",
        ),
        case(
            "degrees-outside.tsp",
            BenchmarkFlags { distance: Some(DistanceName::Geo), ..tsp() },
            "DIMENSION : 1\nEDGE_WEIGHT_TYPE : GEO\nNODE_COORD_SECTION\n1 116.47 96.10\nEOF\n",
            "E715 4 x",
        ),
        // Warehouses.
        case("ends-early.txt", cap(), "2 1\n10 5\n10 5\n4 1.5\n", "E716 4 -"),
        case("goes-on.txt", cap(), "1 1\n10 5\n4 1.5 7\n", "E717 3 -"),
        case("open-capacity.txt", cap(), "1 1\ncapacity 5\n4 1.5\n", "E721 2 capacity"),
        case(
            "given-capacity.txt",
            BenchmarkFlags { capacity: Some(8), ..cap() },
            "1 1\n10 5\n4 1.5\n",
            "E722 2 capacity",
        ),
        case("no-demand.txt", cap(), "1 1\n10 5\n0 1.5\n", "E715 3 demand"),
        case("demand-in-parts.txt", cap(), "1 1\n10 5\n4.5 1.5\n", "E713 3 demand"),
        case(
            "costs-too-fine.txt",
            cap(),
            "1 1\n10 900000000000\n4 0.0001\n",
            "E715 2 opening cost",
        ),
        // UflLib.
        case("heading-odd.txt", ufl(), "FILE: a\n1 1 7\n1 5 3\n", "E715 2 0"),
        case("heading-only.txt", ufl(), "FILE: a\n", "E716 - -"),
        case("site-short.txt", ufl(), "FILE: a\n1 2 0\n1 5 3\n", "E716 3 -"),
        case("sites-missing.txt", ufl(), "FILE: a\n2 1 0\n1 5 3\n", "E716 - -"),
        case("sites-over.txt", ufl(), "FILE: a\n1 1 0\n1 5 3\n2 5 3\n", "E717 4 -"),
        case("site-number.txt", ufl(), "FILE: a\n2 1 0\n2 5 3\n2 5 3\n", "E718 3 number"),
        // A table.
        case(
            "table.csv",
            lonlat(),
            "id,lon,lat,persons\nA,9.5,47.1,-5\nA,9.6,97.2,x\n",
            "E407 2 persons\nE501 3 id\nE411 3 lat\nE403 3 persons",
        ),
        case("no-persons.csv", lonlat(), "id,lon,lat\nA,9.5,47.1\n", "E304 1 persons"),
        // Flags.
        case("nothing-asked.txt", BenchmarkFlags::new(Points), "0 0 1\n", "E721 - --problem"),
        case(
            "reach-missing.txt",
            BenchmarkFlags { problem: Some(ProblemName::Cover), ..points() },
            "0 0 1\n",
            "E721 - --cover",
        ),
        case(
            "quota-missing.txt",
            BenchmarkFlags { periods: Some(2), ..BenchmarkFlags::new(Points) },
            "0 0 1\n",
            "E721 - --quota",
        ),
        case(
            "p-beside-periods.txt",
            BenchmarkFlags { periods: Some(2), quota: Some(1), ..points() },
            "0 0 1\n",
            "E722 - --p",
        ),
        case(
            "flags-of-others.txt",
            BenchmarkFlags { single: true, capacity: Some(9), exactly: true, ..points() },
            "0 0 1\n",
            "E722 - --capacity\nE722 - --quota-rule\nE722 - --single",
        ),
        case(
            "distance-of-a-graph.txt",
            BenchmarkFlags { distance: Some(DistanceName::Round), ..pmed() },
            "2 1 1\n1 2 5\n",
            "E722 - --distance",
        ),
        case(
            "distance-of-others.txt",
            BenchmarkFlags { distance: Some(DistanceName::Geo), ..points() },
            "0 0 1\n",
            "E722 - --distance",
        ),
        case(
            "zeros.txt",
            BenchmarkFlags { p: Some(0), ..BenchmarkFlags::new(Points) },
            "0 0 1\n",
            "E723 - --p",
        ),
        case(
            "zero-periods.txt",
            BenchmarkFlags { periods: Some(0), quota: Some(0), ..BenchmarkFlags::new(Points) },
            "0 0 1\n",
            "E723 - --periods\nE723 - --quota",
        ),
        case("p-too-large.txt", BenchmarkFlags { p: Some(2), ..points() }, "0 0 1\n", "E723 - --p"),
        case(
            "reach-odd.txt",
            BenchmarkFlags { cover: Some("8 km".to_owned()), ..points() },
            "0 0 1\n",
            "E723 - --cover",
        ),
        case(
            "order-too-short.txt",
            BenchmarkFlags {
                problem: Some(ProblemName::Order),
                periods: Some(1),
                quota: Some(1),
                ..BenchmarkFlags::new(Points)
            },
            "0 0 1\n1 1 1\n",
            "E723 - --quota",
        ),
        case(
            "capacities-asked.txt",
            BenchmarkFlags { problem: Some(ProblemName::Cfl), ..points() },
            "0 0 1\n",
            "E722 - --p\nE724 - --problem",
        ),
        case(
            "both-at-fault.txt",
            BenchmarkFlags { problem: Some(ProblemName::PMedian), ..cap() },
            "1 1\n10 5\n4 x\n",
            "E712 3 cost\nE721 - --p\nE724 - --problem",
        ),
    ]
}

#[test]
fn every_broken_file_shows_its_faults_and_no_others() {
    let shown = |broken: &Broken| -> (&str, String) {
        let found: Vec<String> = broken.problems().iter().map(line).collect();
        (broken.name, found.join("\n"))
    };
    let broken = broken();
    let found: Vec<_> = broken.iter().map(shown).collect();
    let expected: Vec<_> =
        broken.iter().map(|broken| (broken.name, broken.expected.to_owned())).collect();
    for (found, expected) in
        found.iter().zip(&expected).filter(|(found, expected)| found != expected)
    {
        println!("found {found:?}, expected {expected:?}");
    }
    assert!(found == expected);
}

/// Writes a fault as the table does.
fn line(problem: &Problem) -> String {
    let row = problem.row.map_or("-".to_owned(), |row| row.to_string());
    format!("{} {row} {}", problem.code, problem.column.as_deref().unwrap_or("-"))
}

/// Reads a file in which nothing is wrong.
fn sound(text: &str, flags: &BenchmarkFlags) -> FieldProblem {
    read_benchmark("file", text.as_bytes(), flags).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

#[test]
fn a_graph_costs_its_shortest_paths() {
    // The last cost of the edge 1-3 is 7, so the way over 2 is shorter; 0.5 makes tenths the unit.
    let text = " 3 4 2 \n1 2 0.5\n3 1 1\n1 3 7\n2 3 2\n\n";
    let expected = FieldProblem {
        weights: vec![1, 1, 1],
        sites: vec![FieldSite::default(); 3],
        costs: Costs::Matrix(vec![0, 5, 25, 5, 0, 20, 25, 20, 0]),
        ask: Ask::PMedian { p: 2 },
        scale: 10,
    };
    let pmed = || BenchmarkFlags::new(OrlibPmed);
    assert_eq!(sound(text, &pmed()), expected);
    let asks = [
        (BenchmarkFlags { p: Some(3), ..pmed() }, Ask::PMedian { p: 3 }),
        (
            BenchmarkFlags { cover: Some("0.55".to_owned()), ..pmed() },
            Ask::Cover { p: 2, reach: 5 },
        ),
        (BenchmarkFlags { problem: Some(ProblemName::PCentre), ..pmed() }, Ask::PCentre { p: 2 }),
        (
            BenchmarkFlags { periods: Some(2), quota: Some(1), exactly: true, ..pmed() },
            Ask::Rollout { periods: 2, quota: 1, exactly: true },
        ),
    ];
    for (flags, ask) in asks {
        assert_eq!(sound(text, &flags), FieldProblem { ask, ..expected.clone() });
    }
}

#[test]
fn a_lone_node_is_a_graph() {
    let problem = sound("1 0 1\n", &BenchmarkFlags::new(OrlibPmed));
    assert_eq!(problem.costs, Costs::Matrix(vec![0]));
}

#[test]
fn nodes_of_tsplib_are_in_the_order_of_their_numbers() {
    let text = "NAME: three\nCOMMENT : a: b\nTYPE : TSP\nDIMENSION: 3\nEDGE_WEIGHT_TYPE : EUC_2D\n\
                NODE_COORD_SECTION\n2 1.5 -2\n1 2.10461e+03 0\n3 0 0.250\nEOF\n";
    let tsp = BenchmarkFlags { p: Some(2), ..BenchmarkFlags::new(Tsplib) };
    let expected = FieldProblem {
        weights: vec![1, 1, 1],
        sites: vec![FieldSite::default(); 3],
        costs: Costs::Plane {
            points: vec![(210_461, 0), (150, -200), (0, 25)],
            coordinate_scale: 100,
            rounding: Rounding::Floor,
        },
        ask: Ask::PMedian { p: 2 },
        scale: 1,
    };
    assert_eq!(sound(text, &tsp), expected);
    let round = BenchmarkFlags { distance: Some(DistanceName::Round), ..tsp };
    assert!(matches!(sound(text, &round).costs, Costs::Plane { rounding: Rounding::Round, .. }));
}

#[test]
fn geo_nodes_are_degrees_and_minutes() {
    let text = "DIMENSION: 1\nEDGE_WEIGHT_TYPE: GEO\nNODE_COORD_SECTION\n1 16.30 -96.15\n";
    let flags = BenchmarkFlags {
        p: Some(1),
        distance: Some(DistanceName::Geo),
        ..BenchmarkFlags::new(Tsplib)
    };
    let Costs::Sphere { points } = sound(text, &flags).costs else { panic!("not on the sphere") };
    assert!((points[0].lat - 16.5).abs() < 1e-9 && (points[0].lon + 96.25).abs() < 1e-9);
}

#[test]
fn a_warehouse_file_has_capacities_and_costs_of_all_the_demand() {
    // Lines break anywhere, and the whole file has the scale of its finest cost.
    let text = " 2 3 \n 50 7500. \n 60. 12.5\n 4\n 1.25 3\n5 0 1e1 6\n2.50 2\n";
    let expected = FieldProblem {
        weights: vec![4, 5, 6],
        sites: vec![
            FieldSite { opening_cost: 750_000, capacity: Some(50) },
            FieldSite { opening_cost: 1_250, capacity: Some(60) },
        ],
        costs: Costs::Total(vec![125, 300, 0, 1_000, 250, 200]),
        ask: Ask::Cfl { single: false },
        scale: 100,
    };
    let cap = BenchmarkFlags::new(OrlibCap);
    assert_eq!(sound(text, &cap), expected);
    let single = BenchmarkFlags { single: true, ..cap.clone() };
    assert_eq!(sound(text, &single).ask, Ask::Cfl { single: true });
    let word = text.replace("50 7500.", "capacity 7500.").replace("60.", "capacity");
    let given = BenchmarkFlags { capacity: Some(80), ..cap.clone() };
    let capacities: Vec<_> = sound(&word, &given).sites.iter().map(|site| site.capacity).collect();
    assert_eq!(capacities, [Some(80), Some(80)]);
    let ufl = BenchmarkFlags { problem: Some(ProblemName::Ufl), ..cap };
    for text in [text, &word] {
        let problem = sound(text, &ufl);
        assert_eq!((problem.ask, &problem.costs), (Ask::Ufl, &expected.costs));
        assert_eq!(problem.weights, [1, 1, 1]);
        assert!(problem.sites.iter().all(|site| site.capacity.is_none()));
    }
}

#[test]
fn both_layouts_of_ufllib_say_the_same() {
    let simple = "FILE: two.txt\n2 3 0 \n1 30.5 1 2 3 \n2 40 4 5 6 \n";
    let orlib = "2 3\n0 30.5\n0 40\n9\n1 4\n9\n2 5\n9\n3 6\n";
    let ufl = BenchmarkFlags::new(Ufllib);
    let expected = FieldProblem {
        weights: vec![1, 1, 1],
        sites: vec![
            FieldSite { opening_cost: 305, capacity: None },
            FieldSite { opening_cost: 400, capacity: None },
        ],
        costs: Costs::Total(vec![10, 40, 20, 50, 30, 60]),
        ask: Ask::Ufl,
        scale: 10,
    };
    assert_eq!(sound(simple, &ufl), expected);
    assert_eq!(sound(orlib, &ufl), expected);
    let cover = BenchmarkFlags {
        problem: Some(ProblemName::SetCover),
        cover: Some("4.19".to_owned()),
        ..ufl
    };
    assert_eq!(sound(simple, &cover).ask, Ask::SetCover { reach: 41 });
}

#[test]
fn points_have_weights_and_the_flags_say_what_is_asked() {
    let points = || BenchmarkFlags::new(Points);
    let plane =
        |rounding| Costs::Plane { points: vec![(38, 910), (-7, 0)], coordinate_scale: 1, rounding };
    let expected = FieldProblem {
        weights: vec![9, 0],
        sites: vec![FieldSite::default(); 2],
        costs: plane(Rounding::Round),
        ask: Ask::PMedian { p: 1 },
        scale: 1,
    };
    let asks = [
        (BenchmarkFlags { p: Some(1), ..points() }, Ask::PMedian { p: 1 }),
        (
            BenchmarkFlags { p: Some(1), cover: Some("80".to_owned()), ..points() },
            Ask::Cover { p: 1, reach: 80 },
        ),
        (BenchmarkFlags { cover: Some("80".to_owned()), ..points() }, Ask::SetCover { reach: 80 }),
        (
            BenchmarkFlags { periods: Some(10), quota: Some(20), ..points() },
            Ask::Rollout { periods: 10, quota: 20, exactly: false },
        ),
        (
            BenchmarkFlags { problem: Some(ProblemName::Order), ..points() },
            Ask::Rollout { periods: 2, quota: 1, exactly: false },
        ),
    ];
    for (flags, ask) in asks {
        let expected = FieldProblem { ask, ..expected.clone() };
        assert_eq!(sound("38 910 9\n-7 0 0\n", &flags), expected);
    }
}

#[test]
fn euclid_counts_in_thousandths() {
    let flags = BenchmarkFlags {
        p: Some(1),
        cover: Some("5.0005".to_owned()),
        distance: Some(DistanceName::Euclid),
        ..BenchmarkFlags::new(Points)
    };
    let problem = sound("0 0 1\n3 4 1\n", &flags);
    let points = vec![(0, 0), (3_000, 4_000)];
    let costs = Costs::Plane { points, coordinate_scale: 1, rounding: Rounding::Round };
    assert_eq!((problem.costs, problem.scale), (costs, 1_000));
    assert_eq!(problem.ask, Ask::Cover { p: 1, reach: 5_000 });
}

#[test]
fn a_table_is_read_by_its_header() {
    let text = "persons;lat;id;note;lon\n1200;47,1;A;x;9,5\n0;47.25;B;;9.625\n";
    let flags = BenchmarkFlags { p: Some(1), ..BenchmarkFlags::new(Lonlat) };
    let expected = FieldProblem {
        weights: vec![1200, 0],
        sites: vec![FieldSite::default(); 2],
        costs: Costs::Sphere {
            points: vec![LatLon { lat: 47.1, lon: 9.5 }, LatLon { lat: 47.25, lon: 9.625 }],
        },
        ask: Ask::PMedian { p: 1 },
        scale: 1,
    };
    assert_eq!(sound(text, &flags), expected);
}

#[test]
fn packed_files_are_unpacked() {
    let text = b"2 1 1\n1 2 30\n";
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    let packed = encoder.finish().unwrap();
    let flags = BenchmarkFlags::new(OrlibPmed);
    assert_eq!(read_benchmark("a", &packed, &flags), read_benchmark("a", text, &flags));
    assert_eq!(unpack_benchmark("a", &packed).unwrap().as_ref(), text);
    let problems = read_benchmark("a", &packed[..packed.len() - 9], &flags).unwrap_err();
    assert_eq!(problems[0].code, Code::BenchmarkPacked);
}

#[test]
fn a_fault_in_every_word_is_counted_and_not_kept() {
    let text = "x ".repeat(100_000);
    let text = format!("1 100000\n1 1\n{text}");
    let problems = read_benchmark("a", text.as_bytes(), &BenchmarkFlags::new(OrlibCap));
    assert!(problems.unwrap_err().len() < 100);
}

/// Returns the folder of real files: that of `GROUNDWORK_DATA`, else the one beside the workspace.
#[expect(clippy::print_stdout, reason = "a test that is left out says so")]
fn data() -> Option<PathBuf> {
    let named = std::env::var_os("GROUNDWORK_DATA").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| workspace().join("../shared/bench"));
    let found = folder.join("pmed").is_dir().then_some(folder);
    if found.is_none() {
        println!("skipped: set GROUNDWORK_DATA to a folder with pmed/, tsplib/, cap/, ...");
    }
    found
}

/// Reads a real file.
fn real(path: &Path, flags: &BenchmarkFlags) -> FieldProblem {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    read_benchmark(&name, &bytes, flags).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// Sum and maximum of the distances were computed by Floyd's method in another language.
#[test]
fn real_graphs_are_symmetric_and_of_known_size() {
    let Some(data) = data() else { return };
    let known = [
        (1, 100, 5, Some((1_412_252, 299))),
        (6, 200, 5, Some((3_242_986, 198))),
        (18, 400, 40, Some((7_494_756, 141))),
        (30, 600, 200, None),
        (40, 900, 90, None),
    ];
    for (number, n, p, sum_and_most) in known {
        let path = data.join(format!("pmed/pmed{number}.txt"));
        let problem = real(&path, &BenchmarkFlags::new(OrlibPmed));
        assert_eq!((problem.weights.len(), problem.ask), (n, Ask::PMedian { p }));
        let Costs::Matrix(costs) = problem.costs else { panic!("not a matrix") };
        let sum: u64 = costs.iter().copied().map(u64::from).sum();
        let found = (sum, costs.iter().copied().max().unwrap_or(0));
        assert_eq!(sum_and_most.unwrap_or(found), found, "pmed{number}");
        for i in 0..n {
            assert_eq!(costs[i * n + i], 0);
            assert!((0..i).all(|j| costs[i * n + j] == costs[j * n + i]));
        }
    }
}

#[test]
fn real_points_are_as_many_as_known() {
    let Some(data) = data() else { return };
    let known = [
        ("rl1304.tsp", 1_304, 1),
        ("u1432.tsp", 1_432, 1),
        ("pcb3038.tsp", 3_038, 1),
        ("fl3795.tsp", 3_795, 1_000),
        ("usa13509.tsp", 13_509, 1_000),
        ("usa115475.tsp.gz", 115_475, 10_000),
    ];
    for (name, n, scale) in known {
        let flags = BenchmarkFlags { p: Some(10), ..BenchmarkFlags::new(Tsplib) };
        let problem = real(&data.join("tsplib").join(name), &flags);
        let Costs::Plane { points, coordinate_scale, .. } = problem.costs else {
            panic!("not in the plane")
        };
        assert_eq!((points.len(), coordinate_scale), (n, scale), "{name}");
        // The distance `euclid` fits as well.
        let euclid = BenchmarkFlags { distance: Some(DistanceName::Euclid), ..flags };
        real(&data.join("tsplib").join(name), &euclid);
    }
    let flags =
        BenchmarkFlags { periods: Some(10), quota: Some(20), ..BenchmarkFlags::new(Points) };
    for (name, n) in [("roll200", 200), ("roll1000", 1_000), ("mclp5000", 5_000)] {
        let problem = real(&data.join(format!("synthetic/{name}.txt")), &flags);
        assert_eq!(problem.weights.len(), n);
    }
}

#[test]
fn real_warehouses_are_of_known_size() {
    let Some(data) = data() else { return };
    let cap = || BenchmarkFlags::new(OrlibCap);
    let capa = BenchmarkFlags { capacity: Some(8_000), ..cap() };
    let ufl = BenchmarkFlags::new(Ufllib);
    let known = [
        ("cap/cap41.txt", cap(), 16, 50, 10_000),
        ("cap/cap134.txt", cap(), 50, 50, 10_000),
        ("cap/capa.txt", capa, 100, 1_000, 100_000),
        ("ufllib/M/MO1", ufl.clone(), 100, 100, 100_000),
        ("ufllib/M/MR1", ufl.clone(), 500, 500, 1_000_000),
        ("ufllib/GapA/332GapAS.txt", ufl.clone(), 100, 100, 1),
        ("ufllib/KoerkelGhosh-asym-250a/ga250a-1", ufl, 250, 250, 1),
    ];
    for (path, flags, sites, clients, scale) in known {
        let problem = real(&data.join(path), &flags);
        assert_eq!((problem.sites.len(), problem.weights.len()), (sites, clients), "{path}");
        let Costs::Total(costs) = problem.costs else { panic!("not for all of the demand") };
        assert_eq!((costs.len(), problem.scale), (sites * clients, scale), "{path}");
    }
}

/// A proved optimum of UflLib is the cost of its assignment: the last number of the file, with the site
/// of each client, numbered from 0, before it.
#[test]
fn a_known_assignment_of_ufllib_has_its_known_cost() {
    let Some(data) = data() else { return };
    for path in ["Euclid/111EuclS.txt", "KoerkelGhosh-asym-250a/ga250a-1", "M/MO1"] {
        let problem = real(&data.join("ufllib").join(path), &BenchmarkFlags::new(Ufllib));
        let known = fs::read_to_string(data.join(format!("ufllib/{path}.opt"))).unwrap();
        let words: Vec<&str> = known.split_whitespace().collect();
        let (value, assigned) = words.split_last().unwrap();
        let assigned: Vec<usize> = assigned.iter().map(|site| site.parse().unwrap()).collect();
        let Costs::Total(costs) = &problem.costs else { panic!("not for all of the demand") };
        let sites = problem.sites.len();
        let served: u64 =
            assigned.iter().enumerate().map(|(client, site)| costs[client * sites + site]).sum();
        let open: BTreeSet<usize> = assigned.iter().copied().collect();
        let opened: u64 = open.iter().map(|&site| problem.sites[site].opening_cost).sum();
        let found = (served + opened) as f64 / problem.scale as f64;
        let value: f64 = value.parse().unwrap();
        assert!((found - value).abs() < 0.01, "{path}: {found} and {value}");
    }
}
