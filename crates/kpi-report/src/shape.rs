//! How the figures of a unit are shown: as a percentage, money, a time, points, or a number of things.

/// How a figure is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A fraction, shown as a percentage.
    Percent,
    /// A number that stands for itself, with what it is of and per.
    Plain {
        /// What is counted, and per what.
        of: Option<(String, String)>,
    },
    /// A number of things.
    Count {
        /// What is counted.
        entity: String,
    },
    /// Money in a currency.
    Money {
        /// The currency.
        currency: String,
        /// Per what.
        per: Option<String>,
    },
    /// Seconds, shown as minutes and seconds.
    Seconds {
        /// Per what.
        per: Option<String>,
    },
    /// Points of a score.
    Points,
    /// A position in a list.
    Rank,
}

/// Quotients that are multiples, by their id before any `@`.
const MULTIPLES: &[&str] = &["roas", "poas", "mer", "clv_cac", "frequency", "over_claim_factor"];

/// Parts of an id that say that a multiple or an average is meant.
const AVERAGES: &[&str] = &["per", "factor", "multiple", "avg", "average"];

/// Parts of an id that say that a quotient of two different counts is a share.
const SHARES: &[&str] = &["rate", "share", "ctr", "ctor", "vtr", "cr", "crr", "churn", "win"];

/// The entity that `cpm` counts by: a thousand impressions.
pub(crate) const MILLE: &str = "mille";

impl Shape {
    /// The shape of a KPI's or a metric's figures.
    pub(crate) fn of(id: &str, unit: &str, currency: Option<&str>) -> Self {
        let base = id.split('@').next().unwrap_or(id);
        let has = |words: &[&str]| base.split(['_', '.']).any(|part| words.contains(&part));
        let (above, below) = unit.split_once('/').unwrap_or((unit, ""));
        let per = (!below.is_empty()).then(|| below.to_owned());
        if above == "money" || currency.is_some() {
            let per = if base == "cpm" { Some(MILLE.to_owned()) } else { per };
            return Self::Money { currency: currency.unwrap_or("XXX").to_owned(), per };
        }
        match (above, per) {
            ("seconds", per) => Self::Seconds { per },
            ("points", _) => Self::Points,
            ("rank", _) => Self::Rank,
            ("ratio" | "", _) if MULTIPLES.contains(&base) || has(AVERAGES) => Self::Plain { of: None },
            ("ratio" | "", _) => Self::Percent,
            (_, None) => Self::Count { entity: unit.to_owned() },
            (_, Some(_)) if has(SHARES) => Self::Percent,
            (above, Some(below)) => Self::Plain { of: Some((above.to_owned(), below)) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Shape;

    #[test]
    fn shares_are_percentages_and_multiples_are_not() {
        let percent = |id, unit| Shape::of(id, unit, None) == Shape::Percent;
        for (id, unit) in [
            ("ctr", "click/impression"),
            ("cr@click", "conversion/click"),
            ("roi@revenue", "ratio"),
            ("bounce_rate@ga4", "ratio"),
            ("lead_to_win", "opportunity/lead"),
            ("view_rate", "video_view/impression"),
            ("follower_growth_rate", "ratio"),
        ] {
            assert!(percent(id, unit), "{id}");
        }
        for (id, unit) in [
            ("roas", "ratio"),
            ("mer", "ratio"),
            ("clv_cac", "ratio"),
            ("frequency", "impression/person"),
            ("over_claim_factor", "ratio"),
            ("pages_per_visit", "page_view/visit"),
            ("items_per_order", "item/order"),
            ("engagements_per_post", "action/post"),
            ("clicks", "click"),
        ] {
            assert!(!percent(id, unit), "{id}");
        }
    }
}
