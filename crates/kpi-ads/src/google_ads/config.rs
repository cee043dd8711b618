//! The configuration of one Google Ads account.

use kpi_core::{Error, ErrorKind, Result, SecretRef};
use kpi_http::{Auth, Endpoint, OAuth2};
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
    /// The credentials.
    pub(super) fn auth(&self) -> Result<Auth> {
        let token_url = Endpoint::new(self.base_url.as_ref(), "https://oauth2.googleapis.com").at("/token");
        let refresh_token = match (&self.refresh_token, &self.service_account) {
            (None, Some(key_file)) => return Ok(Auth::google_service_account(key_file.clone(), SCOPE, token_url)),
            (Some(refresh_token), None) => refresh_token.clone(),
            _ => {
                return Err(Error::new(
                    ErrorKind::Config,
                    "exactly one of `refresh_token` and `service_account` is needed",
                )
                .hint("set `refresh_token` for a person's consent, or `service_account` for a key file, not both"));
            }
        };
        let needed = |key: &'static str| {
            Error::new(ErrorKind::Config, format!("`{key}` is needed with `refresh_token`"))
                .with("key", key)
                .hint("copy it from the OAuth client that the refresh token was granted to")
        };
        Ok(Auth::oauth2(OAuth2 {
            token_url,
            client_id: Some(self.client_id.clone().ok_or_else(|| needed("client_id"))?),
            client_secret: Some(self.client_secret.clone().ok_or_else(|| needed("client_secret"))?),
            refresh_token,
            scope: None,
            rotates: false,
        }))
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
