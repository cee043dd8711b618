//! What a vendor is expected to be asked, and what it answers.

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value as Json;

use crate::expect::Expect;

/// One exchange: what is expected of a request, and the reply to it.
///
/// ```
/// use kpi_testkit::Script;
/// use serde_json::json;
///
/// let token = Script::post("/token").form("grant_type", "refresh_token").json(&json!({ "access_token": "t" })).any();
/// let busy = Script::get("/3.0/reports").status(429).reply_header("Retry-After", "7").text("slow down");
/// let page = Script::get("/3.0/reports").query("offset", "0").json(&json!({ "reports": [] }));
/// ```
#[derive(Clone, Debug)]
pub struct Script {
    pub(crate) label: String,
    pub(crate) expect: Expect,
    pub(crate) reply: Reply,
    /// How often it is used; `None` for any number of times.
    pub(crate) times: Option<u32>,
}

/// What the vendor answers.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
    pub(crate) broken: Option<Broken>,
    pub(crate) takes: Duration,
}

/// How an exchange fails without a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    NotSent,
    Reset,
    TimedOut,
    TooLarge,
}

impl Default for Reply {
    fn default() -> Self {
        Self { status: 200, headers: Vec::new(), body: Bytes::new(), broken: None, takes: Duration::ZERO }
    }
}

impl Reply {
    /// A reply of a status and a content type.
    pub(crate) fn of(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Self { status, headers, body: body.into(), ..Self::default() }
    }

    /// No reply.
    pub(crate) fn broken(broken: Broken) -> Self {
        Self { broken: Some(broken), ..Self::default() }
    }

    pub(crate) fn with_body(&self, body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), ..self.clone() }
    }
}

impl Script {
    /// Expects a GET of a path, exactly as it stands in the URL.
    #[must_use]
    pub fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    /// Expects a POST to a path, exactly as it stands in the URL.
    #[must_use]
    pub fn post(path: &str) -> Self {
        Self::new("POST", path)
    }

    pub(crate) fn new(method: &str, path: &str) -> Self {
        let expect = Expect { method: method.to_owned(), path: path.to_owned(), ..Expect::default() };
        Self { label: label_of(path), expect, reply: Reply::default(), times: Some(1) }
    }

    /// Expects a parameter in the query.
    #[must_use]
    pub fn query(mut self, key: &str, value: &str) -> Self {
        self.expect.query.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Expects a field of a form in the body.
    #[must_use]
    pub fn form(mut self, key: &str, value: &str) -> Self {
        self.expect.form.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Expects a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.expect.header.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Expects the body to contain at least this JSON.
    #[must_use]
    pub fn body(mut self, json: &Json) -> Self {
        self.expect.json = Some(json.clone());
        self
    }

    /// Answers with a status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.reply.status = status;
        self
    }

    /// Answers with a header.
    #[must_use]
    pub fn reply_header(mut self, name: &str, value: &str) -> Self {
        self.reply.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Answers with JSON.
    #[must_use]
    pub fn json(self, body: &Json) -> Self {
        self.reply_header("content-type", "application/json").bytes(body.to_string())
    }

    /// Answers with text.
    #[must_use]
    pub fn text(self, body: &str) -> Self {
        self.reply_header("content-type", "text/plain").bytes(body.to_owned())
    }

    /// Answers with these bytes.
    #[must_use]
    pub fn bytes(mut self, body: impl Into<Bytes>) -> Self {
        self.reply.body = body.into();
        self
    }

    /// Answers only after a while.
    #[must_use]
    pub fn takes(mut self, duration: Duration) -> Self {
        self.reply.takes = duration;
        self
    }

    /// Breaks the connection after the request was sent.
    #[must_use]
    pub fn reset(mut self) -> Self {
        self.reply = Reply::broken(Broken::Reset);
        self
    }

    /// Never answers.
    #[must_use]
    pub fn silent(mut self) -> Self {
        self.reply = Reply::broken(Broken::TimedOut);
        self
    }

    /// Answers so many times; without this, once.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Answers as often as it is asked, and may be left unasked.
    #[must_use]
    pub fn any(mut self) -> Self {
        self.times = None;
        self
    }

    /// Whether it hands out access tokens.
    pub(crate) fn is_token(&self) -> bool {
        let grant = self.expect.form.iter().any(|(key, _)| key == "grant_type");
        let answer: Option<Json> = serde_json::from_slice(&self.reply.body).ok();
        grant || answer.is_some_and(|answer| answer.get("access_token").is_some())
    }

    /// How long the token lives that it hands out.
    pub(crate) fn token_lifetime(&self) -> Option<Duration> {
        let answer: Json = serde_json::from_slice(&self.reply.body).ok()?;
        answer.get("expires_in")?.as_u64().map(Duration::from_secs)
    }

    /// Whether two exchanges ask the same thing, up to where a page begins.
    pub(crate) fn same_request(&self, other: &Self) -> bool {
        self.expect.method == other.expect.method && self.expect.path == other.expect.path
    }
}

/// A short name for a path: its last part that is a word.
fn label_of(path: &str) -> String {
    let word = |part: &str| {
        let part = part.rsplit(':').next().unwrap_or(part);
        let plain: String = part.chars().filter(|c| c.is_ascii_alphanumeric() || "_-".contains(*c)).collect();
        (plain.chars().any(|c| c.is_ascii_alphabetic()) && plain.len() <= 40).then_some(plain)
    };
    path.rsplit('/').find_map(word).unwrap_or_else(|| "request".to_owned())
}
