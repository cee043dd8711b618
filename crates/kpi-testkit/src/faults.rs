//! Faults derived from the cases that end well: each exchange in turn goes wrong in every way that vendors know.

use std::sync::Arc;
use std::time::Duration;

use kpi_core::ErrorKind;

use crate::case::{Case, Loaded};
use crate::fault::{ASKED_WAIT, Fault, FaultKind, LONG_WAIT, Lasting};
use crate::figures;
use crate::pages::{Chain, chains};
use crate::run::Run;
use crate::script::{Broken, Script};
use crate::suite::Suite;

/// More attempts than this at one request are not bounded.
const MOST_ATTEMPTS: usize = 10;

/// One way in which an exchange goes wrong, and what must come of it.
struct Way {
    name: &'static str,
    kind: FaultKind,
    lasting: Lasting,
    must: Must,
}

/// What must come of a fault. The same figures are always right.
enum Must {
    /// The same figures.
    Recover,
    /// The same figures, after waiting as long as the vendor asked.
    Wait,
    /// One of these errors, after at most so many attempts.
    Fail(&'static [ErrorKind], usize),
    /// The same figures with a new token, because the old one ran out while waiting.
    Renew,
    /// A new token and the same figures where tokens are fetched, otherwise this error.
    RefreshOr(ErrorKind),
}

use ErrorKind::{Auth, Config, NotFound, Permission, Protocol, Quota, RateLimited, Unavailable, Unsupported};

/// Every way, for an exchange that answers with JSON or without.
fn ways(script: &Script) -> Vec<Way> {
    let once = |name, kind, must| Way { name, kind, lasting: Lasting::Once, must };
    let ever = |name, kind, must| Way { name, kind, lasting: Lasting::Ever, must };
    let torn: &[ErrorKind] = &[Unavailable, Protocol];
    let token = script.is_token();
    // Using a refresh token twice may spend it, so a broken answer to that is not always asked for again.
    let again = || if token { Must::Fail(&[Unavailable], MOST_ATTEMPTS) } else { Must::Recover };
    let kinds = |plain: &'static [ErrorKind], of_token: &'static [ErrorKind]| if token { of_token } else { plain };
    let mut ways = vec![
        once("429_with_seconds", FaultKind::RetryAfterSeconds, Must::Wait),
        once("429_with_date", FaultKind::RetryAfterDate, Must::Wait),
        once("429_beyond_the_token", FaultKind::RetryAfterHours, Must::Renew),
        once("429_without_hint", FaultKind::Status(429), Must::Recover),
        ever("429_for_ever", FaultKind::Status(429), Must::Fail(&[RateLimited, Quota], MOST_ATTEMPTS)),
        once("500_once", FaultKind::Status(500), again()),
        once("502_once", FaultKind::Status(502), again()),
        once("503_once", FaultKind::Status(503), again()),
        once("504_once", FaultKind::Status(504), again()),
        ever("500_for_ever", FaultKind::Status(500), Must::Fail(&[Unavailable], MOST_ATTEMPTS)),
        once("not_sent_once", FaultKind::Broken(Broken::NotSent), Must::Recover),
        once("reset_once", FaultKind::Broken(Broken::Reset), again()),
        ever("reset_for_ever", FaultKind::Broken(Broken::Reset), Must::Fail(&[Unavailable], MOST_ATTEMPTS)),
        once("timeout_once", FaultKind::Broken(Broken::TimedOut), again()),
        ever("timeout_for_ever", FaultKind::Broken(Broken::TimedOut), Must::Fail(&[Unavailable], MOST_ATTEMPTS)),
        ever("too_large", FaultKind::Broken(Broken::TooLarge), Must::Fail(torn, MOST_ATTEMPTS)),
        once("401_once", FaultKind::Status(401), Must::RefreshOr(Auth)),
        ever("401_for_ever", FaultKind::Status(401), Must::Fail(&[Auth], 3)),
        ever("403", FaultKind::Status(403), Must::Fail(kinds(&[Permission], &[Auth, Permission]), 2)),
        ever("404", FaultKind::Status(404), Must::Fail(kinds(&[NotFound], &[Auth, Config, NotFound, Protocol]), 2)),
        ever(
            "400",
            FaultKind::Status(400),
            Must::Fail(&[Auth, Config, NotFound, Permission, Protocol, Unsupported], 2),
        ),
    ];
    if script.reply.body.is_empty() {
        return ways;
    }
    let empty = ever("empty_body", FaultKind::EmptyBody, Must::Fail(torn, MOST_ATTEMPTS));
    ways.extend([empty, ever("html_with_200", FaultKind::Html, Must::Fail(torn, MOST_ATTEMPTS))]);
    let Ok(right) = serde_json::from_slice::<serde_json::Value>(&script.reply.body) else { return ways };
    ways.push(ever("cut_body", FaultKind::CutBody, Must::Fail(torn, MOST_ATTEMPTS)));
    ways.push(once("byte_order_mark", FaultKind::ByteOrderMark, Must::Fail(torn, MOST_ATTEMPTS)));
    ways.push(ever("wrong_charset", FaultKind::WrongCharset, Must::Fail(torn, MOST_ATTEMPTS)));
    ways.push(once("wrong_content_type", FaultKind::WrongContentType, Must::Fail(torn, MOST_ATTEMPTS)));
    let mut wrong = vec![("json_text", "\"x\""), ("json_number", "12"), ("json_null", "null")];
    // An empty list or object of the right kind may well be an answer without rows, and that is the case's to say.
    wrong.push(if right.is_array() { ("json_object", "{}") } else { ("json_list", "[]") });
    if right.as_object().is_some_and(|object| !object.is_empty()) {
        wrong.push(("json_empty_object", "{}"));
    }
    for (name, text) in wrong {
        ways.push(ever(name, FaultKind::Json(text), Must::Fail(torn, MOST_ATTEMPTS)));
    }
    ways
}

/// Adds the faults of every case that ends well.
pub(crate) fn add(suite: &mut Suite, cases: &[Arc<Case>]) {
    let mut pages = false;
    for case in cases.iter().filter(|case| case.is_happy()) {
        for (index, script) in case.plan.scripts.iter().enumerate() {
            if script.reply.status >= 400 || script.reply.broken.is_some() {
                continue;
            }
            for way in ways(script) {
                let name = format!("fault::{}::{}_{}::{}", case.name, index + 1, script.label, way.name);
                let case = Arc::clone(case);
                suite.test(name, move || judge(&case, index, &way));
            }
        }
        for chain in chains(&case.plan.scripts) {
            pages = true;
            let case = Arc::clone(case);
            let name = format!("fault::{}::{}::pages_without_end", case.name, chain.label);
            suite.test(name, move || judge_pages(&case, &chain));
        }
    }
    if !pages {
        suite.ignored("fault::pages_without_end", "no case has two pages whose paging key stands in `expect`");
    }
}

fn judge(case: &Case, index: usize, way: &Way) -> Loaded<()> {
    let right = baseline(case)?;
    let fault = Fault { at: vec![index], kind: way.kind.clone(), lasting: way.lasting };
    let plan = case.plan.with_fault(fault);
    let refreshes = plan.scripts.iter().any(Script::is_token) && !plan.scripts[index].is_token();
    // A call renews its token once, and the case itself may have used that up.
    let renewed_before =
        plan.scripts.iter().any(|script| script.reply.status == 401 && script.same_request(&plan.scripts[index]));
    let run = plan.run();
    let attempts = run.record.log.iter().filter(|entry| entry.faulted).count();
    if attempts == 0 {
        return Err(run.problems().first().cloned().unwrap_or_else(|| "the exchange was not asked for".to_owned()));
    }
    let same = run.outcome() == right;
    let verdict = match &way.must {
        Must::Recover => recovered(&run, same),
        Must::Wait => recovered(&run, same).and_then(|()| waited(&run, index)),
        Must::Renew => recovered(&run, same).and_then(|()| renewed(&run, &plan.scripts)),
        Must::RefreshOr(_) if refreshes && !renewed_before => recovered(&run, same),
        Must::RefreshOr(kind) => failed(&run, same, std::slice::from_ref(kind)),
        Must::Fail(kinds, most) => failed(&run, same, kinds).and_then(|()| bounded(attempts, *most)),
    };
    conclude(&run, &right, verdict)
}

fn judge_pages(case: &Case, chain: &Chain) -> Loaded<()> {
    let right = baseline(case)?;
    let kind = FaultKind::Replay(case.plan.scripts[chain.first].reply.clone());
    let plan = case.plan.with_fault(Fault { at: chain.all.clone(), kind, lasting: Lasting::Ever });
    let run = plan.run();
    let same = run.outcome() == right;
    conclude(&run, &right, failed(&run, same, &[Protocol]))
}

/// What the case gives when nothing goes wrong.
pub(crate) fn baseline(case: &Case) -> Loaded<Vec<String>> {
    let run = case.plan.run();
    match (run.error(), run.problems().is_empty()) {
        (None, true) => Ok(run.outcome()),
        _ => Err(format!("the case itself fails: make case::{} pass first", case.name)),
    }
}

fn recovered(run: &Run, same: bool) -> Loaded<()> {
    match run.error() {
        None if same => Ok(()),
        None => Err("the call succeeded with other figures".to_owned()),
        Some(error) => Err(format!("the call must go on after this, but it failed: {error:?}")),
    }
}

fn failed(run: &Run, same: bool, kinds: &[ErrorKind]) -> Loaded<()> {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    let expected = names.join(" or ");
    match run.error() {
        None if same => Ok(()),
        None => Err(format!("the call succeeded with other figures; expected an error of kind {expected}")),
        Some(error) if kinds.contains(&error.kind()) => Ok(()),
        Some(error) => Err(format!("expected an error of kind {expected}, got {error:?}")),
    }
}

fn bounded(attempts: usize, most: usize) -> Loaded<()> {
    if attempts <= most { Ok(()) } else { Err(format!("{attempts} attempts at one request; at most {most} are right")) }
}

/// Whether the next attempt came exactly when the vendor asked for it.
fn waited(run: &Run, index: usize) -> Loaded<()> {
    let mut log =
        run.record.log.iter().filter(|entry| entry.exchange == Some(index)).skip_while(|entry| !entry.faulted);
    let (Some(refused), Some(next)) = (log.next(), log.next()) else {
        return Err("the request was not made again".to_owned());
    };
    let wait = next.at.duration_since(refused.at).unsigned_abs();
    // A date has no fractions of a second.
    let short = ASKED_WAIT.saturating_sub(Duration::from_secs(1));
    if wait > short && wait <= ASKED_WAIT {
        return Ok(());
    }
    Err(format!("the vendor asked to wait {ASKED_WAIT:?}, and the next attempt came after {wait:?}"))
}

/// Whether a token that ran out while the call waited was fetched anew.
fn renewed(run: &Run, scripts: &[Script]) -> Loaded<()> {
    let fetched: Vec<&Script> = run
        .record
        .log
        .iter()
        .filter_map(|entry| scripts.get(entry.exchange?))
        .filter(|script| script.is_token())
        .collect();
    match fetched.as_slice() {
        [only] if only.token_lifetime().is_some_and(|lifetime| lifetime < LONG_WAIT) => {
            Err(format!("the token ran out while the call waited {LONG_WAIT:?}, and was used on"))
        }
        _ => Ok(()),
    }
}

/// Adds what no call may do, and that what was emitted before an error is right.
fn conclude(run: &Run, right: &[String], verdict: Loaded<()>) -> Loaded<()> {
    let mut problems = run.problems();
    problems.extend(verdict.err());
    if run.error().is_some() {
        let wrong: Vec<String> = run.figures().into_iter().filter(|line| !right.contains(line)).collect();
        if !wrong.is_empty() {
            problems.push(format!("wrong figures were emitted before the error:\n  + {}", wrong.join("\n  + ")));
        }
    } else if let Some(diff) = figures::diff(right, &run.outcome()) {
        problems.push(format!("(- right, + got)\n{diff}"));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}
