//! OAuth 2.0 with a refresh token (RFC 6749 section 6).
//!
//! The whole of it is one form and one small JSON reply, and what matters is around it: the injected transport and
//! clock, single flight, and rotation that is durable before the new token is used. A client library would bring its
//! own of each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as StdMutex, PoisonError};

use async_trait::async_trait;
use kpi_core::{Context, Result, SecretRef};
use tokio::sync::Mutex;
use url::Url;

use crate::call::Resend;
use crate::redact::hide;
use crate::token::{Granted, TokenSource, classify};
use crate::{Call, post};

/// A client that holds a refresh token.
#[derive(Clone, Debug)]
pub struct OAuth2 {
    /// The token endpoint.
    pub token_url: Url,
    /// The client's id.
    pub client_id: Option<String>,
    /// The client's secret, sent in the form.
    pub client_secret: Option<SecretRef>,
    /// The refresh token.
    pub refresh_token: SecretRef,
    /// A part of what was granted, for those who ask for less.
    pub scope: Option<String>,
    /// Whether each use of the refresh token replaces it.
    pub rotates: bool,
}

/// One exchange at a time for each refresh token that rotates: the second use of a spent one would lose the account.
#[derive(Debug, Default)]
struct Turns(StdMutex<HashMap<SecretRef, Arc<Mutex<()>>>>);

#[async_trait]
impl TokenSource for OAuth2 {
    fn reference(&self) -> &SecretRef {
        &self.refresh_token
    }

    fn scope(&self) -> &str {
        self.scope.as_deref().unwrap_or("")
    }

    async fn fetch(&self, cx: &Context) -> Result<Granted> {
        let turn = {
            let turns = cx.shared::<Turns>();
            let mut turns = turns.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(turns.entry(self.refresh_token.clone()).or_default())
        };
        let _turn = turn.lock().await;
        let refresh = cx.secret(&self.refresh_token).await?;
        hide(cx, refresh.expose());
        let fields = vec![("grant_type", "refresh_token".to_owned()), ("refresh_token", refresh.expose().to_owned())];
        let fields = with_client(cx, fields, self.client_id.as_deref(), self.client_secret.as_ref()).await?;
        let scope = self.scope.iter().map(|scope| ("scope", scope.clone()));
        let fields: Vec<_> = fields.into_iter().chain(scope).collect();
        let resend = if self.rotates { Resend::Unused } else { Resend::Answered };
        let granted = Granted::ask(cx, token_call(cx, &self.token_url, &fields, resend)).await?;
        // Kept durably before the new access token is used: a crash in between must not lose the account.
        if let Some(successor) = granted.refresh.as_ref().filter(|successor| **successor != refresh) {
            cx.rotate(&self.refresh_token, successor.clone()).await?;
        }
        Ok(granted)
    }
}

/// A form for a token endpoint, whose errors are those of RFC 6749.
pub(crate) fn token_call(cx: &Context, token_url: &Url, fields: &[(&str, String)], resend: Resend) -> Call {
    let source = cx.source().to_owned();
    post(token_url.clone()).name("token").form(fields).classify(move |reply| classify(reply, &source)).for_token(resend)
}

/// The form with the client's id and secret.
pub(crate) async fn with_client<'a>(
    cx: &Context,
    mut fields: Vec<(&'a str, String)>,
    client_id: Option<&str>,
    client_secret: Option<&SecretRef>,
) -> Result<Vec<(&'a str, String)>> {
    if let Some(id) = client_id {
        fields.push(("client_id", id.to_owned()));
    }
    if let Some(reference) = client_secret {
        let secret = cx.secret(reference).await?;
        hide(cx, secret.expose());
        fields.push(("client_secret", secret.expose().to_owned()));
    }
    Ok(fields)
}
