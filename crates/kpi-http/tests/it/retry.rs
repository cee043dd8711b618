//! Which failures are tried again, after which wait, and when that ends.

use std::time::Duration;

use kpi_core::{Error, ErrorKind, Result, TransportError};
use kpi_http::{JobState, Poll, Reply, get, poll, post};
use serde_json::{Value, json};

use crate::world::{Answer, World, reply, reply_with, url};

async fn ask(world: &World) -> Result<Value> {
    get(url("/v1/rows")).name("rows").query("page", 1).send(&world.cx).await
}

fn seconds(list: &[f64]) -> Vec<Duration> {
    list.iter().map(|seconds| Duration::from_secs_f64(*seconds)).collect()
}

fn broken(kind: fn(String) -> TransportError) -> Answer {
    Err(kind("reset".to_owned()))
}

#[tokio::test]
async fn waits_as_long_as_the_vendor_asks() {
    for (hint, wait) in [("7", 7.0), ("Sun, 01 Nov 2026 00:01:30 GMT", 90.0), ("2026-11-01T00:00:30Z", 30.0)] {
        let world = World::new([reply_with(429, ("retry-after", hint), ""), reply(200, "[]")]);
        assert_eq!(ask(&world).await.unwrap(), json!([]));
        assert_eq!(world.slept(), seconds(&[wait]), "{hint}");
        assert_eq!(world.asked(), ["GET /v1/rows?page=1", "GET /v1/rows?page=1"]);
    }
}

#[tokio::test]
async fn waits_as_the_vendors_own_dialect_says() {
    let slow = |reply: &Reply| {
        (reply.status == 403)
            .then(|| Error::new(ErrorKind::RateLimited, "too many").retry_after(jiff::SignedDuration::from_secs(41)))
    };
    let world = World::new([reply(403, "{}"), reply(200, "[]")]);
    let rows: Value = get(url("/v1/rows")).name("rows").classify(slow).send(&world.cx).await.unwrap();
    assert_eq!((rows, world.slept()), (json!([]), seconds(&[41.0])));
}

#[tokio::test]
async fn waits_longer_each_time_and_gives_up_after_five_attempts() {
    let world = World::new((0..5).map(|_| reply(503, "")));
    let error = ask(&world).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(error.to_string(), "the vendor failed: service unavailable (request=rows, status=503, attempts=5)");
    let slept = world.slept();
    assert_eq!(slept.len(), 4);
    for (wait, base) in slept.iter().zip([1, 2, 4, 8]) {
        assert!((base as f64..2.0 * base as f64).contains(&wait.as_secs_f64()), "{wait:?} after {base}");
    }
    // The same run waits the same.
    let again = World::new((0..5).map(|_| reply(503, "")));
    ask(&again).await.unwrap_err();
    assert_eq!(again.slept(), slept);
}

#[tokio::test]
async fn failures_that_pass_are_tried_again() {
    let passing: [fn() -> Answer; 11] = [
        || reply(408, ""),
        || reply(429, ""),
        || reply(500, "{}"),
        || reply(502, "<html>"),
        || reply(504, ""),
        || reply(200, ""),
        || reply(200, "[1, 2"),
        || broken(TransportError::NotSent),
        || broken(TransportError::Interrupted),
        || broken(TransportError::TimedOut),
        || reply_with(503, ("retry-after", "0"), ""),
    ];
    for (index, failure) in passing.iter().enumerate() {
        let world = World::new([failure(), reply(200, "[7]")]);
        assert_eq!(ask(&world).await.unwrap(), json!([7]), "failure {index}");
        assert_eq!(world.slept().len(), 1, "failure {index}");
        assert_eq!(world.cx.evidence().take().len(), 1, "only the final reply is evidence");
    }
}

#[tokio::test]
async fn failures_that_stay_are_not_tried_again() {
    let lasting: [(ErrorKind, fn() -> Answer); 9] = [
        (ErrorKind::Protocol, || reply(400, "")),
        (ErrorKind::Auth, || reply(401, "")),
        (ErrorKind::Permission, || reply(403, "")),
        (ErrorKind::NotFound, || reply(404, "")),
        (ErrorKind::Protocol, || reply(302, "")),
        (ErrorKind::Protocol, || reply(200, "<html>")),
        (ErrorKind::Protocol, || reply(200, "[1] 2")),
        (ErrorKind::Protocol, || Err(TransportError::TooLarge(10))),
        (ErrorKind::Contract, || broken(TransportError::Refused)),
    ];
    for (kind, failure) in lasting {
        let world = World::new([failure()]);
        let error = ask(&world).await.unwrap_err();
        assert_eq!((error.kind(), world.asked().len(), world.slept()), (kind, 1, vec![]), "{error}");
    }
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_ends_the_call_and_stops_the_source() {
    let world = World::new([reply_with(429, ("retry-after", "4000"), ""), reply(200, "[]")]);
    let error = ask(&world).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.stop_until_time(), Some("2026-11-01T01:06:40Z".parse().unwrap()));
    assert_eq!(world.slept(), []);
    // Later calls of the source fail without a request, whatever they ask; other sources go on.
    let later: Result<Value> = post(url("/v1/other")).name("other").send(&world.sibling("ads-emea", 60)).await;
    let later = later.unwrap_err();
    assert_eq!(later.to_string(), "the vendor asks to slow down: too many requests (request=other)");
    assert_eq!(later.stop_until_time(), error.stop_until_time());
    assert_eq!(world.asked().len(), 1);
    let other: Value = get(url("/")).name("rows").send(&world.sibling("ads-apac", 60)).await.unwrap();
    assert_eq!(other, json!([]));
}

#[tokio::test]
async fn a_stopped_source_goes_on_after_the_stated_time() {
    let spent = |reply: &Reply| {
        let until = "2026-11-01T00:10:00Z".parse().unwrap();
        (reply.status == 429).then(|| Error::new(ErrorKind::Quota, "spent").with("code", "DAILY").stop_until(until))
    };
    let world = World::new([reply(429, ""), reply(200, "[]")]);
    let call = || get(url("/")).name("rows").classify(spent);
    assert_eq!(call().send::<Value>(&world.cx).await.unwrap_err().kind(), ErrorKind::Quota);
    let again = call().send::<Value>(&world.cx).await.unwrap_err();
    assert_eq!(again.to_string(), "spent (code=DAILY, request=rows)");
    *world.clock.now.lock().unwrap() = "2026-11-01T00:10:00Z".parse().unwrap();
    assert_eq!(call().send::<Value>(&world.cx).await.unwrap(), json!([]));
}

#[tokio::test]
async fn an_allowance_that_is_spent_stops_the_source_until_the_vendors_hint() {
    let spent = |reply: &Reply| (reply.status == 429).then(|| Error::new(ErrorKind::Quota, "spent"));
    let world = World::new([reply_with(429, ("retry-after", "30"), "")]);
    let error = get(url("/")).name("rows").classify(spent).send::<Value>(&world.cx).await.unwrap_err();
    assert_eq!(error.stop_until_time(), Some("2026-11-01T00:00:30Z".parse().unwrap()));
    assert_eq!(world.slept(), []);
}

#[tokio::test]
async fn the_deadline_bounds_each_exchange_and_all_waits() {
    let world = World::new([reply(503, ""), reply(503, ""), reply(503, "")]);
    let cx = world.sibling("ads-emea", 4);
    let error = get(url("/")).name("rows").send::<Value>(&cx).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(world.slept().iter().sum::<Duration>() < Duration::from_secs(4));
    let limits = world.vendor.limits.lock().unwrap();
    assert_eq!(limits[0].total, Duration::from_secs(4));
    assert!(limits[1].total < limits[0].total);
}

#[tokio::test]
async fn no_request_is_sent_without_time() {
    let world = World::new([reply(200, "[]")]);
    let error = get(url("/")).name("rows").send::<Value>(&world.sibling("ads-emea", 0)).await.unwrap_err();
    assert_eq!(error.to_string(), "there is no time left for the request (request=rows)");
    assert_eq!(world.asked().len(), 0);
}

#[tokio::test]
async fn a_report_job_ends_done_failed_or_late() {
    let plan = Poll { first: Duration::from_secs(2), factor: 2.0, max: Duration::from_secs(5), attempts: 5 };
    let world =
        World::new([reply(200, "\"run\""), reply(200, "\"run\""), reply(200, "\"run\""), reply(200, "\"done\"")]);
    let state = async || -> Result<JobState<u8>> {
        let status: String = get(url("/job")).name("job").send(&world.cx).await?;
        Ok(if status == "done" { JobState::Done(1) } else { JobState::Pending })
    };
    assert_eq!(poll(&world.cx, plan, state).await.unwrap(), 1);
    assert_eq!(world.slept(), seconds(&[2.0, 4.0, 5.0]));

    let world = World::new([]);
    let failed = poll(&world.cx, plan, || async {
        Ok(JobState::<()>::Failed(Error::new(ErrorKind::Unsupported, "no such report")))
    });
    assert_eq!(failed.await.unwrap_err().kind(), ErrorKind::Unsupported);

    let never = || async { Ok(JobState::<()>::Pending) };
    let error = poll(&world.cx, plan, never).await.unwrap_err();
    assert_eq!((error.kind(), world.slept().len()), (ErrorKind::Unavailable, 4));

    let short = world.sibling("ads-emea", 3);
    poll(&short, plan, never).await.unwrap_err();
    assert_eq!(world.slept().len(), 5, "a wait beyond the deadline is not begun");
}
