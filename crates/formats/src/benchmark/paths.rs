//! Shortest paths between all nodes of an undirected graph.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Is an edge between two nodes, numbered from 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) length: u64,
}

/// Names a pair of nodes without a distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoDistance {
    /// No path joins them.
    Unconnected(u32, u32),
    /// The shortest path is longer than 32 bits hold.
    TooLong(u32, u32),
}

/// Returns the distances of all pairs, row by row, or the first pair that has none.
///
/// One search from each node: graphs of the field have few edges, and then this beats the n^3 of Floyd.
pub(super) fn distances(nodes: u32, edges: &[Edge]) -> Result<Vec<u32>, NoDistance> {
    let neighbours = neighbours(nodes, edges);
    let mut search = Search::new(neighbours.len());
    let mut distances = Vec::new();
    for from in 0..nodes {
        search.run(&neighbours, from);
        for (to, &distance) in (0..).zip(&search.distances) {
            let distance = u32::try_from(distance).map_err(|_| match distance {
                UNREACHED => NoDistance::Unconnected(from, to),
                _ => NoDistance::TooLong(from, to),
            })?;
            distances.push(distance);
        }
    }
    Ok(distances)
}

/// Is longer than any path: edges fit 32 bits, and so does their number.
const UNREACHED: u64 = u64::MAX;

/// Holds, for each node, where its edges lead and how long they are.
type Neighbours = Vec<Vec<(u32, u64)>>;

fn neighbours(nodes: u32, edges: &[Edge]) -> Neighbours {
    let mut neighbours = vec![Vec::new(); nodes as usize];
    for edge in edges {
        neighbours[edge.from as usize].push((edge.to, edge.length));
        neighbours[edge.to as usize].push((edge.from, edge.length));
    }
    neighbours
}

/// Searches from one node after another in the same memory (Dijkstra 1959).
struct Search {
    distances: Vec<u64>,
    queue: BinaryHeap<Reverse<(u64, u32)>>,
}

impl Search {
    fn new(nodes: usize) -> Self {
        Self { distances: vec![UNREACHED; nodes], queue: BinaryHeap::new() }
    }

    fn run(&mut self, neighbours: &Neighbours, from: u32) {
        self.distances.fill(UNREACHED);
        self.reach(from, 0);
        while let Some(Reverse((distance, node))) = self.queue.pop() {
            // An entry that a shorter path has overtaken stays in the queue until here.
            if distance > self.distances[node as usize] {
                continue;
            }
            for &(neighbour, length) in &neighbours[node as usize] {
                self.reach(neighbour, distance + length);
            }
        }
    }

    fn reach(&mut self, node: u32, distance: u64) {
        let known = &mut self.distances[node as usize];
        if distance < *known {
            *known = distance;
            self.queue.push(Reverse((distance, node)));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn edge(from: u32, to: u32, length: u64) -> Edge {
        Edge { from, to, length }
    }

    #[test]
    fn a_path_of_three_edges_beats_a_long_edge() {
        let edges = [edge(0, 1, 1), edge(1, 2, 1), edge(2, 3, 1), edge(0, 3, 4)];
        let expected = [0, 1, 2, 3, 1, 0, 1, 2, 2, 1, 0, 1, 3, 2, 1, 0];
        assert_eq!(distances(4, &edges).unwrap(), expected);
    }

    #[test]
    fn pairs_without_distance_are_named() {
        assert_eq!(distances(3, &[edge(0, 2, 1)]), Err(NoDistance::Unconnected(0, 1)));
        let long = u64::from(u32::MAX);
        let edges = [edge(0, 1, long), edge(1, 2, 1)];
        assert_eq!(distances(3, &edges), Err(NoDistance::TooLong(0, 2)));
    }

    proptest! {
        /// Floyd's method, three loops that share nothing with the search, finds the same.
        #[test]
        fn the_distances_are_those_of_floyd(lengths in prop::collection::vec(prop::option::of(0_u64..50), 36)) {
            let pairs = || (0..6_u32).flat_map(|i| (0..6_u32).map(move |j| (i, j)));
            let edges: Vec<Edge> = pairs().zip(&lengths)
                .filter_map(|((i, j), length)| Some(edge(i, j, (*length)?)).filter(|_| i != j))
                .collect();
            let mut floyd = [[UNREACHED / 4; 6]; 6];
            for edge in &edges {
                let (i, j) = (edge.from as usize, edge.to as usize);
                floyd[i][j] = floyd[i][j].min(edge.length);
                floyd[j][i] = floyd[i][j].min(floyd[j][i]);
                floyd[i][j] = floyd[j][i];
            }
            for k in 0..6 {
                floyd[k][k] = 0;
                for i in 0..6 {
                    for j in 0..6 {
                        floyd[i][j] = floyd[i][j].min(floyd[i][k] + floyd[k][j]);
                    }
                }
            }
            match distances(6, &edges) {
                Ok(found) => prop_assert!(found.iter().zip(floyd.iter().flatten()).all(|(&a, &b)| u64::from(a) == b)),
                Err(none) => prop_assert!(floyd.iter().flatten().any(|&d| d >= UNREACHED / 4), "{:?}", none),
            }
        }
    }
}
