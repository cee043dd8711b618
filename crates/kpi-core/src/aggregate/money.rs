//! Adding amounts of several currencies with dated rates.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::figure::{Figure, Input, Reason};
use crate::number::DecimalSum;
use crate::snapshot::ConversionDoc;
use crate::{Currency, Decimal, Rational};

use super::{Ask, Scene};

/// Adds values day by day; amounts of money are kept by currency until the end.
#[derive(Debug, Default)]
pub(super) struct Total {
    plain: DecimalSum,
    amounts: BTreeMap<(Currency, Date), DecimalSum>,
}

impl Total {
    pub(super) fn add(&mut self, value: Decimal, currency: Option<Currency>, day: Date) {
        match currency {
            None => self.plain.add(value),
            Some(currency) => self.amounts.entry((currency, day)).or_default().add(value),
        }
    }

    /// The sum in the reporting currency with the stamps of what was converted. A missing rate undoes the sum, not its parts.
    pub(super) fn figure(self, scene: &Scene<'_>, ask: &Ask<'_>) -> Figure {
        if !ask.metric.id.is_money() {
            return super::with_input(ask, Figure::constant(self.plain.total(), None));
        }
        let mut sum = Rational::zero();
        let mut by_currency: BTreeMap<Currency, Rational> = BTreeMap::new();
        let mut stamps: BTreeMap<(Currency, Date, String), (Rational, Rational)> = BTreeMap::new();
        let mut missing = BTreeSet::new();
        for ((currency, day), amount) in self.amounts {
            let amount = amount.total();
            let own = by_currency.entry(currency).or_insert_with(Rational::zero);
            *own = std::mem::replace(own, Rational::zero()) + amount.clone();
            if currency == scene.currency {
                sum = sum + amount;
                continue;
            }
            match scene.fx.rate(currency, scene.currency, day, ask.window) {
                Some(rate) => {
                    let stamp = stamps
                        .entry((currency, rate.date, rate.rate.to_string()))
                        .or_insert_with(|| (Rational::zero(), rate.rate.clone()));
                    stamp.0 = std::mem::replace(&mut stamp.0, Rational::zero()) + amount.clone();
                    sum = sum + amount * rate.rate;
                }
                None if amount.is_zero() => {}
                None => {
                    missing.insert(format!("missing rate {currency}/{} {day}", scene.currency));
                }
            }
        }
        let converted = stamps
            .into_iter()
            .map(|((from, date, _), (amount, rate))| ConversionDoc {
                from: from.to_string(),
                to: scene.currency.to_string(),
                amount: amount.to_string(),
                rate: rate.to_string(),
                date: date.to_string(),
                rule: scene.fx.rule.as_str().to_owned(),
                origin: scene.fx.origin.clone(),
            })
            .collect();
        let outcome = if missing.is_empty() { Ok(sum) } else { Err(Reason::MissingRate) };
        let input = Input {
            metric: ask.metric.id,
            value: outcome.as_ref().ok().cloned(),
            currency: Some(scene.currency),
            sources: BTreeSet::new(),
            converted,
            unconverted: if outcome.is_err() { by_currency } else { BTreeMap::new() },
            definitions: BTreeSet::new(),
        };
        Figure {
            outcome,
            currency: Some(scene.currency),
            inputs: vec![input],
            notes: missing,
            ..Figure::undefined(Reason::MissingRate)
        }
    }
}
