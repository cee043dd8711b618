//! One figure and everything that makes it comparable.

use std::fmt;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Currency, MetricId, Window};

/// What the dates of a figure mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The day on which it happened.
    #[default]
    Event,
    /// The day of what it followed from: the mailing, the click, the post.
    Cohort,
    /// A running total, on the day on which it was read.
    AsOf,
}

impl Basis {
    /// The basis as written in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Cohort => "cohort",
            Self::AsOf => "as_of",
        }
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether there is a figure, and if not, why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueState {
    /// There is a value.
    Value,
    /// The vendor has none, and that is not zero.
    Missing,
    /// The vendor has one and withholds it (thresholds, privacy).
    Withheld,
    /// The vendor does not offer it.
    Unsupported,
    /// The vendor no longer offers it.
    Withdrawn,
    /// The vendor will have it later.
    NotYet,
}

impl ValueState {
    /// The state as written in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Missing => "missing",
            Self::Withheld => "withheld",
            Self::Unsupported => "unsupported",
            Self::Withdrawn => "withdrawn",
            Self::NotYet => "not_yet",
        }
    }

    /// Reads a state as written in files.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Value, Self::Missing, Self::Withheld, Self::Unsupported, Self::Withdrawn, Self::NotYet]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// A value, or the reason why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// An exact decimal.
    Known(Decimal),
    /// No value, for this reason. Never `ValueState::Value`.
    Absent(ValueState),
}

impl Value {
    /// The state alone.
    pub fn state(self) -> ValueState {
        match self {
            Self::Known(_) => ValueState::Value,
            Self::Absent(state) => state,
        }
    }

    /// The decimal, if there is one.
    pub fn known(self) -> Option<Decimal> {
        match self {
            Self::Known(value) => Some(value),
            Self::Absent(_) => None,
        }
    }
}

impl From<Decimal> for Value {
    fn from(value: Decimal) -> Self {
        Self::Known(value)
    }
}

impl From<u64> for Value {
    fn from(value: u64) -> Self {
        Self::Known(value.into())
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Known(value.into())
    }
}

/// One figure with its whole key, as tests and `expected.jsonl` write it. Collections move in [`crate::Batch`]es.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// Which figure.
    pub metric: MetricId,
    /// The vendor's rule, where it differs from the dictionary's.
    pub definition: Option<String>,
    /// What the dates mean.
    pub basis: Basis,
    /// The days it covers.
    pub window: Window,
    /// The account, where one source reports several.
    pub account: Option<String>,
    /// What it is cut by, sorted by dimension; empty for the account's total.
    pub breakdown: Vec<(String, String)>,
    /// The value or why there is none.
    pub value: Value,
    /// The currency of an amount of money.
    pub currency: Option<Currency>,
    /// When the vendor was read, where the figure itself says so.
    pub as_of: Option<Timestamp>,
    /// The channel, where it differs from the source's.
    pub channel: Option<String>,
}
