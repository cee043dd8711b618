//! The real way to vendors: one HTTP exchange with reqwest, within limits.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use kpi_core::{Limits, Transport, TransportError};
use reqwest::redirect::Policy;
use reqwest::{Client, Url};

use crate::endpoint::is_loopback;

/// How the program names itself to vendors.
const USER_AGENT: &str = concat!("kpi/", env!("CARGO_PKG_VERSION"));

/// Exchanges over the network, with connections that are kept and shared.
///
/// It installs ring as the process's cryptography for TLS, unless the process has chosen another already.
#[derive(Debug)]
pub struct Reqwest {
    /// One client for each wait for a connection, and for this machine and elsewhere: both are settings of a client.
    clients: Mutex<HashMap<(Duration, bool), Client>>,
}

impl Reqwest {
    /// A transport without open connections.
    pub fn new() -> Self {
        // An error only says that there is a provider already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { clients: Mutex::default() }
    }

    fn client(&self, connect: Duration, here: bool) -> Result<Client, TransportError> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&(connect, here)) {
            return Ok(client.clone());
        }
        let builder =
            Client::builder().user_agent(USER_AGENT).redirect(Policy::none()).gzip(true).connect_timeout(connect);
        // What runs on this machine is not asked through a proxy.
        let builder = if here { builder.no_proxy() } else { builder };
        let client = builder.build().map_err(|_| TransportError::NotSent("tls cannot be set up".to_owned()))?;
        clients.insert((connect, here), client.clone());
        Ok(client)
    }
}

impl Default for Reqwest {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Transport for Reqwest {
    async fn exchange(&self, request: Request<Bytes>, limits: Limits) -> Result<Response<Bytes>, TransportError> {
        let refused = |_| TransportError::Refused("its url cannot be sent".to_owned());
        let here = Url::parse(&request.uri().to_string()).is_ok_and(|url| is_loopback(&url));
        let request = reqwest::Request::try_from(request).map_err(refused)?;
        let client = self.client(limits.connect, here)?;
        let exchange = whole(client, request, limits);
        #[expect(clippy::disallowed_methods, reason = "the transport is where deadlines are kept")]
        let whole = tokio::time::timeout(limits.total, exchange).await;
        match whole {
            Ok(result) => result,
            Err(_) => Err(TransportError::TimedOut("the exchange took too long".to_owned())),
        }
    }
}

/// The most bytes that are reserved on a vendor's word.
const MOST_RESERVED: usize = 16 << 20;

#[expect(clippy::disallowed_methods, reason = "the transport is where deadlines are kept")]
async fn whole(client: Client, request: reqwest::Request, limits: Limits) -> Result<Response<Bytes>, TransportError> {
    let silence = |_| TransportError::TimedOut("silence".to_owned());
    let begun = tokio::time::timeout(limits.connect.saturating_add(limits.read), client.execute(request)).await;
    let mut reply = begun.map_err(silence)?.map_err(|error| failure(&error))?;
    if reply.content_length().is_some_and(|length| length > limits.max_bytes) {
        return Err(TransportError::TooLarge(limits.max_bytes));
    }
    // A body of a known length is held once; growing would hold it twice at times. A vendor's word is taken up to a bound.
    let announced = reply.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
    let mut body = BytesMut::with_capacity(announced.min(MOST_RESERVED));
    loop {
        let chunk = tokio::time::timeout(limits.read, reply.chunk()).await.map_err(silence)?;
        let Some(chunk) = chunk.map_err(|error| failure(&error))? else { break };
        if (body.len() + chunk.len()) as u64 > limits.max_bytes {
            return Err(TransportError::TooLarge(limits.max_bytes));
        }
        body.extend_from_slice(&chunk);
    }
    let mut response = Response::new(body.freeze());
    *response.status_mut() = reply.status();
    *response.headers_mut() = std::mem::take(reply.headers_mut());
    Ok(response)
}

/// The failure in fixed words: reqwest's own hold URLs, and the system's hold addresses.
fn failure(error: &reqwest::Error) -> TransportError {
    if error.is_connect() {
        return TransportError::NotSent(connect_failure(error).to_owned());
    }
    if error.is_timeout() {
        return TransportError::TimedOut("silence".to_owned());
    }
    if error.is_builder() {
        return TransportError::Refused("it cannot be sent".to_owned());
    }
    let words = if error.is_decode() || error.is_body() { "the reply ended early" } else { "no reply" };
    TransportError::Interrupted(words.to_owned())
}

fn connect_failure(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        return "no connection in time";
    }
    let mut cause: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if text.contains("dns") || text.contains("lookup") {
            return "unknown host";
        }
        let io = error.downcast_ref::<std::io::Error>();
        if io.is_some_and(wraps_tls) {
            return "tls failed";
        }
        if io.is_some_and(|io| io.kind() == std::io::ErrorKind::ConnectionRefused) {
            return "connection refused";
        }
        cause = error.source();
    }
    "no connection"
}

/// Whether an I/O error has one of TLS within; `source` leaves out the layers between.
fn wraps_tls(error: &std::io::Error) -> bool {
    error.get_ref().is_some_and(|inner| {
        inner.is::<rustls::Error>() || inner.downcast_ref::<std::io::Error>().is_some_and(wraps_tls)
    })
}
