//! Talking HTTP politely: authentication, retry, rate limits, paging, decoding and redaction for adapters.
//!
//! An adapter says *what* it asks ([`get`], [`post`]) and *who* it is ([`Auth`]); everything else happens here and only
//! here: deadlines, the budget that the sources of a vendor share, retry with backoff and `Retry-After`, one refresh of
//! a stale token, the size limit, JSON with the path of a mistake, evidence, and errors without secrets.
//!
//! ```
//! use kpi_core::{Context, Result};
//! use kpi_http::{Auth, Cursor, Endpoint, exact::Count, get};
//!
//! #[derive(serde::Deserialize)]
//! struct Page {
//!     clicks: Vec<Count>,
//!     next: Option<String>,
//! }
//!
//! async fn clicks(cx: &Context, api: &Endpoint, auth: &Auth) -> Result<i64> {
//!     let mut sum = 0;
//!     let mut cursor = Cursor::start();
//!     loop {
//!         let call = get(api.url(&["v1", "clicks"])).name("clicks").auth(auth);
//!         let page: Page = call.query_opt("page", cursor.token()).send(cx).await?;
//!         sum += page.clicks.iter().map(|count| count.0).sum::<i64>();
//!         if cursor.advance(page.next)?.is_done() {
//!             return Ok(sum);
//!         }
//!     }
//! }
//! ```

mod attempts;
mod auth;
mod backoff;
mod budget;
mod call;
pub mod consent;
mod endpoint;
mod evidence;
pub mod exact;
mod google;
mod google_login;
mod oauth2;
mod paging;
mod poll;
mod redact;
mod reply;
mod scrub;
mod status;
mod stop;
mod token;
mod transport;

pub use auth::Auth;
pub use budget::{Budget, set_budget};
pub use call::{Call, get, post};
pub use endpoint::Endpoint;
pub use google_login::GoogleLogin;
pub use oauth2::OAuth2;
pub use paging::{Cursor, NextUrl, Offset, PageNumber, Step, link_header};
pub use poll::{JobState, Poll, poll};
pub use redact::{hide, redact};
pub use reply::Reply;
pub use transport::Reqwest;
