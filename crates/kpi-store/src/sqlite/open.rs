//! Opening the file: making it, checking that it is a store, and setting up connections.

use std::path::Path;
use std::time::Duration;

use kpi_core::{Error, ErrorKind, Result};
use rusqlite::{Connection, OpenFlags};

use super::error::Sqlite;
use super::lock::{WriteLock, private};
use super::schema;

/// Opens the connection that writes, with its lock.
pub(super) fn for_writing(path: &Path) -> Result<(Connection, WriteLock)> {
    let refuse = |error: std::io::Error| {
        Error::new(ErrorKind::Config, format!("the store {} cannot be made", path.display()))
            .hint("check `store` in [workspace], and that this user may write there")
            .caused_by(error)
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(refuse)?;
    }
    // SQLite gives the files beside it the same rights.
    private().open(path).map_err(refuse)?;
    // Whatever the name by which it is opened, one store has one lock.
    let path = &path.canonicalize().map_err(refuse)?;
    let lock = WriteLock::take(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).doing("be opened")?;
    set_up(&connection)?;
    schema::check(&connection)?;
    connection
        .execute_batch(
            "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
             PRAGMA wal_autocheckpoint = 4096; PRAGMA journal_size_limit = 33554432;",
        )
        .doing("be opened for writing")?;
    schema::migrate(&mut connection)?;
    purge(&mut connection)?;
    Ok((connection, lock))
}

/// Opens a connection that reads.
pub(super) fn for_reading(path: &Path) -> Result<Connection> {
    if !path.is_file() {
        return Err(Error::new(ErrorKind::NotFound, format!("there is no store {}", path.display()))
            .hint("run `kpi collect` first, or check `store` in [workspace]"));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).doing("be opened")?;
    set_up(&connection)?;
    schema::require_current(&connection)?;
    Ok(connection)
}

fn set_up(connection: &Connection) -> Result<()> {
    connection.set_prepared_statement_cache_capacity(64);
    connection.busy_timeout(Duration::from_secs(10)).doing("be opened")?;
    connection.execute_batch("PRAGMA cache_size = -4096; PRAGMA foreign_keys = ON;").doing("be opened")
}

/// Removes what a killed process left staged: the lock says that it is nobody's any more.
fn purge(connection: &mut Connection) -> Result<()> {
    let transaction = connection.transaction().doing("be cleaned")?;
    transaction
        .execute_batch(
            "DELETE FROM block WHERE revision IN (SELECT id FROM revision WHERE number IS NULL);
             DELETE FROM revision WHERE number IS NULL;
             DELETE FROM slice WHERE latest IS NULL;",
        )
        .doing("be cleaned")?;
    transaction.commit().doing("be cleaned")
}
