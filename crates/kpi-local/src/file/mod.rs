//! Files: observations that people and programs write down themselves.
#![doc = include_str!("README.md")]

mod batches;
mod columns;
mod config;
mod csv;
mod jsonl;
mod lines;
mod paths;
mod read;
mod row;
mod seen;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use kpi_core::{
    Absent, AccountProfile, Adapter, Channel, ChannelSource, Context, Descriptor, Dictionary, Emitter, Error,
    ErrorKind, Exchange, Report, Request, Result, Stability, Windows, ZoneRule,
};

pub use config::Config;

use batches::Batches;
use columns::Cells;
use lines::Fingerprint;
use read::Reader;
use row::Row;
use seen::Seen;

/// How many file names the profile spells out.
const NAMES_SHOWN: usize = 3;

static REPORTS: [Report; 1] = [Report::daily("rows", &[]).windows(Windows::Everything).absent(Absent::Missing)];

static DESCRIPTOR: Descriptor = Descriptor::new("file", "Files", Channel::Crm)
    .api("1", "https://www.rfc-editor.org/rfc/rfc4180")
    .reports(&REPORTS)
    .zone(ZoneRule::Reporting)
    .stability(Stability::Beta);

/// Reads observations from CSV and JSON Lines files.
#[derive(Debug)]
pub struct File {
    config: Config,
}

#[async_trait]
impl ChannelSource for File {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    async fn check(&self, _: &Context) -> Result<AccountProfile> {
        let paths = paths::matching(&self.config.path)?;
        for path in &paths {
            Reader::open(path)?.check_header()?;
        }
        Ok(AccountProfile { name: names(&paths), timezone: None, currency: None })
    }

    async fn collect(&self, cx: &Context, _: &Request, out: &mut Emitter) -> Result<()> {
        let paths = paths::matching(&self.config.path)?;
        // Nothing is emitted before every row of every file has been read and found good; reading twice keeps memory flat.
        let mut fingerprints = Vec::with_capacity(paths.len());
        let mut seen = Seen::default();
        for path in &paths {
            fingerprints.push(self.check_rows(path, cx.dictionary(), &mut seen)?);
        }
        drop(seen);
        let mut batches = Batches::default();
        for (path, checked) in paths.iter().zip(fingerprints) {
            let emitted = self.emit_rows(path, cx.dictionary(), &mut batches, out).await?;
            if emitted != checked {
                return Err(changed(path));
            }
            cx.evidence().record(evidence(path, &emitted));
        }
        batches.flush(out).await
    }

    fn channel(&self) -> Channel {
        self.config.channel
    }

    fn absent(&self, _: &Report) -> Absent {
        self.config.absent
    }
}

impl Adapter for File {
    type Config = Config;

    fn descriptor() -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn new(config: Config) -> Result<Self> {
        paths::check(&config.path)?;
        Ok(Self { config })
    }
}

impl File {
    fn check_rows(&self, path: &Path, dictionary: &Dictionary, seen: &mut Seen) -> Result<Fingerprint> {
        let mut reader = Reader::open(path)?;
        let mut cells = Cells::default();
        seen.begin(path);
        while reader.next(&mut cells)? {
            let row = Row::parse(&cells, dictionary, self.config.channel, reader.place(&cells))?;
            seen.add(&row, cells.line)?;
        }
        Ok(reader.fingerprint())
    }

    async fn emit_rows(
        &self,
        path: &Path,
        dictionary: &Dictionary,
        batches: &mut Batches,
        out: &mut Emitter,
    ) -> Result<Fingerprint> {
        let mut reader = Reader::open(path)?;
        let mut cells = Cells::default();
        while reader.next(&mut cells)? {
            let row = Row::parse(&cells, dictionary, self.config.channel, reader.place(&cells))?;
            batches.add(&row);
            if batches.is_full() {
                batches.flush(out).await?;
            }
        }
        Ok(reader.fingerprint())
    }
}

/// The names of some files, for people.
fn names(paths: &[PathBuf]) -> String {
    let mut names: Vec<String> = paths.iter().take(NAMES_SHOWN).map(|path| paths::name(path)).collect();
    if paths.len() > NAMES_SHOWN {
        names.push(format!("{} more", paths.len() - NAMES_SHOWN));
    }
    names.join(", ")
}

fn changed(path: &Path) -> Error {
    Error::new(ErrorKind::Unavailable, format!("`{}` changed while it was read", paths::name(path)))
        .with("file", path.display())
        .hint("write the new file under another name and move it into place when it is whole; then run again")
}

/// A file has no HTTP status: 0 stands for that.
fn evidence(path: &Path, read: &Fingerprint) -> Exchange {
    Exchange {
        endpoint: format!("READ {}", paths::name(path)),
        status: 0,
        bytes: read.bytes,
        sha256: read.sha256.clone(),
    }
}
