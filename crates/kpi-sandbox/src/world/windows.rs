//! The windows for which distinct counts are kept: weeks, months, quarters and years of the calendar.

use jiff::ToSpan;
use jiff::civil::Date;

use super::{FIRST_DAY, plus};

/// How long a window is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    /// One day.
    Day,
    /// An ISO week, from Monday.
    Week,
    /// A calendar month.
    Month,
    /// A calendar quarter.
    Quarter,
    /// A calendar year.
    Year,
}

/// Every window of a grain from the first day of the world that ends on or before a day.
#[must_use]
pub fn windows(grain: Grain, last: Date) -> Vec<(Date, Date)> {
    let mut found = Vec::new();
    let mut start = FIRST_DAY;
    loop {
        let next = match grain {
            Grain::Day => plus(start, 1),
            Grain::Week => plus(start, 7),
            Grain::Month => start.saturating_add(1.month()),
            Grain::Quarter => start.saturating_add(3.months()),
            Grain::Year => start.saturating_add(1.year()),
        };
        let end = plus(next, -1);
        if end > last {
            return found;
        }
        found.push((start, end));
        start = next;
    }
}
