//! The same words, published later by somebody of whom nothing says that he carries them.

use std::collections::{BTreeMap, HashMap};

use groundwork_model::evidence::CopyFound;

use super::book::SourceBook;
use super::said::Said;

/// Returns the pairs of sources of which one published the words of the other later, the most passages first.
pub(super) fn copies(book: &SourceBook<'_>) -> Vec<CopyFound> {
    let mut passages: HashMap<u64, Vec<&Said>> = HashMap::new();
    for said in &book.said {
        if let Some(passage) = said.passage {
            passages.entry(passage).or_default().push(said);
        }
    }
    // By who published first and later: how many, and the first of them.
    let mut pairs: BTreeMap<(u32, u32), (u64, &Said, &Said)> = BTreeMap::new();
    for mut of_passage in passages.into_values() {
        of_passage.sort_by_key(|said| (said.published, said.number));
        let first = of_passage[0];
        let mut met = vec![first.source];
        for later in &of_passage[1..] {
            // Of two who published on one day nothing says who came first.
            if later.published == first.published
                || met.contains(&later.source)
                || !book.apart(first.origin, later.origin)
            {
                continue;
            }
            met.push(later.source);
            let pair = pairs.entry((first.source, later.source)).or_insert((0, first, later));
            pair.0 += 1;
            if later.number < pair.2.number {
                (pair.1, pair.2) = (first, later);
            }
        }
    }
    let name = |source: u32| book.sources.all[source as usize].clone();
    let mut found: Vec<CopyFound> = pairs
        .into_iter()
        .map(|((from, by), (passages, first, later))| CopyFound {
            from: name(from),
            by: name(by),
            passages,
            first: first.number,
            later: later.number,
            days: later.published - first.published,
        })
        .collect();
    found.sort_by(|a, b| (b.passages, &a.from, &a.by).cmp(&(a.passages, &b.from, &b.by)));
    found
}
