//! Files packed with gzip, told by their first bytes.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::MultiGzDecoder;
use groundwork_model::problem::{Code, Problem};

const MAGIC: &[u8] = b"\x1f\x8b";

/// Most bytes that a file may unpack to: a packed file of a megabyte can hold a thousand.
const UNPACKED_MAX: u64 = 1 << 30;

/// Returns the bytes of a benchmark file, unpacked if they are packed with gzip. Answers and
/// certificates name a file by the SHA-256 of these bytes.
///
/// # Errors
///
/// [`Code::BenchmarkPacked`] when the packed bytes are damaged or hold more than 1 GiB.
pub fn unpack_benchmark<'b>(name: &str, bytes: &'b [u8]) -> Result<Cow<'b, [u8]>, Problem> {
    if !bytes.starts_with(MAGIC) {
        return Ok(Cow::Borrowed(bytes));
    }
    let refuse = |cause: String| Problem::new(Code::BenchmarkPacked, cause).in_file(name);
    let mut unpacked = Vec::new();
    MultiGzDecoder::new(bytes)
        .take(UNPACKED_MAX + 1)
        .read_to_end(&mut unpacked)
        .map_err(|error| refuse(format!("the packed file is damaged or cut off: {error}")))?;
    if unpacked.len() as u64 > UNPACKED_MAX {
        return Err(refuse("the file unpacks to more than 1 GiB".to_owned()));
    }
    Ok(Cow::Owned(unpacked))
}
