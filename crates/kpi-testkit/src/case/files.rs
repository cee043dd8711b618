//! The shapes of `suite.toml` and `case.toml`.

use std::collections::BTreeMap;

use kpi_core::{AccountProfile, Currency};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::Loaded;

/// What all cases of a suite share: `suite.toml`, which may be absent, and `account.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SuiteFile {
    /// What `check` says, for cases that do not say it themselves.
    pub(crate) profile: Option<ProfileFile>,
    /// Secrets by the name of their variable or file; `{canary}` stands for the value that the kit makes up.
    #[serde(default)]
    pub(crate) secrets: BTreeMap<String, String>,
    /// Texts about people in the replies, which must never come out; e-mail addresses are found without this.
    #[serde(default)]
    pub(crate) personal: Vec<String>,
    /// Tests that do not apply.
    #[serde(default, rename = "skip")]
    pub(crate) skips: Vec<Skip>,
    #[serde(skip)]
    pub(crate) config: Json,
}

/// A test that does not apply, and why.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Skip {
    /// The name of the test; `*` at its end stands for any rest, `*` within for any text.
    pub(crate) test: String,
    /// Why it does not apply.
    pub(crate) reason: String,
    /// For the drift rule: the fields of replies that may change without an error, such as `results[].metrics.clicks`.
    #[serde(default)]
    pub(crate) fields: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProfileFile {
    pub(super) name: String,
    pub(super) timezone: Option<String>,
    pub(super) currency: Option<String>,
}

impl ProfileFile {
    pub(super) fn profile(&self) -> Loaded<AccountProfile> {
        let currency = self.currency.as_deref().map(Currency::parse).transpose().map_err(|error| error.to_string())?;
        Ok(AccountProfile { name: self.name.clone(), timezone: self.timezone.clone(), currency })
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CaseFile {
    /// Where the replies come from: a recording, or a page of the vendor's documentation.
    pub(super) origin: String,
    pub(super) now: String,
    pub(super) request: Option<RequestFile>,
    #[serde(default)]
    pub(super) check: bool,
    pub(super) profile: Option<ProfileFile>,
    #[serde(default)]
    pub(super) config: Map<String, Json>,
    #[serde(default)]
    pub(super) ordered: bool,
    #[serde(default, rename = "exchange")]
    pub(super) exchanges: Vec<ExchangeFile>,
    pub(super) outcome: Option<Outcome>,
    pub(super) expected_notes: Option<Vec<String>>,
    #[serde(default)]
    pub(super) totals: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) unattributed: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) proves: Vec<u32>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestFile {
    pub(super) report: String,
    pub(super) window: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExchangeFile {
    pub(super) name: Option<String>,
    pub(super) expect: ExpectFile,
    pub(super) reply: ReplyFile,
    pub(super) times: Option<Times>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Times {
    Count(u32),
    Word(String),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExpectFile {
    pub(super) method: Option<String>,
    pub(super) host: Option<String>,
    pub(super) path: String,
    #[serde(default)]
    pub(super) query: BTreeMap<String, Json>,
    #[serde(default)]
    pub(super) form: BTreeMap<String, Json>,
    #[serde(default)]
    pub(super) header: BTreeMap<String, Json>,
    pub(super) json: Option<Json>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplyFile {
    pub(super) status: Option<u16>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, Json>,
    pub(super) body: Option<String>,
    pub(super) text: Option<String>,
    pub(super) json: Option<Json>,
    pub(super) error: Option<String>,
}

/// What must come of a case that fails.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Outcome {
    pub(crate) kind: String,
    pub(crate) message: Option<String>,
    pub(crate) hint: Option<String>,
    pub(crate) retry_after_s: Option<i64>,
    pub(crate) stop_until: Option<String>,
}
