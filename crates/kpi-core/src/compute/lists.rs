//! Ranked lists: the best posts, pages, queries and campaigns, and the ranks of target keywords.

use std::collections::BTreeMap;

use crate::facts::{Series, View};
use crate::metric::{self, Law};
use crate::snapshot::{ListDoc, ListRow, LocalText};
use crate::{MetricId, Period, Rational};

use super::Computer;

struct Recipe {
    id: &'static str,
    en: &'static str,
    vi: &'static str,
    dimension: &'static str,
    /// The figures that rank it, added up; the first that a source has names the list's metric.
    metrics: &'static [MetricId],
}

const RECIPES: &[Recipe] = &[
    Recipe {
        id: "top_posts",
        en: "Most engaging posts",
        vi: "Bài đăng có nhiều tương tác nhất",
        dimension: "post",
        metrics: &[metric::LIKES, metric::COMMENTS, metric::SHARES],
    },
    Recipe {
        id: "top_campaigns",
        en: "Campaigns by spend",
        vi: "Chiến dịch theo chi tiêu",
        dimension: "campaign",
        metrics: &[metric::SPEND],
    },
    Recipe {
        id: "top_mailings",
        en: "Mailings by opens",
        vi: "Email theo số đã mở",
        dimension: "campaign",
        metrics: &[metric::EMAILS_OPENED],
    },
    Recipe {
        id: "keyword_ranks",
        en: "Target keyword ranks",
        vi: "Thứ hạng từ khóa mục tiêu",
        dimension: "keyword",
        metrics: &[metric::KEYWORD_RANK],
    },
    Recipe {
        id: "top_pages",
        en: "Pages with the most organic clicks",
        vi: "Trang có nhiều truy cập nhất",
        dimension: "page",
        metrics: &[metric::ORGANIC_CLICKS],
    },
    Recipe {
        id: "top_queries",
        en: "Queries with the most organic clicks",
        vi: "Từ khóa có nhiều lượt nhấp nhất",
        dimension: "query",
        metrics: &[metric::ORGANIC_CLICKS],
    },
    Recipe {
        id: "top_events",
        en: "Events by attendance",
        vi: "Sự kiện theo lượt tham dự",
        dimension: "event",
        metrics: &[metric::EVENT_ATTENDANCE],
    },
];

const LENGTH: usize = 10;

type Rows = BTreeMap<(String, usize), Rational>;

pub(super) fn lists(computer: &Computer<'_>) -> Vec<ListDoc> {
    RECIPES.iter().filter_map(|recipe| list(computer, recipe)).collect()
}

fn list(computer: &Computer<'_>, recipe: &Recipe) -> Option<ListDoc> {
    let first = *recipe.metrics.first()?;
    let ranks = computer.engine().dictionary().get(first.as_str())?.law == Law::Rank;
    let now = rows(computer, recipe, computer.period);
    if now.is_empty() {
        return None;
    }
    let before = computer.period.previous().map(|period| rows(computer, recipe, &period)).unwrap_or_default();
    let mut ordered: Vec<(&(String, usize), &Rational)> = now.iter().collect();
    ordered.sort_by(|(one, a), (two, b)| if ranks { a.cmp(b).then(one.cmp(two)) } else { b.cmp(a).then(one.cmp(two)) });
    let sources = &computer.engine().scene().facts.sources;
    let rows = ordered.into_iter().take(LENGTH).map(|(key, value)| ListRow {
        label: key.0.clone(),
        source: sources.get(key.1).map_or_else(String::new, |info| info.id.clone()),
        value: value.to_string(),
        previous: before.get(key).map(ToString::to_string),
    });
    let hidden =
        recipe.metrics.iter().filter_map(|metric| computer.engine().dictionary().get(metric.as_str())).any(|metric| {
            super::segments::unattributed(computer, metric)
                .iter()
                .any(|gap| gap.by.len() == 1 && gap.by[0] == recipe.dimension)
        });
    let money = first.is_money().then(|| computer.engine().scene().currency.to_string());
    let names: Vec<&str> = recipe.metrics.iter().map(|metric| metric.as_str()).collect();
    Some(ListDoc {
        id: recipe.id.to_owned(),
        name: LocalText { en: recipe.en.to_owned(), vi: recipe.vi.to_owned() },
        metric: names.join(" + "),
        currency: money,
        incomplete: hidden,
        rows: rows.collect(),
    })
}

fn rows(computer: &Computer<'_>, recipe: &Recipe, period: &Period) -> Rows {
    let scene = computer.engine().scene();
    let window = period.window();
    let mut found = Rows::new();
    for metric in recipe.metrics {
        let rank = *metric == metric::KEYWORD_RANK;
        let only = |series: &&Series| series.dimensions.len() == 1 && *series.dimensions[0] == *recipe.dimension;
        for series in scene.facts.series.get(metric).into_iter().flatten().filter(only) {
            for row in series.within(window) {
                let (Some(value), Some((_, label))) = (row.value(View::Latest).known(), row.labels.first()) else {
                    continue;
                };
                let mut value = Rational::from(value);
                if let Some(currency) = row.currency
                    && currency != scene.currency
                {
                    let Some(rate) = scene.fx.rate(currency, scene.currency, row.window.last(), window) else {
                        continue;
                    };
                    value = value * rate.rate;
                }
                let entry = found.entry((label.to_string(), series.source)).or_insert_with(Rational::zero);
                *entry = if rank { value } else { std::mem::replace(entry, Rational::zero()) + value };
            }
        }
    }
    found
}
