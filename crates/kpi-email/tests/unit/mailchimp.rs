//! Unit tests of Mailchimp's configuration, words and figures.

mod config {
    use kpi_core::{Adapter, ErrorKind};
    use serde_json::json;

    use super::super::Mailchimp;
    use super::super::config::DataCenter;

    #[test]
    fn a_data_center_is_letters_and_digits() {
        assert_eq!(DataCenter::try_from("us19".to_owned()).unwrap().host(), "https://us19.api.mailchimp.com");
        for bad in ["", "us", "19", "us19.evil.example", "us-19", "US19", "us19a", "us19/..", "us1234567"] {
            let error = DataCenter::try_from(bad.to_owned()).unwrap_err();
            assert!(error.contains("behind the dash of the API key"), "{error}");
        }
    }

    #[test]
    fn a_key_names_its_data_center_and_is_never_repeated() {
        assert_eq!(DataCenter::of_key("0a1b2c-us7\n").unwrap().host(), "https://us7.api.mailchimp.com");
        for bad in ["0a1b2c", "0a1b2c-", "-", "", "0a1b2c-evil.example"] {
            assert_eq!(
                DataCenter::of_key(bad).unwrap_err(),
                "the API key names no data center: set data_center, such as us19"
            );
        }
    }

    #[test]
    fn an_unknown_zone_is_a_mistake_in_the_configuration() {
        let config = json!({ "api_key": { "env": "KEY" }, "timezone": "Asia/Saigong" });
        let error = Mailchimp::new(serde_json::from_value(config).unwrap()).unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (ErrorKind::Config, "unknown time zone `Asia/Saigong` (key=timezone)")
        );
    }
}

mod wire {
    use kpi_core::ErrorKind;
    use kpi_http::Reply;

    use super::super::wire::{Reports, classify};

    #[test]
    fn every_problem_says_who_must_act() {
        let cases = [
            (401, "API Key Invalid", ErrorKind::Auth),
            (401, "API Key Missing", ErrorKind::Auth),
            (403, "User Disabled", ErrorKind::Auth),
            (403, "Wrong Datacenter", ErrorKind::Auth),
            (403, "Forbidden", ErrorKind::Permission),
            (404, "Resource Not Found", ErrorKind::NotFound),
            (429, "Too Many Requests", ErrorKind::RateLimited),
            (429, "TooManyRequests", ErrorKind::RateLimited),
            (500, "Internal Server Error", ErrorKind::Unavailable),
            (503, "ComplianceRelated", ErrorKind::Unavailable),
        ];
        let mut messages = std::collections::BTreeSet::new();
        for (status, title, kind) in cases {
            let body =
                serde_json::json!({ "type": "t", "title": title, "status": status, "detail": "d", "instance": "i" });
            let error = classify(&Reply::new(status, body.to_string())).unwrap();
            assert_eq!(error.kind(), kind, "{title}");
            assert_eq!(error.context(), [("code", title.to_owned())]);
            messages.insert(error.message().to_owned());
        }
        // 429 has one message whatever its title, 500 and 503 too; all others differ.
        assert_eq!(messages.len(), cases.len() - 2);
    }

    #[test]
    fn bare_replies_of_the_gateway_mean_waiting() {
        for (status, body) in [(403, ""), (429, ""), (403, "<html>Forbidden</html>"), (429, "slow down")] {
            assert_eq!(classify(&Reply::new(status, body)).unwrap().kind(), ErrorKind::RateLimited, "{status} {body}");
        }
        for (status, body) in
            [(503, ""), (503, "<html>Request Blocked</html>"), (403, r#"{"message":"no"}"#), (200, "")]
        {
            assert!(classify(&Reply::new(status, body)).is_none(), "{status} {body}");
        }
        let refused = r#"{"title":"Invalid Resource","status":400}"#;
        assert!(classify(&Reply::new(400, refused)).is_none());
    }

    #[test]
    fn an_empty_time_is_none_and_a_wrong_one_an_error() {
        let page = |time: &str| {
            let body = format!(
                r#"{{"reports":[{{"id":"a","send_time":{time},"emails_sent":1,"abuse_reports":0,"unsubscribed":0,
                "bounces":{{"hard_bounces":0,"soft_bounces":0}},"opens":{{"unique_opens":0}},
                "clicks":{{"clicks_total":0,"unique_subscriber_clicks":0}}}}],"total_items":1}}"#
            );
            Reply::new(200, body).json::<Reports>().map(|page| page.reports[0].send_time)
        };
        assert_eq!(page(r#""""#).unwrap(), None);
        assert_eq!(page("null").unwrap(), None);
        assert_eq!(page(r#""2026-10-05T07:00:00+00:00""#).unwrap(), Some("2026-10-05T07:00:00Z".parse().unwrap()));
        let error = page(r#""yesterday""#).unwrap_err();
        assert!(error.message().contains("reports[0].send_time"), "{error}");
    }
}

mod map {
    use jiff::civil::date;
    use jiff::tz::TimeZone;
    use kpi_core::Window;

    use super::super::map::instants;
    use super::super::wire::sent_between;

    #[test]
    fn days_are_cut_in_the_configured_zone() {
        // UTC+7, UTC+5:45, and the days on which clocks change in Berlin.
        let cases = [
            ("Asia/Ho_Chi_Minh", date(2026, 10, 5), "2026-10-04T16:59:59+00:00", "2026-10-05T17:00:00+00:00"),
            ("Asia/Kathmandu", date(2026, 10, 5), "2026-10-04T18:14:59+00:00", "2026-10-05T18:15:00+00:00"),
            ("Pacific/Kiritimati", date(2026, 10, 5), "2026-10-04T09:59:59+00:00", "2026-10-05T10:00:00+00:00"),
            ("Europe/Berlin", date(2026, 3, 29), "2026-03-28T22:59:59+00:00", "2026-03-29T22:00:00+00:00"),
            ("Europe/Berlin", date(2026, 10, 25), "2026-10-24T21:59:59+00:00", "2026-10-25T23:00:00+00:00"),
        ];
        for (zone, day, since, before) in cases {
            let zone = TimeZone::get(zone).unwrap();
            let expected = [("since_send_time", since.to_owned()), ("before_send_time", before.to_owned())];
            assert_eq!(sent_between(instants(Window::day(day), &zone).unwrap()), expected);
        }
    }
}
