//! The cases, rules and faults of this crate's adapter, and how it reads recorded errors.

use std::process::ExitCode;

use kpi_ads::GoogleAds;
use kpi_testkit::{Bench, Script};

fn main() -> ExitCode {
    kpi_testkit::suite_with::<GoogleAds>("tests/google_ads", |suite| {
        let quota = "quota: the operations of the day are spent (code=RESOURCE_EXHAUSTED, request=account, status=429, account=7305518264), 40591 s";
        suite.sample("google-ads/error-429-resource-exhausted.json", |body| recorded(429, body, quota));
        let login = "permission: the login has no Google Ads account (code=NOT_ADS_USER, request=account, status=401, account=7305518264)";
        suite.sample("google-ads/error-401-not-ads-user.json", |body| recorded(401, body, login));
        let field = "protocol: Unrecognized field in the query: 'campaign.ids'. (code=UNRECOGNIZED_FIELD, request=account, status=400, account=7305518264)";
        suite.sample("google-ads/error-400-unrecognized-field.json", |body| recorded(400, body, field));
    })
}

/// Answers a report with a recorded error and compares what becomes of it.
fn recorded(status: u16, body: &[u8], expected: &str) -> Result<(), String> {
    let config = r#"
        customer_id = "7305518264"
        client_id = "5512-tre-xanh.apps.googleusercontent.com"
        client_secret = { env = "GOOGLE_CLIENT_SECRET" }
        refresh_token = { env = "GOOGLE_ADS_REFRESH_TOKEN" }
    "#;
    let search = Script::post("/v26/customers/7305518264/googleAds:search");
    let run = Bench::of::<GoogleAds>(config)
        .map_err(|error| error.to_string())?
        .on(Script::post("/token").text(r#"{"access_token":"ya29.made-up-for-tests","expires_in":3599}"#))
        .on(search.status(status).text(&String::from_utf8_lossy(body)))
        .collect("account", "2026-10-24")
        .map_err(|error| error.to_string())?;
    let Some(error) = run.error() else { return Err("the call succeeded".to_owned()) };
    let wait = error.retry_after_hint().map(|wait| format!(", {} s", wait.as_secs())).unwrap_or_default();
    let got = format!("{error:?}{wait}");
    if got == expected { Ok(()) } else { Err(format!("expected {expected}\ngot      {got}")) }
}
