//! The binary, the sandbox and what a run leaves behind.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use kpi_core::{Period, PeriodRules};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

/// The zone that the configurations of the workspace report in.
const ZONE: &str = "Asia/Ho_Chi_Minh";

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The binary: the one that `cargo xtask test` names, or the one beside this test, built if it is not there or is old.
pub(crate) fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Some(path) = std::env::var_os("KPI_BIN") {
            return PathBuf::from(path);
        }
        // target/debug/deps/e2e-0123 is this test.
        let test = std::env::current_exe().unwrap();
        let folder = test.ancestors().nth(2).unwrap();
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--package", "kpi", "--bin", "kpi", "--target-dir"]);
        build.arg(folder.parent().unwrap()).current_dir(root());
        if folder.ends_with("release") {
            build.arg("--release");
        }
        assert!(build.status().unwrap().success(), "kpi cannot be built");
        folder.join(format!("kpi{}", std::env::consts::EXE_SUFFIX))
    })
}

/// The binary with a clean environment: what a test configures is all there is.
pub(crate) fn kpi() -> Command {
    let mut command = Command::new(binary());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("KPI_") {
            command.env_remove(name);
        }
    }
    command.env("NO_COLOR", "1").env("LANG", "C.UTF-8").stdin(Stdio::null());
    command
}

/// What a process said, and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs to the end.
pub(crate) fn said(command: &mut Command) -> Said {
    let output = command.output().unwrap();
    Said {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A running sandbox with configurations that point at it. It ends when this value is dropped.
#[derive(Debug)]
pub(crate) struct Sandbox {
    child: Child,
    address: String,
    overlay: PathBuf,
    config: Vec<PathBuf>,
    pub(crate) folder: TempDir,
}

impl Sandbox {
    /// Starts one for configuration files, relative to the workspace or absolute.
    pub(crate) fn start(config: &[&str], now: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config: Vec<PathBuf> = config.iter().map(|file| root().join(file)).collect();
        let mut command = kpi();
        command.arg("sandbox").args(["--now", now]).arg("--data").arg(folder.path().join("sandbox"));
        for file in &config {
            command.arg("--config").arg(file);
        }
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        let text = |key: &str| ready[key].as_str().unwrap_or_else(|| panic!("{key} in {line}")).to_owned();
        Self { child, address: text("listen"), overlay: text("overlay").into(), config, folder }
    }

    /// Moves the clock.
    pub(crate) fn set_clock(&self, now: &str) {
        self.put("/_sandbox/clock", &json!({ "now": now }));
    }

    /// Switches faults on, and all others off.
    pub(crate) fn set_faults(&self, faults: &[&str]) {
        self.put("/_sandbox/faults", &json!({ "faults": faults }));
    }

    fn put(&self, path: &str, body: &Value) {
        let body = body.to_string();
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let (host, length) = (&self.address, body.len());
        let head = format!("PUT {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n");
        write!(stream, "{head}content-length: {length}\r\nconnection: close\r\n\r\n{body}").unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        assert!(reply.starts_with("HTTP/1.1 200 "), "{path}: {reply}");
    }

    /// A command of the binary with this sandbox's configuration and a store.
    pub(crate) fn at(&self, now: &str, store: &Path, arguments: &[&str]) -> Command {
        let mut command = kpi();
        command.args(arguments).args(["--now", now]).env("KPI__WORKSPACE__STORE", store);
        for file in self.config.iter().chain([&self.overlay]) {
            command.arg("--config").arg(file);
        }
        command
    }

    /// A store with the readings that a daily run would have taken by now, the clock left at now.
    pub(crate) fn store_with_readings(&self, name: &str, period: &str, now: &str) -> PathBuf {
        let store = self.folder.path().join(name);
        for instant in readings(period, now) {
            // No file is read, so none needs to be written.
            self.put("/_sandbox/clock", &json!({ "now": instant, "files": false }));
            let said = said(&mut self.at(&instant, &store, &["collect", "--readings-only", "--quiet"]));
            assert_eq!(said.code, 0, "the reading of {instant}: {}", said.stderr);
        }
        self.set_clock(now);
        store
    }

    /// A copy of a store that nobody has open.
    pub(crate) fn copy(&self, store: &Path, name: &str) -> PathBuf {
        let copy = self.folder.path().join(name);
        for suffix in ["", "-wal", "-shm"] {
            let part = |path: &Path| PathBuf::from(format!("{}{suffix}", path.display()));
            if part(store).exists() {
                std::fs::copy(part(store), part(&copy)).unwrap();
            }
        }
        copy
    }

    /// Collects a period and gives the snapshot.
    pub(crate) fn collect(&self, store: &Path, period: &str, now: &str, more: &[&str]) -> Collected {
        let output = store.with_extension("json");
        let output = output.to_str().unwrap();
        let mut command = self.at(now, store, &["collect", "--period", period, "--format", "json", "--output", output]);
        let said = said(command.args(more).arg("--quiet"));
        let text = std::fs::read_to_string(output).unwrap_or_else(|_| panic!("no snapshot: {}", said.stderr));
        Collected { code: said.code, snapshot: serde_json::from_str(&text).unwrap(), stderr: said.stderr }
    }

    /// The truth about a period: `{"id": "decimal" | null}`.
    pub(crate) fn truth(&self, period: &str, now: &str) -> Map<String, Value> {
        let mut command = kpi();
        command.args(["sandbox", "--truth", "--period", period, "--now", now]);
        for file in &self.config {
            command.arg("--config").arg(file);
        }
        let said = said(&mut command);
        assert_eq!(said.code, 0, "{}", said.stderr);
        serde_json::from_str(&said.stdout).unwrap()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if self.child.kill().is_ok() {
            self.child.wait().unwrap();
        }
    }
}

/// What a collection gave.
#[derive(Debug)]
pub(crate) struct Collected {
    pub(crate) code: i32,
    pub(crate) snapshot: Value,
    pub(crate) stderr: String,
}

impl Collected {
    /// The KPI of an id.
    pub(crate) fn kpi(&self, id: &str) -> &Value {
        let found = kpis(&self.snapshot).find(|kpi| kpi["id"] == id);
        found.unwrap_or_else(|| panic!("the snapshot has no {id}"))
    }

    /// The document without the one key that is not content.
    pub(crate) fn content(&self) -> String {
        let mut document = self.snapshot.clone();
        document.as_object_mut().unwrap().remove("generated_at").unwrap();
        serde_json::to_string_pretty(&document).unwrap()
    }
}

/// The KPIs of a snapshot.
pub(crate) fn kpis(snapshot: &Value) -> impl Iterator<Item = &Value> {
    snapshot["kpis"].as_array().unwrap().iter()
}

/// The first and the last day of a period.
pub(crate) fn days_of(period: &str, now: &str) -> (Date, Date) {
    let today = now.parse::<Timestamp>().unwrap().to_zoned(TimeZone::get(ZONE).unwrap()).date();
    let window = Period::parse(period, PeriodRules { fiscal_year_start: 1, today }).unwrap().window();
    (window.first(), window.last())
}

/// When running totals are read: in the evening of the last day of each month since thirteen months ago, of the day before
/// the period and of its last day, as far as that is past.
fn readings(period: &str, now: &str) -> Vec<String> {
    let (first, last) = days_of(period, now);
    let today = now.parse::<Timestamp>().unwrap().to_zoned(TimeZone::UTC).date();
    let mut days: Vec<Date> =
        (0..=13).map(|back: i64| today.first_of_month().saturating_sub(back.months()).last_of_month()).collect();
    days.extend([first.yesterday().unwrap(), last]);
    days.sort();
    days.dedup();
    let instants = days.into_iter().map(|day| format!("{day}T16:30:00Z"));
    instants.filter(|instant| instant.parse::<Timestamp>().unwrap() <= now.parse().unwrap()).collect()
}

/// Wants every value of a snapshot to be the truth's, and every value of the truth to be in the snapshot.
pub(crate) fn assert_equals_truth(collected: &Collected, truth: &Map<String, Value>) {
    let mut wrong = Vec::new();
    for kpi in kpis(&collected.snapshot) {
        let id = kpi["id"].as_str().unwrap();
        match truth.get(id) {
            None => wrong.push(format!("{id}: the truth does not know it")),
            Some(expected) if *expected != kpi["value"] => {
                let reason = kpi["reason"].as_str().map(|reason| format!(" ({reason})")).unwrap_or_default();
                wrong.push(format!("{id}: is {}{reason}, the truth is {expected}", kpi["value"]));
            }
            Some(_) => {}
        }
    }
    for (id, expected) in truth.iter().filter(|(_, value)| !value.is_null()) {
        if !kpis(&collected.snapshot).any(|kpi| kpi["id"] == id.as_str()) {
            wrong.push(format!("{id}: is not in the snapshot, the truth is {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), truth.len(), wrong.join("\n"));
}

/// Wants two texts to be equal and shows the first lines that are not.
pub(crate) fn assert_same(left: &str, right: &str, what: &str) {
    if left == right {
        return;
    }
    let pairs = left.lines().zip(right.lines()).enumerate();
    let differing: Vec<String> = pairs
        .filter(|(_, (left, right))| left != right)
        .take(10)
        .map(|(number, (left, right))| format!("line {}:\n  {left}\n  {right}", number + 1))
        .collect();
    panic!("{what}: {} and {} bytes\n{}", left.len(), right.len(), differing.join("\n"));
}
