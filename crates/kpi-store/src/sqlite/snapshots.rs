//! Snapshots and the change log.

use jiff::Timestamp;
use kpi_core::{Error, ErrorKind, Result};
use rusqlite::{Connection, OptionalExtension, params};

use super::error::{Sqlite, damaged_text};
use super::time::{day, day_text, time, time_text};
use crate::{Change, ChangeRecord, SnapshotInfo, SnapshotPut, StoredSnapshot};

/// Keeps a snapshot under the next revision of its period, unless its hash is that of the latest.
pub(super) fn put(connection: &mut Connection, snapshot: &SnapshotInfo, json: &[u8]) -> Result<SnapshotPut> {
    let transaction = connection.transaction().doing("store a snapshot")?;
    let latest: Option<(u32, String)> = transaction
        .prepare_cached(
            "SELECT revision, content_hash FROM snapshot WHERE workspace = ?1 AND period = ?2
             ORDER BY revision DESC LIMIT 1",
        )
        .and_then(|mut query| {
            let key = [&snapshot.workspace, &snapshot.period];
            query.query_row(key, |row| Ok((row.get(0)?, row.get(1)?))).optional()
        })
        .doing("look up a snapshot")?;
    let revision = match latest {
        Some((revision, hash)) if hash == snapshot.content_hash => return Ok(SnapshotPut { revision, added: false }),
        Some((revision, _)) => revision + 1,
        None => 1,
    };
    transaction
        .prepare_cached(
            "INSERT INTO snapshot (workspace, period, revision, content_hash, created_at, document)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )
        .and_then(|mut insert| {
            let SnapshotInfo { workspace, period, content_hash, created_at, .. } = snapshot;
            insert.execute(params![workspace, period, revision, content_hash, time_text(*created_at), json])
        })
        .doing("store a snapshot")?;
    transaction.commit().doing("store a snapshot")?;
    Ok(SnapshotPut { revision, added: true })
}

/// One revision of a period's snapshot, or the latest.
pub(super) fn get(
    connection: &Connection,
    workspace: &str,
    period: &str,
    revision: Option<u32>,
) -> Result<Option<StoredSnapshot>> {
    let found: Option<(u32, String, String, Vec<u8>)> = connection
        .prepare_cached(
            "SELECT revision, content_hash, created_at, document FROM snapshot
             WHERE workspace = ?1 AND period = ?2 AND (?3 IS NULL OR revision = ?3) ORDER BY revision DESC LIMIT 1",
        )
        .and_then(|mut query| {
            query
                .query_row(params![workspace, period, revision], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
                })
                .optional()
        })
        .doing("read a snapshot")?;
    let Some((revision, content_hash, created_at, json)) = found else { return Ok(None) };
    let (workspace, period) = (workspace.to_owned(), period.to_owned());
    let info = SnapshotInfo { workspace, period, revision, content_hash, created_at: time(&created_at)? };
    Ok(Some(StoredSnapshot { info, json }))
}

/// The revisions of a workspace's snapshots.
pub(super) fn list(connection: &Connection, workspace: &str, period: Option<&str>) -> Result<Vec<SnapshotInfo>> {
    let mut query = connection
        .prepare_cached(
            "SELECT period, revision, content_hash, created_at FROM snapshot
             WHERE workspace = ?1 AND (?2 IS NULL OR period = ?2) ORDER BY period, revision",
        )
        .doing("list the snapshots")?;
    let mut rows = query.query(params![workspace, period]).doing("list the snapshots")?;
    let mut snapshots = Vec::new();
    while let Some(row) = rows.next().doing("list the snapshots")? {
        let created_at: String = row.get(3).doing("list the snapshots")?;
        snapshots.push(SnapshotInfo {
            workspace: workspace.to_owned(),
            period: row.get(0).doing("list the snapshots")?,
            revision: row.get(1).doing("list the snapshots")?,
            content_hash: row.get(2).doing("list the snapshots")?,
            created_at: time(&created_at)?,
        });
    }
    Ok(snapshots)
}

/// Adds entries to the change log, and says how many were new.
pub(super) fn add_changes(connection: &mut Connection, changes: &[Change], recorded_at: Timestamp) -> Result<usize> {
    let transaction = connection.transaction().doing("add to the change log")?;
    let mut added = 0;
    for change in changes {
        let fields = serde_json::to_string(&change.fields)
            .map_err(|error| Error::new(ErrorKind::Internal, "a change cannot be written").caused_by(error))?;
        added += transaction
            .prepare_cached("INSERT OR IGNORE INTO change_log VALUES (?1, ?2, ?3, ?4)")
            .and_then(|mut insert| {
                insert.execute(params![day_text(change.date), change.subject, fields, time_text(recorded_at)])
            })
            .doing("add to the change log")?;
    }
    transaction.commit().doing("add to the change log")?;
    Ok(added)
}

/// The change log, by date and subject.
pub(super) fn changes(connection: &Connection) -> Result<Vec<ChangeRecord>> {
    let mut query = connection
        .prepare_cached("SELECT date, subject, fields, recorded_at FROM change_log ORDER BY date, subject, fields")
        .doing("read the change log")?;
    let mut rows = query.query([]).doing("read the change log")?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next().doing("read the change log")? {
        let text = |column: usize| row.get::<_, String>(column).doing("read the change log");
        let (date, fields) = (text(0)?, text(2)?);
        let fields = serde_json::from_str(&fields).map_err(|_| damaged_text("change", &fields))?;
        let change = Change { date: day(&date)?, subject: text(1)?, fields };
        changes.push(ChangeRecord { change, recorded_at: time(&text(3)?)? });
    }
    Ok(changes)
}
