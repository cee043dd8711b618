//! The commands of the README work as they stand there.

use std::process::Command;

use crate::harness::{binary, root};

/// These run all tests, this one included.
const LEFT_OUT: [&str; 2] = ["cargo xtask test", "cargo xtask ci"];

#[test]
fn the_commands_of_the_readme_run() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let commands = commands(&readme);
    assert!(commands.iter().any(|command| command == "cargo xtask demo"), "{commands:?}");
    assert!(LEFT_OUT.iter().all(|left_out| commands.iter().any(|command| command == left_out)), "{commands:?}");
    // Shells find `kpi` as a person who installed it would.
    let mut path = vec![binary().parent().unwrap().to_owned()];
    path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let path = std::env::join_paths(path).unwrap();
    for command in commands.iter().filter(|command| !LEFT_OUT.contains(&command.as_str())) {
        let mut shell = Command::new("sh");
        shell.args(["-ec", command]).current_dir(root()).env("PATH", &path).env_remove("KPI_BIN");
        let output = shell.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "`{command}` ended with {}\n{said}", output.status);
    }
}

/// The lines of blocks that are marked as shell commands, comments left out.
fn commands(readme: &str) -> Vec<String> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in readme.lines() {
        if line.starts_with("```") {
            inside = line == "```sh";
        } else if inside {
            let command = line.split(" #").next().unwrap_or_default().trim();
            if !command.is_empty() && !command.starts_with('#') {
                found.push(command.to_owned());
            }
        }
    }
    found
}
