//! Unit tests of Google Ads's configuration, words and figures.

mod config {
    use kpi_core::ErrorKind;
    use serde_json::json;

    use super::super::config::{Config, CustomerId};

    fn auth(more: &serde_json::Value) -> kpi_core::Result<kpi_http::Auth> {
        let mut config = json!({ "customer_id": "7305518264" });
        for (key, value) in more.as_object().unwrap() {
            config[key] = value.clone();
        }
        serde_json::from_value::<Config>(config).unwrap().login().auth()
    }

    #[test]
    fn an_account_is_ten_digits() {
        assert_eq!(CustomerId::try_from("7305518264".to_owned()).unwrap().as_str(), "7305518264");
        for bad in ["", "730-551-8264", "730551826", "73055182640", "73055l8264"] {
            let error = CustomerId::try_from(bad.to_owned()).unwrap_err();
            assert!(error.contains("ten digits without dashes"), "{error}");
        }
    }

    #[test]
    fn asks_for_exactly_one_kind_of_credentials() {
        let secret = json!({ "env": "SECRET" });
        for wrong in [json!({}), json!({ "refresh_token": secret, "service_account": secret })] {
            let error = auth(&wrong).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.message().contains("`refresh_token`") && error.message().contains("`service_account`"));
        }
        let error = auth(&json!({ "refresh_token": secret })).unwrap_err();
        assert_eq!(error.context(), [("key", "client_id".to_owned())]);
        let error = auth(&json!({ "refresh_token": secret, "client_id": "1" })).unwrap_err();
        assert_eq!(error.context(), [("key", "client_secret".to_owned())]);
        assert!(auth(&json!({ "service_account": secret })).is_ok());
    }
}

mod map {
    use jiff::civil::date;
    use kpi_core::{Adapter, Batch, ErrorKind, Result, Window};

    use super::super::map::{Cut, fill, fill_reach, known_days, micros, profile};
    use super::super::{GoogleAds, wire};

    fn row(campaign: &str, currency: &str, metrics: &str) -> String {
        format!(
            r#"{{"customer":{{"resourceName":"customers/1","currencyCode":"{currency}"}},{campaign}"metrics":{{{metrics}}},
            "segments":{{"date":"2026-10-25","device":"CONNECTED_TV"}}}}"#
        )
    }

    fn written(report: &str, cut: Cut, row: &str) -> Result<Vec<String>> {
        let page = format!(r#"{{"results":[{row}],"fieldMask":"metrics.clicks"}}"#);
        let page: wire::Page<wire::DailyRow> = kpi_http::Reply::new(200, page).json()?;
        let mut batch = Batch::for_report(<GoogleAds as Adapter>::descriptor().report(report).unwrap());
        let dropped = fill(&page.results, cut, Window::day(date(2026, 10, 25)), &mut batch)?;
        assert_eq!(dropped, 0);
        Ok(shown(&batch))
    }

    fn shown(batch: &Batch) -> Vec<String> {
        let figures = batch.observations().into_iter().map(|figure| {
            let labels: Vec<String> = figure.breakdown.into_iter().map(|(_, label)| label).collect();
            let value =
                figure.value.known().map_or(figure.value.state().as_str().to_owned(), |value| value.to_string());
            let currency = figure.currency.map(|currency| format!(" {currency}")).unwrap_or_default();
            format!("[{}] {}={value}{currency} {}", labels.join(","), figure.metric, figure.basis)
        });
        figures.collect()
    }

    const METRICS: &str = r#""impressions":"1210","clicks":"37","costMicros":"10360000","videoTrueviewViews":"9","conversions":2.5,"conversionsValue":310.55"#;

    #[test]
    fn a_row_becomes_exact_figures() {
        let figures =
            written("campaigns", Cut::Campaign, &row(r#""campaign":{"id":"77012"},"#, "EUR", METRICS)).unwrap();
        assert_eq!(
            figures,
            [
                "[77012] impressions=1210 event",
                "[77012] clicks=37 event",
                "[77012] spend=10.36 EUR event",
                "[77012] video_views=9 event",
                "[77012] conversions=2.5 cohort",
                "[77012] conversion_value=310.55 EUR cohort",
            ]
        );
    }

    #[test]
    fn what_a_campaign_cannot_have_is_missing_and_not_zero() {
        let metrics = METRICS.replace(r#""videoTrueviewViews":"9","#, "");
        let figures = written("devices", Cut::Device, &row("", "JPY", &metrics)).unwrap();
        assert_eq!(figures[3], "[connected_tv] video_views=missing event");
        let error =
            written("account", Cut::Account, &row("", "JPY", &METRICS.replace("clicks", "klicks"))).unwrap_err();
        assert!(error.to_string().contains("results[0].metrics: missing field `clicks`"), "{error}");
    }

    #[test]
    fn a_row_without_its_key_is_refused() {
        let error = written("campaigns", Cut::Campaign, &row("", "EUR", METRICS)).unwrap_err();
        assert_eq!((error.kind(), error.message()), (ErrorKind::Protocol, "a row without `campaign.id`"));
        let error = written("account", Cut::Account, &row("", "euro", METRICS)).unwrap_err();
        assert_eq!((error.kind(), error.message()), (ErrorKind::Protocol, "`euro` is not a currency"));
    }

    #[test]
    fn millionths_are_exact_in_every_currency() {
        for (text, amount) in [(1, "0.000001"), (-2_500_000, "-2.5"), (0, "0"), (125_000_000_000, "125000")] {
            assert_eq!(micros(text).to_string(), amount);
        }
        assert_eq!(micros(i64::MAX).to_string(), "9223372036854.775807");
    }

    #[test]
    fn rows_of_other_days_are_dropped_and_counted() {
        let page = format!(r#"{{"results":[{}],"fieldMask":"x"}}"#, row("", "EUR", METRICS));
        let page: wire::Page<wire::DailyRow> = kpi_http::Reply::new(200, page).json().unwrap();
        let mut batch = Batch::for_report(<GoogleAds as Adapter>::descriptor().report("account").unwrap());
        let other = Window::day(date(2026, 10, 26));
        assert_eq!(fill(&page.results, Cut::Account, other, &mut batch).unwrap(), 1);
        assert!(batch.is_empty());
    }

    #[test]
    fn reach_is_one_figure_or_missing() {
        let reach = |results: &str| {
            let page: wire::Page<wire::ReachRow> =
                kpi_http::Reply::new(200, format!(r#"{{{results}"fieldMask":"metrics.uniqueUsers"}}"#)).json()?;
            let mut batch = Batch::for_report(<GoogleAds as Adapter>::descriptor().report("reach").unwrap());
            let window = Window::new(date(2026, 10, 1), date(2026, 10, 31))?;
            fill_reach(&page.results, window, &mut batch).map(|()| shown(&batch))
        };
        let one = r#"{"customer":{"id":"1"},"metrics":{"uniqueUsers":"48213"}}"#;
        assert_eq!(reach(&format!(r#""results":[{one}],"#)).unwrap(), ["[] reach=48213 event"]);
        assert_eq!(reach(r#""results":[{"customer":{"id":"1"}}],"#).unwrap(), ["[] reach=missing event"]);
        assert_eq!(reach("").unwrap(), ["[] reach=missing event"]);
        assert_eq!(reach(&format!(r#""results":[{one},{one}],"#)).unwrap_err().kind(), ErrorKind::Protocol);
    }

    #[test]
    fn an_account_without_a_name_goes_by_its_number() {
        let customer = |name: Option<&str>, currency: &str| wire::CustomerRow {
            customer: wire::Customer {
                id: "7305518264".to_owned(),
                descriptive_name: name.map(str::to_owned),
                currency_code: currency.to_owned(),
                time_zone: "Asia/Kathmandu".to_owned(),
            },
        };
        assert_eq!(profile(vec![customer(Some("Tre Xanh"), "NPR")]).unwrap().name, "Tre Xanh");
        assert_eq!(profile(vec![customer(None, "NPR")]).unwrap().name, "7305518264");
        assert_eq!(profile(vec![customer(None, "")]).unwrap_err().kind(), ErrorKind::Protocol);
        assert_eq!(profile(Vec::new()).unwrap_err().kind(), ErrorKind::Protocol);
    }

    #[test]
    fn figures_reach_back_37_months_and_up_to_today() {
        let known = known_days(date(2026, 11, 5)).unwrap();
        assert_eq!((known.first(), known.last()), (date(2023, 10, 9), date(2026, 11, 5)));
    }
}

mod wire {
    use jiff::civil::date;
    use kpi_core::{ErrorKind, Window};
    use kpi_http::Reply;

    use super::super::wire::{classify, daily, reach, seconds};

    #[test]
    fn windows_go_out_with_both_ends() {
        let window = Window::new(date(2024, 2, 1), date(2024, 2, 29)).unwrap();
        let text = daily("campaign", Some("campaign.id"), window);
        assert!(
            text.starts_with("SELECT customer.currency_code, campaign.id, segments.date, metrics.impressions, "),
            "{text}"
        );
        assert!(
            text.ends_with(
                " FROM campaign WHERE segments.date BETWEEN '2024-02-01' AND '2024-02-29' ORDER BY segments.date"
            ),
            "{text}"
        );
        assert!(!text.contains("status"), "removed campaigns belong to the figures");
        assert_eq!(
            reach(window),
            "SELECT customer.id, metrics.unique_users FROM customer WHERE segments.date BETWEEN '2024-02-01' AND '2024-02-29'"
        );
    }

    fn failure(family: &str, code: &str, details: &str) -> String {
        format!(
            r#"{{"error":{{"code":400,"message":"Said so.","status":"X","details":[{{"@type":"type.googleapis.com/google.ads.googleads.v26.errors.GoogleAdsFailure",
            "errors":[{{"errorCode":{{"{family}":"{code}"}},"message":"Unrecognized field in the query: 'metrics.klicks'."{details}}}],"requestId":"x"}}]}}}}"#
        )
    }

    fn kind_of(family: &str, code: &str) -> Option<ErrorKind> {
        let body = failure(family, code, "");
        let error = classify(&Reply::new(400, body.clone()))?;
        assert_eq!(error.context()[0], ("code", code.to_owned()));
        let listed = classify(&Reply::new(400, format!("[{body}]")))?;
        assert_eq!(listed.to_string(), error.to_string());
        Some(error.kind())
    }

    #[test]
    fn every_code_has_its_kind() {
        for (family, code, kind) in [
            ("authenticationError", "OAUTH_TOKEN_EXPIRED", ErrorKind::Auth),
            ("authenticationError", "OAUTH_TOKEN_INVALID", ErrorKind::Auth),
            ("authenticationError", "OAUTH_TOKEN_REVOKED", ErrorKind::Auth),
            ("authenticationError", "NOT_ADS_USER", ErrorKind::Permission),
            ("authenticationError", "CUSTOMER_NOT_FOUND", ErrorKind::NotFound),
            ("authenticationError", "SOMETHING_NEW", ErrorKind::Auth),
            ("authorizationError", "USER_PERMISSION_DENIED", ErrorKind::Permission),
            ("authorizationError", "CUSTOMER_NOT_ENABLED", ErrorKind::Permission),
            ("authorizationError", "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION", ErrorKind::Permission),
            ("authorizationError", "METRIC_ACCESS_DENIED", ErrorKind::Permission),
            ("authorizationError", "INVALID_LOGIN_CUSTOMER_ID_SERVING_CUSTOMER_ID_COMBINATION", ErrorKind::Config),
            ("authorizationError", "SOMETHING_NEW", ErrorKind::Permission),
            ("headerError", "INVALID_LOGIN_CUSTOMER_ID", ErrorKind::Config),
            ("queryError", "UNRECOGNIZED_FIELD", ErrorKind::Protocol),
            ("queryError", "REQUESTED_METRICS_FOR_MANAGER", ErrorKind::Config),
            ("queryError", "MISALIGNED_DATE_FOR_FILTER", ErrorKind::Unsupported),
            ("dateRangeError", "INVALID_DATE", ErrorKind::Unsupported),
            ("dateRangeError", "REQUESTED_DATE_GRANULARITY_NOT_SUPPORTED", ErrorKind::Unsupported),
            ("requestError", "UNSUPPORTED_VERSION", ErrorKind::Unsupported),
            ("requestError", "PAGE_SIZE_NOT_SUPPORTED", ErrorKind::Protocol),
            ("requestError", "INVALID_PAGE_TOKEN", ErrorKind::Unavailable),
            ("requestError", "EXPIRED_PAGE_TOKEN", ErrorKind::Unavailable),
            ("quotaError", "RESOURCE_EXHAUSTED", ErrorKind::Quota),
            ("quotaError", "RESOURCE_TEMPORARILY_EXHAUSTED", ErrorKind::RateLimited),
            ("quotaError", "EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION", ErrorKind::RateLimited),
            ("quotaError", "EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION", ErrorKind::Quota),
            ("quotaError", "ACCESS_PROHIBITED", ErrorKind::Permission),
            ("internalError", "INTERNAL_ERROR", ErrorKind::Unavailable),
            ("internalError", "TRANSIENT_ERROR", ErrorKind::Unavailable),
            ("internalError", "DEADLINE_EXCEEDED", ErrorKind::Unavailable),
            ("databaseError", "CONCURRENT_MODIFICATION", ErrorKind::Unavailable),
        ] {
            assert_eq!(kind_of(family, code), Some(kind), "{code}");
        }
    }

    #[test]
    fn the_wait_is_in_the_body_and_a_long_one_ends_the_run() {
        let wait = |delay: &str| {
            let details =
                format!(r#","details":{{"quotaErrorDetails":{{"rateScope":"ACCOUNT","retryDelay":"{delay}"}}}}"#);
            let error = classify(&Reply::new(429, failure("quotaError", "RESOURCE_EXHAUSTED", &details))).unwrap();
            (error.kind(), error.retry_after_hint().map(|wait| wait.as_secs()))
        };
        assert_eq!(wait("25s"), (ErrorKind::RateLimited, Some(25)));
        assert_eq!(wait("300s"), (ErrorKind::RateLimited, Some(300)));
        assert_eq!(wait("301s"), (ErrorKind::Quota, Some(301)));
        assert_eq!(wait("soon"), (ErrorKind::Quota, None));
        assert_eq!(seconds("1.5s").map(|wait| wait.as_secs()), Some(2));
        assert_eq!(seconds("-3s"), None);
    }

    #[test]
    fn a_refused_query_is_quoted() {
        let error = classify(&Reply::new(400, failure("queryError", "UNRECOGNIZED_FIELD", ""))).unwrap();
        assert_eq!(error.message(), "Unrecognized field in the query: 'metrics.klicks'.");
    }

    #[test]
    fn common_errors_come_without_a_failure_of_ads() {
        let of = |message: &str, details: &str| {
            let body =
                format!(r#"{{"error":{{"code":403,"message":"{message}","status":"PERMISSION_DENIED"{details}}}}}"#);
            classify(&Reply::new(403, body)).map(|error| (error.kind(), error.message().to_owned()))
        };
        let disabled = "the Google Ads API is not enabled in the Google Cloud project";
        let text = "Google Ads API has not been used in project 1 before or it is disabled. Enable it by visiting";
        assert_eq!(of(text, ""), Some((ErrorKind::Permission, disabled.to_owned())));
        assert_eq!(
            of("No.", r#","details":[{"reason":"SERVICE_DISABLED"}]"#),
            Some((ErrorKind::Permission, disabled.to_owned()))
        );
        let scope = of("No.", r#","details":[{"reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]"#);
        assert_eq!(scope, Some((ErrorKind::Permission, "the credentials lack a scope".to_owned())));
        assert_eq!(of("The caller does not have permission", ""), None);
        assert!(classify(&Reply::new(502, "<html>")).is_none());
        assert!(classify(&Reply::new(200, failure("queryError", "UNRECOGNIZED_FIELD", ""))).is_none());
    }
}
