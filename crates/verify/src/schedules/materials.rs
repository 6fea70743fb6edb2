//! At which sites a kind may be offered, as its materials allow.

use groundwork_model::programme::Need;

use crate::distance::Distances;
use crate::near::NearPlaces;
use crate::scene::Scene;

/// Returns, for each kind of the settings, the sites at which all materials that it needs are near.
pub(super) fn allowed(scene: &Scene<'_>) -> Vec<Vec<bool>> {
    let kinds = &scene.programme.settings.kinds;
    kinds
        .iter()
        .map(|kind| {
            let mut allowed = vec![true; scene.sites.rows.len()];
            for need in &kind.needs {
                if let Some(material) = &need.material {
                    keep_near(scene, material, need, &mut allowed);
                }
            }
            allowed
        })
        .collect()
}

/// Takes out the sites that have no source of a material near.
fn keep_near(scene: &Scene<'_>, material: &str, need: &Need, allowed: &mut [bool]) {
    let sources = sources(scene, material);
    let points: Vec<(f64, f64)> = sources.iter().map(|source| source.1).collect();
    let sites: Vec<(f64, f64)> = scene.sites.rows.iter().map(|site| site.location).collect();
    let detour = scene.programme.settings.distance.detour.to_f64();
    let distances = Distances::between(&points, &sites, detour);
    let within = super::world::metres(need.within_km);
    let near = NearPlaces::new(&distances, &vec![Some(within); points.len()]);
    for (number, allowed) in allowed.iter_mut().enumerate().filter(|(_, allowed)| **allowed) {
        let id = scene.sites.rows[number].id;
        let mut found = sources.iter().any(|source| source.0 == id);
        if !found {
            near.of_site(number, |_, _| found = true);
        }
        *allowed = found;
    }
}

/// Returns id and point of each place and site that has a material.
fn sources<'a>(scene: &Scene<'a>, material: &str) -> Vec<(&'a str, (f64, f64))> {
    let programme = scene.programme;
    let has = |materials: &[String]| materials.iter().any(|known| known == material);
    let places = programme.places.iter().filter(|place| has(&place.materials));
    let places = places.map(|place| (place.id.as_str(), (place.lat, place.lon)));
    let rows = programme.sites.iter().filter(|row| has(&row.materials));
    let sites = rows.filter_map(|row| {
        let number = scene.sites.find(&row.id)?;
        Some((row.id.as_str(), scene.sites.rows[number].location))
    });
    places.chain(sites).collect()
}
