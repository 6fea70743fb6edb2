//! That no sum of a proof can leave 128 bits, shown once, before anything is added up.

use groundwork_model::{Problem, TreeNode};

use super::{Multipliers, Relaxation, too_large};

/// Holds the longest radius that a client has in a period anywhere in a proof, client by client, as cut
/// down to what the client costs at most.
pub(super) struct Longest {
    periods: usize,
    radii: Vec<u64>,
}

impl Longest {
    /// Looks at multipliers and nodes of the right shape.
    pub(super) fn of(
        relaxation: &Relaxation<'_>,
        root: &Multipliers<'_>,
        nodes: &[TreeNode],
    ) -> Self {
        let (periods, clients) = (relaxation.periods(), relaxation.clients());
        let mut radii = vec![0; periods * clients];
        for (index, row) in root.radii.iter().enumerate() {
            for (client, radius) in row.iter().enumerate() {
                radii[client * periods + index] =
                    relaxation.clip(client, index, *radius, root.shift);
            }
        }
        let changes = nodes.iter().flat_map(|node| node.changed.iter().zip(&node.radii));
        for (changed, radius) in changes {
            let (index, client) = (*changed as usize / clients, *changed as usize % clients);
            let radius = relaxation.clip(client, index, *radius, root.shift);
            let longest = &mut radii[client * periods + index];
            *longest = radius.max(*longest);
        }
        Self { periods, radii }
    }

    /// Returns the longest radius of a client in any period.
    pub(super) fn of_client(&self, client: usize) -> u64 {
        self.radii[client * self.periods..][..self.periods].iter().copied().max().unwrap_or(0)
    }

    /// Refuses numbers of which a sum might not fit. What a site saves is never more than the sum of
    /// all u at the longest radii; a price and an opening cost come on top; nothing else is added up. What
    /// a node with patches proves is made of as much: each radius and each site is in it once.
    pub(super) fn check(
        &self,
        relaxation: &Relaxation<'_>,
        prices: &[i128],
        nodes: &[TreeNode],
        shift: u32,
    ) -> Result<(), Problem> {
        let nodes = nodes.iter().flat_map(|node| &node.prices);
        let price = prices.iter().chain(nodes).map(|price| price.unsigned_abs()).max();
        let opening = relaxation.opening_costs.iter().copied().max().unwrap_or(0);
        let largest = Numbers {
            u: self.sum_of_u(relaxation).ok_or_else(too_large)?,
            price: price.unwrap_or(0),
            opening: u128::from(opening) << shift,
            sites: relaxation.sites() as u128,
            // Without quota a price may be one for all sites that have to open.
            openings: relaxation.quota.as_ref().map_or(relaxation.sites() as u128, |quota| {
                quota.openings.iter().map(|number| u128::from(*number)).sum()
            }),
        };
        if largest.fit() { Ok(()) } else { Err(too_large()) }
    }

    fn sum_of_u(&self, relaxation: &Relaxation<'_>) -> Option<u128> {
        let mut sum: u128 = 0;
        for (radii, weight) in self.radii.chunks(self.periods.max(1)).zip(&relaxation.weights) {
            for (radius, factor) in radii.iter().zip(&relaxation.factors) {
                let u = u128::from(*radius) * u128::from(*weight);
                sum = sum.checked_add(u.checked_mul(u128::from(*factor))?)?;
            }
        }
        Some(sum)
    }
}

/// Holds the largest numbers that a sum is made of.
struct Numbers {
    u: u128,
    price: u128,
    opening: u128,
    sites: u128,
    openings: u128,
}

impl Numbers {
    /// Returns whether all sums stay below 2^126, which leaves room for a sum that is changed in steps.
    fn fit(&self) -> bool {
        let site = self.u.checked_add(self.price).and_then(|sum| sum.checked_add(self.opening));
        let sites = site.and_then(|site| site.checked_mul(self.sites.checked_add(2)?));
        let quotas = self.price.checked_mul(self.openings);
        let all = sites.zip(quotas).and_then(|(sites, quotas)| sites.checked_add(quotas));
        all.is_some_and(|all| all < 1 << 126)
    }
}
