//! Where observations, evidence and snapshots are kept: the [`Store`] trait and SQLite behind it.
//!
//! # Slices and revisions
//!
//! A slice is what one report of one source says about one window; its [`SliceId`] names the three. It is replaced
//! whole: a reading with other content adds a revision, a reading with equal content only moves the slice's last time
//! of reading. Old revisions stay, so that a restated figure can be shown as it once was. A request for several single
//! days yields one slice per day, empty days included: an empty slice proves that the day was read.
//!
//! # Writing
//!
//! ```no_run
//! # use kpi_store::{Mode, SliceRequest, SqliteStore, Store};
//! # async fn example(request: SliceRequest, page: kpi_core::Batch) -> kpi_core::Result<()> {
//! let store = SqliteStore::open("data/kpi.sqlite".as_ref(), Mode::ReadWrite)?;
//! let slice = store.begin(request)?;
//! slice.write(page).await?; // waits while the store is busy, without blocking the thread
//! let committed = slice.commit(Vec::new(), Vec::new(), 25_000).await?;
//! # let _ = committed;
//! # Ok(())
//! # }
//! ```
//!
//! Nothing of a slice is visible before [`SliceWriter::commit`] returns, and all slices of one request appear at once.
//! A writer that is dropped, or a process that is killed, leaves nothing behind that a reader could see.
//!
//! # Reading
//!
//! [`Store::groups`] says what there is for a window, [`Store::facts`] streams the figures. Both take a [`Selection`]:
//! the latest revisions, those of an earlier time, named ones, or all of them. Readers never wait for a writer.
//!
//! # Backends
//!
//! [`SqliteStore`] keeps everything in one file. Another backend implements [`Store`] and passes the functions of
//! `conformance` (feature `conformance`).

mod bytes;
mod change;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod content;
mod evidence;
mod query;
mod run;
mod slice;
mod snapshot;
mod sqlite;
mod store;

pub use change::{Change, ChangeRecord};
pub use content::ContentHash;
pub use evidence::{EvidenceRecord, SliceNote, StoredNote, StoredNoteKind};
pub use query::{FactQuery, FactRow, Filter, Group, Selection};
pub use run::{
    PlannedRequest, ProfileRecord, RunError, RunId, RunPlan, RunRecord, RunRequest, SourceOutcome, SourceStatus,
};
pub use slice::{Committed, CommittedSlice, RevisionInfo, SliceId, SliceInfo, SliceRequest, Slicing};
pub use snapshot::{NewSnapshot, SnapshotInfo, SnapshotPut, StoredSnapshot};
pub use sqlite::{Mode, SqliteStore};
pub use store::{SliceWriter, Store};
