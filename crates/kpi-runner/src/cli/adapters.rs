//! adapters, metrics, catalogue: what is known, for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use kpi_core::amount::Amount;
use kpi_core::kpi::KpiSet;
use kpi_core::{Currency, Registry, Windows};

use super::{Common, Done, Failure, print, setup};

// Writing to a string cannot fail: the results of `writeln!` are dropped here.

pub(super) fn adapters(common: &Common, registry: &Registry, id: Option<&str>) -> Done {
    let mut text = String::new();
    let Some(id) = id else {
        for entry in registry.iter() {
            let descriptor = entry.descriptor;
            let _ = writeln!(
                text,
                "{:24} {:8} {} ({})",
                descriptor.id, descriptor.channel, descriptor.name, descriptor.api_version
            );
        }
        return print(common, &text);
    };
    let entry = registry.get(id)?;
    let descriptor = entry.descriptor;
    let _ = writeln!(text, "{} ({}), channel {}", descriptor.name, descriptor.id, descriptor.channel);
    let _ = writeln!(text, "API {}, see {}", descriptor.api_version, descriptor.docs);
    let _ = writeln!(text, "figures settle after {} days", descriptor.settling_days);
    let _ = writeln!(text, "\nreports:");
    for report in descriptor.reports {
        let metrics: Vec<&str> = report.columns.iter().map(|column| column.metric.as_str()).collect();
        let by = if report.breakdown.is_empty() {
            "total".to_owned()
        } else {
            format!("by {}", report.breakdown.join(", "))
        };
        let windows = match report.windows {
            Windows::Days { .. } => "single days".to_owned(),
            Windows::Exact { max_days } => format!("the very window, up to {max_days} days"),
            Windows::Lengths(lengths) => format!("windows of {lengths:?} days"),
            Windows::Reading => "a reading of the moment".to_owned(),
            Windows::Everything => "everything".to_owned(),
        };
        let metrics = if metrics.is_empty() { "whatever the file holds".to_owned() } else { metrics.join(", ") };
        let _ = writeln!(text, "  {:12} {by}; {windows}: {metrics}", report.id);
    }
    for overlap in descriptor.overlaps {
        let _ = writeln!(text, "overlap: {overlap}");
    }
    let _ = writeln!(text, "\nconfiguration keys:");
    let schema = (entry.schema)();
    let required: Vec<&str> =
        schema.as_value()["required"].as_array().into_iter().flatten().filter_map(|key| key.as_str()).collect();
    for (key, property) in schema.as_value()["properties"].as_object().into_iter().flatten() {
        let needed = if required.contains(&key.as_str()) { "required" } else { "optional" };
        let what = property["description"].as_str().unwrap_or("").replace('\n', " ");
        let _ = writeln!(text, "  {key:20} {needed}  {what}");
    }
    print(common, &text)
}

pub(super) fn metrics(common: &Common, registry: &Registry, filter: Option<&str>) -> Done {
    let dictionary = registry.dictionary()?;
    let mut text = String::new();
    for metric in dictionary.iter() {
        let line = format!(
            "{:26} {:9} {:20} {} | {}",
            metric.id.as_str(),
            metric.law.as_str(),
            metric.formula_unit().to_string(),
            metric.name_en,
            metric.name_vi
        );
        if holds(&line, filter) {
            let _ = writeln!(text, "{line}");
        }
    }
    print(common, &text)
}

pub(super) fn catalogue(common: &Common, registry: &Registry, filter: Option<&str>) -> Done {
    let clock = setup::clock(common);
    let own;
    let built;
    let set = if common.config.is_empty() {
        built = catalogue_alone(registry)?;
        &built
    } else {
        own = setup::configuration(common, registry, &clock)?;
        &own.kpis
    };
    let mut text = String::new();
    if let Some(kpi) = filter.and_then(|id| set.get(id).ok()) {
        let _ = writeln!(text, "{} | {}", kpi.name.en, kpi.name.vi);
        let _ = writeln!(text, "id:         {}", kpi.id);
        let _ = writeln!(text, "formula:    {}", kpi.formula);
        let _ = writeln!(text, "unit:       {}", kpi.unit);
        let _ = writeln!(text, "direction:  {}", kpi.direction.as_str());
        let mut line = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                let _ = writeln!(text, "{:11} {value}", format!("{name}:"));
            }
        };
        line("level", kpi.part.level.as_deref());
        line("stage", kpi.part.stage.as_deref());
        line("channel", kpi.part.channel.as_deref());
        line("cadence", kpi.part.cadence.as_deref());
        line("definition", kpi.part.definition.as_deref());
        line("source", kpi.part.source.as_deref());
        line("breaks", kpi.part.breaks.as_deref());
        line("matched", kpi.is_matched().then_some("only sources that supply every part"));
        return print(common, &text);
    }
    for kpi in set.iter() {
        let line = format!("{:28} {:22} {} | {}", kpi.id, kpi.unit, kpi.name.en, kpi.name.vi);
        if holds(&line, filter) {
            let _ = writeln!(text, "{line}");
        }
    }
    print(common, &text)
}

fn holds(line: &str, filter: Option<&str>) -> bool {
    filter.is_none_or(|filter| line.to_lowercase().contains(&filter.to_lowercase()))
}

/// The catalogue without a configuration, with stand-ins for the constants that its formulas name.
fn catalogue_alone(registry: &Registry) -> std::result::Result<KpiSet, Failure> {
    let dictionary = registry.dictionary()?;
    let currency = Currency::parse("VND")?;
    let stand_ins = [("gross_margin", "1 %"), ("customer_lifetime_years", "1"), ("average_opportunity_value", "1 VND")];
    let assumptions: BTreeMap<String, Amount> =
        stand_ins.into_iter().filter_map(|(id, text)| Some((id.to_owned(), Amount::parse(text).ok()?))).collect();
    KpiSet::build(&dictionary, assumptions, &BTreeMap::new(), currency)
        .map_err(|problems| Failure::Usage(format!("the catalogue is damaged: {problems:?}")))
}
