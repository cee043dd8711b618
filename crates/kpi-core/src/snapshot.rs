//! The snapshot document, `kpi.snapshot/1`: all KPIs of one period with their evidence.
//!
//! Decimals are strings in plain notation. Fields stand in the order in which they are written, lists in a fixed order,
//! so that equal content is equal bytes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The schema that this program writes.
pub const SCHEMA: &str = "kpi.snapshot/1";

/// A text in the report's languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalText {
    /// English.
    pub en: String,
    /// Vietnamese.
    pub vi: String,
}

/// All KPIs of one period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// `kpi.snapshot/1`.
    pub schema: String,
    /// The workspace's name.
    pub workspace: String,
    /// The period.
    pub period: PeriodDoc,
    /// The reporting currency.
    pub currency: String,
    /// Which snapshot of this period it is, from 1.
    pub revision: u64,
    /// The civil day of computing in the reporting zone.
    pub evaluated_on: String,
    /// When it was made; not part of the content.
    pub generated_at: String,
    /// `sha256:` and the hash of the content.
    pub content_hash: String,
    /// Which sources it rests on.
    pub completeness: Completeness,
    /// The KPIs, in the configured order.
    pub kpis: Vec<KpiDoc>,
    /// What a reader must know.
    pub warnings: Vec<String>,
    /// What the report states: its purpose and questions.
    #[serde(default)]
    pub report: ReportDoc,
    /// Named constants that formulas used.
    #[serde(default)]
    pub assumptions: Vec<AssumptionDoc>,
    /// The log of changed goals and definitions that touch the period's KPIs.
    #[serde(default)]
    pub changes: Vec<ChangeDoc>,
    /// Ranked lists: top posts, pages, keywords, campaigns.
    #[serde(default)]
    pub lists: Vec<ListDoc>,
}

/// The period of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodDoc {
    /// Its name, such as `2026-10`.
    pub id: String,
    /// Its grain, such as `month`.
    pub grain: String,
    /// Its first day.
    pub start: String,
    /// Its last day.
    pub end: String,
    /// The reporting zone.
    pub timezone: String,
    /// `running`, `ended` or `settled`.
    pub status: String,
}

/// Which sources a snapshot rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completeness {
    /// `complete`, `partial` or `empty`.
    pub status: String,
    /// Each source.
    pub sources: Vec<SourceDoc>,
}

/// One source of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceDoc {
    /// Its id.
    pub id: String,
    /// Its adapter.
    pub adapter: String,
    /// Its channel.
    pub channel: String,
    /// `complete`, `partial`, `failed` or `skipped`.
    pub status: String,
    /// Why it is not complete.
    pub error: Option<ErrorDoc>,
    /// How many rows of the period rest on it.
    pub rows: u64,
    /// The zone in which its days are cut.
    pub timezone: String,
    /// How far its days begin before (negative) or after the reporting zone's, in hours.
    pub shift_hours: String,
    /// The slices that were used.
    pub slices: Vec<SliceDoc>,
}

/// Why a source is not complete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorDoc {
    /// Who must act.
    pub kind: String,
    /// What happened.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// A slice that was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SliceDoc {
    /// Its id.
    pub id: String,
    /// Its revision.
    pub revision: u64,
    /// The hash of its content.
    pub hash: String,
}

/// One KPI or metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KpiDoc {
    /// Its id.
    pub id: String,
    /// `kpi` when it has a goal, otherwise `metric`.
    pub kind: String,
    /// Its names.
    pub name: LocalText,
    /// Its value.
    pub value: Option<String>,
    /// `value` or `undefined`.
    pub state: String,
    /// Why it is undefined.
    pub reason: Option<String>,
    /// Its unit, such as `money/lead`.
    pub unit: String,
    /// The currency of its value.
    pub currency: Option<String>,
    /// `up`, `down`, `band` or `neutral`.
    pub direction: String,
    /// `strategic` or `tactical`.
    pub level: Option<String>,
    /// `awareness`, `engagement`, `conversion` or `loyalty`.
    pub stage: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// `provisional`, `partial k/n`, `stale <source> <n>d`, `sampled`, `thresholded`.
    pub quality: Vec<String>,
    /// The least and the most that a distinct count can be.
    pub bounds: Option<[String; 2]>,
    /// The figures it is computed from.
    pub inputs: Vec<InputDoc>,
    /// What parts do not explain of their total.
    pub unattributed: Option<Vec<UnattributedDoc>>,
    /// What several platforms claim, each for itself.
    pub claimed: Option<Vec<ClaimDoc>>,
    /// What was reported first, where that was another value.
    pub restated: Option<RestatedDoc>,
    /// The period before.
    pub previous: Option<ComparisonDoc>,
    /// The same period a year before.
    pub year_ago: Option<ComparisonDoc>,
    /// The goal.
    pub target: Option<TargetDoc>,
    /// How far the period has come.
    pub pace: PaceDoc,
    /// What is expected next; only with the analysis feature.
    pub forecast: Option<serde_json::Value>,
    /// The last periods.
    pub trend: TrendDoc,
    /// The same KPI by segment.
    pub segments: Vec<SegmentDoc>,
    /// What a reader of this KPI must know.
    pub notes: Vec<String>,
    /// Its formula.
    #[serde(default)]
    pub formula: String,
    /// The channel group in reports.
    #[serde(default)]
    pub channel: Option<String>,
    /// The KPIs it serves.
    #[serde(default)]
    pub supports: Vec<String>,
}

/// A figure that a KPI is computed from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputDoc {
    /// The metric.
    pub metric: String,
    /// Its value.
    pub value: Option<String>,
    /// The currency of the value.
    pub currency: Option<String>,
    /// The sources it comes from.
    pub sources: Vec<String>,
    /// The amounts that were converted.
    pub converted: Vec<ConversionDoc>,
}

/// A converted amount with its stamp.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ConversionDoc {
    /// From which currency.
    pub from: String,
    /// To which currency.
    pub to: String,
    /// The amount before.
    pub amount: String,
    /// The rate.
    pub rate: String,
    /// The rate's own date.
    pub date: String,
    /// `day`, `period_end` or `period_average`.
    pub rule: String,
    /// Where the rate is from.
    pub origin: String,
}

/// The gap between a total and its parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnattributedDoc {
    /// The metric.
    pub metric: String,
    /// The source.
    pub source: String,
    /// The breakdown whose parts were added.
    pub by: Vec<String>,
    /// The total.
    pub total: String,
    /// The sum of the parts.
    pub parts: String,
    /// The difference.
    pub value: String,
    /// The difference as a share of the total.
    pub share: Option<String>,
}

/// What one platform claims.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimDoc {
    /// The metric.
    pub metric: String,
    /// Who claims: an adapter, or the channel of a file source.
    pub claimant: String,
    /// The claimed figure.
    pub value: Option<String>,
    /// Whether the configuration says that this claimant is right.
    pub used: bool,
}

/// A figure that was reported differently at first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestatedDoc {
    /// The value as first reported.
    pub from: String,
    /// The value now.
    pub to: String,
    /// The difference.
    pub absolute: String,
    /// The difference as a share of the first value.
    pub relative: Option<String>,
}

/// A comparison with another period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparisonDoc {
    /// The other period.
    pub period: String,
    /// Its value.
    pub value: Option<String>,
    /// Its value over the days, and at the age, that can be compared.
    pub compared_value: Option<String>,
    /// Whether the two are alike in days, age, sources and definitions.
    pub like_for_like: bool,
    /// Whether the change is for the better; null where the direction says nothing.
    pub improved: Option<bool>,
    /// The change.
    pub change: ChangeOf,
    /// What makes the two differ, beyond the figures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caveats: Vec<String>,
    /// The change per day, where the two differ in days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_day_relative: Option<String>,
}

/// How a value changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeOf {
    /// `changed`, `new` or `undefined`.
    pub kind: String,
    /// The difference.
    pub absolute: Option<String>,
    /// The difference as a share of the other value.
    pub relative: Option<String>,
    /// The difference in percentage points, for ratios.
    pub points: Option<String>,
}

/// A goal and how near it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetDoc {
    /// The goal; of a band, its lower end.
    pub value: Option<String>,
    /// How much of it is reached, as a fraction.
    pub attainment: Option<String>,
    /// What is missing: positive on the wrong side of the goal.
    pub gap: Option<String>,
    /// `met`, `on_track`, `behind`, `missed`, `too_early` or `no_data`.
    pub status: String,
    /// The upper end of a band.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
    /// The day by which it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
}

/// How far a period has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaceDoc {
    /// Days that have ended in the reporting zone.
    pub days_elapsed: i32,
    /// Days of the period.
    pub days_total: i32,
    /// What the target expects by now.
    pub expected: Option<String>,
    /// Where the period ends at this pace.
    pub projected: Option<String>,
}

/// The last periods of a KPI.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrendDoc {
    /// `up`, `down`, `flat` or null.
    pub direction: Option<String>,
    /// The points, oldest first.
    pub points: Vec<TrendPoint>,
}

/// One period of a trend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrendPoint {
    /// The period.
    pub period: String,
    /// The value.
    pub value: Option<String>,
}

/// A KPI of one segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentDoc {
    /// What the segment is.
    pub by: BTreeMap<String, String>,
    /// Its value.
    pub value: Option<String>,
    /// `value` or `undefined`.
    pub state: String,
    /// Why it is undefined.
    pub reason: Option<String>,
    /// Its own goal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<TargetDoc>,
}

/// What the report states about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportDoc {
    /// What it is for.
    pub purpose: Option<String>,
    /// What it answers.
    pub questions: Vec<String>,
    /// The language: `vi` or `en`.
    pub locale: String,
}

/// A named constant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssumptionDoc {
    /// Its name in formulas.
    pub id: String,
    /// Its value with its unit, as configured.
    pub value: String,
    /// Where it comes from.
    pub note: Option<String>,
}

/// An entry of the change log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeDoc {
    /// The day.
    pub date: String,
    /// The KPI.
    pub kpi: String,
    /// One of the six reasons.
    pub reason: String,
    /// What was changed.
    pub note: String,
}

/// A ranked list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListDoc {
    /// `top_posts`, `top_pages`, `keyword_ranks`, `top_queries` or `top_campaigns`.
    pub id: String,
    /// Its names.
    pub name: LocalText,
    /// The metric that ranks it.
    pub metric: String,
    /// The currency of the metric's values.
    pub currency: Option<String>,
    /// Whether rows are hidden by the vendor.
    pub incomplete: bool,
    /// The rows, first rank first.
    pub rows: Vec<ListRow>,
}

/// One row of a ranked list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListRow {
    /// What is ranked.
    pub label: String,
    /// The source it comes from.
    pub source: String,
    /// The ranking figure.
    pub value: String,
    /// The same figure in the period before.
    pub previous: Option<String>,
}

impl Snapshot {
    /// The hash of the content: everything but the hash itself, the time of making and the revision.
    pub fn hash(&self) -> String {
        let mut content = self.clone();
        content.content_hash = String::new();
        content.generated_at = String::new();
        content.revision = 0;
        let bytes = serde_json::to_vec(&content).unwrap_or_default();
        let digest = Sha256::digest(&bytes);
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("sha256:{hex}")
    }

    /// The document as it is stored and printed: two-space indentation and a newline at the end.
    ///
    /// # Errors
    /// None in practice: the document holds text, numbers and lists only.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}
