//! One KPI cut by channels, sources, labels and dimensions, with the gap between parts and totals.

use std::collections::{BTreeMap, BTreeSet};

use crate::aggregate::{Ask, aggregate, claimant};
use crate::evaluate::At;
use crate::facts::{Series, View};
use crate::formula::{Condition, OverTime};
use crate::kpi::Kpi;
use crate::metric::Law;
use crate::number::DecimalSum;
use crate::snapshot::{ClaimDoc, SegmentDoc, UnattributedDoc};
use crate::{Metric, Rational};

use super::Computer;

/// More segments than this are not a report; the greatest are kept.
const MAX_SEGMENTS: usize = 200;

pub(super) fn segments(computer: &Computer<'_>, kpi: &Kpi) -> Vec<SegmentDoc> {
    let default = ["channel".to_owned()];
    let keys = kpi.part.segments.as_deref().unwrap_or(&default);
    keys.iter().flat_map(|key| by_key(computer, kpi, key)).collect()
}

fn by_key(computer: &Computer<'_>, kpi: &Kpi, key: &str) -> Vec<SegmentDoc> {
    let values = values_of(computer, kpi, key);
    let mut found: Vec<(Option<Rational>, SegmentDoc)> = values
        .into_iter()
        .map(|value| {
            let conditions = [Condition::equals(key, &*value)];
            let at = At { period: computer.period, days: None, segment: &conditions, view: View::Latest };
            let figure = computer.engine.kpi(kpi, &at);
            let by = BTreeMap::from([(key.to_owned(), value)]);
            let target = computer.target(kpi, &figure, &by, &conditions);
            let outcome = figure.outcome.as_ref();
            let document = SegmentDoc {
                by,
                value: outcome.ok().map(ToString::to_string),
                state: if outcome.is_ok() { "value" } else { "undefined" }.to_owned(),
                reason: outcome.err().map(|reason| reason.as_str().to_owned()),
                target,
            };
            (figure.outcome.ok(), document)
        })
        .collect();
    if found.len() > MAX_SEGMENTS {
        found.sort_by(|(one, _), (two, _)| two.cmp(one));
        found.truncate(MAX_SEGMENTS);
        found.sort_by(|(_, one), (_, two)| one.by.cmp(&two.by));
    }
    found.into_iter().map(|(_, document)| document).collect()
}

/// The values that a key has among the period's figures of the KPI's metrics.
fn values_of(computer: &Computer<'_>, kpi: &Kpi, key: &str) -> BTreeSet<String> {
    let scene = computer.engine.scene();
    let mut values = BTreeSet::new();
    for metric in computer.engine.kpis().metrics_of(kpi, computer.engine.dictionary()) {
        for series in scene.facts.series.get(&metric).into_iter().flatten() {
            let Some(info) = scene.facts.sources.get(series.source) else { continue };
            let window = computer.period.window();
            let here = series.within(window).next().is_some() || series.read.iter().any(|span| span.overlaps(window));
            if !here {
                continue;
            }
            match key {
                "channel" => {
                    values.insert(series.channel.to_string());
                }
                "source" => {
                    values.insert(info.id.clone());
                }
                "account" => {
                    values.insert(series.account.to_string());
                }
                "definition" => {
                    values.insert(series.definition.as_deref().unwrap_or("").to_owned());
                }
                _ => match key.strip_prefix("label.") {
                    Some(label) => values.extend(info.labels.get(label).cloned()),
                    None => values.extend(
                        series
                            .within(window)
                            .flat_map(|row| row.labels.iter())
                            .filter(|(name, _)| **name == *key)
                            .map(|(_, value)| value.to_string()),
                    ),
                },
            }
        }
    }
    values.remove("");
    values
}

/// For a bare metric: the gap between each source's total and the sum of each of its breakdowns.
pub(super) fn unattributed(computer: &Computer<'_>, metric: &'static Metric) -> Vec<UnattributedDoc> {
    if metric.law != Law::Flow {
        return Vec::new();
    }
    let scene = computer.engine.scene();
    let window = computer.period.window();
    let list = scene.facts.series.get(&metric.id).map(Vec::as_slice).unwrap_or_default();
    let mut gaps = Vec::new();
    for total in list.iter().filter(|series| series.dimensions.is_empty() && series.within(window).next().is_some()) {
        let alike = |series: &&Series| {
            series.source == total.source
                && series.channel == total.channel
                && series.account == total.account
                && series.definition == total.definition
                && series.basis == total.basis
                && !series.dimensions.is_empty()
                && series.within(window).next().is_some()
        };
        for parts in list.iter().filter(alike) {
            let sum = |series: &Series| -> BTreeMap<Option<crate::Currency>, Rational> {
                let mut sums: BTreeMap<_, DecimalSum> = BTreeMap::new();
                for row in series.within(window) {
                    if let Some(value) = row.value(View::Latest).known() {
                        sums.entry(row.currency).or_default().add(value);
                    }
                }
                sums.into_iter().map(|(currency, sum)| (currency, sum.total())).collect()
            };
            let (whole, sums) = (sum(total), sum(parts));
            for (currency, whole) in whole {
                let parts_sum = sums.get(&currency).cloned().unwrap_or_else(Rational::zero);
                let gap = whole.clone() - parts_sum.clone();
                if gap.is_zero() {
                    continue;
                }
                gaps.push(UnattributedDoc {
                    metric: metric.id.to_string(),
                    source: scene.facts.sources.get(total.source).map_or_else(String::new, |info| info.id.clone()),
                    by: parts.dimensions.iter().map(ToString::to_string).collect(),
                    total: whole.to_string(),
                    parts: parts_sum.to_string(),
                    value: gap.to_string(),
                    share: gap.checked_div(&whole).map(|share| share.to_string()),
                });
            }
        }
    }
    gaps
}

/// For a claimed metric: what each claimant says.
pub(super) fn claims(computer: &Computer<'_>, metric: &'static Metric) -> Vec<ClaimDoc> {
    if !metric.claimed {
        return Vec::new();
    }
    let scene = computer.engine.scene();
    let window = computer.period.window();
    let mut claimants: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for series in scene.facts.series.get(&metric.id).into_iter().flatten() {
        if series.within(window).next().is_some() {
            claimants.entry(claimant(scene, series)).or_default().insert(series.source);
        }
    }
    if claimants.len() < 2 {
        return Vec::new();
    }
    let believed = scene.overlap.get(&metric.id);
    claimants
        .into_iter()
        .map(|(claimant, sources)| {
            let ask = Ask {
                metric,
                function: OverTime::ByLaw,
                window,
                days: None,
                conditions: &[],
                only: Some(&sources),
                view: View::Latest,
            };
            let used = believed.is_some_and(|list| {
                list.iter().any(|entry| match entry.strip_prefix("channel:") {
                    Some(channel) => sources
                        .iter()
                        .any(|source| scene.facts.sources.get(*source).is_some_and(|info| info.channel == channel)),
                    None => sources
                        .iter()
                        .any(|source| scene.facts.sources.get(*source).is_some_and(|info| info.id == *entry)),
                })
            });
            let value = aggregate(scene, &ask).outcome.ok().map(|value| value.to_string());
            ClaimDoc { metric: metric.id.to_string(), claimant, value, used }
        })
        .collect()
}
