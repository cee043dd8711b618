//! One Facebook Page as it really is: what people saw and did on each day, cut in US Pacific.
//!
//! Figures are pure functions of the seed, the Page, the day and the moment of reading. A day that has just ended is
//! still being counted: its figures grow for 28 days before they stand.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::world::{World, day_number, plus, season};

/// A Page that every user can list but that is too small for insights.
pub(super) const SMALL_PAGE: &str = "100000000000063";

/// A Page of the emulated company.
#[derive(Debug, Clone)]
pub(super) struct Page {
    /// The Page's id.
    pub(super) id: String,
    /// The Page's name.
    pub(super) name: &'static str,
    /// Where its editors and most of its readers live.
    pub(super) market: TimeZone,
    world: World,
    first_followers: u64,
    /// Organic views of a usual day when the world began.
    pub(super) daily_views: u64,
}

/// How the impressions of a day were won.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paid {
    /// Shown by the feed.
    Organic,
    /// Shown by an advertisement.
    Ads,
}

impl Page {
    /// The Page with this id. Some are known by name; any other is a middling one.
    pub(super) fn new(world: &World, id: &str) -> Page {
        let (name, zone, first_followers, daily_views) = match id {
            "145245558842140" => ("Sao Mai Software", "Asia/Ho_Chi_Minh", 7_400, 1_900),
            "2121008874780932" => ("Sao Mai Software US", "America/New_York", 1_150, 420),
            SMALL_PAGE => ("Sao Mai Careers", "Asia/Ho_Chi_Minh", 41, 9),
            _ => ("Sao Mai Community", "Asia/Ho_Chi_Minh", 2_000, 700),
        };
        let market = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        Page { id: id.to_owned(), name, market, world: world.clone(), first_followers, daily_views }
    }

    /// Views of a day (people may view again and again), as known at `now`.
    pub(super) fn views(&self, day: Date, paid: Paid, now: Timestamp) -> u64 {
        let full = match paid {
            Paid::Organic => self.around(self.daily_views * self.rhythm(day) / 1_000, "views", day),
            Paid::Ads if self.advertises(day) => self.around(self.daily_views * 13 / 10, "ads", day),
            Paid::Ads => 0,
        };
        known(full, day, now)
    }

    /// Views of a day, organic and paid.
    pub(super) fn all_views(&self, day: Date, now: Timestamp) -> u64 {
        self.views(day, Paid::Organic, now) + self.views(day, Paid::Ads, now)
    }

    /// People who saw the Page at least once in the `length` days that end with `last`.
    ///
    /// Who comes back counts once, so a longer window has fewer viewers than its days together, and at least as many
    /// as its best day.
    pub(super) fn viewers(&self, last: Date, length: i32, now: Timestamp) -> u64 {
        let mut sum = 0;
        let mut best = 0;
        for back in 0..length {
            let day = plus(last, -back);
            let of_day = self.all_views(day, now) * self.between("viewers", day, 610, 720) / 1_000;
            sum += of_day;
            best = best.max(of_day);
        }
        match length {
            1 => sum,
            2..=7 => (sum * 58 / 100).max(best),
            _ => {
                let weeks = (0..length / 7).map(|week| self.viewers(plus(last, -7 * week), 7, now));
                weeks.fold(sum * 34 / 100, u64::max)
            }
        }
    }

    /// Reactions, comments, shares and clicks on posts of the Page.
    pub(super) fn engagements(&self, day: Date, now: Timestamp) -> u64 {
        let full = (self.daily_views * self.rhythm(day) / 1_000 + self.views(day, Paid::Ads, Timestamp::MAX) / 3) / 28;
        known(self.around(full, "engagements", day), day, now)
    }

    /// Views of videos of three seconds and more; small Pages have days without any.
    pub(super) fn video_views(&self, day: Date, now: Timestamp) -> u64 {
        if self.is_without_video(day) {
            return 0;
        }
        let full = self.daily_views * self.rhythm(day) / 8_000 + self.views(day, Paid::Ads, Timestamp::MAX) / 5;
        known(self.around(full, "video", day), day, now)
    }

    /// True on days on which nobody saw a video.
    pub(super) fn is_without_video(&self, day: Date) -> bool {
        self.daily_views < 1_000 && self.between("no-video", day, 0, 9) == 0
    }

    /// True where the vendor leaves a day out instead of saying zero.
    pub(super) fn is_left_out(&self, day: Date) -> bool {
        self.is_without_video(day) && self.between("left-out", day, 0, 1) == 0
    }

    /// Visits to the Page itself.
    pub(super) fn visits(&self, day: Date, now: Timestamp) -> u64 {
        known(self.around(self.daily_views * self.rhythm(day) / 30_000, "visits", day), day, now)
    }

    /// Clicks on the Page's contact buttons.
    pub(super) fn actions(&self, day: Date, now: Timestamp) -> u64 {
        known(self.between("actions", day, 0, self.daily_views / 200), day, now)
    }

    /// Followers at the close of a day.
    pub(super) fn followers(&self, day: Date) -> u64 {
        let number = u64::from(day_number(day).max(0).unsigned_abs());
        let wiggle = self.between("followers", day, 0, self.first_followers / 1_500);
        self.first_followers + self.first_followers * number * 6 / 10_000 + wiggle
    }

    /// People who began to follow on a day.
    pub(super) fn follows(&self, day: Date) -> u64 {
        (self.followers(day) + self.unfollows(day)).saturating_sub(self.followers(plus(day, -1)))
    }

    /// People who stopped following on a day.
    pub(super) fn unfollows(&self, day: Date) -> u64 {
        let lost = self.followers(plus(day, -1)).saturating_sub(self.followers(day));
        lost + self.between("unfollows", day, 0, self.first_followers / 2_400)
    }

    /// Followers now: those of the last day that has ended.
    pub(super) fn followers_now(&self, now: Timestamp) -> u64 {
        self.followers(plus(now.to_zoned(pacific()).date(), -1))
    }

    /// People who like the Page; a few follow without liking it.
    pub(super) fn fans_now(&self, now: Timestamp) -> u64 {
        self.followers_now(now) * 96 / 100
    }

    /// True when the Page has too few likes for insights.
    pub(super) fn is_too_small(&self, now: Timestamp) -> bool {
        self.fans_now(now) < 100
    }

    /// A number drawn for this Page, this purpose and this day.
    pub(super) fn between(&self, what: &str, day: Date, low: u64, high: u64) -> u64 {
        self.world.between(&format!("facebook_pages/{}/{what}", self.id), day, low, high)
    }

    /// `usual`, a fifth up or down.
    fn around(&self, usual: u64, what: &str, day: Date) -> u64 {
        usual * self.between(what, day, 800, 1_200) / 1_000
    }

    /// Advertising flights: the first or the second half of two months out of three.
    fn advertises(&self, day: Date) -> bool {
        let month = day.first_of_month();
        let half = u64::from(day.day() > 15);
        self.between("flight", month, 0, 2) == half && self.daily_views >= 100
    }

    /// Growth, week and Tet, in thousandths of the usual day.
    fn rhythm(&self, day: Date) -> u64 {
        season::level(day, self.market.iana_name() == Some("Asia/Ho_Chi_Minh"))
    }
}

/// The zone in which Facebook cuts its days.
pub(super) fn pacific() -> TimeZone {
    TimeZone::get("America/Los_Angeles").unwrap_or(TimeZone::UTC)
}

/// The moment at which a Pacific day is over.
pub(super) fn end_of(day: Date) -> Timestamp {
    start_of(plus(day, 1))
}

/// The moment at which a Pacific day begins.
pub(super) fn start_of(day: Date) -> Timestamp {
    day.to_zoned(pacific()).map_or(Timestamp::MIN, |start| start.timestamp())
}

/// What is known at `now` of a figure of `day`: nothing before the day is over, all of it 28 days later.
fn known(full: u64, day: Date, now: Timestamp) -> u64 {
    let end = end_of(day);
    if now < end {
        return 0;
    }
    let missing = match (now.as_second() - end.as_second()) / 86_400 {
        0 => 40,
        1 => 22,
        2 => 14,
        3..=6 => 8,
        7..=13 => 4,
        14..=27 => 1,
        _ => 0,
    };
    full * (1_000 - missing) / 1_000
}
