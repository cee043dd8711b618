//! What was committed is there after `kill -9`, and nothing else is.
//!
//! The test starts itself once more as a child that commits and stages without end, and kills it in the middle.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use jiff::civil::date;
use jiff::{Timestamp, ToSpan as _};
use kpi_core::metric::CLICKS;
use kpi_core::{Batch, Column, ErrorKind, Window};
use kpi_store::conformance::block_on;
use kpi_store::{FactQuery, Mode, SliceRequest, Slicing, SqliteStore, Store};

const CHILD: &str = "KPI_STORE_KILLED_CHILD";
const ROWS: i64 = 700;

#[test]
fn committed_slices_survive_kill_9() {
    for rounds in [1, 4, 9] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kpi.sqlite");
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_writes_until_it_is_killed", "--ignored", "--nocapture"])
            .env(CHILD, &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut next_commit = || loop {
            let line = lines.next().expect("the child ended by itself").unwrap();
            if let Some(number) = line.strip_prefix("committed ") {
                return number.parse::<i64>().unwrap();
            }
        };
        let mut told = next_commit();
        while told < rounds {
            told = next_commit();
        }
        let other = SqliteStore::open(&path, Mode::ReadWrite).unwrap_err();
        assert_eq!(other.kind(), ErrorKind::Unavailable, "a store that is being written to was opened: {other}");
        child.kill().unwrap();
        child.wait().unwrap();
        let committed = slices_of(&path, Mode::ReadOnly);
        assert_eq!(slices_of(&path, Mode::ReadWrite), committed);
        assert!(committed > told, "{} slices were committed, {committed} are left", told + 1);
    }
}

/// Checks that every slice is whole, and says how many there are.
#[expect(clippy::unwrap_used, reason = "a part of the test")]
fn slices_of(path: &Path, mode: Mode) -> i64 {
    let store = SqliteStore::open(path, mode).unwrap();
    let slices = store.slices("bulk").unwrap();
    let mut figures = 0;
    store
        .facts(&FactQuery::default(), &mut |fact| {
            assert_eq!(fact.slice.source, "bulk", "uncommitted rows are visible");
            figures += 1;
            Ok(())
        })
        .unwrap();
    let count = i64::try_from(slices.len()).unwrap();
    assert_eq!(figures, count * ROWS);
    for (number, slice) in (0..).zip(&slices) {
        assert_eq!(slice.id.window, Window::day(day(number)), "a slice is missing");
        assert_eq!(i64::try_from(slice.rows).unwrap(), ROWS);
    }
    count
}

#[test]
#[ignore = "it is the child of the other test, and never ends"]
fn child_writes_until_it_is_killed() {
    let Some(path) = std::env::var_os(CHILD) else { return };
    let store = SqliteStore::open(Path::new(&path), Mode::ReadWrite).unwrap();
    let endless = store.begin(request("staged", 0)).unwrap();
    for number in 0.. {
        block_on(endless.write(page(0, 5_000 * number, 5_000))).unwrap();
        let writer = store.begin(request("bulk", number)).unwrap();
        block_on(writer.write(page(number, 0, ROWS))).unwrap();
        block_on(writer.commit(Vec::new(), Vec::new(), 0)).unwrap();
        writeln!(std::io::stdout(), "\ncommitted {number}").unwrap();
    }
}

fn day(number: i64) -> jiff::civil::Date {
    date(2026, 1, 1).saturating_add(number.days())
}

fn request(source: &str, number: i64) -> SliceRequest {
    SliceRequest {
        run: None,
        source: source.to_owned(),
        report: "r".to_owned(),
        window: Window::day(day(number)),
        slicing: Slicing::Days,
        zone: "UTC".to_owned(),
        read_at: Timestamp::UNIX_EPOCH,
        columns: vec![Column::of(CLICKS)],
        dimensions: vec!["campaign".to_owned()],
    }
}

fn page(number: i64, first: i64, rows: i64) -> Batch {
    let mut batch = Batch::new(vec![Column::of(CLICKS)], vec!["campaign".to_owned()]);
    for row in first..first + rows {
        batch.day(day(number), &[&format!("campaign {row}")]).set(CLICKS, row);
    }
    batch
}
