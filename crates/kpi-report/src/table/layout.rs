//! Which columns fit into the terminal, and rows in them; where none fit, two or three lines per KPI.

use super::cells::{Cell, Cells};
use super::{Page, Paint, fit};
use crate::locale::Words;
use crate::width::{width, wrap};

/// The space between columns.
const GAP: usize = 2;
/// The narrowest and the widest column of names.
const NAME: (usize, usize) = (20, 40);

/// A column beside the names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Value,
    Previous,
    Year,
    Trend,
    Target,
    Status,
}

/// A column with the form and the width of its texts.
#[derive(Clone, Copy, Debug)]
struct Chosen {
    column: Column,
    long: bool,
    width: usize,
}

/// The columns in the order in which they stand, each with whether its texts are long.
type Wish = &'static [(Column, bool)];

/// What is tried, richest first.
const WISHES: [Wish; 6] = {
    use Column::{Previous, Status, Target, Trend, Value, Year};
    [
        &[(Value, true), (Previous, true), (Year, true), (Trend, true), (Target, true), (Status, true)],
        &[(Value, true), (Previous, false), (Year, false), (Trend, true), (Target, true), (Status, true)],
        &[(Value, true), (Previous, false), (Year, false), (Trend, true), (Target, false), (Status, true)],
        &[(Value, false), (Previous, false), (Year, false), (Trend, true), (Target, false), (Status, true)],
        &[(Value, false), (Previous, false), (Trend, true), (Target, false), (Status, true)],
        &[(Value, false), (Previous, false), (Target, false), (Status, true)],
    ]
};

/// How rows are written.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    name: usize,
    columns: Option<Vec<Chosen>>,
}

impl Layout {
    /// The richest layout that fits.
    pub(crate) fn choose(rows: &[Cells], words: &Words, columns: usize) -> Self {
        let widest_name = rows.iter().map(|row| width(&row.name)).max().unwrap_or(0);
        for wish in WISHES {
            let chosen: Vec<Chosen> = wish.iter().map(|(column, long)| measured(rows, *column, *long, words)).collect();
            let taken: usize = chosen.iter().map(|column| column.width + GAP).sum();
            let room = columns.saturating_sub(taken);
            if room >= widest_name.clamp(NAME.0, NAME.1).min(26) {
                let name = room.min(widest_name.min(NAME.1)).max(width(words.kpi));
                return Self { name, columns: Some(chosen) };
            }
        }
        Self { name: columns, columns: None }
    }

    /// Whether there are columns.
    pub(crate) fn has_heads(&self) -> bool {
        self.columns.is_some()
    }

    /// The heads of the columns.
    pub(crate) fn heads(&self, words: &Words, page: &mut Page) {
        let Some(columns) = &self.columns else { return };
        let mut line = fit(words.kpi, self.name, false);
        for chosen in columns {
            let text = fit(head(chosen.column, words), chosen.width, to_the_right(chosen.column));
            line = format!("{line}{}{text}", " ".repeat(GAP));
        }
        let line = page.paint(line.trim_end(), Paint::Dim);
        page.line(&line);
        let rule = "─".repeat(self.name + columns.iter().map(|column| column.width + GAP).sum::<usize>());
        let rule = page.paint(&rule, Paint::Dim);
        page.line(&rule);
    }

    /// The row of a KPI.
    pub(crate) fn row(&self, row: &Cells, words: &Words, page: &mut Page) {
        let Some(columns) = &self.columns else {
            stacked(row, words, page);
            return;
        };
        let names = wrap(&row.name, self.name);
        let mut line = fit(&names[0], self.name, false);
        for chosen in columns {
            let cell = cell(row, chosen.column);
            let text = if chosen.long { &cell.long } else { &cell.short };
            let text = page.paint(&fit(text, chosen.width, to_the_right(chosen.column)), cell.paint);
            line = format!("{line}{}{text}", " ".repeat(GAP));
        }
        page.line(&line);
        for name in &names[1..] {
            page.line(&format!("  {name}"));
        }
    }
}

/// A KPI in lines of its own, for narrow terminals.
fn stacked(row: &Cells, words: &Words, page: &mut Page) {
    page.wrapped("", &format!("{}: {}", row.name, row.value.long), Paint::Plain);
    if row.previous.long != "–" {
        page.wrapped("  ", &format!("{} {}", row.previous.long, words.vs_previous), row.previous.paint);
    }
    if row.year.long != "–" {
        page.wrapped("  ", &format!("{} {}", row.year.long, words.vs_year), row.year.paint);
    }
    if !row.trend.long.trim().is_empty() {
        page.line(&format!("  {}", row.trend.long));
    }
    let target =
        if row.target.long.is_empty() { String::new() } else { format!(" · {} {}", words.target, row.target.long) };
    page.wrapped("  ", &format!("{}{target}", row.status.long), row.status.paint);
}

fn measured(rows: &[Cells], column: Column, long: bool, words: &Words) -> Chosen {
    let text = |row: &Cells| {
        let cell = cell(row, column);
        width(if long { &cell.long } else { &cell.short })
    };
    let widest = rows.iter().map(text).max().unwrap_or(0);
    Chosen { column, long, width: widest.max(width(head(column, words))) }
}

fn cell(row: &Cells, column: Column) -> &Cell {
    match column {
        Column::Value => &row.value,
        Column::Previous => &row.previous,
        Column::Year => &row.year,
        Column::Trend => &row.trend,
        Column::Target => &row.target,
        Column::Status => &row.status,
    }
}

fn head(column: Column, words: &Words) -> &'static str {
    match column {
        Column::Value => words.value,
        Column::Previous => words.vs_previous,
        Column::Year => words.vs_year,
        Column::Trend => words.trend,
        Column::Target => words.target,
        Column::Status => words.status_label,
    }
}

fn to_the_right(column: Column) -> bool {
    matches!(column, Column::Value | Column::Previous | Column::Year | Column::Target)
}
