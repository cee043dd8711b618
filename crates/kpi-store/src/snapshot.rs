//! Snapshots: the KPIs of one period as they were computed, numbered and hashed.

use jiff::Timestamp;

/// A snapshot to keep.
///
/// A document that states its own revision states the latest one's plus one: there is one writer at a time.
#[derive(Clone, Copy, Debug)]
pub struct NewSnapshot<'a> {
    /// The name of the workspace.
    pub workspace: &'a str,
    /// The id of the period.
    pub period: &'a str,
    /// The hash of its content, as the document states it.
    pub content_hash: &'a str,
    /// When it was computed.
    pub created_at: Timestamp,
    /// The document.
    pub json: &'a [u8],
}

/// What became of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapshotPut {
    /// The period's latest revision now.
    pub revision: u32,
    /// Whether it is new; if not, it had the same hash already.
    pub added: bool,
}

/// A snapshot without its document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotInfo {
    /// The name of the workspace.
    pub workspace: String,
    /// The id of the period.
    pub period: String,
    /// Its number within the period, from 1.
    pub revision: u32,
    /// The hash of its content.
    pub content_hash: String,
    /// When it was computed.
    pub created_at: Timestamp,
}

/// A snapshot as it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSnapshot {
    /// Which one.
    pub info: SnapshotInfo,
    /// The document, byte for byte.
    pub json: Vec<u8>,
}
