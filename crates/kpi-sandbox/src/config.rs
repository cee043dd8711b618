//! The part of a configuration that the sandbox needs: the sources, and what the truth is computed by.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::Error;

/// One configured account.
#[derive(Clone, Debug)]
pub struct Source {
    /// The id in the configuration.
    pub id: String,
    /// The adapter id.
    pub adapter: String,
    /// The adapter's own keys.
    pub config: Table,
}

impl Source {
    /// A text of the adapter's own keys.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.config.get(key).and_then(Value::as_str)
    }
}

/// Configuration files, merged in order, key by key.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The merged table.
    pub table: Table,
}

impl Config {
    /// Reads and merges configuration files.
    ///
    /// # Errors
    /// When a file cannot be read or is not TOML.
    pub fn read(files: &[PathBuf]) -> Result<Self, Error> {
        let mut table = Table::new();
        for file in files {
            merge(&mut table, read_table(file)?);
        }
        Ok(Self { table })
    }

    /// The configured sources, by id.
    #[must_use]
    pub fn sources(&self) -> Vec<Source> {
        let Some(sources) = self.table.get("sources").and_then(Value::as_table) else {
            return Vec::new();
        };
        let mut found: Vec<Source> = sources
            .iter()
            .filter_map(|(id, entry)| {
                let adapter = entry.get("adapter")?.as_str()?.to_owned();
                let config = entry.get("config").and_then(Value::as_table).cloned().unwrap_or_default();
                Some(Source { id: id.clone(), adapter, config })
            })
            .collect();
        found.sort_by(|a, b| a.id.cmp(&b.id));
        found
    }

    /// A value by its path of keys.
    #[must_use]
    pub fn get(&self, path: &[&str]) -> Option<&Value> {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(self.table.get(*first)?, |value, key| value.get(*key))
    }

    /// A text by its path of keys.
    #[must_use]
    pub fn text(&self, path: &[&str]) -> Option<&str> {
        self.get(path).and_then(Value::as_str)
    }
}

fn read_table(file: &Path) -> Result<Table, Error> {
    let text = std::fs::read_to_string(file).map_err(|e| Error::new(format!("read {}: {e}", file.display())))?;
    text.parse::<Table>().map_err(|e| Error::new(format!("{}: {e}", file.display())))
}

fn merge(base: &mut Table, over: Table) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(old)), Value::Table(new)) => merge(old, new),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}
