//! The cases, rules and faults of this crate's adapter, and how it reads recorded errors.

use std::ops::Range;
use std::process::ExitCode;

use kpi_seo::GoogleSearchConsole;
use kpi_testkit::{Bench, Run, Script};
use serde_json::{Value, json};

fn main() -> ExitCode {
    kpi_testkit::suite_with::<GoogleSearchConsole>("tests/google_search_console", |suite| {
        let place = "request=search analytics, status=403, property=sc-domain:tre-xanh.example)";
        let access = format!("permission: no access to the property (code=forbidden, {place}");
        suite.sample("google-search-console/error_403_forbidden.json", move |body| recorded(403, body, &access));
        let load = format!("quota: the load quota of Search Console is spent (code=quotaExceeded, {place}, 900 s");
        suite.sample("google-search-console/error_403_quota_exceeded.json", move |body| recorded(403, body, &load));
        let property =
            format!("not_found: the login has no such property (code=notFound, {}", place.replace("403", "404"));
        suite.sample("google-search-console/error_404_not_verified.json", move |body| recorded(404, body, &property));
        suite.test("pages::a_short_page_is_the_last", || {
            let run = queries(&[(0, 0..25_000), (25_000, 25_000..25_003)])?;
            came(&run, 25_003, &[THRESHOLDED])
        });
        suite.test("pages::a_page_without_rows_is_the_last", || {
            let run = queries(&[(0, 0..25_000), (25_000, 0..0)])?;
            came(&run, 25_000, &[THRESHOLDED])
        });
        suite.test("pages::the_vendors_cap_ends_the_paging_and_is_said", || {
            let run = queries(&[(0, 0..25_000), (25_000, 25_000..50_000)])?;
            came(
                &run,
                50_000,
                &["remark: Search Console gives at most 50000 rows a day: others may be left out", THRESHOLDED],
            )
        });
        suite.test("pages::the_same_page_twice_is_an_error", || {
            let run = queries(&[(0, 0..25_000), (25_000, 0..25_000)])?;
            let expected = "protocol: the vendor gave the same page twice (request=search analytics, property=sc-domain:tre-xanh.example)";
            let got = run.error().map(|error| format!("{error:?}"));
            if got.as_deref() == Some(expected) { Ok(()) } else { Err(format!("{got:?}")) }
        });
    })
}

const THRESHOLDED: &str = "thresholded: queries of few people are left out by Search Console";

/// Asks for the queries of a day that come in these pages: where each is asked to start, and the rows it has.
fn queries(pages: &[(u64, Range<u64>)]) -> Result<Run, String> {
    let mut bench = bench()?;
    for (start, rows) in pages {
        let row = |number: u64| {
            let keys = json!(["2026-10-10", format!("tre xanh {number}")]);
            json!({ "keys": keys, "clicks": 1, "impressions": 4, "ctr": 0.25, "position": 2.5 })
        };
        let rows: Vec<Value> = rows.clone().map(row).collect();
        let mut page = json!({ "responseAggregationType": "byProperty" });
        if !rows.is_empty() {
            page["rows"] = Value::Array(rows);
        }
        bench = bench.on(query().body(&json!({ "rowLimit": 25_000, "startRow": start })).json(&page));
    }
    bench.collect("queries", "2026-10-10").map_err(|error| error.to_string())
}

/// Compares how many rows of three figures came, and the notes.
fn came(run: &Run, rows: usize, notes: &[&str]) -> Result<(), String> {
    if let Some(error) = run.error() {
        return Err(format!("{error:?}"));
    }
    let mut got = run.notes();
    got.sort();
    let figures = run.observations().len();
    if figures == 3 * rows && got == notes { Ok(()) } else { Err(format!("{figures} figures, {got:?}")) }
}

fn query() -> Script {
    Script::post("/webmasters/v3/sites/sc-domain:tre-xanh.example/searchAnalytics/query")
}

fn bench() -> Result<Bench, String> {
    let config = r#"
        site_url = "sc-domain:tre-xanh.example"
        client_id = "5512-tre-xanh.apps.googleusercontent.com"
        client_secret = { env = "GOOGLE_CLIENT_SECRET" }
        refresh_token = { env = "GSC_REFRESH_TOKEN" }
    "#;
    let token = Script::post("/token").text(r#"{"access_token":"ya29.made-up-for-tests","expires_in":3599}"#);
    Ok(Bench::of::<GoogleSearchConsole>(config).map_err(|error| error.to_string())?.on(token))
}

/// Answers a report with a recorded error and compares what becomes of it.
fn recorded(status: u16, body: &[u8], expected: &str) -> Result<(), String> {
    let reply = query().status(status).text(&String::from_utf8_lossy(body));
    let run = bench()?.on(reply).collect("totals", "2026-10-10").map_err(|error| error.to_string())?;
    let Some(error) = run.error() else { return Err("the call succeeded".to_owned()) };
    let wait = error.retry_after_hint().map(|wait| format!(", {} s", wait.as_secs())).unwrap_or_default();
    let got = format!("{error:?}{wait}");
    if got == expected { Ok(()) } else { Err(format!("expected {expected}\ngot      {got}")) }
}
