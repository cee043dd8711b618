//! The command line.

mod adapters;
mod auth;
mod check;
mod describe;
mod init;
mod run;
mod setup;

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use jiff::Timestamp;
use kpi_core::{Error, ErrorKind, Registry, Result};

use crate::config::Problems;

/// Marketing KPIs from every channel in one snapshot that is right.
#[derive(Debug, Parser)]
#[command(name = "kpi", version, about, max_term_width = 100, after_help = EXIT_CODES)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 complete, 1 internal error, 2 usage or configuration, 3 partial (snapshot written, \
some source incomplete), 4 nothing collected, 5 a check failed.";

/// What every command takes.
#[derive(Clone, Debug, Args)]
struct Common {
    /// A configuration file; several are layered in order.
    #[arg(long, global = true, env = "KPI_CONFIG", value_delimiter = ',', value_name = "FILE")]
    config: Vec<PathBuf>,
    /// The period: 2026-10, 2026-W45, 2026-Q3, 2026, FY2026, 2026-10-01..2026-10-15, last-month …
    #[arg(long, global = true, value_name = "PERIOD")]
    period: Option<String>,
    /// Only this source; may be repeated.
    #[arg(long, global = true, value_name = "ID")]
    source: Vec<String>,
    /// Fixes the clock (RFC 3339).
    #[arg(long, global = true, value_name = "TIME")]
    now: Option<Timestamp>,
    /// The form of the output: table, json, html, md, csv.
    #[arg(long, global = true, value_name = "FORMAT")]
    format: Option<String>,
    /// Writes the output to a file instead of standard output.
    #[arg(long, global = true, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The language of reports.
    #[arg(long, global = true, value_name = "vi|en")]
    locale: Option<String>,
    /// The form of the log on standard error.
    #[arg(long, global = true, value_name = "pretty|json", default_value = "pretty")]
    log_format: String,
    /// Says more in the log; twice for every request.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    /// Says only errors in the log.
    #[arg(short, long, global = true)]
    quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Writes a first configuration.
    Init {
        /// Where to.
        #[arg(default_value = "kpi.toml")]
        file: PathBuf,
    },
    /// Checks the configuration and asks each vendor who the account is.
    Check,
    /// Gets a vendor's consent in the browser and keeps the token.
    Auth {
        /// The source's id.
        id: String,
    },
    /// Shows what a collection would ask for.
    Plan,
    /// Collects every source and writes the snapshot.
    Collect(Collecting),
    /// Collects the periods from one to another, so that comparisons and trends have figures.
    Backfill {
        /// The first period.
        #[arg(long, value_name = "PERIOD")]
        from: String,
        /// The last period.
        #[arg(long, value_name = "PERIOD")]
        to: String,
        /// Asks for every breakdown too, not only for totals.
        #[arg(long)]
        breakdowns: bool,
        #[command(flatten)]
        collecting: Collecting,
    },
    /// Computes the snapshot anew from the store, without network.
    Snapshot,
    /// Shows a stored snapshot.
    Report,
    /// Lists the adapters, or explains one.
    Adapters {
        /// The adapter's id.
        id: Option<String>,
    },
    /// Lists the metrics of the dictionary.
    Metrics {
        /// Only those whose id or name holds this.
        filter: Option<String>,
    },
    /// Lists the KPIs of the catalogue, or explains one.
    Catalogue {
        /// Only those whose id or name holds this.
        filter: Option<String>,
    },
    /// Describes the adapters, or the configuration's schema, for programs.
    Describe {
        /// Every adapter's descriptor.
        #[arg(long)]
        json: bool,
        /// The JSON Schema of the configuration.
        #[arg(long, conflicts_with = "json")]
        schema: bool,
    },
    /// Prints the completions of a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

#[derive(Clone, Debug, Args)]
struct Collecting {
    /// How many sources are collected at once.
    #[arg(long, default_value_t = 8)]
    jobs: usize,
    /// The longest time for one source, in seconds.
    #[arg(long, default_value_t = 600)]
    deadline: u64,
    /// How long a signal waits for requests under way, in seconds.
    #[arg(long, default_value_t = 5)]
    grace: u64,
    /// Takes only the readings of the moment that are due; writes no snapshot.
    #[arg(long)]
    readings_only: bool,
}

/// A command that the binary adds, such as the sandbox.
#[derive(Clone, Copy)]
pub struct Extra {
    /// Its name and arguments.
    pub command: fn() -> clap::Command,
    /// Runs it.
    pub run: fn(&clap::ArgMatches) -> ExitCode,
}

impl std::fmt::Debug for Extra {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str((self.command)().get_name())
    }
}

/// Why a command ends with which code.
#[derive(Debug)]
enum Failure {
    /// The configuration or the call is wrong.
    Usage(String),
    /// An error of a run.
    Error(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self::Usage(problems.to_string())
    }
}

impl From<kpi_core::PeriodError> for Failure {
    fn from(error: kpi_core::PeriodError) -> Self {
        Self::Usage(format!("error: --period: {error}\n  hint: {}", kpi_core::PeriodError::HINT))
    }
}

type Done = std::result::Result<u8, Failure>;

/// Runs the program: its adapters, and commands of its own.
pub fn main(register: fn(&mut Registry) -> Result<()>, extras: &[Extra]) -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let mut command = Cli::command();
    for extra in extras {
        command = command.subcommand((extra.command)());
    }
    let matches = match command.clone().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => error.exit(),
    };
    for extra in extras {
        if let Some(own) = matches.subcommand_matches((extra.command)().get_name()) {
            return (extra.run)(own);
        }
    }
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    setup::log(&cli.common);
    let mut registry = Registry::new();
    let result = match register(&mut registry) {
        Ok(()) => dispatch(cli, &registry, command),
        Err(error) => Err(error.into()),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(failure) => ExitCode::from(complain(&failure)),
    }
}

fn dispatch(cli: Cli, registry: &Registry, command: clap::Command) -> Done {
    let common = &cli.common;
    match cli.command {
        Command::Init { file } => init::init(&file),
        Command::Check => check::check(common, registry),
        Command::Auth { id } => auth::auth(common, registry, &id),
        Command::Plan => run::plan(common, registry),
        Command::Collect(collecting) => run::collect(common, registry, &collecting),
        Command::Backfill { from, to, breakdowns, collecting } => {
            run::backfill(common, registry, &from, &to, breakdowns, &collecting)
        }
        Command::Snapshot => run::snapshot(common, registry),
        Command::Report => run::report(common, registry),
        Command::Adapters { id } => adapters::adapters(common, registry, id.as_deref()),
        Command::Metrics { filter } => adapters::metrics(common, registry, filter.as_deref()),
        Command::Catalogue { filter } => adapters::catalogue(common, registry, filter.as_deref()),
        Command::Describe { schema, .. } => describe::describe(common, registry, schema),
        Command::Completions { shell } => {
            let mut command = command;
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut command, "kpi", &mut text);
            print(common, &String::from_utf8_lossy(&text))
        }
    }
}

/// Writes data to the output file or to standard output.
fn print(common: &Common, text: &str) -> Done {
    let failed = |error: std::io::Error, what: &str| {
        Failure::Error(Error::new(ErrorKind::Internal, format!("cannot write {what}: {error}")))
    };
    match &common.output {
        Some(path) => {
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                std::fs::create_dir_all(folder).map_err(|error| failed(error, &path.display().to_string()))?;
            }
            std::fs::write(path, text).map_err(|error| failed(error, &path.display().to_string()))?;
        }
        None => {
            let mut out = std::io::stdout().lock();
            match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
                Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {}
                other => other.map_err(|error| failed(error, "standard output"))?,
            }
        }
    }
    Ok(0)
}

fn say(text: &str) {
    let mut err = std::io::stderr().lock();
    // Nothing can be said about a standard error that does not take text.
    if writeln!(err, "{text}").is_err() {}
}

fn complain(failure: &Failure) -> u8 {
    match failure {
        Failure::Usage(text) => {
            say(text);
            2
        }
        Failure::Error(error) => {
            say(&format!("error: {error}"));
            let mut source = std::error::Error::source(error);
            while let Some(cause) = source {
                say(&format!("  because: {cause}"));
                source = cause.source();
            }
            say(&format!("  hint: {}", error.hint_text()));
            match error.kind() {
                ErrorKind::Config | ErrorKind::NotFound => 2,
                _ => 1,
            }
        }
    }
}
