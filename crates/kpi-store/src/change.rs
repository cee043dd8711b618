//! The change log of goals and definitions.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

/// One entry: what changed when, with whatever the configuration says about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The day of the change.
    pub date: Date,
    /// What changed, such as the id of a KPI.
    pub subject: String,
    /// The reason, the note and so on, by key.
    pub fields: BTreeMap<String, String>,
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeRecord {
    /// The entry.
    pub change: Change,
    /// When the store first saw it.
    pub recorded_at: Timestamp,
}
