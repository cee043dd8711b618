//! The request of a search analytics query: what it may hold, and the words of its refusals.

use jiff::civil::Date;
use serde_json::Value;

/// What rows may be grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dimension {
    Date,
    Hour,
    Query,
    Page,
    Country,
    Device,
    SearchAppearance,
}

/// How a filter compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equals,
    NotEquals,
    Contains,
    NotContains,
}

/// One filter; all of them must hold.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    pub(super) dimension: Dimension,
    pub(super) operator: Operator,
    pub(super) expression: String,
}

/// A valid request.
#[derive(Clone, Debug)]
pub(super) struct Query {
    pub(super) start: Date,
    pub(super) end: Date,
    pub(super) dimensions: Vec<Dimension>,
    pub(super) search_type: String,
    pub(super) by_page: bool,
    pub(super) fresh: bool,
    pub(super) row_limit: usize,
    pub(super) start_row: usize,
    pub(super) filters: Vec<Filter>,
}

/// The message and the reason of a refusal.
type Refused = (String, &'static str);

fn invalid(message: impl Into<String>) -> Refused {
    (message.into(), "invalidParameter")
}

pub(super) fn parse(body: &Value) -> Result<Query, Refused> {
    let start = date(body, "startDate")?;
    let end = date(body, "endDate")?;
    if start > end {
        return Err(invalid("The start date must be before or equal to the end date."));
    }
    let dimensions = dimensions(body)?;
    let search_type = spelled(body, "type").or_else(|| spelled(body, "searchType")).unwrap_or_else(|| "web".to_owned());
    if !["web", "image", "video", "news", "discover", "googleNews"].contains(&search_type.as_str()) {
        let text = format!(
            "Invalid value at 'type' (type.googleapis.com/google.searchconsole.v1.searchanalytics.SearchType), \"{search_type}\""
        );
        return Err(invalid(text));
    }
    let feed = ["discover", "googleNews"].contains(&search_type.as_str());
    if feed && dimensions.contains(&Dimension::Query) {
        return Err(invalid(format!("Requests for {search_type} cannot be grouped by query.")));
    }
    if search_type == "discover" && dimensions.contains(&Dimension::Device) {
        return Err(invalid("Requests for discover cannot be grouped by device."));
    }
    let fresh = data_state(body, &dimensions)?;
    let filters = filters(body)?;
    let paged = |d: &Dimension| *d == Dimension::Page;
    let page_used = dimensions.iter().any(paged) || filters.iter().any(|f| f.dimension == Dimension::Page);
    let by_page = aggregation(body, page_used, feed)?;
    let row_limit = whole(body, "rowLimit", 1000)?;
    if !(1..=25_000).contains(&row_limit) {
        return Err(invalid("Row limit must be between 1 and 25000."));
    }
    let start_row = whole(body, "startRow", 0)?;
    Ok(Query { start, end, dimensions, search_type, by_page, fresh, row_limit, start_row, filters })
}

fn date(body: &Value, key: &str) -> Result<Date, Refused> {
    let Some(text) = body.get(key).and_then(Value::as_str) else {
        return Err((format!("Required parameter: {key}"), "required"));
    };
    let spelled = text.len() == 10;
    text.parse().ok().filter(|_| spelled).ok_or_else(|| invalid(format!("Invalid value at '{key}': \"{text}\"")))
}

/// Reads an enum in either spelling and returns lower camel: `BY_PAGE` and `byPage` are the same.
fn spelled(body: &Value, key: &str) -> Option<String> {
    body.get(key).and_then(Value::as_str).map(camel)
}

fn camel(text: &str) -> String {
    let upper = text.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    if !upper {
        return text.to_owned();
    }
    let mut out = String::new();
    for (n, word) in text.split('_').enumerate() {
        let lower = word.to_ascii_lowercase();
        match lower.chars().next() {
            Some(first) if n > 0 => {
                out.push(first.to_ascii_uppercase());
                out.push_str(&lower[1..]);
            }
            _ => out.push_str(&lower),
        }
    }
    out
}

fn dimension(name: &str) -> Option<Dimension> {
    Some(match camel(name).as_str() {
        "date" => Dimension::Date,
        "hour" => Dimension::Hour,
        "query" => Dimension::Query,
        "page" => Dimension::Page,
        "country" => Dimension::Country,
        "device" => Dimension::Device,
        "searchAppearance" => Dimension::SearchAppearance,
        _ => return None,
    })
}

fn dimensions(body: &Value) -> Result<Vec<Dimension>, Refused> {
    let mut found = Vec::new();
    let empty = Vec::new();
    let list = body.get("dimensions").and_then(Value::as_array).unwrap_or(&empty);
    for (n, value) in list.iter().enumerate() {
        let unknown = || invalid(format!("Invalid value at 'dimension[{n}]'"));
        let one = value.as_str().and_then(dimension).ok_or_else(unknown)?;
        if found.contains(&one) {
            return Err(invalid("Duplicate dimensions are not allowed."));
        }
        found.push(one);
    }
    if found.contains(&Dimension::SearchAppearance) && found.len() > 1 {
        return Err(invalid("Cannot group by search appearance dimension together with another dimension."));
    }
    if found.contains(&Dimension::Date) && found.contains(&Dimension::Hour) {
        return Err(invalid("Request cannot be grouped by both date and hour"));
    }
    Ok(found)
}

/// Whether fresh data is asked for.
fn data_state(body: &Value, dimensions: &[Dimension]) -> Result<bool, Refused> {
    let state = spelled(body, "dataState").unwrap_or_else(|| "final".to_owned());
    let by_hour = dimensions.contains(&Dimension::Hour);
    match state.as_str() {
        "hourly_all" | "hourlyAll" if by_hour => Ok(true),
        "hourly_all" | "hourlyAll" => Err(invalid("Setting dataState=HOURLY_ALL requires grouping by HOUR")),
        "final" | "all" if by_hour => Err(invalid("Grouping by HOUR requires setting dataState=HOURLY_ALL")),
        "final" => Ok(false),
        "all" => Ok(true),
        other => Err(invalid(format!("Invalid value at 'data_state', \"{other}\""))),
    }
}

/// Whether figures are counted by page.
fn aggregation(body: &Value, page_used: bool, feed: bool) -> Result<bool, Refused> {
    let asked = spelled(body, "aggregationType").unwrap_or_else(|| "auto".to_owned());
    let refused =
        |name: &str| invalid(format!("'{name}' is not a valid aggregation type in the context of the request."));
    match asked.as_str() {
        "auto" => Ok(page_used || feed),
        "byPage" => Ok(true),
        "byProperty" if page_used || feed => Err(refused("BY_PROPERTY")),
        "byProperty" => Ok(false),
        "byNewsShowcasePanel" => Err(refused("BY_NEWS_SHOWCASE_PANEL")),
        other => Err(invalid(format!("Invalid value at 'aggregation_type', \"{other}\""))),
    }
}

fn whole(body: &Value, key: &str, default: usize) -> Result<usize, Refused> {
    match body.get(key) {
        None => Ok(default),
        Some(value) => value
            .as_u64()
            .and_then(|number| usize::try_from(number).ok())
            .ok_or_else(|| invalid(format!("Invalid value at '{key}'"))),
    }
}

fn filters(body: &Value) -> Result<Vec<Filter>, Refused> {
    let empty = Vec::new();
    let mut found = Vec::new();
    for group in body.get("dimensionFilterGroups").and_then(Value::as_array).unwrap_or(&empty) {
        let kind = group.get("groupType").and_then(Value::as_str).unwrap_or("and");
        if !kind.eq_ignore_ascii_case("and") {
            return Err(invalid(format!("Invalid value at 'dimension_filter_groups[0].group_type', \"{kind}\"")));
        }
        for filter in group.get("filters").and_then(Value::as_array).unwrap_or(&empty) {
            let name = filter.get("dimension").and_then(Value::as_str).unwrap_or_default();
            let dimension = match dimension(name) {
                Some(Dimension::Date | Dimension::Hour) => {
                    return Err(invalid(format!("Filtering by {name} is not allowed.")));
                }
                Some(dimension) => dimension,
                None => return Err(invalid("Invalid value at 'dimension_filter_groups[0].filters[0].dimension'")),
            };
            let operator = match spelled(filter, "operator").as_deref() {
                None | Some("equals") => Operator::Equals,
                Some("notEquals") => Operator::NotEquals,
                Some("contains") => Operator::Contains,
                Some("notContains") => Operator::NotContains,
                // RE2 is not here: a pattern is refused rather than matched wrongly.
                Some(other) => return Err(invalid(format!("the sandbox does not know the operator \"{other}\""))),
            };
            let expression = filter.get("expression").and_then(Value::as_str).unwrap_or_default().to_owned();
            found.push(Filter { dimension, operator, expression });
        }
    }
    Ok(found)
}
