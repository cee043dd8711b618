//! One source that lost its credentials costs its own figures and nothing else.

use crate::harness::{Sandbox, kpis};

const PERIOD: &str = "2026-W44";
const NOW: &str = "2026-11-05T06:00:00Z";

#[test]
fn a_revoked_source_leaves_the_others_alone() {
    let sandbox = Sandbox::start(&["configs/full.toml"], NOW);
    let readings = sandbox.store_with_readings("readings.sqlite", PERIOD, NOW);
    let whole = sandbox.collect(&sandbox.copy(&readings, "whole.sqlite"), PERIOD, NOW, &[]);
    assert_eq!(whole.code, 0, "{}", whole.stderr);

    sandbox.set_faults(&["google_ads=revoked"]);
    let store = sandbox.copy(&readings, "revoked.sqlite");
    let partial = sandbox.collect(&store, PERIOD, NOW, &[]);
    assert_eq!(partial.code, 3, "{}", partial.stderr);
    assert_eq!(partial.snapshot["completeness"]["status"], "partial");

    let lost = ["ads-de", "ads-jp", "ads-us", "ads-vn"];
    for source in partial.snapshot["completeness"]["sources"].as_array().unwrap() {
        let id = source["id"].as_str().unwrap();
        if lost.contains(&id) {
            assert_eq!(source["status"], "failed", "{id}");
            assert_eq!(source["error"]["kind"], "auth", "{id}: {}", source["error"]);
            assert!(!source["error"]["message"].as_str().unwrap().is_empty(), "{id}: what happened");
            assert!(!source["error"]["hint"].as_str().unwrap().is_empty(), "{id}: what to do");
            assert!(partial.stderr.contains(id), "{id} is not named:\n{}", partial.stderr);
        } else {
            assert_eq!(source["status"], "complete", "{id}: {}", source["error"]);
        }
    }

    let mut unchanged = 0;
    for kpi in kpis(&whole.snapshot) {
        let id = kpi["id"].as_str().unwrap();
        let inputs = kpi["inputs"].as_array().unwrap().iter();
        let sources: Vec<&str> =
            inputs.flat_map(|input| input["sources"].as_array().unwrap()).filter_map(|id| id.as_str()).collect();
        let now = partial.kpi(id);
        if sources.iter().any(|source| lost.contains(source)) {
            assert!(now["value"].is_null(), "{id} shows {} without {lost:?}", now["value"]);
            assert_eq!(now["state"], "undefined", "{id}");
        } else if !kpi["value"].is_null() {
            assert_eq!(now["value"], kpi["value"], "{id} does not need {lost:?}");
            unchanged += 1;
        }
    }
    assert!(unchanged > 20, "only {unchanged} KPIs were compared");

    // Once the credentials are renewed, the next run makes up for it.
    sandbox.set_faults(&[]);
    let healed = sandbox.collect(&store, PERIOD, NOW, &[]);
    assert_eq!(healed.code, 0, "{}", healed.stderr);
    assert_eq!(healed.snapshot["kpis"], whole.snapshot["kpis"]);
}

#[test]
fn one_account_of_many_leaves_those_beside_it_alone() {
    let sandbox = Sandbox::start(&["configs/full.toml"], NOW);
    let whole = sandbox.collect(&sandbox.folder.path().join("whole.sqlite"), PERIOD, NOW, &[]);
    std::fs::write(sandbox.folder.path().join("sandbox/secrets/ads-us-refresh_token"), "revoked").unwrap();
    let partial = sandbox.collect(&sandbox.folder.path().join("one.sqlite"), PERIOD, NOW, &[]);
    assert_eq!(partial.code, 3, "{}", partial.stderr);
    for source in partial.snapshot["completeness"]["sources"].as_array().unwrap() {
        let expected = if source["id"] == "ads-us" { "failed" } else { "complete" };
        assert_eq!(source["status"], expected, "{source}");
    }
    for id in ["spend", "clicks", "cpl", "ctr", "roi@revenue"] {
        assert_eq!(partial.kpi(id)["reason"], "partial_input", "{id}");
    }
    for id in ["leads", "organic_clicks", "open_rate", "event_attendance", "engagements", "nps"] {
        assert_eq!(partial.kpi(id)["value"], whole.kpi(id)["value"], "{id}");
    }
}
