//! Server-sent events out of bytes, as the WHATWG HTML standard defines them (section 9.2.6);
//! only the data of an event matters here.

/// Collects bytes into lines and lines into the data of events.
#[derive(Debug, Default)]
pub(super) struct EventReader {
    line: Vec<u8>,
    after_carriage_return: bool,
    data: Option<Vec<u8>>,
}

impl EventReader {
    /// The data of every event that `bytes` completes, in order.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut events = Vec::new();
        for &byte in bytes {
            let after_carriage_return = std::mem::replace(&mut self.after_carriage_return, byte == b'\r');
            match byte {
                b'\n' if after_carriage_return => {}
                b'\n' | b'\r' => events.extend(self.end_line()),
                _ => self.line.push(byte),
            }
        }
        events
    }

    /// The data of a last event that no empty line followed. The standard drops it; servers that
    /// forget the last empty line exist.
    pub(super) fn finish(&mut self) -> Option<Vec<u8>> {
        if !self.line.is_empty() {
            self.end_line();
        }
        self.data.take()
    }

    /// Takes the line in; the data of the event if this line was the empty one that ends it.
    fn end_line(&mut self) -> Option<Vec<u8>> {
        let line = std::mem::take(&mut self.line);
        let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&line);
        if line.is_empty() {
            return self.data.take();
        }
        let (field, value) = match line.iter().position(|&byte| byte == b':') {
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &[][..]),
        };
        if field == b"data" {
            let value = value.strip_prefix(b" ").unwrap_or(value);
            match &mut self.data {
                Some(data) => {
                    data.push(b'\n');
                    data.extend_from_slice(value);
                }
                None => self.data = Some(value.to_vec()),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[&[u8]]) -> Vec<String> {
        let mut reader = EventReader::default();
        let mut events: Vec<_> = pieces.iter().flat_map(|piece| reader.feed(piece)).collect();
        events.extend(reader.finish());
        events.into_iter().map(|data| String::from_utf8(data).unwrap()).collect()
    }

    #[test]
    fn events_are_read_whatever_line_ends_comments_and_other_fields_a_server_writes() {
        for (stream, expected) in [
            ("data: a\n\ndata:b\n\n", vec!["a", "b"]),
            ("data: a\r\n\r\ndata: b\r\n\r\n", vec!["a", "b"]),
            ("data: a\r\rdata: b\r\r", vec!["a", "b"]),
            (": ping\n\ndata: a\n\n:\n\n", vec!["a"]),
            ("event: message\nid: 7\nretry: 3\ndata: a\n\n", vec!["a"]),
            ("data: one\ndata: two\n\n", vec!["one\ntwo"]),
            ("data:  kept\n\n", vec![" kept"]),
            ("\u{feff}data: a\n\n", vec!["a"]),
            ("data: a\n\ndata: last", vec!["a", "last"]),
            ("data: a\n\ndata: last\n", vec!["a", "last"]),
            ("", vec![]),
        ] {
            assert_eq!(read(&[stream.as_bytes()]), expected, "{stream:?}");
        }
    }

    #[test]
    fn where_the_network_cuts_the_bytes_changes_nothing() {
        let stream = "data: {\"é\": 1}\r\n\r\n: x\r\ndata: two\r\ndata: lines\r\n\r\n".as_bytes();
        let whole = read(&[stream]);
        for cut in 0..=stream.len() {
            let (left, right) = stream.split_at(cut);
            assert_eq!(read(&[left, right]), whole, "cut at {cut}");
        }
    }
}
