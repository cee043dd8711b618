//! Civil days and the periods that commands take, as far as the readings of the sandbox need them.

use std::fmt;

use anyhow::{Context, Result, bail};

/// A civil day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day(i64);

impl Day {
    /// A day of the Gregorian calendar. Months beyond 1 to 12 fall into the years around.
    pub(crate) fn new(year: i64, month: i64, day: i64) -> Self {
        let (year, month) = (year + (month - 1).div_euclid(12), (month - 1).rem_euclid(12) + 1);
        // Years begin in March here, so that the leap day is the last of its year.
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        Self(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
    }

    /// Year, month and day.
    pub(crate) fn parts(self) -> (i64, i64, i64) {
        let shifted = self.0 + 719_468;
        let era = shifted.div_euclid(146_097);
        let of_era = shifted.rem_euclid(146_097);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let shifted_month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = (shifted_month + 2) % 12 + 1;
        (year + era * 400 + i64::from(month <= 2), month, day)
    }

    /// The day so many days later; negative for earlier.
    pub(crate) fn plus(self, days: i64) -> Self {
        Self(self.0 + days)
    }

    /// The last day of the month that lies so many months away.
    pub(crate) fn month_end(self, months: i64) -> Self {
        let (year, month, _) = self.parts();
        Self::new(year, month + months + 1, 1).plus(-1)
    }

    /// Reads `2026-10-31`; the first ten letters of an instant will do.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let date = text.get(..10).unwrap_or(text);
        let numbers: Option<Vec<i64>> = date.split('-').map(|part| part.parse().ok()).collect();
        match numbers.as_deref() {
            Some([year, month, day]) if Self::new(*year, *month, *day).parts() == (*year, *month, *day) => {
                Ok(Self::new(*year, *month, *day))
            }
            _ => bail!("`{text}` is not a date, write for example 2026-10-31"),
        }
    }

    /// The Monday of the ISO week 1 of a year: the week that holds 4 January.
    fn first_monday(year: i64) -> Self {
        let fourth = Self::new(year, 1, 4);
        // 1970-01-01 was a Thursday.
        fourth.plus(-(fourth.0 + 3).rem_euclid(7))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// The first and the last day of a period such as `2026-10`, `2026-W01`, `2026-Q3`, `2026`, `FY2026` or two dates.
pub(crate) fn span(period: &str, fiscal_year_start: i64) -> Result<(Day, Day)> {
    let wrong = || {
        format!(
            "`{period}` is not a period that the sandbox can prepare: write a day, 2026-W45, 2026-10, 2026-Q3, 2026, \
             FY2026, FY2026-Q1 or 2026-10-01..2026-10-15"
        )
    };
    let number = |text: &str| text.parse::<i64>().ok().with_context(wrong);
    let months =
        |year: i64, first: i64, count: i64| (Day::new(year, first, 1), Day::new(year, first + count, 1).plus(-1));
    if let Some((first, last)) = period.split_once("..") {
        return Ok((Day::parse(first)?, Day::parse(last)?));
    }
    if let Some(fiscal) = period.strip_prefix("FY") {
        let (year, quarter) = fiscal.split_once("-Q").unwrap_or((fiscal, "0"));
        let began = number(year)? - i64::from(fiscal_year_start > 1);
        return Ok(match number(quarter)? {
            0 => months(began, fiscal_year_start, 12),
            quarter => months(began, fiscal_year_start + (quarter - 1) * 3, 3),
        });
    }
    if period.len() == 10 {
        let day = Day::parse(period)?;
        return Ok((day, day));
    }
    let Some((year, rest)) = period.split_once('-') else {
        return Ok(months(number(period)?, 1, 12));
    };
    let year = number(year)?;
    if let Some(week) = rest.strip_prefix('W') {
        let monday = Day::first_monday(year).plus((number(week)? - 1) * 7);
        if monday >= Day::first_monday(year + 1) {
            bail!("{}: the year has no such week", wrong());
        }
        return Ok((monday, monday.plus(6)));
    }
    match rest.strip_prefix('Q') {
        Some(quarter) => Ok(months(year, number(quarter)? * 3 - 2, 3)),
        None => Ok(months(year, number(rest)?, 1)),
    }
}

/// The instants at which running totals are read, in order: the ends of the last thirteen months, the day before the period
/// and its last day, each in the evening of the reporting zone and none later than now.
pub(crate) fn readings(first: Day, last: Day, now: &str) -> Result<Vec<String>> {
    let today = Day::parse(now)?;
    let mut days: Vec<Day> = (0..=13).map(|back| today.month_end(-back)).collect();
    days.extend([first.plus(-1), last]);
    days.sort_unstable();
    days.dedup();
    let instants = days.into_iter().map(|day| format!("{day}T16:30:00Z"));
    Ok(instants.filter(|instant| instant.as_str() <= now).collect())
}

#[cfg(test)]
mod tests {
    use super::{Day, readings, span};

    fn shown(period: &str) -> String {
        let (first, last) = span(period, 4).unwrap();
        format!("{first}..{last}")
    }

    #[test]
    fn periods_have_the_days_of_the_calendar() {
        for (period, days) in [
            ("2026-10", "2026-10-01..2026-10-31"),
            ("2024-02", "2024-02-01..2024-02-29"),
            ("2026-W01", "2025-12-29..2026-01-04"),
            ("2026-W53", "2026-12-28..2027-01-03"),
            ("2026-Q3", "2026-07-01..2026-09-30"),
            ("2026", "2026-01-01..2026-12-31"),
            ("FY2026", "2025-04-01..2026-03-31"),
            ("FY2026-Q4", "2026-01-01..2026-03-31"),
            ("2026-10-21", "2026-10-21..2026-10-21"),
            ("2026-10-01..2026-10-15", "2026-10-01..2026-10-15"),
        ] {
            assert_eq!(shown(period), days, "{period}");
        }
        assert!(span("2025-W53", 1).is_err());
        assert!(span("last-month", 1).is_err());
        assert!(Day::parse("2026-02-30").is_err());
    }

    #[test]
    fn readings_end_with_the_clock() {
        let (first, last) = span("2026-10", 1).unwrap();
        let at = readings(first, last, "2026-11-05T06:00:00Z").unwrap();
        assert_eq!(at.len(), 13);
        assert_eq!((at[0].as_str(), at[12].as_str()), ("2025-10-31T16:30:00Z", "2026-10-31T16:30:00Z"));
        let (first, last) = span("2026-W01", 1).unwrap();
        let at = readings(first, last, "2026-01-05T06:00:00Z").unwrap();
        assert_eq!(at[at.len() - 3..], ["2025-12-28T16:30:00Z", "2025-12-31T16:30:00Z", "2026-01-04T16:30:00Z"]);
    }
}
