//! Cases, rules and faults of the adapters of this crate.

use kpi_events::Eventbrite;
use kpi_testkit::{Bench, Run, Script};
use serde_json::json;

fn main() -> std::process::ExitCode {
    kpi_testkit::suite_with::<Eventbrite>("tests/eventbrite", |suite| {
        suite.sample("eventbrite/orders.json", orders);
        suite.sample("eventbrite/attendees.json", attendees);
    })
}

fn orders(sample: &[u8]) -> Result<(), String> {
    for (window, event, revenue) in [
        ("2016-08-16", "24967032065", r#""value":"3.3","currency":"USD""#),
        ("2023-08-24", "705285135827", r#""value":"0","currency":"GBP""#),
    ] {
        let run = collect(window, sample, &none("attendees"))?;
        let key = format!(r#""start":"{window}","dim.event":"{event}""#);
        let expected = [
            format!(r#"{{{key},"metric":"orders","value":"1"}}"#),
            format!(r#"{{{key},"metric":"revenue",{revenue}}}"#),
        ];
        equal(&run.figures(), &expected)?;
        equal(&run.notes(), &["dropped 1: orders and tickets created outside the window".to_owned()])?;
    }
    Ok(())
}

fn attendees(sample: &[u8]) -> Result<(), String> {
    let run = collect("2016-09-14", &none("orders"), sample)?;
    let line = r#"{"start":"2016-09-14","dim.event":"27647564610","metric":"event_registrations","value":"2"}"#;
    equal(&run.figures(), &[line.to_owned()])?;
    equal(&run.notes(), &[])
}

fn none(list: &str) -> Vec<u8> {
    json!({ list: [] }).to_string().into_bytes()
}

fn collect(window: &str, orders: &[u8], attendees: &[u8]) -> Result<Run, String> {
    let config = r#"
        organization_id = "1"
        token = { env = "EVENTBRITE_TOKEN" }
    "#;
    let run = Bench::of::<Eventbrite>(config)
        .map_err(|error| error.to_string())?
        .on(Script::get("/v3/organizations/1/orders/").bytes(orders.to_vec()))
        .on(Script::get("/v3/organizations/1/attendees/").bytes(attendees.to_vec()))
        .on(Script::get("/v3/organizations/1/events/").json(&json!({ "events": [] })))
        .collect("events", window)
        .map_err(|error| error.to_string())?;
    run.assert_complete();
    Ok(run)
}

fn equal(got: &[String], expected: &[String]) -> Result<(), String> {
    if got == expected { Ok(()) } else { Err(format!("expected {expected:#?}, got {got:#?}")) }
}
