//! Reads targets.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kpi_core::amount::{Amount, AmountUnit};
use kpi_core::goal::{Demand, Target, When};
use kpi_core::{Grain, Period, PeriodError, PeriodRules};
use serde::Deserialize;

use super::problem::Problem;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTarget {
    period: Option<String>,
    every: Option<String>,
    from: Option<String>,
    until: Option<String>,
    due: Option<String>,
    value: Option<RawValue>,
    change: Option<String>,
    mode: Option<String>,
    baseline: Option<String>,
    #[serde(default)]
    segment: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum RawValue {
    One(String),
    Band { min: String, max: String },
}

pub(super) fn target(raw: RawTarget, path: &str, rules: PeriodRules) -> Result<Target, Problem> {
    let fail = |message: &str, hint: &str| Problem::new(path, message).hint(hint);
    let period = |text: &str| {
        Period::parse(text, rules).map_err(|error| Problem::new(path, error.to_string()).hint(PeriodError::HINT))
    };
    let amount = |text: &str| Amount::parse(text).map_err(|message| Problem::new(path, message));
    let due = raw.due.as_deref().map(|text| day(text, path)).transpose()?;
    let when = match (&raw.period, &raw.every, due) {
        (Some(text), None, _) => When::Period(period(text)?),
        (None, Some(every), _) => every_from(every, raw.from.as_deref(), raw.until.as_deref(), path, rules)?,
        (None, None, Some(day)) => When::Due(day),
        (Some(_), Some(_), _) => return Err(fail("both `period` and `every`", "keep one of them")),
        (None, None, None) => return Err(fail("no time", "add `period`, `every` with `from`, or `due`")),
    };
    let demand = match (raw.value, raw.change) {
        (Some(RawValue::One(text)), None) => Demand::Value(amount(&text)?),
        (Some(RawValue::Band { min, max }), None) => {
            let (low, high) = (amount(&min)?, amount(&max)?);
            if low.value > high.value {
                return Err(fail("the band's min is above its max", "swap them"));
            }
            Demand::Band(low, high)
        }
        (None, Some(change)) => {
            let change = amount(&change)?;
            let Some(baseline) = raw.baseline else {
                return Err(fail("a change without a baseline", "add baseline = \"2026\", the period it starts from"));
            };
            let baseline = period(&baseline)?;
            match (raw.mode.as_deref(), change.unit) {
                (Some("relative"), AmountUnit::Percent) => Demand::Relative(change.value, baseline),
                (Some("points"), AmountUnit::Percent) => Demand::Points(change.value, baseline),
                (Some("relative" | "points"), _) => {
                    return Err(fail("a change is a percentage", "write change = \"5 %\""));
                }
                (Some(other), _) => {
                    return Err(fail(&format!("unknown mode `{other}`"), "write relative or points"));
                }
                (None, _) => {
                    return Err(fail(
                        "the mode of the change is not said: 5 % more of 2 % is 2.1 % (relative) or 7 % (points)",
                        "add mode = \"relative\" or mode = \"points\"",
                    ));
                }
            }
        }
        _ => return Err(fail("needs either `value` or `change`", "write value = \"250000 VND\" or change = \"5 %\"")),
    };
    Ok(Target { when, demand, segment: raw.segment, due })
}

fn every_from(
    every: &str,
    from: Option<&str>,
    until: Option<&str>,
    path: &str,
    rules: PeriodRules,
) -> Result<When, Problem> {
    let grains = [
        ("day", Grain::Day),
        ("week", Grain::Week),
        ("month", Grain::Month),
        ("quarter", Grain::Quarter),
        ("year", Grain::Year),
        ("fiscal_quarter", Grain::FiscalQuarter),
        ("fiscal_year", Grain::FiscalYear),
    ];
    let Some((_, grain)) = grains.into_iter().find(|(name, _)| *name == every) else {
        let names: Vec<&str> = grains.iter().map(|(name, _)| *name).collect();
        return Err(
            Problem::new(path, format!("`every` is `{every}`")).hint(format!("write one of {}", names.join(", ")))
        );
    };
    let edge = |text: &str| -> Result<kpi_core::Window, Problem> {
        Period::parse(text, rules)
            .map(|period| period.window())
            .map_err(|error| Problem::new(path, error.to_string()).hint(PeriodError::HINT))
    };
    let from = match from {
        Some(text) => edge(text)?.first(),
        None => Date::MIN,
    };
    let until = until.map(|text| edge(text).map(kpi_core::Window::last)).transpose()?;
    Ok(When::Every { grain, from, until })
}

fn day(text: &str, path: &str) -> Result<Date, Problem> {
    text.parse().map_err(|_| Problem::new(path, format!("`{text}` is not a day")).hint("write due = \"2026-12-31\""))
}
