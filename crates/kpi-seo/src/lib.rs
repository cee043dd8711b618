//! Adapters for search engines.

pub mod google_search_console;

pub use google_search_console::GoogleSearchConsole;

/// Adds the adapters of this crate.
///
/// # Errors
/// `Contract` when an adapter's id is taken.
pub fn register(registry: &mut kpi_core::Registry) -> kpi_core::Result<()> {
    registry.add::<GoogleSearchConsole>()
}
