//! What the colours and signs of the still map mean, and whose data it shows.

use super::{MARGIN, Sheet, WIDTH, shapes, text};
use crate::escape::markup;
use crate::{palette, words};

/// Most characters in a line of the notes.
const LINE: usize = 118;

/// Draws the legend and returns it with its height.
pub(super) fn draw(sheet: &Sheet) -> (String, f64) {
    let mut out = swatches(sheet);
    out.push_str(&signs(sheet));
    let mut y = 86.0;
    for note in notes(sheet) {
        for line in wrap(&note, LINE) {
            out.push_str(&text(MARGIN, y, 11.0, &markup(&line)).replace("\"ink\"", "\"ink soft\""));
            y += 15.0;
        }
    }
    (out, y + 4.0)
}

fn swatches(sheet: &Sheet) -> String {
    let count = sheet.colours.len();
    let width = (WIDTH - 2.0 * MARGIN) / count.max(1) as f64;
    let every = (34.0 / width).ceil().max(1.0) as usize;
    let swatch = |(at, colour): (usize, &String)| {
        let x = MARGIN + at as f64 * width;
        let label = match at % every {
            0 => format!(
                "<text x=\"{:.1}\" y=\"23\" font-size=\"11\" text-anchor=\"middle\" fill=\"{}\">{}</text>",
                x + width * every.min(count - at) as f64 / 2.0,
                palette::ink_on(colour),
                sheet.programme.settings.periods.label(at as u32 + 1)
            ),
            _ => String::new(),
        };
        let gap = if width > 8.0 { 1.0 } else { 0.0 };
        (
            format!(
                "<rect x=\"{x:.1}\" y=\"8\" width=\"{:.1}\" height=\"22\" fill=\"{colour}\"/>",
                width - gap
            ),
            label,
        )
    };
    let (bars, labels): (Vec<_>, Vec<_>) = sheet.colours.iter().enumerate().map(swatch).unzip();
    bars.concat() + &labels.concat()
}

fn signs(sheet: &Sheet) -> String {
    let mut signs: Vec<(String, &str)> = Vec::new();
    if sheet.plan.openings.iter().any(|opening| opening.fixed) {
        signs.push((shapes::diamond(6.0, 52.0, "#22211f"), "fixed: a fact or a decision"));
    }
    if !sheet.programme.facilities.is_empty() {
        signs.push((shapes::square(6.0, 52.0, 8.0), "existing facility"));
    }
    let never = "<rect x=\"0.5\" y=\"46.5\" width=\"11\" height=\"11\" fill=\"#e3ded3\" stroke=\"#b8b1a3\"/>";
    if sheet.never() {
        signs.push((never.to_owned(), "does not open"));
    }
    let mut x = MARGIN;
    let mut out = String::new();
    for (drawing, words) in signs {
        let label = text(18.0, 56.0, 12.0, words);
        out.push_str(&format!("<g transform=\"translate({x:.0} 0)\">{drawing}{label}</g>"));
        x += 44.0 + words.chars().count() as f64 * 6.4;
    }
    out
}

fn notes(sheet: &Sheet) -> Vec<String> {
    let settings = &sheet.programme.settings;
    let cells_note = if sheet.cells.is_empty() {
        "The area of a point grows with its population.".to_owned()
    } else {
        settings.map.cells_note.clone()
    };
    let credits = match settings.map.attribution.as_slice() {
        [] => String::new(),
        credits => format!("Map data: {}", credits.join("; ")),
    };
    let notes = [cells_note, words::population_note(settings), credits];
    notes.into_iter().filter(|note| !note.trim().is_empty()).collect()
}

/// Breaks a text into lines of at most `width` characters, between words where it can.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace().flat_map(|word| pieces(word, width)) {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

/// Cuts a word that is longer than a line.
fn pieces(word: &str, width: usize) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    letters.chunks(width.max(1)).map(|piece| piece.iter().collect()).collect()
}
