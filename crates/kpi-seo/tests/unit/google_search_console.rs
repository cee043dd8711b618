//! Unit tests of Search Console's configuration, words and figures.

mod config {
    use kpi_core::ErrorKind;

    use super::super::config::{Config, Keyword, SiteUrl};

    fn config(more: &serde_json::Value) -> Result<Config, serde_json::Error> {
        let mut config = serde_json::json!({ "site_url": "sc-domain:tre-xanh.example" });
        for (key, value) in more.as_object().unwrap() {
            config[key] = value.clone();
        }
        serde_json::from_value(config)
    }

    #[test]
    fn takes_both_kinds_of_properties_and_no_others() {
        for good in ["sc-domain:tre-xanh.example", "https://www.tre-xanh.example/", "http://tre-xanh.example/blog/"] {
            assert_eq!(SiteUrl::try_from(good.to_owned()).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "tre-xanh.example",
            "https://tre-xanh.example",
            "sc-domain:",
            "sc-domain:tre-xanh.example/",
            "ftp://a/",
        ] {
            assert!(SiteUrl::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn keywords_are_kept_as_the_vendor_keeps_them() {
        assert_eq!(Keyword::try_from(" Phần mềm CRM ".to_owned()).unwrap().as_str(), "phần mềm crm");
        assert!(Keyword::try_from("  ".to_owned()).is_err());
    }

    #[test]
    fn asks_for_exactly_one_kind_of_credentials() {
        let secret = serde_json::json!({ "env": "SECRET" });
        let both = serde_json::json!({ "refresh_token": secret, "service_account": secret });
        for wrong in [serde_json::json!({}), both] {
            let error = config(&wrong).unwrap().login().auth().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.message().contains("`refresh_token`") && error.message().contains("`service_account`"));
        }
        let error = config(&serde_json::json!({ "refresh_token": secret })).unwrap().login().auth().unwrap_err();
        assert_eq!(error.context(), [("key", "client_id".to_owned())]);
        let error = config(&serde_json::json!({ "refresh_token": secret, "client_id": "1" }))
            .unwrap()
            .login()
            .auth()
            .unwrap_err();
        assert_eq!(error.context(), [("key", "client_secret".to_owned())]);
        assert!(config(&serde_json::json!({ "service_account": secret })).unwrap().login().auth().is_ok());
    }
}

mod map {
    use jiff::civil::date;
    use kpi_core::{Adapter, Batch, ErrorKind, Result, Window};

    use super::super::map::{Target, fill, known_days, profile};
    use super::super::{GoogleSearchConsole, wire};

    fn written(report: &str, target: Target<'_>, page: &str) -> Result<(u64, Vec<String>)> {
        let page: wire::Page = kpi_http::Reply::new(200, page.to_owned()).json()?;
        let report = <GoogleSearchConsole as Adapter>::descriptor().report(report).unwrap();
        let mut batch = Batch::for_report(report);
        let window = Window::new(date(2026, 10, 25), date(2026, 10, 31)).unwrap();
        let dropped = fill(&page, target, window, &mut batch)?;
        let figures = batch.observations().into_iter().map(|figure| {
            let labels: Vec<String> = figure.breakdown.into_iter().map(|(_, label)| label).collect();
            format!("{} [{}] {}={}", figure.window, labels.join(","), figure.metric, figure.value.known().unwrap())
        });
        Ok((dropped, figures.collect()))
    }

    // 7.25 * 10 = 72.5 and 7.35 * 10 = 73.5 go to the even neighbour; 3.3333333333333335 * 3 = 10.0000000000000005.
    #[test]
    fn positions_are_weighted_exactly_and_rounded_half_to_even() {
        let row = |day, impressions, position| {
            format!(
                r#"{{"keys":["2026-10-{day}"],"clicks":2,"impressions":{impressions},"ctr":0.1,"position":{position}}}"#
            )
        };
        let rows = [
            row(25, "10", "7.25"),
            row(26, "10.0", "7.35"),
            row(27, "3", "3.3333333333333335"),
            row(28, "4", "1.05e1"),
        ];
        let page = format!(r#"{{"rows":[{}],"responseAggregationType":"byProperty"}}"#, rows.join(","));
        let (dropped, figures) = written("totals", Target::Figures, &page).unwrap();
        let sums: Vec<&str> =
            figures.iter().filter_map(|line| line.split_once("position_sum=")).map(|(_, sum)| sum).collect();
        assert_eq!((dropped, sums), (0, vec!["72", "74", "10", "42"]));
        assert_eq!(figures[0], "2026-10-25 [] organic_clicks=2");
        assert_eq!(figures[4], "2026-10-26 [] search_impressions=10");
    }

    #[test]
    fn labels_are_kept_and_devices_written_small() {
        let page = |label: &str| {
            let row =
                format!(r#"{{"keys":["2026-10-25","{label}"],"clicks":1,"impressions":5,"ctr":0.2,"position":2}}"#);
            format!(r#"{{"rows":[{row}],"responseAggregationType":"byProperty"}}"#)
        };
        let figures = |report, label| written(report, Target::Figures, &page(label)).unwrap().1;
        assert_eq!(figures("devices", "MOBILE")[0], "2026-10-25 [mobile] organic_clicks=1");
        assert_eq!(figures("queries", r#"\u0022Cà phê\u0022"#)[2], "2026-10-25 [\"Cà phê\"] search_position_sum=10");
        assert_eq!(written("queries", Target::Figures, &page("")).unwrap_err().kind(), ErrorKind::Protocol);
        assert_eq!(written("totals", Target::Figures, &page("x")).unwrap_err().kind(), ErrorKind::Protocol);
    }

    #[test]
    fn a_rank_is_the_position_of_the_day() {
        let page = r#"{"rows":[{"keys":["2026-10-25"],"clicks":0,"impressions":7,"ctr":0,"position":14.857142857142858}],
            "responseAggregationType":"byProperty"}"#;
        let (_, figures) = written("keywords", Target::Rank("tre xanh"), page).unwrap();
        assert_eq!(figures, ["2026-10-25 [tre xanh] keyword_rank=14.857142857142858"]);
    }

    #[test]
    fn rows_outside_the_window_are_dropped_and_counted() {
        let page = r#"{"rows":[{"keys":["2026-10-24"],"clicks":1,"impressions":1,"ctr":1,"position":1},
            {"keys":["2026-11-01"],"clicks":1,"impressions":1,"ctr":1,"position":1}],"responseAggregationType":"byProperty"}"#;
        assert_eq!(written("totals", Target::Figures, page).unwrap(), (2, Vec::new()));
    }

    #[test]
    fn other_shapes_are_refused_with_their_place() {
        let refused = |page: &str| written("totals", Target::Figures, page).unwrap_err();
        let error = refused(r#"{"rows":[],"responseAggregationType":"byPage"}"#);
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (ErrorKind::Protocol, "the figures are not counted byProperty (responseAggregationType=byPage)")
        );
        for (page, place) in [
            ("{}", "missing field `responseAggregationType`"),
            (r#"{"rows":[{"keys":[],"clicks":1,"impressions":1,"position":1}]}"#, "rows[0].keys"),
            (r#"{"rows":[{"keys":["2026-13-01"],"clicks":1,"impressions":1,"position":1}]}"#, "rows[0].keys[0]"),
            (r#"{"rows":[{"keys":["2026-10-25"],"clicks":1.5,"impressions":1,"position":1}]}"#, "rows[0].clicks"),
            (r#"{"rows":[{"keys":["2026-10-25"],"clicks":1,"impressions":1}]}"#, "rows[0]: missing field `position`"),
            (r#"{"rows":[{"keys":["2026-10-25","a","b"],"clicks":1,"impressions":1,"position":1}]}"#, "rows[0].keys"),
        ] {
            let error = refused(page);
            assert_eq!(error.kind(), ErrorKind::Protocol);
            assert!(error.to_string().contains(place), "{error}");
        }
    }

    #[test]
    fn final_figures_end_two_days_back() {
        let known = known_days(date(2026, 11, 5)).unwrap();
        assert_eq!((known.first(), known.last()), (date(2025, 7, 8), date(2026, 11, 3)));
    }

    #[test]
    fn an_unverified_login_has_no_figures() {
        let site =
            |level: &str| wire::Site { site_url: "sc-domain:a.example".to_owned(), permission_level: level.to_owned() };
        assert_eq!(profile(site("siteRestrictedUser")).unwrap().name, "sc-domain:a.example");
        assert_eq!(profile(site("siteUnverifiedUser")).unwrap_err().kind(), ErrorKind::Permission);
    }
}

mod wire {
    use jiff::civil::date;
    use kpi_core::{ErrorKind, Window};
    use kpi_http::Reply;

    use super::super::wire::{Query, classify};

    #[test]
    fn asks_for_final_figures_of_web_search() {
        let window = Window::new(date(2026, 10, 1), date(2026, 10, 31)).unwrap();
        let json = serde_json::to_string(&Query::by_day(window, Some("country"))).unwrap();
        let expected = r#"{"startDate":"2026-10-01","endDate":"2026-10-31","dimensions":["date","country"],"type":"web","aggregationType":"auto","dataState":"final","rowLimit":25000,"startRow":0}"#;
        assert_eq!(json, expected);
        let json = serde_json::to_value(Query::of_keyword(window, "tre xanh")).unwrap();
        let groups =
            r#"[{"groupType":"and","filters":[{"dimension":"query","operator":"equals","expression":"tre xanh"}]}]"#;
        assert_eq!(json["dimensionFilterGroups"].to_string(), groups);
        assert_eq!(json["dimensions"].to_string(), r#"["date"]"#);
    }

    fn of(status: u16, reason: &str) -> Option<(ErrorKind, Option<i64>)> {
        let body = format!(
            r#"{{"error":{{"code":{status},"message":"Said so.","errors":[{{"message":"Said so.","domain":"x","reason":"{reason}"}}]}}}}"#
        );
        let error = classify(&Reply::new(status, body))?;
        assert_eq!(error.context()[0], ("code", reason.to_owned()));
        Some((error.kind(), error.retry_after_hint().map(|wait| wait.as_secs())))
    }

    #[test]
    fn the_reason_decides_and_not_the_status() {
        for (status, reason, kind, wait) in [
            (403, "forbidden", ErrorKind::Permission, None),
            (404, "notFound", ErrorKind::NotFound, None),
            (403, "quotaExceeded", ErrorKind::Quota, Some(900)),
            (429, "rateLimitExceeded", ErrorKind::RateLimited, Some(60)),
            (403, "rateLimitExceeded", ErrorKind::RateLimited, Some(60)),
            (403, "userRateLimitExceeded", ErrorKind::RateLimited, Some(60)),
            (403, "dailyLimitExceeded", ErrorKind::Quota, None),
            (403, "accessNotConfigured", ErrorKind::Permission, None),
            (403, "insufficientPermissions", ErrorKind::Permission, None),
            (400, "invalidParameter", ErrorKind::Protocol, None),
            (400, "badRequest", ErrorKind::Protocol, None),
            (400, "required", ErrorKind::Protocol, None),
        ] {
            assert_eq!(of(status, reason), Some((kind, wait)), "{reason}");
        }
    }

    #[test]
    fn the_rest_is_left_to_the_status() {
        assert_eq!(of(401, "authError"), None);
        assert_eq!(of(503, "backendError"), None);
        for body in ["", "<html>", "{}", r#"{"error":{"code":403,"message":"No."}}"#, r#"{"error":"invalid_grant"}"#] {
            assert!(classify(&Reply::new(403, body)).is_none(), "{body}");
        }
    }

    #[test]
    fn reads_the_details_of_newer_services() {
        let body = r#"{"error":{"code":403,"message":"Request had insufficient authentication scopes.","status":"PERMISSION_DENIED",
            "details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}}"#;
        let error = classify(&Reply::new(403, body)).unwrap();
        let text = "the credentials lack a scope (code=ACCESS_TOKEN_SCOPE_INSUFFICIENT, scope=https://www.googleapis.com/auth/webmasters.readonly)";
        assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Permission, text));
    }
}
