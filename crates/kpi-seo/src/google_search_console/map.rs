//! The border between Search Console's words and ours.

use jiff::ToSpan;
use jiff::civil::Date;
use kpi_core::metric::{KEYWORD_RANK, ORGANIC_CLICKS, SEARCH_IMPRESSIONS, SEARCH_POSITION_SUM};
use kpi_core::{AccountProfile, Batch, Decimal, Error, ErrorKind, Request, Result, ValueState, Window};
use rust_decimal::RoundingStrategy;

use super::wire;

/// The zone of every property's days.
pub(super) const ZONE: &str = "America/Los_Angeles";

/// How many days after a day its figures are final.
const FINAL_AFTER_DAYS: i32 = 2;

/// The shortest span that 16 months can be. Search Console leaves out older days without a word.
pub(super) const HISTORY_DAYS: u32 = 485;

/// Who the account is.
pub(super) fn profile(site: wire::Site) -> Result<AccountProfile> {
    if site.permission_level == "siteUnverifiedUser" {
        return Err(Error::new(ErrorKind::Permission, "the login's right to the property is not verified")
            .with("code", site.permission_level)
            .hint("verify the property in Search Console, or let its owner add the login as a user"));
    }
    Ok(AccountProfile { name: site.site_url, timezone: Some(ZONE.to_owned()), currency: None })
}

/// The days of which Search Console has final figures.
pub(super) fn known_days(today: Date) -> Result<Window> {
    let outside = |error| Error::new(ErrorKind::Contract, "a day outside the calendar").caused_by(error);
    let last = today.checked_sub(FINAL_AFTER_DAYS.days()).map_err(outside)?;
    Window::new(today.checked_sub(i64::from(HISTORY_DAYS).days()).map_err(outside)?, last)
}

/// Says of each asked day that Search Console cannot answer why it has no figures.
pub(super) fn unanswerable(request: &Request, known: Window, batch: &mut Batch) {
    for day in request.window.iter_days().filter(|day| !known.contains_day(*day)) {
        let state = if day > known.last() { ValueState::NotYet } else { ValueState::Unsupported };
        let mut row = batch.day(day, &[]);
        for column in request.report.columns {
            row.absent(column.metric, state);
        }
    }
}

/// What the rows of a page become.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target<'a> {
    /// Clicks, impressions and positions, by the second key where the report has a breakdown.
    Figures,
    /// The rank of one keyword.
    Rank(&'a str),
}

/// Writes the rows of a page that lie in the window; answers how many do not.
pub(super) fn fill(page: &wire::Page, target: Target<'_>, window: Window, batch: &mut Batch) -> Result<u64> {
    let dimension = batch.dimensions().first().map(String::as_str);
    // What is counted by page is about three times what is counted by property: never take one for the other.
    let expected = if dimension == Some("page") { "byPage" } else { "byProperty" };
    if page.response_aggregation_type != expected {
        return Err(Error::new(ErrorKind::Protocol, format!("the figures are not counted {expected}"))
            .with("responseAggregationType", &page.response_aggregation_type));
    }
    let (by_device, labels) = (dimension == Some("device"), batch.dimensions().len());
    let mut dropped = 0;
    for row in &page.rows {
        let (day, label) = (row.keys.date, row.keys.label.as_deref());
        if !window.contains_day(day) {
            dropped += 1;
            continue;
        }
        match target {
            Target::Rank(keyword) => {
                batch.day(day, &[keyword]).set(KEYWORD_RANK, row.position.0);
            }
            Target::Figures if label.as_slice().len() != labels || label == Some("") => {
                return Err(Error::new(ErrorKind::Protocol, "a row has other keys than were asked for"));
            }
            Target::Figures => {
                // Our devices are written small, whatever the vendor.
                let device = if by_device { label.map(str::to_ascii_lowercase) } else { None };
                batch
                    .day(day, device.as_deref().or(label).as_slice())
                    .set(ORGANIC_CLICKS, row.clicks.0)
                    .set(SEARCH_IMPRESSIONS, row.impressions.0)
                    .set(SEARCH_POSITION_SUM, position_sum(row)?);
            }
        }
    }
    Ok(dropped)
}

/// The average position weighted with the impressions, so that it can be added up.
fn position_sum(row: &wire::Row) -> Result<Decimal> {
    let sum = row.position.0.checked_mul(Decimal::from(row.impressions.0));
    let sum = sum.ok_or_else(|| Error::new(ErrorKind::Protocol, "position times impressions is too large"))?;
    Ok(sum.round_dp_with_strategy(0, RoundingStrategy::MidpointNearestEven))
}
