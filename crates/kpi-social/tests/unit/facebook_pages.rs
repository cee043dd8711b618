//! Unit tests of Facebook's configuration, words and figures.

mod config {
    use super::super::config::PageId;

    #[test]
    fn a_page_is_a_number() {
        assert_eq!(PageId::try_from("318207745560921".to_owned()).unwrap().as_str(), "318207745560921");
        for bad in ["", "saomai", "https://facebook.com/318207745560921", "318 207"] {
            let error = PageId::try_from(bad.to_owned()).unwrap_err();
            assert!(error.contains("write its digits only"), "{error}");
        }
    }
}

mod wire {
    use jiff::SignedDuration;
    use kpi_core::ErrorKind;
    use kpi_http::Reply;

    use super::super::wire::{Page, Post, classify, continuation, continued};

    fn told(status: u16, code: i64, subcode: Option<i64>, message: &str) -> (ErrorKind, String) {
        let mut error =
            serde_json::json!({ "message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A2x" });
        if let Some(subcode) = subcode {
            error["error_subcode"] = subcode.into();
        }
        let reply = Reply::new(status, serde_json::json!({ "error": error }).to_string());
        let error = classify(&reply).unwrap();
        (error.kind(), error.to_string())
    }

    #[test]
    fn every_code_says_who_must_act() {
        let cases = [
            (400, 4, None, "(#4)", ErrorKind::RateLimited, "the calls allowed for now are used up (code=4)"),
            (403, 17, None, "(#17)", ErrorKind::RateLimited, "the calls allowed for now are used up (code=17)"),
            (400, 32, None, "(#32)", ErrorKind::RateLimited, "the calls allowed for now are used up (code=32)"),
            (400, 613, None, "(#613)", ErrorKind::RateLimited, "the calls allowed for now are used up (code=613)"),
            (
                400,
                80001,
                None,
                "(#80001)",
                ErrorKind::RateLimited,
                "the calls allowed for now are used up (code=80001)",
            ),
            (
                401,
                190,
                Some(463),
                "Session has expired",
                ErrorKind::Auth,
                "the access token has expired (code=190, subcode=463)",
            ),
            (
                400,
                190,
                Some(460),
                "changed",
                ErrorKind::Auth,
                "the access token ended when its user's password was changed (code=190, subcode=460)",
            ),
            (400, 190, None, "Malformed", ErrorKind::Auth, "the access token is not valid or was revoked (code=190)"),
            (
                400,
                190,
                None,
                "This method must be called with a Page Access Token",
                ErrorKind::Auth,
                "the access token is a user's and does not stand for the page (code=190)",
            ),
            (
                403,
                10,
                None,
                "(#10) requires the 'read_insights' permission",
                ErrorKind::Permission,
                "the access token lacks the permission read_insights (code=10)",
            ),
            (
                403,
                200,
                None,
                "(#200) Requires pages_read_engagement permission",
                ErrorKind::Permission,
                "the access token lacks the permission pages_read_engagement (code=200)",
            ),
            (
                400,
                100,
                None,
                "(#100) cannot be loaded due to missing permission",
                ErrorKind::Permission,
                "the access token lacks a permission, or the page does not exist (code=100)",
            ),
            (
                400,
                100,
                None,
                "(#100) The value must be a valid insights metric",
                ErrorKind::Unsupported,
                "a metric is not offered, or not any more (code=100)",
            ),
            (
                400,
                100,
                Some(1_504_016),
                "too wide",
                ErrorKind::Contract,
                "no metric, or too wide a window (code=100, subcode=1504016)",
            ),
            (
                400,
                3001,
                Some(1_504_028),
                "no metric",
                ErrorKind::Contract,
                "no metric, or too wide a window (code=3001, subcode=1504028)",
            ),
            (500, 1, None, "An unknown error", ErrorKind::Unavailable, "the service failed without a reason (code=1)"),
            (400, 2, None, "unavailable", ErrorKind::Unavailable, "the service failed without a reason (code=2)"),
            (503, 99, None, "new", ErrorKind::Unavailable, "the service failed (code=99)"),
            (
                200,
                190,
                None,
                "also with 200",
                ErrorKind::Auth,
                "the access token is not valid or was revoked (code=190)",
            ),
        ];
        for (status, code, subcode, message, kind, text) in cases {
            assert_eq!(told(status, code, subcode, message), (kind, text.to_owned()));
        }
    }

    #[test]
    fn what_is_no_error_envelope_is_left_to_the_status() {
        for body in ["", "{}", r#"{"data":[]}"#, "<html>", r#"{"error":"text"}"#, r#"{"error":{"code":99}}"#] {
            assert!(classify(&Reply::new(400, body)).is_none(), "{body}");
        }
        let transient = r#"{"error":{"message":"","code":99,"is_transient":true}}"#;
        assert_eq!(classify(&Reply::new(400, transient)).unwrap().kind(), ErrorKind::Unavailable);
    }

    #[test]
    fn the_usage_header_counts_in_minutes() {
        let wait = |usage: &str| {
            let mut reply = Reply::new(400, r#"{"error":{"message":"","code":80001}}"#);
            reply.headers.insert("x-business-use-case-usage", usage.parse().unwrap());
            classify(&reply).unwrap().retry_after_hint()
        };
        let usage = r#"{"1":[{"type":"pages","estimated_time_to_regain_access":3},{"estimated_time_to_regain_access":7}],"2":[{}]}"#;
        assert_eq!(wait(usage), Some(SignedDuration::from_mins(7)));
        assert_eq!(wait(r#"{"1":[{"estimated_time_to_regain_access":0}]}"#), None);
        assert_eq!(wait("not JSON"), None);
    }

    #[test]
    fn links_are_taken_apart_and_their_token_is_left() {
        let page = |paging: &str| -> Page<Post> {
            Reply::new(200, format!(r#"{{"data":[],"paging":{paging}}}"#)).json().unwrap()
        };
        let next = |paging: &str| continuation(page(paging).paging.as_ref()).unwrap();
        assert_eq!(next("{}"), None);
        assert_eq!(next(r#"{"cursors":{"before":"b","after":"a"}}"#), None);
        let cursors = r#"{"cursors":{"after":"a=="},"next":"https://g.example/p?access_token=T&after=z"}"#;
        assert_eq!(next(cursors).as_deref(), Some("after=a%3D%3D"));
        let by_time = r#"{"next":"https://g.example/p?access_token=T&until=17&since&__paging_token=enc%2B"}"#;
        assert_eq!(next(by_time).as_deref(), Some("until=17&__paging_token=enc%2B"));
        let nowhere = page(r#"{"next":"https://g.example/p?access_token=T"}"#);
        assert_eq!(continuation(nowhere.paging.as_ref()).unwrap_err().kind(), ErrorKind::Protocol);

        let query = [("limit", "100".to_owned()), ("until", "9".to_owned())];
        let expected = [("limit", "100".to_owned()), ("until", "17".to_owned()), ("__paging_token", "e".to_owned())];
        assert_eq!(continued(&query, Some("until=17&__paging_token=e&access_token=T")), expected);
        assert_eq!(continued(&query, None), query);
    }
}

mod map {
    use std::sync::Arc;

    use jiff::civil::{Date, date};
    use kpi_core::{AccountProfile, Adapter, Batch, ErrorKind, Request, Value, ValueState, Window};
    use kpi_http::Reply;

    use super::super::map::{Answer, Question, TOTAL, instants, rows};
    use super::super::{FacebookPages, VIEWERS, VIEWS};

    fn request(report: &str, first: Date, last: Date) -> Request {
        let profile = AccountProfile { name: "Page".to_owned(), timezone: None, currency: None };
        Request {
            report: <FacebookPages as Adapter>::descriptor().report(report).unwrap(),
            window: Window::new(first, last).unwrap(),
            profile: Arc::new(profile),
            read_at: "2026-11-20T00:00:00Z".parse().unwrap(),
        }
    }

    fn values(question: &Question, request: &Request, points: &str) -> kpi_core::Result<Vec<Value>> {
        let name = question.measures[0].name;
        let body = format!(r#"{{"data":[{{"name":"{name}","period":"day","values":[{points}]}}]}}"#);
        let mut answer = Answer::default();
        answer.add(Reply::new(200, body).json()?, question)?;
        let batch = rows(question, &answer, request, Batch::for_report(request.report))?;
        Ok(batch.observations().into_iter().map(|observation| observation.value).collect())
    }

    #[test]
    fn a_point_belongs_to_the_day_that_its_end_closes() {
        // The night when clocks go forward, the one when they go back, and the turn of the year.
        let cases = [
            (date(2026, 3, 7), "2026-03-08T08:00:00+0000"),
            (date(2026, 3, 8), "2026-03-09T07:00:00+0000"),
            (date(2026, 10, 31), "2026-11-01T07:00:00+0000"),
            (date(2026, 11, 1), "2026-11-02T08:00:00+0000"),
            (date(2025, 12, 31), "2026-01-01T08:00:00+0000"),
        ];
        for (day, end) in cases {
            let request = request("daily", day, day);
            let question = Question::daily(&[VIEWS], TOTAL, &request);
            let point = format!(r#"{{"value":41,"end_time":"{end}"}}"#);
            assert_eq!(values(&question, &request, &point).unwrap(), [Value::from(41_u64)], "{day}");
        }
    }

    #[test]
    fn equal_points_are_one_and_different_ones_are_refused() {
        let day = date(2026, 10, 5);
        let request = request("daily", day, day);
        let question = Question::daily(&[VIEWS], TOTAL, &request);
        let point = r#"{"value":41,"end_time":"2026-10-06T07:00:00+0000"}"#;
        assert_eq!(values(&question, &request, &format!("{point},{point}")).unwrap(), [Value::from(41_u64)]);
        let error = values(&question, &request, &format!("{point},{}", point.replace("41", "42"))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol);
        for wrong in [r#""many""#, r#"{"total":1}"#, "4.5"] {
            let error = values(&question, &request, &point.replace("41", wrong)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Protocol, "{wrong}");
        }
        assert_eq!(values(&question, &request, "").unwrap(), [Value::Absent(ValueState::Missing)]);
    }

    #[test]
    fn a_rolling_window_is_asked_by_its_last_day() {
        let request = request("reach", date(2026, 10, 4), date(2026, 10, 31));
        let question = Question::rolling(&[VIEWERS], &request).unwrap();
        let query = question.query(question.measures).unwrap();
        let expected = [
            ("metric", "page_total_media_view_unique"),
            ("period", "days_28"),
            ("since", "2026-10-31"),
            ("until", "2026-11-01"),
        ];
        assert_eq!(query, expected.map(|(key, value)| (key, value.to_owned())));
    }

    #[test]
    fn posts_are_asked_by_the_instants_of_pacific_days() {
        let (since, until) = instants(Window::day(date(2026, 11, 1))).unwrap();
        assert_eq!(since.to_string(), "2026-11-01T06:59:59Z");
        assert_eq!(until.to_string(), "2026-11-02T08:00:01Z");
    }
}
