//! A trend as small as a word.

use kpi_core::Rational;

use super::{path, place, range, step};

/// Fine enough that places can be whole numbers, which are short.
const WIDTH: f64 = 144.0;
const HEIGHT: f64 = 36.0;

/// A sparkline whose last point is marked: filled when the period has ended, hollow while it runs.
pub(crate) fn sparkline(points: &[Option<Rational>], running: bool, label: &str) -> String {
    let Some((least, most)) = range(points.iter().flatten()) else { return String::new() };
    let height = |figure: &Rational| {
        let share = if most > least { (figure.approximate() - least) / (most - least) } else { 0.5 };
        HEIGHT - share * HEIGHT
    };
    let place_of = |(index, figure): (usize, &Option<Rational>)| {
        figure.as_ref().map(|figure| (step(index, points.len(), WIDTH).round(), height(figure).round()))
    };
    let places: Vec<_> = points.iter().enumerate().map(place_of).collect();
    let dot = places.last().copied().flatten().map(|(x, y)| {
        let class = if running { " class=open" } else { "" };
        format!("<circle cx={} cy={} r=4{class} />", place(x), place(y))
    });
    let line = path(&places);
    let dot = dot.unwrap_or_default();
    format!("<svg class=sp viewBox=\"-4 -6 154 48\" role=\"img\"><title>{label}</title><path d=\"{line}\"/>{dot}</svg>")
}
