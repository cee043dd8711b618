//! `kpi auth`: the consent pages of the vendors, walked through as a browser does, and the token that comes of it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;

use crate::harness::{Sandbox, said};

const NOW: &str = "2026-11-05T06:00:00Z";

const CONFIG: &str = r#"
[workspace]
name = "Acme"
timezone = "Asia/Ho_Chi_Minh"
currency = "VND"

[sources.search]
adapter = "google_search_console"
[sources.search.config]
site_url = "sc-domain:saomai.example"
client_id = "1234-abc.apps.googleusercontent.com"
client_secret = { env = "GOOGLE_CLIENT_SECRET" }
refresh_token = { env = "GSC_REFRESH_TOKEN" }

[sources.page]
adapter = "facebook_pages"
[sources.page.config]
page_id = "2121008874780932"
access_token = { env = "FACEBOOK_TOKEN" }
app_id = "1234"
app_secret = { file = "app-secret" }
"#;

/// A GET without following redirects: the place that the reply sends to, and the body.
fn get(url: &str) -> (Option<String>, String) {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    let location = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("location").then(|| value.to_owned())
    });
    (location, body.to_owned())
}

/// Walks through the consent page of a source and gives what the command said.
fn consent(sandbox: &Sandbox, store: &Path, source: &str) -> (i32, String) {
    let mut child = sandbox.at(NOW, store, &["auth", source]).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let page = lines.find(|line| line.starts_with("http://")).unwrap();
    let back = get(&page).0.unwrap_or_else(|| panic!("{page} sends nowhere"));
    assert!(back.contains("code=") && back.contains("state="), "{back}");
    assert!(get(&back).1.contains("You can close this page"));
    let rest: Vec<String> = lines.collect();
    (child.wait().unwrap().code().unwrap(), rest.join("\n"))
}

#[test]
fn consent_gives_a_token_that_works_and_that_only_its_owner_reads() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("kpi.toml");
    std::fs::write(&config, CONFIG).unwrap();
    std::fs::write(folder.path().join("app-secret"), "not-really").unwrap();
    let sandbox = Sandbox::start(&[config.to_str().unwrap()], NOW);

    // The overlay brings valid tokens; without them the check fails.
    for secret in ["search-refresh_token", "page-access_token"] {
        std::fs::remove_file(sandbox.folder.path().join("sandbox/secrets").join(secret)).unwrap();
    }
    let store = folder.path().join("kpi.sqlite");
    let before = said(&mut sandbox.at(NOW, &store, &["check"]));
    assert_eq!(before.code, 5, "{}{}", before.stdout, before.stderr);

    for (source, file) in [("search", "search-refresh_token"), ("page", "page-access_token")] {
        let (code, text) = consent(&sandbox, &store, source);
        assert_eq!(code, 0, "{text}");
        let kept = sandbox.folder.path().join("sandbox/secrets").join(file);
        assert!(text.contains(&kept.display().to_string()), "{text}");
        assert_eq!(std::fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600, "{}", kept.display());
        assert!(!text.contains(std::fs::read_to_string(&kept).unwrap().trim()), "the token is shown: {text}");
    }
    let after = said(&mut sandbox.at(NOW, &store, &["check"]));
    assert_eq!(after.code, 0, "{}{}", after.stdout, after.stderr);
}
