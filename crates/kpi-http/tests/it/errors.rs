//! What an error says, and what it never says.

use std::io::{Result as IoResult, Write};
use std::sync::{Arc, Mutex};

use kpi_core::{Error, ErrorKind, Exchange, TransportError};
use kpi_http::{Auth, Endpoint, Reply, get, post};
use serde_json::{Value, json};
use url::Url;

use crate::world::{World, env, reply, url};

#[tokio::test]
async fn a_reply_of_another_shape_is_named_with_request_and_path() {
    let world = World::new([reply(200, r#"{"results": [{"clicks": "x"}]}"#)]);
    #[derive(Debug, serde::Deserialize)]
    struct Page {
        #[expect(dead_code, reason = "only its decoding counts")]
        results: Vec<std::collections::BTreeMap<String, u64>>,
    }
    let error = get(url("/")).name("report").send::<Page>(&world.cx).await.unwrap_err();
    let text = "the reply has another shape: results[0].clicks: invalid type: string, expected u64 (request=report, status=200)";
    assert_eq!((error.kind(), error.to_string()), (ErrorKind::Protocol, text.to_owned()));
}

#[tokio::test]
async fn secrets_never_come_back_in_errors() {
    let echo = |reply: &Reply| {
        let text = reply.text().ok()?.to_owned();
        Some(Error::new(ErrorKind::Auth, text.clone()).with("code", text.clone()).hint(text.clone()).caused_by(text))
    };
    let world = World::new([reply(401, "sent CANARY+1/x and CANARY%2B1%2Fx and VVM6Q0FOQVJZKzEveA==")]);
    world.vault.put("KEY", "CANARY+1/x");
    let call = get(url("/")).name("rows").auth(&Auth::basic("US", env("KEY"))).classify(echo);
    let error = call.send::<Value>(&world.cx).await.unwrap_err();
    let clean = "sent [redacted] and [redacted] and [redacted]";
    assert_eq!(error.to_string(), format!("{clean} (code={clean}, request=rows, status=401)"));
    assert_eq!(error.hint_text(), clean);
    assert!(std::error::Error::source(&error).is_none());
    assert_eq!(kpi_http::redact(&world.cx, "CANARY+1/x!"), "[redacted]!");
}

#[tokio::test]
async fn a_secret_in_the_query_is_sent_and_not_shown() {
    let world = World::new([reply(400, "no such key: CANARY-KEY at https://api.vendor.example/?apikey=CANARY-KEY")]);
    world.vault.put("KEY", "CANARY-KEY");
    let call = get(url("/rows")).name("rows").query("a", "b c").auth(&Auth::query("apikey", env("KEY")));
    let error = call.send::<Value>(&world.cx).await.unwrap_err();
    assert_eq!(world.asked(), ["GET /rows?a=b+c&apikey=CANARY-KEY"]);
    let text = "the vendor refused the request: no such key: [redacted] at [url] (request=rows, status=400)";
    assert_eq!(error.to_string(), text);
    assert_eq!(world.cx.evidence().take()[0].endpoint, "GET /rows");
}

#[tokio::test]
async fn evidence_is_the_same_with_and_without_a_base_url() {
    let expected = Exchange {
        endpoint: "POST /v26/customers/1/googleAds:search".to_owned(),
        status: 200,
        bytes: 2,
        // printf '[]' | sha256sum
        sha256: "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945".to_owned(),
    };
    let sandbox = Url::parse("http://sandbox.example:8080/google_ads/").unwrap();
    for base in [None, Some(&sandbox)] {
        let world = World::new([reply(200, "[]")]);
        let api = Endpoint::new(base, "https://googleads.googleapis.com");
        let call = post(api.url(&["v26", "customers", "1", "googleAds:search"])).name("search").query("x", 1);
        let _: Value = call.json(&json!({"query": "SELECT 1"})).send(&world.cx).await.unwrap();
        assert_eq!(world.cx.evidence().take(), std::slice::from_ref(&expected));
        assert_eq!(world.header(0, "content-type"), "application/json");
        assert_eq!(world.header(0, "accept"), "application/json");
        assert!(world.vendor.seen.lock().unwrap()[0].uri().to_string().ends_with("googleAds:search?x=1"));
    }
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_before_anything_is_sent() {
    let world = World::new([]);
    let plain = get(Url::parse("http://a.example/").unwrap()).name("rows").send::<Value>(&world.cx).await;
    assert_eq!(plain.unwrap_err().kind(), ErrorKind::Config);
    let unnamed = get(url("/")).send::<Value>(&world.cx).await;
    assert_eq!(unnamed.unwrap_err().kind(), ErrorKind::Contract);
    let header = get(url("/")).name("rows").header("x-id", "a\nb").send::<Value>(&world.cx).await;
    assert_eq!(header.unwrap_err().to_string(), "the value of header `x-id` cannot be sent (request=rows)");
    assert_eq!(world.asked().len(), 0);
}

#[tokio::test]
async fn no_log_line_holds_a_secret() {
    // For the whole process, since what is logged at all is decided once for all threads; other tests log here too.
    let lines = Lines::default();
    let log = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).without_time().with_ansi(false);
    tracing::subscriber::set_global_default(log.with_writer(lines.writer()).finish()).unwrap();
    let broken = TransportError::NotSent("https://a.example/?key=CANARY-LOG refused".to_owned());
    let world = World::new([Err(broken), reply(503, "CANARY-LOG is slow"), reply(200, "[\"CANARY-LOG\"]")]);
    world.vault.put("KEY", "CANARY-LOG");
    let auth = Auth::query("key", env("KEY"));
    let rows: Value = get(url("/CANARY-LOG")).name("logged").auth(&auth).send(&world.cx).await.unwrap();
    assert_eq!(rows, json!(["CANARY-LOG"]));
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("exchange source=\"ads-emea\" request=\"logged\" status=200 bytes=14 attempt=3"), "{text}");
    assert!(!text.contains("CANARY-LOG"), "{text}");
    assert_eq!(world.cx.evidence().take()[0].endpoint, "GET /[redacted]");
}

#[tokio::test]
async fn nothing_prints_a_secret() {
    let world = World::new([reply(200, "CANARY-BODY")]);
    let call = get(url("/?key=CANARY-KEY")).name("rows").header("x-key", "CANARY-HEADER").form(&[("a", "CANARY-FORM")]);
    let text = format!("{call:?}");
    assert!(!text.contains("CANARY"), "{text}");
    let reply = call.send_raw(&world.cx).await.unwrap();
    assert!(!format!("{reply:?}").contains("CANARY"));
    assert_eq!(reply.text().unwrap(), "CANARY-BODY");
}

/// A log in memory.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn writer(&self) -> impl Fn() -> Self + use<> {
        let lines = self.clone();
        move || lines.clone()
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> IoResult<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> IoResult<()> {
        Ok(())
    }
}
