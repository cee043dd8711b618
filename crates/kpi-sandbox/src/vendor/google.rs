//! What Google's services share: the sign-in endpoints, the tokens and the secrets that the emulators accept.

use axum::http::{HeaderMap, header};
use serde_json::json;

use crate::config::Source;
use crate::sandbox::Sandbox;

pub mod oauth;
pub mod tokens;

/// The secret of every OAuth client.
pub const CLIENT_SECRET: &str = "GOCSPX-sandbox-only";

/// The OAuth client that exists even when no source names one.
pub const CLIENT_ID: &str = "1234-abc.apps.googleusercontent.com";

/// The e-mail address of the service account.
pub const SERVICE_ACCOUNT: &str = "kpi-reader@saomai-sandbox.iam.gserviceaccount.com";

/// The id of the service account's key.
pub const KEY_ID: &str = "5a0ma10000000000000000000000000000000001";

/// The private half of the service account's key; worth nothing outside the sandbox.
const PRIVATE_KEY: &str = include_str!("../../keys/sandbox-only-private.pem");

/// Why a request for data is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// There is no bearer token.
    Missing,
    /// The token is unknown or no longer good.
    Invalid,
    /// The token is good, its scopes do not suffice.
    Scope,
}

/// Checks the bearer token of a request for data.
///
/// # Errors
/// Says why the request is not let in.
pub fn authorize(sandbox: &Sandbox, vendor: &str, headers: &HeaderMap, scopes: &[&str]) -> Result<(), Denied> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or(Denied::Missing)?;
    let token = value.strip_prefix("Bearer ").ok_or(Denied::Missing)?;
    let few_uses = sandbox.fault(vendor, "token_expired");
    let granted = sandbox.tokens.spend(token, sandbox.now(), few_uses).ok_or(Denied::Invalid)?;
    if granted.iter().any(|scope| scopes.contains(&scope.as_str())) { Ok(()) } else { Err(Denied::Scope) }
}

/// The secrets of a source, for the keys that it configures.
#[must_use]
pub fn secrets(source: &Source) -> Vec<(String, String)> {
    let contents = [
        ("client_secret", CLIENT_SECRET.to_owned()),
        ("refresh_token", tokens::refresh_token_of(source)),
        ("service_account", service_account_file()),
    ];
    contents
        .into_iter()
        .filter(|(key, _)| source.config.contains_key(*key))
        .map(|(key, content)| (key.to_owned(), content))
        .collect()
}

/// The key file of the service account, as the console downloads it.
#[must_use]
pub fn service_account_file() -> String {
    let file = json!({
        "type": "service_account",
        "project_id": "saomai-sandbox",
        "private_key_id": KEY_ID,
        "private_key": PRIVATE_KEY,
        "client_email": SERVICE_ACCOUNT,
        "client_id": "100000000000000000001",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": "https://oauth2.googleapis.com/token",
        "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
        "universe_domain": "googleapis.com",
    });
    format!("{file:#}")
}
