//! The least that reading Search Console rows can cost: ask for a page, parse it into typed rows, add them up, forget it.
//!
//! `bare_loop OVERLAY SITE FIRST LAST` asks the sandbox whose overlay it is given for every query row of every day, on one
//! connection, and prints the number of rows and the sums. It is the yardstick of `cargo xtask bench collect_bulk`.

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const PAGE_ROWS: usize = 25_000;

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    keys: Vec<String>,
    clicks: f64,
    impressions: f64,
    position: f64,
}

#[derive(Default)]
struct Sums {
    rows: usize,
    key_bytes: usize,
    clicks: f64,
    impressions: f64,
    positions: f64,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [overlay, site, first, last] = arguments.as_slice() else {
        return Err("usage: bare_loop OVERLAY SITE FIRST LAST".into());
    };
    let overlay: toml::Table = std::fs::read_to_string(overlay)?.parse()?;
    let sources = overlay["sources"].as_table().ok_or("no sources")?;
    let config = &sources.values().next().ok_or("no source")?["config"];
    let text = |key: &str| config[key].as_str().ok_or("no such key");
    let secret = |key: &str| -> Result<String> {
        Ok(std::fs::read_to_string(config[key]["file"].as_str().ok_or("no such secret")?)?)
    };
    let (address, prefix) = text("base_url")?.trim_start_matches("http://").split_once('/').ok_or("no path")?;
    let mut connection = Connection::open(address)?;

    let form = format!(
        "grant_type=refresh_token&client_id={}&client_secret={}&refresh_token={}",
        escaped("1234-abc.apps.googleusercontent.com"),
        escaped(secret("client_secret")?.trim()),
        escaped(secret("refresh_token")?.trim())
    );
    let path = format!("/{prefix}/token");
    let reply = connection.post(&path, "content-type: application/x-www-form-urlencoded\r\n", form.as_bytes())?;
    let granted: Value = serde_json::from_slice(&reply)?;
    let token = granted["access_token"].as_str().ok_or("no access token")?;
    let headers = format!("content-type: application/json\r\nauthorization: Bearer {token}\r\n");

    let path = format!("/{prefix}/webmasters/v3/sites/{}/searchAnalytics/query", escaped(site));
    let (mut day, last): (Date, Date) = (first.parse()?, last.parse()?);
    let mut sums = Sums::default();
    while day <= last {
        for start in [0, PAGE_ROWS] {
            let query = json!({
                "startDate": day, "endDate": day, "dimensions": ["date", "query"], "type": "web",
                "aggregationType": "auto", "dataState": "final", "rowLimit": PAGE_ROWS, "startRow": start,
            });
            let reply = connection.post(&path, &headers, query.to_string().as_bytes())?;
            let page: Page = serde_json::from_slice(&reply)?;
            for row in &page.rows {
                sums.rows += 1;
                sums.key_bytes += row.keys.iter().map(String::len).sum::<usize>();
                sums.clicks += row.clicks;
                sums.impressions += row.impressions;
                sums.positions += row.position * row.impressions;
            }
        }
        day = day.checked_add(1.day())?;
    }
    let Sums { rows, key_bytes, clicks, impressions, positions } = sums;
    let line =
        format!("{rows} rows, {key_bytes} bytes of keys, {clicks} clicks, {impressions} impressions, {positions}\n");
    std::io::stdout().write_all(line.as_bytes())?;
    Ok(())
}

/// Everything but letters and digits as `%XX`.
fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// One kept-alive HTTP/1.1 connection.
struct Connection {
    address: String,
    stream: BufReader<TcpStream>,
}

impl Connection {
    fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { address: address.to_owned(), stream: BufReader::with_capacity(1 << 16, stream) })
    }

    fn post(&mut self, path: &str, headers: &str, body: &[u8]) -> Result<Vec<u8>> {
        let (host, length) = (&self.address, body.len());
        let head = format!("POST {path} HTTP/1.1\r\nhost: {host}\r\n{headers}content-length: {length}\r\n\r\n");
        let mut request = head.into_bytes();
        request.extend_from_slice(body);
        self.stream.get_mut().write_all(&request)?;
        let mut status = String::new();
        self.stream.read_line(&mut status)?;
        let mut length = None;
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line)?;
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = Some(value.trim().parse::<usize>()?);
            }
        }
        let mut content = vec![0; length.ok_or("the reply has no content-length")?];
        self.stream.read_exact(&mut content)?;
        if status.split(' ').nth(1) != Some("200") {
            return Err(format!("{}: {}", status.trim_end(), String::from_utf8_lossy(&content)).into());
        }
        Ok(content)
    }
}
