//! Secrets that were used, so that no error, log or recording repeats them.

use std::sync::{PoisonError, RwLock};

use kpi_core::{Context, Error};
use url::form_urlencoded::byte_serialize;

/// Shorter values cannot be told from words: masking them would garble every message and protect nothing.
const MIN_SECRET: usize = 6;

/// What stands in the place of a secret.
const MASK: &str = "[redacted]";

/// All secrets of a run, longest first.
#[derive(Debug, Default)]
struct Secrets(RwLock<Vec<Box<str>>>);

/// Registers a secret value, in the forms in which it may come back: as it is, in a form or query, in JSON.
pub fn hide(cx: &Context, secret: &str) {
    let shared = cx.shared::<Secrets>();
    let known = |secrets: &[Box<str>], form: &str| secrets.iter().any(|secret| &**secret == form);
    if known(&shared.0.read().unwrap_or_else(PoisonError::into_inner), secret) {
        return;
    }
    let escaped = serde_json::to_string(secret).unwrap_or_default();
    let encoded: String = byte_serialize(secret.as_bytes()).collect();
    let forms = [secret, &encoded, escaped.trim_matches('"')].map(Box::<str>::from);
    let mut secrets = shared.0.write().unwrap_or_else(PoisonError::into_inner);
    for form in forms {
        if form.len() >= MIN_SECRET && !known(&secrets, &form) {
            secrets.push(form);
        }
    }
    secrets.sort_by(|one, two| two.len().cmp(&one.len()).then_with(|| one.cmp(two)));
}

/// The text with every secret of the run replaced by `[redacted]`.
pub fn redact(cx: &Context, text: &str) -> String {
    let shared = cx.shared::<Secrets>();
    let secrets = shared.0.read().unwrap_or_else(PoisonError::into_inner);
    let mut clean = text.to_owned();
    for secret in secrets.iter() {
        if clean.contains(&**secret) {
            clean = clean.replace(&**secret, MASK);
        }
    }
    clean
}

/// The error without secrets; its cause is dropped when that held one.
pub(crate) fn redact_error(cx: &Context, error: Error) -> Error {
    let mut said = format!("{error} {}", error.hint_text());
    let mut cause = std::error::Error::source(&error);
    while let Some(source) = cause {
        said.push_str(&source.to_string());
        cause = source.source();
    }
    if redact(cx, &said) == said {
        return error;
    }
    let mut clean = Error::new(error.kind(), redact(cx, error.message())).hint(redact(cx, error.hint_text()));
    for (key, value) in error.context() {
        clean = clean.with(key, redact(cx, value));
    }
    if let Some(wait) = error.retry_after_hint() {
        clean = clean.retry_after(wait);
    }
    if let Some(until) = error.stop_until_time() {
        clean = clean.stop_until(until);
    }
    clean
}
