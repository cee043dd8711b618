//! What all emulators share while the sandbox runs: the world, its clock, the faults, the request counters and the tokens.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use jiff::Timestamp;

use crate::config::Source;
use crate::fault::Faults;
use crate::vendor::google::tokens::Tokens;
use crate::world::World;

/// The size of pages and other settings of the emulators.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Rows on one page of a Google Ads search.
    pub ads_page_size: usize,
    /// Rows by query that Search Console serves for each day; the world's own when absent.
    pub bulk: Option<usize>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { ads_page_size: 10_000, bulk: None }
    }
}

/// The running sandbox.
#[derive(Debug)]
pub struct Sandbox {
    /// The world that every emulator answers from.
    pub world: World,
    /// Page sizes and the like.
    pub settings: Settings,
    /// The sources of the given configuration.
    pub sources: Vec<Source>,
    /// The access tokens, codes and refresh tokens that Google's endpoint gave out.
    pub tokens: Tokens,
    clock: RwLock<Timestamp>,
    faults: Mutex<Faults>,
    requests: Mutex<BTreeMap<(String, String), u64>>,
}

impl Sandbox {
    /// A sandbox whose clock stands at an instant.
    #[must_use]
    pub fn new(now: Timestamp, sources: Vec<Source>, settings: Settings) -> Self {
        Self {
            world: World::default(),
            settings,
            sources,
            tokens: Tokens::default(),
            clock: RwLock::new(now),
            faults: Mutex::default(),
            requests: Mutex::default(),
        }
    }

    /// The instant at which the clock stands.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        *self.clock.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves the clock.
    pub fn set_now(&self, now: Timestamp) {
        *self.clock.write().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Whether a fault is switched on for a vendor; for faults that an emulator plays itself, such as `page_loop`.
    #[must_use]
    pub fn fault(&self, vendor: &str, name: &str) -> bool {
        self.faults().is_on(vendor, name)
    }

    /// The faults, for the middleware and the control endpoint.
    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one request.
    pub(crate) fn count(&self, vendor: &str, path: &str) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry((vendor.to_owned(), path.to_owned())).or_insert(0) += 1;
    }

    /// The requests counted so far, by vendor and path.
    #[must_use]
    pub fn requests(&self) -> BTreeMap<(String, String), u64> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
