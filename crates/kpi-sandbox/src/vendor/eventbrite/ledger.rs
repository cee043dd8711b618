//! What a correct reader of an organization knows at the clock, in the words of the dictionary.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::body::major;
use super::orders_world::Status;
use super::world::{Event, Kind, Organization};
use crate::ledger::Fact;
use crate::rational::Rational;
use crate::world::{FIRST_DAY, days};

/// What is counted of one day.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    registrations: u64,
    attendance: Option<u64>,
    orders: u64,
    /// Minor units of the event's currency.
    revenue: u64,
}

/// Every event's figures by day, and the totals of every day, zero where nothing happened.
///
/// Tickets and orders count on the day of their order, people on the day on which the event began, both cut in `zone`.
/// Money stays in its currency: a day has one total for each that the organization sells in.
pub(super) fn facts(organization: &Organization, zone: &TimeZone, now: Timestamp) -> Vec<Fact> {
    let today = now.to_zoned(zone.clone()).date();
    let mut facts = Vec::new();
    let mut totals: BTreeMap<Date, (Counts, BTreeMap<&str, u64>)> = days(FIRST_DAY, today)
        .map(|day| (day, organization.currencies.map(|currency| (currency, 0)).into()))
        .map(|(day, revenue)| (day, (Counts::default(), revenue)))
        .collect();
    for event in organization.events(now) {
        for (day, counts) in of_event(organization, &event, zone, now) {
            let (total, revenue) = totals.entry(day).or_default();
            total.registrations += counts.registrations;
            total.orders += counts.orders;
            total.attendance = Some(total.attendance.unwrap_or(0) + counts.attendance.unwrap_or(0));
            *revenue.entry(event.currency).or_insert(0) += counts.revenue;
            let by_event = counted(day, counts).chain([money(day, counts.revenue, event.currency)]);
            facts.extend(by_event.map(|fact| fact.dim("event", event.id.clone())));
        }
    }
    for (day, (mut counts, revenue)) in totals {
        counts.attendance = Some(counts.attendance.unwrap_or(0));
        facts.extend(counted(day, counts));
        facts.extend(revenue.into_iter().map(|(currency, minor)| money(day, minor, currency)));
    }
    facts
}

fn of_event(organization: &Organization, event: &Event, zone: &TimeZone, now: Timestamp) -> BTreeMap<Date, Counts> {
    let date = |time: Timestamp| time.to_zoned(zone.clone()).date();
    let mut by_day: BTreeMap<Date, Counts> = BTreeMap::new();
    let mut came = 0;
    for order in organization.orders(event, now).iter().filter(|order| order.is_finished()) {
        let counts = by_day.entry(date(order.created)).or_default();
        for attendee in order.attendees.iter().filter(|attendee| !attendee.cancelled) {
            counts.registrations += u64::from(!attendee.refunded);
            came += u64::from(attendee.checked_in.is_some());
        }
        if order.status == Status::Placed {
            counts.orders += 1;
            counts.revenue += order.costs().gross();
        }
    }
    let takes_place = matches!(event.kind, Kind::Held | Kind::Deserted | Kind::SeriesChild);
    if takes_place && event.start <= now {
        by_day.entry(date(event.start)).or_default().attendance = Some(came);
    }
    by_day
}

fn counted(day: Date, counts: Counts) -> impl Iterator<Item = Fact> {
    let attendance = counts.attendance.map(|count| ("event_attendance", count));
    let counts = [("event_registrations", counts.registrations), ("orders", counts.orders)];
    counts.into_iter().chain(attendance).map(move |(metric, count)| Fact::day(metric, day, Rational::int(count)))
}

fn money(day: Date, minor: u64, currency: &str) -> Fact {
    let amount = Rational::parse(&major(minor, currency)).unwrap_or_else(Rational::zero);
    Fact::day("revenue", day, amount).money(currency)
}
