//! Reads the `[kpi.*]` tables.

use std::collections::BTreeMap;

use kpi_core::PeriodRules;
use kpi_core::kpi::{Direction, KpiPart};
use kpi_core::snapshot::LocalText;
use serde::Deserialize;

use super::goals::{RawTarget, target};
use super::problem::Problem;

const STAGES: [&str; 4] = ["awareness", "engagement", "conversion", "loyalty"];
const LEVELS: [&str; 2] = ["strategic", "tactical"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawKpi {
    name: Option<RawName>,
    formula: Option<String>,
    unit: Option<String>,
    direction: Option<Direction>,
    level: Option<String>,
    #[serde(default)]
    supports: Vec<String>,
    stage: Option<String>,
    channel: Option<String>,
    owner: Option<String>,
    cadence: Option<String>,
    matched: Option<bool>,
    segments: Option<Vec<String>>,
    #[serde(default)]
    targets: Vec<RawTarget>,
    definition: Option<String>,
    source: Option<String>,
    breaks: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum RawName {
    Both { en: Option<String>, vi: Option<String> },
    One(String),
}

pub(super) fn part(id: &str, raw: RawKpi, rules: PeriodRules, problems: &mut Vec<Problem>) -> KpiPart {
    let path = |key: &str| format!("kpi.{id}.{key}");
    let mut one_of = |key: &str, value: &Option<String>, known: &[&str]| {
        if let Some(value) = value
            && !known.contains(&value.as_str())
        {
            problems.push(
                Problem::new(path(key), format!("`{value}` is not known"))
                    .hint(format!("write one of {}", known.join(", "))),
            );
        }
    };
    one_of("level", &raw.level, &LEVELS);
    one_of("stage", &raw.stage, &STAGES);
    let mut targets = Vec::new();
    for (index, raw) in raw.targets.into_iter().enumerate() {
        match target(raw, &path(&format!("targets.{index}")), rules) {
            Ok(target) => targets.push(target),
            Err(problem) => problems.push(problem),
        }
    }
    let name = raw.name.map(|name| match name {
        RawName::One(name) => LocalText { en: name.clone(), vi: name },
        RawName::Both { en, vi } => {
            let en = en.or_else(|| vi.clone()).unwrap_or_else(|| id.to_owned());
            LocalText { vi: vi.unwrap_or_else(|| en.clone()), en }
        }
    });
    KpiPart {
        name,
        formula: raw.formula,
        unit: raw.unit,
        direction: raw.direction,
        level: raw.level,
        supports: raw.supports,
        stage: raw.stage,
        channel: raw.channel,
        owner: raw.owner,
        cadence: raw.cadence,
        matched: raw.matched,
        segments: raw.segments,
        definition: raw.definition,
        source: raw.source,
        breaks: raw.breaks,
        targets,
    }
}

/// A change-log entry as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawChange {
    pub(super) date: String,
    pub(super) kpi: String,
    pub(super) reason: String,
    #[serde(default)]
    pub(super) note: String,
}

/// The six reasons for changing a KPI.
pub(super) const REASONS: [&str; 6] =
    ["new_campaign", "strategy", "market", "competitor", "insufficient", "new_method"];

/// The named constants as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAssumption {
    pub(super) value: String,
    pub(super) note: Option<String>,
}

/// Tables by id.
pub(super) type Tables<T> = BTreeMap<String, T>;
