//! A vendor's reply, whole, and its way into typed JSON.

use std::fmt;

use bytes::Bytes;
use http::HeaderMap;
use kpi_core::{Error, ErrorKind, Result};
use serde::de::DeserializeOwned;

use crate::scrub;

/// A vendor's reply.
#[derive(Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, unpacked.
    pub body: Bytes,
}

impl Reply {
    /// A reply without headers, for tests of `classify`.
    pub fn new(status: u16, body: impl Into<Bytes>) -> Self {
        Self { status, headers: HeaderMap::new(), body: body.into() }
    }

    /// Whether the status says success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header's value, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as text, without a byte order mark.
    ///
    /// # Errors
    /// `Unavailable` when it ends within a character, `Protocol` when it is not UTF-8.
    pub fn text(&self) -> Result<&str> {
        let body = self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body);
        std::str::from_utf8(body).map_err(|error| match error.error_len() {
            None => cut_off(),
            Some(_) => Error::new(ErrorKind::Protocol, "the reply is not UTF-8"),
        })
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// `Unavailable` when it is empty or cut off; `Protocol` when it is no JSON, or JSON of another shape, with the path
    /// of what does not fit.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        let text = self.text()?;
        // The path costs time on every value, so it is looked for only when something does not fit.
        serde_json::from_str(text).or_else(|_| with_path(text))
    }
}

fn with_path<T: DeserializeOwned>(text: &str) -> Result<T> {
    let trimmed = text.trim_start();
    if trimmed.is_empty() {
        return Err(Error::new(ErrorKind::Unavailable, "the reply is empty"));
    }
    if trimmed.starts_with('<') {
        let page = scrub::excerpt(text);
        return Err(Error::new(ErrorKind::Protocol, format!("the reply is a web page, not JSON: {page}")));
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let found = serde_path_to_error::deserialize(&mut json).and_then(|value| match json.end() {
        Ok(()) => Ok(value),
        Err(error) => Err(serde_path_to_error::Error::new(serde_path_to_error::Track::new().path(), error)),
    });
    found.map_err(|error| {
        let (path, cause) = (error.path().to_string(), error.inner());
        // Cut after the sign, the point or the exponent of a number, it is taken for a wrong number.
        let in_number = text.ends_with(['-', '+', '.', 'e', 'E']) && cause.to_string().starts_with("invalid number");
        if cause.is_eof() || in_number {
            return cut_off();
        }
        if !cause.is_data() {
            return Error::new(ErrorKind::Protocol, format!("the reply is not JSON: {}", scrub::excerpt(text)));
        }
        let place = if path == "." { String::new() } else { format!("{path}: ") };
        Error::new(ErrorKind::Protocol, format!("the reply has another shape: {place}{}", without_values(cause)))
    })
}

fn cut_off() -> Error {
    Error::new(ErrorKind::Unavailable, "the reply is cut off")
}

/// The decoder's words without the place in the text and without the vendor's strings, which may be about people.
fn without_values(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let text = text.strip_suffix(&place).unwrap_or(&text);
    match (text.find(" string \""), text.rfind("\", expected")) {
        (Some(start), Some(end)) if start + 9 <= end => format!("{} string{}", &text[..start], &text[end + 1..]),
        _ => text.to_owned(),
    }
}

impl fmt::Debug for Reply {
    /// Without headers and body: both may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("status", &self.status).field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use kpi_core::{ErrorKind, Result};
    use serde::Deserialize;

    use super::Reply;
    use crate::exact::Number;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Page {
        results: Vec<Row>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Row {
        clicks: u64,
    }

    fn read(body: &[u8]) -> Result<Page> {
        Reply::new(200, body.to_vec()).json()
    }

    fn refused(body: &[u8]) -> (ErrorKind, String) {
        let error = read(body).unwrap_err();
        (error.kind(), error.to_string())
    }

    #[test]
    fn a_mistake_is_named_with_its_path_and_without_its_value() {
        let body = br#"{"results": [{"clicks": 1}, {"clicks": "anna@a.example, \"quoted\""}]}"#;
        let text = "the reply has another shape: results[1].clicks: invalid type: string, expected u64";
        assert_eq!(refused(body), (ErrorKind::Protocol, text.to_owned()));
        let text = "the reply has another shape: results[0]: missing field `clicks`";
        assert_eq!(refused(br#"{"results": [{}]}"#), (ErrorKind::Protocol, text.to_owned()));
        let text = "the reply has another shape: invalid type: string, expected struct Page";
        assert_eq!(refused(b"\"Sorry\""), (ErrorKind::Protocol, text.to_owned()));
    }

    #[test]
    fn torn_bodies_are_the_vendors_failure() {
        let whole =
            "{\"results\": [{\"clicks\": 12}], \"x\": [\"é\\u00e9\", -1.5e+3, true, false, null, {}]}".as_bytes();
        for end in 0..whole.len() {
            assert_eq!(refused(&whole[..end]).0, ErrorKind::Unavailable, "cut at {end}");
            let any = Reply::new(200, &whole[..end]).json::<serde_json::Value>().unwrap_err();
            assert_eq!(any.kind(), ErrorKind::Unavailable, "cut at {end}");
        }
        assert!(read(whole).is_ok());
        let whole = b"[-1.5e+3, \"2\"]";
        for end in 0..whole.len() {
            let numbers = Reply::new(200, &whole[..end]).json::<Vec<Number>>().unwrap_err();
            assert_eq!(numbers.kind(), ErrorKind::Unavailable, "cut at {end}");
        }
    }

    #[test]
    fn what_is_no_json_is_refused() {
        let page = b" <!DOCTYPE html><html><title>Sign in</title><p>please</html>";
        assert_eq!(refused(page), (ErrorKind::Protocol, "the reply is a web page, not JSON: Sign in".to_owned()));
        assert_eq!(refused(b"results,clicks").0, ErrorKind::Protocol);
        assert_eq!(refused(b"{\"results\": []} tail").0, ErrorKind::Protocol);
        assert_eq!(refused(b"{\"results\": [{\"clicks\": 1}], \"x\": \"\xe9t\xe9\"}").0, ErrorKind::Protocol);
    }

    #[test]
    fn a_byte_order_mark_is_accepted_before_json() {
        assert_eq!(read(b"\xef\xbb\xbf{\"results\": []}").unwrap(), Page { results: vec![] });
        assert_eq!(refused(b"\xef\xbb\xbf").0, ErrorKind::Unavailable);
    }
}
