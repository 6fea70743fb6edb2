//! Whole numbers in sentences.

/// Returns a whole number in groups of three digits: 23,349,859.
///
/// ```
/// assert_eq!(groundwork_model::words::thousands(-1_234_567), "-1,234,567");
/// ```
#[must_use]
pub fn thousands(number: impl Into<i128>) -> String {
    let number = number.into();
    let digits = number.unsigned_abs().to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if number < 0 { format!("-{grouped}") } else { grouped }
}

/// Returns a number with its noun: 1 place, 2 places, 3 entries.
#[must_use]
pub fn counted(number: impl Into<i128>, noun: &str) -> String {
    let number = number.into();
    let vowel = |c: char| "aeiou".contains(c);
    let (stem, ending) = match noun.strip_suffix('y') {
        _ if number == 1 => (noun, ""),
        Some(stem) if !stem.ends_with(vowel) => (stem, "ies"),
        _ => (noun, "s"),
    };
    format!("{} {stem}{ending}", thousands(number))
}
