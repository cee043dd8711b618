//! The configuration of one Search Console property.

use kpi_core::SecretRef;
use kpi_http::GoogleLogin;
use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

/// The scope that the credentials need.
pub(super) const SCOPE: &str = "https://www.googleapis.com/auth/webmasters.readonly";

/// One property of Google Search Console.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The property, exactly as the list at the top left of <https://search.google.com/search-console> names it: a domain
    /// property as `sc-domain:example.com`, a URL-prefix property as `https://www.example.com/` with its slash at the end.
    /// The two kinds count different sets of hosts.
    pub site_url: SiteUrl,
    /// The keywords whose rank is reported day by day, each once; none by default. A keyword is the whole search query
    /// as the "Queries" table of the performance report shows it, in lower case. Each costs one request per 31 days.
    #[serde(default)]
    pub keywords: Vec<Keyword>,
    /// The OAuth client's id, from "APIs & Services > Credentials" of the Google Cloud console. Needed with
    /// `refresh_token`.
    pub client_id: Option<String>,
    /// The OAuth client's secret, from the same page. Needed with `refresh_token`.
    pub client_secret: Option<SecretRef>,
    /// The refresh token that a person with access to the property has granted. Either this or `service_account`.
    pub refresh_token: Option<SecretRef>,
    /// The JSON key file of a service account that was added to the property under "Settings > Users and permissions".
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

/// A property as Search Console writes it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
pub struct SiteUrl(String);

impl SiteUrl {
    /// The property as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SiteUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let domain = text.strip_prefix("sc-domain:").is_some_and(|rest| !rest.is_empty() && !rest.contains('/'));
        let prefix = text.ends_with('/')
            && Url::parse(&text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.query().is_none());
        if domain || prefix {
            return Ok(Self(text));
        }
        Err(format!(
            "`{text}` is not a property: write `sc-domain:example.com`, or a URL such as `https://www.example.com/` with \
             the slash at its end"
        ))
    }
}

/// A search query whose rank is followed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
pub struct Keyword(String);

impl Keyword {
    /// The keyword as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Keyword {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        // Search Console keeps every query in lower case, so another spelling would never be found.
        let keyword = text.trim().to_lowercase();
        if keyword.is_empty() { Err("a keyword must not be empty".to_owned()) } else { Ok(Self(keyword)) }
    }
}
