//! Faults on demand: what a vendor does wrong, from which request on, and on which paths.
//!
//! A fault is written `vendor=name`, `vendor=name@3` (from the third data request on) or `vendor=name:text` (only on paths
//! that contain the text, such as an account id); both additions may be combined as `name@3:text`.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::Error;
use crate::sandbox::Sandbox;
use crate::vendor::{Refusal, Vendor};

/// The faults that exist.
pub const NAMES: [&str; 14] = [
    "rate_limit_once",
    "rate_limit",
    "quota",
    "server_error_once",
    "server_error",
    "token_expired",
    "revoked",
    "html_200",
    "cut_json",
    "reset",
    "slow",
    "empty_body",
    "page_loop",
    "retired_metric",
];

/// How long a slow answer waits.
const SLOW: Duration = Duration::from_secs(2);

/// One fault that is switched on.
#[derive(Clone, Debug)]
struct Fault {
    vendor: String,
    name: String,
    from: u64,
    path: Option<String>,
    seen: u64,
    done: bool,
}

/// The faults that are switched on.
#[derive(Debug, Default)]
pub struct Faults {
    on: Vec<Fault>,
}

impl Faults {
    /// Replaces all faults by those of a list of `vendor=fault`.
    ///
    /// # Errors
    /// When an entry is malformed or names an unknown vendor or fault.
    pub fn set(&mut self, list: &[String]) -> Result<(), Error> {
        self.on = list.iter().map(|text| parse(text)).collect::<Result<_, _>>()?;
        Ok(())
    }

    /// Whether a fault is on for a vendor.
    pub(crate) fn is_on(&self, vendor: &str, name: &str) -> bool {
        self.on.iter().any(|fault| fault.vendor == vendor && fault.name == name)
    }

    /// The faults that strike this request; the counters move on.
    fn strike(&mut self, vendor: &str, path: &str) -> Vec<String> {
        let mut struck = Vec::new();
        for fault in self.on.iter_mut().filter(|fault| fault.vendor == vendor) {
            if fault.done || fault.path.as_ref().is_some_and(|text| !path.contains(text.as_str())) {
                continue;
            }
            fault.seen += 1;
            if fault.seen < fault.from {
                continue;
            }
            fault.done = fault.name.ends_with("_once");
            struck.push(fault.name.clone());
        }
        struck
    }
}

fn parse(text: &str) -> Result<Fault, Error> {
    let wrong = |why: &str| Error::new(format!("fault {text:?}: {why}"));
    let (vendor, rest) = text.split_once('=').ok_or_else(|| wrong("expected VENDOR=FAULT"))?;
    if crate::vendor::find(vendor).is_none() {
        return Err(wrong("there is no such vendor"));
    }
    let (rest, path) = match rest.split_once(':') {
        Some((rest, path)) => (rest, Some(path.to_owned())),
        None => (rest, None),
    };
    let (name, from) = match rest.split_once('@') {
        Some((name, from)) => (name, from.parse().map_err(|_| wrong("expected a number after @"))?),
        None => (rest, 1),
    };
    if !NAMES.contains(&name) {
        return Err(wrong(&format!("expected one of {}", NAMES.join(", "))));
    }
    Ok(Fault { vendor: vendor.to_owned(), name: name.to_owned(), from, path, seen: 0, done: false })
}

/// Counts a request to a vendor, then lets the faults that are on strike it.
pub(crate) async fn strike(sandbox: Arc<Sandbox>, vendor: Arc<dyn Vendor>, request: Request, next: Next) -> Response {
    let path = percent_encoding::percent_decode_str(request.uri().path()).decode_utf8_lossy().into_owned();
    sandbox.count(vendor.name(), &path);
    let auth = vendor.is_auth(&path);
    if sandbox.fault(vendor.name(), "revoked")
        && let Some(reply) = vendor.refuse(Refusal::Revoked, &path)
    {
        return reply;
    }
    let struck = if auth { Vec::new() } else { sandbox.faults().strike(vendor.name(), &path) };
    for name in &struck {
        let refusal = match name.as_str() {
            "rate_limit_once" | "rate_limit" => Refusal::RateLimited,
            "quota" => Refusal::Quota,
            "server_error_once" | "server_error" => Refusal::ServerError,
            _ => continue,
        };
        if let Some(reply) = vendor.refuse(refusal, &path) {
            return reply;
        }
    }
    let mut reply = next.run(request).await;
    for name in &struck {
        reply = match name.as_str() {
            "html_200" => html(),
            "empty_body" => (StatusCode::OK, [(header::CONTENT_TYPE, "application/json")], "").into_response(),
            "cut_json" => cut(reply).await,
            "reset" => reset(reply).await,
            "slow" => {
                tokio::time::sleep(SLOW).await;
                reply
            }
            _ => reply,
        };
    }
    reply
}

/// A page for people where a program expects data.
fn html() -> Response {
    let page = "<!DOCTYPE html><html><head><title>Service notice</title></head><body><h1>We will be back soon</h1></body></html>";
    (StatusCode::OK, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}

/// The first half of the body, as if it were the whole.
async fn cut(reply: Response) -> Response {
    let (mut parts, body) = reply.into_parts();
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(whole.slice(..whole.len() / 2)))
}

/// The length of the whole body is announced, half is sent, then the connection closes.
async fn reset(reply: Response) -> Response {
    let (mut parts, body) = reply.into_parts();
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len() + 1));
    let half: Result<Bytes, std::io::Error> = Ok(whole.slice(..whole.len() / 2));
    let broken = Err(std::io::Error::new(std::io::ErrorKind::ConnectionReset, "the sandbox closes the connection"));
    Response::from_parts(parts, Body::from_stream(futures_util::stream::iter([half, broken])))
}
