//! From the bytes of a feed to its rows: encodings, separators, and quotation marks that never end.

/// A row of a feed: the line it starts on, and its cells without the space around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub line: u64,
    pub cells: Vec<String>,
}

/// Rows, and the lines that are none.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Rows {
    pub rows: Vec<Row>,
    /// Line and text of what a quotation mark that never ends makes unreadable.
    pub unreadable: Vec<(u64, String)>,
    pub blank: usize,
}

/// The text of a feed: UTF-8 or UTF-16 with a byte order mark, else UTF-8, else Windows-1252.
pub(super) fn decode(bytes: &[u8]) -> String {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair)).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => decode(rest),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|byte| windows_1252(*byte)).collect(),
        },
    }
}

/// <https://encoding.spec.whatwg.org/#windows-1252>, as far as feeds use it.
const fn windows_1252(byte: u8) -> char {
    match byte {
        0x80 => '€',
        0x85 => '…',
        0x91 => '‘',
        0x92 => '’',
        0x93 => '“',
        0x94 => '”',
        0x95 => '•',
        0x96 => '–',
        0x97 => '—',
        0x99 => '™',
        other => other as char,
    }
}

/// The rows of a text. A file with an odd number of quotation marks is read line by line, so that one
/// that never ends costs its own line and not the rest of the file.
pub(super) fn rows(text: &str) -> Rows {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let separator = separator(&text);
    let mut rows = Rows::default();
    if text.matches('"').count().is_multiple_of(2) {
        read(&text, 1, separator, &mut rows);
    } else {
        for (line, number) in text.lines().zip(1..) {
            if line.matches('"').count().is_multiple_of(2) {
                read(line, number, separator, &mut rows);
            } else {
                rows.unreadable.push((number, line.to_owned()));
            }
        }
    }
    rows
}

/// The separator that stands most often in the first line that has any.
fn separator(text: &str) -> u8 {
    let count = |line: &str, separator: u8| line.bytes().filter(|byte| *byte == separator).count();
    let candidates = [b',', b'\t', b';', b'|'];
    let first = text.lines().find(|line| candidates.iter().any(|separator| count(line, *separator) > 0));
    // On a tie the first candidate wins: `max_by_key` keeps the last one.
    first.and_then(|line| candidates.into_iter().rev().max_by_key(|separator| count(line, *separator))).unwrap_or(b',')
}

fn read(text: &str, first_line: u64, separator: u8, rows: &mut Rows) {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let (mut at, mut line) = (0, first_line);
    // The text is valid UTF-8 and rows may have any length, so no record can fail.
    for record in reader.records().flatten() {
        // The position of a record is before the empty lines that precede it.
        let position = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(at);
        let empty = text.as_bytes()[position..].iter().take_while(|byte| **byte == b'\n').count();
        line += text.as_bytes()[at..position + empty].iter().filter(|byte| **byte == b'\n').map(|_| 1).sum::<u64>();
        at = position + empty;
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        if cells.iter().all(String::is_empty) {
            rows.blank += 1;
        } else {
            rows.rows.push(Row { line, cells });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_gives_the_same_text() {
        let text = "VIN,Modèle\n1,Québec – “é”\n";
        let utf16: Vec<u16> = text.encode_utf16().collect();
        let le: Vec<u8> = [0xFF, 0xFE].into_iter().chain(utf16.iter().flat_map(|unit| unit.to_le_bytes())).collect();
        let be: Vec<u8> = [0xFE, 0xFF].into_iter().chain(utf16.iter().flat_map(|unit| unit.to_be_bytes())).collect();
        let cp1252 = b"VIN,Mod\xE8le\n1,Qu\xE9bec \x96 \x93\xE9\x94\n";
        let bom = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
        for bytes in [text.as_bytes(), &bom, &le, &be, cp1252] {
            assert_eq!(decode(bytes), text);
        }
    }

    #[test]
    fn separators_line_ends_and_blank_rows_are_understood() {
        for text in ["a,b\r\n\r\n1,2\r\n,\r\n3,4", "a\tb\n\n1\t2\n\t\n3\t4\n", "a;b\r1;2\r;\r3;4"] {
            let rows = rows(text);
            let cells: Vec<String> = rows.rows.iter().map(|row| row.cells.join("+")).collect();
            assert_eq!(cells, ["a+b", "1+2", "3+4"], "{text:?}");
            assert_eq!(rows.blank, 1, "{text:?}");
            let last = text.trim_end().replace("\r\n", "\n").replace('\r', "\n").lines().count();
            assert_eq!(rows.rows[2].line, u64::try_from(last).unwrap(), "{text:?}");
        }
        let quoted = rows("a,b\n\"1, one\",\"two\nlines\"\n3,4");
        assert_eq!(quoted.rows[1], Row { line: 2, cells: vec!["1, one".to_owned(), "two\nlines".to_owned()] });
        assert_eq!(quoted.rows[2].line, 4);
    }

    #[test]
    fn a_quotation_mark_that_never_ends_costs_its_own_line_only() {
        let rows = rows("a,b\n1,\"two\n3,4\n5,\"6, six\"\n");
        let lines: Vec<u64> = rows.rows.iter().map(|row| row.line).collect();
        assert_eq!((lines, rows.unreadable), (vec![1, 3, 4], vec![(2, "1,\"two".to_owned())]));
    }
}
