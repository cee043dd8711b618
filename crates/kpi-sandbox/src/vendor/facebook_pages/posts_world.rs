//! The posts of a Page: when each was published and how people answered it.

use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, Timestamp};

use super::world::Page;
use crate::world::{FIRST_DAY, day_number, days};

/// What a post shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A picture with a text.
    Photo,
    /// A text with a link.
    Link,
    /// A film.
    Video,
}

/// One post of a Page.
#[derive(Debug, Clone)]
pub(super) struct Post {
    /// The vendor's id: the Page's, an underscore, the post's.
    pub(super) id: String,
    /// Counts the posts of a Page upwards in time; places no longer visible keep their number.
    pub(super) number: i64,
    /// When it was published.
    pub(super) created: Timestamp,
    /// What it shows.
    pub(super) kind: Kind,
    /// False when it is no longer visible: it still takes a place in the vendor's pages.
    pub(super) visible: bool,
    reactions: u64,
    comments: u64,
    shares: u64,
    views: u64,
}

impl Post {
    /// Reactions of all kinds so far.
    pub(super) fn reactions(&self, now: Timestamp) -> u64 {
        self.grown(self.reactions, now)
    }

    /// Comments so far.
    pub(super) fn comments(&self, now: Timestamp) -> u64 {
        self.grown(self.comments, now)
    }

    /// Shares so far.
    pub(super) fn shares(&self, now: Timestamp) -> u64 {
        self.grown(self.shares, now)
    }

    /// Views so far.
    pub(super) fn views(&self, now: Timestamp) -> u64 {
        self.grown(self.views, now)
    }

    /// What there is of `full` at `now`: half of it after four days, all after 28.
    fn grown(&self, full: u64, now: Timestamp) -> u64 {
        const SPAN: u128 = 28 * 86_400;
        let age = u128::try_from(now.as_second() - self.created.as_second()).unwrap_or(0).min(SPAN);
        let rest = SPAN - age;
        let missing = u128::from(full) * rest.pow(5) / SPAN.pow(5);
        full - u64::try_from(missing).unwrap_or(full)
    }
}

impl Page {
    /// All posts published up to `now`, the newest first.
    pub(super) fn posts(&self, now: Timestamp) -> Vec<Post> {
        let today = now.to_zoned(self.market.clone()).date();
        let mut posts = Vec::new();
        for day in days(FIRST_DAY, today) {
            for nth in 0..self.posts_on(day) {
                let number = i64::try_from(posts.len()).unwrap_or(i64::MAX);
                posts.extend(self.post(day, nth, number));
            }
        }
        posts.retain(|post| post.created <= now);
        posts.sort_by_key(|post| std::cmp::Reverse((post.created, post.number)));
        posts
    }

    /// How many posts the editors publish on a day of theirs.
    fn posts_on(&self, day: Date) -> u64 {
        let most = match day.weekday() {
            Weekday::Saturday | Weekday::Sunday => u64::from(day_number(day) % 4 == 0),
            Weekday::Tuesday | Weekday::Thursday => 2,
            _ => 1,
        };
        self.between("posts", day, 0, most)
    }

    fn post(&self, day: Date, nth: u64, number: i64) -> Option<Post> {
        let between = |what: &str, low, high| self.between(&format!("{what}-{nth}"), day, low, high);
        // Some are scheduled at two o'clock sharp, which is midnight in US Pacific while it has summer.
        let seconds = if between("sharp", 0, 5) == 0 { 14 * 3_600 } else { between("time", 8 * 3_600, 21 * 3_600) };
        let midnight = day.to_zoned(self.market.clone()).ok()?.timestamp();
        let created = midnight + SignedDuration::from_secs(i64::try_from(seconds).ok()?);
        let kind = match between("kind", 0, 9) {
            0..=4 => Kind::Photo,
            5..=7 => Kind::Link,
            _ => Kind::Video,
        };
        let views = self.daily_views * between("post-views", 150, 900) / 1_000 + 12;
        let reactions = views * between("reactions", 15, 60) / 1_000;
        Some(Post {
            id: format!(
                "{}_{}",
                self.id,
                122_000_000_000_000 + u64::from(day_number(day).unsigned_abs()) * 7_919 + nth * 31
            ),
            number,
            created,
            kind,
            visible: between("visible", 0, 8) != 0,
            reactions,
            comments: reactions * between("comments", 0, 300) / 1_000,
            shares: (reactions * between("shares", 0, 200) / 1_000).saturating_sub(2),
            views,
        })
    }
}
