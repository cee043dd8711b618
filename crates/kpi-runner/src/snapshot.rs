//! Computes a snapshot from the store and keeps it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kpi_core::aggregate::Scene;
use kpi_core::compute::Computer;
use kpi_core::evaluate::Engine;
use kpi_core::facts::{FactSet, SourceInfo, SourceStatus};
use kpi_core::kpi::{Kpi, KpiSet};
use kpi_core::snapshot::{Completeness, ErrorDoc, PeriodDoc, ReportDoc, SCHEMA, SliceDoc, Snapshot, SourceDoc};
use kpi_core::{Error, ErrorKind, Period, Rational, Result, Window, ZoneRule};
use kpi_store::{NewSnapshot, SourceOutcome, Store};

use crate::config::{Config, Source};
use crate::figures;

/// Computes the snapshot of a period from committed slices, as of the outcomes of a run.
///
/// # Errors
/// Those of the store.
pub(crate) fn compute(
    config: &Config,
    store: &dyn Store,
    period: &Period,
    outcomes: &BTreeMap<String, SourceOutcome>,
    now: Timestamp,
) -> Result<Snapshot> {
    let infos: Vec<SourceInfo> = config.sources.iter().map(|source| info(source, outcomes)).collect();
    let candidates: Vec<&Kpi> = match &config.shown {
        Some(ids) => ids.iter().filter_map(|id| config.kpis.get(id).ok()).collect(),
        None => config.kpis.iter().collect(),
    };
    let facts = figures::read(config, store, period, &candidates, infos)?;
    let shown = shown(config, &facts, candidates);
    let today = config.day_of(now);
    let scene = Scene { facts: &facts, fx: &config.fx, currency: config.currency, overlap: &config.overlap, today };
    let engine = Engine::new(scene, &config.kpis, &config.dictionary, config.fiscal_year_start);
    let computer = Computer::new(engine, period);
    let kpis = shown.iter().map(|kpi| computer.document(kpi)).collect::<Vec<_>>();
    let lists = computer.lists();
    let mut sources = Vec::new();
    let mut warnings = Vec::new();
    for (place, source) in config.sources.iter().enumerate() {
        let document = source_document(config, store, period, place, source, outcomes, &facts)?;
        if let Some(error) = &document.error {
            warnings.push(format!("source {} is {}: {}", document.id, document.status, error.message));
        }
        for note in store.notes(&source.id, period.window(), &kpi_store::Selection::Latest)? {
            if matches!(note.note.kind, kpi_store::StoredNoteKind::Withdrawn(_) | kpi_store::StoredNoteKind::Sampled) {
                warnings.push(format!("source {}: {}", source.id, note.note.text));
            }
        }
        sources.push(document);
    }
    for document in &kpis {
        let claims = document.notes.iter().filter(|note| note.contains("[overlap]"));
        warnings.extend(claims.map(|note| format!("{}: {note}", document.id)));
    }
    warnings.sort();
    warnings.dedup();
    let mut snapshot = Snapshot {
        schema: SCHEMA.to_owned(),
        workspace: config.name.clone(),
        period: period_document(config, period, today),
        currency: config.currency.to_string(),
        revision: 0,
        evaluated_on: today.to_string(),
        generated_at: now.to_string(),
        content_hash: String::new(),
        completeness: Completeness { status: completeness(&sources).to_owned(), sources },
        kpis,
        warnings,
        report: ReportDoc {
            purpose: config.purpose.clone(),
            questions: config.questions.clone(),
            locale: config.locale.clone(),
        },
        assumptions: config.assumptions.clone(),
        changes: config.changes.clone(),
        lists,
    };
    snapshot.content_hash = snapshot.hash();
    Ok(snapshot)
}

/// Keeps a snapshot, unless its content is that of the period's latest. What comes back is the stored one.
///
/// # Errors
/// Those of the store.
pub(crate) fn keep(config: &Config, store: &dyn Store, mut snapshot: Snapshot, now: Timestamp) -> Result<Snapshot> {
    let known = store.snapshots(&config.name, Some(&snapshot.period.id))?;
    if let Some(last) = known.last()
        && last.content_hash == snapshot.content_hash
        && let Some(stored) = store.snapshot(&config.name, &snapshot.period.id, None)?
    {
        return decode(&stored.json);
    }
    snapshot.revision = known.last().map_or(1, |last| u64::from(last.revision) + 1);
    let json = encode(&snapshot)?;
    store.put_snapshot(&NewSnapshot {
        workspace: &config.name,
        period: &snapshot.period.id,
        content_hash: &snapshot.content_hash,
        created_at: now,
        json: json.as_bytes(),
    })?;
    Ok(snapshot)
}

/// The stored snapshot of a period.
///
/// # Errors
/// `NotFound` when there is none, saying how to make one.
pub(crate) fn stored(config: &Config, store: &dyn Store, period: &Period) -> Result<Snapshot> {
    match store.snapshot(&config.name, period.id(), None)? {
        Some(stored) => decode(&stored.json),
        None => Err(Error::new(ErrorKind::NotFound, format!("there is no snapshot of {period}"))
            .hint(format!("run kpi collect --period {period} first"))),
    }
}

fn encode(snapshot: &Snapshot) -> Result<String> {
    snapshot.to_json().map_err(|error| Error::new(ErrorKind::Internal, "cannot write the snapshot").caused_by(error))
}

fn decode(json: &[u8]) -> Result<Snapshot> {
    serde_json::from_slice(json)
        .map_err(|error| Error::new(ErrorKind::Internal, "the stored snapshot cannot be read").caused_by(error))
}

fn info(source: &Source, outcomes: &BTreeMap<String, SourceOutcome>) -> SourceInfo {
    let descriptor = source.opened.descriptor();
    SourceInfo {
        id: source.id.clone(),
        adapter: source.adapter.clone(),
        channel: source.channel().as_str().to_owned(),
        labels: source.labels.clone(),
        claimant: source.adapter.clone(),
        status: status(source, outcomes),
        declared: figures::declared(source),
        settling_days: descriptor.settling_days,
    }
}

/// How a source went; one that no run asked counts as complete as far as its slices go.
fn status(source: &Source, outcomes: &BTreeMap<String, SourceOutcome>) -> SourceStatus {
    match outcomes.get(&source.id).map(|outcome| outcome.status) {
        None | Some(kpi_store::SourceStatus::Complete) => SourceStatus::Complete,
        Some(kpi_store::SourceStatus::Partial) => SourceStatus::Partial,
        Some(kpi_store::SourceStatus::Failed) => SourceStatus::Failed,
        Some(kpi_store::SourceStatus::Skipped) => SourceStatus::Skipped,
    }
}

/// The configured KPIs in their order, or all that the sources can feed in the catalogue's.
fn shown<'c>(config: &Config, facts: &FactSet, candidates: Vec<&'c Kpi>) -> Vec<&'c Kpi> {
    if config.shown.is_some() {
        return candidates;
    }
    let order: BTreeMap<String, usize> =
        KpiSet::catalogue_order().into_iter().enumerate().map(|(place, id)| (id, place)).collect();
    let mut fed: Vec<&Kpi> = candidates
        .into_iter()
        .filter(|kpi| {
            let metrics = config.kpis.metrics_of(kpi, &config.dictionary);
            kpi.has_goal() || (!metrics.is_empty() && metrics.iter().all(|metric| facts.feeds(*metric)))
        })
        .collect();
    fed.sort_by_key(|kpi| (order.get(&kpi.id).copied().unwrap_or(usize::MAX), kpi.id.clone()));
    fed
}

fn period_document(config: &Config, period: &Period, today: jiff::civil::Date) -> PeriodDoc {
    let window = period.window();
    let settling = config.sources.iter().map(|source| source.opened.descriptor().settling_days).max().unwrap_or(0);
    let settled = window.last().saturating_add(jiff::Span::new().days(i64::from(settling)));
    let status = if today <= window.last() {
        "running"
    } else if today <= settled {
        "ended"
    } else {
        "settled"
    };
    PeriodDoc {
        id: period.id().to_owned(),
        grain: period.grain().as_str().to_owned(),
        start: window.first().to_string(),
        end: window.last().to_string(),
        timezone: config.timezone.clone(),
        status: status.to_owned(),
    }
}

fn completeness(sources: &[SourceDoc]) -> &'static str {
    let all = sources.iter().all(|source| source.status == "complete");
    let none = sources.iter().all(|source| matches!(source.status.as_str(), "failed" | "skipped"));
    match (all, none) {
        _ if sources.is_empty() => "empty",
        (true, _) => "complete",
        (_, true) if sources.iter().all(|source| source.rows == 0) => "empty",
        _ => "partial",
    }
}

fn source_document(
    config: &Config,
    store: &dyn Store,
    period: &Period,
    place: usize,
    source: &Source,
    outcomes: &BTreeMap<String, SourceOutcome>,
    facts: &FactSet,
) -> Result<SourceDoc> {
    let slices: Vec<_> =
        store.slices(&source.id)?.into_iter().filter(|slice| slice.id.window.overlaps(period.window())).collect();
    let rows = if source.adapter == "file" {
        facts
            .series
            .values()
            .flatten()
            .filter(|series| series.source == place)
            .map(|series| series.within(period.window()).count() as u64)
            .sum()
    } else {
        slices.iter().map(|slice| slice.rows).sum()
    };
    let profile = store.profile(&source.id)?.map(|record| record.profile);
    let fixed = match source.opened.descriptor().zone {
        ZoneRule::Fixed(zone) => Some(zone.to_owned()),
        ZoneRule::Account => profile.and_then(|profile| profile.timezone),
        ZoneRule::Reporting => None,
    };
    let timezone = fixed.unwrap_or_else(|| config.timezone.clone());
    let error = outcomes.get(&source.id).and_then(|outcome| outcome.error.as_ref()).map(|error| ErrorDoc {
        kind: error.kind.clone(),
        message: error.message.clone(),
        hint: error.hint.clone(),
    });
    Ok(SourceDoc {
        id: source.id.clone(),
        adapter: source.adapter.clone(),
        channel: source.channel().as_str().to_owned(),
        status: status(source, outcomes).as_str().to_owned(),
        error,
        rows,
        shift_hours: shift(config, &timezone, period.window()),
        timezone,
        slices: slices
            .into_iter()
            .map(|slice| SliceDoc {
                id: slice.id.to_string(),
                revision: u64::from(slice.revision),
                hash: slice.hash.to_string(),
            })
            .collect(),
    })
}

/// How many hours the account's clocks are ahead of the reporting zone's when the period begins.
fn shift(config: &Config, timezone: &str, window: Window) -> String {
    let Ok(zone) = TimeZone::get(timezone) else { return "0".to_owned() };
    let offset = |zone: &TimeZone| {
        let midnight = window.first().to_datetime(jiff::civil::Time::midnight());
        zone.to_ambiguous_zoned(midnight).compatible().map_or(0, |zoned| zoned.offset().seconds())
    };
    let seconds = i64::from(offset(&zone)) - i64::from(offset(&config.zone));
    (Rational::from(seconds) / Rational::from(3600)).to_string()
}
