//! Who asks: references to credentials, turned into headers for each attempt.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue};
use kpi_core::{Context, Error, ErrorKind, Result, Secret, SecretRef};
use url::Url;

use crate::google::ServiceAccount;
use crate::oauth2::OAuth2;
use crate::redact::hide;
use crate::token;

/// Who asks. It holds references only: secrets are read when they are used, tokens are kept for the run in what its
/// contexts share.
#[derive(Clone, Debug)]
pub struct Auth(Arc<Kind>);

#[derive(Debug)]
enum Kind {
    None,
    Bearer(SecretRef),
    Given(Secret),
    Basic { user: String, password: SecretRef },
    User(SecretRef),
    Header { name: String, scheme: Option<String>, value: SecretRef },
    Query { key: String, value: SecretRef },
    OAuth2(OAuth2),
    Google(ServiceAccount),
}

/// What one attempt sends to say who asks.
#[derive(Debug, Default)]
pub(crate) struct Credential {
    pub(crate) header: Option<(HeaderName, HeaderValue)>,
    pub(crate) query: Option<(String, Secret)>,
    pub(crate) token: Option<Secret>,
}

impl Auth {
    /// Nobody in particular.
    pub fn none() -> Self {
        Self(Arc::new(Kind::None))
    }

    /// `Authorization: Bearer SECRET`.
    pub fn bearer(token: SecretRef) -> Self {
        Self(Arc::new(Kind::Bearer(token)))
    }

    /// `Authorization: Bearer TOKEN` with a token that the vendor gave during this call.
    pub fn given(token: Secret) -> Self {
        Self(Arc::new(Kind::Given(token)))
    }

    /// HTTP basic authentication with a secret password.
    pub fn basic(user: impl Into<String>, password: SecretRef) -> Self {
        Self(Arc::new(Kind::Basic { user: user.into(), password }))
    }

    /// HTTP basic authentication with a secret user name and an empty password.
    pub fn basic_user(user: SecretRef) -> Self {
        Self(Arc::new(Kind::User(user)))
    }

    /// A header that holds the secret.
    pub fn header(name: impl Into<String>, value: SecretRef) -> Self {
        Self(Arc::new(Kind::Header { name: name.into(), scheme: None, value }))
    }

    /// `Authorization: SCHEME SECRET` with a scheme of the vendor's own.
    pub fn scheme(scheme: impl Into<String>, value: SecretRef) -> Self {
        let name = AUTHORIZATION.as_str().to_owned();
        Self(Arc::new(Kind::Header { name, scheme: Some(scheme.into()), value }))
    }

    /// A parameter of the query that holds the secret. Prefer a header where the vendor takes one.
    pub fn query(key: impl Into<String>, value: SecretRef) -> Self {
        Self(Arc::new(Kind::Query { key: key.into(), value }))
    }

    /// An access token that is fetched with a refresh token, and again when it is stale.
    pub fn oauth2(client: OAuth2) -> Self {
        Self(Arc::new(Kind::OAuth2(client)))
    }

    /// An access token that is fetched with the key file of a Google service account.
    pub fn google_service_account(key_file: SecretRef, scope: &'static str, token_url: Url) -> Self {
        Self(Arc::new(Kind::Google(ServiceAccount { key_file, scope, token_url })))
    }

    /// The token or secret itself, for what headers cannot express.
    ///
    /// # Errors
    /// `Config` when the secret is not there, those of the token endpoint, and `Contract` when there is no credential.
    pub async fn token(&self, cx: &Context) -> Result<Secret> {
        self.secret(cx, None).await?.ok_or_else(|| Error::new(ErrorKind::Contract, "there is no credential to give"))
    }

    /// Whether a refused token can be replaced.
    pub(crate) fn renews(&self) -> bool {
        matches!(&*self.0, Kind::OAuth2(_) | Kind::Google(_))
    }

    /// What to send; `stale` is a token that was refused.
    pub(crate) async fn resolve(&self, cx: &Context, stale: Option<&Secret>) -> Result<Credential> {
        let Some(secret) = self.secret(cx, stale).await? else { return Ok(Credential::default()) };
        let value = secret.expose();
        let (name, text) = match &*self.0 {
            Kind::Query { key, .. } => {
                let query = Some((key.clone(), secret));
                return Ok(Credential { query, ..Credential::default() });
            }
            Kind::Basic { user, .. } => (AUTHORIZATION, basic(cx, user, value)),
            Kind::User(_) => (AUTHORIZATION, basic(cx, value, "")),
            Kind::Header { name, scheme: Some(scheme), .. } => (header_name(name)?, format!("{scheme} {value}")),
            Kind::Header { name, scheme: None, .. } => (header_name(name)?, value.to_owned()),
            _ => (AUTHORIZATION, format!("Bearer {value}")),
        };
        let mut text = HeaderValue::try_from(text).map_err(|_| {
            Error::new(ErrorKind::Config, "the secret holds a line break or another sign that cannot be sent")
        })?;
        text.set_sensitive(true);
        Ok(Credential { header: Some((name, text)), query: None, token: Some(secret) })
    }

    async fn secret(&self, cx: &Context, stale: Option<&Secret>) -> Result<Option<Secret>> {
        let secret = match &*self.0 {
            Kind::None => return Ok(None),
            Kind::Given(secret) => secret.clone(),
            Kind::Bearer(reference) | Kind::User(reference) => cx.secret(reference).await?,
            Kind::Basic { password: reference, .. } => cx.secret(reference).await?,
            Kind::Header { value: reference, .. } | Kind::Query { value: reference, .. } => {
                cx.secret(reference).await?
            }
            Kind::OAuth2(client) => token::access_token(cx, client, stale).await?,
            Kind::Google(account) => token::access_token(cx, account, stale).await?,
        };
        hide(cx, secret.expose());
        Ok(Some(secret))
    }
}

fn basic(cx: &Context, user: &str, password: &str) -> String {
    let pair = BASE64_STANDARD.encode(format!("{user}:{password}"));
    hide(cx, &pair);
    format!("Basic {pair}")
}

fn header_name(name: &str) -> Result<HeaderName> {
    HeaderName::try_from(name).map_err(|_| Error::new(ErrorKind::Contract, format!("`{name}` is no name of a header")))
}
