//! The border between Mailchimp's words and ours.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use kpi_core::{Batch, Currency, Error, ErrorKind, Result, Value, ValueState, Window, metric};

use super::wire;

/// An account has no name of its own in the API; its first audience names it.
pub(super) fn account_name(page: &wire::Lists<wire::ListName>) -> String {
    match page.lists.first() {
        None => "account without an audience".to_owned(),
        Some(list) if page.total_items <= 1 => list.name.clone(),
        Some(list) => format!("{} and {} more", list.name, page.total_items - 1),
    }
}

/// Writes the campaigns of the window and tells how many lay outside.
pub(super) fn campaigns(
    campaigns: &[wire::Campaign],
    window: Window,
    zone: &TimeZone,
    batch: &mut Batch,
) -> Result<u64> {
    let mut dropped = 0;
    for campaign in campaigns {
        let day = campaign.send_time.map(|time| time.to_zoned(zone.clone()).date());
        match day.filter(|day| window.contains_day(*day)) {
            Some(day) => row(campaign, day, batch)?,
            None => dropped += 1,
        }
    }
    Ok(dropped)
}

fn row(campaign: &wire::Campaign, day: Date, batch: &mut Batch) -> Result<()> {
    let bounced = campaign.bounces.hard_bounces.0 + campaign.bounces.soft_bounces.0;
    let mut row = batch.day(day, &[&campaign.id]);
    row.set(metric::EMAILS_SENT, campaign.emails_sent)
        .set(metric::EMAILS_DELIVERED, campaign.emails_sent.0 - bounced)
        .set(metric::EMAILS_BOUNCED, bounced)
        .set(metric::EMAILS_OPENED, campaign.opens.unique_opens)
        .set(metric::EMAILS_CLICKED, campaign.clicks.unique_subscriber_clicks)
        .set(metric::EMAIL_LINK_CLICKS, campaign.clicks.clicks_total)
        .set(metric::UNSUBSCRIBES, campaign.unsubscribed)
        .set(metric::SPAM_COMPLAINTS, campaign.abuse_reports);
    match campaign.opens.proxy_excluded_unique_opens {
        Some(people) => row.set(metric::EMAILS_OPENED_MPP, campaign.opens.unique_opens.0 - people.0),
        None => row.absent(metric::EMAILS_OPENED_MPP, ValueState::Missing),
    };
    match &campaign.ecommerce {
        Some(shop) if !shop.currency_code.is_empty() => {
            let currency =
                Currency::parse(&shop.currency_code).map_err(|error| unreadable(&campaign.id).caused_by(error))?;
            row.set(metric::ORDERS, shop.total_orders).money(metric::REVENUE, shop.total_revenue.into(), currency);
        }
        _ => {
            row.absent(metric::ORDERS, ValueState::Missing).absent(metric::REVENUE, ValueState::Missing);
        }
    }
    Ok(())
}

/// New subscribers by day, over all lists.
#[derive(Debug)]
pub(super) struct Growth {
    window: Window,
    days: BTreeMap<Date, i64>,
    dropped: u64,
}

impl Growth {
    pub(super) fn new(window: Window) -> Self {
        Self { window, days: BTreeMap::new(), dropped: 0 }
    }

    /// Adds the days of one list.
    pub(super) fn add(&mut self, activity: &[wire::ActiveDay]) {
        for active in activity {
            if self.window.contains_day(active.day) {
                *self.days.entry(active.day).or_default() += active.subs.0 + active.other_adds.0;
            } else {
                self.dropped += 1;
            }
        }
    }

    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// A row for each day that has figures or a reason for none; other days had no new subscriber.
    pub(super) fn rows(&self, today: Date, kept_days: u32, mut batch: Batch) -> Batch {
        let oldest = today.saturating_sub(i64::from(kept_days).days());
        for day in self.window.iter_days() {
            let value = match self.days.get(&day) {
                Some(joined) => Value::from(*joined),
                None if day < oldest => Value::Absent(ValueState::Unsupported),
                None if day >= today => Value::Absent(ValueState::NotYet),
                None => continue,
            };
            batch.day(day, &[]).set(metric::OPT_INS_NEW, value);
        }
        batch
    }
}

/// The first instant of the window and the first one after it, both a second further out than `(since, before]` needs.
pub(super) fn instants(window: Window, zone: &TimeZone) -> Result<(Timestamp, Timestamp)> {
    let midnight = |day: Date| day.to_zoned(zone.clone()).map(|start| start.timestamp());
    let after = window.last().checked_add(1.day()).and_then(midnight).map_err(beyond_the_calendar)?;
    let first = midnight(window.first()).map_err(beyond_the_calendar)?;
    Ok((first.checked_sub(SignedDuration::from_secs(1)).map_err(beyond_the_calendar)?, after))
}

fn unreadable(campaign: &str) -> Error {
    Error::new(ErrorKind::Protocol, format!("campaign {campaign} names a currency that is none"))
}

fn beyond_the_calendar(error: jiff::Error) -> Error {
    Error::new(ErrorKind::Protocol, "a date lies beyond the calendar").caused_by(error)
}
