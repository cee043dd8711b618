//! Every KPI by its id: the formulas, written out again independently of the catalogue.

use super::eval::{Eval, Figure, constant, minus, over, over_any, plus, times};
use crate::ledger::Fact;

/// Every metric of the dictionary, each of which is also shown under its own id.
pub(super) const METRICS: [&str; 72] = [
    "impressions",
    "viewable_impressions",
    "measurable_impressions",
    "clicks",
    "link_clicks",
    "video_views",
    "likes",
    "comments",
    "shares",
    "saves",
    "engagements",
    "posts",
    "conversions",
    "leads",
    "mql",
    "sql",
    "opportunities_created",
    "opportunities_won",
    "opportunities_lost",
    "orders",
    "items_sold",
    "new_customers",
    "lost_customers",
    "visits",
    "engaged_visits",
    "single_page_visits",
    "converting_visits",
    "organic_visits",
    "referral_visits",
    "page_views",
    "form_submissions",
    "search_impressions",
    "organic_clicks",
    "emails_sent",
    "emails_delivered",
    "emails_delivered_mpp",
    "emails_opened",
    "emails_opened_mpp",
    "emails_clicked",
    "emails_bounced",
    "unsubscribes",
    "spam_complaints",
    "opt_ins_new",
    "event_registrations",
    "event_attendance",
    "survey_answers",
    "spend",
    "revenue",
    "conversion_value",
    "cost_of_goods",
    "other_cost",
    "staff_cost",
    "budget",
    "market_amount",
    "time_on_site",
    "search_position_sum",
    "followers",
    "opt_ins_total",
    "customers",
    "retained_customers",
    "repeat_customers",
    "tracked_keywords",
    "ranked_keywords",
    "open_pipeline",
    "reach",
    "visitors",
    "converting_visitors",
    "active_leads",
    "audience_size",
    "buyers",
    "keyword_rank",
    "email_link_clicks",
];

/// KPIs that no source of the project feeds, or that are no figure.
pub(super) const NEVER: [&str; 3] = ["unique_ctr", "share_of_voice", "clv@retention"];

type Formula = fn(&Eval) -> Figure;

/// The formulas.
pub(super) const FORMULAS: &[(&str, Formula)] = &[
    ("ctr", |e| e.matched("clicks", "impressions")),
    ("cpc", |e| e.matched("spend", "clicks")),
    ("cpm", |e| times(constant(1000), e.matched("spend", "impressions"))),
    ("cpl", |e| e.ratio("spend", "leads")),
    ("cpa", |e| e.ratio("spend", "conversions")),
    ("roas", |e| e.matched("conversion_value", "spend")),
    ("budget_used", |e| e.ratio("spend", "budget")),
    ("mer", |e| e.ratio("revenue", "spend")),
    ("cac@media", |e| e.ratio("spend", "new_customers")),
    ("cac@marketing", |e| over(marketing_cost(e), e.bare("new_customers"))),
    ("cac@fully_loaded", |e| {
        let people = plus(marketing_cost(e), e.bare("staff_cost"));
        over(plus(people, e.bare("cost_of_goods")), e.bare("new_customers"))
    }),
    ("roi@revenue", |e| over(minus(e.bare("revenue"), e.bare("spend")), e.bare("spend"))),
    ("roi@profit", |e| over(minus(gross(e), e.bare("spend")), e.bare("spend"))),
    ("roi@investment", |e| over(minus(gross(e), e.bare("spend")), plus(e.bare("cost_of_goods"), e.bare("spend")))),
    ("roi@pipeline", |e| {
        let value = times(e.bare("leads"), e.assumption("average_opportunity_value"));
        let expected = times(value, e.ratio("opportunities_won", "leads"));
        over(minus(expected, e.bare("spend")), e.bare("spend"))
    }),
    ("lead_to_win", |e| e.ratio("opportunities_won", "leads")),
    ("win_rate", |e| {
        over(e.bare("opportunities_won"), plus(e.bare("opportunities_won"), e.bare("opportunities_lost")))
    }),
    ("win_rate@created", |e| e.ratio("opportunities_won", "opportunities_created")),
    ("win_rate@sql", |e| e.ratio("opportunities_won", "sql")),
    ("cr@impression", |e| e.ratio("conversions", "impressions")),
    ("cr@click", |e| e.ratio("conversions", "clicks")),
    ("cr@session", |e| e.matched("converting_visits", "visits")),
    ("cr@visitor", |e| e.matched("converting_visitors", "visitors")),
    ("frequency", |e| e.matched("impressions", "reach")),
    ("reach_rate", |e| e.matched("reach", "audience_size")),
    ("view_rate", |e| e.matched("video_views", "impressions")),
    ("engagement_rate@impressions", |e| e.matched("engagements", "impressions")),
    ("engagements_per_post", |e| e.matched("engagements", "posts")),
    ("eng3", |e| sum(e, &["likes", "comments", "shares"])),
    ("eng5", |e| sum(e, &["likes", "comments", "shares", "saves", "link_clicks"])),
    ("follower_growth", |e| minus(e.bare("followers"), e.first("followers"))),
    ("follower_growth_rate", |e| over(minus(e.bare("followers"), e.first("followers")), e.first("followers"))),
    ("bounce_rate@ga4", |e| {
        let both = e.suppliers(&["visits", "engaged_visits"]);
        over(minus(e.of("visits", &both), e.of("engaged_visits", &both)), e.of("visits", &both))
    }),
    ("bounce_rate@single_page", |e| e.matched("single_page_visits", "visits")),
    ("avg_time_on_site", |e| e.matched("time_on_site", "visits")),
    ("pages_per_visit", |e| e.matched("page_views", "visits")),
    ("open_rate", |e| e.matched("emails_opened", "emails_delivered")),
    ("open_rate@sent", |e| e.matched("emails_opened", "emails_sent")),
    ("open_rate@no_mpp", |e| {
        let all = e.suppliers(&["emails_opened", "emails_opened_mpp", "emails_delivered", "emails_delivered_mpp"]);
        let opened = minus(e.of("emails_opened", &all), e.of("emails_opened_mpp", &all));
        over(opened, minus(e.of("emails_delivered", &all), e.of("emails_delivered_mpp", &all)))
    }),
    ("email_click_rate", |e| e.matched("emails_clicked", "emails_delivered")),
    ("ctor", |e| e.matched("emails_clicked", "emails_opened")),
    ("unsub_rate", |e| e.matched("unsubscribes", "emails_delivered")),
    ("complaint_rate", |e| e.matched("spam_complaints", "emails_delivered")),
    ("bounce_rate@email", |e| e.matched("emails_bounced", "emails_sent")),
    ("show_up_rate", |e| e.matched("event_attendance", "event_registrations")),
    ("lead_to_mql", |e| e.ratio("mql", "leads")),
    ("mql_to_sql", |e| e.ratio("sql", "mql")),
    ("aov", |e| e.matched("revenue", "orders")),
    ("items_per_order", |e| e.matched("items_sold", "orders")),
    ("profit", profit),
    ("margin", |e| over(profit(e), e.bare("revenue"))),
    ("crr", |e| over(minus(e.bare("customers"), e.bare("new_customers")), e.first("customers"))),
    ("churn_rate", |e| over(e.bare("lost_customers"), e.first("customers"))),
    ("clv@revenue", lifetime_revenue),
    ("clv@margin", lifetime_margin),
    ("clv_cac", |e| over(lifetime_margin(e), over(marketing_cost(e), e.bare("new_customers")))),
    ("nps", |e| {
        let promoters = answers(e, "0-10", 9, 10);
        let detractors = answers(e, "0-10", 0, 6);
        over(times(constant(100), minus(promoters, detractors)), answers(e, "0-10", 0, 10))
    }),
    ("csat", |e| {
        let weighted = (1..=5)
            .fold(constant(0), |total, score| plus(total, times(constant(score), answers(e, "1-5", score, score))));
        over(weighted, answers(e, "1-5", 1, 5))
    }),
    ("csat@top2", |e| over(answers(e, "1-5", 4, 5), answers(e, "1-5", 1, 5))),
    ("repeat_purchase_rate", |e| e.matched("repeat_customers", "customers")),
    ("organic_ctr", |e| e.matched("organic_clicks", "search_impressions")),
    ("avg_position", |e| e.matched("search_position_sum", "search_impressions")),
    ("market_share", |e| e.ratio("revenue", "market_amount")),
    ("conversions@claimed", |e| e.claims("conversions", "ads")),
    // Made to compare a claim with what was: the two differ in basis and source on purpose.
    ("over_claim_factor", |e| over_any(e.claims("conversions", "ads"), e.bare("conversions"))),
    ("viewability_rate", |e| e.matched("viewable_impressions", "measurable_impressions")),
];

fn marketing_cost(e: &Eval) -> Figure {
    plus(e.bare("spend"), e.bare("other_cost"))
}

fn gross(e: &Eval) -> Figure {
    minus(e.bare("revenue"), e.bare("cost_of_goods"))
}

fn profit(e: &Eval) -> Figure {
    let before_people = minus(gross(e), e.bare("other_cost"));
    minus(minus(before_people, e.bare("staff_cost")), e.bare("spend"))
}

fn lifetime_revenue(e: &Eval) -> Figure {
    let per_customer = over(times(e.matched("revenue", "orders"), e.bare("orders")), e.bare("customers"));
    times(per_customer, e.assumption("customer_lifetime_years"))
}

fn lifetime_margin(e: &Eval) -> Figure {
    times(lifetime_revenue(e), e.assumption("gross_margin"))
}

/// A named set of actions, over the sources that supply all of them.
fn sum(e: &Eval, metrics: &[&str]) -> Figure {
    let all = e.suppliers(metrics);
    metrics.iter().fold(constant(0), |total, metric| plus(total, e.of(metric, &all)))
}

/// The answers on a scale with a score in a range.
fn answers(e: &Eval, scale: &str, low: i64, high: i64) -> Figure {
    e.flow_where("survey_answers", &|fact: &Fact| {
        let score = fact.dims.get("score").and_then(|score| score.parse::<i64>().ok());
        fact.dims.get("scale").is_some_and(|own| own == scale) && score.is_some_and(|s| (low..=high).contains(&s))
    })
}
