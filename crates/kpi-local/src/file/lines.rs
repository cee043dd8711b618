//! A file's lines with their numbers, hashed on the way.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use kpi_core::{Error, ErrorKind, Result};
use sha2::{Digest, Sha256};

use super::paths;

/// The longest line, in bytes, so that a file without line ends cannot fill the memory.
const LONGEST_LINE: u64 = 16 * 1024 * 1024;

/// What was read, so that two readings can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
}

/// Where a row stands, for errors.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) path: &'a Path,
    pub(crate) line: u64,
}

impl Place<'_> {
    /// A mistake in the line as a whole.
    pub(crate) fn bad_line(self, cause: impl std::fmt::Display) -> Error {
        let message = format!("{}, line {}: {cause}", paths::name(self.path), self.line);
        Error::new(ErrorKind::Config, message).with("file", self.path.display())
    }

    /// A mistake in one cell.
    pub(crate) fn bad_cell(self, column: &str, cause: impl std::fmt::Display) -> Error {
        let message = format!("{}, line {}, column `{column}`: {cause}", paths::name(self.path), self.line);
        Error::new(ErrorKind::Config, message).with("file", self.path.display())
    }
}

/// Reads a file line by line.
pub(crate) struct Lines {
    path: PathBuf,
    reader: BufReader<fs::File>,
    hasher: Sha256,
    bytes: u64,
    line: u64,
    raw: Vec<u8>,
}

impl Lines {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let file = fs::File::open(path).map_err(|error| paths::unreadable(path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            reader: BufReader::with_capacity(64 * 1024, file),
            hasher: Sha256::new(),
            bytes: 0,
            line: 0,
            raw: Vec::new(),
        })
    }

    /// The next line without its end and without a byte order mark; `None` at the end of the file.
    pub(crate) fn next(&mut self) -> Result<Option<&str>> {
        self.raw.clear();
        let read = (&mut self.reader)
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut self.raw)
            .map_err(|error| paths::unreadable(&self.path, &error))?;
        if read == 0 {
            return Ok(None);
        }
        self.line += 1;
        self.bytes += read as u64;
        self.hasher.update(&self.raw);
        let place = Place { path: &self.path, line: self.line };
        if read as u64 == LONGEST_LINE {
            return Err(place.bad_line("the line is longer than 16 MiB").hint("is this a text file?"));
        }
        let text = std::str::from_utf8(&self.raw).map_err(|error| {
            place
                .bad_line(format!("not UTF-8 (byte {} of the line)", error.valid_up_to() + 1))
                .hint("save the file as UTF-8; spreadsheets call it `CSV UTF-8`")
        })?;
        let text = if self.line == 1 { text.strip_prefix('\u{feff}').unwrap_or(text) } else { text };
        let text = text.strip_suffix('\n').unwrap_or(text);
        Ok(Some(text.strip_suffix('\r').unwrap_or(text)))
    }

    /// The number of the line read last, from 1.
    pub(crate) fn number(&self) -> u64 {
        self.line
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What was read so far.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        let mut sha256 = String::with_capacity(64);
        for byte in self.hasher.clone().finalize() {
            // Writing to a String cannot fail.
            write!(sha256, "{byte:02x}").unwrap_or_default();
        }
        Fingerprint { bytes: self.bytes, sha256 }
    }
}
