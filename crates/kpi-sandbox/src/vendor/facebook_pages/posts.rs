//! The `posts` edge of a Page, and a post by its id, with the fields that the caller names.

use serde_json::{Map, Value, json};

use super::graph::{Call, GraphError, moment};
use super::posts_world::{Kind, Post};
use super::world::Page;

/// What a cursor holds besides the number of a post.
const CURSOR: &str = "post-number:";

/// Which page follows another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paging {
    /// The next one.
    Onwards,
    /// The first one, for ever.
    Looping,
}

/// Answers `GET /{page-id}/posts`.
///
/// A post that is no longer visible still takes its place, so that a page may be short, or even empty, without being
/// the last.
pub(super) fn edge(call: &Call, page: &Page, paging: Paging) -> Result<Value, GraphError> {
    let (since, until) = (call.time("since")?, call.time("until")?);
    let fields = fields(call.get("fields").unwrap_or("created_time,message"))?;
    let mut posts = page.posts(call.now);
    posts.retain(|post| since.is_none_or(|since| since <= post.created));
    posts.retain(|post| until.is_none_or(|until| post.created <= until));
    let start = match call.get("after") {
        Some(cursor) if paging == Paging::Onwards => {
            let number = number_of(cursor)?;
            posts.iter().position(|post| post.number == number).map_or(posts.len(), |place| place + 1)
        }
        _ => 0,
    };
    let end = (start + call.limit()).min(posts.len());
    let places = posts.get(start..end).unwrap_or_default();
    let mut data = Vec::new();
    for post in places.iter().filter(|post| post.visible) {
        data.push(object(page, post, &fields, call)?);
    }
    let (Some(first), Some(last)) = (places.first(), places.last()) else {
        return Ok(json!({ "data": data }));
    };
    let mut links = json!({"cursors": {"before": cursor(first), "after": cursor(last)}});
    if start > 0 {
        links["previous"] = json!(call.link(&[("before", cursor(first)), ("after", String::new())]));
    }
    if end < posts.len() || paging == Paging::Looping {
        links["next"] = json!(call.link(&[("after", cursor(last)), ("before", String::new())]));
    }
    Ok(json!({"data": data, "paging": links}))
}

fn cursor(post: &Post) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(format!("{CURSOR}{}", post.number))
}

fn number_of(cursor: &str) -> Result<i64, GraphError> {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(cursor).unwrap_or_default();
    let number = std::str::from_utf8(&bytes).ok().and_then(|text| text.strip_prefix(CURSOR)?.parse().ok());
    number.ok_or_else(|| GraphError::new(100, "(#100) Invalid cursor"))
}

/// A field as asked: its name, and all that follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    name: String,
    rest: String,
}

/// Takes `id,shares,reactions.summary(total_count).limit(0){name}` apart at the commas outside brackets.
pub(super) fn fields(list: &str) -> Result<Vec<Field>, GraphError> {
    let mut depth = 0_i32;
    let mut fields = Vec::new();
    let parts = list.split(|c: char| {
        depth += i32::from(matches!(c, '(' | '{')) - i32::from(matches!(c, ')' | '}'));
        depth == 0 && c == ','
    });
    for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
        let end = part.find(['.', '(', '{']).unwrap_or(part.len());
        fields.push(Field { name: part[..end].to_owned(), rest: part[end..].to_owned() });
    }
    if depth == 0 {
        return Ok(fields);
    }
    Err(GraphError::new(2500, format!("Syntax error \"Expected end of string instead of \"{list}\".\"")))
}

/// A post with the asked fields; the id is always there.
pub(super) fn object(page: &Page, post: &Post, fields: &[Field], call: &Call) -> Result<Value, GraphError> {
    let now = call.now;
    let mut row = Map::new();
    for field in fields {
        let value = match field.name.as_str() {
            "id" => continue,
            "created_time" => json!(moment(post.created)),
            "updated_time" => json!(moment(now.min(post.created))),
            "message" => json!(message(post)),
            "permalink_url" => json!(format!("https://www.facebook.com/{}", post.id.replace('_', "/posts/"))),
            "status_type" => json!(status_type(post.kind)),
            "is_published" => json!(true),
            "from" => json!({"name": page.name, "id": page.id}),
            // Nobody shared it: the object is not there at all.
            "shares" if post.shares(now) == 0 => continue,
            "shares" => json!({"count": post.shares(now)}),
            "reactions" | "likes" => edge_of(field, post.reactions(now), "viewer_reaction", json!("NONE")),
            "comments" => edge_of(field, post.comments(now), "can_comment", json!(true)),
            name => {
                let message = format!("(#100) Tried accessing nonexisting field ({name}) on node type (Post)");
                return Err(GraphError::new(100, message));
            }
        };
        row.insert(field.name.clone(), value);
    }
    row.insert("id".to_owned(), json!(post.id));
    Ok(Value::Object(row))
}

/// An edge of a post: never the people, and the count only when a summary is asked for.
fn edge_of(field: &Field, count: u64, other: &str, of_viewer: Value) -> Value {
    let mut value = json!({"data": []});
    if field.rest.contains("summary(") && !field.rest.contains("summary(false)") {
        let mut summary = Map::new();
        summary.insert("total_count".to_owned(), json!(count));
        summary.insert(other.to_owned(), of_viewer);
        value["summary"] = Value::Object(summary);
    }
    value
}

fn status_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Photo => "added_photos",
        Kind::Link => "shared_story",
        Kind::Video => "added_video",
    }
}

fn message(post: &Post) -> String {
    let what = match post.kind {
        Kind::Photo => "Khách hàng kể chuyện dùng CRM 📈",
        Kind::Link => "Bài mới: quy trình bán hàng B2B",
        Kind::Video => "Video: tính năng mới trong 60 giây",
    };
    format!("{what} #{}", post.number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_cut_at_commas_outside_brackets() {
        let fields = fields("id,shares,reactions.summary(total_count).limit(0),comments.limit(2){id,message}").unwrap();
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["id", "shares", "reactions", "comments"]);
        assert_eq!(fields[2].rest, ".summary(total_count).limit(0)");
    }
}
