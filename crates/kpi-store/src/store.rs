//! The contract between the rest of the program and whatever keeps its data.

use async_trait::async_trait;
use jiff::Timestamp;
use kpi_core::{AccountProfile, Batch, Exchange, Note, Result, Window};

use crate::{
    Change, ChangeRecord, Committed, EvidenceRecord, FactQuery, FactRow, Group, NewSnapshot, ProfileRecord,
    RevisionInfo, RunId, RunPlan, RunRecord, Selection, SliceId, SliceInfo, SliceNote, SliceRequest, SnapshotInfo,
    SnapshotPut, SourceOutcome, StoredSnapshot,
};

/// Keeps slices with their history, evidence, runs and snapshots.
///
/// Only [`SliceWriter`]s move much data, and they are asynchronous. The other methods are short calls that may block
/// for as long as it takes to write one page.
///
/// # Errors
/// Every method fails with `Internal` when the storage does (a full disk, a damaged file), and every writing one with
/// `Config` when the store was opened for reading.
pub trait Store: Send + Sync {
    /// Begins to write the answer to one request.
    ///
    /// # Errors
    /// `Config` when the store was opened for reading.
    fn begin(&self, request: SliceRequest) -> Result<Box<dyn SliceWriter>>;

    /// The ids of the sources that have slices, in order.
    fn sources(&self) -> Result<Vec<String>>;

    /// The latest revisions of a source's slices, by report and window: what is there, and since when.
    fn slices(&self, source: &str) -> Result<Vec<SliceInfo>>;

    /// The latest revision of one slice.
    fn slice(&self, id: &SliceId) -> Result<Option<SliceInfo>>;

    /// The revisions of a slice, oldest first; none when there is no such slice.
    fn history(&self, id: &SliceId) -> Result<Vec<RevisionInfo>>;

    /// How a revision was read; `None` when there is no such revision.
    fn evidence(&self, id: &SliceId, revision: u32) -> Result<Option<EvidenceRecord>>;

    /// The notes on a source's slices that share a day with the window.
    fn notes(&self, source: &str, window: Window, selection: &Selection) -> Result<Vec<SliceNote>>;

    /// What a source offers for a window, in order: each kind of figure in slices that share a day with it.
    fn groups(&self, source: &str, window: Window, selection: &Selection) -> Result<Vec<Group>>;

    /// Streams the figures that a query names, by source, report, window and revision of their slices; within a slice
    /// in no particular order.
    ///
    /// # Errors
    /// The first error of `each`, which ends the stream.
    fn facts(&self, query: &FactQuery, each: &mut dyn FnMut(FactRow<'_>) -> Result<()>) -> Result<()>;

    /// Notes that a run begins, with everything that it plans to ask for.
    fn begin_run(&self, plan: &RunPlan) -> Result<RunId>;

    /// Notes how a run ended for each of its sources.
    ///
    /// # Errors
    /// `Contract` when there is no such run.
    fn finish_run(&self, run: RunId, finished_at: Timestamp, outcomes: &[SourceOutcome]) -> Result<()>;

    /// The latest runs, newest first; those that were interrupted have no end.
    fn runs(&self, limit: usize) -> Result<Vec<RunRecord>>;

    /// Keeps who a source's account is.
    fn put_profile(&self, source: &str, profile: &AccountProfile, checked_at: Timestamp) -> Result<()>;

    /// Who a source's account was when it was last checked.
    fn profile(&self, source: &str) -> Result<Option<ProfileRecord>>;

    /// Keeps a snapshot. One whose hash is that of the period's latest adds no revision.
    fn put_snapshot(&self, snapshot: &NewSnapshot<'_>) -> Result<SnapshotPut>;

    /// One revision of a period's snapshot, or the latest.
    fn snapshot(&self, workspace: &str, period: &str, revision: Option<u32>) -> Result<Option<StoredSnapshot>>;

    /// The revisions of a workspace's snapshots, by period and revision; of one period, or of all.
    fn snapshots(&self, workspace: &str, period: Option<&str>) -> Result<Vec<SnapshotInfo>>;

    /// Adds entries to the change log and says how many were new; an entry that is there already is left alone.
    fn add_changes(&self, changes: &[Change], recorded_at: Timestamp) -> Result<usize>;

    /// The change log, by date and subject.
    fn changes(&self) -> Result<Vec<ChangeRecord>>;
}

/// Writes the answer to one request: one slice, or one per day. Dropped without commit, it leaves nothing behind.
#[async_trait]
pub trait SliceWriter: Send + Sync {
    /// Passes a page of rows on, waiting while the store is busy.
    ///
    /// The page may be looked at later: what is wrong with it is told by this call, a later one, or the commit. Dropping
    /// the future before it is done loses the page, and with it the answer: abandon it.
    ///
    /// # Errors
    /// `Contract` when a row lies outside the days of the request, `Internal` when the storage fails.
    async fn write(&self, batch: Batch) -> Result<()>;

    /// Makes everything that was written visible at once, with the evidence for it.
    ///
    /// Once it has begun to run, dropping the future does not stop it.
    ///
    /// # Errors
    /// `Contract`, naming metric, window and breakdown, when two rows give one figure different values; whatever an
    /// earlier page was refused for; `Internal` when the storage fails. Nothing is visible then.
    async fn commit(
        self: Box<Self>,
        exchanges: Vec<Exchange>,
        notes: Vec<Note>,
        rows_received: u64,
    ) -> Result<Committed>;

    /// Gives up: removes what was written so far.
    fn abandon(self: Box<Self>);
}
