//! The snapshot inside the page, so that the page is also the data.

use kpi_core::snapshot::Snapshot;
use serde_json::Value;

/// What is left out, in this order, until the page is small enough: where it stands, level by level. `null` leaves
/// out the keys that hold nothing.
const OMITTED: &[(&str, &[&str])] = &[
    ("segments", &["kpis", "segments"]),
    ("converted", &["kpis", "inputs", "converted"]),
    ("slices", &["completeness", "sources", "slices"]),
    ("null", &[]),
    ("trend.points", &["kpis", "trend", "points"]),
    ("inputs", &["kpis", "inputs"]),
    ("claimed", &["kpis", "claimed"]),
    ("unattributed", &["kpis", "unattributed"]),
    ("notes", &["kpis", "notes"]),
    ("lists", &["lists"]),
    ("pace", &["kpis", "pace"]),
    ("year_ago", &["kpis", "year_ago"]),
    ("sources", &["completeness", "sources"]),
    ("previous", &["kpis", "previous"]),
];

/// The snapshot as a script element that no browser runs, once for each thing more that is left out. Segments are
/// never in it; what was left out stands in `data-omitted`.
pub(crate) fn scripts(snapshot: &Snapshot) -> Result<Vec<String>, serde_json::Error> {
    let mut document = serde_json::to_value(snapshot)?;
    let mut names: Vec<&str> = Vec::new();
    let mut elements = Vec::new();
    for (name, path) in OMITTED {
        remove(&mut document, path);
        names.push(name);
        let json = serde_json::to_string(&document)?.replace('<', "\\u003c");
        let omitted = names.join(" ");
        let open = format!("<script type=\"application/json\" id=\"snapshot\" data-omitted=\"{omitted}\">");
        elements.push(format!("{open}{json}</script>"));
    }
    Ok(elements)
}

/// Removes what stands at the end of a path, in every item of the lists on the way; with no path, every null.
fn remove(value: &mut Value, path: &[&str]) {
    match (value, path) {
        (Value::Array(items), _) => items.iter_mut().for_each(|item| remove(item, path)),
        (Value::Object(fields), []) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(|field| remove(field, path));
        }
        (Value::Object(fields), [last]) => {
            fields.shift_remove(*last);
        }
        (Value::Object(fields), [first, rest @ ..]) => {
            if let Some(field) = fields.get_mut(*first) {
                remove(field, rest);
            }
        }
        _ => {}
    }
}
