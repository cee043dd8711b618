//! JSON Lines: one object a line, its numbers as they were written.

use std::collections::BTreeSet;
use std::fmt;

use kpi_core::Result;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::columns::{Cells, Column};
use super::lines::{Lines, Place};

/// Reads the next object. Blank lines are skipped.
pub(super) fn next_object(lines: &mut Lines, cells: &mut Cells) -> Result<bool> {
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
