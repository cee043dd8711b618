//! `tidy`: what every part of the workspace needs, and what none may hold.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::deps::ADAPTERS;
use crate::shell::{self, program, relative, say};

/// Longer files, each with its reason.
const LONG_FILES: [(&str, &str); 3] = [
    ("crates/kpi-core/src/kpi.rs", "one idea: reading, checking and merging KPI definitions"),
    (
        "crates/kpi-runner/src/config/load.rs",
        "one idea: every section of a configuration, checked in the order of the file",
    ),
    ("crates/kpi-report/tests/common/mod.rs", "one snapshot that has everything, written out once"),
];

/// A file of code should not be longer.
const MOST_LINES: usize = 500;

/// Files that hold something that looks like a secret, each with its reason.
const MADE_UP_SECRETS: [(&str, &str); 1] =
    [("crates/kpi-sandbox/keys/", "signs tokens of the emulated vendors, and opens nothing else")];

/// The headings of an adapter's README.
const HEADINGS: [&str; 4] = ["What it reads", "Setting it up", "Limits and quirks", "Decisions"];

/// The headings of the one that reads files.
const FILE_HEADINGS: [&str; 4] = ["Configuration", "Columns", "Figures", "Limits"];

/// Checks all of it and lists everything that is wrong.
pub(crate) fn run() -> Result<ExitCode> {
    let files = tracked()?;
    let mut wrong = sources(&files)?;
    wrong.extend(adapters()?);
    wrong.extend(texts(&files));
    if !wrong.is_empty() {
        bail!("{}\n`cargo xtask tidy` checks again", wrong.join("\n"));
    }
    say(&format!("{} files are tidy", files.len()));
    Ok(ExitCode::SUCCESS)
}

/// Every file of the workspace that is kept, or about to be.
fn tracked() -> Result<Vec<PathBuf>> {
    let list = shell::output(program("git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]));
    let list = list.context("the workspace must be a checkout for its files to be listed")?;
    let paths = list.split('\0').filter(|path| !path.is_empty()).map(|path| shell::root().join(path));
    Ok(paths.filter(|path| path.is_file()).collect())
}

/// Modules begin by saying what they are for, and stay short.
fn sources(files: &[PathBuf]) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "rs")) {
        let text = shell::read(file)?;
        let name = relative(file);
        if !text.starts_with("//!") {
            wrong.push(format!("{name}: begin with `//!` and what the module is for"));
        }
        let lines = text.lines().count();
        if lines > MOST_LINES && !LONG_FILES.iter().any(|(long, _)| *long == name) {
            wrong.push(format!("{name}: {lines} lines; split it, or say in xtask/src/tidy.rs why it is one idea"));
        }
    }
    for (long, _) in LONG_FILES {
        let path = shell::root().join(long);
        if !path.exists() || shell::read(&path)?.lines().count() <= MOST_LINES {
            wrong.push(format!("{long} is short by now: take it off the list in xtask/src/tidy.rs"));
        }
    }
    Ok(wrong)
}

/// Every adapter folder has the same files, and a README with the same headings.
fn adapters() -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for name in ADAPTERS.into_iter().chain(["kpi-local"]) {
        for folder in folders(&shell::root().join("crates").join(name).join("src"))? {
            wrong.extend(adapter(&folder)?);
        }
    }
    Ok(wrong)
}

/// The folders in a folder, in order; none when it does not exist.
fn folders(parent: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if parent.exists() {
        for entry in std::fs::read_dir(parent).with_context(|| format!("list {}", relative(parent)))? {
            found.push(entry?.path());
        }
    }
    found.retain(|path| path.is_dir());
    found.sort();
    Ok(found)
}

fn adapter(folder: &Path) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let of_files = folder.join("read.rs").exists();
    let wanted: &[&str] = if of_files {
        &["mod.rs", "config.rs", "read.rs", "README.md", "example.toml"]
    } else {
        &["mod.rs", "config.rs", "wire.rs", "map.rs", "README.md", "example.toml"]
    };
    for name in wanted.iter().filter(|name| !folder.join(name).exists()) {
        wrong.push(format!("{}: an adapter has a file {name}", relative(folder)));
    }
    wrong.extend(headings(folder, if of_files { FILE_HEADINGS } else { HEADINGS })?);
    Ok(wrong)
}

fn headings(folder: &Path, wanted: [&str; 4]) -> Result<Vec<String>> {
    let path = folder.join("README.md");
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = shell::read(&path)?;
    let missing = wanted.iter().filter(|heading| !text.lines().any(|line| line == format!("## {heading}")));
    Ok(missing.map(|heading| format!("{}: needs the heading `## {heading}`", relative(&path))).collect())
}

/// No text leads to one person's machine or opens somebody's account.
fn texts(files: &[PathBuf]) -> Vec<String> {
    let mut wrong = Vec::new();
    for file in files {
        let name = relative(file);
        // What is not text has no lines to look at.
        let Ok(text) = std::fs::read_to_string(file) else { continue };
        for (number, line) in text.lines().enumerate() {
            for path in machine_paths().iter().filter(|path| line.contains(path.as_str())) {
                wrong.push(format!("{name}:{}: `{path}…` is a path of one machine", number + 1));
            }
            let known = MADE_UP_SECRETS.iter().any(|(path, _)| name.starts_with(path));
            if let Some(secret) = secret_in(line).filter(|_| !known) {
                wrong.push(format!("{name}:{}: looks like {secret}; make it visibly made up", number + 1));
            }
        }
    }
    wrong
}

/// Beginnings of paths that exist on one machine only; put together here so that this file does not hold them.
fn machine_paths() -> [String; 4] {
    ["home", "root", "Users", "work"].map(|folder| format!("/{folder}/"))
}

/// What a line seems to give away: the beginnings that vendors give their tokens, with enough after them to be one.
fn secret_in(line: &str) -> Option<&'static str> {
    const KINDS: [(&str, usize, &str); 8] = [
        ("AKIA", 16, "an Amazon access key"),
        ("AIza", 35, "a Google API key"),
        ("GOCSPX-", 24, "a Google client secret"),
        ("ya29.", 40, "a Google access token"),
        ("1//0", 40, "a Google refresh token"),
        ("ghp_", 36, "a GitHub token"),
        ("EAAG", 60, "a Facebook token"),
        ("xoxb-", 30, "a Slack token"),
    ];
    if line.starts_with("-----BEGIN") && line.contains("PRIVATE KEY") {
        return Some("a private key");
    }
    let is_token = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    KINDS.iter().find_map(|(start, length, kind)| {
        let (_, after) = line.split_once(start)?;
        (after.chars().take_while(|letter| is_token(*letter)).count() >= *length).then_some(*kind)
    })
}

#[cfg(test)]
mod tests {
    use super::secret_in;

    #[test]
    fn the_workspace_is_tidy() {
        super::run().unwrap();
    }

    #[test]
    fn secrets_are_told_from_words() {
        let key = format!("key = \"AIza{}\"", "x".repeat(35));
        assert_eq!(secret_in(&key), Some("a Google API key"));
        assert_eq!(secret_in("AIza is how they begin"), None);
    }
}
