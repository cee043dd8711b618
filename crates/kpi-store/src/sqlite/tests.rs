//! What is SQLite's own: files, locks, versions, damage.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::date;
use kpi_core::metric::CLICKS;
use kpi_core::{Batch, Column, ErrorKind, Window};
use rusqlite::Connection;

use super::{Mode, SqliteStore};
use crate::conformance::block_on;
use crate::{FactQuery, Selection, SliceRequest, Slicing, Store};

const DAY: jiff::civil::Date = date(2026, 10, 1);

fn request() -> SliceRequest {
    SliceRequest {
        run: None,
        source: "s".to_owned(),
        report: "r".to_owned(),
        window: Window::day(DAY),
        slicing: Slicing::Whole,
        zone: "UTC".to_owned(),
        read_at: Timestamp::UNIX_EPOCH,
        columns: vec![Column::of(CLICKS)],
        dimensions: vec!["campaign".to_owned()],
    }
}

fn page(rows: i64) -> Batch {
    let mut batch = Batch::new(vec![Column::of(CLICKS)], vec!["campaign".to_owned()]);
    for row in 0..rows {
        batch.day(DAY, &[&format!("campaign {row}")]).set(CLICKS, row);
    }
    batch
}

fn put(store: &SqliteStore, rows: i64) {
    let writer = store.begin(request()).unwrap();
    block_on(writer.write(page(rows))).unwrap();
    block_on(writer.commit(Vec::new(), Vec::new(), 0)).unwrap();
}

fn count(store: &SqliteStore) -> u64 {
    let mut count = 0;
    store
        .facts(&FactQuery::default(), &mut |_| {
            count += 1;
            Ok(())
        })
        .unwrap();
    count
}

fn number(path: &Path, sql: &str) -> i64 {
    Connection::open(path).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn makes_folders_and_a_private_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data/deep/kpi.sqlite");
    let store = SqliteStore::open(&path, Mode::ReadWrite).unwrap();
    put(&store, 1);
    #[cfg(unix)]
    for entry in fs::read_dir(path.parent().unwrap()).unwrap() {
        use std::os::unix::fs::PermissionsExt as _;
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{}", entry.path().display());
    }
}

#[test]
fn one_writer_at_a_time_and_readers_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kpi.sqlite");
    let missing = SqliteStore::open(&path, Mode::ReadOnly).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    assert!(!path.exists());
    let writer = SqliteStore::open(&path, Mode::ReadWrite).unwrap();
    let second = SqliteStore::open(&path, Mode::ReadWrite).unwrap_err();
    assert_eq!(second.kind(), ErrorKind::Unavailable);
    assert!(second.message().contains(&format!("process {}", std::process::id())), "{second}");
    let reader = SqliteStore::open(&path, Mode::ReadOnly).unwrap();
    let staged = writer.begin(request()).unwrap();
    block_on(staged.write(page(20_000))).unwrap();
    put(&writer, 5);
    assert_eq!(count(&reader), 5);
    assert_eq!(reader.begin(request()).map(|_| ()).unwrap_err().kind(), ErrorKind::Config);
    assert_eq!(reader.add_changes(&[], Timestamp::UNIX_EPOCH).unwrap_err().kind(), ErrorKind::Config);
    block_on(staged.commit(Vec::new(), Vec::new(), 0)).unwrap();
    assert_eq!(count(&reader), 20_000);
    drop(writer);
    SqliteStore::open(&path, Mode::ReadWrite).unwrap();
}

#[test]
fn what_a_killed_process_left_is_purged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kpi.sqlite");
    let store = SqliteStore::open(&path, Mode::ReadWrite).unwrap();
    put(&store, 5);
    let staged = store.begin(request()).unwrap();
    for _ in 0..3 {
        block_on(staged.write(page(10_000))).unwrap();
    }
    // A call passes through the same queue: when it is answered, the pages have been staged.
    store.add_changes(&[], Timestamp::UNIX_EPOCH).unwrap();
    // The files as they are now are what a killed process would leave.
    let copy = folder.path().join("copy.sqlite");
    for end in ["", "-wal"] {
        fs::copy(format!("{}{end}", path.display()), format!("{}{end}", copy.display())).unwrap();
    }
    assert!(number(&copy, "SELECT count(*) FROM revision WHERE number IS NULL") > 0);
    let copied = SqliteStore::open(&copy, Mode::ReadWrite).unwrap();
    assert_eq!(count(&copied), 5);
    drop(copied);
    assert_eq!(number(&copy, "SELECT count(*) FROM revision"), 1);
    assert_eq!(number(&copy, "SELECT count(*) FROM block"), 1);
}

#[test]
fn refuses_what_it_cannot_read_and_leaves_it_alone() {
    let folder = tempfile::tempdir().unwrap();
    let damaged = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        for mode in [Mode::ReadWrite, Mode::ReadOnly] {
            let error = SqliteStore::open(&path, mode).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config, "{name}: {error}");
            assert!(error.hint_text().contains("nothing was changed"), "{name}: {}", error.hint_text());
        }
        assert_eq!(fs::read(&path).unwrap(), bytes, "{name} was changed");
    };
    damaged("text", "these are my notes, not a store; keep them. ".repeat(50).as_bytes());

    let path = folder.path().join("good.sqlite");
    let store = SqliteStore::open(&path, Mode::ReadWrite).unwrap();
    put(&store, 1000);
    drop(store);
    let mut bytes = fs::read(&path).unwrap();
    damaged("cut", &bytes[..bytes.len() / 2]);
    bytes[100..5_000].fill(0xa5);
    damaged("overwritten", &bytes);

    let other = folder.path().join("other.sqlite");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE things (name TEXT)").unwrap();
    damaged("other", &fs::read(&other).unwrap());
    Connection::open(&path).unwrap().execute_batch("UPDATE schema_version SET version = 99").unwrap();
    damaged("newer", &fs::read(&path).unwrap());
    let newer = SqliteStore::open(&path, Mode::ReadOnly).unwrap_err();
    assert!(newer.message().contains("version 99"), "{newer}");
}

#[test]
fn a_damaged_block_is_an_error_not_a_wrong_figure() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kpi.sqlite");
    let store = SqliteStore::open(&path, Mode::ReadWrite).unwrap();
    put(&store, 10);
    Connection::open(&path)
        .unwrap()
        .execute_batch("UPDATE block SET body = substr(body, 1, length(body) - 1)")
        .unwrap();
    let error = store.facts(&FactQuery::default(), &mut |_| Ok(())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Internal);
    let groups = store.groups("s", Window::day(DAY), &Selection::Latest).unwrap();
    assert_eq!(groups.len(), 1);
}

#[test]
fn a_writer_outlives_its_store_only_as_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("kpi.sqlite"), Mode::ReadWrite).unwrap();
    let writer = store.begin(request()).unwrap();
    drop(store);
    assert_eq!(block_on(writer.write(page(1))).unwrap_err().kind(), ErrorKind::Internal);
    assert_eq!(block_on(writer.commit(Vec::new(), Vec::new(), 0)).unwrap_err().kind(), ErrorKind::Internal);
}

#[test]
fn a_page_that_was_refused_fails_what_follows() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("kpi.sqlite"), Mode::ReadWrite).unwrap();
    let writer = store.begin(SliceRequest { slicing: Slicing::Days, ..request() }).unwrap();
    let mut wrong = Batch::new(vec![Column::of(CLICKS)], vec!["campaign".to_owned()]);
    wrong.day(date(2026, 11, 1), &["x"]).set(CLICKS, 1_i64);
    block_on(writer.write(wrong)).unwrap();
    store.add_changes(&[], Timestamp::UNIX_EPOCH).unwrap();
    let told = block_on(writer.write(page(1))).unwrap_err();
    assert_eq!(told.kind(), ErrorKind::Contract);
    assert!(block_on(writer.commit(Vec::new(), Vec::new(), 0)).is_err());
    assert!(store.slices("s").unwrap().is_empty());
}

#[test]
fn merges_and_refuses_repeated_pages_over_many_blocks() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("kpi.sqlite"), Mode::ReadWrite).unwrap();
    put(&store, 9_000);
    let clean = store.slices("s").unwrap();
    let answer = |pages: Vec<Batch>| {
        let writer = store.begin(request()).unwrap();
        pages.into_iter().for_each(|page| block_on(writer.write(page)).unwrap());
        block_on(writer.commit(Vec::new(), Vec::new(), 0))
    };
    let merged = answer(vec![page(9_000), page(6_000), page(10)]).unwrap();
    assert_eq!((merged.duplicates, merged.slices[0].rows, merged.slices[0].changed), (6_010, 9_000, false));
    assert_eq!((store.slices("s").unwrap(), count(&store)), (clean, 9_000));
    let mut other = Batch::new(vec![Column::of(CLICKS)], vec!["campaign".to_owned()]);
    other.day(DAY, &["campaign 8999"]).set(CLICKS, 1_i64);
    let error = answer(vec![page(9_000), other]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Contract);
    assert!(error.to_string().contains("breakdown=campaign=campaign 8999"), "{error}");
    let merged = answer(vec![page(9_000), page(9_001)]).unwrap();
    assert_eq!((merged.duplicates, merged.slices[0].rows, merged.slices[0].revision), (9_000, 9_001, 2));
    assert_eq!(count(&store), 9_001);
}

#[cfg(unix)]
#[test]
fn another_name_of_the_file_is_the_same_store() {
    let folder = tempfile::tempdir().unwrap();
    let (path, alias) = (folder.path().join("kpi.sqlite"), folder.path().join("alias.sqlite"));
    let store = SqliteStore::open(&path, Mode::ReadWrite).unwrap();
    std::os::unix::fs::symlink(&path, &alias).unwrap();
    assert_eq!(SqliteStore::open(&alias, Mode::ReadWrite).unwrap_err().kind(), ErrorKind::Unavailable);
    drop(store);
}
