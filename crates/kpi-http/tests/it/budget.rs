//! What the sources of one vendor share.

use std::sync::atomic::Ordering;
use std::time::Duration;

use kpi_core::{Context, ErrorKind, Result};
use kpi_http::{Budget, get, set_budget};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::world::{World, reply, url};

async fn ask(cx: Context) -> Result<Value> {
    get(url("/")).name("rows").send(&cx).await
}

async fn ask_at_once(world: &World, requests: usize) -> usize {
    let mut tasks = JoinSet::new();
    for index in 0..requests {
        tasks.spawn(ask(world.sibling(&format!("source-{}", index % 3), 3600)));
    }
    tasks.join_all().await.into_iter().for_each(|result| assert!(result.is_ok()));
    world.vendor.most.load(Ordering::SeqCst)
}

#[tokio::test]
async fn four_requests_at_once_unless_said_otherwise() {
    let world = World::new((0..20).map(|_| reply(200, "[]")));
    assert_eq!(ask_at_once(&world, 20).await, 4);
    let world = World::new((0..20).map(|_| reply(200, "[]")));
    set_budget(&world.cx, Budget { concurrency: 2, per_minute: None });
    assert_eq!(ask_at_once(&world, 20).await, 2);
}

#[tokio::test]
async fn a_minute_has_no_more_requests_than_the_budget() {
    let world = World::new((0..7).map(|_| reply(200, "[]")));
    set_budget(&world.cx, Budget { concurrency: 4, per_minute: Some(3) });
    for request in 0..7 {
        // Setting the same again changes nothing.
        set_budget(&world.cx, Budget { concurrency: 4, per_minute: Some(3) });
        ask(world.sibling(&format!("source-{request}"), 3600)).await.unwrap();
    }
    assert_eq!(world.slept(), [Duration::from_secs(60), Duration::from_secs(60)]);
}

#[tokio::test]
async fn a_budget_without_room_before_the_deadline_is_an_error() {
    let world = World::new((0..2).map(|_| reply(200, "[]")));
    set_budget(&world.cx, Budget { concurrency: 4, per_minute: Some(1) });
    ask(world.cx.clone()).await.unwrap();
    let error = ask(world.sibling("ads-emea", 59)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.to_string(), "the budget of 1 requests a minute is used up (request=rows)");
    assert_eq!(world.slept(), []);
}

#[tokio::test]
async fn a_request_that_is_dropped_gives_its_place_back() {
    let world = World::new((0..3).map(|_| reply(200, "[]")));
    set_budget(&world.cx, Budget { concurrency: 1, per_minute: None });
    let mut first = Box::pin(ask(world.cx.clone()));
    let started = tokio::select! {
        biased;
        _ = &mut first => false,
        () = tokio::task::yield_now() => true,
    };
    assert!(started);
    drop(first);
    ask(world.cx.clone()).await.unwrap();
}
