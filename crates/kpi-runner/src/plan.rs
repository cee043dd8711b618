//! What a run asks for: the period, the one before and the one a year before; what is there already is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use kpi_core::{AccountProfile, Descriptor, Period, Report, Result, Window, Windows, ZoneRule};
use kpi_store::{PlannedRequest, SliceInfo, Store};

use crate::config::{Config, Source};

/// A reading younger than this is not repeated, so that an interrupted run goes on where it was.
const FRESH: SignedDuration = SignedDuration::from_hours(1);

/// Which days a run is about.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    /// The periods whose figures are wanted with every breakdown.
    pub periods: Vec<Period>,
    /// Earlier periods of which only totals are wanted, for comparisons and trends.
    pub history: Vec<Period>,
    /// Whether only the readings of the moment are taken.
    pub readings_only: bool,
}

impl Scope {
    /// A period with the one before, and the totals of the one a year before.
    pub(crate) fn around(period: &Period) -> Self {
        Self {
            periods: std::iter::once(period.clone()).chain(period.previous()).collect(),
            history: period.same_last_year().into_iter().collect(),
            readings_only: false,
        }
    }

    /// The periods that a report is asked for: of history only those that no coarser report answers.
    fn of<'s>(&'s self, report: &Report, descriptor: &Descriptor) -> impl Iterator<Item = &'s Period> {
        let coarser = |other: &&Report| other.breakdown.len() < report.breakdown.len();
        let answered = report.columns.iter().all(|column| {
            descriptor.reports.iter().filter(coarser).any(|other| {
                other.windows != Windows::Everything && other.columns.iter().any(|own| own.metric == column.metric)
            })
        });
        let history = if answered { &[] } else { self.history.as_slice() };
        self.periods.iter().chain(history)
    }
}

/// What is asked of one source.
#[derive(Clone, Debug, Default)]
pub(crate) struct SourcePlan {
    /// The requests.
    pub requests: Vec<PlannedRequest>,
    /// How many days or windows are there already.
    pub settled: usize,
    /// What cannot be asked, and why.
    pub refused: Vec<String>,
}

/// The profile that a source has before its vendor is asked: the last known one, or what its adapter fixes.
pub(crate) fn known_profile(config: &Config, source: &Source, store: &dyn Store) -> Result<Arc<AccountProfile>> {
    if let Some(record) = store.profile(&source.id)? {
        return Ok(Arc::new(record.profile));
    }
    let timezone = match source.opened.descriptor().zone {
        ZoneRule::Fixed(zone) => zone.to_owned(),
        ZoneRule::Account | ZoneRule::Reporting => config.timezone.clone(),
    };
    Ok(Arc::new(AccountProfile { name: source.id.clone(), timezone: Some(timezone), currency: None }))
}

/// The civil day of a time in an account's zone.
pub(crate) fn account_day(profile: &AccountProfile, config: &Config, time: Timestamp) -> Date {
    let zone = profile.timezone.as_deref().unwrap_or(&config.timezone);
    let zone = TimeZone::get(zone).unwrap_or_else(|_| config.zone.clone());
    time.to_zoned(zone).date()
}

/// Plans one source.
///
/// # Errors
/// Those of the store.
pub(crate) fn plan_source(
    config: &Config,
    source: &Source,
    profile: &AccountProfile,
    scope: &Scope,
    store: &dyn Store,
    now: Timestamp,
) -> Result<SourcePlan> {
    let descriptor = source.opened.descriptor();
    let today = account_day(profile, config, now);
    let mut known: BTreeMap<(String, Window), SliceInfo> = BTreeMap::new();
    for slice in store.slices(&source.id)? {
        known.insert((slice.id.report.clone(), slice.id.window), slice);
    }
    let mut plan = SourcePlan::default();
    let asker = Asker { source, descriptor, today, now, known, profile, config };
    for report in descriptor.reports.iter().filter(|report| source.opened.wants(report)) {
        asker.report(report, scope, &mut plan);
    }
    Ok(plan)
}

struct Asker<'a> {
    source: &'a Source,
    descriptor: &'static Descriptor,
    today: Date,
    now: Timestamp,
    known: BTreeMap<(String, Window), SliceInfo>,
    profile: &'a AccountProfile,
    config: &'a Config,
}

impl Asker<'_> {
    fn report(&self, report: &'static Report, scope: &Scope, plan: &mut SourcePlan) {
        match report.windows {
            Windows::Reading => self.one(report, Window::day(self.today), plan),
            _ if scope.readings_only => {}
            Windows::Everything => self.one(report, everything(), plan),
            Windows::Days { max_per_request } => self.days(report, max_per_request, scope, plan),
            Windows::Exact { max_days } => {
                self.exact(report, scope, plan, |days| u32::try_from(days).is_ok_and(|days| days <= max_days));
            }
            Windows::Lengths(lengths) => {
                self.exact(report, scope, plan, |days| u32::try_from(days).is_ok_and(|days| lengths.contains(&days)));
            }
        }
    }

    fn days(&self, report: &Report, max_per_request: u32, scope: &Scope, plan: &mut SourcePlan) {
        let mut wanted = BTreeSet::new();
        for period in scope.of(report, self.descriptor) {
            let window = period.window();
            let Some(past) = Window::new(window.first(), window.last().min(self.today)).ok() else { continue };
            wanted.extend(past.iter_days());
        }
        let before = wanted.len();
        if let Some(oldest) = self.oldest(report) {
            wanted.retain(|day| *day >= oldest);
        }
        if wanted.len() < before {
            plan.refused.push(format!(
                "{} days of {} lie beyond the vendor's history",
                before - wanted.len(),
                report.id
            ));
        }
        let due: Vec<Date> = wanted.into_iter().filter(|day| self.is_due(report, Window::day(*day), plan)).collect();
        for span in runs_of(&due) {
            for piece in span.chunks(max_per_request) {
                self.push(report, piece, plan);
            }
        }
    }

    fn exact(&self, report: &Report, scope: &Scope, plan: &mut SourcePlan, fits: impl Fn(i32) -> bool) {
        for period in scope.of(report, self.descriptor) {
            let window = period.window();
            let old = self.oldest(report).is_some_and(|oldest| window.first() < oldest);
            if !fits(window.days()) || window.last() >= self.today || old {
                continue;
            }
            if self.is_due(report, window, plan) {
                self.push(report, window, plan);
            }
        }
    }

    fn one(&self, report: &Report, window: Window, plan: &mut SourcePlan) {
        if self.is_due(report, window, plan) {
            self.push(report, window, plan);
        }
    }

    fn push(&self, report: &Report, window: Window, plan: &mut SourcePlan) {
        let request = PlannedRequest { source: self.source.id.clone(), report: report.id.to_owned(), window };
        if !plan.requests.contains(&request) {
            plan.requests.push(request);
        }
    }

    fn oldest(&self, report: &Report) -> Option<Date> {
        let days = [report.history_days, self.descriptor.history_days].into_iter().flatten().min()?;
        self.today.checked_sub(i64::from(days).days()).ok()
    }

    /// Whether a window was never read, or was last read before its figures had settled.
    fn is_due(&self, report: &Report, window: Window, plan: &mut SourcePlan) -> bool {
        let Some(slice) = self.known.get(&(report.id.to_owned(), window)) else { return true };
        let always = matches!(report.windows, Windows::Everything | Windows::Reading);
        let read_on = account_day(self.profile, self.config, slice.last_read);
        let settles = window.last().saturating_add(i64::from(self.descriptor.settling_days).days());
        let settled = !always && read_on > settles;
        let fresh = slice.last_read.duration_until(self.now) < FRESH;
        if settled || fresh {
            plan.settled += 1;
            return false;
        }
        true
    }
}

/// The window under which a source that is taken whole is kept.
pub(crate) fn everything() -> Window {
    Window::new(Date::constant(1, 1, 1), Date::constant(9998, 12, 31)).unwrap_or(Window::day(Date::MIN))
}

/// Consecutive days joined to spans.
fn runs_of(days: &[Date]) -> Vec<Window> {
    let mut spans: Vec<Window> = Vec::new();
    for day in days {
        match spans.last_mut() {
            Some(span) if span.last().tomorrow().is_ok_and(|next| next == *day) => {
                if let Ok(longer) = Window::new(span.first(), *day) {
                    *span = longer;
                }
            }
            _ => spans.push(Window::day(*day)),
        }
    }
    spans
}
