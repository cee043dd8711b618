//! Developer commands of the workspace: `cargo xtask help` lists them.
//!
//! Each command is one module. Heavy work is done by the `kpi` binary, which these commands build and start.

mod bench;
mod ci;
mod collect;
mod dates;
mod demo;
mod deps;
mod docs;
mod emulator;
mod generated;
mod sandbox;
mod schema;
mod shell;
mod test;
mod tidy;

use std::process::ExitCode;

const HELP: &str = "\
Developer commands of the workspace.

Usage: cargo xtask COMMAND [ARGUMENTS]

See it work
  demo                 collects thirteen months of every channel from the sandbox and shows the report
  collect              --sandbox --config FILE --period P [--now T] [--fault VENDOR=FAULT]...
                       collects one period from the sandbox; without --sandbox, from real accounts
  sandbox              [ARGUMENTS of `kpi sandbox`]...
                       serves the sandbox in the foreground and prints how to use it

Check
  test                 [ARGUMENTS of the runner]...  every offline test
  ci                   everything that must hold before a change is merged
  docs [--check]       writes the generated parts of the documents, or says what is stale
  schema [--check]     writes configs/kpi.schema.json, or says that it is stale
  deps                 who may depend on whom, versions, licences
  tidy                 files, headings and texts that every part of the workspace needs
  bench [NAME]...      measures: collect_bulk collect_bulk_quarter report_60 startup
                       and writes target/bench/summary.json
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_else(|| "help".to_owned());
    let rest: Vec<String> = arguments.collect();
    let done = match command.as_str() {
        "demo" => no_arguments(&rest).and_then(|()| demo::run()),
        "collect" => collect::run(&rest),
        "sandbox" => sandbox::run(&rest),
        "test" => test::run(&rest),
        "ci" => no_arguments(&rest).and_then(|()| ci::run()),
        "docs" => check_flag(&rest).and_then(docs::run),
        "schema" => check_flag(&rest).and_then(schema::run),
        "deps" => no_arguments(&rest).and_then(|()| deps::run()),
        "tidy" => no_arguments(&rest).and_then(|()| tidy::run()),
        "bench" => bench::run(&rest),
        "help" | "--help" | "-h" => {
            shell::say(HELP.trim_end());
            return ExitCode::SUCCESS;
        }
        other => {
            shell::warn(&format!("unknown command `{other}`\n\n{HELP}"));
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            shell::warn(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn no_arguments(rest: &[String]) -> anyhow::Result<()> {
    match rest.first() {
        None => Ok(()),
        Some(argument) => anyhow::bail!("unexpected argument `{argument}`"),
    }
}

/// What to do about files that are generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Write what is stale.
    Write,
    /// Only say what is stale.
    Check,
}

fn check_flag(rest: &[String]) -> anyhow::Result<Mode> {
    match rest {
        [] => Ok(Mode::Write),
        [flag] if flag == "--check" => Ok(Mode::Check),
        [argument, ..] => anyhow::bail!("unexpected argument `{argument}`, only --check is known"),
    }
}
