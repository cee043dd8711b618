//! What the operator says about a file.

use kpi_core::{Absent, Channel};
use schemars::JsonSchema;
use serde::Deserialize;

/// Observations from CSV or JSON Lines files.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The file, or a glob for several: `exports/crm-*.csv`. Each ends in `.csv` or `.jsonl`.
    #[schemars(extend("format" = "path"))]
    pub path: String,
    /// The channel to which the figures belong, unless a row says otherwise.
    #[schemars(with = "String", extend("enum" = ["seo", "web", "social", "email", "ads", "events", "crm", "survey"]))]
    pub channel: Channel,
    /// What a day without a row means: `missing` (nothing is known, the default) or `zero`.
    #[serde(default = "missing")]
    #[schemars(with = "String", extend("enum" = ["missing", "zero"]))]
    pub absent: Absent,
}

fn missing() -> Absent {
    Absent::Missing
}
