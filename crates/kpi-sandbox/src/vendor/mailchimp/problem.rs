//! Refusals as `application/problem+json`.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A refusal of the Marketing API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    status: StatusCode,
    title: &'static str,
    detail: &'static str,
    fields: Vec<(String, String)>,
}

impl Problem {
    fn new(status: StatusCode, title: &'static str, detail: &'static str) -> Problem {
        Problem { status, title, detail, fields: Vec::new() }
    }

    /// The request holds no key.
    pub(super) fn no_key() -> Problem {
        Problem::new(StatusCode::UNAUTHORIZED, "API Key Missing", "Your request did not include an API key.")
    }

    /// The key opens nothing here.
    pub(super) fn bad_key() -> Problem {
        let detail = "Your API key may be invalid, or you've attempted to access the wrong datacenter.";
        Problem::new(StatusCode::UNAUTHORIZED, "API Key Invalid", detail)
    }

    /// There is no such thing.
    pub(super) fn not_found() -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "Resource Not Found", "The requested resource could not be found.")
    }

    /// There is such a thing, but not to be asked like this.
    pub(super) fn method() -> Problem {
        let detail = "The requested method and resource are not compatible. See the Allow header for this resource's \
                      available methods.";
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed", detail)
    }

    /// A parameter cannot be understood.
    pub(super) fn invalid(field: &str, message: &str) -> Problem {
        let detail =
            "The resource submitted could not be validated. For field-specific details, see the 'errors' array.";
        let problem = Problem::new(StatusCode::BAD_REQUEST, "Invalid Resource", detail);
        Problem { fields: vec![(field.to_owned(), message.to_owned())], ..problem }
    }

    /// Too many connections at once.
    pub(super) fn connections() -> Problem {
        let detail = "You have exceeded the limit of 10 simultaneous connections.";
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests", detail)
    }

    /// A failure on the vendor's side.
    pub(super) fn internal() -> Problem {
        let detail = "A deep internal error has occurred during the processing of your request.";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error", detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "type": "https://mailchimp.com/developer/marketing/docs/errors/",
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.detail,
            "instance": "995c5cb0-3280-4a6e-808b-3b096d0bb219",
        });
        if !self.fields.is_empty() {
            let errors = self.fields.iter().map(|(field, message)| json!({"field": field, "message": message}));
            body["errors"] = errors.collect();
        }
        let kind = [(header::CONTENT_TYPE, "application/problem+json; charset=utf-8")];
        (self.status, kind, body.to_string()).into_response()
    }
}
