//! Which revisions a reader means, as rows of the store.

use std::collections::HashMap;

use jiff::Timestamp;
use kpi_core::{Result, Window};
use rusqlite::Connection;

use super::error::{Sqlite, damaged_text};
use super::time::{day_text, time, time_text, window as read_window};
use crate::{ContentHash, Selection, SliceId};

/// A committed revision.
#[derive(Clone, Debug)]
pub(super) struct Picked {
    pub(super) id: SliceId,
    pub(super) row: i64,
    pub(super) number: u32,
    pub(super) hash: ContentHash,
    pub(super) zone: String,
    pub(super) read_at: Timestamp,
    pub(super) last_read: Timestamp,
    pub(super) rows: u64,
    pub(super) asked: i64,
    pub(super) reading: i64,
}

/// Whose slices, and which days.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Scope<'a> {
    /// None for all.
    pub(super) sources: &'a [String],
    /// None for all.
    pub(super) reports: &'a [String],
    /// Slices with a row on one of these days.
    pub(super) rows_in: Option<Window>,
    /// Slices of which a row or the window itself shares a day with this.
    pub(super) slices_in: Option<Window>,
    pub(super) slice: Option<&'a SliceId>,
}

const LATEST: &str = "revision.id = slice.latest";
const ALL: &str = "revision.slice = slice.id AND revision.number IS NOT NULL";
const AS_OF: &str = "revision.slice = slice.id AND revision.number IS NOT NULL AND revision.read_at <= :as_of";

/// The revisions that a selection means, by source, report, window and number.
pub(super) fn pick(connection: &Connection, scope: Scope<'_>, selection: &Selection) -> Result<Vec<Picked>> {
    let mut parameters: Vec<(&str, String)> = Vec::new();
    let join = match selection {
        Selection::Latest => LATEST,
        Selection::All | Selection::Revisions(_) => ALL,
        Selection::AsOf(time) => {
            parameters.push((":as_of", time_text(*time)));
            AS_OF
        }
    };
    let mut conditions = String::new();
    for (column, name, values) in [("source", ":sources", scope.sources), ("report", ":reports", scope.reports)] {
        if !values.is_empty() {
            conditions.push_str(&format!(" AND slice.{column} IN (SELECT value FROM json_each({name}))"));
            parameters.push((name, serde_json::json!(values).to_string()));
        }
    }
    if let Some(days) = scope.rows_in.or(scope.slices_in) {
        conditions.push_str(if scope.rows_in.is_some() {
            " AND revision.rows_first <= :last AND revision.rows_last >= :first"
        } else {
            " AND (revision.rows_first <= :last AND revision.rows_last >= :first
               OR slice.first <= :last AND slice.last >= :first)"
        });
        parameters.push((":first", day_text(days.first())));
        parameters.push((":last", day_text(days.last())));
    }
    if let Some(id) = scope.slice {
        conditions.push_str(" AND slice.source = :source AND slice.report = :report");
        conditions.push_str(" AND slice.first = :slice_first AND slice.last = :slice_last");
        parameters.push((":source", id.source.clone()));
        parameters.push((":report", id.report.clone()));
        parameters.push((":slice_first", day_text(id.window.first())));
        parameters.push((":slice_last", day_text(id.window.last())));
    }
    let picked = query(connection, join, &conditions, &parameters)?;
    Ok(match selection {
        Selection::Latest | Selection::All => picked,
        Selection::AsOf(_) => last_of_each(picked),
        Selection::Revisions(named) => {
            picked.into_iter().filter(|revision| named.get(&revision.id) == Some(&revision.number)).collect()
        }
    })
}

fn query(connection: &Connection, join: &str, conditions: &str, parameters: &[(&str, String)]) -> Result<Vec<Picked>> {
    let sql = format!(
        "SELECT slice.source, slice.report, slice.first, slice.last, revision.id, revision.number, revision.hash,
                revision.zone, revision.read_at, revision.last_read, revision.rows, revision.asked, revision.reading
         FROM slice JOIN revision ON {join} WHERE TRUE {conditions}
         ORDER BY slice.source, slice.report, slice.first, slice.last, revision.number"
    );
    let mut statement = connection.prepare_cached(&sql).doing("look up slices")?;
    let bound: Vec<(&str, &dyn rusqlite::ToSql)> =
        parameters.iter().map(|(name, value)| (*name, value as &dyn rusqlite::ToSql)).collect();
    let mut rows = statement.query(bound.as_slice()).doing("look up slices")?;
    let mut picked = Vec::new();
    while let Some(row) = rows.next().doing("look up slices")? {
        picked.push(from_row(row)?);
    }
    Ok(picked)
}

fn from_row(row: &rusqlite::Row<'_>) -> Result<Picked> {
    let text = |column: usize| row.get_ref(column).and_then(|value| Ok(value.as_str()?)).doing("read a slice");
    let hash: Vec<u8> = row.get(6).doing("read a slice")?;
    let hash = <[u8; 32]>::try_from(hash).map_err(|_| damaged_text("hash", "revision"))?;
    let rows: i64 = row.get(10).doing("read a slice")?;
    Ok(Picked {
        id: SliceId::new(text(0)?, text(1)?, read_window(text(2)?, text(3)?)?),
        row: row.get(4).doing("read a slice")?,
        number: row.get(5).doing("read a slice")?,
        hash: ContentHash::from_bytes(hash),
        zone: text(7)?.to_owned(),
        read_at: time(text(8)?)?,
        last_read: time(text(9)?)?,
        rows: count(rows),
        asked: row.get(11).doing("read a slice")?,
        reading: row.get(12).doing("read a slice")?,
    })
}

fn last_of_each(picked: Vec<Picked>) -> Vec<Picked> {
    let mut last: HashMap<SliceId, u32> = HashMap::new();
    for revision in &picked {
        last.insert(revision.id.clone(), revision.number);
    }
    picked.into_iter().filter(|revision| last.get(&revision.id) == Some(&revision.number)).collect()
}

/// A count that the store keeps as a signed number.
pub(super) fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// Reads in one transaction, so that everything is of one moment.
pub(super) fn in_transaction<T>(connection: &Connection, read: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
    let transaction = connection.unchecked_transaction().doing("begin to read")?;
    read(&transaction)
}
