//! The truth against figures worked out by hand: first of accounts written by hand, then of two days of the world.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use toml::Table;

use super::book::{Account, NO_RATE, NOT_COMBINABLE};
use super::eval::{Eval, Figure};
use super::kpis;
use super::money::{Exchange, Rates};
use super::period::Period;
use super::truth_of;
use crate::config::Config;
use crate::ledger::Fact;
use crate::rational::Rational;
use crate::vendor;
use crate::world::World;

fn number(text: &str) -> Rational {
    Rational::parse(text).unwrap()
}

fn fact(metric: &'static str, day: Date, value: &str) -> Fact {
    Fact::day(metric, day, number(value))
}

fn eval(accounts: Vec<Account>, rates: &[(Date, &str)], currency: &str, config: &str, period: (Date, Date)) -> Eval {
    let period = Period { start: period.0, end: period.1 };
    let dated: BTreeMap<Date, Rational> = rates.iter().map(|(day, rate)| (*day, number(rate))).collect();
    Eval {
        accounts,
        config: Config { table: config.parse().unwrap() },
        exchange: Exchange::by_hand(currency, Rates::from([(("USD", "VND"), dated)]), period),
        period,
    }
}

fn shown(figure: Figure) -> Result<String, &'static str> {
    figure.map(|reading| reading.value.to_decimal())
}

fn kpi(eval: &Eval, id: &str) -> Result<String, &'static str> {
    let (_, formula) = kpis::FORMULAS.iter().find(|(known, _)| *known == id).unwrap();
    shown(formula(eval))
}

/// 400 at 25,300, 600 at 25,400 and 500 at 25,500, and ten million dong: 48,110,000; for 125 leads, 384,880 each.
#[test]
fn converts_each_day_at_its_own_rate() {
    let days = [date(2026, 10, 30), date(2026, 10, 31), date(2026, 11, 1)];
    let dollars = [(days[0], "400"), (days[1], "600"), (days[2], "500")];
    let us = dollars.map(|(day, amount)| fact("spend", day, amount).money("USD")).to_vec();
    let vn = vec![fact("spend", days[1], "10000000").money("VND")];
    let crm = vec![fact("leads", days[0], "125")];
    let accounts = |us: &[Fact]| {
        vec![
            Account::by_hand("u", "ads", "ads", 0, us.to_vec()),
            Account::by_hand("v", "ads", "ads", 1, vn.clone()),
            Account::by_hand("c", "channel:crm", "crm", 2, crm.clone()),
        ]
    };
    let rates = [(days[0], "25300"), (days[1], "25400"), (days[2], "25500")];
    let whole = (days[0], days[2]);
    let dong = eval(accounts(&us), &rates, "VND", "", whole);
    assert_eq!(shown(dong.bare("spend")), Ok("48110000".to_owned()));
    assert_eq!(kpi(&dong, "cpl"), Ok("384880".to_owned()));
    // 1,500 dollars and 10,000,000 / 25,400 = 393.700787...
    let dollar = eval(accounts(&us), &rates, "USD", "", whole);
    assert_eq!(shown(dollar.bare("spend")), Ok("1893.700787401574803149606299".to_owned()));
    let gap = eval(accounts(&us), &rates[..2], "VND", "", whole);
    assert_eq!(shown(gap.bare("spend")), Err(NO_RATE));
}

/// The total of 1,000 stands beside query rows of 830; where there is no total, the rows by campaign are it.
#[test]
fn takes_the_total_before_the_parts() {
    let day = date(2026, 10, 6);
    let facts = vec![
        fact("organic_clicks", day, "1000"),
        fact("organic_clicks", day, "500").dim("query", "a"),
        fact("organic_clicks", day, "330").dim("query", "b"),
        fact("emails_sent", day, "40").dim("campaign", "x"),
        fact("emails_sent", day, "2").dim("campaign", "y"),
    ];
    let eval = eval(vec![Account::by_hand("s", "s", "seo", 0, facts)], &[], "VND", "", (day, day));
    assert_eq!(shown(eval.bare("organic_clicks")), Ok("1000".to_owned()));
    assert_eq!(shown(eval.bare("emails_sent")), Ok("42".to_owned()));
}

/// Closes of 1,005 and 530 make 1,535; from 990 and 495 they grew by 50, which is 50 / 1,485.
#[test]
fn reads_stocks_at_the_edges() {
    let closes = |values: [&str; 4]| {
        let day = |n: usize| date(2026, 10, 1).saturating_sub(jiff::Span::new().days(1 - i64::try_from(n).unwrap()));
        values.iter().enumerate().map(|(n, value)| fact("followers", day(n), value)).collect::<Vec<_>>()
    };
    let accounts = vec![
        Account::by_hand("fb", "a", "social", 0, closes(["990", "1000", "1010", "1005"])),
        Account::by_hand("ig", "b", "social", 1, closes(["495", "500", "520", "530"])),
    ];
    let eval = eval(accounts, &[], "VND", "", (date(2026, 10, 1), date(2026, 10, 3)));
    assert_eq!(shown(eval.bare("followers")), Ok("1535".to_owned()));
    assert_eq!(kpi(&eval, "follower_growth"), Ok("50".to_owned()));
    assert_eq!(kpi(&eval, "follower_growth_rate"), Ok("0.03367003367003367003367003367".to_owned()));
}

/// Platforms claim 80, 65 and 30, the CRM knows 95; 9,500 were spent. So 100 each, and 175 / 95 claimed too many.
#[test]
fn believes_whom_the_overlap_names() {
    let day = date(2026, 10, 6);
    let claim = |id: &str, n: usize, value: &str| {
        Account::by_hand(id, id, "ads", n, vec![fact("conversions", day, value).basis("cohort")])
    };
    let accounts = || {
        let mut spent = claim("google_ads", 0, "80");
        spent = Account::by_hand("google_ads", "google_ads", "ads", 0, {
            let mut facts: Vec<Fact> =
                spent.flow_rows("conversions", Period { start: day, end: day }).into_iter().cloned().collect();
            facts.push(fact("spend", day, "9500").money("VND"));
            facts
        });
        let crm = Account::by_hand("crm", "channel:crm", "crm", 3, vec![fact("conversions", day, "95")]);
        vec![spent, claim("meta_ads", 1, "65"), claim("microsoft_ads", 2, "30"), crm]
    };
    let ruled = eval(accounts(), &[], "VND", "overlap.conversions = 'channel:crm'", (day, day));
    assert_eq!(kpi(&ruled, "cpa"), Ok("100".to_owned()));
    assert_eq!(kpi(&ruled, "conversions@claimed"), Ok("175".to_owned()));
    assert_eq!(kpi(&ruled, "over_claim_factor"), Ok("1.842105263157894736842105263".to_owned()));
    let unruled = eval(accounts(), &[], "VND", "", (day, day));
    assert_eq!(kpi(&unruled, "cpa"), Err(NOT_COMBINABLE));
}

/// Views after 3 seconds and after 30 are not added; people of two accounts neither.
#[test]
fn refuses_what_the_laws_forbid() {
    let day = date(2026, 10, 6);
    let account = |id: &str, n: usize, rule: &'static str| {
        Account::by_hand(
            id,
            id,
            "social",
            n,
            vec![fact("video_views", day, "10").definition(rule), fact("reach", day, "500")],
        )
    };
    let both = eval(vec![account("a", 0, "3s"), account("b", 1, "30s")], &[], "VND", "", (day, day));
    assert_eq!(shown(both.bare("video_views")), Err(NOT_COMBINABLE));
    assert_eq!(shown(both.bare("reach")), Err(NOT_COMBINABLE));
    let one = eval(vec![account("a", 0, "3s")], &[], "VND", "", (day, day));
    assert_eq!(shown(one.bare("reach")), Ok("500".to_owned()));
}

const JAPAN: &str = r#"
[workspace]
timezone = "Asia/Ho_Chi_Minh"
currency = "VND"
[fx]
rates = "rates.csv"
[sources.ads-jp]
adapter = "google_ads"
[sources.ads-jp.config]
customer_id = "4567890123"
"#;

/// Two days of the Japanese account, its figures copied down here, and every quotient worked out by hand from them.
///
/// | day | impressions | clicks | yen | conversions | their value | dong for a yen |
/// |---|---|---|---|---|---|---|
/// | 2026-10-01 | 19,095 | 223 | 60,337 | 4.38 | 95,310 | 169.82 |
/// | 2026-10-02 | 17,593 | 204 | 57,183.24 | 4.02 | 87,610 | 168.90 |
///
/// 60,337 x 169.82 = 10,246,429.34 and 57,183.24 x 168.90 = 9,658,249.236, together 19,904,678.576 dong for 427 clicks.
/// 95,310 x 169.82 = 16,185,544.2 and 87,610 x 168.90 = 14,797,329, together 30,982,873.2 dong of value.
#[test]
fn agrees_with_two_days_worked_out_by_hand() {
    let config = Config { table: JAPAN.parse::<Table>().unwrap() };
    let now = "2026-11-05T06:00:00Z".parse().unwrap();
    let truth = truth_of(&World::default(), &config, "2026-10-01..2026-10-02", now).unwrap();
    for (id, value) in [
        ("impressions", "36688"),
        ("clicks", "427"),
        ("spend", "19904678.576"),
        ("conversions", "8.4"),
        ("conversion_value", "30982873.2"),
        ("reach", "18743"),
        ("ctr", "0.01163868294810292193632795464"),
        ("cpc", "46615.17230913348946135831382"),
        ("cpm", "542539.2110771914522459659834"),
        ("roas", "1.556562346972912003078004388"),
        ("frequency", "1.957424104999199701221789468"),
    ] {
        assert_eq!(truth[id].as_str(), Some(value), "{id}");
    }
    for id in ["leads", "cpl", "followers", "reach_rate", "visitors", "eng3"] {
        assert!(truth[id].is_null(), "{id}");
    }
}

/// Three days after the click about half of the conversions are known, and invalid traffic still counts.
#[test]
fn knows_less_the_earlier_it_looks() {
    let config = Config { table: JAPAN.parse::<Table>().unwrap() };
    let ads = vendor::find("google_ads").unwrap();
    let source = config.sources().remove(0);
    let at = |now: &str, metric: &str| {
        let facts = ads.ledger(&World::default(), &source, now.parse().unwrap());
        let day = date(2026, 10, 2);
        facts
            .into_iter()
            .find(|f| f.metric == metric && f.start == day && f.dims.is_empty())
            .unwrap()
            .value
            .to_decimal()
    };
    assert_eq!(
        (at("2026-10-04T06:00:00Z", "conversions"), at("2026-11-05T06:00:00Z", "conversions")),
        ("1.95".to_owned(), "4.02".to_owned())
    );
    assert_eq!(
        (at("2026-10-04T06:00:00Z", "impressions"), at("2026-11-05T06:00:00Z", "impressions")),
        ("17697".to_owned(), "17593".to_owned())
    );
}
