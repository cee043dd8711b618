//! How revisions were read.

use std::collections::HashMap;

use kpi_core::{Exchange, Result, Window};
use rusqlite::Connection;

use super::error::{Sqlite, damaged_text};
use super::selection::{Scope, count, pick};
use super::time::{time, window as read_window};
use crate::{EvidenceRecord, Selection, SliceId, SliceNote, StoredNote, StoredNoteKind};

/// What led to a revision.
pub(super) fn of_revision(connection: &Connection, id: &SliceId, revision: u32) -> Result<Option<EvidenceRecord>> {
    let scope = Scope { slice: Some(id), ..Scope::default() };
    let found = pick(connection, scope, &Selection::All)?.into_iter().find(|picked| picked.number == revision);
    let Some(picked) = found else { return Ok(None) };
    let (first, last, read_at, rows_received, duplicates): (String, String, String, i64, i64) = connection
        .prepare_cached("SELECT first, last, read_at, rows_received, duplicates FROM reading WHERE id = ?1")
        .and_then(|mut query| {
            query.query_row([picked.reading], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
            })
        })
        .doing("read evidence")?;
    Ok(Some(EvidenceRecord {
        read_at: time(&read_at)?,
        window: read_window(&first, &last)?,
        zone: picked.zone,
        rows_received: count(rows_received),
        duplicates: count(duplicates),
        exchanges: exchanges(connection, picked.reading)?,
        notes: notes_of(connection, picked.reading)?,
    }))
}

/// The notes on slices of a source that share a day with the window.
pub(super) fn notes(
    connection: &Connection,
    source: &str,
    window: Window,
    selection: &Selection,
) -> Result<Vec<SliceNote>> {
    let sources = [source.to_owned()];
    let scope = Scope { sources: &sources, slices_in: Some(window), ..Scope::default() };
    let mut by_reading: HashMap<i64, Vec<StoredNote>> = HashMap::new();
    let mut found = Vec::new();
    for revision in pick(connection, scope, selection)? {
        let notes = match by_reading.entry(revision.reading) {
            std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::hash_map::Entry::Vacant(entry) => entry.insert(notes_of(connection, revision.reading)?),
        };
        for note in notes.iter() {
            let (slice, revision) = (revision.id.clone(), revision.number);
            found.push(SliceNote { slice, revision, note: note.clone() });
        }
    }
    Ok(found)
}

fn exchanges(connection: &Connection, reading: i64) -> Result<Vec<Exchange>> {
    connection
        .prepare_cached("SELECT endpoint, status, bytes, sha256 FROM exchange WHERE reading = ?1 ORDER BY position")
        .and_then(|mut query| {
            let rows = query.query_map([reading], |row| {
                Ok(Exchange {
                    endpoint: row.get(0)?,
                    status: row.get(1)?,
                    bytes: count(row.get(2)?),
                    sha256: row.get(3)?,
                })
            });
            rows?.collect()
        })
        .doing("read evidence")
}

fn notes_of(connection: &Connection, reading: i64) -> Result<Vec<StoredNote>> {
    let rows: Vec<(String, Option<String>, String)> = connection
        .prepare_cached("SELECT kind, detail, text FROM note WHERE reading = ?1 ORDER BY position")
        .and_then(|mut query| query.query_map([reading], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect())
        .doing("read notes")?;
    let mut notes = Vec::new();
    for (kind, detail, text) in rows {
        let kind = match (kind.as_str(), detail) {
            ("sampled", _) => StoredNoteKind::Sampled,
            ("thresholded", _) => StoredNoteKind::Thresholded,
            ("withdrawn", Some(metric)) => StoredNoteKind::Withdrawn(metric),
            ("dropped", Some(rows)) => {
                StoredNoteKind::Dropped(rows.parse().map_err(|_| damaged_text("number of rows", &rows))?)
            }
            ("remark", _) => StoredNoteKind::Remark,
            _ => return Err(damaged_text("kind of note", &kind)),
        };
        notes.push(StoredNote { kind, text });
    }
    Ok(notes)
}
