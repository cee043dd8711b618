//! The known truth: what a correct program says about a period, computed from the world by code of its own.

use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::Error;
use crate::config::Config;
use crate::world::{World, date_in};

mod book;
mod eval;
mod kpis;
mod money;
pub mod period;

#[cfg(test)]
mod tests;

/// Computes every KPI and every metric of a period for the sources of a configuration: `{"id": "decimal" | null}`.
///
/// # Errors
/// When a configuration cannot be read or the period is none.
pub fn truth(config_files: &[PathBuf], period: &str, now: Timestamp) -> Result<Value, Error> {
    let config = Config::read(config_files)?;
    truth_of(&World::default(), &config, period, now)
}

/// The same for a configuration that was read already.
///
/// # Errors
/// When the period is none.
pub fn truth_of(world: &World, config: &Config, period: &str, now: Timestamp) -> Result<Value, Error> {
    let zone = config.text(&["workspace", "timezone"]).unwrap_or("UTC");
    let fiscal = config.get(&["workspace", "fiscal_year_start"]).and_then(toml::Value::as_integer).unwrap_or(1);
    let fiscal = i8::try_from(fiscal).ok().filter(|month| (1..=12).contains(month)).unwrap_or(1);
    let period = period::parse(period, date_in(now, zone), fiscal)?;
    let eval = eval::Eval {
        accounts: book::accounts(world, config, now, period),
        exchange: money::Exchange::new(world, config, now, period),
        config: config.clone(),
        period,
    };
    let shown = |figure: eval::Figure| figure.map_or(Value::Null, |reading| Value::String(reading.value.to_decimal()));
    let mut found = Map::new();
    for metric in kpis::METRICS {
        found.insert(metric.to_owned(), shown(eval.bare(metric)));
    }
    for (id, formula) in kpis::FORMULAS {
        found.insert((*id).to_owned(), shown(formula(&eval)));
    }
    for id in kpis::NEVER {
        found.insert(id.to_owned(), Value::Null);
    }
    found.sort_keys();
    Ok(Value::Object(found))
}
