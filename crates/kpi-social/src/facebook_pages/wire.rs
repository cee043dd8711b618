//! The words of the Graph API: what is asked, what comes back, and its errors.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use kpi_core::{Error, ErrorKind, Result};
use kpi_http::Reply;
use kpi_http::exact::Count;
use serde::Deserialize;
use url::{Url, form_urlencoded};

/// The parameters of a link to the next page that are kept; its token is not.
const PAGING_KEYS: [&str; 4] = ["after", "since", "until", "__paging_token"];

pub(super) type Pair = (&'static str, String);

/// `{page-id}`
#[derive(Debug, Deserialize)]
pub(super) struct Profile {
    pub(super) name: String,
}

/// One page of any edge. It may hold tokens, so it never prints.
#[derive(Deserialize)]
pub(super) struct Page<T> {
    pub(super) data: Vec<T>,
    pub(super) paging: Option<Paging>,
}

/// Where the neighbouring pages are. The links hold the token: they are taken apart, never followed.
#[derive(Deserialize)]
pub(super) struct Paging {
    cursors: Option<Cursors>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct Cursors {
    after: Option<String>,
}

/// `{page-id}/insights`: one metric of one period.
#[derive(Debug, Deserialize)]
pub(super) struct Series {
    pub(super) name: String,
    pub(super) period: String,
    pub(super) values: Vec<Point>,
}

/// One figure; `end_time` closes what it measured.
#[derive(Debug, Deserialize)]
pub(super) struct Point {
    pub(super) value: Option<Count>,
    pub(super) end_time: Timestamp,
    pub(super) is_from_ads: Option<String>,
}

/// `{page-id}/posts`: one post. `shares` is left out where nobody shared it.
#[derive(Debug, Deserialize)]
pub(super) struct Post {
    pub(super) id: String,
    pub(super) created_time: Timestamp,
    pub(super) reactions: Edge,
    pub(super) comments: Edge,
    pub(super) shares: Option<Total>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Edge {
    pub(super) summary: Total,
}

#[derive(Debug, Deserialize)]
pub(super) struct Total {
    #[serde(alias = "total_count")]
    pub(super) count: Count,
}

/// `me/accounts`: a Page that the user manages.
#[derive(Deserialize)]
pub(super) struct Account {
    pub(super) id: String,
    pub(super) access_token: Option<String>,
}

impl Paging {
    /// The version that answered: an expired one is served by the oldest living one without a word.
    pub(super) fn served_version(&self) -> Option<&str> {
        let path = self.next.as_deref()?.split('?').next()?;
        path.split('/').find(|part| part.strip_prefix('v').is_some_and(|rest| rest.starts_with(char::is_numeric)))
    }
}

/// What to add to the same query for the next page; `None` at the end, which only a missing `next` says.
pub(super) fn continuation(paging: Option<&Paging>) -> Result<Option<String>> {
    let Some(Paging { cursors, next: Some(next) }) = paging else { return Ok(None) };
    let mut kept = form_urlencoded::Serializer::new(String::new());
    if let Some(after) = cursors.as_ref().and_then(|cursors| cursors.after.as_deref()) {
        kept.append_pair("after", after);
    } else if let Ok(url) = Url::parse(next) {
        kept.extend_pairs(url.query_pairs().filter(|(key, text)| PAGING_KEYS.contains(&&**key) && !text.is_empty()));
    }
    let kept = kept.finish();
    if kept.is_empty() {
        return Err(Error::new(ErrorKind::Protocol, "the link to the next page says nothing about it"));
    }
    Ok(Some(kept))
}

/// The query of the page that the continuation leads to.
pub(super) fn continued(query: &[Pair], continuation: Option<&str>) -> Vec<Pair> {
    let mut query = query.to_vec();
    for (key, value) in form_urlencoded::parse(continuation.unwrap_or("").as_bytes()) {
        let Some(key) = PAGING_KEYS.into_iter().find(|known| *known == key) else { continue };
        query.retain(|(other, _)| *other != key);
        query.push((key, value.into_owned()));
    }
    query
}

pub(super) fn posts_query((since, until): (Timestamp, Timestamp)) -> Vec<Pair> {
    let fields =
        "id,created_time,shares,reactions.summary(total_count).limit(0),comments.summary(total_count).limit(0)";
    vec![
        ("fields", fields.to_owned()),
        ("since", since.as_second().to_string()),
        ("until", until.as_second().to_string()),
        ("limit", "100".to_owned()),
    ]
}

#[derive(Deserialize)]
struct Failure {
    error: GraphError,
}

#[derive(Deserialize)]
struct GraphError {
    #[serde(default)]
    message: String,
    code: i64,
    error_subcode: Option<i64>,
    #[serde(default)]
    is_transient: bool,
}

pub(super) const USER_TOKEN: &str = "the access token is a user's and does not stand for the page";
pub(super) const METRIC_RETIRED: &str = "a metric is not offered, or not any more";

/// Reads Facebook's error envelope, whatever status it came with.
/// <https://developers.facebook.com/docs/graph-api/guides/error-handling>
pub(super) fn classify(reply: &Reply) -> Option<Error> {
    let failure: Failure = serde_json::from_slice(&reply.body).ok()?;
    let GraphError { message, code, error_subcode, is_transient } = failure.error;
    let error = match (code, error_subcode) {
        (4 | 17 | 32 | 613 | 80001, _) => {
            let error = Error::new(ErrorKind::RateLimited, "the calls allowed for now are used up");
            regain_access(reply).into_iter().fold(error, Error::retry_after)
        }
        (190, _) if message.contains("Page Access Token") => Error::new(ErrorKind::Auth, USER_TOKEN),
        (190, Some(463)) => Error::new(ErrorKind::Auth, "the access token has expired"),
        (190, Some(460)) => Error::new(ErrorKind::Auth, "the access token ended when its user's password was changed"),
        (190, _) => Error::new(ErrorKind::Auth, "the access token is not valid or was revoked"),
        (3001, _) | (100, Some(1_504_016)) => Error::new(ErrorKind::Contract, "no metric, or too wide a window"),
        (100, _) if message.contains("must be a valid insights metric") => {
            Error::new(ErrorKind::Unsupported, METRIC_RETIRED).hint("update kpi")
        }
        (10 | 200, _) => permission(&message),
        (100, _) if message.contains("permission") => permission(&message),
        (1 | 2, _) => Error::new(ErrorKind::Unavailable, "the service failed without a reason"),
        _ if is_transient || reply.status >= 500 => Error::new(ErrorKind::Unavailable, "the service failed"),
        _ => return None,
    };
    Some(error_subcode.into_iter().fold(error.with("code", code), |error, subcode| error.with("subcode", subcode)))
}

pub(super) fn page_not_managed(page_id: &str) -> Error {
    Error::new(ErrorKind::Permission, format!("the access token's user does not manage the page {page_id}"))
        .hint("grant pages_show_list (and business_management for a portfolio's page) and the task Analyze on the page")
}

/// Facebook names the permission that it wants: "requires the 'pages_read_engagement' permission".
fn permission(message: &str) -> Error {
    let mut words = message.split(|letter: char| !letter.is_ascii_lowercase() && letter != '_');
    match words.find(|word| word.trim_matches('_').contains('_')) {
        Some(name) => Error::new(ErrorKind::Permission, format!("the access token lacks the permission {name}"))
            .hint(format!("grant {name}, make a new token and run kpi check")),
        None => Error::new(ErrorKind::Permission, "the access token lacks a permission, or the page does not exist")
            .hint("grant pages_show_list, pages_read_engagement and read_insights, and the task Analyze on the page"),
    }
}

/// The longest wait that the usage header asks for; it counts in minutes.
fn regain_access(reply: &Reply) -> Option<SignedDuration> {
    #[derive(Deserialize)]
    struct Usage {
        #[serde(default)]
        estimated_time_to_regain_access: u32,
    }
    let header = reply.headers.get("x-business-use-case-usage")?.to_str().ok()?;
    let usage: BTreeMap<String, Vec<Usage>> = serde_json::from_str(header).ok()?;
    let minutes = usage.values().flatten().map(|usage| usage.estimated_time_to_regain_access).max()?;
    (minutes > 0).then(|| SignedDuration::from_mins(minutes.into()))
}
