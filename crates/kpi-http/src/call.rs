//! One request to a vendor, as an adapter writes it down.

use std::fmt::{self, Display};

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use kpi_core::{Context, Error, ErrorKind, Limits, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::{Auth, Reply, attempts};

/// Reads the vendor's own error dialect out of a reply; `None` leaves the reply to the default table.
pub(crate) type Classify = Box<dyn Fn(&Reply) -> Option<Error> + Send + Sync>;

/// When a request may be sent again after it may have been seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resend {
    /// Always: it reads, nothing changes by it.
    Always,
    /// When it was answered: the use of a refresh token that stays the same.
    Answered,
    /// Only when it was surely not worked on: a code or a rotating token is spent by the first use.
    Unused,
}

/// One request to a vendor. Made by [`get`] and [`post`], ended by [`Call::send`].
pub struct Call {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) name: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) auth: Auth,
    pub(crate) classify: Option<Classify>,
    pub(crate) limits: Limits,
    pub(crate) resend: Resend,
    pub(crate) is_evidence: bool,
    pub(crate) fault: Option<Error>,
}

/// Begins a GET request.
pub fn get(url: Url) -> Call {
    Call::new(Method::GET, url)
}

/// Begins a POST request. Retry assumes that it reads too, as report queries do.
pub fn post(url: Url) -> Call {
    Call::new(Method::POST, url)
}

impl Call {
    fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            name: String::new(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            auth: Auth::none(),
            classify: None,
            limits: Limits::default(),
            resend: Resend::Always,
            is_evidence: true,
            fault: None,
        }
    }

    /// Names the request in errors and logs. Required.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Adds a parameter to the query.
    #[must_use]
    pub fn query(mut self, key: &str, value: impl Display) -> Self {
        self.url.query_pairs_mut().append_pair(key, &value.to_string());
        self
    }

    /// Adds a parameter to the query when there is a value.
    #[must_use]
    pub fn query_opt(self, key: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.query(key, value),
            None => self,
        }
    }

    /// Sets a header. Credentials belong to [`Call::auth`].
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Display) -> Self {
        match (HeaderName::try_from(name), HeaderValue::try_from(value.to_string())) {
            (Ok(name), Ok(value)) => {
                self.headers.insert(name, value);
            }
            _ => self.refuse(Error::new(ErrorKind::Config, format!("the value of header `{name}` cannot be sent"))),
        }
        self
    }

    /// Says who asks.
    #[must_use]
    pub fn auth(mut self, auth: &Auth) -> Self {
        self.auth = auth.clone();
        self
    }

    /// Sends a JSON body.
    #[must_use]
    pub fn json(mut self, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(body) => self.body = body.into(),
            Err(error) => self.refuse(Error::new(ErrorKind::Contract, format!("the body is no JSON: {error}"))),
        }
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self
    }

    /// Sends a form as the body.
    #[must_use]
    pub fn form<K: AsRef<str>, V: AsRef<str>>(mut self, fields: &[(K, V)]) -> Self {
        let mut form = Serializer::new(String::new());
        form.extend_pairs(fields.iter().map(|(key, value)| (key.as_ref(), value.as_ref())));
        self.body = form.finish().into();
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        self
    }

    /// Reads the vendor's own error dialect before anything else does, in replies of HTTP status 200 too.
    #[must_use]
    pub fn classify(mut self, classify: impl Fn(&Reply) -> Option<Error> + Send + Sync + 'static) -> Self {
        self.classify = Some(Box::new(classify));
        self
    }

    /// Sets other limits than the default ones; the deadline of the call holds in any case.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Makes it a request for a token: evidence for no figure, and sent again only as `resend` says.
    pub(crate) fn for_token(mut self, resend: Resend) -> Self {
        self.is_evidence = false;
        self.resend = resend;
        self
    }

    /// Sends the request and reads the reply as JSON.
    ///
    /// # Errors
    /// Those of [`Call::send_raw`] and [`Reply::json`].
    pub async fn send<T: DeserializeOwned>(mut self, cx: &Context) -> Result<T> {
        self.headers.entry(ACCEPT).or_insert(HeaderValue::from_static("application/json"));
        attempts::run(cx, self, Reply::json::<T>).await
    }

    /// Sends the request and gives the reply as it came.
    ///
    /// # Errors
    /// What `classify` says; else `Auth`, `Permission`, `NotFound`, `RateLimited`, `Unavailable` or `Protocol` by the
    /// HTTP status; `Unavailable` when there is no reply; `Config` for plain HTTP to a foreign host; `Contract` for a
    /// request that nobody expected or that has no name.
    pub async fn send_raw(self, cx: &Context) -> Result<Reply> {
        attempts::run(cx, self, |reply| Ok(reply.clone())).await
    }

    fn refuse(&mut self, fault: Error) {
        self.fault.get_or_insert(fault);
    }
}

impl fmt::Debug for Call {
    /// Nothing of URL, headers or body: each may hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("method", &self.method).field("name", &self.name).finish_non_exhaustive()
    }
}
