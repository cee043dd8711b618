//! The two ways into Google's APIs, as their adapters' configurations say them: a person's consent or a key file.

use kpi_core::{ConsentPlan, Context, Error, ErrorKind, Redemption, Result, Secret, SecretRef};
use url::Url;

use crate::consent::{Code, Pkce, exchange_code};
use crate::{Auth, Endpoint, OAuth2};

/// The keys of a configuration that lead into a Google API.
#[derive(Clone, Copy, Debug)]
pub struct GoogleLogin<'a> {
    /// The OAuth client's id.
    pub client_id: Option<&'a str>,
    /// The OAuth client's secret.
    pub client_secret: Option<&'a SecretRef>,
    /// The refresh token that a person has granted.
    pub refresh_token: Option<&'a SecretRef>,
    /// The key file of a service account.
    pub service_account: Option<&'a SecretRef>,
    /// What prefixes every host.
    pub base_url: Option<&'a Url>,
    /// What the credentials must allow.
    pub scope: &'static str,
}

impl GoogleLogin<'_> {
    fn token_url(&self) -> Url {
        Endpoint::new(self.base_url, "https://oauth2.googleapis.com").at("/token")
    }

    /// The credentials.
    ///
    /// # Errors
    /// `Config`, naming the key, unless exactly one of the two ways is configured, whole.
    pub fn auth(&self) -> Result<Auth> {
        let refresh_token = match (self.refresh_token, self.service_account) {
            (None, Some(key_file)) => {
                return Ok(Auth::google_service_account(key_file.clone(), self.scope, self.token_url()));
            }
            (Some(refresh_token), None) => refresh_token.clone(),
            _ => {
                return Err(Error::new(
                    ErrorKind::Config,
                    "exactly one of `refresh_token` and `service_account` is needed",
                )
                .hint("set `refresh_token` for a person's consent, or `service_account` for a key file, not both"));
            }
        };
        Ok(Auth::oauth2(OAuth2 {
            token_url: self.token_url(),
            client_id: Some(self.client_id.ok_or_else(|| needed("client_id"))?.to_owned()),
            client_secret: Some(self.client_secret.ok_or_else(|| needed("client_secret"))?.clone()),
            refresh_token,
            scope: None,
            rotates: false,
        }))
    }

    /// What a person is asked to consent to; none with a key file.
    pub fn consent(&self) -> Option<ConsentPlan> {
        let page = Endpoint::new(self.base_url, "https://accounts.google.com").at("/o/oauth2/v2/auth");
        // Only asked so does Google hand out a refresh token every time.
        let extra = [("access_type", "offline"), ("prompt", "consent")];
        Some(ConsentPlan {
            authorize_url: page.to_string(),
            client_id: self.client_id?.to_owned(),
            scope: self.scope.to_owned(),
            extra: extra.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec(),
            keep: self.refresh_token?.clone(),
            only_here: None,
        })
    }

    /// Turns the code of the consent page into a refresh token.
    ///
    /// # Errors
    /// `Auth` when Google refuses the code or gives no refresh token.
    pub async fn redeem(&self, cx: &Context, redemption: &Redemption) -> Result<Secret> {
        let token_url = self.token_url();
        let code = Code {
            token_url: &token_url,
            client_id: self.client_id.ok_or_else(|| needed("client_id"))?,
            client_secret: self.client_secret,
            redirect_uri: &redemption.redirect_uri,
            code: &redemption.code,
        };
        let granted = exchange_code(cx, &code, &Pkce::from_verifier(redemption.verifier.clone())).await?;
        granted.refresh_token.ok_or_else(|| {
            Error::new(ErrorKind::Auth, "Google gave no refresh token")
                .hint("remove the app under myaccount.google.com > Security > Third-party access, and consent again")
        })
    }
}

fn needed(key: &'static str) -> Error {
    Error::new(ErrorKind::Config, format!("`{key}` is needed with `refresh_token`"))
        .with("key", key)
        .hint("copy it from the OAuth client that the refresh token was granted to")
}
