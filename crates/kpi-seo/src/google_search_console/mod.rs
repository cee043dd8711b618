//! Google Search Console: clicks, impressions and positions in unpaid Google search, and the rank of chosen keywords.
//!
//! A person's consent starts at `https://accounts.google.com/o/oauth2/v2/auth` with the scope
//! `https://www.googleapis.com/auth/webmasters.readonly`; a service account is added to the property as a user.
#![doc = include_str!("README.md")]

mod config;
mod map;
mod wire;

use async_trait::async_trait;
use kpi_core::metric::{KEYWORD_RANK, ORGANIC_CLICKS, SEARCH_IMPRESSIONS, SEARCH_POSITION_SUM};
use kpi_core::{
    Absent, AccountProfile, Adapter, Channel, ChannelSource, Column, ConsentPlan, Context, Descriptor, Emitter, Error,
    ErrorKind, NoteKind, Redemption, Report, Request, Result, Secret, Window, Windows, ZoneRule,
};
use kpi_http::{Auth, Endpoint, Offset, get, post};

pub use config::{Config, Keyword, SiteUrl};
use map::{HISTORY_DAYS, Target};
use wire::{PAGE_ROWS, Page, Query, classify};

/// The most rows that Search Console gives for one day, whatever the paging.
const DAILY_ROWS: u64 = 50_000;

const FIGURES: &[Column] =
    &[Column::of(ORGANIC_CLICKS), Column::of(SEARCH_IMPRESSIONS), Column::of(SEARCH_POSITION_SUM)];

// A search that shows two pages of ours counts once by property and twice by page.
const BY_PAGE: &str = "gsc.by_page";
const PAGE_FIGURES: &[Column] = &[
    Column::of(ORGANIC_CLICKS).defined(BY_PAGE),
    Column::of(SEARCH_IMPRESSIONS).defined(BY_PAGE),
    Column::of(SEARCH_POSITION_SUM).defined(BY_PAGE),
];

const ONE_DAY: Windows = Windows::Days { max_per_request: 1 };

static DESCRIPTOR: Descriptor = Descriptor::new("google_search_console", "Google Search Console", Channel::Seo)
    .api("webmasters/v3", "https://developers.google.com/webmaster-tools")
    .hosts(&["www.googleapis.com", "oauth2.googleapis.com"])
    .reports(&[
        Report::daily("totals", FIGURES).history_days(HISTORY_DAYS),
        Report::daily("countries", FIGURES).by(&["country"]).history_days(HISTORY_DAYS),
        Report::daily("devices", FIGURES).by(&["device"]).history_days(HISTORY_DAYS),
        Report::daily("queries", FIGURES).by(&["query"]).windows(ONE_DAY).history_days(HISTORY_DAYS),
        Report::daily("pages", PAGE_FIGURES).by(&["page"]).windows(ONE_DAY).history_days(HISTORY_DAYS),
        Report::daily("keywords", &[Column::of(KEYWORD_RANK)])
            .by(&["keyword"])
            .absent(Absent::Missing)
            .history_days(HISTORY_DAYS),
    ])
    .settling_days(3)
    .zone(ZoneRule::Fixed(map::ZONE))
    .history_days(HISTORY_DAYS)
    .overlaps(&[
        "queries are fewer than the totals: queries of few people are left out",
        "pages count a search once per page of ours that it showed, the totals once per property",
    ])
    .budget(4, Some(1_200));

/// Reads one property of Google Search Console.
#[derive(Debug)]
pub struct GoogleSearchConsole {
    config: Config,
    auth: Auth,
    api: Endpoint,
}

impl Adapter for GoogleSearchConsole {
    type Config = Config;

    fn descriptor() -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn new(config: Config) -> Result<Self> {
        for (index, keyword) in config.keywords.iter().enumerate() {
            if config.keywords[..index].contains(keyword) {
                return Err(Error::new(
                    ErrorKind::Config,
                    format!("the keyword `{}` is there twice", keyword.as_str()),
                )
                .with("key", format!("keywords[{index}]")));
            }
        }
        let auth = config.login().auth()?;
        let api = Endpoint::new(config.base_url.as_ref(), "https://www.googleapis.com");
        Ok(Self { config, auth, api })
    }
}

#[async_trait]
impl ChannelSource for GoogleSearchConsole {
    fn descriptor(&self) -> &'static Descriptor {
        <Self as Adapter>::descriptor()
    }

    fn wants(&self, report: &Report) -> bool {
        report.id != "keywords" || !self.config.keywords.is_empty()
    }

    fn consent(&self) -> Option<ConsentPlan> {
        self.config.login().consent()
    }

    async fn redeem(&self, cx: &Context, redemption: &Redemption) -> Result<Secret> {
        self.config.login().redeem(cx, redemption).await
    }

    async fn check(&self, cx: &Context) -> Result<AccountProfile> {
        let url = self.api.url(&["webmasters", "v3", "sites", self.config.site_url.as_str()]);
        let site = get(url).name("site").auth(&self.auth).classify(classify).send(cx).await;
        map::profile(site.map_err(|error| self.of_property(error))?).map_err(|error| self.of_property(error))
    }

    async fn collect(&self, cx: &Context, request: &Request, out: &mut Emitter) -> Result<()> {
        let known = map::known_days(request.today()?)?;
        if request.report.breakdown.is_empty() {
            let mut batch = out.batch();
            map::unanswerable(request, known, &mut batch);
            out.emit(batch).await?;
        }
        let Some(window) = request.window.intersection(known) else { return Ok(()) };
        match request.report.id {
            "keywords" => {
                for keyword in self.config.keywords.iter().map(Keyword::as_str) {
                    self.read(cx, window, Query::of_keyword(window, keyword), Target::Rank(keyword), out).await?;
                }
            }
            report => {
                if report == "queries" {
                    out.note(NoteKind::Thresholded, "queries of few people are left out by Search Console");
                }
                let dimension = request.report.breakdown.first().copied();
                self.read(cx, window, Query::by_day(window, dimension), Target::Figures, out).await?;
            }
        }
        Ok(())
    }
}

impl GoogleSearchConsole {
    /// Reads a query page by page until a page is short or the vendor's cap is reached.
    async fn read(
        &self,
        cx: &Context,
        window: Window,
        mut query: Query<'_>,
        target: Target<'_>,
        out: &mut Emitter,
    ) -> Result<()> {
        let url =
            self.api.url(&["webmasters", "v3", "sites", self.config.site_url.as_str(), "searchAnalytics", "query"]);
        let most = DAILY_ROWS * u64::from(window.days().unsigned_abs());
        let mut offset = Offset::new(u64::from(PAGE_ROWS));
        let (mut received, mut dropped) = (0, 0);
        let mut earlier = None;
        loop {
            query.start_row = offset.start();
            let request = post(url.clone()).name("search analytics").auth(&self.auth).json(&query);
            let page: Page = request.classify(classify).send(cx).await.map_err(|error| self.of_property(error))?;
            // Offsets do not show that a vendor leads in circles, but its rows do.
            let ends =
                page.rows.first().zip(page.rows.last()).map(|(first, last)| (first.keys.clone(), last.keys.clone()));
            if received > 0 && ends.is_some() && ends == earlier {
                let error = Error::new(ErrorKind::Protocol, "the vendor gave the same page twice");
                return Err(self.of_property(error.with("request", "search analytics")));
            }
            earlier = ends;
            let mut batch = out.batch();
            dropped += map::fill(&page, target, window, &mut batch)?;
            out.emit(batch).await?;
            let rows = page.rows.len() as u64;
            received += rows;
            if rows < offset.limit() || offset.advance(rows, None)?.is_done() {
                break;
            }
            if received >= most {
                let text = format!("Search Console gives at most {DAILY_ROWS} rows a day: others may be left out");
                out.note(NoteKind::Remark, text);
                break;
            }
        }
        if dropped > 0 {
            out.note(NoteKind::Dropped(dropped), "rows of days that were not asked for");
        }
        Ok(())
    }

    /// Names the property in an error.
    fn of_property(&self, error: Error) -> Error {
        error.with("property", self.config.site_url.as_str())
    }
}

#[cfg(test)]
#[path = "../../tests/unit/google_search_console.rs"]
mod tests;
