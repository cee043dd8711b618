//! SQLite's errors, told as ours.

use kpi_core::{Error, ErrorKind, Result};
use rusqlite::ErrorCode;

/// Says what was being done when SQLite failed.
pub(super) trait Sqlite<T> {
    /// Turns SQLite's error into ours. `action` reads after "cannot".
    fn doing(self, action: &str) -> Result<T>;
}

impl<T> Sqlite<T> for rusqlite::Result<T> {
    fn doing(self, action: &str) -> Result<T> {
        self.map_err(|error| explain(error, action))
    }
}

/// The error for a file that is no store, or no longer one.
pub(super) fn unreadable(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Config, message)
        .hint("check `store` in [workspace]; restore the file from a backup or move it away; nothing was changed")
}

/// The error for a text in the store that cannot have been written by it.
pub(super) fn damaged_text(what: &str, text: &str) -> Error {
    Error::new(ErrorKind::Internal, format!("the store is damaged: `{text}` is no {what}"))
        .hint("restore the store from a backup, or move it away and collect again; nothing was changed")
}

fn explain(error: rusqlite::Error, action: &str) -> Error {
    let message = format!("the store cannot {action}");
    let (kind, hint) = match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            return unreadable(format!("the store is damaged or no store at all: cannot {action}")).caused_by(error);
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            (ErrorKind::Unavailable, "another program has locked the store: run again when it is done")
        }
        Some(ErrorCode::DiskFull) => {
            (ErrorKind::Internal, "the disk is full: make room and run again; what was committed is kept")
        }
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            (ErrorKind::Config, "check that the store's file and folder may be written by this user")
        }
        Some(ErrorCode::SystemIoFailure) => (ErrorKind::Internal, "check the disk, and run again"),
        _ => return Error::new(ErrorKind::Internal, message).with("sqlite", &error).caused_by(error),
    };
    Error::new(kind, message).hint(hint).with("sqlite", &error).caused_by(error)
}
