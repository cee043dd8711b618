//! Google Search Console: properties and search analytics, in final and fresh data.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Refusal, Vendor, google};
use crate::config::Source;
use crate::ledger::Fact;
use crate::rational::Rational;
use crate::sandbox::Sandbox;
use crate::world::{World, days, seo};

mod bulk;
mod errors;
mod query;
mod rows;

const NAME: &str = "google_search_console";
const SCOPES: [&str; 2] =
    ["https://www.googleapis.com/auth/webmasters.readonly", "https://www.googleapis.com/auth/webmasters"];

/// A property that is listed, but was never verified: asking it for data is forbidden.
const UNVERIFIED: &str = "https://partner.saomai.example/";

/// The emulated Search Console.
#[derive(Debug)]
pub struct GoogleSearchConsole;

impl Vendor for GoogleSearchConsole {
    fn name(&self) -> &'static str {
        NAME
    }

    fn router(&self, sandbox: Arc<Sandbox>) -> Router {
        Router::new()
            .route("/webmasters/v3/sites", get(sites))
            .route("/webmasters/v3/sites/{site}", get(site))
            .route("/webmasters/v3/sites/{site}/searchAnalytics/query", post(analytics))
            .with_state(sandbox.clone())
            .merge(google::oauth::router(sandbox))
    }

    fn ledger(&self, world: &World, source: &Source, now: Timestamp) -> Vec<Fact> {
        let Some(site) = source.text("site_url").and_then(seo::site) else {
            return Vec::new();
        };
        let keywords: Vec<&str> = source
            .config
            .get("keywords")
            .and_then(toml::Value::as_array)
            .map(|list| list.iter().filter_map(toml::Value::as_str).collect())
            .unwrap_or_default();
        let mut facts = Vec::new();
        for day in days(seo::first_kept_day(now), seo::last_final_day(now)) {
            let cells = world.seo_cells(site, day, 1000);
            let mut sums: BTreeMap<(&'static str, &'static str), [u64; 3]> = BTreeMap::new();
            sums.insert(("", ""), [0; 3]);
            for cell in &cells {
                let mut keys = vec![("", ""), ("country", cell.country), ("device", cell.device)];
                keys.extend(cell.query.filter(|query| keywords.contains(query)).map(|query| ("keyword", query)));
                for key in keys {
                    let sum = sums.entry(key).or_default();
                    sum[0] += cell.clicks;
                    sum[1] += cell.impressions;
                    sum[2] += cell.impressions * cell.position;
                }
            }
            for ((dim, value), [clicks, impressions, positions]) in sums {
                let figures = match dim {
                    "keyword" => vec![("keyword_rank", rank(positions, impressions))],
                    _ => vec![
                        ("organic_clicks", Rational::int(clicks)),
                        ("search_impressions", Rational::int(impressions)),
                        ("search_position_sum", Rational::int(positions)),
                    ],
                };
                for (metric, figure) in figures {
                    let fact = Fact::day(metric, day, figure);
                    facts.push(if dim.is_empty() { fact } else { fact.dim(dim, value) });
                }
            }
        }
        facts
    }

    fn secrets(&self, source: &Source) -> Vec<(String, String)> {
        google::secrets(source)
    }

    fn refuse(&self, refusal: Refusal, path: &str) -> Option<Response> {
        if google::oauth::is_auth(path) {
            return (refusal == Refusal::Revoked && path.ends_with("/token")).then(google::oauth::revoked);
        }
        Some(match refusal {
            Refusal::RateLimited => errors::rate_limited(),
            Refusal::Quota => errors::quota(),
            Refusal::ServerError => errors::server(),
            Refusal::Revoked => errors::bad_token(),
        })
    }

    fn is_auth(&self, path: &str) -> bool {
        google::oauth::is_auth(path)
    }
}

/// The position as the vendor writes it: a double, read back digit by digit.
#[expect(clippy::cast_precision_loss, reason = "the vendor's numbers are doubles; counts stay far below 2^53")]
fn rank(positions: u64, impressions: u64) -> Rational {
    let text = (positions as f64 / impressions as f64).to_string();
    Rational::parse(&text).unwrap_or_else(Rational::zero)
}

fn entry(url: &str) -> Value {
    let level = if url == UNVERIFIED { "siteUnverifiedUser" } else { "siteOwner" };
    json!({"siteUrl": url, "permissionLevel": level})
}

/// The refusal of a request without a good token.
fn turned_away(sandbox: &Sandbox, headers: &HeaderMap) -> Option<Response> {
    google::authorize(sandbox, NAME, headers, &SCOPES).err().map(errors::denied)
}

async fn sites(State(sandbox): State<Arc<Sandbox>>, headers: HeaderMap) -> Response {
    if let Some(reply) = turned_away(&sandbox, &headers) {
        return reply;
    }
    let mut entries: Vec<Value> = seo::SITES.iter().map(|site| entry(site.url)).collect();
    entries.push(entry(UNVERIFIED));
    axum::Json(json!({"siteEntry": entries})).into_response()
}

async fn site(State(sandbox): State<Arc<Sandbox>>, headers: HeaderMap, Path(url): Path<String>) -> Response {
    if let Some(reply) = turned_away(&sandbox, &headers) {
        return reply;
    }
    if url == UNVERIFIED || seo::site(&url).is_some() {
        return axum::Json(entry(&url)).into_response();
    }
    errors::not_found(&url)
}

async fn analytics(
    State(sandbox): State<Arc<Sandbox>>,
    Path(url): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Some(reply) = turned_away(&sandbox, &headers) {
        return reply;
    }
    if url == UNVERIFIED {
        return errors::forbidden(&url);
    }
    let Some(site) = seo::site(&url) else {
        return errors::not_found(&url);
    };
    let Ok(text) = serde_json::from_slice::<Value>(&body) else {
        return errors::bad_request("Invalid JSON payload received. Unexpected token.", "parseError");
    };
    let mut query = match query::parse(&text) {
        Ok(query) => query,
        Err((message, reason)) => return errors::bad_request(&message, reason),
    };
    if sandbox.fault(NAME, "page_loop") {
        // The first page for ever, and always as full as a page can be.
        query.start_row = 0;
    }
    if let Some(rows) = sandbox.settings.bulk
        && let Some(page) = bulk::page(&query, rows)
    {
        return ([(header::CONTENT_TYPE, "application/json; charset=UTF-8")], Body::from(page)).into_response();
    }
    let looped = sandbox.fault(NAME, "page_loop").then_some(query.row_limit);
    axum::Json(rows::answer(&sandbox.world, site, &query, sandbox.now(), looped)).into_response()
}
