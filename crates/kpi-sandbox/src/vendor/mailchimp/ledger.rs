//! What a correct reader of an account knows at the clock, in the words of the dictionary.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::ACTIVITY_DAYS;
use super::audience::{Account, Growth};
use super::mailing::{Figures, OPENS_WITHOUT_PROXY_SINCE};
use crate::ledger::Fact;
use crate::rational::Rational;
use crate::world::{FIRST_DAY, days, plus};

/// The time of day, in UTC, at which running totals are read.
const READING: Time = Time::constant(16, 30, 0, 0);

/// Mailings by the day on which they were sent, joiners by day, and members at each reading.
pub(super) fn facts(account: &Account, now: Timestamp) -> Vec<Fact> {
    let mut facts = Vec::new();
    of_mailings(account, now, &mut facts);
    let today = account.date(now);
    for day in days(plus(today, -ACTIVITY_DAYS), plus(today, -1)) {
        let joined: u64 = account.audiences.iter().map(|audience| account.change(audience, day).joined()).sum();
        facts.push(Fact::day("opt_ins_new", day, Rational::int(joined)));
    }
    of_readings(account, now, &mut facts);
    facts
}

/// Every mailing under its day, and the totals of every day, zero where nothing was sent.
fn of_mailings(account: &Account, now: Timestamp, facts: &mut Vec<Fact>) {
    let mut by_day: BTreeMap<Date, Vec<(String, Figures, bool)>> =
        days(FIRST_DAY, account.date(now)).map(|day| (day, Vec::new())).collect();
    for mailing in account.mailings(now) {
        let knows_proxy = mailing.sent >= OPENS_WITHOUT_PROXY_SINCE;
        let row = (mailing.id.clone(), mailing.at(now), knows_proxy);
        by_day.entry(account.date(mailing.sent)).or_default().push(row);
    }
    for (day, rows) in by_day {
        let mut total = Figures::default();
        for (id, figures, knows_proxy) in &rows {
            total = total.plus(*figures);
            facts.extend(counted(account, day, *figures, *knows_proxy).map(|fact| fact.dim("campaign", id.clone())));
        }
        let knows_proxy = match rows.is_empty() {
            true => day >= account.date(OPENS_WITHOUT_PROXY_SINCE),
            false => rows.iter().all(|(_, _, knows)| *knows),
        };
        facts.extend(counted(account, day, total, knows_proxy));
    }
}

/// The figures of a cohort in dictionary words. The opens by proxies are unknown of older mailings.
fn counted(account: &Account, day: Date, figures: Figures, knows_proxy: bool) -> impl Iterator<Item = Fact> {
    let counts = [
        ("emails_sent", figures.sent),
        ("emails_delivered", figures.sent - figures.bounces()),
        ("emails_bounced", figures.bounces()),
        ("emails_opened", figures.openers),
        ("emails_clicked", figures.clickers),
        ("email_link_clicks", figures.clicks),
        ("unsubscribes", figures.unsubscribed),
        ("spam_complaints", figures.complaints),
        ("orders", figures.orders),
    ];
    let by_proxy = knows_proxy.then_some(("emails_opened_mpp", figures.openers - figures.openers_without_proxy));
    let facts = counts.into_iter().chain(by_proxy);
    let facts = facts.map(move |(metric, count)| Fact::day(metric, day, Rational::int(count)).basis("cohort"));
    let scale = if account.currency == "VND" { 0 } else { 2 };
    let revenue = Fact::day("revenue", day, Rational::scaled(figures.revenue, scale)).money(account.currency);
    facts.chain(std::iter::once(revenue.basis("cohort")))
}

/// The members of all audiences at 16:30 UTC of every day up to the clock, and at the clock itself.
///
/// A gauge is known only where it was read. These are all the readings that a driver may take; the truth uses those that
/// it does take. Where two fall on one day of the account, the later one stands.
fn of_readings(account: &Account, now: Timestamp, facts: &mut Vec<Fact>) {
    let growths: Vec<Growth<'_>> = account.audiences.iter().map(|audience| account.growth(audience, now)).collect();
    let today = now.to_zoned(TimeZone::UTC).date();
    let readings = days(FIRST_DAY, today)
        .filter_map(|day| day.to_datetime(READING).to_zoned(TimeZone::UTC).ok())
        .map(|reading| reading.timestamp())
        .filter(|reading| *reading < now)
        .chain([now]);
    let by_day: BTreeMap<Date, Timestamp> = readings.map(|reading| (account.date(reading), reading)).collect();
    for (day, reading) in by_day {
        let members: u64 = growths.iter().map(|growth| growth.members(reading)).sum();
        facts.push(Fact::day("opt_ins_total", day, Rational::int(members)).basis("as_of"));
    }
}
