//! Refusals of the API: a status, a code in capitals, a sentence.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A refusal of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    status: StatusCode,
    error: &'static str,
    description: String,
    detail: Option<Value>,
}

impl Refused {
    fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Refused {
        Refused { status, error, description: description.into(), detail: None }
    }

    /// The request holds no token.
    pub(super) fn no_token() -> Refused {
        Refused::new(StatusCode::UNAUTHORIZED, "NO_AUTH", "An OAuth token is required for all requests")
    }

    /// The token opens nothing.
    pub(super) fn bad_token() -> Refused {
        Refused::new(StatusCode::UNAUTHORIZED, "INVALID_AUTH", "The OAuth token you provided was invalid.")
    }

    /// It belongs to somebody else.
    pub(super) fn not_yours() -> Refused {
        let description = "You do not have permission to access the resource you requested.";
        Refused::new(StatusCode::FORBIDDEN, "NOT_AUTHORIZED", description)
    }

    /// There is no such thing.
    pub(super) fn not_found(what: &str) -> Refused {
        Refused::new(StatusCode::NOT_FOUND, "NOT_FOUND", format!("The {what} you requested does not exist."))
    }

    /// There is no such page: lists are continued by their token, not by number.
    pub(super) fn bad_page() -> Refused {
        let description = "The page number you requested does not exist or is not valid, use the continuation token.";
        Refused::new(StatusCode::BAD_REQUEST, "BAD_PAGE", description)
    }

    /// The token that should continue a list is not one.
    pub(super) fn bad_continuation() -> Refused {
        let description = "The continuation token you provided is invalid.";
        Refused::new(StatusCode::BAD_REQUEST, "BAD_CONTINUATION_TOKEN", description)
    }

    /// An argument cannot be understood.
    pub(super) fn argument(name: &str) -> Refused {
        let description = format!("There are errors with your arguments: {name} - INVALID");
        let detail = json!({"ARGUMENTS_ERROR": {name: ["INVALID"]}});
        Refused { detail: Some(detail), ..Refused::new(StatusCode::BAD_REQUEST, "ARGUMENTS_ERROR", description) }
    }

    /// Only reading is emulated.
    pub(super) fn method() -> Refused {
        Refused::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", "Method not allowed.")
    }

    /// The hour's calls are used up.
    pub(super) fn rate_limit() -> Refused {
        Refused::new(StatusCode::TOO_MANY_REQUESTS, "HIT_RATE_LIMIT", "Your token has hit its rate limit.")
    }

    /// A failure on the vendor's side.
    pub(super) fn internal() -> Refused {
        let description = "An internal error occurred.";
        Refused::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", description)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = self.status.as_u16();
        let mut body = json!({"status_code": status, "error_description": self.description, "error": self.error});
        if let Some(detail) = self.detail {
            body["error_detail"] = detail;
        }
        (self.status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
    }
}
