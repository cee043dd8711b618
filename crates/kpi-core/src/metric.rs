//! Metrics: the figures that sources report, with the law by which each combines.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::registry::nearest;
use crate::{Entity, Error, ErrorKind, Result, Unit, UnitAtom};

mod ids;
pub use ids::{
    ACTIVE_LEADS, AUDIENCE_SIZE, BUDGET, BUYERS, CLICKS, COMMENTS, CONVERSION_VALUE, CONVERSIONS, CONVERTING_VISITORS,
    CONVERTING_VISITS, COST_OF_GOODS, CUSTOMERS, EMAIL_LINK_CLICKS, EMAILS_BOUNCED, EMAILS_CLICKED, EMAILS_DELIVERED,
    EMAILS_DELIVERED_MPP, EMAILS_OPENED, EMAILS_OPENED_MPP, EMAILS_SENT, ENGAGED_VISITS, ENGAGEMENTS, EVENT_ATTENDANCE,
    EVENT_REGISTRATIONS, FOLLOWERS, FORM_SUBMISSIONS, IMPRESSIONS, ITEMS_SOLD, KEYWORD_RANK, LEADS, LIKES, LINK_CLICKS,
    LOST_CUSTOMERS, MARKET_AMOUNT, MEASURABLE_IMPRESSIONS, MQL, NEW_CUSTOMERS, OPEN_PIPELINE, OPPORTUNITIES_CREATED,
    OPPORTUNITIES_LOST, OPPORTUNITIES_WON, OPT_INS_NEW, OPT_INS_TOTAL, ORDERS, ORGANIC_CLICKS, ORGANIC_VISITS,
    OTHER_COST, PAGE_VIEWS, POSTS, RANKED_KEYWORDS, REACH, REFERRAL_VISITS, REPEAT_CUSTOMERS, RETAINED_CUSTOMERS,
    REVENUE, SAVES, SEARCH_IMPRESSIONS, SEARCH_POSITION_SUM, SHARES, SINGLE_PAGE_VISITS, SPAM_COMPLAINTS, SPEND, SQL,
    STAFF_COST, SURVEY_ANSWERS, TIME_ON_SITE, TRACKED_KEYWORDS, UNSUBSCRIBES, VIDEO_VIEWS, VIEWABLE_IMPRESSIONS,
    VISITORS, VISITS,
};

/// How a metric combines over time, accounts and breakdowns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Law {
    /// It adds up.
    Flow,
    /// The last reading counts over time; accounts add up.
    Stock,
    /// Distinct things: never added, asked for the very window.
    Distinct,
    /// A position: the last reading counts over time; never added.
    Rank,
}

impl Law {
    /// The law as written in the dictionary.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Flow => "flow",
            Self::Stock => "stock",
            Self::Distinct => "distinct",
            Self::Rank => "rank",
        }
    }
}

/// The id of a metric, with the one fact that its values need at once: whether it is money.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MetricId {
    id: &'static str,
    money: bool,
}

impl MetricId {
    /// The id of a metric that is not money.
    pub const fn plain(id: &'static str) -> Self {
        Self { id, money: false }
    }

    /// The id of a metric that is money.
    pub const fn money(id: &'static str) -> Self {
        Self { id, money: true }
    }

    /// The id as written in files.
    pub const fn as_str(self) -> &'static str {
        self.id
    }

    /// Whether its values have a currency.
    pub const fn is_money(self) -> bool {
        self.money
    }
}

impl fmt::Display for MetricId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

impl fmt::Debug for MetricId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

/// The unit of a metric, as the dictionary writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricUnit {
    /// A number of things.
    Count(&'static str),
    /// Money.
    Money,
    /// Seconds.
    Seconds,
    /// A position.
    Rank,
    /// A position times a number of things, so that a mean can be weighted.
    RankTimes(&'static str),
}

/// One entry of the dictionary.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Its id.
    pub id: MetricId,
    /// Its English name.
    pub name_en: &'static str,
    /// Its Vietnamese name.
    pub name_vi: &'static str,
    /// Its unit.
    pub unit: MetricUnit,
    /// How it combines.
    pub law: Law,
    /// Whether several platforms claim the same thing, so that their figures are not added.
    pub claimed: bool,
    /// What is counted, in a sentence.
    pub definition: &'static str,
    /// Where the definition comes from.
    pub source: &'static str,
}

impl Metric {
    /// A metric that counts things and adds up; its id needs a prefix such as `acme.podcast.`.
    pub const fn flow(id: &'static str, entity: &'static str, name_en: &'static str, name_vi: &'static str) -> Self {
        Self {
            id: MetricId::plain(id),
            name_en,
            name_vi,
            unit: MetricUnit::Count(entity),
            law: Law::Flow,
            claimed: false,
            definition: "",
            source: "",
        }
    }

    /// The same with another law.
    #[must_use]
    pub const fn law(mut self, law: Law) -> Self {
        self.law = law;
        self
    }

    /// The same with a definition and where it comes from.
    #[must_use]
    pub const fn defined(mut self, definition: &'static str, source: &'static str) -> Self {
        self.definition = definition;
        self.source = source;
        self
    }

    /// The unit of its values in formulas.
    pub fn formula_unit(&self) -> Unit {
        match self.unit {
            MetricUnit::Count(entity) => Unit::count(entity),
            MetricUnit::Money => Unit::of(UnitAtom::Money),
            MetricUnit::Seconds => Unit::of(UnitAtom::Seconds),
            MetricUnit::Rank => Unit::of(UnitAtom::Rank),
            MetricUnit::RankTimes(entity) => Unit::of(UnitAtom::Rank).times(&Unit::count(entity)),
        }
    }

    /// The entity it counts.
    pub fn entity(&self) -> Option<Entity> {
        match self.unit {
            MetricUnit::Count(entity) => Some(Entity(entity)),
            _ => None,
        }
    }
}

/// The metrics that a binary knows.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    metrics: BTreeMap<&'static str, &'static Metric>,
}

impl Dictionary {
    /// The built-in metrics.
    ///
    /// # Errors
    /// `Internal` when the built-in data file is damaged, which its test rules out.
    pub fn builtin() -> Result<Self> {
        static BUILTIN: OnceLock<Result<Vec<Metric>, String>> = OnceLock::new();
        let metrics = BUILTIN.get_or_init(read_builtin);
        match metrics {
            Ok(metrics) => Ok(Self { metrics: metrics.iter().map(|metric| (metric.id.as_str(), metric)).collect() }),
            Err(message) => Err(Error::new(ErrorKind::Internal, message.clone())),
        }
    }

    /// Adds an adapter's own metric.
    ///
    /// # Errors
    /// `Contract` when its id has no prefix or is taken.
    pub fn add(&mut self, metric: &'static Metric) -> Result<()> {
        let id = metric.id.as_str();
        if !id.contains('.') {
            return Err(Error::new(ErrorKind::Contract, format!("the metric id `{id}` needs a prefix"))
                .hint("ids without a dot belong to kpi-core: write for example `acme.podcast.downloads`"));
        }
        if self.metrics.insert(id, metric).is_some() {
            return Err(Error::new(ErrorKind::Contract, format!("two metrics are called `{id}`")));
        }
        Ok(())
    }

    /// Finds a metric by its id.
    pub fn get(&self, id: &str) -> Option<&'static Metric> {
        self.metrics.get(id).copied()
    }

    /// Finds a metric, or says which known id is nearest.
    ///
    /// # Errors
    /// `Config` when no metric has this id.
    pub fn require(&self, id: &str) -> Result<&'static Metric> {
        self.get(id).ok_or_else(|| {
            let error = Error::new(ErrorKind::Config, format!("unknown metric `{id}`"));
            match nearest(id, self.metrics.keys().copied()) {
                Some(near) => error.hint(format!("did you mean `{near}`? `kpi metrics` lists them all")),
                None => error.hint("`kpi metrics` lists them all"),
            }
        })
    }

    /// Every metric, by id.
    pub fn iter(&self) -> impl Iterator<Item = &'static Metric> + '_ {
        self.metrics.values().copied()
    }
}

#[derive(Deserialize)]
struct DictionaryFile {
    metric: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    en: String,
    vi: String,
    unit: String,
    law: Law,
    #[serde(default)]
    claimed: bool,
    definition: String,
    source: String,
}

fn read_builtin() -> Result<Vec<Metric>, String> {
    let file: DictionaryFile =
        toml::from_str(include_str!("../data/dictionary.toml")).map_err(|error| error.to_string())?;
    file.metric.into_iter().map(metric_of).collect()
}

fn metric_of(entry: Entry) -> Result<Metric, String> {
    // The dictionary is read once and lives as long as the program.
    let keep = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let id = keep(entry.id);
    let unit = match entry.unit.as_str() {
        "money" => MetricUnit::Money,
        "seconds" => MetricUnit::Seconds,
        "rank" => MetricUnit::Rank,
        other => match other.strip_prefix("rank*") {
            Some(entity) => MetricUnit::RankTimes(keep(entity.to_owned())),
            None => MetricUnit::Count(keep(entry.unit.clone())),
        },
    };
    let id = if unit == MetricUnit::Money { MetricId::money(id) } else { MetricId::plain(id) };
    Ok(Metric {
        id,
        name_en: keep(entry.en),
        name_vi: keep(entry.vi),
        unit,
        law: entry.law,
        claimed: entry.claimed,
        definition: keep(entry.definition),
        source: keep(entry.source),
    })
}

#[cfg(test)]
mod tests {
    use super::{Dictionary, ids};

    #[test]
    fn the_constants_are_the_dictionary() {
        let dictionary = Dictionary::builtin().unwrap();
        let from_file: Vec<_> = dictionary.iter().map(|metric| metric.id).collect();
        let mut constants = ids::ALL.to_vec();
        constants.sort();
        assert_eq!(constants, from_file, "run `cargo xtask docs` to write src/metric/ids.rs anew");
    }
}
