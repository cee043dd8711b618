//! `deps`: who may depend on whom, one version of each dependency, licences; all from `cargo metadata` and the manifests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use cargo_metadata::{DependencyKind, Metadata, Package, PackageId};
use toml::Table;

use crate::shell::{self, say};

/// The crates that speak to vendors.
pub(crate) const ADAPTERS: [&str; 8] =
    ["kpi-seo", "kpi-web", "kpi-social", "kpi-email", "kpi-ads", "kpi-events", "kpi-crm", "kpi-survey"];

/// What the core may not name, directly or through others: runtimes, networks, stores.
const NOT_IN_CORE: [&str; 10] =
    ["tokio", "async-std", "smol", "reqwest", "hyper", "ureq", "rusqlite", "config", "tracing-subscriber", "clap"];

/// What code of the core and of adapters may not touch.
const NOT_IN_PURE_CODE: [&str; 9] = [
    "std::fs",
    "std::net",
    "std::process",
    "std::env::var",
    "SystemTime::now",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "tokio::spawn",
];

/// Licences that users may take with the binary.
const LICENCES: [&str; 14] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Checks all of it and lists everything that is wrong.
pub(crate) fn run() -> Result<ExitCode> {
    let metadata = cargo_metadata::MetadataCommand::new().current_dir(shell::root()).exec()?;
    let mut wrong = directions(&metadata);
    wrong.extend(core_is_pure(&metadata)?);
    wrong.extend(manifests(&metadata)?);
    wrong.extend(versions(&metadata));
    wrong.extend(licences(&metadata)?);
    if !wrong.is_empty() {
        bail!("{}\n`cargo xtask deps` checks again", wrong.join("\n"));
    }
    say(&format!("{} packages depend on each other as they should", metadata.packages.len()));
    Ok(ExitCode::SUCCESS)
}

/// The crates of ours that a package may use, apart from its tests.
fn allowed(name: &str) -> Option<&'static [&'static str]> {
    const NONE: &[&str] = &[];
    match name {
        "kpi-core" | "kpi-sandbox" | "xtask" => Some(NONE),
        "kpi-http" | "kpi-local" | "kpi-store" | "kpi-report" => Some(&["kpi-core"]),
        "kpi-testkit" => Some(&["kpi-core", "kpi-http"]),
        "kpi-runner" => Some(&["kpi-core", "kpi-http", "kpi-report", "kpi-store"]),
        adapter if ADAPTERS.contains(&adapter) => Some(&["kpi-core", "kpi-http"]),
        // Only `kpi` knows which adapters exist, and only the whole may be tested as a whole.
        "kpi" | "kpi-e2e" => None,
        _ => Some(&["kpi-core"]),
    }
}

fn directions(metadata: &Metadata) -> Vec<String> {
    let members = metadata.workspace_packages();
    let ours: BTreeSet<&str> = members.iter().map(|package| package.name.as_str()).collect();
    let mut wrong = Vec::new();
    for package in &members {
        let name = package.name.as_str();
        let Some(allowed) = allowed(name) else { continue };
        for dependency in &package.dependencies {
            let to = dependency.name.as_str();
            if dependency.kind != DependencyKind::Development && ours.contains(to) && !allowed.contains(&to) {
                wrong.push(format!("{name} may not depend on {to}"));
            }
            // Tests may use the kit, and a crate's own features; the sandbox and xtask stay alone even there.
            let in_tests = allowed.contains(&to) || to == name || to == "kpi-testkit";
            let alone = matches!(name, "kpi-sandbox" | "xtask" | "kpi-core");
            if dependency.kind == DependencyKind::Development && ours.contains(to) && (alone || !in_tests) {
                wrong.push(format!("{name} may not depend on {to}, not even in its tests"));
            }
        }
    }
    wrong
}

/// The core names no runtime and touches nothing outside; adapters ask their context.
fn core_is_pure(metadata: &Metadata) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let names: BTreeMap<&PackageId, &str> = metadata.packages.iter().map(|p| (&p.id, p.name.as_str())).collect();
    let core = metadata.workspace_packages().into_iter().find(|package| package.name.as_str() == "kpi-core");
    if let Some(core) = core {
        for id in reachable(metadata, &core.id) {
            let name = names.get(&id).copied().unwrap_or_default();
            if NOT_IN_CORE.contains(&name) {
                wrong.push(format!("kpi-core reaches {name}: it does no I/O and names no runtime"));
            }
        }
    }
    for package in metadata.workspace_packages() {
        let name = package.name.as_str();
        if name != "kpi-core" && !ADAPTERS.contains(&name) {
            continue;
        }
        let folder = package.manifest_path.parent().context("a manifest without a folder")?.join("src");
        for file in rust_files(folder.as_std_path())? {
            let text = shell::read(&file)?;
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for found in NOT_IN_PURE_CODE.iter().filter(|found| code.contains(**found)) {
                wrong.push(format!("{}: `{found}` belongs to the runner; ask the context", shell::relative(&file)));
            }
        }
    }
    Ok(wrong)
}

/// What a package needs to be compiled, whatever for: build scripts left out, tests too.
fn reachable(metadata: &Metadata, from: &PackageId) -> BTreeSet<PackageId> {
    let mut found = BTreeSet::new();
    let mut open = vec![from.clone()];
    let nodes = metadata.resolve.as_ref().map(|resolve| resolve.nodes.as_slice()).unwrap_or_default();
    while let Some(id) = open.pop() {
        let Some(node) = nodes.iter().find(|node| node.id == id) else { continue };
        for dependency in &node.deps {
            let normal = dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal);
            if normal && found.insert(dependency.pkg.clone()) {
                open.push(dependency.pkg.clone());
            }
        }
    }
    found
}

/// Every `.rs` file below a folder, in order.
fn rust_files(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| format!("list {}", shell::relative(&folder)))? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Versions and lints are said once, at the root.
fn manifests(metadata: &Metadata) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for package in metadata.workspace_packages() {
        let table: Table = shell::read(package.manifest_path.as_std_path())?.parse()?;
        let says = |table: Option<&toml::Value>| {
            table.and_then(|table| table.get("workspace")).and_then(toml::Value::as_bool) == Some(true)
        };
        if !says(table.get("lints")) {
            wrong.push(format!("{}: its Cargo.toml needs `[lints] workspace = true`", package.name));
        }
        for key in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (name, dependency) in table.get(key).and_then(toml::Value::as_table).into_iter().flatten() {
                if !says(Some(dependency)) {
                    wrong.push(format!(
                        "{}: `{name}` must be `{name}.workspace = true`, its version stands in the root Cargo.toml",
                        package.name
                    ));
                }
            }
        }
    }
    Ok(wrong)
}

/// A crate that we name ourselves comes in one version only.
fn versions(metadata: &Metadata) -> Vec<String> {
    let direct: BTreeSet<&str> = metadata
        .workspace_packages()
        .iter()
        .flat_map(|package| package.dependencies.iter().map(|dependency| dependency.name.as_str()))
        .collect();
    let nodes = metadata.resolve.as_ref().map(|resolve| resolve.nodes.as_slice()).unwrap_or_default();
    let members: BTreeSet<&PackageId> = metadata.workspace_members.iter().collect();
    let mut taken: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for node in nodes.iter().filter(|node| members.contains(&node.id)) {
        for dependency in &node.deps {
            let Some(package) = package_of(metadata, &dependency.pkg) else { continue };
            if direct.contains(package.name.as_str()) {
                taken.entry(package.name.as_str()).or_default().insert(package.version.to_string());
            }
        }
    }
    let several = taken.into_iter().filter(|(_, versions)| versions.len() > 1);
    several.map(|(name, versions)| format!("{name} is used in several versions: {versions:?}")).collect()
}

fn package_of<'a>(metadata: &'a Metadata, id: &PackageId) -> Option<&'a Package> {
    metadata.packages.iter().find(|package| package.id == *id)
}

fn licences(metadata: &Metadata) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for package in &metadata.packages {
        let Some(licence) = &package.license else {
            wrong.push(format!("{} {} states no licence", package.name, package.version));
            continue;
        };
        if !is_allowed(licence)? {
            wrong.push(format!(
                "{} {} is licensed `{licence}`, which is not on the list",
                package.name, package.version
            ));
        }
    }
    Ok(wrong)
}

/// Whether a licence expression leaves a choice that is on the list. `AND` binds tighter than `OR`; `/` is an old `OR`.
fn is_allowed(expression: &str) -> Result<bool> {
    let expression = expression.replace('/', " OR ");
    if let (Some(open), Some(close)) = (expression.find('('), expression.find(')')) {
        let inner = expression.get(open + 1..close).context("unbalanced licence expression")?;
        // A parenthesis becomes the answer to it.
        let answer = if is_allowed(inner)? { "MIT" } else { "refused" };
        return is_allowed(&format!("{}{answer}{}", &expression[..open], &expression[close + 1..]));
    }
    let every = |part: &str| part.split(" AND ").all(|licence| LICENCES.contains(&licence.trim()));
    Ok(expression.split(" OR ").any(every))
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn the_directions_hold() {
        super::run().unwrap();
    }

    #[test]
    fn licence_expressions_are_read() {
        for (expression, expected) in [
            ("MIT OR Apache-2.0", true),
            ("MIT/Apache-2.0", true),
            ("Apache-2.0 WITH LLVM-exception OR MIT", true),
            ("(MIT OR GPL-3.0) AND Unicode-3.0", true),
            ("MIT AND GPL-3.0", false),
            ("AGPL-3.0-only", false),
            ("(GPL-2.0 OR GPL-3.0) AND MIT", false),
        ] {
            assert_eq!(is_allowed(expression).unwrap(), expected, "{expression}");
        }
    }
}
