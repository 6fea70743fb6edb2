//! What `remake` says, and where two files differ first.

use serde_json::Value;

use super::remake::Remade;
use crate::output::problem_text;

/// Letters of either side that are shown around a difference.
const SHOWN: usize = 60;

/// Returns what was found, a line for each thing that was looked at.
pub(super) fn text(remade: &Remade) -> String {
    let mut text = format!("{}, made by version {}\n", remade.programme, remade.made_by);
    for step in &remade.steps {
        let sign = if step.problems.is_empty() { '\u{2713}' } else { '\u{2717}' };
        text.push_str(&format!("  {sign} {}\n", step.what));
        for problem in &step.problems {
            text.push_str(&format!("    {}\n", problem_text(problem)));
        }
    }
    text.push_str(match remade.same {
        true => "The same: every figure and every byte.\n",
        false => {
            "Not the same. The first line above with \u{2717} says where it begins to differ.\n"
        }
    });
    if !remade.same && remade.made_by != env!("CARGO_PKG_VERSION") {
        text.push_str(&format!(
            "This is version {}, which may write a page in other words.\n",
            env!("CARGO_PKG_VERSION")
        ));
    }
    text
}

/// Says where a file that is made again differs first from the one that is listed.
pub(super) fn difference(then: &[u8], now: &[u8], is_json: bool) -> String {
    let read = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).ok();
    if let (true, Some(then), Some(now)) = (is_json, read(then), read(now))
        && let Some(difference) = first_unlike("", &then, &now)
    {
        return difference;
    }
    let at = then.iter().zip(now).position(|(a, b)| a != b).unwrap_or(then.len().min(now.len()));
    let line = then[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
    let shown = |bytes: &[u8]| {
        let from = at.saturating_sub(SHOWN / 2);
        let excerpt = &bytes[from.min(bytes.len())..(at + SHOWN / 2).min(bytes.len())];
        String::from_utf8_lossy(excerpt).escape_debug().to_string()
    };
    format!(
        "it differs first at byte {at}, line {line}: `{}` then, `{}` now",
        shown(then),
        shown(now)
    )
}

/// Returns the first value that differs, with its path.
fn first_unlike(path: &str, then: &Value, now: &Value) -> Option<String> {
    match (then, now) {
        (Value::Object(one), Value::Object(other)) => {
            let keys = one.keys().chain(other.keys().filter(|key| !one.contains_key(*key)));
            let null = Value::Null;
            keys.into_iter().find_map(|key| {
                let value = |map: &serde_json::Map<String, Value>| map.get(key).cloned();
                let (a, b) = (value(one), value(other));
                let name = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                first_unlike(&name, a.as_ref().unwrap_or(&null), b.as_ref().unwrap_or(&null))
            })
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let pairs = one.iter().zip(other).enumerate();
            pairs
                .into_iter()
                .find_map(|(at, (a, b))| first_unlike(&format!("{path}[{}]", at + 1), a, b))
        }
        (Value::Array(one), Value::Array(other)) => {
            Some(format!("{path}: {} then, {} now", one.len(), other.len()))
        }
        _ if then == now => None,
        _ => Some(format!("{path}: {then} then, {now} now")),
    }
}
