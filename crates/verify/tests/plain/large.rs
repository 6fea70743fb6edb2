//! A certificate of national size is checked in seconds, without a matrix.

use std::time::Instant;

use crate::common::{Stream, certify, inputs, opening, place, plan, programme};
use groundwork_model::{Opening, Place, Proof, Question};
use groundwork_verify::verify;

const PLACES: usize = 34_864;
const PERIODS: usize = 10;
const QUOTA: usize = 20;

/// Returns clustered places in a box of about 1,000 km, a few large and most small.
fn country(stream: &mut Stream) -> Vec<Place> {
    let mut towns = Vec::new();
    for _ in 0..300 {
        towns.push((42.0 + 9.0 * stream.unit(), -5.0 + 13.0 * stream.unit()));
    }
    let mut places = Vec::with_capacity(PLACES);
    for index in 0..PLACES {
        let (lat, lon) = towns[stream.below(300) as usize];
        let mut spread = || (stream.unit() + stream.unit() + stream.unit() - 1.5) * 0.8;
        let (lat, lon) = (lat + spread(), lon + spread());
        let persons = 50.0 * (stream.unit() * 9.0).exp();
        places.push(place(index, lat, lon, persons as u64));
    }
    places
}

/// Returns radii between the nearest and the second nearest open site, which is where good ones
/// lie.
fn radii(places: &[Place], openings: &[Opening]) -> Vec<Vec<u64>> {
    let unit = |p: &Place| {
        let (lat, lon) = (p.lat.to_radians(), p.lon.to_radians());
        [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
    };
    let units: Vec<[f64; 3]> = places.iter().map(unit).collect();
    let mut radii = vec![vec![0; places.len()]; PERIODS];
    for (index, from) in units.iter().enumerate() {
        let (mut nearest, mut second) = (f64::MAX, f64::MAX);
        for (number, opening) in openings.iter().enumerate() {
            let to = units[opening.site[1..].parse::<usize>().unwrap()];
            let chord = (0..3).map(|a| (from[a] - to[a]).powi(2)).sum::<f64>().sqrt();
            let metres = 2.0 * 6_371_008.8 * (chord / 2.0).asin();
            (nearest, second) =
                if metres < nearest { (metres, nearest) } else { (nearest, second.min(metres)) };
            if (number + 1) % QUOTA == 0 {
                radii[number / QUOTA][index] = ((nearest + second) / 2.0 * 128.0) as u64;
            }
        }
    }
    radii
}

#[test]
fn a_certificate_of_national_size_is_checked_in_seconds() {
    let mut stream = Stream(7);
    let programme = programme(country(&mut stream), PERIODS as u32, QUOTA as u32);
    let mut sites: Vec<usize> = (0..PLACES).collect();
    sites.sort_by_key(|&site| std::cmp::Reverse(programme.places[site].population));
    sites.truncate(1_000);
    let mut openings = Vec::new();
    for number in 0..PERIODS * QUOTA {
        let site = sites.swap_remove(stream.below(sites.len() as u64) as usize);
        openings.push(opening(&format!("p{site}"), (number / QUOTA) as u32 + 1));
    }
    let radii = radii(&programme.places, &openings);
    let mut plan = plan(&programme, &Question::default(), &openings);
    let proof = Proof::Lagrangian { shift: 7, prices: vec![0; PERIODS], radii };
    let certificate = certify(&mut plan, 0, proof);

    let start = Instant::now();
    let verdict = verify(&programme, &inputs(), &plan, Some(&certificate));
    println!(
        "{} pairs in {:.2} s, bound {:?}, {:?}",
        verdict.pairs,
        start.elapsed().as_secs_f64(),
        verdict.bound,
        verdict.value
    );
    assert!(verdict.bound <= verdict.value);
    assert!(verdict.pairs < (PLACES * PLACES) as u64 / 2);
}
