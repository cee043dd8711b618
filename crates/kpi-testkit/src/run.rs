//! What a call did: everything that can be seen of it.

use std::collections::BTreeMap;
use std::time::Duration;

use kpi_core::{AccountProfile, Error, ErrorKind, Exchange, Note, Observation};

use crate::figures;
use crate::sink::note_line;
use crate::vendor::Record;

/// What a call did.
#[derive(Debug, Default)]
pub struct Run {
    pub(crate) error: Option<Error>,
    pub(crate) panic: Option<String>,
    pub(crate) profile: Option<AccountProfile>,
    pub(crate) observations: Vec<Observation>,
    pub(crate) notes: Vec<Note>,
    pub(crate) waits: Vec<Duration>,
    pub(crate) evidence: Vec<Exchange>,
    pub(crate) record: Record,
    pub(crate) secrets: Vec<String>,
    pub(crate) rotated: Vec<(String, String)>,
}

impl Run {
    /// The figures as lines of `expected.jsonl`: sorted, equal ones once.
    pub fn figures(&self) -> Vec<String> {
        figures::lines(&self.observations)
    }

    /// The figures in the order in which they were emitted.
    pub fn observations(&self) -> &[Observation] {
        &self.observations
    }

    /// The notes, a line each: `dropped 3: rows outside the window`.
    pub fn notes(&self) -> Vec<String> {
        self.notes.iter().map(note_line).collect()
    }

    /// Who the account is, after a check.
    pub fn profile(&self) -> Option<&AccountProfile> {
        self.profile.as_ref()
    }

    /// The error, if the call failed.
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    /// How long the adapter waited, in all.
    pub fn slept(&self) -> Duration {
        self.waits.iter().sum()
    }

    /// The requests, a line each: `GET /3.0/reports`.
    pub fn requests(&self) -> Vec<String> {
        self.record.log.iter().map(|entry| format!("{} {}", entry.sent.method, entry.sent.path)).collect()
    }

    /// The evidence that was recorded.
    pub fn evidence(&self) -> &[Exchange] {
        &self.evidence
    }

    /// The credentials that were replaced, by the name of the reference.
    pub fn rotated(&self) -> &[(String, String)] {
        &self.rotated
    }

    /// Checks that the call answered in full and that the script was used up.
    ///
    /// # Panics
    /// When it did not, saying what happened.
    #[track_caller]
    pub fn assert_complete(&self) {
        let mut problems = self.problems();
        if let Some(error) = &self.error {
            problems.push(format!("the call failed: {error:?}"));
        }
        if !self.record.unused.is_empty() {
            let numbers: Vec<String> = self.record.unused.iter().map(|index| (index + 1).to_string()).collect();
            problems.push(format!("exchanges never asked for: {}", numbers.join(", ")));
        }
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }

    /// Checks that the call failed with this kind, and gives its error.
    ///
    /// # Panics
    /// When it did not fail, or otherwise.
    #[track_caller]
    pub fn assert_failed(&self, kind: ErrorKind) -> &Error {
        let problems = self.problems();
        assert!(problems.is_empty(), "{}", problems.join("\n"));
        match &self.error {
            Some(error) if error.kind() == kind => error,
            Some(error) => panic!("expected an error of kind {kind}, got {error:?}"),
            None => panic!("expected an error of kind {kind}, but the call succeeded"),
        }
    }

    /// What no call may do, whatever the vendor answers.
    pub(crate) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if let Some(text) = &self.panic {
            problems.push(format!("the adapter panicked: {text}"));
        }
        if self.record.endless {
            problems.push(format!("the adapter asked without end ({} requests)", self.record.log.len()));
        }
        for request in &self.record.foreign {
            problems.push(format!("a request to a host that the descriptor does not declare:\n  {request}"));
        }
        for request in &self.record.unmatched {
            problems.push(format!("a request that no exchange expects:\n  {request}"));
        }
        problems.extend(conflicts(&self.observations));
        if let Some(error) = &self.error
            && error.kind() == ErrorKind::Contract
            && problems.is_empty()
        {
            problems.push(format!("the adapter broke a rule: {error:?}"));
        }
        problems
    }

    /// What came of the call, as text that compares: the figures, the profile, or the error.
    pub(crate) fn outcome(&self) -> Vec<String> {
        match (&self.error, &self.profile) {
            (Some(error), _) => vec![format!("error {error:?}")],
            (None, Some(profile)) => vec![profile_line(profile)],
            (None, None) => self.figures(),
        }
    }
}

/// A profile in one line.
pub(crate) fn profile_line(profile: &AccountProfile) -> String {
    let currency = profile.currency.map(|currency| currency.to_string());
    let or_none = |text: Option<&str>| text.map_or("none".to_owned(), |text| format!("\"{text}\""));
    format!(
        "name = \"{}\", timezone = {}, currency = {}",
        profile.name,
        or_none(profile.timezone.as_deref()),
        or_none(currency.as_deref())
    )
}

/// Different figures for one key: the store refuses such a slice.
fn conflicts(observations: &[Observation]) -> Vec<String> {
    let mut seen: BTreeMap<String, &Observation> = BTreeMap::new();
    let mut found = Vec::new();
    for observation in observations {
        let key = format!(
            "{} {:?} {} {} {:?} {:?} {:?} {:?}",
            observation.metric,
            observation.definition,
            observation.basis,
            observation.window,
            observation.account,
            observation.breakdown,
            observation.channel,
            observation.as_of
        );
        match seen.get(&key) {
            Some(first) if first.value != observation.value || first.currency != observation.currency => {
                let lines = figures::lines(&[(*first).clone(), observation.clone()]);
                found.push(format!("two different figures for one key:\n  {}", lines.join("\n  ")));
            }
            Some(_) => {}
            None => {
                seen.insert(key, observation);
            }
        }
    }
    found
}
