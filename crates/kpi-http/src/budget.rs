//! How many requests a vendor gets at once and in a minute, over all its sources.
//!
//! The count of a minute is a window over the starts of the last requests, on the clock of the call. `governor` was
//! weighed: it waits by a timer of its own instead of [`kpi_core::Clock`], and its buckets let a burst on top of a
//! minute's rate through, so that a vendor may count twice the allowance in one minute.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kpi_core::{Context, Error, ErrorKind, Result};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

const MINUTE: SignedDuration = SignedDuration::from_secs(60);

/// What a vendor may be asked, over all its sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The most requests at once.
    pub concurrency: u32,
    /// The most requests in any 60 seconds.
    pub per_minute: Option<u32>,
}

impl Default for Budget {
    /// Four at once, without a limit a minute.
    fn default() -> Self {
        Self { concurrency: 4, per_minute: None }
    }
}

#[derive(Debug, Default)]
struct Budgets(Mutex<HashMap<&'static str, Arc<Shared>>>);

#[derive(Debug)]
struct Shared {
    budget: Budget,
    places: Arc<Semaphore>,
    starts: Mutex<VecDeque<Timestamp>>,
}

impl Shared {
    fn new(budget: Budget) -> Self {
        let places = usize::try_from(budget.concurrency.max(1)).unwrap_or(1);
        Self { budget, places: Arc::new(Semaphore::new(places)), starts: Mutex::default() }
    }

    /// How long to wait until the next request may start, which is then taken as started.
    fn reserve(&self, now: Timestamp, deadline: Timestamp) -> Result<Duration> {
        let Some(most) = self.budget.per_minute else { return Ok(Duration::ZERO) };
        let most = usize::try_from(most.max(1)).unwrap_or(1);
        let mut starts = self.starts.lock().unwrap_or_else(PoisonError::into_inner);
        while starts.len() > most {
            starts.pop_front();
        }
        let start = match starts.front() {
            Some(oldest) if starts.len() == most => now.max(oldest.saturating_add(MINUTE).unwrap_or(now)),
            _ => now,
        };
        if start > now && start >= deadline {
            let message = format!("the budget of {most} requests a minute is used up");
            return Err(Error::new(ErrorKind::RateLimited, message));
        }
        starts.push_back(start);
        Ok(start.duration_since(now).unsigned_abs())
    }
}

/// Sets the budget of the context's adapter, for all contexts that share with this one. Setting it again to the same
/// changes nothing; to another, requests under way keep their places in the old one.
pub fn set_budget(cx: &Context, budget: Budget) {
    let shared = cx.shared::<Budgets>();
    let mut budgets = shared.0.lock().unwrap_or_else(PoisonError::into_inner);
    if budgets.get(cx.adapter()).is_none_or(|known| known.budget != budget) {
        budgets.insert(cx.adapter(), Arc::new(Shared::new(budget)));
    }
}

/// Waits for a place among the vendor's requests; it is given back when the permit is dropped.
pub(crate) async fn admit(cx: &Context) -> Result<OwnedSemaphorePermit> {
    let shared = {
        let all = cx.shared::<Budgets>();
        let mut budgets = all.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(budgets.entry(cx.adapter()).or_insert_with(|| Arc::new(Shared::new(Budget::default()))))
    };
    let permit = Arc::clone(&shared.places)
        .acquire_owned()
        .await
        .map_err(|error| Error::new(ErrorKind::Internal, "the budget was closed").caused_by(error))?;
    let wait = shared.reserve(cx.clock().now(), cx.deadline())?;
    if !wait.is_zero() {
        cx.clock().sleep(wait).await;
    }
    Ok(permit)
}
