//! Spans of civil days.

use std::fmt;

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use crate::{Error, ErrorKind, Result};

/// A span of whole civil days, both ends included. The zone in which its days are cut belongs to the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Window {
    first: Date,
    last: Date,
}

impl Window {
    /// The span from `first` to `last`, both included.
    ///
    /// # Errors
    /// `Contract` when `last` lies before `first`.
    pub fn new(first: Date, last: Date) -> Result<Self> {
        if last < first {
            return Err(Error::new(ErrorKind::Contract, format!("window ends ({last}) before it begins ({first})")));
        }
        Ok(Self { first, last })
    }

    /// A single day.
    pub fn day(day: Date) -> Self {
        Self { first: day, last: day }
    }

    /// The first day.
    pub fn first(self) -> Date {
        self.first
    }

    /// The last day.
    pub fn last(self) -> Date {
        self.last
    }

    /// How many days it has.
    pub fn days(self) -> i32 {
        days_between(self.first, self.last) + 1
    }

    /// Whether the day lies in it.
    pub fn contains_day(self, day: Date) -> bool {
        self.first <= day && day <= self.last
    }

    /// Whether the other window lies wholly in it.
    pub fn contains(self, other: Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }

    /// Whether the two share a day.
    pub fn overlaps(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// The days both have.
    pub fn intersection(self, other: Self) -> Option<Self> {
        let (first, last) = (self.first.max(other.first), self.last.min(other.last));
        (first <= last).then_some(Self { first, last })
    }

    /// Each of its days, in order.
    pub fn iter_days(self) -> impl Iterator<Item = Date> + Clone {
        self.first.series(1.day()).take_while(move |day| *day <= self.last)
    }

    /// The same window moved by whole days; `None` beyond the calendar.
    pub fn shifted(self, days: i32) -> Option<Self> {
        let span = Span::new().try_days(days).ok()?;
        Some(Self { first: self.first.checked_add(span).ok()?, last: self.last.checked_add(span).ok()? })
    }

    /// The window cut into pieces of at most `max_days` days, in order.
    pub fn chunks(self, max_days: u32) -> Vec<Self> {
        let step = i64::from(max_days.max(1));
        let mut pieces = Vec::new();
        let mut first = self.first;
        loop {
            let last = first.saturating_add((step - 1).days()).min(self.last);
            pieces.push(Self { first, last });
            if last >= self.last {
                return pieces;
            }
            first = last.saturating_add(1.day());
        }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last { write!(f, "{}", self.first) } else { write!(f, "{}..{}", self.first, self.last) }
    }
}

/// How many days lie from `from` to `to`; negative when `to` is earlier.
pub(crate) fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}
