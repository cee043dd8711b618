//! Exchange rates: what one unit of a foreign currency costs, on business days only.

use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

use super::{World, day_number, plus};
use crate::rational::Rational;

/// The first day with rates: a little before the world begins.
pub const FIRST_RATE: Date = Date::constant(2023, 12, 18);

/// The pairs, as base and quote.
pub const PAIRS: [(&str, &str); 4] = [("USD", "VND"), ("EUR", "VND"), ("JPY", "VND"), ("EUR", "USD")];

/// Whether banks publish rates on a day. Closed days never leave a gap of more than four days.
#[must_use]
pub fn is_business_day(day: Date) -> bool {
    let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    !weekend && !matches!((day.month(), day.day()), (1 | 5, 1) | (4, 30) | (9, 2))
}

/// When the rates of a day are published: 16:00 in Ho Chi Minh City.
#[must_use]
pub fn published(day: Date, now: Timestamp) -> bool {
    day.to_datetime(Time::constant(9, 0, 0, 0)).to_zoned(TimeZone::UTC).is_ok_and(|at| at.timestamp() <= now)
}

impl World {
    /// The rate of a pair on a day; nothing on days without rates. One EUR costs as many VND as its dollars cost, exactly.
    #[must_use]
    pub fn rate(&self, base: &str, quote: &str, day: Date) -> Option<Rational> {
        if day < FIRST_RATE || !is_business_day(day) {
            return None;
        }
        let number = u64::from((day_number(day) + 20).unsigned_abs());
        let dollar = 24_260 + number * 2 + self.between("USD/VND", day, 0, 60);
        let euro = 10_620 + number * 7 / 10 + self.between("EUR/USD", day, 0, 90);
        match (base, quote) {
            ("USD", "VND") => Some(Rational::int(dollar)),
            ("EUR", "USD") => Some(Rational::scaled(euro, 4)),
            ("EUR", "VND") => Some(Rational::scaled(euro * dollar, 4)),
            ("JPY", "VND") => Some(Rational::scaled(16_350 + number / 2 + self.between("JPY/VND", day, 0, 140), 2)),
            _ => None,
        }
    }

    /// All rates published at an instant, in order of day.
    #[must_use]
    pub fn rates(&self, now: Timestamp) -> Vec<(Date, &'static str, &'static str, Rational)> {
        let mut found = Vec::new();
        let mut day = FIRST_RATE;
        while published(day, now) {
            for (base, quote) in PAIRS {
                found.extend(self.rate(base, quote, day).map(|rate| (day, base, quote, rate)));
            }
            day = plus(day, 1);
        }
        found
    }
}
