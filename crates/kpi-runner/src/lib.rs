//! One run as a library: load, plan, collect, compute, report, exit code.

mod cli;
mod clock;
mod collect;
mod config;
mod credentials;
mod figures;
mod plan;
mod progress;
mod snapshot;
pub use cli::{Extra, main};
