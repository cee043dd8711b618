//! The insights metrics by their vendor names: which are alive at the clock, by which periods, and their values.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::world::{Page, Paid};
use crate::world::plus;

/// A span that a point of a series covers; all but the day roll, one point for every day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    /// One Pacific day.
    Day,
    /// The seven days up to a day.
    Week,
    /// The 28 days up to a day.
    Days28,
}

impl Span {
    /// All spans, in the order in which the vendor lists them.
    pub(super) const ALL: [Span; 3] = [Span::Day, Span::Week, Span::Days28];

    /// The vendor's word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Span::Day => "day",
            Span::Week => "week",
            Span::Days28 => "days_28",
        }
    }

    /// The beginning of the vendor's titles.
    pub(super) fn title(self) -> &'static str {
        match self {
            Span::Day => "Daily",
            Span::Week => "Weekly",
            Span::Days28 => "28 Days",
        }
    }

    /// How many days a point covers.
    pub(super) fn days(self) -> i32 {
        match self {
            Span::Day => 1,
            Span::Week => 7,
            Span::Days28 => 28,
        }
    }
}

/// How a metric is counted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Metric {
    /// Views, which can be broken down.
    Views,
    /// Viewers.
    Viewers,
    /// Followers at the close of the day.
    Followers,
    /// Anything that adds up over days.
    Flow(fn(&Page, Date, Timestamp) -> u64),
    /// The same, but offered by day only.
    OfDay(fn(&Page, Date, Timestamp) -> u64),
    /// Views of videos, which can be left out for a day.
    VideoViews,
    /// Reactions by type.
    Reactions,
    /// New fans, paid and not.
    FanAdds,
}

impl Metric {
    /// The metric of a name that is alive at `today`; nothing for what is unknown or retired.
    pub(super) fn named(name: &str, today: Date) -> Option<Metric> {
        if retired_on(name).is_some_and(|day| day <= today) {
            return None;
        }
        let metric = match name {
            "page_media_view" | "page_impressions" | "page_posts_impressions" => Metric::Views,
            "page_impressions_paid" => Metric::Flow(|page, day, now| page.views(day, Paid::Ads, now)),
            "page_total_media_view_unique" | "page_impressions_unique" => Metric::Viewers,
            "page_follows" | "page_fans" => Metric::Followers,
            "page_daily_follows" | "page_fan_adds" => Metric::OfDay(|page, day, _| page.follows(day)),
            "page_daily_follows_unique" | "page_fan_adds_unique" => Metric::OfDay(|page, day, _| page.follows(day)),
            "page_daily_unfollows_unique" | "page_fan_removes" => Metric::OfDay(|page, day, _| page.unfollows(day)),
            "page_views_total" => Metric::Flow(Page::visits),
            "page_post_engagements" => Metric::Flow(Page::engagements),
            "page_total_actions" => Metric::Flow(Page::actions),
            "page_video_views" => Metric::VideoViews,
            "page_video_view_time" => Metric::Flow(|page, day, now| page.video_views(day, now) * 8_431),
            "page_actions_post_reactions_like_total" => {
                Metric::Flow(|page, day, now| page.engagements(day, now) * 5 / 10)
            }
            "page_actions_post_reactions_love_total" => Metric::Flow(|page, day, now| page.engagements(day, now) / 10),
            "page_actions_post_reactions_total" => Metric::Reactions,
            "page_fan_adds_by_paid_non_paid_unique" => Metric::FanAdds,
            _ => return None,
        };
        Some(metric)
    }

    /// True when the vendor offers the metric by this span.
    pub(super) fn has(self, span: Span) -> bool {
        match self {
            Metric::Followers | Metric::OfDay(_) | Metric::Reactions | Metric::FanAdds => span == Span::Day,
            _ => true,
        }
    }

    /// The value of the point that ends with `last`; nothing where the vendor leaves the point out.
    pub(super) fn value(self, page: &Page, span: Span, last: Date, now: Timestamp) -> Option<Value> {
        let sum = |of_day: fn(&Page, Date, Timestamp) -> u64| -> u64 {
            (0..span.days()).map(|back| of_day(page, plus(last, -back), now)).sum()
        };
        let value = match self {
            Metric::Views => json!(sum(Page::all_views)),
            Metric::Viewers => json!(page.viewers(last, span.days(), now)),
            Metric::Followers => json!(page.followers(last)),
            Metric::Flow(of_day) | Metric::OfDay(of_day) => json!(sum(of_day)),
            Metric::VideoViews if span == Span::Day && page.is_left_out(last) => return None,
            Metric::VideoViews => json!(sum(Page::video_views)),
            Metric::Reactions => {
                let all = page.engagements(last, now);
                json!({"like": all * 5 / 10, "love": all / 10})
            }
            Metric::FanAdds => {
                let all = page.follows(last);
                json!({"total": all, "paid": all / 3, "unpaid": all - all / 3})
            }
        };
        Some(value)
    }
}

/// The day on which a name was taken away, for all versions of the API at once.
fn retired_on(name: &str) -> Option<Date> {
    let day = match name {
        "page_fans"
        | "page_fan_adds"
        | "page_fan_adds_unique"
        | "page_fan_removes"
        | "page_impressions"
        | "page_impressions_paid" => Date::constant(2025, 11, 15),
        "page_impressions_unique" | "page_posts_impressions" => Date::constant(2026, 6, 15),
        _ => return None,
    };
    Some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_dies_on_its_day() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert!(Metric::named("page_impressions", day("2025-11-14")).is_some());
        assert!(Metric::named("page_impressions", day("2025-11-15")).is_none());
        assert!(Metric::named("page_impressions_unique", day("2026-06-14")).is_some());
        assert!(Metric::named("page_impressions_unique", day("2026-06-15")).is_none());
        assert!(Metric::named("page_engaged_users", day("2026-01-01")).is_none());
    }
}
