//! `kpi sandbox`: the emulated vendors, or the truth about a period.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use kpi_runner::Extra;
use kpi_sandbox::{Error, Options, serve, truth};

/// The command, for the runner's list.
pub(crate) const EXTRA: Extra = Extra { command, run };

fn command() -> Command {
    let list = |name: &'static str| Arg::new(name).long(name).action(ArgAction::Append);
    Command::new("sandbox")
        .about("Serves emulated vendors on loopback, or prints the known truth about a period")
        .arg(Arg::new("listen").long("listen").default_value("127.0.0.1:0").help("The loopback address to listen on"))
        .arg(
            Arg::new("data")
                .long("data")
                .default_value("target/sandbox")
                .value_parser(value_parser!(PathBuf))
                .help("Where files, secrets and the overlay configuration are written"),
        )
        .arg(list("fault").value_name("VENDOR=FAULT").help("Switches a fault on"))
        .arg(
            Arg::new("bulk")
                .long("bulk")
                .value_name("ROWS")
                .value_parser(value_parser!(usize))
                .help("Search Console serves so many rows by query for each day"),
        )
        .arg(
            Arg::new("truth")
                .long("truth")
                .action(ArgAction::SetTrue)
                .help("Prints the truth about --period per KPI id, and ends"),
        )
}

fn run(matches: &ArgMatches) -> ExitCode {
    match act(matches) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::from(2)
        }
    }
}

fn complain(error: &Error) {
    // Nothing can be said about a standard error that does not take text.
    if writeln!(std::io::stderr(), "error: {error}").is_err() {}
}

fn act(matches: &ArgMatches) -> Result<(), Error> {
    let mut config: Vec<PathBuf> =
        matches.get_many::<PathBuf>("config").map(|files| files.cloned().collect()).unwrap_or_default();
    if config.is_empty() {
        config.push(PathBuf::from("configs/full.toml"));
    }
    let now = matches.get_one::<jiff::Timestamp>("now").copied();
    if matches.get_flag("truth") {
        let Some(period) = matches.get_one::<String>("period") else {
            return Err(Error::new("--truth needs --period"));
        };
        let default = kpi_sandbox::world::DEFAULT_NOW.parse().map_err(|error| Error::new(format!("{error}")))?;
        let document = truth(&config, period, now.unwrap_or(default))?;
        let text = serde_json::to_string_pretty(&document).map_err(|error| Error::new(error.to_string()))?;
        return line(&text);
    }
    let texts = |name: &str| matches.get_many::<String>(name).map(|all| all.cloned().collect()).unwrap_or_default();
    let options = Options {
        listen: matches.get_one::<String>("listen").cloned().unwrap_or_default(),
        now,
        config,
        data: matches.get_one::<PathBuf>("data").cloned().unwrap_or_default(),
        faults: texts("fault"),
        bulk: matches.get_one::<usize>("bulk").copied(),
        ads_page_size: None,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::new(format!("cannot start the runtime: {error}")))?;
    runtime.block_on(async {
        let server = serve(options).await?;
        line(&server.line())?;
        server.until_signal().await
    })
}

fn line(text: &str) -> Result<(), Error> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(|error| Error::new(error.to_string()))
}
