//! Wrong input: every message names the file, the line or the key, the cause and the cure, word for word as agreed.
//!
//! `golden/NAME` holds a configuration and what else the case needs, `args` with the command, and `stderr.txt` with the exit
//! code in its first line. `KPI_BLESS=1` writes `stderr.txt` anew; the difference is reviewed like code.

use std::path::Path;

use crate::harness::{kpi, root, said};

#[test]
fn messages_say_where_what_and_how_to_repair_it() {
    let golden = root().join("tests/golden");
    let mut names: Vec<_> = std::fs::read_dir(&golden).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    assert!(names.len() >= 12, "{names:?}");
    let failures: Vec<String> = names.iter().filter_map(|case| check(case).err()).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

fn check(case: &Path) -> Result<(), String> {
    let name = case.file_name().unwrap().to_string_lossy().into_owned();
    let folder = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(case).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
    }
    let args = std::fs::read_to_string(case.join("args")).unwrap();
    let mut command = kpi();
    let said = said(command.args(args.split_whitespace()).current_dir(folder.path()));
    // Where the case was copied to differs from run to run.
    let here = folder.path().display().to_string();
    let actual = format!("exit code {}\n{}", said.code, said.stderr.replace(&here, "FOLDER"));
    let path = case.join("stderr.txt");
    if std::env::var_os("KPI_BLESS").is_some() {
        std::fs::write(&path, &actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    if actual == expected {
        return Ok(());
    }
    Err(format!("--- {name}: expected\n{expected}--- actual\n{actual}"))
}
