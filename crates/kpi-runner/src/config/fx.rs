//! The exchange rates' file: contract.md's table, or the ECB's history.

use std::path::Path;

use jiff::civil::Date;
use kpi_core::fx::FxTable;
use kpi_core::{Currency, Rational};

use super::problem::{Place, Problem};

/// Reads the rates into the table.
pub(super) fn read(path: &Path, table: &mut FxTable) -> Result<(), Problem> {
    let fail = |line: u64, message: String, hint: &str| {
        let mut problem = Problem::new("fx.rates", message).hint(hint);
        let line = usize::try_from(line).unwrap_or(0);
        problem.place = Some(Box::new(Place { file: path.to_owned(), line, column: 1, excerpt: None }));
        problem
    };
    table.origin = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_path(path).map_err(|error| {
            fail(0, format!("cannot be read: {error}"), "give the path of a file with the header date,base,quote,rate")
        })?;
    let header = reader.headers().map_err(|error| fail(1, error.to_string(), "write date,base,quote,rate"))?.clone();
    let names: Vec<String> = header.iter().map(|name| name.trim_start_matches('\u{feff}').to_lowercase()).collect();
    let ecb = names.first().is_some_and(|name| name == "date") && !names.iter().any(|name| name == "base");
    if !ecb && names != ["date", "base", "quote", "rate"] {
        return Err(fail(
            1,
            format!("unknown header `{}`", names.join(",")),
            "write date,base,quote,rate, or give the ECB's eurofxref-hist.csv",
        ));
    }
    let euro = Currency::parse("EUR").map_err(|error| fail(0, error.to_string(), ""))?;
    if ecb && table.via.is_none() {
        table.via = Some(euro);
    }
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            fail(line, error.to_string(), "correct the row")
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |index: usize| record.get(index).unwrap_or("");
        let date: Date = cell(0)
            .parse()
            .map_err(|_| fail(line, format!("column date: `{}` is not a date", cell(0)), "write 2026-10-30"))?;
        let currency = |column: &str, text: &str| {
            Currency::parse(text).map_err(|error| fail(line, format!("column {column}: {error}"), "use ISO 4217 codes"))
        };
        let rate = |column: &str, text: &str| {
            Rational::parse_plain(text).filter(Rational::is_positive).ok_or_else(|| {
                fail(
                    line,
                    format!("column {column}: `{text}` is not a rate above zero"),
                    "write a plain decimal such as 25300 or 1.0845",
                )
            })
        };
        if ecb {
            for (index, name) in names.iter().enumerate().skip(1) {
                let text = cell(index);
                if name.is_empty() || text.is_empty() || text == "N/A" {
                    continue;
                }
                table.add(date, euro, currency(name, &name.to_uppercase())?, rate(name, text)?);
            }
        } else {
            if record.len() != 4 {
                return Err(fail(
                    line,
                    format!("the row has {} cells, expected 4", record.len()),
                    "write date,base,quote,rate",
                ));
            }
            let (base, quote) = (currency("base", cell(1))?, currency("quote", cell(2))?);
            if base == quote {
                return Err(fail(line, format!("column quote: a rate from {base} to itself"), "name two currencies"));
            }
            table.add(date, base, quote, rate("rate", cell(3))?);
        }
    }
    if table.is_empty() {
        return Err(fail(0, "holds no rate".to_owned(), "write one row a day and pair of currencies"));
    }
    Ok(())
}
