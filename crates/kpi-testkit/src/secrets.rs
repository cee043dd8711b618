//! Secrets for tests: values that nobody uses anywhere else, so that one glance finds them where they must not be.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use kpi_core::{Credentials, Error, ErrorKind, Result, Secret, SecretRef};

/// The canary of a name: what a test's secret looks like unless the suite says otherwise.
pub(crate) fn canary(name: &str) -> String {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("canary{}7Qx", plain.to_ascii_lowercase())
}

/// The secrets of one run.
#[derive(Debug)]
pub(crate) struct TestCredentials {
    folder: PathBuf,
    given: BTreeMap<String, String>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    rotated: BTreeMap<SecretRef, String>,
    /// Everything that was handed out or kept: none of it may show up elsewhere.
    seen: Vec<String>,
}

impl TestCredentials {
    pub(crate) fn new(folder: &Path, given: BTreeMap<String, String>) -> Self {
        Self { folder: folder.to_owned(), given, state: Mutex::default() }
    }

    /// Every secret that the adapter asked for or replaced.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.lock().seen.clone()
    }

    /// The successors that were kept, by the name of the secret that they replace.
    pub(crate) fn rotated(&self) -> Vec<(String, String)> {
        self.lock().rotated.iter().map(|(reference, value)| (reference.to_string(), value.clone())).collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn value(&self, reference: &SecretRef) -> Result<String> {
        let (name, text) = match reference {
            SecretRef::Env(name) => (name.clone(), None),
            SecretRef::File(path) => (path.display().to_string(), std::fs::read_to_string(self.folder.join(path)).ok()),
        };
        if let Some(text) = text {
            return Ok(text.trim_end().to_owned());
        }
        match self.given.get(&name) {
            Some(given) if given.is_empty() => {
                Err(Error::new(ErrorKind::Config, format!("{reference} is empty")).hint("the suite left it empty"))
            }
            Some(given) => Ok(given.replace("{canary}", &canary(&name))),
            None => Ok(canary(&name)),
        }
    }
}

#[async_trait]
impl Credentials for TestCredentials {
    async fn secret(&self, reference: &SecretRef) -> Result<Secret> {
        let kept = self.lock().rotated.get(reference).cloned();
        let value = match kept {
            Some(value) => value,
            None => self.value(reference)?,
        };
        self.lock().seen.push(value.clone());
        Ok(Secret::new(value))
    }

    async fn rotate(&self, reference: &SecretRef, successor: Secret) -> Result<()> {
        let mut state = self.lock();
        state.seen.push(successor.expose().to_owned());
        state.rotated.insert(reference.clone(), successor.expose().to_owned());
        Ok(())
    }
}
