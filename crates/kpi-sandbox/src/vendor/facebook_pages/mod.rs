//! Facebook Page Insights: the Graph API in the parts that a reader of Pages needs.
//!
//! A Page's token opens its insights and posts; a user's token lists the Pages with their tokens and nothing else.

mod graph;
mod insights;
mod ledger;
mod metrics;
mod posts;
mod posts_world;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
mod tokens;
mod world;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use self::graph::{Call, GraphError, json_reply};
use self::insights::Names;
use self::posts::Paging;
use self::tokens::Token;
use self::world::{Page, SMALL_PAGE};
use super::{Refusal, Vendor};
use crate::config::Source;
use crate::ledger::Fact;
use crate::sandbox::Sandbox;
use crate::world::World;

const NAME: &str = "facebook_pages";

/// The Page whose configured token is a user's: its reader has to ask for the Page's token first.
const OPENED_BY_USER: &str = "2121008874780932";

/// The Graph API for Pages.
#[derive(Debug, Clone, Copy, Default)]
pub struct FacebookPages;

impl Vendor for FacebookPages {
    fn name(&self) -> &'static str {
        NAME
    }

    fn router(&self, sandbox: Arc<Sandbox>) -> Router {
        Router::new().fallback(answer).with_state(sandbox)
    }

    fn ledger(&self, world: &World, source: &Source, now: Timestamp) -> Vec<Fact> {
        source.text("page_id").map(|id| ledger::facts(&Page::new(world, id), now)).unwrap_or_default()
    }

    fn window(&self, world: &World, source: &Source, now: Timestamp, start: Date, end: Date) -> Vec<Fact> {
        let fact = source.text("page_id").and_then(|id| ledger::reach(&Page::new(world, id), now, start, end));
        fact.into_iter().collect()
    }

    fn secrets(&self, source: &Source) -> Vec<(String, String)> {
        let world = World::default();
        let token = match source.text("page_id") {
            Some(OPENED_BY_USER) => tokens::user_token(&world, 0),
            Some(id) => tokens::page_token(&world, id),
            None => return Vec::new(),
        };
        vec![("access_token".to_owned(), token)]
    }

    fn refuse(&self, refusal: Refusal, path: &str) -> Option<Response> {
        if self.is_auth(path) {
            return None;
        }
        let error = match refusal {
            Refusal::RateLimited => GraphError::new(32, "(#32) Page request limit reached"),
            Refusal::Quota => {
                let message = "(#80001) There have been too many calls to this Page account. Wait a bit and try again.";
                GraphError::new(80_001, message)
            }
            Refusal::ServerError => {
                GraphError::new(1, "An unknown error occurred").status(StatusCode::INTERNAL_SERVER_ERROR)
            }
            Refusal::Revoked => {
                let message = "Error validating access token: The session has been invalidated because the user \
                               changed their password or Facebook has changed the session for security reasons.";
                GraphError::new(190, message).subcode(460).status(StatusCode::UNAUTHORIZED)
            }
        };
        let mut reply = error.into_response();
        let regain = if refusal == Refusal::Quota { 61 } else { 1 };
        if matches!(refusal, Refusal::RateLimited | Refusal::Quota) {
            let page = path.split('/').find(|part| part.len() > 6 && part.bytes().all(|byte| byte.is_ascii_digit()));
            add_usage(reply.headers_mut(), page.unwrap_or(SMALL_PAGE), 100, regain);
        }
        Some(reply)
    }

    fn is_auth(&self, path: &str) -> bool {
        path.ends_with("/dialog/oauth") || path.ends_with("/oauth/access_token")
    }
}

/// Answers every call: Graph paths are ids, so they are told apart by looking them up.
async fn answer(State(sandbox): State<Arc<Sandbox>>, uri: Uri, headers: HeaderMap) -> Response {
    match Call::new(&uri, &headers, sandbox.now()).and_then(|call| dispatch(&sandbox, &call)) {
        Ok(reply) => reply,
        Err(error) => error.into_response(),
    }
}

fn dispatch(sandbox: &Sandbox, call: &Call) -> Result<Response, GraphError> {
    let world = &sandbox.world;
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["dialog", "oauth"] => return tokens::dialog(world, call),
        ["oauth", "access_token"] => return Ok(json_reply(StatusCode::OK, &tokens::access_token(world, call)?)),
        _ => {}
    }
    let token = tokens::read(world, call.token.as_deref(), call.now)?;
    if sandbox.fault(NAME, "token_expired") {
        return Err(GraphError::expired(call.now, call.now));
    }
    let body = match (path.as_slice(), &token) {
        (["debug_token"], _) => tokens::debug(world, call)?,
        (["me"], Token::User) => json!({"id": "10158000000000001", "name": "User 1"}),
        (["me"], Token::Page(id)) => page_object(sandbox, call, &token, id)?,
        (["me", "accounts"], Token::User) => accounts(sandbox, call)?,
        (["me", "accounts"], Token::Page(_)) => {
            return Err(GraphError::new(
                100,
                "(#100) Tried accessing nonexisting field (accounts) on node type (Page)",
            ));
        }
        ([id], _) if id.contains('_') => {
            let (page, post) = post(sandbox, call, &token, id)?;
            posts::object(&page, &post, &posts::fields(call.get("fields").unwrap_or("created_time,message"))?, call)?
        }
        ([id], _) => page_object(sandbox, call, &token, id)?,
        ([id, "insights"], _) if id.contains('_') => {
            let (page, post) = post(sandbox, call, &token, id)?;
            insights::of_post(call, &page, &post)?
        }
        ([id, "insights"], _) => {
            let retired = sandbox.fault(NAME, "retired_metric");
            let names = if retired { Names::VideoViewsRetired } else { Names::AsPublished };
            insights::of_page(call, &opened(sandbox, &token, id)?, names)?
        }
        ([id, "posts" | "published_posts" | "feed"], _) => {
            let paging = if sandbox.fault(NAME, "page_loop") { Paging::Looping } else { Paging::Onwards };
            posts::edge(call, &opened(sandbox, &token, id)?, paging)?
        }
        _ => return Err(GraphError::missing()),
    };
    let mut reply = json_reply(StatusCode::OK, &body);
    let headers = reply.headers_mut();
    if let Ok(version) = HeaderValue::from_str(&call.version) {
        headers.insert("facebook-api-version", version);
    }
    match &token {
        Token::Page(id) => add_usage(headers, id, 28, 0),
        Token::User => {
            add_header(headers, "x-app-usage", &json!({"call_count": 28, "total_time": 25, "total_cputime": 25}))
        }
    }
    Ok(reply)
}

/// The ids of all Pages: the configured ones, and one that is too small for insights.
fn page_ids(sandbox: &Sandbox) -> Vec<String> {
    let of_adapter = sandbox.sources.iter().filter(|source| source.adapter == NAME);
    let mut ids: Vec<String> = of_adapter.filter_map(|source| source.text("page_id")).map(str::to_owned).collect();
    if !ids.iter().any(|id| id == SMALL_PAGE) {
        ids.push(SMALL_PAGE.to_owned());
    }
    ids
}

/// The Page of an id, for its own token only.
fn opened(sandbox: &Sandbox, token: &Token, id: &str) -> Result<Page, GraphError> {
    match token {
        Token::Page(own) if own == id && page_ids(sandbox).iter().any(|known| known == id) => {
            Ok(Page::new(&sandbox.world, id))
        }
        Token::Page(_) => Err(GraphError::missing()),
        Token::User => Err(GraphError::new(190, "This method must be called with a Page Access Token")),
    }
}

fn post(sandbox: &Sandbox, call: &Call, token: &Token, id: &str) -> Result<(Page, posts_world::Post), GraphError> {
    let (page_id, _) = id.split_once('_').ok_or_else(GraphError::missing)?;
    let page = opened(sandbox, token, page_id)?;
    let post = page.posts(call.now).into_iter().find(|post| post.id == id && post.visible);
    post.map(|post| (page, post)).ok_or_else(GraphError::missing)
}

/// A Page with the asked fields; a user sees its token too.
fn page_object(sandbox: &Sandbox, call: &Call, token: &Token, id: &str) -> Result<Value, GraphError> {
    if !page_ids(sandbox).iter().any(|known| known == id) {
        return Err(GraphError::missing());
    }
    let page = Page::new(&sandbox.world, id);
    let mut row = Map::new();
    for field in call.get("fields").unwrap_or("name").split(',').map(str::trim) {
        let value = match field {
            "id" => continue,
            "name" => json!(page.name),
            "username" => json!(page.name.to_lowercase().replace(' ', "")),
            "category" => json!("Software Company"),
            "link" => json!(format!("https://www.facebook.com/{id}")),
            "followers_count" => json!(page.followers_now(call.now)),
            "fan_count" => json!(page.fans_now(call.now)),
            "tasks" => json!(["ANALYZE", "ADVERTISE", "MESSAGING", "MODERATE", "CREATE_CONTENT", "MANAGE"]),
            "access_token" if *token == Token::User || *token == Token::Page(id.to_owned()) => {
                json!(tokens::page_token(&sandbox.world, id))
            }
            "access_token" | "instagram_business_account" => continue,
            name => {
                let message = format!("(#100) Tried accessing nonexisting field ({name}) on node type (Page)");
                return Err(GraphError::new(100, message));
            }
        };
        row.insert(field.to_owned(), value);
    }
    row.insert("id".to_owned(), json!(id));
    Ok(Value::Object(row))
}

/// Answers `GET /me/accounts`: the user's Pages and their tokens, in pages by cursor.
fn accounts(sandbox: &Sandbox, call: &Call) -> Result<Value, GraphError> {
    let ids = page_ids(sandbox);
    let looping = sandbox.fault(NAME, "page_loop");
    let after = call.get("after").filter(|_| !looping);
    let start = after.and_then(|cursor| ids.iter().position(|id| cursor == format!("QVFI{id}"))).map_or(0, |i| i + 1);
    let end = (start + call.limit()).min(ids.len());
    let mut asked = Call { query: call.query.clone(), ..Call::at(call.now) };
    if asked.get("fields").is_none() {
        asked.query.push(("fields".to_owned(), "access_token,category,name,tasks".to_owned()));
    }
    let rows: Result<Vec<Value>, GraphError> =
        ids[start..end].iter().map(|id| page_object(sandbox, &asked, &Token::User, id)).collect();
    let cursor = |place: usize| ids.get(place).map(|id| format!("QVFI{id}")).unwrap_or_default();
    let last = cursor(end.saturating_sub(1));
    let mut paging = json!({"cursors": {"before": cursor(start), "after": last}});
    if end < ids.len() || looping {
        paging["next"] = json!(call.link(&[("after", last)]));
    }
    Ok(json!({"data": rows?, "paging": paging}))
}

/// Says how much of the Page's allowance is used, in per cent and minutes.
fn add_usage(headers: &mut HeaderMap, page_id: &str, used: u32, regain_minutes: u32) {
    let usage = json!({"type": "pages", "call_count": used, "total_cputime": 25, "total_time": 25,
        "estimated_time_to_regain_access": regain_minutes});
    add_header(headers, "x-business-use-case-usage", &json!({ page_id: [usage] }));
}

fn add_header(headers: &mut HeaderMap, name: &'static str, value: &Value) {
    if let Ok(value) = HeaderValue::from_str(&value.to_string()) {
        headers.insert(name, value);
    }
}
