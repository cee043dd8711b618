//! Runs and account profiles.

use jiff::Timestamp;
use kpi_core::{AccountProfile, Currency, Error, ErrorKind, Result};
use rusqlite::{Connection, OptionalExtension, params};

use super::error::{Sqlite, damaged_text};
use super::revisions::integer;
use super::selection::count;
use super::time::{day_text, time, time_text, window};
use crate::{
    PlannedRequest, ProfileRecord, RunError, RunId, RunPlan, RunRecord, RunRequest, SourceOutcome, SourceStatus,
};

/// Notes that a run begins.
pub(super) fn begin(connection: &mut Connection, plan: &RunPlan) -> Result<RunId> {
    let transaction = connection.transaction().doing("note a run")?;
    let run = transaction
        .prepare_cached("INSERT INTO run (started_at, period) VALUES (?1, ?2)")
        .and_then(|mut insert| insert.insert(params![time_text(plan.started_at), plan.period]))
        .doing("note a run")?;
    for (position, request) in (0_i64..).zip(&plan.requests) {
        let (first, last) = (day_text(request.window.first()), day_text(request.window.last()));
        transaction
            .prepare_cached(
                "INSERT INTO run_request (run, position, source, report, first, last) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT DO NOTHING",
            )
            .and_then(|mut insert| insert.execute(params![run, position, request.source, request.report, first, last]))
            .doing("note a planned request")?;
    }
    transaction.commit().doing("note a run")?;
    Ok(RunId(run))
}

/// Notes how a run ended.
pub(super) fn finish(
    connection: &mut Connection,
    run: RunId,
    finished_at: Timestamp,
    outcomes: &[SourceOutcome],
) -> Result<()> {
    let transaction = connection.transaction().doing("note the end of a run")?;
    let known = transaction
        .prepare_cached("UPDATE run SET finished_at = ?2 WHERE id = ?1")
        .and_then(|mut update| update.execute(params![run.0, time_text(finished_at)]))
        .doing("note the end of a run")?;
    if known == 0 {
        return Err(Error::new(ErrorKind::Contract, format!("there is no run {run}")));
    }
    for outcome in outcomes {
        let error = outcome.error.as_ref();
        transaction
            .prepare_cached("INSERT OR REPLACE INTO run_source VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
            .and_then(|mut insert| {
                insert.execute(params![
                    run.0,
                    outcome.source,
                    outcome.status.as_str(),
                    error.map(|error| &error.kind),
                    error.map(|error| &error.message),
                    error.map(|error| &error.hint),
                    integer(outcome.rows),
                ])
            })
            .doing("note how a source went")?;
    }
    transaction.commit().doing("note the end of a run")
}

/// The latest runs, newest first.
pub(super) fn latest(connection: &Connection, limit: usize) -> Result<Vec<RunRecord>> {
    let heads: Vec<(i64, String, Option<String>, String)> = connection
        .prepare_cached("SELECT id, started_at, finished_at, period FROM run ORDER BY id DESC LIMIT ?1")
        .and_then(|mut query| {
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            query.query_map([limit], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?.collect()
        })
        .doing("list the runs")?;
    let mut runs = Vec::new();
    for (id, started_at, finished_at, period) in heads {
        runs.push(RunRecord {
            id: RunId(id),
            started_at: time(&started_at)?,
            finished_at: finished_at.as_deref().map(time).transpose()?,
            period,
            requests: requests(connection, id)?,
            outcomes: outcomes(connection, id)?,
        });
    }
    Ok(runs)
}

fn requests(connection: &Connection, run: i64) -> Result<Vec<RunRequest>> {
    let mut query = connection
        .prepare_cached("SELECT source, report, first, last, done FROM run_request WHERE run = ?1 ORDER BY position")
        .doing("read the requests of a run")?;
    let mut rows = query.query([run]).doing("read the requests of a run")?;
    let mut requests = Vec::new();
    while let Some(row) = rows.next().doing("read the requests of a run")? {
        let text = |column: usize| row.get::<_, String>(column).doing("read the requests of a run");
        let request = PlannedRequest { source: text(0)?, report: text(1)?, window: window(&text(2)?, &text(3)?)? };
        requests.push(RunRequest { request, done: row.get(4).doing("read the requests of a run")? });
    }
    Ok(requests)
}

fn outcomes(connection: &Connection, run: i64) -> Result<Vec<SourceOutcome>> {
    let mut query = connection
        .prepare_cached(
            "SELECT source, status, rows, error_kind, error_message, error_hint FROM run_source
             WHERE run = ?1 ORDER BY source",
        )
        .doing("read how a run went")?;
    let mut rows = query.query([run]).doing("read how a run went")?;
    let mut outcomes = Vec::new();
    while let Some(row) = rows.next().doing("read how a run went")? {
        let text = |column: usize| row.get::<_, Option<String>>(column).doing("read how a run went");
        let status: String = row.get(1).doing("read how a run went")?;
        let error = match (text(3)?, text(4)?, text(5)?) {
            (Some(kind), Some(message), Some(hint)) => Some(RunError { kind, message, hint }),
            _ => None,
        };
        outcomes.push(SourceOutcome {
            source: row.get(0).doing("read how a run went")?,
            status: SourceStatus::parse(&status).ok_or_else(|| damaged_text("status", &status))?,
            error,
            rows: count(row.get(2).doing("read how a run went")?),
        });
    }
    Ok(outcomes)
}

/// Keeps who an account is.
pub(super) fn put_profile(
    connection: &Connection,
    source: &str,
    profile: &AccountProfile,
    checked_at: Timestamp,
) -> Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO profile VALUES (?1, ?2, ?3, ?4, ?5)")
        .and_then(|mut insert| {
            let currency = profile.currency.map(|currency| currency.to_string());
            insert.execute(params![source, profile.name, profile.timezone, currency, time_text(checked_at)])
        })
        .doing("store a profile")?;
    Ok(())
}

/// Who an account was when it was last checked.
pub(super) fn profile(connection: &Connection, source: &str) -> Result<Option<ProfileRecord>> {
    let found: Option<(String, Option<String>, Option<String>, String)> = connection
        .prepare_cached("SELECT name, timezone, currency, checked_at FROM profile WHERE source = ?1")
        .and_then(|mut query| {
            query.query_row([source], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).optional()
        })
        .doing("read a profile")?;
    let Some((name, timezone, currency, checked_at)) = found else { return Ok(None) };
    let currency = currency.as_deref().map(Currency::parse).transpose()?;
    let profile = AccountProfile { name, timezone, currency };
    Ok(Some(ProfileRecord { profile, checked_at: time(&checked_at)? }))
}
