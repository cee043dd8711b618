//! What becomes of figures that came twice: equal ones are merged and counted, different ones fail the request.

use std::collections::HashMap;

use kpi_core::{Error, ErrorKind, Result, Value};
use rusqlite::{Connection, params};

use super::block::{BlockBuilder, BlockRows, Head};
use super::error::Sqlite;
use super::staging::{RowBytes, SliceStage, StagedShape, Staging, key_hash};
use crate::bytes::damaged;
use crate::content::{KeyDigest, RowKey, figure_digest, key_digest};

/// How many candidates are looked at in one pass over the rows.
const PASS: usize = 100_000;

/// The figures of candidate rows so far: by key, each column with its value and currency.
type Seen = HashMap<KeyDigest, Vec<(usize, Value, Option<kpi_core::Currency>)>>;

/// Merges the duplicates under the candidate keys, all of whose rows are stored as staged blocks, and says how many
/// rows repeated others.
///
/// # Errors
/// `Contract`, naming metric, window and breakdown, when a figure came with different values.
pub(super) fn merge(connection: &Connection, staging: &mut Staging, candidates: &[u64]) -> Result<u64> {
    let mut duplicates = 0;
    for keys in candidates.chunks(PASS) {
        let mut seen = Seen::new();
        for slice in staging.slices.values_mut() {
            let Some(revision) = slice.revision else { continue };
            for block in blocks_of(connection, revision)? {
                duplicates += merge_block(connection, &staging.shapes, slice, block, keys, &mut seen)?;
            }
        }
    }
    Ok(duplicates)
}

fn merge_block(
    connection: &Connection,
    shapes: &[StagedShape],
    slice: &mut SliceStage,
    block: i64,
    keys: &[u64],
    seen: &mut Seen,
) -> Result<u64> {
    let (number, body): (i64, Vec<u8>) = connection
        .prepare_cached("SELECT shape, body FROM block WHERE id = ?1")
        .and_then(|mut query| query.query_row([block], |row| Ok((row.get(0)?, row.get(1)?))))
        .doing("read staged rows")?;
    let staged = shapes.iter().find(|shape| shape.number == Some(number)).ok_or_else(damaged)?;
    let mut rows = BlockRows::open(&body)?;
    let mut row = rows.row()?;
    let mut kept = BlockBuilder::new(staged.columns.len());
    let mut bytes = RowBytes::new(staged.columns.len());
    let (mut scratch, mut duplicates) = (Vec::new(), 0);
    while rows.next(&mut row, staged.shape.dimensions.len(), staged.columns.len())? {
        let Head { window, account, read_at, currency } = row.head;
        let key = RowKey { window, account, read_at, labels: &row.labels };
        let digest = key_digest(&staged.cut, &key, &mut scratch);
        if keys.binary_search(&key_hash(&digest)).is_ok() {
            let figures = seen.entry(digest).or_default();
            let mut repeats = false;
            bytes.pack_cells(row.cells.iter())?;
            for (index, cell) in bytes.each_cell().enumerate() {
                let (Some(cell), Some(Some(value))) = (cell, row.cells.get(index).copied()) else { continue };
                let column = &staged.columns[index];
                let currency = if column.money { currency } else { None };
                match figures.iter().find(|(number, ..)| *number == column.number) {
                    None => figures.push((column.number, value, currency)),
                    Some((_, other, theirs)) if *other == value && *theirs == currency => {
                        slice.sum.remove(&figure_digest(&digest, &column.digest, currency, cell));
                        row.cells[index] = None;
                        repeats = true;
                    }
                    Some((_, other, theirs)) => {
                        let metric = &staged.shape.columns[index].metric;
                        let values = format!("{} and {}", shown(*other, *theirs), shown(value, currency));
                        return Err(conflict(metric, &key, &staged.shape.dimensions, &values));
                    }
                }
            }
            duplicates += u64::from(repeats);
        }
        bytes.pack_cells(row.cells.iter())?;
        if row.cells.iter().all(Option::is_none) {
            slice.rows -= 1;
        } else {
            kept.push(&row.head, &row.labels, &bytes.cells, &bytes.present);
        }
    }
    if duplicates > 0 {
        rewrite(connection, block, kept)?;
    }
    Ok(duplicates)
}

fn blocks_of(connection: &Connection, revision: i64) -> Result<Vec<i64>> {
    connection
        .prepare_cached("SELECT id FROM block WHERE revision = ?1 ORDER BY id")
        .and_then(|mut query| query.query_map([revision], |row| row.get(0))?.collect())
        .doing("read staged rows")
}

fn rewrite(connection: &Connection, block: i64, mut kept: BlockBuilder) -> Result<()> {
    let done = match kept.seal() {
        None => {
            connection.prepare_cached("DELETE FROM block WHERE id = ?1").and_then(|mut query| query.execute([block]))
        }
        Some(rest) => connection
            .prepare_cached("UPDATE block SET rows = ?2, accounts = ?3, present = ?4, body = ?5 WHERE id = ?1")
            .and_then(|mut query| query.execute(params![block, rest.rows, rest.accounts, rest.present, rest.body])),
    };
    done.doing("merge duplicate rows").map(|_| ())
}

fn conflict(metric: &str, key: &RowKey<'_>, dimensions: &[String], values: &str) -> Error {
    let parts: Vec<String> = dimensions.iter().zip(key.labels).map(|(name, label)| format!("{name}={label}")).collect();
    let breakdown = if parts.is_empty() { "total".to_owned() } else { parts.join(",") };
    let error = Error::new(ErrorKind::Contract, format!("two rows give {metric} different values"))
        .with("metric", metric)
        .with("window", key.window)
        .with("breakdown", breakdown);
    let error = if let Some(account) = key.account { error.with("account", account) } else { error };
    error.with("values", values)
}

fn shown(value: Value, currency: Option<kpi_core::Currency>) -> String {
    match (value, currency) {
        (Value::Known(number), Some(currency)) => format!("{number} {currency}"),
        (Value::Known(number), None) => number.to_string(),
        (Value::Absent(state), _) => state.as_str().to_owned(),
    }
}
