//! What is wrong with a configuration: where, what, and what to write instead.

use std::fmt;
use std::path::{Path, PathBuf};

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1; 0 when only the file is known.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// The line's text and how much of it is meant, where that helps.
    pub excerpt: Option<(String, usize)>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    /// Where, as far as it is known.
    pub place: Option<Box<Place>>,
    /// The key path, such as `sources.ads.config.customer_id`.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
}

impl Problem {
    /// A problem at a key path.
    pub(crate) fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: None, path: path.into(), message: message.into(), hint: None }
    }

    /// The same with what to write instead.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("error: ")?;
        if let Some(place) = &self.place {
            write!(f, "{}:", shown(&place.file))?;
            if place.line > 0 {
                write!(f, "{}:{}:", place.line, place.column)?;
            }
            f.write_str(" ")?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)?;
        if let Some((text, length)) = self.place.as_ref().and_then(|place| place.excerpt.as_ref()) {
            let place = self.place.as_ref().map_or((0, 1), |place| (place.line, place.column));
            let number = place.0.to_string();
            let gutter = " ".repeat(number.len());
            let indent: String = text.chars().take(place.1 - 1).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
            write!(f, "\n{gutter} |\n{number} | {text}\n{gutter} | {indent}{}", "^".repeat((*length).max(1)))?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "\n  hint: {hint}")?;
        }
        Ok(())
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// Everything that is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
