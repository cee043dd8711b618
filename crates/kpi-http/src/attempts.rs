//! The one place that sends, judges and tries again.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use kpi_core::{Context, Error, ErrorKind, Limits, Result, TransportError};

use crate::auth::Credential;
use crate::backoff::{Next, delays, next};
use crate::call::{Call, Resend};
use crate::redact::{redact, redact_error};
use crate::reply::Reply;
use crate::{budget, endpoint, evidence, scrub, status, stop};

/// A failed attempt: why, and whether the request may be sent again at all.
struct Failure {
    error: Error,
    reply: Option<Box<Reply>>,
    resend: bool,
}

/// Sends a call until it is answered or there is no use or no time to go on.
pub(crate) async fn run<T>(cx: &Context, mut call: Call, read: fn(&Reply) -> Result<T>) -> Result<T> {
    check(&mut call)?;
    let mut delays = delays(cx, &call.name);
    let mut attempts = 0_u32;
    let mut stale = None;
    loop {
        stop::check(cx).map_err(|error| tell(cx, error, &call, None, attempts))?;
        // Asked for anew each time: a token may have run out while this call waited.
        let credential = call.auth.resolve(cx, stale.as_ref()).await?;
        let reply = attempt(cx, &call, &credential, &mut attempts).await;
        let Failure { error, reply, resend } = match reply.and_then(|reply| judge(cx, &call, reply, read)) {
            Ok(result) => return Ok(result),
            Err(failure) => failure,
        };
        let renewable = call.auth.renews() && stale.is_none();
        if error.kind() == ErrorKind::Auth && renewable && credential.token.is_some() {
            stale = credential.token;
            continue;
        }
        let now = cx.clock().now();
        let decision = if resend { next(error, &mut delays, now, cx.deadline()) } else { Next::Fail(error) };
        match decision {
            Next::Wait(wait, error) => {
                let error = tell(cx, error, &call, reply.as_deref(), attempts);
                tracing::debug!(source = cx.source(), %error, ?wait, "trying again");
                cx.clock().sleep(wait).await;
            }
            Next::Fail(error) => {
                if let Some(reply) = &reply {
                    keep(cx, &call, reply);
                }
                stop::remember(cx, &error);
                return Err(tell(cx, error, &call, reply.as_deref(), attempts));
            }
        }
    }
}

/// What is left of the time of the call.
pub(crate) fn time_left(cx: &Context) -> Option<Duration> {
    let left = cx.deadline().duration_since(cx.clock().now());
    left.is_positive().then(|| left.unsigned_abs())
}

fn check(call: &mut Call) -> Result<()> {
    if let Some(fault) = call.fault.take() {
        return Err(fault.with("request", &call.name));
    }
    if call.name.is_empty() {
        return Err(Error::new(ErrorKind::Contract, "a request has no name"));
    }
    if !endpoint::may_be_asked(&call.url) {
        let message = "the vendor's address must be an https url; plain http needs a base_url that says so";
        return Err(Error::new(ErrorKind::Config, message).with("request", &call.name));
    }
    Ok(())
}

/// One exchange within the vendor's budget and the time that is left.
async fn attempt(cx: &Context, call: &Call, credential: &Credential, attempts: &mut u32) -> Result<Reply, Failure> {
    let permit = budget::admit(cx).await.map_err(Failure::unsent)?;
    let Some(left) = time_left(cx) else {
        let error = Error::new(ErrorKind::Unavailable, "there is no time left for the request");
        return Err(Failure { error, reply: None, resend: false });
    };
    let request = request(call, credential).map_err(Failure::unsent)?;
    let limits = Limits { total: call.limits.total.min(left), ..call.limits };
    *attempts += 1;
    let answer = cx.transport().exchange(request, limits).await;
    drop(permit);
    match answer {
        Ok(response) => {
            let (head, body) = response.into_parts();
            let (status, bytes) = (head.status.as_u16(), body.len());
            tracing::debug!(source = cx.source(), request = call.name, status, bytes, attempt = *attempts, "exchange");
            Ok(Reply { status, headers: head.headers, body })
        }
        Err(error) => {
            let failure = Failure::of(error, call.resend);
            let error = redact(cx, failure.error.message());
            tracing::debug!(source = cx.source(), request = call.name, error, attempt = *attempts, "no exchange");
            Err(failure)
        }
    }
}

fn request(call: &Call, credential: &Credential) -> Result<Request<Bytes>> {
    let mut url = call.url.clone();
    url.set_fragment(None);
    if let Some((key, value)) = &credential.query {
        url.query_pairs_mut().append_pair(key, value.expose());
    }
    let mut request = Request::new(call.body.clone());
    *request.method_mut() = call.method.clone();
    *request.uri_mut() =
        url.as_str().parse().map_err(|_| Error::new(ErrorKind::Contract, "the url of the request cannot be sent"))?;
    *request.headers_mut() = call.headers.clone();
    if let Some((name, value)) = &credential.header {
        request.headers_mut().insert(name, value.clone());
    }
    Ok(request)
}

/// Reads a reply: the vendor's own errors first, then the status, then the content.
fn judge<T>(cx: &Context, call: &Call, reply: Reply, read: fn(&Reply) -> Result<T>) -> Result<T, Failure> {
    let own = call.classify.as_ref().and_then(|classify| classify(&reply));
    let result = match own {
        Some(error) => Err(error),
        None if !reply.is_success() => Err(status::error(&reply)),
        None => read(&reply),
    };
    let mut error = match result {
        Ok(result) => {
            keep(cx, call, &reply);
            return Ok(result);
        }
        Err(error) => error,
    };
    let waits = error.kind().is_transient() || error.kind() == ErrorKind::Quota;
    if waits
        && error.retry_after_hint().is_none()
        && error.stop_until_time().is_none()
        && let Some(wait) = status::retry_after(&reply, cx.clock().now())
    {
        error = error.retry_after(wait);
    }
    let resend = match call.resend {
        Resend::Always | Resend::Answered => true,
        Resend::Unused => matches!(reply.status, 429 | 503),
    };
    Err(Failure { error, reply: Some(Box::new(reply)), resend })
}

/// Keeps the final reply as evidence; those of token endpoints are evidence for no figure, and differ each time.
fn keep(cx: &Context, call: &Call, reply: &Reply) {
    if call.is_evidence {
        evidence::record(cx, call, reply);
    }
}

/// Completes an error with what the reader needs, and takes secrets out.
fn tell(cx: &Context, mut error: Error, call: &Call, reply: Option<&Reply>, attempts: u32) -> Error {
    let knows = |error: &Error, key: &str| error.context().iter().any(|(known, _)| *known == key);
    if !knows(&error, "request") {
        error = error.with("request", &call.name);
    }
    if let Some(reply) = reply.filter(|_| !knows(&error, "status")) {
        error = error.with("status", reply.status);
    }
    if attempts > 1 {
        error = error.with("attempts", attempts);
    }
    redact_error(cx, error)
}

impl Failure {
    fn unsent(error: Error) -> Self {
        Self { error, reply: None, resend: false }
    }

    fn of(error: TransportError, policy: Resend) -> Self {
        let seen = policy == Resend::Always;
        let detail = |what: &str, why: &str| {
            let why = scrub::clean(why);
            if why.is_empty() { what.to_owned() } else { format!("{what}: {why}") }
        };
        let (kind, message, resend) = match error {
            TransportError::NotSent(why) => {
                (ErrorKind::Unavailable, detail("the vendor cannot be reached", &why), true)
            }
            TransportError::Interrupted(why) => {
                (ErrorKind::Unavailable, detail("the connection to the vendor broke", &why), seen)
            }
            TransportError::TimedOut(why) => {
                (ErrorKind::Unavailable, detail("the vendor did not answer in time", &why), seen)
            }
            TransportError::TooLarge(bytes) => {
                (ErrorKind::Protocol, format!("the reply is larger than allowed ({bytes} bytes)"), false)
            }
            TransportError::Refused(why) => {
                (ErrorKind::Contract, detail("the request is not among those expected", &why), false)
            }
        };
        Self { error: Error::new(kind, message), reply: None, resend }
    }
}
