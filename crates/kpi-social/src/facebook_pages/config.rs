//! The configuration of a Facebook Page.

use kpi_core::SecretRef;
use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

/// One Facebook Page.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The Page's number, digits only: on the Page under About → Page transparency → Page ID.
    pub page_id: PageId,
    /// A Page access token with `pages_read_engagement` and `read_insights`, or the token of a user (or system user) who
    /// manages the Page with the task Analyze; that one needs `pages_show_list` too and is exchanged for the Page's
    /// token at each run. Made in the Graph API Explorer or under Business settings → Users → System users.
    pub access_token: SecretRef,
    /// The app's number, from its dashboard under <https://developers.facebook.com/apps>. Needed only for `kpi auth`, which
    /// gets a user's consent and writes `access_token`.
    pub app_id: Option<String>,
    /// The app's secret, from "App settings > Basic". Needed only for `kpi auth`.
    pub app_secret: Option<SecretRef>,
    /// Asks this address instead of `https://graph.facebook.com`; for tests. Default: none.
    #[schemars(with = "Option<String>")]
    pub base_url: Option<Url>,
}

/// The number of a Page.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct PageId(String);

impl PageId {
    /// Its digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PageId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text))
        } else {
            Err(format!("`{text}` is not a Page ID: write its digits only, not its name or address"))
        }
    }
}
