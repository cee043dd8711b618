//! Cases, rules and faults of the adapters of this crate.

use kpi_social::FacebookPages;
use kpi_testkit::{Bench, Run, Script};
use serde_json::{Value, json};

fn main() -> std::process::ExitCode {
    kpi_testkit::suite_with::<FacebookPages>("tests/facebook_pages", |suite| {
        suite.sample("facebook-pages/page_insights_day_week_days28.json", insights);
        suite.sample("facebook-pages/page_posts_page1.json", posts);
        suite.test("token::of_the_page_is_asked_for_again_when_it_ends", renewed);
        suite.test("paging::posts_of_every_number_are_all_read", every_number);
        suite.sample("facebook-pages/error_100_missing_permission.json", missing_permission);
    })
}

/// The recorded metric is retired since; under the names of living ones its points are read.
fn insights(sample: &[u8]) -> Result<(), String> {
    let sample = String::from_utf8_lossy(sample);
    let engagements = sample.replace("page_engaged_users", "page_post_engagements");
    let run =
        collect("daily", "2023-03-07..2023-03-08", vec![Script::get("/v26.0/123456/insights").bytes(engagements)])?;
    run.assert_complete();
    let mut expected = Vec::new();
    for day in ["2023-03-07", "2023-03-08"] {
        expected.extend([
            format!(r#"{{"start":"{day}","metric":"engagements","value":"0"}}"#),
            format!(r#"{{"start":"{day}","metric":"followers","state":"missing"}}"#),
            format!(r#"{{"start":"{day}","metric":"impressions","definition":"meta.views","state":"missing"}}"#),
            format!(r#"{{"start":"{day}","metric":"video_views","definition":"meta.3s","state":"missing"}}"#),
        ]);
    }
    equal(&run.figures(), &expected)?;
    let dropped = "dropped 4: points of other metrics, days or periods";
    equal(
        &run.notes(),
        &[dropped.to_owned(), "remark: version v16.0 answered, not v26.0: its rules may differ".to_owned()],
    )?;

    let viewers = sample.replace("page_engaged_users", "page_total_media_view_unique");
    for (window, start) in [("2023-03-02..2023-03-08", "2023-03-02"), ("2023-02-09..2023-03-08", "2023-02-09")] {
        let run = collect("reach", window, vec![Script::get("/v26.0/123456/insights").bytes(viewers.clone())])?;
        run.assert_complete();
        let line = format!(
            r#"{{"start":"{start}","end":"2023-03-08","metric":"reach","definition":"meta.viewers","value":"1"}}"#
        );
        equal(&run.figures(), &[line])?;
    }
    Ok(())
}

/// The recording has no counts, so each post gets some; the link to the next page is as it was recorded.
fn posts(sample: &[u8]) -> Result<(), String> {
    let mut page: Value = serde_json::from_slice(sample).map_err(|error| error.to_string())?;
    for post in page["data"].as_array_mut().ok_or("no posts")? {
        post["reactions"] = json!({ "summary": { "total_count": 3 } });
        post["comments"] = json!({ "summary": { "total_count": 1 } });
    }
    let next = Script::get("/v26.0/123456/posts")
        .query("until", "1624385168")
        .query("__paging_token", "__paging_token")
        .json(&json!({ "data": [] }));
    let run = collect("posts", "2021-06-23..2021-07-02", vec![Script::get("/v26.0/123456/posts").json(&page), next])?;
    run.assert_complete();
    let mut expected = Vec::new();
    // 01:34 UTC of the 29th is the evening of the 28th in US Pacific time.
    for (day, id) in
        [("2021-06-23", "10113332572050531"), ("2021-06-28", "10113400535556121"), ("2021-07-02", "10113449068715281")]
    {
        for (metric, value) in [("comments", 1), ("likes", 3), ("posts", 1), ("shares", 0)] {
            let basis = if metric == "posts" { "" } else { r#""basis":"cohort","# };
            expected.push(format!(
                r#"{{"start":"{day}","dim.post":"4_{id}","metric":"{metric}",{basis}"value":"{value}"}}"#
            ));
        }
    }
    equal(&run.figures(), &expected)?;
    equal(&run.notes(), &["dropped 2: posts created outside the window".to_owned()])
}

/// The Page's token ends between two pages: the user's is exchanged once more, and the run goes on.
fn renewed() -> Result<(), String> {
    let refused = |message: &str| json!({ "error": { "message": message, "type": "OAuthException", "code": 190 } });
    let posts = || Script::get("/v26.0/123456/posts");
    let accounts = |token: &str| {
        let page = json!({ "data": [{ "id": "123456", "access_token": token }] });
        Script::get("/v26.0/me/accounts").json(&page)
    };
    let first =
        json!({ "data": [], "paging": { "cursors": { "after": "c1" }, "next": "https://graph.facebook.com/" } });
    let scripts = vec![
        posts().status(400).json(&refused("This method must be called with a Page Access Token")),
        accounts("first-token-of-the-page"),
        posts().header("authorization", "Bearer first-token-of-the-page").json(&first),
        posts()
            .query("after", "c1")
            .header("authorization", "Bearer first-token-of-the-page")
            .status(400)
            .json(&refused("ended")),
        accounts("second-token-of-the-page"),
        posts()
            .query("after", "c1")
            .header("authorization", "Bearer second-token-of-the-page")
            .json(&json!({ "data": [] })),
    ];
    collect("posts", "2026-10-07", scripts)?.assert_complete();
    Ok(())
}

/// None, one, and as many as make full and not full pages of 100.
fn every_number() -> Result<(), String> {
    for number in [0, 1, 99, 100, 101, 200] {
        let ids: Vec<usize> = (0..number).collect();
        let mut pages: Vec<&[usize]> = ids.chunks(100).collect();
        if pages.is_empty() {
            pages.push(&[]);
        }
        let mut scripts = Vec::new();
        for (index, page) in pages.iter().enumerate() {
            let count = json!({ "summary": { "total_count": 2 } });
            let data: Vec<Value> = page
                .iter()
                .map(|id| json!({ "id": format!("1_{id}"), "created_time": "2026-10-07T19:00:00+0000", "reactions": count, "comments": count }))
                .collect();
            let mut body = json!({ "data": data, "paging": { "cursors": { "after": format!("c{}", index + 1) } } });
            if index + 1 < pages.len() {
                body["paging"]["next"] = "https://graph.facebook.com/v26.0/123456/posts?access_token=T".into();
            }
            let script = Script::get("/v26.0/123456/posts").json(&body);
            scripts.push(if index == 0 { script } else { script.query("after", &format!("c{index}")) });
        }
        let run = collect("posts", "2026-10-07", scripts)?;
        run.assert_complete();
        equal(&[run.figures().len().to_string()], &[(4 * number).to_string()])?;
    }
    Ok(())
}

fn missing_permission(sample: &[u8]) -> Result<(), String> {
    let refused = Script::get("/v26.0/123456/insights").status(400).bytes(sample.to_vec());
    let run = collect("reach", "2026-10-07", vec![refused])?;
    let error = run.assert_failed(kpi_core::ErrorKind::Permission);
    equal(&[error.message().to_owned()], &["the access token lacks the permission pages_read_engagement".to_owned()])
}

fn collect(report: &str, window: &str, scripts: Vec<Script>) -> Result<Run, String> {
    let config = r#"
        page_id = "123456"
        access_token = { env = "FACEBOOK_TOKEN" }
    "#;
    let now = if window.starts_with("2023") { "2023-03-20T00:00:00Z" } else { "2026-10-10T06:00:00Z" };
    let bench =
        Bench::of::<FacebookPages>(config).and_then(|bench| bench.now(now)).map_err(|error| error.to_string())?;
    scripts.into_iter().fold(bench, Bench::on).collect(report, window).map_err(|error| error.to_string())
}

fn equal(got: &[String], expected: &[String]) -> Result<(), String> {
    if got == expected { Ok(()) } else { Err(format!("expected {expected:#?}, got {got:#?}")) }
}
