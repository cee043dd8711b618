//! Rows as text: the cells of CSV and JSON Lines files by column, each with its line.

use std::collections::BTreeSet;
use std::path::Path;

use kpi_core::{Error, Result};

use super::columns::{Cells, Column, Field};
use super::csv::{Progress, Record};
use super::jsonl::next_object;
use super::lines::{Fingerprint, Lines, Place};
use super::paths::{Format, format_of};

/// The most lines that a quoted cell may span; more means a quote that was never closed.
const LONGEST_RECORD: usize = 1_000;

/// Reads the rows of one file.
pub(crate) struct Reader {
    lines: Lines,
    rows: Rows,
}

enum Rows {
    Csv { columns: Option<Vec<Column>>, record: Record },
    JsonLines,
}

impl Reader {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let rows = match format_of(path)? {
            Format::Csv => Rows::Csv { columns: None, record: Record::default() },
            Format::JsonLines => Rows::JsonLines,
        };
        Ok(Self { lines: Lines::open(path)?, rows })
    }

    /// Reads as far as it takes to know that the file is one of ours.
    pub(crate) fn check_header(mut self) -> Result<()> {
        match &self.rows {
            Rows::Csv { .. } => self.read_header(),
            Rows::JsonLines => self.next(&mut Cells::default()).map(drop),
        }
    }

    /// Reads the next row; `false` at the end of the file.
    pub(crate) fn next(&mut self, cells: &mut Cells) -> Result<bool> {
        match &self.rows {
            Rows::Csv { columns: None, .. } => self.read_header()?,
            Rows::Csv { .. } => {}
            Rows::JsonLines => return next_object(&mut self.lines, cells),
        }
        let Rows::Csv { columns: Some(columns), record } = &mut self.rows else { return Ok(false) };
        let Some(line) = next_record(&mut self.lines, record)? else { return Ok(false) };
        let found = record.cells();
        if found.len() != columns.len() {
            let place = Place { path: self.lines.path(), line };
            return Err(place
                .bad_line(format!("{} cells, but the header has {} columns", found.len(), columns.len()))
                .hint("put cells that contain a comma in double quotes"));
        }
        cells.begin(line);
        for (column, text) in columns.iter().zip(found) {
            cells.put(column, text);
        }
        Ok(true)
    }

    /// Where a row stands, for errors.
    pub(crate) fn place(&self, cells: &Cells) -> Place<'_> {
        Place { path: self.lines.path(), line: cells.line }
    }

    /// What was read so far.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        self.lines.fingerprint()
    }

    fn read_header(&mut self) -> Result<()> {
        let Rows::Csv { columns, record } = &mut self.rows else { return Ok(()) };
        let Some(line) = next_record(&mut self.lines, record)? else {
            let place = Place { path: self.lines.path(), line: 1 };
            return Err(place
                .bad_line("the file is empty")
                .hint("begin with a header such as `metric,start,value`; a file without rows still has one"));
        };
        let place = Place { path: self.lines.path(), line };
        let mut parsed = Vec::new();
        let mut names = BTreeSet::new();
        for name in record.cells() {
            let column = Column::parse(name, place)?;
            if !names.insert(name.as_str()) {
                return Err(place
                    .bad_line(format!("the column `{name}` appears twice"))
                    .hint("keep one of the two columns"));
            }
            parsed.push(column);
        }
        for needed in [Field::Metric, Field::Start] {
            if !names.contains(needed.name()) {
                return Err(place
                    .bad_line(format!("the column `{}` is missing", needed.name()))
                    .hint("every file needs at least `metric` and `start`"));
            }
        }
        *columns = Some(parsed);
        Ok(())
    }
}

/// Reads a record and says on which line it begins. Blank lines are skipped.
fn next_record(lines: &mut Lines, record: &mut Record) -> Result<Option<u64>> {
    record.clear();
    let mut first = None;
    loop {
        let Some(line) = lines.next()? else {
            return match first {
                None => Ok(None),
                Some(line) => Err(never_closed(lines, line)),
            };
        };
        if first.is_none() && line.is_empty() {
            continue;
        }
        let progress = record.take(line);
        let began = *first.get_or_insert(lines.number());
        match progress {
            Ok(Progress::Whole) => return Ok(Some(began)),
            Ok(Progress::Open) if lines.number() - began >= LONGEST_RECORD as u64 => {
                return Err(never_closed(lines, began));
            }
            Ok(Progress::Open) => {}
            Err(cell) => {
                let place = Place { path: lines.path(), line: lines.number() };
                return Err(place
                    .bad_line(format!("cell {} has text after its closing quote", cell + 1))
                    .hint("write a quote inside a quoted cell twice: \"say \"\"hi\"\"\""));
            }
        }
    }
}

fn never_closed(lines: &Lines, line: u64) -> Error {
    Place { path: lines.path(), line }
        .bad_line("a quote is opened and never closed")
        .hint("close the quote, or write it twice where it belongs to the text")
}
