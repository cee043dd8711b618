//! Sources that a vendor told to stop: until the stated time they are answered here, without a request.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use kpi_core::{Context, Error, ErrorKind, Result};

#[derive(Debug, Default)]
struct Stops(Mutex<HashMap<String, Stop>>);

#[derive(Debug)]
struct Stop {
    until: Timestamp,
    kind: ErrorKind,
    message: String,
    hint: String,
    code: Option<String>,
}

/// Remembers an error that says until when its source must not ask again.
pub(crate) fn remember(cx: &Context, error: &Error) {
    let Some(until) = error.stop_until_time().filter(|until| *until > cx.clock().now()) else { return };
    let code = error.context().iter().find(|(key, _)| *key == "code").map(|(_, value)| value.clone());
    let stop = Stop {
        until,
        kind: error.kind(),
        message: error.message().to_owned(),
        hint: error.hint_text().to_owned(),
        code,
    };
    let shared = cx.shared::<Stops>();
    let mut stops = shared.0.lock().unwrap_or_else(PoisonError::into_inner);
    match stops.get(cx.source()) {
        Some(earlier) if earlier.until >= until => {}
        _ => {
            stops.insert(cx.source().to_owned(), stop);
        }
    }
}

/// Fails while the source of this call must not ask.
pub(crate) fn check(cx: &Context) -> Result<()> {
    let shared = cx.shared::<Stops>();
    let stops = shared.0.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(stop) = stops.get(cx.source()).filter(|stop| stop.until > cx.clock().now()) else { return Ok(()) };
    let mut error = Error::new(stop.kind, stop.message.as_str()).hint(stop.hint.as_str()).stop_until(stop.until);
    if let Some(code) = &stop.code {
        error = error.with("code", code);
    }
    Err(error)
}
