//! A clock that moves only when somebody waits.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use kpi_core::Clock;

/// How often a wait lets other work go first, so that what is ready never loses against a time limit.
const YIELDS: u32 = 4;

/// A clock whose waits take no time and are written down.
#[derive(Debug)]
pub struct ManualClock {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    now: Timestamp,
    waits: Vec<Duration>,
}

impl ManualClock {
    /// A clock that stands at a time.
    pub fn at(now: Timestamp) -> Self {
        Self { state: Mutex::new(State { now, waits: Vec::new() }) }
    }

    /// Every wait so far, in order.
    pub fn waits(&self) -> Vec<Duration> {
        self.lock().waits.clone()
    }

    /// Moves the clock without noting a wait.
    pub fn advance(&self, duration: Duration) {
        let mut state = self.lock();
        state.now = state.now.saturating_add(duration).unwrap_or(Timestamp::MAX);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.lock().now
    }

    async fn sleep(&self, duration: Duration) {
        for _ in 0..YIELDS {
            tokio::task::yield_now().await;
        }
        self.advance(duration);
        self.lock().waits.push(duration);
    }
}
