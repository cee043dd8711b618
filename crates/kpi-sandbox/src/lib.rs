//! Emulated vendor servers over one deterministic world with known truth.
//!
//! [`serve`] starts the emulators of every vendor and writes the files that have no adapter yet; [`truth()`] computes what a
//! correct program must say about a period, from the world and by separate code. The crate shares nothing with the
//! adapters: both are written from the vendors' own facts, so that one misreading cannot hide another.

pub mod config;
pub mod fault;
pub mod files;
pub mod ledger;
pub mod rational;
pub mod sandbox;
pub mod server;
pub mod truth;
pub mod vendor;
pub mod world;

use std::fmt;

pub use server::{Options, Ready, Server, serve};
pub use truth::truth;

/// Why the sandbox cannot do what it was asked.
#[derive(Clone, Debug)]
pub struct Error {
    message: String,
}

impl Error {
    /// An error with a message for the operator.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
