//! Cases, rules and faults for authors of adapters, inside this project and outside.
#![doc = include_str!("../README.md")]

mod bench;
mod case;
mod clock;
mod expect;
mod fault;
mod faults;
mod figures;
mod json;
mod pages;
mod plan;
mod rules;
mod run;
mod samples;
mod script;
mod secrets;
mod sink;
mod suite;
mod vendor;
mod verdict;

pub use bench::Bench;
pub use clock::ManualClock;
pub use run::Run;
pub use samples::samples;
pub use script::Script;
pub use suite::{Suite, Verdict, suite, suite_with, verdicts};
