//! Adapters that open files.

pub mod file;

pub use file::File;

use kpi_core::{Registry, Result};

/// Adds the adapters of this crate.
///
/// # Errors
/// `Contract` when an id is taken.
pub fn register(registry: &mut Registry) -> Result<()> {
    registry.add::<File>()
}
