//! The Graph API's manners: versions, tokens, the error envelope and the usage headers.

use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use jiff::{Timestamp, civil::Date};
use serde_json::{Value, json};

use super::world::pacific;

/// The newest version of the API.
const NEWEST: u32 = 26;

/// The day on which each of the older versions ended.
const ENDED: [(u32, Date); 6] = [
    (17, Date::constant(2025, 9, 12)),
    (18, Date::constant(2026, 1, 26)),
    (19, Date::constant(2026, 5, 21)),
    (20, Date::constant(2026, 9, 24)),
    (21, Date::constant(2027, 1, 21)),
    (22, Date::constant(2027, 5, 29)),
];

/// One call, taken apart.
#[derive(Debug)]
pub(super) struct Call {
    /// When it is answered.
    pub(super) now: Timestamp,
    /// The address under which the caller reached the emulator, without a slash at the end.
    pub(super) base: String,
    /// The version that serves the call, such as `v26.0`.
    pub(super) version: String,
    /// The path behind the version.
    pub(super) path: Vec<String>,
    /// The query in its order.
    pub(super) query: Vec<(String, String)>,
    /// The access token, from the header or the query.
    pub(super) token: Option<String>,
}

impl Call {
    /// Takes a request apart.
    ///
    /// # Errors
    /// Refuses a version that never existed.
    pub(super) fn new(uri: &Uri, headers: &HeaderMap, now: Timestamp) -> Result<Call, GraphError> {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        let mut path: Vec<String> = uri.path().split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        let asked = path.first().and_then(|part| part.strip_prefix('v')).and_then(|version| version.split_once('.'));
        let version = match asked.map(|(major, _)| major.parse::<u32>()) {
            Some(Ok(major)) if (1..=NEWEST).contains(&major) => {
                path.remove(0);
                major.max(oldest(now))
            }
            Some(_) => {
                return Err(GraphError::new(2500, format!("Unknown path components: /{}", path.join("/"))));
            }
            None => oldest(now),
        };
        let query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        let mut call = Call {
            now,
            base: format!("http://{host}/facebook_pages"),
            version: format!("v{version}.0"),
            path,
            query,
            token: None,
        };
        let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = bearer.and_then(|value| value.split_once(' ')).map(|(_, token)| token.trim().to_owned());
        call.token = bearer.or_else(|| call.get("access_token").map(str::to_owned));
        Ok(call)
    }

    /// A call of nothing, to be filled in.
    pub(super) fn at(now: Timestamp) -> Call {
        let (base, version) = (String::new(), String::new());
        Call { now, base, version, path: Vec::new(), query: Vec::new(), token: None }
    }

    /// A parameter of the query; empty counts as absent.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// The address of this call with its token and other parameters: a link as the vendor writes it.
    pub(super) fn link(&self, changed: &[(&str, String)]) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("access_token", self.token.as_deref().unwrap_or_default());
        for (key, value) in &self.query {
            if key != "access_token" && !changed.iter().any(|(name, _)| name == key) {
                query.append_pair(key, value);
            }
        }
        for (key, value) in changed.iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(key, value);
        }
        format!("{}/{}/{}?{}", self.base, self.version, self.path.join("/"), query.finish())
    }

    /// A bound of time: seconds since 1970, or a day, which begins at midnight in US Pacific.
    pub(super) fn time(&self, name: &str) -> Result<Option<Timestamp>, GraphError> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let seconds = text.parse::<i64>().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
        let day = || text.parse::<Date>().ok().map(super::world::start_of);
        match seconds.or_else(day).or_else(|| text.parse().ok()) {
            Some(time) => Ok(Some(time)),
            None => Err(GraphError::new(100, format!("(#100) param {name} must be a valid date or timestamp"))),
        }
    }

    /// How many rows a page holds.
    pub(super) fn limit(&self) -> usize {
        self.get("limit").and_then(|limit| limit.parse().ok()).unwrap_or(25_usize).clamp(1, 100)
    }
}

/// The oldest version that is still served.
fn oldest(now: Timestamp) -> u32 {
    let today = now.to_zoned(pacific()).date();
    let dead = ENDED.iter().filter(|(_, end)| *end <= today).map(|(version, _)| *version).max();
    dead.map_or(17, |version| version + 1)
}

/// A refusal in the envelope of the Graph API.
#[derive(Debug, Clone)]
pub(super) struct GraphError {
    status: StatusCode,
    code: u32,
    subcode: Option<u32>,
    message: String,
}

impl GraphError {
    /// A refusal with status 400.
    pub(super) fn new(code: u32, message: impl Into<String>) -> GraphError {
        GraphError { status: StatusCode::BAD_REQUEST, code, subcode: None, message: message.into() }
    }

    /// The same refusal with a subcode.
    pub(super) fn subcode(mut self, subcode: u32) -> GraphError {
        self.subcode = Some(subcode);
        self
    }

    /// The same refusal with another status.
    pub(super) fn status(mut self, status: StatusCode) -> GraphError {
        self.status = status;
        self
    }

    /// What is not there, or not for this token.
    pub(super) fn missing() -> GraphError {
        GraphError::new(
            100,
            "(#100) Object does not exist, cannot be loaded due to missing permission or reviewable feature, or does \
             not support this operation. This endpoint requires the 'pages_read_engagement' permission or the 'Page \
             Public Content Access' feature or the 'Page Public Metadata Access' feature. Refer to \
             https://developers.facebook.com/docs/apps/review/login-permissions#manage-pages, \
             https://developers.facebook.com/docs/apps/review/feature#reference-PAGES_ACCESS and \
             https://developers.facebook.com/docs/apps/review/feature#page-public-metadata-access for details.",
        )
    }

    /// A token whose time is over.
    pub(super) fn expired(end: Timestamp, now: Timestamp) -> GraphError {
        let write = |time: Timestamp| time.to_zoned(pacific()).strftime("%A, %d-%b-%y %H:%M:%S %Z").to_string();
        let (end, now) = (write(end), write(now));
        let message =
            format!("Error validating access token: Session has expired on {end}. The current time is {now}.");
        GraphError::new(190, message).subcode(463).status(StatusCode::UNAUTHORIZED)
    }
}

impl IntoResponse for GraphError {
    fn into_response(self) -> Response {
        let mut error = json!({"message": self.message, "type": "OAuthException", "code": self.code});
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = json!(subcode);
        }
        if matches!(self.code, 1 | 2) {
            error["is_transient"] = json!(true);
        }
        error["fbtrace_id"] = json!(format!("A{:05}Kq7XvTnupatNtX", self.code));
        let mut reply = json_reply(self.status, &json!({ "error": error }));
        if self.code == 190 {
            let value = HeaderValue::from_static("OAuth \"Facebook Platform\" \"invalid_token\"");
            reply.headers_mut().insert(header::WWW_AUTHENTICATE, value);
        }
        reply
    }
}

/// A reply as the Graph API writes it.
pub(super) fn json_reply(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json; charset=UTF-8")], body.to_string()).into_response()
}

/// Writes a moment as the Graph API does.
pub(super) fn moment(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string()
}
