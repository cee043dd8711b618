//! What kinds of figures a source offers for a window.

use std::collections::BTreeMap;

use kpi_core::{Result, Window};
use rusqlite::{Connection, params};

use super::block::BlockRows;
use super::error::Sqlite;
use super::selection::{Picked, Scope, pick};
use super::shape::{Shape, load};
use super::time::{day, day_text};
use crate::bytes::damaged;
use crate::{Group, Selection};

/// Groups by all but the last two fields, which are merged.
type Found = BTreeMap<Group, (bool, bool)>;

/// The groups of a source in slices that share a day with the window.
pub(super) fn groups(
    connection: &Connection,
    source: &str,
    window: Window,
    selection: &Selection,
) -> Result<Vec<Group>> {
    let shapes = load(connection)?;
    let shape_of = |number: i64| shapes.get(&number).ok_or_else(damaged);
    let sources = [source.to_owned()];
    let scope = Scope { sources: &sources, slices_in: Some(window), ..Scope::default() };
    let mut found = Found::new();
    for revision in pick(connection, scope, selection)? {
        if revision.id.window.overlaps(window) {
            let asked = shape_of(revision.asked)?;
            (0..asked.columns.len()).for_each(|column| note(&mut found, &revision, asked, column, None));
        }
        in_blocks(connection, &revision, window, shape_of, &mut found)?;
    }
    Ok(found.into_iter().map(|(group, (accounts, has_rows))| Group { accounts, has_rows, ..group }).collect())
}

/// Notes what a revision's blocks have for the window.
fn in_blocks<'s>(
    connection: &Connection,
    revision: &Picked,
    window: Window,
    shape_of: impl Fn(i64) -> Result<&'s Shape>,
    found: &mut Found,
) -> Result<()> {
    let mut query = connection
        .prepare_cached(
            "SELECT shape, first, last, accounts, present, body FROM block
             WHERE revision = ?1 AND first <= ?2 AND last >= ?3",
        )
        .doing("read figures")?;
    let mut rows =
        query.query(params![revision.row, day_text(window.last()), day_text(window.first())]).doing("read figures")?;
    while let Some(row) = rows.next().doing("read figures")? {
        let shape = shape_of(row.get(0).doing("read figures")?)?;
        let text = |column: usize| row.get_ref(column).and_then(|value| Ok(value.as_str()?)).doing("read figures");
        let blob = |column: usize| row.get_ref(column).and_then(|value| Ok(value.as_blob()?)).doing("read figures");
        let span = Window::new(day(text(1)?)?, day(text(2)?)?)?;
        let (columns, accounts) = if window.contains(span) {
            (bits(blob(4)?), row.get(3).doing("read figures")?)
        } else {
            // Rows of other days lie in the same block: only the rows themselves tell.
            look(blob(5)?, shape, window)?
        };
        columns.into_iter().for_each(|column| note(found, revision, shape, column, Some(accounts)));
    }
    Ok(())
}

fn look(body: &[u8], shape: &Shape, window: Window) -> Result<(Vec<usize>, bool)> {
    let mut rows = BlockRows::open(body)?;
    let mut row = rows.row()?;
    let mut present = vec![false; shape.columns.len()];
    let mut accounts = false;
    while rows.next(&mut row, shape.dimensions.len(), shape.columns.len())? {
        if window.overlaps(row.head.window) {
            accounts |= row.head.account.is_some();
            present.iter_mut().zip(&row.cells).for_each(|(seen, cell)| *seen |= cell.is_some());
        }
    }
    Ok(((0..present.len()).filter(|column| present[*column]).collect(), accounts))
}

fn bits(present: &[u8]) -> Vec<usize> {
    (0..present.len() * 8).filter(|index| present[index / 8] & (1 << (index % 8)) != 0).collect()
}

/// Notes a column, with whether accounts are named where there are rows.
fn note(found: &mut Found, revision: &Picked, shape: &Shape, column: usize, accounts: Option<bool>) {
    let Some(column) = shape.columns.get(column) else { return };
    let group = Group {
        report: revision.id.report.clone(),
        metric: column.metric.clone(),
        definition: column.definition.clone(),
        basis: column.basis,
        dimensions: shape.dimensions.clone(),
        channel: shape.channel.clone(),
        accounts: false,
        has_rows: false,
    };
    let merged = found.entry(group).or_insert((false, false));
    merged.0 |= accounts.unwrap_or(false);
    merged.1 |= accounts.is_some();
}
