//! One CSV record from one or more lines (RFC 4180). Line numbers are why this is not left to a library: an error must
//! name the line that an editor shows, whatever the line ends, blank lines and quoted line breaks.

/// What a line does to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The record is whole.
    Whole,
    /// A quoted cell goes on in the next line.
    Open,
}

/// The cells of one record, kept between records so that reading allocates little.
#[derive(Debug, Default)]
pub(crate) struct Record {
    cells: Vec<String>,
    used: usize,
    open: bool,
}

impl Record {
    /// The cells of the record read last.
    pub(crate) fn cells(&self) -> &[String] {
        self.cells.get(..self.used).unwrap_or_default()
    }

    /// Forgets the record.
    pub(crate) fn clear(&mut self) {
        self.used = 0;
        self.open = false;
    }

    /// Takes a line in.
    ///
    /// # Errors
    /// The number of the cell, from 0, that has text after its closing quote.
    pub(crate) fn take(&mut self, line: &str) -> Result<Progress, usize> {
        let mut rest = line;
        if self.open {
            self.current().push('\n');
        } else {
            self.begin_cell();
        }
        loop {
            if !self.open {
                match rest.strip_prefix('"') {
                    Some(quoted) => (self.open, rest) = (true, quoted),
                    None => {
                        let (cell, after) = match rest.split_once(',') {
                            Some((cell, after)) => (cell, Some(after)),
                            None => (rest, None),
                        };
                        self.current().push_str(cell);
                        match after {
                            Some(after) => rest = after,
                            None => return Ok(Progress::Whole),
                        }
                        self.begin_cell();
                        continue;
                    }
                }
            }
            let Some((text, after)) = rest.split_once('"') else {
                self.current().push_str(rest);
                return Ok(Progress::Open);
            };
            self.current().push_str(text);
            if let Some(after) = after.strip_prefix('"') {
                self.current().push('"');
                rest = after;
                continue;
            }
            self.open = false;
            if after.is_empty() {
                return Ok(Progress::Whole);
            }
            rest = after.strip_prefix(',').ok_or(self.used - 1)?;
            self.begin_cell();
        }
    }

    fn begin_cell(&mut self) {
        if self.used == self.cells.len() {
            self.cells.push(String::new());
        }
        self.used += 1;
        self.current().clear();
    }

    fn current(&mut self) -> &mut String {
        let last = self.used.saturating_sub(1);
        if last >= self.cells.len() {
            self.cells.push(String::new());
        }
        &mut self.cells[last]
    }
}

#[cfg(test)]
mod tests {
    use super::{Progress, Record};

    fn cells(lines: &[&str]) -> Result<Vec<String>, usize> {
        let mut record = Record::default();
        let mut progress = Progress::Open;
        for line in lines {
            progress = record.take(line)?;
        }
        assert_eq!(progress, Progress::Whole, "{lines:?}");
        Ok(record.cells().to_vec())
    }

    #[test]
    fn splits_lines_into_cells() {
        let cases: [(&[&str], &[&str]); 9] = [
            (&["a,b,c"], &["a", "b", "c"]),
            (&[""], &[""]),
            (&[",,"], &["", "", ""]),
            (&["\"a,b\",c"], &["a,b", "c"]),
            (&["\"say \"\"hi\"\"\",\"\""], &["say \"hi\"", ""]),
            (&["a,\"b", "c\",d"], &["a", "b\nc", "d"]),
            (&["\"", "", "\""], &["\n\n"]),
            (&["5\" nails,x"], &["5\" nails", "x"]),
            (&["a,\"b\","], &["a", "b", ""]),
        ];
        for (lines, expected) in cases {
            assert_eq!(cells(lines).unwrap(), expected, "{lines:?}");
        }
    }

    #[test]
    fn refuses_text_after_a_closing_quote() {
        assert_eq!(cells(&["a,\"b\"c,d"]), Err(1));
    }

    #[test]
    fn forgets_the_record_before() {
        let mut record = Record::default();
        record.take("a,b,c").unwrap();
        record.clear();
        record.take("d").unwrap();
        assert_eq!(record.cells(), ["d"]);
    }
}
