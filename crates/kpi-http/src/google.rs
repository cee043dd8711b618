//! Access tokens of Google service accounts: a signed claim (RFC 7523) in exchange for a token.
//!
//! The signature is made with `ring`, which TLS brings along anyway: one call signs, two lines encode. A JWT or OAuth 2
//! crate would bring a second set of cryptography and of HTTP types for those three lines.

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use kpi_core::{Context, Error, ErrorKind, Result, SecretRef};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use serde::Deserialize;
use serde_json::json;
use url::Url;

use crate::call::Resend;
use crate::oauth2::token_call;
use crate::redact::hide;
use crate::token::{Granted, TokenSource};

/// The audience is always Google's own address, also where a token endpoint stands in for it.
const AUDIENCE: &str = "https://oauth2.googleapis.com/token";

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// The longest life that Google allows a claim.
const LIFE_SECONDS: i64 = 3600;

/// A service account by its key file.
#[derive(Debug)]
pub(crate) struct ServiceAccount {
    pub(crate) key_file: SecretRef,
    pub(crate) scope: &'static str,
    pub(crate) token_url: Url,
}

#[derive(Deserialize)]
struct KeyFile {
    r#type: String,
    private_key_id: String,
    private_key: String,
    client_email: String,
}

#[async_trait]
impl TokenSource for ServiceAccount {
    fn reference(&self) -> &SecretRef {
        &self.key_file
    }

    fn scope(&self) -> &str {
        self.scope
    }

    async fn fetch(&self, cx: &Context) -> Result<Granted> {
        let content = cx.secret(&self.key_file).await?;
        let key: KeyFile = serde_json::from_str(content.expose()).map_err(|_| self.unusable())?;
        hide(cx, &key.private_key);
        key.private_key.lines().filter(|line| !line.starts_with('-')).for_each(|line| hide(cx, line));
        if key.r#type != "service_account" {
            return Err(self.unusable());
        }
        let assertion = self.assertion(cx, &key)?;
        hide(cx, &assertion);
        let fields = [("grant_type", GRANT_TYPE.to_owned()), ("assertion", assertion)];
        // A claim may be used again as long as it lives.
        Granted::ask(cx, token_call(cx, &self.token_url, &fields, Resend::Always)).await.map_err(|error| {
            if error.kind() != ErrorKind::Auth {
                return error;
            }
            error.hint("create a new key for the service account, or correct the clock of this machine")
        })
    }
}

impl ServiceAccount {
    fn assertion(&self, cx: &Context, key: &KeyFile) -> Result<String> {
        let now = cx.clock().now().as_second();
        let header = json!({"typ": "JWT", "alg": "RS256", "kid": key.private_key_id});
        let claims = json!({
            "iss": key.client_email,
            "scope": self.scope,
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + LIFE_SECONDS,
        });
        let part = |json: serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = self.sign(&key.private_key, signed.as_bytes())?;
        Ok(format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature)))
    }

    fn sign(&self, pem: &str, message: &[u8]) -> Result<Vec<u8>> {
        let pair = match PrivateKeyDer::from_pem_slice(pem.as_bytes()) {
            Ok(PrivateKeyDer::Pkcs8(der)) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
            Ok(PrivateKeyDer::Pkcs1(der)) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
            _ => return Err(self.unusable()),
        };
        let pair = pair.map_err(|_| self.unusable())?;
        let mut signature = vec![0; pair.public().modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .map_err(|_| Error::new(ErrorKind::Internal, "the claim of the service account cannot be signed"))?;
        Ok(signature)
    }

    fn unusable(&self) -> Error {
        Error::new(ErrorKind::Config, format!("{} is not the key file of a google service account", self.key_file))
            .hint("download the JSON key of the service account from the cloud console")
    }
}
