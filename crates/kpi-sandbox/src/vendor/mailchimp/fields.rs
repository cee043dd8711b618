//! `fields` and `exclude_fields`: which parts of a body the caller wants, as comma lists of dotted paths.

use serde_json::{Map, Value};

/// Keeps only what the paths name; arrays are walked through.
pub(super) fn only(value: &Value, paths: &[&str]) -> Value {
    match value {
        Value::Array(rows) => rows.iter().map(|row| only(row, paths)).collect(),
        Value::Object(object) => {
            let mut kept = Map::new();
            for (key, inner) in object {
                let deeper = below(paths, key);
                if paths.contains(&key.as_str()) {
                    kept.insert(key.clone(), inner.clone());
                } else if !deeper.is_empty() {
                    kept.insert(key.clone(), only(inner, &deeper));
                }
            }
            Value::Object(kept)
        }
        other => other.clone(),
    }
}

/// Drops what the paths name; arrays are walked through.
pub(super) fn without(value: &Value, paths: &[&str]) -> Value {
    match value {
        Value::Array(rows) => rows.iter().map(|row| without(row, paths)).collect(),
        Value::Object(object) => {
            let mut kept = Map::new();
            for (key, inner) in object.iter().filter(|(key, _)| !paths.contains(&key.as_str())) {
                kept.insert(key.clone(), without(inner, &below(paths, key)));
            }
            Value::Object(kept)
        }
        other => other.clone(),
    }
}

/// The rests of the paths that begin with a key.
fn below<'a>(paths: &[&'a str], key: &str) -> Vec<&'a str> {
    paths.iter().filter_map(|path| path.strip_prefix(key)?.strip_prefix('.')).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keeps_and_drops_by_dotted_paths() {
        let body = json!({"reports": [{"id": "a", "opens": {"unique_opens": 3, "opens_total": 5}, "_links": []}], "total_items": 1});
        assert_eq!(
            only(&body, &["reports.id", "reports.opens.unique_opens", "total_items"]),
            json!({"reports": [{"id": "a", "opens": {"unique_opens": 3}}], "total_items": 1})
        );
        assert_eq!(
            without(&body, &["reports._links", "reports.opens.opens_total"]),
            json!({"reports": [{"id": "a", "opens": {"unique_opens": 3}}], "total_items": 1})
        );
    }
}
