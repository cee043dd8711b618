//! A signal in the middle of a run: it ends within the grace time, keeps what it has, and the next run goes on from there.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::harness::{Sandbox, said};

const NOW: &str = "2026-11-05T06:00:00Z";
const PERIOD: &str = "2026-10";

#[test]
fn a_terminated_run_keeps_what_it_has_and_goes_on() {
    let sandbox = Sandbox::start(&["configs/full.toml"], NOW);
    let whole = sandbox.collect(&sandbox.folder.path().join("whole.sqlite"), PERIOD, NOW, &[]);

    let store = sandbox.folder.path().join("stopped.sqlite");
    // Every answer of one vendor takes two seconds, so that the signal finds requests under way.
    sandbox.set_faults(&["google_search_console=slow"]);
    let arguments = ["collect", "--period", PERIOD, "--quiet", "--grace", "3"];
    let mut run = sandbox.at(NOW, &store, &arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(2500));
    assert!(Command::new("kill").args(["-TERM", &run.id().to_string()]).status().unwrap().success());
    let told = Instant::now();
    let code = run.wait().unwrap().code();
    assert!(told.elapsed() < Duration::from_secs(6), "it took {:?} to stop", told.elapsed());
    assert!(matches!(code, Some(1 | 3)), "{code:?}");

    sandbox.set_faults(&[]);
    let resumed = sandbox.collect(&store, PERIOD, NOW, &[]);
    assert_eq!(resumed.code, 0, "{}", resumed.stderr);
    assert_eq!(resumed.snapshot["kpis"], whole.snapshot["kpis"]);
    let plan = said(&mut sandbox.at(NOW, &store, &["plan", "--period", PERIOD]));
    assert!(plan.stdout.contains("\n0 requests"), "{}", plan.stdout);
}
