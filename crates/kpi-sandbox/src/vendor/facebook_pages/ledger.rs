//! What a correct reader of a Page knows at the clock, in the words of the dictionary.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::insights::oldest_day;
use super::world::{Page, Paid, end_of, pacific};
use crate::ledger::Fact;
use crate::rational::Rational;
use crate::world::{day_number, days, plus};

const VIEWS: &str = "meta.views";

/// Every figure of the days that have ended, two years back, and of all posts since then.
pub(super) fn facts(page: &Page, now: Timestamp) -> Vec<Fact> {
    let mut facts = Vec::new();
    if !page.is_too_small(now) {
        for day in days(oldest_day(now), last_day(now)) {
            of_day(page, day, now, &mut facts);
        }
    }
    of_posts(page, now, &mut facts);
    facts
}

/// The viewers of a window that the vendor offers: one, seven or 28 days.
pub(super) fn reach(page: &Page, now: Timestamp, start: Date, end: Date) -> Option<Fact> {
    let length = day_number(end) - day_number(start) + 1;
    let is_known = end_of(end) <= now && end >= oldest_day(now) && !page.is_too_small(now);
    if !is_known || !matches!(length, 1 | 7 | 28) {
        return None;
    }
    let viewers = page.viewers(end, length, now);
    Some(Fact::day("reach", start, Rational::int(viewers)).until(end).definition("meta.viewers"))
}

/// The last Pacific day that is over.
fn last_day(now: Timestamp) -> Date {
    plus(now.to_zoned(pacific()).date(), -1)
}

fn of_day(page: &Page, day: Date, now: Timestamp, facts: &mut Vec<Fact>) {
    let [organic, ads] = [Paid::Organic, Paid::Ads].map(|paid| page.views(day, paid, now));
    let views = |count: u64| Fact::day("impressions", day, Rational::int(count)).definition(VIEWS);
    facts.push(views(organic + ads));
    facts.push(views(organic).dim("paid", "0"));
    facts.push(views(ads).dim("paid", "1"));
    facts.push(Fact::day("engagements", day, Rational::int(page.engagements(day, now))));
    facts.push(Fact::day("followers", day, Rational::int(page.followers(day))));
    facts.push(Fact::day("video_views", day, Rational::int(page.video_views(day, now))).definition("meta.3s"));
}

/// Posts by their day in Pacific, with all the answers they had so far, and the day's totals, zero where nobody posted.
fn of_posts(page: &Page, now: Timestamp, facts: &mut Vec<Fact>) {
    let first = oldest_day(now);
    let mut totals: BTreeMap<Date, [u64; 4]> = days(first, last_day(now)).map(|day| (day, [0; 4])).collect();
    for post in page.posts(now).iter().filter(|post| post.visible) {
        let day = post.created.to_zoned(pacific()).date();
        if day < first {
            continue;
        }
        let counts = [1, post.reactions(now), post.comments(now), post.shares(now)];
        let total = totals.entry(day).or_default();
        for (sum, count) in total.iter_mut().zip(counts) {
            *sum += count;
        }
        facts.extend(counted(day, counts).map(|fact| fact.dim("post", post.id.clone())));
    }
    for (day, counts) in totals {
        facts.extend(counted(day, counts));
    }
}

/// What is counted of posts; all but their number follows from the post, whenever it comes.
fn counted(day: Date, [posts, likes, comments, shares]: [u64; 4]) -> [Fact; 4] {
    let fact = |metric, count: u64| Fact::day(metric, day, Rational::int(count));
    [
        fact("posts", posts),
        fact("likes", likes).basis("cohort"),
        fact("comments", comments).basis("cohort"),
        fact("shares", shares).basis("cohort"),
    ]
}
