//! Secrets from the environment and from files, and a file for those that vendors replace.
//!
//! A replaced secret is kept in `<store>.credentials.json` (mode 0600) under the reference that names it, with the hash of
//! the configured seed: a changed seed wins over what was kept. Writers of several processes take turns through a lock.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use kpi_core::{Credentials, Error, ErrorKind, Result, Secret, SecretRef};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The secrets of a workspace.
#[derive(Debug)]
pub(crate) struct FileCredentials {
    kept: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    seed: String,
    secret: String,
}

impl FileCredentials {
    /// The secrets that are kept beside a store.
    pub(crate) fn beside(store: &Path) -> Self {
        let mut name = store.as_os_str().to_owned();
        name.push(".credentials.json");
        Self { kept: PathBuf::from(name) }
    }

    /// Where replaced secrets are kept.
    pub(crate) fn path(&self) -> &Path {
        &self.kept
    }

    fn read(&self) -> Result<BTreeMap<String, Kept>> {
        match std::fs::read(&self.kept) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
                Error::new(ErrorKind::Config, format!("{} is damaged", self.kept.display()))
                    .hint("restore it from a backup, or remove it and run kpi auth for each source")
                    .caused_by(error)
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(error) => Err(self.failed("read", error)),
        }
    }

    /// Writes a new file beside the old one and renames it, so that one of the two is always whole.
    fn write(&self, entries: &BTreeMap<String, Kept>) -> Result<()> {
        let text = serde_json::to_vec_pretty(entries).map_err(|error| self.failed("write", error))?;
        write_private(&self.kept, &text).map_err(|error| self.failed("write", error))
    }

    fn failed(&self, action: &str, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        let error = error.into();
        Error::new(ErrorKind::Internal, format!("cannot {action} {}: {error}", self.kept.display()))
    }

    fn locked<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let mut name = self.kept.as_os_str().to_owned();
        name.push(".lock");
        if let Some(folder) = self.kept.parent() {
            std::fs::create_dir_all(folder).map_err(|error| self.failed("write", error))?;
        }
        let lock = File::create(PathBuf::from(name)).map_err(|error| self.failed("lock", error))?;
        lock.lock().map_err(|error| self.failed("lock", error))?;
        let result = work();
        drop(lock);
        result
    }
}

/// Writes a file that only its owner may read: durable under a temporary name first, then in place of the old one.
///
/// # Errors
/// Those of the file system.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&new, path)
}

#[expect(clippy::disallowed_methods, reason = "secrets come from the environment through here only")]
fn seed(reference: &SecretRef) -> Result<Option<String>> {
    match reference {
        SecretRef::Env(name) => match std::env::var(name) {
            Ok(value) if value.is_empty() => Ok(None),
            Ok(value) => Ok(Some(value)),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(error) => Err(Error::new(ErrorKind::Config, format!("{reference} cannot be read: {error}"))),
        },
        SecretRef::File(path) => match std::fs::read_to_string(path) {
            Ok(text) => Ok(Some(text.trim_end_matches(['\n', '\r']).to_owned()).filter(|text| !text.is_empty())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::new(ErrorKind::Config, format!("{reference} cannot be read: {error}"))
                .hint("check the file's permissions")),
        },
    }
}

fn hash(seed: Option<&str>) -> String {
    let digest = Sha256::digest(seed.unwrap_or("").as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a secret is set at all, without its value.
///
/// # Errors
/// `Config` when it is not, saying what to set.
pub(crate) fn require(credentials: &FileCredentials, reference: &SecretRef) -> Result<()> {
    credentials.lookup(reference).map(|_| ())
}

impl FileCredentials {
    fn lookup(&self, reference: &SecretRef) -> Result<Secret> {
        let seed = seed(reference)?;
        if let Some(kept) = self.read()?.remove(&reference.to_string())
            && kept.seed == hash(seed.as_deref())
        {
            return Ok(Secret::new(kept.secret));
        }
        seed.map(Secret::new).ok_or_else(|| {
            let hint = match reference {
                SecretRef::Env(name) => format!("export {name}=…, or run kpi auth where the vendor has a consent page"),
                SecretRef::File(path) => format!("write the secret into {}", path.display()),
            };
            Error::new(ErrorKind::Config, format!("{reference} is not set")).hint(hint)
        })
    }
}

#[async_trait]
impl Credentials for FileCredentials {
    async fn secret(&self, reference: &SecretRef) -> Result<Secret> {
        self.lookup(reference)
    }

    async fn rotate(&self, reference: &SecretRef, successor: Secret) -> Result<()> {
        self.locked(|| {
            let mut entries = self.read()?;
            let seed = hash(seed(reference)?.as_deref());
            entries.insert(reference.to_string(), Kept { seed, secret: successor.expose().to_owned() });
            self.write(&entries)
        })
    }
}
