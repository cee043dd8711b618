//! What an author is told about folders that are not right, and about an adapter that does not do what a case says.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which may stop at once")]

mod vendor;

use std::fs;
use std::path::Path;
use std::time::Duration;

use kpi_core::ErrorKind;
use kpi_testkit::{Bench, Script, verdicts};
use serde_json::json;
use tempfile::TempDir;
use vendor::{Podcasts, RIGHT};

const CONFIG: &str = "show_id = \"show-1\"\nrefresh_token = { env = \"ACME_REFRESH_TOKEN\" }\n";

const TOKEN: &str = r#"
[[exchange]]
expect = { method = "POST", path = "/oauth/token" }
reply = { json = { access_token = "acme-access-token", expires_in = 3600 } }
"#;

const STATS: &str = r#"
[[exchange]]
expect = { path = "/v1/shows/show-1/stats", query = { from = "2026-10-01" } }
reply = { json = { rows = [{ day = "2026-10-01", episode = "e1", plays = "3", revenue_micros = "0" }] } }
"#;

fn head(rest: &str) -> String {
    format!("origin = \"made up\"\nnow = \"2026-11-05T06:00:00Z\"\n{rest}\n")
}

const ASK: &str = r#"request = { report = "episodes", window = "2026-10-01" }"#;
const VND: &str = r#"profile = { name = "x", currency = "VND" }"#;

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A suite with one case of these files.
fn suite(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "account.toml", CONFIG);
    for (name, text) in files {
        write(folder.path(), name, text);
    }
    folder
}

/// What the one test of a suite says that fits.
fn says(folder: &TempDir, test: &str) -> String {
    let mut verdicts = verdicts::<Podcasts<RIGHT>>(folder.path().to_str().unwrap(), test);
    assert_eq!(verdicts.len(), 1, "{verdicts:?}");
    verdicts.remove(0).failure.unwrap_or_else(|| "passes".to_owned())
}

/// What a case of this text says.
fn case(text: &str) -> String {
    says(&suite(&[("a/case.toml", text)]), "case::a")
}

#[test]
fn says_what_is_wrong_with_a_case_file() {
    let both = "case.toml: write either `request = { report = …, window = … }` or `check = true`";
    let report = "request = { report = \"episode\", window = \"2026-10-01\" }";
    let window = "request = { report = \"episodes\", window = \"October\" }";
    let times = "[[exchange]]\nexpect = { path = \"/a\" }\nreply = {}\ntimes = \"often\"";
    let body = "[[exchange]]\nexpect = { path = \"/a\" }\nreply = { body = \"a.json\" }";
    let error = "[[exchange]]\nexpect = { path = \"/a\" }\nreply = { error = \"gone\" }";
    let cases = [
        (head(""), both.to_owned()),
        (head(&format!("{ASK}\ncheck = true")), both.to_owned()),
        (head("check = true"), "case.toml: a check case says in `profile` what check must find".to_owned()),
        (head(ASK).replace("made up", ""), "case.toml: say in `origin` where the replies come from".to_owned()),
        (
            head(report),
            "case.toml: request.report: acme_podcasts has no report `episode`: its reports are episodes".to_owned(),
        ),
        (head(window), "case.toml: request.window: `October` is not a day".to_owned()),
        (
            head(&format!("{ASK}\n{times}")),
            "case.toml, exchange 1: times is a number or \"any\", not \"often\"".to_owned(),
        ),
        (
            head(&format!("{ASK}\n{body}")),
            "case.toml, exchange 1: cannot read a.json: No such file or directory (os error 2)".to_owned(),
        ),
        (
            head(&format!("{ASK}\n{error}")),
            "case.toml, exchange 1: reply.error is refused, reset, timeout or too_large, not `gone`".to_owned(),
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(case(&text), expected, "{text}");
    }
}

#[test]
fn says_that_a_file_is_not_used() {
    let folder = suite(&[("a/case.toml", &head(ASK)), ("a/page.json", "{}")]);
    assert_eq!(says(&folder, "case::a"), "no exchange answers with page.json: use the file or delete it");
}

#[test]
fn says_that_a_suite_has_no_case_or_a_skip_no_reason() {
    let folder = suite(&[]);
    let place = folder.path().display().to_string();
    assert_eq!(says(&folder, "suite::*"), format!("there is no case folder in {place}"));
    let folder = suite(&[("suite.toml", "[[skip]]\ntest = \"case::a\"\nreason = \"later\"\n")]);
    assert_eq!(says(&folder, "suite::*"), "suite.toml: the skip of `case::a` needs a reason in words");
    let skip = "[[skip]]\ntest = \"rule::99*\"\nreason = \"there is no such rule\"\n";
    let folder = suite(&[("suite.toml", skip), ("a/case.toml", &head(ASK))]);
    assert_eq!(says(&folder, "suite::*"), "suite.toml: no test fits the skip of `rule::99*`: delete it");
}

#[test]
fn shows_the_figures_that_differ() {
    let expected = concat!(
        r#"{"start":"2026-10-01","dim.episode":"e1","metric":"impressions","value":"4"}"#,
        "\n",
        r#"{"start":"2026-10-01","dim.episode":"e1","metric":"revenue","value":"0","currency":"VND"}"#,
    );
    let text = head(&format!("{ASK}\n{VND}\n{TOKEN}{STATS}"));
    let folder = suite(&[("a/case.toml", &text), ("a/expected.jsonl", expected)]);
    assert_eq!(
        says(&folder, "case::a"),
        concat!(
            "the figures differ from expected.jsonl (- expected, + got):\n",
            r#"  - {"start":"2026-10-01","dim.episode":"e1","metric":"impressions","value":"4"}"#,
            "\n",
            r#"  + {"start":"2026-10-01","dim.episode":"e1","metric":"impressions","value":"3"}"#,
            "\nif the new figures are right and you can say why, KPI_BLESS=1 cargo test rewrites expected.jsonl",
        )
    );
    write(folder.path(), "a/expected.jsonl", &expected.replace("\"4\"", "\"3\""));
    assert_eq!(says(&folder, "case::a"), "passes");
}

#[test]
fn names_the_nearest_exchange_of_a_request_that_none_expects() {
    let text = head(&format!("{ASK}\n{VND}\n{TOKEN}{}", STATS.replace("2026-10-01", "2026-10-02")));
    assert_eq!(
        case(&text),
        concat!(
            "a request that no exchange expects:\n",
            "  GET https://api.acme.example/v1/shows/show-1/stats\n",
            "    query from = 2026-10-01\n",
            "    query to = 2026-10-01\n",
            "  nearest is exchange 2: query.from: expected `2026-10-02`, got `2026-10-01`\n",
            "exchange 2 (GET /v1/shows/show-1/stats) was asked for less often than the case says: delete it, or write `times = \"any\"`\n",
            "the call ended with contract: the request is not among those expected: no exchange of the script expects this request (request=stats)",
        )
    );
}

#[test]
fn compares_errors_notes_and_profiles() {
    let refused = TOKEN.to_owned()
        + "[[exchange]]\nexpect = { path = \"/v1/shows/show-1/stats\" }\nreply = { status = 403, text = \"no\" }\n";
    let outcome = |outcome: &str| case(&head(&format!("{ASK}\n{VND}\n{refused}\n[outcome]\n{outcome}")));
    let error = "the error is permission: access was refused: no (request=stats, status=403)";
    assert_eq!(outcome("kind = \"permission\"\nmessage = \"refused\""), "passes");
    assert_eq!(outcome("kind = \"auth\""), format!("kind of the error: expected auth, got permission\n  {error}"));
    assert_eq!(
        outcome("kind = \"permission\"\nretry_after_s = 3"),
        format!("retry_after_s of the error: expected 3, got None\n  {error}")
    );
    assert!(case(&head(&format!("{ASK}\n{VND}\n{refused}"))).ends_with("[outcome] kind = \"permission\""));

    let notes =
        format!("{ASK}\n{VND}\nexpected_notes = [\"remark: hello\"]\n{TOKEN}{}", STATS.replace("= [{", "= [] } }#"));
    let folder = suite(&[("a/case.toml", &head(&notes)), ("a/expected.jsonl", "")]);
    let expected = "the notes differ from expected_notes (- expected, + got):\n  - remark: hello";
    assert_eq!(says(&folder, "case::a"), expected);

    let show = TOKEN.to_owned()
        + "[[exchange]]\nexpect = { path = \"/v1/shows/show-1\" }\nreply = { json = { name = \"y\", timezone = \"UTC\", currency = \"VND\", owner = { email = \"a@b.example\" } } }";
    assert_eq!(
        case(&head(&format!("check = true\n{VND}\n{show}"))),
        concat!(
            "the profile differs:\n",
            "  - name = \"x\", timezone = none, currency = \"VND\"\n",
            "  + name = \"y\", timezone = \"UTC\", currency = \"VND\"",
        )
    );
}

#[test]
fn a_bench_runs_a_call_against_a_script() {
    let page = |rows: serde_json::Value| Script::get("/v1/shows/show-1/stats").json(&json!({ "rows": rows }));
    let bench = Bench::of::<Podcasts<RIGHT>>(CONFIG)
        .unwrap()
        .profile(kpi_core::AccountProfile {
            name: "x".to_owned(),
            timezone: None,
            currency: Some(kpi_core::Currency::parse("BHD").unwrap()),
        })
        .on(Script::post("/oauth/token")
            .form("refresh_token", "canaryacmerefreshtoken7Qx")
            .text(r#"{"access_token":"t","expires_in":3600}"#))
        .on(Script::get("/v1/shows/show-1/stats").status(429).reply_header("Retry-After", "7"))
        .on(page(json!([{ "day": "2026-10-01", "episode": "e1", "plays": null, "revenue_micros": "1234" }])));
    let run = bench.collect("episodes", "2026-10-01").unwrap();
    run.assert_complete();
    assert_eq!(run.slept(), Duration::from_secs(7));
    assert_eq!(
        run.figures(),
        [
            r#"{"start":"2026-10-01","dim.episode":"e1","metric":"impressions","state":"withheld"}"#,
            r#"{"start":"2026-10-01","dim.episode":"e1","metric":"revenue","value":"0.001234","currency":"BHD"}"#,
        ]
    );
    let stats = "GET /v1/shows/show-1/stats";
    assert_eq!(run.requests(), ["POST /oauth/token", stats, stats]);

    let dead = Bench::of::<Podcasts<RIGHT>>(CONFIG).unwrap().on(Script::post("/oauth/token").status(401));
    assert_eq!(dead.check().assert_failed(ErrorKind::Auth).kind(), ErrorKind::Auth);
}
