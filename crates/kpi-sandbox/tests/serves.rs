//! The sandbox as a client sees it: real requests over a real socket.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kpi_sandbox::{Options, Server, serve};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

struct Reply {
    status: u16,
    head: String,
    body: String,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }
}

struct Client {
    server: Server,
    token: String,
    data: PathBuf,
}

impl Client {
    async fn start(name: &str, change: impl FnOnce(&mut Options)) -> Self {
        let data = std::env::temp_dir().join(format!("kpi-sandbox-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&data).unwrap();
        let config = data.join("test.toml");
        std::fs::write(&config, CONFIG).unwrap();
        let mut options = Options::new(&data);
        options.config = vec![config];
        change(&mut options);
        Self { server: serve(options).await.unwrap(), token: String::new(), data }
    }

    async fn ask(&self, method: &str, path: &str, extra: &str, body: &str) -> Reply {
        let mut stream = TcpStream::connect(&self.server.ready().listen).await.unwrap();
        let auth =
            if self.token.is_empty() { String::new() } else { format!("Authorization: Bearer {}\r\n", self.token) };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{auth}{extra}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        Reply { status, head: head.to_owned(), body: body.to_owned() }
    }

    async fn sign_in(&mut self, source: &str, vendor: &str) {
        let secret = |key: &str| std::fs::read_to_string(self.data.join(format!("secrets/{source}-{key}"))).unwrap();
        let form = format!(
            "grant_type=refresh_token&client_id=1234-abc.apps.googleusercontent.com&client_secret={}&refresh_token={}",
            secret("client_secret"),
            secret("refresh_token").replace('/', "%2F")
        );
        let reply = self.ask("POST", &format!("/{vendor}/token"), FORM, &form).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        self.token = reply.json()["access_token"].as_str().unwrap().to_owned();
    }

    async fn gaql(&self, query: &str) -> Reply {
        let body = json!({"query": query}).to_string();
        self.ask("POST", "/google_ads/v26/customers/4567890123/googleAds:search", JSON, &body).await
    }

    async fn analytics(&self, body: Value) -> Reply {
        let path = "/google_search_console/webmasters/v3/sites/sc-domain%3Asaomai.example/searchAnalytics/query";
        self.ask("POST", path, JSON, &body.to_string()).await
    }
}

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
const JSON: &str = "Content-Type: application/json\r\n";
const CONFIG: &str = r#"
[workspace]
timezone = "Asia/Ho_Chi_Minh"
currency = "VND"
[sources.seo]
adapter = "google_search_console"
[sources.seo.config]
site_url = "sc-domain:saomai.example"
client_id = "1234-abc.apps.googleusercontent.com"
client_secret = { env = "X" }
refresh_token = { env = "Y" }
[sources.seo-key]
adapter = "google_search_console"
[sources.seo-key.config]
site_url = "https://saomai-de.example/"
service_account = { env = "Z" }
[sources.ads]
adapter = "google_ads"
[sources.ads.config]
customer_id = "4567890123"
client_id = "1234-abc.apps.googleusercontent.com"
client_secret = { env = "X" }
refresh_token = { env = "Y" }
[sources.crm]
adapter = "file"
[sources.crm.config]
path = "crm-*.csv"
channel = "crm"
"#;

#[tokio::test]
async fn writes_files_and_an_overlay_that_points_here() {
    let client = Client::start("overlay", |_| {}).await;
    let overlay: toml::Table = std::fs::read_to_string(&client.server.ready().overlay).unwrap().parse().unwrap();
    let base = overlay["sources"]["ads"]["config"]["base_url"].as_str().unwrap();
    assert_eq!(base, format!("{}/google_ads", client.server.ready().base_url));
    let crm = overlay["sources"]["crm"]["config"]["path"].as_str().unwrap();
    assert!(crm.ends_with("files/crm-*.csv"), "{crm}");
    for name in ["rates.csv", "crm-1.csv", "crm-2.csv", "web.jsonl", "survey.csv", "finance.csv"] {
        assert!(client.data.join("files").join(name).exists(), "{name}");
    }
    let before = std::fs::read_to_string(client.data.join("files/crm-2.csv")).unwrap();
    let moved = client.ask("PUT", "/_sandbox/clock", JSON, r#"{"now":"2026-10-01T06:00:00Z"}"#).await;
    assert_eq!(moved.status, 200);
    let after = std::fs::read_to_string(client.data.join("files/crm-2.csv")).unwrap();
    assert!(before.contains(",2026-10-31,") && !after.contains(",2026-10-31,"));
    let line: Value = serde_json::from_str(&client.server.line()).unwrap();
    assert_eq!(line["now"], "2026-11-05T06:00:00Z");
}

#[tokio::test]
async fn serves_search_analytics_to_the_signed_in() {
    let mut client = Client::start("seo", |_| {}).await;
    let query = json!({"startDate": "2026-10-01", "endDate": "2026-10-31", "dimensions": ["date"]});
    let refused = client.analytics(query.clone()).await;
    assert_eq!((refused.status, refused.json()["error"]["errors"][0]["reason"].as_str()), (401, Some("authError")));
    client.sign_in("seo", "google_search_console").await;
    let days = client.analytics(query).await.json();
    assert_eq!(days["rows"].as_array().unwrap().len(), 31);
    assert_eq!(days["responseAggregationType"], "byProperty");

    // Queries are fewer than the total, pages about three times as many.
    let sum = |reply: &Value| {
        reply["rows"].as_array().unwrap().iter().map(|r| r["impressions"].as_u64().unwrap()).sum::<u64>()
    };
    let day = |dimension: &str| json!({"startDate": "2026-10-06", "endDate": "2026-10-06", "dimensions": [dimension], "rowLimit": 25000});
    let total = sum(&client.analytics(day("date")).await.json());
    let queries = sum(&client.analytics(day("query")).await.json());
    let pages = sum(&client.analytics(day("page")).await.json());
    assert!(queries < total && queries > total / 2, "{queries} of {total}");
    assert_eq!(pages, 3 * total);

    let empty =
        client.analytics(json!({"startDate": "2026-11-04", "endDate": "2026-11-05", "dimensions": ["date"]})).await;
    assert_eq!(empty.body, r#"{"responseAggregationType":"byProperty"}"#);
    let fresh = json!({"startDate": "2026-11-01", "endDate": "2026-11-05", "dimensions": ["date"], "dataState": "all"});
    assert_eq!(client.analytics(fresh).await.json()["metadata"]["firstIncompleteDate"], "2026-11-03");
    let twice = json!({"startDate": "2026-10-06", "endDate": "2026-10-06", "dimensions": ["date", "date"]});
    let refused = client.analytics(twice).await;
    assert_eq!(
        (refused.status, refused.json()["error"]["message"].as_str().unwrap().to_owned()),
        (400, "Duplicate dimensions are not allowed.".to_owned())
    );
    let stranger =
        client.ask("GET", "/google_search_console/webmasters/v3/sites/sc-domain%3Aother.example", "", "").await;
    assert_eq!(stranger.status, 404);
}

#[tokio::test]
async fn verifies_the_signature_of_a_service_account() {
    let mut client = Client::start("jwt", |_| {}).await;
    let file = std::fs::read_to_string(client.data.join("secrets/seo-key-service_account")).unwrap();
    let file: Value = serde_json::from_str(&file).unwrap();
    let pem = file["private_key"].as_str().unwrap();
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = base64::engine::general_purpose::STANDARD.decode(body).unwrap();
    let key = RsaKeyPair::from_pkcs8(&der).unwrap();
    let now = "2026-11-05T06:00:00Z".parse::<jiff::Timestamp>().unwrap().as_second();
    let claims = json!({
        "iss": file["client_email"], "aud": file["token_uri"], "iat": now, "exp": now + 3600,
        "scope": "https://www.googleapis.com/auth/webmasters.readonly",
    });
    let head = json!({"alg": "RS256", "typ": "JWT", "kid": file["private_key_id"]});
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(head.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
    let grant = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
    let path = "/google_search_console/token";
    let good = client.ask("POST", path, FORM, &format!("{grant}{signed}.{}", URL_SAFE_NO_PAD.encode(&signature))).await;
    assert_eq!(good.status, 200, "{}", good.body);
    client.token = good.json()["access_token"].as_str().unwrap().to_owned();
    let site = client
        .ask("GET", "/google_search_console/webmasters/v3/sites/https%3A%2F%2Fsaomai-de.example%2F", "", "")
        .await;
    assert_eq!(site.json()["permissionLevel"], "siteOwner");
    signature[0] ^= 1;
    let bad = client.ask("POST", path, FORM, &format!("{grant}{signed}.{}", URL_SAFE_NO_PAD.encode(&signature))).await;
    assert_eq!((bad.status, bad.json()["error_description"].as_str()), (400, Some("Invalid JWT Signature.")));
}

#[tokio::test]
async fn exchanges_a_code_only_for_its_verifier() {
    let client = Client::start("pkce", |_| {}).await;
    let verifier = "a-verifier-that-is-long-enough-to-be-one-0123456789";
    let challenge = URL_SAFE_NO_PAD.encode(ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes()));
    let consent = format!(
        "/google_ads/o/oauth2/v2/auth?response_type=code&client_id=1234-abc.apps.googleusercontent.com&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fback&scope=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fadwords&state=s1&code_challenge={challenge}&code_challenge_method=S256"
    );
    let exchange = |code: String, verifier: &str| {
        format!(
            "grant_type=authorization_code&client_id=1234-abc.apps.googleusercontent.com&client_secret=GOCSPX-sandbox-only&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fback&code={code}&code_verifier={verifier}"
        )
    };
    for (given, status) in [("wrong", 400), (verifier, 200)] {
        let redirect = client.ask("GET", &consent, "", "").await;
        assert_eq!(redirect.status, 302);
        assert!(redirect.head.contains("state=s1"));
        let code = redirect.head.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
        let reply = client.ask("POST", "/google_ads/token", FORM, &exchange(code, given)).await;
        assert_eq!(reply.status, status, "{}", reply.body);
    }
}

#[tokio::test]
async fn serves_ads_reports_in_pages() {
    let mut client = Client::start("ads", |options| options.ads_page_size = Some(10)).await;
    client.sign_in("ads", "google_ads").await;
    let query = "SELECT customer.currency_code, campaign.id, segments.date, metrics.cost_micros, metrics.conversions FROM campaign WHERE segments.date BETWEEN '2026-10-01' AND '2026-10-07' ORDER BY segments.date";
    let first = client.gaql(query).await.json();
    assert_eq!(first["results"].as_array().unwrap().len(), 10);
    let second = json!({"query": query, "pageToken": first["nextPageToken"]}).to_string();
    let path = "/google_ads/v26/customers/4567890123/googleAds:search";
    let second = client.ask("POST", path, JSON, &second).await.json();
    assert_eq!(second["results"].as_array().unwrap().len(), 10);
    assert_eq!(first["results"][0]["segments"]["date"], "2026-10-01");
    assert!(first["results"][0]["metrics"]["costMicros"].is_string());

    let unknown = client.gaql("SELECT campaign.ids FROM campaign").await;
    let code = &unknown.json()["error"]["details"][0]["errors"][0]["errorCode"];
    assert_eq!((unknown.status, code["queryError"].as_str()), (400, Some("UNRECOGNIZED_FIELD")));
    let people = client
        .gaql("SELECT metrics.unique_users FROM customer WHERE segments.date BETWEEN '2026-10-01' AND '2026-10-31'")
        .await
        .json();
    assert_eq!(people["results"].as_array().unwrap().len(), 1);
    let managed = client
        .ask(
            "POST",
            "/google_ads/v26/customers/1234567890/googleAds:search",
            JSON,
            &json!({"query": "SELECT customer.id FROM customer"}).to_string(),
        )
        .await;
    assert_eq!(managed.status, 403);
    let through = "Content-Type: application/json\r\nlogin-customer-id: 1112223333\r\n";
    let managed = client
        .ask(
            "POST",
            "/google_ads/v26/customers/1234567890/googleAds:search",
            through,
            &json!({"query": "SELECT customer.id, customer.time_zone FROM customer"}).to_string(),
        )
        .await;
    assert_eq!(managed.json()["results"][0]["customer"]["timeZone"], "Asia/Ho_Chi_Minh");
}

#[tokio::test]
async fn plays_every_fault() {
    let mut client = Client::start("faults", |_| {}).await;
    client.sign_in("ads", "google_ads").await;
    let good = client.gaql("SELECT customer.id FROM customer").await;
    assert_eq!(good.status, 200);
    let cases = [
        ("rate_limit", 429),
        ("quota", 429),
        ("server_error", 500),
        ("html_200", 200),
        ("empty_body", 200),
        ("cut_json", 200),
        ("reset", 0),
        ("revoked", 401),
    ];
    for (name, status) in cases {
        let list = json!({"faults": [format!("google_ads={name}")]}).to_string();
        assert_eq!(client.ask("PUT", "/_sandbox/faults", JSON, &list).await.status, 200);
        let reply = client.gaql("SELECT customer.id FROM customer").await;
        assert_eq!(reply.status, status, "{name}");
        assert!(status > 200 || serde_json::from_str::<Value>(&reply.body).is_err(), "{name}: {}", reply.body);
    }
    let list = r#"{"faults":["google_ads=rate_limit_once","google_ads=server_error:1234567890"]}"#;
    client.ask("PUT", "/_sandbox/faults", JSON, list).await;
    assert_eq!(client.gaql("SELECT customer.id FROM customer").await.status, 429);
    assert_eq!(client.gaql("SELECT customer.id FROM customer").await.status, 200);
    let wrong = client.ask("PUT", "/_sandbox/faults", JSON, r#"{"faults":["google_ads=boredom"]}"#).await;
    assert_eq!(wrong.status, 400);
    let counted = client.ask("GET", "/_sandbox/ledger", "", "").await.json();
    assert!(
        counted["vendors"]["google_ads"]["/v26/customers/4567890123/googleAds:search"].as_u64().unwrap() > 8,
        "{counted}"
    );
}

#[tokio::test]
async fn serves_what_the_ledger_says() {
    let mut client = Client::start("ledger", |_| {}).await;
    let now = "2026-11-05T06:00:00Z".parse().unwrap();
    let world = kpi_sandbox::world::World::default();
    let sources = client.server.sandbox().sources.clone();
    let total = |id: &str, metric: &str| {
        let source = sources.iter().find(|source| source.id == id).unwrap();
        let facts = kpi_sandbox::vendor::find(&source.adapter).unwrap().ledger(&world, source, now);
        let october = facts
            .into_iter()
            .filter(|f| f.metric == metric && f.dims.is_empty() && f.start.to_string().starts_with("2026-10"));
        october.map(|fact| fact.value).sum::<kpi_sandbox::rational::Rational>().to_decimal()
    };
    client.sign_in("ads", "google_ads").await;
    let query = "SELECT metrics.impressions, metrics.cost_micros, metrics.conversions FROM customer WHERE segments.date BETWEEN '2026-10-01' AND '2026-10-31'";
    let served = client.gaql(query).await.json()["results"][0]["metrics"].clone();
    assert_eq!(served["impressions"].as_str().unwrap(), total("ads", "impressions"));
    assert_eq!(served["conversions"].to_string(), total("ads", "conversions"));
    let micros =
        kpi_sandbox::rational::Rational::scaled(served["costMicros"].as_str().unwrap().parse::<i64>().unwrap(), 6);
    assert_eq!(micros.to_decimal(), total("ads", "spend"));
    client.sign_in("seo", "google_search_console").await;
    let served = client.analytics(json!({"startDate": "2026-10-01", "endDate": "2026-10-31"})).await.json();
    assert_eq!(served["rows"][0]["clicks"].to_string(), total("seo", "organic_clicks"));
    assert_eq!(served["rows"][0]["impressions"].to_string(), total("seo", "search_impressions"));
    assert!(served["rows"][0].get("keys").is_none());
}

#[tokio::test]
async fn wears_tokens_out_and_pages_for_ever_on_demand() {
    let mut client = Client::start("worn", |options| {
        options.faults = vec!["google_ads=token_expired".to_owned(), "google_search_console=page_loop".to_owned()];
    })
    .await;
    client.sign_in("ads", "google_ads").await;
    for status in [200; 50].into_iter().chain([401]) {
        assert_eq!(client.gaql("SELECT customer.id FROM customer").await.status, status);
    }
    client.sign_in("seo", "google_search_console").await;
    let page = json!({"startDate": "2026-10-01", "endDate": "2026-10-01", "dimensions": ["query"], "rowLimit": 500, "startRow": 5000});
    assert_eq!(client.analytics(page).await.json()["rows"].as_array().unwrap().len(), 500);
}

#[tokio::test]
async fn serves_very_many_rows_in_bulk() {
    let mut client = Client::start("bulk", |options| options.bulk = Some(50_000)).await;
    client.sign_in("seo", "google_search_console").await;
    for (start, rows) in [(0, 25_000), (25_000, 25_000), (50_000, 0)] {
        let page = json!({"startDate": "2026-10-01", "endDate": "2026-10-01", "dimensions": ["date", "query"], "rowLimit": 25_000, "startRow": start});
        let reply = client.analytics(page).await.json();
        assert_eq!(reply.get("rows").map_or(0, |rows| rows.as_array().unwrap().len()), rows);
        assert!(rows == 0 || reply["rows"][0]["keys"][0] == "2026-10-01");
    }
}
