//! A comparison with another period, in words.

use kpi_core::Rational;
use kpi_core::snapshot::ComparisonDoc;

use crate::locale::{Move, Words};
use crate::shape::Shape;

/// A comparison, ready to be shown.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    /// Which way the figure moved; none where that is not known.
    pub way: Option<Move>,
    /// The change: points for shares, otherwise relative where that exists.
    pub main: String,
    /// The other way to say it.
    pub detail: Option<String>,
    /// Whether it is for the better.
    pub improved: Option<bool>,
    /// Whether the two are alike in all but the figures.
    pub alike: bool,
}

impl Change {
    /// The comparison of a KPI, where there is one.
    pub(crate) fn of(comparison: Option<&ComparisonDoc>, shape: &Shape, words: &Words) -> Option<Self> {
        let doc = comparison?;
        let read = |text: &Option<String>| text.as_deref().and_then(Rational::parse_plain);
        let (absolute, relative) = (read(&doc.change.absolute), read(&doc.change.relative));
        // A multiple is a ratio too, but nobody reads it in percentage points.
        let points = if *shape == Shape::Percent { read(&doc.change.points) } else { None };
        let moved = doc.change.kind == "changed";
        let way = points.as_ref().or(absolute.as_ref()).or(relative.as_ref()).filter(|_| moved).map(way_of);
        let (main, detail) = match doc.change.kind.as_str() {
            "new" => (words.new.to_owned(), absolute.map(|change| words.difference(shape, &change))),
            "changed" if way == Some(Move::Flat) => (words.unchanged.to_owned(), None),
            "changed" => {
                let relative = relative.map(|change| words.relative(&change));
                match (points, absolute) {
                    (Some(points), _) => (words.points(&points), relative),
                    (None, Some(absolute)) => {
                        let absolute = words.difference(shape, &absolute);
                        relative.map_or((absolute.clone(), None), |relative| (relative, Some(absolute)))
                    }
                    (None, None) => (relative.unwrap_or_else(|| words.not_compared.to_owned()), None),
                }
            }
            _ => (words.not_compared.to_owned(), None),
        };
        Some(Self { way, main, detail, improved: doc.improved, alike: doc.like_for_like })
    }

    /// The arrow of the movement, with a space behind it.
    pub(crate) fn arrow(&self) -> &'static str {
        match self.way {
            Some(Move::Up) => "↑ ",
            Some(Move::Down) => "↓ ",
            Some(Move::Flat) | None => "",
        }
    }

    /// Whether it is for the better, as a word; nothing where nothing moved.
    pub(crate) fn verdict(&self, words: &Words) -> Option<&'static str> {
        if matches!(self.way, None | Some(Move::Flat)) {
            return None;
        }
        self.improved.map(|better| if better { words.better } else { words.worse })
    }

    /// The mark of a comparison with reservations.
    pub(crate) fn mark(&self) -> &'static str {
        if self.alike || self.way.is_none() { "" } else { "≈ " }
    }
}

/// Which way a difference points.
pub(crate) fn way_of(difference: &Rational) -> Move {
    if difference.is_positive() {
        Move::Up
    } else if difference.is_negative() {
        Move::Down
    } else {
        Move::Flat
    }
}
