//! The sandbox as a process of its own: started on a free port, driven through its control endpoints, ended by its id.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::shell;

/// A running sandbox. It ends when this value is dropped.
#[derive(Debug)]
pub(crate) struct Emulator {
    child: Child,
    address: String,
    /// Where it listens, as a URL.
    pub(crate) base_url: String,
    /// The configuration that points every source at it.
    pub(crate) overlay: PathBuf,
}

impl Emulator {
    /// Starts `kpi sandbox` with these arguments and waits for the line that says that it serves.
    pub(crate) fn start(binary: &Path, arguments: &[String]) -> Result<Self> {
        let mut command = shell::program(binary);
        command.arg("sandbox").args(arguments).stdout(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("start `{}`", shell::shown(&command)))?;
        match ready(&mut child) {
            Ok((address, base_url, overlay)) => Ok(Self { child, address, base_url, overlay }),
            Err(error) => {
                end(&mut child);
                Err(error.context(format!("`{}` did not begin to serve", shell::shown(&command))))
            }
        }
    }

    /// Moves the clock; the files that the sandbox writes follow it.
    pub(crate) fn set_clock(&self, now: &str) -> Result<()> {
        self.put("/_sandbox/clock", &json!({ "now": now }))
    }

    /// Moves the clock for a reading: no file is read then, so none is written.
    pub(crate) fn set_clock_for_reading(&self, now: &str) -> Result<()> {
        self.put("/_sandbox/clock", &json!({ "now": now, "files": false }))
    }

    /// The requests that it has answered so far.
    pub(crate) fn requests(&self) -> Result<u64> {
        let ledger: Value = serde_json::from_str(&self.ask("GET", "/_sandbox/ledger", "")?)?;
        ledger["total"].as_u64().context("the sandbox's ledger has no total")
    }

    /// Waits until the process ends by itself or is interrupted.
    pub(crate) fn wait(mut self) -> Result<()> {
        self.child.wait().context("wait for the sandbox")?;
        Ok(())
    }

    fn put(&self, path: &str, body: &Value) -> Result<()> {
        self.ask("PUT", path, &body.to_string()).map(drop)
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Result<String> {
        exchange(&self.address, method, path, body).with_context(|| format!("{method} {}{path}", self.base_url))
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Ends the one process that was started here.
fn end(child: &mut Child) {
    // It may have ended by itself; then there is nothing to do.
    if child.kill().is_ok() && child.wait().is_err() {
        shell::warn("the sandbox could not be waited for");
    }
}

fn ready(child: &mut Child) -> Result<(String, String, PathBuf)> {
    let stdout = child.stdout.take().context("the sandbox has no stdout")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).context("read from the sandbox")?;
    let ready: Value = serde_json::from_str(&line).with_context(|| format!("the sandbox said {line:?}"))?;
    let text = |key: &str| ready[key].as_str().map(str::to_owned).with_context(|| format!("no `{key}` in {line}"));
    Ok((text("listen")?, text("base_url")?, PathBuf::from(text("overlay")?)))
}

/// One HTTP/1.1 exchange on a connection of its own; anything but 200 is an error.
fn exchange(address: &str, method: &str, path: &str, body: &str) -> Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{body}"
    )?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply)?;
    let (head, content) = reply.split_once("\r\n\r\n").context("the reply has no head")?;
    let status = head.split(' ').nth(1).unwrap_or_default();
    if status != "200" {
        bail!("answered {status}: {content}");
    }
    Ok(content.to_owned())
}

/// The `kpi` binary with the configuration and the clock of a run against a sandbox.
#[derive(Clone, Debug)]
pub(crate) struct Driver<'a> {
    /// The binary.
    pub(crate) binary: &'a Path,
    /// The configuration files, the overlay last.
    pub(crate) config: Vec<PathBuf>,
    /// The store that stands in for the configured one.
    pub(crate) store: Option<PathBuf>,
}

impl Driver<'_> {
    /// A command of the binary at an instant.
    pub(crate) fn at(&self, now: &str, arguments: &[&str]) -> Command {
        let mut command = shell::program(self.binary);
        command.args(arguments).args(["--now", now]);
        for file in &self.config {
            command.arg("--config").arg(file);
        }
        if let Some(store) = &self.store {
            command.env("KPI__WORKSPACE__STORE", store);
        }
        command
    }

    /// Takes the readings of running totals at these instants, moving the sandbox's clock along.
    pub(crate) fn take_readings(&self, emulator: &Emulator, instants: &[String]) -> Result<()> {
        for instant in instants {
            emulator.set_clock_for_reading(instant)?;
            shell::run(&mut self.at(instant, &["collect", "--readings-only", "--quiet"]))?;
        }
        Ok(())
    }
}
