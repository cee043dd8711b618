//! The first refresh token.

use kpi_core::{ErrorKind, Secret};
use kpi_http::consent::{Code, Consent, Pkce, authorization_url, code_from_redirect, exchange_code, random_state};
use serde_json::json;
use url::Url;

use crate::world::{World, env, reply, url};

// The pair of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

#[test]
fn the_browser_carries_the_challenge_and_the_state() {
    let pkce = Pkce::from_verifier(Secret::new(VERIFIER));
    let consent = Consent {
        authorize_url: &url("/o/auth?x=1"),
        client_id: "client-1",
        redirect_uri: "http://127.0.0.1:8765/",
        scope: "a b",
        state: "st",
        extra: &[("access_type", "offline")],
    };
    let expected = format!(
        "https://api.vendor.example/o/auth?x=1&response_type=code&client_id=client-1&\
         redirect_uri=http%3A%2F%2F127.0.0.1%3A8765%2F&scope=a+b&state=st&code_challenge={CHALLENGE}&\
         code_challenge_method=S256&access_type=offline"
    );
    assert_eq!(authorization_url(&consent, &pkce).as_str(), expected);
    assert_ne!(Pkce::new().unwrap().challenge(), Pkce::new().unwrap().challenge());
    assert_eq!(random_state().unwrap().len(), 43);
    assert!(!format!("{pkce:?}").contains(VERIFIER));
}

#[test]
fn a_redirect_is_believed_only_with_the_state() {
    let redirect = |query: &str| Url::parse(&format!("http://127.0.0.1:1/?{query}")).unwrap();
    assert_eq!(code_from_redirect(&redirect("state=st&code=4%2F0A"), "st").unwrap().expose(), "4/0A");
    for (query, text) in [
        ("state=other&code=c", "the redirect does not belong to this request for consent"),
        ("code=c", "the redirect does not belong to this request for consent"),
        ("state=st&error=access_denied", "consent was not given (code=access_denied)"),
        ("state=st", "the redirect brings no code"),
    ] {
        let error = code_from_redirect(&redirect(query), "st").unwrap_err();
        assert_eq!((error.kind(), error.to_string()), (ErrorKind::Auth, text.to_owned()));
    }
}

#[tokio::test]
async fn a_code_is_exchanged_once() {
    let body = r#"{"access_token": "token-1", "refresh_token": "refresh-1", "expires_in": 3599.0, "scope": "a"}"#;
    let world = World::new([reply(200, body), reply(500, "")]);
    let pkce = Pkce::from_verifier(Secret::new(VERIFIER));
    let (token_url, secret, code_value) = (url("/token"), env("CLIENT_SECRET"), Secret::new("code-1"));
    let code = Code {
        token_url: &token_url,
        client_id: "client-1",
        client_secret: Some(&secret),
        redirect_uri: "http://127.0.0.1:8765/",
        code: &code_value,
    };
    let granted = exchange_code(&world.cx, &code, &pkce).await.unwrap();
    assert_eq!(granted.refresh_token.unwrap().expose(), "refresh-1");
    assert_eq!((granted.life.as_secs(), granted.scope.as_deref()), (3599, Some("a")));
    let form = json!({"grant_type": "authorization_code", "code": "code-1", "redirect_uri": "http://127.0.0.1:8765/",
        "code_verifier": VERIFIER, "client_id": "client-1", "client_secret": "secret-of-CLIENT_SECRET"});
    assert_eq!(json!(world.form(0)), form);
    assert_eq!(exchange_code(&world.cx, &code, &pkce).await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(world.asked().len(), 2);
}
