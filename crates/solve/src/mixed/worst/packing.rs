//! Whole places packed into sites with room, so that the farthest goes little.
//!
//! The places with most people come first, each to the site that they fill best, with a search that goes back where one
//! has no room left. The search is of limited length: it finds no best packing, but one that is good.

/// Is a place with people, and the sites to which they may go, nearest first, with metres.
pub(super) struct Item {
    pub(super) place: u32,
    pub(super) persons: u64,
    pub(super) sites: Vec<(u32, u32)>,
}

/// Is the site of each item, where there is one, and the work that it took.
pub(super) type Packed = (Vec<Option<u32>>, u64);

/// Steps of one search.
const STEPS_MAX: u64 = 2_000;

/// Packs all items, the farthest going as little as is found, and no less than so many metres.
pub(super) fn nearest(items: &[Item], rooms: &[u64], least: u32) -> Option<Packed> {
    let mut work = 0;
    let mut packed = |most: u32| {
        let (sites, looked) = within(items, rooms, most);
        work += looked;
        sites.map(|sites| (farthest(items, &sites), sites))
    };
    let mut best = packed(least);
    if best.is_none() {
        best = packed(u32::MAX);
        let mut low = least;
        while let Some(high) = best.as_ref().map(|best| best.0).filter(|&high| high > low + 1) {
            let middle = u32::midpoint(low, high);
            match packed(middle) {
                Some(better) => best = Some(better),
                None => low = middle,
            }
        }
    }
    best.map(|(_, sites)| (sites.into_iter().map(Some).collect(), work))
}

/// Packs what has room, the largest first.
pub(super) fn some(items: &[Item], rooms: &[u64]) -> Packed {
    let mut rooms = rooms.to_vec();
    let mut sites = vec![None; items.len()];
    for at in by_size(items) {
        let fitting = options(&items[at], &rooms, u32::MAX);
        sites[at] = fitting.first().copied();
        if let Some(site) = sites[at] {
            rooms[site as usize] -= items[at].persons;
        }
    }
    (sites, items.len() as u64)
}

fn farthest(items: &[Item], sites: &[u32]) -> u32 {
    let way = |(item, site): (&Item, &u32)| {
        item.sites.iter().find(|(other, _)| other == site).map_or(0, |&(_, metres)| metres)
    };
    items.iter().zip(sites).map(way).max().unwrap_or(0)
}

fn by_size(items: &[Item]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|&at| (u64::MAX - items[at].persons, at));
    order
}

/// Lists the sites where an item has room, those first that it fills best.
fn options(item: &Item, rooms: &[u64], most: u32) -> Vec<u32> {
    let near = item.sites.iter().take_while(|&&(_, metres)| metres <= most);
    let fits = |&&(site, _): &&(u32, u32)| rooms[site as usize] >= item.persons;
    let mut sites: Vec<(u64, u32)> =
        near.filter(fits).map(|&(site, _)| (rooms[site as usize], site)).collect();
    // Of equals the nearest.
    sites.sort_by_key(|&(room, _)| room);
    sites.into_iter().map(|(_, site)| site).collect()
}

/// Looks for a packing of all items within so many metres; also returns the work of it.
fn within(items: &[Item], rooms: &[u64], most: u32) -> (Option<Vec<u32>>, u64) {
    let order = by_size(items);
    let mut rooms = rooms.to_vec();
    let mut sites = vec![0; items.len()];
    // What may still be tried of each item that is packed, and of the next.
    let mut open: Vec<Vec<u32>> = Vec::new();
    let mut work = 0;
    for _ in 0..STEPS_MAX.max(items.len() as u64 + 1) {
        let Some(&next) = order.get(open.len()) else { return (Some(sites), work) };
        let mut tries = options(&items[next], &rooms, most);
        tries.reverse();
        work += items[next].sites.len() as u64;
        open.push(tries);
        if !advance(items, &order, &mut open, (&mut sites, &mut rooms)) {
            return (None, work);
        }
    }
    (None, work)
}

/// Packs the last item that has something left to try, taking back those behind it; returns whether there is one.
fn advance(
    items: &[Item],
    order: &[usize],
    open: &mut Vec<Vec<u32>>,
    (sites, rooms): (&mut [u32], &mut [u64]),
) -> bool {
    while let Some(last) = open.len().checked_sub(1) {
        let at = order[last];
        if let Some(site) = open[last].pop() {
            sites[at] = site;
            rooms[site as usize] -= items[at].persons;
            return true;
        }
        open.pop();
        if let Some(before) = last.checked_sub(1).map(|before| order[before]) {
            rooms[sites[before] as usize] += items[before].persons;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Persons, and sites with metres.
    type Row<'a> = (u64, &'a [(u32, u32)]);

    fn items(rows: &[Row<'_>]) -> Vec<Item> {
        let rows = (0..).zip(rows);
        let item =
            |(place, row): (u32, &Row<'_>)| Item { place, persons: row.0, sites: row.1.to_vec() };
        rows.map(item).collect()
    }

    #[test]
    fn the_farthest_goes_as_little_as_the_rooms_allow() {
        // 5 fits site 0 alone; then 3 and 2 share site 1, and 2 goes 9 m there.
        let items = items(&[(3, &[(0, 1), (1, 4)]), (5, &[(0, 2)]), (2, &[(0, 3), (1, 9)])]);
        let (sites, _) = nearest(&items, &[5, 5], 2).unwrap_or_default();
        assert_eq!(sites, [Some(1), Some(0), Some(1)]);
        assert_eq!(farthest(&items, &[1, 0, 1]), 9);
        // With room for seven 2 stays nearer.
        let (sites, _) = nearest(&items, &[7, 5], 2).unwrap_or_default();
        assert_eq!(sites, [Some(1), Some(0), Some(0)]);
    }

    #[test]
    fn a_search_goes_back_where_the_first_choice_leaves_no_room() {
        // 4 fills site 0 best, which leaves 3 only site 1, where it has no room.
        let items = items(&[(4, &[(0, 1), (1, 2)]), (3, &[(0, 3)])]);
        let (sites, _) = nearest(&items, &[4, 5], 0).unwrap_or_default();
        assert_eq!(sites, [Some(1), Some(0)]);
        assert!(nearest(&items, &[4, 3], 0).is_none());
        assert_eq!(some(&items, &[4, 3]).0, [Some(0), None]);
    }
}
