//! Google's consent page and token endpoint: codes with PKCE, refresh tokens, and the signed assertions of service accounts.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Form, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::{Value, json};
use url::Url;

use super::tokens::{self, Consent, LIFE};
use super::{CLIENT_ID, CLIENT_SECRET, SERVICE_ACCOUNT};
use crate::sandbox::Sandbox;

/// The public half of the service account's key.
const PUBLIC_KEY: &[u8] = include_bytes!("../../../keys/sandbox-only-public.der");

const TOO_LONG: &str = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. \
                        Check your iat and exp values in the JWT claim.";

type Params = BTreeMap<String, String>;

/// The sign-in endpoints; every Google service carries them, because a base URL prefixes all hosts.
pub fn router(sandbox: Arc<Sandbox>) -> Router {
    Router::new()
        .route("/o/oauth2/v2/auth", get(consent))
        .route("/token", post(token))
        .route("/oauth2/v4/token", post(token))
        .with_state(sandbox)
}

/// Whether a path belongs to the sign-in.
#[must_use]
pub fn is_auth(path: &str) -> bool {
    ["/token", "/oauth2/v4/token", "/o/oauth2/v2/auth"].iter().any(|known| path.ends_with(known))
}

/// The answer to a refresh token that was revoked.
pub fn revoked() -> Response {
    refusal(400, "invalid_grant", "Token has been expired or revoked.")
}

fn refusal(status: u16, error: &str, description: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    (status, axum::Json(json!({"error": error, "error_description": description}))).into_response()
}

/// The consent page, at which a willing person has clicked already: it redirects at once.
async fn consent(State(sandbox): State<Arc<Sandbox>>, Query(params): Query<Params>) -> Response {
    let value = |key: &str| params.get(key).cloned().unwrap_or_default();
    let Ok(mut target) = Url::parse(&value("redirect_uri")) else {
        return (StatusCode::BAD_REQUEST, "Error 400: redirect_uri_mismatch").into_response();
    };
    if !knows_client(&sandbox, &value("client_id")) {
        return (StatusCode::UNAUTHORIZED, "Error 401: invalid_client").into_response();
    }
    let method = value("code_challenge_method");
    let wrong_method = params.contains_key("code_challenge") && method != "S256";
    if value("response_type") != "code" || value("scope").is_empty() || wrong_method {
        return (StatusCode::BAD_REQUEST, "Error 400: invalid_request").into_response();
    }
    let code = sandbox.tokens.issue_code(Consent {
        client_id: value("client_id"),
        redirect_uri: value("redirect_uri"),
        scopes: words(&value("scope")),
        challenge: params.get("code_challenge").cloned(),
    });
    target.query_pairs_mut().append_pair("code", &code).append_pair("scope", &value("scope"));
    if let Some(state) = params.get("state") {
        target.query_pairs_mut().append_pair("state", state);
    }
    (StatusCode::FOUND, [(header::LOCATION, String::from(target))]).into_response()
}

async fn token(State(sandbox): State<Arc<Sandbox>>, Form(params): Form<Params>) -> Response {
    match params.get("grant_type").map(String::as_str) {
        Some("refresh_token") => refresh(&sandbox, &params),
        Some("authorization_code") => exchange(&sandbox, &params),
        Some("urn:ietf:params:oauth:grant-type:jwt-bearer") => assertion(&sandbox, &params),
        Some(_) => refusal(400, "unsupported_grant_type", "Invalid grant_type"),
        None => refusal(400, "invalid_request", "Required parameter is missing: grant_type"),
    }
}

fn refresh(sandbox: &Sandbox, params: &Params) -> Response {
    if let Some(reply) = wrong_client(sandbox, params) {
        return reply;
    }
    let given = params.get("refresh_token").map_or("", String::as_str);
    let Some(granted) = scopes_of(sandbox, given) else {
        return refusal(400, "invalid_grant", "Bad Request");
    };
    let asked = params.get("scope").map_or_else(|| granted.clone(), |scope| words(scope));
    if asked.iter().any(|scope| !granted.contains(scope)) {
        return refusal(400, "invalid_scope", "Bad Request");
    }
    let scope = asked.join(" ");
    let token = sandbox.tokens.issue(asked, sandbox.now());
    axum::Json(json!({"access_token": token, "expires_in": LIFE, "scope": scope, "token_type": "Bearer"}))
        .into_response()
}

fn exchange(sandbox: &Sandbox, params: &Params) -> Response {
    if let Some(reply) = wrong_client(sandbox, params) {
        return reply;
    }
    let value = |key: &str| params.get(key).map_or("", String::as_str);
    let Some(consent) = sandbox.tokens.take_code(value("code")) else {
        return refusal(400, "invalid_grant", "Malformed auth code.");
    };
    if consent.redirect_uri != value("redirect_uri") {
        return refusal(400, "redirect_uri_mismatch", "Bad Request");
    }
    if consent.client_id != value("client_id") {
        return refusal(400, "invalid_grant", "Bad Request");
    }
    if let Some(challenge) = &consent.challenge {
        let hash = digest::digest(&digest::SHA256, value("code_verifier").as_bytes());
        if value("code_verifier").is_empty() {
            return refusal(400, "invalid_grant", "Missing code verifier.");
        }
        if URL_SAFE_NO_PAD.encode(hash) != *challenge {
            return refusal(400, "invalid_grant", "Invalid code verifier.");
        }
    }
    let scope = consent.scopes.join(" ");
    let refresh_token = sandbox.tokens.issue_refresh(consent.scopes.clone());
    let token = sandbox.tokens.issue(consent.scopes, sandbox.now());
    let reply = json!({
        "access_token": token, "expires_in": LIFE, "refresh_token": refresh_token, "scope": scope, "token_type": "Bearer",
    });
    axum::Json(reply).into_response()
}

fn assertion(sandbox: &Sandbox, params: &Params) -> Response {
    let given = params.get("assertion").map_or("", String::as_str);
    let Some((signed, signature)) = given.rsplit_once('.') else {
        return refusal(400, "invalid_grant", "Bad Request");
    };
    let mut parts = signed.split('.').map(decoded);
    let (Some(Some(head)), Some(Some(claims)), None) = (parts.next(), parts.next(), parts.next()) else {
        return refusal(400, "invalid_grant", "Bad Request");
    };
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, PUBLIC_KEY);
    let genuine = URL_SAFE_NO_PAD.decode(signature).is_ok_and(|bytes| key.verify(signed.as_bytes(), &bytes).is_ok());
    let issuer = claims.get("iss").and_then(Value::as_str);
    if issuer.is_none_or(|issuer| !issuer.ends_with(".iam.gserviceaccount.com")) {
        return refusal(400, "invalid_grant", "Invalid grant: account not found");
    }
    if head.get("alg").and_then(Value::as_str) != Some("RS256") || !genuine || issuer != Some(SERVICE_ACCOUNT) {
        return refusal(400, "invalid_grant", "Invalid JWT Signature.");
    }
    let audience = claims.get("aud").and_then(Value::as_str).unwrap_or_default();
    if !audience.ends_with("/token") {
        return refusal(400, "invalid_grant", "Invalid JWT: Failed audience check.");
    }
    let second = |key: &str| claims.get(key).and_then(Value::as_i64).unwrap_or_default();
    let (issued, until, now) = (second("iat"), second("exp"), sandbox.now().as_second());
    if until - issued > 3600 || until <= now || issued > now + 300 || until <= issued {
        return refusal(400, "invalid_grant", TOO_LONG);
    }
    if claims.get("sub").is_some() {
        let text = "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any \
                    of the scopes requested.";
        return refusal(401, "unauthorized_client", text);
    }
    let scopes = words(claims.get("scope").and_then(Value::as_str).unwrap_or_default());
    if scopes.is_empty() {
        return refusal(400, "invalid_scope", "Invalid OAuth scope or ID token audience provided.");
    }
    let token = sandbox.tokens.issue(scopes, sandbox.now());
    axum::Json(json!({"access_token": token, "expires_in": LIFE, "token_type": "Bearer"})).into_response()
}

fn decoded(part: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn knows_client(sandbox: &Sandbox, client_id: &str) -> bool {
    client_id == CLIENT_ID || sandbox.sources.iter().any(|source| source.text("client_id") == Some(client_id))
}

fn wrong_client(sandbox: &Sandbox, params: &Params) -> Option<Response> {
    let value = |key: &str| params.get(key).map_or("", String::as_str);
    if !knows_client(sandbox, value("client_id")) {
        return Some(refusal(401, "invalid_client", "The OAuth client was not found."));
    }
    (value("client_secret") != CLIENT_SECRET).then(|| refusal(401, "invalid_client", "Unauthorized"))
}

/// The scopes of a refresh token: one of a configured source, or one that came from a code.
fn scopes_of(sandbox: &Sandbox, token: &str) -> Option<Vec<String>> {
    let configured = sandbox.sources.iter().find(|source| tokens::refresh_token_of(source) == token);
    let scope = match configured.map(|source| source.adapter.as_str()) {
        Some("google_search_console") => "https://www.googleapis.com/auth/webmasters.readonly",
        Some("google_ads") => "https://www.googleapis.com/auth/adwords",
        Some(_) | None => return sandbox.tokens.refresh_scopes(token),
    };
    Some(vec![scope.to_owned()])
}
