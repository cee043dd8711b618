//! The files for sources that have no adapter yet: the CRM, the website, surveys and finance, and the exchange rates.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use crate::Error;
use crate::config::Source;
use crate::ledger::Fact;
use crate::world::rows::{self, Row};
use crate::world::{World, date_in, days, plus};

/// The first day in the second file of the CRM; restatements are there too, whatever their day.
const SECOND_CRM: Date = Date::constant(2026, 1, 1);

/// Writes every file as it would be at an instant.
///
/// # Errors
/// When a file cannot be written.
pub fn write(world: &World, now: Timestamp, folder: &Path) -> Result<(), Error> {
    let io = |path: &Path, e: std::io::Error| Error::new(format!("write {}: {e}", path.display()));
    std::fs::create_dir_all(folder).map_err(|e| io(folder, e))?;
    let (second, first): (Vec<Row>, Vec<Row>) =
        known(world.crm_rows(yesterday(now)), now).into_iter().partition(in_second);
    let web = known(world.web_rows(yesterday(now)), now);
    let survey = known(world.survey_rows(yesterday(now)), now);
    let finance = known(world.finance_rows(yesterday(now)), now);
    for (name, text) in [
        ("rates.csv", rates(world, now)),
        ("crm-1.csv", csv(&first)),
        ("crm-2.csv", csv(&second)),
        ("web.jsonl", json_lines(&web)),
        ("survey.csv", csv(&survey)),
        ("finance.csv", csv(&finance)),
    ] {
        // A reader never sees half a file: the new one takes the old one's place in one step.
        let path = folder.join(name);
        let fresh = folder.join(format!(".{name}.new"));
        std::fs::write(&fresh, text).and_then(|()| std::fs::rename(&fresh, &path)).map_err(|e| io(&path, e))?;
    }
    Ok(())
}

/// The facts of a `file` source: the last reading of each figure, and zeros where the source says that absent means zero.
#[must_use]
pub fn ledger(world: &World, source: &Source, now: Timestamp) -> Vec<Fact> {
    let path = PathBuf::from(source.text("path").unwrap_or_default());
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    let last = yesterday(now);
    let rows = match name.as_str() {
        "crm-*.csv" => world.crm_rows(last),
        "crm-1.csv" => world.crm_rows(last).into_iter().filter(|row| !in_second(row)).collect(),
        "crm-2.csv" => world.crm_rows(last).into_iter().filter(in_second).collect(),
        "web.jsonl" => world.web_rows(last),
        "survey.csv" => world.survey_rows(last),
        "finance.csv" => world.finance_rows(last),
        _ => Vec::new(),
    };
    let mut facts = latest(known(rows, now));
    if source.text("absent") == Some("zero") && name == "survey.csv" {
        // The only file whose days may be empty.
        let held: std::collections::BTreeSet<Date> = facts.iter().map(|fact| fact.start).collect();
        let idle = days(crate::world::FIRST_DAY, last).filter(|day| !held.contains(day));
        facts.extend(idle.map(|day| Fact::day("survey_answers", day, crate::rational::Rational::zero())));
    }
    facts
}

/// Whether a row of the CRM stands in its second file.
fn in_second(row: &Row) -> bool {
    row.fact.end >= SECOND_CRM || row.as_of > rows::end_of(row.fact.end)
}

fn yesterday(now: Timestamp) -> Date {
    plus(date_in(now, rows::ZONE), -1)
}

fn known(rows: Vec<Row>, now: Timestamp) -> Vec<Row> {
    rows.into_iter().filter(|row| row.as_of <= now).collect()
}

/// Drops what was restated and what is said to be missing.
fn latest(rows: Vec<Row>) -> Vec<Fact> {
    let restated: Vec<Row> = rows.iter().filter(|row| row.as_of > rows::end_of(row.fact.end)).cloned().collect();
    let stands = |row: &Row| !restated.iter().any(|later| later.as_of > row.as_of && later.same_key(row));
    rows.into_iter().filter(|row| !row.missing && stands(row)).map(|row| row.fact).collect()
}

fn rates(world: &World, now: Timestamp) -> String {
    let mut text = String::from("date,base,quote,rate\n");
    for (day, base, quote, rate) in world.rates(now) {
        line(&mut text, &format!("{day},{base},{quote},{rate}"));
    }
    text
}

/// Every column that some row needs, in a fixed order.
fn csv(rows: &[Row]) -> String {
    let mut dims: Vec<&'static str> = rows.iter().flat_map(|row| row.fact.dims.keys().copied()).collect();
    dims.sort_unstable();
    dims.dedup();
    let mut text = String::from("metric,start,end,value,currency,account,as_of");
    for dim in &dims {
        text.push_str(",dim.");
        text.push_str(dim);
    }
    text.push('\n');
    for row in rows {
        let fact = &row.fact;
        let currency = fact.currency.as_deref().unwrap_or_default();
        let mut cells = format!(
            "{},{},{},{},{currency},{},{}",
            fact.metric, fact.start, fact.end, fact.value, row.account, row.as_of
        );
        for dim in &dims {
            cells.push(',');
            cells.push_str(fact.dims.get(dim).map_or("", String::as_str));
        }
        line(&mut text, &cells);
    }
    text
}

fn json_lines(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        let fact = &row.fact;
        let mut object = Map::new();
        object.insert("metric".to_owned(), json!(fact.metric));
        object.insert("start".to_owned(), json!(fact.start.to_string()));
        if fact.end != fact.start {
            object.insert("end".to_owned(), json!(fact.end.to_string()));
        }
        if row.missing {
            object.insert("state".to_owned(), json!("missing"));
        } else {
            object.insert("value".to_owned(), json!(fact.value.to_decimal()));
        }
        object.insert("account".to_owned(), json!(row.account));
        object.insert("as_of".to_owned(), json!(row.as_of.to_string()));
        line(&mut text, &Value::Object(object).to_string());
    }
    text
}

fn line(text: &mut String, content: &str) {
    let written = writeln!(text, "{content}");
    debug_assert!(written.is_ok(), "writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{csv, known, latest, yesterday};
    use crate::world::World;

    #[test]
    fn every_figure_stands_once_unless_it_is_restated_later() {
        let now = crate::world::DEFAULT_NOW.parse().unwrap();
        let world = World::default();
        let last = yesterday(now);
        for rows in [world.crm_rows(last), world.web_rows(last), world.survey_rows(last), world.finance_rows(last)] {
            let mut seen = BTreeMap::new();
            for row in known(rows, now) {
                let fact = &row.fact;
                let key = (row.account, fact.metric, fact.start, fact.end, fact.dims.clone());
                let before = seen.insert(key.clone(), row.as_of);
                assert!(before.is_none_or(|before| before < row.as_of), "{key:?}");
            }
        }
    }

    #[test]
    fn a_restatement_counts_from_the_day_it_was_made() {
        let world = World::default();
        let total = |now: &str| {
            let now = now.parse().unwrap();
            let facts = latest(known(world.crm_rows(yesterday(now)), now));
            let day = jiff::civil::date(2025, 12, 11);
            let found = facts.into_iter().find(|f| f.metric == "leads" && f.start == day && f.dims.is_empty());
            found.unwrap().value.to_decimal().parse::<i64>().unwrap()
        };
        // Three leads of that day turned out to be tests on the fifth of January.
        assert_eq!(total("2026-01-05T01:59:00Z") - total("2026-01-05T02:00:00Z"), 3);
    }

    #[test]
    fn columns_hold_the_dimensions_of_the_file() {
        let now = crate::world::DEFAULT_NOW.parse().unwrap();
        let text = csv(&known(World::default().survey_rows(yesterday(now)), now));
        assert!(
            text.starts_with(
                "metric,start,end,value,currency,account,as_of,dim.scale,dim.score\nsurvey_answers,2024-01-"
            )
        );
    }
}
