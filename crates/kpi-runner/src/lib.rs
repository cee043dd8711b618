//! One run as a library: load, plan, collect, compute, report, exit code.

pub mod cli;
mod clock;
pub mod collect;
pub mod config;
mod credentials;
pub mod figures;
pub mod plan;
mod progress;
pub mod snapshot;
pub use cli::{Extra, main};
