//! OR-Library p-median files: `n edges p`, then a line `i j cost` for each edge of a graph. The cost
//! between two nodes is that of the shortest path.

use std::collections::BTreeMap;

use groundwork_model::field::Costs;
use groundwork_model::problem::Code;

use super::Stated;
use super::exact::{self, Amount};
use super::paths;
use super::refusals::Refusals;
use super::text::{Line, lines};

/// Most nodes, whose distances are held in a table of 400 MB.
const NODES_MAX: u64 = 10_000;

/// Is the first line.
struct Heading {
    nodes: u32,
    edges: u32,
    p: u64,
    row: u32,
}

/// Holds the edges by their smaller and larger node.
type Edges = BTreeMap<(u32, u32), Amount>;

/// Reads the graph and the distances along it.
pub(super) fn read(text: &str, refusals: &mut Refusals<'_>) -> Option<Stated> {
    let mut lines = lines(text);
    let heading = heading(lines.next()?, refusals)?;
    let edges = edges(lines, &heading, refusals);
    if refusals.refused() {
        return None;
    }
    let (costs, scale) = costs(heading.nodes, &edges, refusals)?;
    let weights = vec![1; heading.nodes as usize];
    let p = Some((heading.p, heading.row));
    Some(Stated { p, ..Stated::clients_are_sites(weights, costs, scale) })
}

fn heading(line: Line<'_>, refusals: &mut Refusals<'_>) -> Option<Heading> {
    let [nodes, edges, p] = line.fields(["n", "edges", "p"], refusals)?;
    let nodes = refusals.whole(nodes, "n", 1..=NODES_MAX);
    let edges = refusals.whole(edges, "edges", 0..=u64::from(u32::MAX));
    let p = refusals.whole(p, "p", 0..=u64::MAX);
    Some(Heading {
        nodes: u32::try_from(nodes?).ok()?,
        edges: u32::try_from(edges?).ok()?,
        p: p?,
        row: line.row,
    })
}

/// Reads the edges; where one is written again, the last cost counts.
fn edges<'t>(
    lines: impl Iterator<Item = Line<'t>>,
    heading: &Heading,
    refusals: &mut Refusals<'_>,
) -> Edges {
    let mut edges = Edges::new();
    let (mut read, mut row) = (0, heading.row);
    for line in lines {
        if read == heading.edges {
            let cause = format!("the file goes on behind the last edge, number {read}");
            refusals.line(Code::BenchmarkTrailing, line.row, cause);
            return edges;
        }
        read += 1;
        row = line.row;
        edges.extend(edge(line, heading.nodes, refusals));
    }
    if read < heading.edges {
        let cause = format!("the file ends after {read} of its {} edges", heading.edges);
        refusals.line(Code::BenchmarkCount, row, cause);
    }
    edges
}

fn edge(line: Line<'_>, nodes: u32, refusals: &mut Refusals<'_>) -> Option<((u32, u32), Amount)> {
    let [i, j, cost] = line.fields(["i", "j", "cost"], refusals)?;
    let (from, to) = (refusals.node(i, "i", nodes), refusals.node(j, "j", nodes));
    let cost = refusals.amount(cost, "cost");
    let (from, to) = (from?, to?);
    if from == to {
        refusals.word(Code::BenchmarkNode, j, "j", "is the node at which the edge begins");
        return None;
    }
    Some(((from.min(to), from.max(to)), cost?))
}

/// Returns the distance of every pair of nodes, and their scale.
fn costs(nodes: u32, edges: &Edges, refusals: &mut Refusals<'_>) -> Option<(Costs, u64)> {
    let places = exact::places(edges.values());
    let amounts: Vec<Amount> = edges.values().copied().collect();
    let lengths = exact::scaled(&amounts, places, u64::from(u32::MAX), "cost", refusals);
    if refusals.refused() {
        return None;
    }
    let zero_based = |&(from, to): &(u32, u32)| (from - 1, to - 1);
    let edges: Vec<paths::Edge> = edges
        .keys()
        .map(zero_based)
        .zip(lengths)
        .map(|((from, to), length)| paths::Edge { from, to, length })
        .collect();
    match paths::distances(nodes, &edges) {
        Ok(distances) => Some((Costs::Matrix(distances), 10_u64.pow(places))),
        Err(paths::NoDistance::Unconnected(from, to)) => {
            let cause = format!("no path leads from node {} to node {}", from + 1, to + 1);
            refusals.file(Code::BenchmarkUnconnected, cause);
            None
        }
        Err(paths::NoDistance::TooLong(from, to)) => {
            let cause = format!(
                "the shortest path from node {} to node {} is longer than {}",
                from + 1,
                to + 1,
                u32::MAX
            );
            refusals.file(Code::BenchmarkOutOfRange, cause);
            None
        }
    }
}
