//! An exchange of `case.toml`, ready to be played.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde_json::Value as Json;

use super::Loaded;
use super::files::{ExchangeFile, ReplyFile, Times};
use crate::expect::Expect;
use crate::script::{Broken, Reply, Script};

pub(super) fn script(file: &ExchangeFile, folder: &Path, bodies: &mut BTreeSet<PathBuf>) -> Loaded<Script> {
    let method = file.expect.method.as_deref().unwrap_or("GET");
    let mut script = Script::new(method, &file.expect.path);
    script.expect = Expect {
        host: file.expect.host.clone(),
        query: pairs(&file.expect.query)?,
        form: pairs(&file.expect.form)?,
        header: pairs(&file.expect.header)?,
        json: file.expect.json.clone(),
        ..script.expect
    };
    script.reply = reply(&file.reply, folder, bodies)?;
    script.times = match &file.times {
        None => Some(1),
        Some(Times::Count(times)) => Some(*times),
        Some(Times::Word(word)) if word == "any" => None,
        Some(Times::Word(word)) => return Err(format!("times is a number or \"any\", not \"{word}\"")),
    };
    if let Some(name) = &file.name {
        script.label = name.clone();
    }
    Ok(script)
}

fn reply(file: &ReplyFile, folder: &Path, bodies: &mut BTreeSet<PathBuf>) -> Loaded<Reply> {
    if let Some(error) = &file.error {
        return Ok(Reply::broken(match error.as_str() {
            "refused" => Broken::NotSent,
            "reset" => Broken::Reset,
            "timeout" => Broken::TimedOut,
            "too_large" => Broken::TooLarge,
            other => return Err(format!("reply.error is refused, reset, timeout or too_large, not `{other}`")),
        }));
    }
    let (content_type, body) = match (&file.body, &file.text, &file.json) {
        (Some(name), None, None) => {
            let path = folder.join(name);
            let body = fs::read(&path).map_err(|error| format!("cannot read {name}: {error}"))?;
            bodies.insert(PathBuf::from(name));
            (content_type_of(name), Bytes::from(body))
        }
        (None, Some(text), None) => ("text/plain", Bytes::from(text.clone())),
        (None, None, Some(json)) => ("application/json", Bytes::from(json.to_string())),
        (None, None, None) => ("text/plain", Bytes::new()),
        _ => return Err("a reply has one of `body` (a file), `text` and `json`".to_owned()),
    };
    let mut headers = pairs(&file.headers)?;
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        headers.push(("content-type".to_owned(), content_type.to_owned()));
    }
    Ok(Reply { status: file.status.unwrap_or(200), headers, body, ..Reply::default() })
}

fn content_type_of(name: &str) -> &'static str {
    match Path::new(name).extension().and_then(|extension| extension.to_str()) {
        Some("json") => "application/json",
        Some("html") => "text/html",
        Some("csv") => "text/csv",
        _ => "text/plain",
    }
}

/// Values of a table as text; a list stands for a parameter that is given several times.
fn pairs(table: &BTreeMap<String, Json>) -> Loaded<Vec<(String, String)>> {
    let mut found = Vec::new();
    for (key, value) in table {
        let values = match value {
            Json::Array(values) => values.as_slice(),
            one => std::slice::from_ref(one),
        };
        for value in values {
            let text = match value {
                Json::String(text) => text.clone(),
                Json::Number(number) => number.to_string(),
                Json::Bool(truth) => truth.to_string(),
                other => return Err(format!("{key} is text, a number or a list of them, not {other}")),
            };
            found.push((key.clone(), text));
        }
    }
    Ok(found)
}
