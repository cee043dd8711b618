//! The hash of a slice's content: the same for the same figures in whatever order, pages and columns they came.
//!
//! Each figure has a SHA-256 of its whole key and value. A slice's figures are summed modulo 2^256, so that a slice
//! of any size is hashed in constant memory and a figure can be taken out again. The hash of the slice is the SHA-256
//! of that sum, the number of figures, the zone, what was asked for, and the notes on quality. Times of reading are
//! left out, unless a row states its own.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use kpi_core::{Basis, Currency, Error, ErrorKind, Result, Window};
use sha2::{Digest, Sha256};

use crate::StoredNoteKind;
use crate::bytes::put_text;

/// The hash of a slice's content. It is written `sha256:` and 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// The hash of these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for ContentHash {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let refuse = || Error::new(ErrorKind::Config, format!("`{text}` is not a content hash"));
        let digits = text.strip_prefix("sha256:").ok_or_else(refuse)?;
        if digits.len() != 64 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(refuse());
        }
        let mut bytes = [0; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            let pair = digits.get(index * 2..index * 2 + 2).ok_or_else(refuse)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| refuse())?;
        }
        Ok(Self(bytes))
    }
}

/// The SHA-256 of a row's key: everything that identifies its figures but their columns.
pub(crate) type KeyDigest = [u8; 32];

/// The SHA-256 of a channel and the sorted names of dimensions, with which every key of a batch begins.
pub(crate) fn cut_digest(channel: Option<&str>, dimensions: &[String]) -> [u8; 32] {
    let mut bytes = Vec::new();
    put_option(&mut bytes, channel);
    for name in dimensions {
        put_text(&mut bytes, name);
    }
    Sha256::digest(&bytes).into()
}

/// The SHA-256 of a column's metric, definition and basis.
pub(crate) fn column_digest(metric: &str, definition: Option<&str>, basis: Basis) -> [u8; 32] {
    let mut bytes = Vec::new();
    put_text(&mut bytes, metric);
    put_option(&mut bytes, definition);
    put_text(&mut bytes, basis.as_str());
    Sha256::digest(&bytes).into()
}

/// What a row's key consists of, besides its cut.
pub(crate) struct RowKey<'a> {
    pub(crate) window: Window,
    pub(crate) account: Option<&'a str>,
    pub(crate) read_at: Option<Timestamp>,
    /// The values of the dimensions, in the order of the dimensions' names.
    pub(crate) labels: &'a [&'a str],
}

/// The digest of a row's key; `scratch` saves an allocation.
pub(crate) fn key_digest(cut: &[u8; 32], key: &RowKey<'_>, scratch: &mut Vec<u8>) -> KeyDigest {
    scratch.clear();
    scratch.extend_from_slice(&cut[..16]);
    for day in [key.window.first(), key.window.last()] {
        scratch.extend_from_slice(&day.year().to_le_bytes());
        scratch.extend_from_slice(&day.month().to_le_bytes());
        scratch.extend_from_slice(&day.day().to_le_bytes());
    }
    put_option(scratch, key.account);
    match key.read_at {
        None => scratch.push(0),
        Some(time) => {
            scratch.push(1);
            scratch.extend_from_slice(&time.as_nanosecond().to_le_bytes());
        }
    }
    for label in key.labels {
        put_text(scratch, label);
    }
    Sha256::digest(&scratch).into()
}

/// The digest of one figure: of its row's key, its column, its currency and the canonical bytes of its cell.
pub(crate) fn figure_digest(key: &KeyDigest, column: &[u8; 32], currency: Option<Currency>, cell: &[u8]) -> [u8; 32] {
    // 32 + 8 + 3 bytes and a cell of up to 12 fit one block of SHA-256, which is what makes large slices quick.
    let mut block = [0_u8; 64];
    block[..32].copy_from_slice(key);
    block[32..40].copy_from_slice(&column[..8]);
    if let Some(currency) = currency {
        block[40..43].copy_from_slice(currency.as_str().as_bytes());
    }
    let end = 43 + cell.len();
    match block.get_mut(43..end) {
        Some(place) => {
            place.copy_from_slice(cell);
            Sha256::digest(&block[..end]).into()
        }
        None => Sha256::new().chain_update(&block[..43]).chain_update(cell).finalize().into(),
    }
}

/// A sum of figures' digests modulo 2^256, with their number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FigureSum {
    limbs: [u64; 4],
    figures: u64,
}

impl FigureSum {
    /// Puts a figure in.
    pub(crate) fn add(&mut self, digest: &[u8; 32]) {
        self.add_limbs(limbs(digest));
        self.figures += 1;
    }

    fn add_limbs(&mut self, others: impl Iterator<Item = u64>) {
        let mut carry = false;
        for (limb, other) in self.limbs.iter_mut().zip(others) {
            let (sum, first) = limb.overflowing_add(other);
            let (sum, second) = sum.overflowing_add(u64::from(carry));
            (*limb, carry) = (sum, first | second);
        }
    }

    /// Puts the figures of another sum in.
    pub(crate) fn join(&mut self, other: &Self) {
        self.add_limbs(other.limbs.into_iter());
        self.figures += other.figures;
    }

    /// Takes a figure out.
    pub(crate) fn remove(&mut self, digest: &[u8; 32]) {
        let mut borrow = false;
        for (limb, other) in self.limbs.iter_mut().zip(limbs(digest)) {
            let (rest, first) = limb.overflowing_sub(other);
            let (rest, second) = rest.overflowing_sub(u64::from(borrow));
            (*limb, borrow) = (rest, first | second);
        }
        self.figures -= 1;
    }

    /// The hash of a slice with these figures.
    pub(crate) fn content_hash(&self, about: &About<'_>) -> ContentHash {
        let mut bytes = b"kpi.slice/1".to_vec();
        for limb in self.limbs {
            bytes.extend_from_slice(&limb.to_le_bytes());
        }
        bytes.extend_from_slice(&self.figures.to_le_bytes());
        put_text(&mut bytes, about.zone);
        bytes.extend_from_slice(about.asked);
        let mut kinds: Vec<&StoredNoteKind> = about.notes.iter().copied().filter(|kind| kind.is_quality()).collect();
        kinds.sort();
        kinds.dedup();
        for kind in kinds {
            put_text(&mut bytes, kind.name());
            if let StoredNoteKind::Withdrawn(metric) = kind {
                put_text(&mut bytes, metric);
            }
        }
        ContentHash(Sha256::digest(&bytes).into())
    }
}

/// What belongs to a slice's content besides its figures.
pub(crate) struct About<'a> {
    pub(crate) zone: &'a str,
    /// The digest of the columns and dimensions that were asked for.
    pub(crate) asked: &'a [u8; 32],
    pub(crate) notes: &'a [&'a StoredNoteKind],
}

fn limbs(digest: &[u8; 32]) -> impl Iterator<Item = u64> + '_ {
    digest.chunks_exact(8).map(|chunk| u64::from_le_bytes(chunk.try_into().unwrap_or_default()))
}

fn put_option(bytes: &mut Vec<u8>, text: Option<&str>) {
    match text {
        None => bytes.push(0),
        Some(text) => {
            bytes.push(1);
            put_text(bytes, text);
        }
    }
}
