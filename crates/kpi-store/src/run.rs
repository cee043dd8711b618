//! Records of runs and of the accounts behind the sources.

use std::fmt;

use jiff::Timestamp;
use kpi_core::{AccountProfile, Error, Window};

/// The number of a run in its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(pub i64);

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a run sets out to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunPlan {
    /// When it began.
    pub started_at: Timestamp,
    /// The period that it is for, as written in configurations.
    pub period: String,
    /// Every request that it plans.
    pub requests: Vec<PlannedRequest>,
}

/// One request of a plan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlannedRequest {
    /// The id of the source.
    pub source: String,
    /// The id of the report.
    pub report: String,
    /// The days.
    pub window: Window,
}

/// How a run went for one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceOutcome {
    /// The id of the source.
    pub source: String,
    /// How it went.
    pub status: SourceStatus,
    /// Why, where it did not go well.
    pub error: Option<RunError>,
    /// How many rows were kept.
    pub rows: u64,
}

/// Whether a source was read whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SourceStatus {
    /// Every planned request was answered.
    Complete,
    /// Some were.
    Partial,
    /// None was.
    Failed,
    /// It was not asked.
    Skipped,
}

impl SourceStatus {
    /// The status as written in snapshots.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Partial => "partial",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }

    /// Reads a status as written in snapshots.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Complete, Self::Partial, Self::Failed, Self::Skipped].into_iter().find(|status| status.as_str() == text)
    }
}

/// An error, as snapshots tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunError {
    /// Who must act.
    pub kind: String,
    /// What happened.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl From<&Error> for RunError {
    fn from(error: &Error) -> Self {
        Self { kind: error.kind().to_string(), message: error.to_string(), hint: error.hint_text().to_owned() }
    }
}

/// A run, as far as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRecord {
    /// Its number.
    pub id: RunId,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; `None` for one that still runs or was interrupted.
    pub finished_at: Option<Timestamp>,
    /// The period that it was for.
    pub period: String,
    /// Its requests, in the order of the plan.
    pub requests: Vec<RunRequest>,
    /// How it went, by source.
    pub outcomes: Vec<SourceOutcome>,
}

/// A planned request, and whether it was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRequest {
    /// What was planned.
    pub request: PlannedRequest,
    /// Whether its slices were committed.
    pub done: bool,
}

/// Who an account was when it was last checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileRecord {
    /// The account.
    pub profile: AccountProfile,
    /// When it was checked.
    pub checked_at: Timestamp,
}
