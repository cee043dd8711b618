//! The schema's versions, and the way from one to the next.

use kpi_core::{Error, ErrorKind, Result};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::error::{Sqlite, unreadable};

/// Each script leads from the version before it (the first from nothing) to its own, which it notes.
const MIGRATIONS: [&str; 1] = [include_str!("schema.sql")];

/// Brings the schema to the version that this program knows.
///
/// # Errors
/// `Config` when a newer program wrote the file, or when it is something else's database.
pub(super) fn migrate(connection: &mut Connection) -> Result<()> {
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).doing("be opened for writing")?;
    for script in MIGRATIONS.iter().skip(known(version(&transaction)?)?) {
        transaction.execute_batch(script).doing("bring its tables to this version")?;
    }
    transaction.commit().doing("bring its tables to this version")
}

/// Refuses a file that cannot be brought to this version, before anything in it is changed.
///
/// # Errors
/// `Config` when a newer program wrote the file, or when it is something else's database.
pub(super) fn check(connection: &Connection) -> Result<()> {
    known(version(connection)?).map(|_| ())
}

/// Refuses a schema that is not of the version that this program knows.
///
/// # Errors
/// `Config` when the file is older, newer or something else.
pub(super) fn require_current(connection: &Connection) -> Result<()> {
    let found = version(connection)?;
    if known(found)? == MIGRATIONS.len() {
        return Ok(());
    }
    if found == 0 {
        return Err(Error::new(ErrorKind::Config, "the store is empty").hint("run `kpi collect` first"));
    }
    Err(Error::new(ErrorKind::Config, format!("the store has the tables of an older version ({found})"))
        .hint("run a command that writes to it, such as `kpi collect`, which brings it up to date"))
}

/// The version of the schema; 0 for a file without tables.
fn version(connection: &Connection) -> Result<i64> {
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema WHERE type = 'table'", [], |row| row.get(0))
        .doing("be read")?;
    if tables == 0 {
        return Ok(0);
    }
    let ours: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema WHERE name IN ('schema_version', 'slice')", [], |row| row.get(0))
        .doing("be read")?;
    if ours != 2 {
        return Err(unreadable("the file is another program's database, not a store"));
    }
    let version = connection
        .query_row("SELECT max(version) FROM schema_version", [], |row| row.get::<_, Option<i64>>(0))
        .optional()
        .doing("be read")?;
    version.flatten().ok_or_else(|| unreadable("the store does not say its version"))
}

fn known(version: i64) -> Result<usize> {
    usize::try_from(version).ok().filter(|version| *version <= MIGRATIONS.len()).ok_or_else(|| {
        Error::new(
            ErrorKind::Config,
            format!(
                "the store was written by a newer program (version {version}; this one knows {})",
                MIGRATIONS.len()
            ),
        )
        .hint("update kpi, or name another file as `store` in [workspace]; nothing was changed")
    })
}
