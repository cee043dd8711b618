//! A value against its goal, with a marker of what is expected by now.

use kpi_core::Rational;

use super::place;

/// What a value is held against.
#[derive(Clone, Debug, Default)]
pub(crate) struct Goal {
    /// The goal; of a band, its lower end.
    pub from: Option<Rational>,
    /// The upper end of a band.
    pub to: Option<Rational>,
    /// What is expected by now.
    pub expected: Option<Rational>,
}

/// A bar up to the value, a tick at the goal (a field for a band), and a low marker at what is expected by now.
pub(crate) fn bullet(value: &Rational, goal: &Goal, class: &str) -> String {
    let figures = [Some(value), goal.from.as_ref(), goal.to.as_ref(), goal.expected.as_ref()];
    let most = figures.into_iter().flatten().map(Rational::approximate).fold(0.0, f64::max) * 1.12;
    if most <= 0.0 {
        return String::new();
    }
    let at = |figure: &Rational| (figure.approximate() / most * 100.0).clamp(0.0, 100.0);
    let band = match (&goal.from, &goal.to) {
        (Some(from), Some(to)) => {
            format!("<rect class=band x={} width={} height=12 />", place(at(from)), place(at(to) - at(from)))
        }
        _ => String::new(),
    };
    let tick = match (&goal.from, &goal.to) {
        (Some(figure), None) | (None, Some(figure)) => {
            format!("<rect class=goal x={} width=1 height=12 />", place(at(figure) - 0.5))
        }
        _ => String::new(),
    };
    let pace = goal
        .expected
        .as_ref()
        .map(|expected| format!("<rect class=pace x={} y=9 width=1 height=3 />", place(at(expected) - 0.5)));
    let (bar, pace) = (place(at(value)), pace.unwrap_or_default());
    format!(
        "<svg class=\"bu {class}\" viewBox=\"0 0 100 12\" preserveAspectRatio=none aria-hidden=true>\
         <rect class=base y=3 width=100 height=6 />{band}<rect class=bar y=3 width={bar} height=6 />{tick}{pace}</svg>"
    )
}
