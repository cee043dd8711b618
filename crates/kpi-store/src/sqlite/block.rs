//! Blocks: up to some thousand wide rows of one shape, packed together, each distinct text and window stored once.
//!
//! A block is: the texts, the windows, then row by row the window, what of account, currency and own time of reading
//! there is, the labels and the cells. All of it in the order of the shape's sorted dimensions and columns.

use jiff::Timestamp;
use jiff::civil::Date;
use kpi_core::{Cell, Currency, Result, Window};

use super::intern::Interner;
use crate::bytes::{Cursor, damaged, put_text, put_varint};

const FORMAT: u8 = 1;
const MAX_ROWS: u32 = 4096;
const MAX_BYTES: usize = 256 * 1024;

const HAS_ACCOUNT: u8 = 1;
const HAS_CURRENCY: u8 = 2;
const HAS_READ_AT: u8 = 4;

/// What a row has besides its labels and cells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head<'a> {
    pub(super) window: Window,
    pub(super) account: Option<&'a str>,
    pub(super) currency: Option<Currency>,
    pub(super) read_at: Option<Timestamp>,
}

/// A block as it is stored, with what lets readers pass it by.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) body: Vec<u8>,
    pub(super) rows: u32,
    /// The first day of any row.
    pub(super) first: Date,
    /// The last day of any row.
    pub(super) last: Date,
    /// Whether any row names an account.
    pub(super) accounts: bool,
    /// For each column a bit, the lowest first: whether any row has a cell in it.
    pub(super) present: Vec<u8>,
}

/// Packs rows.
#[derive(Debug, Default)]
pub(super) struct BlockBuilder {
    texts: Interner,
    windows: Vec<Window>,
    body: Vec<u8>,
    rows: u32,
    accounts: bool,
    present: Vec<u8>,
}

impl BlockBuilder {
    pub(super) fn new(columns: usize) -> Self {
        Self::default().for_columns(columns)
    }

    /// The same builder, empty as it is, for rows of so many columns.
    pub(super) fn for_columns(mut self, columns: usize) -> Self {
        self.present.clear();
        self.present.resize(columns.div_ceil(8), 0);
        self
    }

    /// Adds a row. `cells` are their canonical bytes, one after the other, `present` a bit for each that is there.
    pub(super) fn push(&mut self, head: &Head<'_>, labels: &[&str], cells: &[u8], present: &[u8]) {
        let window = self.window(head.window);
        put_varint(&mut self.body, window as u64);
        let mut flags = 0;
        for (flag, set) in [
            (HAS_ACCOUNT, head.account.is_some()),
            (HAS_CURRENCY, head.currency.is_some()),
            (HAS_READ_AT, head.read_at.is_some()),
        ] {
            flags |= if set { flag } else { 0 };
        }
        self.body.push(flags);
        if let Some(account) = head.account {
            let number = self.texts.number(account);
            put_varint(&mut self.body, number as u64);
            self.accounts = true;
        }
        if let Some(currency) = head.currency {
            self.body.extend_from_slice(currency.as_str().as_bytes());
        }
        if let Some(time) = head.read_at {
            self.body.extend_from_slice(&time.as_nanosecond().to_le_bytes());
        }
        for label in labels {
            let number = self.texts.number(label);
            put_varint(&mut self.body, number as u64);
        }
        self.body.extend_from_slice(cells);
        for (all, row) in self.present.iter_mut().zip(present) {
            *all |= row;
        }
        self.rows += 1;
    }

    pub(super) fn is_full(&self) -> bool {
        self.rows >= MAX_ROWS || self.bytes() >= MAX_BYTES
    }

    /// How much memory it takes.
    pub(super) fn memory(&self) -> usize {
        self.body.capacity() + self.texts.memory()
    }

    fn bytes(&self) -> usize {
        self.body.len() + self.texts.bytes()
    }

    /// The block of the rows so far; `None` when there are none. The builder is as new.
    pub(super) fn seal(&mut self) -> Option<Block> {
        let first = self.windows.iter().map(|window| window.first()).min()?;
        let last = self.windows.iter().map(|window| window.last()).max()?;
        let mut body = Vec::with_capacity(self.bytes() + self.windows.len() * 8 + self.texts.len() * 2 + 16);
        body.push(FORMAT);
        put_varint(&mut body, self.texts.len() as u64);
        self.texts.iter().for_each(|text| put_text(&mut body, text));
        put_varint(&mut body, self.windows.len() as u64);
        for window in &self.windows {
            put_day(&mut body, window.first());
            put_day(&mut body, window.last());
        }
        put_varint(&mut body, u64::from(self.rows));
        body.extend_from_slice(&self.body);
        let block =
            Block { body, rows: self.rows, first, last, accounts: self.accounts, present: self.present.clone() };
        self.texts.clear();
        self.windows.clear();
        self.body.clear();
        self.present.fill(0);
        (self.rows, self.accounts) = (0, false);
        Some(block)
    }

    fn window(&mut self, window: Window) -> usize {
        // Rows of one window mostly follow each other, and a block has few windows.
        match self.windows.iter().rposition(|known| *known == window) {
            Some(place) => place,
            None => {
                self.windows.push(window);
                self.windows.len() - 1
            }
        }
    }
}

/// Unpacks the rows of a block.
#[derive(Debug)]
pub(super) struct BlockRows<'a> {
    cursor: Cursor<'a>,
    texts: Vec<&'a str>,
    windows: Vec<Window>,
    left: u64,
}

/// One unpacked row; its lists are used again for the next.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) head: Head<'a>,
    pub(super) labels: Vec<&'a str>,
    pub(super) cells: Vec<Cell>,
}

impl<'a> BlockRows<'a> {
    pub(super) fn open(body: &'a [u8]) -> Result<Self> {
        let mut cursor = Cursor::new(body);
        if cursor.byte()? != FORMAT {
            return Err(damaged());
        }
        let mut texts = Vec::new();
        for _ in 0..cursor.varint()? {
            texts.push(cursor.text()?);
        }
        let mut windows = Vec::new();
        for _ in 0..cursor.varint()? {
            let (first, last) = (day(&mut cursor)?, day(&mut cursor)?);
            windows.push(Window::new(first, last).map_err(|_| damaged())?);
        }
        let left = cursor.varint()?;
        Ok(Self { cursor, texts, windows, left })
    }

    /// The distinct texts, for looking up whether a label is there at all.
    pub(super) fn texts(&self) -> &[&'a str] {
        &self.texts
    }

    /// An empty row to read into.
    pub(super) fn row(&self) -> Result<Row<'a>> {
        let window = *self.windows.first().ok_or_else(damaged)?;
        let head = Head { window, account: None, currency: None, read_at: None };
        Ok(Row { head, labels: Vec::new(), cells: Vec::new() })
    }

    /// Reads the next row of a shape with so many dimensions and columns; `false` at the end.
    pub(super) fn next(&mut self, row: &mut Row<'a>, dimensions: usize, columns: usize) -> Result<bool> {
        if self.left == 0 {
            return Ok(false);
        }
        self.left -= 1;
        let window = self.cursor.size()?;
        let flags = self.cursor.byte()?;
        row.head = Head {
            window: *self.windows.get(window).ok_or_else(damaged)?,
            account: if flags & HAS_ACCOUNT == 0 { None } else { Some(self.text()?) },
            currency: if flags & HAS_CURRENCY == 0 { None } else { Some(self.currency()?) },
            read_at: if flags & HAS_READ_AT == 0 { None } else { Some(self.time()?) },
        };
        row.labels.clear();
        for _ in 0..dimensions {
            row.labels.push(self.text()?);
        }
        row.cells.clear();
        for _ in 0..columns {
            row.cells.push(self.cursor.cell()?);
        }
        Ok(true)
    }

    fn text(&mut self) -> Result<&'a str> {
        let number = self.cursor.size()?;
        self.texts.get(number).copied().ok_or_else(damaged)
    }

    fn currency(&mut self) -> Result<Currency> {
        let letters = std::str::from_utf8(self.cursor.take(3)?).map_err(|_| damaged())?;
        Currency::parse(letters).map_err(|_| damaged())
    }

    fn time(&mut self) -> Result<Timestamp> {
        Timestamp::from_nanosecond(i128::from_le_bytes(self.cursor.array()?)).map_err(|_| damaged())
    }
}

fn put_day(out: &mut Vec<u8>, day: Date) {
    out.extend_from_slice(&day.year().to_le_bytes());
    out.extend_from_slice(&day.month().to_le_bytes());
    out.extend_from_slice(&day.day().to_le_bytes());
}

fn day(cursor: &mut Cursor<'_>) -> Result<Date> {
    let year = i16::from_le_bytes(cursor.array()?);
    let [month] = cursor.array()?.map(u8::cast_signed);
    let [day] = cursor.array()?.map(u8::cast_signed);
    Date::new(year, month, day).map_err(|_| damaged())
}
