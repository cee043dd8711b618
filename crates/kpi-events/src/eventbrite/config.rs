//! The configuration of an Eventbrite organization.

use kpi_core::SecretRef;
use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

/// One Eventbrite organization.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The organization's number, digits only: in the address after choosing it under Organization settings.
    pub organization_id: OrganizationId,
    /// The private token of a user of the organization: Account settings → Developer links → API keys → Show API key,
    /// client secret and tokens. Neither the API key nor the public token will do.
    pub token: SecretRef,
    /// The zone in which the days of registrations, orders and events are cut, as an IANA name such as
    /// `Asia/Ho_Chi_Minh`. Default: `UTC`.
    #[serde(default = "utc")]
    pub timezone: String,
    /// Asks this address instead of `https://www.eventbriteapi.com`; for tests. Default: none.
    #[schemars(with = "Option<String>")]
    pub base_url: Option<Url>,
}

/// The number of an organization.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct OrganizationId(String);

impl OrganizationId {
    /// Its digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for OrganizationId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text))
        } else {
            Err(format!("`{text}` is not an organization's number: write its digits only"))
        }
    }
}

fn utc() -> String {
    "UTC".to_owned()
}
