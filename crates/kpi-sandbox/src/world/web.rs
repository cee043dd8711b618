//! The company's website, as its own analytics count it: visits, pages, and distinct people by window.

use jiff::civil::Date;

use super::rows::{Row, VN};
use super::windows::{Grain, windows};
use super::{FIRST_DAY, World, days, season};
use crate::ledger::Fact;
use crate::rational::Rational;

/// A day on which the counter said that it had failed: its rows carry the state `missing`.
pub const SAID_MISSING: Date = Date::constant(2026, 4, 12);

/// A day that the export does not hold at all.
pub const LEFT_OUT: Date = Date::constant(2025, 8, 3);

impl World {
    /// Every row of the website's analytics up to a last day.
    #[must_use]
    pub fn web_rows(&self, last: Date) -> Vec<Row> {
        let mut rows = Vec::new();
        for day in days(FIRST_DAY, last).filter(|day| *day != LEFT_OUT) {
            for (metric, value) in self.web_day(day) {
                let mut row = Row::new(VN, Fact::day(metric, day, Rational::int(value)));
                row.missing = day == SAID_MISSING;
                rows.push(row);
            }
        }
        for grain in [Grain::Day, Grain::Week, Grain::Month, Grain::Quarter, Grain::Year] {
            for (start, end) in windows(grain, last) {
                if grain == Grain::Day && (start == LEFT_OUT || start == SAID_MISSING) {
                    continue;
                }
                for (metric, of) in [("visitors", "visits"), ("converting_visitors", "converting_visits")] {
                    let people = Rational::int(self.people(of, start, end));
                    rows.push(Row::new(VN, Fact::day(metric, start, people).until(end)));
                }
            }
        }
        rows
    }

    /// The distinct people behind visits from one day to another: fewer than the sum of the days, because they return.
    fn people(&self, of: &str, start: Date, end: Date) -> u64 {
        let own = |day| self.web_day(day).into_iter().find(|(metric, _)| *metric == of).map_or(0, |(_, value)| value);
        let visits: u64 = days(start, end).map(own).sum();
        let length = u64::from((end - start).get_days().unsigned_abs()) + 1;
        visits * 880 / (1000 + 9 * (length - 1).min(120))
    }

    fn web_day(&self, day: Date) -> [(&'static str, u64); 8] {
        let visits = self.vary("web/visits", day, 860, season::level(day, true), 70);
        let share = |key: &str, of: u64, permille: u64| {
            self.chance(key, day, u128::from(of) * u128::from(permille), 1000).min(of)
        };
        let engaged = share("web/engaged", visits, self.between("web/engagement", day, 520, 580));
        let single = share("web/single", visits - engaged, 860);
        let each = self.between("web/time", day, 71, 94) * season::weak_october(day) / 1000;
        [
            ("visits", visits),
            ("engaged_visits", engaged),
            ("single_page_visits", single),
            ("converting_visits", share("web/converting", engaged, 46)),
            ("organic_visits", share("web/organic", visits, 430)),
            ("referral_visits", share("web/referral", visits, 120)),
            ("page_views", single + (visits - single) * 3 + share("web/pages", visits - single, 700)),
            ("time_on_site", visits * each),
        ]
    }
}
