//! What the runner lends to a source for one call: the way to the vendor, the clock, secrets, a place for evidence.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;

use crate::{Dictionary, Result, Secret, SecretRef};

/// The limits of one HTTP exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest time until a connection stands.
    pub connect: Duration,
    /// The longest silence while a reply is read.
    pub read: Duration,
    /// The longest time for the whole exchange.
    pub total: Duration,
    /// The most bytes a reply may have, unpacked.
    pub max_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(60),
            total: Duration::from_secs(300),
            max_bytes: 256 * 1024 * 1024,
        }
    }
}

/// Why an exchange brought no reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransportError {
    /// Nothing was sent (name resolution, connection, TLS): trying again is always safe.
    NotSent(String),
    /// The request may have been seen; only an idempotent one may be sent again.
    Interrupted(String),
    /// A limit of time was reached.
    TimedOut(String),
    /// The reply was larger than allowed.
    TooLarge(u64),
    /// No such request was recorded or expected: replay and tests say so.
    Refused(String),
}

/// One HTTP exchange, whole. Only `kpi-http` calls it; tests and recorders implement it.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends a request and reads the whole reply.
    async fn exchange(
        &self,
        request: http::Request<Bytes>,
        limits: Limits,
    ) -> Result<http::Response<Bytes>, TransportError>;
}

/// The time, and waiting. Waiting is for `kpi-http` alone.
#[async_trait]
pub trait Clock: Send + Sync {
    /// What time it is.
    fn now(&self) -> Timestamp;

    /// Waits.
    async fn sleep(&self, duration: Duration);
}

/// Secrets by reference, and a place for credentials that a vendor replaces.
#[async_trait]
pub trait Credentials: Send + Sync {
    /// The secret behind a reference; for a rotated one, the newest that was kept.
    async fn secret(&self, reference: &SecretRef) -> Result<Secret>;

    /// Keeps the successor of a secret durably before it returns.
    async fn rotate(&self, reference: &SecretRef, successor: Secret) -> Result<()>;
}

/// One exchange with a vendor, as evidence for the figures that came of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exchange {
    /// Method and path, without the query's values.
    pub endpoint: String,
    /// The HTTP status.
    pub status: u16,
    /// The size of the reply in bytes.
    pub bytes: u64,
    /// SHA-256 of the reply, in hexadecimal.
    pub sha256: String,
}

/// The exchanges of one call, in order.
#[derive(Debug, Default)]
pub struct Evidence(Mutex<Vec<Exchange>>);

impl Evidence {
    /// Adds an exchange.
    pub fn record(&self, exchange: Exchange) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(exchange);
    }

    /// Takes what was recorded so far.
    pub fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What a [`Context`] is made of.
pub struct ContextParts {
    /// The way to the vendor.
    pub transport: Arc<dyn Transport>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The secrets.
    pub credentials: Arc<dyn Credentials>,
    /// The metrics that are known.
    pub dictionary: Arc<Dictionary>,
    /// When the call must be over.
    pub deadline: Timestamp,
    /// The id of the adapter, under which budgets are shared.
    pub adapter: &'static str,
    /// The id of the source, for messages.
    pub source: String,
}

/// What the runner lends to a source for one call.
#[derive(Clone)]
pub struct Context {
    parts: Arc<ContextParts>,
    evidence: Arc<Evidence>,
    shared: Arc<Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>>,
}

impl Context {
    /// A context with nothing shared yet.
    pub fn new(parts: ContextParts) -> Self {
        Self { parts: Arc::new(parts), evidence: Arc::default(), shared: Arc::default() }
    }

    /// A context with other parts that shares budgets and token caches with this one.
    #[must_use]
    pub fn sibling(&self, parts: ContextParts) -> Self {
        Self { parts: Arc::new(parts), evidence: Arc::default(), shared: Arc::clone(&self.shared) }
    }

    /// The way to the vendor; adapters call `kpi-http` instead.
    pub fn transport(&self) -> &dyn Transport {
        &*self.parts.transport
    }

    /// The time.
    pub fn clock(&self) -> &dyn Clock {
        &*self.parts.clock
    }

    /// The metrics that are known.
    pub fn dictionary(&self) -> &Dictionary {
        &self.parts.dictionary
    }

    /// When the call must be over.
    pub fn deadline(&self) -> Timestamp {
        self.parts.deadline
    }

    /// The id of the adapter, under which budgets are shared.
    pub fn adapter(&self) -> &'static str {
        self.parts.adapter
    }

    /// The id of the source, for messages.
    pub fn source(&self) -> &str {
        &self.parts.source
    }

    /// The exchanges of this call.
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// The secret behind a reference.
    ///
    /// # Errors
    /// `Config` when the environment variable or the file is not there.
    pub async fn secret(&self, reference: &SecretRef) -> Result<Secret> {
        self.parts.credentials.secret(reference).await
    }

    /// Keeps the successor of a secret, durably.
    ///
    /// # Errors
    /// `Internal` when it cannot be written.
    pub async fn rotate(&self, reference: &SecretRef, successor: Secret) -> Result<()> {
        self.parts.credentials.rotate(reference, successor).await
    }

    /// Something that all calls of a run share, made on first use: `kpi-http` keeps budgets and tokens there.
    pub fn shared<T: Any + Send + Sync + Default>(&self) -> Arc<T> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = shared.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default()));
        Arc::clone(entry).downcast::<T>().unwrap_or_default()
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("source", &self.parts.source)
            .field("deadline", &self.parts.deadline)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ContextParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContextParts").field("source", &self.source).finish_non_exhaustive()
    }
}
