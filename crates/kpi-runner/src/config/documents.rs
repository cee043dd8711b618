//! The configuration's files as text: where a key stands, and which of several files says it last.

use std::path::{Path, PathBuf};

use toml_edit::{Document as Parsed, Item, TableLike, Value};

use super::problem::{Place, Problem};

/// One file.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) path: PathBuf,
    pub(super) text: String,
    parsed: Parsed<String>,
}

/// The files, in order.
#[derive(Debug, Default)]
pub(super) struct Documents(pub(super) Vec<Document>);

impl Documents {
    pub(super) fn read(paths: &[PathBuf]) -> Result<Self, Vec<Problem>> {
        let mut documents = Vec::new();
        let mut problems = Vec::new();
        for path in paths {
            match std::fs::read_to_string(path) {
                Ok(text) => match Parsed::parse(text.clone()) {
                    Ok(parsed) => documents.push(Document { path: path.clone(), text, parsed }),
                    Err(error) => {
                        let offset = error.span().map_or(0, |span| span.start);
                        let mut problem =
                            Problem::new("", error.message().trim().to_owned()).hint("correct the TOML syntax here");
                        problem.place = Some(Box::new(place(path, &text, offset, 1)));
                        problems.push(problem);
                    }
                },
                Err(error) => {
                    let mut problem = Problem::new("", format!("cannot be read: {error}"))
                        .hint("name the configuration with --config FILE, or write one with `kpi init`");
                    problem.place = Some(Box::new(Place { file: path.clone(), line: 0, column: 0, excerpt: None }));
                    problems.push(problem);
                }
            }
        }
        if problems.is_empty() { Ok(Self(documents)) } else { Err(problems) }
    }

    /// The place of a key, in the last file that says it; of a missing key, its nearest table.
    pub(super) fn place(&self, path: &[String]) -> Option<Box<Place>> {
        (0..=path.len()).rev().find_map(|length| {
            self.0.iter().rev().find_map(|document| {
                let span = find(&document.parsed, &path[..length], length == path.len())?;
                Some(Box::new(place(&document.path, &document.text, span.start, 1)))
            })
        })
    }

    /// The place of a part of a text value, underlined.
    pub(super) fn place_within(&self, path: &[String], start: usize, end: usize) -> Option<Box<Place>> {
        self.0.iter().rev().find_map(|document| {
            let span = value_span(&document.parsed, path)?;
            let raw = document.text.get(span.clone())?;
            // Quotes of one or three characters; escapes shift the place a little, which does no harm.
            let quote = if raw.starts_with("\"\"\"") || raw.starts_with("'''") { 3 } else { 1 };
            let length = end.saturating_sub(start).max(1);
            Some(Box::new(place_excerpt(&document.path, &document.text, span.start + quote + start, length)))
        })
    }

    /// The folder of the last file that says a key.
    pub(super) fn folder_of(&self, path: &[String]) -> Option<PathBuf> {
        let document = self.0.iter().rev().find(|document| find(&document.parsed, path, true).is_some())?;
        Some(document.path.parent().map(Path::to_owned).unwrap_or_default())
    }

    /// Whether the last file that says one of the keys of a table says this one.
    pub(super) fn says_last<'k>(&self, table: &[String], keys: &[&'k str]) -> Option<&'k str> {
        self.0.iter().rev().find_map(|document| {
            keys.iter().copied().find(|key| {
                let mut path = table.to_vec();
                path.push((*key).to_owned());
                find(&document.parsed, &path, true).is_some()
            })
        })
    }
}

fn place(path: &Path, text: &str, offset: usize, length: usize) -> Place {
    Place { excerpt: None, ..place_excerpt(path, text, offset, length) }
}

fn place_excerpt(path: &Path, text: &str, offset: usize, length: usize) -> Place {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.matches('\n').count() + 1;
    let column = text[start..offset].chars().count() + 1;
    let content = text[start..].lines().next().unwrap_or("").to_owned();
    let room = content.chars().count().saturating_sub(column - 1);
    Place { file: path.to_owned(), line, column, excerpt: Some((content, length.min(room.max(1)))) }
}

/// The span of a key (its name where it has one) or of an array's element.
fn find(document: &Parsed<String>, path: &[String], exact: bool) -> Option<std::ops::Range<usize>> {
    let mut table: &dyn TableLike = document.as_table();
    let mut span = 0..0;
    for (index, key) in path.iter().enumerate() {
        if let Some((own, item)) = table.get_key_value(key) {
            span = own.span().or_else(|| item.span()).unwrap_or(span);
            if index + 1 == path.len() {
                return Some(span);
            }
            if let Some(inner) = item.as_table_like() {
                table = inner;
                continue;
            }
            return element(item, &path[index + 1..]).or(if exact { None } else { Some(span) });
        }
        return None;
    }
    Some(span)
}

/// The span of an element of an array, or of a key in it.
fn element(item: &Item, path: &[String]) -> Option<std::ops::Range<usize>> {
    let index: usize = path.first()?.parse().ok()?;
    match item {
        Item::Value(Value::Array(array)) => {
            let value = array.get(index)?;
            let inner = path.get(1).and_then(|key| value.as_inline_table()?.get_key_value(key));
            inner.and_then(|(key, _)| key.span()).or_else(|| value.span())
        }
        Item::ArrayOfTables(tables) => {
            let table = tables.get(index)?;
            let inner = path.get(1).and_then(|key| table.get_key_value(key));
            inner.and_then(|(key, _)| key.span()).or_else(|| table.span())
        }
        _ => None,
    }
}

fn value_span(document: &Parsed<String>, path: &[String]) -> Option<std::ops::Range<usize>> {
    let mut table: &dyn TableLike = document.as_table();
    let (last, parents) = path.split_last()?;
    for key in parents {
        table = table.get(key)?.as_table_like()?;
    }
    table.get(last)?.as_value()?.span()
}
