//! Adapters for social networks.

pub mod facebook_pages;

pub use facebook_pages::FacebookPages;

/// Adds every adapter of this crate.
///
/// # Errors
/// `Contract` when an id is taken.
pub fn register(registry: &mut kpi_core::Registry) -> kpi_core::Result<()> {
    registry.add::<FacebookPages>()
}
