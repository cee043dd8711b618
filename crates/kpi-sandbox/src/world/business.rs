//! The company's own books: leads, deals, orders and customers in its CRM, answers to its surveys, and its costs.

use jiff::Timestamp;
use jiff::civil::Date;

use super::rows::{Row, US, VN};
use super::windows::{Grain, windows};
use super::{FIRST_DAY, World, days, season, split};
use crate::ledger::Fact;
use crate::rational::Rational;

/// Sellers, by opaque ids, and what of the whole they account for; the rest belongs to nobody.
const OWNERS: [(&str, u64); 6] =
    [("u-01", 240), ("u-02", 210), ("u-03", 180), ("u-04", 150), ("u-05", 110), ("u-06", 70)];

/// Teams, by opaque ids; the rest belongs to no team.
const TEAMS: [(&str, u64); 3] = [("t-north", 430), ("t-south", 390), ("t-abroad", 150)];

/// What belongs to nobody, in permille of each whole.
const NOBODY: [u64; 2] = [40, 30];

/// The instants at which figures were restated, with the days concerned.
const RESTATED_REVENUE: (Date, Date, &str) =
    (Date::constant(2026, 9, 7), Date::constant(2026, 9, 20), "2026-10-06T02:00:00Z");
const RESTATED_LEADS: (Date, Date, &str) =
    (Date::constant(2025, 12, 10), Date::constant(2025, 12, 12), "2026-01-05T02:00:00Z");

impl World {
    /// Every row of the CRM for days up to a last one, originals before their restatements.
    #[must_use]
    pub fn crm_rows(&self, last: Date) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut restated = Vec::new();
        let mut customers: u64 = 420;
        for day in days(FIRST_DAY, last) {
            let book = self.crm_day(day);
            customers = (customers + book.new_customers).saturating_sub(book.lost_customers);
            for (metric, value) in book.counts() {
                rows.push(Row::new(VN, Fact::day(metric, day, Rational::int(value))));
            }
            for (metric, value) in [
                ("customers", customers),
                ("retained_customers", customers * 93 / 100),
                ("repeat_customers", customers * 41 / 100),
            ] {
                rows.push(Row::new(VN, Fact::day(metric, day, Rational::int(value))));
            }
            let vnd = |metric, value: u64| Fact::day(metric, day, Rational::int(value)).money("VND");
            let usd = |metric, cents: u64| Fact::day(metric, day, Rational::scaled(cents, 2)).money("USD");
            rows.push(Row::new(VN, vnd("conversion_value", book.conversion_value)));
            rows.push(Row::new(VN, vnd("open_pipeline", book.pipeline)));
            rows.push(Row::new(US, usd("open_pipeline", book.pipeline_cents)));
            rows.push(Row::new(US, Fact::day("orders", day, Rational::int(book.orders_abroad))));
            rows.push(Row::new(US, usd("revenue", book.revenue_cents)));
            let mut parts = |metric: &'static str, value: u64, money: bool| {
                let fact = if money { vnd(metric, value) } else { Fact::day(metric, day, Rational::int(value)) };
                for fact in with_parts(&fact, value) {
                    restate(&mut rows, &mut restated, fact);
                }
            };
            parts("leads", book.leads, false);
            parts("opportunities_won", book.won, false);
            parts("revenue", book.revenue, true);
        }
        for grain in [Grain::Week, Grain::Month, Grain::Quarter] {
            for (start, end) in windows(grain, last) {
                let active = self.active_leads(start, end);
                rows.push(Row::new(VN, Fact::day("active_leads", start, Rational::int(active)).until(end)));
            }
        }
        rows.extend(restated);
        rows
    }

    fn crm_day(&self, day: Date) -> Book {
        let level = season::level(day, true);
        let leads = self.vary("crm/leads", day, 17, level * season::strong_october(day) / 1000, 200);
        let share =
            |key: &str, of: u64, permille: u64| self.chance(key, day, u128::from(of) * u128::from(permille), 1000);
        let mql = share("crm/mql", leads, 420);
        let sql = share("crm/sql", mql, 510);
        let created = share("crm/created", sql, 760).max(u64::from(sql > 0));
        let won = share("crm/won", created, 410);
        let lost = share("crm/lost", created, 430);
        let weak = season::weak_october(day);
        let orders = self.vary("crm/orders", day, 3, level, 250);
        let abroad = self.vary("crm/orders/abroad", day, 1, season::level(day, false) * 4 / 10, 300);
        let each = self.between("crm/order", day, 15_200, 21_900) * weak;
        Book {
            leads,
            mql,
            sql,
            created,
            won,
            lost,
            orders,
            orders_abroad: abroad,
            items: orders * 2 + share("crm/items", orders, 640),
            new_customers: share("crm/new", won, 720),
            lost_customers: self.vary("crm/churn", day, 1, season::growth(day) * 45 / 100, 400),
            conversions: self.vary("crm/conversions", day, 14, level * season::strong_october(day) / 1000, 150),
            forms: self.vary("crm/forms", day, 31, level, 120),
            revenue: orders * each,
            revenue_cents: abroad * self.between("crm/order/abroad", day, 152_075, 219_950),
            conversion_value: leads * self.between("crm/value", day, 3_100, 3_900) * 1000,
            pipeline: self.vary("crm/pipeline", day, 3_200_000, season::growth(day), 30) * 1000,
            pipeline_cents: self.vary("crm/pipeline/abroad", day, 9_150_000, season::growth(day), 30),
        }
    }

    fn active_leads(&self, start: Date, end: Date) -> u64 {
        let fresh: u64 = days(start, end).map(|day| self.crm_day(day).leads).sum();
        // Leads of earlier days come back; over longer windows the same ones do so again and again.
        fresh + 60 + fresh * 35 / 100
    }

    /// Every answer to the surveys up to a last day, counted by scale and score. February 2026 has none, and August 2025
    /// and April 2026 have few.
    #[must_use]
    pub fn survey_rows(&self, last: Date) -> Vec<Row> {
        let mut rows = Vec::new();
        for day in days(FIRST_DAY, last) {
            let rarely = match (day.year(), day.month()) {
                (2026, 2) => continue,
                (2025, 8) | (2026, 4) => 8,
                _ => 1,
            };
            if !self.hash("survey/rest", day).is_multiple_of(rarely) {
                continue;
            }
            for (scale, mean, scores) in [("0-10", 2, &NPS[..]), ("1-5", 1, &CSAT[..])] {
                let count = self.vary(&format!("survey/{scale}"), day, mean, season::level(day, true), 500);
                let mut answers = vec![0_u64; 11];
                for n in 0..count {
                    let draw = self.hash(&format!("survey/{scale}/{n}"), day) % 100;
                    let score = scores.iter().position(|limit| draw < *limit).unwrap_or(0);
                    answers[score] += 1;
                }
                for (score, count) in answers.into_iter().enumerate().filter(|(_, count)| *count > 0) {
                    let first = usize::from(scale == "1-5");
                    let fact = Fact::day("survey_answers", day, Rational::int(count));
                    rows.push(Row::new(VN, fact.dim("scale", scale).dim("score", (score + first).to_string())));
                }
            }
        }
        rows
    }

    /// Every cost of the company up to a last day, and the size of its market.
    #[must_use]
    pub fn finance_rows(&self, last: Date) -> Vec<Row> {
        let mut rows = Vec::new();
        for day in days(FIRST_DAY, last) {
            let book = self.crm_day(day);
            let growth = season::growth(day);
            let vnd = |metric, value: u64| Row::new(VN, Fact::day(metric, day, Rational::int(value)).money("VND"));
            rows.push(vnd("cost_of_goods", book.revenue * self.between("cogs", day, 330, 390) / 1000));
            rows.push(vnd("other_cost", self.vary("cost/other", day, 2_100, growth, 100) * 1000));
            let tools = Rational::scaled(self.vary("cost/tools", day, 3_850, growth, 80), 2);
            rows.push(Row::new(US, Fact::day("other_cost", day, tools).money("USD")));
            rows.push(vnd("staff_cost", 9_500_000 * growth / 1000));
            rows.push(vnd("budget", 24_000_000 * growth / 1000));
            rows.push(vnd("market_amount", self.vary("market", day, 1_450_000, growth, 20) * 1000));
        }
        rows
    }
}

/// The upper ends, out of 100, of the scores 0 to 10.
const NPS: [u64; 11] = [2, 3, 5, 7, 9, 14, 20, 32, 53, 76, 100];

/// The upper ends, out of 100, of the scores 1 to 5.
const CSAT: [u64; 5] = [4, 9, 22, 58, 100];

struct Book {
    leads: u64,
    mql: u64,
    sql: u64,
    created: u64,
    won: u64,
    lost: u64,
    orders: u64,
    orders_abroad: u64,
    items: u64,
    new_customers: u64,
    lost_customers: u64,
    conversions: u64,
    forms: u64,
    revenue: u64,
    revenue_cents: u64,
    conversion_value: u64,
    pipeline: u64,
    pipeline_cents: u64,
}

impl Book {
    fn counts(&self) -> [(&'static str, u64); 10] {
        [
            ("mql", self.mql),
            ("sql", self.sql),
            ("opportunities_created", self.created),
            ("opportunities_lost", self.lost),
            ("orders", self.orders),
            ("items_sold", self.items),
            ("new_customers", self.new_customers),
            ("lost_customers", self.lost_customers),
            ("conversions", self.conversions),
            ("form_submissions", self.forms),
        ]
    }
}

/// A total, and its parts by owner and by team; what belongs to nobody is in no part.
fn with_parts(total: &Fact, value: u64) -> Vec<Fact> {
    let mut found = vec![total.clone()];
    let mut cut = |name: &'static str, members: &[(&'static str, u64)], nobody: u64| {
        let mut weights: Vec<u64> = members.iter().map(|(_, weight)| *weight).collect();
        weights.push(nobody);
        for ((member, _), part) in members.iter().zip(split(value, &weights)) {
            found.push(Fact { value: Rational::int(part), ..total.clone() }.dim(name, *member));
        }
    };
    cut("owner", &OWNERS, NOBODY[0]);
    cut("team", &TEAMS, NOBODY[1]);
    found
}

/// Adds a row, or, where the figure was put right later, the wrong row and its restatement.
fn restate(rows: &mut Vec<Row>, restated: &mut Vec<Row>, fact: Fact) {
    let (first, last, at) = match fact.metric {
        "revenue" => RESTATED_REVENUE,
        "leads" => RESTATED_LEADS,
        _ => return rows.push(Row::new(VN, fact)),
    };
    let Ok(as_of) = at.parse::<Timestamp>() else {
        return rows.push(Row::new(VN, fact));
    };
    if !(first..=last).contains(&fact.start) {
        return rows.push(Row::new(VN, fact));
    }
    // An invoice was booked late; three leads turned out to be tests.
    let wrong = if fact.metric == "revenue" {
        (fact.value.clone() * Rational::scaled(94, 2)).round_half_even()
    } else {
        fact.value.clone() + Rational::int(3)
    };
    rows.push(Row::new(VN, Fact { value: wrong, ..fact.clone() }));
    restated.push(Row { as_of, ..Row::new(VN, fact) });
}
