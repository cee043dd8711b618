//! What an HTTP status means where the vendor's own dialect says nothing.

use http::StatusCode;
use http::header::{LOCATION, RETRY_AFTER};
use jiff::{SignedDuration, Timestamp};
use kpi_core::{Error, ErrorKind};
use serde_json::Value;
use url::Url;

use crate::reply::Reply;
use crate::scrub;

/// The error of a reply that is no success.
pub(crate) fn error(reply: &Reply) -> Error {
    let (kind, what) = match reply.status {
        300..=399 => return redirected(reply),
        401 => (ErrorKind::Auth, "the credentials were refused"),
        403 => (ErrorKind::Permission, "access was refused"),
        404 => (ErrorKind::NotFound, "the vendor does not know what was asked for"),
        408 | 429 => (ErrorKind::RateLimited, "the vendor asks to slow down"),
        500.. => (ErrorKind::Unavailable, "the vendor failed"),
        _ => (ErrorKind::Protocol, "the vendor refused the request"),
    };
    let said = Said::of(reply);
    let message = if said.message.is_empty() { what.to_owned() } else { format!("{what}: {}", said.message) };
    let error = Error::new(kind, message);
    match said.code {
        Some(code) => error.with("code", code),
        None => error,
    }
}

/// How long the reply asks to wait: seconds, an HTTP date, or a timestamp, which some vendors write.
pub(crate) fn retry_after(reply: &Reply, now: Timestamp) -> Option<SignedDuration> {
    let text = reply.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(SignedDuration::from_secs(seconds.into()));
    }
    if let Ok(seconds) = text.parse::<f64>() {
        return SignedDuration::try_from_secs_f64(seconds).ok();
    }
    let date = httpdate::parse_http_date(text).ok().and_then(|time| Timestamp::try_from(time).ok());
    let until = date.or_else(|| text.parse().ok())?;
    Some(until.duration_since(now))
}

/// Names the place a redirect leads to, without query and port.
fn redirected(reply: &Reply) -> Error {
    let target = reply.headers.get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or("");
    let place = match Url::parse(target) {
        Ok(url) => format!("{}{}", url.host_str().unwrap_or(""), url.path()),
        Err(_) => target.split(['?', '#']).next().unwrap_or("").to_owned(),
    };
    let place = if place.is_empty() { "nowhere" } else { &place };
    Error::new(ErrorKind::Protocol, format!("the vendor redirects to {place}"))
}

/// Where vendors put a sentence, best first.
const MESSAGE_KEYS: &[&str] = &["message", "error_description", "detail", "description", "title", "error"];

/// Where vendors put a code, best first.
const CODE_KEYS: &[&str] = &["status", "errorCode", "error_code", "code", "reason", "type", "error", "title"];

/// The vendor's words in the shapes that most vendors use.
#[derive(Default)]
struct Said {
    code: Option<String>,
    message: String,
}

impl Said {
    fn of(reply: &Reply) -> Self {
        let Ok(text) = reply.text() else { return Self::default() };
        let said = reply.json::<Value>().ok().and_then(|json| Self::in_json(&json, reply.status));
        let reason = StatusCode::from_u16(reply.status).ok().and_then(|status| status.canonical_reason());
        said.unwrap_or_else(|| {
            let excerpt = scrub::excerpt(text);
            let message = if excerpt.is_empty() { reason.unwrap_or("").to_ascii_lowercase() } else { excerpt };
            Self { code: None, message }
        })
    }

    fn in_json(json: &Value, status: u16) -> Option<Self> {
        let json = json.as_array().map_or(Some(json), |list| list.first())?;
        let inner = [&json["error"], &json["errors"][0], json].into_iter().find(|value| value.is_object())?;
        let texts = |key: &&str| match &inner[*key] {
            Value::String(text) if !text.is_empty() && !text.contains("://") => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let message = MESSAGE_KEYS.iter().find_map(texts)?;
        // Many repeat the HTTP status; that is no code of theirs.
        let known = [status.to_string(), message.clone()];
        let code = CODE_KEYS.iter().filter_map(texts).find(|code| !known.contains(code));
        let message = scrub::excerpt(message.trim_end_matches('.'));
        Some(Self { code: code.map(|code| scrub::clean(&code)), message })
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use jiff::{SignedDuration, Timestamp};
    use kpi_core::ErrorKind;

    use super::{error, retry_after};
    use crate::Reply;

    fn said(status: u16, body: &'static str) -> (ErrorKind, String) {
        let error = error(&Reply::new(status, body));
        (error.kind(), error.to_string())
    }

    #[test]
    fn each_status_has_its_kind() {
        let kinds = [400, 401, 402, 403, 404, 408, 410, 429, 500, 502, 503, 599].map(|status| said(status, "").0);
        let (auth, denied, unknown) = (ErrorKind::Auth, ErrorKind::Permission, ErrorKind::NotFound);
        let (wrong, slow, down) = (ErrorKind::Protocol, ErrorKind::RateLimited, ErrorKind::Unavailable);
        assert_eq!(kinds, [wrong, auth, wrong, denied, unknown, slow, wrong, slow, down, down, down, down]);
    }

    #[test]
    fn the_vendors_words_are_found_in_the_usual_shapes() {
        let google = r#"{"error": {"code": 403, "message": "No access.", "status": "PERMISSION_DENIED"}}"#;
        assert_eq!(said(403, google).1, "access was refused: No access (code=PERMISSION_DENIED)");
        let mailchimp = r#"{"type": "https://a.example/errors", "title": "Not Found", "status": 404, "detail": "No list.", "instance": "1-2"}"#;
        assert_eq!(said(404, mailchimp).1, "the vendor does not know what was asked for: No list (code=Not Found)");
        let salesforce = r#"[{"message": "Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]"#;
        assert_eq!(said(403, salesforce).1, "access was refused: Limit exceeded (code=REQUEST_LIMIT_EXCEEDED)");
        let eventbrite = r#"{"status_code": 401, "error_description": "Bad token.", "error": "INVALID_AUTH"}"#;
        assert_eq!(said(401, eventbrite).1, "the credentials were refused: Bad token (code=INVALID_AUTH)");
        assert_eq!(said(502, "<html><title>502 Bad Gateway</title>").1, "the vendor failed: 502 Bad Gateway");
        assert_eq!(said(500, "").1, "the vendor failed: internal server error");
    }

    #[test]
    fn a_redirect_names_its_place_without_query_and_port() {
        let mut reply = Reply::new(302, "");
        assert_eq!(error(&reply).to_string(), "the vendor redirects to nowhere");
        reply.headers.insert("location", HeaderValue::from_static("https://login.a.example:444/x?token=1"));
        assert_eq!(error(&reply).to_string(), "the vendor redirects to login.a.example/x");
        reply.headers.insert("location", HeaderValue::from_static("/v2/x?token=1"));
        assert_eq!(error(&reply).to_string(), "the vendor redirects to /v2/x");
    }

    #[test]
    fn a_wait_is_read_in_every_form() {
        let now: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        let wait = |text: &'static str| {
            let mut reply = Reply::new(429, "");
            reply.headers.insert("retry-after", HeaderValue::from_static(text));
            retry_after(&reply, now)
        };
        assert_eq!(wait("7"), Some(SignedDuration::from_secs(7)));
        assert_eq!(wait("0.5"), Some(SignedDuration::from_millis(500)));
        assert_eq!(wait("Sun, 01 Nov 2026 00:01:30 GMT"), Some(SignedDuration::from_secs(90)));
        assert_eq!(wait("2026-11-01T01:00:00Z"), Some(SignedDuration::from_secs(3600)));
        assert_eq!(wait("-1"), Some(SignedDuration::from_secs(-1)));
        assert_eq!(wait("soon"), None);
        assert_eq!(wait("inf"), None);
    }
}
