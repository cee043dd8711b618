//! Worked examples with exact results, through the command line.
//!
//! `cases/NN…` holds a configuration, its files, `args` with one command a line, and `expected.json`: the exit code if it is
//! not 0, parts of the snapshot that must be there, values that a naive sum would give and that must not, and words of the
//! message.

use std::path::Path;

use serde_json::Value;

use crate::harness::{kpi, kpis, root, said};

#[test]
fn worked_examples_are_exact_to_the_last_digit() {
    let mut names: Vec<_> =
        std::fs::read_dir(root().join("tests/cases")).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    assert!(names.len() >= 39, "{} cases", names.len());
    let failures: Vec<String> = names.iter().flat_map(|case| check(case)).collect();
    assert!(failures.is_empty(), "{} differences:\n{}", failures.len(), failures.join("\n"));
}

fn check(case: &Path) -> Vec<String> {
    let name = case.file_name().unwrap().to_string_lossy().into_owned();
    let folder = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(case).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
    }
    let expected: Value = serde_json::from_str(&std::fs::read_to_string(case.join("expected.json")).unwrap()).unwrap();
    let args = std::fs::read_to_string(case.join("args")).unwrap();
    let mut last = None;
    for line in args.lines() {
        let mut command = kpi();
        command.args(line.split_whitespace()).args(["--config", "kpi.toml", "--format", "json", "--quiet"]);
        let store = folder.path().join("kpi.sqlite");
        last = Some(said(command.env("KPI__WORKSPACE__STORE", store).current_dir(folder.path())));
    }
    let last = last.unwrap();
    let code = expected["code"].as_i64().unwrap_or(0);
    if i64::from(last.code) != code {
        return vec![format!("{name}: exit code {} instead of {code}: {}{}", last.code, last.stdout, last.stderr)];
    }
    let mut wrong = Vec::new();
    for word in expected["stderr"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !last.stderr.contains(word) {
            wrong.push(format!("{name}: `{word}` is not in the message:\n{}", last.stderr));
        }
    }
    if code != 0 {
        return wrong;
    }
    let snapshot: Value = serde_json::from_str(&last.stdout).unwrap();
    let expect = |key: &str| expected[key].as_object().into_iter().flatten();
    for (id, part) in expect("kpis") {
        match kpis(&snapshot).find(|kpi| kpi["id"] == id.as_str()) {
            None => wrong.push(format!("{name}: {id} is not in the snapshot")),
            Some(kpi) => differences(part, kpi, &format!("{name}: {id}"), &mut wrong),
        }
    }
    for (id, values) in expect("wrong") {
        let kpi = kpis(&snapshot).find(|kpi| kpi["id"] == id.as_str());
        if kpi.is_some_and(|kpi| values.as_array().unwrap().contains(&kpi["value"])) {
            wrong.push(format!("{name}: {id} has the value that a naive sum gives"));
        }
    }
    if let Some(period) = expected.get("period") {
        differences(period, &snapshot["period"], &format!("{name}: period"), &mut wrong);
    }
    wrong
}

/// Where a document lacks a part: objects may have more keys, everything else is equal.
fn differences(part: &Value, whole: &Value, path: &str, wrong: &mut Vec<String>) {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => {
            for (key, value) in part {
                differences(value, whole.get(key).unwrap_or(&Value::Null), &format!("{path}.{key}"), wrong);
            }
        }
        (Value::Array(part), Value::Array(whole)) if part.len() == whole.len() => {
            for (index, (part, whole)) in part.iter().zip(whole).enumerate() {
                differences(part, whole, &format!("{path}[{index}]"), wrong);
            }
        }
        _ if part == whole => {}
        _ => wrong.push(format!("{path} is {whole}, expected {part}")),
    }
}
