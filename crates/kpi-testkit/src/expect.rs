//! What a request must have, and what it lacks.

use bytes::Bytes;
use serde_json::Value as Json;

/// What a request must have; what is not mentioned may be anything.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expect {
    pub(crate) method: String,
    pub(crate) host: Option<String>,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) form: Vec<(String, String)>,
    pub(crate) header: Vec<(String, String)>,
    pub(crate) json: Option<Json>,
}

/// A request as an adapter made it.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

impl Sent {
    pub(crate) fn of(request: &http::Request<Bytes>) -> Self {
        let uri = request.uri();
        let query = url::form_urlencoded::parse(uri.query().unwrap_or("").as_bytes()).into_owned().collect();
        let headers = request
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let host = uri.authority().map_or_else(String::new, ToString::to_string);
        Self {
            method: request.method().to_string(),
            host,
            path: uri.path().to_owned(),
            query,
            headers,
            body: request.body().clone(),
        }
    }

    fn form(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// The request in a few lines, for people.
    pub(crate) fn describe(&self) -> String {
        const MOST_BODY: usize = 600;

        let mut text = format!("{} https://{}{}", self.method, self.host, self.path);
        for (key, value) in &self.query {
            text.push_str(&format!("\n    query {key} = {value}"));
        }
        if !self.body.is_empty() {
            let body: String = String::from_utf8_lossy(&self.body).chars().take(MOST_BODY).collect();
            text.push_str(&format!("\n    body {body}"));
        }
        text
    }
}

impl Expect {
    /// How much it demands, so that the more exact of two fitting expectations is used first.
    pub(crate) fn weight(&self) -> usize {
        let json = self.json.as_ref().map_or(0, leaves);
        usize::from(self.host.is_some()) + self.query.len() + self.form.len() + self.header.len() + json
    }

    /// What a request lacks; empty when it fits.
    pub(crate) fn misses(&self, sent: &Sent) -> Vec<String> {
        let mut misses = Vec::new();
        if self.method != sent.method {
            misses.push(format!("method: expected {}, got {}", self.method, sent.method));
        }
        if let Some(host) = &self.host
            && *host != sent.host
        {
            misses.push(format!("host: expected {host}, got {}", sent.host));
        }
        if self.path != sent.path {
            misses.push(format!("path: expected {}, got {}", self.path, sent.path));
        }
        missing_pairs("query", &self.query, &sent.query, &mut misses);
        if !self.form.is_empty() {
            missing_pairs("form", &self.form, &sent.form(), &mut misses);
        }
        let wanted: Vec<(String, String)> =
            self.header.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect();
        missing_pairs("header", &wanted, &sent.headers, &mut misses);
        if let Some(wanted) = &self.json {
            match serde_json::from_slice::<Json>(&sent.body) {
                Ok(body) => missing_json("json", wanted, &body, &mut misses),
                Err(_) => misses.push("json: the body is not JSON".to_owned()),
            }
        }
        misses
    }
}

fn leaves(json: &Json) -> usize {
    match json {
        Json::Object(object) => object.values().map(leaves).sum(),
        Json::Array(array) => array.iter().map(leaves).sum(),
        _ => 1,
    }
}

fn missing_pairs(what: &str, wanted: &[(String, String)], got: &[(String, String)], misses: &mut Vec<String>) {
    for (key, value) in wanted {
        let values: Vec<&str> = got.iter().filter(|(name, _)| name == key).map(|(_, value)| value.as_str()).collect();
        if values.is_empty() {
            misses.push(format!("{what}.{key}: expected `{value}`, got nothing"));
        } else if !values.contains(&value.as_str()) {
            misses.push(format!("{what}.{key}: expected `{value}`, got `{}`", values.join("`, `")));
        }
    }
}

/// Objects may have more keys than expected; everything else must be equal.
fn missing_json(path: &str, wanted: &Json, got: &Json, misses: &mut Vec<String>) {
    match (wanted, got) {
        (Json::Object(wanted), Json::Object(got)) => {
            for (key, value) in wanted {
                match got.get(key) {
                    Some(found) => missing_json(&format!("{path}.{key}"), value, found, misses),
                    None => misses.push(format!("{path}.{key}: expected {value}, got nothing")),
                }
            }
        }
        (Json::Array(wanted), Json::Array(got)) if wanted.len() == got.len() => {
            for (index, (value, found)) in wanted.iter().zip(got).enumerate() {
                missing_json(&format!("{path}[{index}]"), value, found, misses);
            }
        }
        (wanted, got) if wanted == got => {}
        (wanted, got) => misses.push(format!("{path}: expected {wanted}, got {got}")),
    }
}
