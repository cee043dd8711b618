//! Rules 9 and 10: what `check` does and how it fails.

use std::sync::Arc;

use kpi_core::ErrorKind;

use super::{Evidence, all, demand, rule};
use crate::case::{Case, Loaded};
use crate::fault::{Fault, FaultKind};
use crate::plan::Action;
use crate::suite::Suite;

/// More requests than this are not a glance.
const MOST_REQUESTS: usize = 5;

pub(super) fn add(suite: &mut Suite, evidence: &Arc<Evidence>) {
    rule(suite, evidence, "09_check_takes_few_requests", few_requests);
    rule(suite, evidence, "10_check_tells_errors_apart", tells_apart);
}

fn checks(evidence: &Evidence) -> Loaded<Vec<&Arc<Case>>> {
    let found: Vec<_> = evidence.happy().filter(|case| matches!(case.plan.action, Action::Check)).collect();
    demand(!found.is_empty(), || "no case has `check = true`: write one that ends well".to_owned())?;
    Ok(found)
}

fn few_requests(evidence: &Evidence) -> Loaded<()> {
    all(checks(evidence)?.into_iter().map(|case| {
        let made = case.plan.run().record.log.len();
        demand(made <= MOST_REQUESTS, || {
            format!("case {}: check made {made} requests; at most {MOST_REQUESTS} are right", case.name)
        })
    }))
}

fn tells_apart(evidence: &Evidence) -> Loaded<()> {
    let kinds = [(401, ErrorKind::Auth), (403, ErrorKind::Permission), (404, ErrorKind::NotFound)];
    let case = checks(evidence)?[0];
    let exchanges: Vec<usize> =
        (0..case.plan.scripts.len()).filter(|index| !case.plan.scripts[*index].is_token()).collect();
    all(kinds.into_iter().map(|(status, expected)| {
        let mut fault = Fault::ever(0, FaultKind::Status(status));
        fault.at.clone_from(&exchanges);
        match case.plan.with_fault(fault).run().error() {
            Some(error) if error.kind() == expected => Ok(()),
            Some(error) => Err(format!("{status} must give an error of kind {expected}, got {error:?}")),
            None => Err(format!("{status} must give an error of kind {expected}, but check succeeded")),
        }
    }))
}
