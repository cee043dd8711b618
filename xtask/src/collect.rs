//! `collect`: one period from the sandbox, or from real accounts.

use std::path::PathBuf;
use std::process::{ExitCode, ExitStatus};

use anyhow::{Context, Result, bail};

use crate::dates::{self, Day};
use crate::emulator::{Driver, Emulator};
use crate::shell::{self, Profile, relative, say};

/// Where the sandbox's clock stands unless it is moved.
const SANDBOX_NOW: &str = "2026-11-05T06:00:00Z";

/// What was asked for; what is not listed here is handed to `kpi collect`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Wanted {
    sandbox: bool,
    config: Vec<String>,
    period: Option<String>,
    now: Option<String>,
    faults: Vec<String>,
    rest: Vec<String>,
}

impl Wanted {
    fn read(arguments: &[String]) -> Result<Self> {
        let mut wanted = Self::default();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let (flag, inline) = match argument.split_once('=') {
                Some((flag, value)) if flag.starts_with("--") => (flag, Some(value.to_owned())),
                _ => (argument.as_str(), None),
            };
            if !matches!(flag, "--config" | "--period" | "--now" | "--fault") {
                match flag {
                    "--sandbox" => wanted.sandbox = true,
                    _ => wanted.rest.push(argument.clone()),
                }
                continue;
            }
            let value =
                inline.or_else(|| arguments.next().cloned()).with_context(|| format!("{flag} needs a value"))?;
            match flag {
                "--config" => wanted.config.push(value),
                "--period" => wanted.period = Some(value),
                "--now" => wanted.now = Some(value),
                _ => wanted.faults.push(value),
            }
        }
        if !wanted.sandbox && !wanted.faults.is_empty() {
            bail!("--fault needs --sandbox: real vendors have faults enough");
        }
        Ok(wanted)
    }
}

/// Runs the command and passes on the exit code of the binary.
pub(crate) fn run(arguments: &[String]) -> Result<ExitCode> {
    let wanted = Wanted::read(arguments)?;
    let binary = shell::build(Profile::Dev)?;
    let folder = shell::root().join("target/collect");
    std::fs::create_dir_all(&folder).with_context(|| format!("make {}", relative(&folder)))?;
    let snapshot = folder.join("snapshot.json");
    if snapshot.exists() {
        std::fs::remove_file(&snapshot).with_context(|| format!("remove {}", relative(&snapshot)))?;
    }
    let status = if wanted.sandbox {
        from_sandbox(&wanted, &binary, &snapshot)?
    } else {
        let mut command = shell::program(&binary);
        command.args(["collect", "--format", "json", "--output"]).arg(&snapshot);
        for file in &wanted.config {
            command.args(["--config", file]);
        }
        for (flag, value) in [("--period", &wanted.period), ("--now", &wanted.now)] {
            if let Some(value) = value {
                command.args([flag, value]);
            }
        }
        shell::status(command.args(&wanted.rest))?
    };
    if snapshot.exists() {
        say(&format!("wrote {}", relative(&snapshot)));
    }
    Ok(exit_code(status))
}

fn from_sandbox(wanted: &Wanted, binary: &std::path::Path, snapshot: &std::path::Path) -> Result<ExitStatus> {
    let Some(period) = wanted.period.as_deref() else {
        bail!("--sandbox needs --period, for example --period 2026-10");
    };
    let config = if wanted.config.is_empty() { vec!["configs/full.toml".to_owned()] } else { wanted.config.clone() };
    let (first, last) = dates::span(period, fiscal_year_start(&config)?)?;
    let now = wanted.now.clone().map_or_else(|| clock_after(last), Ok)?;

    let data = shell::fresh_dir("collect")?;
    let mut arguments = vec!["--data".to_owned(), data.display().to_string(), "--now".to_owned(), now.clone()];
    for file in &config {
        arguments.extend(["--config".to_owned(), file.clone()]);
    }
    for fault in &wanted.faults {
        arguments.extend(["--fault".to_owned(), fault.clone()]);
    }
    let emulator = Emulator::start(binary, &arguments)?;
    let mut files: Vec<PathBuf> = config.iter().map(|file| shell::root().join(file)).collect();
    files.push(emulator.overlay.clone());
    let driver = Driver { binary, config: files, store: Some(data.join("kpi.sqlite")) };
    // Readings are what a daily run would have taken. Those that a fault struck are left out, as in real life.
    for instant in dates::readings(first, last, &now)? {
        emulator.set_clock_for_reading(&instant)?;
        let status = shell::status(&mut driver.at(&instant, &["collect", "--readings-only", "--quiet"]))?;
        if !status.success() {
            shell::warn(&format!("the readings of {instant} ended with {status}"));
        }
    }
    emulator.set_clock(&now)?;
    let output = snapshot.display().to_string();
    let mut command = driver.at(&now, &["collect", "--period", period, "--format", "json", "--output", &output]);
    shell::status(command.args(&wanted.rest))
}

/// The sandbox's own clock where the period is over by then, otherwise the morning after the period.
fn clock_after(last: Day) -> Result<String> {
    let own = Day::parse(SANDBOX_NOW)?;
    Ok(if last < own { SANDBOX_NOW.to_owned() } else { format!("{}T06:00:00Z", last.plus(1)) })
}

fn fiscal_year_start(config: &[String]) -> Result<i64> {
    let mut start = 1;
    for file in config {
        let path = shell::root().join(file);
        let table: toml::Table = shell::read(&path)?.parse().with_context(|| format!("read {file}"))?;
        let own = table.get("workspace").and_then(|workspace| workspace.get("fiscal_year_start"));
        start = own.and_then(toml::Value::as_integer).unwrap_or(start);
    }
    Ok(start)
}

fn exit_code(status: ExitStatus) -> ExitCode {
    status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
}

#[cfg(test)]
mod tests {
    use super::{Wanted, clock_after};
    use crate::dates::span;

    #[test]
    fn what_it_does_not_know_goes_to_the_binary() {
        let words = "--sandbox --config a.toml --period=2026-10 --fault google_ads=revoked --jobs 4 --config b.toml";
        let arguments: Vec<String> = words.split(' ').map(str::to_owned).collect();
        let wanted = Wanted::read(&arguments).unwrap();
        assert_eq!(wanted.config, ["a.toml", "b.toml"]);
        assert_eq!((wanted.period.as_deref(), wanted.sandbox), (Some("2026-10"), true));
        assert_eq!(
            (wanted.faults, wanted.rest),
            (vec!["google_ads=revoked".to_owned()], vec!["--jobs".into(), "4".into()])
        );
    }

    #[test]
    fn the_clock_stands_after_the_period() {
        let after = |period: &str| clock_after(span(period, 1).unwrap().1).unwrap();
        assert_eq!(after("2026-10"), "2026-11-05T06:00:00Z");
        assert_eq!(after("2026-11"), "2026-12-01T06:00:00Z");
    }
}
