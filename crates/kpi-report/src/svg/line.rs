//! A trend with room: lines at its least and most, its goal, and the names of its first and last period.

use kpi_core::Rational;

use super::{path, place, range, step};

const WIDTH: f64 = 320.0;
const TOP: f64 = 18.0;
const PLOT: f64 = 92.0;
const SIDE: f64 = 6.0;

/// A figure with its text.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    pub figure: Rational,
    pub text: String,
}

/// What is drawn beside the points.
#[derive(Clone, Debug)]
pub(crate) struct Frame<'a> {
    /// The least figure.
    pub least: &'a Label,
    /// The most.
    pub most: &'a Label,
    /// The goal.
    pub goal: Option<&'a Label>,
    /// The names of the first and the last period.
    pub ends: [&'a str; 2],
    /// Whether the last period still runs.
    pub running: bool,
    /// What the drawing shows, in a sentence.
    pub title: &'a str,
}

/// A line chart.
pub(crate) fn line(points: &[Option<Rational>], frame: &Frame<'_>) -> String {
    let goal = frame.goal.map(|goal| &goal.figure);
    let Some((low, high)) = range(points.iter().flatten().chain(goal)) else { return String::new() };
    let height = |figure: &Rational| {
        let share = if high > low { (figure.approximate() - low) / (high - low) } else { 0.5 };
        TOP + PLOT - share * PLOT
    };
    let place_of = |(index, figure): (usize, &Option<Rational>)| {
        let x = SIDE + step(index, points.len(), WIDTH - 2.0 * SIDE);
        figure.as_ref().map(|figure| (x, height(figure)))
    };
    let places: Vec<_> = points.iter().enumerate().map(place_of).collect();
    let mut text = format!(
        "<svg class=li viewBox=\"0 0 {} {}\" role=\"img\"><title>{}</title>",
        place(WIDTH),
        place(TOP + PLOT + 34.0),
        frame.title
    );
    let rule = |class: &str, y: f64| format!("<path class={class} d=\"M0 {}h{}\"/>", place(y), place(WIDTH));
    let (top, bottom) = (height(&frame.most.figure), height(&frame.least.figure));
    text.push_str(&rule("grid", top));
    if frame.least.figure != frame.most.figure {
        text.push_str(&rule("grid", bottom));
    }
    if let Some(goal) = frame.goal {
        text.push_str(&rule("goal", height(&goal.figure)));
    }
    text.push_str(&format!("<path class=line d=\"{}\"/>", path(&places)));
    let at_goal = frame.goal.map(|goal| height(&goal.figure));
    // Where goal and most are near, the upper one's label stands above and the lower one's below its line.
    let near = |y: f64| (y - top).abs() < 18.0;
    let under = at_goal.is_some_and(|y| near(y) && y < top);
    text.push_str(&words(0.0, if under { top + 13.0 } else { top - 5.0 }, "start", &frame.most.text));
    if frame.least.figure != frame.most.figure {
        text.push_str(&words(0.0, bottom + 13.0, "start", &frame.least.text));
    }
    if let (Some(goal), Some(y)) = (frame.goal, at_goal) {
        let left = nearest(&places, y, 0.0..WIDTH / 2.0) > nearest(&places, y, WIDTH / 2.0..WIDTH);
        let (x, anchor) = if left { (0.0, "start") } else { (WIDTH, "end") };
        let y = if near(y) && !under { y + 13.0 } else { y - 5.0 };
        text.push_str(&words(x, y, anchor, &goal.text));
    }
    if let Some((x, y)) = places.last().copied().flatten() {
        let class = if frame.running { " class=open" } else { "" };
        text.push_str(&format!("<circle cx={} cy={} r=4{class} />", place(x), place(y)));
    }
    let foot = TOP + PLOT + 30.0;
    text.push_str(&words(0.0, foot, "start", frame.ends[0]));
    text.push_str(&words(WIDTH, foot, "end", frame.ends[1]));
    text.push_str("</svg>");
    text
}

/// How near the points within a span come to a height.
fn nearest(places: &[Option<(f64, f64)>], y: f64, span: std::ops::Range<f64>) -> f64 {
    let within = places.iter().flatten().filter(|(x, _)| span.contains(x));
    within.map(|(_, at)| (at - y).abs()).fold(PLOT, f64::min)
}

fn words(x: f64, y: f64, anchor: &str, text: &str) -> String {
    format!("<text x={} y={} text-anchor={anchor}>{text}</text>", place(x), place(y))
}
