//! Access tokens and how they are come by: the consent dialog, the code, the exchange for a long-lived token.
//!
//! A token is its own record, so nothing is stored: it says what it opens and until when, and ends with a checksum.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::graph::{Call, GraphError};
use crate::world::World;

/// Seconds that a token of the consent dialog lives.
const SHORT: i64 = 3_600;
/// Seconds that an exchanged token lives.
const LONG: i64 = 5_184_000;

/// What a token opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// One Page.
    Page(String),
    /// Whatever the user manages.
    User,
}

/// A token of a Page, which never expires.
pub(super) fn page_token(world: &World, page_id: &str) -> String {
    sealed(world, &format!("EAAGPage{page_id}Z"))
}

/// A token of a user that opens until a moment, or for ever when it is zero.
pub(super) fn user_token(world: &World, until: i64) -> String {
    sealed(world, &format!("EAAGUser{until}Z"))
}

fn sealed(world: &World, text: &str) -> String {
    format!("{text}{:016x}{:016x}", world.hash_key(text), world.hash_key(&format!("{text}+")))
}

/// Reads a token.
///
/// # Errors
/// Refuses what is absent, unknown, or over.
pub(super) fn read(world: &World, text: Option<&str>, now: Timestamp) -> Result<Token, GraphError> {
    let Some(text) = text else {
        return Err(GraphError::new(104, "An access token is required to request this resource."));
    };
    let broken = || GraphError::new(190, "Invalid OAuth access token - Cannot parse access token");
    let (body, _) = text.rsplit_once('Z').ok_or_else(broken)?;
    let body = format!("{body}Z");
    if sealed(world, &body) != text {
        return Err(broken());
    }
    let inner = body.trim_end_matches('Z');
    if let Some(id) = inner.strip_prefix("EAAGPage") {
        return Ok(Token::Page(id.to_owned()));
    }
    let until: i64 = inner.strip_prefix("EAAGUser").and_then(|until| until.parse().ok()).ok_or_else(broken)?;
    if until != 0 && until <= now.as_second() {
        return Err(GraphError::expired(Timestamp::from_second(until).unwrap_or(now), now));
    }
    Ok(Token::User)
}

/// The consent dialog: the user agrees at once, and the browser goes back with a code and the caller's state.
pub(super) fn dialog(world: &World, call: &Call) -> Result<Response, GraphError> {
    let redirect =
        call.get("redirect_uri").ok_or_else(|| GraphError::new(100, "The parameter redirect_uri is required"))?;
    let mut address = url::Url::parse(redirect)
        .map_err(|_| GraphError::new(191, "redirect_uri isn't an absolute URI. Check RFC 3986."))?;
    if call.get("client_id").is_none() {
        return Err(GraphError::new(101, "Missing client_id parameter."));
    }
    address.query_pairs_mut().append_pair("code", &code(world, redirect, call.now));
    if let Some(state) = call.get("state") {
        address.query_pairs_mut().append_pair("state", state);
    }
    let location = HeaderValue::from_str(address.as_str())
        .map_err(|_| GraphError::new(191, "redirect_uri isn't an absolute URI. Check RFC 3986."))?;
    Ok((StatusCode::FOUND, [(header::LOCATION, location)]).into_response())
}

/// A code is good for the redirect address and the hour it was given out for.
fn code(world: &World, redirect: &str, now: Timestamp) -> String {
    format!("AQ{:016x}", world.hash_key(&format!("facebook_pages/code/{redirect}/{}", now.as_second() / 3_600)))
}

/// Answers `GET /oauth/access_token`: a code or a short-lived token against a longer one.
pub(super) fn access_token(world: &World, call: &Call) -> Result<Value, GraphError> {
    if call.get("client_id").is_none() {
        return Err(GraphError::new(101, "Missing client_id parameter."));
    }
    if call.get("client_secret").is_none() {
        return Err(GraphError::new(1, "Missing client_secret parameter."));
    }
    let life = match (call.get("grant_type"), call.get("fb_exchange_token"), call.get("code")) {
        (Some("fb_exchange_token"), Some(token), _) => {
            read(world, Some(token), call.now)?;
            LONG
        }
        (Some("fb_exchange_token"), None, _) => {
            return Err(GraphError::new(1, "fb_exchange_token parameter not specified"));
        }
        (_, _, Some(code)) if call.get("redirect_uri").is_some_and(|to| self::code(world, to, call.now) == code) => {
            SHORT
        }
        (_, _, Some(_)) => {
            let message = "Error validating verification code. Please make sure your redirect_uri is identical to the \
                           one you used in the OAuth dialog request";
            return Err(GraphError::new(100, message).subcode(36_008));
        }
        _ => return Err(GraphError::new(1, "Missing authorization code")),
    };
    let token = user_token(world, call.now.as_second() + life);
    Ok(json!({"access_token": token, "token_type": "bearer", "expires_in": life}))
}

/// Answers `GET /debug_token`.
pub(super) fn debug(world: &World, call: &Call) -> Result<Value, GraphError> {
    let Some(input) = call.get("input_token") else {
        return Err(GraphError::new(100, "(#100) The parameter input_token is required"));
    };
    let scopes = json!(["pages_show_list", "pages_read_engagement", "read_insights"]);
    let data = match read(world, Some(input), call.now) {
        Ok(Token::Page(id)) => json!({"app_id": "1234567890", "type": "PAGE", "application": "kpi", "expires_at": 0,
            "is_valid": true, "profile_id": id, "scopes": scopes}),
        Ok(Token::User) => json!({"app_id": "1234567890", "type": "USER", "application": "kpi", "expires_at": 0,
            "is_valid": true, "scopes": scopes}),
        Err(_) => json!({"error": {"code": 190, "message": "Malformed access token"}, "is_valid": false, "scopes": []}),
    };
    Ok(json!({ "data": data }))
}
