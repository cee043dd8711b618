//! Search Console's own words: <https://developers.google.com/webmaster-tools/v1/searchanalytics/query>.

use std::fmt;

use jiff::SignedDuration;
use jiff::civil::Date;
use kpi_core::{Error, ErrorKind, Window};
use kpi_http::Reply;
use kpi_http::exact::{Count, Number};
use serde::de::{Error as _, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::config::SCOPE;

/// The most rows that a page may have.
pub(super) const PAGE_ROWS: u32 = 25_000;

/// The body of a query.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Query<'a> {
    start_date: Date,
    end_date: Date,
    dimensions: Vec<&'a str>,
    r#type: &'static str,
    aggregation_type: &'static str,
    data_state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    dimension_filter_groups: Option<[FilterGroup<'a>; 1]>,
    pub row_limit: u32,
    pub start_row: u64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FilterGroup<'a> {
    group_type: &'static str,
    filters: [Filter<'a>; 1],
}

#[derive(Debug, Serialize)]
struct Filter<'a> {
    dimension: &'static str,
    operator: &'static str,
    expression: &'a str,
}

impl<'a> Query<'a> {
    /// Final figures of web search, by day and perhaps one more dimension.
    pub(super) fn by_day(window: Window, dimension: Option<&'a str>) -> Self {
        Self {
            start_date: window.first(),
            end_date: window.last(),
            dimensions: ["date"].into_iter().chain(dimension).collect(),
            r#type: "web",
            // Some properties refuse an explicit choice; the reply says which one was taken.
            aggregation_type: "auto",
            data_state: "final",
            dimension_filter_groups: None,
            row_limit: PAGE_ROWS,
            start_row: 0,
        }
    }

    /// The same of one search query alone.
    pub(super) fn of_keyword(window: Window, keyword: &'a str) -> Self {
        let filters = [Filter { dimension: "query", operator: "equals", expression: keyword }];
        Self {
            dimension_filter_groups: Some([FilterGroup { group_type: "and", filters }]),
            ..Self::by_day(window, None)
        }
    }
}

/// A page of a query's answer. Without any row the key `rows` is not there.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    #[serde(default)]
    pub rows: Vec<Row>,
    pub response_aggregation_type: String,
}

/// One row. `ctr` is left alone: it is recomputed from sums.
#[derive(Debug, Deserialize)]
pub(super) struct Row {
    pub keys: Keys,
    pub clicks: Count,
    pub impressions: Count,
    pub position: Number,
}

/// The keys of a row in the order of the query's dimensions: the day, then perhaps one more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Keys {
    pub date: Date,
    pub label: Option<String>,
}

impl<'de> Deserialize<'de> for Keys {
    // A list of fixed length needs no allocation of its own, and pages have 25,000 of them.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeysVisitor;

        impl<'de> Visitor<'de> for KeysVisitor {
            type Value = Keys;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a day and at most one more key")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut keys: A) -> Result<Keys, A::Error> {
                let date = keys.next_element()?.ok_or_else(|| A::Error::invalid_length(0, &self))?;
                let label = keys.next_element()?;
                match keys.next_element::<IgnoredAny>()? {
                    None => Ok(Keys { date, label }),
                    Some(_) => Err(A::Error::invalid_length(3, &self)),
                }
            }
        }

        deserializer.deserialize_seq(KeysVisitor)
    }
}

/// A property, as the list of properties describes it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Site {
    pub site_url: String,
    pub permission_level: String,
}

#[derive(Deserialize)]
struct Failure {
    error: FailureBody,
}

#[derive(Deserialize)]
struct FailureBody {
    message: String,
    #[serde(default)]
    errors: Vec<Reason>,
    #[serde(default)]
    details: Vec<Reason>,
}

#[derive(Deserialize)]
struct Reason {
    reason: Option<String>,
}

/// Reads Search Console's errors. The reason decides, not the status: throttling comes as 403 or 429.
pub(super) fn classify(reply: &Reply) -> Option<Error> {
    if reply.status < 400 {
        return None;
    }
    let failure = reply.json::<Failure>().ok()?.error;
    let reason = failure.errors.iter().chain(&failure.details).find_map(|item| item.reason.as_deref())?;
    let error = |kind, message: &str| Error::new(kind, message).with("code", reason);
    Some(match reason {
        "forbidden" => error(ErrorKind::Permission, "no access to the property")
            .hint("add the login under Settings > Users and permissions of the property in Search Console"),
        "notFound" => error(ErrorKind::NotFound, "the login has no such property")
            .hint("copy `site_url` exactly as Search Console lists it, the slash at its end included"),
        "quotaExceeded" => error(ErrorKind::Quota, "the load quota of Search Console is spent")
            .retry_after(SignedDuration::from_mins(15))
            .hint("run again in 15 minutes; if one query alone still fails, the quota of the day is spent"),
        "rateLimitExceeded" | "userRateLimitExceeded" => {
            error(ErrorKind::RateLimited, "too many queries a minute").retry_after(SignedDuration::from_secs(60))
        }
        "dailyLimitExceeded" => error(ErrorKind::Quota, "the quota of the day is spent")
            .hint("run again after midnight Pacific time; what was collected is kept"),
        "accessNotConfigured" | "SERVICE_DISABLED" => {
            error(ErrorKind::Permission, "the Search Console API is not enabled in the Google Cloud project")
                .hint("enable it under APIs & Services > Library in the project of the credentials")
        }
        "insufficientPermissions" | "ACCESS_TOKEN_SCOPE_INSUFFICIENT" => {
            error(ErrorKind::Permission, "the credentials lack a scope")
                .with("scope", SCOPE)
                .hint("grant the scope anew")
        }
        "invalidParameter" | "badRequest" | "required" => error(ErrorKind::Protocol, &failure.message),
        _ => return None,
    })
}
