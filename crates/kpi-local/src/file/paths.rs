//! Which files a path or a glob means.

use std::io;
use std::path::{Path, PathBuf};

use kpi_core::{Error, ErrorKind, Result};

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Csv,
    JsonLines,
}

/// The last part of a path, for messages that must read the same on every machine.
pub(crate) fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// How the file is written, by the end of its name.
pub(crate) fn format_of(path: &Path) -> Result<Format> {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref() {
        Some("csv") => Ok(Format::Csv),
        Some("jsonl") => Ok(Format::JsonLines),
        _ => Err(Error::new(ErrorKind::Config, format!("`{}` is neither .csv nor .jsonl", name(path)))
            .with("key", "path")
            .hint("name files that end in .csv or .jsonl")),
    }
}

/// Checks a path or glob without looking at the disk.
pub(crate) fn check(pattern: &str) -> Result<()> {
    if pattern.is_empty() {
        return Err(Error::new(ErrorKind::Config, "the path is empty")
            .with("key", "path")
            .hint("write a file such as observations.csv, or a glob such as exports/*.csv"));
    }
    glob::Pattern::new(pattern).map_err(|error| {
        Error::new(ErrorKind::Config, format!("`{pattern}` is not a glob: {}", error.msg))
            .with("key", "path")
            .hint("`*` stands for any text, `?` for one character, `[ab]` for one of some")
    })?;
    let end = pattern.rsplit('/').next().unwrap_or(pattern).rsplit('.').next().unwrap_or("");
    if end.contains(['*', '?', '[']) {
        return Ok(());
    }
    format_of(Path::new(pattern)).map(drop)
}

/// The files that a path or glob means now, sorted.
pub(crate) fn matching(pattern: &str) -> Result<Vec<PathBuf>> {
    // A file whose name happens to contain `[` is that file, not a glob.
    if Path::new(pattern).is_file() {
        return Ok(vec![PathBuf::from(pattern)]);
    }
    check(pattern)?;
    let mut found = Vec::new();
    for entry in glob::glob(pattern).into_iter().flatten() {
        let path = entry.map_err(|error| unreadable(error.path(), error.error()))?;
        if path.is_file() {
            format_of(&path)?;
            found.push(path);
        }
    }
    if found.is_empty() {
        return Err(nothing(pattern));
    }
    found.sort();
    Ok(found)
}

/// An error of the disk, by who must act.
pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Error {
    let (kind, hint) = match error.kind() {
        io::ErrorKind::NotFound => (ErrorKind::NotFound, "check `path` in the configuration"),
        io::ErrorKind::PermissionDenied => (ErrorKind::Permission, "give this user the right to read the file"),
        _ => (ErrorKind::Unavailable, "check the disk and run again"),
    };
    Error::new(kind, format!("cannot read `{}`: {error}", name(path))).with("file", path.display()).hint(hint)
}

fn nothing(pattern: &str) -> Error {
    let message = if pattern.contains(['*', '?', '[']) {
        format!("no file matches `{pattern}`")
    } else {
        format!("there is no file `{pattern}`")
    };
    Error::new(ErrorKind::NotFound, message)
        .hint("check `path` in the configuration; a relative path is relative to the file that says it")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{check, matching};

    #[test]
    fn takes_the_files_of_a_glob_in_the_order_of_their_names() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.csv", "a.jsonl", "c.CSV"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        fs::create_dir(folder.path().join("d.csv")).unwrap();
        let found = matching(&format!("{}/*", folder.path().display())).unwrap();
        let names: Vec<_> = found.iter().map(|path| super::name(path)).collect();
        assert_eq!(names, ["a.jsonl", "b.csv", "c.CSV"]);
    }

    #[test]
    fn takes_a_file_whose_name_looks_like_a_glob() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a[1].csv");
        fs::write(&path, "").unwrap();
        assert_eq!(matching(path.to_str().unwrap()).unwrap(), [path]);
    }

    #[test]
    fn says_what_is_wrong_with_a_path() {
        let cases = [
            ("", "config: the path is empty (key=path)"),
            (
                "a/***.csv",
                "config: `a/***.csv` is not a glob: wildcards are either regular `*` or recursive `**` (key=path)",
            ),
            ("a/b.xlsx", "config: `b.xlsx` is neither .csv nor .jsonl (key=path)"),
            ("observations", "config: `observations` is neither .csv nor .jsonl (key=path)"),
        ];
        for (pattern, expected) in cases {
            assert_eq!(format!("{:?}", check(pattern).unwrap_err()), expected);
        }
        assert!(check("a/b.*").is_ok());
    }

    #[test]
    fn names_the_path_that_leads_to_nothing() {
        let cases = [
            ("/nowhere/a.csv", "not_found: there is no file `/nowhere/a.csv`"),
            ("/nowhere/*.csv", "not_found: no file matches `/nowhere/*.csv`"),
        ];
        for (pattern, expected) in cases {
            assert_eq!(format!("{:?}", matching(pattern).unwrap_err()), expected);
        }
    }
}
