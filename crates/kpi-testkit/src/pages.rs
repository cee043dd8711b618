//! Which exchanges of a script are the pages of one list.

use serde_json::Value as Json;

use crate::expect::Expect;
use crate::script::Script;

/// The names by which vendors say which page is asked for.
const PAGING_KEYS: [&str; 24] = [
    "pageToken",
    "page_token",
    "nextPageToken",
    "next_page_token",
    "continuation",
    "continuation_token",
    "cursor",
    "after",
    "before",
    "offset",
    "page",
    "pageNumber",
    "page_number",
    "page[number]",
    "page[cursor]",
    "startRow",
    "start_row",
    "start",
    "startIndex",
    "skip",
    "max_id",
    "since_id",
    "next",
    "paging_token",
];

/// The pages of one list.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    pub(crate) label: String,
    pub(crate) first: usize,
    pub(crate) all: Vec<usize>,
}

/// The lists that a script pages through: exchanges that ask for the same thing but for a key that says which page.
pub(crate) fn chains(scripts: &[Script]) -> Vec<Chain> {
    let mut chains: Vec<Chain> = Vec::new();
    for (index, script) in scripts.iter().enumerate() {
        let good = script.reply.broken.is_none() && script.reply.status < 400;
        if !good || script.is_token() {
            continue;
        }
        let same = chains.iter_mut().find(|chain| {
            let first = &scripts[chain.first];
            first.same_request(script) && agree(&first.expect, &script.expect)
        });
        match same {
            Some(chain) => chain.all.push(index),
            None => {
                chains.push(Chain { label: format!("{}_{}", index + 1, script.label), first: index, all: vec![index] });
            }
        }
    }
    chains.retain(|chain| {
        let mut pages: Vec<String> = chain.all.iter().map(|index| page_of(&scripts[*index].expect)).collect();
        pages.sort();
        pages.dedup();
        pages.len() > 1
    });
    chains
}

fn is_paging(key: &str) -> bool {
    PAGING_KEYS.contains(&key)
}

/// Whether two expectations could be of one list: what both say is the same, but for the page.
fn agree(one: &Expect, other: &Expect) -> bool {
    let pairs = |one: &[(String, String)], other: &[(String, String)]| {
        let values = |pairs: &[(String, String)], key: &str| -> Vec<String> {
            pairs.iter().filter(|(name, _)| name == key).map(|(_, value)| value.clone()).collect()
        };
        one.iter().filter(|(key, _)| !is_paging(key)).all(|(key, _)| {
            let theirs = values(other, key);
            theirs.is_empty() || theirs == values(one, key)
        })
    };
    let bodies = match (&one.json, &other.json) {
        (Some(Json::Object(one)), Some(Json::Object(other))) => one
            .iter()
            .filter(|(key, _)| !is_paging(key))
            .all(|(key, value)| other.get(key).is_none_or(|theirs| theirs == value)),
        (Some(one), Some(other)) => one == other,
        _ => true,
    };
    pairs(&one.query, &other.query) && pairs(&one.form, &other.form) && bodies
}

fn page_of(expect: &Expect) -> String {
    let mut keys: Vec<String> = expect
        .query
        .iter()
        .chain(&expect.form)
        .filter(|(key, _)| is_paging(key))
        .map(|(k, v)| format!("{k}={v}"))
        .collect();
    if let Some(Json::Object(object)) = &expect.json {
        keys.extend(object.iter().filter(|(key, _)| is_paging(key)).map(|(key, value)| format!("{key}={value}")));
    }
    keys.sort();
    keys.join("&")
}
