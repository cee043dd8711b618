//! When the account mails: two to four mailings a month and audience, and the odd ones that trip readers up.

use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::audience::{Account, Growth};
use super::mailing::{Figures, Kind, Mailing};
use crate::world::{FIRST_DAY, plus, season};

/// People on the list for trying a mailing out.
const TESTERS: u64 = 4;

impl Account {
    /// All mailings sent up to a moment, the newest first. Drafts are not among them.
    pub(super) fn mailings(&self, now: Timestamp) -> Vec<Mailing> {
        let mut mailings = Vec::new();
        for (place, audience) in self.audiences.iter().enumerate() {
            let growth = self.growth(audience, now);
            let planner = Planner { account: self, place, growth: &growth };
            let last = self.date(now);
            let mut month = FIRST_DAY;
            while month <= last {
                planner.month(month, audience.mailings, &mut mailings);
                month = month.saturating_add(1.month());
            }
        }
        mailings.retain(|mailing| mailing.sent <= now);
        mailings.sort_by(|a, b| b.sent.cmp(&a.sent).then_with(|| a.id.cmp(&b.id)));
        mailings
    }
}

/// Plans the mailings of one audience.
#[derive(Debug)]
struct Planner<'a> {
    account: &'a Account,
    place: usize,
    growth: &'a Growth<'a>,
}

impl Planner<'_> {
    fn month(&self, month: Date, usual: u64, out: &mut Vec<Mailing>) {
        let count = (usual + self.account.between(&format!("count/{}", self.place), month, 0, 2)).clamp(3, 5) - 1;
        let quarter = month.month() % 3 == 1;
        for nth in 0..count {
            let (day, minutes) = self.slot(month, nth, count);
            if season::is_tet(day) && self.account.is_vietnamese() {
                continue;
            }
            let kind = match self.account.between(&format!("kind/{}/{nth}", self.place), month, 0, 9) {
                0 => Kind::PlainText,
                1 | 2 => Kind::Variate,
                _ => Kind::Regular,
            };
            let title = format!("{} {:04}-{:02} #{}", self.title(), month.year(), month.month(), nth + 1);
            out.extend(self.single(kind, title, day, minutes));
        }
        if quarter && self.place == 0 {
            out.extend(self.parent(Kind::Rss, "RSS: blog", &[plus(month, 5), plus(month, 12)], 7 * 60));
            out.extend(self.test(plus(month, 19)));
        }
        let welcomes = [Date::constant(2024, 3, 1), Date::constant(2026, 9, 1)];
        if self.place == 0 && welcomes.contains(&month) {
            out.extend(self.parent(Kind::Automation, "Welcome", &[plus(month, 6), plus(month, 9)], 9 * 60));
        }
    }

    /// The day and the minute of the `nth` mailing; one in three months begins with one on the stroke of midnight.
    fn slot(&self, month: Date, nth: u64, count: u64) -> (Date, i64) {
        if nth == 0 && month.month() % 3 == 1 {
            return (month, 0);
        }
        let draw =
            |what: &str, most: u64| self.account.between(&format!("{what}/{}/{nth}", self.place), month, 0, most);
        let shift = i32::try_from(nth * 28 / count + draw("day", 5)).unwrap_or(0);
        let day = plus(month, shift);
        let day = match day.weekday() {
            Weekday::Saturday => plus(day, -1),
            Weekday::Sunday => plus(day, 1),
            _ => day,
        };
        let minutes = match draw("time", 4) {
            0 => 5 * 60 + 30,
            1 => 8 * 60 + 30,
            2 => 10 * 60,
            3 => 14 * 60 + 15,
            _ => 23 * 60 + 45,
        };
        (day, minutes)
    }

    fn title(&self) -> &'static str {
        self.account.audiences.get(self.place).map_or("Mailing", |audience| audience.name)
    }

    fn moment(&self, day: Date, minutes: i64) -> Option<Timestamp> {
        let midnight = day.to_zoned(self.account.zone.clone()).ok()?.timestamp();
        Some(midnight + SignedDuration::from_mins(minutes))
    }

    fn single(&self, kind: Kind, title: String, day: Date, minutes: i64) -> Option<Mailing> {
        let sent = self.moment(day, minutes)?;
        let key = format!("mailchimp/{}/{}/{title}/{day}", self.account.id, self.place);
        let id = format!("{:010x}", self.account.world.hash_key(&key) >> 24);
        let full = self.answers(&key, day, self.growth.members(sent) * 97 / 100);
        Some(Mailing { id, audience: self.place, kind, title, sent, children: Vec::new(), full })
    }

    /// A parent, whose sendings follow within days so that its figures come to rest.
    fn parent(&self, kind: Kind, title: &str, days: &[Date], minutes: i64) -> Option<Mailing> {
        let mut children = Vec::new();
        for day in days {
            children.extend(self.single(Kind::Regular, format!("{title} {day}"), *day, minutes));
        }
        let first = *days.first()?;
        let parent = self.single(kind, format!("{title} {:04}-{:02}", first.year(), first.month()), first, minutes)?;
        Some(Mailing { children, full: Figures::default(), ..parent })
    }

    /// A mailing to the team that nobody opens.
    fn test(&self, day: Date) -> Option<Mailing> {
        let mailing = self.single(Kind::Regular, format!("Test {day}"), day, 16 * 60)?;
        Some(Mailing { full: Figures { sent: TESTERS, ..Figures::default() }, ..mailing })
    }

    /// What a mailing to `sent` people comes to.
    fn answers(&self, key: &str, day: Date, sent: u64) -> Figures {
        let world = &self.account.world;
        let share = |what: &str, of: u64, low: u64, high: u64| {
            let per_ten_thousand = world.between(&format!("{key}/{what}"), day, low, high);
            world.chance(&format!("{key}/{what}"), day, u128::from(of) * u128::from(per_ten_thousand), 10_000)
        };
        let hard_bounces = share("hard", sent, 15, 60);
        let soft_bounces = share("soft", sent, 40, 120);
        let openers = share("openers", sent - hard_bounces - soft_bounces, 2_200, 3_300);
        let opens = share("opens", openers, 14_000, 19_000);
        let clickers = share("clickers", openers, 800, 1_400);
        let clicks = share("clicks", clickers, 13_000, 18_000);
        let openers_without_proxy = share("people", openers, 5_500, 7_000);
        let customers = self.place == 0;
        let orders = if customers { share("orders", clickers, 0, 500) } else { 0 };
        let price = match self.account.currency {
            "VND" => world.between(&format!("{key}/price"), day, 320, 1_200) * 10_000,
            _ => world.between(&format!("{key}/price"), day, 11_900, 48_950),
        };
        Figures {
            sent,
            hard_bounces,
            soft_bounces,
            openers,
            opens,
            openers_without_proxy,
            opens_without_proxy: share("own-opens", openers_without_proxy, 12_000, 15_000).min(opens),
            clickers,
            unique_clicks: (clickers + share("links", clickers, 1_000, 2_500)).min(clicks),
            clicks,
            unsubscribed: share("left", sent, 8, 30),
            complaints: share("complaints", sent, 0, 3),
            forwards: share("forwards", openers, 0, 20),
            orders,
            revenue: orders * price,
        }
    }
}
