//! Days and times as the store writes them: text that sorts.

use jiff::Timestamp;
use jiff::civil::Date;
use kpi_core::{Result, Window};

use super::error::damaged_text;

/// A time, with all nine decimals.
pub(super) fn time_text(time: Timestamp) -> String {
    format!("{time:.9}")
}

/// A day.
pub(super) fn day_text(day: Date) -> String {
    day.to_string()
}

/// Reads a time.
pub(super) fn time(text: &str) -> Result<Timestamp> {
    text.parse().map_err(|_| damaged_text("time", text))
}

/// Reads a day.
pub(super) fn day(text: &str) -> Result<Date> {
    text.parse().map_err(|_| damaged_text("day", text))
}

/// Reads a window.
pub(super) fn window(first: &str, last: &str) -> Result<Window> {
    Window::new(day(first)?, day(last)?).map_err(|_| damaged_text("window", &format!("{first}..{last}")))
}
