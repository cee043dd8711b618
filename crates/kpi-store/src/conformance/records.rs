//! What is kept beside the figures: evidence, runs, profiles, snapshots, the change log.

use std::collections::BTreeMap;

use jiff::civil::date;
use kpi_core::metric::REACH;
use kpi_core::{AccountProfile, ErrorKind, Exchange, Note, NoteKind};

use super::Open;
use super::fixture::{DAY, at, block_on, days, one, put, request, usd};
use crate::{
    Change, NewSnapshot, PlannedRequest, RunError, RunId, RunPlan, Selection, SliceId, SliceRequest, Slicing,
    SnapshotPut, SourceOutcome, SourceStatus, StoredNote, StoredNoteKind,
};

/// Each revision leads to the exchanges and notes of its reading.
pub fn evidence_and_notes(open: Open<'_>) {
    let store = open();
    let exchange = |number: u16| Exchange {
        endpoint: format!("POST /v1/report/{number}"),
        status: 200,
        bytes: 1_000 + u64::from(number),
        sha256: format!("{number:064x}"),
    };
    let note = |kind: NoteKind, text: &str| Note { kind, text: text.to_owned() };
    let notes = vec![
        note(NoteKind::Withdrawn(REACH), "gone"),
        note(NoteKind::Sampled, "10 %"),
        note(NoteKind::Dropped(4), "outside"),
        note(NoteKind::Sampled, "10 %"),
    ];
    block_on(async {
        let writer = store.begin(SliceRequest { slicing: Slicing::Days, ..request(days(1, 2)) }).unwrap();
        writer.write(one(DAY, "brand", 5)).await.unwrap();
        writer.write(one(DAY, "brand", 5)).await.unwrap();
        writer.commit(vec![exchange(2), exchange(1)], notes, 6).await.unwrap();
    });
    let kept = [
        StoredNote { kind: StoredNoteKind::Sampled, text: "10 %".to_owned() },
        StoredNote { kind: StoredNoteKind::Withdrawn("reach".to_owned()), text: "gone".to_owned() },
        StoredNote { kind: StoredNoteKind::Dropped(4), text: "outside".to_owned() },
    ];
    for day in 1..=2 {
        let id = SliceId::new("ads-u", "campaigns", days(day, day));
        let evidence = store.evidence(&id, 1).unwrap().unwrap();
        assert_eq!(evidence.exchanges, [exchange(2), exchange(1)]);
        assert_eq!(evidence.notes, kept);
        assert_eq!((evidence.rows_received, evidence.duplicates), (6, 1));
        assert_eq!((evidence.window, &*evidence.zone), (days(1, 2), "Asia/Ho_Chi_Minh"));
        assert_eq!(evidence.read_at, at("2026-11-01T00:05:00Z"));
        assert_eq!(store.evidence(&id, 2).unwrap(), None);
    }
    let found = store.notes("ads-u", days(2, 9), &Selection::Latest).unwrap();
    assert_eq!(found.iter().map(|it| (it.revision, &it.note)).collect::<Vec<_>>(), kept.each_ref().map(|it| (1, it)));
    assert!(store.notes("ads-u", days(3, 9), &Selection::Latest).unwrap().is_empty());
}

/// Runs say what they planned, what was done and how it went; an interrupted one has no end.
pub fn runs(open: Open<'_>) {
    let store = open();
    let planned =
        |day: i8| PlannedRequest { source: "ads-u".to_owned(), report: "campaigns".to_owned(), window: days(day, day) };
    let plan = RunPlan {
        started_at: at("2026-11-01T00:00:00Z"),
        period: "2026-10".to_owned(),
        requests: vec![planned(2), planned(1)],
    };
    let first = store.begin_run(&plan).unwrap();
    put(&*store, SliceRequest { run: Some(first), ..request(days(1, 1)) }, vec![one(DAY, "brand", 5)]).unwrap();
    drop(store);
    let store = open();
    let second = store.begin_run(&RunPlan { requests: Vec::new(), ..plan.clone() }).unwrap();
    let error = RunError { kind: "auth".to_owned(), message: "expired".to_owned(), hint: "renew".to_owned() };
    let outcome = |source: &str, status, error| SourceOutcome { source: source.to_owned(), status, error, rows: 3 };
    let outcomes = [outcome("a", SourceStatus::Failed, Some(error)), outcome("b", SourceStatus::Complete, None)];
    store.finish_run(second, at("2026-11-01T00:01:00Z"), &outcomes).unwrap();
    let runs = store.runs(10).unwrap();
    assert_eq!(runs.iter().map(|run| run.id).collect::<Vec<_>>(), [second, first]);
    assert_eq!(runs[0].finished_at, Some(at("2026-11-01T00:01:00Z")));
    assert_eq!(runs[0].outcomes, outcomes);
    assert_eq!((runs[1].finished_at, &*runs[1].period), (None, "2026-10"));
    let done: Vec<_> = runs[1].requests.iter().map(|it| (it.request.window, it.done)).collect();
    assert_eq!(done, [(days(2, 2), false), (days(1, 1), true)]);
    assert_eq!(store.runs(1).unwrap().len(), 1);
    let nobody = store.finish_run(RunId(999), at("2026-11-01T00:01:00Z"), &[]);
    assert_eq!(nobody.unwrap_err().kind(), ErrorKind::Contract);
}

/// The latest profile of a source is kept.
pub fn profiles(open: Open<'_>) {
    let store = open();
    assert_eq!(store.profile("ads-u").unwrap(), None);
    let old = AccountProfile { name: "Old".to_owned(), timezone: None, currency: None };
    let new = AccountProfile { name: "Acme".to_owned(), timezone: Some("UTC".to_owned()), currency: Some(usd()) };
    for (profile, time) in [(old, "2026-11-01T00:00:00Z"), (new, "2026-11-02T00:00:00Z")] {
        store.put_profile("ads-u", &profile, at(time)).unwrap();
        let record = store.profile("ads-u").unwrap().unwrap();
        assert_eq!((record.profile, record.checked_at), (profile, at(time)));
    }
}

/// Snapshots are numbered by period; an equal hash adds none, and documents come back byte for byte.
pub fn snapshots(open: Open<'_>) {
    let store = open();
    let put = |period: &str, hash: &str, json: &[u8]| {
        let created_at = at("2026-11-01T00:05:00Z");
        store.put_snapshot(&NewSnapshot { workspace: "Acme", period, content_hash: hash, created_at, json }).unwrap()
    };
    assert_eq!(put("2026-10", "sha256:a", b"{\"v\": 1}"), SnapshotPut { revision: 1, added: true });
    assert_eq!(put("2026-10", "sha256:a", b"{\"v\": 1, \"later\": true}"), SnapshotPut { revision: 1, added: false });
    assert_eq!(put("2026-10", "sha256:b", b"{}"), SnapshotPut { revision: 2, added: true });
    assert_eq!(put("2026-09", "sha256:a", b"[]"), SnapshotPut { revision: 1, added: true });
    let get = |revision| store.snapshot("Acme", "2026-10", revision).unwrap().map(|it| (it.info.revision, it.json));
    assert_eq!(get(None), Some((2, b"{}".to_vec())));
    assert_eq!(get(Some(1)), Some((1, b"{\"v\": 1}".to_vec())));
    assert_eq!(get(Some(3)), None);
    assert_eq!(store.snapshot("Other", "2026-10", None).unwrap(), None);
    let list = |period| {
        let found = store.snapshots("Acme", period).unwrap();
        found.into_iter().map(|it| format!("{} {} {}", it.period, it.revision, it.content_hash)).collect::<Vec<_>>()
    };
    assert_eq!(list(None), ["2026-09 1 sha256:a", "2026-10 1 sha256:a", "2026-10 2 sha256:b"]);
    assert_eq!(list(Some("2026-09")), ["2026-09 1 sha256:a"]);
}

/// The change log keeps each entry once.
pub fn change_log(open: Open<'_>) {
    let store = open();
    let change = |day: i8, reason: &str| Change {
        date: date(2026, 10, day),
        subject: "cpl".to_owned(),
        fields: BTreeMap::from([("reason".to_owned(), reason.to_owned()), ("note".to_owned(), "…".to_owned())]),
    };
    let (first, second) = (at("2026-10-02T00:00:00Z"), at("2026-10-03T00:00:00Z"));
    assert_eq!(store.add_changes(&[change(2, "market")], first).unwrap(), 1);
    assert_eq!(store.add_changes(&[change(2, "market"), change(1, "strategy")], second).unwrap(), 1);
    let found: Vec<_> = store.changes().unwrap().into_iter().map(|it| (it.change, it.recorded_at)).collect();
    assert_eq!(found, [(change(1, "strategy"), second), (change(2, "market"), first)]);
}
