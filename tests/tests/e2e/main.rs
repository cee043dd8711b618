//! The whole system, driven as its users drive it: the binary, configuration files, exit codes, documents.
//!
//! Vendors are played by the sandbox in a process of its own. Tests compare whole values with a truth that is computed by
//! other code, never with what the system said before.
#![expect(clippy::unwrap_used, reason = "every function here serves a test")]

mod auth;
mod by_hand;
mod examples;
mod harness;
mod kill;
mod readme;
mod revoked;
mod signals;
mod truth;
mod wrong_input;
