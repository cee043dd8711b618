//! Google Ads: what paid search, display, video and app campaigns cost and brought, by account, campaign and device.
//!
//! A person's consent starts at `https://accounts.google.com/o/oauth2/v2/auth` with the scope
//! `https://www.googleapis.com/auth/adwords`; a service account is invited into the account.
#![doc = include_str!("README.md")]

mod config;
mod map;
mod wire;

use async_trait::async_trait;
use jiff::civil::date;
use kpi_core::metric::{CLICKS, CONVERSION_VALUE, CONVERSIONS, IMPRESSIONS, REACH, SPEND, VIDEO_VIEWS};
use kpi_core::{
    Absent, AccountProfile, Adapter, Basis, Channel, ChannelSource, Column, ConsentPlan, Context, Descriptor, Emitter,
    NoteKind, Redemption, Report, Request, Result, Secret, Window, Windows,
};
use kpi_http::{Auth, Cursor, Endpoint, post};
use serde::de::DeserializeOwned;

pub use config::{Config, CustomerId};
use map::{Cut, HISTORY_DAYS};

const VERSION: &str = "v26";

// Conversions are dated by the click they followed, the rest by the day on which it happened.
const FIGURES: &[Column] = &[
    Column::of(IMPRESSIONS),
    Column::of(CLICKS),
    Column::of(SPEND),
    Column::of(VIDEO_VIEWS).defined("google_ads.trueview"),
    Column::of(CONVERSIONS).basis(Basis::Cohort),
    Column::of(CONVERSION_VALUE).basis(Basis::Cohort),
];

static DESCRIPTOR: Descriptor = Descriptor::new("google_ads", "Google Ads", Channel::Ads)
    .api(VERSION, "https://developers.google.com/google-ads/api/docs/start")
    // Versions live about a year; the day itself is announced later.
    .sunset(date(2027, 10, 1))
    .hosts(&["googleads.googleapis.com", "oauth2.googleapis.com"])
    .reports(&[
        Report::daily("account", FIGURES).history_days(HISTORY_DAYS),
        Report::daily("campaigns", FIGURES).by(&["campaign"]).history_days(HISTORY_DAYS),
        Report::daily("devices", FIGURES).by(&["device"]).history_days(HISTORY_DAYS),
        Report::daily("reach", &[Column::of(REACH).defined("google_ads.unique_users")])
            .windows(Windows::Exact { max_days: 92 })
            .absent(Absent::Missing)
            .history_days(HISTORY_DAYS),
    ])
    .settling_days(30)
    .history_days(HISTORY_DAYS)
    .overlaps(&[
        "conversions are what Google Ads claims: other platforms and the CRM count some of them too",
        "reach leaves out Search, Shopping and Performance Max campaigns",
    ]);

/// Reads one account of Google Ads.
#[derive(Debug)]
pub struct GoogleAds {
    config: Config,
    auth: Auth,
    api: Endpoint,
}

impl Adapter for GoogleAds {
    type Config = Config;

    fn descriptor() -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn new(config: Config) -> Result<Self> {
        let auth = config.login().auth()?;
        let api = Endpoint::new(config.base_url.as_ref(), "https://googleads.googleapis.com");
        Ok(Self { config, auth, api })
    }
}

#[async_trait]
impl ChannelSource for GoogleAds {
    fn descriptor(&self) -> &'static Descriptor {
        <Self as Adapter>::descriptor()
    }

    fn consent(&self) -> Option<ConsentPlan> {
        self.config.login().consent()
    }

    async fn redeem(&self, cx: &Context, redemption: &Redemption) -> Result<Secret> {
        self.config.login().redeem(cx, redemption).await
    }

    async fn check(&self, cx: &Context) -> Result<AccountProfile> {
        let page = self.search(cx, "customer", wire::CUSTOMER, None).await?;
        map::profile(page.results)
    }

    async fn collect(&self, cx: &Context, request: &Request, out: &mut Emitter) -> Result<()> {
        let known = map::known_days(request.today()?)?;
        match request.report.id {
            "reach" => self.reach(cx, request, known, out).await,
            "campaigns" => self.daily(cx, request, known, Cut::Campaign, out).await,
            "devices" => self.daily(cx, request, known, Cut::Device, out).await,
            _ => {
                let mut batch = out.batch();
                for day in request.window.iter_days().filter(|day| !known.contains_day(*day)) {
                    map::unanswerable(request.report, Window::day(day), known, &mut batch);
                }
                out.emit(batch).await?;
                self.daily(cx, request, known, Cut::Account, out).await
            }
        }
    }
}

impl GoogleAds {
    async fn daily(&self, cx: &Context, request: &Request, known: Window, cut: Cut, out: &mut Emitter) -> Result<()> {
        let Some(window) = request.window.intersection(known) else { return Ok(()) };
        let query = cut.query(window);
        let mut dropped = 0;
        let mut cursor = Cursor::start();
        loop {
            let page = self.search(cx, request.report.id, &query, cursor.token()).await?;
            let mut batch = out.batch();
            dropped += map::fill(&page.results, cut, window, &mut batch)?;
            out.emit(batch).await?;
            if cursor.advance(page.next_page_token)?.is_done() {
                break;
            }
        }
        if dropped > 0 {
            out.note(NoteKind::Dropped(dropped), "rows of days that were not asked for");
        }
        Ok(())
    }

    async fn reach(&self, cx: &Context, request: &Request, known: Window, out: &mut Emitter) -> Result<()> {
        let (window, mut batch) = (request.window, out.batch());
        if window.first() > known.last() || window.first() < known.first() {
            map::unanswerable(request.report, window, known, &mut batch);
        } else {
            let page = self.search(cx, request.report.id, &wire::reach(window), None).await?;
            map::fill_reach(&page.results, window, &mut batch)?;
        }
        out.emit(batch).await
    }

    /// Asks one page of a query.
    async fn search<R: DeserializeOwned>(
        &self,
        cx: &Context,
        name: &'static str,
        query: &str,
        page_token: Option<&str>,
    ) -> Result<wire::Page<R>> {
        let account = self.config.customer_id.as_str();
        let url = self.api.url(&[VERSION, "customers", account, "googleAds:search"]);
        let mut request = post(url).name(name).auth(&self.auth).json(&wire::Search { query, page_token });
        if let Some(manager) = &self.config.login_customer_id {
            request = request.header("login-customer-id", manager.as_str());
        }
        request.classify(wire::classify).send(cx).await.map_err(|error| error.with("account", account))
    }
}

#[cfg(test)]
#[path = "../../tests/unit/google_ads.rs"]
mod tests;
