//! Rules 3, 4 and 5: what a configuration may say, and what is said about a wrong one.

use std::sync::Arc;

use serde_json::Value as Json;

use super::schema::keys;
use super::{Evidence, all, demand, names_key, rule};
use crate::case::Loaded;
use crate::secrets::canary;
use crate::suite::Suite;

/// Words that only secrets are named with.
const SECRET_WORDS: [&str; 8] = ["token", "secret", "password", "passwd", "key", "apikey", "credential", "credentials"];

pub(super) fn add(suite: &mut Suite, evidence: &Arc<Evidence>) {
    rule(suite, evidence, "03_example_is_accepted", example_is_accepted);
    rule(suite, evidence, "03_required_keys_are_named", required_keys_are_named);
    rule(suite, evidence, "03_keys_are_described", keys_are_described);
    rule(suite, evidence, "04_unknown_keys_are_refused", unknown_keys_are_refused);
    rule(suite, evidence, "05_secrets_are_references", secrets_are_references);
    rule(suite, evidence, "05_plain_secrets_are_refused", plain_secrets_are_refused);
}

fn open(evidence: &Evidence, config: Json) -> kpi_core::Result<()> {
    (evidence.subject.entry.open)(config).map(drop)
}

fn example_is_accepted(evidence: &Evidence) -> Loaded<()> {
    let (_, text) = evidence.own_file("example.toml")?;
    let config: Json = toml::from_str(&text).map_err(|error| format!("example.toml: {error}"))?;
    open(evidence, config).map_err(|error| format!("example.toml is refused: {error:?}"))?;
    open(evidence, evidence.suite.config.clone()).map_err(|error| format!("account.toml is refused: {error:?}"))
}

fn required_keys_are_named(evidence: &Evidence) -> Loaded<()> {
    all(keys(evidence).into_iter().filter(|key| key.required).map(|key| {
        let config = evidence.config_with(|keys| {
            keys.remove(&key.name);
        });
        match open(evidence, config) {
            Ok(()) => Err(format!("a configuration without `{}` is accepted", key.name)),
            Err(error) => names_key(&error, &key.name).map_err(|cause| format!("without `{}`: {cause}", key.name)),
        }
    }))
}

fn keys_are_described(evidence: &Evidence) -> Loaded<()> {
    all(keys(evidence).into_iter().map(|key| {
        demand(key.described, || format!("the key `{}` has no doc comment: it is the operator's manual", key.name))
    }))
}

fn unknown_keys_are_refused(evidence: &Evidence) -> Loaded<()> {
    let Some(known) = keys(evidence).into_iter().next() else {
        return Err("the configuration has no keys".to_owned());
    };
    let wrong = format!("{}x", known.name);
    let config = evidence.config_with(|keys| {
        keys.insert(wrong.clone(), Json::from("1"));
    });
    match open(evidence, config) {
        Ok(()) => Err(format!("the unknown key `{wrong}` is accepted: use #[serde(deny_unknown_fields)]")),
        Err(error) => {
            names_key(&error, &wrong)?;
            let text = format!("{error} {}", error.hint_text()).replace(&wrong, "");
            demand(text.contains(&known.name), || format!("the error does not suggest `{}`: {error}", known.name))
        }
    }
}

fn secrets_are_references(evidence: &Evidence) -> Loaded<()> {
    all(keys(evidence).into_iter().map(|key| {
        let named_so = key.name.split('_').any(|word| SECRET_WORDS.contains(&word));
        demand(key.secret || !named_so || !key.text, || {
            format!("`{}` is named like a secret and is plain text: use SecretRef", key.name)
        })
    }))
}

fn plain_secrets_are_refused(evidence: &Evidence) -> Loaded<()> {
    let plain = canary("plain text");
    all(keys(evidence).into_iter().filter(|key| key.secret).map(|key| {
        let config = evidence.config_with(|keys| {
            keys.insert(key.name.clone(), Json::from(plain.clone()));
        });
        match open(evidence, config) {
            Ok(()) => Err(format!("a plain-text secret in `{}` is accepted", key.name)),
            Err(error) => {
                let text = format!("{error:?} {}", error.hint_text());
                demand(!text.contains(&plain), || format!("the error repeats the secret in `{}`", key.name))
            }
        }
    }))
}
