//! Access tokens: fetched once for all who wait, kept for the run, renewed before they run out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as StdMutex, PoisonError};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use kpi_core::{Context, Error, ErrorKind, Result, Secret, SecretRef};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::call::Call;
use crate::redact::hide;
use crate::reply::Reply;
use crate::scrub;

/// A token counts as run out so long before it does.
const EARLY: SignedDuration = SignedDuration::from_secs(60);

/// How long a token lives when the vendor does not say.
const USUAL_LIFE: i64 = 3600;

/// What can fetch an access token.
#[async_trait]
pub(crate) trait TokenSource: Send + Sync {
    /// The credential that a token is fetched with.
    fn reference(&self) -> &SecretRef;

    /// What the token is for, where one credential gives several.
    fn scope(&self) -> &str;

    /// Fetches a token.
    async fn fetch(&self, cx: &Context) -> Result<Granted>;
}

/// What a token endpoint grants.
#[derive(Debug)]
pub(crate) struct Granted {
    pub(crate) access: Secret,
    pub(crate) refresh: Option<Secret>,
    pub(crate) scope: Option<String>,
    pub(crate) life: SignedDuration,
}

#[derive(Clone, Debug)]
struct Kept {
    token: Secret,
    until: Timestamp,
}

type Key = (String, SecretRef, String);
type Slot = Arc<Mutex<Option<Kept>>>;

#[derive(Debug, Default)]
struct Tokens(StdMutex<HashMap<Key, Slot>>);

/// The token of a source: the kept one while it is fresh, unless it is the one that was refused.
pub(crate) async fn access_token(cx: &Context, from: &dyn TokenSource, stale: Option<&Secret>) -> Result<Secret> {
    let key = (cx.source().to_owned(), from.reference().clone(), from.scope().to_owned());
    let slot = {
        let tokens = cx.shared::<Tokens>();
        let mut tokens = tokens.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(tokens.entry(key).or_default())
    };
    // Who comes second waits here for the first one's token.
    let mut kept = slot.lock().await;
    if let Some(kept) = &*kept
        && kept.until > cx.clock().now()
        && stale != Some(&kept.token)
    {
        return Ok(kept.token.clone());
    }
    let granted = from.fetch(cx).await?;
    let until = cx.clock().now().saturating_add(granted.life - EARLY).unwrap_or(Timestamp::MAX);
    *kept = Some(Kept { token: granted.access.clone(), until });
    Ok(granted.access)
}

#[derive(Deserialize)]
struct Wire {
    access_token: String,
    #[serde(default)]
    expires_in: Value,
    refresh_token: Option<String>,
    scope: Option<String>,
}

impl Granted {
    /// Asks a token endpoint, and registers what is secret in its reply.
    pub(crate) async fn ask(cx: &Context, call: Call) -> Result<Self> {
        let wire: Wire = call.send(cx).await?;
        let seconds = match &wire.expires_in {
            Value::String(text) => text.parse().ok(),
            // Some write a float.
            number => number.as_i64().or_else(|| number.to_string().split('.').next()?.parse().ok()),
        };
        hide(cx, &wire.access_token);
        if let Some(refresh) = &wire.refresh_token {
            hide(cx, refresh);
        }
        Ok(Self {
            access: Secret::new(wire.access_token),
            refresh: wire.refresh_token.filter(|token| !token.is_empty()).map(Secret::new),
            scope: wire.scope,
            life: SignedDuration::from_secs(seconds.unwrap_or(USUAL_LIFE)),
        })
    }
}

/// The errors of RFC 6749, which some vendors send with HTTP status 200. `error` is a string here, never an object.
pub(crate) fn classify(reply: &Reply, source: &str) -> Option<Error> {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
        error_description: Option<String>,
    }
    let refusal: Refusal = reply.json().ok()?;
    let kind = match refusal.error.as_str() {
        "temporarily_unavailable" | "internal_failure" | "server_error" => ErrorKind::Unavailable,
        _ if reply.status >= 500 => ErrorKind::Unavailable,
        _ if reply.status == 429 => ErrorKind::RateLimited,
        "invalid_grant" | "invalid_client" | "unauthorized_client" => ErrorKind::Auth,
        "invalid_scope" | "access_denied" => ErrorKind::Permission,
        _ => ErrorKind::Protocol,
    };
    let what = match kind {
        ErrorKind::Auth => "no token was granted",
        ErrorKind::Permission => "no token was granted for this scope",
        ErrorKind::Unavailable => "the vendor's login failed",
        _ => "the vendor's login refused the request",
    };
    let described = refusal.error_description.as_deref().map(|text| scrub::excerpt(text.trim_end_matches('.')));
    let message = match described.filter(|text| !text.is_empty()) {
        Some(text) => format!("{what}: {text}"),
        None => what.to_owned(),
    };
    let error = Error::new(kind, message).with("code", scrub::clean(&refusal.error));
    Some(match refusal.error.as_str() {
        "invalid_grant" => error.hint(format!("run kpi auth {source}")),
        "invalid_client" | "unauthorized_client" => error.hint("check the client id and the client secret"),
        _ => error,
    })
}
