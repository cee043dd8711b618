//! Slices: replaced whole, in revisions, visible only when committed.

use std::collections::BTreeMap;

use jiff::civil::date;
use kpi_core::ErrorKind;
use kpi_core::metric::CLICKS;

use super::Open;
use super::fixture::{DAY, at, block_on, days, one, page, put, request, shown};
use crate::{Selection, SliceId, SliceRequest, Slicing};

/// Reading equal content again moves the last time of reading, and nothing else.
pub fn equal_content_adds_no_revision(open: Open<'_>) {
    let store = open();
    let first = put(&*store, request(days(1, 1)), vec![one(DAY, "brand", 5)]).unwrap();
    assert!(first.slices[0].changed && first.slices[0].revision == 1);
    let later = SliceRequest { read_at: at("2026-11-02T00:05:00Z"), ..request(days(1, 1)) };
    let again = put(&*store, later, vec![one(DAY, "brand", 5)]).unwrap();
    assert!(!again.slices[0].changed, "equal content was taken for a change");
    assert_eq!((again.slices[0].revision, again.slices[0].hash), (1, first.slices[0].hash));
    let info = store.slice(&first.slices[0].id).unwrap().unwrap();
    assert_eq!(info.read_at, at("2026-11-01T00:05:00Z"), "the content was first read then");
    assert_eq!(info.last_read, at("2026-11-02T00:05:00Z"));
    assert_eq!(store.slices("ads-u").unwrap(), vec![info]);
    assert_eq!(store.history(&first.slices[0].id).unwrap().len(), 1);
    assert_eq!(shown(&*store, Selection::All), ["2026-10-01 campaign=brand clicks=5"]);
}

/// Other content replaces a slice whole, and the old revision stays.
pub fn replaced_whole(open: Open<'_>) {
    let store = open();
    put(&*store, request(days(1, 1)), vec![one(DAY, "brand", 5), one(DAY, "gone", 7)]).unwrap();
    let second = put(&*store, request(days(1, 1)), vec![one(DAY, "brand", 6)]).unwrap();
    assert!(second.slices[0].changed && second.slices[0].revision == 2);
    assert_eq!(shown(&*store, Selection::Latest), ["2026-10-01 campaign=brand clicks=6"]);
    assert_eq!(store.slice(&second.slices[0].id).unwrap().unwrap().rows, 1);
    let history = store.history(&second.slices[0].id).unwrap();
    assert_eq!(history.iter().map(|it| (it.revision, it.rows)).collect::<Vec<_>>(), [(1, 2), (2, 1)]);
    // Back to what it was: a third revision with the first one's hash.
    let third = put(&*store, request(days(1, 1)), vec![one(DAY, "gone", 7), one(DAY, "brand", 5)]).unwrap();
    assert_eq!((third.slices[0].revision, third.slices[0].hash), (3, history[0].hash));
}

/// Earlier states can be read by time and by number.
pub fn as_of_and_named_revisions(open: Open<'_>) {
    let store = open();
    for (clicks, read_at) in [(5, "2026-11-01T00:00:00Z"), (6, "2026-11-02T00:00:00Z"), (8, "2026-11-03T00:00:00.5Z")] {
        let request = SliceRequest { read_at: at(read_at), ..request(days(1, 1)) };
        put(&*store, request, vec![one(DAY, "brand", clicks)]).unwrap();
    }
    let other = SliceRequest { report: "other".to_owned(), ..request(days(1, 1)) };
    put(&*store, other, vec![one(DAY, "brand", 99)]).unwrap();
    let line = |clicks: u32| format!("2026-10-01 campaign=brand clicks={clicks}");
    assert_eq!(shown(&*store, Selection::AsOf(at("2026-11-02T23:00:00Z"))), [line(6), line(99)]);
    assert_eq!(shown(&*store, Selection::AsOf(at("2026-11-03T00:00:00.5Z"))), [line(8), line(99)]);
    assert_eq!(shown(&*store, Selection::AsOf(at("2026-11-03T00:00:00.4Z"))), [line(6), line(99)]);
    assert_eq!(shown(&*store, Selection::AsOf(at("2026-10-31T00:00:00Z"))), [""; 0]);
    let named = BTreeMap::from([(SliceId::new("ads-u", "campaigns", days(1, 1)), 1)]);
    assert_eq!(shown(&*store, Selection::Revisions(named)), [line(5)]);
    assert_eq!(shown(&*store, Selection::All), [line(5), line(6), line(8), line(99)]);
}

/// A request for single days yields a slice for each, empty ones included, and all or none of them.
pub fn day_slices(open: Open<'_>) {
    let store = open();
    let by_day = || SliceRequest { slicing: Slicing::Days, ..request(days(1, 3)) };
    let (one_st, third) = (date(2026, 10, 1), date(2026, 10, 3));
    let first = put(&*store, by_day(), vec![one(third, "brand", 3), one(one_st, "brand", 1)]).unwrap();
    let rows: Vec<_> = first.slices.iter().map(|slice| (slice.id.to_string(), slice.rows)).collect();
    let id = |day: u8| format!("ads-u/campaigns/2026-10-0{day}");
    assert_eq!(rows, [(id(1), 1), (id(2), 0), (id(3), 1)]);
    assert!(first.slices.iter().all(|slice| slice.changed), "an empty day is news too: it was read");
    let second = put(&*store, by_day(), vec![one(one_st, "brand", 1), one(third, "brand", 4)]).unwrap();
    let changed: Vec<_> = second.slices.iter().map(|slice| (slice.revision, slice.changed)).collect();
    assert_eq!(changed, [(1, false), (1, false), (2, true)]);
    let outside = put(&*store, by_day(), vec![one(one_st, "brand", 9), one(date(2026, 10, 4), "brand", 4)]);
    assert_eq!(outside.unwrap_err().kind(), ErrorKind::Contract);
    let mut whole = page();
    whole.row(days(1, 3), &["brand"]).set(CLICKS, 9_i64);
    assert_eq!(put(&*store, by_day(), vec![whole]).unwrap_err().kind(), ErrorKind::Contract);
    assert_eq!(
        shown(&*store, Selection::Latest),
        ["2026-10-01 campaign=brand clicks=1", "2026-10-03 campaign=brand clicks=4"]
    );
    assert_eq!(store.slices("ads-u").unwrap().len(), 3);
}

/// What was not committed is gone when the store is opened again; what was is there.
pub fn crash(open: Open<'_>) {
    let store = open();
    put(&*store, request(days(1, 1)), vec![one(DAY, "brand", 5)]).unwrap();
    let writer = store.begin(request(days(1, 1))).unwrap();
    // Enough rows that a backend cannot keep them all in memory for long.
    for number in 0..40 {
        let mut batch = page();
        for row in 0..1_000_i64 {
            batch.day(DAY, &[&format!("campaign {number} {row}")]).set(CLICKS, row);
        }
        block_on(writer.write(batch)).unwrap();
    }
    drop(store);
    drop(writer);
    let store = open();
    assert_eq!(shown(&*store, Selection::All), ["2026-10-01 campaign=brand clicks=5"]);
    let writer = store.begin(request(days(2, 2))).unwrap();
    block_on(writer.write(one(date(2026, 10, 2), "brand", 1))).unwrap();
    writer.abandon();
    drop(store);
    let store = open();
    assert_eq!(store.slices("ads-u").unwrap().len(), 1);
    assert_eq!(store.sources().unwrap(), ["ads-u"]);
}

/// Readers see nothing of a slice before it is committed, and then all of it.
pub fn readers_see_only_committed(open: Open<'_>) {
    let store = open();
    let writer = store.begin(request(days(1, 1))).unwrap();
    for number in 0..20 {
        let mut batch = page();
        for row in 0..1_000_i64 {
            batch.day(DAY, &[&format!("campaign {number} {row}")]).set(CLICKS, row);
        }
        block_on(writer.write(batch)).unwrap();
        assert!(shown(&*store, Selection::All).is_empty(), "a reader saw uncommitted rows");
        assert!(store.slices("ads-u").unwrap().is_empty(), "a reader saw an uncommitted slice");
        assert!(store.sources().unwrap().is_empty());
    }
    let committed = block_on(writer.commit(Vec::new(), Vec::new(), 20_000)).unwrap();
    assert_eq!(committed.slices[0].rows, 20_000);
    assert_eq!(shown(&*store, Selection::Latest).len(), 20_000);
}

/// Answers to several requests can be written at the same time.
pub fn many_at_once(open: Open<'_>) {
    let store = open();
    let store = &*store;
    std::thread::scope(|scope| {
        for number in 0..4 {
            scope.spawn(move || {
                for day in 1..=9 {
                    let source = format!("ads-{number}");
                    let request = SliceRequest { source, ..request(days(day, day)) };
                    let batch = one(date(2026, 10, day), "brand", i64::from(day) * 10 + number);
                    put(store, request, vec![batch]).unwrap();
                }
            });
        }
    });
    assert_eq!(store.sources().unwrap(), ["ads-0", "ads-1", "ads-2", "ads-3"]);
    assert_eq!(shown(store, Selection::Latest).len(), 36);
    // Two answers to one request: the later commit decides.
    let (a, b) = (store.begin(request(days(1, 1))).unwrap(), store.begin(request(days(1, 1))).unwrap());
    block_on(a.write(one(DAY, "brand", 1))).unwrap();
    block_on(b.write(one(DAY, "brand", 2))).unwrap();
    assert_eq!(block_on(b.commit(Vec::new(), Vec::new(), 1)).unwrap().slices[0].revision, 1);
    assert_eq!(block_on(a.commit(Vec::new(), Vec::new(), 1)).unwrap().slices[0].revision, 2);
}
