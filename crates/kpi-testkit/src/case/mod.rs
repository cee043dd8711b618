//! A case: a folder with what is asked, what the vendor answers and which figures must come of it.

mod exchange;
mod files;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use kpi_core::AccountProfile;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::bench::{parse_time, parse_window};
use crate::figures;
use crate::plan::{Action, Plan, Subject};
use crate::script::Script;

pub(crate) use files::{Outcome, Skip, SuiteFile};

use exchange::script;
use files::{CaseFile, ProfileFile, RequestFile};

/// What can go wrong with a folder, as a text for the author.
pub(crate) type Loaded<T> = Result<T, String>;

/// A case, ready to run.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    pub(crate) plan: Plan,
    /// What `check` must say, in a check case.
    pub(crate) checked: Option<AccountProfile>,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) expected_notes: Option<Vec<String>>,
    pub(crate) totals: BTreeMap<String, String>,
    pub(crate) unattributed: BTreeMap<String, String>,
    /// The rules, by number, that this case shows.
    pub(crate) proves: Vec<u32>,
}

impl Case {
    /// Whether it ends well, so that faults and rules can be derived from it.
    pub(crate) fn is_happy(&self) -> bool {
        self.outcome.is_none()
    }

    /// The lines of `expected.jsonl`; `None` when there is no such file.
    pub(crate) fn expected(&self) -> Loaded<Option<Vec<String>>> {
        match fs::read_to_string(self.folder.join("expected.jsonl")) {
            Ok(text) => figures::parse(&text).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("cannot read expected.jsonl: {error}")),
        }
    }

    /// Loads a case folder.
    pub(crate) fn load(subject: &Subject, suite: &SuiteFile, folder: &Path) -> Loaded<Self> {
        let name = folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let file: CaseFile = read_toml(&folder.join("case.toml"))?;
        if file.origin.trim().is_empty() {
            return Err("case.toml: say in `origin` where the replies come from".to_owned());
        }
        let said = file.profile.as_ref().or(suite.profile.as_ref()).map(ProfileFile::profile).transpose()?;
        let (action, checked) = match (&file.request, file.check) {
            (Some(request), false) => (action(subject, request)?, None),
            (None, true) if file.outcome.is_some() => (Action::Check, None),
            (None, true) => {
                let profile = said.clone().ok_or("case.toml: a check case says in `profile` what check must find")?;
                (Action::Check, Some(profile))
            }
            _ => {
                return Err(
                    "case.toml: write either `request = { report = …, window = … }` or `check = true`".to_owned()
                );
            }
        };
        let mut bodies = BTreeSet::new();
        let scripts: Vec<Script> = file
            .exchanges
            .iter()
            .enumerate()
            .map(|(index, exchange)| {
                script(exchange, folder, &mut bodies)
                    .map_err(|cause| format!("case.toml, exchange {}: {cause}", index + 1))
            })
            .collect::<Loaded<_>>()?;
        unused_files(folder, &bodies)?;
        let mut config = suite.config.clone();
        if let Json::Object(keys) = &mut config {
            keys.extend(file.config.clone());
        }
        let plan = Plan {
            subject: subject.clone(),
            config,
            folder: folder.parent().unwrap_or(folder).to_owned(),
            secrets: suite.secrets.clone(),
            now: parse_time(&file.now).map_err(|error| format!("case.toml: now: {error}"))?,
            profile: said.unwrap_or_else(|| AccountProfile {
                name: "Test account".to_owned(),
                timezone: None,
                currency: None,
            }),
            action,
            scripts,
            ordered: file.ordered,
            fault: None,
        };
        Ok(Self {
            name,
            folder: folder.to_owned(),
            plan,
            checked,
            outcome: file.outcome,
            expected_notes: file.expected_notes,
            totals: file.totals,
            unattributed: file.unattributed,
            proves: file.proves,
        })
    }
}

/// Loads what the cases of a suite share.
pub(crate) fn load_suite(folder: &Path) -> Loaded<SuiteFile> {
    let path = folder.join("suite.toml");
    let mut suite: SuiteFile = if path.is_file() { read_toml(&path)? } else { SuiteFile::default() };
    suite.config = read_toml(&folder.join("account.toml"))?;
    for skip in &suite.skips {
        if skip.reason.trim().len() < 10 {
            return Err(format!("suite.toml: the skip of `{}` needs a reason in words", skip.test));
        }
    }
    Ok(suite)
}

/// The case folders of a suite, by name; folders that begin with `_` hold what cases share.
pub(crate) fn case_folders(folder: &Path) -> Loaded<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    let mut found: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    let hidden = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(['_', '.']));
    found.retain(|path| path.is_dir() && !hidden(path));
    found.sort();
    Ok(found)
}

fn read_toml<T: for<'de> Deserialize<'de>>(path: &Path) -> Loaded<T> {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let text = fs::read_to_string(path).map_err(|error| format!("cannot read {name}: {error}"))?;
    toml::from_str(&text).map_err(|error| format!("{name}: {error}"))
}

fn action(subject: &Subject, request: &RequestFile) -> Loaded<Action> {
    let report = subject
        .report(&request.report)
        .map_err(|error| format!("case.toml: request.report: {error}: {}", error.hint_text()))?;
    let window = parse_window(&request.window).map_err(|error| format!("case.toml: request.window: {error}"))?;
    Ok(Action::Collect { report, window })
}

fn unused_files(folder: &Path, bodies: &BTreeSet<PathBuf>) -> Loaded<()> {
    let entries = fs::read_dir(folder).map_err(|error| format!("cannot read the folder: {error}"))?;
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let own =
            ["case.toml", "expected.jsonl"].contains(&name.as_str()) || name.ends_with(".md") || name.starts_with('.');
        if entry.path().is_file() && !own && !bodies.contains(Path::new(&name)) {
            return Err(format!("no exchange answers with {name}: use the file or delete it"));
        }
    }
    Ok(())
}
