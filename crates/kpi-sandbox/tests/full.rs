//! The configuration with one source of every adapter: what it can say, what it cannot, and that every source is served.

use std::path::PathBuf;

use kpi_sandbox::{Options, serve, truth};

fn config() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../configs/full.toml")
}

#[test]
fn october_is_undefined_only_where_it_must_be() {
    let truth = truth(&[config()], "2026-10", "2026-11-05T06:00:00Z".parse().unwrap()).unwrap();
    let undefined: Vec<&str> =
        truth.as_object().unwrap().iter().filter(|(_, v)| v.is_null()).map(|(id, _)| id.as_str()).collect();
    let expected = [
        // Counted by several rules, or people of several accounts.
        "cr@impression",
        "frequency",
        "impressions",
        "keyword_rank",
        "reach",
        "video_views",
        "view_rate",
        // Fed by no source.
        "audience_size",
        "buyers",
        "clv@retention",
        "emails_delivered_mpp",
        "eng5",
        "link_clicks",
        "measurable_impressions",
        "open_rate@no_mpp",
        "ranked_keywords",
        "reach_rate",
        "saves",
        "share_of_voice",
        "tracked_keywords",
        "unique_ctr",
        "viewability_rate",
        "viewable_impressions",
    ];
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(undefined, expected);
    let value = |id: &str| truth[id].as_str().unwrap().parse::<f64>().unwrap();
    // Parts stay below their wholes, and the month is one in which platforms claim more than there was.
    assert!(value("visitors") < value("visits") && value("over_claim_factor") > 1.0);
    assert!(value("emails_opened") < value("emails_delivered") && value("emails_delivered") < value("emails_sent"));
}

#[test]
fn october_2026_was_strong_for_leads_and_weak_for_revenue() {
    let month = |period: &str, id: &str| {
        let truth = truth(&[config()], period, "2026-11-05T06:00:00Z".parse().unwrap()).unwrap();
        truth[id].as_str().unwrap().parse::<f64>().unwrap()
    };
    assert!(month("2026-10", "leads") > 1.2 * month("2026-09", "leads"));
    assert!(month("2026-10", "revenue") < 0.9 * month("2026-09", "revenue"));
    assert!(month("2026-02", "leads") < 0.8 * month("2026-01", "leads"), "the lunar new year");
}

#[test]
fn a_month_without_answers_has_no_score() {
    let truth = truth(&[config()], "2026-02", "2026-11-05T06:00:00Z".parse().unwrap()).unwrap();
    assert_eq!(truth["survey_answers"].as_str(), Some("0"));
    assert!(truth["nps"].is_null() && truth["csat"].is_null());
}

#[tokio::test]
async fn every_source_is_pointed_here() {
    let data = std::env::temp_dir().join(format!("kpi-sandbox-full-{}", std::process::id()));
    let mut options = Options::new(&data);
    options.config = vec![config()];
    let server = serve(options).await.unwrap();
    let overlay: toml::Table = std::fs::read_to_string(&server.ready().overlay).unwrap().parse().unwrap();
    let whole: toml::Table = std::fs::read_to_string(config()).unwrap().parse().unwrap();
    for (id, source) in whole["sources"].as_table().unwrap() {
        let given = overlay["sources"][id]["config"].as_table().unwrap();
        let is_file = source["adapter"].as_str() == Some("file");
        assert!(given.contains_key(if is_file { "path" } else { "base_url" }), "{id}");
        for (key, value) in source["config"].as_table().unwrap() {
            if value.is_table() {
                let path = given[key]["file"].as_str().unwrap();
                assert!(!std::fs::read_to_string(path).unwrap().is_empty(), "{id}.{key}");
            }
        }
    }
    server.stop().await.unwrap();
    std::fs::remove_dir_all(data).unwrap();
}
