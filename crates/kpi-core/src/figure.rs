//! A computed value with everything that a reader must know about it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use crate::snapshot::ConversionDoc;
use crate::{Basis, Currency, MetricId, Rational, ValueState};

/// Why a value is undefined, the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// A source that it needs failed.
    PartialInput,
    /// An amount has no exchange rate.
    MissingRate,
    /// A law forbids to combine the figures.
    NotCombinable,
    /// The figures are counted by different rules.
    DefinitionBreak,
    /// The vendor withholds the figure.
    Withheld,
    /// The vendor does not offer the figure.
    Unsupported,
    /// The vendor no longer offers the figure.
    Withdrawn,
    /// The vendor will have the figure later.
    NotYet,
    /// There is no figure.
    MissingInput,
    /// The divisor is zero.
    ZeroDenominator,
}

impl Reason {
    /// The reason as written in snapshots.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PartialInput => "partial_input",
            Self::MissingRate => "missing_rate",
            Self::NotCombinable => "not_combinable",
            Self::DefinitionBreak => "definition_break",
            Self::Withheld => "withheld",
            Self::Unsupported => "unsupported",
            Self::Withdrawn => "withdrawn",
            Self::NotYet => "not_yet",
            Self::MissingInput => "missing_input",
            Self::ZeroDenominator => "zero_denominator",
        }
    }

    /// The reason behind the state of an absent value.
    pub fn of_state(state: ValueState) -> Self {
        match state {
            ValueState::Value | ValueState::Missing => Self::MissingInput,
            ValueState::Withheld => Self::Withheld,
            ValueState::Unsupported => Self::Unsupported,
            ValueState::Withdrawn => Self::Withdrawn,
            ValueState::NotYet => Self::NotYet,
        }
    }
}

/// A mark on the quality of a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quality {
    /// The vendor may still change it.
    Provisional,
    /// Only so many of the period's days have figures.
    Partial(usize, usize),
    /// The last reading of a source is so many days old.
    Stale(String, i32),
}

impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Provisional => f.write_str("provisional"),
            Self::Partial(present, total) => write!(f, "partial {present}/{total}"),
            Self::Stale(source, days) => write!(f, "stale {source} {days}d"),
        }
    }
}

/// One metric that went into a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The metric.
    pub metric: MetricId,
    /// Its value, in the reporting currency where it is money.
    pub value: Option<Rational>,
    /// The currency of the value.
    pub currency: Option<Currency>,
    /// The sources, by place.
    pub sources: BTreeSet<usize>,
    /// The amounts that were converted.
    pub converted: Vec<ConversionDoc>,
    /// The amounts by their own currencies, where they could not all be converted.
    pub unconverted: BTreeMap<Currency, Rational>,
    /// The rules by which it was counted.
    pub definitions: BTreeSet<(usize, Option<Arc<str>>)>,
}

/// A computed value, or why there is none, with what it rests on.
#[derive(Clone, Debug)]
pub struct Figure {
    /// The value, or why there is none.
    pub outcome: Result<Rational, Reason>,
    /// The currency, where it is money.
    pub currency: Option<Currency>,
    /// The least and the most it can be.
    pub bounds: Option<(Rational, Rational)>,
    /// Marks on its quality.
    pub quality: BTreeSet<Quality>,
    /// Which days of the period have figures; none where days do not matter.
    pub present: Option<Vec<bool>>,
    /// The bases of its figures.
    pub bases: BTreeSet<Basis>,
    /// The sources, by place.
    pub sources: BTreeSet<usize>,
    /// The metrics that went into it, in the order of the formula.
    pub inputs: Vec<Input>,
    /// When the newest of its figures was read.
    pub newest: Option<Timestamp>,
    /// What a reader must know.
    pub notes: BTreeSet<String>,
}

impl Figure {
    /// A constant.
    pub fn constant(value: Rational, currency: Option<Currency>) -> Self {
        Self { outcome: Ok(value), currency, ..Self::undefined(Reason::MissingInput) }
    }

    /// No value.
    pub fn undefined(reason: Reason) -> Self {
        Self {
            outcome: Err(reason),
            currency: None,
            bounds: None,
            quality: BTreeSet::new(),
            present: None,
            bases: BTreeSet::new(),
            sources: BTreeSet::new(),
            inputs: Vec::new(),
            newest: None,
            notes: BTreeSet::new(),
        }
    }

    /// The same with a note.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.insert(note.into());
        self
    }

    /// Takes over what another figure rests on, keeping this outcome.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.quality.extend(other.quality);
        self.present = match (self.present.take(), other.present) {
            (Some(mine), Some(theirs)) if mine.len() == theirs.len() => {
                Some(mine.iter().zip(&theirs).map(|(one, two)| *one && *two).collect())
            }
            (mine, theirs) => mine.or(theirs),
        };
        self.bases.extend(other.bases);
        self.sources.extend(other.sources);
        for input in other.inputs {
            if !self.inputs.contains(&input) {
                self.inputs.push(input);
            }
        }
        self.newest = self.newest.max(other.newest);
        self.notes.extend(other.notes);
    }

    /// The quality marks as snapshots show them: of several partial marks only the worst.
    pub fn quality_marks(&self) -> Vec<String> {
        let worst = self.quality.iter().filter_map(|mark| match mark {
            Quality::Partial(present, total) => Some((present * 1000 / (*total).max(1), *present, *total)),
            _ => None,
        });
        let worst = worst.min().map(|(_, present, total)| Quality::Partial(present, total));
        let others = self.quality.iter().filter(|mark| !matches!(mark, Quality::Partial(..)));
        let mut marks: Vec<Quality> = others.cloned().chain(worst).collect();
        marks.sort();
        marks.iter().map(ToString::to_string).collect()
    }
}
