//! Unit tests of Eventbrite's configuration, words and figures.

mod config {
    use super::super::config::OrganizationId;

    #[test]
    fn an_organization_is_a_number() {
        assert_eq!(OrganizationId::try_from("558201934417".to_owned()).unwrap().as_str(), "558201934417");
        for bad in ["", "sao-mai", "55 82", "558201934417/orders"] {
            let error = OrganizationId::try_from(bad.to_owned()).unwrap_err();
            assert!(error.contains("write its digits only"), "{error}");
        }
    }
}

mod wire {
    use std::collections::BTreeSet;

    use kpi_core::ErrorKind;
    use kpi_http::Reply;

    use super::super::wire::{Orders, classify, continuation};

    #[test]
    fn every_code_says_who_must_act() {
        let cases = [
            (401, "INVALID_AUTH", ErrorKind::Auth),
            (401, "NO_AUTH", ErrorKind::Auth),
            (403, "NOT_AUTHORIZED", ErrorKind::Permission),
            (404, "NOT_FOUND", ErrorKind::NotFound),
            (429, "HIT_RATE_LIMIT", ErrorKind::RateLimited),
            (500, "INTERNAL_ERROR", ErrorKind::Unavailable),
        ];
        let mut messages = BTreeSet::new();
        for (status, code, kind) in cases {
            let body = format!(r#"{{"status_code":{status},"error_description":"d","error":"{code}"}}"#);
            let error = classify(&Reply::new(status, body)).unwrap();
            assert_eq!((error.kind(), error.context()), (kind, &[("code", code.to_owned())][..]));
            messages.insert(error.message().to_owned());
        }
        assert_eq!(messages.len(), cases.len());
    }

    #[test]
    fn other_codes_are_left_to_the_status() {
        for body in ["", "<html>", "{}", r#"{"status_code":400,"error":"ARGUMENTS_ERROR"}"#, r#"{"error":{}}"#] {
            assert!(classify(&Reply::new(400, body)).is_none(), "{body}");
        }
    }

    #[test]
    fn a_list_ends_where_it_says_so() {
        let next = |pagination: &str| {
            let body = format!(r#"{{"orders":[],"pagination":{pagination}}}"#);
            continuation(Reply::new(200, body).json::<Orders>().unwrap().into_page().pagination)
        };
        assert_eq!(next("null").unwrap(), None);
        assert_eq!(next("{}").unwrap(), None);
        assert_eq!(next(r#"{"page_number":1,"page_count":1}"#).unwrap(), None);
        assert_eq!(next(r#"{"has_more_items":false,"continuation":"c"}"#).unwrap(), None);
        assert_eq!(next(r#"{"has_more_items":true,"continuation":"c"}"#).unwrap().as_deref(), Some("c"));
        assert_eq!(next(r#"{"continuation":"c"}"#).unwrap().as_deref(), Some("c"));
        for lost in [r#"{"has_more_items":true}"#, r#"{"page_number":1,"page_count":2}"#] {
            assert_eq!(next(lost).unwrap_err().kind(), ErrorKind::Protocol, "{lost}");
        }
    }
}

mod map {
    use jiff::civil::date;
    use jiff::tz::TimeZone;
    use kpi_core::Window;

    use super::super::map::{just_before, money};
    use super::super::wire::Money;

    fn amount(json: &str) -> String {
        let read: Money = serde_json::from_str(json).unwrap();
        match money(&read) {
            Ok((amount, currency)) => format!("{amount} {currency}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn amounts_are_exact() {
        let cases = [
            (r#"{"currency":"USD","value":330,"major_value":"3.30"}"#, "3.30 USD"),
            (r#"{"currency":"USD","value":330}"#, "3.30 USD"),
            (r#"{"currency":"VND","value":15000000,"major_value":"150000.00"}"#, "150000.00 VND"),
            (r#"{"currency":"JPY","value":5000,"major_value":"5000"}"#, "5000 JPY"),
            (r#"{"currency":"KWD","value":12345,"major_value":"12.345"}"#, "12.345 KWD"),
            (r#"{"currency":"USD","value":-330,"major_value":"-3.30"}"#, "-3.30 USD"),
            (r#"{"currency":"JPY","value":0}"#, "0 JPY"),
            (r#"{"currency":"JPY","value":5000}"#, "an amount in JPY comes without major_value"),
            (r#"{"currency":"yen","value":5000}"#, "an order's currency is none"),
        ];
        for (json, expected) in cases {
            assert_eq!(amount(json), expected);
        }
        assert!(serde_json::from_str::<Money>(r#"{"currency":"USD","value":1,"major_value":"1,234.00"}"#).is_err());
    }

    #[test]
    fn lists_are_asked_from_a_second_before_the_window() {
        let since = |zone: &str, day| just_before(Window::day(day), &TimeZone::get(zone).unwrap()).unwrap().to_string();
        assert_eq!(since("Asia/Ho_Chi_Minh", date(2026, 10, 1)), "2026-09-30T16:59:59Z");
        assert_eq!(since("UTC", date(2026, 10, 1)), "2026-09-30T23:59:59Z");
        assert_eq!(since("America/New_York", date(2026, 11, 2)), "2026-11-02T04:59:59Z");
    }
}
