//! The written part: what moved, what is behind its goal, what is undefined and why, what is missing and what to do.

use std::collections::BTreeMap;

use kpi_core::Rational;

use crate::change::{Change, way_of};
use crate::locale::{GoalFacts, MoveFacts};
use crate::period;
use crate::shape::Shape;
use crate::view::{Kpi, View};

/// How many sentences a paragraph has at most.
const SENTENCES: usize = 6;

/// A paragraph with its heading.
#[derive(Clone, Debug)]
pub(crate) struct Paragraph {
    pub heading: &'static str,
    pub sentences: Vec<String>,
}

/// The paragraphs that have something to say.
pub(crate) fn tell(view: &View<'_>, kpis: &[Kpi<'_>]) -> Vec<Paragraph> {
    let words = view.words;
    let mut movement = moves(view, kpis);
    if movement.is_empty() && !kpis.is_empty() {
        movement.push(words.quiet.to_owned());
    }
    movement.extend(largest(view, kpis));
    let paragraphs = [
        (words.moved_heading, movement),
        (words.goals_heading, goals(view, kpis)),
        (words.undefined_heading, undefined(view, kpis)),
        (words.missing_heading, missing(view)),
        (words.restated_heading, restated(view, kpis)),
    ];
    let told = paragraphs.into_iter().filter(|(_, sentences)| !sentences.is_empty());
    told.map(|(heading, sentences)| Paragraph { heading, sentences }).collect()
}

/// The KPIs that changed most since the period before, in relation to their size.
fn moves(view: &View<'_>, kpis: &[Kpi<'_>]) -> Vec<String> {
    let words = view.words;
    let mut found = Vec::new();
    for kpi in kpis {
        let (Some(value), Some(doc)) = (kpi.value(), kpi.doc.previous.as_ref()) else { continue };
        let relative = doc.change.relative.as_deref().and_then(Rational::parse_plain);
        let base = doc.compared_value.as_deref().or(doc.value.as_deref());
        let (Some(relative), Some(base), true) = (relative, base, doc.like_for_like) else { continue };
        if relative.is_zero() {
            continue;
        }
        let points = doc.change.points.as_deref().filter(|_| kpi.shape == Shape::Percent);
        let points = points.and_then(Rational::parse_plain);
        let relative_text = words.percent(&relative.abs(), 1);
        let by = match &points {
            Some(points) => {
                let points = words.points(&points.abs());
                format!("{} ({relative_text})", points.trim_start_matches('+'))
            }
            None => relative_text,
        };
        let change = Change::of(Some(doc), &kpi.shape, words);
        let sentence = (words.moved)(&MoveFacts {
            name: kpi.name,
            way: way_of(&relative),
            by: &by,
            since: &(words.in_sentence)(&period::name(&doc.period, words)),
            from: &words.plain_figure(&kpi.shape, base),
            to: &words.plain_figure(&kpi.shape, value),
            verdict: change.and_then(|change| change.verdict(words)),
        });
        found.push((relative.abs(), sentence));
    }
    found.sort_by(|(one, _), (two, _)| two.cmp(one));
    found.into_iter().take(SENTENCES).map(|(_, sentence)| sentence).collect()
}

/// Where the largest part of each headline lies, for figures that add up.
fn largest(view: &View<'_>, kpis: &[Kpi<'_>]) -> Vec<String> {
    let words = view.words;
    let mut sentences = Vec::new();
    for kpi in view.headlines(kpis) {
        if !matches!(kpi.shape, Shape::Count { .. } | Shape::Money { per: None, .. }) {
            continue;
        }
        let Some(first) = kpi.doc.segments.first() else { continue };
        let alike = kpi.doc.segments.iter().filter(|segment| segment.by.keys().eq(first.by.keys()));
        let read = |text: &String| Rational::parse_plain(text);
        let valued = alike.filter_map(|segment| Some((segment.value.as_ref().and_then(read)?, segment)));
        // The first of equals, so that the sentence does not depend on the order of comparing.
        let top = valued.reduce(|best, next| if next.0 > best.0 { next } else { best });
        if let Some((value, segment)) = top.filter(|(value, _)| value.is_positive()) {
            let place = view.segment(&segment.by);
            sentences.push((words.largest)(kpi.name, &place, &words.figure(&kpi.shape, &value)));
        }
    }
    sentences.truncate(3);
    sentences
}

/// How many goals are met, and each KPI that is behind, the farthest first.
fn goals(view: &View<'_>, kpis: &[Kpi<'_>]) -> Vec<String> {
    let words = view.words;
    let judged = |kpi: &&Kpi<'_>| matches!(kpi.status(), Some("met" | "on_track" | "behind" | "missed"));
    let all = kpis.iter().filter(judged).count();
    if all == 0 {
        return Vec::new();
    }
    let count = |status: &str| kpis.iter().filter(|kpi| kpi.status() == Some(status)).count();
    let mut behind = Vec::new();
    for kpi in kpis.iter().filter(|kpi| matches!(kpi.status(), Some("behind" | "missed"))) {
        let (Some(value), Some(target), Some(goal)) = (kpi.value(), kpi.doc.target.as_ref(), kpi.goal(words)) else {
            continue;
        };
        let attainment = target.attainment.as_deref().and_then(Rational::parse_plain);
        let mut sentence = (words.off_target)(&GoalFacts {
            name: kpi.name,
            value: &words.plain_figure(&kpi.shape, value),
            goal: &goal,
            attained: attainment.as_ref().map(|share| words.percent(share, 1)).as_deref(),
            gap: gap_text(view, kpi).as_deref(),
            status: (words.status)(&target.status),
        });
        let runs = view.snapshot.period.status == "running";
        if let (Some(projected), true) = (&kpi.doc.pace.projected, runs) {
            sentence.push(' ');
            sentence.push_str(&(words.at_this_pace)(&words.estimate(&kpi.shape, projected)));
        }
        behind.push((attainment, sentence));
    }
    behind.sort_by(|(one, _), (two, _)| one.cmp(two));
    let mut sentences = vec![(words.goals_met)(count("met"), count("on_track"), all)];
    sentences.extend(behind.into_iter().take(2 * SENTENCES).map(|(_, sentence)| sentence));
    sentences
}

/// What is missing to the goal, without sign; nothing where the goal is reached.
pub(crate) fn gap_text(view: &View<'_>, kpi: &Kpi<'_>) -> Option<String> {
    let gap = kpi.doc.target.as_ref()?.gap.as_deref().and_then(Rational::parse_plain)?;
    let text = view.words.difference(&kpi.shape, &gap);
    let unit = match kpi.shape {
        Shape::Count { .. } => view.words.unit(&kpi.shape).map(|unit| format!(" {unit}")),
        _ => None,
    };
    gap.is_positive().then(|| format!("{}{}", text.trim_start_matches('+'), unit.unwrap_or_default()))
}

/// The undefined KPIs, together where the reason is the same.
fn undefined(view: &View<'_>, kpis: &[Kpi<'_>]) -> Vec<String> {
    let mut order: Vec<String> = Vec::new();
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for kpi in kpis {
        let Some(reason) = kpi.reason(view.words) else { continue };
        let bounds = kpi.bounds(view.words).map(|bounds| format!(" ({bounds})")).unwrap_or_default();
        if !names.contains_key(&reason) {
            order.push(reason.clone());
        }
        names.entry(reason).or_default().push(format!("{}{bounds}", kpi.name));
    }
    order.into_iter().map(|reason| format!("{}: {reason}", names[&reason].join(", "))).collect()
}

/// The sources that did not deliver, each with what to do.
fn missing(view: &View<'_>) -> Vec<String> {
    let problems = view.failing().into_iter().map(|source| view.source_problem(source));
    problems.map(|(text, hint)| hint.map_or(text.clone(), |hint| format!("{text} {hint}"))).collect()
}

/// The most restatements that the story tells; the details of each KPI tell the others.
const MOST_RESTATED: usize = 6;

/// The figures that were reported differently at first, by half a percent or more, the greatest first.
fn restated(view: &View<'_>, kpis: &[Kpi<'_>]) -> Vec<String> {
    let words = view.words;
    let read = |text: &str| Rational::parse_plain(text);
    let threshold = Rational::from_parts(5, 3);
    let mut found: Vec<_> = kpis
        .iter()
        .filter_map(|kpi| Some((kpi, kpi.doc.restated.as_ref()?)))
        .map(|(kpi, doc)| (doc.relative.as_deref().and_then(read).map(|share| share.abs()), kpi, doc))
        .filter(|(share, ..)| share.as_ref().is_none_or(|share| *share >= threshold))
        .collect();
    found.sort_by(|(one, ..), (two, ..)| two.cmp(one));
    let sentences = found.into_iter().take(MOST_RESTATED).map(|(_, kpi, doc)| {
        let absolute = read(&doc.absolute).map(|change| words.difference(&kpi.shape, &change));
        let relative = doc.relative.as_deref().and_then(read).map(|change| words.relative(&change));
        let by: Vec<String> = absolute.into_iter().chain(relative).collect();
        let from = words.plain_figure(&kpi.shape, &doc.from);
        (words.restated)(kpi.name, &from, &words.plain_figure(&kpi.shape, &doc.to), &by.join(", "))
    });
    sentences.collect()
}
