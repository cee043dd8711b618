//! Periods as people write them: days, ISO weeks, months, quarters, years, fiscal years, ranges, and words like `last-month`.

use jiff::ToSpan;
use jiff::civil::{Date, ISOWeekDate, Weekday};

use crate::Error;

/// The first and the last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub start: Date,
    /// The last day.
    pub end: Date,
}

/// Reads a period. `today` is the date in the reporting zone, `fiscal` the month in which the fiscal year starts.
///
/// # Errors
/// When the text is no period.
pub fn parse(text: &str, today: Date, fiscal: i8) -> Result<Period, Error> {
    let monday = today.saturating_sub(i64::from(today.weekday().to_monday_zero_offset()).days());
    let month = today.first_of_month();
    match text {
        "yesterday" => {
            let day = today.saturating_sub(1.day());
            return Ok(Period { start: day, end: day });
        }
        "last-week" => return Ok(span(monday.saturating_sub(7.days()), monday)),
        "last-month" => return Ok(span(month.saturating_sub(1.month()), month)),
        "this-month" => return Ok(span(month, month.saturating_add(1.month()))),
        "last-quarter" => {
            let start = month.saturating_sub(i64::from((today.month() - 1) % 3).months());
            return Ok(span(start.saturating_sub(3.months()), start));
        }
        _ => {}
    }
    named(text, fiscal).ok_or_else(|| Error::new(format!("{text:?} is no period")))
}

/// From a first day up to, not including, another.
fn span(start: Date, next: Date) -> Period {
    Period { start, end: next.saturating_sub(1.day()) }
}

fn named(text: &str, fiscal: i8) -> Option<Period> {
    if let Some((start, end)) = text.split_once("..") {
        let (start, end) = (day(start)?, day(end)?);
        return (start <= end).then_some(Period { start, end });
    }
    if let Some(rest) = text.strip_prefix("FY") {
        let (year, quarter) = match rest.split_once("-Q") {
            Some((year, quarter)) => (year, Some(number(quarter, 1, 4)?)),
            None => (rest, None),
        };
        let year = year_of(year)?;
        // Named after the calendar year in which it ends.
        let start = Date::new(if fiscal > 1 { year - 1 } else { year }, fiscal, 1).ok()?;
        return Some(match quarter {
            Some(n) => {
                let first = start.saturating_add((3 * (n - 1)).months());
                span(first, first.saturating_add(3.months()))
            }
            None => span(start, start.saturating_add(1.year())),
        });
    }
    let Some((year, rest)) = text.split_once('-') else {
        let start = Date::new(year_of(text)?, 1, 1).ok()?;
        return Some(span(start, start.saturating_add(1.year())));
    };
    let year = year_of(year)?;
    if let Some(week) = rest.strip_prefix('W') {
        let week = i8::try_from(number(week, 1, 53).filter(|_| week.len() == 2)?).ok()?;
        let start = ISOWeekDate::new(year, week, Weekday::Monday).ok()?.date();
        return Some(span(start, start.saturating_add(7.days())));
    }
    if let Some(quarter) = rest.strip_prefix('Q') {
        let month = i8::try_from(3 * number(quarter, 1, 4)? - 2).ok()?;
        let start = Date::new(year, month, 1).ok()?;
        return Some(span(start, start.saturating_add(3.months())));
    }
    if rest.len() == 2 {
        let start = Date::new(year, i8::try_from(number(rest, 1, 12)?).ok()?, 1).ok()?;
        return Some(span(start, start.saturating_add(1.month())));
    }
    let day = day(text)?;
    Some(Period { start: day, end: day })
}

fn day(text: &str) -> Option<Date> {
    text.parse().ok().filter(|_| text.len() == 10)
}

fn year_of(text: &str) -> Option<i16> {
    text.parse().ok().filter(|_| text.len() == 4)
}

fn number(text: &str, low: i64, high: i64) -> Option<i64> {
    text.parse().ok().filter(|n| (low..=high).contains(n))
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn shown(text: &str, fiscal: i8) -> String {
        let period = parse(text, "2026-11-05".parse().unwrap(), fiscal).unwrap();
        format!("{}..{}", period.start, period.end)
    }

    #[test]
    fn reads_every_form() {
        assert_eq!(shown("2026-10-21", 1), "2026-10-21..2026-10-21");
        assert_eq!(shown("2026-W45", 1), "2026-11-02..2026-11-08");
        assert_eq!(shown("2026-W01", 1), "2025-12-29..2026-01-04");
        assert_eq!(shown("2024-02", 1), "2024-02-01..2024-02-29");
        assert_eq!(shown("2026-Q3", 1), "2026-07-01..2026-09-30");
        assert_eq!(shown("2026", 1), "2026-01-01..2026-12-31");
        assert_eq!(shown("FY2026", 4), "2025-04-01..2026-03-31");
        assert_eq!(shown("FY2026-Q1", 4), "2025-04-01..2025-06-30");
        assert_eq!(shown("FY2026-Q1", 1), "2026-01-01..2026-03-31");
        assert_eq!(shown("2026-10-01..2026-10-15", 1), "2026-10-01..2026-10-15");
        assert_eq!(shown("yesterday", 1), "2026-11-04..2026-11-04");
        assert_eq!(shown("last-week", 1), "2026-10-26..2026-11-01");
        assert_eq!(shown("last-month", 1), "2026-10-01..2026-10-31");
        assert_eq!(shown("last-quarter", 1), "2026-07-01..2026-09-30");
        assert_eq!(shown("this-month", 1), "2026-11-01..2026-11-30");
    }

    #[test]
    fn refuses_what_is_no_period() {
        for text in ["2026-13", "2026-W54", "2026-1", "26", "2026-10-32", "2026-10-15..2026-10-01", "soon", "2025-W53"]
        {
            assert!(parse(text, "2026-11-05".parse().unwrap(), 1).is_err(), "{text}");
        }
    }
}
