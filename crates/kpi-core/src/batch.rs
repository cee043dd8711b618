//! Figures on their way from an adapter to the store: rows of one window and breakdown, metrics beside each other.

use std::panic::Location;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::descriptor::{Column, Report};
use crate::{Currency, Error, ErrorKind, MetricId, Observation, Value, ValueState, Window};

/// One cell: nothing was said, or a value, or why there is none.
pub type Cell = Option<Value>;

/// Rows that share their columns and the names of their dimensions.
///
/// Text is kept in one arena, cells row by row, so a page of 25,000 rows is a handful of allocations.
#[derive(Clone, Debug)]
pub struct Batch {
    columns: Vec<Column>,
    dimensions: Vec<String>,
    channel: Option<String>,
    windows: Vec<Window>,
    accounts: Vec<Option<(u32, u32)>>,
    currencies: Vec<Option<Currency>>,
    read: Vec<Option<Timestamp>>,
    labels: Vec<(u32, u32)>,
    text: String,
    cells: Vec<Cell>,
    lines: Vec<&'static Location<'static>>,
    fault: Option<(String, &'static Location<'static>)>,
}

impl Batch {
    /// An empty batch for the columns and the breakdown of a report.
    pub fn for_report(report: &Report) -> Self {
        Self::new(report.columns.to_vec(), report.breakdown.iter().map(|name| (*name).to_owned()).collect())
    }

    /// An empty batch of any columns, broken down by the named dimensions.
    pub fn new(columns: Vec<Column>, dimensions: Vec<String>) -> Self {
        Self {
            columns,
            dimensions,
            channel: None,
            windows: Vec::new(),
            accounts: Vec::new(),
            currencies: Vec::new(),
            read: Vec::new(),
            labels: Vec::new(),
            text: String::new(),
            cells: Vec::new(),
            lines: Vec::new(),
            fault: None,
        }
    }

    /// Says that the figures belong to another channel than the source's.
    #[must_use]
    pub fn in_channel(mut self, channel: Option<String>) -> Self {
        self.channel = channel;
        self
    }

    /// Begins a row of one day. `labels` are the values of the batch's dimensions, in their order.
    #[track_caller]
    pub fn day(&mut self, day: Date, labels: &[&str]) -> RowWriter<'_> {
        self.row(Window::day(day), labels)
    }

    /// Begins a row of one window. `labels` are the values of the batch's dimensions, in their order.
    #[track_caller]
    pub fn row(&mut self, window: Window, labels: &[&str]) -> RowWriter<'_> {
        if labels.len() != self.dimensions.len() {
            self.note_fault(format!(
                "a row gives {} labels for the dimensions [{}]",
                labels.len(),
                self.dimensions.join(", ")
            ));
        }
        for index in 0..self.dimensions.len() {
            let label = labels.get(index).copied().unwrap_or("");
            let place = self.keep(label);
            self.labels.push(place);
        }
        self.windows.push(window);
        self.accounts.push(None);
        self.currencies.push(None);
        self.read.push(None);
        self.lines.push(Location::caller());
        self.cells.extend(std::iter::repeat_n(None, self.columns.len()));
        RowWriter { batch: self }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.windows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.windows.is_empty()
    }

    /// The columns, in the order of a row's cells.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The names of the dimensions, in the order of a row's labels.
    pub fn dimensions(&self) -> &[String] {
        &self.dimensions
    }

    /// The channel, where it is not the source's.
    pub fn channel(&self) -> Option<&str> {
        self.channel.as_deref()
    }

    /// The rows, in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = RowRef<'_>> {
        (0..self.len()).map(|index| RowRef { batch: self, index })
    }

    /// The figures one by one, for tests and small data.
    pub fn observations(&self) -> Vec<Observation> {
        let mut found = Vec::new();
        for row in self.rows() {
            let mut breakdown: Vec<(String, String)> =
                self.dimensions.iter().cloned().zip(row.labels().map(str::to_owned)).collect();
            breakdown.sort();
            for (column, cell) in self.columns.iter().zip(row.cells()) {
                let Some(value) = *cell else { continue };
                found.push(Observation {
                    metric: column.metric,
                    definition: column.definition.map(str::to_owned),
                    basis: column.basis,
                    window: row.window(),
                    account: row.account().map(str::to_owned),
                    breakdown: breakdown.clone(),
                    value,
                    currency: if column.metric.is_money() { row.currency() } else { None },
                    as_of: row.read_at(),
                    channel: self.channel.clone(),
                });
            }
        }
        found
    }

    /// The first mistake made while the rows were written.
    pub(crate) fn fault(&self) -> Option<Error> {
        self.fault.as_ref().map(|(message, line)| contract(message.clone(), line))
    }

    /// An error that names the line which wrote a row.
    pub(crate) fn contract_at(&self, row: usize, message: String) -> Error {
        match self.lines.get(row) {
            Some(line) => contract(message, line),
            None => Error::new(ErrorKind::Contract, message),
        }
    }

    fn keep(&mut self, text: &str) -> (u32, u32) {
        let start = self.text.len();
        self.text.push_str(text);
        let end = self.text.len();
        match (u32::try_from(start), u32::try_from(end)) {
            (Ok(start), Ok(end)) => (start, end),
            _ => {
                self.text.truncate(start);
                self.note_fault("a batch holds more than 4 GiB of text: emit smaller batches".to_owned());
                (0, 0)
            }
        }
    }

    fn text_at(&self, (start, end): (u32, u32)) -> &str {
        self.text.get(start as usize..end as usize).unwrap_or("")
    }

    #[track_caller]
    fn note_fault(&mut self, message: String) {
        self.fault.get_or_insert((message, Location::caller()));
    }
}

fn contract(message: String, line: &Location<'_>) -> Error {
    Error::new(ErrorKind::Contract, message).with("at", format!("{}:{}", line.file(), line.line()))
}

/// Writes the cells of the newest row.
#[derive(Debug)]
pub struct RowWriter<'a> {
    batch: &'a mut Batch,
}

impl RowWriter<'_> {
    /// Sets a figure that is not money.
    #[track_caller]
    pub fn set(&mut self, metric: MetricId, value: impl Into<Value>) -> &mut Self {
        if metric.is_money() {
            self.batch.note_fault(format!("money without a currency: {metric}"));
        }
        self.put(metric, value.into())
    }

    /// Sets an amount of money.
    #[track_caller]
    pub fn money(&mut self, metric: MetricId, amount: Decimal, currency: Currency) -> &mut Self {
        if !metric.is_money() {
            self.batch.note_fault(format!("{metric} is not money but was given a currency ({currency})"));
        }
        let row = self.batch.windows.len() - 1;
        if let Some(Some(other)) = self.batch.currencies.get(row)
            && *other != currency
        {
            let message = format!("one row holds two currencies: {other} and {currency}");
            self.batch.note_fault(message);
        }
        if let Some(place) = self.batch.currencies.get_mut(row) {
            *place = Some(currency);
        }
        self.put(metric, Value::Known(amount))
    }

    /// Says why a figure has no value.
    #[track_caller]
    pub fn absent(&mut self, metric: MetricId, state: ValueState) -> &mut Self {
        self.put(metric, Value::Absent(state))
    }

    /// Names the account of the row, where one source reports several.
    pub fn account(&mut self, account: &str) -> &mut Self {
        let place = self.batch.keep(account);
        if let Some(slot) = self.batch.accounts.last_mut() {
            *slot = Some(place);
        }
        self
    }

    /// Says when the vendor was read, where that is not the time of the request.
    pub fn read_at(&mut self, time: Timestamp) -> &mut Self {
        if let Some(slot) = self.batch.read.last_mut() {
            *slot = Some(time);
        }
        self
    }

    #[track_caller]
    fn put(&mut self, metric: MetricId, value: Value) -> &mut Self {
        let Some(column) = self.batch.columns.iter().position(|column| column.metric == metric) else {
            let known: Vec<&str> = self.batch.columns.iter().map(|column| column.metric.as_str()).collect();
            self.batch
                .note_fault(format!("undeclared metric {metric}: the report's columns are [{}]", known.join(", ")));
            return self;
        };
        let start = self.batch.cells.len() - self.batch.columns.len();
        if let Some(cell) = self.batch.cells.get_mut(start + column) {
            *cell = Some(value);
        }
        self
    }
}

/// One row of a batch.
#[derive(Clone, Copy, Debug)]
pub struct RowRef<'a> {
    batch: &'a Batch,
    index: usize,
}

impl<'a> RowRef<'a> {
    /// The days it covers.
    pub fn window(self) -> Window {
        self.batch.windows[self.index]
    }

    /// The account, where one source reports several.
    pub fn account(self) -> Option<&'a str> {
        self.batch.accounts[self.index].map(|place| self.batch.text_at(place))
    }

    /// The currency of the row's money.
    pub fn currency(self) -> Option<Currency> {
        self.batch.currencies[self.index]
    }

    /// When the vendor was read, where the row says so.
    pub fn read_at(self) -> Option<Timestamp> {
        self.batch.read[self.index]
    }

    /// The values of the dimensions, in their order.
    pub fn labels(self) -> impl ExactSizeIterator<Item = &'a str> {
        let width = self.batch.dimensions.len();
        let batch = self.batch;
        batch.labels[self.index * width..(self.index + 1) * width].iter().map(move |place| batch.text_at(*place))
    }

    /// The cells, in the order of the columns.
    pub fn cells(self) -> &'a [Cell] {
        let width = self.batch.columns.len();
        &self.batch.cells[self.index * width..(self.index + 1) * width]
    }
}
