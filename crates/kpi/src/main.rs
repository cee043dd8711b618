//! The kpi binary: every built-in adapter behind the runner.

fn main() {}
