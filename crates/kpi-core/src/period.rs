//! Periods: days, ISO weeks, months, quarters, years, fiscal years and any two dates, in the reporting zone.

use std::fmt;

use jiff::civil::{Date, ISOWeekDate, Weekday};
use jiff::{Span, ToSpan};
use serde::{Deserialize, Serialize};

use crate::Window;

/// How long a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// One civil day.
    Day,
    /// An ISO week, Monday to Sunday.
    Week,
    /// A calendar month.
    Month,
    /// A calendar quarter.
    Quarter,
    /// A calendar year.
    Year,
    /// A fiscal quarter.
    FiscalQuarter,
    /// A fiscal year, named after the calendar year in which it ends.
    FiscalYear,
    /// Any two dates.
    Range,
}

impl Grain {
    /// The grain as written in snapshots and configurations.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
            Self::FiscalQuarter => "fiscal_quarter",
            Self::FiscalYear => "fiscal_year",
            Self::Range => "range",
        }
    }
}

/// What reading a period's name needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeriodRules {
    /// The month in which the fiscal year starts.
    pub fiscal_year_start: i8,
    /// Today in the reporting zone, for words such as `last-month`.
    pub today: Date,
}

/// A named span of days.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Period {
    id: String,
    grain: Grain,
    window: Window,
    fiscal_year_start: i8,
}

/// Why a text names no period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodError {
    /// The text.
    pub text: String,
    /// What is wrong with it.
    pub problem: String,
}

impl fmt::Display for PeriodError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a period: {}", self.text, self.problem)
    }
}

impl std::error::Error for PeriodError {}

impl PeriodError {
    /// What to write instead.
    pub const HINT: &'static str = "write 2026-10-21, 2026-W45, 2026-10, 2026-Q3, 2026, FY2026, FY2026-Q1, \
         2026-10-01..2026-10-15, yesterday, last-week, last-month, last-quarter or this-month";
}

impl Period {
    /// Reads a period's name.
    ///
    /// # Errors
    /// Says what is wrong with the text; [`PeriodError::HINT`] says what to write instead.
    pub fn parse(text: &str, rules: PeriodRules) -> Result<Self, PeriodError> {
        let fail = |problem: String| PeriodError { text: text.to_owned(), problem };
        let today = rules.today;
        let outside = || fail("it lies outside the calendar".to_owned());
        match text {
            "today" => return Ok(Self::day(today)),
            "yesterday" => return Ok(Self::day(today.checked_sub(1.day()).map_err(|_| outside())?)),
            "this-week" => return Self::week_of(today).ok_or_else(outside),
            "last-week" => {
                let day = today.checked_sub(7.days()).map_err(|_| outside())?;
                return Self::week_of(day).ok_or_else(outside);
            }
            "this-month" => return Self::month(today.year(), today.month()).ok_or_else(outside),
            "last-month" => {
                let day = today.first_of_month().checked_sub(1.day()).map_err(|_| outside())?;
                return Self::month(day.year(), day.month()).ok_or_else(outside);
            }
            "this-quarter" => return Self::quarter(today.year(), quarter_of(today)).ok_or_else(outside),
            "last-quarter" => {
                let first = Date::new(today.year(), (quarter_of(today) - 1) * 3 + 1, 1).map_err(|_| outside())?;
                let day = first.checked_sub(1.day()).map_err(|_| outside())?;
                return Self::quarter(day.year(), quarter_of(day)).ok_or_else(outside);
            }
            _ => {}
        }
        if let Some((from, to)) = text.split_once("..") {
            let read = |part: &str| {
                read_date(part).ok_or_else(|| fail(format!("`{part}` is not a date of the form 2026-10-21")))
            };
            let (first, last) = (read(from)?, read(to)?);
            let window = Window::new(first, last).map_err(|_| fail("it ends before it begins".to_owned()))?;
            return Ok(Self { id: text.to_owned(), grain: Grain::Range, window, fiscal_year_start: 1 });
        }
        if let Some(fiscal) = text.strip_prefix("FY") {
            return Self::parse_fiscal(fiscal, rules)
                .ok_or_else(|| fail("no such fiscal year or quarter".to_owned()))?
                .map_err(fail);
        }
        let (year, rest) = match text.split_once('-') {
            Some((year, rest)) => (year, Some(rest)),
            None => (text, None),
        };
        let year = read_year(year).ok_or_else(|| fail("it does not begin with a year of four digits".to_owned()))?;
        let Some(rest) = rest else {
            return Self::year(year).ok_or_else(outside);
        };
        if let Some(week) = rest.strip_prefix('W') {
            let number = read_two(week).ok_or_else(|| fail("a week has two digits, such as W05".to_owned()))?;
            return Self::week(year, number).ok_or_else(|| {
                let weeks = Date::new(year, 12, 28).map_or(52, |date| date.iso_week_date().week());
                fail(format!("{year} has {weeks} ISO weeks"))
            });
        }
        if let Some(quarter) = rest.strip_prefix('Q') {
            let number: i8 = quarter.parse().map_err(|_| fail("a quarter is Q1, Q2, Q3 or Q4".to_owned()))?;
            return Self::quarter(year, number).ok_or_else(|| fail("a quarter is Q1, Q2, Q3 or Q4".to_owned()));
        }
        if rest.contains('-') {
            return read_date(text).map(Self::day).ok_or_else(|| fail("no such day".to_owned()));
        }
        let month = read_two(rest).ok_or_else(|| fail("a month has two digits, such as 2026-05".to_owned()))?;
        Self::month(year, month).ok_or_else(|| fail("a month lies between 01 and 12".to_owned()))
    }

    fn parse_fiscal(text: &str, rules: PeriodRules) -> Option<Result<Self, String>> {
        let (year, quarter) = match text.split_once("-Q") {
            Some((year, quarter)) => (year, Some(quarter)),
            None => (text, None),
        };
        let year = read_year(year)?;
        let quarter = match quarter {
            None => None,
            Some(number @ ("1" | "2" | "3" | "4")) => Some(number.parse::<i8>().ok()?),
            Some(_) => return Some(Err("a fiscal quarter is Q1, Q2, Q3 or Q4".to_owned())),
        };
        Some(
            Self::fiscal(year, quarter, rules.fiscal_year_start)
                .ok_or_else(|| "it lies outside the calendar".to_owned()),
        )
    }

    /// One day.
    pub fn day(day: Date) -> Self {
        Self { id: day.to_string(), grain: Grain::Day, window: Window::day(day), fiscal_year_start: 1 }
    }

    /// An ISO week, if the year has it.
    pub fn week(year: i16, week: i8) -> Option<Self> {
        let monday = ISOWeekDate::new(year, week, Weekday::Monday).ok()?.date();
        let window = Window::new(monday, monday.checked_add(6.days()).ok()?).ok()?;
        Some(Self { id: format!("{year:04}-W{week:02}"), grain: Grain::Week, window, fiscal_year_start: 1 })
    }

    fn week_of(day: Date) -> Option<Self> {
        let week = day.iso_week_date();
        Self::week(week.year(), week.week())
    }

    /// A calendar month.
    pub fn month(year: i16, month: i8) -> Option<Self> {
        let first = Date::new(year, month, 1).ok()?;
        let window = Window::new(first, first.last_of_month()).ok()?;
        Some(Self { id: format!("{year:04}-{month:02}"), grain: Grain::Month, window, fiscal_year_start: 1 })
    }

    /// A calendar quarter.
    pub fn quarter(year: i16, quarter: i8) -> Option<Self> {
        if !(1..=4).contains(&quarter) {
            return None;
        }
        let window = months(year, (quarter - 1) * 3 + 1, 3)?;
        Some(Self { id: format!("{year:04}-Q{quarter}"), grain: Grain::Quarter, window, fiscal_year_start: 1 })
    }

    /// A calendar year.
    pub fn year(year: i16) -> Option<Self> {
        let window = months(year, 1, 12)?;
        Some(Self { id: format!("{year:04}"), grain: Grain::Year, window, fiscal_year_start: 1 })
    }

    /// A fiscal year, or one of its quarters.
    pub fn fiscal(year: i16, quarter: Option<i8>, start_month: i8) -> Option<Self> {
        let start_year = if start_month == 1 { year } else { year.checked_sub(1)? };
        let first = Date::new(start_year, start_month, 1).ok()?;
        let (skip, length) = quarter.map_or((0, 12), |number| (i32::from(number - 1) * 3, 3));
        let first = first.checked_add(Span::new().try_months(skip).ok()?).ok()?;
        let next = first.checked_add(Span::new().try_months(length).ok()?).ok()?;
        let window = Window::new(first, next.checked_sub(1.day()).ok()?).ok()?;
        let (id, grain) = match quarter {
            Some(number) => (format!("FY{year:04}-Q{number}"), Grain::FiscalQuarter),
            None => (format!("FY{year:04}"), Grain::FiscalYear),
        };
        Some(Self { id, grain, window, fiscal_year_start: start_month })
    }

    /// Two dates.
    pub fn range(window: Window) -> Self {
        Self { id: format!("{}..{}", window.first(), window.last()), grain: Grain::Range, window, fiscal_year_start: 1 }
    }

    /// The name.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The length.
    pub fn grain(&self) -> Grain {
        self.grain
    }

    /// The days.
    pub fn window(&self) -> Window {
        self.window
    }

    /// The period of the same length just before.
    pub fn previous(&self) -> Option<Self> {
        let before = self.window.first().checked_sub(1.day()).ok()?;
        match self.grain {
            Grain::Day => Some(Self::day(before)),
            Grain::Week => Self::week_of(before),
            Grain::Month => Self::month(before.year(), before.month()),
            Grain::Quarter => Self::quarter(before.year(), quarter_of(before)),
            Grain::Year => Self::year(before.year()),
            Grain::FiscalYear => Self::fiscal(self.named_year()? - 1, None, self.fiscal_year_start),
            Grain::FiscalQuarter => {
                let (year, quarter) = (self.named_year()?, self.named_quarter()?);
                let (year, quarter) = if quarter == 1 { (year - 1, 4) } else { (year, quarter - 1) };
                Self::fiscal(year, Some(quarter), self.fiscal_year_start)
            }
            Grain::Range => self.window.shifted(-self.window.days()).map(Self::range),
        }
    }

    /// The period so many steps before.
    pub fn steps_before(&self, steps: u32) -> Option<Self> {
        let mut period = self.clone();
        for _ in 0..steps {
            period = period.previous()?;
        }
        Some(period)
    }

    /// The same period a year before by date; none for 29 February or a week 53 that the year before does not have.
    pub fn same_last_year(&self) -> Option<Self> {
        let first = self.window.first();
        match self.grain {
            Grain::Day => Date::new(first.year() - 1, first.month(), first.day()).ok().map(Self::day),
            Grain::Week => {
                let week = first.iso_week_date();
                Self::week(week.year() - 1, week.week())
            }
            Grain::Month => Self::month(first.year() - 1, first.month()),
            Grain::Quarter => Self::quarter(first.year() - 1, quarter_of(first)),
            Grain::Year => Self::year(first.year() - 1),
            Grain::FiscalYear => Self::fiscal(self.named_year()? - 1, None, self.fiscal_year_start),
            Grain::FiscalQuarter => {
                Self::fiscal(self.named_year()? - 1, Some(self.named_quarter()?), self.fiscal_year_start)
            }
            Grain::Range => {
                let back = |date: Date| Date::new(date.year() - 1, date.month(), date.day()).ok();
                Window::new(back(first)?, back(self.window.last())?).ok().map(Self::range)
            }
        }
    }

    fn named_year(&self) -> Option<i16> {
        self.id.get(2..6)?.parse().ok()
    }

    fn named_quarter(&self) -> Option<i8> {
        self.id.get(8..)?.parse().ok()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)
    }
}

fn quarter_of(date: Date) -> i8 {
    (date.month() - 1) / 3 + 1
}

fn months(year: i16, month: i8, length: i32) -> Option<Window> {
    let first = Date::new(year, month, 1).ok()?;
    let next = first.checked_add(Span::new().try_months(length).ok()?).ok()?;
    Window::new(first, next.checked_sub(1.day()).ok()?).ok()
}

fn digits(text: &str, length: usize) -> Option<i16> {
    (text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn read_year(text: &str) -> Option<i16> {
    digits(text, 4).filter(|year| *year > 0)
}

fn read_two(text: &str) -> Option<i8> {
    digits(text, 2).and_then(|number| i8::try_from(number).ok())
}

fn read_date(text: &str) -> Option<Date> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    Date::new(read_year(year)?, read_two(month)?, read_two(day)?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{Period, PeriodRules};

    fn period(text: &str) -> String {
        let rules = PeriodRules { fiscal_year_start: 4, today: date(2026, 11, 5) };
        match Period::parse(text, rules) {
            Ok(period) => format!("{} {}", period.id(), period.window()),
            Err(error) => error.to_string(),
        }
    }

    // Dates read off a calendar.
    #[test]
    fn reads_every_form() {
        for (text, expected) in [
            ("2026-10-21", "2026-10-21 2026-10-21"),
            ("2026-W45", "2026-W45 2026-11-02..2026-11-08"),
            ("2026-W53", "2026-W53 2026-12-28..2027-01-03"),
            ("2025-W01", "2025-W01 2024-12-30..2025-01-05"),
            ("2024-02", "2024-02 2024-02-01..2024-02-29"),
            ("2026-Q3", "2026-Q3 2026-07-01..2026-09-30"),
            ("2026", "2026 2026-01-01..2026-12-31"),
            ("FY2026", "FY2026 2025-04-01..2026-03-31"),
            ("FY2026-Q4", "FY2026-Q4 2026-01-01..2026-03-31"),
            ("2026-10-01..2026-10-15", "2026-10-01..2026-10-15 2026-10-01..2026-10-15"),
            ("yesterday", "2026-11-04 2026-11-04"),
            ("last-week", "2026-W44 2026-10-26..2026-11-01"),
            ("last-month", "2026-10 2026-10-01..2026-10-31"),
            ("last-quarter", "2026-Q3 2026-07-01..2026-09-30"),
            ("this-month", "2026-11 2026-11-01..2026-11-30"),
        ] {
            assert_eq!(period(text), expected);
        }
    }

    #[test]
    fn refuses_what_the_calendar_does_not_have() {
        assert_eq!(period("2025-W53"), "`2025-W53` is not a period: 2025 has 52 ISO weeks");
        assert_eq!(period("2026-13"), "`2026-13` is not a period: a month lies between 01 and 12");
        assert_eq!(period("2026-02-30"), "`2026-02-30` is not a period: no such day");
        assert_eq!(
            period("2026-10-15..2026-10-01"),
            "`2026-10-15..2026-10-01` is not a period: it ends before it begins"
        );
        assert_eq!(period("soon"), "`soon` is not a period: it does not begin with a year of four digits");
        assert_eq!(period("FY2026-Q5"), "`FY2026-Q5` is not a period: a fiscal quarter is Q1, Q2, Q3 or Q4");
    }

    #[test]
    fn steps_back_by_date() {
        let rules = PeriodRules { fiscal_year_start: 4, today: date(2026, 11, 5) };
        let step = |text: &str| {
            let period = Period::parse(text, rules).unwrap();
            let name =
                |period: Option<Period>| period.map_or_else(|| "none".to_owned(), |period| period.id().to_owned());
            format!("{} {}", name(period.previous()), name(period.same_last_year()))
        };
        assert_eq!(step("2024-02-29"), "2024-02-28 none");
        assert_eq!(step("2026-W01"), "2025-W52 2025-W01");
        assert_eq!(step("2020-W53"), "2020-W52 none");
        assert_eq!(step("2026-01"), "2025-12 2025-01");
        assert_eq!(step("FY2026-Q1"), "FY2025-Q4 FY2025-Q1");
        assert_eq!(step("2026-10-01..2026-10-15"), "2026-09-16..2026-09-30 2025-10-01..2025-10-15");
    }
}
