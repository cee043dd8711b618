//! Requests, pages and ways to read back, for the suite.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use kpi_core::metric::{CLICKS, IMPRESSIONS, SPEND};
use kpi_core::{Basis, Batch, Column, Currency, Value, Window};

use crate::{Committed, FactQuery, Selection, SliceRequest, Slicing, Store};

/// Runs a future on this thread: the store names no runtime, and neither does its suite.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}

pub(super) const DAY: Date = date(2026, 10, 1);

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn days(first: i8, last: i8) -> Window {
    Window::new(date(2026, 10, first), date(2026, 10, last)).unwrap()
}

pub(super) fn columns() -> Vec<Column> {
    vec![Column::of(CLICKS), Column::of(IMPRESSIONS), Column::of(SPEND)]
}

pub(super) fn request(window: Window) -> SliceRequest {
    SliceRequest {
        run: None,
        source: "ads-u".to_owned(),
        report: "campaigns".to_owned(),
        window,
        slicing: Slicing::Whole,
        zone: "Asia/Ho_Chi_Minh".to_owned(),
        read_at: at("2026-11-01T00:05:00Z"),
        columns: columns(),
        dimensions: vec!["campaign".to_owned()],
    }
}

pub(super) fn page() -> Batch {
    Batch::new(columns(), vec!["campaign".to_owned()])
}

/// A page of one row for one campaign.
pub(super) fn one(day: Date, campaign: &str, clicks: i64) -> Batch {
    let mut batch = page();
    batch.day(day, &[campaign]).set(CLICKS, clicks);
    batch
}

pub(super) fn usd() -> Currency {
    Currency::parse("USD").unwrap()
}

/// Writes pages as one answer and commits it.
pub(super) fn put(store: &dyn Store, request: SliceRequest, pages: Vec<Batch>) -> kpi_core::Result<Committed> {
    block_on(async {
        let writer = store.begin(request)?;
        let mut rows = 0;
        for page in pages {
            rows += page.len() as u64;
            writer.write(page).await?;
        }
        writer.commit(Vec::new(), Vec::new(), rows).await
    })
}

/// A figure that was read back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fact {
    pub(super) slice: String,
    pub(super) revision: u32,
    pub(super) metric: String,
    pub(super) definition: Option<String>,
    pub(super) basis: Basis,
    pub(super) window: Window,
    pub(super) account: Option<String>,
    pub(super) channel: Option<String>,
    pub(super) breakdown: String,
    pub(super) value: String,
    pub(super) read_at: Timestamp,
}

/// Every figure that a query names, sorted.
pub(super) fn facts(store: &dyn Store, query: &FactQuery) -> Vec<Fact> {
    let mut found = Vec::new();
    store
        .facts(query, &mut |fact| {
            let parts: Vec<String> = fact.breakdown.iter().map(|(name, label)| format!("{name}={label}")).collect();
            let value = match (fact.value, fact.currency) {
                (Value::Known(value), None) => value.to_string(),
                (Value::Known(value), Some(currency)) => format!("{value} {currency}"),
                (Value::Absent(state), _) => state.as_str().to_owned(),
            };
            found.push(Fact {
                slice: fact.slice.to_string(),
                revision: fact.revision,
                metric: fact.metric.to_owned(),
                definition: fact.definition.map(str::to_owned),
                basis: fact.basis,
                window: fact.window,
                account: fact.account.map(str::to_owned),
                channel: fact.channel.map(str::to_owned),
                breakdown: parts.join(","),
                value,
                read_at: fact.read_at,
            });
            Ok(())
        })
        .unwrap();
    found.sort();
    found
}

/// Every figure of the latest revisions, as `window breakdown metric=value`, sorted.
pub(super) fn shown(store: &dyn Store, selection: Selection) -> Vec<String> {
    let query = FactQuery { selection, ..FactQuery::default() };
    let mut lines: Vec<String> = facts(store, &query)
        .iter()
        .map(|fact| format!("{} {} {}={}", fact.window, fact.breakdown, fact.metric, fact.value))
        .collect();
    lines.sort();
    lines
}
