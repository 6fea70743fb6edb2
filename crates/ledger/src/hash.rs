//! SHA-256 hashes and their hexadecimal digits.

use sha2::{Digest, Sha256};

/// Is a SHA-256 hash.
pub type Hash = [u8; 32];

/// Is what stands before the first entry.
pub const ZERO: Hash = [0; 32];

/// Returns the hash of several pieces, one behind the other.
#[must_use]
pub fn hash_of(pieces: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    for piece in pieces {
        hasher.update(piece);
    }
    hasher.finalize().into()
}

/// Returns bytes as hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// Returns the hash that 64 hexadecimal digits name.
#[must_use]
pub fn unhex(text: &str) -> Option<Hash> {
    let mut hash = ZERO;
    bytes_of(text, &mut hash).then_some(hash)
}

/// Reads hexadecimal digits into bytes; false where they do not fit.
pub(crate) fn bytes_of(text: &str, into: &mut [u8]) -> bool {
    let digits = text.as_bytes();
    if digits.len() != into.len() * 2 {
        return false;
    }
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    into.iter_mut().zip(digits.as_chunks::<2>().0).all(|(byte, pair)| {
        let (Some(high), Some(low)) = (value(pair[0]), value(pair[1])) else { return false };
        *byte = high << 4 | low;
        true
    })
}
