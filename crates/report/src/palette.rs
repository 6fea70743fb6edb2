//! Colours: one sequential ramp for the periods, from dark (first) to light (last).
//!
//! Lightness rises evenly and hue runs from blue to yellow, so the order survives colour blindness
//! and grey printing; the page adds the year's digits.

const LIGHT: [[u8; 3]; 7] = [
    [0x1b, 0x2a, 0x5b],
    [0x1f, 0x4e, 0x7d],
    [0x1f, 0x74, 0x89],
    [0x3f, 0x9a, 0x86],
    [0x86, 0xb9, 0x7a],
    [0xc9, 0xd0, 0x6f],
    [0xf5, 0xdc, 0x62],
];

/// The same order of hues, lifted so that the first period stands out from a dark page.
const DARK: [[u8; 3]; 7] = [
    [0x3a, 0x52, 0xa0],
    [0x2f, 0x73, 0xab],
    [0x2e, 0x93, 0xa8],
    [0x4f, 0xb0, 0x9a],
    [0x93, 0xc9, 0x86],
    [0xd0, 0xd9, 0x7a],
    [0xf9, 0xe7, 0x7e],
];

/// Returns one colour a period for a light page.
pub(crate) fn light(periods: usize) -> Vec<String> {
    ramp(&LIGHT, periods)
}

/// Returns one colour a period for a dark page.
pub(crate) fn dark(periods: usize) -> Vec<String> {
    ramp(&DARK, periods)
}

/// Returns the ink, dark or light, that reads better on a colour.
pub(crate) fn ink_on(colour: &str) -> &'static str {
    let channel = |at: usize| {
        let byte = colour.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        let c = f64::from(byte.unwrap_or(0)) / 255.0;
        if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    let luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
    if luminance > 0.179 { "#000000" } else { "#ffffff" }
}

fn ramp(stops: &[[u8; 3]; 7], periods: usize) -> Vec<String> {
    (0..periods)
        .map(|period| at(stops, period as f64 / periods.saturating_sub(1).max(1) as f64))
        .collect()
}

fn at(stops: &[[u8; 3]; 7], fraction: f64) -> String {
    let position = fraction.clamp(0.0, 1.0) * (stops.len() - 1) as f64;
    let below = (position as usize).min(stops.len() - 2);
    let part = position - below as f64;
    let mix = |channel: usize| {
        let (a, b) = (f64::from(stops[below][channel]), f64::from(stops[below + 1][channel]));
        (a + (b - a) * part).round() as u8
    };
    format!("#{:02x}{:02x}{:02x}", mix(0), mix(1), mix(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ramp_has_one_colour_a_period_from_dark_to_light() {
        assert_eq!(light(1), ["#1b2a5b"]);
        let ten = light(10);
        assert_eq!((ten.len(), ten[0].as_str(), ten[9].as_str()), (10, "#1b2a5b", "#f5dc62"));
        assert_eq!((ink_on(&ten[0]), ink_on(&ten[9])), ("#ffffff", "#000000"));
        assert_eq!(dark(30).len(), 30);
    }
}
