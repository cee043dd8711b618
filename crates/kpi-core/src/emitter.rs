//! Where an adapter pushes its figures.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::descriptor::Windows;
use crate::{Batch, MetricId, Request, Result};

/// What a note is about; it decides the quality mark on the figures.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NoteKind {
    /// The vendor computed the figures from a sample.
    Sampled,
    /// The vendor left out small groups.
    Thresholded,
    /// The vendor no longer offers a metric; the others were delivered.
    Withdrawn(MetricId),
    /// Rows were received and not kept, with the reason in the text.
    Dropped(u64),
    /// Anything else that a reader of the figures should know.
    Remark,
}

/// Something that a reader of the figures should know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// What it is about.
    pub kind: NoteKind,
    /// A sentence fragment for the report.
    pub text: String,
}

/// Where batches go: the store in a run, a list in a test.
#[async_trait]
pub trait Sink: Send + Sync {
    /// Takes a batch, waiting while the store is busy.
    async fn batch(&self, batch: Batch) -> Result<()>;

    /// Takes a note.
    fn note(&self, note: Note);
}

/// Checks what an adapter emits at the line that emits it, and passes it on with backpressure.
pub struct Emitter {
    request: Request,
    sink: Arc<dyn Sink>,
    rows: u64,
}

impl Emitter {
    /// An emitter for one request.
    pub fn new(request: Request, sink: Arc<dyn Sink>) -> Self {
        Self { request, sink, rows: 0 }
    }

    /// An empty batch for the request's report.
    pub fn batch(&self) -> Batch {
        Batch::for_report(self.request.report)
    }

    /// How many rows were emitted so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Passes a batch on.
    ///
    /// # Errors
    /// `Contract`, naming the line, when a row breaks the rules: an undeclared metric, a window outside the request, money
    /// without a currency or in another currency than the account's, an empty label. Otherwise what the sink answers.
    pub async fn emit(&mut self, batch: Batch) -> Result<()> {
        self.check(&batch)?;
        self.rows += batch.len() as u64;
        if batch.is_empty() { Ok(()) } else { self.sink.batch(batch).await }
    }

    /// Says something that a reader of the figures should know.
    pub fn note(&self, kind: NoteKind, text: impl Into<String>) {
        self.sink.note(Note { kind, text: text.into() });
    }

    fn check(&self, batch: &Batch) -> Result<()> {
        if let Some(fault) = batch.fault() {
            return Err(fault);
        }
        let everything = self.request.report.windows == Windows::Everything;
        if !everything {
            self.check_columns(batch)?;
        }
        for (index, row) in batch.rows().enumerate() {
            if !everything {
                self.check_window(batch, index, row.window())?;
            }
            if let (Some(own), Some(seen)) = (self.request.profile.currency, row.currency())
                && own != seen
            {
                return Err(
                    batch.contract_at(index, format!("currency {seen} differs from the account's currency {own}"))
                );
            }
            if row.labels().any(str::is_empty) {
                return Err(batch.contract_at(
                    index,
                    format!("an empty label for one of the dimensions [{}]", batch.dimensions().join(", ")),
                ));
            }
        }
        Ok(())
    }

    fn check_columns(&self, batch: &Batch) -> Result<()> {
        for column in batch.columns() {
            if !self.request.report.columns.contains(column) {
                return Err(batch.contract_at(
                    0,
                    format!("undeclared column {} in report `{}`", column.metric, self.request.report.id),
                ));
            }
        }
        let declared = self.request.report.breakdown;
        if batch.dimensions() != declared {
            return Err(batch.contract_at(
                0,
                format!(
                    "breakdown [{}] differs from the report's [{}]",
                    batch.dimensions().join(", "),
                    declared.join(", ")
                ),
            ));
        }
        Ok(())
    }

    fn check_window(&self, batch: &Batch, row: usize, window: crate::Window) -> Result<()> {
        let asked = self.request.window;
        let fits = match self.request.report.windows {
            Windows::Days { .. } => window.days() == 1 && asked.contains(window),
            Windows::Exact { .. } | Windows::Lengths(_) | Windows::Reading => window == asked,
            Windows::Everything => true,
        };
        if fits {
            return Ok(());
        }
        Err(batch.contract_at(row, format!("window {window} is not what was asked for ({asked})")))
    }
}

impl fmt::Debug for Emitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emitter").field("request", &self.request).field("rows", &self.rows).finish_non_exhaustive()
    }
}
