//! The hash of a slice's content: what it depends on, and what not.

use jiff::civil::date;
use kpi_core::metric::{CLICKS, IMPRESSIONS, SPEND};
use kpi_core::{Batch, Column, Decimal, Note, NoteKind, ValueState};

use super::Open;
use super::fixture::{DAY, at, block_on, days, one, put, request, usd};
use crate::{ContentHash, SliceRequest, Slicing, Store};

/// A row to be written in any order.
#[derive(Clone, Debug)]
struct Line {
    day: i8,
    campaign: String,
    account: Option<String>,
    clicks: Option<i64>,
    impressions: Option<i64>,
    spend: Option<Decimal>,
}

/// Random rows in random order, on random pages, with columns in random order, have one hash.
pub fn order_and_paging_leave_the_hash(open: Open<'_>) {
    let store = open();
    let mut random = Random(0x5eed);
    for round in 0..12 {
        let count = 1 + random.below(if round % 4 == 3 { 9_000 } else { 200 });
        let mut lines: Vec<Line> = (0..count).map(|number| line(number, &mut random)).collect();
        let mut hashes: Option<Vec<ContentHash>> = None;
        for _ in 0..4 {
            random.shuffle(&mut lines);
            let pages = pages(&lines, &mut random);
            let report = format!("round {round}");
            let request = SliceRequest { report, slicing: Slicing::Days, ..request(days(1, 5)) };
            let committed = put(&*store, request, pages).unwrap();
            assert_eq!(committed.duplicates, 0);
            let found: Vec<ContentHash> = committed.slices.iter().map(|slice| slice.hash).collect();
            let first = hashes.get_or_insert_with(|| found.clone());
            assert_eq!(*first, found, "round {round}: the order of rows or pages changed the hash");
            assert!(committed.slices.iter().all(|slice| slice.revision == 1));
        }
    }
}

/// The hash tells values, keys, zones, questions and quality apart, and nothing else.
pub fn what_the_hash_covers(open: Open<'_>) {
    let store = open();
    let base = hash(&*store, request(days(1, 1)), one(DAY, "brand", 5), Vec::new());
    let note = |kind: NoteKind, text: &str| vec![Note { kind, text: text.to_owned() }];
    let same = [
        hash(
            &*store,
            SliceRequest { read_at: at("2026-12-01T00:00:00Z"), ..request(days(1, 1)) },
            one(DAY, "brand", 5),
            Vec::new(),
        ),
        hash(&*store, request(days(1, 1)), one(DAY, "brand", 5), note(NoteKind::Remark, "a remark")),
        hash(&*store, request(days(1, 1)), one(DAY, "brand", 5), note(NoteKind::Dropped(3), "elsewhere")),
    ];
    assert_eq!(same, [base; 3]);
    let mut account = one(DAY, "brand", 5);
    account.day(date(2026, 10, 2), &["brand"]).set(CLICKS, 5_i64);
    let mut absent = super::fixture::page();
    absent.day(DAY, &["brand"]).set(CLICKS, 5_i64).absent(IMPRESSIONS, ValueState::Withheld);
    let mut columns = super::fixture::columns();
    columns.pop();
    let others = [
        hash(&*store, request(days(1, 1)), one(DAY, "brand", 6), Vec::new()),
        hash(&*store, request(days(1, 1)), one(DAY, "brands", 5), Vec::new()),
        hash(&*store, request(days(1, 1)), one(date(2026, 10, 2), "brand", 5), Vec::new()),
        hash(&*store, request(days(1, 1)), one(DAY, "brand", 5).in_channel(Some("ads".to_owned())), Vec::new()),
        hash(&*store, request(days(1, 1)), account, Vec::new()),
        hash(&*store, request(days(1, 1)), absent, Vec::new()),
        hash(&*store, request(days(1, 1)), one(DAY, "brand", 5), note(NoteKind::Sampled, "10 %")),
        hash(&*store, SliceRequest { zone: "UTC".to_owned(), ..request(days(1, 1)) }, one(DAY, "brand", 5), Vec::new()),
        hash(&*store, SliceRequest { columns, ..request(days(1, 1)) }, one(DAY, "brand", 5), Vec::new()),
    ];
    let mut all: Vec<ContentHash> = others.into_iter().chain([base]).collect();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 10, "two different contents have one hash");
    assert_eq!(base.to_string().parse::<ContentHash>().unwrap(), base);
}

fn hash(store: &dyn Store, request: SliceRequest, page: Batch, notes: Vec<Note>) -> ContentHash {
    block_on(async {
        let writer = store.begin(request).unwrap();
        writer.write(page).await.unwrap();
        writer.commit(Vec::new(), notes, 1).await.unwrap().slices[0].hash
    })
}

fn line(number: u64, random: &mut Random) -> Line {
    let figure = |random: &mut Random| random.below(1 << 40).cast_signed() - (1 << 39);
    let some = |random: &mut Random| random.below(4) > 0;
    let scale = u32::try_from(random.below(9)).unwrap();
    Line {
        day: i8::try_from(1 + random.below(5)).unwrap(),
        campaign: format!("campaign {number}"),
        account: some(random).then(|| format!("account {}", number % 7)),
        clicks: some(random).then(|| figure(random)),
        impressions: Some(figure(random)),
        spend: some(random).then(|| Decimal::new(figure(random), scale)),
    }
}

fn pages(lines: &[Line], random: &mut Random) -> Vec<Batch> {
    let mut pages = Vec::new();
    let mut rest = lines;
    while !rest.is_empty() {
        let length = usize::try_from(1 + random.below(rest.len() as u64)).unwrap();
        let (page, more) = rest.split_at(length);
        rest = more;
        let mut columns = [Column::of(CLICKS), Column::of(IMPRESSIONS), Column::of(SPEND)];
        random.shuffle(&mut columns);
        let turned = random.below(2) == 1;
        let names = if turned { ["network", "campaign"] } else { ["campaign", "network"] };
        let mut batch = Batch::new(columns.to_vec(), names.map(str::to_owned).to_vec());
        for line in page {
            let labels = if turned { ["search", &*line.campaign] } else { [&*line.campaign, "search"] };
            let mut row = batch.day(date(2026, 10, line.day), &labels);
            if let Some(account) = &line.account {
                row.account(account);
            }
            if let Some(clicks) = line.clicks {
                row.set(CLICKS, clicks);
            }
            if let Some(impressions) = line.impressions {
                row.set(IMPRESSIONS, impressions);
            }
            if let Some(spend) = line.spend {
                row.money(SPEND, spend, usd());
            }
        }
        pages.push(batch);
    }
    pages
}

/// A small generator of random numbers (splitmix64): the same ones in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = usize::try_from(self.below(last as u64 + 1)).unwrap();
            items.swap(last, other);
        }
    }
}
