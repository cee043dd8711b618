//! Facebook Page Insights: daily figures, reach, paid and organic views, and posts of one Page.
#![doc = include_str!("README.md")]

mod config;
mod consent;
mod map;
mod wire;

pub use config::{Config, PageId};

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use jiff::civil::date;
use kpi_core::{
    Absent, AccountProfile, Adapter, Basis, Channel, ChannelSource, Column, ConsentPlan, Context, Descriptor, Emitter,
    Error, ErrorKind, NoteKind, Redemption, Report, Request, Result, Secret, Windows, ZoneRule, metric,
};
use kpi_http::{Auth, Cursor, Endpoint, get, hide};
use serde::de::DeserializeOwned;

use map::{Answer, Measure, PAID, Question, TOTAL, ZONE};

const VERSION: &str = "v26.0";

const VIEWS: Measure = Measure { name: "page_media_view", metric: metric::IMPRESSIONS };
const VIEWERS: Measure = Measure { name: "page_total_media_view_unique", metric: metric::REACH };
const ENGAGEMENTS: Measure = Measure { name: "page_post_engagements", metric: metric::ENGAGEMENTS };
const VIDEO_VIEWS: Measure = Measure { name: "page_video_views", metric: metric::VIDEO_VIEWS };
const FOLLOWS: Measure = Measure { name: "page_follows", metric: metric::FOLLOWERS };

const VIEWS_COLUMN: Column = Column::of(metric::IMPRESSIONS).defined("meta.views");

/// The widest window of one request. <https://developers.facebook.com/docs/graph-api/reference/insights>
const DAYS: Windows = Windows::Days { max_per_request: 90 };

const REPORTS: &[Report] = &[
    Report::daily(
        "daily",
        &[
            VIEWS_COLUMN,
            Column::of(metric::ENGAGEMENTS),
            Column::of(metric::VIDEO_VIEWS).defined("meta.3s"),
            Column::of(metric::FOLLOWERS),
        ],
    )
    .windows(DAYS)
    .absent(Absent::Missing)
    .history_days(730),
    Report::daily("reach", &[Column::of(metric::REACH).defined("meta.viewers")])
        .windows(Windows::Lengths(&[1, 7, 28]))
        .absent(Absent::Missing)
        .history_days(730),
    Report::daily("paid", &[VIEWS_COLUMN]).by(&["paid"]).windows(DAYS).absent(Absent::Missing).history_days(730),
    Report::daily(
        "posts",
        &[
            Column::of(metric::POSTS),
            Column::of(metric::LIKES).basis(Basis::Cohort),
            Column::of(metric::COMMENTS).basis(Basis::Cohort),
            Column::of(metric::SHARES).basis(Basis::Cohort),
        ],
    )
    .by(&["post"])
    .windows(DAYS),
];

static DESCRIPTOR: Descriptor = Descriptor::new("facebook_pages", "Facebook Page Insights", Channel::Social)
    .api(VERSION, "https://developers.facebook.com/docs/platforminsights/page")
    // Released on 2026-07-29 and kept for two years at least; Meta has not named the day.
    .sunset(date(2028, 7, 29))
    .hosts(&["graph.facebook.com"])
    .reports(REPORTS)
    .settling_days(28)
    .zone(ZoneRule::Fixed(ZONE))
    .history_days(730)
    .overlaps(&[
        "impressions contain the views that Meta ads brought, which an ads source of the same Page counts too",
        "reach contains people who saw the Page's content as an ad",
    ]);

/// Reads the insights and the posts of one Facebook Page.
#[derive(Debug)]
pub struct FacebookPages {
    config: Config,
    endpoint: Endpoint,
    auth: Auth,
    /// The Page's token, once a user's was exchanged for it.
    page_token: Mutex<Option<Secret>>,
}

impl Adapter for FacebookPages {
    type Config = Config;

    fn descriptor() -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn new(config: Config) -> Result<Self> {
        let endpoint = Endpoint::new(config.base_url.as_ref(), "https://graph.facebook.com");
        let auth = Auth::bearer(config.access_token.clone());
        Ok(Self { config, endpoint, auth, page_token: Mutex::default() })
    }
}

#[async_trait]
impl ChannelSource for FacebookPages {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn consent(&self) -> Option<ConsentPlan> {
        consent::plan(&self.config)
    }

    async fn redeem(&self, cx: &Context, redemption: &Redemption) -> Result<Secret> {
        consent::redeem(&self.config, &self.endpoint, cx, redemption).await
    }

    async fn check(&self, cx: &Context) -> Result<AccountProfile> {
        let page: wire::Profile = self.ask(cx, "page", "", &[("fields", "id,name".to_owned())]).await?;
        Ok(AccountProfile { name: page.name, timezone: Some(ZONE.to_owned()), currency: None })
    }

    async fn collect(&self, cx: &Context, request: &Request, out: &mut Emitter) -> Result<()> {
        let question = match request.report.id {
            "daily" => Question::daily(&[VIEWS, ENGAGEMENTS, VIDEO_VIEWS, FOLLOWS], TOTAL, request),
            "paid" => Question::daily(&[VIEWS], PAID, request),
            "reach" => Question::rolling(&[VIEWERS], request)?,
            "posts" => return self.posts(cx, request, out).await,
            other => return Err(Error::new(ErrorKind::Contract, format!("no report is called `{other}`"))),
        };
        let answer = self.insights(cx, &question).await?;
        for (kind, text) in answer.remarks(&question, VERSION, request.read_at)? {
            out.note(kind, text);
        }
        out.emit(map::rows(&question, &answer, request, out.batch())?).await
    }
}

impl FacebookPages {
    /// Asks for all metrics together. One retired name fails the whole request without being named, so then each is
    /// asked alone and the retired ones are left out.
    async fn insights(&self, cx: &Context, question: &Question) -> Result<Answer> {
        let mut answer = Answer::default();
        let mut parts = vec![question.measures];
        while let Some(part) = parts.pop() {
            match self.ask(cx, "insights", "insights", &question.query(part)?).await {
                Ok(page) => answer.add(page, question)?,
                Err(error) if error.message() != wire::METRIC_RETIRED => return Err(error),
                Err(_) if part.len() == 1 => answer.withdrawn.extend_from_slice(part),
                Err(_) => parts.extend(part.chunks(1)),
            }
        }
        Ok(answer)
    }

    async fn posts(&self, cx: &Context, request: &Request, out: &mut Emitter) -> Result<()> {
        let query = wire::posts_query(map::instants(request.window)?);
        let (mut dropped, mut cursor) = (0, Cursor::start());
        loop {
            let page: wire::Page<wire::Post> =
                self.ask(cx, "posts", "posts", &wire::continued(&query, cursor.token())).await?;
            let mut batch = out.batch();
            dropped += map::posts(&page.data, request.window, &mut batch)?;
            out.emit(batch).await?;
            if cursor.advance(wire::continuation(page.paging.as_ref())?)?.is_done() {
                break;
            }
        }
        if dropped > 0 {
            out.note(NoteKind::Dropped(dropped), "posts created outside the window");
        }
        Ok(())
    }

    /// Asks about the Page with the configured token, and with the Page's own, once Facebook wants that or ends it.
    async fn ask<T: DeserializeOwned>(
        &self,
        cx: &Context,
        name: &'static str,
        edge: &str,
        query: &[wire::Pair],
    ) -> Result<T> {
        let page_id = self.config.page_id.as_str();
        let path = if edge.is_empty() { vec![VERSION, page_id] } else { vec![VERSION, page_id, edge] };
        let kept = self.page_token.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match self.send(cx, name, &path, query, kept.as_ref()).await {
            Err(error) if error.message() == wire::USER_TOKEN || kept.is_some() && error.kind() == ErrorKind::Auth => {
                let token = self.exchange(cx).await?;
                hide(cx, token.expose());
                *self.page_token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
                self.send(cx, name, &path, query, Some(&token)).await
            }
            reply => reply,
        }
    }

    /// Finds the Page's token among the Pages that the user manages.
    async fn exchange(&self, cx: &Context) -> Result<Secret> {
        let page_id = self.config.page_id.as_str();
        let query = [("fields", "id,access_token".to_owned()), ("limit", "100".to_owned())];
        let mut cursor = Cursor::start();
        loop {
            let query = wire::continued(&query, cursor.token());
            let page: wire::Page<wire::Account> =
                self.send(cx, "accounts", &[VERSION, "me", "accounts"], &query, None).await?;
            let next = wire::continuation(page.paging.as_ref())?;
            let own = page.data.into_iter().find(|account| account.id == page_id);
            if let Some(token) = own.and_then(|account| account.access_token) {
                return Ok(Secret::new(token));
            }
            if cursor.advance(next)?.is_done() {
                return Err(wire::page_not_managed(page_id));
            }
        }
    }

    async fn send<T: DeserializeOwned>(
        &self,
        cx: &Context,
        name: &'static str,
        path: &[&str],
        query: &[wire::Pair],
        page_token: Option<&Secret>,
    ) -> Result<T> {
        let mut request = get(self.endpoint.url(path)).name(name).classify(wire::classify);
        for (key, value) in query {
            request = request.query(key, value);
        }
        request = match page_token {
            Some(token) => request.header("authorization", format!("Bearer {}", token.expose())),
            None => request.auth(&self.auth),
        };
        request.send(cx).await
    }
}

#[cfg(test)]
#[path = "../../tests/unit/facebook_pages.rs"]
mod tests;
