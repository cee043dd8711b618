//! The end of the queue that a task holds while it answers one request.

use std::sync::Arc;

use async_trait::async_trait;
use kpi_core::{Batch, Error, ErrorKind, Exchange, Note, Result};

use super::commit::Closing;
use super::marks::mark;
use super::queue::{Closed, Queue, answer};
use super::writer::{Failure, Message, Ticket};
use crate::{Committed, SliceRequest, SliceWriter};

/// Writes the answer to one request through the writer's thread.
#[derive(Debug)]
pub(super) struct QueuedWriter {
    queue: Arc<Queue<Message>>,
    ticket: Ticket,
    failure: Failure,
    ended: bool,
}

impl QueuedWriter {
    pub(super) fn begin(queue: &Arc<Queue<Message>>, ticket: Ticket, request: SliceRequest) -> Result<Self> {
        let failure = Failure::default();
        queue.push(Message::Begin(ticket, Box::new(request), failure.clone())).map_err(closed)?;
        Ok(Self { queue: Arc::clone(queue), ticket, failure, ended: false })
    }
}

#[async_trait]
impl SliceWriter for QueuedWriter {
    async fn write(&self, batch: Batch) -> Result<()> {
        if let Some(error) = self.failure.take() {
            return Err(error);
        }
        let rows = batch.len();
        if rows == 0 {
            return Ok(());
        }
        let page = Box::new(mark(batch)?);
        self.queue.push_when_room(Message::Batch(self.ticket, page), rows).await.map_err(closed)
    }

    async fn commit(
        mut self: Box<Self>,
        exchanges: Vec<Exchange>,
        notes: Vec<Note>,
        rows_received: u64,
    ) -> Result<Committed> {
        let (reply, answer) = answer();
        let closing = Closing { exchanges, notes, rows_received };
        self.queue.push(Message::Commit(self.ticket, closing, reply)).map_err(closed)?;
        self.ended = true;
        answer.wait().await.map_err(closed)?
    }

    fn abandon(self: Box<Self>) {}
}

impl Drop for QueuedWriter {
    fn drop(&mut self) {
        if !self.ended {
            let told = self.queue.push(Message::Abandon(self.ticket));
            // A closed queue has dropped the request already.
            let _: Option<()> = told.ok();
        }
    }
}

/// The error for a writer's thread that has ended.
pub(super) fn closed(_: Closed) -> Error {
    Error::new(ErrorKind::Internal, "the store is closed")
}
