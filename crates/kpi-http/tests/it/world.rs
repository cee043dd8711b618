//! A vendor that answers by a script, a clock that jumps instead of waiting, and a vault for secrets.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use jiff::Timestamp;
use kpi_core::{
    Clock, Context, ContextParts, Credentials, Dictionary, Error, ErrorKind, Limits, Result, Secret, SecretRef,
    Transport, TransportError,
};
use url::Url;

/// When every test begins.
pub(crate) const START: &str = "2026-11-01T00:00:00Z";

pub(crate) type Answer = Result<Response<Bytes>, TransportError>;

pub(crate) struct World {
    pub(crate) cx: Context,
    pub(crate) vendor: Arc<Script>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) vault: Arc<Vault>,
}

impl World {
    /// A world with an hour of time.
    pub(crate) fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        let vendor = Arc::new(Script { answers: Mutex::new(answers.into_iter().collect()), ..Script::default() });
        let clock = Arc::new(ManualClock { now: Mutex::new(START.parse().unwrap()), slept: Mutex::default() });
        let vault = Arc::new(Vault::default());
        let cx = Context::new(parts(&vendor, &clock, &vault, "ads-emea", 3600));
        Self { cx, vendor, clock, vault }
    }

    /// A context of another source, or with another deadline, that shares with this world's.
    pub(crate) fn sibling(&self, source: &str, seconds: i64) -> Context {
        self.cx.sibling(parts(&self.vendor, &self.clock, &self.vault, source, seconds))
    }

    /// The waits so far.
    pub(crate) fn slept(&self) -> Vec<Duration> {
        self.clock.slept.lock().unwrap().clone()
    }

    /// The requests so far, as `METHOD path?query`.
    pub(crate) fn asked(&self) -> Vec<String> {
        let seen = self.vendor.seen.lock().unwrap();
        seen.iter().map(|request| format!("{} {}", request.method(), request.uri().path_and_query().unwrap())).collect()
    }

    /// A header of a request; empty when it was not sent.
    pub(crate) fn header(&self, request: usize, name: &str) -> String {
        let seen = self.vendor.seen.lock().unwrap();
        seen[request].headers().get(name).map_or(String::new(), |value| value.to_str().unwrap().to_owned())
    }

    /// The form of a request.
    pub(crate) fn form(&self, request: usize) -> BTreeMap<String, String> {
        let seen = self.vendor.seen.lock().unwrap();
        url::form_urlencoded::parse(seen[request].body()).into_owned().collect()
    }
}

fn parts(
    vendor: &Arc<Script>,
    clock: &Arc<ManualClock>,
    vault: &Arc<Vault>,
    source: &str,
    seconds: i64,
) -> ContextParts {
    ContextParts {
        transport: Arc::<Script>::clone(vendor),
        clock: Arc::<ManualClock>::clone(clock),
        credentials: Arc::<Vault>::clone(vault),
        dictionary: Arc::new(Dictionary::builtin().unwrap()),
        deadline: clock.now() + jiff::SignedDuration::from_secs(seconds),
        adapter: "google_ads",
        source: source.to_owned(),
    }
}

pub(crate) fn url(path: &str) -> Url {
    Url::parse("https://api.vendor.example").unwrap().join(path).unwrap()
}

pub(crate) fn env(name: &str) -> SecretRef {
    SecretRef::Env(name.to_owned())
}

pub(crate) fn reply(status: u16, body: &str) -> Answer {
    Ok(Response::builder().status(status).body(Bytes::copy_from_slice(body.as_bytes())).unwrap())
}

pub(crate) fn reply_with(status: u16, header: (&str, &str), body: &str) -> Answer {
    let mut response = reply(status, body)?;
    let name = http::HeaderName::try_from(header.0).unwrap();
    response.headers_mut().insert(name, header.1.parse().unwrap());
    Ok(response)
}

/// Answers in order, and refuses what is beyond the script.
#[derive(Default)]
pub(crate) struct Script {
    answers: Mutex<VecDeque<Answer>>,
    pub(crate) seen: Mutex<Vec<Request<Bytes>>>,
    pub(crate) limits: Mutex<Vec<Limits>>,
    now: AtomicUsize,
    /// The most requests that were under way at once.
    pub(crate) most: AtomicUsize,
}

#[async_trait]
impl Transport for Script {
    async fn exchange(&self, request: Request<Bytes>, limits: Limits) -> Answer {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        self.seen.lock().unwrap().push(request);
        self.limits.lock().unwrap().push(limits);
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        self.now.fetch_sub(1, Ordering::SeqCst);
        let answer = self.answers.lock().unwrap().pop_front();
        answer.unwrap_or_else(|| Err(TransportError::Refused("beyond the script".to_owned())))
    }
}

/// Jumps ahead at once when somebody waits.
pub(crate) struct ManualClock {
    pub(crate) now: Mutex<Timestamp>,
    slept: Mutex<Vec<Duration>>,
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    async fn sleep(&self, duration: Duration) {
        self.slept.lock().unwrap().push(duration);
        let mut now = self.now.lock().unwrap();
        *now = now.saturating_add(duration).unwrap();
    }
}

/// Secrets by the name of their variable; those not put in are `secret-of-NAME`.
#[derive(Default)]
pub(crate) struct Vault {
    pub(crate) kept: Mutex<BTreeMap<String, String>>,
    pub(crate) broken: Mutex<bool>,
}

impl Vault {
    pub(crate) fn put(&self, name: &str, value: &str) {
        self.kept.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    pub(crate) fn get(&self, name: &str) -> Option<String> {
        self.kept.lock().unwrap().get(name).cloned()
    }
}

#[async_trait]
impl Credentials for Vault {
    async fn secret(&self, reference: &SecretRef) -> Result<Secret> {
        let SecretRef::Env(name) = reference else { panic!("tests use variables") };
        Ok(Secret::new(self.get(name).unwrap_or_else(|| format!("secret-of-{name}"))))
    }

    async fn rotate(&self, reference: &SecretRef, successor: Secret) -> Result<()> {
        let SecretRef::Env(name) = reference else { panic!("tests use variables") };
        if *self.broken.lock().unwrap() {
            return Err(Error::new(ErrorKind::Internal, "the disk is full"));
        }
        self.put(name, successor.expose());
        Ok(())
    }
}
