//! `docs`: the parts of the documents that follow from descriptors, dictionary and catalogue.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::process::ExitCode;

use anyhow::{Context, Result};
use serde_json::Value;
use toml::Table;

use crate::Mode;
use crate::generated::{Wanted, settle};
use crate::shell::{self, Profile};

const DATA: &str = "crates/kpi-core/data";

/// Writes or checks every generated document.
pub(crate) fn run(mode: Mode) -> Result<ExitCode> {
    let binary = shell::build(Profile::Dev)?;
    let text = shell::output(shell::program(binary).args(["describe", "--json"]))?;
    let described: Value = serde_json::from_str(&text).context("`kpi describe --json` printed no JSON")?;
    let adapters = described["adapters"].as_array().context("`kpi describe --json` has no adapters")?;
    let dictionary = entries("dictionary.toml", "metric")?;
    let catalogue = entries("catalogue.toml", "kpi")?;

    let mut files = vec![
        Wanted::whole("crates/kpi-core/src/metric/ids.rs", constants(&dictionary)),
        Wanted::whole("docs/metrics.md", metrics(&dictionary, adapters)),
        Wanted::whole("docs/kpis.md", kpis(&catalogue, &dictionary)),
        Wanted::part("README.md", "adapters", &adapter_table(adapters)?)?,
    ];
    for adapter in adapters {
        let id = text_of(adapter, "id");
        files.push(Wanted::part(&readme(id)?, "facts", &facts(adapter))?);
    }
    settle(files, mode, "cargo xtask docs")?;
    Ok(ExitCode::SUCCESS)
}

fn entries(file: &str, key: &str) -> Result<Vec<Table>> {
    let path = shell::root().join(DATA).join(file);
    let table: Table = shell::read(&path)?.parse().with_context(|| format!("read {file}"))?;
    let list = table.get(key).and_then(toml::Value::as_array).with_context(|| format!("{file} has no `{key}`"))?;
    Ok(list.iter().filter_map(|entry| entry.as_table().cloned()).collect())
}

/// The README beside an adapter's code.
fn readme(id: &str) -> Result<String> {
    let crates = shell::root().join("crates");
    for entry in std::fs::read_dir(&crates).context("list crates")? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let path = format!("crates/{name}/src/{id}/README.md");
        if shell::root().join(&path).exists() {
            return Ok(path);
        }
    }
    anyhow::bail!("no crate has the folder src/{id} with a README.md")
}

fn text_of<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn word<'a>(entry: &'a Table, key: &str) -> &'a str {
    entry.get(key).and_then(toml::Value::as_str).unwrap_or_default()
}

/// Text that stays in its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn row(to: &mut String, cells: &[&str]) {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    line(to, &format!("| {} |", cells.join(" | ")));
}

fn line(to: &mut String, text: &str) {
    let written = writeln!(to, "{text}");
    debug_assert!(written.is_ok(), "writing to a string cannot fail");
}

fn constants(dictionary: &[Table]) -> String {
    let metrics: BTreeMap<&str, bool> =
        dictionary.iter().map(|entry| (word(entry, "id"), word(entry, "unit") == "money")).collect();
    let mut text =
        "//! Ids of the built-in metrics, generated from `data/dictionary.toml`.\n\nuse super::MetricId;\n\n"
            .to_owned();
    for (id, money) in &metrics {
        let kind = if *money { "money" } else { "plain" };
        line(
            &mut text,
            &format!("/// `{id}`\npub const {}: MetricId = MetricId::{kind}(\"{id}\");", id.to_uppercase()),
        );
    }
    line(&mut text, "\n/// Every built-in metric.\n#[cfg(test)]\npub(super) const ALL: &[MetricId] = &[");
    for id in metrics.keys() {
        line(&mut text, &format!("    {},", id.to_uppercase()));
    }
    line(&mut text, "];");
    text
}

const HEAD: &str = "<!-- This page is generated: change the source and run `cargo xtask docs`. -->";

fn metrics(dictionary: &[Table], adapters: &[Value]) -> String {
    let mut suppliers: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for adapter in adapters {
        for report in adapter["reports"].as_array().into_iter().flatten() {
            for metric in metrics_of(report) {
                let list = suppliers.entry(metric).or_default();
                if !list.contains(&text_of(adapter, "id")) {
                    list.push(text_of(adapter, "id"));
                }
            }
        }
    }
    let mut text = format!(
        "{HEAD}\n# Metrics\n\n\
         A metric is a figure that can be added up by its law; a rate is never a metric but a [KPI](kpis.md). The law says how\n\
         figures of one metric combine: a **flow** adds over days and accounts; a **stock** takes the last reading over time and\n\
         adds over accounts; a **distinct** count is only ever what the vendor counted for exactly that window; a **rank** is\n\
         never added. The `file` adapter can supply every metric; the column *from* lists the others that do.\n\n"
    );
    row(&mut text, &["id", "name", "tên", "unit", "law", "what it counts", "from"]);
    line(&mut text, "|---|---|---|---|---|---|---|");
    for entry in dictionary {
        let id = word(entry, "id");
        let from = suppliers.get(id).map(|list| list.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", "));
        let law = word(entry, "law");
        let law = if entry.get("claimed").and_then(toml::Value::as_bool) == Some(true) {
            format!("{law}, claimed")
        } else {
            law.to_owned()
        };
        let cells = [
            &format!("`{id}`"),
            word(entry, "en"),
            word(entry, "vi"),
            word(entry, "unit"),
            &law,
            word(entry, "definition"),
            from.as_deref().unwrap_or_default(),
        ];
        row(&mut text, &cells);
    }
    line(
        &mut text,
        "\n*Claimed* metrics are those that several platforms count for the same event; `[overlap]` in the configuration says\n\
         who is right.",
    );
    text
}

/// The metrics of a report, whether its columns are objects or names.
fn metrics_of(report: &Value) -> Vec<String> {
    let columns = report.get("columns").or_else(|| report.get("metrics"));
    let name = |column: &Value| column["metric"].as_str().or_else(|| column.as_str()).map(str::to_owned);
    columns.and_then(Value::as_array).into_iter().flatten().filter_map(name).collect()
}

fn kpis(catalogue: &[Table], dictionary: &[Table]) -> String {
    let mut text = format!(
        "{HEAD}\n# KPIs\n\n\
         The built-in catalogue. A formula works on figures that were added up first, so a rate is never the mean of rates. With\n\
         *matched*, only sources count that supply every part. Every [metric](metrics.md) can be shown under its own id too;\n\
         entries without a formula here say how. `[kpi.ID]` in a configuration changes an entry or adds one.\n"
    );
    for (stage, title) in
        [("awareness", "Awareness"), ("engagement", "Engagement"), ("conversion", "Conversion"), ("loyalty", "Loyalty")]
    {
        line(&mut text, &format!("\n## {title}\n"));
        row(&mut text, &["id", "name", "tên", "formula", "unit", "better", "level", "what breaks it"]);
        line(&mut text, "|---|---|---|---|---|---|---|---|");
        for entry in catalogue.iter().filter(|entry| word(entry, "stage") == stage) {
            let id = word(entry, "id");
            let metric = dictionary.iter().find(|metric| word(metric, "id") == id);
            let name = |language: &str| {
                let own = entry.get("name").and_then(|name| name.get(language)).and_then(toml::Value::as_str);
                own.or_else(|| metric.map(|metric| word(metric, language))).unwrap_or_default()
            };
            let matched = entry.get("matched").and_then(toml::Value::as_bool) == Some(true);
            let formula = match word(entry, "formula") {
                "" => String::new(),
                formula if matched => format!("`{formula}`, matched"),
                formula => format!("`{formula}`"),
            };
            let unit = match word(entry, "unit") {
                "" => metric.map(|metric| word(metric, "unit")).unwrap_or_default(),
                unit => unit,
            };
            let cells = [
                &format!("`{id}`"),
                name("en"),
                name("vi"),
                &formula,
                unit,
                word(entry, "direction"),
                word(entry, "level"),
                word(entry, "breaks"),
            ];
            row(&mut text, &cells);
        }
    }
    text
}

fn adapter_table(adapters: &[Value]) -> Result<String> {
    let mut text = String::new();
    row(&mut text, &["adapter", "channel", "reads", "API", "figures settle after", "guide"]);
    line(&mut text, "|---|---|---|---|---|---|");
    for adapter in adapters {
        let id = text_of(adapter, "id");
        let settling = days(&adapter["settling_days"], "at once");
        let cells = [
            &format!("`{id}`"),
            &channel(adapter),
            text_of(adapter, "name"),
            text_of(adapter, "api_version"),
            &settling,
            &format!("[set it up]({})", readme(id)?),
        ];
        row(&mut text, &cells);
    }
    Ok(text)
}

/// The file adapter's channel is what the configuration says.
fn channel(adapter: &Value) -> String {
    if text_of(adapter, "id") == "file" { "any".to_owned() } else { text_of(adapter, "channel").to_owned() }
}

fn days(value: &Value, none: &str) -> String {
    match value.as_u64() {
        None | Some(0) => none.to_owned(),
        Some(1) => "1 day".to_owned(),
        Some(days) => format!("{days} days"),
    }
}

fn facts(adapter: &Value) -> String {
    let mut text = String::new();
    row(&mut text, &["id", text_of(adapter, "id")]);
    line(&mut text, "|---|---|");
    row(&mut text, &["channel", &channel(adapter)]);
    let version = text_of(adapter, "api_version");
    if !version.is_empty() {
        let sunset = adapter["sunset"].as_str().map(|day| format!(", ends on {day}")).unwrap_or_default();
        row(&mut text, &["API", &format!("[{version}]({}){sunset}", text_of(adapter, "docs"))]);
    }
    row(&mut text, &["figures settle after", &days(&adapter["settling_days"], "at once")]);
    row(&mut text, &["history", &days(&adapter["history_days"], "everything")]);
    if let Some(zone) = adapter["zone"].as_str() {
        let zone = match zone {
            "account" => "the account's own zone",
            "reporting" => "the reporting zone",
            fixed => fixed,
        };
        row(&mut text, &["days are cut in", zone]);
    }
    let hosts = adapter["hosts"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let hosts: Vec<String> = hosts.map(|host| format!("`{host}`")).collect();
    if !hosts.is_empty() {
        row(&mut text, &["hosts", &hosts.join(", ")]);
        let a_minute = adapter["budget"]["requests_per_minute"]
            .as_u64()
            .map(|most| format!(", {most} a minute"))
            .unwrap_or_default();
        row(&mut text, &["requests at once", &format!("{}{a_minute}", adapter["budget"]["concurrency"])]);
    }
    row(&mut text, &["proven", text_of(adapter, "stability")]);
    for overlap in adapter["overlaps"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        row(&mut text, &["overlaps", overlap]);
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_documents_are_fresh() {
        super::run(crate::Mode::Check).unwrap();
    }

    #[test]
    fn every_stage_of_the_catalogue_has_its_table() {
        for entry in super::entries("catalogue.toml", "kpi").unwrap() {
            let stage = super::word(&entry, "stage");
            assert!(["awareness", "engagement", "conversion", "loyalty"].contains(&stage), "{entry}");
        }
    }
}
