//! Short excerpts of what a vendor sent, without what must not be shown or would differ from run to run.

/// The most characters of an excerpt.
const MAX_CHARS: usize = 200;

/// Words of letters and digits from this length on are taken for ids or tokens.
const MIN_ID: usize = 24;

const SECRET_KEYS: &[&str] = &[
    "access_token",
    "api_key",
    "apikey",
    "assertion",
    "authorization",
    "client_secret",
    "cookie",
    "id_token",
    "key",
    "password",
    "private_key",
    "refresh_token",
    "secret",
    "set-cookie",
    "token",
];

const CHANGING_KEYS: &[&str] = &[
    "fbtrace_id",
    "instance",
    "log_id",
    "request-id",
    "request_id",
    "requestid",
    "timestamp",
    "trace_id",
    "traceid",
    "tracking_id",
];

/// The beginning of a body, on one line; of a web page, its title.
pub(crate) fn excerpt(body: &str) -> String {
    let text = title(body).unwrap_or(body);
    // Only as much is looked at as can be shown, with room for what is masked away.
    let head: String = text.chars().take(MAX_CHARS * 4).collect();
    let clean = clean(&head.split_whitespace().collect::<Vec<_>>().join(" "));
    if clean.chars().count() <= MAX_CHARS {
        return clean;
    }
    format!("{}…", clean.chars().take(MAX_CHARS).collect::<String>())
}

/// A vendor's words without URLs, addresses, e-mail addresses, ids and the values of secret or changing keys.
pub(crate) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|letter: char| !is_word(letter)).unwrap_or(rest.len());
        if end == 0 {
            out.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (word, after) = rest.split_at(end);
        let (shown, after) = match key_value(word, after) {
            Some((mask, value, after)) => {
                out.push_str(word);
                out.push_str(value);
                (mask.to_owned(), after)
            }
            None => shown(word, after),
        };
        out.push_str(&shown);
        rest = after;
    }
    out
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '-')
}

/// When the word is the key of a value that is masked: the mask, what stands between the two, and what follows.
fn key_value<'a>(word: &str, after: &'a str) -> Option<(&'static str, &'a str, &'a str)> {
    let key = word.to_ascii_lowercase();
    let mask = match () {
        () if SECRET_KEYS.contains(&key.as_str()) => "[redacted]",
        () if CHANGING_KEYS.contains(&key.as_str()) => "[…]",
        () => return None,
    };
    let start = after.find(|letter: char| !matches!(letter, '"' | '\'' | ' ' | ':' | '=' | '\\'))?;
    let (between, value) = after.split_at(start);
    if !between.contains([':', '=']) {
        return None;
    }
    let quoted = between.ends_with(['"', '\'']);
    let end = if quoted {
        value.find(['"', '\''])
    } else {
        value.find(|letter: char| letter.is_whitespace() || matches!(letter, '&' | ',' | ';' | '}' | ')'))
    };
    Some((mask, between, &value[end.unwrap_or(value.len())..]))
}

/// The word as it may be shown, with what belongs to it and follows it.
fn shown<'a>(word: &str, after: &'a str) -> (String, &'a str) {
    if after.starts_with("://") {
        return ("[url]".to_owned(), &after[run(after, |letter| !matches!(letter, '"' | '\'' | '<' | '>' | ')'))..]);
    }
    // Names of hosts and people have dots and signs between their words.
    let more = run(after, |letter| is_word(letter) || matches!(letter, '.' | '@' | '+' | ':'));
    let (tail, behind) = after.split_at(more);
    if let Some(at) = tail.find('@')
        && tail[at..].contains('.')
    {
        return ("[e-mail]".to_owned(), behind);
    }
    if is_address(word, tail) {
        return ("[address]".to_owned(), behind);
    }
    let has = |test: fn(&u8) -> bool| word.as_bytes().iter().any(test);
    if word.len() >= MIN_ID && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic) {
        return ("[id]".to_owned(), after);
    }
    (word.to_owned(), after)
}

/// Whether `host:port` stands there.
fn is_address(word: &str, tail: &str) -> bool {
    let Some((host, port)) = tail.rsplit_once(':') else { return false };
    let port_like = (2..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    port_like && !host.contains(':') && (host.contains('.') || word == "localhost")
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|letter: char| letter.is_whitespace() || !belongs(letter)).unwrap_or(text.len())
}

fn title(body: &str) -> Option<&str> {
    let start = body.find("<title>")? + "<title>".len();
    let end = body[start..].find("</title>")?;
    Some(&body[start..start + end])
}

#[cfg(test)]
mod tests {
    use super::{clean, excerpt};

    #[test]
    fn secrets_in_bodies_are_masked_whole_or_cut() {
        let body = r#"{"access_token": "ya29.abc", "expires_in": 3599, "client_secret":"s3", "refresh_token":"1//cut"#;
        let shown = r#"{"access_token": "[redacted]", "expires_in": 3599, "client_secret":"[redacted]", "refresh_token":"[redacted]"#;
        assert_eq!(excerpt(body), shown);
        assert_eq!(clean("bad query: key=abc&limit=2"), "bad query: key=[redacted]&limit=2");
        assert_eq!(clean("the token is not valid"), "the token is not valid");
    }

    #[test]
    fn what_differs_from_run_to_run_is_masked() {
        assert_eq!(clean("see https://a.example/x?y=1 for help"), "see [url] for help");
        assert_eq!(clean("connect to 127.0.0.1:45123 failed"), "connect to [address] failed");
        assert_eq!(clean("localhost:80 is down"), "[address] is down");
        assert_eq!(clean("\"fbtrace_id\":\"AbC\",\"code\":190"), "\"fbtrace_id\":\"[…]\",\"code\":190");
        assert_eq!(clean("id 3f2504e0-4f89-11d3-9a0c-0305e82c3301 failed"), "id [id] failed");
        assert_eq!(clean("anna.b@a.example is unknown"), "[e-mail] is unknown");
        assert_eq!(
            clean("DEVELOPER_TOKEN_NOT_APPROVED_YET at 06:00:00."),
            "DEVELOPER_TOKEN_NOT_APPROVED_YET at 06:00:00."
        );
        assert_eq!(clean("Không tìm thấy act_12345"), "Không tìm thấy act_12345");
    }

    #[test]
    fn excerpts_are_short_and_of_one_line() {
        assert_eq!(excerpt("<html>\n<title>502 Bad\nGateway</title>…"), "502 Bad Gateway");
        let shown = excerpt(&"é ".repeat(10_000));
        assert_eq!(shown.chars().count(), 201);
    }
}
