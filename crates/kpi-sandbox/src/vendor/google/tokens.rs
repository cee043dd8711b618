//! The tokens that the emulated sign-in gave out, and until when they are good.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::config::Source;

/// How long an access token lives, in seconds.
pub const LIFE: i64 = 3599;

/// How often a token may be used while the fault `token_expired` is on.
const FEW_USES: u32 = 50;

/// What a person agreed to on the consent page.
#[derive(Clone, Debug)]
pub struct Consent {
    /// The OAuth client.
    pub client_id: String,
    /// Where the code was sent.
    pub redirect_uri: String,
    /// The scopes agreed to.
    pub scopes: Vec<String>,
    /// The S256 challenge of PKCE, where the client sent one.
    pub challenge: Option<String>,
}

#[derive(Debug)]
struct Access {
    scopes: Vec<String>,
    until: Timestamp,
    uses: u32,
}

#[derive(Debug, Default)]
struct Inner {
    issued: u64,
    access: BTreeMap<String, Access>,
    codes: BTreeMap<String, Consent>,
    refresh: BTreeMap<String, Vec<String>>,
}

/// Access tokens, authorization codes, and the refresh tokens that came from codes.
#[derive(Debug, Default)]
pub struct Tokens {
    inner: Mutex<Inner>,
}

impl Tokens {
    /// Issues an access token.
    pub fn issue(&self, scopes: Vec<String>, now: Timestamp) -> String {
        let mut inner = self.lock();
        inner.issued += 1;
        let token = format!("ya29.sandbox-{:08}", inner.issued);
        let until = now.saturating_add(SignedDuration::from_secs(LIFE)).unwrap_or(now);
        inner.access.insert(token.clone(), Access { scopes, until, uses: 0 });
        token
    }

    /// Uses an access token once; its scopes when it is still good.
    pub fn spend(&self, token: &str, now: Timestamp, few_uses: bool) -> Option<Vec<String>> {
        let mut inner = self.lock();
        let access = inner.access.get_mut(token)?;
        access.uses += 1;
        let worn = few_uses && access.uses > FEW_USES;
        (now < access.until && !worn).then(|| access.scopes.clone())
    }

    /// Issues a code for a consent.
    pub fn issue_code(&self, consent: Consent) -> String {
        let mut inner = self.lock();
        inner.issued += 1;
        let code = format!("4/0sandbox-{:08}", inner.issued);
        inner.codes.insert(code.clone(), consent);
        code
    }

    /// Takes the consent of a code; a code works once.
    pub fn take_code(&self, code: &str) -> Option<Consent> {
        self.lock().codes.remove(code)
    }

    /// Issues a refresh token for scopes that were agreed to.
    pub fn issue_refresh(&self, scopes: Vec<String>) -> String {
        let mut inner = self.lock();
        inner.issued += 1;
        let token = format!("1//0consent-{:08}", inner.issued);
        inner.refresh.insert(token.clone(), scopes);
        token
    }

    /// The scopes of a refresh token that came from a code.
    #[must_use]
    pub fn refresh_scopes(&self, token: &str) -> Option<Vec<String>> {
        self.lock().refresh.get(token).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The refresh token of a configured source: consent was given before the sandbox began.
#[must_use]
pub fn refresh_token_of(source: &Source) -> String {
    format!("1//0sandbox-{}-{}", source.adapter, source.id)
}
