//! Hashes a page before it is queued: in the task that brings it, beside the thread that stores the page before.

use kpi_core::{Batch, Result};

use super::shape::BatchShape;
use super::staging::RowBytes;
use crate::content::{FigureSum, KeyDigest, RowKey, cut_digest, figure_digest, key_digest};

/// A page with the hashes of its rows.
#[derive(Debug)]
pub(super) struct MarkedBatch {
    pub(super) batch: Batch,
    pub(super) order: BatchShape,
    /// One for each row.
    pub(super) marks: Vec<Mark>,
}

/// The hashes of a row.
#[derive(Debug)]
pub(super) struct Mark {
    /// Of its key.
    pub(super) key: KeyDigest,
    /// Of its figures, added up.
    pub(super) sum: FigureSum,
}

/// Hashes a page.
///
/// # Errors
/// `Contract` when it names a column or a dimension twice.
pub(super) fn mark(batch: Batch) -> Result<MarkedBatch> {
    let order = BatchShape::of(&batch)?;
    let cut = cut_digest(order.shape.channel.as_deref(), &order.shape.dimensions);
    let columns: Vec<([u8; 32], bool)> =
        order.shape.columns.iter().map(|column| (column.digest(), column.money)).collect();
    let mut bytes = RowBytes::new(columns.len());
    let mut scratch = Vec::new();
    let mut marks = Vec::with_capacity(batch.len());
    let mut labels: Vec<&str> = Vec::new();
    let mut sorted: Vec<&str> = Vec::new();
    for row in batch.rows() {
        labels.clear();
        labels.extend(row.labels());
        sorted.clear();
        sorted.extend(order.dimension_order.iter().map(|place| labels[*place]));
        let key = RowKey { window: row.window(), account: row.account(), read_at: row.read_at(), labels: &sorted };
        let key = key_digest(&cut, &key, &mut scratch);
        let cells = row.cells();
        bytes.pack_cells(order.column_order.iter().map(|place| &cells[*place]))?;
        let mut sum = FigureSum::default();
        for ((digest, money), cell) in columns.iter().zip(bytes.each_cell()) {
            if let Some(cell) = cell {
                sum.add(&figure_digest(&key, digest, row.currency().filter(|_| *money), cell));
            }
        }
        marks.push(Mark { key, sum });
    }
    Ok(MarkedBatch { batch, order, marks })
}
