//! The cells of a row: how they compare in a query, and how they stand on the wire.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::rational::Rational;

/// A figure or attribute of a row, as it compares and as it stands on the wire.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    Text(String),
    /// int64: a string on the wire.
    Whole(u64),
    /// int32: a number on the wire.
    Small(i64),
    /// A double, in hundredths.
    Hundredths(u64),
    Flag(bool),
}

/// The cells of a row by the names of their fields.
pub(super) type Cells = BTreeMap<String, Cell>;

impl Cell {
    pub(super) fn is_zero(&self) -> bool {
        matches!(self, Self::Whole(0) | Self::Hundredths(0) | Self::Small(0))
    }

    pub(super) fn to_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Whole(n) => n.to_string(),
            Self::Small(n) => n.to_string(),
            Self::Hundredths(n) => format!("{}.{:02}", n / 100, n % 100),
            Self::Flag(flag) => flag.to_string(),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a double is what the wire carries; hundredths read back exactly")]
    pub(super) fn to_wire(&self) -> Value {
        match self {
            Self::Text(text) => json!(text),
            Self::Whole(n) => json!(n.to_string()),
            Self::Small(n) => json!(n),
            Self::Hundredths(n) if n % 100 == 0 => json!(n / 100),
            Self::Hundredths(n) => json!(*n as f64 / 100.0),
            Self::Flag(flag) => json!(flag),
        }
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) | (Self::Hundredths(a), Self::Hundredths(b)) => a.cmp(b),
            (Self::Small(a), Self::Small(b)) => a.cmp(b),
            _ => self.to_text().cmp(&other.to_text()),
        }
    }

    pub(super) fn compare_literal(&self, text: &str) -> Ordering {
        match self {
            Self::Whole(n) => n.cmp(&text.parse().unwrap_or(0)),
            Self::Small(n) => n.cmp(&text.parse().unwrap_or(0)),
            Self::Hundredths(n) => {
                let exact = Rational::parse(text).unwrap_or_else(Rational::zero);
                Rational::scaled(*n, 2).cmp(&exact)
            }
            Self::Flag(flag) => flag.to_string().as_str().cmp(text.to_ascii_lowercase().as_str()),
            Self::Text(own) => own.as_str().cmp(text),
        }
    }
}
