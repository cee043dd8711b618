//! The way to a first refresh token: a person consents in the browser (RFC 6749 section 4.1, with RFC 7636).
//!
//! This is the part that speaks HTTP. Who runs it opens the browser, and listens on a loopback address for the redirect
//! that brings `code` and `state` back.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use kpi_core::{Context, Error, ErrorKind, Result, Secret, SecretRef};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use url::Url;

use crate::call::Resend;
use crate::oauth2::{token_call, with_client};
use crate::redact::hide;
use crate::token::Granted as TokenReply;

/// A proof that who brings the code is who asked for it, by S256.
#[derive(Clone, Debug)]
pub struct Pkce {
    verifier: Secret,
}

impl Pkce {
    /// A new random one.
    ///
    /// # Errors
    /// `Internal` when the system has no random bytes.
    pub fn new() -> Result<Self> {
        Ok(Self { verifier: Secret::new(random_state()?) })
    }

    /// One with a known verifier of 43 to 128 letters, digits, `-`, `.`, `_` or `~`.
    pub fn from_verifier(verifier: Secret) -> Self {
        Self { verifier }
    }

    /// What the browser carries.
    pub fn challenge(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, self.verifier.expose().as_bytes()))
    }
}

/// 32 random bytes as text: the `state` that ties the redirect to this attempt.
///
/// # Errors
/// `Internal` when the system has no random bytes.
pub fn random_state() -> Result<String> {
    let mut bytes = [0; 32];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| Error::new(ErrorKind::Internal, "the system gives no random bytes"))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// What a person is asked to consent to.
#[derive(Clone, Debug)]
pub struct Consent<'a> {
    /// The vendor's consent page.
    pub authorize_url: &'a Url,
    /// The client's id.
    pub client_id: &'a str,
    /// Where the browser is sent back to.
    pub redirect_uri: &'a str,
    /// The scopes, separated as the vendor wants them.
    pub scope: &'a str,
    /// What comes back unchanged.
    pub state: &'a str,
    /// Parameters of the vendor's own, such as `access_type=offline`.
    pub extra: &'a [(&'a str, &'a str)],
}

/// The URL to open in the browser.
pub fn authorization_url(consent: &Consent<'_>, pkce: &Pkce) -> Url {
    let mut url = consent.authorize_url.clone();
    url.set_fragment(None);
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", consent.client_id)
        .append_pair("redirect_uri", consent.redirect_uri)
        .append_pair("scope", consent.scope)
        .append_pair("state", consent.state)
        .append_pair("code_challenge", &pkce.challenge())
        .append_pair("code_challenge_method", "S256")
        .extend_pairs(consent.extra);
    url
}

/// Reads the redirect's URL: the code, when the state is the one that was sent.
///
/// # Errors
/// `Auth` when consent was refused, the state is another one, or there is no code.
pub fn code_from_redirect(redirect: &Url, state: &str) -> Result<Secret> {
    let find = |key: &str| redirect.query_pairs().find(|(name, _)| name == key).map(|(_, value)| value.into_owned());
    if find("state").as_deref() != Some(state) {
        return Err(Error::new(ErrorKind::Auth, "the redirect does not belong to this request for consent"));
    }
    if let Some(code) = find("error") {
        return Err(Error::new(ErrorKind::Auth, "consent was not given").with("code", crate::scrub::clean(&code)));
    }
    find("code").map(Secret::new).ok_or_else(|| Error::new(ErrorKind::Auth, "the redirect brings no code"))
}

/// What is exchanged for a refresh token.
#[derive(Clone, Debug)]
pub struct Code<'a> {
    /// The token endpoint.
    pub token_url: &'a Url,
    /// The client's id.
    pub client_id: &'a str,
    /// The client's secret, where it has one.
    pub client_secret: Option<&'a SecretRef>,
    /// The same as in the consent.
    pub redirect_uri: &'a str,
    /// The code that the redirect brought.
    pub code: &'a Secret,
}

/// What the vendor granted.
#[derive(Clone, Debug)]
pub struct Granted {
    /// The access token.
    pub access_token: Secret,
    /// The refresh token, where the vendor gives one.
    pub refresh_token: Option<Secret>,
    /// What was granted, where the vendor says so.
    pub scope: Option<String>,
    /// How long the access token lives.
    pub life: SignedDuration,
}

/// Exchanges the code of a redirect. A code can be used once, so the request is sent again only when it was not worked on.
///
/// # Errors
/// `Auth` when the code or the client is refused, and those of any request.
pub async fn exchange_code(cx: &Context, code: &Code<'_>, pkce: &Pkce) -> Result<Granted> {
    hide(cx, code.code.expose());
    hide(cx, pkce.verifier.expose());
    let fields = vec![
        ("grant_type", "authorization_code".to_owned()),
        ("code", code.code.expose().to_owned()),
        ("redirect_uri", code.redirect_uri.to_owned()),
        ("code_verifier", pkce.verifier.expose().to_owned()),
    ];
    let fields = with_client(cx, fields, Some(code.client_id), code.client_secret).await?;
    let granted = TokenReply::ask(cx, token_call(cx, code.token_url, &fields, Resend::Unused)).await?;
    Ok(Granted {
        access_token: granted.access,
        refresh_token: granted.refresh,
        scope: granted.scope,
        life: granted.life,
    })
}
