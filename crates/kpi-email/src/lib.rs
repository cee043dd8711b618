//! Adapters for e-mail services.

pub mod mailchimp;

pub use mailchimp::Mailchimp;

/// Adds every adapter of this crate.
///
/// # Errors
/// `Contract` when an id is taken.
pub fn register(registry: &mut kpi_core::Registry) -> kpi_core::Result<()> {
    registry.add::<Mailchimp>()
}
