//! Files as people write them, good and bad.

use std::fs;
use std::path::PathBuf;

use kpi_core::{Absent, Adapter, Channel, ChannelSource, Error, Registry};
use kpi_testkit::{Bench, Run};
use tempfile::TempDir;

use super::{Config, File};

/// Files in a folder of their own, and what reading them gives.
struct Folder(TempDir);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn bench(&self, pattern: &str) -> Bench {
        let path = self.path(pattern);
        Bench::of::<File>(&format!("path = '{}'\nchannel = \"crm\"", path.display())).unwrap()
    }

    fn read(&self, pattern: &str) -> Run {
        self.bench(pattern).collect("rows", "2026-10-01").unwrap()
    }
}

fn csv(text: &str) -> Run {
    Folder::with(&[("a.csv", text)]).read("a.csv")
}

fn jsonl(text: &str) -> Run {
    Folder::with(&[("a.jsonl", text)]).read("a.jsonl")
}

#[track_caller]
fn assert_figures(run: &Run, expected: &[&str]) {
    run.assert_complete();
    assert_eq!(run.figures(), expected);
}

/// Kind, message and hint, without the folder.
fn shown(error: &Error) -> String {
    format!("{}: {} | {}", error.kind(), error.message(), error.hint_text())
}

#[test]
fn takes_every_column() {
    let run = csv(concat!(
        "metric,start,end,value,currency,state,channel,account,definition,basis,as_of,dim.campaign,dim.country\n",
        "clicks,2026-10-01,,12,,,,,,,,,\n",
        "clicks,2026-10-01,,7,,,,,,,,brand,VN\n",
        "spend,2026-10-01,2026-10-31,-48110000.50,VND,,ads,A-1,,cohort,2026-11-02T16:00:00+07:00,,\n",
        "video_views,2026-10-01,2026-10-01,3,,value,crm,,meta.3s,event,,,DE\n",
        "opt_ins_total,2026-10-31,,900,,,email,,,as_of,2026-10-31T16:30:00Z,,\n",
        "leads,2026-10-02,,,,withheld,,,,,,brand,\n",
        "revenue,2026-10-02,,,VND,not_yet,,,,,,,\n",
    ));
    assert_figures(
        &run,
        &[
            r#"{"start":"2026-10-01","metric":"clicks","value":"12"}"#,
            r#"{"start":"2026-10-01","dim.campaign":"brand","dim.country":"VN","metric":"clicks","value":"7"}"#,
            r#"{"start":"2026-10-01","dim.country":"DE","metric":"video_views","definition":"meta.3s","value":"3"}"#,
            r#"{"start":"2026-10-01","end":"2026-10-31","channel":"ads","account":"A-1","metric":"spend","basis":"cohort","value":"-48110000.5","currency":"VND","as_of":"2026-11-02T09:00:00Z"}"#,
            r#"{"start":"2026-10-02","metric":"revenue","state":"not_yet"}"#,
            r#"{"start":"2026-10-02","dim.campaign":"brand","metric":"leads","state":"withheld"}"#,
            r#"{"start":"2026-10-31","channel":"email","metric":"opt_ins_total","basis":"as_of","value":"900","as_of":"2026-10-31T16:30:00Z"}"#,
        ],
    );
}

#[test]
fn tolerates_how_programs_write_csv() {
    let clicks = r#"{"start":"2026-10-01","dim.campaign":"a, \"b\"\nc","metric":"clicks","value":"1"}"#;
    for text in [
        "\u{feff}metric,start,value,dim.campaign\r\nclicks,2026-10-01,1,\"a, \"\"b\"\"\r\nc\"\r\n",
        "\n\nvalue,dim.campaign,\"start\",metric\n\n1,\"a, \"\"b\"\"\nc\",2026-10-01,clicks",
    ] {
        assert_figures(&csv(text), &[clicks]);
    }
    assert_figures(&csv("metric,start,value\n"), &[]);
}

#[test]
fn takes_json_lines_with_the_exact_text_of_numbers() {
    let run = jsonl(concat!(
        "\u{feff}{\"metric\":\"spend\",\"start\":\"2026-10-01\",\"value\":0.1000000000000000000000000001,\"currency\":\"USD\"}\r\n",
        "\n",
        "{\"value\":\"12\",\"dim.score\":9,\"dim.scale\":\"0-10\",\"end\":null,\"start\":\"2026-10-01\",\"metric\":\"survey_answers\"}",
    ));
    assert_figures(
        &run,
        &[
            r#"{"start":"2026-10-01","metric":"spend","value":"0.1000000000000000000000000001","currency":"USD"}"#,
            r#"{"start":"2026-10-01","dim.scale":"0-10","dim.score":"9","metric":"survey_answers","value":"12"}"#,
        ],
    );
}

#[test]
fn keeps_restatements_beside_what_they_restate() {
    let run = csv(concat!(
        "metric,start,value,as_of\n",
        "leads,2026-10-01,5,2026-10-02T00:00:00Z\n",
        "leads,2026-10-01,6,2026-10-09T00:00:00Z\n",
        "leads,2026-10-01,6,2026-10-09T00:00:00Z\n",
    ));
    assert_figures(
        &run,
        &[
            r#"{"start":"2026-10-01","metric":"leads","value":"5","as_of":"2026-10-02T00:00:00Z"}"#,
            r#"{"start":"2026-10-01","metric":"leads","value":"6","as_of":"2026-10-09T00:00:00Z"}"#,
        ],
    );
}

#[test]
fn reads_all_files_of_a_glob() {
    let folder = Folder::with(&[
        ("crm-2.csv", "metric,start,value\nleads,2026-10-02,2\n"),
        ("crm-1.jsonl", "{\"metric\":\"leads\",\"start\":\"2026-10-01\",\"value\":1}\n"),
        ("other.csv", "nonsense"),
    ]);
    let run = folder.read("crm-*");
    assert_figures(
        &run,
        &[
            r#"{"start":"2026-10-01","metric":"leads","value":"1"}"#,
            r#"{"start":"2026-10-02","metric":"leads","value":"2"}"#,
        ],
    );
    let evidence: Vec<_> = run.evidence().iter().map(|read| (read.endpoint.as_str(), read.bytes)).collect();
    assert_eq!(evidence, [("READ crm-1.jsonl", 50), ("READ crm-2.csv", 38)]);
    assert_eq!(run.evidence()[1].sha256, "b391dc1a8740c0e1e7512cdb7cb7f33b639250b305a3ce46bf3138273ca383a5");
}

#[test]
fn rows_of_many_batches_arrive_once() {
    let mut text = "metric,start,value,dim.campaign\n".to_owned();
    for number in 0..25_000 {
        text.push_str(&format!("clicks,2026-10-01,1,c{number}\n"));
    }
    let run = csv(&text);
    run.assert_complete();
    assert_eq!(run.observations().len(), 25_000);
    assert_eq!(run.figures().len(), 25_000);
}

#[test]
fn says_what_is_wrong_with_a_csv_file() {
    let columns = "the columns are metric, start, end, value, currency, state, channel, account, definition, basis, as_of and dim.<name>";
    let cases = [
        ("", "a.csv, line 1: the file is empty | begin with a header such as `metric,start,value`; a file without rows still has one".to_owned()),
        ("metrc,start\n", format!("a.csv, line 1: unknown column `metrc` | did you mean `metric`? {columns}")),
        ("metric;start;value\n", format!("a.csv, line 1: unknown column `metric;start;value` | {}", columns.replace("the columns", "separate columns with commas; they"))),
        ("metric,start,campaign\n", format!("a.csv, line 1: unknown column `campaign` | {columns}")),
        ("metric,start,dim.\n", "a.csv, line 1, column `dim.`: not the name of a dimension | write `dim.` and a name without spaces, such as `dim.campaign`".to_owned()),
        ("metric,start,start\n", "a.csv, line 1: the column `start` appears twice | keep one of the two columns".to_owned()),
        ("metric,value\n", "a.csv, line 1: the column `start` is missing | every file needs at least `metric` and `start`".to_owned()),
        ("metric,start\r\n\r\nclicks\r\n", "a.csv, line 3: 1 cells, but the header has 2 columns | put cells that contain a comma in double quotes".to_owned()),
        ("metric,start\nclicks,\"2026\"-10\n", "a.csv, line 2: cell 2 has text after its closing quote | write a quote inside a quoted cell twice: \"say \"\"hi\"\"\"".to_owned()),
        ("metric,start\nclicks,\"2026\n\n", "a.csv, line 2: a quote is opened and never closed | close the quote, or write it twice where it belongs to the text".to_owned()),
    ];
    for (text, expected) in cases {
        let run = csv(text);
        assert_eq!(shown(run.error().unwrap()), format!("config: {expected}"), "{text}");
        assert!(run.observations().is_empty());
    }
}

#[test]
fn says_what_is_wrong_with_a_cell() {
    // One row per mistake; the good row before it must not be taken either.
    let cases = [
        (",2026-10-01,,1,,,,,,", "metric", "empty | write the id of a metric; `kpi metrics` lists them all"),
        (
            "click,2026-10-01,,1,,,,,,",
            "metric",
            "unknown metric `click` | did you mean `clicks`? `kpi metrics` lists them all",
        ),
        ("clicks,,,1,,,,,,", "start", "empty | write the first day, such as 2026-10-01"),
        ("clicks,01/10/2026,,1,,,,,,", "start", "`01/10/2026` is not a day | write days as 2026-10-01"),
        ("clicks,20261001,,1,,,,,,", "start", "`20261001` is not a day | write days as 2026-10-01"),
        ("clicks,2026-02-29,,1,,,,,,", "start", "`2026-02-29` is not a day | write days as 2026-10-01"),
        (
            "clicks,2026-10-02,2026-10-01,1,,,,,,",
            "end",
            "2026-10-01 lies before the start 2026-10-02 | `end` is the last day, included; leave it empty for a single day",
        ),
        (
            "clicks,2026-10-01,,,,,,,,",
            "value",
            "empty | write 0 if it is zero, or say why in `state`: missing, withheld, …",
        ),
        (
            "clicks,2026-10-01,,1e3,,,,,,",
            "value",
            "`1e3` is not a plain decimal of at most 28 digits | write digits with `.` as the point: no thousands separators, exponents, units or spaces",
        ),
        (
            "clicks,2026-10-01,,+1,,,,,,",
            "value",
            "`+1` is not a plain decimal of at most 28 digits | write digits with `.` as the point: no thousands separators, exponents, units or spaces",
        ),
        (
            "clicks,2026-10-01,,1.,,,,,,",
            "value",
            "`1.` is not a plain decimal of at most 28 digits | write digits with `.` as the point: no thousands separators, exponents, units or spaces",
        ),
        (
            "clicks,2026-10-01,,12345678901234567890123456789.1,,,,,,",
            "value",
            "`12345678901234567890123456789.1` is not a plain decimal of at most 28 digits | write digits with `.` as the point: no thousands separators, exponents, units or spaces",
        ),
        (
            "clicks,2026-10-01,,0,,missing,,,,",
            "value",
            "`0` stands beside the state `missing` | empty the value, or the state",
        ),
        (
            "clicks,2026-10-01,,,,mising,,,,",
            "state",
            "`mising` is not known | did you mean `missing`? it is one of value, missing, withheld, unsupported, withdrawn, not_yet",
        ),
        ("spend,2026-10-01,,1,,,,,,", "currency", "empty, but spend is money | write the ISO 4217 code, such as VND"),
        (
            "spend,2026-10-01,,1,vnd,,,,,",
            "currency",
            "`vnd` is not a currency code | did you mean `VND`? use an ISO 4217 code such as VND, USD or EUR",
        ),
        ("clicks,2026-10-01,,1,VND,,,,,", "currency", "`VND`, but clicks is not money | leave the currency empty"),
        (
            "clicks,2026-10-01,,1,,,seo2,,,",
            "channel",
            "`seo2` is not known | did you mean `seo`? it is one of seo, web, social, email, ads, events, crm, survey",
        ),
        ("clicks,2026-10-01,,1,,,,,total,", "basis", "`total` is not known | it is one of event, cohort, as_of"),
        (
            "clicks,2026-10-01,2026-10-02,1,,,,,as_of,",
            "end",
            "a running total belongs to one day, not to 2026-10-01..2026-10-02 | with basis `as_of`, `start` is the day of reading and `end` is empty or the same",
        ),
        (
            "clicks,2026-10-01,,1,,,,,,2026-10-02",
            "as_of",
            "`2026-10-02` is not a time with an offset | write RFC 3339: 2026-11-02T09:00:00Z or 2026-11-02T16:00:00+07:00",
        ),
    ];
    for (row, column, expected) in cases {
        let header = "metric,start,end,value,currency,state,channel,account,basis,as_of";
        let run = csv(&format!("{header}\nclicks,2026-10-01,,1,,,,,,\n{row}\n"));
        let expected = format!("config: a.csv, line 3, column `{column}`: {expected}");
        assert_eq!(shown(run.error().unwrap()), expected, "{row}");
        assert!(run.observations().is_empty(), "{row}");
    }
}

#[test]
fn says_what_is_wrong_with_a_json_line() {
    let hint = "write one object a line, keys as in the header of a CSV file";
    let cases = [
        ("[1]", format!("not a JSON object: invalid type: sequence, expected an object | {hint}")),
        ("{\"metric\":\"clicks\",}", format!("not a JSON object: trailing comma (character 20) | {hint}")),
        ("{\"metric\":\"clicks\"} {}", format!("not a JSON object: trailing characters (character 21) | {hint}")),
        (
            "{\"metric\":\"clicks\",\"metric\":\"clicks\"}",
            "the key `metric` appears twice | keep one of the two".to_owned(),
        ),
    ];
    for (line, expected) in cases {
        let error = jsonl(&format!("\n{line}\n")).error().map(shown).unwrap();
        assert_eq!(error, format!("config: a.jsonl, line 2: {expected}"));
    }
    let cells = [
        ("\"value\":true", "value", "`true` is neither text nor a number | write a string, a plain number or null"),
        (
            "\"value\":1e3",
            "value",
            "`1e3` is not a plain decimal of at most 28 digits | write digits with `.` as the point: no thousands separators, exponents, units or spaces",
        ),
        ("\"dim.a\":[1]", "dim.a", "`[1]` is neither text nor a number | write a string, a plain number or null"),
    ];
    for (cell, column, expected) in cells {
        let error =
            jsonl(&format!("{{\"metric\":\"clicks\",\"start\":\"2026-10-01\",{cell}}}")).error().map(shown).unwrap();
        assert_eq!(error, format!("config: a.jsonl, line 1, column `{column}`: {expected}"));
    }
}

#[test]
fn refuses_two_values_for_one_key_and_names_both_lines() {
    let hint = "keep one of the two rows, or say in `as_of` when each was read: the later one restates the earlier";
    let run = csv("metric,start,end,value,channel\nleads,2026-10-01,,5,\nleads,2026-10-01,2026-10-01,6,crm\n");
    let expected =
        format!("config: a.csv, line 3, column `value`: another value than line 2 for the same key | {hint}");
    assert_eq!(shown(run.error().unwrap()), expected);

    let row = "metric,start,value\nleads,2026-10-01,";
    let folder = Folder::with(&[("a.csv", &format!("{row}5\n")), ("b.csv", &format!("{row}6\n"))]);
    let expected =
        format!("config: b.csv, line 2, column `value`: another value than a.csv, line 2 for the same key | {hint}");
    assert_eq!(shown(folder.read("*.csv").error().unwrap()), expected);
}

#[test]
fn refuses_text_that_is_not_utf_8() {
    let folder = Folder::with(&[]);
    fs::write(folder.path("a.csv"), b"metric,start,value,dim.campaign\nclicks,2026-10-01,1,caf\xe9\n").unwrap();
    let error = folder.read("a.csv");
    assert_eq!(
        shown(error.error().unwrap()),
        "config: a.csv, line 2: not UTF-8 (byte 24 of the line) | save the file as UTF-8; spreadsheets call it `CSV UTF-8`"
    );
}

#[test]
fn says_which_file_is_not_there() {
    let folder = Folder::with(&[]);
    let hint = "check `path` in the configuration; a relative path is relative to the file that says it";
    for (pattern, expected) in [("a.csv", "there is no file"), ("*.csv", "no file matches")] {
        let run = folder.bench(pattern).check();
        let expected = format!("not_found: {expected} `{}` | {hint}", folder.path(pattern).display());
        assert_eq!(shown(run.error().unwrap()), expected);
        assert_eq!(shown(folder.read(pattern).error().unwrap()), expected);
    }
}

#[test]
fn check_reads_headers_and_names_the_files() {
    let header = "metric,start,value\n";
    let folder =
        Folder::with(&[("a.csv", header), ("b.csv", header), ("c.csv", header), ("d.csv", header), ("e.csv", "x\n")]);
    let name = |pattern: &str| folder.bench(pattern).check().profile().map(|profile| profile.name.clone());
    assert_eq!(name("a.csv").as_deref(), Some("a.csv"));
    assert_eq!(name("[a-d].csv").as_deref(), Some("a.csv, b.csv, c.csv, 1 more"));
    assert_eq!(name("e.csv"), None);
}

#[test]
fn channel_and_absent_are_the_configurations() {
    let source = |absent: &str| {
        let text = format!("path = 'a.csv'\nchannel = 'web'\n{absent}");
        File::new(toml::from_str::<Config>(&text).unwrap()).unwrap()
    };
    let report = &<File as Adapter>::descriptor().reports[0];
    assert_eq!(source("").channel(), Channel::Web);
    assert_eq!(source("").absent(report), Absent::Missing);
    assert_eq!(source("absent = 'zero'").absent(report), Absent::Zero);
}

#[test]
fn the_example_is_a_configuration_and_stands_in_the_manual() {
    let example = include_str!("example.toml");
    assert!(File::new(toml::from_str(example).unwrap()).is_ok());
    assert!(include_str!("README.md").contains(example));
}

#[test]
fn the_schema_says_which_key_is_a_path() {
    let mut registry = Registry::new();
    crate::register(&mut registry).unwrap();
    let schema = (registry.get("file").unwrap().schema)();
    assert_eq!(schema.pointer("/properties/path/format").unwrap(), "path");
    assert_eq!(schema.pointer("/required").unwrap(), &serde_json::json!(["path", "channel"]));
}
