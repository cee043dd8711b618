//! Goals: targets per period, recurring, per segment, as growth from a baseline, as a band, or due on a day.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::amount::{Amount, AmountUnit};
use crate::kpi::Direction;
use crate::snapshot::TargetDoc;
use crate::{Currency, Grain, Period, Rational, Unit};

/// When a goal applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// In one period.
    Period(Period),
    /// In every period of a length, from one on and up to one.
    Every {
        /// The length.
        grain: Grain,
        /// The first day of the first period.
        from: Date,
        /// The last day of the last period; none for ever.
        until: Option<Date>,
    },
    /// By a day.
    Due(Date),
}

/// What a goal demands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Demand {
    /// A value.
    Value(Amount),
    /// Between two values.
    Band(Amount, Amount),
    /// A change from the value of another period, as a fraction of it.
    Relative(Rational, Period),
    /// A change from the value of another period, in percentage points (as a fraction).
    Points(Rational, Period),
}

/// A goal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// When it applies.
    pub when: When,
    /// What it demands.
    pub demand: Demand,
    /// To which segment it applies; empty for the whole.
    pub segment: BTreeMap<String, String>,
    /// Until when it is due, where that is a day.
    pub due: Option<Date>,
}

impl Target {
    /// Whether its unit is the KPI's; the message says why not.
    ///
    /// # Errors
    /// Says the KPI's unit and what was given.
    pub fn fits(&self, unit: &Unit, shown: &str, currency: Currency) -> Result<(), String> {
        let one = |amount: &Amount| {
            // Points and counts take plain numbers, ratios a percentage or a number.
            if shown == "points" && amount.unit == AmountUnit::Percent {
                return Err("the target is a percentage, but the KPI's unit is points".to_owned());
            }
            amount.fits(unit, currency)
        };
        match &self.demand {
            Demand::Value(amount) => one(amount),
            Demand::Band(low, high) => one(low).and_then(|()| one(high)),
            Demand::Relative(..) => Ok(()),
            Demand::Points(..) if unit.is_ratio() => Ok(()),
            Demand::Points(..) => Err(format!("percentage points fit ratios, but the KPI's unit is {unit}")),
        }
    }

    /// Whether it applies to a period.
    pub fn applies(&self, period: &Period) -> bool {
        match &self.when {
            When::Period(own) => own.window() == period.window(),
            When::Every { grain, from, until } => {
                *grain == period.grain()
                    && *from <= period.window().first()
                    && until.is_none_or(|until| period.window().last() <= until)
            }
            When::Due(day) => period.window().first() <= *day,
        }
    }
}

/// What a goal demands, resolved to numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    /// A value.
    Value(Rational),
    /// Between two values.
    Band(Rational, Rational),
}

/// How far a period has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Days that have ended.
    pub elapsed: i32,
    /// Days of the period.
    pub total: i32,
}

impl Progress {
    /// Whether the period is over.
    pub fn is_over(self) -> bool {
        self.elapsed >= self.total
    }

    /// Whether less than a fifth of the period has passed: too early for a verdict.
    fn is_early(self) -> bool {
        self.elapsed * 5 < self.total
    }
}

/// How near a value is to its goal. `projected` is where the value ends at this pace, for figures that add up.
pub fn judge(
    goal: &Goal,
    direction: Direction,
    value: Option<&Rational>,
    projected: Option<&Rational>,
    progress: Progress,
    due: Option<(Date, Date)>,
) -> TargetDoc {
    let (low, high) = match goal {
        Goal::Value(value) => (value, None),
        Goal::Band(low, high) => (low, Some(high)),
    };
    let mut doc = TargetDoc {
        value: Some(low.to_string()),
        attainment: None,
        gap: None,
        status: "no_data".to_owned(),
        max: high.map(ToString::to_string),
        due: due.map(|(_, day)| day.to_string()),
    };
    let Some(value) = value else { return doc };
    let (attainment, gap, met) = near(goal, direction, value);
    doc.attainment = attainment.map(|share| share.to_string());
    doc.gap = Some(gap.to_string());
    // A goal with a day is open until that day, one with a period until the period's end.
    let over = match due {
        Some((today, day)) => today > day,
        None => progress.is_over(),
    };
    doc.status = if over {
        if met { "met" } else { "missed" }
    } else if due.is_some() && progress.is_over() {
        if met { "on_track" } else { "behind" }
    } else if met && projected.is_some() && direction == Direction::Up {
        "met"
    } else if progress.is_early() {
        "too_early"
    } else {
        let expected = projected.map_or(met, |projected| near(goal, direction, projected).2);
        if expected { "on_track" } else { "behind" }
    }
    .to_owned();
    doc
}

/// Attainment, gap (positive on the wrong side of the goal), and whether the goal is met.
fn near(goal: &Goal, direction: Direction, value: &Rational) -> (Option<Rational>, Rational, bool) {
    match goal {
        Goal::Band(low, high) => {
            let gap = if value < low {
                low.clone() - value.clone()
            } else if value > high {
                value.clone() - high.clone()
            } else {
                Rational::zero()
            };
            let inside = gap.is_zero();
            (inside.then(Rational::one), gap, inside)
        }
        Goal::Value(target) => {
            let positive = target.is_positive();
            if direction == Direction::Down {
                let share = if positive && value.is_positive() { target.checked_div(value) } else { None };
                (share, value.clone() - target.clone(), value <= target)
            } else {
                let share = if positive { value.checked_div(target) } else { None };
                (share, target.clone() - value.clone(), value >= target)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Goal, Progress, judge};
    use crate::Rational;
    use crate::kpi::Direction;

    fn number(text: &str) -> Rational {
        Rational::parse_plain(text).unwrap()
    }

    fn ended(target: &str, direction: Direction, value: &str) -> String {
        let progress = Progress { elapsed: 31, total: 31 };
        let doc = judge(&Goal::Value(number(target)), direction, Some(&number(value)), None, progress, None);
        format!("{} {} {}", doc.attainment.unwrap_or_default(), doc.gap.unwrap_or_default(), doc.status)
    }

    // The table of the requirements, section 10, example 19.
    #[test]
    fn attainment_follows_the_direction() {
        assert_eq!(ended("15000", Direction::Up, "10000"), "0.6666666666666666666666666667 5000 missed");
        assert_eq!(ended("0.03", Direction::Up, "0.02"), "0.6666666666666666666666666667 0.01 missed");
        assert_eq!(ended("40", Direction::Down, "50"), "0.8 10 missed");
        assert_eq!(ended("600", Direction::Up, "500"), "0.8333333333333333333333333333 100 missed");
        assert_eq!(ended("0", Direction::Up, "5"), " -5 met");
        assert_eq!(ended("250000", Direction::Down, "384880"), "0.6495531074620660985242153398 134880 missed");
    }

    #[test]
    fn a_running_period_is_judged_by_its_pace_and_not_too_early() {
        let status = |elapsed, value: &str, projected: &str| {
            let progress = Progress { elapsed, total: 30 };
            let projected = number(projected);
            judge(&Goal::Value(number("300")), Direction::Up, Some(&number(value)), Some(&projected), progress, None)
                .status
        };
        assert_eq!(status(3, "50", "500"), "too_early");
        assert_eq!(status(15, "150", "300"), "on_track");
        assert_eq!(status(15, "140", "280"), "behind");
        assert_eq!(status(15, "300", "600"), "met");
    }
}
