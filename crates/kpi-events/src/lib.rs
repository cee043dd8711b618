//! Adapters for event platforms.

pub mod eventbrite;

pub use eventbrite::Eventbrite;

/// Adds every adapter of this crate.
///
/// # Errors
/// `Contract` when an id is taken.
pub fn register(registry: &mut kpi_core::Registry) -> kpi_core::Result<()> {
    registry.add::<Eventbrite>()
}
