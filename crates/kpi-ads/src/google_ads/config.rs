//! The configuration of one Google Ads account.

use kpi_core::SecretRef;
use kpi_http::GoogleLogin;
use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

/// The scope that the credentials need.
pub(super) const SCOPE: &str = "https://www.googleapis.com/auth/adwords";

/// One account of Google Ads.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The account to report on, without dashes: the number at the top right of <https://ads.google.com>. Not a manager
    /// account; list each of its accounts as a source of its own.
    pub customer_id: CustomerId,
    /// The manager account through which the login has access, without dashes; by default the login has access itself.
    pub login_customer_id: Option<CustomerId>,
    /// The OAuth client's id, from "APIs & Services > Credentials" of the Google Cloud console. Needed with
    /// `refresh_token`. Its project decides how many operations a day are allowed.
    pub client_id: Option<String>,
    /// The OAuth client's secret, from the same page. Needed with `refresh_token`.
    pub client_secret: Option<SecretRef>,
    /// The refresh token that a person with access to the account has granted. Either this or `service_account`.
    pub refresh_token: Option<SecretRef>,
    /// The JSON key file of a service account that was invited under "Admin > Access and security" of the account.
    /// Either this or `refresh_token`.
    pub service_account: Option<SecretRef>,
    /// Prefixes every host, the token endpoint included. Set it only to ask the sandbox or a proxy; by default Google is
    /// asked.
    #[schemars(with = "Option<String>")]
    pub base_url: Option<Url>,
}

impl Config {
    /// The way into Google's API.
    pub(super) fn login(&self) -> GoogleLogin<'_> {
        GoogleLogin {
            client_id: self.client_id.as_deref(),
            client_secret: self.client_secret.as_ref(),
            refresh_token: self.refresh_token.as_ref(),
            service_account: self.service_account.as_ref(),
            base_url: self.base_url.as_ref(),
            scope: SCOPE,
        }
    }
}

/// The number of an account: ten digits.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
pub struct CustomerId(String);

impl CustomerId {
    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CustomerId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self(text));
        }
        Err(format!("`{text}` is not an account's number: write ten digits without dashes, such as `1234567890`"))
    }
}
