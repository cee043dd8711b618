//! Revisions of slices, their blocks and their evidence, row by row. Transactions are the caller's.

use kpi_core::{Exchange, Result, Window};
use rusqlite::{Connection, OptionalExtension, params};

use super::block::Block;
use super::error::{Sqlite, damaged_text};
use super::staging::SliceStage;
use super::time::{day_text, time_text};
use crate::{ContentHash, SliceRequest, StoredNote, StoredNoteKind};

/// The uncommitted revision of a slice, made when there is none yet.
pub(super) fn staged_revision(
    connection: &Connection,
    request: &SliceRequest,
    window: Window,
    stage: &mut SliceStage,
) -> Result<i64> {
    if let Some(revision) = stage.revision {
        return Ok(revision);
    }
    let slice = slice_row(connection, request, window)?;
    let read_at = time_text(request.read_at);
    let revision = connection
        .prepare_cached("INSERT INTO revision (slice, zone, read_at, last_read, rows) VALUES (?1, ?2, ?3, ?3, 0)")
        .and_then(|mut insert| insert.insert(params![slice, request.zone, read_at]))
        .doing("store rows")?;
    stage.revision = Some(revision);
    Ok(revision)
}

/// The row of a slice, made when there is none yet.
pub(super) fn slice_row(connection: &Connection, request: &SliceRequest, window: Window) -> Result<i64> {
    let key = params![request.source, request.report, day_text(window.first()), day_text(window.last())];
    let known = connection
        .prepare_cached("SELECT id FROM slice WHERE source = ?1 AND report = ?2 AND first = ?3 AND last = ?4")
        .and_then(|mut query| query.query_row(key, |row| row.get(0)).optional())
        .doing("look up a slice")?;
    match known {
        Some(row) => Ok(row),
        None => connection
            .prepare_cached("INSERT INTO slice (source, report, first, last) VALUES (?1, ?2, ?3, ?4)")
            .and_then(|mut insert| insert.insert(key))
            .doing("add a slice"),
    }
}

/// The newest committed revision of a slice.
pub(super) struct Latest {
    pub(super) revision: i64,
    pub(super) number: u32,
    pub(super) hash: ContentHash,
}

/// The newest committed revision of a slice, by its row.
pub(super) fn latest(connection: &Connection, slice: i64) -> Result<Option<Latest>> {
    let found: Option<(i64, u32, Vec<u8>)> = connection
        .prepare_cached(
            "SELECT revision.id, revision.number, revision.hash FROM slice JOIN revision ON revision.id = slice.latest
             WHERE slice.id = ?1",
        )
        .and_then(|mut query| query.query_row([slice], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional())
        .doing("look up a slice")?;
    let Some((revision, number, hash)) = found else { return Ok(None) };
    let hash = <[u8; 32]>::try_from(hash).map_err(|_| damaged_text("hash", "revision"))?;
    Ok(Some(Latest { revision, number, hash: ContentHash::from_bytes(hash) }))
}

/// Notes that a revision was read again and found equal.
pub(super) fn touch(connection: &Connection, revision: i64, request: &SliceRequest) -> Result<()> {
    connection
        .prepare_cached("UPDATE revision SET last_read = max(last_read, ?2) WHERE id = ?1")
        .and_then(|mut update| update.execute(params![revision, time_text(request.read_at)]))
        .doing("note when a slice was read")?;
    Ok(())
}

/// Removes a staged revision.
pub(super) fn remove(connection: &Connection, revision: i64) -> Result<()> {
    for statement in ["DELETE FROM block WHERE revision = ?1", "DELETE FROM revision WHERE id = ?1"] {
        connection
            .prepare_cached(statement)
            .and_then(|mut delete| delete.execute([revision]))
            .doing("remove staged rows")?;
    }
    Ok(())
}

/// Notes that a planned request of the run is done.
pub(super) fn mark_done(connection: &Connection, request: &SliceRequest) -> Result<()> {
    let Some(run) = request.run else { return Ok(()) };
    connection
        .prepare_cached(
            "UPDATE run_request SET done = 1 WHERE run = ?1 AND source = ?2 AND report = ?3 AND first = ?4 AND last = ?5",
        )
        .and_then(|mut update| {
            let (first, last) = (day_text(request.window.first()), day_text(request.window.last()));
            update.execute(params![run.0, request.source, request.report, first, last])
        })
        .doing("note that a request is done")?;
    Ok(())
}

/// Stores the evidence of an answered request.
pub(super) fn put_reading(
    connection: &Connection,
    request: &SliceRequest,
    exchanges: &[Exchange],
    notes: &[StoredNote],
    rows_received: u64,
    duplicates: u64,
) -> Result<i64> {
    let (first, last) = (day_text(request.window.first()), day_text(request.window.last()));
    let reading = connection
        .prepare_cached(
            "INSERT INTO reading (run, first, last, read_at, rows_received, duplicates)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )
        .and_then(|mut insert| {
            let read_at = time_text(request.read_at);
            let run = request.run.map(|run| run.0);
            insert.insert(params![run, first, last, read_at, integer(rows_received), integer(duplicates)])
        })
        .doing("store evidence")?;
    for (position, exchange) in (0_i64..).zip(exchanges) {
        connection
            .prepare_cached("INSERT INTO exchange VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
            .and_then(|mut insert| {
                let Exchange { endpoint, status, bytes, sha256 } = exchange;
                insert.execute(params![reading, position, endpoint, status, integer(*bytes), sha256])
            })
            .doing("store evidence")?;
    }
    for (position, note) in (0_i64..).zip(notes) {
        let detail = match &note.kind {
            StoredNoteKind::Withdrawn(metric) => Some(metric.clone()),
            StoredNoteKind::Dropped(rows) => Some(rows.to_string()),
            _ => None,
        };
        connection
            .prepare_cached("INSERT INTO note VALUES (?1, ?2, ?3, ?4, ?5)")
            .and_then(|mut insert| insert.execute(params![reading, position, note.kind.name(), detail, note.text]))
            .doing("store notes")?;
    }
    Ok(reading)
}

/// A staged revision about to become the latest.
pub(super) struct Publication {
    pub(super) slice: i64,
    pub(super) revision: i64,
    pub(super) number: u32,
    pub(super) hash: ContentHash,
    pub(super) asked: i64,
    pub(super) reading: i64,
}

/// Makes a staged revision the latest of its slice.
pub(super) fn publish(connection: &Connection, publication: &Publication, stage: &SliceStage) -> Result<()> {
    let Publication { slice, revision, number, hash, asked, reading } = publication;
    connection
        .prepare_cached(
            "UPDATE revision SET number = ?2, hash = ?3, asked = ?4, reading = ?5, rows = ?6, rows_first = ?7,
             rows_last = ?8 WHERE id = ?1",
        )
        .and_then(|mut update| {
            let (first, last) = stage.span.unzip();
            update.execute(params![
                revision,
                number,
                hash.as_bytes(),
                asked,
                reading,
                integer(stage.rows),
                first.map(day_text),
                last.map(day_text),
            ])
        })
        .doing("commit a slice")?;
    connection
        .prepare_cached("UPDATE slice SET latest = ?2 WHERE id = ?1")
        .and_then(|mut update| update.execute([slice, revision]))
        .doing("commit a slice")?;
    Ok(())
}

/// Stores a block of a staged revision.
pub(super) fn put_block(connection: &Connection, revision: i64, shape: i64, block: &Block) -> Result<()> {
    let Block { body, rows, first, last, accounts, present } = block;
    connection
        .prepare_cached(
            "INSERT INTO block (revision, shape, rows, first, last, accounts, present, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )
        .and_then(|mut insert| {
            let (first, last) = (day_text(*first), day_text(*last));
            insert.execute(params![revision, shape, rows, first, last, accounts, present, body])
        })
        .doing("store rows")?;
    Ok(())
}

/// A count as SQLite keeps it. Counts of rows and bytes never reach its end.
pub(super) fn integer(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
