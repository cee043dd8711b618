//! `schema`: the JSON Schema of configurations, for editors.

use std::process::ExitCode;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::Mode;
use crate::generated::{Wanted, settle};
use crate::shell::{self, Profile};

/// Writes or checks `configs/kpi.schema.json`.
pub(crate) fn run(mode: Mode) -> Result<ExitCode> {
    let binary = shell::build(Profile::Dev)?;
    let text = shell::output(shell::program(binary).args(["describe", "--schema"]))?;
    let schema: Value = serde_json::from_str(&text).context("`kpi describe --schema` printed no JSON")?;
    let content = format!("{}\n", serde_json::to_string_pretty(&schema)?);
    settle(vec![Wanted::whole("configs/kpi.schema.json", content)], mode, "cargo xtask schema")?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_schema_is_fresh() {
        super::run(crate::Mode::Check).unwrap();
    }
}
