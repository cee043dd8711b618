//! The columns that a file may have, and the cells of one row.

use std::sync::Arc;

use kpi_core::{Error, Result, nearest};

use super::lines::Place;

/// The columns with a meaning of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    Metric,
    Start,
    End,
    Value,
    Currency,
    State,
    Channel,
    Account,
    Definition,
    Basis,
    AsOf,
}

impl Field {
    const ALL: [(Self, &'static str); 11] = [
        (Self::Metric, "metric"),
        (Self::Start, "start"),
        (Self::End, "end"),
        (Self::Value, "value"),
        (Self::Currency, "currency"),
        (Self::State, "state"),
        (Self::Channel, "channel"),
        (Self::Account, "account"),
        (Self::Definition, "definition"),
        (Self::Basis, "basis"),
        (Self::AsOf, "as_of"),
    ];

    /// The name of the column.
    pub(crate) fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

/// The cells of one row.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    /// The line on which the row begins, from 1.
    pub(crate) line: u64,
    fields: [String; Field::ALL.len()],
    /// Name and label of each dimension that the row is broken down by.
    pub(crate) dimensions: Vec<(Arc<str>, String)>,
}

impl Cells {
    /// A cell; empty when the column is absent.
    pub(crate) fn get(&self, field: Field) -> &str {
        &self.fields[field as usize]
    }

    pub(super) fn begin(&mut self, line: u64) {
        self.line = line;
        self.fields.iter_mut().for_each(String::clear);
        self.dimensions.clear();
    }

    pub(super) fn put(&mut self, column: &Column, text: &str) {
        match column {
            Column::Field(field) => self.fields[*field as usize].push_str(text),
            Column::Dimension(_) if text.is_empty() => {}
            Column::Dimension(name) => self.dimensions.push((Arc::clone(name), text.to_owned())),
        }
    }
}

/// What a column of a file means.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    Field(Field),
    Dimension(Arc<str>),
}

impl Column {
    pub(super) fn parse(name: &str, place: Place<'_>) -> Result<Self> {
        if let Some(dimension) = name.strip_prefix("dim.") {
            if dimension.is_empty() || dimension.contains(char::is_whitespace) {
                return Err(place
                    .bad_cell(name, "not the name of a dimension")
                    .hint("write `dim.` and a name without spaces, such as `dim.campaign`"));
            }
            return Ok(Self::Dimension(dimension.into()));
        }
        match Field::ALL.iter().find(|(_, known)| *known == name) {
            Some((field, _)) => Ok(Self::Field(*field)),
            None => Err(unknown_column(name, place)),
        }
    }
}

fn unknown_column(name: &str, place: Place<'_>) -> Error {
    let known: Vec<&str> = Field::ALL.iter().map(|(_, name)| *name).collect();
    let list = known.join(", ");
    let hint = match nearest(name, known.into_iter()) {
        Some(near) => format!("did you mean `{near}`? the columns are {list} and dim.<name>"),
        None if name.contains([';', '\t']) => format!("separate columns with commas; they are {list} and dim.<name>"),
        None => format!("the columns are {list} and dim.<name>"),
    };
    place.bad_line(format!("unknown column `{name}`")).hint(hint)
}
