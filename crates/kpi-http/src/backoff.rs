//! How long to wait before the next attempt, if there is one.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use jiff::{SignedDuration, Timestamp};
use kpi_core::{Context, Error, ErrorKind};

/// The most attempts of one request.
pub(crate) const MAX_ATTEMPTS: usize = 5;

/// What follows a failed attempt.
pub(crate) enum Next {
    /// Another attempt after this wait.
    Wait(Duration, Error),
    /// The error is final.
    Fail(Error),
}

/// The waits of one request: they double from a second to a minute, each with a random part of up to its own length.
///
/// The seed comes from the request and the clock: two sources do not wait in step, and under a clock of tests the same
/// run waits the same.
pub(crate) fn delays(cx: &Context, name: &str) -> ExponentialBackoff {
    let mut seed = DefaultHasher::new();
    (cx.source(), name, cx.clock().now().as_nanosecond()).hash(&mut seed);
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_secs(1))
        .with_max_delay(Duration::from_secs(60))
        .with_max_times(MAX_ATTEMPTS - 1)
        .with_jitter()
        .with_jitter_seed(seed.finish())
        .build()
}

/// Decides on a failed attempt. What the vendor asks for comes first; a wait that does not fit before the deadline is
/// not begun, and an error that carries one then says until when the source must stop.
pub(crate) fn next(
    error: Error,
    delays: &mut impl Iterator<Item = Duration>,
    now: Timestamp,
    deadline: Timestamp,
) -> Next {
    let asked =
        error.retry_after_hint().filter(SignedDuration::is_positive).and_then(|wait| now.checked_add(wait).ok());
    let until = error.stop_until_time().or(asked).filter(|until| *until > now);
    if !error.kind().is_transient() {
        let stops = error.kind() == ErrorKind::Quota && error.stop_until_time().is_none();
        return Next::Fail(match until {
            Some(until) if stops => error.stop_until(until),
            _ => error,
        });
    }
    let Some(delay) = delays.next() else { return Next::Fail(error) };
    match until {
        Some(until) if until >= deadline && error.stop_until_time().is_none() => Next::Fail(error.stop_until(until)),
        Some(until) if until >= deadline => Next::Fail(error),
        Some(until) => Next::Wait(until.duration_since(now).unsigned_abs(), error),
        None if now.checked_add(delay).map_or(true, |end| end >= deadline) => Next::Fail(error),
        None => Next::Wait(delay, error),
    }
}
