//! Rules 55 and 56: vendors add fields, move them, rename them and leave them empty.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use kpi_core::Value;

use super::numbers::values;
use super::{Evidence, all, rule};
use crate::case::{Case, Loaded};
use crate::faults::baseline;
use crate::figures;
use crate::json::{Node, Place};
use crate::plan::Plan;
use crate::run::Run;
use crate::suite::{Suite, fits};

/// How many problems are shown.
const SHOWN: usize = 12;

pub(super) fn add(suite: &mut Suite, evidence: &Arc<Evidence>) {
    rule(suite, evidence, "55_unknown_fields_are_ignored", unknown_fields);
    rule(suite, evidence, "55_order_of_fields_does_not_matter", other_order);
    for case in evidence.collecting() {
        let name = format!("rule::56_no_silent_zero::{}", case.name);
        let allowed: Vec<String> = evidence
            .suite
            .skips
            .iter()
            .filter(|skip| fits(&skip.test, &name))
            .flat_map(|skip| skip.fields.clone())
            .collect();
        let case = Arc::clone(case);
        suite.test(name, move || no_silent_zero(&case, &allowed));
    }
}

/// The same plan with every JSON reply changed.
fn with_replies(plan: &Plan, change: &impl Fn(&mut Vec<(String, Node)>)) -> Plan {
    let mut plan = plan.clone();
    for script in &mut plan.scripts {
        if let Some(node) = Node::parse(&script.reply.body) {
            script.reply.body = node.each_object(change).text().into();
        }
    }
    plan
}

fn same_figures(case: &Case, plan: &Plan) -> Loaded<()> {
    let (right, run) = (baseline(case)?, plan.run());
    let mut problems = run.problems();
    problems.extend(figures::diff(&right, &run.outcome()));
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

fn unknown_fields(evidence: &Evidence) -> Loaded<()> {
    evidence.each_happy(|case| {
        let plan = with_replies(&case.plan, &|entries| {
            let strange = Node::Leaf(r#"{"nested":[1,"x",null]}"#.to_owned());
            entries.insert(0, ("kpi_testkit_unknown".to_owned(), strange));
        });
        same_figures(case, &plan)
    })
}

fn other_order(evidence: &Evidence) -> Loaded<()> {
    evidence.each_happy(|case| same_figures(case, &with_replies(&case.plan, &|entries| entries.reverse())))
}

/// Each field of the replies in turn is taken away, empty, and of another type. What may come of it is an error, a marked
/// value, a note, or the same figures; never other figures without a word.
fn no_silent_zero(case: &Case, allowed: &[String]) -> Loaded<()> {
    baseline(case)?;
    let right = case.plan.run();
    let mut problems = Vec::new();
    for (index, script) in case.plan.scripts.iter().enumerate() {
        if script.is_token() || script.reply.status >= 400 {
            continue;
        }
        let Some(node) = Node::parse(&script.reply.body) else { continue };
        for place in node.leaves() {
            if allowed.iter().any(|pattern| fits(pattern, &place.shape())) {
                continue;
            }
            problems.extend(changes(case, &right, index, &node, &place).err());
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    let hidden = problems.len().saturating_sub(SHOWN);
    problems.truncate(SHOWN);
    if hidden > 0 {
        problems.push(format!("… and {hidden} more fields"));
    }
    problems.push(format!(
        "a field that the vendor really leaves out belongs into suite.toml:\n  [[skip]]\n  test = \"rule::56_no_silent_zero::*\"\n  fields = [\"…\"]\n  reason = \"…\"\n(case {})",
        case.name
    ));
    Err(problems.join("\n"))
}

fn changes(case: &Case, right: &Run, index: usize, node: &Node, place: &Place) -> Loaded<()> {
    let changes = [("without it", None), ("null", Some("null")), ("of another type", Some("\"kpi-testkit\""))];
    all(changes.into_iter().map(|(what, change)| {
        let mut plan = case.plan.with_free_tokens();
        plan.scripts[index].reply.body = Bytes::from(node.with(&place.0, change).text());
        let run = plan.run();
        match silent_change(right, &run, &case.plan) {
            None => Ok(()),
            Some(change) => Err(format!("exchange {}, {} ({what}): {change}", index + 1, place.shape())),
        }
    }))
}

/// A figure that is another one without a word about it.
fn silent_change(right: &Run, run: &Run, plan: &Plan) -> Option<String> {
    if let Some(panic) = &run.panic {
        return Some(format!("the adapter panicked: {panic}"));
    }
    let broke_a_rule = run.error().is_some_and(|error| error.kind() == kpi_core::ErrorKind::Contract);
    if broke_a_rule && run.record.unmatched.is_empty() {
        return run.error().map(|error| format!("the adapter broke a rule: {error:?}"));
    }
    // A list that ends early because it says so is the vendor's word, not a silent change.
    let shorter = run.record.log.len() < right.record.log.len() && !plan.scripts.is_empty();
    if run.error().is_some() || run.notes != right.notes || shorter {
        return None;
    }
    let (before, after) = (values(right), values(run));
    for (key, value) in &before {
        match after.get(key) {
            Some(Value::Absent(_)) => {}
            Some(other) if other != value => return Some(format!("{key} was {value:?} and is {other:?}")),
            _ => {}
        }
    }
    vanished(&before, &after)
}

/// A label that changed makes one row of another; what matters is that none is lost.
fn vanished(before: &BTreeMap<String, Value>, after: &BTreeMap<String, Value>) -> Option<String> {
    if after.len() >= before.len() {
        return None;
    }
    before.keys().find(|key| !after.contains_key(*key)).map(|key| format!("{key} vanished"))
}
