//! From shares to a choice: sites that are open in part become sites that are open, evenly in space.
//!
//! The sites with the largest shares are a poor choice where neighbours are nearly alike: one place has several of
//! them and another none, though both have one whole together. So the site with the largest share opens and takes
//! what it misses to one whole from the nearest ones, then the site with the largest share that is left, and so on
//! (clusters of fractional facilities around likely ones, as roundings of linear programs form them: Charikar, Guha,
//! Tardos, Shmoys, Journal of Computer and System Sciences 65, 2002). Which of these sites are open in the period
//! before is found in the same way among them, for what is open stays open.
//!
//! Cost: for each opening and period a search for its nearest neighbours, about the logarithm of the number of sites.

use std::collections::BinaryHeap;

use crate::engine::feasible_choice;
use crate::instance::Instance;
use crate::space::Space;
use crate::start::Offer;

/// How much the shares themselves count beside the choice, where rules leave something open.
const BESIDE: f64 = 1e-3;
/// Neighbours that a site asks for what it misses, at first and at most.
const ASKED: usize = 16;
const ASKED_MAX: usize = 512;
/// A site that misses no more than this is whole.
const WHOLE: f64 = 1e-6;

/// Is a site that stands for parts of some around it.
struct Piece {
    site: u32,
    /// How far they are open in each period, all together.
    shares: Vec<f64>,
}

/// Returns the choice that agrees most with others and lies as evenly, given the share of them in which each site was
/// open in each period (site-major); `None` where sites are paid for or no such choice keeps the rules.
pub(crate) fn in_common(instance: &Instance, shares: Vec<f64>) -> Option<Vec<usize>> {
    if instance.candidates.iter().any(|site| site.opening_cost > 0.0) {
        return None;
    }
    let mut worth = evenly(instance, shares);
    for row in worth.chunks_mut(instance.periods) {
        let mut later = 0.0;
        for share in row.iter_mut().rev() {
            later -= *share;
            *share = later;
        }
    }
    feasible_choice(instance, &worth)
}

/// Returns shares that are 1 where a site is open in a choice that lies as evenly as the shares given, and next to
/// nothing elsewhere; site-major. As they were where it is not known who is near whom.
fn evenly(instance: &Instance, mut shares: Vec<f64>) -> Vec<f64> {
    let Some(space) = &instance.space else { return shares };
    let periods = instance.periods;
    let rows = (0..).zip(shares.chunks(periods));
    let open = rows.filter(|(_, row)| row.iter().any(|&share| share > 0.0));
    let mut pieces: Vec<Piece> =
        open.map(|(site, row)| Piece { site, shares: row.to_vec() }).collect();
    shares.iter_mut().for_each(|share| *share *= BESIDE);
    for period in (0..periods).rev() {
        let quota = instance.quotas[..=period].iter().map(|&quota| quota as usize).sum();
        pieces = gathered(instance, space, pieces, (period, quota));
        for piece in &pieces {
            shares[piece.site as usize * periods + period] = 1.0;
        }
    }
    shares
}

/// Gathers pieces into so many, each one whole in a period, around the likeliest ones.
fn gathered(
    instance: &Instance,
    space: &Space,
    pieces: Vec<Piece>,
    (period, quota): (usize, usize),
) -> Vec<Piece> {
    let all: f64 = pieces.iter().map(|piece| piece.shares[period]).sum();
    if pieces.len() <= quota || all <= 0.0 {
        return pieces;
    }
    let members: Vec<u32> =
        pieces.iter().map(|piece| instance.members[piece.site as usize]).collect();
    let among = space.among(&members);
    let near = |at: usize, most: usize| among.nearest(at as u32, most);
    let whole = pieces.iter().map(|piece| piece.shares[period] * quota as f64 / all);
    let mut pot = Pot::new(whole.collect(), near);
    let piece = |(at, parts): (usize, Vec<(usize, f64)>)| {
        let mut shares = vec![0.0; pieces[at].shares.len()];
        for (of, part) in parts {
            let sums = shares.iter_mut().zip(&pieces[of].shares);
            sums.for_each(|(sum, share)| *sum += part * share);
        }
        Piece { site: pieces[at].site, shares }
    };
    std::iter::from_fn(|| pot.next().map(piece)).take(quota).collect()
}

/// Holds what is left of sites that are open in part while whole ones are made of them.
pub(crate) struct Pot<F> {
    /// What each was, and what is left of it, as a share of one whole.
    whole: Vec<f64>,
    left: Vec<f64>,
    is_open: Vec<bool>,
    /// What was left of each when last looked at: never less than now.
    offers: BinaryHeap<Offer>,
    /// Returns so many neighbours of a site, nearest first.
    near: F,
}

impl<F: Fn(usize, usize) -> Vec<u32>> Pot<F> {
    pub(crate) fn new(whole: Vec<f64>, near: F) -> Self {
        let offers = whole.iter().enumerate().map(|(site, &gain)| Offer { gain, site });
        let (offers, is_open) = (offers.collect(), vec![false; whole.len()]);
        Self { offers, left: whole.clone(), is_open, whole, near }
    }

    /// Makes the site whole of which most is left: returns it, with what part of which sites it takes.
    pub(crate) fn next(&mut self) -> Option<(usize, Vec<(usize, f64)>)> {
        let at = self.likeliest()?;
        let (mut parts, mut missing) = (Vec::new(), 1.0);
        self.take(at, &mut missing, &mut parts);
        let mut asked = ASKED;
        while missing > WHOLE && asked <= ASKED_MAX {
            for other in (self.near)(at, asked) {
                self.take(other as usize, &mut missing, &mut parts);
            }
            asked *= 2;
        }
        // It opens once, however much of it was there.
        self.left[at] = 0.0;
        self.is_open[at] = true;
        Some((at, parts))
    }

    fn likeliest(&mut self) -> Option<usize> {
        loop {
            let Offer { gain, site } = self.offers.pop()?;
            if self.is_open[site] {
                continue;
            }
            if gain <= self.left[site] {
                return Some(site);
            }
            self.offers.push(Offer { gain: self.left[site], site });
        }
    }

    /// Takes of a site what is missing, or what is left of it.
    fn take(&mut self, of: usize, missing: &mut f64, parts: &mut Vec<(usize, f64)>) {
        let part = self.left[of].min(*missing);
        if part > 0.0 {
            self.left[of] -= part;
            *missing -= part;
            parts.push((of, part / self.whole[of]));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::instance::examples::square;
    use crate::random::Random;

    /// Returns shares that rise with the periods and add up to the openings of each.
    fn random_shares(instance: &Instance, random: &mut Random) -> Vec<f64> {
        let (sites, periods) = (instance.candidates.len(), instance.periods);
        let mut shares = vec![0.0; sites * periods];
        for (period, quota) in (0..).zip(&instance.quotas) {
            let parts: Vec<usize> =
                (0..sites).map(|_| random.below(20).saturating_sub(14)).collect();
            let all = parts.iter().sum::<usize>().max(1);
            for (site, part) in parts.into_iter().enumerate() {
                let share = f64::from(*quota) * part as f64 / all as f64;
                (period..periods).for_each(|later| shares[site * periods + later] += share);
            }
        }
        shares
    }

    #[test]
    fn as_many_sites_are_open_as_there_are_openings_and_none_closes_again() {
        for seed in 0..20 {
            let (instance, _) = square(seed, 200, (1 + seed as usize % 4, 3));
            let shares = random_shares(&instance, &mut Random::new(seed));
            let even = evenly(&instance, shares.clone());
            for period in 0..instance.periods {
                let open = even.iter().skip(period).step_by(instance.periods);
                let open = open.filter(|&&share| share == 1.0).count();
                assert_eq!(open, 3 * (period + 1), "{seed}, period {period}");
            }
            for (row, given) in even.chunks(instance.periods).zip(shares.chunks(instance.periods)) {
                assert!(row.is_sorted());
                let was_shut = given.iter().all(|&share| share == 0.0);
                assert!(!was_shut || row.iter().all(|&share| share == 0.0));
            }
        }
    }

    #[test]
    fn a_place_with_one_whole_has_one_site_however_many_share_it() {
        // Two towns far apart: one site of the first is likelier than any of the four of the second.
        let towns = [(0, 0), (10, 0), (5_000, 0), (5_010, 0), (5_000, 10), (5_010, 10)];
        let (instance, _) = square(1, towns.len(), (1, 2));
        let at: Arc<[(i64, i64)]> = towns.into();
        let rounding = groundwork_model::field::Rounding::Floor;
        let space = Space::plane(at.clone(), at, 1, rounding);
        let instance = Instance { space: Some(Arc::new(space)), ..instance };
        let even = evenly(&instance, vec![0.55, 0.45, 0.26, 0.25, 0.25, 0.24]);
        let open: Vec<usize> = (0..towns.len()).filter(|&site| even[site] == 1.0).collect();
        assert_eq!(open, [0, 2]);
    }
}
