//! Puts one KPI's figures into its document.

use std::collections::BTreeMap;

use crate::figure::{Figure, Input, Quality};
use crate::formula::ExprKind;
use crate::kpi::Kpi;
use crate::snapshot::{InputDoc, KpiDoc};

use super::{Computer, compare, segments};

pub(super) fn document(computer: &Computer<'_>, kpi: &Kpi) -> KpiDoc {
    let mut figure = computer.engine.kpi(kpi, &computer.at(computer.period));
    let previous = compare::compare(computer, kpi, &figure, computer.period.previous());
    let year_ago = compare::compare(computer, kpi, &figure, computer.period.same_last_year());
    let restated = compare::restated(computer, kpi, &figure);
    // Where an older period moved after this one's age, this one may move too.
    if previous.as_ref().is_some_and(|comparison| comparison.still_moving) && figure.outcome.is_ok() {
        figure.quality.insert(Quality::Provisional);
    }
    let target = computer.target(kpi, &figure, &BTreeMap::new(), &[]);
    let pace = computer.pace(kpi, target.as_ref());
    let metric = match &kpi.expr.kind {
        ExprKind::Name(name) => computer.engine.dictionary().get(name),
        _ => None,
    };
    let unattributed = metric.map(|metric| segments::unattributed(computer, metric)).filter(|gaps| !gaps.is_empty());
    let claimed = metric.map(|metric| segments::claims(computer, metric)).filter(|claims| !claims.is_empty());
    let reason = figure.outcome.as_ref().err().map(|reason| reason.as_str().to_owned());
    KpiDoc {
        id: kpi.id.clone(),
        kind: if kpi.has_goal() { "kpi" } else { "metric" }.to_owned(),
        name: kpi.name.clone(),
        value: figure.outcome.as_ref().ok().map(ToString::to_string),
        state: if figure.outcome.is_ok() { "value" } else { "undefined" }.to_owned(),
        reason,
        unit: kpi.unit.clone(),
        currency: kpi.is_money().then(|| computer.engine.scene().currency.to_string()),
        direction: kpi.direction.as_str().to_owned(),
        level: kpi.part.level.clone(),
        stage: kpi.part.stage.clone(),
        owner: kpi.part.owner.clone(),
        quality: if figure.outcome.is_ok() { figure.quality_marks() } else { Vec::new() },
        bounds: figure.bounds.as_ref().map(|(least, most)| [least.to_string(), most.to_string()]),
        inputs: figure.inputs.iter().flat_map(|input| inputs(computer, input)).collect(),
        unattributed,
        claimed,
        restated,
        previous: previous.map(|comparison| comparison.document),
        year_ago: year_ago.map(|comparison| comparison.document),
        target,
        pace,
        forecast: None,
        trend: computer.trend(kpi),
        segments: segments::segments(computer, kpi),
        notes: notes(&figure),
        formula: kpi.formula.clone(),
        channel: kpi.part.channel.clone(),
        supports: kpi.part.supports.clone(),
    }
}

fn notes(figure: &Figure) -> Vec<String> {
    figure.notes.iter().cloned().collect()
}

/// One input, or one per currency where the amounts could not all be converted.
fn inputs(computer: &Computer<'_>, input: &Input) -> Vec<InputDoc> {
    let sources: Vec<String> = input
        .sources
        .iter()
        .filter_map(|place| computer.engine.scene().facts.sources.get(*place))
        .map(|info| info.id.clone())
        .collect();
    if input.unconverted.is_empty() {
        return vec![InputDoc {
            metric: input.metric.to_string(),
            value: input.value.as_ref().map(ToString::to_string),
            currency: input.currency.map(|currency| currency.to_string()),
            sources,
            converted: input.converted.clone(),
        }];
    }
    input
        .unconverted
        .iter()
        .map(|(currency, amount)| InputDoc {
            metric: input.metric.to_string(),
            value: Some(amount.to_string()),
            currency: Some(currency.to_string()),
            sources: sources.clone(),
            converted: Vec::new(),
        })
        .collect()
}
