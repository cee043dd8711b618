//! Whether any figure came twice: sorted runs of key hashes, a few of them in memory, the rest in a temporary table.
//!
//! A record is 64 bits of a row's key digest and the set of columns that the row fills. Equal keys with a column in
//! common are candidates; whoever asks looks at the rows themselves, so a chance equality of hashes costs time only.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

use kpi_core::Result;
use rusqlite::Connection;

use super::error::Sqlite;
use crate::bytes::{Cursor, damaged};

const RUN: usize = 1 << 16;
const SMALL: usize = 1 << 10;
const CHUNK: usize = 1 << 12;
const RECORD_BYTES: usize = 16;

/// A row's key, by hash, and the columns that it fills, one bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct KeyRecord {
    pub(super) key: u64,
    pub(super) columns: u64,
}

/// The keys of one request's rows.
#[derive(Debug, Default)]
pub(super) struct KeyRuns {
    current: Vec<KeyRecord>,
    sorted: Vec<Run>,
}

#[derive(Debug)]
enum Run {
    Memory(Vec<KeyRecord>),
    Table(Range<i64>),
}

impl KeyRuns {
    /// Makes the temporary table that [`KeyRuns::spill`] fills.
    pub(super) fn prepare(connection: &Connection) -> Result<()> {
        connection
            .execute_batch("CREATE TEMP TABLE key_chunk (id INTEGER PRIMARY KEY, records BLOB NOT NULL) STRICT")
            .doing("make a temporary table")
    }

    pub(super) fn push(&mut self, record: KeyRecord) {
        match self.current.len() {
            RUN => self.end_run(),
            // Most answers are small; a large one gets its run's memory at once, without the holes of growing.
            SMALL => self.current.reserve_exact(RUN - SMALL),
            _ => {}
        }
        self.current.push(record);
    }

    /// How many records are in memory.
    pub(super) fn in_memory(&self) -> usize {
        let runs = self.sorted.iter().map(|run| if let Run::Memory(records) = run { records.len() } else { 0 });
        self.current.len() + runs.sum::<usize>()
    }

    /// Moves everything that is in memory to the temporary table.
    pub(super) fn spill(&mut self, connection: &Connection) -> Result<()> {
        self.end_run();
        let mut insert = connection
            .prepare_cached("INSERT INTO temp.key_chunk (records) VALUES (?1)")
            .doing("write a temporary table")?;
        for run in &mut self.sorted {
            let Run::Memory(records) = run else { continue };
            let mut ids: Option<Range<i64>> = None;
            for chunk in records.chunks(CHUNK) {
                let mut bytes = Vec::with_capacity(chunk.len() * RECORD_BYTES);
                for record in chunk {
                    bytes.extend_from_slice(&record.key.to_le_bytes());
                    bytes.extend_from_slice(&record.columns.to_le_bytes());
                }
                let id = insert.insert([&bytes]).doing("write a temporary table")?;
                ids = Some(ids.map_or(id..id + 1, |ids| ids.start..id + 1));
            }
            *run = Run::Table(ids.unwrap_or(0..0));
        }
        Ok(())
    }

    /// The keys under which some column may have come twice, in order.
    pub(super) fn candidates(mut self, connection: &Connection) -> Result<Vec<u64>> {
        self.end_run();
        let mut readers: Vec<Reader> = std::mem::take(&mut self.sorted).into_iter().map(Reader::new).collect();
        let mut heap = BinaryHeap::new();
        for (number, reader) in readers.iter_mut().enumerate() {
            if let Some(record) = reader.next(connection)? {
                heap.push(Reverse((record, number)));
            }
        }
        let mut found: Vec<u64> = Vec::new();
        let mut group = KeyRecord { key: 0, columns: 0 };
        while let Some(Reverse((record, number))) = heap.pop() {
            if record.key != group.key {
                group = KeyRecord { key: record.key, columns: 0 };
            }
            if group.columns & record.columns != 0 && found.last() != Some(&record.key) {
                found.push(record.key);
            }
            group.columns |= record.columns;
            if let Some(reader) = readers.get_mut(number)
                && let Some(next) = reader.next(connection)?
            {
                heap.push(Reverse((next, number)));
            }
        }
        readers.iter().try_for_each(|reader| reader.remove(connection))?;
        Ok(found)
    }

    /// Removes what was moved to the temporary table.
    pub(super) fn discard(self, connection: &Connection) -> Result<()> {
        self.sorted.into_iter().map(Reader::new).try_for_each(|reader| reader.remove(connection))
    }

    fn end_run(&mut self) {
        if !self.current.is_empty() {
            self.current.sort_unstable();
            self.sorted.push(Run::Memory(std::mem::take(&mut self.current)));
        }
    }
}

/// Reads a run from its beginning, chunk by chunk.
#[derive(Debug)]
struct Reader {
    records: Vec<KeyRecord>,
    at: usize,
    chunks: Range<i64>,
    next_chunk: i64,
}

impl Reader {
    fn new(run: Run) -> Self {
        match run {
            Run::Memory(records) => Self { records, at: 0, chunks: 0..0, next_chunk: 0 },
            Run::Table(chunks) => Self { records: Vec::new(), at: 0, next_chunk: chunks.start, chunks },
        }
    }

    fn next(&mut self, connection: &Connection) -> Result<Option<KeyRecord>> {
        if self.at == self.records.len() && self.next_chunk < self.chunks.end {
            self.load(connection)?;
        }
        let record = self.records.get(self.at).copied();
        self.at += usize::from(record.is_some());
        Ok(record)
    }

    fn load(&mut self, connection: &Connection) -> Result<()> {
        let bytes: Vec<u8> = connection
            .prepare_cached("SELECT records FROM temp.key_chunk WHERE id = ?1")
            .and_then(|mut query| query.query_row([self.next_chunk], |row| row.get(0)))
            .doing("read a temporary table")?;
        self.next_chunk += 1;
        self.at = 0;
        self.records.clear();
        let mut cursor = Cursor::new(&bytes);
        while cursor.at() < bytes.len() {
            let (key, columns) = (cursor.array()?, cursor.array()?);
            self.records.push(KeyRecord { key: u64::from_le_bytes(key), columns: u64::from_le_bytes(columns) });
        }
        if self.records.is_empty() { Err(damaged()) } else { Ok(()) }
    }

    fn remove(&self, connection: &Connection) -> Result<()> {
        if self.chunks.is_empty() {
            return Ok(());
        }
        connection
            .prepare_cached("DELETE FROM temp.key_chunk WHERE id >= ?1 AND id < ?2")
            .and_then(|mut delete| delete.execute([self.chunks.start, self.chunks.end]))
            .doing("clear a temporary table")?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{KeyRecord, KeyRuns, RUN};
    use rusqlite::Connection;

    #[test]
    fn finds_what_came_twice_in_memory_and_on_disk() {
        let connection = Connection::open_in_memory().unwrap();
        KeyRuns::prepare(&connection).unwrap();
        let mut runs = KeyRuns::default();
        let count = RUN as u64 * 2 + 100;
        for index in 0..count {
            runs.push(KeyRecord { key: index.wrapping_mul(0x9e37_79b9_7f4a_7c15), columns: 0b011 });
            if index == RUN as u64 {
                runs.spill(&connection).unwrap();
                assert_eq!(runs.in_memory(), 0);
            }
        }
        let key = |index: u64| index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        runs.push(KeyRecord { key: key(5), columns: 0b010 });
        runs.push(KeyRecord { key: key(5), columns: 0b010 });
        runs.push(KeyRecord { key: key(7), columns: 0b100 });
        runs.push(KeyRecord { key: key(count - 1), columns: 0b001 });
        let mut expected = vec![key(5), key(count - 1)];
        expected.sort_unstable();
        assert_eq!(runs.candidates(&connection).unwrap(), expected);
        let left: i64 = connection.query_row("SELECT count(*) FROM key_chunk", [], |row| row.get(0)).unwrap();
        assert_eq!(left, 0);
    }
}
