//! The `kpi` binary: every built-in adapter behind the runner.

use std::process::ExitCode;

fn main() -> ExitCode {
    kpi::main(kpi::register)
}
