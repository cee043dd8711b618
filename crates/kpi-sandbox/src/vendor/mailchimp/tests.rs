//! The Marketing API as a caller sees it, and the ledger beside it.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method};
use base64::Engine as _;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Mailchimp, answer, key};
use crate::config::Source;
use crate::ledger::Fact;
use crate::rational::Rational;
use crate::sandbox::{Sandbox, Settings};
use crate::vendor::Vendor as _;
use crate::vendor::facebook_pages::samples::assert_has_keys_of;
use crate::world::World;

const NOW: &str = "2026-11-05T06:00:00Z";

fn source(id: &str) -> Source {
    let config = match id {
        "mail-vn" => "data_center = \"us19\"\ntimezone = \"Asia/Ho_Chi_Minh\"",
        _ => "data_center = \"us7\"",
    };
    Source { id: id.to_owned(), adapter: "mailchimp".to_owned(), config: config.parse().unwrap() }
}

fn sandbox(now: &str) -> Arc<Sandbox> {
    let sources = vec![source("mail-vn"), source("mail-intl")];
    Arc::new(Sandbox::new(now.parse().unwrap(), sources, Settings::default()))
}

async fn ask(sandbox: &Arc<Sandbox>, authorization: Option<String>, path: &str) -> (u16, Value) {
    let mut headers = HeaderMap::new();
    if let Some(value) = authorization {
        headers.insert("authorization", value.parse().unwrap());
    }
    let reply = answer(State(sandbox.clone()), Method::GET, path.parse().unwrap(), headers).await;
    let status = reply.status().as_u16();
    let bytes = to_bytes(reply.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap())
}

fn basic(key: &str) -> Option<String> {
    Some(format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("anystring:{key}"))))
}

async fn get(sandbox: &Arc<Sandbox>, id: &str, path: &str) -> Value {
    let (status, body) = ask(sandbox, basic(&key(&sandbox.world, &source(id))), path).await;
    assert_eq!(status, 200, "{path}: {body}");
    body
}

#[tokio::test]
async fn bodies_have_the_recorded_keys() {
    let sandbox = sandbox(NOW);
    let before = "before_send_time=2026-10-31T00:00:00%2B00:00";
    let reports = get(&sandbox, "mail-vn", &format!("/3.0/reports?count=1&{before}")).await;
    assert_has_keys_of("mailchimp/reports.json", &reports);
    assert_has_keys_of("mailchimp/lists.json", &get(&sandbox, "mail-vn", "/3.0/lists").await);
    assert_eq!(get(&sandbox, "mail-vn", "/3.0/ping").await, json!({"health_status": "Everything's Chimpy!"}));
    assert_eq!(get(&sandbox, "mail-vn", "/3.0/").await["account_timezone"], "Asia/Ho_Chi_Minh");
}

#[tokio::test]
async fn keys_open_their_own_account_only() {
    let sandbox = sandbox(NOW);
    let own = key(&sandbox.world, &source("mail-vn"));
    assert_eq!(Mailchimp.secrets(&source("mail-vn")), [("api_key".to_owned(), own.clone())]);
    assert!(own.ends_with("-us19"));
    assert_eq!(ask(&sandbox, Some(format!("Bearer {own}")), "/3.0/ping").await.0, 200);
    let (status, body) = ask(&sandbox, None, "/3.0/ping").await;
    assert_eq!((status, &body["title"]), (401, &json!("API Key Missing")));
    let (status, body) = ask(&sandbox, basic(&own.replace("us19", "us7")), "/3.0/ping").await;
    assert_eq!(status, 401);
    let want = "Your API key may be invalid, or you've attempted to access the wrong datacenter.";
    assert_eq!(
        (&body["title"], &body["detail"], &body["status"]),
        (&json!("API Key Invalid"), &json!(want), &json!(401))
    );
    let (status, body) = ask(&sandbox, basic(&own), "/3.0/nowhere").await;
    assert_eq!((status, &body["title"]), (404, &json!("Resource Not Found")));
    let (status, body) = ask(&sandbox, basic(&own), "/3.0/reports?since_send_time=2026-11-01T00:00:00+00:00").await;
    assert_eq!((status, &body["errors"][0]["field"]), (400, &json!("since_send_time")), "a plus is a blank");
}

#[tokio::test]
async fn pages_are_ten_rows_unless_asked_and_cut_by_offset() {
    let sandbox = sandbox(NOW);
    let first = get(&sandbox, "mail-vn", "/3.0/reports?fields=reports.id,total_items").await;
    assert_eq!(first["reports"].as_array().unwrap().len(), 10);
    assert_eq!(first["reports"][0].as_object().unwrap().len(), 1, "only the id was asked");
    let total = first["total_items"].as_u64().unwrap();
    let all = get(&sandbox, "mail-vn", "/3.0/reports?fields=reports.id&count=1000000").await;
    let ids: std::collections::BTreeSet<String> =
        all["reports"].as_array().unwrap().iter().map(|row| row["id"].to_string()).collect();
    assert_eq!(u64::try_from(ids.len()).unwrap(), total);
    let last = get(&sandbox, "mail-vn", &format!("/3.0/reports?count=10&offset={}", total - 3)).await;
    assert_eq!(last["reports"].as_array().unwrap().len(), 3);
    let empty = get(&sandbox, "mail-vn", "/3.0/reports?before_send_time=2020-01-01T00:00:00Z").await;
    assert_eq!((&empty["reports"], &empty["total_items"]), (&json!([]), &json!(0)));
}

#[tokio::test]
async fn the_lower_bound_is_not_in_the_window_and_the_upper_is() {
    let sandbox = sandbox(NOW);
    // A mailing goes out on the stroke of midnight, Vietnamese time.
    let count = |bounds: &str| format!("/3.0/reports?fields=reports.send_time,total_items&{bounds}");
    let at = "2026-09-30T17:00:00%2B00:00";
    let (before, after) = ("2026-09-30T16:59:59%2B00:00", "2026-09-30T17:00:01%2B00:00");
    let inside = get(&sandbox, "mail-vn", &count(&format!("since_send_time={before}&before_send_time={at}"))).await;
    assert_eq!(inside["total_items"], 2);
    assert_eq!(inside["reports"][0]["send_time"], "2026-09-30T17:00:00+00:00");
    let outside = get(&sandbox, "mail-vn", &count(&format!("since_send_time={at}&before_send_time={after}"))).await;
    assert_eq!(outside["total_items"], 0);
}

#[tokio::test]
async fn an_unopened_mailing_has_empty_moments_and_older_ones_no_opens_without_proxies() {
    let sandbox = sandbox(NOW);
    let body = get(&sandbox, "mail-vn", "/3.0/reports?count=1000").await;
    let rows = body["reports"].as_array().unwrap();
    let test = rows.iter().find(|row| row["emails_sent"] == 4).unwrap();
    assert_eq!((&test["opens"]["last_open"], &test["clicks"]["last_click"]), (&json!(""), &json!("")));
    for row in rows {
        let newer = row["send_time"].as_str().unwrap() >= "2025-10-01";
        assert_eq!(row["opens"].get("proxy_excluded_unique_opens").is_some(), newer);
        let (sent, bounced) = (&row["emails_sent"], &row["bounces"]["hard_bounces"]);
        assert!(sent.as_u64().unwrap() >= bounced.as_u64().unwrap() + row["opens"]["unique_opens"].as_u64().unwrap());
    }
    let rss = rows.iter().find(|row| row["type"] == "rss").unwrap();
    let children = get(&sandbox, "mail-vn", &format!("/3.0/reports/{}/sub-reports", rss["id"].as_str().unwrap())).await;
    let sum: u64 = children["reports"].as_array().unwrap().iter().map(|row| row["emails_sent"].as_u64().unwrap()).sum();
    assert_eq!((rss["emails_sent"].as_u64().unwrap(), &children["total_items"]), (sum, &json!(2)));
    assert!(
        children["reports"].as_array().unwrap().iter().all(|child| rows.iter().all(|row| row["id"] != child["id"]))
    );
}

#[tokio::test]
async fn opens_go_on_for_thirteen_days() {
    let opens = |now: &'static str| async move {
        let body = get(&sandbox(now), "mail-intl", "/3.0/reports?count=1000").await;
        let rows = body["reports"].as_array().unwrap().clone();
        let row = rows.into_iter().find(|row| row["send_time"] == "2026-10-01T00:00:00+00:00").unwrap();
        (row["opens"]["unique_opens"].as_u64().unwrap(), row["emails_sent"].as_u64().unwrap())
    };
    let (early, sent) = opens("2026-10-02T00:00:00Z").await;
    let (late, same) = opens("2026-10-14T00:00:00Z").await;
    assert!(early < late);
    assert_eq!(sent, same);
    assert_eq!(opens("2026-12-01T00:00:00Z").await.0, late);
}

#[tokio::test]
async fn activity_goes_back_180_days() {
    let sandbox = sandbox(NOW);
    let lists = get(&sandbox, "mail-vn", "/3.0/lists?fields=lists.id").await;
    let id = lists["lists"][0]["id"].as_str().unwrap();
    let ten = get(&sandbox, "mail-vn", &format!("/3.0/lists/{id}/activity")).await;
    assert_eq!((ten["activity"].as_array().unwrap().len(), &ten["total_items"]), (10, &json!(180)));
    let all = get(&sandbox, "mail-vn", &format!("/3.0/lists/{id}/activity?count=1000")).await;
    let rows = all["activity"].as_array().unwrap();
    assert_eq!((&rows[0]["day"], &rows[179]["day"]), (&json!("2026-11-04"), &json!("2026-05-09")));
    let facts = facts("mail-vn", NOW);
    let joined = facts.iter().filter(|fact| fact.metric == "opt_ins_new").count();
    assert_eq!(joined, 180);
}

fn facts(id: &str, now: &str) -> Vec<Fact> {
    Mailchimp.ledger(&World::default(), &source(id), now.parse::<Timestamp>().unwrap())
}

#[tokio::test]
async fn members_are_a_gauge_of_the_moment() {
    let members = |now: &'static str| async move {
        let body = get(&sandbox(now), "mail-vn", "/3.0/lists").await;
        let rows = body["lists"].as_array().unwrap();
        rows.iter().map(|row| row["stats"]["member_count"].as_u64().unwrap()).sum::<u64>()
    };
    let readings: Vec<Fact> = facts("mail-vn", NOW).into_iter().filter(|fact| fact.basis == "as_of").collect();
    let at = |day: &str| {
        let day = day.parse().unwrap();
        readings.iter().find(|fact| fact.start == day).unwrap().value.clone()
    };
    assert_eq!(at("2026-10-31"), Rational::int(members("2026-10-31T16:30:00Z").await));
    assert_eq!(at("2026-11-05"), Rational::int(members(NOW).await));
    assert!(at("2026-10-31") > at("2025-10-31"));
    assert_eq!(members("2026-11-05T06:04:59Z").await, members(NOW).await, "counted every five minutes");
}

#[test]
fn a_day_without_a_mailing_is_zero_and_money_has_a_currency() {
    let facts = facts("mail-vn", NOW);
    let mut by_day = std::collections::BTreeMap::new();
    for fact in facts.iter().filter(|fact| fact.metric == "emails_sent" && fact.dims.is_empty()) {
        assert!(by_day.insert(fact.start, fact.value.clone()).is_none());
        assert_eq!(fact.basis, "cohort");
    }
    assert_eq!(by_day.len(), 1_040);
    assert!(by_day.values().filter(|value| value.is_zero()).count() > 800);
    let revenue = facts.iter().filter(|fact| fact.metric == "revenue");
    assert!(revenue.clone().all(|fact| fact.currency.as_deref() == Some("VND")));
    assert!(revenue.filter(|fact| !fact.value.is_zero()).count() > 20);
}
