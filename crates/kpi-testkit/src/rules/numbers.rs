//! Rules about figures: what is claimed is shown, totals add up, money has a currency, keys are unique, runs repeat.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::sync::Arc;

use kpi_core::{Basis, Decimal, NoteKind, Value};

use super::{Evidence, all, demand, rule};
use crate::case::{Case, Loaded};
use crate::faults::baseline;
use crate::figures::{self, plain};
use crate::json::Node;
use crate::plan::Action;
use crate::run::Run;
use crate::suite::Suite;

/// How often a case is run to see that the order of a hash map does not show.
const RUNS: usize = 8;

pub(super) fn add(suite: &mut Suite, evidence: &Arc<Evidence>) {
    rule(suite, evidence, "07_every_column_appears_in_a_case", columns_appear);
    if evidence.cases.iter().any(|case| !case.totals.is_empty()) {
        rule(suite, evidence, "14_parts_and_unattributed_are_the_total", totals_add_up);
    } else {
        suite.ignored("rule::14_parts_and_unattributed_are_the_total", "no case states `totals`");
    }
    let money = |report: &kpi_core::Report| report.columns.iter().any(|column| column.metric.is_money());
    if evidence.subject.descriptor().reports.iter().any(money) {
        rule(suite, evidence, "15_money_has_the_accounts_currency", money_has_a_currency);
    } else {
        suite.ignored("rule::15_money_has_the_accounts_currency", "no report has money");
    }
    rule(suite, evidence, "25_no_two_figures_share_a_key", keys_are_unique);
    rule(suite, evidence, "26_every_breakdown_has_a_label", labels_are_there);
    rule(suite, evidence, "29_rows_outside_the_window_are_not_kept", outside_is_dropped);
    rule(suite, evidence, "59_same_replies_give_the_same_bytes", runs_are_equal);
    rule(suite, evidence, "66_a_source_can_be_asked_twice", asked_twice);
}

fn columns_appear(evidence: &Evidence) -> Loaded<()> {
    let mut seen: BTreeSet<(&str, &str, Option<String>, Basis)> = BTreeSet::new();
    let mut collected = BTreeSet::new();
    for case in evidence.collecting() {
        let Action::Collect { report, .. } = &case.plan.action else { continue };
        collected.insert(report.id);
        for observation in case.plan.run().observations {
            seen.insert((report.id, observation.metric.as_str(), observation.definition, observation.basis));
        }
    }
    let mut problems = Vec::new();
    for report in evidence.subject.descriptor().reports {
        if !collected.contains(report.id) {
            problems.push(format!("no case asks for report `{}`", report.id));
            continue;
        }
        for column in report.columns {
            let key = (report.id, column.metric.as_str(), column.definition.map(str::to_owned), column.basis);
            if !seen.contains(&key) {
                problems.push(format!("report `{}`: {} comes out of no case", report.id, column.metric));
            }
        }
    }
    all(problems.into_iter().map(Err))
}

fn totals_add_up(evidence: &Evidence) -> Loaded<()> {
    all(evidence.collecting().filter(|case| !case.totals.is_empty()).map(|case| {
        let run = case.plan.run();
        all(case.totals.iter().map(|(metric, total)| total_adds_up(case, &run, metric, total)))
    }))
}

fn total_adds_up(case: &Case, run: &Run, metric: &str, total: &str) -> Loaded<()> {
    let number =
        |text: &str| Decimal::from_str(text).map_err(|_| format!("case {}: `{text}` is not a number", case.name));
    let gap = case.unattributed.get(metric).map_or(Ok(Decimal::ZERO), |text| number(text))?;
    let rows = run.observations.iter().filter(|row| row.metric.as_str() == metric);
    let sum: Decimal = rows.filter_map(|row| row.value.known()).sum();
    let total = number(total)?;
    demand(sum + gap == total, || {
        let (sum, gap, total) = (plain(sum), plain(gap), plain(total));
        format!("case {}: {metric}: rows {sum} + unattributed {gap} is not the total {total}", case.name)
    })
}

fn money_has_a_currency(evidence: &Evidence) -> Loaded<()> {
    all(evidence.collecting().map(|case| {
        let own = case.plan.profile.currency;
        let rows = case.plan.run().observations;
        let bad = rows.iter().find(|row| match (row.metric.is_money(), row.value, row.currency) {
            (true, Value::Known(_), Some(currency)) => own.is_some_and(|own| own != currency),
            (true, Value::Known(_), None) => true,
            (true, Value::Absent(_), _) => false,
            (false, _, currency) => currency.is_some(),
        });
        match bad {
            None => Ok(()),
            Some(row) => Err(format!(
                "case {}: the account's currency is {own:?}:\n  {}",
                case.name,
                figures::lines(std::slice::from_ref(row)).join("")
            )),
        }
    }))
}

fn keys_are_unique(evidence: &Evidence) -> Loaded<()> {
    evidence.each_happy(|case| {
        let problems: Vec<String> =
            case.plan.run().problems().into_iter().filter(|problem| problem.starts_with("two different")).collect();
        demand(problems.is_empty(), || problems.join("\n"))
    })
}

fn labels_are_there(evidence: &Evidence) -> Loaded<()> {
    all(evidence.collecting().map(|case| {
        let Action::Collect { report, .. } = &case.plan.action else { return Ok(()) };
        let mut declared: Vec<&str> = report.breakdown.to_vec();
        declared.sort_unstable();
        let everything = report.windows == kpi_core::Windows::Everything;
        let rows = case.plan.run().observations;
        let bad = rows.iter().find(|row| {
            let names: Vec<&str> = row.breakdown.iter().map(|(name, _)| name.as_str()).collect();
            row.breakdown.iter().any(|(_, label)| label.trim().is_empty() || label == "null")
                || (!everything && names != declared)
        });
        match bad {
            None => labels_may_not_be_empty(case),
            Some(row) => Err(format!(
                "case {}: a row that is not cut by [{}]:\n  {}",
                case.name,
                declared.join(", "),
                figures::lines(std::slice::from_ref(row)).join("")
            )),
        }
    }))
}

/// Every label in the replies is emptied, one shape after the other.
fn labels_may_not_be_empty(case: &Case) -> Loaded<()> {
    let rows = case.plan.run().observations;
    let labels: BTreeSet<String> =
        rows.iter().flat_map(|row| &row.breakdown).map(|(_, label)| format!("\"{label}\"")).collect();
    for (index, script) in case.plan.scripts.iter().enumerate() {
        let Some(node) = Node::parse(&script.reply.body) else { continue };
        for place in node.leaves().iter().filter(|place| node.leaf(&place.0).is_some_and(|text| labels.contains(text)))
        {
            let mut plan = case.plan.with_free_tokens();
            plan.scripts[index].reply.body = node.with(&place.0, Some("\"\"")).text().into();
            let run = plan.run();
            let empty = |problem: &&String| problem.contains("an empty label");
            if let Some(problem) = run.problems().iter().find(empty) {
                return Err(format!(
                    "case {}: exchange {}, {} with empty labels: {problem}",
                    case.name,
                    index + 1,
                    place.shape()
                ));
            }
        }
    }
    Ok(())
}

/// Dates in replies are moved out of the window, as vendors do that ignore a parameter.
fn outside_is_dropped(evidence: &Evidence) -> Loaded<()> {
    all(evidence.collecting().map(|case| {
        let Action::Collect { window, .. } = &case.plan.action else { return Ok(()) };
        let Some(earlier) = window.shifted(-40) else { return Ok(()) };
        let (inside, outside) = (window.first().to_string(), earlier.first().to_string());
        let right = baseline(case)?;
        let asked_for = case.plan.run().record.log;
        all((0..case.plan.scripts.len()).map(|index| {
            let body = String::from_utf8_lossy(&case.plan.scripts[index].reply.body).into_owned();
            if !body.contains(&inside) {
                return Ok(());
            }
            let mut plan = case.plan.with_free_tokens();
            plan.scripts[index].reply.body = body.replace(&inside, &outside).into();
            let run = plan.run();
            let broken = |problem: &&String| !problem.starts_with("a request that no exchange expects");
            if let Some(problem) = run.problems().iter().find(broken) {
                return Err(format!("case {}: with rows of {outside}: {problem}", case.name));
            }
            // Only a vendor that was asked for the day is wrong to answer with another.
            let asked = asked_for.iter().any(|entry| {
                entry.exchange == Some(index)
                    && (String::from_utf8_lossy(&entry.sent.body).contains(&inside)
                        || entry.sent.query.iter().any(|(_, value)| value.contains(&inside)))
            });
            let told = run.error.is_some() || run.notes.iter().any(|note| matches!(note.kind, NoteKind::Dropped(_)));
            demand(told || !asked || run.outcome() == right, || {
                format!("case {}: rows of {outside} vanished without a note of kind dropped", case.name)
            })
        }))
    }))
}

fn runs_are_equal(evidence: &Evidence) -> Loaded<()> {
    let text = |run: &Run| format!("{:?}\n{:?}\n{:?}\n{:?}", run.observations, run.notes, run.profile, run.evidence);
    evidence.each_happy(|case| {
        let one = case.plan.run();
        for _ in 1..RUNS {
            let two = case.plan.run();
            demand(text(&one) == text(&two), || {
                let diff = figures::diff(&one.outcome(), &two.outcome());
                let diff = diff.unwrap_or_else(|| "  in the order of rows, notes or evidence".to_owned());
                format!("two runs over the same replies differ:\n{diff}")
            })?;
        }
        Ok(())
    })
}

fn asked_twice(evidence: &Evidence) -> Loaded<()> {
    evidence.each_happy(|case| {
        let (one, two) = case.plan.with_free_tokens().run_twice();
        match figures::diff(&one.outcome(), &two.outcome()) {
            None => Ok(()),
            Some(diff) => Err(format!("the same source, asked again, answers otherwise:\n{diff}")),
        }
    })
}

/// How often each key is there; for rules that compare two runs.
pub(super) fn values(run: &Run) -> BTreeMap<String, Value> {
    run.observations.iter().map(|row| (super::key_of(row), row.value)).collect()
}
