//! What slices there are, and how they came to be what they are.

use std::collections::HashMap;

use kpi_core::Result;
use rusqlite::Connection;

use super::error::Sqlite;
use super::selection::{Picked, Scope, pick};
use super::shape::{Shape, load};
use crate::bytes::damaged;
use crate::{RevisionInfo, Selection, SliceId, SliceInfo};

/// The ids of the sources that have slices.
pub(super) fn sources(connection: &Connection) -> Result<Vec<String>> {
    connection
        .prepare_cached("SELECT DISTINCT source FROM slice WHERE latest IS NOT NULL ORDER BY source")
        .and_then(|mut query| query.query_map([], |row| row.get(0))?.collect())
        .doing("list the sources")
}

/// The latest revisions of a source's slices.
pub(super) fn of_source(connection: &Connection, source: &str) -> Result<Vec<SliceInfo>> {
    let sources = [source.to_owned()];
    infos(connection, Scope { sources: &sources, ..Scope::default() })
}

/// The latest revision of one slice.
pub(super) fn one(connection: &Connection, id: &SliceId) -> Result<Option<SliceInfo>> {
    Ok(infos(connection, Scope { slice: Some(id), ..Scope::default() })?.pop())
}

/// The revisions of a slice, oldest first.
pub(super) fn history(connection: &Connection, id: &SliceId) -> Result<Vec<RevisionInfo>> {
    let scope = Scope { slice: Some(id), ..Scope::default() };
    let revisions = pick(connection, scope, &Selection::All)?.into_iter().map(|revision| RevisionInfo {
        revision: revision.number,
        hash: revision.hash,
        read_at: revision.read_at,
        last_read: revision.last_read,
        rows: revision.rows,
    });
    Ok(revisions.collect())
}

fn infos(connection: &Connection, scope: Scope<'_>) -> Result<Vec<SliceInfo>> {
    let shapes = load(connection)?;
    let picked = pick(connection, scope, &Selection::Latest)?;
    picked.into_iter().map(|revision| info(revision, &shapes)).collect()
}

fn info(revision: Picked, shapes: &HashMap<i64, Shape>) -> Result<SliceInfo> {
    let asked = shapes.get(&revision.asked).ok_or_else(damaged)?;
    let mut metrics: Vec<String> = asked.columns.iter().map(|column| column.metric.clone()).collect();
    metrics.dedup();
    Ok(SliceInfo {
        id: revision.id,
        revision: revision.number,
        hash: revision.hash,
        read_at: revision.read_at,
        last_read: revision.last_read,
        rows: revision.rows,
        zone: revision.zone,
        asked: metrics,
    })
}
