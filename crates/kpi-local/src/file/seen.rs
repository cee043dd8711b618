//! Two rows with one key: equal ones are one, different ones are a mistake.

use std::collections::HashMap;
use std::collections::hash_map::{DefaultHasher, Entry};
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use kpi_core::Result;

use super::lines::Place;
use super::paths;
use super::row::{Row, conflict};

/// The keys seen so far, as hashes, so that a million rows take some 50 MB.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    files: Vec<PathBuf>,
    rows: HashMap<u64, First>,
}

/// Where a key stood first, and with what figure.
#[derive(Clone, Copy, Debug)]
struct First {
    figure: u64,
    file: u32,
    line: u32,
}

impl Seen {
    /// The rows that follow are of this file.
    pub(crate) fn begin(&mut self, path: &Path) {
        self.files.push(path.to_owned());
    }

    /// Takes a row's key.
    ///
    /// # Errors
    /// `Config`, naming both lines, when the key was seen with another figure.
    pub(crate) fn add(&mut self, row: &Row, line: u64) -> Result<()> {
        let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let file = self.files.len().saturating_sub(1);
        let figure = hash_of(&(row.value.known(), row.value.state(), row.currency));
        let key = hash_of(&(
            (row.metric, row.definition, row.basis, row.window),
            (&row.account, row.channel, row.read_at, &row.dimensions),
        ));
        let first = match self.rows.entry(key) {
            Entry::Vacant(place) => {
                place.insert(First { figure, file: small(file as u64), line: small(line) });
                return Ok(());
            }
            Entry::Occupied(first) => *first.get(),
        };
        if first.figure == figure {
            return Ok(());
        }
        let path = self.files.get(file).map_or(Path::new(""), PathBuf::as_path);
        let first_file = first.file as usize;
        let other = match self.files.get(first_file) {
            Some(other) if first_file != file => format!("{}, line {}", paths::name(other), first.line),
            _ => format!("line {}", first.line),
        };
        Err(conflict(Place { path, line }, &other))
    }
}

fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
