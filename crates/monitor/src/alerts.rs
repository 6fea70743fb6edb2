//! What a reader should look at: promises that were missed, totals that do not add up, facilities of which the
//! entries contradict one another or say nothing any more.

mod of_facilities;
mod of_promises;
mod of_totals;

use groundwork_model::evidence::{Alert, AlertKind, Reconciliation};
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::promises::Promise;
use crate::words::Names;
use crate::world::World;

/// Is an alert before it has its identifier.
pub(crate) struct Found {
    pub(crate) kind: AlertKind,
    /// Tells it apart from others of its kind, today and later.
    pub(crate) key: String,
    pub(crate) day: Date,
    pub(crate) batch: String,
    pub(crate) text: String,
    pub(crate) facilities: Vec<String>,
    pub(crate) entries: Vec<u64>,
}

/// Returns what is to be looked at, the gravest first, of one kind the latest first.
pub(crate) fn alerts(
    world: &World<'_>,
    promises: &[Promise],
    totals: &[Reconciliation],
    names: &Names<'_>,
) -> Vec<Alert> {
    let mut found = of_promises::missed(world, promises);
    found.extend(of_promises::drifted(world));
    found.extend(of_totals::unsound(totals));
    found.extend(of_facilities::each(world, names));
    found.extend(of_facilities::together(world, names));
    let ledger = &world.snapshot.root.ledger;
    let mut alerts: Vec<Alert> = found.into_iter().map(|found| of(found, ledger)).collect();
    alerts.sort_by(|a, b| (a.kind, b.day, &a.text).cmp(&(b.kind, a.day, &b.text)));
    alerts
}

fn of(found: Found, ledger: &str) -> Alert {
    Alert {
        id: identifier(ledger, found.kind, &found.key),
        kind: found.kind,
        day: found.day,
        batch: found.batch,
        text: found.text,
        facilities: found.facilities,
        entries: found.entries,
    }
}

/// Returns a name that is the same for the same thing at every later day: a UUID of version 8 (RFC 9562), made of a
/// hash of the ledger and of what the alert is.
fn identifier(ledger: &str, kind: AlertKind, key: &str) -> String {
    uuid(&format!("groundwork alert 1\0{ledger}\0{}\0{key}", kind.words()))
}

/// Returns the identifier of the feed of a ledger's alerts, the same at every later day.
#[must_use]
pub fn feed_identifier(ledger: &str) -> String {
    uuid(&format!("groundwork alerts 1\0{ledger}"))
}

fn uuid(words: &str) -> String {
    let hash = Sha256::digest(words.as_bytes());
    let mut bytes: Vec<u8> = hash.iter().copied().take(16).collect();
    bytes[6] = 0x80 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    format!("urn:uuid:{}", parts.join("-"))
}

/// Returns the days from one day to another.
pub(crate) fn days(from: Date, to: Date) -> i64 {
    use groundwork_model::evidence::day_number;
    i64::from(day_number(to)) - i64::from(day_number(from))
}
