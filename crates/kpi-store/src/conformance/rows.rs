//! Figures: they come back as they were written, once.

use jiff::civil::date;
use kpi_core::metric::{CLICKS, FOLLOWERS, IMPRESSIONS, SPEND};
use kpi_core::{Basis, Batch, Column, Decimal, ErrorKind, ValueState};

use super::Open;
use super::fixture::{DAY, Fact, at, columns, days, facts, one, page, put, request, shown, usd};
use crate::{FactQuery, Filter, Group, Selection, SliceRequest, Slicing};

/// Every part of a figure comes back.
pub fn figures_come_back(open: Open<'_>) {
    let store = open();
    let reading = Column::of(FOLLOWERS).basis(Basis::AsOf).defined("page fans");
    // Dimensions out of order: figures have them sorted.
    let mut batch = Batch::new(vec![Column::of(SPEND), Column::of(CLICKS), reading], vec!["net".into(), "age".into()])
        .in_channel(Some("social".to_owned()));
    batch
        .day(DAY, &["search", "18-24"])
        .set(CLICKS, 3_i64)
        .money(SPEND, "12.50".parse().unwrap(), usd())
        .account("acc 1")
        .read_at(at("2026-10-02T03:04:05.678901234Z"));
    batch.day(DAY, &["Suche „x“", ""]).absent(FOLLOWERS, ValueState::Withheld).absent(SPEND, ValueState::NotYet);
    put(&*store, request(days(1, 1)), vec![batch]).unwrap();
    let fact = |metric: &str, breakdown: &str, value: &str| Fact {
        slice: "ads-u/campaigns/2026-10-01".to_owned(),
        revision: 1,
        metric: metric.to_owned(),
        definition: None,
        basis: Basis::Event,
        window: days(1, 1),
        account: None,
        channel: Some("social".to_owned()),
        breakdown: breakdown.to_owned(),
        value: value.to_owned(),
        read_at: at("2026-11-01T00:05:00Z"),
    };
    let in_account =
        |fact: Fact| Fact { account: Some("acc 1".to_owned()), read_at: at("2026-10-02T03:04:05.678901234Z"), ..fact };
    let followers = fact("followers", "age=,net=Suche „x“", "withheld");
    assert_eq!(
        facts(&*store, &FactQuery::default()),
        [
            in_account(fact("clicks", "age=18-24,net=search", "3")),
            Fact { definition: Some("page fans".to_owned()), basis: Basis::AsOf, ..followers },
            fact("spend", "age=,net=Suche „x“", "not_yet"),
            in_account(fact("spend", "age=18-24,net=search", "12.5 USD")),
        ]
    );
}

/// Queries restrict by source, report, metric, breakdown, days and labels.
pub fn reading_windows(open: Open<'_>) {
    let store = open();
    let mut batch = page();
    for day in 1..=9 {
        batch.day(date(2026, 10, day), &["brand"]).set(CLICKS, i64::from(day)).set(IMPRESSIONS, 100_i64);
        batch.day(date(2026, 10, day), &["other"]).set(CLICKS, i64::from(day) * 10);
    }
    put(&*store, SliceRequest { slicing: Slicing::Days, ..request(days(1, 9)) }, vec![batch]).unwrap();
    // Rows of other days than the slice's, as sources that are taken whole have them.
    let mut total = Batch::new(columns(), Vec::new());
    for day in 1..=9 {
        total.day(date(2026, 9, day), &[]).set(CLICKS, 1_000 + i64::from(day));
    }
    put(&*store, SliceRequest { report: "all".to_owned(), ..request(days(5, 5)) }, vec![total]).unwrap();
    let values = |query: &FactQuery| facts(&*store, query).into_iter().map(|fact| fact.value).collect::<Vec<_>>();
    let base = FactQuery { metrics: vec!["clicks".to_owned()], window: Some(days(3, 4)), ..FactQuery::default() };
    assert_eq!(values(&base), ["3", "30", "4", "40"]);
    let filter = Filter { dimension: "campaign".to_owned(), values: vec!["other".to_owned(), "x".to_owned()] };
    assert_eq!(values(&FactQuery { filters: vec![filter], ..base.clone() }), ["30", "40"]);
    let filter = Filter { dimension: "country".to_owned(), values: vec!["VN".to_owned()] };
    assert_eq!(values(&FactQuery { filters: vec![filter], ..base.clone() }), [""; 0]);
    assert_eq!(values(&FactQuery { sources: vec!["none".to_owned()], ..base.clone() }), [""; 0]);
    let september = kpi_core::Window::new(date(2026, 9, 2), date(2026, 9, 3)).unwrap();
    let totals = FactQuery { breakdowns: vec![Vec::new()], window: Some(september), ..base.clone() };
    assert_eq!(values(&totals), ["1002", "1003"]);
    assert_eq!(values(&FactQuery { reports: vec!["campaigns".to_owned()], ..totals }), [""; 0]);
    assert_eq!(values(&FactQuery { metrics: vec!["impressions".to_owned()], ..base }), ["100", "100"]);
    let stopped = store.facts(&FactQuery::default(), &mut |_| Err(kpi_core::Error::new(ErrorKind::Config, "stop")));
    assert_eq!(stopped.unwrap_err().message(), "stop");
}

/// Groups say what there is for a window, and what was asked for without any row.
pub fn groups(open: Open<'_>) {
    let store = open();
    let mut batch = page().in_channel(Some("social".to_owned()));
    batch.day(date(2026, 10, 2), &["brand"]).set(CLICKS, 1_i64);
    batch.day(date(2026, 9, 1), &["brand"]).money(SPEND, 1.into(), usd()).account("a");
    put(&*store, request(days(2, 2)), vec![batch]).unwrap();
    let group = |metric: &str, channel: Option<&str>, has_rows: bool| Group {
        report: "campaigns".to_owned(),
        metric: metric.to_owned(),
        definition: None,
        basis: Basis::Event,
        dimensions: vec!["campaign".to_owned()],
        channel: channel.map(str::to_owned),
        accounts: false,
        has_rows,
    };
    let social = Some("social");
    assert_eq!(
        store.groups("ads-u", days(1, 3), &Selection::Latest).unwrap(),
        [
            group("clicks", None, false),
            group("clicks", social, true),
            group("impressions", None, false),
            group("spend", None, false)
        ]
    );
    let september = kpi_core::Window::new(date(2026, 9, 1), date(2026, 9, 30)).unwrap();
    let spend = Group { accounts: true, ..group("spend", social, true) };
    assert_eq!(store.groups("ads-u", september, &Selection::Latest).unwrap(), [spend]);
    assert!(store.groups("ads-u", days(4, 5), &Selection::Latest).unwrap().is_empty());
    assert!(store.groups("other", days(1, 3), &Selection::Latest).unwrap().is_empty());
    assert!(store.groups("ads-u", days(1, 3), &Selection::AsOf(at("2026-01-01T00:00:00Z"))).unwrap().is_empty());
}

/// Rows that repeat figures with equal values are merged and counted, wherever they stand.
pub fn duplicates(open: Open<'_>) {
    let store = open();
    let clean = put(&*store, request(days(1, 1)), vec![one(DAY, "brand", 5), one(DAY, "other", 6)]).unwrap();
    let mut mixed = page();
    mixed.day(DAY, &["brand"]).set(CLICKS, 5_i64);
    mixed.day(DAY, &["brand"]).set(CLICKS, "5.00".parse::<Decimal>().unwrap());
    let pages = vec![one(DAY, "other", 6), mixed, one(DAY, "other", 6)];
    let merged = put(&*store, request(days(1, 1)), pages).unwrap();
    assert_eq!((merged.duplicates, merged.slices[0].rows), (2, 2));
    assert_eq!(merged.slices[0].hash, clean.slices[0].hash, "duplicates change nothing");
    assert!(!merged.slices[0].changed);
    // Other columns of the same key are no duplicates; some of both are merged figure by figure.
    let mut wide = Batch::new(vec![Column::of(IMPRESSIONS), Column::of(CLICKS)], vec!["campaign".to_owned()]);
    wide.day(DAY, &["brand"]).set(IMPRESSIONS, 50_i64).set(CLICKS, 5_i64);
    let mut narrow = Batch::new(vec![Column::of(SPEND)], vec!["campaign".to_owned()]);
    narrow.day(DAY, &["brand"]).money(SPEND, 1.into(), usd());
    let wider = put(&*store, request(days(1, 1)), vec![one(DAY, "brand", 5), wide, narrow]).unwrap();
    assert_eq!((wider.duplicates, wider.slices[0].revision), (1, 2));
    let brand = |rest: &str| format!("2026-10-01 campaign=brand {rest}");
    assert_eq!(shown(&*store, Selection::Latest), [brand("clicks=5"), brand("impressions=50"), brand("spend=1 USD")]);
    // A row's own account or time of reading makes it another one.
    let mut own = page();
    own.day(DAY, &["brand"]).set(CLICKS, 5_i64);
    own.day(DAY, &["brand"]).set(CLICKS, 6_i64).account("a");
    own.day(DAY, &["brand"]).set(CLICKS, 7_i64).read_at(at("2026-11-01T00:00:00Z"));
    let own = put(&*store, request(days(1, 1)), vec![own]).unwrap();
    assert_eq!((own.duplicates, own.slices[0].rows), (0, 3));
}

/// Rows that give one figure different values fail the request, and the message says which figure.
pub fn conflicts(open: Open<'_>) {
    let store = open();
    put(&*store, request(days(1, 1)), vec![one(DAY, "brand", 5)]).unwrap();
    let pages = vec![one(DAY, "brand", 7), one(DAY, "other", 1), one(DAY, "brand", 8)];
    let error = put(&*store, request(days(1, 1)), pages).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Contract);
    let text = error.to_string();
    for part in ["clicks", "2026-10-01", "campaign=brand", "7", "8"] {
        assert!(text.contains(part), "`{text}` does not name {part}");
    }
    let mut absent = page();
    absent.day(DAY, &["brand"]).absent(CLICKS, ValueState::Withheld);
    assert!(put(&*store, request(days(1, 1)), vec![one(DAY, "brand", 7), absent]).is_err());
    let mut money = page();
    money.day(DAY, &["brand"]).money(SPEND, 1.into(), usd());
    money.day(DAY, &["brand"]).money(SPEND, 1.into(), kpi_core::Currency::parse("VND").unwrap());
    assert!(put(&*store, request(days(1, 1)), vec![money]).is_err());
    assert_eq!(
        shown(&*store, Selection::All),
        ["2026-10-01 campaign=brand clicks=5"],
        "a failed answer left something"
    );
    assert_eq!(put(&*store, request(days(1, 1)), vec![one(DAY, "brand", 6)]).unwrap().slices[0].revision, 2);
}

/// Exact numbers of any size that a decimal holds.
pub fn big_and_negative_numbers(open: Open<'_>) {
    let store = open();
    let numbers = [
        "0",
        "-1",
        "1000000000000000000000000000",   // 10^27
        "-1000000000000000000000.000001", // a mantissa of 10^27 and more, at scale 6
        "1000000000000000000000.000001",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "-9223372036854775809",
        "79228162514264337593543950335",
        "-79228162514264337593543950335",
        "0.0000000000000000000000000001",
        "1234567890123456.789",
    ];
    let mut batch = page();
    for (index, number) in numbers.iter().enumerate() {
        batch.day(DAY, &[&format!("{index:02}")]).money(SPEND, number.parse().unwrap(), usd());
    }
    put(&*store, request(days(1, 1)), vec![batch]).unwrap();
    let expected: Vec<String> = numbers.iter().map(|number| format!("{number} USD")).collect();
    let found: Vec<String> = facts(&*store, &FactQuery::default()).into_iter().map(|fact| fact.value).collect();
    let mut by_place = shown(&*store, Selection::Latest);
    by_place.sort();
    assert_eq!(found.len(), expected.len());
    for (line, number) in by_place.iter().zip(&expected) {
        assert!(line.ends_with(&format!("spend={number}")), "{line} is not {number}");
    }
}
