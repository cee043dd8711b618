//! Rows grouped into batches that share a column, dimensions and a channel.

use std::collections::HashMap;
use std::sync::Arc;

use kpi_core::{Basis, Batch, Channel, Column, Emitter, MetricId, Result, Value};

use super::row::Row;

/// How many rows wait at most before they are passed on.
const MOST_ROWS: usize = 10_000;

/// What the rows of a batch share.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Group {
    metric: MetricId,
    definition: Option<&'static str>,
    basis: Basis,
    channel: Option<Channel>,
    dimensions: Vec<Arc<str>>,
}

/// Batches being filled, in the order in which their groups were first seen.
#[derive(Debug, Default)]
pub(crate) struct Batches {
    places: HashMap<Group, usize>,
    batches: Vec<Batch>,
    rows: usize,
}

impl Batches {
    pub(crate) fn add(&mut self, row: &Row) {
        let group = Group {
            metric: row.metric,
            definition: row.definition,
            basis: row.basis,
            channel: row.channel,
            dimensions: row.dimensions.iter().map(|(name, _)| Arc::clone(name)).collect(),
        };
        let Self { places, batches, .. } = self;
        let place = *places.entry(group).or_insert_with_key(|group| {
            batches.push(batch_for(group));
            batches.len() - 1
        });
        let Some(batch) = self.batches.get_mut(place) else { return };
        let labels: Vec<&str> = row.dimensions.iter().map(|(_, label)| label.as_str()).collect();
        let mut writer = batch.row(row.window, &labels);
        match (row.value, row.currency) {
            (Value::Known(amount), Some(currency)) => writer.money(row.metric, amount, currency),
            (Value::Known(number), None) => writer.set(row.metric, number),
            (Value::Absent(state), _) => writer.absent(row.metric, state),
        };
        if let Some(account) = &row.account {
            writer.account(account);
        }
        if let Some(time) = row.read_at {
            writer.read_at(time);
        }
        self.rows += 1;
    }

    /// Whether it is time to pass the rows on.
    pub(crate) fn is_full(&self) -> bool {
        self.rows >= MOST_ROWS
    }

    /// Passes all rows on.
    pub(crate) async fn flush(&mut self, out: &mut Emitter) -> Result<()> {
        self.places.clear();
        self.rows = 0;
        for batch in std::mem::take(&mut self.batches) {
            out.emit(batch).await?;
        }
        Ok(())
    }
}

fn batch_for(group: &Group) -> Batch {
    let mut column = Column::of(group.metric).basis(group.basis);
    if let Some(definition) = group.definition {
        column = column.defined(definition);
    }
    let dimensions = group.dimensions.iter().map(|name| name.to_string()).collect();
    Batch::new(vec![column], dimensions).in_channel(group.channel.map(|channel| channel.as_str().to_owned()))
}
