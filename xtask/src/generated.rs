//! Files, and parts of files, that commands write: kept together so that checking and writing cannot differ.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::Mode;
use crate::shell::{self, relative, say};

const END: &str = "<!-- end of generated -->";

/// What a file should hold.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) path: PathBuf,
    pub(crate) content: String,
}

impl Wanted {
    /// A file that is generated as a whole.
    pub(crate) fn whole(path: &str, content: String) -> Self {
        Self { path: shell::root().join(path), content }
    }

    /// A file of which the part between the markers of this name is generated. Where there are none yet, the part is put
    /// before the first heading of the second level.
    pub(crate) fn part(path: &str, name: &str, content: &str) -> Result<Self> {
        let full = shell::root().join(path);
        let current = shell::read(&full)?;
        let content = splice(&current, name, content).with_context(|| format!("in {path}"))?;
        Ok(Self { path: full, content })
    }
}

fn splice(current: &str, name: &str, content: &str) -> Result<String> {
    let begin = format!("<!-- generated {name}: change the source and run `cargo xtask docs` -->");
    let block = format!("{begin}\n{}\n{END}", content.trim_end());
    let Some((before, rest)) = current.split_once(&begin) else {
        return Ok(match current.find("\n## ") {
            Some(place) => format!("{}{block}\n{}", &current[..=place], &current[place..]),
            None => format!("{}\n\n{block}\n", current.trim_end()),
        });
    };
    let (_, after) = rest.split_once(END).with_context(|| format!("`{END}` is missing after `{begin}`"))?;
    Ok(format!("{before}{block}{after}"))
}

/// Writes what is stale, or says what is.
pub(crate) fn settle(files: Vec<Wanted>, mode: Mode, command: &str) -> Result<()> {
    let mut stale = Vec::new();
    for Wanted { path, content } in files {
        if std::fs::read_to_string(&path).is_ok_and(|current| current == content) {
            continue;
        }
        stale.push(relative(&path));
        if mode == Mode::Write {
            std::fs::write(&path, content).with_context(|| format!("write {}", relative(&path)))?;
        }
    }
    match (mode, stale.is_empty()) {
        (_, true) => say("everything generated is up to date"),
        (Mode::Write, false) => say(&format!("wrote {}", stale.join(", "))),
        (Mode::Check, false) => {
            bail!("these generated files are stale: {}\nrun `{command}` and commit what it writes", stale.join(", "))
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::splice;

    #[test]
    fn a_part_is_replaced_and_the_rest_stays() {
        let first = splice("# Title\n\nWords.\n\n## Next\n", "table", "| a |\n").unwrap();
        assert!(first.starts_with("# Title\n\nWords.\n\n<!-- generated table"), "{first}");
        assert!(first.ends_with("<!-- end of generated -->\n\n## Next\n"), "{first}");
        let second = splice(&first, "table", "| b |").unwrap();
        assert_eq!(second, first.replace("| a |", "| b |"));
        assert!(splice(&first.replace("<!-- end", "<!--"), "table", "x").is_err());
    }
}
