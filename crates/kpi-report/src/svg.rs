//! Small drawings that take their colours from the page, so that one file serves light, dark and paper.
//!
//! Floating-point numbers stand for places on the drawing only.

use kpi_core::Rational;

mod bar;
mod bullet;
mod line;
mod spark;

pub(crate) use bar::bar;
pub(crate) use bullet::{Goal, bullet};
pub(crate) use line::{Frame, Label, line};
pub(crate) use spark::sparkline;

/// A place on the drawing with at most one decimal.
fn place(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// The least and the most of some figures.
fn range<'a>(figures: impl Iterator<Item = &'a Rational>) -> Option<(f64, f64)> {
    figures.map(Rational::approximate).fold(None, |range, figure| match range {
        None => Some((figure, figure)),
        Some((least, most)) => Some((figure.min(least), figure.max(most))),
    })
}

/// A line through places, broken at gaps; a place between two gaps is a dot.
fn path(places: &[Option<(f64, f64)>]) -> String {
    let mut text = String::new();
    let mut drawn = 0_usize;
    for (index, at) in places.iter().enumerate() {
        let Some((x, y)) = at else {
            drawn = 0;
            continue;
        };
        let alone = drawn == 0 && places.get(index + 1).is_none_or(Option::is_none);
        let step = match drawn {
            0 => "M",
            1 => "L",
            _ => " ",
        };
        text.push_str(&format!("{step}{} {}", place(*x), place(*y)));
        if alone {
            text.push_str("h0");
        }
        drawn += 1;
    }
    text
}

/// An evenly spaced position among so many.
fn step(index: usize, count: usize, width: f64) -> f64 {
    let number = |index: usize| f64::from(u16::try_from(index).unwrap_or(u16::MAX));
    if count < 2 { width } else { number(index) * width / number(count - 1) }
}

#[cfg(test)]
mod tests {
    use super::{path, place};

    #[test]
    fn places_are_short_and_gaps_break_lines() {
        assert_eq!((place(3.0), place(2.46)), ("3".to_owned(), "2.5".to_owned()));
        let places = [Some((0.0, 1.0)), Some((1.0, 2.0)), Some((2.0, 3.0)), None, Some((4.0, 5.0)), None];
        assert_eq!(path(&places), "M0 1L1 2 2 3M4 5h0");
    }
}
