//! The audiences of an account: who joined and who left on each day, and how many there are at a moment.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::config::Source;
use crate::world::{FIRST_DAY, World, day_number, days, season};

/// Seconds for which the vendor keeps the figures of an audience before it counts again.
const CACHED: i64 = 300;

/// One Mailchimp account.
#[derive(Debug, Clone)]
pub(super) struct Account {
    /// The world it lives in.
    pub(super) world: World,
    /// The id of the source, by which its numbers are drawn.
    pub(super) id: String,
    /// The name on the account.
    pub(super) name: &'static str,
    /// Where the days of the account are cut.
    pub(super) zone: TimeZone,
    /// The currency of its store.
    pub(super) currency: &'static str,
    /// The data center in its addresses.
    pub(super) data_center: String,
    /// Its audiences.
    pub(super) audiences: Vec<Audience>,
}

/// One audience, which the vendor calls a list.
#[derive(Debug, Clone)]
pub(super) struct Audience {
    /// The vendor's id.
    pub(super) id: String,
    /// The name of the audience.
    pub(super) name: &'static str,
    /// Mailings of a usual month.
    pub(super) mailings: u64,
    first_members: u64,
}

/// What happened to an audience on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Change {
    /// Signed up.
    pub(super) subs: u64,
    /// Left.
    pub(super) unsubs: u64,
    /// Came by import.
    pub(super) other_adds: u64,
    /// Were removed.
    pub(super) other_removes: u64,
}

impl Account {
    /// The account of a source.
    pub(super) fn new(world: &World, source: &Source) -> Account {
        let zone = source.text("timezone").and_then(|zone| TimeZone::get(zone).ok()).unwrap_or(TimeZone::UTC);
        let vietnamese = zone.iana_name() == Some("Asia/Ho_Chi_Minh");
        let audience = |key: &str, name, mailings, first_members| {
            let id = format!("{:010x}", world.hash_key(&format!("mailchimp/{}/{key}", source.id)) >> 24);
            Audience { id, name, mailings, first_members }
        };
        let (name, currency, audiences) = if vietnamese {
            let customers = audience("customers", "Khách hàng và đối tác", 3, 3_600);
            ("Sao Mai Software", "VND", vec![customers, audience("newsletter", "Bản tin CRM", 2, 3_900)])
        } else {
            ("Sao Mai International", "USD", vec![audience("newsletter", "Sao Mai CRM News", 3, 2_900)])
        };
        Account {
            world: world.clone(),
            id: source.id.clone(),
            name,
            zone,
            currency,
            data_center: source.text("data_center").unwrap_or("us1").to_owned(),
            audiences,
        }
    }

    /// The account's date at a moment.
    pub(super) fn date(&self, time: Timestamp) -> Date {
        time.to_zoned(self.zone.clone()).date()
    }

    /// A number drawn for this account, this purpose and this day.
    pub(super) fn between(&self, key: &str, day: Date, low: u64, high: u64) -> u64 {
        self.world.between(&format!("mailchimp/{}/{key}", self.id), day, low, high)
    }

    /// True when its readers live by the Vietnamese calendar.
    pub(super) fn is_vietnamese(&self) -> bool {
        self.currency == "VND"
    }

    /// What happened to an audience on a whole day.
    pub(super) fn change(&self, audience: &Audience, day: Date) -> Change {
        let week = season::weekday(day) * if self.is_vietnamese() { season::tet(day) } else { 1_000 } / 1_000;
        let draw = |what: &str, most: u64| self.between(&format!("{}/{what}", audience.id), day, 0, most);
        let import = day_number(day) % 41 == 7;
        Change {
            subs: draw("subs", 11) * week / 1_000,
            unsubs: draw("unsubs", 4),
            other_adds: if import { 20 + draw("import", 40) } else { draw("adds", 1) },
            other_removes: u64::from(draw("removes", 9) == 0),
        }
    }

    /// How an audience has grown up to the day of a moment.
    pub(super) fn growth<'a>(&'a self, audience: &'a Audience, now: Timestamp) -> Growth<'a> {
        let mut members = audience.first_members;
        let closes = days(FIRST_DAY, self.date(now)).map(|day| {
            members = self.change(audience, day).after(members, 1_000);
            members
        });
        Growth { account: self, audience, closes: closes.collect() }
    }
}

/// The members of an audience at the close of each day since the first.
#[derive(Debug)]
pub(super) struct Growth<'a> {
    account: &'a Account,
    audience: &'a Audience,
    closes: Vec<u64>,
}

impl Growth<'_> {
    /// Subscribers at a moment, as the vendor last counted them; the changes of a day are spread evenly over it.
    pub(super) fn members(&self, time: Timestamp) -> u64 {
        let counted = Timestamp::from_second(time.as_second() / CACHED * CACHED).unwrap_or(time);
        let today = self.account.date(counted);
        let before = usize::try_from(day_number(today) - 1).ok().and_then(|day| self.closes.get(day)).copied();
        let midnight = today.to_zoned(self.account.zone.clone()).map_or(counted, |start| start.timestamp());
        let gone = (counted.as_second() - midnight.as_second()).clamp(0, 86_400).unsigned_abs();
        let change = self.account.change(self.audience, today);
        change.after(before.unwrap_or(self.audience.first_members), gone * 1_000 / 86_400)
    }
}

impl Change {
    /// Those who came on the day.
    pub(super) fn joined(self) -> u64 {
        self.subs + self.other_adds
    }

    /// Members after `permille` of the day.
    fn after(self, members: u64, permille: u64) -> u64 {
        let joined = self.joined() * permille / 1_000;
        let left = (self.unsubs + self.other_removes) * permille / 1_000;
        (members + joined).saturating_sub(left)
    }
}
