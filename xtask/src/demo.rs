//! `demo`: thirteen months of every channel, from an empty store to the report, without network or credentials.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::dates;
use crate::emulator::{Driver, Emulator};
use crate::shell::{self, Profile, say};

const CONFIG: &str = "configs/demo.toml";
const PERIOD: &str = "2026-10";
/// The morning after the month: the first look at it.
const FIRST_LOOK: &str = "2026-11-01T06:00:00Z";
/// Where the sandbox's clock stands: four days later some figures have moved.
const NOW: &str = "2026-11-05T06:00:00Z";

/// Runs the demo.
pub(crate) fn run() -> Result<ExitCode> {
    let binary = shell::build(Profile::Dev)?;
    let began = Instant::now();
    let folder = shell::fresh_dir("demo")?;
    let data = folder.join("sandbox");
    let emulator = Emulator::start(
        &binary,
        &["--config", CONFIG, "--data", &data.display().to_string(), "--now", FIRST_LOOK].map(str::to_owned),
    )?;
    let driver =
        Driver { binary: &binary, config: vec![shell::root().join(CONFIG), emulator.overlay.clone()], store: None };

    say(&format!("The sandbox serves on {}. Collecting October 2026 and the year before it.\n", emulator.base_url));
    let (first, last) = dates::span(PERIOD, 1)?;
    driver.take_readings(&emulator, &dates::readings(first, last, FIRST_LOOK)?)?;

    // October is read twice, so that the report can say what the vendors have restated since.
    emulator.set_clock(FIRST_LOOK)?;
    let early = folder.join("first-look.json").display().to_string();
    let json = ["collect", "--period", PERIOD, "--quiet", "--format", "json", "--output", &early];
    shell::run(&mut driver.at(FIRST_LOOK, &json))?;

    emulator.set_clock(NOW)?;
    shell::run(&mut driver.at(NOW, &["backfill", "--from", "2025-10", "--to", "2026-09", "--quiet"]))?;
    shell::run(&mut driver.at(NOW, &["collect", "--period", PERIOD, "--format", "table"]))?;
    for (format, name) in [("json", "snapshot.json"), ("html", "report.html")] {
        let path = folder.join(name).display().to_string();
        let arguments = ["report", "--period", PERIOD, "--quiet", "--format", format, "--output", &path];
        shell::run(&mut driver.at(NOW, &arguments)).with_context(|| format!("write {name}"))?;
    }
    let requests = emulator.requests()?;
    drop(emulator);

    say(&format!(
        "\nDone in {:.1} s, with {requests} requests to the emulated vendors.\n\n\
         Where to look next\n  \
         target/demo/report.html      the same as a page: open it in a browser\n  \
         target/demo/snapshot.json    the same for programs\n  \
         {CONFIG}            what was asked for: sources, goals, owners\n  \
         README.md                    how to point it at real accounts",
        began.elapsed().as_secs_f64()
    ));
    Ok(ExitCode::SUCCESS)
}
