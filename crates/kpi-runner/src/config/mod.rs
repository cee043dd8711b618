//! The configuration: files and environment in layers, checked whole before anything is collected.

mod documents;
mod fx;
mod goals;
mod kpis;
mod load;
mod problem;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kpi_core::aggregate::Overlap;
use kpi_core::fx::FxTable;
use kpi_core::kpi::KpiSet;
use kpi_core::snapshot::{AssumptionDoc, ChangeDoc};
use kpi_core::{Channel, ChannelSource, Currency, Dictionary, PeriodRules};

pub(crate) use load::load;
pub(crate) use problem::Problems;

/// A configured source.
#[derive(Clone)]
pub(crate) struct Source {
    /// Its id.
    pub id: String,
    /// Its adapter.
    pub adapter: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// The adapter, opened with its configuration.
    pub opened: Arc<dyn ChannelSource>,
    /// The secrets that its configuration refers to, by key.
    pub secrets: BTreeMap<String, kpi_core::SecretRef>,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("id", &self.id).field("adapter", &self.adapter).finish_non_exhaustive()
    }
}

impl Source {
    /// Its channel.
    pub(crate) fn channel(&self) -> Channel {
        self.opened.channel()
    }
}

/// A configuration without a mistake.
#[derive(Debug)]
pub(crate) struct Config {
    /// The workspace's name.
    pub name: String,
    /// The reporting zone's IANA name.
    pub timezone: String,
    /// The reporting zone.
    pub zone: TimeZone,
    /// The reporting currency.
    pub currency: Currency,
    /// The report's language.
    pub locale: String,
    /// The month in which the fiscal year starts.
    pub fiscal_year_start: i8,
    /// Where the store is.
    pub store: PathBuf,
    /// The exchange rates.
    pub fx: FxTable,
    /// The sources, by id.
    pub sources: Vec<Source>,
    /// Who is right where several claim.
    pub overlap: Overlap,
    /// The KPIs.
    pub kpis: KpiSet,
    /// The KPIs that are shown, in order; none for all that the sources feed.
    pub shown: Option<Vec<String>>,
    /// Named constants, as configured.
    pub assumptions: Vec<AssumptionDoc>,
    /// The change log of goals and definitions.
    pub changes: Vec<ChangeDoc>,
    /// What the report is for.
    pub purpose: Option<String>,
    /// What the report answers.
    pub questions: Vec<String>,
    /// The metrics that are known.
    pub dictionary: Arc<Dictionary>,
}

impl Config {
    /// The civil day of a time in the reporting zone.
    pub(crate) fn day_of(&self, time: Timestamp) -> Date {
        time.to_zoned(self.zone.clone()).date()
    }

    /// How periods are read at a time.
    pub(crate) fn period_rules(&self, now: Timestamp) -> PeriodRules {
        PeriodRules { fiscal_year_start: self.fiscal_year_start, today: self.day_of(now) }
    }
}
