//! The one thread that writes: it packs pages as they come and commits slices when it is told to.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use kpi_core::{Error, Result};
use rusqlite::Connection;

use super::commit::{self, Closing, given_up};
use super::keys::KeyRuns;
use super::marks::MarkedBatch;
use super::queue::{Queue, Reply};
use super::shape::ShapeNumbers;
use super::staging::Staging;
use crate::{Committed, SliceRequest};

/// How much of unsealed blocks is kept in memory, over all requests.
const BUFFER_BYTES: usize = 4 << 20;
/// How many keys are kept in memory, over all requests: 4 MiB of them.
const KEYS: usize = 1 << 18;

/// The number of a request that is being answered.
pub(super) type Ticket = u64;

/// What the writer's thread is told.
pub(super) enum Message {
    Begin(Ticket, Box<SliceRequest>, Failure),
    Batch(Ticket, Box<MarkedBatch>),
    Commit(Ticket, Closing, Reply<Result<Committed>>),
    Abandon(Ticket),
    Call(Box<dyn FnOnce(&mut Connection) + Send>),
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Begin(..) => "Begin",
            Self::Batch(..) => "Batch",
            Self::Commit(..) => "Commit",
            Self::Abandon(..) => "Abandon",
            Self::Call(..) => "Call",
        })
    }
}

/// Where the writer's thread leaves the error of a page, for whoever sends the next.
#[derive(Clone, Debug, Default)]
pub(super) struct Failure(Arc<Mutex<Option<Error>>>);

impl Failure {
    pub(super) fn take(&self) -> Option<Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn set(&self, error: Error) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }
}

/// The thread's state.
#[derive(Debug)]
pub(super) struct Writer {
    connection: Connection,
    shapes: ShapeNumbers,
    open: HashMap<Ticket, Open>,
}

/// A request that is being answered, unless a page of it failed.
#[derive(Debug)]
struct Open {
    staging: Option<Box<Staging>>,
    failure: Failure,
}

impl Writer {
    pub(super) fn new(connection: Connection) -> Result<Self> {
        KeyRuns::prepare(&connection)?;
        Ok(Self { connection, shapes: ShapeNumbers::default(), open: HashMap::new() })
    }

    /// Does what the queue says until it is closed.
    pub(super) fn run(mut self, queue: &Queue<Message>) {
        while let Some(message) = queue.pop() {
            match message {
                Message::Begin(ticket, request, failure) => {
                    let staging = Some(Box::new(Staging::new(*request)));
                    self.open.insert(ticket, Open { staging, failure });
                }
                Message::Batch(ticket, batch) => self.batch(ticket, &batch),
                Message::Commit(ticket, closing, reply) => {
                    let committed = self.commit(ticket, closing);
                    reply.send(committed);
                }
                Message::Abandon(ticket) => {
                    if let Some(Open { staging: Some(staging), .. }) = self.open.remove(&ticket) {
                        self.discard(*staging);
                    }
                }
                Message::Call(call) => call(&mut self.connection),
            }
        }
    }

    fn batch(&mut self, ticket: Ticket, batch: &MarkedBatch) {
        let Some(mut open) = self.open.remove(&ticket) else { return };
        if let Some(mut staging) = open.staging.take() {
            match self.take(&mut staging, batch) {
                Ok(()) => open.staging = Some(staging),
                Err(error) => {
                    open.failure.set(error);
                    self.discard(*staging);
                }
            }
        }
        self.open.insert(ticket, open);
    }

    fn take(&mut self, staging: &mut Staging, batch: &MarkedBatch) -> Result<()> {
        staging.take(batch)?;
        let others = || self.open.values().filter_map(|open| open.staging.as_deref());
        if staging.buffered() + others().map(Staging::buffered).sum::<usize>() > BUFFER_BYTES {
            staging.seal_all();
        }
        if staging.keys.in_memory() + others().map(|other| other.keys.in_memory()).sum::<usize>() > KEYS {
            staging.keys.spill(&self.connection)?;
        }
        commit::stage(&mut self.connection, &mut self.shapes, staging)
    }

    fn commit(&mut self, ticket: Ticket, closing: Closing) -> Result<Committed> {
        let open = self.open.remove(&ticket).ok_or_else(given_up)?;
        let Some(mut staging) = open.staging else { return Err(open.failure.take().unwrap_or_else(given_up)) };
        let committed = commit::commit(&mut self.connection, &mut self.shapes, &mut staging, closing);
        if committed.is_err() {
            self.discard(*staging);
        }
        committed
    }

    fn discard(&mut self, staging: Staging) {
        // Nobody sees staged rows. What cannot be removed now is purged when the store is next opened for writing.
        drop(commit::discard(&mut self.connection, staging));
    }
}
