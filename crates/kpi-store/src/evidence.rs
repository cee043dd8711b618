//! How a revision came to be: exchanges with the vendor, and notes on the figures.

use jiff::Timestamp;
use kpi_core::{Exchange, Note, NoteKind, Window};

use crate::SliceId;

/// What led to a revision. The slices of one request share it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceRecord {
    /// When the vendor was read.
    pub read_at: Timestamp,
    /// The days that were asked for, in one request.
    pub window: Window,
    /// The IANA zone in which they were cut.
    pub zone: String,
    /// How many rows the vendor sent.
    pub rows_received: u64,
    /// How many of them repeated others.
    pub duplicates: u64,
    /// The exchanges, in order.
    pub exchanges: Vec<Exchange>,
    /// The notes, sorted.
    pub notes: Vec<StoredNote>,
}

/// A note, as it comes back from the store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StoredNote {
    /// What it is about.
    pub kind: StoredNoteKind,
    /// A sentence fragment for the report.
    pub text: String,
}

/// What a stored note is about. Metrics are text here: the store keeps those that a program no longer knows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum StoredNoteKind {
    /// The vendor computed the figures from a sample.
    Sampled,
    /// The vendor left out small groups.
    Thresholded,
    /// The vendor no longer offers a metric.
    Withdrawn(String),
    /// Rows were received and not kept.
    Dropped(u64),
    /// Anything else.
    Remark,
}

impl StoredNoteKind {
    /// Whether it says something about the quality of the figures, so that it belongs to a slice's content.
    pub(crate) fn is_quality(&self) -> bool {
        matches!(self, Self::Sampled | Self::Thresholded | Self::Withdrawn(_))
    }

    /// Its name in storage.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Sampled => "sampled",
            Self::Thresholded => "thresholded",
            Self::Withdrawn(_) => "withdrawn",
            Self::Dropped(_) => "dropped",
            Self::Remark => "remark",
        }
    }
}

impl From<Note> for StoredNote {
    fn from(note: Note) -> Self {
        let kind = match note.kind {
            NoteKind::Sampled => StoredNoteKind::Sampled,
            NoteKind::Thresholded => StoredNoteKind::Thresholded,
            NoteKind::Withdrawn(metric) => StoredNoteKind::Withdrawn(metric.as_str().to_owned()),
            NoteKind::Dropped(rows) => StoredNoteKind::Dropped(rows),
            _ => StoredNoteKind::Remark,
        };
        Self { kind, text: note.text }
    }
}

/// A note and the revision that it is on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SliceNote {
    /// The slice.
    pub slice: SliceId,
    /// The revision of the slice.
    pub revision: u32,
    /// The note.
    pub note: StoredNote,
}
