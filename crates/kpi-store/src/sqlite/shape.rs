//! Shapes: what the rows of a block have in common. Each is stored once.

use std::collections::HashMap;

use kpi_core::{Basis, Batch, Column, Error, ErrorKind, Result};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::{Sqlite, damaged_text};
use crate::content::{column_digest, cut_digest};

/// A column, in storage.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct ShapeColumn {
    pub(super) metric: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) definition: Option<String>,
    #[serde(default)]
    pub(super) basis: Basis,
    #[serde(default)]
    pub(super) money: bool,
}

impl From<&Column> for ShapeColumn {
    fn from(column: &Column) -> Self {
        Self {
            metric: column.metric.as_str().to_owned(),
            definition: column.definition.map(str::to_owned),
            basis: column.basis,
            money: column.metric.is_money(),
        }
    }
}

impl ShapeColumn {
    pub(super) fn digest(&self) -> [u8; 32] {
        column_digest(&self.metric, self.definition.as_deref(), self.basis)
    }
}

/// Columns and dimensions, both sorted, and the channel.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Shape {
    pub(super) columns: Vec<ShapeColumn>,
    #[serde(default)]
    pub(super) dimensions: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) channel: Option<String>,
}

impl Shape {
    /// What a request asks for.
    pub(super) fn asked(columns: &[Column], dimensions: &[String]) -> Self {
        let mut columns: Vec<ShapeColumn> = columns.iter().map(ShapeColumn::from).collect();
        columns.sort();
        columns.dedup();
        let mut dimensions = dimensions.to_vec();
        dimensions.sort();
        Self { columns, dimensions, channel: None }
    }

    /// A digest of the columns and dimensions.
    pub(super) fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        digest.update(cut_digest(self.channel.as_deref(), &self.dimensions));
        for column in &self.columns {
            digest.update(column.digest());
        }
        digest.finalize().into()
    }
}

/// The shape of a batch, and where each of its sorted columns and dimensions stands in the batch's rows.
#[derive(Debug)]
pub(super) struct BatchShape {
    pub(super) shape: Shape,
    pub(super) column_order: Vec<usize>,
    pub(super) dimension_order: Vec<usize>,
}

impl BatchShape {
    /// # Errors
    /// `Contract` when a column or a dimension is there twice.
    pub(super) fn of(batch: &Batch) -> Result<Self> {
        let (columns, column_order) = sorted(batch.columns().iter().map(ShapeColumn::from).collect());
        let (dimensions, dimension_order) = sorted(batch.dimensions().to_vec());
        let twice = |what: &str| Err(Error::new(ErrorKind::Contract, format!("a batch names one {what} twice")));
        if columns.windows(2).any(|pair| pair[0] == pair[1]) {
            return twice("column");
        }
        if dimensions.windows(2).any(|pair| pair[0] == pair[1]) {
            return twice("dimension");
        }
        let shape = Shape { columns, dimensions, channel: batch.channel().map(str::to_owned) };
        Ok(Self { shape, column_order, dimension_order })
    }
}

fn sorted<T: Ord>(items: Vec<T>) -> (Vec<T>, Vec<usize>) {
    let mut numbered: Vec<(T, usize)> = items.into_iter().zip(0..).collect();
    numbered.sort();
    numbered.into_iter().unzip()
}

/// The numbers under which shapes are stored, as far as they are known.
#[derive(Debug, Default)]
pub(super) struct ShapeNumbers(HashMap<Shape, i64>);

impl ShapeNumbers {
    /// The number of a shape, which is stored when it is new.
    pub(super) fn number(&mut self, connection: &Connection, shape: &Shape) -> Result<i64> {
        if let Some(number) = self.0.get(shape) {
            return Ok(*number);
        }
        let text = serde_json::to_string(shape)
            .map_err(|error| Error::new(ErrorKind::Internal, "a shape cannot be written").caused_by(error))?;
        let known: Option<i64> = connection
            .prepare_cached("SELECT id FROM shape WHERE definition = ?1")
            .and_then(|mut query| query.query_row([&text], |row| row.get(0)).optional())
            .doing("look up a shape")?;
        let number = match known {
            Some(number) => number,
            None => connection
                .prepare_cached("INSERT INTO shape (definition) VALUES (?1)")
                .and_then(|mut insert| insert.insert(params![text]))
                .doing("store a shape")?,
        };
        self.0.insert(shape.clone(), number);
        Ok(number)
    }

    /// Forgets everything, after a transaction that may have stored some was rolled back.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}

/// Reads every stored shape.
pub(super) fn load(connection: &Connection) -> Result<HashMap<i64, Shape>> {
    let mut query = connection.prepare_cached("SELECT id, definition FROM shape").doing("read the shapes")?;
    let mut rows = query.query([]).doing("read the shapes")?;
    let mut shapes = HashMap::new();
    while let Some(row) = rows.next().doing("read the shapes")? {
        let text: String = row.get(1).doing("read a shape")?;
        let shape = serde_json::from_str(&text).map_err(|error| damaged_text("shape", &text).caused_by(error))?;
        shapes.insert(row.get(0).doing("read a shape")?, shape);
    }
    Ok(shapes)
}
