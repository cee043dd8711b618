//! The border between Eventbrite's words and ours: records are counted, by day and event.

use std::collections::{BTreeMap, HashSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kpi_core::{Batch, Currency, Decimal, Error, ErrorKind, Request, Result, Value, ValueState, Window, metric};

use super::wire;

/// What was counted for one event on one day.
#[derive(Debug, Default)]
struct Counts {
    registrations: u64,
    attendance: Option<Value>,
    orders: u64,
    revenue: Option<(Decimal, Currency)>,
}

/// Counts records, each id once: lists shift while they are read.
#[derive(Debug)]
pub(super) struct Tally {
    window: Window,
    zone: TimeZone,
    read_at: Timestamp,
    days: BTreeMap<(Date, String), Counts>,
    seen_orders: HashSet<String>,
    seen_attendees: HashSet<String>,
    unfinished: HashSet<String>,
    outside: u64,
    void: u64,
}

impl Tally {
    pub(super) fn new(request: &Request, zone: TimeZone) -> Self {
        Self {
            window: request.window,
            zone,
            read_at: request.read_at,
            days: BTreeMap::new(),
            seen_orders: HashSet::new(),
            seen_attendees: HashSet::new(),
            unfinished: HashSet::new(),
            outside: 0,
            void: 0,
        }
    }

    /// Counts an order that was placed; orders come before attendees, to tell which of them are of unfinished ones.
    pub(super) fn order(&mut self, order: &wire::Order) -> Result<()> {
        if order.time_remaining.is_some() {
            self.unfinished.insert(order.id.clone());
        }
        let day = self.day_of(order.created);
        if !self.window.contains_day(day) {
            self.outside += 1;
            return Ok(());
        }
        if !self.seen_orders.insert(order.id.clone()) {
            return Ok(());
        }
        if order.status != "placed" || order.time_remaining.is_some() {
            self.void += 1;
            return Ok(());
        }
        let (amount, currency) = money(&order.costs.gross)?;
        let counts = self.days.entry((day, order.event_id.clone())).or_default();
        counts.orders += 1;
        let sum = match counts.revenue {
            None => Some(amount),
            Some((sum, before)) if before == currency => sum.checked_add(amount),
            Some(_) => None,
        };
        let Some(sum) = sum else {
            let message = format!("the orders of event {} have two currencies, or add up to too much", order.event_id);
            return Err(Error::new(ErrorKind::Protocol, message));
        };
        counts.revenue = Some((sum, currency));
        Ok(())
    }

    /// Counts a ticket that is still good.
    pub(super) fn registration(&mut self, attendee: &wire::Attendee) {
        let day = self.day_of(attendee.created);
        if !self.window.contains_day(day) {
            self.outside += 1;
            return;
        }
        if !self.seen_attendees.insert(attendee.id.clone()) {
            return;
        }
        if attendee.cancelled || attendee.refunded || self.unfinished.contains(&attendee.order_id) {
            self.void += 1;
            return;
        }
        self.days.entry((day, attendee.event_id.clone())).or_default().registrations += 1;
    }

    /// Whether the event has its day in the window. One that was called off has none.
    pub(super) fn begins(&self, event: &wire::Event) -> bool {
        event.status != "canceled" && self.window.contains_day(self.day_of(event.start.utc))
    }

    pub(super) fn has_begun(&self, event: &wire::Event) -> bool {
        event.start.utc <= self.read_at
    }

    /// Counts who came, nobody included.
    pub(super) fn attendance(&mut self, event: &wire::Event, attendees: &[wire::Attendee]) {
        let came = attendees.iter().filter(|attendee| attendee.checked_in && !attendee.cancelled);
        let came: HashSet<&str> = came.map(|attendee| attendee.id.as_str()).collect();
        self.attended(event, Value::from(came.len() as u64));
    }

    pub(super) fn not_begun(&mut self, event: &wire::Event) {
        self.attended(event, Value::Absent(ValueState::NotYet));
    }

    pub(super) fn closed(&mut self, event: &wire::Event) {
        self.attended(event, Value::Absent(ValueState::Withheld));
    }

    fn attended(&mut self, event: &wire::Event, value: Value) {
        let day = self.day_of(event.start.utc);
        self.days.entry((day, event.id.clone())).or_default().attendance = Some(value);
    }

    /// How many records were read and not counted, and why.
    pub(super) fn left_out(&self) -> impl Iterator<Item = (u64, &'static str)> {
        let void = "orders and tickets cancelled, refunded or not finished";
        [(self.outside, "orders and tickets created outside the window"), (self.void, void)]
            .into_iter()
            .filter(|(count, _)| *count > 0)
    }

    /// A row for each event and day that has something; a figure without a cell is zero.
    pub(super) fn rows(self, mut batch: Batch) -> Batch {
        for ((day, event), counts) in self.days {
            let mut row = batch.day(day, &[&event]);
            if counts.registrations > 0 {
                row.set(metric::EVENT_REGISTRATIONS, counts.registrations);
            }
            if let Some(attendance) = counts.attendance {
                row.set(metric::EVENT_ATTENDANCE, attendance);
            }
            if let Some((amount, currency)) = counts.revenue {
                row.set(metric::ORDERS, counts.orders).money(metric::REVENUE, amount, currency);
            }
        }
        batch
    }

    fn day_of(&self, time: Timestamp) -> Date {
        time.to_zoned(self.zone.clone()).date()
    }
}

/// The amount in units of its currency. Where only minor units are told, they are sure for two decimals alone.
pub(super) fn money(money: &wire::Money) -> Result<(Decimal, Currency)> {
    let currency = Currency::parse(&money.currency)
        .map_err(|error| Error::new(ErrorKind::Protocol, "an order's currency is none").caused_by(error))?;
    match money.major_value {
        Some(amount) => Ok((amount.into(), currency)),
        None if money.value.0 == 0 => Ok((Decimal::ZERO, currency)),
        None if currency.minor_units() == 2 => Ok((Decimal::new(money.value.0, 2), currency)),
        None => Err(Error::new(ErrorKind::Protocol, format!("an amount in {currency} comes without major_value"))),
    }
}

/// A second before the window begins.
pub(super) fn just_before(window: Window, zone: &TimeZone) -> Result<Timestamp> {
    let start = window.first().to_zoned(zone.clone()).map(|start| start.timestamp());
    start
        .and_then(|start| start.checked_sub(SignedDuration::from_secs(1)))
        .map_err(|error| Error::new(ErrorKind::Protocol, "a date lies beyond the calendar").caused_by(error))
}
