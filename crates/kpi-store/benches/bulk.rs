//! How fast a large answer goes in and comes out: `cargo bench -p kpi-store --bench bulk [ROWS] [whole]`.
//!
//! The shape is Search Console's: days of two pages of 25,000 rows, four columns, two dimensions. By default each day
//! is a request of its own; with `whole` all of them are one request. Making the pages is timed by itself.

use std::io::Write as _;
use std::time::{Duration, Instant};

use jiff::civil::date;
use jiff::{Timestamp, ToSpan as _};
use kpi_core::metric::{CLICKS, IMPRESSIONS, ORGANIC_CLICKS, SEARCH_POSITION_SUM};
use kpi_core::{Batch, Column, Window};
use kpi_store::conformance::block_on;
use kpi_store::{FactQuery, Mode, Selection, SliceRequest, Slicing, SqliteStore, Store};

const PAGE: u64 = 25_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let rows: u64 = arguments.next().map_or(Ok(1_000_000), |text| text.parse())?;
    let whole = arguments.next().is_some();
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("kpi.sqlite");
    let store = SqliteStore::open(&path, Mode::ReadWrite)?;
    let mut out = std::io::stdout().lock();

    let days = rows.div_ceil(2 * PAGE);
    for reading in ["first", "again"] {
        let (begun, mut making) = (Instant::now(), Duration::ZERO);
        let mut page = |day, half| {
            let begun = Instant::now();
            let page = page(day, half);
            making += begun.elapsed();
            page
        };
        if whole {
            let writer = store.begin(request(0, days - 1))?;
            for (day, half) in (0..days).flat_map(|day| [(day, 0), (day, 1)]) {
                block_on(writer.write(page(day, half)))?;
            }
            block_on(writer.commit(Vec::new(), Vec::new(), rows))?;
        } else {
            for day in 0..days {
                let writer = store.begin(request(day, day))?;
                block_on(writer.write(page(day, 0)))?;
                block_on(writer.write(page(day, 1)))?;
                block_on(writer.commit(Vec::new(), Vec::new(), 2 * PAGE))?;
            }
        }
        let all = begun.elapsed();
        writeln!(out, "written {reading}: {} rows in {all:.2?}, of which making pages {making:.2?}", days * 2 * PAGE)?;
    }

    let begun = Instant::now();
    let (mut figures, mut letters) = (0_u64, 0);
    store.facts(&FactQuery { metrics: vec!["clicks".to_owned()], ..FactQuery::default() }, &mut |fact| {
        figures += 1;
        letters += fact.breakdown.iter().map(|(_, label)| label.len()).sum::<usize>();
        Ok(())
    })?;
    writeln!(out, "read: {figures} figures ({letters} bytes of labels) in {:.2?}", begun.elapsed())?;

    let begun = Instant::now();
    for report in 0..20 {
        for month in 0..13 {
            let request = SliceRequest { report: format!("small {report}"), ..request(month * 30, month * 30 + 29) };
            let mut batch = Batch::new(columns(), Vec::new());
            for day in 0..30 {
                batch.day(day_of(month * 30 + day), &[]).set(CLICKS, day);
            }
            let writer = store.begin(request)?;
            block_on(writer.write(batch))?;
            block_on(writer.commit(Vec::new(), Vec::new(), 30))?;
        }
    }
    writeln!(out, "small: 7800 slices of 260 requests in {:.2?}", begun.elapsed())?;
    let begun = Instant::now();
    for report in 0..8 {
        for day in 0..390 {
            let request = SliceRequest { report: format!("tiny {report}"), ..request(day, day) };
            let mut batch = Batch::new(columns(), Vec::new());
            batch.day(day_of(day), &[]).set(CLICKS, day);
            let writer = store.begin(request)?;
            block_on(writer.write(batch))?;
            block_on(writer.commit(Vec::new(), Vec::new(), 30))?;
        }
    }
    writeln!(out, "tiny: 3120 slices of as many requests in {:.2?}", begun.elapsed())?;
    let begun = Instant::now();
    let slices = store.slices("gsc")?.len();
    writeln!(out, "listed: {slices} slices in {:.2?}", begun.elapsed())?;
    let begun = Instant::now();
    let window = Window::new(day_of(30), day_of(59))?;
    let groups = store.groups("gsc", window, &Selection::Latest)?.len();
    writeln!(out, "grouped: {groups} groups of a month in {:.2?}", begun.elapsed())?;
    let begun = Instant::now();
    let query = FactQuery { breakdowns: vec![Vec::new()], window: Some(window), ..FactQuery::default() };
    let mut figures = 0;
    store.facts(&query, &mut |_| {
        figures += 1;
        Ok(())
    })?;
    writeln!(out, "read: {figures} totals of a month in {:.2?}", begun.elapsed())?;

    drop(store);
    writeln!(out, "file: {:.1} MB", std::fs::metadata(&path)?.len() as f64 / 1e6)?;
    // Only Linux tells; elsewhere the line is left out.
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        for line in status.lines().filter(|line| line.starts_with("VmHWM")) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

fn columns() -> Vec<Column> {
    [CLICKS, IMPRESSIONS, ORGANIC_CLICKS, SEARCH_POSITION_SUM].map(Column::of).to_vec()
}

fn day_of(day: u64) -> jiff::civil::Date {
    date(2025, 1, 1).saturating_add(i64::try_from(day).unwrap_or(0).days())
}

fn request(first: u64, last: u64) -> SliceRequest {
    SliceRequest {
        run: None,
        source: "gsc".to_owned(),
        report: "query_page".to_owned(),
        window: Window::new(day_of(first), day_of(last)).unwrap_or(Window::day(day_of(first))),
        slicing: Slicing::Days,
        zone: "America/Los_Angeles".to_owned(),
        read_at: Timestamp::UNIX_EPOCH,
        columns: columns(),
        dimensions: vec!["query".to_owned(), "page".to_owned()],
    }
}

fn page(day: u64, half: u64) -> Batch {
    let mut batch = Batch::new(columns(), vec!["query".to_owned(), "page".to_owned()]);
    let date = day_of(day);
    let (mut query, mut path) = (String::new(), String::new());
    for row in 0..PAGE {
        let number = half * PAGE + row;
        let mixed = (number ^ (day << 20)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 24;
        query.clear();
        path.clear();
        let _: std::fmt::Result = std::fmt::write(&mut query, format_args!("how to choose item {number} of {mixed}"));
        let _: std::fmt::Result = std::fmt::write(
            &mut path,
            format_args!("https://www.example.com/vi/products/category-{}/item-{}.html", mixed % 40, mixed % 3_000),
        );
        batch
            .day(date, &[&query, &path])
            .set(CLICKS, mixed % 50)
            .set(IMPRESSIONS, mixed % 5_000)
            .set(ORGANIC_CLICKS, mixed % 50)
            .set(SEARCH_POSITION_SUM, mixed % 90_000);
    }
    batch
}
