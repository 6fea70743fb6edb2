//! Tables as CSV text.

use csv::Writer;

/// Writes rows as CSV (RFC 4180): the header is the first of them, cells are quoted where they must be.
#[must_use]
pub fn csv_table<'a, R>(rows: impl IntoIterator<Item = R>) -> Vec<u8>
where
    R: IntoIterator<Item = &'a str>,
{
    let mut writer = Writer::from_writer(Vec::new());
    for row in rows {
        // A buffer takes all that is written, and rows of one table are of one length.
        if writer.write_record(row).is_err() {
            break;
        }
    }
    writer.into_inner().unwrap_or_default()
}
