//! plan, collect, backfill, snapshot, report.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use kpi_core::facts::SourceStatus;
use kpi_core::snapshot::Snapshot;
use kpi_core::{Error, ErrorKind, Period, Registry, Result};
use kpi_report::{Format, Locale, Options};
use kpi_store::{Mode, SourceOutcome};

use crate::collect::{self, Outcome, Tools};
use crate::config::Config;
use crate::credentials::{FileCredentials, require};
use crate::plan::{Scope, known_profile, plan_source};
use crate::snapshot;

use super::{Collecting, Common, Done, Failure, print, say, setup};

pub(super) fn plan(common: &Common, registry: &Registry) -> Done {
    let clock = setup::clock(common);
    let config = setup::configuration(common, registry, &clock)?;
    let period = setup::period(common, &config, &clock)?;
    let store = setup::store(&config, Mode::ReadWrite)?;
    let scope = Scope::around(&period);
    let names: Vec<&str> = scope.periods.iter().chain(&scope.history).map(Period::id).collect();
    let mut text = format!("{} for {}\n", config.name, names.join(", "));
    let mut total = 0;
    for source in config.sources.iter().filter(|source| common.source.is_empty() || common.source.contains(&source.id))
    {
        let profile = known_profile(&config, source, &*store)?;
        let plan = plan_source(&config, source, &profile, &scope, &*store, clock.start())?;
        total += plan.requests.len();
        let mut by_report: BTreeMap<&str, usize> = BTreeMap::new();
        for request in &plan.requests {
            *by_report.entry(&request.report).or_default() += 1;
        }
        let reports: Vec<String> = by_report.iter().map(|(report, count)| format!("{report} {count}")).collect();
        let due = if reports.is_empty() { "nothing is due".to_owned() } else { reports.join(", ") };
        // Writing to a string cannot fail.
        let _ =
            writeln!(text, "  {:16} {:3} requests  {due}; {} settled", source.id, plan.requests.len(), plan.settled);
        for refused in &plan.refused {
            let _ = writeln!(text, "  {:16}     {refused}", "");
        }
    }
    let _ = writeln!(text, "{total} requests; one more per source to check the account");
    print(common, &text)
}

pub(super) fn collect(common: &Common, registry: &Registry, collecting: &Collecting) -> Done {
    let clock = setup::clock(common);
    let now = clock.start();
    let config = Arc::new(setup::configuration(common, registry, &clock)?);
    let period = setup::period(common, &config, &clock)?;
    format_of(common, &config)?;
    secrets(common, &config)?;
    let store = setup::store(&config, Mode::ReadWrite)?;
    let tools = Arc::new(setup::tools(&config, Arc::clone(&store), clock, collecting, common.quiet));
    let scope = Scope { readings_only: collecting.readings_only, ..Scope::around(&period) };
    let outcomes = gather(common, &config, &scope, &tools, collecting)?;
    for outcome in &outcomes {
        if let Some(error) = &outcome.error {
            say(&format!(
                "{} is {}: {}\n  hint: {}",
                outcome.source,
                outcome.status.as_str(),
                error.message,
                error.hint
            ));
        }
    }
    if !collecting.readings_only {
        let records: BTreeMap<String, SourceOutcome> = collect::last_outcomes(&*store, period.id())?;
        let snapshot = snapshot::compute(&config, &*store, &period, &records, now)?;
        let snapshot = snapshot::keep(&config, &*store, snapshot, now)?;
        show(common, &config, &snapshot)?;
    }
    Ok(exit_code(&outcomes))
}

pub(super) fn backfill(
    common: &Common,
    registry: &Registry,
    from: &str,
    to: &str,
    breakdowns: bool,
    collecting: &Collecting,
) -> Done {
    let clock = setup::clock(common);
    let config = Arc::new(setup::configuration(common, registry, &clock)?);
    let rules = config.period_rules(clock.start());
    let (first, last) = (Period::parse(from, rules)?, Period::parse(to, rules)?);
    if first.grain() != last.grain() || first.window().first() > last.window().first() {
        return Err(Failure::Usage(format!(
            "error: {first} and {last} are not the first and last of one kind of period\n  hint: write --from 2025-10 --to 2026-09"
        )));
    }
    let mut periods = vec![last.clone()];
    while let Some(before) = periods.last().and_then(Period::previous) {
        if before.window().first() < first.window().first() || periods.len() > 1000 {
            break;
        }
        periods.push(before);
    }
    secrets(common, &config)?;
    let store = setup::store(&config, Mode::ReadWrite)?;
    let tools = Arc::new(setup::tools(&config, store, clock, collecting, common.quiet));
    let count = periods.len();
    let (periods, history) = if breakdowns { (periods, Vec::new()) } else { (Vec::new(), periods) };
    let scope = Scope { periods, history, readings_only: false };
    let outcomes = gather(common, &config, &scope, &tools, collecting)?;
    let rows: u64 = outcomes.iter().map(|outcome| outcome.rows).sum();
    say(&format!("collected {} periods from {first} to {last}: {rows} rows", count));
    for outcome in &outcomes {
        if let Some(error) = &outcome.error {
            say(&format!(
                "{} is {}: {}\n  hint: {}",
                outcome.source,
                outcome.status.as_str(),
                error.message,
                error.hint
            ));
        }
    }
    Ok(exit_code(&outcomes))
}

pub(super) fn snapshot(common: &Common, registry: &Registry) -> Done {
    let clock = setup::clock(common);
    let now = clock.start();
    let config = setup::configuration(common, registry, &clock)?;
    let period = setup::period(common, &config, &clock)?;
    let store = setup::store(&config, Mode::ReadWrite)?;
    let records = collect::last_outcomes(&*store, period.id())?;
    let snapshot = snapshot::compute(&config, &*store, &period, &records, now)?;
    let snapshot = snapshot::keep(&config, &*store, snapshot, now)?;
    show(&Common { format: common.format.clone().or(Some("json".to_owned())), ..common.clone() }, &config, &snapshot)
}

pub(super) fn report(common: &Common, registry: &Registry) -> Done {
    let clock = setup::clock(common);
    let config = setup::configuration(common, registry, &clock)?;
    let period = setup::period(common, &config, &clock)?;
    format_of(common, &config)?;
    let store = setup::store(&config, Mode::ReadOnly)?;
    let snapshot = snapshot::stored(&config, &*store, &period)?;
    show(common, &config, &snapshot)
}

/// Every secret that the chosen sources refer to must be there before anything is asked.
fn secrets(common: &Common, config: &Config) -> std::result::Result<(), Failure> {
    let credentials = FileCredentials::beside(&config.store);
    let mut problems = Vec::new();
    for source in config.sources.iter().filter(|source| common.source.is_empty() || common.source.contains(&source.id))
    {
        let only_for_consent = source.opened.consent().and_then(|plan| plan.only_here);
        for (key, reference) in &source.secrets {
            if only_for_consent.as_ref() == Some(reference) {
                continue;
            }
            if let Err(error) = require(&credentials, reference) {
                problems.push(format!(
                    "error: sources.{}.config.{key}: {}\n  hint: {}",
                    source.id,
                    error.message(),
                    error.hint_text()
                ));
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Failure::Usage(problems.join("\n"))) }
}

/// Collects until done or until a signal; a signal lets requests under way end within the grace time.
fn gather(
    common: &Common,
    config: &Arc<Config>,
    scope: &Scope,
    tools: &Arc<Tools>,
    collecting: &Collecting,
) -> Result<Vec<Outcome>> {
    let runtime = setup::runtime()?;
    let grace = Duration::from_secs(collecting.grace);
    let result = runtime.block_on(async {
        let mut work = Box::pin(collect::collect(Arc::clone(config), scope, Arc::clone(tools), &common.source));
        tokio::select! {
            outcomes = &mut work => return outcomes,
            () = signal() => {}
        }
        tools.stop.store(true, Ordering::Relaxed);
        say("stopping: requests under way may end; what was collected is kept");
        #[expect(clippy::disallowed_methods, reason = "the grace time is the runner's")]
        let ended = tokio::time::timeout(grace, &mut work).await;
        ended.unwrap_or_else(|_| {
            Err(Error::new(ErrorKind::Unavailable, "stopped by a signal")
                .hint("run again: what was collected is kept, and the run goes on from there"))
        })
    });
    runtime.shutdown_timeout(Duration::from_millis(500));
    result
}

async fn signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn exit_code(outcomes: &[Outcome]) -> u8 {
    let asked: Vec<SourceStatus> =
        outcomes.iter().map(|outcome| outcome.status).filter(|status| *status != SourceStatus::Skipped).collect();
    if asked.iter().all(|status| *status == SourceStatus::Complete) {
        0
    } else if asked.iter().all(|status| *status == SourceStatus::Failed) {
        4
    } else {
        3
    }
}

fn format_of(common: &Common, _: &Config) -> std::result::Result<Format, Failure> {
    Format::parse(common.format.as_deref().unwrap_or("table"))
        .map_err(|error| Failure::Usage(format!("error: --format: {}\n  hint: {}", error.message(), error.hint_text())))
}

fn show(common: &Common, config: &Config, snapshot: &Snapshot) -> Done {
    let format = format_of(common, config)?;
    let locale = Locale::parse(&config.locale)?;
    let terminal = common.output.is_none() && std::io::stdout().is_terminal();
    let width = terminal_width().unwrap_or(120);
    let text = kpi_report::render(snapshot, format, &Options { locale, width, color: terminal })?;
    print(common, &text)
}

#[expect(clippy::disallowed_methods, reason = "COLUMNS is how a terminal's width is told")]
fn terminal_width() -> Option<usize> {
    std::env::var("COLUMNS").ok()?.parse().ok()
}
