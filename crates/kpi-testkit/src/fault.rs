//! What goes wrong at vendors, in place of one exchange of a script.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::expect::Sent;
use crate::script::{Broken, Reply};

/// How long a vendor asks to wait in a test.
pub(crate) const ASKED_WAIT: Duration = Duration::from_secs(7);

/// A wait that outlives a token.
pub(crate) const LONG_WAIT: Duration = Duration::from_secs(4_000);

/// One thing that goes wrong.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    /// At which exchanges of the script.
    pub(crate) at: Vec<usize>,
    pub(crate) kind: FaultKind,
    pub(crate) lasting: Lasting,
}

/// For how long it goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lasting {
    Once,
    Ever,
}

/// What the vendor does instead of answering.
#[derive(Clone, Debug)]
pub(crate) enum FaultKind {
    Status(u16),
    /// 429 with `Retry-After` in seconds.
    RetryAfterSeconds,
    /// 429 with `Retry-After` as a date.
    RetryAfterDate,
    Broken(Broken),
    EmptyBody,
    CutBody,
    Html,
    /// Other JSON than the vendor documents.
    Json(&'static str),
    /// A status, and a body that repeats the request with all its headers.
    Echo(u16),
    /// A status with the body of the right reply.
    AsError(u16),
    /// The reply of another exchange.
    Replay(Reply),
    ByteOrderMark,
    /// Text that is not UTF-8.
    WrongCharset,
    WrongContentType,
    /// 429 with `Retry-After` of an hour and more, longer than tokens live.
    RetryAfterHours,
}

impl Fault {
    pub(crate) fn ever(at: usize, kind: FaultKind) -> Self {
        Self { at: vec![at], kind, lasting: Lasting::Ever }
    }

    /// Whether the reply is the right one in another dress, so that nobody asks again.
    pub(crate) fn still_answers(&self) -> bool {
        matches!(self.kind, FaultKind::ByteOrderMark | FaultKind::WrongContentType)
    }

    /// The reply in place of the right one.
    pub(crate) fn reply(&self, right: &Reply, sent: &Sent, now: Timestamp) -> Reply {
        match &self.kind {
            FaultKind::Status(status) => error_reply(*status),
            FaultKind::RetryAfterSeconds => slow_down(ASKED_WAIT.as_secs().to_string()),
            FaultKind::RetryAfterDate => slow_down(http_date(now.saturating_add(ASKED_WAIT).unwrap_or(now))),
            FaultKind::Broken(broken) => Reply::broken(*broken),
            FaultKind::EmptyBody => right.with_body(Bytes::new()),
            FaultKind::CutBody => right.with_body(right.body.slice(..cut(&right.body))),
            FaultKind::Html => {
                Reply::of(200, "text/html", "<!DOCTYPE html><html><title>Sign in</title><p>Sign in</html>")
            }
            FaultKind::Json(json) => right.with_body(*json),
            FaultKind::Echo(status) => Reply::of(*status, "application/json", echo(sent)),
            FaultKind::AsError(status) => Reply { status: *status, ..right.clone() },
            FaultKind::Replay(other) => other.clone(),
            FaultKind::ByteOrderMark => {
                let mut body = b"\xef\xbb\xbf".to_vec();
                body.extend_from_slice(&right.body);
                right.with_body(body)
            }
            FaultKind::WrongCharset => {
                let mut body = right.body.to_vec();
                let quote = body.iter().position(|byte| *byte == b'"').map_or(0, |place| place + 1);
                body.insert(quote, 0xE9);
                right.with_body(body)
            }
            FaultKind::RetryAfterHours => slow_down(LONG_WAIT.as_secs().to_string()),
            FaultKind::WrongContentType => {
                let mut reply = right.clone();
                reply.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
                reply.headers.push(("content-type".to_owned(), "text/html".to_owned()));
                reply
            }
        }
    }
}

fn error_reply(status: u16) -> Reply {
    if status >= 500 {
        Reply::of(status, "text/html", "<html><title>Bad gateway</title></html>")
    } else {
        Reply::of(status, "application/json", r#"{"message":"an error made by the testkit"}"#)
    }
}

fn slow_down(retry_after: String) -> Reply {
    let mut reply = error_reply(429);
    reply.headers.push(("retry-after".to_owned(), retry_after));
    reply
}

/// A date as HTTP writes it (RFC 9110, 5.6.7).
fn http_date(time: Timestamp) -> String {
    time.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Where to cut a body so that a JSON document is surely not whole: in its middle, and never in a character.
fn cut(body: &[u8]) -> usize {
    let middle = body.len() / 2;
    (0..=middle).rev().find(|index| body.get(*index).is_none_or(|byte| byte & 0xC0 != 0x80)).unwrap_or(0)
}

/// Vendors repeat what they were sent in their errors.
fn echo(sent: &Sent) -> String {
    let headers: Vec<String> = sent.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let query: Vec<String> = sent.query.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let body = String::from_utf8_lossy(&sent.body);
    let message = format!(
        "bad request {} https://{}{}?{} [{}] {body}",
        sent.method,
        sent.host,
        sent.path,
        query.join("&"),
        headers.join("; ")
    );
    serde_json::json!({ "message": message, "error": { "message": message, "status": "UNKNOWN" } }).to_string()
}

#[cfg(test)]
mod tests {
    use super::{cut, http_date};

    #[test]
    fn writes_dates_as_http_does() {
        assert_eq!(http_date("2026-11-05T06:00:07Z".parse().unwrap()), "Thu, 05 Nov 2026 06:00:07 GMT");
    }

    #[test]
    fn cuts_between_characters() {
        assert_eq!(cut("{\"é".as_bytes()), 2);
        assert_eq!(cut("ééé".as_bytes()), 2);
        assert_eq!(cut(b""), 0);
    }
}
