//! The emulated vendors: what each one is, and the list of them.

use std::fmt::Debug;
use std::sync::Arc;

use axum::Router;
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::config::Source;
use crate::ledger::Fact;
use crate::sandbox::Sandbox;
use crate::world::World;

pub mod eventbrite;
pub mod facebook_pages;
pub mod google;
pub mod google_ads;
pub mod google_search_console;
pub mod mailchimp;

/// A vendor that the sandbox emulates.
pub trait Vendor: Send + Sync + Debug {
    /// The id of the adapter that speaks to this vendor; also the first segment of every path.
    fn name(&self) -> &'static str;

    /// The vendor's endpoints, nested under `/<name>`.
    fn router(&self, sandbox: Arc<Sandbox>) -> Router;

    /// Everything that happened in the account of a source, as known at an instant. Distinct counts are not in it.
    fn ledger(&self, world: &World, source: &Source, now: Timestamp) -> Vec<Fact>;

    /// The distinct counts that the vendor answers for exactly this window; nothing when it offers none for it.
    fn window(&self, world: &World, source: &Source, now: Timestamp, start: Date, end: Date) -> Vec<Fact> {
        let _ = (world, source, now, start, end);
        Vec::new()
    }

    /// The configuration keys that hold secrets, with contents that the emulator accepts.
    fn secrets(&self, source: &Source) -> Vec<(String, String)>;

    /// The vendor's words for a refusal on a path (relative to the vendor); nothing when that path never refuses so.
    fn refuse(&self, refusal: Refusal, path: &str) -> Option<Response>;

    /// Whether a path (relative to the vendor) serves sign-in rather than data; faults of transport spare it.
    fn is_auth(&self, path: &str) -> bool {
        let _ = path;
        false
    }
}

/// Why the middleware refuses a request; the vendor says it in its own dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Too many requests just now; a short wait helps.
    RateLimited,
    /// The quota of the day or account is used up.
    Quota,
    /// A failure on the vendor's side.
    ServerError,
    /// The credential was revoked; a human must act.
    Revoked,
}

/// Every emulated vendor.
#[must_use]
pub fn all() -> Vec<Box<dyn Vendor>> {
    vec![
        Box::new(google_search_console::GoogleSearchConsole),
        Box::new(facebook_pages::FacebookPages),
        Box::new(mailchimp::Mailchimp),
        Box::new(google_ads::GoogleAds),
        Box::new(eventbrite::Eventbrite),
    ]
}

/// The vendor of an adapter id.
#[must_use]
pub fn find(adapter: &str) -> Option<Box<dyn Vendor>> {
    all().into_iter().find(|vendor| vendor.name() == adapter)
}
