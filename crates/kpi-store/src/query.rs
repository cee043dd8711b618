//! What is read for computing: groups, and figures one by one.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kpi_core::{Basis, Currency, Value, Window};

use crate::SliceId;

/// Which revisions of the slices are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Selection {
    /// The latest of each slice.
    #[default]
    Latest,
    /// The latest of each slice that had been read by then.
    AsOf(Timestamp),
    /// Exactly these, one for each slice; other slices do not exist.
    Revisions(BTreeMap<SliceId, u32>),
    /// Every revision of every slice.
    All,
}

/// Which figures are meant. An empty list does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactQuery {
    /// The ids of sources.
    pub sources: Vec<String>,
    /// The ids of reports.
    pub reports: Vec<String>,
    /// The ids of metrics.
    pub metrics: Vec<String>,
    /// The breakdowns: sorted names of dimensions; `[]` among them stands for account totals.
    pub breakdowns: Vec<Vec<String>>,
    /// The days: figures that share at least one with it.
    pub window: Option<Window>,
    /// The revisions.
    pub selection: Selection,
    /// The dimensions' values: a figure passes when it passes all.
    pub filters: Vec<Filter>,
}

/// Lets figures pass that have the dimension with one of the values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The name of the dimension.
    pub dimension: String,
    /// The values that pass.
    pub values: Vec<String>,
}

/// One figure, as long as the callback runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FactRow<'a> {
    /// Its slice, and by that its source and report.
    pub slice: &'a SliceId,
    /// The revision of the slice.
    pub revision: u32,
    /// The IANA zone in which its days were cut.
    pub zone: &'a str,
    /// The id of the metric.
    pub metric: &'a str,
    /// The vendor's rule, where it differs from the dictionary's.
    pub definition: Option<&'a str>,
    /// What the dates mean.
    pub basis: Basis,
    /// The days it covers.
    pub window: Window,
    /// The account, where one source reports several.
    pub account: Option<&'a str>,
    /// The channel, where it differs from the source's.
    pub channel: Option<&'a str>,
    /// What it is cut by, sorted by dimension; empty for the account's total.
    pub breakdown: &'a [(&'a str, &'a str)],
    /// The value, or why there is none.
    pub value: Value,
    /// The currency of an amount of money.
    pub currency: Option<Currency>,
    /// When the vendor was read: the figure's own time, or the slice's.
    pub read_at: Timestamp,
}

/// A kind of figure that a source offers for a window.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Group {
    /// The id of the report.
    pub report: String,
    /// The id of the metric.
    pub metric: String,
    /// The vendor's rule, where it differs from the dictionary's.
    pub definition: Option<String>,
    /// What the dates mean.
    pub basis: Basis,
    /// The sorted names of the dimensions it is cut by.
    pub dimensions: Vec<String>,
    /// The channel, where it differs from the source's.
    pub channel: Option<String>,
    /// Whether its figures name accounts.
    pub accounts: bool,
    /// Whether there is any figure; if not, it was asked for and no row came.
    pub has_rows: bool,
}
