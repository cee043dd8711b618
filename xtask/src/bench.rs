//! `bench`: what a run costs, whole processes measured side by side with the least that the same work can cost.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::emulator::{Driver, Emulator};
use crate::shell::{self, Profile, cargo, relative, say};

const NAMES: [&str; 4] = ["collect_bulk", "collect_bulk_quarter", "report_60", "startup"];

/// Rows by query of each day: two full pages.
const ROWS_A_DAY: u64 = 50_000;

const NOW: &str = "2026-11-05T06:00:00Z";

const BULK_CONFIG: &str = r#"# One Search Console property, for measuring.
[workspace]
name = "Bench"
timezone = "Asia/Ho_Chi_Minh"
currency = "VND"
store = "kpi.sqlite"

[sources.seo]
adapter = "google_search_console"
[sources.seo.config]
site_url = "sc-domain:saomai.example"
client_id = "1234-abc.apps.googleusercontent.com"
client_secret = { env = "GOOGLE_CLIENT_SECRET" }
refresh_token = { env = "GSC_REFRESH_TOKEN" }

[report]
kpis = ["organic_clicks", "search_impressions", "avg_position"]
"#;

/// Measures what is named, or everything.
pub(crate) fn run(names: &[String]) -> Result<ExitCode> {
    if let Some(unknown) = names.iter().find(|name| !NAMES.contains(&name.as_str())) {
        bail!("there is no measurement `{unknown}`; there are {}. `snapshot_10m` is not written yet", NAMES.join(", "));
    }
    let wanted = |name: &str| names.is_empty() || names.iter().any(|own| own == name);
    let kpi = shell::build(Profile::Release)?;
    let folder = shell::fresh_dir("bench")?;
    let mut found = Vec::new();
    for (name, days) in [("collect_bulk", 20), ("collect_bulk_quarter", 5)] {
        if wanted(name) {
            found.push(bulk(name, days, &kpi, &folder.join(name))?);
        }
    }
    if wanted("report_60") {
        found.push(report(&kpi, &folder.join("report_60"))?);
    }
    if wanted("startup") {
        found.push(startup(&kpi)?);
    }
    let path = folder.join("summary.json");
    let text = serde_json::to_string_pretty(&Value::Array(found.iter().map(Measured::document).collect()))?;
    std::fs::write(&path, format!("{text}\n")).with_context(|| format!("write {}", relative(&path)))?;
    say(&format!("{:<22} {:>9} {:>9} {:>7} {:>9}  note", "name", "seconds", "baseline", "ratio", "peak MB"));
    for measured in &found {
        say(&measured.line());
    }
    say(&format!("wrote {}", relative(&path)));
    Ok(ExitCode::SUCCESS)
}

/// One line of the summary.
#[derive(Debug)]
struct Measured {
    name: &'static str,
    cost: Cost,
    baseline: Option<Cost>,
    size: u64,
    note: String,
}

impl Measured {
    fn ratio(&self) -> Option<f64> {
        self.baseline.as_ref().map(|baseline| self.cost.seconds() / baseline.seconds())
    }

    fn document(&self) -> Value {
        json!({
            "name": self.name,
            "seconds": rounded(self.cost.seconds()),
            "baseline_seconds": self.baseline.as_ref().map(|baseline| rounded(baseline.seconds())),
            "ratio": self.ratio().map(rounded),
            "peak_mb": rounded(self.cost.peak_mb),
            "size": self.size,
            "note": self.note,
        })
    }

    fn line(&self) -> String {
        let optional = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.2}"));
        format!(
            "{:<22} {:>9.3} {:>9} {:>7} {:>9.1}  {}",
            self.name,
            self.cost.seconds(),
            optional(self.baseline.as_ref().map(Cost::seconds)),
            optional(self.ratio()),
            self.cost.peak_mb,
            self.note
        )
    }
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// What a process cost from its start to its end.
#[derive(Clone, Debug)]
struct Cost {
    time: Duration,
    peak_mb: f64,
    said: String,
}

impl Cost {
    fn seconds(&self) -> f64 {
        self.time.as_secs_f64()
    }

    /// Runs a process to its end. Its peak of resident memory is read from the system while it runs.
    fn of(command: &mut Command) -> Result<Self> {
        let shown = shell::shown(command);
        let began = Instant::now();
        let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| format!("start `{shown}`"))?;
        let stdout = child.stdout.take().context("no stdout")?;
        let reader = std::thread::spawn(move || std::io::read_to_string(stdout));
        let status_file = format!("/proc/{}/status", child.id());
        let mut peak_kb = 0;
        let status = loop {
            if let Ok(text) = std::fs::read_to_string(&status_file) {
                peak_kb = peak_kb.max(high_water(&text).unwrap_or(0));
            }
            if let Some(status) = child.try_wait()? {
                break status;
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        let time = began.elapsed();
        let said = match reader.join() {
            Ok(text) => text?,
            Err(_) => bail!("reading what `{shown}` prints failed"),
        };
        if !status.success() {
            bail!("`{shown}` ended with {status}");
        }
        Ok(Self { time, peak_mb: f64::from(peak_kb) / 1024.0, said })
    }

    /// The quickest of several runs, as everything else on the machine only adds to it.
    fn best_of(runs: u32, mut one: impl FnMut() -> Result<Self>) -> Result<Self> {
        let mut best = one()?;
        for _ in 1..runs {
            let next = one()?;
            if next.time < best.time {
                best = next;
            }
        }
        Ok(best)
    }
}

/// The peak of resident memory in kB, from the text of `/proc/PID/status`.
fn high_water(status: &str) -> Option<u32> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}

/// Days of Search Console rows by query into the store, against a bare loop over the same pages.
fn bulk(name: &'static str, days: u64, kpi: &Path, folder: &Path) -> Result<Measured> {
    std::fs::create_dir_all(folder).with_context(|| format!("make {}", relative(folder)))?;
    let config = folder.join("kpi.toml");
    std::fs::write(&config, BULK_CONFIG).context("write the configuration")?;
    let bare = bare_loop()?;
    let (first, last) = ("2026-09-01".to_owned(), format!("2026-09-{days:02}"));
    let path = |path: &Path| path.display().to_string();
    let data = folder.join("sandbox");
    let arguments =
        ["--bulk", &ROWS_A_DAY.to_string(), "--config", &path(&config), "--data", &path(&data), "--now", NOW];
    let emulator = Emulator::start(kpi, &arguments.map(str::to_owned))?;
    let driver = Driver { binary: kpi, config: vec![config, emulator.overlay.clone()], store: None };

    let loop_over_pages = || {
        let mut command = shell::program(&bare);
        command.arg(&emulator.overlay).args(["sc-domain:saomai.example", &first, &last]);
        Cost::of(&mut command)
    };
    // The first run lets the sandbox make its pages; only the second is looked at.
    loop_over_pages()?;
    let baseline = Cost::best_of(2, loop_over_pages)?;
    let rows = baseline.said.split(' ').next().and_then(|rows| rows.parse::<u64>().ok()).unwrap_or(0);
    if rows != days * ROWS_A_DAY {
        bail!("the bare loop read {rows} rows, {} were expected", days * ROWS_A_DAY);
    }
    let before = emulator.requests()?;
    let cost = Cost::best_of(2, || {
        for suffix in ["", "-wal", "-shm"] {
            let store = folder.join(format!("kpi.sqlite{suffix}"));
            if store.exists() {
                std::fs::remove_file(&store).with_context(|| format!("remove {}", relative(&store)))?;
            }
        }
        Cost::of(&mut driver.at(NOW, &["backfill", "--from", &first, "--to", &last, "--breakdowns", "--quiet"]))
    })?;
    let requests = (emulator.requests()? - before) / 2;
    let note = format!(
        "{rows} rows by query, {requests} requests; baseline: GET and typed parse of the same pages, {:.1} MB",
        baseline.peak_mb
    );
    Ok(Measured { name, cost, baseline: Some(baseline), size: rows, note })
}

/// The yardstick, compiled like the binary.
fn bare_loop() -> Result<PathBuf> {
    shell::run(cargo().args(["build", "--quiet", "--release", "--package", "kpi-e2e", "--example", "bare_loop"]))?;
    Ok(shell::build_dir()?.join("release/examples/bare_loop"))
}

/// A report of sixty KPIs from a stored month, as one page.
fn report(kpi: &Path, folder: &Path) -> Result<Measured> {
    std::fs::create_dir_all(folder).with_context(|| format!("make {}", relative(folder)))?;
    let config = shell::root().join("configs/full.toml");
    let own = folder.join("sixty.toml");
    let ids: Vec<String> = sixty(kpi)?.into_iter().map(|id| format!("{id:?}")).collect();
    std::fs::write(&own, format!("[report]\nkpis = [{}]\n", ids.join(", "))).context("write the configuration")?;
    let path = |path: &Path| path.display().to_string();
    let data = folder.join("sandbox");
    let arguments = ["--config", &path(&config), "--data", &path(&data), "--now", NOW];
    let emulator = Emulator::start(kpi, &arguments.map(str::to_owned))?;
    let store = Some(folder.join("kpi.sqlite"));
    let driver = Driver { binary: kpi, config: vec![config, own, emulator.overlay.clone()], store };
    shell::run(&mut driver.at(NOW, &["backfill", "--from", "2025-10", "--to", "2026-09", "--quiet"]))?;
    shell::run(
        &mut driver
            .at(NOW, &["collect", "--period", "2026-10", "--quiet", "--output", &path(&folder.join("table.txt"))]),
    )?;
    let page = folder.join("report.html");
    let arguments = ["report", "--period", "2026-10", "--format", "html", "--quiet", "--output", &path(&page)];
    let cost = Cost::best_of(5, || Cost::of(&mut driver.at(NOW, &arguments)))?;
    let bytes = std::fs::metadata(&page).context("no page was written")?.len();
    Ok(Measured { name: "report_60", cost, baseline: None, size: 60, note: format!("{} kB of HTML", bytes / 1000) })
}

/// The first sixty entries of the catalogue.
fn sixty(kpi: &Path) -> Result<Vec<String>> {
    let path = shell::root().join("crates/kpi-core/data/catalogue.toml");
    let table: toml::Table = shell::read(&path)?.parse().context("read the catalogue")?;
    let entries = table.get("kpi").and_then(toml::Value::as_array).context("the catalogue is empty")?;
    let ids = entries.iter().filter_map(|entry| entry.get("id")?.as_str().map(str::to_owned));
    let ids: Vec<String> = ids.take(60).collect();
    if ids.len() < 60 {
        bail!("{} knows fewer than sixty KPIs", relative(kpi));
    }
    Ok(ids)
}

/// From the start of the process to its end, with nothing to do.
fn startup(kpi: &Path) -> Result<Measured> {
    let cost = Cost::best_of(20, || Cost::of(shell::program(kpi).arg("--version")))?;
    let bytes = std::fs::metadata(kpi).context("the binary is gone")?.len();
    let note = format!("`kpi --version`; the binary has {:.1} MB", rounded(as_mb(bytes)));
    Ok(Measured { name: "startup", cost, baseline: None, size: bytes, note })
}

fn as_mb(bytes: u64) -> f64 {
    u32::try_from(bytes / 1000).map_or(f64::INFINITY, |kb| f64::from(kb) / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::high_water;

    #[test]
    fn the_peak_is_read_from_the_system() {
        assert_eq!(high_water("Name:\tkpi\nVmHWM:\t   47104 kB\nVmRSS:\t 1 kB\n"), Some(47_104));
        assert_eq!(high_water("Name:\tkpi\n"), None);
    }
}
