//! The events of an organization: one or two a month, and the odd ones that trip readers up.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::world::{FIRST_DAY, World, date_in, plus};

/// Days before an event on which it is written up, and on which its sale begins.
const WRITTEN: i64 = 45;
const ON_SALE: i64 = 30;

/// One organization.
#[derive(Debug, Clone)]
pub(super) struct Organization {
    /// The vendor's id.
    pub(super) id: String,
    /// The name.
    pub(super) name: &'static str,
    /// Every currency that its events are sold in.
    pub(super) currencies: [&'static str; 2],
    pub(super) world: World,
    vietnamese: bool,
}

/// What kind of event it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Takes place.
    Held,
    /// Takes place, but nobody comes.
    Deserted,
    /// Was called off at a moment.
    Canceled(Timestamp),
    /// Was never published.
    Draft,
    /// Holds the dates of a series, and nobody.
    SeriesParent,
    /// One date of a series.
    SeriesChild,
}

/// One event.
#[derive(Debug, Clone)]
pub(super) struct Event {
    /// The vendor's id.
    pub(super) id: String,
    /// A number that no other event of the organization has.
    pub(super) number: u64,
    /// The title.
    pub(super) name: String,
    /// What kind of event it is.
    pub(super) kind: Kind,
    /// The series it belongs to.
    pub(super) series: Option<String>,
    /// The zone in which it takes place.
    pub(super) zone: &'static str,
    /// When it begins.
    pub(super) start: Timestamp,
    /// When it ends.
    pub(super) end: Timestamp,
    /// ISO 4217 of its prices.
    pub(super) currency: &'static str,
    /// A ticket in minor units; zero for a free event.
    pub(super) price: u64,
    /// How many tickets are asked for until it begins.
    pub(super) people: u64,
    /// How many there are.
    pub(super) capacity: u64,
}

/// What an event is planned as.
#[derive(Debug, Clone, Copy)]
struct Plan {
    slot: u64,
    name: &'static str,
    kind: Kind,
    zone: &'static str,
    day: Date,
    minutes: i64,
    currency: &'static str,
    price: u64,
    people: u64,
}

impl Event {
    /// When it was written up.
    pub(super) fn created(&self) -> Timestamp {
        self.start - SignedDuration::from_hours(WRITTEN * 24)
    }

    /// When its sale began.
    pub(super) fn on_sale(&self) -> Timestamp {
        self.start - SignedDuration::from_hours(ON_SALE * 24)
    }

    /// The vendor's word for how far it is.
    pub(super) fn status(&self, now: Timestamp) -> &'static str {
        match self.kind {
            Kind::Draft => "draft",
            Kind::Canceled(at) if at <= now => "canceled",
            _ if now < self.start => "live",
            _ if now < self.end => "started",
            _ if now < self.end + SignedDuration::from_hours(72) => "ended",
            _ => "completed",
        }
    }
}

impl Organization {
    /// The organization with this id: the known one at home, any other abroad.
    pub(super) fn new(world: &World, id: &str) -> Organization {
        let vietnamese = id == "987654321";
        let (name, currencies) =
            if vietnamese { ("Sao Mai Software", ["VND", "USD"]) } else { ("Sao Mai International", ["USD", "EUR"]) };
        Organization { id: id.to_owned(), name, currencies, world: world.clone(), vietnamese }
    }

    /// The first digits of the ids of all that belongs to it.
    pub(super) fn prefix(&self) -> u64 {
        100 + self.world.hash_key(&format!("eventbrite/{}", self.id)) % 900
    }

    /// A number drawn for this organization, this purpose and this day.
    pub(super) fn between(&self, key: &str, day: Date, low: u64, high: u64) -> u64 {
        self.world.between(&format!("eventbrite/{}/{key}", self.id), day, low, high)
    }

    /// All events written up until a moment, by their beginning.
    pub(super) fn events(&self, now: Timestamp) -> Vec<Event> {
        let last = plus(date_in(now, "UTC"), 62);
        let mut events = Vec::new();
        let mut month = FIRST_DAY;
        while month <= last {
            let mut plans = if self.vietnamese { self.at_home(month) } else { self.abroad(month) };
            if month.month() % 6 == 4 {
                plans.extend(self.odd_ones(month));
            }
            events.extend(plans.into_iter().filter_map(|plan| self.event(month, plan)));
            month = month.saturating_add(1.month());
        }
        let beginning = FIRST_DAY.to_zoned(TimeZone::UTC).map_or(Timestamp::MIN, |start| start.timestamp());
        events.retain(|event| (beginning..=now).contains(&event.created()));
        events.sort_by(|a, b| a.start.cmp(&b.start).then_with(|| a.id.cmp(&b.id)));
        events
    }

    fn at_home(&self, month: Date) -> Vec<Plan> {
        let draw = |what: &str, low, high| self.between(what, month, low, high);
        let day = weekday(plus(month, 7 + small(draw("day", 0, 14))));
        let paid = month.month() % 2 == 0;
        let main = Plan {
            slot: 0,
            name: if paid { "Hội nghị CRM" } else { "Webinar: bán hàng B2B" },
            kind: Kind::Held,
            zone: "Asia/Ho_Chi_Minh",
            day,
            minutes: if paid { 8 * 60 + 30 } else { 6 * 60 + 45 },
            currency: "VND",
            price: if paid { draw("price", 25, 99) * 10_000 } else { 0 },
            people: if paid { draw("people", 90, 300) } else { draw("people", 40, 150) },
        };
        let mut plans = vec![main];
        if month.month() % 3 == 1 {
            plans.push(Plan {
                slot: 1,
                name: "Partner Day Singapore",
                zone: "Asia/Singapore",
                day: weekday(plus(month, 20)),
                minutes: 10 * 60,
                currency: "USD",
                price: draw("partner-price", 25, 99) * 100,
                people: draw("partners", 40, 90),
                ..main
            });
        }
        plans
    }

    fn abroad(&self, month: Date) -> Vec<Plan> {
        let draw = |what: &str, low, high| self.between(what, month, low, high);
        let day = weekday(plus(month, 5 + small(draw("day", 0, 16))));
        let paid = month.month() % 2 == 0;
        let main = Plan {
            slot: 0,
            name: if paid { "CRM Forum Berlin" } else { "Webinar: selling to Vietnam" },
            kind: Kind::Held,
            zone: "Europe/Berlin",
            day,
            minutes: 9 * 60,
            currency: "EUR",
            price: if paid { draw("price", 2_500, 14_950) } else { 0 },
            people: if paid { draw("people", 60, 180) } else { draw("people", 40, 120) },
        };
        let mut plans = vec![main];
        if month.month() % 3 == 1 {
            // The last evening of the month in New York is the first night of the next in UTC.
            plans.push(Plan {
                slot: 1,
                name: "Evening in New York",
                zone: "America/New_York",
                day: month.last_of_month(),
                minutes: 20 * 60 + 30,
                currency: "USD",
                price: draw("evening-price", 1_500, 6_000),
                people: draw("evening", 40, 80),
                ..main
            });
        }
        plans
    }

    /// A deserted event, a canceled one, a draft, and a series of two.
    fn odd_ones(&self, month: Date) -> Vec<Plan> {
        let zone = if self.vietnamese { "Asia/Ho_Chi_Minh" } else { "Europe/Berlin" };
        let currency = if self.vietnamese { "VND" } else { "EUR" };
        let price = if self.vietnamese { 150_000 } else { 1_950 };
        let minutes = 14 * 60;
        let deserted = Plan {
            slot: 2,
            name: "Office hours",
            kind: Kind::Deserted,
            zone,
            day: plus(month, 13),
            minutes,
            currency,
            price: 0,
            people: 6,
        };
        // Called off when the month is over, so that the month's orders are all paid back later.
        let at = |day: i32| moment(zone, plus(month, day), minutes).unwrap_or(Timestamp::MIN);
        let parent =
            Plan { slot: 5, name: "CRM clinic", kind: Kind::SeriesParent, day: plus(month, 11), people: 0, ..deserted };
        let child = Plan { kind: Kind::SeriesChild, people: 24, ..parent };
        vec![
            deserted,
            Plan {
                slot: 3,
                name: "Workshop",
                kind: Kind::Canceled(at(31)),
                day: plus(month, 33),
                price,
                people: 14,
                ..deserted
            },
            Plan { slot: 4, name: "Not announced yet", kind: Kind::Draft, day: plus(month, 27), people: 0, ..deserted },
            parent,
            Plan { slot: 6, ..child },
            Plan { slot: 7, day: plus(month, 18), people: 31, ..child },
        ]
    }

    fn event(&self, month: Date, plan: Plan) -> Option<Event> {
        let start = moment(plan.zone, plan.day, plan.minutes)?;
        let months = u64::try_from((month.year() - 2024) * 12 + i16::from(month.month())).unwrap_or(0);
        let number = months * 10 + plan.slot;
        let id = |slot: u64| format!("{}{:09}", self.prefix(), months * 10 + slot);
        Some(Event {
            id: id(plan.slot),
            number,
            name: format!("{} {:04}-{:02}", plan.name, month.year(), month.month()),
            kind: plan.kind,
            series: (plan.kind == Kind::SeriesChild).then(|| id(5)),
            zone: plan.zone,
            start,
            end: start + SignedDuration::from_hours(3),
            currency: plan.currency,
            price: plan.price,
            people: plan.people,
            capacity: plan.people + 40,
        })
    }
}

/// The day itself, or the Tuesday after a weekend.
fn weekday(day: Date) -> Date {
    match day.weekday() {
        Weekday::Saturday => plus(day, 3),
        Weekday::Sunday => plus(day, 2),
        _ => day,
    }
}

fn small(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(0)
}

fn moment(zone: &str, day: Date, minutes: i64) -> Option<Timestamp> {
    let midnight = day.to_zoned(TimeZone::get(zone).ok()?).ok()?.timestamp();
    Some(midnight + SignedDuration::from_mins(minutes))
}
