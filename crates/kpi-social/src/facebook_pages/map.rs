//! The border between Facebook's words and ours.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use kpi_core::{
    Batch, Decimal, Error, ErrorKind, MetricId, NoteKind, Request, Result, Value, ValueState, Window, metric,
};

use super::wire;

/// The zone in which Facebook cuts days, whatever the Page's.
pub(super) const ZONE: &str = "America/Los_Angeles";

/// The dimensions of figures that are not cut, and of those cut into organic and paid ones.
pub(super) const TOTAL: Labels = &[&[]];
pub(super) const PAID: Labels = &[&["0"], &["1"]];
type Labels = &'static [&'static [&'static str]];

/// One of Facebook's metrics and the one of ours that it feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Measure {
    pub(super) name: &'static str,
    pub(super) metric: MetricId,
}

/// What is asked of the insights edge: the points that close the windows wanted.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) measures: &'static [Measure],
    period: &'static str,
    closing: Window,
    windows: Vec<Window>,
    labels: Labels,
}

impl Question {
    /// A figure for each day of the request.
    pub(super) fn daily(measures: &'static [Measure], labels: Labels, request: &Request) -> Self {
        let windows = request.window.iter_days().map(Window::day).collect();
        Self { measures, period: "day", closing: request.window, windows, labels }
    }

    /// The rolling figure that closes the window: unique people of days must not be added up.
    pub(super) fn rolling(measures: &'static [Measure], request: &Request) -> Result<Self> {
        let period = match request.window.days() {
            1 => "day",
            7 => "week",
            28 => "days_28",
            days => return Err(Error::new(ErrorKind::Unsupported, format!("reach is not offered for {days} days"))),
        };
        let closing = Window::day(request.window.last());
        Ok(Self { measures, period, closing, windows: vec![request.window], labels: TOTAL })
    }

    /// `since` is the first day, `until` the one after the last.
    pub(super) fn query(&self, measures: &[Measure]) -> Result<Vec<wire::Pair>> {
        let names: Vec<&str> = measures.iter().map(|measure| measure.name).collect();
        let until = self.closing.last().checked_add(1.day()).map_err(beyond_the_calendar)?;
        let mut query = vec![
            ("metric", names.join(",")),
            ("period", self.period.to_owned()),
            ("since", self.closing.first().to_string()),
            ("until", until.to_string()),
        ];
        if self.labels.len() > 1 {
            query.push(("breakdown", "is_from_ads".to_owned()));
        }
        Ok(query)
    }
}

/// What Facebook said, point by point.
#[derive(Debug, Default)]
pub(super) struct Answer {
    points: BTreeMap<(String, String, Date), Decimal>,
    pub(super) withdrawn: Vec<Measure>,
    served: Option<String>,
    series: Option<usize>,
    dropped: u64,
}

impl Answer {
    pub(super) fn add(&mut self, page: wire::Page<wire::Series>, question: &Question) -> Result<()> {
        self.series = Some(self.series.unwrap_or(0) + page.data.len());
        self.served = page.paging.and_then(|paging| paging.served_version().map(str::to_owned)).or(self.served.take());
        for series in page.data {
            for point in series.values {
                // Half a day before its end a day has its own date, on days of 23 and of 25 hours too.
                let middle = point.end_time.checked_sub(SignedDuration::from_hours(12)).map_err(beyond_the_calendar)?;
                let day = civil_day(middle)?;
                let label = point.is_from_ads.unwrap_or_default();
                let asked = question.measures.iter().any(|measure| measure.name == series.name);
                if !asked || series.period != question.period || !question.closing.contains_day(day) {
                    self.dropped += 1;
                    continue;
                }
                if !question.labels.iter().any(|labels| labels.first().copied().unwrap_or("") == label) {
                    return Err(Error::new(ErrorKind::Protocol, format!("unexpected `is_from_ads`: `{label}`")));
                }
                let Some(value) = point.value.map(Decimal::from) else { continue };
                let before = self.points.insert((series.name.clone(), label, day), value);
                if before.is_some_and(|before| before != value) {
                    return Err(Error::new(ErrorKind::Protocol, format!("two figures of {} for {day}", series.name)));
                }
            }
        }
        Ok(())
    }

    /// What a reader of the figures should know.
    pub(super) fn remarks(
        &self,
        question: &Question,
        asked: &str,
        read_at: Timestamp,
    ) -> Result<Vec<(NoteKind, String)>> {
        let mut remarks = Vec::new();
        for measure in &self.withdrawn {
            remarks.push((NoteKind::Withdrawn(measure.metric), format!("Facebook no longer offers {}", measure.name)));
        }
        if self.dropped > 0 {
            remarks.push((NoteKind::Dropped(self.dropped), "points of other metrics, days or periods".to_owned()));
        }
        if self.is_withheld() && unanswerable(question.closing.first(), read_at)?.is_none() {
            let text = "Facebook shows no insights: the Page has under 100 likes or is not published";
            remarks.push((NoteKind::Thresholded, text.to_owned()));
        }
        if let Some(served) = self.served.as_ref().filter(|served| *served != asked) {
            remarks.push((NoteKind::Remark, format!("version {served} answered, not {asked}: its rules may differ")));
        }
        Ok(remarks)
    }

    fn value(&self, measure: Measure, label: &str, day: Date, read_at: Timestamp) -> Result<Value> {
        if let Some(value) = self.points.get(&(measure.name.to_owned(), label.to_owned(), day)) {
            return Ok(Value::Known(*value));
        }
        Ok(Value::Absent(match unanswerable(day, read_at)? {
            _ if self.withdrawn.contains(&measure) => ValueState::Withdrawn,
            Some(state) => state,
            None if self.is_withheld() => ValueState::Withheld,
            None => ValueState::Missing,
        }))
    }

    /// Nothing at all for metrics that exist: Facebook keeps the figures of small Pages to itself.
    fn is_withheld(&self) -> bool {
        self.series == Some(0)
    }
}

/// A row for each window and label that was asked for, whether there are figures or reasons.
pub(super) fn rows(question: &Question, answer: &Answer, request: &Request, mut batch: Batch) -> Result<Batch> {
    for window in &question.windows {
        for labels in question.labels {
            let mut row = batch.row(*window, labels);
            for measure in question.measures {
                let label = labels.first().copied().unwrap_or("");
                row.set(measure.metric, answer.value(*measure, label, window.last(), request.read_at)?);
            }
        }
    }
    Ok(batch)
}

/// Writes the posts of the window and tells how many lay outside.
pub(super) fn posts(posts: &[wire::Post], window: Window, batch: &mut Batch) -> Result<u64> {
    let mut dropped = 0;
    for post in posts {
        if post.id.trim().is_empty() {
            return Err(Error::new(ErrorKind::Protocol, "a post without an id"));
        }
        let day = civil_day(post.created_time)?;
        if !window.contains_day(day) {
            dropped += 1;
            continue;
        }
        batch
            .day(day, &[&post.id])
            .set(metric::POSTS, Decimal::ONE)
            .set(metric::LIKES, Decimal::from(post.reactions.summary.count))
            .set(metric::COMMENTS, Decimal::from(post.comments.summary.count))
            .set(metric::SHARES, post.shares.as_ref().map_or(Decimal::ZERO, |shares| shares.count.into()));
    }
    Ok(dropped)
}

/// Figures are kept for two years and refreshed once in 24 hours, so a day's may come that much after its end.
fn unanswerable(day: Date, read_at: Timestamp) -> Result<Option<ValueState>> {
    let age = read_at.duration_since(midnight(day, 1)?).as_hours();
    Ok(match age {
        ..24 => Some(ValueState::NotYet),
        24..=17_520 => None,
        _ => Some(ValueState::Unsupported),
    })
}

/// The first instant of the window and the first one after it, each a second further out.
pub(super) fn instants(window: Window) -> Result<(Timestamp, Timestamp)> {
    let second = SignedDuration::from_secs(1);
    let since = midnight(window.first(), 0)?.checked_sub(second).map_err(beyond_the_calendar)?;
    Ok((since, midnight(window.last(), 1)?.checked_add(second).map_err(beyond_the_calendar)?))
}

fn civil_day(time: Timestamp) -> Result<Date> {
    Ok(time.in_tz(ZONE).map_err(beyond_the_calendar)?.date())
}

fn midnight(day: Date, days_later: i32) -> Result<Timestamp> {
    let start = day.checked_add(days_later.days()).and_then(|day| day.in_tz(ZONE));
    Ok(start.map_err(beyond_the_calendar)?.timestamp())
}

fn beyond_the_calendar(error: jiff::Error) -> Error {
    Error::new(ErrorKind::Protocol, "a date lies beyond the calendar").caused_by(error)
}
