//! Bytes to text. Only UTF-8 is read; what else it is gets named, with the row of the first byte that
//! tells.

use groundwork_model::problem::{Code, Problem};

use crate::faults::Faults;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// How the files of spreadsheets and archives begin: ZIP (XLSX, ODS), OLE (XLS), gzip, PDF.
const WORKBOOKS: [(&[u8], &str); 4] = [
    (b"PK\x03\x04", "a ZIP file, as XLSX and ODS workbooks are"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x1f\x8b", "compressed with gzip"),
    (b"%PDF", "a PDF document"),
];

/// Returns the text of a file, or adds the fault that says why it is none.
pub(crate) fn text(name: &str, bytes: &[u8], faults: &mut Faults) -> Option<String> {
    borrowed(name, bytes, faults).map(str::to_owned)
}

/// Returns the text of a file without a copy of it, or adds the fault that says why it is none.
pub(crate) fn borrowed<'b>(name: &str, bytes: &'b [u8], faults: &mut Faults) -> Option<&'b str> {
    match decoded(bytes) {
        Ok(text) => {
            let bare = text.strip_prefix(BYTE_ORDER_MARK);
            if bare.is_some() {
                let cause = "the file begins with a byte order mark, which is skipped";
                faults.add(Problem::new(Code::ByteOrderMark, cause).in_file(name));
            }
            let text = bare.unwrap_or(text);
            if text.trim().is_empty() {
                faults.add(Problem::new(Code::FileEmpty, "the file is empty").in_file(name));
                return None;
            }
            Some(text)
        }
        Err(problem) => {
            faults.add(problem.in_file(name));
            None
        }
    }
}

fn decoded(bytes: &[u8]) -> Result<&str, Problem> {
    if let Some((_, what)) = WORKBOOKS.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(Problem::new(Code::SpreadsheetFile, format!("the file is {what}, not text")));
    }
    if is_utf16(bytes) {
        return Err(Problem::new(Code::Utf16, "the file is UTF-16 text").at_row(1));
    }
    std::str::from_utf8(bytes).map_err(|error| not_utf8(bytes, error.valid_up_to()))
}

/// Returns whether the bytes begin with a mark of UTF-16, or have a zero in every other place.
fn is_utf16(bytes: &[u8]) -> bool {
    let marked = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    let head = &bytes[..bytes.len().min(64)];
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|&&byte| byte == 0).count();
    marked || (head.len() >= 4 && zeros(0).max(zeros(1)) * 4 > head.len())
}

fn not_utf8(bytes: &[u8], at: usize) -> Problem {
    let row = bytes[..at].iter().filter(|&&byte| byte == b'\n').count() + 1;
    let byte = bytes[at];
    let cause = match (windows_1252(byte), word_at(bytes, at)) {
        (Some(_), Some(word)) => format!(
            "byte 0x{byte:02X} is not UTF-8; as Latin-1 or Windows-1252 the word would read `{word}`"
        ),
        _ => format!("byte 0x{byte:02X} is not UTF-8, nor a letter of Latin-1"),
    };
    Problem::new(Code::NotUtf8, cause).at_row(u32::try_from(row).unwrap_or(u32::MAX))
}

/// Returns the letter that a byte is in Windows-1252, when it is one.
fn windows_1252(byte: u8) -> Option<char> {
    let letter = match byte {
        0x8A => 'Š',
        0x8C => 'Œ',
        0x8E => 'Ž',
        0x9A => 'š',
        0x9C => 'œ',
        0x9E => 'ž',
        0x9F => 'Ÿ',
        0x91 | 0x92 => '’',
        _ => char::from(byte),
    };
    (letter.is_alphabetic() || letter == '’').then_some(letter)
}

/// Returns the word around a byte, read as Windows-1252.
fn word_at(bytes: &[u8], at: usize) -> Option<String> {
    let is_letter = |byte: &u8| windows_1252(*byte).is_some();
    let start = bytes[..at].iter().rposition(|byte| !is_letter(byte)).map_or(0, |edge| edge + 1);
    let word = bytes[start..].iter().take_while(|byte| is_letter(byte)).take(30);
    let word: String = word.filter_map(|&byte| windows_1252(byte)).collect();
    (!word.is_empty()).then_some(word)
}
