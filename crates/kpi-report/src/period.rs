//! Periods and days as words.

use crate::locale::Words;

/// A day such as `2026-10-31` as words; other text stays as it is.
pub(crate) fn day(text: &str, words: &Words) -> String {
    let date = text.get(..10).unwrap_or(text);
    match split_day(date) {
        Some((year, month, day)) => (words.date)(year, month, day),
        None => text.to_owned(),
    }
}

fn split_day(text: &str) -> Option<(i32, usize, u32)> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let shaped = year.len() == 4 && month.len() == 2 && day.len() == 2 && parts.next().is_none();
    if shaped { Some((year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)) } else { None }
}

fn split_month(text: &str) -> Option<(i32, usize)> {
    let (year, month) = text.split_once('-')?;
    if year.len() == 4 && month.len() == 2 { Some((year.parse().ok()?, month.parse().ok()?)) } else { None }
}

/// A period's id as words.
pub(crate) fn name(id: &str, words: &Words) -> String {
    if let Some((year, month)) = split_month(id) {
        return (words.month)(year, month);
    }
    short(id, words)
}

/// A period's id in as few letters as are clear, for axes and heads of columns.
pub(crate) fn short(id: &str, words: &Words) -> String {
    if let Some((from, to)) = id.split_once("..") {
        return format!("{} – {}", day(from, words), day(to, words));
    }
    if let Some((year, month)) = split_month(id) {
        return (words.month_short)(year, month);
    }
    if let Some((year, week)) = id.split_once("-W") {
        return (words.week)(year, week.trim_start_matches('0'));
    }
    match (id.strip_prefix("FY"), id.split_once("-Q")) {
        (Some(fiscal), Some(_)) => {
            let (year, quarter) = fiscal.split_once("-Q").unwrap_or((fiscal, ""));
            (words.fiscal_quarter)(year, quarter)
        }
        (Some(year), None) => (words.fiscal_year)(year),
        (None, Some((year, quarter))) => (words.quarter)(year, quarter),
        (None, None) if id.len() == 4 && id.bytes().all(|byte| byte.is_ascii_digit()) => (words.year)(id),
        (None, None) => day(id, words),
    }
}

#[cfg(test)]
mod tests {
    use super::{day, name};
    use crate::Locale;

    #[test]
    fn names_periods_in_both_languages() {
        for (id, vi, en) in [
            ("2026-10", "Tháng 10/2026", "October 2026"),
            ("2026-Q3", "Quý 3/2026", "Q3 2026"),
            ("2026-W45", "Tuần 45/2026", "Week 45, 2026"),
            ("2026-W05", "Tuần 5/2026", "Week 5, 2026"),
            ("2026", "Năm 2026", "2026"),
            ("FY2026", "Năm tài chính 2026", "Fiscal year 2026"),
            ("FY2026-Q1", "Quý 1 năm tài chính 2026", "Q1 of fiscal year 2026"),
            ("2026-10-31", "31/10/2026", "31 Oct 2026"),
            ("2026-10-01..2026-10-15", "01/10/2026 – 15/10/2026", "1 Oct 2026 – 15 Oct 2026"),
        ] {
            assert_eq!((name(id, Locale::Vi.words()), name(id, Locale::En.words())), (vi.to_owned(), en.to_owned()));
        }
        assert_eq!(day("2026-11-01T00:05:00Z", Locale::En.words()), "1 Nov 2026");
    }
}
