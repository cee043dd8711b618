//! From a snapshot to a terminal table, Markdown and a self-contained HTML page, in Vietnamese and English.
//!
//! Every format is a pure function of the snapshot and the [`Options`]: the same snapshot is the same bytes.
//!
//! ```
//! use kpi_report::{Format, Locale, Options};
//!
//! let format = Format::parse("html")?;
//! let options = Options { locale: Locale::parse("en")?, ..Options::default() };
//! assert_eq!((format, options.width), (Format::Html, 100));
//! # Ok::<(), kpi_core::Error>(())
//! ```

use kpi_core::snapshot::Snapshot;
use kpi_core::{Error, ErrorKind, Result};

mod change;
mod csv;
mod figure;
mod html;
mod locale;
mod markdown;
mod number;
mod period;
mod shape;
mod story;
mod svg;
mod table;
mod trust;
mod view;
mod width;

pub use locale::Locale;

/// What a report is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A table for a terminal.
    Table,
    /// The snapshot itself.
    Json,
    /// Tables and headings for chats, tickets and repositories.
    Markdown,
    /// One file that opens in any browser and asks for nothing.
    Html,
    /// One row per KPI and segment, for spreadsheets and other programs.
    Csv,
}

/// The names of the formats, as the command line takes them.
const FORMATS: &[(&str, Format)] = &[
    ("table", Format::Table),
    ("json", Format::Json),
    ("html", Format::Html),
    ("md", Format::Markdown),
    ("markdown", Format::Markdown),
    ("csv", Format::Csv),
];

/// Formats that need a feature which this build does not have.
const NOT_BUILT_IN: &[&str] = &["xlsx", "parquet"];

impl Format {
    /// Reads a format's name: `table`, `json`, `html`, `md` (or `markdown`) or `csv`.
    ///
    /// # Errors
    /// `Config` when there is no such format, with the list of those there are, or when it was not built in, with the
    /// feature to build with.
    pub fn parse(text: &str) -> Result<Self> {
        if let Some((_, format)) = FORMATS.iter().find(|(name, _)| *name == text) {
            return Ok(*format);
        }
        if NOT_BUILT_IN.contains(&text) {
            return Err(Error::new(ErrorKind::Config, format!("the format `{text}` was not built in"))
                .hint(format!("build kpi with the feature `{text}`: cargo build --features {text}")));
        }
        Err(Error::new(ErrorKind::Config, format!("`{text}` is not a report format"))
            .hint("use one of table, json, html, md, csv; xlsx and parquet where they were built in"))
    }
}

/// How a report is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The language.
    pub locale: Locale,
    /// The columns of the terminal, for [`Format::Table`].
    pub width: usize,
    /// Whether the terminal shows colours, for [`Format::Table`].
    pub color: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { locale: Locale::Vi, width: 100, color: false }
    }
}

/// Writes a snapshot in a format.
///
/// # Errors
/// `Internal` when the snapshot cannot be written as JSON, which a snapshot of this program rules out.
pub fn render(snapshot: &Snapshot, format: Format, options: &Options) -> Result<String> {
    match format {
        Format::Table => Ok(table::render(snapshot, options)),
        Format::Json => snapshot.to_json().map_err(|problem| unwritable(&problem)),
        Format::Markdown => Ok(markdown::render(snapshot, options.locale)),
        Format::Html => html::render(snapshot, options.locale).map_err(|problem| unwritable(&problem)),
        Format::Csv => Ok(csv::render(snapshot, options.locale)),
    }
}

fn unwritable(problem: &serde_json::Error) -> Error {
    Error::new(ErrorKind::Internal, format!("the snapshot cannot be written as JSON: {problem}"))
}
