//! Google Ads: reports in GAQL, paged and streamed, for accounts below a manager and one that stands alone.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Refusal, Vendor, google};
use crate::config::Source;
use crate::ledger::Fact;
use crate::rational::Rational;
use crate::sandbox::Sandbox;
use crate::world::ads::{self, Customer, Figures};
use crate::world::{World, days};

mod cell;
mod clients;
mod errors;
mod gaql;
mod pages;
mod rows;

const NAME: &str = "google_ads";
const SCOPES: [&str; 1] = ["https://www.googleapis.com/auth/adwords"];

/// The longest window for which people are counted, in days.
const PEOPLE_DAYS: i32 = 92;

/// The emulated Google Ads.
#[derive(Debug)]
pub struct GoogleAds;

impl Vendor for GoogleAds {
    fn name(&self) -> &'static str {
        NAME
    }

    fn router(&self, sandbox: Arc<Sandbox>) -> Router {
        Router::new()
            .route("/{version}/customers:listAccessibleCustomers", get(accessible))
            .route("/{version}/customers/{customer}/googleAds:search", post(search))
            .route("/{version}/customers/{customer}/googleAds:searchStream", post(search_stream))
            .with_state(sandbox.clone())
            .merge(google::oauth::router(sandbox))
            .layer(from_fn(name_request))
    }

    fn ledger(&self, world: &World, source: &Source, now: Timestamp) -> Vec<Fact> {
        let Some(customer) = source.text("customer_id").and_then(ads::customer) else {
            return Vec::new();
        };
        let today = customer.today(now);
        let mut facts = Vec::new();
        for day in days(ads::first_kept_day(today), today) {
            let mut total = Figures::default();
            let mut devices = [Figures::default(); 3];
            for campaign in customer.campaigns {
                let mut sum = Figures::default();
                for (figures, device) in world.ads_day(customer, campaign, day, today).iter().zip(&mut devices) {
                    sum.add(figures);
                    device.add(figures);
                }
                total.add(&sum);
                if sum != Figures::default() {
                    facts.extend(day_facts(customer, day, &sum).map(|fact| fact.dim("campaign", campaign.id)));
                }
            }
            for (figures, (device, _)) in devices.iter().zip(ads::DEVICES) {
                if *figures != Figures::default() {
                    facts.extend(day_facts(customer, day, figures).map(|fact| fact.dim("device", device)));
                }
            }
            facts.extend(day_facts(customer, day, &total));
        }
        facts
    }

    fn window(&self, world: &World, source: &Source, now: Timestamp, start: Date, end: Date) -> Vec<Fact> {
        let Some(customer) = source.text("customer_id").and_then(ads::customer) else {
            return Vec::new();
        };
        let today = customer.today(now);
        if (end - start).get_days() >= PEOPLE_DAYS || end > today || start < ads::first_kept_day(today) {
            return Vec::new();
        }
        let people = world.ads_people(customer, None, start, end, today);
        vec![Fact::day("reach", start, Rational::int(people)).until(end).definition("google_ads.unique_users")]
    }

    fn secrets(&self, source: &Source) -> Vec<(String, String)> {
        google::secrets(source)
    }

    fn refuse(&self, refusal: Refusal, path: &str) -> Option<Response> {
        if google::oauth::is_auth(path) {
            return (refusal == Refusal::Revoked && path.ends_with("/token")).then(google::oauth::revoked);
        }
        let failure = match refusal {
            Refusal::RateLimited => errors::rate_limited(),
            Refusal::Quota => errors::quota(),
            Refusal::ServerError => errors::server(),
            Refusal::Revoked => errors::revoked(),
        };
        Some(failure.reply(path.ends_with(":searchStream")))
    }

    fn is_auth(&self, path: &str) -> bool {
        google::oauth::is_auth(path)
    }
}

fn day_facts(customer: &Customer, day: Date, figures: &Figures) -> [Fact; 6] {
    [
        Fact::day("impressions", day, Rational::int(figures.impressions)),
        Fact::day("clicks", day, Rational::int(figures.clicks)),
        Fact::day("spend", day, Rational::scaled(figures.cost_micros, 6)).money(customer.currency),
        Fact::day("video_views", day, Rational::int(figures.video_views)).definition("google_ads.trueview"),
        Fact::day("conversions", day, Rational::scaled(figures.conversions, 2)).basis("cohort"),
        Fact::day("conversion_value", day, Rational::scaled(figures.value, 2)).money(customer.currency).basis("cohort"),
    ]
}

/// Every answer names its request.
async fn name_request(request: axum::extract::Request, next: Next) -> Response {
    let mut reply = next.run(request).await;
    reply.headers_mut().insert("request-id", HeaderValue::from_static(errors::REQUEST_ID));
    reply
}

/// Checks version, token and, where there is one, the account.
fn let_in(
    sandbox: &Sandbox,
    version: &str,
    headers: &HeaderMap,
    customer: Option<&str>,
) -> Result<(), errors::Failure> {
    if !["v23", "v24", "v25", "v26"].contains(&version) {
        return Err(errors::unsupported_version(version));
    }
    google::authorize(sandbox, NAME, headers, &SCOPES).map_err(errors::denied)?;
    let Some(id) = customer else {
        return Ok(());
    };
    let login = headers.get("login-customer-id").and_then(|value| value.to_str().ok());
    if login.is_some_and(|login| login.is_empty() || !login.bytes().all(|b| b.is_ascii_digit())) {
        return Err(errors::bad_login());
    }
    if id == ads::MANAGER {
        return if login.is_none_or(|login| login == id) { Ok(()) } else { Err(errors::no_permission()) };
    }
    let Some(account) = ads::customer(id) else {
        let digits = id.len() == 10 && id.bytes().all(|b| b.is_ascii_digit());
        return Err(if digits { errors::no_permission() } else { errors::bad_customer(id) });
    };
    let through = if account.managed { Some(ads::MANAGER) } else { Some(account.id) };
    let direct = !account.managed && login.is_none();
    if direct || login == through { Ok(()) } else { Err(errors::no_permission()) }
}

async fn accessible(State(sandbox): State<Arc<Sandbox>>, Path(version): Path<String>, headers: HeaderMap) -> Response {
    if let Err(failure) = let_in(&sandbox, &version, &headers, None) {
        return failure.reply(false);
    }
    let mut names = vec![format!("customers/{}", ads::MANAGER)];
    names.extend(ads::CUSTOMERS.iter().filter(|c| !c.managed).map(|c| format!("customers/{}", c.id)));
    axum::Json(json!({"resourceNames": names})).into_response()
}

async fn search(
    State(sandbox): State<Arc<Sandbox>>,
    Path((version, customer)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answer = report(&sandbox, &version, &customer, &headers, &body).and_then(|(report, query, body)| {
        pages::page(&sandbox, &report, &query, &body, sandbox.fault(NAME, "page_loop"))
    });
    match answer {
        Ok(page) => axum::Json(page).into_response(),
        Err(failure) => failure.reply(false),
    }
}

async fn search_stream(
    State(sandbox): State<Arc<Sandbox>>,
    Path((version, customer)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match report(&sandbox, &version, &customer, &headers, &body) {
        Ok((report, _, _)) => axum::Json(pages::batches(&report)).into_response(),
        Err(failure) => failure.reply(true),
    }
}

/// Reads the request and computes all rows.
fn report(
    sandbox: &Sandbox,
    version: &str,
    customer: &str,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<(rows::Report, String, Value), errors::Failure> {
    let_in(sandbox, version, headers, Some(customer))?;
    let body: Value = serde_json::from_slice(body).map_err(|_| errors::bad_json())?;
    if body.get("pageSize").or_else(|| body.get("page_size")).is_some() {
        return Err(errors::page_size());
    }
    let text = body.get("query").and_then(Value::as_str).ok_or_else(errors::no_query)?.to_owned();
    let query = gaql::parse(&text)?;
    let report = rows::report(&sandbox.world, customer, &query, sandbox.now())?;
    Ok((report, text, body))
}
