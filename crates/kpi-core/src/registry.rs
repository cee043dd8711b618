//! The explicit list of adapters.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use schemars::Schema;

use crate::{Adapter, ChannelSource, Descriptor, Dictionary, Error, ErrorKind, Result};

/// One registered adapter.
#[derive(Clone, Copy)]
pub struct AdapterEntry {
    /// What it can do.
    pub descriptor: &'static Descriptor,
    /// The JSON Schema of its configuration.
    pub schema: fn() -> Schema,
    /// Makes a source from its configuration.
    pub open: fn(serde_json::Value) -> Result<Arc<dyn ChannelSource>>,
}

impl fmt::Debug for AdapterEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AdapterEntry").field("id", &self.descriptor.id).finish_non_exhaustive()
    }
}

/// The adapters that a binary knows.
#[derive(Debug, Default)]
pub struct Registry {
    entries: BTreeMap<&'static str, AdapterEntry>,
}

impl Registry {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an adapter.
    ///
    /// # Errors
    /// `Contract` when its id is taken.
    pub fn add<A: Adapter>(&mut self) -> Result<()> {
        let descriptor = <A as Adapter>::descriptor();
        let entry = AdapterEntry { descriptor, schema: schema_of::<A>, open: open::<A> };
        if self.entries.insert(descriptor.id, entry).is_some() {
            return Err(Error::new(ErrorKind::Contract, format!("two adapters are called `{}`", descriptor.id)));
        }
        Ok(())
    }

    /// Finds an adapter.
    ///
    /// # Errors
    /// `Config`, naming the nearest known id and listing the others.
    pub fn get(&self, id: &str) -> Result<&AdapterEntry> {
        self.entries.get(id).ok_or_else(|| {
            let known: Vec<&str> = self.entries.keys().copied().collect();
            let hint = match nearest(id, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`? known adapters: {}", known.join(", ")),
                None => format!("known adapters: {}", known.join(", ")),
            };
            Error::new(ErrorKind::Config, format!("unknown adapter `{id}`")).hint(hint)
        })
    }

    /// The adapters, by id.
    pub fn iter(&self) -> impl Iterator<Item = &AdapterEntry> {
        self.entries.values()
    }

    /// The dictionary with the adapters' own metrics.
    ///
    /// # Errors
    /// `Contract` when an adapter's own metric has no prefix or is taken.
    pub fn dictionary(&self) -> Result<Dictionary> {
        let mut dictionary = Dictionary::builtin()?;
        for entry in self.entries.values() {
            for metric in entry.descriptor.own_metrics {
                dictionary.add(metric)?;
            }
        }
        Ok(dictionary)
    }
}

/// The nearest of some names, when one is near enough to be meant.
pub fn nearest<'a>(wanted: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|name| (strsim::damerau_levenshtein(wanted, name), name))
        .filter(|(distance, name)| *distance <= 2.max(name.len() / 3))
        .min()
        .map(|(_, name)| name)
}

fn schema_of<A: Adapter>() -> Schema {
    schemars::schema_for!(A::Config)
}

fn open<A: Adapter>(config: serde_json::Value) -> Result<Arc<dyn ChannelSource>> {
    let config: A::Config = serde_path_to_error::deserialize(config).map_err(|error| {
        let path = error.path().to_string();
        Error::new(ErrorKind::Config, error.into_inner().to_string()).with("key", path)
    })?;
    Ok(Arc::new(A::new(config)?))
}
