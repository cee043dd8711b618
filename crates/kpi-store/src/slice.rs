//! Slices: what one report of one source says about one window, in revisions.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use kpi_core::{Column, Error, ErrorKind, Result, Window};

use crate::{ContentHash, RunId};

/// Which slice: source, report and window. It is written `source/report/first..last`, and a single day as one date.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SliceId {
    /// The id of the source.
    pub source: String,
    /// The id of the report within the source's adapter.
    pub report: String,
    /// The days.
    pub window: Window,
}

impl SliceId {
    /// The id of a slice.
    pub fn new(source: impl Into<String>, report: impl Into<String>, window: Window) -> Self {
        Self { source: source.into(), report: report.into(), window }
    }
}

impl fmt::Display for SliceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.source, self.report, self.window)
    }
}

impl FromStr for SliceId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let refuse = || {
            Error::new(ErrorKind::Config, format!("`{text}` is not the id of a slice"))
                .hint("write source/report/2026-10-01 or source/report/2026-10-01..2026-10-31")
        };
        let (source, rest) = text.split_once('/').ok_or_else(refuse)?;
        let (report, days) = rest.rsplit_once('/').ok_or_else(refuse)?;
        let (first, last) = days.split_once("..").unwrap_or((days, days));
        let day = |text: &str| text.parse::<Date>().map_err(|_| refuse());
        Ok(Self::new(source, report, Window::new(day(first)?, day(last)?)?))
    }
}

/// How the rows of a request are cut into slices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slicing {
    /// One slice for the whole window, whatever the windows of its rows.
    Whole,
    /// One slice for each day of the window, empty ones included; every row is of a single day in it.
    Days,
}

/// What a [`SliceWriter`](crate::SliceWriter) answers.
#[derive(Clone, Debug)]
pub struct SliceRequest {
    /// The run that asks, whose planned request of the same source, report and window is marked as done by the commit.
    pub run: Option<RunId>,
    /// The id of the source.
    pub source: String,
    /// The id of the report.
    pub report: String,
    /// The days that were asked for.
    pub window: Window,
    /// How they are cut into slices.
    pub slicing: Slicing,
    /// The IANA zone in which the days were cut.
    pub zone: String,
    /// When the run reads.
    pub read_at: Timestamp,
    /// The columns that were asked for: an empty slice says something about these only.
    pub columns: Vec<Column>,
    /// The dimensions that were asked for.
    pub dimensions: Vec<String>,
}

/// The latest revision of a slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SliceInfo {
    /// Which slice.
    pub id: SliceId,
    /// The number of its latest revision, from 1.
    pub revision: u32,
    /// The hash of its content.
    pub hash: ContentHash,
    /// When this content was first read.
    pub read_at: Timestamp,
    /// When it was last read and found equal.
    pub last_read: Timestamp,
    /// How many rows it has; 0 proves that there were none.
    pub rows: u64,
    /// The IANA zone in which its days were cut.
    pub zone: String,
    /// The metrics that were asked for, sorted.
    pub asked: Vec<String>,
}

/// One revision of a slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionInfo {
    /// Its number, from 1.
    pub revision: u32,
    /// The hash of its content.
    pub hash: ContentHash,
    /// When it was first read.
    pub read_at: Timestamp,
    /// When it was last read and found equal.
    pub last_read: Timestamp,
    /// How many rows it has.
    pub rows: u64,
}

/// What a commit did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Each slice of the request, by window.
    pub slices: Vec<CommittedSlice>,
    /// How many rows repeated figures of others with equal values.
    pub duplicates: u64,
}

/// What a commit did to one slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommittedSlice {
    /// Which slice.
    pub id: SliceId,
    /// Its latest revision now.
    pub revision: u32,
    /// The hash of its content.
    pub hash: ContentHash,
    /// How many rows it has.
    pub rows: u64,
    /// Whether the content is new; if not, only the time of reading moved.
    pub changed: bool,
}
