//! A small honest reader of GAQL: what it does not know it refuses with the vendor's error, never by guessing.

use super::errors::{self, Failure};

/// What a query reads from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resource {
    Customer,
    Campaign,
    CustomerClient,
}

/// A comparison of the WHERE clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
    Between,
}

/// One condition; all of them must hold.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    pub(super) field: String,
    pub(super) operator: Operator,
    pub(super) values: Vec<String>,
}

/// A query that was understood.
#[derive(Clone, Debug)]
pub(super) struct Query {
    pub(super) select: Vec<String>,
    pub(super) from: Resource,
    pub(super) conditions: Vec<Condition>,
    /// Fields to sort by; true for descending.
    pub(super) order: Vec<(String, bool)>,
    pub(super) limit: Option<usize>,
}

impl Query {
    /// Whether a field of a family (`metrics`, `segments`) is selected.
    pub(super) fn selects(&self, family: &str) -> bool {
        self.select.iter().any(|field| field.split('.').next() == Some(family))
    }
}

const CUSTOMER: [&str; 8] =
    ["resource_name", "id", "currency_code", "time_zone", "descriptive_name", "manager", "status", "test_account"];
const CAMPAIGN: [&str; 5] = ["resource_name", "id", "name", "status", "advertising_channel_type"];
const CLIENT: [&str; 11] = [
    "resource_name",
    "client_customer",
    "id",
    "level",
    "manager",
    "status",
    "currency_code",
    "time_zone",
    "descriptive_name",
    "hidden",
    "test_account",
];
const SEGMENTS: [&str; 6] = ["date", "week", "month", "quarter", "year", "device"];
const METRICS: [&str; 7] = [
    "impressions",
    "clicks",
    "cost_micros",
    "conversions",
    "conversions_value",
    "video_trueview_views",
    "unique_users",
];

pub(super) fn parse(text: &str) -> Result<Query, Failure> {
    let mut words = Words { list: tokens(text)?, at: 0 };
    words.keyword("SELECT").ok_or_else(|| errors::query("UNEXPECTED_INPUT", "Error in query: expected SELECT."))?;
    let mut select = vec![words.next("EXPECTED_FIELD_NAME")?];
    while words.keyword(",").is_some() {
        select.push(words.next("EXPECTED_FIELD_NAME")?);
    }
    words.keyword("FROM").ok_or_else(|| errors::query("EXPECTED_FROM", "Error in query: expected FROM."))?;
    let from = match words.next("EXPECTED_FROM")?.as_str() {
        "customer" => Resource::Customer,
        "campaign" => Resource::Campaign,
        "customer_client" => Resource::CustomerClient,
        other => {
            return Err(errors::query("BAD_RESOURCE_TYPE_IN_FROM_CLAUSE", &format!("Unknown resource: '{other}'.")));
        }
    };
    let mut conditions = Vec::new();
    if words.keyword("WHERE").is_some() {
        conditions.push(condition(&mut words)?);
        while words.keyword("AND").is_some() {
            conditions.push(condition(&mut words)?);
        }
    }
    let mut order = Vec::new();
    if words.keyword("ORDER").is_some() {
        words.keyword("BY").ok_or_else(|| errors::query("EXPECTED_BY", "Error in query: expected BY."))?;
        loop {
            let field = words.next("EXPECTED_FIELD_NAME")?;
            let descending = words.keyword("DESC").is_some();
            if !descending {
                words.keyword("ASC");
            }
            order.push((field, descending));
            if words.keyword(",").is_none() {
                break;
            }
        }
    }
    let mut limit = None;
    if words.keyword("LIMIT").is_some() {
        let number = words.next("LIMIT_VALUE_TOO_LOW")?;
        limit = Some(number.parse().map_err(|_| errors::query("LIMIT_VALUE_TOO_LOW", "Error in query: bad LIMIT."))?);
    }
    if words.keyword("PARAMETERS").is_some() {
        words.at = words.list.len();
    }
    if words.at < words.list.len() {
        let rest = &words.list[words.at];
        return Err(errors::query("UNEXPECTED_INPUT", &format!("Error in query: unexpected input {rest}.")));
    }
    let fields = select.iter().chain(conditions.iter().map(|c| &c.field)).chain(order.iter().map(|(field, _)| field));
    for field in fields {
        check_field(field, from)?;
    }
    if let Some((field, _)) = order.iter().find(|(field, _)| !select.contains(field)) {
        let detail = format!("The following field must be present in SELECT clause: '{field}'.");
        return Err(errors::query("EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE", &detail));
    }
    let unselected =
        |c: &&Condition| c.field.starts_with("segments.") && c.field != "segments.date" && !select.contains(&c.field);
    if let Some(condition) = conditions.iter().find(unselected) {
        let detail = format!("The following field must be present in SELECT clause: '{}'.", condition.field);
        return Err(errors::query("EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE", &detail));
    }
    Ok(Query { select, from, conditions, order, limit })
}

fn condition(words: &mut Words) -> Result<Condition, Failure> {
    let field = words.next("EXPECTED_FILTERS_ON_DATE_RANGE")?;
    let sign = words.next("EXPECTED_CONDITION_OPERATOR")?;
    let one = |operator, words: &mut Words| {
        let values = vec![words.next("EXPECTED_VALUE")?];
        Ok::<_, Failure>((operator, values))
    };
    let (operator, values) = match sign.to_ascii_uppercase().as_str() {
        "=" => one(Operator::Equal, words)?,
        "!=" => one(Operator::NotEqual, words)?,
        "<" => one(Operator::Less, words)?,
        "<=" => one(Operator::LessOrEqual, words)?,
        ">" => one(Operator::Greater, words)?,
        ">=" => one(Operator::GreaterOrEqual, words)?,
        "BETWEEN" => {
            let first = words.next("EXPECTED_VALUE")?;
            words.keyword("AND").ok_or_else(|| errors::query("EXPECTED_AND", "Error in query: expected AND."))?;
            (Operator::Between, vec![first, words.next("EXPECTED_VALUE")?])
        }
        "IN" => (Operator::In, list(words)?),
        "NOT" if words.keyword("IN").is_some() => (Operator::NotIn, list(words)?),
        other => {
            let detail = format!("The sandbox does not know the operator '{other}'.");
            return Err(errors::query("INVALID_OPERATOR", &detail));
        }
    };
    Ok(Condition { field, operator, values })
}

fn list(words: &mut Words) -> Result<Vec<String>, Failure> {
    let bad = || errors::query("EXPECTED_LIST", "Error in query: expected a list in parentheses.");
    words.keyword("(").ok_or_else(bad)?;
    let mut values = vec![words.next("EXPECTED_VALUE")?];
    while words.keyword(",").is_some() {
        values.push(words.next("EXPECTED_VALUE")?);
    }
    words.keyword(")").ok_or_else(bad)?;
    Ok(values)
}

fn check_field(field: &str, from: Resource) -> Result<(), Failure> {
    let (family, name) = field.split_once('.').unwrap_or((field, ""));
    let known = match family {
        "customer" => CUSTOMER.contains(&name),
        "campaign" => CAMPAIGN.contains(&name),
        "customer_client" => CLIENT.contains(&name),
        "segments" => SEGMENTS.contains(&name),
        "metrics" => METRICS.contains(&name),
        _ => false,
    };
    if !known {
        return Err(errors::query("UNRECOGNIZED_FIELD", &format!("Unrecognized field in the query: '{field}'.")));
    }
    let fits = match from {
        Resource::Customer => matches!(family, "customer" | "segments" | "metrics"),
        Resource::Campaign => matches!(family, "customer" | "campaign" | "segments" | "metrics"),
        Resource::CustomerClient => matches!(family, "customer" | "customer_client"),
    };
    if fits {
        return Ok(());
    }
    let detail = format!("The field '{field}' cannot be selected from the resource of the FROM clause.");
    Err(errors::query("PROHIBITED_RESOURCE_TYPE_IN_SELECT_CLAUSE", &detail))
}

struct Words {
    list: Vec<String>,
    at: usize,
}

impl Words {
    fn keyword(&mut self, word: &str) -> Option<()> {
        let found = self.list.get(self.at)?.eq_ignore_ascii_case(word);
        found.then(|| self.at += 1)
    }

    fn next(&mut self, missing: &str) -> Result<String, Failure> {
        let word = self.list.get(self.at).cloned();
        self.at += 1;
        word.ok_or_else(|| errors::query(missing, "Error in query: unexpected end of query."))
    }
}

/// Words, signs and quoted texts, the latter without their quotes.
fn tokens(text: &str) -> Result<Vec<String>, Failure> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' | '"' => {
                let close = rest[1..].find(first);
                let close =
                    close.ok_or_else(|| errors::query("UNEXPECTED_INPUT", "Error in query: unterminated string."))?;
                found.push(rest[1..=close].to_owned());
                rest = rest[close + 2..].trim_start();
                continue;
            }
            ',' | '(' | ')' => 1,
            '=' | '!' | '<' | '>' => rest.find(|c| !"=!<>".contains(c)).unwrap_or(rest.len()),
            _ => rest.find(|c: char| c.is_whitespace() || ",()=!<>'\"".contains(c)).unwrap_or(rest.len()),
        };
        found.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    Ok(found)
}
