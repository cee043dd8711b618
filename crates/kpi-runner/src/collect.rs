//! Collects every source at once; one that fails leaves the others alone.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt as _;
use futures_util::stream;
use jiff::{SignedDuration, Timestamp};
use kpi_core::facts::SourceStatus;
use kpi_core::{
    AccountProfile, Batch, Clock, Context, ContextParts, Credentials, Dictionary, Emitter, Error, ErrorKind, Note,
    Report, Request, Result, Sink, Transport, Windows, ZoneRule,
};
use kpi_store::{PlannedRequest, RunError, RunId, SliceRequest, SliceWriter, Slicing, Store};
use tokio::sync::Semaphore;
use tracing::{debug, info, warn};

use crate::config::{Config, Source};
use crate::plan::{Scope, known_profile, plan_source};
use crate::progress::Progress;

/// A source stops after so many failed requests.
const MAX_FAILURES: usize = 3;
/// Requests of one source that are under way at once; the vendor's budget may allow fewer.
const PER_SOURCE: usize = 4;

/// What a run works with.
pub(crate) struct Tools {
    /// The way to the vendors.
    pub transport: Arc<dyn Transport>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The secrets.
    pub credentials: Arc<dyn Credentials>,
    /// The store.
    pub store: Arc<dyn Store>,
    /// When the run began: what every request is read at.
    pub now: Timestamp,
    /// How many sources are collected at once.
    pub jobs: usize,
    /// The longest time for one source.
    pub deadline: Duration,
    /// What people see of it.
    pub progress: Progress,
    /// Set by a signal: no request is begun any more.
    pub stop: Arc<AtomicBool>,
}

/// How one source went.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    /// Its id.
    pub source: String,
    /// How it went.
    pub status: SourceStatus,
    /// Why, where it did not go well.
    pub error: Option<RunError>,
    /// How many rows were taken in.
    pub rows: u64,
}

/// Collects the sources.
///
/// # Errors
/// `Internal` when a task dies.
pub(crate) async fn collect(
    config: Arc<Config>,
    scope: &Scope,
    tools: Arc<Tools>,
    chosen: &[String],
) -> Result<Vec<Outcome>> {
    let shared = Arc::new(Shared::new(&tools, &config.dictionary));
    let gate = Arc::new(Semaphore::new(tools.jobs.max(1)));
    let run = tools.store.begin_run(&kpi_store::RunPlan {
        started_at: tools.now,
        // Readings and backfills are no runs for a period: a snapshot must not take their outcomes for its own.
        period: match scope.periods.first() {
            Some(period) if !scope.readings_only => period.id().to_owned(),
            _ => String::new(),
        },
        requests: Vec::new(),
    })?;
    let mut tasks = Vec::new();
    for source in &config.sources {
        if !chosen.is_empty() && !chosen.contains(&source.id) {
            tasks.push(Err(skipped(source)));
            continue;
        }
        let (config, tools, shared, gate) =
            (Arc::clone(&config), Arc::clone(&tools), Arc::clone(&shared), Arc::clone(&gate));
        let (source, scope) = (source.clone(), scope.clone());
        #[expect(clippy::disallowed_methods, reason = "the runner is the one that spawns: a task for each source")]
        let task = tokio::spawn(async move {
            let _turn = gate.acquire().await;
            one_source(&config, &source, &scope, &tools, &shared, run).await
        });
        tasks.push(Ok(task));
    }
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(match task {
            Ok(task) => task.await.map_err(|error| Error::new(ErrorKind::Internal, format!("a task died: {error}")))?,
            Err(outcome) => outcome,
        });
    }
    let records: Vec<kpi_store::SourceOutcome> = outcomes.iter().map(record).collect();
    tools.store.finish_run(run, tools.now, &records)?;
    Ok(outcomes)
}

fn record(outcome: &Outcome) -> kpi_store::SourceOutcome {
    kpi_store::SourceOutcome {
        source: outcome.source.clone(),
        status: match outcome.status {
            SourceStatus::Complete => kpi_store::SourceStatus::Complete,
            SourceStatus::Partial => kpi_store::SourceStatus::Partial,
            SourceStatus::Failed => kpi_store::SourceStatus::Failed,
            SourceStatus::Skipped => kpi_store::SourceStatus::Skipped,
        },
        error: outcome.error.clone(),
        rows: outcome.rows,
    }
}

fn skipped(source: &Source) -> Outcome {
    Outcome { source: source.id.clone(), status: SourceStatus::Skipped, error: None, rows: 0 }
}

/// What the calls of a run share: budgets, token caches, secrets to hide.
pub(crate) struct Shared {
    root: Context,
}

impl Shared {
    /// Nothing shared yet.
    pub(crate) fn new(tools: &Tools, dictionary: &Arc<Dictionary>) -> Self {
        Self { root: Context::new(parts(tools, dictionary, "", "", tools.now)) }
    }

    /// A context for calls of one source.
    pub(crate) fn context(
        &self,
        tools: &Tools,
        dictionary: &Arc<Dictionary>,
        source: &Source,
        deadline: Timestamp,
    ) -> Context {
        let descriptor = source.opened.descriptor();
        let cx = self.root.sibling(parts(tools, dictionary, descriptor.id, &source.id, deadline));
        let budget =
            kpi_http::Budget { concurrency: descriptor.concurrency, per_minute: descriptor.requests_per_minute };
        kpi_http::set_budget(&cx, budget);
        cx
    }
}

fn parts(
    tools: &Tools,
    dictionary: &Arc<Dictionary>,
    adapter: &'static str,
    source: &str,
    deadline: Timestamp,
) -> ContextParts {
    ContextParts {
        transport: Arc::clone(&tools.transport),
        clock: Arc::clone(&tools.clock),
        credentials: Arc::clone(&tools.credentials),
        dictionary: Arc::clone(dictionary),
        deadline,
        adapter,
        source: source.to_owned(),
    }
}

async fn one_source(
    config: &Config,
    source: &Source,
    scope: &Scope,
    tools: &Tools,
    shared: &Shared,
    run: RunId,
) -> Outcome {
    let limit = SignedDuration::try_from(tools.deadline).unwrap_or(SignedDuration::from_mins(10));
    let deadline = tools.clock.now().checked_add(limit).unwrap_or(Timestamp::MAX);
    let job = Job { config, source, scope, tools, shared, run, deadline };
    let grace = tools.deadline + Duration::from_secs(1);
    #[expect(clippy::disallowed_methods, reason = "the deadline of a source is the runner's")]
    let outcome = tokio::time::timeout(grace, job.run()).await;
    let outcome = outcome.unwrap_or_else(|_| {
        let error = Error::new(ErrorKind::Unavailable, "the source did not finish before its deadline")
            .hint("run again; what was collected is kept (or raise --deadline)");
        Outcome { source: source.id.clone(), status: SourceStatus::Partial, error: Some(told(&error)), rows: 0 }
    });
    tools.progress.done(&source.id, outcome.status, outcome.rows);
    match &outcome.error {
        Some(error) => warn!(source = source.id, status = outcome.status.as_str(), "{}", error.message),
        None => info!(source = source.id, status = outcome.status.as_str(), rows = outcome.rows, "collected"),
    }
    outcome
}

struct Job<'a> {
    config: &'a Config,
    source: &'a Source,
    scope: &'a Scope,
    tools: &'a Tools,
    shared: &'a Shared,
    run: RunId,
    deadline: Timestamp,
}

impl Job<'_> {
    async fn run(&self) -> Outcome {
        match self.requests().await {
            Ok((done, 0, rows, None)) => {
                debug!(source = self.source.id, requests = done, "answered");
                self.outcome(SourceStatus::Complete, None, rows)
            }
            Ok((done, _, rows, error)) => {
                let some = done > 0 || self.has_some();
                let status = if some { SourceStatus::Partial } else { SourceStatus::Failed };
                self.outcome(status, error.as_ref(), rows)
            }
            Err(error) => self.outcome(SourceStatus::Failed, Some(&error), 0),
        }
    }

    fn outcome(&self, status: SourceStatus, error: Option<&Error>, rows: u64) -> Outcome {
        Outcome { source: self.source.id.clone(), status, error: error.map(told), rows }
    }

    /// Whether a part of what was planned is there from an earlier run.
    fn has_some(&self) -> bool {
        let store = &*self.tools.store;
        let plan = known_profile(self.config, self.source, store)
            .and_then(|profile| plan_source(self.config, self.source, &profile, self.scope, store, self.tools.now));
        plan.is_ok_and(|plan| plan.settled > 0)
    }

    /// Answers every request that is due: how many were, how many failed, how many rows came, and the first error.
    async fn requests(&self) -> Result<(usize, usize, u64, Option<Error>)> {
        let store = &*self.tools.store;
        let mut profile = known_profile(self.config, self.source, store)?;
        let plan = plan_source(self.config, self.source, &profile, self.scope, store, self.tools.now)?;
        if plan.requests.is_empty() {
            return Ok((0, 0, 0, None));
        }
        let cx = self.shared.context(self.tools, &self.config.dictionary, self.source, self.deadline);
        let checked = Arc::new(self.settled(self.source.opened.check(&cx).await?));
        let mut requests = plan.requests;
        if *checked != *profile {
            if let Some(changed) = self.changed_currency(&profile, &checked)? {
                warn!(source = self.source.id, "{changed}");
            }
            profile = checked;
            requests = plan_source(self.config, self.source, &profile, self.scope, store, self.tools.now)?.requests;
        }
        store.put_profile(&self.source.id, &profile, self.tools.now)?;
        self.tools.progress.begin(&self.source.id, requests.len());
        // A report that takes a request for each day has large answers: one after the other keeps memory flat.
        let (large, small): (Vec<_>, Vec<_>) = requests.into_iter().partition(|planned| self.is_large(planned));
        let ask = |planned| self.answer(planned, Arc::clone(&profile));
        let small = stream::iter(small.into_iter().map(ask)).buffer_unordered(PER_SOURCE);
        let mut answers = small.chain(stream::iter(large.into_iter().map(ask)).buffer_unordered(1));
        let (mut done, mut failed, mut rows, mut first) = (0, 0, 0, None);
        while let Some(answer) = answers.next().await {
            self.tools.progress.step(&self.source.id);
            match answer {
                Ok(taken) => {
                    done += 1;
                    rows += taken;
                }
                Err(error) => {
                    failed += 1;
                    let final_kind = !matches!(
                        error.kind(),
                        ErrorKind::Unavailable | ErrorKind::Protocol | ErrorKind::Contract | ErrorKind::Unsupported
                    );
                    first = Some(graver(first, error));
                    if final_kind || failed >= MAX_FAILURES {
                        break;
                    }
                }
            }
        }
        Ok((done, failed, rows, first))
    }

    fn is_large(&self, planned: &PlannedRequest) -> bool {
        let report = self.source.opened.descriptor().report(&planned.report);
        report.is_some_and(|report| report.windows == Windows::Days { max_per_request: 1 })
    }

    /// The zone that an adapter fixes stands; one that tells none gets the reporting zone.
    fn settled(&self, profile: AccountProfile) -> AccountProfile {
        let timezone = match self.source.opened.descriptor().zone {
            ZoneRule::Fixed(zone) => Some(zone.to_owned()),
            ZoneRule::Account => profile.timezone,
            ZoneRule::Reporting => None,
        };
        let timezone = timezone.or_else(|| Some(self.config.timezone.clone()));
        AccountProfile { timezone, ..profile }
    }

    fn changed_currency(&self, old: &AccountProfile, new: &AccountProfile) -> Result<Option<String>> {
        if self.tools.store.profile(&self.source.id)?.is_none() {
            return Ok(None);
        }
        Ok(match (old.currency, new.currency) {
            (Some(old), Some(new)) if old != new => Some(format!("the account's currency changed from {old} to {new}")),
            _ => None,
        })
    }

    async fn answer(&self, planned: PlannedRequest, profile: Arc<AccountProfile>) -> Result<u64> {
        if self.tools.stop.load(Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::Unavailable, "stopped by a signal")
                .hint("run again: what was collected is kept, and the run goes on from there"));
        }
        let descriptor = self.source.opened.descriptor();
        let Some(report) = descriptor.report(&planned.report) else {
            return Err(Error::new(ErrorKind::Internal, format!("no report `{}`", planned.report)));
        };
        let zone = profile.timezone.clone().unwrap_or_else(|| self.config.timezone.clone());
        let writer = self.tools.store.begin(slice_request(&planned, report, zone, self.run, self.tools.now))?;
        let sink = Arc::new(StoreSink { writer, notes: std::sync::Mutex::default() });
        let cx = self.shared.context(self.tools, &self.config.dictionary, self.source, self.deadline);
        let request = Request { report, window: planned.window, profile, read_at: self.tools.now };
        let taker: Arc<dyn Sink> = Arc::clone(&sink) as Arc<dyn Sink>;
        let mut out = Emitter::new(request.clone(), taker);
        let result = self.source.opened.collect(&cx, &request, &mut out).await;
        let rows = out.rows();
        drop(out);
        let Some(sink) = Arc::into_inner(sink) else {
            return Err(Error::new(ErrorKind::Contract, "the adapter kept the emitter beyond its call"));
        };
        let notes = sink.notes.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        match result {
            Ok(()) => {
                sink.writer.commit(cx.evidence().take(), notes, rows).await?;
                Ok(rows)
            }
            Err(error) => {
                sink.writer.abandon();
                Err(error.with("report", &planned.report))
            }
        }
    }
}

/// An error as snapshots tell it: without the paths of this machine, so that equal failures are equal text everywhere.
fn told(error: &Error) -> RunError {
    let facts: Vec<String> =
        error.context().iter().filter(|(key, _)| *key != "file").map(|(key, value)| format!("{key}={value}")).collect();
    let mut message = error.message().to_owned();
    if !facts.is_empty() {
        message = format!("{message} ({})", facts.join(", "));
    }
    RunError { kind: error.kind().to_string(), message, hint: error.hint_text().to_owned() }
}

/// The error that a reader must see first: the one that a person must act on. Which of several came first does not
/// decide, so that equal failures are told equally.
fn graver(first: Option<Error>, second: Error) -> Error {
    let Some(first) = first else { return second };
    let rank = |error: &Error| (error.kind(), error.to_string());
    if rank(&second) < rank(&first) { second } else { first }
}

fn slice_request(
    planned: &PlannedRequest,
    report: &Report,
    zone: String,
    run: RunId,
    read_at: Timestamp,
) -> SliceRequest {
    let slicing = if matches!(report.windows, Windows::Days { .. }) { Slicing::Days } else { Slicing::Whole };
    SliceRequest {
        run: Some(run),
        source: planned.source.clone(),
        report: planned.report.clone(),
        window: planned.window,
        slicing,
        zone,
        read_at,
        columns: report.columns.to_vec(),
        dimensions: report.breakdown.iter().map(|name| (*name).to_owned()).collect(),
    }
}

/// Passes batches to the store and keeps the notes for the commit.
struct StoreSink {
    writer: Box<dyn SliceWriter>,
    notes: std::sync::Mutex<Vec<Note>>,
}

#[async_trait]
impl Sink for StoreSink {
    async fn batch(&self, batch: Batch) -> Result<()> {
        self.writer.write(batch).await
    }

    fn note(&self, note: Note) {
        self.notes.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(note);
    }
}

/// The latest outcome of each source, from a run for the period.
pub(crate) fn last_outcomes(store: &dyn Store, period: &str) -> Result<BTreeMap<String, kpi_store::SourceOutcome>> {
    let runs = store.runs(200)?;
    let run = runs.into_iter().find(|run| run.period == period && run.finished_at.is_some());
    let outcomes = run.map(|run| run.outcomes).unwrap_or_default();
    Ok(outcomes.into_iter().map(|outcome| (outcome.source.clone(), outcome)).collect())
}
