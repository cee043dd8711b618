//! Figures one by one, straight from the stored blocks.

use std::collections::{HashMap, HashSet};

use kpi_core::{Result, Window};
use rusqlite::{Connection, params};

use super::block::BlockRows;
use super::error::Sqlite;
use super::selection::{Picked, Scope, pick};
use super::shape::{Shape, load};
use super::time::day_text;
use crate::bytes::damaged;
use crate::{FactQuery, FactRow};

/// Streams the figures that a query names.
pub(super) fn facts(
    connection: &Connection,
    query: &FactQuery,
    each: &mut dyn FnMut(FactRow<'_>) -> Result<()>,
) -> Result<()> {
    let shapes = load(connection)?;
    let plans: HashMap<i64, Plan<'_>> =
        shapes.iter().filter_map(|(number, shape)| Some((*number, Plan::new(shape, query)?))).collect();
    let scope = Scope { sources: &query.sources, reports: &query.reports, rows_in: query.window, ..Scope::default() };
    let mut blocks = connection
        .prepare_cached(
            "SELECT shape, present, body FROM block WHERE revision = ?1 AND first <= ?2 AND last >= ?3 ORDER BY id",
        )
        .doing("read figures")?;
    let (first, last) = match query.window {
        Some(window) => (day_text(window.first()), day_text(window.last())),
        None => (String::new(), "~".to_owned()),
    };
    for revision in pick(connection, scope, &query.selection)? {
        if revision.rows == 0 {
            continue;
        }
        let mut rows = blocks.query(params![revision.row, last, first]).doing("read figures")?;
        while let Some(row) = rows.next().doing("read figures")? {
            let shape: i64 = row.get(0).doing("read figures")?;
            let Some(plan) = plans.get(&shape) else { continue };
            let present = row.get_ref(1).and_then(|value| Ok(value.as_blob()?)).doing("read figures")?;
            if plan.is_in(present) {
                let body = row.get_ref(2).and_then(|value| Ok(value.as_blob()?)).doing("read figures")?;
                plan.read(&revision, query.window, body, each)?;
            }
        }
    }
    Ok(())
}

/// What a query wants of the blocks of one shape.
struct Plan<'q> {
    shape: &'q Shape,
    columns: Vec<usize>,
    filters: Vec<(usize, HashSet<&'q str>)>,
}

impl<'q> Plan<'q> {
    /// `None` when the query wants nothing of the shape.
    fn new(shape: &'q Shape, query: &'q FactQuery) -> Option<Self> {
        if !query.breakdowns.is_empty() && !query.breakdowns.contains(&shape.dimensions) {
            return None;
        }
        let wanted = |metric: &String| query.metrics.is_empty() || query.metrics.contains(metric);
        let columns: Vec<usize> =
            (0..).zip(&shape.columns).filter(|(_, column)| wanted(&column.metric)).map(|(index, _)| index).collect();
        if columns.is_empty() {
            return None;
        }
        let mut filters = Vec::new();
        for filter in &query.filters {
            let dimension = shape.dimensions.iter().position(|name| *name == filter.dimension)?;
            filters.push((dimension, filter.values.iter().map(String::as_str).collect()));
        }
        Some(Self { shape, columns, filters })
    }

    /// Whether a block has cells in any of the wanted columns.
    fn is_in(&self, present: &[u8]) -> bool {
        self.columns.iter().any(|index| present.get(index / 8).is_some_and(|bits| bits & (1 << (index % 8)) != 0))
    }

    fn read(
        &self,
        revision: &Picked,
        window: Option<Window>,
        body: &[u8],
        each: &mut dyn FnMut(FactRow<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut rows = BlockRows::open(body)?;
        if !self.filters.iter().all(|(_, values)| rows.texts().iter().any(|text| values.contains(text))) {
            return Ok(());
        }
        let mut row = rows.row()?;
        let mut breakdown: Vec<(&str, &str)> = self.shape.dimensions.iter().map(|name| (name.as_str(), "")).collect();
        while rows.next(&mut row, self.shape.dimensions.len(), self.shape.columns.len())? {
            if window.is_some_and(|window| !window.overlaps(row.head.window)) {
                continue;
            }
            if !self.filters.iter().all(|(place, values)| row.labels.get(*place).is_some_and(|it| values.contains(it)))
            {
                continue;
            }
            for (pair, label) in breakdown.iter_mut().zip(&row.labels) {
                pair.1 = label;
            }
            for index in &self.columns {
                let Some(value) = *row.cells.get(*index).ok_or_else(damaged)? else { continue };
                let column = self.shape.columns.get(*index).ok_or_else(damaged)?;
                each(FactRow {
                    slice: &revision.id,
                    revision: revision.number,
                    zone: &revision.zone,
                    metric: &column.metric,
                    definition: column.definition.as_deref(),
                    basis: column.basis,
                    window: row.head.window,
                    account: row.head.account,
                    channel: self.shape.channel.as_deref(),
                    breakdown: &breakdown,
                    value,
                    currency: if column.money { row.head.currency } else { None },
                    read_at: row.head.read_at.unwrap_or(revision.read_at),
                })?;
            }
        }
        Ok(())
    }
}
