//! Loads a configuration: layers, then every section by itself, so that all mistakes are told at once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kpi_core::aggregate::Overlap;
use kpi_core::amount::Amount;
use kpi_core::fx::{FxRule, FxTable};
use kpi_core::kpi::KpiSet;
use kpi_core::snapshot::{AssumptionDoc, ChangeDoc};
use kpi_core::{Currency, Dictionary, PeriodRules, Registry, SecretRef, nearest};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::documents::Documents;
use super::kpis::{REASONS, RawAssumption, RawChange, RawKpi, Tables, part};
use super::problem::{Problem, Problems};
use super::{Config, Source, fx};

const SECTIONS: [&str; 8] = ["workspace", "fx", "sources", "overlap", "assumptions", "kpi", "changes", "report"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWorkspace {
    name: String,
    timezone: String,
    currency: String,
    locale: Option<String>,
    week_start: Option<String>,
    fiscal_year_start: Option<i8>,
    store: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFx {
    rates: Option<PathBuf>,
    rule: Option<String>,
    max_age_days: Option<u32>,
    via: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawReport {
    purpose: Option<String>,
    #[serde(default)]
    questions: Vec<String>,
    kpis: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSource {
    adapter: String,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    config: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// Loads and checks a configuration.
///
/// # Errors
/// Every problem found, each with its place.
pub(crate) fn load(paths: &[PathBuf], registry: &Registry, now: Timestamp) -> Result<Config, Problems> {
    let documents = Documents::read(paths).map_err(Problems)?;
    let merged = merge(&documents).map_err(|problem| Problems(vec![problem]))?;
    let mut loader = Loader { documents: &documents, problems: Vec::new() };
    match loader.config(merged, registry, now) {
        Some(config) if loader.problems.is_empty() => Ok(config),
        _ => {
            loader.problems.sort();
            loader.problems.dedup();
            Err(Problems(loader.problems))
        }
    }
}

/// Puts the layers together: files in order, then the environment.
fn merge(documents: &Documents) -> Result<Map<String, Value>, Problem> {
    let fail = |error: config::ConfigError| Problem::new("", error.to_string());
    let mut builder = config::Config::builder();
    for document in &documents.0 {
        builder = builder.add_source(config::File::from_str(&document.text, config::FileFormat::Toml));
    }
    let environment = config::Environment::with_prefix("KPI").prefix_separator("__").separator("__").try_parsing(true);
    let merged = builder.add_source(environment).build().map_err(fail)?;
    let value: Value = merged.try_deserialize().map_err(fail)?;
    match value {
        Value::Object(map) => Ok(map),
        _ => Ok(Map::new()),
    }
}

struct Loader<'a> {
    documents: &'a Documents,
    problems: Vec<Problem>,
}

impl Loader<'_> {
    fn config(&mut self, mut merged: Map<String, Value>, registry: &Registry, now: Timestamp) -> Option<Config> {
        for key in merged.keys().filter(|key| !SECTIONS.contains(&key.as_str())).cloned().collect::<Vec<_>>() {
            let known = nearest(&key, SECTIONS.into_iter());
            self.unknown_key(&[key], known, &SECTIONS);
        }
        let mut take = |key: &str| merged.remove(key).unwrap_or(Value::Object(Map::new()));
        let (workspace, fx, sources) = (take("workspace"), take("fx"), take("sources"));
        let (overlap, assumptions, kpis) = (take("overlap"), take("assumptions"), take("kpi"));
        let changes = merged.remove("changes").unwrap_or(Value::Array(Vec::new()));
        let report = merged.remove("report").unwrap_or(Value::Object(Map::new()));

        let workspace: Option<RawWorkspace> = self.read(&["workspace"], workspace);
        let dictionary = match registry.dictionary() {
            Ok(dictionary) => Arc::new(dictionary),
            Err(error) => {
                self.problems.push(Problem::new("", error.to_string()));
                return None;
            }
        };
        let zone = workspace.as_ref().and_then(|workspace| self.zone(&workspace.timezone));
        let currency =
            workspace.as_ref().and_then(|workspace| self.currency(&["workspace", "currency"], &workspace.currency));
        let fiscal_year_start = workspace.as_ref().and_then(|workspace| workspace.fiscal_year_start).unwrap_or(1);
        if !(1..=12).contains(&fiscal_year_start) {
            self.at(
                &["workspace", "fiscal_year_start"],
                format!("{fiscal_year_start} is not a month"),
                "write a number from 1 to 12",
            );
        }
        if let Some(workspace) = &workspace {
            self.one_of(&["workspace", "locale"], workspace.locale.as_deref(), &["vi", "en"]);
            self.one_of(
                &["workspace", "week_start"],
                workspace.week_start.as_deref(),
                &["monday", "sunday", "saturday"],
            );
        }
        let fx = self.fx(fx);
        let sources = self.sources(sources, registry);
        let overlap = self.overlap(overlap, &dictionary, &sources);
        self.claimants(&dictionary, &sources, &overlap);
        let (amounts, assumptions) = self.assumptions(assumptions);
        // Where the zone or the currency is wrong, that is told already; the KPIs are checked all the same.
        let today = now.to_zoned(zone.clone().unwrap_or(TimeZone::UTC)).date();
        let rules = PeriodRules { fiscal_year_start: fiscal_year_start.clamp(1, 12), today };
        let set = self.kpis(kpis, &dictionary, amounts, currency.or(Currency::parse("VND").ok())?, rules);
        let changes = self.changes(changes, set.as_ref());
        let report: RawReport = self.read(&["report"], report).unwrap_or_default();
        if let (Some(set), Some(ids)) = (&set, &report.kpis) {
            for (index, id) in ids.iter().enumerate() {
                if let Err(error) = set.get(id) {
                    let path = ["report".to_owned(), "kpis".to_owned(), index.to_string()];
                    let mut problem = Problem::new("report.kpis", error.message);
                    problem.hint = error.hint;
                    problem.place = self.documents.place(&path);
                    self.problems.push(problem);
                }
            }
        }
        let workspace = workspace?;
        let store = workspace.store.unwrap_or_else(|| PathBuf::from("data/kpi.sqlite"));
        Some(Config {
            name: workspace.name,
            timezone: workspace.timezone,
            zone: zone?,
            currency: currency?,
            locale: workspace.locale.unwrap_or_else(|| "vi".to_owned()),
            fiscal_year_start,
            store: self.absolute(&["workspace", "store"], &store),
            fx,
            sources,
            overlap,
            kpis: set?,
            shown: report.kpis,
            assumptions,
            changes,
            purpose: report.purpose,
            questions: report.questions,
            dictionary,
        })
    }

    /// Reads a section; of several mistakes in it every one is told.
    fn read<T: DeserializeOwned>(&mut self, path: &[&str], mut value: Value) -> Option<T> {
        let mut removed: Vec<String> = Vec::new();
        for _ in 0..64 {
            // What remains when the mistakes are taken out is read on, so that the mistakes behind it are told too.
            let error = match serde_path_to_error::deserialize::<_, T>(value.clone()) {
                Ok(section) => return Some(section),
                Err(error) => error,
            };
            let inner = keys_of(&error.path().to_string());
            let message = error.into_inner().to_string();
            let full: Vec<String> = path.iter().map(|key| (*key).to_owned()).chain(inner.iter().cloned()).collect();
            if let Some((key, known)) = unknown_field(&message) {
                let mut parent = full.clone();
                if parent.last() != Some(&key) {
                    parent.push(key.clone());
                }
                let near = nearest(&key, known.iter().map(String::as_str)).map(str::to_owned);
                let list: Vec<&str> = known.iter().map(String::as_str).collect();
                self.unknown_key(&parent, near.as_deref(), &list);
                let mut at = inner.clone();
                if at.last() != Some(&key) {
                    at.push(key);
                }
                if !remove(&mut value, &at) {
                    return None;
                }
                continue;
            }
            let missing = missing_field(&message);
            if missing.as_ref().is_some_and(|field| removed.contains(field)) {
                return None;
            }
            let missing = missing.is_some();
            removed.extend(inner.last().cloned());
            let mut problem = Problem::new(full.join("."), tidy(&message));
            problem.place = self.documents.place(&full);
            if missing {
                problem.hint = Some("add the key".to_owned());
            }
            self.problems.push(problem);
            if missing || inner.is_empty() || !remove(&mut value, &inner) {
                return None;
            }
        }
        None
    }

    fn unknown_key(&mut self, path: &[String], near: Option<&str>, known: &[&str]) {
        let key = path.last().map_or("", String::as_str);
        let hint = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known keys: {}", known.join(", ")),
        };
        let mut problem = Problem::new(path.join("."), format!("unknown key `{key}`")).hint(hint);
        problem.place = self.documents.place(path);
        self.problems.push(problem);
    }

    fn at(&mut self, path: &[&str], message: String, hint: &str) {
        let path: Vec<String> = path.iter().map(|key| (*key).to_owned()).collect();
        let mut problem = Problem::new(path.join("."), message).hint(hint);
        problem.place = self.documents.place(&path);
        self.problems.push(problem);
    }

    fn one_of(&mut self, path: &[&str], value: Option<&str>, known: &[&str]) {
        if let Some(value) = value.filter(|value| !known.contains(value)) {
            self.at(path, format!("`{value}` is not known"), &format!("write one of {}", known.join(", ")));
        }
    }

    fn zone(&mut self, name: &str) -> Option<TimeZone> {
        match TimeZone::get(name) {
            Ok(zone) => Some(zone),
            Err(_) => {
                self.at(
                    &["workspace", "timezone"],
                    format!("`{name}` is not a time zone"),
                    "write an IANA name such as Asia/Ho_Chi_Minh",
                );
                None
            }
        }
    }

    fn currency(&mut self, path: &[&str], code: &str) -> Option<Currency> {
        match Currency::parse(code) {
            Ok(currency) => Some(currency),
            Err(error) => {
                self.at(path, error.message().to_owned(), error.hint_text());
                None
            }
        }
    }

    fn fx(&mut self, value: Value) -> FxTable {
        let raw: RawFx = self.read(&["fx"], value).unwrap_or_default();
        let mut table = FxTable::default();
        table.max_age_days = raw.max_age_days.unwrap_or(0);
        if let Some(rule) = &raw.rule {
            match FxRule::parse(rule) {
                Some(rule) => table.rule = rule,
                None => self.at(
                    &["fx", "rule"],
                    format!("`{rule}` is not known"),
                    "write day, period_end or period_average",
                ),
            }
        }
        if let Some(code) = &raw.via {
            table.via = self.currency(&["fx", "via"], code);
        }
        if let Some(path) = raw.rates {
            let path = self.absolute(&["fx", "rates"], &path);
            if let Err(mut problem) = fx::read(&path, &mut table) {
                if problem.place.as_ref().is_none_or(|place| place.line == 0) {
                    problem.message = format!("{}: {}", path.display(), problem.message);
                    problem.place = self.documents.place(&["fx".to_owned(), "rates".to_owned()]);
                }
                self.problems.push(problem);
            }
        }
        table
    }

    fn sources(&mut self, value: Value, registry: &Registry) -> Vec<Source> {
        let Value::Object(map) = value else { return Vec::new() };
        let mut sources = Vec::new();
        for (id, value) in map {
            let fits =
                id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte));
            if !fits {
                self.at(&["sources", &id], format!("`{id}` is not a source id"), "use a-z, 0-9, _ and -");
            }
            let Some(raw) = self.read::<RawSource>(&["sources", &id], value) else { continue };
            let entry = match registry.get(&raw.adapter) {
                Ok(entry) => entry,
                Err(error) => {
                    self.at(&["sources", &id, "adapter"], error.message().to_owned(), error.hint_text());
                    continue;
                }
            };
            let schema = (entry.schema)();
            let mut settings = Value::Object(raw.config);
            let base = ["sources".to_owned(), id.clone(), "config".to_owned()];
            self.settle_secrets(&base, &mut settings);
            self.settle_paths(&base, &mut settings, schema.as_value());
            if let Some(opened) = self.open(&base, settings.clone(), entry.open, schema.as_value()) {
                let secrets = secrets_in(&settings);
                sources.push(Source { id, adapter: raw.adapter, labels: raw.labels, opened, secrets });
            }
        }
        sources.sort_by(|one, two| one.id.cmp(&two.id));
        sources
    }

    /// Opens an adapter; of several mistakes in its configuration every one is told.
    fn open(
        &mut self,
        base: &[String],
        mut settings: Value,
        open: fn(Value) -> kpi_core::Result<Arc<dyn kpi_core::ChannelSource>>,
        schema: &Value,
    ) -> Option<Arc<dyn kpi_core::ChannelSource>> {
        let mut removed: Vec<String> = Vec::new();
        for _ in 0..32 {
            let error = match open(settings.clone()) {
                Ok(opened) => return Some(opened),
                Err(error) => error,
            };
            let key = error.context().iter().find(|(key, _)| *key == "key").map(|(_, path)| path.clone());
            let inner = key.as_deref().map(keys_of).unwrap_or_default();
            let mut path: Vec<String> = base.iter().cloned().chain(inner.iter().cloned()).collect();
            if let Some((unknown, _)) = unknown_field(error.message()) {
                if path.last() != Some(&unknown) {
                    path.push(unknown.clone());
                }
                let known: Vec<&str> =
                    schema["properties"].as_object().into_iter().flat_map(Map::keys).map(String::as_str).collect();
                let near = nearest(&unknown, known.iter().copied());
                self.unknown_key(&path, near, &known);
                let mut at = inner;
                if at.last() != Some(&unknown) {
                    at.push(unknown);
                }
                if remove(&mut settings, &at) {
                    continue;
                }
                return None;
            }
            let missing = missing_field(error.message());
            let again = |field: &String| removed.contains(field);
            if missing.as_ref().is_some_and(again)
                || removed.iter().any(|key| error.message().contains(&format!("`{key}`")))
            {
                return None;
            }
            let missing = missing.is_some();
            removed.extend(inner.last().cloned());
            let mut problem = Problem::new(path.join("."), tidy(error.message()));
            problem.place = self.documents.place(&path);
            problem.hint = Some(if missing {
                "add the key; `kpi adapters ADAPTER` explains each".to_owned()
            } else {
                error.hint_text().to_owned()
            });
            self.problems.push(problem);
            if missing || inner.is_empty() || !remove(&mut settings, &inner) {
                return None;
            }
        }
        None
    }

    /// Of `env` and `file` in one secret, which layers can bring together, the one that was said last stands.
    fn settle_secrets(&self, path: &[String], value: &mut Value) {
        let Value::Object(map) = value else { return };
        if map.len() == 2 && map.contains_key("env") && map.contains_key("file") {
            if let Some(last) = self.documents.says_last(path, &["env", "file"]) {
                map.retain(|key, _| key == last);
            }
            return;
        }
        for (key, inner) in map.iter_mut() {
            let inner_path: Vec<String> = path.iter().cloned().chain([key.clone()]).collect();
            self.settle_secrets(&inner_path, inner);
        }
    }

    /// Makes paths absolute, relative to the file that says them.
    fn settle_paths(&self, path: &[String], value: &mut Value, schema: &Value) {
        let Value::Object(map) = value else { return };
        if map.len() == 1
            && let Some(Value::String(file)) = map.get_mut("file")
        {
            let own: Vec<String> = path.iter().cloned().chain(["file".to_owned()]).collect();
            *file = self.absolute_at(&own, Path::new(file)).to_string_lossy().into_owned();
            return;
        }
        for (key, inner) in map.iter_mut() {
            let own: Vec<String> = path.iter().cloned().chain([key.clone()]).collect();
            let is_path = schema["properties"][key]["format"] == "path";
            match inner {
                Value::String(text) if is_path => {
                    *text = self.absolute_at(&own, Path::new(text)).to_string_lossy().into_owned();
                }
                _ => self.settle_paths(&own, inner, &Value::Null),
            }
        }
    }

    fn absolute(&self, path: &[&str], file: &Path) -> PathBuf {
        let path: Vec<String> = path.iter().map(|key| (*key).to_owned()).collect();
        self.absolute_at(&path, file)
    }

    fn absolute_at(&self, path: &[String], file: &Path) -> PathBuf {
        let first = || self.documents.0.first().and_then(|document| document.path.parent()).map(Path::to_owned);
        let folder = self.documents.folder_of(path).or_else(first).unwrap_or_default();
        let joined = folder.join(file);
        std::path::absolute(&joined).unwrap_or(joined)
    }

    fn overlap(&mut self, value: Value, dictionary: &Dictionary, sources: &[Source]) -> Overlap {
        let raw: Tables<OneOrMany> = self.read(&["overlap"], value).unwrap_or_default();
        let mut overlap = Overlap::new();
        for (metric, entries) in raw {
            let entries = match entries {
                OneOrMany::One(entry) => vec![entry],
                OneOrMany::Many(entries) => entries,
            };
            let found = match dictionary.require(&metric) {
                Ok(found) => found,
                Err(error) => {
                    self.at(&["overlap", &metric], error.message().to_owned(), error.hint_text());
                    continue;
                }
            };
            for entry in &entries {
                let known = match entry.strip_prefix("channel:") {
                    Some(channel) => kpi_core::Channel::parse(channel).is_some(),
                    None => sources.iter().any(|source| source.id == *entry),
                };
                if !known {
                    self.at(
                        &["overlap", &metric],
                        format!("`{entry}` is neither a source nor a channel"),
                        "write the id of a source, or channel:crm",
                    );
                }
            }
            overlap.insert(found.id, entries);
        }
        overlap
    }

    /// Where several adapters declare a metric that each claims for itself, the configuration must say who is right.
    fn claimants(&mut self, dictionary: &Dictionary, sources: &[Source], overlap: &Overlap) {
        for metric in dictionary.iter().filter(|metric| metric.claimed && !overlap.contains_key(&metric.id)) {
            let claims = |source: &&Source| crate::figures::declared(source).contains(&metric.id);
            let adapters: BTreeSet<&str> =
                sources.iter().filter(claims).map(|source| source.adapter.as_str()).collect();
            if adapters.len() > 1 {
                let names: Vec<&str> = adapters.into_iter().collect();
                let mut problem = Problem::new(
                    format!("overlap.{}", metric.id),
                    format!("{} is claimed by {}, and nothing says who is right", metric.id, names.join(" and ")),
                )
                .hint(format!("add {} = \"channel:crm\" (or a source's id, or a list) under [overlap]", metric.id));
                problem.place = self.documents.place(&["overlap".to_owned()]).filter(|place| place.line > 1);
                self.problems.push(problem);
            }
        }
    }

    fn assumptions(&mut self, value: Value) -> (BTreeMap<String, Amount>, Vec<AssumptionDoc>) {
        let raw: Tables<RawAssumption> = self.read(&["assumptions"], value).unwrap_or_default();
        let mut amounts = BTreeMap::new();
        let mut documents = Vec::new();
        for (id, raw) in raw {
            match Amount::parse(&raw.value) {
                Ok(amount) => {
                    amounts.insert(id.clone(), amount);
                }
                Err(message) => self.at(&["assumptions", &id, "value"], message, "write a figure with its unit"),
            }
            documents.push(AssumptionDoc { id, value: raw.value, note: raw.note });
        }
        (amounts, documents)
    }

    fn kpis(
        &mut self,
        value: Value,
        dictionary: &Dictionary,
        amounts: BTreeMap<String, Amount>,
        currency: Currency,
        rules: PeriodRules,
    ) -> Option<KpiSet> {
        let Value::Object(map) = value else { return None };
        let mut own = BTreeMap::new();
        for (id, value) in map {
            let Some(raw) = self.read::<RawKpi>(&["kpi", &id], value) else { continue };
            let mut problems = Vec::new();
            let part = part(&id, raw, rules, &mut problems);
            for mut problem in problems {
                let path: Vec<String> = ["kpi".to_owned(), id.clone()]
                    .into_iter()
                    .chain(problem.path.trim_start_matches(&format!("kpi.{id}.")).split('.').map(str::to_owned))
                    .collect();
                problem.place = self.documents.place(&path);
                self.problems.push(problem);
            }
            own.insert(id, part);
        }
        match KpiSet::build(dictionary, amounts, &own, currency) {
            Ok(set) => Some(set),
            Err(problems) => {
                for found in problems {
                    let path = ["kpi".to_owned(), found.kpi.clone(), found.key.clone()];
                    let mut problem = Problem::new(format!("kpi.{}.{}", found.kpi, found.key), found.error.message);
                    problem.hint = found.error.hint.filter(|hint| !hint.is_empty());
                    let span = found.error.span;
                    problem.place = match found.key.as_str() {
                        "formula" => self.documents.place_within(&path, span.start, span.end),
                        _ => None,
                    };
                    let keys: Vec<String> = path[..2].iter().cloned().chain(keys_of(&found.key)).collect();
                    problem.place = problem.place.or_else(|| self.documents.place(&keys));
                    self.problems.push(problem);
                }
                None
            }
        }
    }

    fn changes(&mut self, value: Value, set: Option<&KpiSet>) -> Vec<ChangeDoc> {
        let raw: Vec<RawChange> = self.read(&["changes"], value).unwrap_or_default();
        let mut changes = Vec::new();
        for (index, raw) in raw.into_iter().enumerate() {
            let place = index.to_string();
            if raw.date.parse::<jiff::civil::Date>().is_err() {
                self.at(&["changes", &place, "date"], format!("`{}` is not a day", raw.date), "write 2026-10-01");
            }
            self.one_of(&["changes", &place, "reason"], Some(&raw.reason), &REASONS);
            if let Some(error) = set.and_then(|set| set.get(&raw.kpi).err()) {
                self.at(&["changes", &place, "kpi"], error.message, error.hint.as_deref().unwrap_or_default());
            }
            changes.push(ChangeDoc { date: raw.date, kpi: raw.kpi, reason: raw.reason, note: raw.note });
        }
        changes.sort_by(|one, two| (&one.date, &one.kpi).cmp(&(&two.date, &two.kpi)));
        changes
    }
}

/// The secrets of a source's own configuration, by key.
fn secrets_in(settings: &Value) -> BTreeMap<String, SecretRef> {
    let Value::Object(map) = settings else { return BTreeMap::new() };
    map.iter()
        .filter_map(|(key, value)| {
            let reference: SecretRef = serde_json::from_value(value.clone()).ok()?;
            Some((key.clone(), reference))
        })
        .collect()
}

/// `targets[0].value` as keys.
fn keys_of(path: &str) -> Vec<String> {
    if path == "." || path.is_empty() {
        return Vec::new();
    }
    path.split(['.', '['])
        .map(|part| part.trim_end_matches(']').to_owned())
        .filter(|part| !part.is_empty() && part != "?")
        .collect()
}

/// Reads serde's sentence about an unknown field: the field, and the known ones.
fn unknown_field(message: &str) -> Option<(String, Vec<String>)> {
    let rest = message.strip_prefix("unknown field `")?;
    let (field, rest) = rest.split_once('`')?;
    let known = rest.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    Some((field.to_owned(), known))
}

/// Reads serde's sentence about a missing field.
fn missing_field(message: &str) -> Option<String> {
    let rest = message.strip_prefix("missing field `")?;
    rest.split_once('`').map(|(field, _)| field.to_owned())
}

/// Serde's messages without the position in a text that nobody has.
fn tidy(message: &str) -> String {
    message.split(" at line ").next().unwrap_or(message).to_owned()
}

/// Removes a key from a value, so that reading can go on behind a mistake.
fn remove(value: &mut Value, path: &[String]) -> bool {
    let Some((last, parents)) = path.split_last() else { return false };
    let mut current = value;
    for key in parents {
        let next = match current {
            Value::Object(map) => map.get_mut(key),
            Value::Array(list) => key.parse::<usize>().ok().and_then(|index| list.get_mut(index)),
            _ => None,
        };
        let Some(next) = next else { return false };
        current = next;
    }
    match current {
        Value::Object(map) => map.remove(last).is_some(),
        Value::Array(list) => match last.parse::<usize>() {
            Ok(index) if index < list.len() => {
                list.remove(index);
                true
            }
            _ => false,
        },
        _ => false,
    }
}
