//! Recorded bodies: where `KPI_SAMPLES` names their folder, every key in them must be in the emulator's body too.

use std::path::PathBuf;

use serde_json::Value;

/// Asserts that a body has all keys of a recorded one; passes where the recorded bodies are not at hand.
pub(crate) fn assert_has_keys_of(sample: &str, body: &Value) {
    let Some(folder) = std::env::var_os("KPI_SAMPLES") else { return };
    let text = std::fs::read_to_string(PathBuf::from(folder).join(sample)).unwrap();
    let mut missing = Vec::new();
    collect(&serde_json::from_str(&text).unwrap(), body, sample, &mut missing);
    assert!(missing.is_empty(), "the emulator does not write {missing:?}");
}

fn collect(sample: &Value, body: &Value, path: &str, missing: &mut Vec<String>) {
    match (sample, body) {
        (Value::Object(sample), Value::Object(body)) => {
            for (key, value) in sample {
                match body.get(key) {
                    Some(own) => collect(value, own, &format!("{path}.{key}"), missing),
                    None => missing.push(format!("{path}.{key}")),
                }
            }
        }
        (Value::Array(sample), Value::Array(body)) => {
            if let (Some(sample), Some(own)) = (sample.first(), body.first()) {
                collect(sample, own, &format!("{path}[]"), missing);
            }
        }
        _ => {}
    }
}
