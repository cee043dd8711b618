//! Adapters for advertising platforms.

pub mod google_ads;

pub use google_ads::GoogleAds;

/// Adds the adapters of this crate.
///
/// # Errors
/// `Contract` when an adapter's id is taken.
pub fn register(registry: &mut kpi_core::Registry) -> kpi_core::Result<()> {
    registry.add::<GoogleAds>()
}
