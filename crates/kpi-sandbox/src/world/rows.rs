//! One row of an exported file: a fact, the account it belongs to, and when the exporting system was read.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::plus;
use crate::ledger::Fact;

/// The company's own zone: its systems cut days there.
pub const ZONE: &str = "Asia/Ho_Chi_Minh";

/// The company's account for everything booked in Vietnam.
pub const VN: &str = "sm-vn";

/// The company's account for what is booked in dollars.
pub const US: &str = "sm-us";

/// One row of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The figure.
    pub fact: Fact,
    /// Whether the system says that it does not know the figure; the value is then void.
    pub missing: bool,
    /// The account.
    pub account: &'static str,
    /// When the exporting system was read.
    pub as_of: Timestamp,
}

impl Row {
    /// A row read as soon as its window had ended.
    #[must_use]
    pub fn new(account: &'static str, fact: Fact) -> Self {
        let as_of = end_of(fact.end);
        Self { fact, missing: false, account, as_of }
    }

    /// Whether two rows are readings of one and the same figure.
    #[must_use]
    pub fn same_key(&self, other: &Self) -> bool {
        let (a, b) = (&self.fact, &other.fact);
        self.account == other.account
            && (a.metric, a.start, a.end, a.basis, a.definition) == (b.metric, b.start, b.end, b.basis, b.definition)
            && a.dims == b.dims
    }
}

/// The instant at which a day ends in the company's zone.
#[must_use]
pub fn end_of(day: Date) -> Timestamp {
    let zone = TimeZone::get(ZONE).unwrap_or(TimeZone::UTC);
    plus(day, 1).to_zoned(zone).map_or(Timestamp::MAX, |start| start.timestamp())
}
