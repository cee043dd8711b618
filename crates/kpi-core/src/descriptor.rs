//! What an adapter can do, as data: it feeds the documentation, the plan, the emitter's checks and the conformance rules.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Basis, Metric, MetricId};

/// A marketing channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Channel {
    /// Search engines, unpaid.
    Seo,
    /// Web analytics.
    Web,
    /// Social networks, unpaid.
    Social,
    /// E-mail.
    Email,
    /// Paid advertising.
    Ads,
    /// Events and webinars.
    Events,
    /// Customer relationship management.
    Crm,
    /// Surveys.
    Survey,
}

impl Channel {
    /// Every channel, in the order of reports.
    pub const ALL: [Self; 8] =
        [Self::Seo, Self::Web, Self::Social, Self::Email, Self::Ads, Self::Events, Self::Crm, Self::Survey];

    /// The channel as written in configurations.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Seo => "seo",
            Self::Web => "web",
            Self::Social => "social",
            Self::Email => "email",
            Self::Ads => "ads",
            Self::Events => "events",
            Self::Crm => "crm",
            Self::Survey => "survey",
        }
    }

    /// Reads a channel as written in configurations.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.as_str() == text)
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One metric of a report, with the rule and the basis by which the vendor counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Column {
    /// Which figure.
    pub metric: MetricId,
    /// The vendor's rule, where it differs from the dictionary's.
    pub definition: Option<&'static str>,
    /// What the dates mean.
    pub basis: Basis,
}

impl Column {
    /// A metric counted by the dictionary's own rule, dated by when it happened.
    pub const fn of(metric: MetricId) -> Self {
        Self { metric, definition: None, basis: Basis::Event }
    }

    /// The same by the vendor's own rule.
    #[must_use]
    pub const fn defined(mut self, definition: &'static str) -> Self {
        self.definition = Some(definition);
        self
    }

    /// The same on another basis.
    #[must_use]
    pub const fn basis(mut self, basis: Basis) -> Self {
        self.basis = basis;
        self
    }
}

/// Which windows a report can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Windows {
    /// Single days; one request may cover up to so many of them.
    Days {
        /// The most days that one request covers.
        max_per_request: u32,
    },
    /// One figure for exactly the asked window, of at most so many days.
    Exact {
        /// The longest window.
        max_days: u32,
    },
    /// One figure for exactly the asked window, which must have one of these lengths in days.
    Lengths(&'static [u32]),
    /// A reading of the moment: the window is the day of reading, and the past cannot be asked.
    Reading,
    /// Whatever the source holds, taken whole.
    Everything,
}

/// What a day without a row means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Absent {
    /// The vendor leaves out zeros: the day counts as zero.
    Zero,
    /// Nothing is known about the day.
    Missing,
}

/// One kind of request: columns by a breakdown over windows.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    /// Its name within the adapter.
    pub id: &'static str,
    /// The metrics it yields.
    pub columns: &'static [Column],
    /// The dimensions it is broken down by; empty for the account's total.
    pub breakdown: &'static [&'static str],
    /// The windows it can be asked for.
    pub windows: Windows,
    /// What a day (or window) without a row means.
    pub absent: Absent,
    /// How many days back from today the vendor answers; `None` for all.
    pub history_days: Option<u32>,
}

impl Report {
    /// A report of daily figures.
    pub const fn daily(id: &'static str, columns: &'static [Column]) -> Self {
        Self {
            id,
            columns,
            breakdown: &[],
            windows: Windows::Days { max_per_request: 31 },
            absent: Absent::Zero,
            history_days: None,
        }
    }

    /// The same cut by dimensions.
    #[must_use]
    pub const fn by(mut self, breakdown: &'static [&'static str]) -> Self {
        self.breakdown = breakdown;
        self
    }

    /// The same over other windows.
    #[must_use]
    pub const fn windows(mut self, windows: Windows) -> Self {
        self.windows = windows;
        self
    }

    /// The same with another meaning of absent rows.
    #[must_use]
    pub const fn absent(mut self, absent: Absent) -> Self {
        self.absent = absent;
        self
    }

    /// The same with a limit to the past.
    #[must_use]
    pub const fn history_days(mut self, days: u32) -> Self {
        self.history_days = Some(days);
        self
    }
}

/// In which zone an adapter's days are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZoneRule {
    /// Always in this one.
    Fixed(&'static str),
    /// In the account's own, told by `check`.
    Account,
    /// The workspace's reporting zone.
    Reporting,
}

/// How far an adapter has been proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stability {
    /// Cases from the vendor's documentation only.
    Experimental,
    /// Cases in recorded shapes, every rule green.
    Beta,
    /// Run against live accounts for two periods.
    Stable,
}

/// What an adapter can do.
#[derive(Clone, Copy, Debug)]
pub struct Descriptor {
    /// The id by which configurations name it.
    pub id: &'static str,
    /// The vendor's product, as people know it.
    pub name: &'static str,
    /// The channel its figures belong to.
    pub channel: Channel,
    /// The version of the vendor's API that it speaks.
    pub api_version: &'static str,
    /// The day on which the vendor ends that version.
    pub sunset: Option<Date>,
    /// The vendor's documentation.
    pub docs: &'static str,
    /// The hosts it asks.
    pub hosts: &'static [&'static str],
    /// What it can be asked for.
    pub reports: &'static [Report],
    /// For how many days after a day its figures still move.
    pub settling_days: u32,
    /// The zone in which its days are cut.
    pub zone: ZoneRule,
    /// The longest way back, in days; `None` for all.
    pub history_days: Option<u32>,
    /// What contains what, and what other sources claim too, in a sentence each.
    pub overlaps: &'static [&'static str],
    /// How far it is proven.
    pub stability: Stability,
    /// The most requests at once for one vendor, over all its sources.
    pub concurrency: u32,
    /// The most requests a minute for one vendor, over all its sources.
    pub requests_per_minute: Option<u32>,
    /// Metrics of its own, with a prefixed id.
    pub own_metrics: &'static [Metric],
}

impl Descriptor {
    /// A descriptor with the cautious defaults: beta, account zone, no settling, four requests at once.
    pub const fn new(id: &'static str, name: &'static str, channel: Channel) -> Self {
        Self {
            id,
            name,
            channel,
            api_version: "",
            sunset: None,
            docs: "",
            hosts: &[],
            reports: &[],
            settling_days: 0,
            zone: ZoneRule::Account,
            history_days: None,
            overlaps: &[],
            stability: Stability::Beta,
            concurrency: 4,
            requests_per_minute: None,
            own_metrics: &[],
        }
    }

    /// Sets the API version and the vendor's documentation.
    #[must_use]
    pub const fn api(mut self, version: &'static str, docs: &'static str) -> Self {
        self.api_version = version;
        self.docs = docs;
        self
    }

    /// Sets the day on which the vendor ends the API version.
    #[must_use]
    pub const fn sunset(mut self, day: Date) -> Self {
        self.sunset = Some(day);
        self
    }

    /// Sets the hosts that may be asked.
    #[must_use]
    pub const fn hosts(mut self, hosts: &'static [&'static str]) -> Self {
        self.hosts = hosts;
        self
    }

    /// Sets the reports.
    #[must_use]
    pub const fn reports(mut self, reports: &'static [Report]) -> Self {
        self.reports = reports;
        self
    }

    /// Sets for how many days figures still move.
    #[must_use]
    pub const fn settling_days(mut self, days: u32) -> Self {
        self.settling_days = days;
        self
    }

    /// Sets the zone in which days are cut.
    #[must_use]
    pub const fn zone(mut self, zone: ZoneRule) -> Self {
        self.zone = zone;
        self
    }

    /// Sets the longest way back.
    #[must_use]
    pub const fn history_days(mut self, days: u32) -> Self {
        self.history_days = Some(days);
        self
    }

    /// Says what contains what, and what other sources claim too.
    #[must_use]
    pub const fn overlaps(mut self, overlaps: &'static [&'static str]) -> Self {
        self.overlaps = overlaps;
        self
    }

    /// Sets how far it is proven.
    #[must_use]
    pub const fn stability(mut self, stability: Stability) -> Self {
        self.stability = stability;
        self
    }

    /// Sets the most requests at once and a minute, shared by all sources of the vendor.
    #[must_use]
    pub const fn budget(mut self, concurrency: u32, requests_per_minute: Option<u32>) -> Self {
        self.concurrency = concurrency;
        self.requests_per_minute = requests_per_minute;
        self
    }

    /// Adds metrics of its own, with prefixed ids.
    #[must_use]
    pub const fn own_metrics(mut self, metrics: &'static [Metric]) -> Self {
        self.own_metrics = metrics;
        self
    }

    /// Finds a report by its name.
    pub fn report(&self, id: &str) -> Option<&'static Report> {
        self.reports.iter().find(|report| report.id == id)
    }
}
