//! Mailchimp: the Marketing API 3.0 in the parts that a reader of figures needs.
//!
//! Reports hold lifetime totals that grow with the clock, audiences are gauges of the clock's moment, and only the
//! activity of an audience is told by day, for the last 180 days.

mod audience;
mod fields;
mod ledger;
mod mailing;
mod problem;
mod report;
mod schedule;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use self::audience::{Account, Audience};
use self::mailing::Mailing;
use self::problem::Problem;
use self::report::{links, moment};
use super::{Refusal, Vendor};
use crate::config::Source;
use crate::ledger::Fact;
use crate::sandbox::Sandbox;
use crate::world::{World, days, plus};

const NAME: &str = "mailchimp";

/// Days of activity that the vendor keeps.
const ACTIVITY_DAYS: i32 = 180;

/// The Marketing API.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mailchimp;

impl Vendor for Mailchimp {
    fn name(&self) -> &'static str {
        NAME
    }

    fn router(&self, sandbox: Arc<Sandbox>) -> Router {
        Router::new().fallback(answer).with_state(sandbox)
    }

    fn ledger(&self, world: &World, source: &Source, now: Timestamp) -> Vec<Fact> {
        ledger::facts(&Account::new(world, source), now)
    }

    fn secrets(&self, source: &Source) -> Vec<(String, String)> {
        vec![("api_key".to_owned(), key(&World::default(), source))]
    }

    fn refuse(&self, refusal: Refusal, _path: &str) -> Option<Response> {
        let reply = match refusal {
            Refusal::RateLimited => Problem::connections().into_response(),
            // Very heavy traffic is turned away before the API sees it: no body, no kind.
            Refusal::Quota => StatusCode::FORBIDDEN.into_response(),
            Refusal::ServerError => Problem::internal().into_response(),
            Refusal::Revoked => Problem::bad_key().into_response(),
        };
        Some(reply)
    }
}

/// The API key of a source: 32 hexadecimal digits, a dash, the data center.
fn key(world: &World, source: &Source) -> String {
    let half = |part: &str| world.hash_key(&format!("mailchimp/key/{}/{part}", source.id));
    let data_center = source.text("data_center").unwrap_or("us1");
    format!("{:016x}{:016x}-{data_center}", half("a"), half("b"))
}

/// One call, taken apart.
#[derive(Debug)]
struct Call {
    now: Timestamp,
    query: Vec<(String, String)>,
    looping: bool,
}

impl Call {
    fn get(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// A whole number; a caller who asks for more than 1,000 rows gets them.
    fn number(&self, name: &str, usual: usize) -> Result<usize, Problem> {
        let Some(text) = self.get(name) else { return Ok(usual) };
        text.parse().map_err(|_| Problem::invalid(name, "This value should be of type integer."))
    }

    /// A moment in ISO 8601; a day alone begins at midnight UTC.
    fn time(&self, name: &str) -> Result<Option<Timestamp>, Problem> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let day = || text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|start| start.timestamp());
        let time = text.parse().ok().or_else(day);
        time.map(Some).ok_or_else(|| Problem::invalid(name, "This value is not a valid datetime."))
    }

    /// The page of `rows` that `count` and `offset` choose, 10 rows from the first unless they say otherwise.
    fn page<T>(&self, rows: &[T], write: impl Fn(&T) -> Value) -> Result<(Vec<Value>, usize), Problem> {
        let (count, offset) = (self.number("count", 10)?, self.number("offset", 0)?);
        if self.looping {
            // A full page of the same rows, and many more announced.
            return Ok((rows.iter().cycle().take(count.min(1_000)).map(write).collect(), 1_000_000));
        }
        Ok((rows.iter().skip(offset).take(count).map(write).collect(), rows.len()))
    }
}

async fn answer(State(sandbox): State<Arc<Sandbox>>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let call = Call { now: sandbox.now(), query, looping: sandbox.fault(NAME, "page_loop") };
    let found = let_in(&sandbox, &headers).and_then(|account| {
        let path: Vec<&str> = uri.path().split('/').filter(|part| !part.is_empty()).collect();
        if method != Method::GET && method != Method::HEAD {
            return Err(Problem::method());
        }
        body(&account, &call, &path)
    });
    match found {
        Ok(body) => {
            let list = |name: &str| call.get(name).map(|list| list.split(',').map(str::trim).collect::<Vec<_>>());
            let body = list("fields").map_or(body.clone(), |paths| fields::only(&body, &paths));
            let body = list("exclude_fields").map_or(body.clone(), |paths| fields::without(&body, &paths));
            let kind = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
            (StatusCode::OK, kind, body.to_string()).into_response()
        }
        Err(problem) => problem.into_response(),
    }
}

/// The account that the key opens: by HTTP Basic under any user name, or as a bearer.
fn let_in(sandbox: &Sandbox, headers: &HeaderMap) -> Result<Account, Problem> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or_else(Problem::no_key)?;
    let (scheme, credential) = value.split_once(' ').ok_or_else(Problem::no_key)?;
    let offered = if scheme.eq_ignore_ascii_case("basic") {
        let bytes = base64::engine::general_purpose::STANDARD.decode(credential.trim()).unwrap_or_default();
        let text = String::from_utf8(bytes).unwrap_or_default();
        text.split_once(':').map(|(_, key)| key.to_owned()).unwrap_or_default()
    } else {
        credential.trim().to_owned()
    };
    if offered.is_empty() {
        return Err(Problem::no_key());
    }
    let mut sources = sandbox.sources.iter().filter(|source| source.adapter == NAME);
    let source = sources.find(|source| key(&sandbox.world, source) == offered).ok_or_else(Problem::bad_key)?;
    if sandbox.fault(NAME, "token_expired") {
        return Err(Problem::bad_key());
    }
    Ok(Account::new(&sandbox.world, source))
}

fn body(account: &Account, call: &Call, path: &[&str]) -> Result<Value, Problem> {
    match path {
        ["3.0"] => Ok(root(account, call)),
        ["3.0", "ping"] => Ok(json!({"health_status": "Everything's Chimpy!"})),
        ["3.0", "lists"] => lists(account, call),
        ["3.0", "lists", id] => Ok(list(account, call, audience(account, id)?)),
        ["3.0", "lists", id, "activity"] => activity(account, call, audience(account, id)?),
        ["3.0", "reports"] => reports(account, call),
        ["3.0", "reports", id] => Ok(report::report(account, &mailing(account, call, id)?, call.now)),
        ["3.0", "reports", id, "sub-reports"] => sub_reports(account, call, id),
        _ => Err(Problem::not_found()),
    }
}

fn root(account: &Account, call: &Call) -> Value {
    let subscribers: u64 =
        account.audiences.iter().map(|audience| account.growth(audience, call.now).members(call.now)).sum();
    json!({
        "account_id": format!("{:016x}", account.world.hash_key(&account.id)),
        "login_id": "1234567",
        "account_name": account.name,
        "email": "owner-1@example.com",
        "first_name": "Owner",
        "last_name": "One",
        "username": "owner-1",
        "avatar_url": "",
        "role": "owner",
        "member_since": "2022-12-27T07:50:00+00:00",
        "pricing_plan_type": "monthly",
        "first_payment": "2023-01-03T09:12:41+00:00",
        "account_timezone": account.zone.iana_name().unwrap_or("UTC"),
        "account_industry": "Software and Web App",
        "contact": {"company": account.name, "addr1": "1 Example Street", "addr2": "", "city": "Ho Chi Minh City",
            "state": "", "zip": "700000", "country": "VN"},
        "pro_enabled": false,
        "last_login": moment(call.now),
        "total_subscribers": subscribers,
        "industry_stats": {"open_rate": 0.2129, "bounce_rate": 0.0102, "click_rate": 0.0245},
        "_links": links(account, ""),
    })
}

fn audience<'a>(account: &'a Account, id: &str) -> Result<&'a Audience, Problem> {
    account.audiences.iter().find(|audience| audience.id == id).ok_or_else(Problem::not_found)
}

fn list(account: &Account, call: &Call, audience: &Audience) -> Value {
    let contacts = call.get("include_total_contacts") == Some("true");
    report::list(account, audience, &account.mailings(call.now), call.now, contacts)
}

fn lists(account: &Account, call: &Call) -> Result<Value, Problem> {
    let (rows, total) = call.page(&account.audiences, |audience| list(account, call, audience))?;
    Ok(json!({"lists": rows, "total_items": total, "_links": links(account, "/lists")}))
}

/// The activity of the days that are over, the newest first.
fn activity(account: &Account, call: &Call, audience: &Audience) -> Result<Value, Problem> {
    let today = account.date(call.now);
    let mut dates: Vec<Date> = days(plus(today, -ACTIVITY_DAYS), plus(today, -1)).collect();
    dates.reverse();
    let mailings = account.mailings(call.now);
    let (rows, total) = call.page(&dates, |day| activity_row(account, audience, &mailings, *day, call.now))?;
    let path = format!("/lists/{}/activity", audience.id);
    Ok(json!({"activity": rows, "list_id": audience.id, "total_items": total, "_links": links(account, &path)}))
}

fn activity_row(account: &Account, audience: &Audience, mailings: &[Mailing], day: Date, now: Timestamp) -> Value {
    let change = account.change(audience, day);
    let mut sent = [0; 5];
    for mailing in mailings.iter().filter(|mailing| account.date(mailing.sent) == day) {
        let own = account.audiences.get(mailing.audience).is_some_and(|of| of.id == audience.id);
        if own && mailing.kind != mailing::Kind::Automation {
            let end = mailing.sent + jiff::SignedDuration::from_hours(24);
            let figures = mailing.at(end.min(now));
            let counts = [figures.sent, figures.openers, figures.clickers, figures.hard_bounces, figures.soft_bounces];
            for (sum, count) in sent.iter_mut().zip(counts) {
                *sum += count;
            }
        }
    }
    let [emails_sent, unique_opens, recipient_clicks, hard_bounce, soft_bounce] = sent;
    json!({
        "day": day.to_string(),
        "emails_sent": emails_sent,
        "unique_opens": unique_opens,
        "recipient_clicks": recipient_clicks,
        "hard_bounce": hard_bounce,
        "soft_bounce": soft_bounce,
        "subs": change.subs,
        "unsubs": change.unsubs,
        "other_adds": change.other_adds,
        "other_removes": change.other_removes,
        "_links": [],
    })
}

/// The sent mailings; of the bounds, the lower is not part of the window and the upper is.
fn reports(account: &Account, call: &Call) -> Result<Value, Problem> {
    let (since, before) = (call.time("since_send_time")?, call.time("before_send_time")?);
    let kind = call.get("type");
    let mut mailings = account.mailings(call.now);
    mailings.retain(|mailing| since.is_none_or(|since| mailing.sent > since));
    mailings.retain(|mailing| before.is_none_or(|before| mailing.sent <= before));
    mailings.retain(|mailing| kind.is_none_or(|kind| mailing.kind.word() == kind));
    let (rows, total) = call.page(&mailings, |mailing| report::report(account, mailing, call.now))?;
    Ok(json!({"reports": rows, "total_items": total, "_links": links(account, "/reports")}))
}

fn mailing(account: &Account, call: &Call, id: &str) -> Result<Mailing, Problem> {
    let mailings = account.mailings(call.now);
    let all = mailings.iter().flat_map(|mailing| std::iter::once(mailing).chain(&mailing.children));
    let mut sent = all.filter(|mailing| mailing.sent <= call.now);
    sent.find(|mailing| mailing.id == id).cloned().ok_or_else(Problem::not_found)
}

fn sub_reports(account: &Account, call: &Call, id: &str) -> Result<Value, Problem> {
    let parent = mailing(account, call, id)?;
    let sent: Vec<&Mailing> = parent.children.iter().filter(|child| child.sent <= call.now).collect();
    let rows: Vec<Value> = sent.iter().map(|child| report::report(account, child, call.now)).collect();
    let path = format!("/reports/{id}/sub-reports");
    Ok(json!({"reports": rows, "campaign_id": id, "total_items": sent.len(), "_links": links(account, &path)}))
}
