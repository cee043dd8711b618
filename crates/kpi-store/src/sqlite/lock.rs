//! One writer at a time: a lock on a file beside the store, which the system lifts when its holder dies.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use kpi_core::{Error, ErrorKind, Result};

/// Held for as long as a store is open for writing.
#[derive(Debug)]
pub(super) struct WriteLock(#[expect(dead_code, reason = "closing the file lifts the lock")] File);

impl WriteLock {
    /// Locks the store, or says who has.
    ///
    /// # Errors
    /// `Unavailable` when another process writes to the store.
    pub(super) fn take(store: &Path) -> Result<Self> {
        let path = beside(store);
        let refuse = |error: std::io::Error| {
            Error::new(ErrorKind::Config, format!("the store's lock file {} cannot be opened", path.display()))
                .hint("check that the store's folder may be written by this user and can lock files")
                .caused_by(error)
        };
        let mut file = private().open(&path).map_err(refuse)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // The holder's name is a courtesy: without it the message says less.
                let read = file.read_to_string(&mut holder).is_ok();
                let holder = if read && !holder.trim().is_empty() { holder.trim() } else { "another process" };
                return Err(Error::new(ErrorKind::Unavailable, format!("{holder} is writing to the store"))
                    .hint("run again when it has ended; `kpi report` and other readers work meanwhile"));
            }
            Err(TryLockError::Error(error)) => return Err(refuse(error)),
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| write!(file, "process {}", std::process::id()))
            .map_err(refuse)?;
        Ok(Self(file))
    }
}

/// Options that create a file for its owner alone.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn beside(store: &Path) -> PathBuf {
    let mut name = OsString::from(store);
    name.push(".lock");
    PathBuf::from(name)
}
