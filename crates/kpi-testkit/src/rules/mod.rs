//! What every adapter must prove, each rule a test of its own, named after its number.

mod check;
mod config;
mod drift;
mod identity;
mod numbers;
mod proven;
mod safety;
mod schema;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kpi_core::{ErrorKind, Observation};

use crate::case::{Case, Loaded, SuiteFile};
use crate::plan::{Action, Subject};
use crate::samples::package_folder;
use crate::suite::Suite;

/// What a rule may look at.
#[derive(Clone)]
pub(crate) struct Evidence {
    pub(crate) subject: Subject,
    pub(crate) suite: SuiteFile,
    pub(crate) cases: Vec<Arc<Case>>,
    pub(crate) folder: PathBuf,
}

impl Evidence {
    /// The cases that end well.
    fn happy(&self) -> impl Iterator<Item = &Arc<Case>> {
        self.cases.iter().filter(|case| case.is_happy())
    }

    /// The cases that end well and give figures.
    fn collecting(&self) -> impl Iterator<Item = &Arc<Case>> {
        self.happy().filter(|case| matches!(case.plan.action, Action::Collect { .. }))
    }

    /// Looks at every case that ends well, and collects what is wrong.
    fn each_happy(&self, look: impl Fn(&Case) -> Loaded<()>) -> Loaded<()> {
        all(self.happy().map(|case| look(case).map_err(|cause| format!("case {}: {cause}", case.name))))
    }

    /// A file of the adapter: beside its code, or in the suite's folder.
    fn own_file(&self, name: &str) -> Loaded<(PathBuf, String)> {
        let id = self.subject.descriptor().id;
        let places = [package_folder().join("src").join(id).join(name), self.folder.join(name)];
        match places.iter().find(|path| path.is_file()) {
            Some(path) => std::fs::read_to_string(path)
                .map(|text| (path.clone(), text))
                .map_err(|error| format!("cannot read {name}: {error}")),
            None => Err(format!("there is no src/{id}/{name}")),
        }
    }

    /// The configuration of the suite, changed.
    fn config_with(&self, change: impl FnOnce(&mut serde_json::Map<String, serde_json::Value>)) -> serde_json::Value {
        let mut config = self.suite.config.clone();
        if let serde_json::Value::Object(keys) = &mut config {
            change(keys);
        }
        config
    }
}

/// Adds every rule.
pub(crate) fn add(suite: &mut Suite, subject: &Subject, file: &SuiteFile, cases: &[Arc<Case>], folder: &Path) {
    let evidence = Arc::new(Evidence {
        subject: subject.clone(),
        suite: file.clone(),
        cases: cases.to_vec(),
        folder: folder.to_owned(),
    });
    identity::add(suite, &evidence);
    config::add(suite, &evidence);
    check::add(suite, &evidence);
    numbers::add(suite, &evidence);
    drift::add(suite, &evidence);
    safety::add(suite, &evidence);
    proven::add(suite, &evidence);
}

/// Adds a rule.
fn rule(suite: &mut Suite, evidence: &Arc<Evidence>, name: &str, check: fn(&Evidence) -> Loaded<()>) {
    let evidence = Arc::clone(evidence);
    suite.test(format!("rule::{name}"), move || check(&evidence));
}

/// Everything that is wrong, or nothing.
fn all(results: impl Iterator<Item = Loaded<()>>) -> Loaded<()> {
    let problems: Vec<String> = results.filter_map(Result::err).collect();
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

/// A demand and what to say when it is not met.
fn demand(met: bool, otherwise: impl FnOnce() -> String) -> Loaded<()> {
    if met { Ok(()) } else { Err(otherwise()) }
}

/// What distinguishes a figure from all others, without its value.
fn key_of(observation: &Observation) -> String {
    format!(
        "{} {:?} {} {} {:?} {:?} {:?}",
        observation.metric,
        observation.definition,
        observation.basis,
        observation.window,
        observation.account,
        observation.breakdown,
        observation.channel
    )
}

/// An error of the configuration whose text names a key.
fn names_key(error: &kpi_core::Error, key: &str) -> Loaded<()> {
    demand(error.kind() == ErrorKind::Config, || format!("expected an error of kind config, got {error:?}"))?;
    demand(format!("{error} {}", error.hint_text()).contains(key), || {
        format!("the error does not name `{key}`: {error}")
    })
}
