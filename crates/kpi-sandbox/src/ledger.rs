//! What really happened, in dictionary words, as a correct reader at the clock's instant would know it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::rational::Rational;

/// One figure of one source.
///
/// A day that the vendor leaves out because nothing happened is a fact with value zero; a day without any fact is unknown.
/// Late and restated values are those of the clock. Running totals (`as_of`) come as one fact for each day, read at
/// 16:30:00Z, and for the day of the clock itself at the clock; the truth takes the readings that the driver takes.
/// Distinct counts are not here but in [`crate::vendor::Vendor::window`], for they exist only for an asked window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The dictionary's id of the metric.
    pub metric: &'static str,
    /// The figure.
    pub value: Rational,
    /// ISO 4217 for money, nothing for the rest.
    pub currency: Option<String>,
    /// The first day of the window, in the source's zone.
    pub start: Date,
    /// The last day of the window.
    pub end: Date,
    /// `event`, `cohort` or `as_of`.
    pub basis: &'static str,
    /// The vendor's rule of counting where it is not the dictionary's.
    pub definition: Option<&'static str>,
    /// The breakdown; empty for the total of the account.
    pub dims: BTreeMap<&'static str, String>,
}

impl Fact {
    /// A total of one day by event date, without definition.
    #[must_use]
    pub fn day(metric: &'static str, day: Date, value: Rational) -> Self {
        Self {
            metric,
            value,
            currency: None,
            start: day,
            end: day,
            basis: "event",
            definition: None,
            dims: BTreeMap::new(),
        }
    }

    /// The same fact as an amount of money.
    #[must_use]
    pub fn money(mut self, currency: &str) -> Self {
        self.currency = Some(currency.to_owned());
        self
    }

    /// The same fact on another basis.
    #[must_use]
    pub fn basis(mut self, basis: &'static str) -> Self {
        self.basis = basis;
        self
    }

    /// The same fact under a vendor's definition.
    #[must_use]
    pub fn definition(mut self, definition: &'static str) -> Self {
        self.definition = Some(definition);
        self
    }

    /// The same fact broken down by one more dimension.
    #[must_use]
    pub fn dim(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.dims.insert(name, value.into());
        self
    }

    /// The same fact ending on a later day.
    #[must_use]
    pub fn until(mut self, end: Date) -> Self {
        self.end = end;
        self
    }
}
