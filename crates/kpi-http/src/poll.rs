//! Waiting for a vendor's report job, with a defined end.

use std::future::Future;
use std::time::Duration;

use kpi_core::{Context, Error, ErrorKind, Result};

use crate::attempts::time_left;

/// How often and how long a job is asked about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Poll {
    /// The wait after the first question.
    pub first: Duration,
    /// By how much each wait is longer than the one before.
    pub factor: f64,
    /// The longest wait.
    pub max: Duration,
    /// The most questions.
    pub attempts: u32,
}

/// How a job stands.
#[derive(Debug)]
pub enum JobState<T> {
    /// It is queued or running.
    Pending,
    /// It is done.
    Done(T),
    /// It failed, and will not go on.
    Failed(Error),
}

/// Asks about a job until it is done, and waits between.
///
/// # Errors
/// That of the job or of a question; `Unavailable` when the questions or the time of the call are used up.
pub async fn poll<T, F, A>(cx: &Context, plan: Poll, mut ask: A) -> Result<T>
where
    A: FnMut() -> F,
    F: Future<Output = Result<JobState<T>>>,
{
    let mut wait = plan.first.min(plan.max);
    for question in 1..=plan.attempts {
        match ask().await? {
            JobState::Done(result) => return Ok(result),
            JobState::Failed(error) => return Err(error),
            JobState::Pending => {}
        }
        if question == plan.attempts || time_left(cx).is_none_or(|left| left <= wait) {
            break;
        }
        cx.clock().sleep(wait).await;
        wait = Duration::try_from_secs_f64(wait.as_secs_f64() * plan.factor).unwrap_or(plan.max).min(plan.max);
    }
    Err(Error::new(ErrorKind::Unavailable, "the vendor's report was not ready in time"))
}
