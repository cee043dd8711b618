//! Tokens: fetched once, renewed in time and once on refusal, rotated safely, signed for service accounts.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use kpi_core::{Context, ErrorKind, Result, TransportError};
use kpi_http::{Auth, OAuth2, get};
use ring::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};
use url::Url;

use crate::world::{Answer, World, env, reply, reply_with, url};

const KEY_FILE: &str = include_str!("../data/service-account.json");

fn refreshing(rotates: bool) -> Auth {
    Auth::oauth2(OAuth2 {
        token_url: url("/token"),
        client_id: Some("client-1".to_owned()),
        client_secret: Some(env("CLIENT_SECRET")),
        refresh_token: env("REFRESH"),
        scope: None,
        rotates,
    })
}

fn granted(token: &str) -> Answer {
    reply(200, &format!(r#"{{"access_token": "{token}", "expires_in": 3599, "token_type": "Bearer"}}"#))
}

async fn ask(cx: &Context, auth: &Auth) -> Result<Value> {
    get(url("/rows")).name("rows").auth(auth).send(cx).await
}

#[tokio::test]
async fn each_way_to_say_who_asks() {
    let cases = [
        (Auth::none(), "authorization", ""),
        (Auth::bearer(env("KEY")), "authorization", "Bearer secret-of-KEY"),
        (Auth::basic("any", env("KEY")), "authorization", "Basic YW55OnNlY3JldC1vZi1LRVk="),
        (Auth::basic_user(env("KEY")), "authorization", "Basic c2VjcmV0LW9mLUtFWTo="),
        (Auth::header("X-Api-Key", env("KEY")), "x-api-key", "secret-of-KEY"),
        (Auth::scheme("Klaviyo-API-Key", env("KEY")), "authorization", "Klaviyo-API-Key secret-of-KEY"),
        (Auth::given(kpi_core::Secret::new("page-token")), "authorization", "Bearer page-token"),
    ];
    for (auth, header, value) in cases {
        let world = World::new([reply(200, "[]")]);
        ask(&world.cx, &auth).await.unwrap();
        assert_eq!(world.header(0, header), value);
        let seen = world.vendor.seen.lock().unwrap();
        assert!(!format!("{:?} {auth:?}", seen[0].headers()).contains("secret-of"));
    }
}

#[tokio::test]
async fn a_token_is_fetched_once_and_kept() {
    let world = World::new([granted("token-1"), reply(200, "[]"), reply(200, "[]")]);
    ask(&world.cx, &refreshing(false)).await.unwrap();
    ask(&world.cx, &refreshing(false)).await.unwrap();
    assert_eq!(world.asked(), ["POST /token", "GET /rows", "GET /rows"]);
    assert_eq!(world.header(2, "authorization"), "Bearer token-1");
    assert_eq!(world.header(0, "content-type"), "application/x-www-form-urlencoded");
    let form = json!({"grant_type": "refresh_token", "refresh_token": "secret-of-REFRESH",
        "client_id": "client-1", "client_secret": "secret-of-CLIENT_SECRET"});
    assert_eq!(json!(world.form(0)), form);
    assert_eq!(world.cx.evidence().take().len(), 2, "tokens are no evidence");
}

#[tokio::test]
async fn many_who_need_a_token_fetch_it_once() {
    let mut answers = vec![granted("token-1")];
    answers.extend((0..8).map(|_| reply(200, "[]")));
    let world = World::new(answers);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let cx = world.cx.clone();
        tasks.spawn(async move { ask(&cx, &refreshing(false)).await });
    }
    tasks.join_all().await.into_iter().for_each(|result| assert!(result.is_ok()));
    assert_eq!(world.asked().iter().filter(|request| *request == "POST /token").count(), 1);
}

#[tokio::test]
async fn a_token_is_renewed_before_it_runs_out() {
    let world =
        World::new([granted("token-1"), reply(200, "[]"), reply(200, "[]"), granted("token-2"), reply(200, "[]")]);
    let at = |time: &str| *world.clock.now.lock().unwrap() = time.parse().unwrap();
    let cx = world.sibling("ads-emea", 9000);
    ask(&cx, &refreshing(false)).await.unwrap();
    at("2026-11-01T00:58:58Z");
    ask(&cx, &refreshing(false)).await.unwrap();
    at("2026-11-01T00:58:59Z");
    ask(&cx, &refreshing(false)).await.unwrap();
    assert_eq!(world.header(2, "authorization"), "Bearer token-1");
    assert_eq!(world.header(4, "authorization"), "Bearer token-2");
}

#[tokio::test]
async fn a_token_that_runs_out_during_a_wait_is_renewed() {
    let slow = reply_with(429, ("retry-after", "3590"), "");
    let world = World::new([granted("token-1"), slow, granted("token-2"), reply(200, "[]")]);
    ask(&world.sibling("ads-emea", 9000), &refreshing(false)).await.unwrap();
    assert_eq!(world.header(1, "authorization"), "Bearer token-1");
    assert_eq!(world.header(3, "authorization"), "Bearer token-2");
}

#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    let world = World::new([granted("token-1"), reply(401, ""), granted("token-2"), reply(200, "[]")]);
    ask(&world.cx, &refreshing(false)).await.unwrap();
    assert_eq!(world.header(3, "authorization"), "Bearer token-2");
    assert_eq!(world.slept(), []);

    let world = World::new([granted("token-1"), reply(401, ""), granted("token-2"), reply(401, "")]);
    let error = ask(&world.cx, &refreshing(false)).await.unwrap_err();
    let text = "the credentials were refused: unauthorized (request=rows, status=401, attempts=2)";
    assert_eq!((error.kind(), error.to_string()), (ErrorKind::Auth, text.to_owned()));

    let world = World::new([reply(401, "")]);
    ask(&world.cx, &Auth::bearer(env("KEY"))).await.unwrap_err();
    assert_eq!(world.asked(), ["GET /rows"], "what cannot be renewed is final at once");
}

#[tokio::test]
async fn a_rotated_token_is_kept_before_the_new_one_is_used() {
    let rotated = r#"{"access_token": "token-1", "expires_in": "3600", "refresh_token": "refresh-2"}"#;
    let world = World::new([reply(200, rotated), reply(200, "[]")]);
    ask(&world.cx, &refreshing(true)).await.unwrap();
    assert_eq!(world.vault.get("REFRESH").as_deref(), Some("refresh-2"));

    let world = World::new([reply(200, rotated), reply(200, "[]")]);
    *world.vault.broken.lock().unwrap() = true;
    let error = ask(&world.cx, &refreshing(true)).await.unwrap_err();
    assert_eq!((error.kind(), world.asked()), (ErrorKind::Internal, vec!["POST /token".to_owned()]));
}

#[tokio::test]
async fn two_sources_take_turns_with_a_token_that_rotates() {
    let rotated = |refresh: &str| {
        reply(200, &format!(r#"{{"access_token": "token-of-{refresh}", "refresh_token": "{refresh}"}}"#))
    };
    let world = World::new([rotated("refresh-2"), rotated("refresh-3"), reply(200, "[]"), reply(200, "[]")]);
    let (one, two) = (world.sibling("one", 60), world.sibling("two", 60));
    let (auth, also) = (refreshing(true), refreshing(true));
    let (one, two) = tokio::join!(auth.token(&one), also.token(&two));
    assert_eq!((one.unwrap().expose(), two.unwrap().expose()), ("token-of-refresh-2", "token-of-refresh-3"));
    assert_eq!(world.form(1)["refresh_token"], "refresh-2");
}

#[tokio::test]
async fn a_refresh_is_repeated_only_when_that_cannot_spend_the_token() {
    let lost: fn() -> Answer = || Err(TransportError::Interrupted(String::new()));
    let unsent: fn() -> Answer = || Err(TransportError::NotSent(String::new()));
    let busy: fn() -> Answer = || reply(503, "");
    let failed: fn() -> Answer = || reply(500, "");
    for (failure, rotates, again) in [
        (unsent, true, true),
        (unsent, false, true),
        (lost, true, false),
        (lost, false, false),
        (busy, true, true),
        (failed, true, false),
        (failed, false, true),
    ] {
        let world = World::new([failure(), granted("token-1"), reply(200, "[]")]);
        let result = ask(&world.cx, &refreshing(rotates)).await;
        assert_eq!(result.is_ok(), again, "{result:?}");
        assert_eq!(world.asked().len(), if again { 3 } else { 1 });
    }
}

#[tokio::test]
async fn errors_of_the_token_endpoint_say_who_must_act() {
    let cases = [
        (
            400,
            r#"{"error": "invalid_grant", "error_description": "Token has been expired or revoked."}"#,
            ErrorKind::Auth,
            "no token was granted: Token has been expired or revoked (code=invalid_grant, request=token, status=400)",
        ),
        (
            401,
            r#"{"error": "invalid_client"}"#,
            ErrorKind::Auth,
            "no token was granted (code=invalid_client, request=token, status=401)",
        ),
        (
            200,
            r#"{"error": "unauthorized_client"}"#,
            ErrorKind::Auth,
            "no token was granted (code=unauthorized_client, request=token, status=200)",
        ),
        (
            400,
            r#"{"error": "invalid_scope"}"#,
            ErrorKind::Permission,
            "no token was granted for this scope (code=invalid_scope, request=token, status=400)",
        ),
        (
            400,
            r#"{"error": "invalid_request"}"#,
            ErrorKind::Protocol,
            "the vendor's login refused the request (code=invalid_request, request=token, status=400)",
        ),
        (
            401,
            "who are you?",
            ErrorKind::Auth,
            "the credentials were refused: who are you? (request=token, status=401)",
        ),
    ];
    for (status, body, kind, text) in cases {
        let world = World::new([reply(status, body)]);
        let error = ask(&world.cx, &refreshing(false)).await.unwrap_err();
        assert_eq!((error.kind(), error.to_string()), (kind, text.to_owned()));
        if body.contains("invalid_grant") {
            assert_eq!(error.hint_text(), "run kpi auth ads-emea");
        }
    }
    for (status, body) in
        [(400, r#"{"error": "temporarily_unavailable"}"#), (503, "<html>"), (500, r#"{"error": "x"}"#)]
    {
        let world = World::new([reply(status, body), granted("token-1"), reply(200, "[]")]);
        assert!(ask(&world.cx, &refreshing(false)).await.is_ok(), "{status} {body}");
        assert_eq!(world.slept().len(), 1);
    }
}

#[tokio::test]
async fn a_service_account_signs_its_claim() {
    let world = World::new([granted("token-1"), reply(200, "[]")]);
    world.vault.put("KEY_FILE", KEY_FILE);
    let scope = "https://www.googleapis.com/auth/analytics.readonly";
    let auth = Auth::google_service_account(env("KEY_FILE"), scope, Url::parse("https://a.example/token").unwrap());
    ask(&world.cx, &auth).await.unwrap();
    let form = world.form(0);
    assert_eq!(form["grant_type"], "urn:ietf:params:oauth:grant-type:jwt-bearer");
    let (signed, signature) = form["assertion"].rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let decode = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).unwrap();
    let read = |part: &str| serde_json::from_slice::<Value>(&decode(part)).unwrap();
    assert_eq!(read(header), json!({"typ": "JWT", "alg": "RS256", "kid": "test-key-1"}));
    // date -d 2026-11-01T00:00:00Z +%s = 1793491200
    let expected = json!({"iss": "kpi-reader@example-project.iam.gserviceaccount.com", "scope": scope,
        "aud": "https://oauth2.googleapis.com/token", "iat": 1_793_491_200, "exp": 1_793_494_800});
    assert_eq!(read(claims), expected);
    let key: Value = serde_json::from_str(KEY_FILE).unwrap();
    let der = PrivatePkcs8KeyDer::from_pem_slice(key["private_key"].as_str().unwrap().as_bytes()).unwrap();
    let pair = RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).unwrap();
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref());
    public.verify(signed.as_bytes(), &decode(signature)).unwrap();
    assert_eq!(world.header(1, "authorization"), "Bearer token-1");
}

#[tokio::test]
async fn a_key_file_that_is_none_is_the_operators_matter() {
    for content in
        ["not json", "{}", &KEY_FILE.replace("service_account", "authorized_user"), &KEY_FILE.replace("MII", "AAA")]
    {
        let world = World::new([]);
        world.vault.put("KEY_FILE", content);
        let auth = Auth::google_service_account(env("KEY_FILE"), "scope", url("/token"));
        let error = ask(&world.cx, &auth).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        let text = "environment variable KEY_FILE is not the key file of a google service account";
        assert_eq!(error.to_string(), text);
    }
}

#[tokio::test]
async fn a_secret_that_cannot_be_sent_is_the_operators_matter() {
    let world = World::new([]);
    world.vault.put("KEY", "two\nlines");
    let error = ask(&world.cx, &Auth::bearer(env("KEY"))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
}
