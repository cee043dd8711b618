//! The time of a run: the machine's, or one that `--now` fixes and that goes on from there.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use kpi_core::Clock;

/// The run's clock. It begins at a stated time and advances with the machine's.
#[derive(Clone, Debug)]
pub(crate) struct RunClock {
    start: Timestamp,
    since: Instant,
}

impl RunClock {
    /// A clock that begins at a time, or now.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    pub(crate) fn new(fixed: Option<Timestamp>) -> Self {
        Self { start: fixed.unwrap_or_else(Timestamp::now), since: Instant::now() }
    }

    /// When the run began.
    pub(crate) fn start(&self) -> Timestamp {
        self.start
    }
}

#[async_trait]
impl Clock for RunClock {
    fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.since.elapsed()).unwrap_or(SignedDuration::ZERO);
        self.start.checked_add(passed).unwrap_or(self.start)
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that really waits")]
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
