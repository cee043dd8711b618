//! The moment at which the slices of a request become visible, all of them in one transaction.

use kpi_core::{Error, ErrorKind, Exchange, Note, Result};
use rusqlite::{Connection, TransactionBehavior};

use super::duplicates;
use super::error::Sqlite;
use super::revisions::{
    Publication, latest, mark_done, publish, put_block, put_reading, remove, slice_row, staged_revision, touch,
};
use super::shape::ShapeNumbers;
use super::staging::Staging;
use crate::content::About;
use crate::{Committed, CommittedSlice, SliceId, StoredNote, StoredNoteKind};

/// What a commit brings besides the rows.
#[derive(Debug)]
pub(super) struct Closing {
    pub(super) exchanges: Vec<Exchange>,
    pub(super) notes: Vec<Note>,
    pub(super) rows_received: u64,
}

/// Stores the sealed blocks of a request under its uncommitted revisions, in one short transaction.
pub(super) fn stage(connection: &mut Connection, shapes: &mut ShapeNumbers, staging: &mut Staging) -> Result<()> {
    if staging.sealed.is_empty() {
        return Ok(());
    }
    let before = revisions(staging);
    let transaction = begin(connection)?;
    let stored = store_sealed(&transaction, shapes, staging).and_then(|()| transaction.commit().doing("store rows"));
    if stored.is_err() {
        undo(shapes, staging, before);
    }
    stored
}

/// Removes what was staged for a request.
pub(super) fn discard(connection: &mut Connection, staging: Staging) -> Result<()> {
    staging.keys.discard(connection)?;
    let revisions: Vec<i64> = staging.slices.values().filter_map(|slice| slice.revision).collect();
    if revisions.is_empty() {
        return Ok(());
    }
    let transaction = begin(connection)?;
    revisions.into_iter().try_for_each(|revision| remove(&transaction, revision))?;
    transaction.commit().doing("remove staged rows")
}

/// Merges duplicates and commits the slices of a request. On an error, what was staged still is.
pub(super) fn commit(
    connection: &mut Connection,
    shapes: &mut ShapeNumbers,
    staging: &mut Staging,
    closing: Closing,
) -> Result<Committed> {
    let candidates = std::mem::take(&mut staging.keys).candidates(connection)?;
    let mut duplicates = 0;
    if !candidates.is_empty() {
        staging.seal_all();
        stage(connection, shapes, staging)?;
        let transaction = begin(connection)?;
        duplicates = duplicates::merge(&transaction, staging, &candidates)?;
        transaction.commit().doing("merge duplicate rows")?;
    }
    let before = revisions(staging);
    let transaction = begin(connection)?;
    let committed = commit_slices(&transaction, shapes, staging, closing, duplicates)
        .and_then(|slices| transaction.commit().doing("commit a slice").map(|()| slices));
    match committed {
        Ok(slices) => Ok(Committed { slices, duplicates }),
        Err(error) => {
            undo(shapes, staging, before);
            Err(error)
        }
    }
}

/// The uncommitted revisions of a request, by slice.
fn revisions(staging: &Staging) -> Vec<Option<i64>> {
    staging.slices.values().map(|slice| slice.revision).collect()
}

/// Forgets what a rolled back transaction would have stored: its numbers will be given to others.
fn undo(shapes: &mut ShapeNumbers, staging: &mut Staging, before: Vec<Option<i64>>) {
    shapes.forget();
    staging.shapes.iter_mut().for_each(|shape| shape.number = None);
    for (slice, revision) in staging.slices.values_mut().zip(before) {
        slice.revision = revision;
    }
}

fn commit_slices(
    connection: &Connection,
    shapes: &mut ShapeNumbers,
    staging: &mut Staging,
    closing: Closing,
    duplicates: u64,
) -> Result<Vec<CommittedSlice>> {
    let asked = staging.asked.digest();
    let mut notes: Vec<StoredNote> = closing.notes.into_iter().map(StoredNote::from).collect();
    notes.sort();
    notes.dedup();
    let kinds: Vec<&StoredNoteKind> = notes.iter().map(|note| &note.kind).collect();
    let about = About { zone: &staging.request.zone, asked: &asked, notes: &kinds };
    let mut committed = Vec::new();
    let mut fresh = Vec::new();
    for (window, slice) in &mut staging.slices {
        let hash = slice.sum.content_hash(&about);
        let row = slice_row(connection, &staging.request, *window)?;
        let latest = latest(connection, row)?;
        let id = SliceId::new(&*staging.request.source, &*staging.request.report, *window);
        let changed = latest.as_ref().is_none_or(|latest| latest.hash != hash);
        let before = latest.as_ref().map_or(0, |latest| latest.number);
        let revision = if changed { before + 1 } else { before };
        committed.push(CommittedSlice { id, revision, hash, rows: slice.rows, changed });
        match latest {
            Some(latest) if !changed => {
                touch(connection, latest.revision, &staging.request)?;
                slice.revision.take().map_or(Ok(()), |staged| remove(connection, staged))?;
            }
            _ => fresh.push((*window, row, revision, hash)),
        }
    }
    mark_done(connection, &staging.request)?;
    if fresh.is_empty() {
        return Ok(committed);
    }
    let reading =
        put_reading(connection, &staging.request, &closing.exchanges, &notes, closing.rows_received, duplicates)?;
    staging.seal_all();
    staging.sealed.retain(|sealed| fresh.iter().any(|(window, ..)| *window == sealed.slice));
    store_sealed(connection, shapes, staging)?;
    let asked = shapes.number(connection, &staging.asked)?;
    for (window, row, number, hash) in fresh {
        let Some(slice) = staging.slices.get_mut(&window) else { continue };
        let revision = staged_revision(connection, &staging.request, window, slice)?;
        publish(connection, &Publication { slice: row, revision, number, hash, asked, reading }, slice)?;
    }
    Ok(committed)
}

fn store_sealed(connection: &Connection, shapes: &mut ShapeNumbers, staging: &mut Staging) -> Result<()> {
    for sealed in staging.sealed.drain(..) {
        let Some(slice) = staging.slices.get_mut(&sealed.slice) else { continue };
        let Some(shape) = staging.shapes.get_mut(sealed.shape) else { continue };
        let number = shapes.number(connection, &shape.shape)?;
        shape.number = Some(number);
        let revision = staged_revision(connection, &staging.request, sealed.slice, slice)?;
        put_block(connection, revision, number, &sealed.block)?;
    }
    Ok(())
}

fn begin(connection: &mut Connection) -> Result<rusqlite::Transaction<'_>> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate).doing("begin to write")
}

/// The error for a request whose earlier page was refused.
pub(super) fn given_up() -> Error {
    Error::new(ErrorKind::Internal, "the slice was given up after an earlier error")
}
