//! What a file is, and how much it holds, before a workbook is read from it.

use std::io::{self, Cursor, Read};

use groundwork_model::problem::Code;
use zip::ZipArchive;

use super::Refusal;

/// Bytes that all parts of a workbook may have unpacked.
const UNPACKED_MAX: u64 = 256 << 20;

/// Parts that a workbook may have.
const PARTS_MAX: usize = 10_000;

/// How a file begins that is an old workbook, or a new one behind a password.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0";

/// Refuses what is no workbook, or one that unpacks to more than is read. Every part is unpacked to see its
/// size: what a part says of itself may be untrue.
pub(super) fn inspect(bytes: &[u8]) -> Result<(), Refusal> {
    if bytes.starts_with(COMPOUND) {
        return Err(protected());
    }
    let damaged =
        |why: String| (Code::WorkbookUnreadable, format!("the file is no whole workbook: {why}"));
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(error.to_string()))?;
    if archive.len() > PARTS_MAX {
        let cause = format!("the workbook has more than {PARTS_MAX} parts");
        return Err((Code::WorkbookTooLarge, cause));
    }
    let mut left = UNPACKED_MAX;
    for part in 0..archive.len() {
        let file = archive.by_index(part).map_err(|error| damaged(error.to_string()))?;
        let size = io::copy(&mut file.take(left + 1), &mut io::sink())
            .map_err(|error| damaged(error.to_string()))?;
        left = left.checked_sub(size).ok_or_else(|| {
            let cause = format!("the workbook unpacks to more than {} MiB", UNPACKED_MAX >> 20);
            (Code::WorkbookTooLarge, cause)
        })?;
    }
    Ok(())
}

/// Says that a file is an old workbook or a protected one: both begin in the same way.
pub(super) fn protected() -> Refusal {
    let cause = "the file is an old Excel workbook (.xls), or one that is protected by a password";
    (Code::WorkbookUnreadable, cause.to_owned())
}
