//! The Graph API as a caller sees it, and the ledger beside it.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::samples::assert_has_keys_of;
use super::{FacebookPages, OPENED_BY_USER, SMALL_PAGE, answer, tokens};
use crate::config::Source;
use crate::ledger::Fact;
use crate::rational::Rational;
use crate::sandbox::{Sandbox, Settings};
use crate::vendor::Vendor as _;
use crate::world::World;

const PAGE: &str = "145245558842140";
const NOW: &str = "2026-11-05T06:00:00Z";

fn source(page: &str) -> Source {
    let config = format!("page_id = \"{page}\"").parse().unwrap();
    Source { id: "fb".to_owned(), adapter: "facebook_pages".to_owned(), config }
}

fn sandbox(now: &str) -> Arc<Sandbox> {
    let sources = vec![source(PAGE), source(OPENED_BY_USER)];
    Arc::new(Sandbox::new(now.parse().unwrap(), sources, Settings::default()))
}

async fn get(sandbox: &Arc<Sandbox>, token: &str, path: &str) -> (u16, Value) {
    let mut headers = HeaderMap::new();
    headers.insert("host", "127.0.0.1:9".parse().unwrap());
    if !token.is_empty() {
        headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
    }
    let uri: Uri = path.parse().unwrap();
    let reply = answer(State(sandbox.clone()), uri, headers).await;
    let status = reply.status().as_u16();
    let bytes = to_bytes(reply.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

fn own_token(page: &str) -> String {
    tokens::page_token(&World::default(), page)
}

#[tokio::test]
async fn a_day_ends_at_midnight_in_pacific_time() {
    let path = format!("/v26.0/{PAGE}/insights?metric=page_media_view&period=day&since=2026-10-31&until=2026-11-03");
    let (status, body) = get(&sandbox(NOW), &own_token(PAGE), &path).await;
    assert_eq!(status, 200);
    assert_has_keys_of("facebook-pages/page_insights_day_week_days28.json", &body);
    let ends: Vec<&str> =
        body["data"][0]["values"].as_array().unwrap().iter().map(|point| point["end_time"].as_str().unwrap()).collect();
    // The clocks go back in the night to the first of November.
    assert_eq!(ends, ["2026-11-01T07:00:00+0000", "2026-11-02T08:00:00+0000", "2026-11-03T08:00:00+0000"]);
    assert_eq!(body["data"][0]["id"], format!("{PAGE}/insights/page_media_view/day"));
    let next = body["paging"]["next"].as_str().unwrap();
    assert!(
        next.starts_with(&format!("http://127.0.0.1:9/facebook_pages/v26.0/{PAGE}/insights?access_token=EAAGPage"))
    );
    assert!(next.ends_with("&since=1793692800&until=1793955600"), "{next}");
}

#[tokio::test]
async fn viewers_are_fewer_than_their_days_together() {
    let path = format!("/v26.0/{PAGE}/insights?metric=page_total_media_view_unique&since=2026-10-01&until=2026-10-29");
    let (_, body) = get(&sandbox(NOW), &own_token(PAGE), &path).await;
    let series: Vec<Vec<u64>> = body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|series| {
            series["values"].as_array().unwrap().iter().map(|point| point["value"].as_u64().unwrap()).collect()
        })
        .collect();
    assert_eq!(series.iter().map(Vec::len).collect::<Vec<_>>(), [28, 28, 28]);
    let (days, week, month) = (&series[0], series[1][27], series[2][27]);
    assert!(week < days[21..].iter().sum() && week >= *days[21..].iter().max().unwrap());
    assert!(month < days.iter().sum() && month >= week);
}

#[tokio::test]
async fn the_parts_by_ads_are_flat_and_add_up() {
    let day = "period=day&since=2026-10-20&until=2026-10-21";
    let path = format!("/v26.0/{PAGE}/insights?metric=page_media_view&{day}");
    let (_, total) = get(&sandbox(NOW), &own_token(PAGE), &path).await;
    let (_, parts) = get(&sandbox(NOW), &own_token(PAGE), &format!("{path}&breakdown=is_from_ads")).await;
    let points = parts["data"][0]["values"].as_array().unwrap();
    assert_eq!(points.iter().map(|point| &point["is_from_ads"]).collect::<Vec<_>>(), [&json!("0"), &json!("1")]);
    let sum: u64 = points.iter().map(|point| point["value"].as_u64().unwrap()).sum();
    assert_eq!(total["data"][0]["values"][0]["value"], json!(sum));
}

#[tokio::test]
async fn one_dead_name_fails_all_and_is_not_named() {
    for metrics in ["page_media_view,page_impressions", "page_fans", "page_media_view,page_made_up"] {
        let path = format!("/v26.0/{PAGE}/insights?metric={metrics}&period=day");
        let (status, body) = get(&sandbox(NOW), &own_token(PAGE), &path).await;
        assert_eq!(status, 400);
        assert_eq!(body["error"]["message"], "(#100) The value must be a valid insights metric");
        assert_eq!(body["error"]["code"], 100);
    }
}

#[tokio::test]
async fn refusals_speak_the_vendors_words() {
    let sandbox = sandbox(NOW);
    let insights = format!("/v26.0/{PAGE}/insights?metric=page_media_view");
    let user = tokens::user_token(&sandbox.world, 0);
    let over = tokens::user_token(&sandbox.world, 1_700_000_000);
    let cases = [
        ("", insights.clone(), 400, 104, json!(null)),
        ("nonsense", insights.clone(), 400, 190, json!(null)),
        (over.as_str(), "/v26.0/me/accounts".to_owned(), 401, 190, json!(463)),
        (user.as_str(), insights, 400, 190, json!(null)),
        (user.as_str(), "/v26.0/1/insights".to_owned(), 400, 190, json!(null)),
        (user.as_str(), "/v26.0/1".to_owned(), 400, 100, json!(null)),
        (user.as_str(), "/v99.0/me".to_owned(), 400, 2500, json!(null)),
    ];
    for (token, path, status, code, subcode) in cases {
        let (found, body) = get(&sandbox, token, &path).await;
        assert_eq!((found, &body["error"]["code"]), (status, &json!(code)), "{path}");
        assert_eq!(body["error"]["error_subcode"], subcode, "{path}");
        assert_eq!(body["error"]["type"], "OAuthException");
    }
    let (_, body) = get(&sandbox, &user, "/v26.0/1").await;
    assert_has_keys_of("facebook-pages/error_100_missing_permission.json", &body);
    let wide = format!("/v26.0/{PAGE}/insights?metric=page_media_view&since=2026-01-01&until=2026-06-01");
    let (_, body) = get(&sandbox, &own_token(PAGE), &wide).await;
    assert_eq!(body["error"]["error_subcode"], 1_504_016);
}

#[tokio::test]
async fn a_user_finds_the_tokens_of_the_pages() {
    let sandbox = sandbox(NOW);
    let secret = FacebookPages.secrets(&source(OPENED_BY_USER)).remove(0);
    assert_eq!(secret.0, "access_token");
    let mut path = "/v26.0/me/accounts?fields=id,name,access_token,tasks&limit=1".to_owned();
    let mut found = Vec::new();
    while !path.is_empty() {
        let (status, body) = get(&sandbox, &secret.1, &path).await;
        assert_eq!(status, 200);
        found.push(body["data"][0]["id"].as_str().unwrap().to_owned());
        if found.last().unwrap() == OPENED_BY_USER {
            assert_eq!(body["data"][0]["access_token"], own_token(OPENED_BY_USER));
        }
        path = body["paging"]["next"].as_str().unwrap_or_default().replace("http://127.0.0.1:9/facebook_pages", "");
    }
    assert_eq!(found, [PAGE, OPENED_BY_USER, SMALL_PAGE]);
}

#[tokio::test]
async fn consent_leads_to_a_token_that_lives_sixty_days() {
    let sandbox = sandbox(NOW);
    let redirect = "http%3A%2F%2F127.0.0.1%3A7%2Fback";
    let uri: Uri = format!("/v26.0/dialog/oauth?client_id=1&redirect_uri={redirect}&state=xyz").parse().unwrap();
    let reply = answer(State(sandbox.clone()), uri, HeaderMap::new()).await;
    assert_eq!(reply.status(), 302);
    let location = url::Url::parse(reply.headers()["location"].to_str().unwrap()).unwrap();
    let query: Vec<(String, String)> = location.query_pairs().into_owned().collect();
    assert_eq!(query[1], ("state".to_owned(), "xyz".to_owned()));
    let code = &query[0].1;
    let exchange = format!("/v26.0/oauth/access_token?client_id=1&client_secret=2&redirect_uri={redirect}&code={code}");
    let (_, short) = get(&sandbox, "", &exchange).await;
    let short = short["access_token"].as_str().unwrap();
    let extend = format!(
        "/v26.0/oauth/access_token?grant_type=fb_exchange_token&client_id=1&client_secret=2&fb_exchange_token={short}"
    );
    let (_, long) = get(&sandbox, "", &extend).await;
    assert_eq!((&long["token_type"], &long["expires_in"]), (&json!("bearer"), &json!(5_184_000)));
    let long = long["access_token"].as_str().unwrap();
    assert_eq!(get(&sandbox, long, "/v26.0/me").await.0, 200);
    sandbox.set_now("2027-01-05T06:00:00Z".parse().unwrap());
    assert_eq!(get(&sandbox, long, "/v26.0/me").await.0, 401);
    let (status, body) = get(&sandbox, "", &exchange.replace("code=AQ", "code=AQ0")).await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!(100)));
}

#[tokio::test]
async fn a_short_page_of_posts_is_not_the_last() {
    let sandbox = sandbox(NOW);
    let fields =
        "id,created_time,shares,reactions.summary(total_count).limit(0),comments.summary(total_count).limit(0)";
    let mut path = format!("/v26.0/{PAGE}/posts?fields={fields}&limit=5");
    let mut sizes = Vec::new();
    let mut ids = std::collections::BTreeSet::new();
    while !path.is_empty() {
        let (status, body) = get(&sandbox, &own_token(PAGE), &path).await;
        assert_eq!(status, 200);
        let rows = body["data"].as_array().unwrap();
        sizes.push(rows.len());
        for row in rows {
            assert!(ids.insert(row["id"].as_str().unwrap().to_owned()));
            assert!(row["reactions"]["summary"]["total_count"].is_u64());
            assert_ne!(row["shares"]["count"], json!(0));
        }
        path = body["paging"]["next"].as_str().unwrap_or_default().replace("http://127.0.0.1:9/facebook_pages", "");
    }
    let short = sizes.iter().rev().skip(1).filter(|size| **size < 5).count();
    assert!(short > 0 && ids.len() > 300, "{} posts, {short} short pages", ids.len());
    let (_, body) = get(&sandbox, &own_token(PAGE), &format!("/v26.0/{PAGE}/posts?limit=20")).await;
    let next = body["paging"]["next"].as_str().unwrap().replace("http://127.0.0.1:9/facebook_pages", "");
    let (_, body) = get(&sandbox, &own_token(PAGE), &next).await;
    assert_has_keys_of("facebook-pages/page_posts_page1.json", &body);
}

#[tokio::test]
async fn a_page_with_few_likes_has_no_insights() {
    let path = format!("/v26.0/{SMALL_PAGE}/insights?metric=page_media_view");
    let (status, body) = get(&sandbox(NOW), &own_token(SMALL_PAGE), &path).await;
    assert_eq!((status, &body["data"]), (200, &json!([])));
    assert!(body["paging"]["next"].is_string());
}

#[test]
fn the_ledger_tells_what_the_insights_tell() {
    let now: Timestamp = NOW.parse().unwrap();
    let facts = FacebookPages.ledger(&World::default(), &source(PAGE), now);
    let day = "2026-10-31".parse().unwrap();
    let of_day: Vec<&Fact> = facts.iter().filter(|fact| fact.start == day && fact.dims.is_empty()).collect();
    let names: Vec<&str> = of_day.iter().map(|fact| fact.metric).collect();
    assert_eq!(
        names,
        ["impressions", "engagements", "followers", "video_views", "posts", "likes", "comments", "shares"]
    );
    let total = |basis: &str| facts.iter().filter(|fact| fact.basis == basis).count();
    assert!(total("event") > 0 && total("cohort") > 0 && total("as_of") == 0);
    let followers = of_day.iter().find(|fact| fact.metric == "followers").unwrap();
    assert!(
        followers.value > Rational::int(11_500) && followers.value < Rational::int(12_500),
        "{:?}",
        followers.value
    );
}

#[test]
fn reach_exists_for_three_lengths_only() {
    let now: Timestamp = NOW.parse().unwrap();
    let day = |text: &str| text.parse().unwrap();
    let window = |start, end| FacebookPages.window(&World::default(), &source(PAGE), now, day(start), day(end));
    assert_eq!(window("2026-10-31", "2026-10-31").len(), 1);
    assert_eq!(window("2026-10-25", "2026-10-31").len(), 1);
    assert_eq!(window("2026-10-04", "2026-10-31").len(), 1);
    assert!(window("2026-10-01", "2026-10-31").is_empty());
    assert!(window("2026-11-04", "2026-11-04").is_empty(), "the day is not over in Pacific time");
}

#[test]
fn figures_stand_after_four_weeks() {
    let value = |now: &str| {
        let facts = FacebookPages.ledger(&World::default(), &source(PAGE), now.parse().unwrap());
        let day = "2026-10-01".parse().unwrap();
        facts.into_iter().find(|fact| fact.metric == "impressions" && fact.start == day).unwrap().value
    };
    assert!(value("2026-10-03T06:00:00Z") < value("2026-10-30T08:00:00Z"));
    assert_eq!(value("2026-10-30T08:00:00Z"), value("2026-12-30T08:00:00Z"));
}
