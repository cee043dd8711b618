//! The error bodies of Search Console.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::vendor::google::Denied;

const BAD_TOKEN: &str = "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other \
                         valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.";
const NO_TOKEN: &str = "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or \
                        other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.";

fn reply(code: u16, message: &str, error: &Value, status: Option<&str>) -> Response {
    let mut body = json!({"code": code, "message": message, "errors": [error]});
    if let Some(status) = status {
        body["status"] = json!(status);
    }
    let http = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (http, Json(json!({"error": body}))).into_response()
}

fn simple(code: u16, message: &str, domain: &str, reason: &str, status: Option<&str>) -> Response {
    reply(code, message, &json!({"message": message, "domain": domain, "reason": reason}), status)
}

pub(super) fn denied(why: Denied) -> Response {
    match why {
        Denied::Missing => unauthorized(NO_TOKEN),
        Denied::Invalid => bad_token(),
        Denied::Scope => {
            let message = "Request had insufficient authentication scopes.";
            let error = json!({
                "code": 403, "message": message, "status": "PERMISSION_DENIED",
                "errors": [{"message": "Insufficient Permission", "domain": "global", "reason": "insufficientPermissions"}],
                "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
                             "domain": "googleapis.com"}],
            });
            (StatusCode::FORBIDDEN, Json(json!({"error": error}))).into_response()
        }
    }
}

pub(super) fn bad_token() -> Response {
    unauthorized(BAD_TOKEN)
}

fn unauthorized(message: &str) -> Response {
    let error = json!({
        "message": "Invalid Credentials", "domain": "global", "reason": "authError",
        "location": "Authorization", "locationType": "header",
    });
    let mut answer = reply(401, message, &error, Some("UNAUTHENTICATED"));
    let challenge = HeaderValue::from_static("Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"");
    answer.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    answer
}

pub(super) fn forbidden(url: &str) -> Response {
    let message = format!(
        "User does not have sufficient permission for site '{url}'. See also: https://support.google.com/webmasters/answer/2451999."
    );
    simple(403, &message, "global", "forbidden", None)
}

pub(super) fn not_found(url: &str) -> Response {
    let message = format!("'{url}' is not a verified Search Console site in this account.");
    let error = json!({
        "message": message, "domain": "global", "reason": "notFound", "location": "siteUrl", "locationType": "parameter",
    });
    reply(404, &message, &error, None)
}

pub(super) fn bad_request(message: &str, reason: &str) -> Response {
    simple(400, message, "global", reason, Some("INVALID_ARGUMENT"))
}

pub(super) fn rate_limited() -> Response {
    let message = "Search Analytics QPS quota exceeded";
    simple(429, message, "usageLimits", "rateLimitExceeded", Some("RESOURCE_EXHAUSTED"))
}

pub(super) fn quota() -> Response {
    let message = "Daily Limit Exceeded. The quota will be reset at midnight Pacific Time (PT).";
    simple(403, message, "usageLimits", "dailyLimitExceeded", None)
}

pub(super) fn server() -> Response {
    simple(503, "The service is currently unavailable.", "global", "backendError", Some("UNAVAILABLE"))
}
