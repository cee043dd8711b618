//! One run as a library: load, plan, collect, compute, report, exit code.
