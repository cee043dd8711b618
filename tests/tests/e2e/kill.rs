//! A run that is killed at any moment loses nothing that it had committed, and the next one ends where it would have.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::harness::{Sandbox, assert_same};

const PERIOD: &str = "2026-W44";
const NOW: &str = "2026-11-05T06:00:00Z";

const KILLS: u32 = 50;

#[test]
fn fifty_killed_runs_end_with_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("small.toml");
    std::fs::write(&config, one_source_of_each_adapter()).unwrap();
    let sandbox = Sandbox::start(&[config.to_str().unwrap()], NOW);
    let store = sandbox.folder.path().join("whole.sqlite");
    let began = Instant::now();
    let whole = sandbox.collect(&store, PERIOD, NOW, &[]);
    assert_eq!(whole.code, 0, "{}", whole.stderr);
    let time = began.elapsed();

    let mut killed = 0;
    for (number, moment) in moments(time).enumerate() {
        let store = sandbox.folder.path().join(format!("{number}.sqlite"));
        let mut command = sandbox.at(NOW, &store, &["collect", "--period", PERIOD, "--format", "json", "--quiet"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(moment);
        killed += u32::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        let collected = sandbox.collect(&store, PERIOD, NOW, &[]);
        assert_eq!(collected.code, 0, "killed after {moment:?}: {}", collected.stderr);
        assert_same(&whole.content(), &collected.content(), &format!("killed after {moment:?}"));
    }
    assert!(killed > KILLS / 2, "only {killed} of {KILLS} runs were still running when they were killed");
}

/// Moments from the first millisecond to the end of a whole run, scattered but the same each time.
fn moments(whole: Duration) -> impl Iterator<Item = Duration> {
    let mut state: u64 = 0x9E37_79B9_7F4A_7C15;
    (0..KILLS).map(move |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let share = u32::try_from(state >> 48).unwrap();
        whole * share / (1 << 16)
    })
}

/// The full configuration with the smallest account of each adapter, so that a run is short.
fn one_source_of_each_adapter() -> String {
    let text = std::fs::read_to_string(crate::harness::root().join("configs/full.toml")).unwrap();
    let mut table: toml::Table = text.parse().unwrap();
    let sources = table["sources"].as_table_mut().unwrap();
    let kept = ["seo-de", "fb-us", "mail-intl", "ads-jp", "events-intl", "crm", "survey"];
    sources.retain(|id, _| kept.contains(&id));
    assert_eq!(sources.len(), kept.len());
    table.to_string()
}
