//! One row, from text to a figure.

use std::collections::HashSet;
use std::str::FromStr;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use kpi_core::{
    Basis, Channel, Currency, Decimal, Dictionary, Error, ErrorKind, MetricId, Result, Value, ValueState, Window,
    nearest,
};

use super::columns::{Cells, Field};
use super::lines::Place;

/// The most different definitions that one program reads from files; each is kept for as long as it runs.
const MOST_DEFINITIONS: usize = 10_000;

const STATES: &str = "value, missing, withheld, unsupported, withdrawn, not_yet";
const BASES: &str = "event, cohort, as_of";

/// One figure of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) metric: MetricId,
    pub(crate) definition: Option<&'static str>,
    pub(crate) basis: Basis,
    pub(crate) window: Window,
    pub(crate) value: Value,
    pub(crate) currency: Option<Currency>,
    /// The channel, where it is not the source's.
    pub(crate) channel: Option<Channel>,
    pub(crate) account: Option<String>,
    pub(crate) read_at: Option<Timestamp>,
    /// Sorted by name.
    pub(crate) dimensions: Vec<(Arc<str>, String)>,
}

impl Row {
    /// Reads a row. `own` is the channel of the source.
    ///
    /// # Errors
    /// `Config`, naming file, line and column.
    pub(crate) fn parse(cells: &Cells, dictionary: &Dictionary, own: Channel, place: Place<'_>) -> Result<Self> {
        let metric = metric(cells, dictionary, place)?;
        let window = window(cells, place)?;
        let basis = basis(cells, window, place)?;
        let value = value(cells, place)?;
        let channel = channel(cells, place)?.filter(|channel| *channel != own);
        let account = Some(cells.get(Field::Account)).filter(|text| !text.is_empty()).map(str::to_owned);
        let mut dimensions = cells.dimensions.clone();
        dimensions.sort();
        Ok(Self {
            metric,
            definition: definition(cells, place)?,
            basis,
            window,
            value,
            currency: currency(cells, metric, value, place)?,
            channel,
            account,
            read_at: as_of(cells, place)?,
            dimensions,
        })
    }
}

fn metric(cells: &Cells, dictionary: &Dictionary, place: Place<'_>) -> Result<MetricId> {
    let text = cells.get(Field::Metric);
    if text.is_empty() {
        return Err(place.bad_cell("metric", "empty").hint("write the id of a metric; `kpi metrics` lists them all"));
    }
    match dictionary.require(text) {
        Ok(metric) => Ok(metric.id),
        Err(error) => Err(place.bad_cell("metric", error.message()).hint(error.hint_text())),
    }
}

fn window(cells: &Cells, place: Place<'_>) -> Result<Window> {
    let start = day(cells, Field::Start, place)?
        .ok_or_else(|| place.bad_cell("start", "empty").hint("write the first day, such as 2026-10-01"))?;
    let end = day(cells, Field::End, place)?.unwrap_or(start);
    Window::new(start, end).map_err(|_| {
        place
            .bad_cell("end", format!("{end} lies before the start {start}"))
            .hint("`end` is the last day, included; leave it empty for a single day")
    })
}

fn day(cells: &Cells, field: Field, place: Place<'_>) -> Result<Option<Date>> {
    let text = cells.get(field);
    if text.is_empty() {
        return Ok(None);
    }
    let shaped = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    match Date::from_str(text) {
        Ok(day) if shaped => Ok(Some(day)),
        _ => Err(place.bad_cell(field.name(), format!("`{text}` is not a day")).hint("write days as 2026-10-01")),
    }
}

fn basis(cells: &Cells, window: Window, place: Place<'_>) -> Result<Basis> {
    let basis = match cells.get(Field::Basis) {
        "" | "event" => Basis::Event,
        "cohort" => Basis::Cohort,
        "as_of" => Basis::AsOf,
        other => return Err(unknown(place, "basis", other, BASES)),
    };
    if basis == Basis::AsOf && window.days() != 1 {
        return Err(place
            .bad_cell("end", format!("a running total belongs to one day, not to {window}"))
            .hint("with basis `as_of`, `start` is the day of reading and `end` is empty or the same"));
    }
    Ok(basis)
}

fn value(cells: &Cells, place: Place<'_>) -> Result<Value> {
    let text = cells.get(Field::Value);
    let state = match cells.get(Field::State) {
        "" => ValueState::Value,
        other => ValueState::parse(other).ok_or_else(|| unknown(place, "state", other, STATES))?,
    };
    if state != ValueState::Value {
        return if text.is_empty() {
            Ok(Value::Absent(state))
        } else {
            Err(place
                .bad_cell("value", format!("`{text}` stands beside the state `{}`", state.as_str()))
                .hint("empty the value, or the state"))
        };
    }
    if text.is_empty() {
        return Err(place
            .bad_cell("value", "empty")
            .hint("write 0 if it is zero, or say why in `state`: missing, withheld, …"));
    }
    plain(text).map(Value::Known).ok_or_else(|| {
        place
            .bad_cell("value", format!("`{text}` is not a plain decimal of at most 28 digits"))
            .hint("write digits with `.` as the point: no thousands separators, exponents, units or spaces")
    })
}

/// Reads `-12.50` and nothing more liberal.
fn plain(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let number = Decimal::from_str_exact(text).ok()?;
    Some(if number.is_zero() { number.abs() } else { number })
}

fn currency(cells: &Cells, metric: MetricId, value: Value, place: Place<'_>) -> Result<Option<Currency>> {
    match cells.get(Field::Currency) {
        "" if metric.is_money() && value.known().is_some() => Err(place
            .bad_cell("currency", format!("empty, but {metric} is money"))
            .hint("write the ISO 4217 code, such as VND")),
        "" => Ok(None),
        code if !metric.is_money() => Err(place
            .bad_cell("currency", format!("`{code}`, but {metric} is not money"))
            .hint("leave the currency empty")),
        code => match Currency::parse(code) {
            Ok(currency) => Ok(Some(currency)),
            Err(error) => Err(place.bad_cell("currency", error.message()).hint(error.hint_text())),
        },
    }
}

fn channel(cells: &Cells, place: Place<'_>) -> Result<Option<Channel>> {
    let text = cells.get(Field::Channel);
    if text.is_empty() {
        return Ok(None);
    }
    let known = Channel::ALL.map(Channel::as_str).join(", ");
    Channel::parse(text).map(Some).ok_or_else(|| unknown(place, "channel", text, &known))
}

fn as_of(cells: &Cells, place: Place<'_>) -> Result<Option<Timestamp>> {
    let text = cells.get(Field::AsOf);
    if text.is_empty() {
        return Ok(None);
    }
    Timestamp::from_str(text).map(Some).map_err(|_| {
        place
            .bad_cell("as_of", format!("`{text}` is not a time with an offset"))
            .hint("write RFC 3339: 2026-11-02T09:00:00Z or 2026-11-02T16:00:00+07:00")
    })
}

/// Column definitions live as long as the program; so few different ones occur that keeping them costs nothing.
fn definition(cells: &Cells, place: Place<'_>) -> Result<Option<&'static str>> {
    static KEPT: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);

    let text = cells.get(Field::Definition);
    if text.is_empty() {
        return Ok(None);
    }
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = kept.get(text) {
        return Ok(Some(known));
    }
    if kept.len() == MOST_DEFINITIONS {
        return Err(place
            .bad_cell("definition", format!("more than {MOST_DEFINITIONS} different definitions"))
            .hint("a definition names a rule of counting; put what varies from row to row into `dim.<name>`"));
    }
    let text: &'static str = Box::leak(text.to_owned().into_boxed_str());
    kept.insert(text);
    Ok(Some(text))
}

fn unknown(place: Place<'_>, column: &str, text: &str, known: &str) -> Error {
    let error = place.bad_cell(column, format!("`{text}` is not known"));
    match nearest(text, known.split(", ")) {
        Some(near) => error.hint(format!("did you mean `{near}`? it is one of {known}")),
        None => error.hint(format!("it is one of {known}")),
    }
}

/// Two figures for one key, read at the same time.
pub(crate) fn conflict(place: Place<'_>, other: &str) -> Error {
    Error::new(
        ErrorKind::Config,
        place.bad_cell("value", format!("another value than {other} for the same key")).message(),
    )
    .with("file", place.path.display())
    .hint("keep one of the two rows, or say in `as_of` when each was read: the later one restates the earlier")
}
