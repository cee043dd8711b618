//! Rules 6, 53, 64, 65 and 68: where requests go, and what must never come out.

use std::collections::BTreeSet;
use std::error::Error as _;
use std::sync::Arc;

use kpi_core::Error;
use serde_json::Value as Json;

use super::schema::keys;
use super::{Evidence, all, demand, rule};
use crate::case::{Case, Loaded};
use crate::fault::{Fault, FaultKind};
use crate::faults::baseline;
use crate::figures;
use crate::run::Run;
use crate::suite::Suite;

/// Where requests go in the test of `base_url`; nothing listens there.
const BASE: &str = "http://127.0.0.1:9/behind";

/// Keys of replies whose values are secrets.
const SECRET_KEYS: [&str; 6] = ["access_token", "refresh_token", "id_token", "client_secret", "api_key", "app_secret"];

pub(super) fn add(suite: &mut Suite, evidence: &Arc<Evidence>) {
    rule(suite, evidence, "06_only_declared_hosts_are_asked", declared_hosts);
    rule(suite, evidence, "06_base_url_prefixes_every_host", base_url);
    rule(suite, evidence, "53_requests_at_once_stay_within_the_budget", concurrency);
    rule(suite, evidence, "64_secrets_never_leak", secrets);
    rule(suite, evidence, "65_personal_data_stays_inside", personal);
    rule(suite, evidence, "68_errors_say_what_to_do", errors);
}

fn declared_hosts(evidence: &Evidence) -> Loaded<()> {
    demand(evidence.suite.config.get("base_url").is_none(), || {
        "account.toml sets base_url: without it the declared hosts are asked".to_owned()
    })?;
    all(evidence.cases.iter().map(|case| {
        let foreign = case.plan.run().record.foreign;
        demand(foreign.is_empty(), || format!("case {}: {}", case.name, foreign.join("\n")))
    }))
}

fn base_url(evidence: &Evidence) -> Loaded<()> {
    demand(keys(evidence).iter().any(|key| key.name == "base_url"), || {
        "the configuration has no key `base_url`: every HTTP adapter has it".to_owned()
    })?;
    let hosts = evidence.subject.descriptor().hosts;
    evidence.each_happy(|case| {
        let mut plan = case.plan.clone();
        if let Json::Object(keys) = &mut plan.config {
            keys.insert("base_url".to_owned(), Json::from(BASE));
        }
        for script in &mut plan.scripts {
            script.expect.host = None;
            let mut body = String::from_utf8_lossy(&script.reply.body).into_owned();
            for host in hosts {
                // Vendors that link to their next page link to where they are.
                body = body.replace(&format!("https://{host}/"), &format!("{BASE}/"));
                body = body.replace(&format!("https:\\/\\/{host}\\/"), &format!("{BASE}/"));
            }
            if body.as_bytes() != script.reply.body {
                script.reply.body = body.into();
            }
        }
        let run = plan.run();
        let mut problems = run.problems();
        problems.extend(figures::diff(&baseline(case)?, &run.outcome()));
        demand(problems.is_empty(), || format!("with base_url = \"{BASE}\": {}", problems.join("\n")))
    })
}

fn concurrency(evidence: &Evidence) -> Loaded<()> {
    let most = evidence.subject.descriptor().concurrency as usize;
    evidence.each_happy(|case| {
        let at_once = case.plan.run().record.most_at_once;
        demand(at_once <= most, || format!("{at_once} requests at once; the descriptor's budget is {most}"))
    })
}

/// A run as it should be, and runs in which the vendor repeats what it was sent.
fn telling_runs(case: &Case) -> Vec<Run> {
    let mut runs = vec![case.plan.run()];
    for index in 0..case.plan.scripts.len() {
        for kind in [
            FaultKind::Echo(400),
            FaultKind::Echo(401),
            FaultKind::Echo(500),
            FaultKind::AsError(400),
            FaultKind::CutBody,
            FaultKind::Html,
        ] {
            runs.push(case.plan.with_fault(Fault::ever(index, kind)).run());
        }
    }
    runs
}

fn secrets(evidence: &Evidence) -> Loaded<()> {
    all(evidence.cases.iter().map(|case| {
        let runs = telling_runs(case);
        let mut canaries: BTreeSet<String> = BTreeSet::new();
        for script in &case.plan.scripts {
            if let Ok(json) = serde_json::from_slice::<Json>(&script.reply.body) {
                tokens(&json, &mut canaries);
            }
        }
        for run in &runs {
            canaries.extend(run.secrets.iter().flat_map(|secret| parts_of(secret)));
            canaries.extend(sent_credentials(run));
        }
        canaries.retain(|canary| canary.len() >= 8);
        all(runs.iter().map(|run| {
            let paths = run.record.log.iter().map(|entry| format!("path {}", entry.sent.path));
            let said = outputs(run).into_iter().chain(paths);
            all(said.map(|text| match canaries.iter().find(|canary| text.contains(canary.as_str())) {
                None => Ok(()),
                Some(canary) => Err(format!(
                    "case {}: a secret shows up:\n  {}",
                    case.name,
                    text.replace(canary.as_str(), "<THE SECRET>")
                )),
            }))
        }))
    }))
}

fn personal(evidence: &Evidence) -> Loaded<()> {
    all(evidence.cases.iter().map(|case| {
        let mut people: BTreeSet<String> = evidence.suite.personal.iter().cloned().collect();
        for script in &case.plan.scripts {
            people.extend(addresses(&String::from_utf8_lossy(&script.reply.body)));
        }
        all(telling_runs(case).iter().flat_map(outputs).map(|text| {
            match people.iter().find(|person| text.contains(person.as_str())) {
                None => Ok(()),
                Some(person) => Err(format!("case {}: `{person}` comes out:\n  {text}", case.name)),
            }
        }))
    }))
}

fn errors(evidence: &Evidence) -> Loaded<()> {
    evidence.each_happy(|case| {
        let kinds = [
            FaultKind::Status(400),
            FaultKind::Status(401),
            FaultKind::Status(403),
            FaultKind::Status(404),
            FaultKind::Status(500),
            FaultKind::Html,
            FaultKind::EmptyBody,
        ];
        let mut seen = BTreeSet::new();
        for index in 0..case.plan.scripts.len() {
            for kind in &kinds {
                let run = case.plan.with_fault(Fault::ever(index, kind.clone())).run();
                if let Some(error) = run.error() {
                    seen.extend(faults_of(error).into_iter().map(|fault| format!("{fault}: {error:?}")));
                }
            }
        }
        demand(seen.is_empty(), || seen.into_iter().collect::<Vec<_>>().join("\n"))
    })
}

/// What an error lacks.
fn faults_of(error: &Error) -> Vec<&'static str> {
    let message = error.message();
    let named = error.context().iter().any(|(key, value)| *key == "request" && !value.is_empty());
    let checks = [
        (message.trim().is_empty(), "an error without a message"),
        (message.ends_with('.'), "a message is a fragment without a full stop"),
        (message.starts_with(char::is_uppercase), "a message begins with a small letter"),
        (message.contains("://"), "a message holds a URL"),
        (!named, "an error does not name its request (.name(…))"),
        (error.hint_text().trim().is_empty(), "an error does not say what to do"),
    ];
    checks.into_iter().filter(|(wrong, _)| *wrong).map(|(_, what)| what).collect()
}

/// Everything that leaves an adapter, as texts.
fn outputs(run: &Run) -> Vec<String> {
    let mut texts: Vec<String> = run.figures();
    texts.extend(run.notes());
    texts.extend(run.evidence.iter().map(|read| format!("evidence {}", read.endpoint)));
    texts.extend(run.profile.iter().map(|profile| format!("{profile:?}")));
    if let Some(error) = &run.error {
        texts.push(format!("error {error:?}, hint: {}", error.hint_text()));
        let mut cause = error.source();
        while let Some(error) = cause {
            texts.push(format!("cause {error} {error:?}"));
            cause = error.source();
        }
    }
    texts
}

/// A secret, and what in a key file is secret.
fn parts_of(secret: &str) -> Vec<String> {
    let mut parts = vec![secret.to_owned()];
    if let Ok(Json::Object(file)) = serde_json::from_str::<Json>(secret) {
        let private = file.get("private_key").and_then(Json::as_str).unwrap_or("");
        parts.extend(private.lines().filter(|line| !line.starts_with("-----")).map(str::to_owned));
    }
    parts
}

/// What stood in `Authorization` headers, without the scheme.
fn sent_credentials(run: &Run) -> Vec<String> {
    let headers = run.record.log.iter().flat_map(|entry| &entry.sent.headers);
    let values = headers.filter(|(name, _)| name == "authorization").map(|(_, value)| value);
    values.map(|value| value.split_once(' ').map_or(value.as_str(), |(_, rest)| rest).to_owned()).collect()
}

/// The tokens in a reply.
fn tokens(json: &Json, found: &mut BTreeSet<String>) {
    match json {
        Json::Object(object) => {
            for (key, value) in object {
                match value {
                    Json::String(text) if SECRET_KEYS.contains(&key.as_str()) => {
                        found.insert(text.clone());
                    }
                    other => tokens(other, found),
                }
            }
        }
        Json::Array(items) => items.iter().for_each(|item| tokens(item, found)),
        _ => {}
    }
}

/// The e-mail addresses in a text.
fn addresses(text: &str) -> Vec<String> {
    let part = |c: char| c.is_alphanumeric() || "._%+-".contains(c);
    let mut found = Vec::new();
    for (at, _) in text.match_indices('@') {
        let name: String =
            text[..at].chars().rev().take_while(|c| part(*c)).collect::<Vec<_>>().into_iter().rev().collect();
        let domain: String = text[at + 1..].chars().take_while(|c| part(*c)).collect();
        let domain = domain.trim_matches('.');
        if !name.is_empty() && domain.contains('.') {
            found.push(format!("{name}@{domain}"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use kpi_core::{Error, ErrorKind};

    use super::{addresses, faults_of};

    #[test]
    fn finds_addresses() {
        let text = r#"{"a":"an.nguyen+x@mail.example.vn","b":"@handle","c":"see b@c. d@e","sc-domain":"x"}"#;
        assert_eq!(addresses(text), ["an.nguyen+x@mail.example.vn"]);
    }

    #[test]
    fn says_what_an_error_lacks() {
        let bad = Error::new(ErrorKind::Protocol, "Error! See https://a.example.");
        assert_eq!(
            faults_of(&bad),
            [
                "a message is a fragment without a full stop",
                "a message begins with a small letter",
                "a message holds a URL",
                "an error does not name its request (.name(…))",
            ]
        );
        assert!(faults_of(&Error::new(ErrorKind::Protocol, "the reply is empty").with("request", "totals")).is_empty());
    }
}
