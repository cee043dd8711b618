//! The keys of an adapter's configuration, from its JSON Schema.

use serde_json::Value as Json;

use super::Evidence;

/// One key of the configuration.
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) described: bool,
    pub(crate) required: bool,
    pub(crate) secret: bool,
    pub(crate) text: bool,
}

/// The keys at the top of the configuration.
pub(crate) fn keys(evidence: &Evidence) -> Vec<Key> {
    let schema = (evidence.subject.entry.schema)().to_value();
    let required: Vec<&str> =
        schema.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str).collect();
    let Some(properties) = schema.get("properties").and_then(Json::as_object) else { return Vec::new() };
    properties
        .iter()
        .map(|(name, property)| Key {
            name: name.clone(),
            described: property.get("description").and_then(Json::as_str).is_some_and(|text| !text.trim().is_empty()),
            required: required.contains(&name.as_str()),
            secret: is_secret(property, &schema, 0),
            text: is_text(property),
        })
        .collect()
}

/// Whether a property is a reference to a secret, directly or through `$ref` and `anyOf`.
fn is_secret(property: &Json, schema: &Json, depth: u32) -> bool {
    if property.get("x-secret").and_then(Json::as_bool) == Some(true) {
        return true;
    }
    if depth > 8 {
        return false;
    }
    let referred = property.get("$ref").and_then(Json::as_str).and_then(|path| schema.pointer(path.strip_prefix('#')?));
    if referred.is_some_and(|target| is_secret(target, schema, depth + 1)) {
        return true;
    }
    let choices = ["anyOf", "oneOf", "allOf"].iter().filter_map(|key| property.get(*key).and_then(Json::as_array));
    choices.flatten().any(|choice| is_secret(choice, schema, depth + 1))
}

fn is_text(property: &Json) -> bool {
    match property.get("type") {
        Some(Json::String(name)) => name == "string",
        Some(Json::Array(names)) => names.iter().any(|name| name == "string"),
        _ => false,
    }
}
