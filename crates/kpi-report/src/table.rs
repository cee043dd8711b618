//! The table of a terminal: KPIs by stage, then warnings, failing sources and how complete it all is.

use kpi_core::Rational;
use kpi_core::snapshot::Snapshot;

use crate::view::{Kpi, View, symbol};
use crate::width::{left, width, wrap};
use crate::{Options, story};

mod cells;
mod layout;

use cells::Cells;
use layout::Layout;

/// The narrowest terminal that is written for.
const NARROWEST: usize = 30;

/// How text is painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paint {
    Plain,
    Bold,
    Dim,
    Good,
    Fair,
    Bad,
}

impl Paint {
    /// The text in this paint, where colours are shown.
    fn on(self, text: &str, color: bool) -> String {
        let code = match self {
            Self::Plain => return text.to_owned(),
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Good => "32",
            Self::Fair => "33",
            Self::Bad => "31",
        };
        if color && !text.trim().is_empty() { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// The paint of a status.
    pub(crate) fn of_status(status: &str) -> Self {
        match status {
            "met" | "on_track" => Self::Good,
            "behind" => Self::Fair,
            "missed" => Self::Bad,
            _ => Self::Dim,
        }
    }

    /// The paint of a change for the better or the worse.
    pub(crate) fn of_change(improved: Option<bool>) -> Self {
        match improved {
            Some(true) => Self::Good,
            Some(false) => Self::Bad,
            None => Self::Plain,
        }
    }
}

/// Writes the table.
pub(crate) fn render(snapshot: &Snapshot, options: &Options) -> String {
    let view = View::new(snapshot, options.locale);
    let columns = options.width.max(NARROWEST);
    let mut page = Page { text: String::new(), columns, color: options.color };
    head(&view, &mut page);
    let kpis = view.kpis();
    if kpis.is_empty() {
        page.blank();
        page.wrapped("", view.words.empty, Paint::Plain);
    }
    let cells: Vec<Cells> = kpis.iter().map(|kpi| Cells::of(kpi, view.words)).collect();
    let layout = Layout::choose(&cells, view.words, columns);
    if layout.has_heads() && !kpis.is_empty() {
        page.blank();
        layout.heads(view.words, &mut page);
    }
    for (stage, members) in view.stages(&kpis) {
        page.blank();
        page.wrapped("", stage, Paint::Bold);
        for kpi in members {
            layout.row(&cells[kpi.index], view.words, &mut page);
            below(&kpi, &view, &mut page);
        }
    }
    foot(&view, &kpis, &mut page);
    page.text
}

/// The lines that are written.
pub(crate) struct Page {
    text: String,
    columns: usize,
    color: bool,
}

impl Page {
    fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A line as it is, without spaces at its end.
    fn line(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    /// A text in as many lines as it needs, behind a mark, indented under its first letter.
    fn wrapped(&mut self, mark: &str, text: &str, paint: Paint) {
        let indent = width(mark);
        for (index, part) in wrap(text, self.columns.saturating_sub(indent)).iter().enumerate() {
            let before = if index == 0 { mark.to_owned() } else { " ".repeat(indent) };
            let painted = paint.on(part, self.color);
            self.line(&format!("{before}{painted}"));
        }
    }

    fn paint(&self, text: &str, paint: Paint) -> String {
        paint.on(text, self.color)
    }
}

fn head(view: &View<'_>, page: &mut Page) {
    let period = &view.snapshot.period;
    let words = view.words;
    page.wrapped("", &format!("{} · {}", view.snapshot.workspace, view.period()), Paint::Bold);
    let first = crate::period::day(&period.start, words);
    let last = crate::period::day(&period.end, words);
    let mut about = format!("{first} – {last}, {}", (words.period_status)(&period.status));
    if let (Some(kpi), "running") = (view.snapshot.kpis.first(), period.status.as_str()) {
        about = format!("{about}, {}", (words.days_of)(kpi.pace.days_elapsed, kpi.pace.days_total));
    }
    page.wrapped("", &format!("{about}. {}", (words.basis)(&period.timezone, &view.snapshot.currency)), Paint::Dim);
}

/// What must be said of a KPI under its row: why it has no value, its bounds, its quality.
fn below(kpi: &Kpi<'_>, view: &View<'_>, page: &mut Page) {
    let reason = kpi.reason(view.words).into_iter();
    let bounds = kpi.bounds(view.words).into_iter();
    let quality = kpi.doc.quality.iter().map(|mark| view.quality(mark));
    let said: Vec<String> = reason.chain(bounds).chain(quality).collect();
    if !said.is_empty() {
        page.wrapped("    ↳ ", &said.join(" · "), Paint::Dim);
    }
}

fn foot(view: &View<'_>, kpis: &[Kpi<'_>], page: &mut Page) {
    let words = view.words;
    if !view.snapshot.warnings.is_empty() {
        page.blank();
        page.wrapped("", words.warnings, Paint::Bold);
        for warning in &view.snapshot.warnings {
            page.wrapped("  ! ", &view.note(warning), Paint::Plain);
        }
    }
    let failing = view.failing();
    if !failing.is_empty() {
        page.blank();
        page.wrapped("", words.failing, Paint::Bold);
        for source in failing {
            let (problem, hint) = view.source_problem(source);
            page.wrapped("  ✕ ", &problem, Paint::Bad);
            if let Some(error) = &source.error {
                page.wrapped("    ", &format!("{}: {}", words.message, error.message), Paint::Dim);
            }
            if let Some(hint) = hint {
                page.wrapped("    → ", &format!("{}: {hint}", words.to_do), Paint::Plain);
            }
        }
    }
    page.blank();
    let paragraph = story::tell(view, kpis).into_iter().find(|paragraph| paragraph.heading == words.goals_heading);
    if let Some(summary) = paragraph.and_then(|paragraph| paragraph.sentences.into_iter().next()) {
        page.wrapped("", &summary, Paint::Plain);
    }
    page.wrapped("", &view.completeness(), Paint::Bold);
}

/// The blocks of a sparkline, lowest first.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A trend as blocks; a period without a value is a gap.
pub(crate) fn sparkline(points: &[(&str, Option<Rational>)]) -> String {
    let values = || points.iter().filter_map(|(_, value)| value.as_ref());
    let (Some(least), Some(most)) = (values().min(), values().max()) else { return String::new() };
    let range = (most.clone() - least.clone()).approximate();
    let block = |value: &Rational| {
        let share = (value.clone() - least.clone()).approximate() / range;
        let level = (1_u8..8).take_while(|level| share * 7.0 + 0.5 >= f64::from(*level)).count();
        if range > 0.0 { BLOCKS[level] } else { BLOCKS[3] }
    };
    points.iter().map(|(_, value)| value.as_ref().map_or(' ', block)).collect()
}

/// The status of a KPI with its symbol; what a figure without a goal is called where it has none.
pub(crate) fn status_text(kpi: &Kpi<'_>, words: &crate::locale::Words) -> String {
    match kpi.status() {
        Some(status) => format!("{} {}", symbol(status), (words.status)(status)),
        None => format!("· {}", words.no_goal),
    }
}

/// Text of a cell in its column's width.
pub(crate) fn fit(text: &str, to: usize, to_the_right: bool) -> String {
    if to_the_right { crate::width::right(text, to) } else { left(text, to) }
}

#[cfg(test)]
mod tests {
    use kpi_core::Rational;

    use super::sparkline;

    #[test]
    fn sparklines_span_their_values_and_keep_gaps() {
        let point = |value: i64| ("", Some(Rational::from(value)));
        assert_eq!(sparkline(&[point(0), point(50), ("", None), point(100)]), "▁▅ █");
        assert_eq!(sparkline(&[point(5), point(5)]), "▄▄");
        assert_eq!(sparkline(&[("", None)]), "");
    }
}
