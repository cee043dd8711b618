//! Whether a case came out as it says.

use std::fs;

use crate::case::{Case, Loaded, Outcome};
use crate::figures;
use crate::run::{Run, profile_line};

/// Runs a case and compares; with `KPI_BLESS` set, writes `expected.jsonl` instead of comparing figures.
///
/// # Errors
/// What differs and what to do next, for people.
pub(crate) fn judge(case: &Case) -> Loaded<()> {
    let bless = std::env::var_os("KPI_BLESS").is_some_and(|value| !value.is_empty() && value != "0");
    let run = case.plan.run();
    let mut problems = run_problems(case, &run);
    if problems.is_empty() {
        problems.extend(outcome_problems(case, &run));
        problems.extend(notes_problem(case, &run));
        problems.extend(figures_problem(case, &run, bless)?);
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

fn run_problems(case: &Case, run: &Run) -> Vec<String> {
    let mut problems = run.problems();
    let expects_contract = case.outcome.as_ref().is_some_and(|outcome| outcome.kind == "contract");
    if expects_contract {
        problems.retain(|problem| !problem.starts_with("the adapter broke a rule"));
    }
    for index in &run.record.unused {
        let script = &case.plan.scripts[*index];
        problems.push(format!(
            "exchange {} ({} {}) was asked for less often than the case says: delete it, or write `times = \"any\"`",
            index + 1,
            script.expect.method,
            script.expect.path
        ));
    }
    if !problems.is_empty()
        && let Some(error) = &run.error
    {
        problems.push(format!("the call ended with {error:?}"));
    }
    problems
}

fn outcome_problems(case: &Case, run: &Run) -> Vec<String> {
    match (&case.outcome, &run.error) {
        (None, None) => match (&case.checked, &run.profile) {
            (Some(expected), Some(got)) if expected != got => {
                vec![format!("the profile differs:\n  - {}\n  + {}", profile_line(expected), profile_line(got))]
            }
            _ => Vec::new(),
        },
        (None, Some(error)) => vec![format!(
            "the call failed: {error:?}\n  hint: {}\n  if that is right, say it in case.toml: [outcome] kind = \"{}\"",
            error.hint_text(),
            error.kind()
        )],
        (Some(outcome), None) => {
            vec![format!("the call succeeded, but case.toml expects an error of kind {}", outcome.kind)]
        }
        (Some(outcome), Some(error)) => error_problems(outcome, error),
    }
}

fn error_problems(expected: &Outcome, error: &kpi_core::Error) -> Vec<String> {
    let mut problems = Vec::new();
    let mut differs = |what: &str, expected: &str, got: &str| {
        problems.push(format!("{what} of the error: expected {expected}, got {got}\n  the error is {error:?}"));
    };
    if error.kind().as_str() != expected.kind {
        differs("kind", &expected.kind, error.kind().as_str());
    }
    if let Some(part) = &expected.message
        && !error.to_string().contains(part)
    {
        differs("message", &format!("`{part}` in it"), error.message());
    }
    if let Some(part) = &expected.hint
        && !error.hint_text().contains(part)
    {
        differs("hint", &format!("`{part}` in it"), error.hint_text());
    }
    if let Some(seconds) = expected.retry_after_s {
        let got = error.retry_after_hint().map(|wait| wait.as_secs());
        if got != Some(seconds) {
            differs("retry_after_s", &seconds.to_string(), &format!("{got:?}"));
        }
    }
    if let Some(until) = &expected.stop_until {
        let got = error.stop_until_time().map_or_else(|| "none".to_owned(), |time| time.to_string());
        if got != *until {
            differs("stop_until", until, &got);
        }
    }
    problems
}

fn notes_problem(case: &Case, run: &Run) -> Option<String> {
    let mut expected = case.expected_notes.clone()?;
    let mut got = run.notes();
    expected.sort();
    got.sort();
    figures::diff(&expected, &got)
        .map(|diff| format!("the notes differ from expected_notes (- expected, + got):\n{diff}"))
}

fn figures_problem(case: &Case, run: &Run, bless: bool) -> Loaded<Option<String>> {
    if case.checked.is_some() {
        return Ok(None);
    }
    let got = run.figures();
    let expected = case.expected()?;
    if expected.is_none() && got.is_empty() && (case.outcome.is_some() || run.error().is_some()) {
        return Ok(None);
    }
    if bless {
        let mut text = got.join("\n");
        if !text.is_empty() {
            text.push('\n');
        }
        fs::write(case.folder.join("expected.jsonl"), text)
            .map_err(|error| format!("cannot write expected.jsonl: {error}"))?;
        return Ok(None);
    }
    let next = "if the new figures are right and you can say why, KPI_BLESS=1 cargo test rewrites expected.jsonl";
    Ok(match expected {
        None => {
            Some(format!("there is no expected.jsonl; KPI_BLESS=1 cargo test writes it with:\n  {}", got.join("\n  ")))
        }
        Some(expected) => figures::diff(&expected, &got)
            .map(|diff| format!("the figures differ from expected.jsonl (- expected, + got):\n{diff}\n{next}")),
    })
}
