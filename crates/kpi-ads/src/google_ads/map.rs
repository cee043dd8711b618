//! The border between Google Ads' words and ours.

use jiff::ToSpan;
use jiff::civil::Date;
use kpi_core::metric::{CLICKS, CONVERSION_VALUE, CONVERSIONS, IMPRESSIONS, REACH, SPEND, VIDEO_VIEWS};
use kpi_core::{AccountProfile, Batch, Currency, Decimal, Error, ErrorKind, Report, Result, ValueState, Window};

use super::wire;

/// Who the account is.
pub(super) fn profile(rows: Vec<wire::CustomerRow>) -> Result<AccountProfile> {
    let Some(wire::CustomerRow { customer }) = rows.into_iter().next() else {
        return Err(Error::new(ErrorKind::Protocol, "the reply describes no account"));
    };
    Ok(AccountProfile {
        currency: Some(currency(&customer.currency_code)?),
        name: customer.descriptive_name.filter(|name| !name.is_empty()).unwrap_or(customer.id),
        timezone: Some(customer.time_zone),
    })
}

/// What the rows are cut by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// The account's total.
    Account,
    /// The campaign's number.
    Campaign,
    /// The device.
    Device,
}

impl Cut {
    /// The query that asks for it.
    pub(super) fn query(self, window: Window) -> String {
        match self {
            Self::Account => wire::daily("customer", None, window),
            Self::Campaign => wire::daily("campaign", Some("campaign.id"), window),
            Self::Device => wire::daily("customer", Some("segments.device"), window),
        }
    }

    /// The labels of a row.
    fn labels(self, row: &wire::DailyRow) -> Result<Option<String>> {
        let missing = |field: &str| Error::new(ErrorKind::Protocol, format!("a row without `{field}`"));
        match self {
            Self::Account => Ok(None),
            Self::Campaign => match &row.campaign {
                Some(campaign) if !campaign.id.is_empty() => Ok(Some(campaign.id.clone())),
                _ => Err(missing("campaign.id")),
            },
            Self::Device => match row.segments.device.as_deref() {
                None | Some("") => Err(missing("segments.device")),
                Some(device) => Ok(Some(device.to_ascii_lowercase())),
            },
        }
    }
}

/// Writes the rows that lie in the window; answers how many do not.
pub(super) fn fill(rows: &[wire::DailyRow], cut: Cut, window: Window, batch: &mut Batch) -> Result<u64> {
    let mut dropped = 0;
    for row in rows {
        if !window.contains_day(row.segments.date) {
            dropped += 1;
            continue;
        }
        let currency = currency(&row.customer.currency_code)?;
        let label = cut.labels(row)?;
        let metrics = &row.metrics;
        let mut writer = batch.day(row.segments.date, label.as_deref().as_slice());
        writer
            .set(IMPRESSIONS, metrics.impressions.0)
            .set(CLICKS, metrics.clicks.0)
            .money(SPEND, micros(metrics.cost_micros.0), currency)
            .set(CONVERSIONS, metrics.conversions.0)
            .money(CONVERSION_VALUE, metrics.conversions_value.0, currency);
        match &metrics.video_trueview_views {
            Some(views) => writer.set(VIDEO_VIEWS, views.0),
            None => writer.absent(VIDEO_VIEWS, ValueState::Missing),
        };
    }
    Ok(dropped)
}

/// Writes the people reached in exactly the window.
pub(super) fn fill_reach(rows: &[wire::ReachRow], window: Window, batch: &mut Batch) -> Result<()> {
    if rows.len() > 1 {
        return Err(Error::new(ErrorKind::Protocol, format!("{} rows where one figure was asked for", rows.len())));
    }
    let users = rows.iter().find_map(|row| row.metrics.as_ref()?.unique_users.as_ref());
    let mut row = batch.row(window, &[]);
    match users {
        Some(users) => row.set(REACH, users.0),
        None => row.absent(REACH, ValueState::Missing),
    };
    Ok(())
}

/// The shortest span that 37 months can be.
pub(super) const HISTORY_DAYS: u32 = 1_123;

/// The days of which Google Ads has figures: today's are not complete.
pub(super) fn known_days(today: Date) -> Result<Window> {
    let first = today
        .checked_sub(i64::from(HISTORY_DAYS).days())
        .map_err(|error| Error::new(ErrorKind::Contract, "a day outside the calendar").caused_by(error))?;
    Window::new(first, today)
}

/// Says of a window that Google Ads cannot answer why it has no figures.
pub(super) fn unanswerable(report: &Report, window: Window, known: Window, batch: &mut Batch) {
    let state = if window.last() > known.last() { ValueState::NotYet } else { ValueState::Unsupported };
    let mut row = batch.row(window, &[]);
    for column in report.columns {
        row.absent(column.metric, state);
    }
}

fn currency(code: &str) -> Result<Currency> {
    Currency::parse(code)
        .map_err(|_| Error::new(ErrorKind::Protocol, format!("`{code}` is not a currency")).with("key", "currencyCode"))
}

/// Millionths of a currency as an amount of it: the yen has a million of them too.
pub(super) fn micros(micros: i64) -> Decimal {
    Decimal::new(micros, 6).normalize()
}
