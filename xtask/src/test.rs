//! `test`: every offline test.

use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};

use crate::shell::{self, Profile, cargo, say};

/// Runs all tests, then prints the closing lines of the runner once more.
pub(crate) fn run(arguments: &[String]) -> Result<ExitCode> {
    let binary = shell::build(Profile::Dev)?;
    let mut closing = Vec::new();
    // One process per test binary: the adapters' suites are thousands of checks of a few milliseconds each, for which a
    // process of their own would be most of the time. Tests in documentation are part of it.
    let words = ["test", "--workspace", "--no-fail-fast"];
    let mut command = cargo();
    command.args(words).args(arguments).env("KPI_BIN", &binary);
    if std::io::stderr().is_terminal() {
        command.args(["--color", "always"]);
    }
    let (passed, lines) = tee(&mut command)?;
    closing.push(format!("cargo {}: {}", words.join(" "), if passed { "passed" } else { "FAILED" }));
    closing.extend(lines.into_iter().map(|line| format!("  {line}")));
    say(&format!("\n{}", closing.join("\n")));
    if !passed {
        bail!("some tests failed");
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs a command, showing what it prints, and keeps the lines that sum up.
fn tee(command: &mut Command) -> Result<(bool, Vec<String>)> {
    // Cargo and the runner report on stderr, the test harness on stdout: both are read, one of them in a thread.
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("start `{}`", shell::shown(command)))?;
    let stderr = child.stderr.take().context("no stderr")?;
    let stdout = child.stdout.take().context("no stdout")?;
    let other = std::thread::spawn(move || show(BufReader::new(stderr), std::io::stderr()));
    let mut lines = show(BufReader::new(stdout), std::io::stdout())?;
    match other.join() {
        Ok(found) => lines.extend(found?),
        Err(_) => bail!("reading the runner's output failed"),
    }
    Ok((child.wait()?.success(), merge(lines)))
}

fn show(from: impl BufRead, mut to: impl Write) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for line in from.split(b'\n') {
        let mut line = line?;
        line.push(b'\n');
        to.write_all(&line)?;
        let text = String::from_utf8_lossy(&line).trim().to_owned();
        let sums_up = ["test result:", "FAILED", "error: test"];
        if sums_up.iter().any(|mark| text.contains(mark)) && !text.contains(" 0 passed; 0 failed; 0 ignored") {
            found.push(text);
        }
    }
    Ok(found)
}

/// One line for the many `test result:` lines of passing binaries.
fn merge(lines: Vec<String>) -> Vec<String> {
    let (results, mut others): (Vec<String>, Vec<String>) =
        lines.into_iter().partition(|line| line.contains("test result: ok"));
    others.sort();
    others.dedup();
    let count = |word: &str| {
        let of = |line: &String| {
            let before = line.split(word).next()?;
            before.rsplit([' ', ';', '.']).find(|part| !part.is_empty())?.parse::<u64>().ok()
        };
        results.iter().filter_map(of).sum::<u64>()
    };
    if !results.is_empty() {
        others.push(format!(
            "{} binaries ok: {} passed; {} failed; {} ignored",
            results.len(),
            count(" passed"),
            count(" failed"),
            count(" ignored")
        ));
    }
    others
}

#[cfg(test)]
mod tests {
    use super::merge;

    #[test]
    fn results_are_summed_up() {
        let line =
            |passed: u32| format!("test result: ok. {passed} passed; 0 failed; 2 ignored; 0 measured; 0 filtered out");
        let lines = vec![line(10), "error: test failed".to_owned(), line(5)];
        assert_eq!(merge(lines), ["error: test failed", "2 binaries ok: 15 passed; 0 failed; 4 ignored"]);
    }
}
