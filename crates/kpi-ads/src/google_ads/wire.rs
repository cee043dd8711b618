//! Google Ads' own words: GAQL queries, pages of rows, and the failures of
//! <https://developers.google.com/google-ads/api/docs/best-practices/understand-api-errors>.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::civil::Date;
use kpi_core::{Error, ErrorKind, Window};
use kpi_http::Reply;
use kpi_http::exact::{Count, Number};
use serde::{Deserialize, Serialize};

use super::config::SCOPE;

/// Who the account is.
pub(super) const CUSTOMER: &str =
    "SELECT customer.id, customer.descriptive_name, customer.currency_code, customer.time_zone FROM customer";

/// The daily figures of the account, or of each value of one more field.
pub(super) fn daily(resource: &str, field: Option<&str>, window: Window) -> String {
    let field = field.map(|field| format!("{field}, ")).unwrap_or_default();
    format!(
        "SELECT customer.currency_code, {field}segments.date, metrics.impressions, metrics.clicks, metrics.cost_micros, \
         metrics.video_trueview_views, metrics.conversions, metrics.conversions_value FROM {resource} WHERE {} \
         ORDER BY segments.date",
        between(window)
    )
}

/// The people reached in exactly this window. The date is not selected, or there would be a figure per day.
pub(super) fn reach(window: Window) -> String {
    format!("SELECT customer.id, metrics.unique_users FROM customer WHERE {}", between(window))
}

fn between(window: Window) -> String {
    format!("segments.date BETWEEN '{}' AND '{}'", window.first(), window.last())
}

/// The body of a search. A page has 10,000 rows; asking for another size is an error.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Search<'a> {
    pub query: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_token: Option<&'a str>,
}

/// A page of rows. Without any row the key `results` is not there; the field mask always is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "R: Deserialize<'de>"))]
pub(super) struct Page<R> {
    #[serde(default = "Vec::new")]
    pub results: Vec<R>,
    pub next_page_token: Option<String>,
    #[serde(rename = "fieldMask")]
    _field_mask: String,
}

/// A row of [`CUSTOMER`].
#[derive(Debug, Deserialize)]
pub(super) struct CustomerRow {
    pub customer: Customer,
}

/// An account. One that was never named has no name.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Customer {
    pub id: String,
    pub descriptive_name: Option<String>,
    pub currency_code: String,
    pub time_zone: String,
}

/// A row of [`daily`].
#[derive(Debug, Deserialize)]
pub(super) struct DailyRow {
    pub customer: Money,
    pub campaign: Option<Campaign>,
    pub segments: Segments,
    pub metrics: Metrics,
}

/// The currency of a row's amounts.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Money {
    pub currency_code: String,
}

/// A campaign. Its name may change, its number does not.
#[derive(Debug, Deserialize)]
pub(super) struct Campaign {
    pub id: String,
}

/// What a row is cut by.
#[derive(Debug, Deserialize)]
pub(super) struct Segments {
    pub date: Date,
    pub device: Option<String>,
}

/// The figures of a row.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Metrics {
    pub impressions: Count,
    pub clicks: Count,
    /// Millionths of the account's currency, whatever its decimals.
    pub cost_micros: Count,
    /// Left out where a campaign cannot have them.
    pub video_trueview_views: Option<Count>,
    /// Fractional when several ads share a conversion.
    pub conversions: Number,
    /// Whole units of the currency, not millionths.
    pub conversions_value: Number,
}

/// A row of [`reach`].
#[derive(Debug, Deserialize)]
pub(super) struct ReachRow {
    pub metrics: Option<ReachMetrics>,
}

/// The people reached; left out where no campaign of the account can be counted so.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReachMetrics {
    pub unique_users: Option<Count>,
}

/// An error as it comes: streams wrap it in an array.
#[derive(Deserialize)]
#[serde(untagged)]
enum Failure {
    Plain(Wrapped),
    Listed([Wrapped; 1]),
}

#[derive(Deserialize)]
struct Wrapped {
    error: Status,
}

#[derive(Deserialize)]
struct Status {
    message: String,
    #[serde(default)]
    details: Vec<Detail>,
}

#[derive(Deserialize)]
struct Detail {
    #[serde(default)]
    errors: Vec<AdsError>,
    /// Of Google's common errors, which come without any of `errors`.
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AdsError {
    /// One key, the family, with the code as its value.
    error_code: BTreeMap<String, String>,
    #[serde(default)]
    message: String,
    details: Option<ErrorDetails>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ErrorDetails {
    quota_error_details: Option<QuotaDetails>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QuotaDetails {
    retry_delay: Option<String>,
}

/// Longer than this is not waited for: the account stops for this run.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(5);

/// Reads Google Ads' errors.
pub(super) fn classify(reply: &Reply) -> Option<Error> {
    if reply.status < 400 {
        return None;
    }
    let status = match reply.json::<Failure>().ok()? {
        Failure::Plain(wrapped) | Failure::Listed([wrapped]) => wrapped.error,
    };
    match status.details.iter().find_map(|detail| detail.errors.first()) {
        Some(failure) => of_ads(failure),
        None => of_google(&status),
    }
}

fn of_ads(failure: &AdsError) -> Option<Error> {
    let (family, code) = failure.error_code.first_key_value()?;
    let error = |kind, message: &str| Error::new(kind, message).with("code", code);
    Some(match (family.as_str(), code.as_str()) {
        (_, "OAUTH_TOKEN_EXPIRED" | "OAUTH_TOKEN_INVALID") => error(ErrorKind::Auth, "the access token was rejected"),
        (_, "OAUTH_TOKEN_REVOKED") => error(ErrorKind::Auth, "the login has revoked its consent"),
        (_, "NOT_ADS_USER") => error(ErrorKind::Permission, "the login has no Google Ads account")
            .hint("invite the login under Admin > Access and security of the account"),
        (_, "CUSTOMER_NOT_FOUND") => error(ErrorKind::NotFound, "no such account"),
        (_, "CUSTOMER_NOT_ENABLED") => {
            error(ErrorKind::Permission, "the account is cancelled, closed or not yet active")
                .hint("let the account's administrator activate it again, or remove the source")
        }
        (_, "USER_PERMISSION_DENIED") => error(ErrorKind::Permission, "the login has no access to the account")
            .hint("where the access goes through a manager account, set `login_customer_id` to the manager's number"),
        (_, "INVALID_LOGIN_CUSTOMER_ID_SERVING_CUSTOMER_ID_COMBINATION") | ("headerError", _) => {
            error(ErrorKind::Config, "`login_customer_id` is not a manager of the account")
        }
        (_, "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION") => {
            error(ErrorKind::Permission, "the Google Cloud project may read test accounts only")
                .hint("apply for access in the API center of the manager account")
        }
        (_, "METRIC_ACCESS_DENIED") => error(ErrorKind::Permission, "the login may not read a metric"),
        (_, "REQUESTED_METRICS_FOR_MANAGER") => error(ErrorKind::Config, "`customer_id` is a manager account")
            .hint("list each account of the manager as a source, with the manager as `login_customer_id`"),
        (_, "UNSUPPORTED_VERSION") => {
            error(ErrorKind::Unsupported, "Google has ended this version of the API").hint("update kpi")
        }
        (_, "MISALIGNED_DATE_FOR_FILTER" | "REQUESTED_DATE_GRANULARITY_NOT_SUPPORTED") | ("dateRangeError", _) => {
            error(ErrorKind::Unsupported, "Google Ads no longer has these days")
                .hint("ask for days of the last 37 months")
        }
        (_, "INVALID_PAGE_TOKEN" | "EXPIRED_PAGE_TOKEN") => error(ErrorKind::Unavailable, "the paging has expired"),
        ("quotaError", code) => return Some(of_quota(code, failure)),
        ("internalError" | "databaseError", _) => error(ErrorKind::Unavailable, "Google Ads is failing"),
        ("authenticationError", _) => error(ErrorKind::Auth, "the credentials were rejected"),
        ("authorizationError", _) => error(ErrorKind::Permission, "the access was denied"),
        _ => error(ErrorKind::Protocol, &failure.message),
    })
}

fn of_quota(code: &str, failure: &AdsError) -> Error {
    let details = failure.details.as_ref().and_then(|details| details.quota_error_details.as_ref());
    let delay = details.and_then(|details| details.retry_delay.as_deref()).and_then(seconds);
    let (kind, message) = match code {
        "ACCESS_PROHIBITED" => (ErrorKind::Permission, "the Google Cloud project may not use the API"),
        "EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION" => (ErrorKind::Quota, "the queries of the day were too heavy"),
        "RESOURCE_EXHAUSTED" if delay.is_none_or(|delay| delay > LONGEST_WAIT) => {
            (ErrorKind::Quota, "the operations of the day are spent")
        }
        _ => (ErrorKind::RateLimited, "too many operations"),
    };
    let error = Error::new(kind, message).with("code", code);
    match delay {
        Some(delay) => error.retry_after(delay),
        None => error,
    }
}

/// Reads a duration as Google writes it: `40591s`, `1.5s`.
pub(super) fn seconds(text: &str) -> Option<SignedDuration> {
    let (whole, fraction) = text.strip_suffix('s').map(|number| number.split_once('.').unwrap_or((number, "")))?;
    let more = i64::from(!fraction.is_empty());
    whole
        .parse::<i64>()
        .ok()
        .filter(|whole| *whole >= 0)
        .map(|whole| SignedDuration::from_secs(whole.saturating_add(more)))
}

fn of_google(status: &Status) -> Option<Error> {
    let reason = status.details.iter().find_map(|detail| detail.reason.as_deref());
    let error =
        |message: &str| Error::new(ErrorKind::Permission, message).with("code", reason.unwrap_or("PERMISSION_DENIED"));
    match reason {
        Some("ACCESS_TOKEN_SCOPE_INSUFFICIENT") => {
            Some(error("the credentials lack a scope").with("scope", SCOPE).hint("grant the scope anew"))
        }
        Some("SERVICE_DISABLED") => Some(disabled(error)),
        None if status.message.contains("has not been used in project") => Some(disabled(error)),
        _ => None,
    }
}

fn disabled(error: impl Fn(&str) -> Error) -> Error {
    error("the Google Ads API is not enabled in the Google Cloud project")
        .hint("enable it under APIs & Services > Library in the project of the credentials")
}
