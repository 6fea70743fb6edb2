//! TSPLIB files: a heading of `KEY : value` lines, then one line `number x y` for each node.

use std::collections::BTreeMap;

use groundwork_model::field::{Costs, LatLon};
use groundwork_model::problem::Code;

use super::Stated;
use super::exact::Exact;
use super::flags::DistanceName;
use super::plane;
use super::refusals::Refusals;
use super::text::{Line, Word, lines};

const NODES: &str = "NODE_COORD_SECTION";
const END: &str = "EOF";

/// Says which coordinates the nodes have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Coordinates {
    Plane,
    /// Latitude and longitude as degrees, a point, and minutes.
    Sphere,
}

/// Holds what the lines above the nodes say.
struct Heading {
    dimension: u32,
    coordinates: Coordinates,
}

/// Is a node while the file is read.
struct Node<'t> {
    row: u32,
    x: (Exact, Word<'t>),
    y: (Exact, Word<'t>),
}

/// Reads the nodes.
pub(super) fn read(
    text: &str,
    distance: Option<DistanceName>,
    refusals: &mut Refusals<'_>,
) -> Option<Stated> {
    let mut lines = lines(text);
    let heading = heading(&mut lines, refusals)?;
    check_distance(heading.coordinates, distance, refusals);
    let nodes = nodes(&mut lines, heading.dimension, refusals);
    if let Some(line) = lines.next().filter(|_| !refusals.refused()) {
        let cause = format!("the file goes on behind its {END}");
        refusals.line(Code::BenchmarkTrailing, line.row, cause);
    }
    if refusals.refused() {
        return None;
    }
    let weights = vec![1; nodes.len()];
    let (costs, scale) = match heading.coordinates {
        Coordinates::Sphere => (sphere(&nodes, refusals), 1),
        Coordinates::Plane => {
            let points: Vec<_> = nodes.values().map(|node| (node.x.0, node.y.0)).collect();
            plane::costs(&points, distance.unwrap_or(DistanceName::Floor), refusals)?
        }
    };
    Some(Stated::clients_are_sites(weights, costs, scale))
}

/// Reads the heading up to the line that opens the nodes.
fn heading<'t>(
    lines: &mut impl Iterator<Item = Line<'t>>,
    refusals: &mut Refusals<'_>,
) -> Option<Heading> {
    let mut values: BTreeMap<&str, Line<'t>> = BTreeMap::new();
    let mut opened = false;
    for line in lines {
        let Some((key, value)) = line.text.split_once(':') else {
            opened = line.text == NODES;
            if !opened {
                let cause = format!("the line is neither `KEY : value` nor `{NODES}`");
                refusals.line(Code::BenchmarkHeading, line.row, cause);
            }
            break;
        };
        let (key, value) = (key.trim(), Line { text: value.trim(), row: line.row });
        if key == NODES {
            opened = true;
            break;
        }
        let is_read = ["TYPE", "DIMENSION", "EDGE_WEIGHT_TYPE", "NODE_COORD_TYPE"].contains(&key);
        if values.insert(key, value).is_some() && is_read {
            refusals.line(Code::BenchmarkHeading, line.row, format!("{key} stands here again"));
        }
    }
    check_kind(&values, refusals);
    let dimension = dimension(&values, refusals);
    let coordinates = coordinates(&values, refusals);
    if !opened && !refusals.refused() {
        refusals.file(Code::BenchmarkHeading, format!("the file has no `{NODES}`"));
    }
    Some(Heading { dimension: dimension?, coordinates: coordinates? }).filter(|_| opened)
}

/// Refuses files in which something beside the coordinates counts.
fn check_kind(values: &BTreeMap<&str, Line<'_>>, refusals: &mut Refusals<'_>) {
    for (key, read) in [("TYPE", "TSP"), ("NODE_COORD_TYPE", "TWOD_COORDS")] {
        if let Some(line) = values.get(key)
            && line.words().next().is_none_or(|word| word.text != read)
        {
            let cause = format!("{key} is not {read}, which alone is read");
            refusals.field(Code::BenchmarkHeading, line.row, key, cause);
        }
    }
}

fn dimension(values: &BTreeMap<&str, Line<'_>>, refusals: &mut Refusals<'_>) -> Option<u32> {
    let word = values.get("DIMENSION").and_then(|line| line.words().next());
    let Some(word) = word else {
        refusals.file(Code::BenchmarkHeading, "the heading has no DIMENSION");
        return None;
    };
    refusals.count(word, "DIMENSION")
}

fn coordinates(
    values: &BTreeMap<&str, Line<'_>>,
    refusals: &mut Refusals<'_>,
) -> Option<Coordinates> {
    let word = values.get("EDGE_WEIGHT_TYPE").and_then(|line| line.words().next());
    match word.map(|word| (word, word.text)) {
        Some((_, "EUC_2D" | "CEIL_2D")) => Some(Coordinates::Plane),
        Some((_, "GEO")) => Some(Coordinates::Sphere),
        Some((word, _)) => {
            let what = "is not read; EUC_2D, CEIL_2D and GEO are";
            refusals.word(Code::BenchmarkHeading, word, "EDGE_WEIGHT_TYPE", what);
            None
        }
        None => {
            refusals.file(Code::BenchmarkHeading, "the heading has no EDGE_WEIGHT_TYPE");
            None
        }
    }
}

/// Refuses a distance that does not fit the coordinates. The rounding that the file names is no
/// default: p-median problems on these points are solved with distances cut off. Nor are TSPLIB's own
/// kilometres, which rest on 3.141592.
fn check_distance(
    coordinates: Coordinates,
    distance: Option<DistanceName>,
    refusals: &mut Refusals<'_>,
) {
    let is_geo = distance == Some(DistanceName::Geo);
    let (code, cause) = match (coordinates, distance) {
        (Coordinates::Sphere, None) => (
            Code::FlagMissing,
            "the nodes are on the sphere (GEO): give `geo` for great circles in whole metres; the \
             kilometres of TSPLIB itself are not computed",
        ),
        (Coordinates::Sphere, Some(_)) if !is_geo => {
            (Code::FlagUnfit, "the nodes are on the sphere (GEO); only `geo` fits")
        }
        (Coordinates::Plane, Some(_)) if is_geo => {
            (Code::FlagUnfit, "the nodes are in the plane; `geo` does not fit")
        }
        _ => return,
    };
    refusals.flag(code, "--distance", cause);
}

/// Reads the nodes up to the end, by their numbers.
fn nodes<'t>(
    lines: &mut impl Iterator<Item = Line<'t>>,
    dimension: u32,
    refusals: &mut Refusals<'_>,
) -> BTreeMap<u32, Node<'t>> {
    let mut nodes: BTreeMap<u32, Node<'t>> = BTreeMap::new();
    let mut read = 0;
    for line in lines.take_while(|line| line.text != END) {
        if line.text.ends_with("_SECTION") {
            refusals.line(Code::BenchmarkHeading, line.row, "this section is not read");
            return nodes;
        }
        read += 1;
        let Some((number, node)) = node(line, dimension, refusals) else { continue };
        if let Some(first) = nodes.get(&number) {
            let cause = format!("node {number} stands in row {} already", first.row);
            refusals.field(Code::BenchmarkNode, line.row, "number", cause);
        } else {
            nodes.insert(number, node);
        }
    }
    if read != dimension {
        let missing = (1..=dimension).find(|number| !nodes.contains_key(number));
        let missing = missing.map_or(String::new(), |node| format!("; node {node} is missing"));
        let cause = format!("the file has {read} nodes and DIMENSION {dimension}{missing}");
        refusals.file(Code::BenchmarkCount, cause);
    }
    nodes
}

fn node<'t>(
    line: Line<'t>,
    dimension: u32,
    refusals: &mut Refusals<'_>,
) -> Option<(u32, Node<'t>)> {
    let [number, x, y] = line.fields(["number", "x", "y"], refusals)?;
    let number = refusals.node(number, "number", dimension);
    let (x, y) = (refusals.exact(x, "x").zip(Some(x)), refusals.exact(y, "y").zip(Some(y)));
    Some((number?, Node { row: line.row, x: x?, y: y? }))
}

/// Returns the nodes as places on the sphere.
fn sphere(nodes: &BTreeMap<u32, Node<'_>>, refusals: &mut Refusals<'_>) -> Costs {
    let mut degrees = |(_, word): (Exact, Word<'_>), field: &str, most: f64| {
        let degrees = degrees(word.text);
        if degrees.abs() > most {
            let what = format_args!("is not between {most} degrees below and above zero");
            refusals.word(Code::BenchmarkOutOfRange, word, field, what);
        }
        degrees
    };
    let points = nodes
        .values()
        .map(|node| LatLon { lat: degrees(node.x, "x", 90.0), lon: degrees(node.y, "y", 180.0) });
    Costs::Sphere { points: points.collect() }
}

/// Returns decimal degrees from degrees, a point, and minutes in hundredths: 16.47 is 16 degrees and 47
/// minutes.
fn degrees(text: &str) -> f64 {
    let written: f64 = text.parse().unwrap_or(f64::NAN);
    let whole = written.trunc();
    whole + (written - whole) * 100.0 / 60.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_sixtieths() {
        assert!((degrees("16.47") - (16.0 + 47.0 / 60.0)).abs() < 1e-12);
        assert!((degrees("-6.30") + 6.5).abs() < 1e-12);
        assert_eq!(degrees("96"), 96.0);
    }
}
