//! Lines that fit the screen and move no cursor.

/// Columns of the screen that sentences keep to.
const WIDTH: usize = 100;

/// Returns text that moves no cursor: what comes from a document may hold anything.
pub(super) fn safe(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// Returns a line, indented by two.
pub(super) fn indented(line: &str) -> String {
    format!("  {}\n", safe(line))
}

/// Returns a sentence in lines that fit the screen, the first and the others with their indents.
pub(super) fn wrapped(sentence: &str, first: &str, others: &str) -> String {
    let sentence = safe(sentence);
    let mut text = first.to_owned();
    let mut width = first.chars().count();
    let mut fresh = true;
    for word in sentence.split_whitespace() {
        let long = word.chars().count();
        if !fresh && width + 1 + long > WIDTH {
            text.push('\n');
            text.push_str(others);
            width = others.chars().count();
            fresh = true;
        }
        if !fresh {
            text.push(' ');
            width += 1;
        }
        text.push_str(word);
        width += long;
        fresh = false;
    }
    text + "\n"
}
