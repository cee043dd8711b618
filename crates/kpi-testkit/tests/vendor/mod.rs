//! A small vendor that does not exist, and an adapter for it: right, or with one mistake that real connectors have made.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use kpi_core::metric::{IMPRESSIONS, REVENUE};
use kpi_core::{
    AccountProfile, Adapter, Channel, ChannelSource, Column, Context, Currency, Decimal, Descriptor, Emitter, Error,
    ErrorKind, Limits, MetricId, Report, Request, Result, SecretRef, Value, ValueState, Window, Windows,
};
use kpi_http::{Auth, Cursor, Endpoint, OAuth2, get};
use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

/// The adapter without a mistake.
pub(crate) const RIGHT: u8 = 0;
/// Micros are taken for whole amounts.
pub(crate) const MICROS_ARE_UNITS: u8 = 1;
/// A missing figure is zero.
pub(crate) const MISSING_IS_ZERO: u8 = 2;
/// The second page is never asked for.
pub(crate) const ONE_PAGE_ONLY: u8 = 3;
/// A failing vendor has no rows.
pub(crate) const ERRORS_ARE_EMPTY: u8 = 4;
/// Pages are followed without looking where they lead.
pub(crate) const ENDLESS_PAGES: u8 = 5;
/// The error repeats the token.
pub(crate) const TOKEN_IN_ERROR: u8 = 6;
/// People's addresses are labels.
pub(crate) const OWNER_IN_NAME: u8 = 7;
/// `base_url` is not used for the figures.
pub(crate) const FIXED_HOST: u8 = 8;
/// Rows come in the order of a hash map.
pub(crate) const HASH_ORDER: u8 = 9;
/// Unknown fields of replies are refused.
pub(crate) const STRICT_WIRE: u8 = 10;
/// Requests bypass the common client: no waiting, no attempts.
pub(crate) const OWN_CLIENT: u8 = 11;
/// Rows of one episode are emitted twice with different figures.
pub(crate) const CONFLICTING_ROWS: u8 = 12;
/// Rows outside the window are emitted.
pub(crate) const OUTSIDE_WINDOW: u8 = 13;
/// Every refusal is a missing account.
pub(crate) const ALL_IS_NOT_FOUND: u8 = 14;
/// Messages are sentences with addresses.
pub(crate) const LOUD_MESSAGES: u8 = 15;
/// The second call answers nothing.
pub(crate) const ANSWERS_ONCE: u8 = 16;
/// Amounts are in another currency than the account's.
pub(crate) const DOLLARS_ALWAYS: u8 = 17;
/// A label is empty when the vendor's is.
pub(crate) const EMPTY_LABEL: u8 = 18;
/// A reply of another shape panics.
pub(crate) const PANICS: u8 = 19;
/// The vendor is asked for the same again and again while it fails.
pub(crate) const RETRIES_ALL: u8 = 20;
/// `check` looks at every episode.
pub(crate) const SLOW_CHECK: u8 = 21;
/// A column is declared that never comes.
pub(crate) const CLAIMS_MORE: u8 = 22;
/// A metric that the dictionary does not know.
pub(crate) const UNKNOWN_METRIC: u8 = 23;
/// Figures are said to be final at once.
pub(crate) const NEVER_SETTLES: u8 = 24;
/// Requests are made side by side, past the common client.
pub(crate) const ALL_AT_ONCE: u8 = 25;

const HOST: &str = "https://api.acme.example";

static COLUMNS: [Column; 2] = [Column::of(IMPRESSIONS), Column::of(REVENUE)];
static MORE_COLUMNS: [Column; 3] = [Column::of(IMPRESSIONS), Column::of(REVENUE), Column::of(kpi_core::metric::LIKES)];
static ODD_COLUMNS: [Column; 3] =
    [Column::of(IMPRESSIONS), Column::of(REVENUE), Column::of(MetricId::plain("downloads"))];

const fn reports(columns: &'static [Column]) -> [Report; 1] {
    [Report::daily("episodes", columns).by(&["episode"]).windows(Windows::Days { max_per_request: 31 })]
}

static REPORTS: [Report; 1] = reports(&COLUMNS);
static MORE_REPORTS: [Report; 1] = reports(&MORE_COLUMNS);
static ODD_REPORTS: [Report; 1] = reports(&ODD_COLUMNS);

const fn descriptor(reports: &'static [Report], settling: u32) -> Descriptor {
    Descriptor::new("acme_podcasts", "Acme Podcasts", Channel::Social)
        .api("1", "https://api.acme.example/docs")
        .hosts(&["api.acme.example"])
        .reports(reports)
        .settling_days(settling)
        .budget(2, None)
}

static DESCRIPTOR: Descriptor = descriptor(&REPORTS, 3);
static MORE: Descriptor = descriptor(&MORE_REPORTS, 3);
static ODD: Descriptor = descriptor(&ODD_REPORTS, 3);
static UNSETTLED: Descriptor = descriptor(&REPORTS, 0);

/// One show at Acme.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// The show to report on.
    pub(crate) show_id: String,
    /// The refresh token of the show's owner.
    pub(crate) refresh_token: SecretRef,
    /// Prefixes every host. Set it only to ask the sandbox.
    #[schemars(with = "Option<String>")]
    pub(crate) base_url: Option<Url>,
}

/// Reads a show, with at most one mistake.
pub(crate) struct Podcasts<const BUG: u8> {
    config: Config,
    api: Endpoint,
    auth: Auth,
    calls: AtomicU32,
}

mod wire {
    use super::Deserialize;

    #[derive(Debug, Deserialize)]
    pub(super) struct Show {
        pub(super) name: String,
        pub(super) timezone: String,
        pub(super) currency: String,
        pub(super) owner: Owner,
    }

    #[derive(Debug, Deserialize)]
    pub(super) struct Owner {
        pub(super) email: String,
    }

    #[derive(Debug, Deserialize)]
    pub(super) struct Page {
        pub(super) rows: Vec<Row>,
        pub(super) next: Option<String>,
    }

    #[derive(Clone, Debug, Deserialize)]
    pub(super) struct Row {
        pub(super) day: jiff::civil::Date,
        pub(super) episode: String,
        /// `null` where the vendor withholds a small number.
        #[serde(deserialize_with = "nullable")]
        pub(super) plays: Option<String>,
        pub(super) revenue_micros: String,
    }

    /// Unlike an `Option` alone, this demands that the field is there.
    fn nullable<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
        Option::deserialize(deserializer)
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct StrictPage {
        pub(super) rows: Vec<Row>,
        pub(super) next: Option<String>,
    }

    #[derive(Debug, Deserialize)]
    pub(super) struct LaxPage {
        pub(super) rows: Vec<LaxRow>,
        pub(super) next: Option<String>,
    }

    #[derive(Debug, Deserialize)]
    pub(super) struct LaxRow {
        pub(super) day: jiff::civil::Date,
        pub(super) episode: String,
        #[serde(default)]
        pub(super) plays: Option<String>,
        #[serde(default)]
        pub(super) revenue_micros: Option<String>,
    }
}

impl<const BUG: u8> Podcasts<BUG> {
    async fn page(&self, cx: &Context, window: Window, token: Option<&str>) -> Result<wire::Page> {
        let fixed = Endpoint::new(None, HOST);
        let api = if BUG == FIXED_HOST { &fixed } else { &self.api };
        let call = get(api.url(&["v1", "shows", &self.config.show_id, "stats"]))
            .name("stats")
            .query("from", window.first())
            .query("to", window.last())
            .query_opt("page_token", token)
            .auth(&self.auth);
        match BUG {
            STRICT_WIRE => {
                call.send::<wire::StrictPage>(cx).await.map(|page| wire::Page { rows: page.rows, next: page.next })
            }
            MISSING_IS_ZERO => call.send::<wire::LaxPage>(cx).await.map(relax),
            PANICS => Ok(call.send_raw(cx).await?.json::<wire::Page>().expect("the vendor keeps its word")),
            OWN_CLIENT => self.page_by_hand(cx, window, token).await,
            ALL_IS_NOT_FOUND => call
                .send(cx)
                .await
                .map_err(|_| Error::new(ErrorKind::NotFound, "no such show").with("request", "stats")),
            LOUD_MESSAGES => call
                .send(cx)
                .await
                .map_err(|error| Error::new(error.kind(), format!("Error! Request to {HOST}/v1/shows failed."))),
            TOKEN_IN_ERROR => match call.send(cx).await {
                Ok(page) => Ok(page),
                Err(error) => {
                    let token = self.auth.token(cx).await?;
                    Err(Error::new(error.kind(), format!("refused: {}", token.expose())).with("request", "stats"))
                }
            },
            _ => call.send(cx).await,
        }
    }

    async fn page_by_hand(&self, cx: &Context, window: Window, token: Option<&str>) -> Result<wire::Page> {
        let mut url = self.api.url(&["v1", "shows", &self.config.show_id, "stats"]);
        url.query_pairs_mut()
            .append_pair("from", &window.first().to_string())
            .append_pair("to", &window.last().to_string());
        if let Some(token) = token {
            url.query_pairs_mut().append_pair("page_token", token);
        }
        let _ = self.auth.token(cx).await?;
        loop {
            let request = http::Request::get(url.as_str()).body(bytes::Bytes::new()).map_err(broken)?;
            let reply = cx.transport().exchange(request, Limits::default()).await;
            let reply = reply.map_err(|_| Error::new(ErrorKind::Unavailable, "no reply").with("request", "stats"))?;
            if reply.status() == 429 {
                continue;
            }
            return serde_json::from_slice(reply.body()).map_err(broken);
        }
    }
}

fn broken(error: impl std::error::Error) -> Error {
    Error::new(ErrorKind::Protocol, format!("broken: {error}")).with("request", "stats")
}

fn relax(page: wire::LaxPage) -> wire::Page {
    let row = |row: wire::LaxRow| wire::Row {
        day: row.day,
        episode: row.episode,
        plays: row.plays,
        revenue_micros: row.revenue_micros.unwrap_or_else(|| "0".to_owned()),
    };
    wire::Page { rows: page.rows.into_iter().map(row).collect(), next: page.next }
}

#[async_trait]
impl<const BUG: u8> ChannelSource for Podcasts<BUG> {
    fn descriptor(&self) -> &'static Descriptor {
        <Self as Adapter>::descriptor()
    }

    async fn check(&self, cx: &Context) -> Result<AccountProfile> {
        let url = self.api.url(&["v1", "shows", &self.config.show_id]);
        let mut show: wire::Show = get(url.clone()).name("show").auth(&self.auth).send(cx).await?;
        if BUG == SLOW_CHECK {
            for _ in 0..5 {
                show = get(url.clone()).name("show").auth(&self.auth).send(cx).await?;
            }
        }
        let name = if BUG == OWNER_IN_NAME { format!("{} ({})", show.name, show.owner.email) } else { show.name };
        Ok(AccountProfile { name, timezone: Some(show.timezone), currency: Some(Currency::parse(&show.currency)?) })
    }

    async fn collect(&self, cx: &Context, request: &Request, out: &mut Emitter) -> Result<()> {
        if BUG == ANSWERS_ONCE && self.calls.fetch_add(1, Ordering::SeqCst) > 0 {
            return Ok(());
        }
        if BUG == ALL_AT_ONCE {
            let all = tokio::join!(
                self.page_by_hand(cx, request.window, None),
                self.page_by_hand(cx, request.window, None),
                self.page_by_hand(cx, request.window, None),
            );
            drop(all);
        }
        let mut cursor = Cursor::start();
        let mut next: Option<String> = None;
        loop {
            let token = if BUG == ENDLESS_PAGES { next.as_deref() } else { cursor.token() };
            let mut page = self.page(cx, request.window, token).await;
            if BUG == RETRIES_ALL {
                for _ in 0..50 {
                    if page.is_err() {
                        page = self.page(cx, request.window, token).await;
                    }
                }
            }
            let page = match page {
                Ok(page) => page,
                Err(error) if BUG == ERRORS_ARE_EMPTY && error.kind() == ErrorKind::Unavailable => return Ok(()),
                Err(error) => return Err(error),
            };
            self.emit(&page.rows, request, out).await?;
            if BUG == ONE_PAGE_ONLY {
                return Ok(());
            }
            if BUG == ENDLESS_PAGES {
                next = page.next;
                if next.is_none() {
                    return Ok(());
                }
                continue;
            }
            if cursor.advance(page.next)?.is_done() {
                return Ok(());
            }
        }
    }
}

impl<const BUG: u8> Podcasts<BUG> {
    async fn emit(&self, rows: &[wire::Row], request: &Request, out: &mut Emitter) -> Result<()> {
        let mut batch = out.batch();
        let mut outside = 0;
        let currency = match request.profile.currency {
            _ if BUG == DOLLARS_ALWAYS => Currency::parse("USD")?,
            Some(currency) => currency,
            None => return Err(Error::new(ErrorKind::Protocol, "the show has no currency")),
        };
        let mut rows = rows.to_vec();
        if BUG == HASH_ORDER {
            let by_episode: HashMap<(String, String), wire::Row> =
                rows.into_iter().map(|row| ((row.episode.clone(), row.day.to_string()), row)).collect();
            rows = by_episode.into_values().collect();
        }
        for row in &rows {
            if !request.window.contains_day(row.day) && BUG != OUTSIDE_WINDOW {
                outside += 1;
                continue;
            }
            if row.episode.is_empty() && BUG != EMPTY_LABEL {
                return Err(Error::new(ErrorKind::Protocol, "a row without an episode").with("request", "stats"));
            }
            let mut micros: Decimal = row.revenue_micros.parse().map_err(broken)?;
            if BUG != MICROS_ARE_UNITS {
                micros /= Decimal::from(1_000_000);
            }
            let plays: Value = match row.plays.as_deref() {
                Some(plays) => plays.parse::<Decimal>().map_err(broken)?.into(),
                None if BUG == MISSING_IS_ZERO => 0_u64.into(),
                None => Value::Absent(ValueState::Withheld),
            };
            batch.day(row.day, &[&row.episode]).set(IMPRESSIONS, plays).money(REVENUE, micros, currency);
            if BUG == CONFLICTING_ROWS {
                batch.day(row.day, &[&row.episode]).money(REVENUE, micros + Decimal::ONE, currency);
            }
        }
        if outside > 0 {
            out.note(kpi_core::NoteKind::Dropped(outside), "rows outside the window");
        }
        out.emit(batch).await
    }
}

impl<const BUG: u8> Adapter for Podcasts<BUG> {
    type Config = Config;

    fn descriptor() -> &'static Descriptor {
        match BUG {
            CLAIMS_MORE => &MORE,
            UNKNOWN_METRIC => &ODD,
            NEVER_SETTLES => &UNSETTLED,
            _ => &DESCRIPTOR,
        }
    }

    fn new(config: Config) -> Result<Self> {
        let api = Endpoint::new(config.base_url.as_ref(), HOST);
        let auth = Auth::oauth2(OAuth2 {
            token_url: api.at("/oauth/token"),
            client_id: Some("kpi".to_owned()),
            client_secret: None,
            refresh_token: config.refresh_token.clone(),
            scope: None,
            rotates: false,
        });
        Ok(Self { config, api, auth, calls: AtomicU32::new(0) })
    }
}
