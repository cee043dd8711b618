//! Adding amounts of several currencies with dated rates.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::figure::{Figure, Input, Reason};
use crate::fx::Rate;
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
        let mut own = DecimalSum::default();
        let mut by_currency: BTreeMap<Currency, DecimalSum> = BTreeMap::new();
        // Amounts under one rate are added first: one multiplication each, and one stamp.
        let mut by_rate: Vec<(Currency, Rate, DecimalSum)> = Vec::new();
        let mut missing = BTreeSet::new();
        for ((currency, day), amount) in self.amounts {
            by_currency.entry(currency).or_default().join(&amount);
            if currency == scene.currency {
                own.join(&amount);
                continue;
            }
            match scene.fx.rate(currency, scene.currency, day, ask.window) {
                Some(rate) => match by_rate.iter_mut().find(|(from, known, _)| *from == currency && *known == rate) {
                    Some((.., sum)) => sum.join(&amount),
                    None => by_rate.push((currency, rate, amount)),
                },
                None if amount.total().is_zero() => {}
                None => {
                    missing.insert(format!("missing rate {currency}/{} {day}", scene.currency));
                }
            }
        }
        let mut sum = own.total();
        let mut converted = Vec::new();
        for (from, rate, amount) in by_rate {
            let amount = amount.total();
            converted.push(ConversionDoc {
                from: from.to_string(),
                to: scene.currency.to_string(),
                amount: amount.to_string(),
                rate: rate.rate.to_string(),
                date: rate.date.to_string(),
                rule: scene.fx.rule.as_str().to_owned(),
                origin: scene.fx.origin.clone(),
            });
            sum = sum + amount * rate.rate;
        }
        converted.sort_by(|one, two| (&one.from, &one.date, &one.rate).cmp(&(&two.from, &two.date, &two.rate)));
        let by_currency: BTreeMap<Currency, Rational> =
            by_currency.into_iter().map(|(currency, sum)| (currency, sum.total())).collect();
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
