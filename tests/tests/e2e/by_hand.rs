//! A small period worked out by hand, from the rows that the sandbox serves: truth and snapshot both equal it.

use crate::harness::{Sandbox, root};

/// The table's own line for each KPI: `| kpi | arithmetic | value |` under the heading `## Results`.
#[test]
fn three_days_worked_by_hand_equal_truth_and_snapshot() {
    let (period, now) = ("2026-10-30..2026-11-01", "2026-11-05T06:00:00Z");
    let page = std::fs::read_to_string(root().join("tests/hand/three-days.md")).unwrap();
    let sandbox = Sandbox::start(&["tests/hand/kpi.toml"], now);
    let store = sandbox.store_with_readings("kpi.sqlite", period, now);
    let collected = sandbox.collect(&store, period, now, &[]);
    assert_eq!(collected.code, 0, "{}", collected.stderr);
    let truth = sandbox.truth(period, now);
    let (_, results) = page.split_once("## Results").unwrap();
    let mut compared = 0;
    for line in results.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [id, _, value] = cells[..] else { panic!("three cells: {line}") };
        let (id, value) = (id.trim_matches('`'), value.replace(',', ""));
        assert_eq!(truth[id], value.as_str(), "the truth of {id}");
        assert_eq!(collected.kpi(id)["value"], value.as_str(), "the snapshot's {id}");
        compared += 1;
    }
    assert!(compared >= 10, "only {compared} results");
}
