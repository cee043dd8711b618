//! describe: the adapters and the configuration's schema, for programs.

use kpi_core::{Absent, Descriptor, Error, ErrorKind, Registry, Windows, ZoneRule};
use serde_json::{Map, Value, json};

use super::{Common, Done, print};

pub(super) fn describe(common: &Common, registry: &Registry, schema: bool) -> Done {
    let document = if schema { configuration(registry) } else { adapters(registry) };
    let text = serde_json::to_string_pretty(&document)
        .map_err(|error| Error::new(ErrorKind::Internal, "cannot write the description").caused_by(error))?;
    print(common, &(text + "\n"))
}

fn adapters(registry: &Registry) -> Value {
    let list: Vec<Value> = registry
        .iter()
        .map(|entry| {
            let mut document = descriptor(entry.descriptor);
            document["config_schema"] = (entry.schema)().to_value();
            document
        })
        .collect();
    json!({ "adapters": list })
}

fn descriptor(descriptor: &Descriptor) -> Value {
    let reports: Vec<Value> = descriptor
        .reports
        .iter()
        .map(|report| {
            let metrics: Vec<Value> = report
                .columns
                .iter()
                .map(|column| json!({ "metric": column.metric.as_str(), "definition": column.definition, "basis": column.basis.as_str() }))
                .collect();
            json!({
                "id": report.id,
                "metrics": metrics,
                "breakdown": report.breakdown,
                "windows": windows(report.windows),
                "absent": match report.absent { Absent::Zero => "zero", Absent::Missing => "missing" },
                "history_days": report.history_days,
            })
        })
        .collect();
    json!({
        "id": descriptor.id,
        "name": descriptor.name,
        "channel": descriptor.channel.as_str(),
        "api_version": descriptor.api_version,
        "sunset": descriptor.sunset.map(|day| day.to_string()),
        "docs": descriptor.docs,
        "hosts": descriptor.hosts,
        "stability": descriptor.stability,
        "settling_days": descriptor.settling_days,
        "history_days": descriptor.history_days,
        "zone": match descriptor.zone {
            ZoneRule::Fixed(zone) => zone,
            ZoneRule::Account => "account",
            ZoneRule::Reporting => "reporting",
        },
        "overlaps": descriptor.overlaps,
        "budget": { "concurrency": descriptor.concurrency, "requests_per_minute": descriptor.requests_per_minute },
        "reports": reports,
    })
}

fn windows(windows: Windows) -> Value {
    match windows {
        Windows::Days { max_per_request } => json!({ "kind": "days", "max_per_request": max_per_request }),
        Windows::Exact { max_days } => json!({ "kind": "exact", "max_days": max_days }),
        Windows::Lengths(lengths) => json!({ "kind": "lengths", "days": lengths }),
        Windows::Reading => json!({ "kind": "reading" }),
        Windows::Everything => json!({ "kind": "everything" }),
    }
}

/// The schema of a whole configuration; a source's `config` follows its adapter.
fn configuration(registry: &Registry) -> Value {
    let mut definitions = Map::new();
    let mut choices = Vec::new();
    for entry in registry.iter() {
        let mut schema = (entry.schema)().to_value();
        let inner = schema.get_mut("$defs").map(Value::take).unwrap_or_default();
        if let Value::Object(map) = inner {
            definitions.extend(map);
        }
        if let Value::Object(map) = &mut schema {
            map.remove("$schema");
            map.remove("$defs");
        }
        definitions.insert(format!("config_{}", entry.descriptor.id), schema);
        choices.push(json!({
            "if": { "properties": { "adapter": { "const": entry.descriptor.id } } },
            "then": { "properties": { "config": { "$ref": format!("#/$defs/config_{}", entry.descriptor.id) } } },
        }));
    }
    let ids: Vec<&str> = registry.iter().map(|entry| entry.descriptor.id).collect();
    let text = || json!({ "type": "string" });
    let one_of = |names: &[&str]| json!({ "type": "string", "enum": names });
    definitions.insert(
        "kpi".to_owned(),
        json!({
            "type": "object",
            "additionalProperties": false,
            "properties": {
                "name": { "oneOf": [text(), { "type": "object", "properties": { "en": text(), "vi": text() }, "additionalProperties": false }] },
                "formula": text(), "unit": text(), "direction": one_of(&["up", "down", "band", "neutral"]),
                "level": one_of(&["strategic", "tactical"]), "supports": { "type": "array", "items": text() },
                "stage": one_of(&["awareness", "engagement", "conversion", "loyalty"]), "channel": text(),
                "owner": text(), "cadence": text(), "matched": { "type": "boolean" },
                "segments": { "type": "array", "items": text() }, "definition": text(), "source": text(), "breaks": text(),
                "targets": { "type": "array", "items": { "type": "object" } },
            },
        }),
    );
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "kpi configuration",
        "type": "object",
        "additionalProperties": false,
        "required": ["workspace"],
        "properties": {
            "workspace": {
                "type": "object", "additionalProperties": false, "required": ["name", "timezone", "currency"],
                "properties": {
                    "name": text(), "timezone": text(), "currency": { "type": "string", "pattern": "^[A-Z]{3}$" },
                    "locale": one_of(&["vi", "en"]), "week_start": one_of(&["monday", "sunday", "saturday"]),
                    "fiscal_year_start": { "type": "integer", "minimum": 1, "maximum": 12 }, "store": text(),
                },
            },
            "fx": {
                "type": "object", "additionalProperties": false,
                "properties": {
                    "rates": text(), "rule": one_of(&["day", "period_end", "period_average"]),
                    "max_age_days": { "type": "integer", "minimum": 0 }, "via": { "type": "string", "pattern": "^[A-Z]{3}$" },
                },
            },
            "sources": {
                "type": "object",
                "additionalProperties": {
                    "type": "object", "additionalProperties": false, "required": ["adapter"],
                    "properties": {
                        "adapter": { "type": "string", "enum": ids },
                        "labels": { "type": "object", "additionalProperties": text() },
                        "config": { "type": "object" },
                    },
                    "allOf": choices,
                },
            },
            "overlap": { "type": "object", "additionalProperties": { "oneOf": [text(), { "type": "array", "items": text() }] } },
            "assumptions": {
                "type": "object",
                "additionalProperties": {
                    "type": "object", "additionalProperties": false, "required": ["value"],
                    "properties": { "value": text(), "note": text() },
                },
            },
            "kpi": { "type": "object", "additionalProperties": { "$ref": "#/$defs/kpi" } },
            "changes": {
                "type": "array",
                "items": {
                    "type": "object", "additionalProperties": false, "required": ["date", "kpi", "reason"],
                    "properties": {
                        "date": text(), "kpi": text(), "note": text(),
                        "reason": one_of(&["new_campaign", "strategy", "market", "competitor", "insufficient", "new_method"]),
                    },
                },
            },
            "report": {
                "type": "object", "additionalProperties": false,
                "properties": {
                    "purpose": text(), "questions": { "type": "array", "items": text() }, "kpis": { "type": "array", "items": text() },
                },
            },
        },
        "$defs": definitions,
    })
}
