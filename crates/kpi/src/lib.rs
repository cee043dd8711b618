//! The built-in adapters, and the sandbox as a command.
//!
//! A binary of one's own adds adapters beside these:
//!
//! ```no_run
//! fn main() -> std::process::ExitCode {
//!     kpi::main(|registry| {
//!         kpi::register(registry)?;
//!         // acme_podcasts::register(registry)
//!         Ok(())
//!     })
//! }
//! ```

mod sandbox;

use std::process::ExitCode;

use kpi_core::{Registry, Result};

/// Adds every built-in adapter.
///
/// # Errors
/// `Contract` when an id is taken.
pub fn register(registry: &mut Registry) -> Result<()> {
    kpi_seo::register(registry)?;
    kpi_social::register(registry)?;
    kpi_email::register(registry)?;
    kpi_ads::register(registry)?;
    kpi_events::register(registry)?;
    kpi_local::register(registry)
}

/// Runs the program with the adapters that `register` adds.
pub fn main(register: fn(&mut Registry) -> Result<()>) -> ExitCode {
    kpi_runner::main(register, &[sandbox::EXTRA])
}
