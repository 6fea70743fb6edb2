//! What a misspelt name was meant to be.

/// Returns the option that is most like a word, if one is like it at all.
///
/// Case, blanks and hyphens do not count; else one letter in three may differ, so that words of one or
/// two letters are like no other.
///
/// ```
/// use groundwork_model::validation::nearest;
///
/// assert_eq!(nearest("Popultion", ["id", "population"]), Some("population"));
/// assert_eq!(nearest("note", ["name"]), None);
/// ```
pub fn nearest<'o>(word: &str, options: impl IntoIterator<Item = &'o str>) -> Option<&'o str> {
    let word = plain(word);
    let allowed = word.chars().count() / 3;
    let close = options
        .into_iter()
        .filter(|option| option.len().abs_diff(word.len()) <= 4 * allowed.max(1));
    let measured = close.map(|option| (strsim::osa_distance(&word, &plain(option)), option));
    measured
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, option)| option)
}

/// Returns a number with its noun: "1 place", "2 places".
pub(super) fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Returns a window of periods in words: "period 1", "periods 2 to 3".
pub(super) fn periods_in_words(first: u32, last: u32) -> String {
    if first == last { format!("period {first}") } else { format!("periods {first} to {last}") }
}

fn plain(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '-'], "_")
}
