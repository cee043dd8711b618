//! What commands begin with: log, configuration, store, tools.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use kpi_core::{Clock, Credentials, Error, ErrorKind, Period, Registry, Result, Transport};
use kpi_store::{Mode, SqliteStore, Store};
use tracing_subscriber::EnvFilter;

use crate::clock::RunClock;
use crate::collect::Tools;
use crate::config::{self, Config};
use crate::credentials::FileCredentials;
use crate::progress::Progress;

use super::{Collecting, Common, Failure};

/// Starts the log on standard error.
pub(super) fn log(common: &Common) {
    let level = match (common.quiet, common.verbose) {
        (true, _) => "error",
        (false, 0) => "warn",
        (false, 1) => "info",
        (false, _) => "debug",
    };
    let filter = EnvFilter::new(format!("warn,kpi={level},kpi_runner={level},kpi_http={level},kpi_store={level}"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    let set = if common.log_format == "json" {
        builder.json().try_init()
    } else {
        builder.with_ansi(std::io::stderr().is_terminal()).try_init()
    };
    // A log that another part of the process has set stands.
    if set.is_err() {}
}

/// The clock of this run.
pub(super) fn clock(common: &Common) -> RunClock {
    RunClock::new(common.now)
}

/// Loads the configuration.
pub(super) fn configuration(
    common: &Common,
    registry: &Registry,
    clock: &RunClock,
) -> std::result::Result<Config, Failure> {
    let files = if common.config.is_empty() { vec![PathBuf::from("kpi.toml")] } else { common.config.clone() };
    let mut config = config::load(&files, registry, clock.start())?;
    if let Some(locale) = &common.locale {
        if !matches!(locale.as_str(), "vi" | "en") {
            return Err(Failure::Usage(format!("error: --locale: `{locale}` is not known\n  hint: write vi or en")));
        }
        config.locale.clone_from(locale);
    }
    for id in &common.source {
        if !config.sources.iter().any(|source| source.id == *id) {
            let known: Vec<&str> = config.sources.iter().map(|source| source.id.as_str()).collect();
            let hint = match kpi_core::nearest(id, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known sources: {}", known.join(", ")),
            };
            return Err(Failure::Usage(format!("error: --source: unknown source `{id}`\n  hint: {hint}")));
        }
    }
    Ok(config)
}

/// The period that was asked for, the last month by default.
pub(super) fn period(common: &Common, config: &Config, clock: &RunClock) -> std::result::Result<Period, Failure> {
    let text = common.period.as_deref().unwrap_or("last-month");
    Ok(Period::parse(text, config.period_rules(clock.start()))?)
}

/// Opens the store.
pub(super) fn store(config: &Config, mode: Mode) -> Result<Arc<dyn Store>> {
    Ok(Arc::new(SqliteStore::open(&config.store, mode)?))
}

/// The tools of a collection.
pub(super) fn tools(
    config: &Config,
    store: Arc<dyn Store>,
    clock: RunClock,
    collecting: &Collecting,
    quiet: bool,
) -> Tools {
    let now = clock.start();
    Tools {
        transport: Arc::new(kpi_http::Reqwest::new()) as Arc<dyn Transport>,
        clock: Arc::new(clock) as Arc<dyn Clock>,
        credentials: Arc::new(FileCredentials::beside(&config.store)) as Arc<dyn Credentials>,
        store,
        now,
        jobs: collecting.jobs,
        deadline: Duration::from_secs(collecting.deadline),
        progress: Progress::new(!quiet && std::io::stderr().is_terminal()),
        stop: Arc::new(AtomicBool::new(false)),
    }
}

/// The runtime of a command that waits for the network.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::new(ErrorKind::Internal, "cannot start the runtime").caused_by(error))
}
