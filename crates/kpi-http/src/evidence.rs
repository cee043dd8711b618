//! What is kept of an exchange as evidence for the figures that came of it.

use std::fmt::Write as _;

use kpi_core::{Context, Exchange};
use ring::digest::{SHA256, digest};

use crate::call::Call;
use crate::endpoint::vendor_path;
use crate::redact::redact;
use crate::reply::Reply;

/// Records the final reply to a call.
pub(crate) fn record(cx: &Context, call: &Call, reply: &Reply) {
    let endpoint = format!("{} {}", call.method, vendor_path(&call.url));
    cx.evidence().record(Exchange {
        endpoint: redact(cx, &endpoint),
        status: reply.status,
        bytes: reply.body.len() as u64,
        sha256: hex(digest(&SHA256, &reply.body).as_ref()),
    });
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
