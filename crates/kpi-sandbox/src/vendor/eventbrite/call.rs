//! One call taken apart, and lists cut into pages that continue by a token.

use axum::http::{HeaderMap, Uri, header};
use base64::Engine as _;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::refusal::Refused;

/// Rows of a page when nothing is asked, and also the most for the lists of one event.
pub(super) const USUAL: usize = 50;

/// One call, taken apart.
#[derive(Debug)]
pub(super) struct Call {
    /// When it is answered.
    pub(super) now: Timestamp,
    /// The query in its order.
    pub(super) query: Vec<(String, String)>,
    /// The token, from the header or the query.
    pub(super) token: Option<String>,
    /// True when every page leads back to the first.
    pub(super) looping: bool,
}

impl Call {
    /// Takes a request apart.
    pub(super) fn new(uri: &Uri, headers: &HeaderMap, now: Timestamp, looping: bool) -> Call {
        let query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        let mut call = Call { now, query, token: None, looping };
        let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = bearer.and_then(|value| value.split_once(' ')).map(|(_, token)| token.trim().to_owned());
        call.token = bearer.or_else(|| call.get("token").map(str::to_owned));
        call
    }

    /// A parameter of the query; empty counts as absent.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// True when the caller wants something written out.
    pub(super) fn expands(&self, what: &str) -> bool {
        self.get("expand").is_some_and(|list| list.split(',').any(|name| name.trim() == what))
    }

    /// A moment in UTC, such as `2026-11-01T00:00:00Z`.
    pub(super) fn time(&self, name: &str) -> Result<Option<Timestamp>, Refused> {
        self.get(name).map(|text| text.parse().map_err(|_| Refused::argument(name))).transpose()
    }

    /// The words of a comma list, all of which must be known.
    pub(super) fn words(&self, name: &str, known: &[&str]) -> Result<Option<Vec<&str>>, Refused> {
        let Some(list) = self.get(name) else { return Ok(None) };
        let words: Vec<&str> = list.split(',').map(str::trim).collect();
        if words.iter().all(|word| known.contains(word)) { Ok(Some(words)) } else { Err(Refused::argument(name)) }
    }

    /// The asked page of a list under its name, with the pagination that says how to go on.
    pub(super) fn page<T>(
        &self,
        name: &str,
        rows: &[T],
        most: usize,
        write: impl Fn(&T) -> Value,
    ) -> Result<Value, Refused> {
        let size = self.get("page_size").map_or(Ok(USUAL), str::parse).map_err(|_| Refused::argument("page_size"))?;
        let size = size.clamp(1, most);
        let number = match (self.get("continuation"), self.get("page")) {
            (Some(_), _) if self.looping => 1,
            (Some(token), _) => page_of(token).ok_or_else(Refused::bad_continuation)?,
            (None, None | Some("1")) => 1,
            (None, Some(_)) => return Err(Refused::bad_page()),
        };
        let pages = rows.len().div_ceil(size).max(1);
        if number > pages {
            return Err(Refused::bad_continuation());
        }
        let on_page: Vec<Value> = rows.iter().skip((number - 1) * size).take(size).map(write).collect();
        let more = number < pages || self.looping;
        let mut pagination = json!({
            "object_count": rows.len(),
            "page_number": number,
            "page_size": size,
            "page_count": pages,
            "has_more_items": more,
        });
        if more {
            pagination["continuation"] = json!(continuation(if self.looping { 2 } else { number + 1 }));
        }
        Ok(json!({"pagination": pagination, name: on_page}))
    }
}

/// The token of a page.
fn continuation(page: usize) -> String {
    base64::engine::general_purpose::STANDARD_NO_PAD.encode(format!("{{\"page\": {page}}}"))
}

fn page_of(token: &str) -> Option<usize> {
    let bytes = base64::engine::general_purpose::STANDARD_NO_PAD.decode(token.trim_end_matches('=')).ok()?;
    let value: Value = serde_json::from_slice(&bytes).ok()?;
    usize::try_from(value.get("page")?.as_u64()?).ok().filter(|page| *page > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_of_the_second_page_is_the_one_that_was_recorded() {
        assert_eq!(continuation(2), "eyJwYWdlIjogMn0");
        assert_eq!(page_of("eyJwYWdlIjogMn0"), Some(2));
        assert_eq!(page_of("nonsense"), None);
    }
}
