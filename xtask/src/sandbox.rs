//! `sandbox`: serves the emulated vendors in the foreground and says how to use them.

use std::process::ExitCode;

use anyhow::Result;

use crate::emulator::Emulator;
use crate::shell::{self, Profile, say};

/// Serves until it is interrupted.
pub(crate) fn run(arguments: &[String]) -> Result<ExitCode> {
    let binary = shell::build(Profile::Dev)?;
    let mut arguments = arguments.to_vec();
    for (flag, value) in [("--config", "configs/full.toml"), ("--data", "target/sandbox")] {
        if !arguments.iter().any(|argument| argument == flag || argument.starts_with(&format!("{flag}="))) {
            arguments.extend([flag.to_owned(), value.to_owned()]);
        }
    }
    let config = arguments.iter().zip(arguments.iter().skip(1)).filter(|(flag, _)| *flag == "--config");
    let config: Vec<String> = config.map(|(_, file)| format!("--config {file}")).collect();
    let emulator = Emulator::start(&binary, &arguments)?;
    let overlay = shell::read(&emulator.overlay)?;
    say(&format!(
        "The emulated vendors serve on {base}.\n\n\
         # {path}: the configuration that points every source here\n{overlay}\n\
         Collect from them with\n  \
         cargo run -- collect {config} --config {path} --period 2026-10 --now 2026-11-05T06:00:00Z\n\n\
         PUT {base}/_sandbox/clock   {{\"now\": \"2026-12-01T06:00:00Z\"}}       moves the clock\n\
         PUT {base}/_sandbox/faults  {{\"faults\": [\"google_ads=revoked\"]}}    switches faults on\n\
         GET {base}/_sandbox/ledger                                        counts the requests\n\n\
         Ctrl-C ends it.",
        base = emulator.base_url,
        path = shell::relative(&emulator.overlay),
        config = config.join(" "),
    ));
    emulator.wait()?;
    Ok(ExitCode::SUCCESS)
}
