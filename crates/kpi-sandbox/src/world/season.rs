//! The rhythm of the year: growth, weekdays, the lunar new year, and what October 2026 brought.

use jiff::civil::{Date, Weekday};

use super::{day_number, plus};

/// The days of the lunar new year holidays.
const TET: [(Date, Date); 3] = [
    (Date::constant(2024, 2, 8), Date::constant(2024, 2, 14)),
    (Date::constant(2025, 1, 25), Date::constant(2025, 2, 2)),
    (Date::constant(2026, 2, 14), Date::constant(2026, 2, 22)),
];

/// Whether a day is a holiday of the lunar new year.
#[must_use]
pub fn is_tet(day: Date) -> bool {
    TET.iter().any(|(first, last)| (*first..=*last).contains(&day))
}

/// Steady growth: 1000 on the first day, about 1.4 per day more.
#[must_use]
pub fn growth(day: Date) -> u64 {
    let number = u64::from(day_number(day).max(0).unsigned_abs());
    1000 + number * 14 / 10
}

/// The weekday factor of a business audience, in permille.
#[must_use]
pub fn weekday(day: Date) -> u64 {
    match day.weekday() {
        Weekday::Monday => 1080,
        Weekday::Tuesday => 1150,
        Weekday::Wednesday => 1130,
        Weekday::Thursday => 1090,
        Weekday::Friday => 980,
        Weekday::Saturday => 520,
        Weekday::Sunday => 450,
    }
}

/// The dip of the lunar new year for Vietnamese audiences, with a slow week around it, in permille.
#[must_use]
pub fn tet(day: Date) -> u64 {
    if is_tet(day) {
        280
    } else if (-3..=5).any(|offset| is_tet(plus(day, offset))) {
        700
    } else {
        1000
    }
}

/// Growth and weekday, and the lunar new year where the audience is Vietnamese, in permille.
#[must_use]
pub fn level(day: Date, vietnamese: bool) -> u64 {
    let tet = if vietnamese { tet(day) } else { 1000 };
    growth(day) * weekday(day) / 1000 * tet / 1000
}

/// The strong side of October 2026 (leads), in permille.
#[must_use]
pub fn strong_october(day: Date) -> u64 {
    if in_october_2026(day) { 1320 } else { 1000 }
}

/// The weak side of October 2026 (revenue, time on site), in permille.
#[must_use]
pub fn weak_october(day: Date) -> u64 {
    if in_october_2026(day) { 760 } else { 1000 }
}

fn in_october_2026(day: Date) -> bool {
    day.year() == 2026 && day.month() == 10
}
