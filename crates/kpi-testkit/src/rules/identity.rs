//! Rules 1, 2 and 41: what the adapter says about itself.

use std::collections::BTreeSet;
use std::sync::Arc;

use kpi_core::Windows;

use super::{Evidence, all, demand, rule};
use crate::case::Loaded;
use crate::suite::Suite;

pub(super) fn add(suite: &mut Suite, evidence: &Arc<Evidence>) {
    rule(suite, evidence, "01_describes_itself", describes_itself);
    rule(suite, evidence, "02_every_metric_is_in_the_dictionary", metrics_are_known);
    if evidence.subject.descriptor().hosts.is_empty() {
        suite.ignored("rule::41_settling_time_is_stated", "asks no vendor");
    } else {
        rule(suite, evidence, "41_settling_time_is_stated", settles);
    }
}

fn describes_itself(evidence: &Evidence) -> Loaded<()> {
    let descriptor = evidence.subject.descriptor();
    let id = descriptor.id;
    let snake = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let schema = || (evidence.subject.entry.schema)().to_value().to_string();
    let mut reports = BTreeSet::new();
    all([
        demand(id.starts_with(|c: char| c.is_ascii_lowercase()) && id.chars().all(snake), || {
            format!("the id `{id}` is not lower_snake_case")
        }),
        demand(!descriptor.name.trim().is_empty(), || "the descriptor has no name".to_owned()),
        demand(!descriptor.api_version.is_empty(), || "the descriptor names no API version: use .api(…)".to_owned()),
        demand(descriptor.docs.starts_with("https://"), || {
            "the descriptor gives no https URL of the vendor's documentation".to_owned()
        }),
        demand(!descriptor.reports.is_empty(), || "the descriptor offers no report".to_owned()),
        demand(descriptor.reports.iter().all(|report| reports.insert(report.id)), || {
            "two reports have one id".to_owned()
        }),
        demand(descriptor.hosts.iter().all(|host| !host.contains("://") && !host.contains('/')), || {
            "hosts are names without scheme and path".to_owned()
        }),
        demand(schema() == schema(), || "the schema of the configuration is not the same bytes twice".to_owned()),
    ]
    .into_iter())
}

fn metrics_are_known(evidence: &Evidence) -> Loaded<()> {
    let mut problems = Vec::new();
    for report in evidence.subject.descriptor().reports {
        let mut seen = BTreeSet::new();
        for column in report.columns {
            let id = column.metric.as_str();
            match evidence.subject.dictionary.get(id) {
                None => problems.push(format!("report `{}`: `{id}` is not in the dictionary", report.id)),
                Some(metric) if metric.id != column.metric => {
                    problems.push(format!("report `{}`: `{id}` is money in one place and not in the other", report.id));
                }
                Some(_) => {}
            }
            if !seen.insert(id) {
                problems.push(format!("report `{}` has the column `{id}` twice", report.id));
            }
        }
        if report.columns.is_empty() && report.windows != Windows::Everything {
            problems.push(format!("report `{}` has no columns", report.id));
        }
    }
    all(problems.into_iter().map(Err))
}

fn settles(evidence: &Evidence) -> Loaded<()> {
    demand(evidence.subject.descriptor().settling_days > 0, || {
        "figures of every vendor move for a while: say for how many days with .settling_days(…)".to_owned()
    })
}
