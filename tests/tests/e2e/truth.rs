//! Every value of a snapshot is the known truth: over changes of daylight saving time, the end of a year and a quarter, with
//! any number of tasks, and with vendors that stumble.

use crate::harness::{Sandbox, assert_equals_truth, assert_same};

const FULL: &str = "configs/full.toml";

/// What vendors do wrong now and then, without anything being lost.
const STUMBLES: [(&str, &[&str]); 3] = [
    ("rate_limit_once", &VENDORS),
    ("server_error_once", &VENDORS),
    // The others take keys that do not expire by themselves.
    ("token_expired", &["google_search_console", "google_ads"]),
];

const VENDORS: [&str; 5] = ["google_search_console", "facebook_pages", "mailchimp", "google_ads", "eventbrite"];

/// European clocks went back on 25 October, American ones on 1 November.
#[test]
fn october_equals_the_truth_whatever_the_number_of_tasks() {
    let (period, now) = ("2026-10", "2026-11-01T06:00:00Z");
    let sandbox = Sandbox::start(&[FULL], now);
    let truth = sandbox.truth(period, now);
    let readings = sandbox.store_with_readings("readings.sqlite", period, now);
    let mut documents = Vec::new();
    for jobs in ["1", "4", "16"] {
        let store = sandbox.copy(&readings, &format!("jobs-{jobs}.sqlite"));
        let collected = sandbox.collect(&store, period, now, &["--jobs", jobs]);
        assert_eq!(collected.code, 0, "{jobs} tasks: {}", collected.stderr);
        assert_equals_truth(&collected, &truth);
        documents.push(collected.content());
        // The same again from the same store: nothing is new, not even the revision.
        if jobs == "4" {
            documents.push(sandbox.collect(&store, period, now, &["--jobs", jobs]).content());
        }
    }
    for document in &documents[1..] {
        assert_same(&documents[0], document, "the number of tasks changed the snapshot");
    }
}

#[test]
fn october_equals_the_truth_when_vendors_stumble() {
    let (period, now) = ("2026-10", "2026-11-05T06:00:00Z");
    let sandbox = Sandbox::start(&[FULL], now);
    let truth = sandbox.truth(period, now);
    let readings = sandbox.store_with_readings("readings.sqlite", period, now);
    let store = sandbox.copy(&readings, "calm.sqlite");
    let calm = sandbox.collect(&store, period, now, &[]);
    assert_equals_truth(&calm, &truth);
    for (stumble, vendors) in STUMBLES {
        let faults: Vec<String> = vendors.iter().map(|vendor| format!("{vendor}={stumble}")).collect();
        sandbox.set_faults(&faults.iter().map(String::as_str).collect::<Vec<_>>());
        let store = sandbox.copy(&readings, &format!("{stumble}.sqlite"));
        let collected = sandbox.collect(&store, period, now, &[]);
        assert_eq!(collected.code, 0, "{stumble}: {}", collected.stderr);
        assert_equals_truth(&collected, &truth);
        assert_same(&calm.content(), &collected.content(), stumble);
    }
}

/// American clocks went forward on 8 March, European ones on 29 March.
#[test]
fn march_equals_the_truth() {
    equals_truth(FULL, "2026-03", "2026-04-01T06:00:00Z");
}

/// The week begins in 2025.
#[test]
fn a_week_across_the_years_end_equals_the_truth() {
    equals_truth(FULL, "2026-W01", "2026-01-05T06:00:00Z");
}

#[test]
fn a_quarter_equals_the_truth() {
    equals_truth(FULL, "2026-Q3", "2026-10-01T06:00:00Z");
}

#[test]
fn the_demo_equals_the_truth() {
    let (period, now) = ("2026-10", "2026-11-05T06:00:00Z");
    let sandbox = Sandbox::start(&["configs/demo.toml"], now);
    let store = sandbox.store_with_readings("demo.sqlite", period, now);
    let collected = sandbox.collect(&store, period, now, &[]);
    assert_eq!(collected.code, 0, "{}", collected.stderr);
    // The demo shows a choice of KPIs: of the truth, only these count.
    let mut truth = sandbox.truth(period, now);
    truth.retain(|id, _| crate::harness::kpis(&collected.snapshot).any(|kpi| kpi["id"] == id.as_str()));
    assert_equals_truth(&collected, &truth);
}

fn equals_truth(config: &str, period: &str, now: &str) {
    let sandbox = Sandbox::start(&[config], now);
    let store = sandbox.store_with_readings("kpi.sqlite", period, now);
    let collected = sandbox.collect(&store, period, now, &[]);
    assert_eq!(collected.code, 0, "{}", collected.stderr);
    assert_equals_truth(&collected, &sandbox.truth(period, now));
}
