//! Cases, rules and faults of the adapters of this crate.

use kpi_email::Mailchimp;
use kpi_testkit::{Bench, Run, Script};
use serde_json::{Value, json};

fn main() -> std::process::ExitCode {
    kpi_testkit::suite_with::<Mailchimp>("tests/mailchimp", |suite| {
        suite.test("paging::lists_of_every_number_are_all_read", every_number);
        suite.sample("mailchimp/reports.json", reports);
        suite.sample("mailchimp/lists.json", lists);
    })
}

fn reports(sample: &[u8]) -> Result<(), String> {
    let run = collect("campaigns", "2022-12-27", vec![Script::get("/3.0/reports").bytes(sample.to_vec())])?;
    run.assert_complete();
    let figures = [
        ("email_link_clicks", "48"),
        ("emails_bounced", "0"),
        ("emails_clicked", "33"),
        ("emails_delivered", "50"),
        ("emails_opened", "50"),
        ("emails_sent", "50"),
        ("orders", "0"),
        ("spam_complaints", "0"),
        ("unsubscribes", "0"),
    ];
    let key = r#""start":"2022-12-27","dim.campaign":"a79651273b""#;
    let mut expected: Vec<String> = figures
        .map(|(metric, value)| format!(r#"{{{key},"metric":"{metric}","basis":"cohort","value":"{value}"}}"#))
        .to_vec();
    expected.push(format!(r#"{{{key},"metric":"emails_opened_mpp","basis":"cohort","state":"missing"}}"#));
    expected.push(format!(r#"{{{key},"metric":"revenue","basis":"cohort","value":"0","currency":"USD"}}"#));
    equal(run.figures(), expected)
}

fn lists(sample: &[u8]) -> Result<(), String> {
    let run = collect("audience", "2026-10-10", vec![Script::get("/3.0/lists").bytes(sample.to_vec())])?;
    run.assert_complete();
    let line = r#"{"start":"2026-10-10","metric":"opt_ins_total","basis":"as_of","value":"47","as_of":"2026-10-10T06:00:00Z"}"#;
    equal(run.figures(), vec![line.to_owned()])
}

/// None, one, and as many as make full and not full pages of 1,000.
fn every_number() -> Result<(), String> {
    for number in [0, 1, 999, 1000, 1001, 2000] {
        let ids: Vec<usize> = (0..number).collect();
        let mut pages: Vec<&[usize]> = ids.chunks(1000).collect();
        if pages.is_empty() {
            pages.push(&[]);
        }
        let scripts = pages.iter().enumerate().map(|(index, page)| {
            let lists: Vec<Value> =
                page.iter().map(|id| json!({ "id": id.to_string(), "stats": { "member_count": 2 } })).collect();
            let offset = (index * 1000).to_string();
            Script::get("/3.0/lists").query("offset", &offset).json(&json!({ "lists": lists, "total_items": number }))
        });
        let run = collect("audience", "2026-10-10", scripts.collect())?;
        run.assert_complete();
        let held = format!(r#""value":"{}""#, 2 * number);
        equal(vec![run.figures().concat().contains(&held).to_string()], vec!["true".to_owned()])?;
    }
    Ok(())
}

fn collect(report: &str, window: &str, scripts: Vec<Script>) -> Result<Run, String> {
    let config = r#"
        api_key = { env = "MAILCHIMP_KEY" }
        data_center = "us21"
    "#;
    let now = "2026-10-10T06:00:00Z";
    let bench = Bench::of::<Mailchimp>(config).and_then(|bench| bench.now(now)).map_err(|error| error.to_string())?;
    scripts.into_iter().fold(bench, Bench::on).collect(report, window).map_err(|error| error.to_string())
}

fn equal(mut got: Vec<String>, mut expected: Vec<String>) -> Result<(), String> {
    got.sort();
    expected.sort();
    if got == expected { Ok(()) } else { Err(format!("expected {expected:#?}, got {got:#?}")) }
}
