//! The orders of an event and the people on them, as they stand at a moment.

use jiff::{SignedDuration, Timestamp};

use super::world::{Event, Kind, Organization};
use crate::world::date_in;

/// Seconds that a buyer has to finish an order.
const HOLD: i64 = 600;

/// How far an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// Finished.
    Placed,
    /// Finished, and all of it paid back.
    Refunded,
    /// The buyer still types; so many seconds remain.
    Started(i64),
}

/// One order.
#[derive(Debug, Clone)]
pub(super) struct Order {
    /// The vendor's id.
    pub(super) id: String,
    /// The event's id.
    pub(super) event_id: String,
    /// How far it is.
    pub(super) status: Status,
    /// When it was begun.
    pub(super) created: Timestamp,
    /// When anything of it last changed.
    pub(super) changed: Timestamp,
    /// The price of one ticket with its fees.
    pub(super) ticket: Costs,
    /// The tickets, paid back or not.
    pub(super) attendees: Vec<Attendee>,
    /// A number for the buyer's name.
    pub(super) buyer: u64,
}

/// One ticket, and the person who holds it.
#[derive(Debug, Clone)]
pub(super) struct Attendee {
    /// The vendor's id.
    pub(super) id: String,
    /// A number for the person's name.
    pub(super) person: u64,
    /// When anything of it last changed.
    pub(super) changed: Timestamp,
    /// When the person came, if so.
    pub(super) checked_in: Option<Timestamp>,
    /// Will not come.
    pub(super) cancelled: bool,
    /// Got the money back.
    pub(super) refunded: bool,
}

/// What something cost, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Costs {
    /// What the organizer asks.
    pub(super) base_price: u64,
    /// What the vendor adds.
    pub(super) eventbrite_fee: u64,
    /// What the payment costs.
    pub(super) payment_fee: u64,
}

impl Costs {
    /// All that the buyer pays.
    pub(super) fn gross(self) -> u64 {
        self.base_price + self.eventbrite_fee + self.payment_fee
    }

    /// The same for several tickets.
    pub(super) fn times(self, count: u64) -> Costs {
        Costs {
            base_price: self.base_price * count,
            eventbrite_fee: self.eventbrite_fee * count,
            payment_fee: self.payment_fee * count,
        }
    }
}

impl Order {
    /// What the order comes to: a refund of some of its tickets lowers it, a refund of all only shows in the status.
    pub(super) fn costs(&self) -> Costs {
        let kept = self.attendees.iter().filter(|attendee| !attendee.refunded).count();
        let counted = if self.status == Status::Refunded { self.attendees.len() } else { kept };
        self.ticket.times(u64::try_from(counted).unwrap_or(0))
    }

    /// True when the buyer has finished.
    pub(super) fn is_finished(&self) -> bool {
        !matches!(self.status, Status::Started(_))
    }
}

impl Organization {
    /// The orders of an event begun until a moment, in the order of their beginning.
    pub(super) fn orders(&self, event: &Event, now: Timestamp) -> Vec<Order> {
        let mut orders = Vec::new();
        let mut sold = 0;
        let mut nth = 0;
        while sold < event.people {
            let order = self.order(event, nth, event.people - sold, now);
            sold += u64::try_from(order.attendees.len()).unwrap_or(1).max(1);
            nth += 1;
            orders.push(order);
        }
        let last = match event.kind {
            Kind::Canceled(at) => at.min(now),
            _ => now,
        };
        orders.retain(|order| order.created <= last);
        if event.people > 0 && event.on_sale() <= now && now < event.start && event.status(now) == "live" {
            orders.push(self.unfinished(event, nth, now));
        }
        orders.sort_by(|a, b| a.created.cmp(&b.created).then_with(|| a.id.cmp(&b.id)));
        orders
    }

    fn order(&self, event: &Event, nth: u64, left: u64, now: Timestamp) -> Order {
        let day = date_in(event.start, "UTC");
        let draw = |what: &str, low, high| self.between(&format!("{}/{nth}/{what}", event.number), day, low, high);
        // Most orders come in the last days: the square of an even draw.
        let share = i64::try_from(draw("when", 0, 9_999)).unwrap_or(0);
        let span = event.start.as_second() - event.on_sale().as_second();
        let created = later(event.start, -(share * share / 10_000 * span / 10_000) - 60);
        let size = draw("size", 1, 6).saturating_sub(3).clamp(1, 3).min(left);
        let back = match (event.kind, draw("back", 0, 99)) {
            (Kind::Canceled(at), _) => Some((Back::All, at)),
            (_, roll) if roll < 5 => {
                let after = i64::try_from(draw("after", 7_200, 20 * 86_400)).unwrap_or(7_200);
                let what = if roll < 3 { Back::All } else { Back::One };
                Some((what, later(created, after)))
            }
            _ => None,
        };
        let back = back.filter(|(_, at)| *at <= now);
        let paid = event.price > 0;
        let status = match back {
            Some((Back::All, _)) if paid => Status::Refunded,
            _ => Status::Placed,
        };
        let id = format!("{}{:04}{nth:04}", self.prefix(), event.number);
        let mut attendees = Vec::new();
        for place in 0..size {
            let given_back = back.filter(|(what, _)| *what == Back::All || place + 1 == size);
            let arrival = i64::try_from(draw(&format!("arrival-{place}"), 0, 3_600)).unwrap_or(0);
            let comes = draw(&format!("comes-{place}"), 0, 99) < 68;
            let held = matches!(event.kind, Kind::Held | Kind::SeriesChild);
            let checked_in = Some(later(event.start, arrival - 1_500))
                .filter(|at| comes && held && *at <= now && given_back.is_none_or(|(_, back)| *at < back));
            let moments = [given_back.map(|(_, at)| at), checked_in];
            attendees.push(Attendee {
                id: if place == 0 { format!("1{id}") } else { format!("1{id}-{place}") },
                person: draw(&format!("person-{place}"), 10_000, 99_999),
                changed: moments.into_iter().flatten().max().unwrap_or(created),
                checked_in,
                cancelled: given_back.is_some(),
                refunded: given_back.is_some() && paid,
            });
        }
        Order {
            id,
            event_id: event.id.clone(),
            status,
            created,
            changed: back.map_or(later(created, 2), |(_, at)| at),
            ticket: ticket(event),
            attendees,
            buyer: draw("buyer", 10_000, 99_999),
        }
    }

    /// The order that somebody is typing at this very moment.
    fn unfinished(&self, event: &Event, nth: u64, now: Timestamp) -> Order {
        let gone = now.as_second().rem_euclid(HOLD);
        let created = later(now, -gone);
        let order = self.order(event, nth, 1, Timestamp::MIN);
        let attendees = order.attendees.into_iter().map(|attendee| Attendee { changed: created, ..attendee }).collect();
        Order { status: Status::Started(HOLD - gone), created, changed: created, attendees, ..order }
    }
}

/// How much of an order is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Back {
    All,
    One,
}

fn later(time: Timestamp, seconds: i64) -> Timestamp {
    time + SignedDuration::from_secs(seconds)
}

/// A ticket with its fees; a free one is free of them too.
fn ticket(event: &Event) -> Costs {
    if event.price == 0 {
        return Costs::default();
    }
    let fixed = if event.currency == "VND" { 19_000 } else { 79 };
    Costs {
        base_price: event.price,
        eventbrite_fee: event.price * 37 / 1_000 + fixed,
        payment_fee: event.price * 29 / 1_000,
    }
}
