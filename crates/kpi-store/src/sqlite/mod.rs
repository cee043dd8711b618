//! SQLite in one file: write-ahead logging, one writing thread, readers beside it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;

use jiff::Timestamp;
use kpi_core::{AccountProfile, Error, ErrorKind, Result, Window};
use rusqlite::Connection;

use self::lock::WriteLock;
use self::queue::{Closed, Queue};
use self::slice_writer::{QueuedWriter, closed};
use self::writer::{Message, Writer};
use crate::{
    Change, ChangeRecord, EvidenceRecord, FactQuery, FactRow, Group, NewSnapshot, ProfileRecord, RevisionInfo, RunId,
    RunPlan, RunRecord, Selection, SliceId, SliceInfo, SliceNote, SliceRequest, SliceWriter, SnapshotInfo, SnapshotPut,
    SourceOutcome, Store, StoredSnapshot,
};

mod block;
mod commit;
mod duplicates;
mod error;
mod evidence;
mod facts;
mod groups;
mod intern;
mod keys;
mod lock;
mod marks;
mod open;
mod queue;
mod revisions;
mod runs;
mod schema;
mod selection;
mod shape;
mod slice_writer;
mod slices;
mod snapshots;
mod staging;
#[cfg(test)]
mod tests;
mod time;
mod writer;

/// What a store is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Reading, beside whoever writes.
    ReadOnly,
    /// Reading and writing; one process at a time.
    ReadWrite,
}

/// A store in one SQLite file.
pub struct SqliteStore {
    path: PathBuf,
    readers: Mutex<Vec<Connection>>,
    writing: Option<Writing>,
}

/// What a store has beyond readers when it is open for writing.
struct Writing {
    queue: Arc<Queue<Message>>,
    thread: Option<JoinHandle<()>>,
    tickets: AtomicU64,
    _lock: WriteLock,
}

impl SqliteStore {
    /// Opens a store. For writing, the file and its folders are made when they are missing, tables of an older version
    /// are brought up to date, and what a killed process left half-written is removed.
    ///
    /// # Errors
    /// `NotFound` when a store to read is not there; `Config` when the file is damaged, no store, or of a newer version,
    /// none of which changes it; `Unavailable` when another process writes to it.
    pub fn open(path: &Path, mode: Mode) -> Result<Self> {
        let (first, writing) = match mode {
            Mode::ReadOnly => (open::for_reading(path)?, None),
            Mode::ReadWrite => {
                let (connection, lock) = open::for_writing(path)?;
                (open::for_reading(path)?, Some(Writing::start(connection, lock)?))
            }
        };
        Ok(Self { path: path.to_owned(), readers: Mutex::new(vec![first]), writing })
    }

    /// Reads through a connection of its own, so that reads neither wait for each other nor for the writer.
    fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => open::for_reading(&self.path)?,
        };
        let result = selection::in_transaction(&connection, read);
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        result
    }

    /// Writes through the writer's thread, and waits until it is done.
    fn write<T: Send + 'static>(&self, write: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static) -> Result<T> {
        let (reply, answer) = mpsc::sync_channel(1);
        let call = Box::new(move |connection: &mut Connection| {
            // Nobody takes the answer only if the caller's thread is gone.
            drop(reply.send(write(connection)));
        });
        self.writing()?.queue.push(Message::Call(call)).map_err(closed)?;
        answer.recv().map_err(|_| closed(Closed))?
    }

    fn writing(&self) -> Result<&Writing> {
        self.writing.as_ref().ok_or_else(|| Error::new(ErrorKind::Config, "the store was opened for reading only"))
    }
}

impl Writing {
    fn start(connection: Connection, lock: WriteLock) -> Result<Self> {
        let queue = Arc::new(Queue::new());
        let writer = Writer::new(connection)?;
        let end = EndOfThread(Arc::clone(&queue));
        let thread = std::thread::Builder::new().name("store".to_owned()).spawn(move || writer.run(&end.0));
        let thread = thread.map_err(|error| {
            Error::new(ErrorKind::Internal, "the store's writing thread cannot start").caused_by(error)
        })?;
        Ok(Self { queue, thread: Some(thread), tickets: AtomicU64::new(0), _lock: lock })
    }
}

/// Closes the queue however the thread ends, so that nobody waits for it.
struct EndOfThread(Arc<Queue<Message>>);

impl Drop for EndOfThread {
    fn drop(&mut self) {
        self.0.close();
        self.0.clear();
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.queue.close();
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been told to those who waited for it.
            drop(thread.join());
        }
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = if self.writing.is_some() { Mode::ReadWrite } else { Mode::ReadOnly };
        f.debug_struct("SqliteStore").field("path", &self.path).field("mode", &mode).finish_non_exhaustive()
    }
}

impl Store for SqliteStore {
    fn begin(&self, request: SliceRequest) -> Result<Box<dyn SliceWriter>> {
        let writing = self.writing()?;
        let ticket = writing.tickets.fetch_add(1, Ordering::Relaxed);
        Ok(Box::new(QueuedWriter::begin(&writing.queue, ticket, request)?))
    }

    fn sources(&self) -> Result<Vec<String>> {
        self.read(slices::sources)
    }

    fn slices(&self, source: &str) -> Result<Vec<SliceInfo>> {
        self.read(|connection| slices::of_source(connection, source))
    }

    fn slice(&self, id: &SliceId) -> Result<Option<SliceInfo>> {
        self.read(|connection| slices::one(connection, id))
    }

    fn history(&self, id: &SliceId) -> Result<Vec<RevisionInfo>> {
        self.read(|connection| slices::history(connection, id))
    }

    fn evidence(&self, id: &SliceId, revision: u32) -> Result<Option<EvidenceRecord>> {
        self.read(|connection| evidence::of_revision(connection, id, revision))
    }

    fn notes(&self, source: &str, window: Window, selection: &Selection) -> Result<Vec<SliceNote>> {
        self.read(|connection| evidence::notes(connection, source, window, selection))
    }

    fn groups(&self, source: &str, window: Window, selection: &Selection) -> Result<Vec<Group>> {
        self.read(|connection| groups::groups(connection, source, window, selection))
    }

    fn facts(&self, query: &FactQuery, each: &mut dyn FnMut(FactRow<'_>) -> Result<()>) -> Result<()> {
        self.read(|connection| facts::facts(connection, query, each))
    }

    fn begin_run(&self, plan: &RunPlan) -> Result<RunId> {
        let plan = plan.clone();
        self.write(move |connection| runs::begin(connection, &plan))
    }

    fn finish_run(&self, run: RunId, finished_at: Timestamp, outcomes: &[SourceOutcome]) -> Result<()> {
        let outcomes = outcomes.to_vec();
        self.write(move |connection| runs::finish(connection, run, finished_at, &outcomes))
    }

    fn runs(&self, limit: usize) -> Result<Vec<RunRecord>> {
        self.read(|connection| runs::latest(connection, limit))
    }

    fn put_profile(&self, source: &str, profile: &AccountProfile, checked_at: Timestamp) -> Result<()> {
        let (source, profile) = (source.to_owned(), profile.clone());
        self.write(move |connection| runs::put_profile(connection, &source, &profile, checked_at))
    }

    fn profile(&self, source: &str) -> Result<Option<ProfileRecord>> {
        self.read(|connection| runs::profile(connection, source))
    }

    fn put_snapshot(&self, snapshot: &NewSnapshot<'_>) -> Result<SnapshotPut> {
        let info = SnapshotInfo {
            workspace: snapshot.workspace.to_owned(),
            period: snapshot.period.to_owned(),
            revision: 0,
            content_hash: snapshot.content_hash.to_owned(),
            created_at: snapshot.created_at,
        };
        let json = snapshot.json.to_vec();
        self.write(move |connection| snapshots::put(connection, &info, &json))
    }

    fn snapshot(&self, workspace: &str, period: &str, revision: Option<u32>) -> Result<Option<StoredSnapshot>> {
        self.read(|connection| snapshots::get(connection, workspace, period, revision))
    }

    fn snapshots(&self, workspace: &str, period: Option<&str>) -> Result<Vec<SnapshotInfo>> {
        self.read(|connection| snapshots::list(connection, workspace, period))
    }

    fn add_changes(&self, changes: &[Change], recorded_at: Timestamp) -> Result<usize> {
        let changes = changes.to_vec();
        self.write(move |connection| snapshots::add_changes(connection, &changes, recorded_at))
    }

    fn changes(&self) -> Result<Vec<ChangeRecord>> {
        self.read(snapshots::changes)
    }
}
