//! Rows as text: the cells of CSV and JSON Lines files by column, each with its line.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use kpi_core::{Error, Result, nearest};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

pub(crate) use super::lines::{Fingerprint, Place};

use super::csv::{Progress, Record};
use super::lines::Lines;
use super::paths::{Format, format_of};

/// The most lines that a quoted cell may span; more means a quote that was never closed.
const LONGEST_RECORD: usize = 1_000;

/// The columns with a meaning of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    Metric,
    Start,
    End,
    Value,
    Currency,
    State,
    Channel,
    Account,
    Definition,
    Basis,
    AsOf,
}

impl Field {
    const ALL: [(Self, &'static str); 11] = [
        (Self::Metric, "metric"),
        (Self::Start, "start"),
        (Self::End, "end"),
        (Self::Value, "value"),
        (Self::Currency, "currency"),
        (Self::State, "state"),
        (Self::Channel, "channel"),
        (Self::Account, "account"),
        (Self::Definition, "definition"),
        (Self::Basis, "basis"),
        (Self::AsOf, "as_of"),
    ];

    /// The name of the column.
    pub(crate) fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

/// The cells of one row.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    /// The line on which the row begins, from 1.
    pub(crate) line: u64,
    fields: [String; Field::ALL.len()],
    /// Name and label of each dimension that the row is broken down by.
    pub(crate) dimensions: Vec<(Arc<str>, String)>,
}

impl Cells {
    /// A cell; empty when the column is absent.
    pub(crate) fn get(&self, field: Field) -> &str {
        &self.fields[field as usize]
    }

    fn begin(&mut self, line: u64) {
        self.line = line;
        self.fields.iter_mut().for_each(String::clear);
        self.dimensions.clear();
    }

    fn put(&mut self, column: &Column, text: &str) {
        match column {
            Column::Field(field) => self.fields[*field as usize].push_str(text),
            Column::Dimension(_) if text.is_empty() => {}
            Column::Dimension(name) => self.dimensions.push((Arc::clone(name), text.to_owned())),
        }
    }
}

/// What a column of a file means.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Field(Field),
    Dimension(Arc<str>),
}

impl Column {
    fn parse(name: &str, place: Place<'_>) -> Result<Self> {
        if let Some(dimension) = name.strip_prefix("dim.") {
            if dimension.is_empty() || dimension.contains(char::is_whitespace) {
                return Err(place
                    .bad_cell(name, "not the name of a dimension")
                    .hint("write `dim.` and a name without spaces, such as `dim.campaign`"));
            }
            return Ok(Self::Dimension(dimension.into()));
        }
        match Field::ALL.iter().find(|(_, known)| *known == name) {
            Some((field, _)) => Ok(Self::Field(*field)),
            None => Err(unknown_column(name, place)),
        }
    }
}

fn unknown_column(name: &str, place: Place<'_>) -> Error {
    let known: Vec<&str> = Field::ALL.iter().map(|(_, name)| *name).collect();
    let list = known.join(", ");
    let hint = match nearest(name, known.into_iter()) {
        Some(near) => format!("did you mean `{near}`? the columns are {list} and dim.<name>"),
        None if name.contains([';', '\t']) => format!("separate columns with commas; they are {list} and dim.<name>"),
        None => format!("the columns are {list} and dim.<name>"),
    };
    place.bad_line(format!("unknown column `{name}`")).hint(hint)
}

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

/// Reads the next object. Blank lines are skipped.
fn next_object(lines: &mut Lines, cells: &mut Cells) -> Result<bool> {
    loop {
        let Some(line) = lines.next()? else { return Ok(false) };
        if line.trim().is_empty() {
            continue;
        }
        // Parsed before the number of the line is asked for, because both borrow the reader.
        let parsed = serde_json::from_str::<Object>(line).map_err(|error| json_cause(&error));
        let place = Place { path: lines.path(), line: lines.number() };
        let object = parsed.map_err(|cause| {
            place
                .bad_line(format!("not a JSON object: {cause}"))
                .hint("write one object a line, keys as in the header of a CSV file")
        })?;
        cells.begin(place.line);
        let mut names = BTreeSet::new();
        for (name, value) in &object.0 {
            let column = Column::parse(name, place)?;
            if !names.insert(name.as_str()) {
                return Err(place.bad_line(format!("the key `{name}` appears twice")).hint("keep one of the two"));
            }
            cells.put(&column, &text_of(value, name, place)?);
        }
        return Ok(true);
    }
}

/// A cell's text: of a string its content, of a number its digits as written, of null nothing.
fn text_of(value: &RawValue, name: &str, place: Place<'_>) -> Result<String> {
    let raw = value.get();
    match raw.as_bytes().first() {
        Some(b'"') => serde_json::from_str(raw).map_err(|error| place.bad_cell(name, error)),
        Some(b'-' | b'0'..=b'9') => Ok(raw.to_owned()),
        Some(b'n') => Ok(String::new()),
        _ => Err(place
            .bad_cell(name, format!("`{raw}` is neither text nor a number"))
            .hint("write a string, a plain number or null")),
    }
}

/// What is wrong with JSON, with the character of the line but not its number, which is always 1 here.
fn json_cause(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let cause = text.split(" at line ").next().unwrap_or(&text);
    match error.column() {
        0 => cause.to_owned(),
        column => format!("{cause} (character {column})"),
    }
}

/// An object's entries in their order, duplicates included.
struct Object(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Object(entries))
            }
        }

        deserializer.deserialize_map(Entries)
    }
}
