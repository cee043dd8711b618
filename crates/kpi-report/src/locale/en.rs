//! English.

use super::{EntityName, GoalFacts, Move, MoveFacts, Words};
use crate::number::Marks;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn month_name(month: usize) -> &'static str {
    MONTHS.get(month.wrapping_sub(1)).copied().unwrap_or("?")
}

fn month_abbreviation(month: usize) -> &'static str {
    month_name(month).get(..3).unwrap_or("?")
}

fn money(amount: &str, currency: &str) -> String {
    match currency {
        "VND" => format!("₫{amount}"),
        "USD" => format!("${amount}"),
        "EUR" => format!("€{amount}"),
        "GBP" => format!("£{amount}"),
        "JPY" => format!("¥{amount}"),
        "KRW" => format!("₩{amount}"),
        "INR" => format!("₹{amount}"),
        "TRY" => format!("₺{amount}"),
        _ => format!("{currency} {amount}"),
    }
}

fn entity(id: &str) -> Option<EntityName> {
    let (many, each) = match id {
        "impression" => ("impressions", "impression"),
        "viewable_impression" => ("viewable impressions", "viewable impression"),
        "mille" => ("thousands", "1,000 impressions"),
        "click" | "link_click" => ("clicks", "click"),
        "video_view" => ("views", "view"),
        "like" => ("likes", "like"),
        "comment" => ("comments", "comment"),
        "share" => ("shares", "share"),
        "save" => ("saves", "save"),
        "action" | "interaction" => ("interactions", "interaction"),
        "post" => ("posts", "post"),
        "conversion" => ("conversions", "conversion"),
        "lead" => ("leads", "lead"),
        "opportunity" => ("opportunities", "opportunity"),
        "order" => ("orders", "order"),
        "item" => ("items", "item"),
        "customer" => ("customers", "customer"),
        "visit" => ("visits", "visit"),
        "engaged_visit" => ("engaged visits", "engaged visit"),
        "single_page_visit" => ("one-page visits", "one-page visit"),
        "converting_visit" => ("converting visits", "converting visit"),
        "visitor" => ("visitors", "visitor"),
        "page_view" => ("page views", "page view"),
        "form" => ("forms", "form"),
        "email" => ("e-mails", "e-mail"),
        "registration" => ("registrations", "registration"),
        "answer" => ("answers", "answer"),
        "follower" => ("followers", "follower"),
        "subscriber" => ("subscribers", "subscriber"),
        "keyword" => ("keywords", "keyword"),
        "person" => ("people", "person"),
        _ => return None,
    };
    Some(EntityName { many, each })
}

fn status(code: &str) -> &'static str {
    match code {
        "met" => "Met",
        "on_track" => "On track",
        "behind" => "Behind",
        "missed" => "Missed",
        "too_early" => "Too early to say",
        _ => "No data yet",
    }
}

fn status_rule(code: &str) -> &'static str {
    match code {
        "met" => "the goal is reached",
        "on_track" => "the period still runs, and the value keeps up with what the goal expects by now",
        "behind" => "the period still runs, and the value is short of what the goal expects by now",
        "missed" => "the period has ended and the goal was not reached",
        "too_early" => "too few days have ended to judge",
        _ => "there is no value, or not enough data to judge",
    }
}

fn reason(code: &str) -> &'static str {
    match code {
        "zero_denominator" => "The denominator is zero, so there is nothing to divide by.",
        "missing_input" => "A figure that it is computed from is missing.",
        "missing_rate" => "An exchange rate that it needs is missing.",
        "not_combinable" => "The figures it is made of cannot be added to each other.",
        "definition_break" => "What is counted has changed, so the figures cannot be joined.",
        "partial_input" => "A source that it needs did not deliver the whole period.",
        "withheld" => "The platform withholds the figure because it is below its privacy threshold.",
        "unsupported" => "The platform does not report this figure.",
        "withdrawn" => "The platform has withdrawn this figure.",
        "not_yet" => "The platform has not published this figure yet.",
        _ => "It could not be computed.",
    }
}

fn stage(code: &str) -> &'static str {
    match code {
        "awareness" => "Awareness",
        "engagement" => "Engagement",
        "conversion" => "Conversion",
        "loyalty" => "Retention and loyalty",
        _ => "Other figures",
    }
}

fn channel(code: &str) -> Option<&'static str> {
    Some(match code {
        "seo" => "Search (SEO)",
        "web" => "Website",
        "social" => "Social media",
        "email" => "E-mail",
        "ads" => "Advertising",
        "events" => "Events",
        "crm" => "Sales (CRM)",
        "survey" => "Surveys",
        _ => return None,
    })
}

fn dimension(code: &str) -> Option<&'static str> {
    Some(match code {
        "channel" => "Channel",
        "campaign" => "Campaign",
        "source" => "Source",
        "account" => "Account",
        "country" => "Country",
        "region" => "Region",
        "device" => "Device",
        "age" => "Age",
        "gender" => "Gender",
        "keyword" => "Keyword",
        "query" => "Query",
        "page" => "Page",
        "post" => "Post",
        "product" => "Product",
        "owner" => "Owner",
        "team" => "Team",
        "ad_group" => "Ad group",
        "event" => "Event",
        "definition" => "Definition",
        _ => return None,
    })
}

fn completeness(code: &str) -> &'static str {
    match code {
        "complete" => "Complete",
        "partial" => "Partial",
        "empty" => "Empty",
        "failed" => "Failed",
        "skipped" => "Skipped",
        _ => "Unknown",
    }
}

fn error_kind(code: &str) -> &'static str {
    match code {
        "config" => "the configuration is wrong",
        "auth" => "the login was rejected or has expired",
        "permission" => "an access right is missing",
        "not_found" => "the account or property does not exist",
        "unsupported" => "the vendor cannot give what was asked for",
        "rate_limited" => "the vendor asked to slow down",
        "quota" => "the vendor's allowance is spent",
        "unavailable" => "the vendor could not be reached",
        "protocol" => "the vendor's reply was not as documented",
        "contract" => "the adapter has a bug",
        _ => "the program failed",
    }
}

fn change_reason(code: &str) -> &'static str {
    match code {
        "new_campaign" => "New campaign",
        "strategy" => "Change of strategy",
        "market" => "Change of the market",
        "competitor" => "Change at a competitor",
        "insufficient" => "KPIs did not suffice",
        "new_method" => "New method of measuring",
        _ => "Other reason",
    }
}

fn moved(facts: &MoveFacts<'_>) -> String {
    let MoveFacts { name, way, by, since, from, to, verdict } = facts;
    let verdict = verdict.map(|word| format!(" ({word})")).unwrap_or_default();
    match way {
        Move::Up => format!("{name} rose by {by} since {since}, from {from} to {to}{verdict}."),
        Move::Down => format!("{name} fell by {by} since {since}, from {from} to {to}{verdict}."),
        Move::Flat => format!("{name} stayed at {to}."),
    }
}

fn off_target(facts: &GoalFacts<'_>) -> String {
    let GoalFacts { name, value, goal, attained, gap, status } = facts;
    let attained = attained.map(|share| format!(" ({share} reached)")).unwrap_or_default();
    let gap = gap.map(|gap| format!("; {gap} to go")).unwrap_or_default();
    format!("{name}: {value} against a goal of {goal}{attained}{gap}. {status}.")
}

pub(super) static WORDS: Words = Words {
    code: "en",
    marks: Marks { point: '.', group: ',' },

    money,
    million: "M",
    billion: "B",
    percentage_points: "pp",
    score_points: "pts",
    entity,
    per: |each| format!("per {each}"),

    date: |year, month, day| format!("{day} {} {year}", month_abbreviation(month)),
    month: |year, month| format!("{} {year}", month_name(month)),
    month_short: |year, month| format!("{} {year}", month_abbreviation(month)),
    week: |year, week| format!("Week {week}, {year}"),
    quarter: |year, quarter| format!("Q{quarter} {year}"),
    year: str::to_owned,
    fiscal_year: |year| format!("Fiscal year {year}"),
    fiscal_quarter: |year, quarter| format!("Q{quarter} of fiscal year {year}"),
    in_sentence: str::to_owned,
    days_of: |elapsed, total| format!("{elapsed} of {total} days have ended"),

    status,
    status_rule,
    reason,
    stage,
    channel,
    dimension,
    level: |code| if code == "strategic" { "Strategic" } else { "Tactical" },
    period_status: |code| match code {
        "running" => "still running",
        "settled" => "settled: vendors will not change it any more",
        _ => "ended; vendors may still change figures",
    },
    completeness,
    error_kind,
    error_hint: |_| None,
    change_reason,
    rate_rule: |code| match code {
        "day" => "rate of the day",
        "period_end" => "rate at the period's end",
        "period_average" => "average rate of the period",
        _ => "another rule",
    },
    direction: |code| match code {
        "up" => "higher is better",
        "down" => "lower is better",
        "band" => "best within a band",
        _ => "neither direction is better",
    },

    provisional: "provisional",
    partial: |days| format!("{} days with data", days.replace('/', " of ")),
    stale: |source, days| format!("{source} is {days} days old"),
    sampled: "estimated from a sample",
    thresholded: "small rows withheld",
    between: |low, high| format!("between {low} and {high}"),

    vs_previous: "vs previous",
    vs_year: "vs last year",
    better: "better",
    worse: "worse",
    new: "new",
    unchanged: "unchanged",
    not_compared: "not comparable",
    not_alike: "compared with reservations",
    per_day: |change| format!("{change} per day"),

    title: |period| format!("KPI report: {period}"),
    purpose: "Purpose",
    questions: "Questions this report answers",
    headlines: "Headlines",
    story: "What happened",
    strategic: "Strategic KPIs",
    by_stage: "KPIs by stage of the customer journey",
    by_channel: "By channel",
    trends: "Trends",
    figures: "All periods in figures",
    heat_note: "The darker a cell, the nearer its figure is to the row's highest.",
    segments: "Segments",
    lists: "Ranked lists",
    details: "Each KPI in detail",
    trust: "What this report rests on",
    warnings: "Warnings",
    changes: "Changed goals and definitions",
    sources: "Sources",
    failing: "Sources that need attention",
    rates: "Exchange rates used",
    assumptions: "Assumptions",
    rules: "How a status is given",
    kpi: "KPI",
    value: "Value",
    trend: "Trend",
    target: "Goal",
    status_label: "Status",
    due: |day| format!("due {day}"),
    attained: |share| format!("{share} reached"),
    gap: "to go",
    expected: "Expected by now",
    projected: "At this pace",
    no_goal: "No goal",
    formula: "Formula",
    inputs: "Computed from",
    converted: |from, to, count| {
        format!("{count} {} from {from} to {to}", if count == 1 { "amount converted" } else { "amounts converted" })
    },
    owner: "Owner",
    supports: "Serves",
    reading: "Reading",
    claimed: "Claimed by each platform",
    claim_used: "used",
    unattributed: "Not attributed",
    unattributed_of: |total, parts, rest| format!("{rest} of {total}; the parts add up to {parts}"),
    notes: "Notes",
    message: "Details",
    to_do: "To do",
    as_table: "As a table",
    period: "Period",
    more: |count| format!("and {count} more in the snapshot"),
    incomplete_list: "The platform hides some rows, so the list is incomplete.",
    rank: "Rank",
    item: "Item",
    before: "Before",
    adapter: "Adapter",
    channel_label: "Channel",
    rows: "Rows",
    zone: "Time zone of its days",
    shift: |hours| format!("{hours} h from the report"),
    rate: "Rate",
    day: "Date",
    rule: "Rule",
    origin: "Origin",
    reason_label: "Reason",
    note: "Note",
    amount: "Amount",
    completeness_line: |status, complete, all| match status {
        "complete" => format!("Complete: {complete} of {all} sources delivered the whole period."),
        "empty" => format!("Empty: none of {all} sources delivered the period."),
        _ => format!("Partial: {complete} of {all} sources delivered the whole period."),
    },
    made: |day, revision| format!("Computed on {day}, revision {revision}"),
    hash: "Content hash",
    basis: |zone, currency| format!("Days are those of {zone}; amounts are in {currency}."),
    definitions: "Each KPI is defined by its formula, which this report states. A figure is rounded only when it is shown.",
    empty: "This snapshot holds no KPI.",
    contents: "Contents",
    spark: |count, least, most| {
        format!("{count} {}, from {least} to {most}", if count == 1 { "period" } else { "periods" })
    },

    moved,
    moved_heading: "What moved most",
    goals_met: |met, on_track, all| match on_track {
        0 => format!("{met} of {all} goals are met."),
        _ => format!("Of {all} goals, {met} are met and {on_track} are on track."),
    },
    goals_heading: "Goals",
    off_target,
    at_this_pace: |value| format!("At this pace the period ends at {value}."),
    undefined_heading: "What could not be computed",
    missing_heading: "What is missing, and what to do",
    source_failed: |source, adapter, status, what| format!("{source} ({adapter}), {status}: {what}."),
    restated_heading: "Restated since it was first reported",
    restated: |name, from, to, by| format!("{name}: from {from} to {to} ({by})."),
    largest: |name, segment, value| format!("{name}: largest in {segment}, with {value}."),
    quiet: "Nothing moved that can be compared.",
    phrases: &[],
};
