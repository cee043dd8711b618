//! The error bodies of Google Ads.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::vendor::google::Denied;

/// The id that every answer of the sandbox carries.
pub(super) const REQUEST_ID: &str = "AbCdEfGhIjKlMnOpQrStUv";

/// A refusal: the HTTP status, the words of its envelope, and the vendor's own error where there is one.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    code: u16,
    status: &'static str,
    message: String,
    error: Option<Value>,
}

impl Failure {
    /// The reply; a stream wraps it in an array.
    pub(super) fn reply(self, stream: bool) -> Response {
        let mut envelope = json!({"code": self.code, "message": self.message, "status": self.status});
        if let Some(error) = self.error {
            envelope["details"] = json!([{
                "@type": "type.googleapis.com/google.ads.googleads.v26.errors.GoogleAdsFailure",
                "errors": [error], "requestId": REQUEST_ID,
            }]);
        }
        let body = json!({"error": envelope});
        let status = StatusCode::from_u16(self.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(if stream { json!([body]) } else { body })).into_response()
    }
}

fn failure(code: u16, status: &'static str, message: &str, family: &str, kind: &str, detail: &str) -> Failure {
    let mut code_of = serde_json::Map::new();
    code_of.insert(family.to_owned(), json!(kind));
    let error = json!({"errorCode": code_of, "message": detail});
    Failure { code, status, message: message.to_owned(), error: Some(error) }
}

pub(super) fn invalid(family: &str, kind: &str, detail: &str) -> Failure {
    failure(400, "INVALID_ARGUMENT", "Request contains an invalid argument.", family, kind, detail)
}

pub(super) fn query(kind: &str, detail: &str) -> Failure {
    invalid("queryError", kind, detail)
}

fn token(kind: &str, detail: &str, missing: bool) -> Failure {
    let first = if missing {
        "is missing required authentication credential"
    } else {
        "had invalid authentication credentials"
    };
    let message = format!(
        "Request {first}. Expected OAuth 2 access token, login cookie or other valid authentication credential. See \
         https://developers.google.com/identity/sign-in/web/devconsole-project."
    );
    failure(401, "UNAUTHENTICATED", &message, "authenticationError", kind, detail)
}

pub(super) fn denied(why: Denied) -> Failure {
    match why {
        Denied::Missing => token("OAUTH_TOKEN_INVALID", "OAuth token in the header is invalid.", true),
        Denied::Invalid => token("OAUTH_TOKEN_EXPIRED", "OAuth token in the header has expired.", false),
        Denied::Scope => Failure {
            code: 403,
            status: "PERMISSION_DENIED",
            message: "Request had insufficient authentication scopes.".to_owned(),
            error: None,
        },
    }
}

pub(super) fn revoked() -> Failure {
    token("OAUTH_TOKEN_REVOKED", "OAuth token in the header has been revoked.", false)
}

pub(super) fn no_permission() -> Failure {
    let detail = "User doesn't have permission to access customer. Note: If you're accessing a client customer, the manager's \
                  customer id must be set in the 'login-customer-id' header. See \
                  https://developers.google.com/google-ads/api/docs/concepts/call-structure#cid";
    let message = "The caller does not have permission";
    failure(403, "PERMISSION_DENIED", message, "authorizationError", "USER_PERMISSION_DENIED", detail)
}

pub(super) fn bad_login() -> Failure {
    invalid("headerError", "INVALID_LOGIN_CUSTOMER_ID", "The login customer id could not be validated.")
}

pub(super) fn bad_customer(id: &str) -> Failure {
    invalid("requestError", "INVALID_CUSTOMER_ID", &format!("Invalid customer ID '{id}'."))
}

pub(super) fn unsupported_version(version: &str) -> Failure {
    let detail = format!("Version {version} is deprecated. Requests to this version will be blocked.");
    invalid("requestError", "UNSUPPORTED_VERSION", &detail)
}

pub(super) fn page_size() -> Failure {
    let detail = "Setting the page size is not supported. Search Responses will have fixed page size of '10000' rows.";
    invalid("requestError", "PAGE_SIZE_NOT_SUPPORTED", detail)
}

pub(super) fn page_token() -> Failure {
    invalid("requestError", "INVALID_PAGE_TOKEN", "Page token is invalid.")
}

pub(super) fn no_query() -> Failure {
    invalid("requestError", "REQUIRED_FIELD_MISSING", "Required field is missing: query.")
}

pub(super) fn bad_json() -> Failure {
    Failure { code: 400, status: "INVALID_ARGUMENT", message: "Invalid JSON payload received.".to_owned(), error: None }
}

pub(super) fn manager_metrics() -> Failure {
    let detail = "Metrics cannot be requested for a manager account. To retrieve metrics, issue separate requests against each \
                  client account under the manager account.";
    query("REQUESTED_METRICS_FOR_MANAGER", detail)
}

pub(super) fn rate_limited() -> Failure {
    let message = "Resource has been exhausted (e.g. check quota).";
    let detail = "Too many requests. Retry in 1 seconds.";
    let kind = "RESOURCE_TEMPORARILY_EXHAUSTED";
    with_delay(
        failure(429, "RESOURCE_EXHAUSTED", message, "quotaError", kind, detail),
        "ACCOUNT",
        "Requests per second",
        "1s",
    )
}

pub(super) fn quota() -> Failure {
    let message = "Resource has been exhausted (e.g. check quota).";
    let detail = "Too many requests. Retry in 40591 seconds.";
    let failure = failure(429, "RESOURCE_EXHAUSTED", message, "quotaError", "RESOURCE_EXHAUSTED", detail);
    with_delay(failure, "DEVELOPER", "Number of operations for basic access", "40591s")
}

fn with_delay(mut failure: Failure, scope: &str, name: &str, delay: &str) -> Failure {
    if let Some(error) = &mut failure.error {
        error["details"] = json!({"quotaErrorDetails": {"rateScope": scope, "rateName": name, "retryDelay": delay}});
    }
    failure
}

pub(super) fn server() -> Failure {
    let detail = "An internal error has occurred.";
    failure(500, "INTERNAL", "Internal error encountered.", "internalError", "INTERNAL_ERROR", detail)
}
