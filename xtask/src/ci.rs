//! `ci`: everything that must hold before a change is merged, in the order that fails fastest.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::shell::{cargo, run as want, say};
use crate::{Mode, deps, docs, schema, test, tidy};

type Step = (&'static str, fn() -> Result<()>);

const STEPS: [Step; 8] = [
    ("fmt", || want(cargo().args(["fmt", "--all", "--check"]))),
    ("tidy", || tidy::run().map(drop)),
    ("deps", || deps::run().map(drop)),
    ("clippy", || want(cargo().args(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))),
    ("docs", || docs::run(Mode::Check).map(drop)),
    ("schema", || schema::run(Mode::Check).map(drop)),
    ("rustdoc", || {
        want(cargo().args(["doc", "--workspace", "--no-deps", "--locked"]).env("RUSTDOCFLAGS", "-D warnings"))
    }),
    ("test", || test::run(&[]).map(drop)),
];

/// Runs every step and stops at the first that fails.
pub(crate) fn run() -> Result<ExitCode> {
    let mut times = Vec::new();
    for (name, step) in STEPS {
        say(&format!("--- {name}"));
        let began = Instant::now();
        step().with_context(|| format!("{name} failed; `cargo xtask ci` runs it again"))?;
        times.push(format!("{name} {:.0} s", began.elapsed().as_secs_f64()));
    }
    say(&format!("ci passed: {}", times.join(", ")));
    Ok(ExitCode::SUCCESS)
}
