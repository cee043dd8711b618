//! Figures as lines of `expected.jsonl`: the columns of the `file` adapter, in one order, so that text compares.

use std::collections::{BTreeMap, BTreeSet};

use kpi_core::{Basis, Decimal, Observation, Value};
use serde_json::{Map, Value as Json};

/// The keys of a line, in their order; `dim.<name>` stands after `account`.
const BEFORE_DIMENSIONS: [&str; 4] = ["start", "end", "channel", "account"];
const AFTER_DIMENSIONS: [&str; 7] = ["metric", "definition", "basis", "value", "state", "currency", "as_of"];

/// The lines of some figures: sorted, equal ones once.
pub(crate) fn lines(observations: &[Observation]) -> Vec<String> {
    sorted(observations.iter().map(cells).collect())
}

/// The lines of an `expected.jsonl`, whatever its order of lines and keys.
///
/// # Errors
/// The number of the line that is not a figure, and why.
pub(crate) fn parse(text: &str) -> Result<Vec<String>, String> {
    let mut rows = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if !line.trim().is_empty() {
            rows.push(parse_line(line).map_err(|cause| format!("expected.jsonl, line {}: {cause}", index + 1))?);
        }
    }
    Ok(sorted(rows))
}

fn sorted(rows: Vec<BTreeMap<String, String>>) -> Vec<String> {
    let mut keyed: Vec<(Vec<String>, String)> = rows.into_iter().map(|row| (sort_key(&row), render(&row))).collect();
    keyed.sort();
    keyed.dedup();
    keyed.into_iter().map(|(_, line)| line).collect()
}

fn cells(observation: &Observation) -> BTreeMap<String, String> {
    let mut row = BTreeMap::new();
    let mut put = |key: &str, value: String| row.insert(key.to_owned(), value);
    put("metric", observation.metric.to_string());
    put("start", observation.window.first().to_string());
    if observation.window.last() != observation.window.first() {
        put("end", observation.window.last().to_string());
    }
    if let Some(channel) = &observation.channel {
        put("channel", channel.clone());
    }
    if let Some(account) = &observation.account {
        put("account", account.clone());
    }
    if let Some(definition) = &observation.definition {
        put("definition", definition.clone());
    }
    if observation.basis != Basis::Event {
        put("basis", observation.basis.to_string());
    }
    match observation.value {
        Value::Known(value) => put("value", plain(value)),
        Value::Absent(state) => put("state", state.as_str().to_owned()),
    };
    if let Some(currency) = observation.currency {
        put("currency", currency.to_string());
    }
    if let Some(time) = observation.as_of {
        put("as_of", time.to_string());
    }
    for (name, label) in &observation.breakdown {
        put(&format!("dim.{name}"), label.clone());
    }
    row
}

fn parse_line(line: &str) -> Result<BTreeMap<String, String>, String> {
    let object: Map<String, Json> = serde_json::from_str(line).map_err(|error| format!("not an object: {error}"))?;
    let mut row = BTreeMap::new();
    for (key, value) in object {
        let known = BEFORE_DIMENSIONS.contains(&key.as_str()) || AFTER_DIMENSIONS.contains(&key.as_str());
        if !known && !key.starts_with("dim.") {
            return Err(format!("unknown key `{key}`"));
        }
        let text = match value {
            Json::String(text) => text,
            Json::Number(number) => number.to_string(),
            other => return Err(format!("`{key}` is {other}, not text")),
        };
        let text = match key.as_str() {
            "value" => plain(Decimal::from_str_exact(&text).map_err(|_| format!("`{text}` is not a decimal"))?),
            _ => text,
        };
        let says_nothing =
            (key == "basis" && text == "event") || (key == "state" && text == "value") || text.is_empty();
        if !says_nothing {
            row.insert(key, text);
        }
    }
    if row.get("end") == row.get("start") {
        row.remove("end");
    }
    match (row.contains_key("metric"), row.contains_key("start")) {
        (true, true) => Ok(row),
        _ => Err("`metric` or `start` is missing".to_owned()),
    }
}

/// A decimal without an exponent and without zeros at its end.
pub(crate) fn plain(value: Decimal) -> String {
    let value = value.normalize();
    if value.is_zero() { "0".to_owned() } else { value.to_string() }
}

fn sort_key(row: &BTreeMap<String, String>) -> Vec<String> {
    let get = |key: &str| row.get(key).cloned().unwrap_or_default();
    let mut key: Vec<String> = BEFORE_DIMENSIONS.iter().map(|name| get(name)).collect();
    let dimensions: Vec<String> = dimensions(row).map(|(name, label)| format!("{name}={label}")).collect();
    key.push(dimensions.join("\u{0}"));
    key.extend(["metric", "definition", "basis", "as_of"].map(get));
    key
}

fn dimensions(row: &BTreeMap<String, String>) -> impl Iterator<Item = (&String, &String)> {
    row.iter().filter(|(key, _)| key.starts_with("dim."))
}

fn render(row: &BTreeMap<String, String>) -> String {
    let mut object = Map::new();
    let named = |names: &'static [&'static str]| {
        names.iter().filter_map(|name| row.get(*name).map(|value| ((*name).to_owned(), value.clone())))
    };
    let dimensions = dimensions(row).map(|(key, value)| (key.clone(), value.clone()));
    for (key, value) in named(&BEFORE_DIMENSIONS).chain(dimensions).chain(named(&AFTER_DIMENSIONS)) {
        object.insert(key, Json::String(value));
    }
    Json::Object(object).to_string()
}

/// What differs between two sorted lists of lines: `-` expected, `+` got.
pub(crate) fn diff(expected: &[String], got: &[String]) -> Option<String> {
    const MOST_LINES: usize = 24;

    let known: BTreeSet<&String> = got.iter().collect();
    let (mut left, mut right) = (expected.iter().peekable(), got.iter().peekable());
    let mut lines = Vec::new();
    // Both lists are in canonical order, so a line that changed stands beside the one that it replaces.
    loop {
        match (left.peek(), right.peek()) {
            (None, None) => break,
            (Some(expected), Some(got)) if expected == got => {
                left.next();
                right.next();
            }
            (Some(expected), _) if !known.contains(expected) => {
                lines.push(format!("  - {expected}"));
                left.next();
            }
            (_, Some(got)) => {
                lines.push(format!("  + {got}"));
                right.next();
            }
            (Some(_), None) => break,
        }
    }
    if lines.is_empty() {
        return None;
    }
    let hidden = lines.len().saturating_sub(MOST_LINES);
    lines.truncate(MOST_LINES);
    if hidden > 0 {
        lines.push(format!("  … and {hidden} more lines"));
    }
    Some(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::{diff, parse};

    #[test]
    fn reads_lines_in_any_order_of_lines_and_keys() {
        let text = concat!(
            r#"{"value":"2.50","metric":"spend","currency":"USD","start":"2026-10-02","end":"2026-10-02"}"#,
            "\n\n",
            r#"{"metric":"clicks","start":"2026-10-01","value":12,"basis":"event","dim.b":"y","dim.a":"x"}"#,
        );
        assert_eq!(
            parse(text).unwrap(),
            [
                r#"{"start":"2026-10-01","dim.a":"x","dim.b":"y","metric":"clicks","value":"12"}"#,
                r#"{"start":"2026-10-02","metric":"spend","value":"2.5","currency":"USD"}"#,
            ]
        );
    }

    #[test]
    fn says_which_line_is_wrong() {
        let cases = [
            ("{}", "expected.jsonl, line 1: `metric` or `start` is missing"),
            ("\n{\"metrics\":1}", "expected.jsonl, line 2: unknown key `metrics`"),
            ("{\"value\":\"1e3\"}", "expected.jsonl, line 1: `1e3` is not a decimal"),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text).unwrap_err(), expected);
        }
    }

    #[test]
    fn shows_what_changed_side_by_side() {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(diff(&list(&["a", "b"]), &list(&["a", "b"])), None);
        assert_eq!(diff(&list(&["a", "b1", "c"]), &list(&["a", "b2", "c", "d"])).unwrap(), "  - b1\n  + b2\n  + d");
        assert_eq!(diff(&list(&["a"]), &list(&["0", "a"])).unwrap(), "  + 0");
    }
}
