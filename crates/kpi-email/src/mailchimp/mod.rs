//! Mailchimp: mailings by campaign, the size of the audiences, and new subscribers a day.
#![doc = include_str!("README.md")]

mod config;
mod map;
mod wire;

pub use config::{Config, DataCenter};

use std::collections::BTreeSet;

use async_trait::async_trait;
use jiff::tz::TimeZone;
use kpi_core::{
    Absent, AccountProfile, Adapter, Basis, Channel, ChannelSource, Column, Context, Descriptor, Emitter, Error,
    ErrorKind, MetricId, NoteKind, Report, Request, Result, ValueState, Window, Windows, ZoneRule, metric,
};
use kpi_http::{Auth, Endpoint, Offset, get};
use serde::de::DeserializeOwned;

use wire::Paged;

/// The days of list activity that Mailchimp keeps.
const ACTIVITY_DAYS: u32 = 180;

const REPORTS: &[Report] = &[
    Report::daily(
        "campaigns",
        &[
            mailed(metric::EMAILS_SENT),
            mailed(metric::EMAILS_DELIVERED),
            mailed(metric::EMAILS_BOUNCED),
            mailed(metric::EMAILS_OPENED),
            mailed(metric::EMAILS_OPENED_MPP),
            mailed(metric::EMAILS_CLICKED),
            mailed(metric::EMAIL_LINK_CLICKS),
            mailed(metric::UNSUBSCRIBES),
            mailed(metric::SPAM_COMPLAINTS),
            mailed(metric::ORDERS),
            mailed(metric::REVENUE),
        ],
    )
    .by(&["campaign"])
    .windows(Windows::Days { max_per_request: 366 }),
    Report::daily("audience", &[Column::of(metric::OPT_INS_TOTAL).basis(Basis::AsOf)])
        .windows(Windows::Reading)
        .absent(Absent::Missing),
    Report::daily("growth", &[Column::of(metric::OPT_INS_NEW)])
        .windows(Windows::Days { max_per_request: ACTIVITY_DAYS })
        .history_days(ACTIVITY_DAYS),
];

static DESCRIPTOR: Descriptor = Descriptor::new("mailchimp", "Mailchimp Marketing", Channel::Email)
    .api("3.0", "https://mailchimp.com/developer/marketing/api/")
    .hosts(&["*.api.mailchimp.com"])
    .reports(REPORTS)
    .settling_days(30)
    .zone(ZoneRule::Account)
    .overlaps(&[
        "orders and revenue are those that Mailchimp ascribes to its mails, which a shop or CRM counts too",
        "mails of RSS feeds and automations count once, in their parent campaign",
    ])
    // Ten connections at once are allowed to a user over all apps.
    .budget(4, None);

/// What followed from a mailing, dated by the mailing.
const fn mailed(metric: MetricId) -> Column {
    Column::of(metric).basis(Basis::Cohort)
}

/// Reads one Mailchimp account.
#[derive(Debug)]
pub struct Mailchimp {
    config: Config,
    auth: Auth,
    zone: TimeZone,
}

impl Adapter for Mailchimp {
    type Config = Config;

    fn descriptor() -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn new(config: Config) -> Result<Self> {
        let zone = TimeZone::get(&config.timezone).map_err(|_| {
            Error::new(ErrorKind::Config, format!("unknown time zone `{}`", config.timezone))
                .with("key", "timezone")
                .hint("write an IANA name such as Asia/Ho_Chi_Minh")
        })?;
        let auth = Auth::basic("anystring", config.api_key.clone());
        Ok(Self { config, auth, zone })
    }
}

#[async_trait]
impl ChannelSource for Mailchimp {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    async fn check(&self, cx: &Context) -> Result<AccountProfile> {
        let query = [("count", "1".to_owned()), ("offset", "0".to_owned()), ("fields", wire::LIST_NAMES.to_owned())];
        let page: wire::Lists<wire::ListName> = self.ask(cx, "lists", &["lists"], &query).await?;
        let name = map::account_name(&page);
        Ok(AccountProfile { name, timezone: Some(self.config.timezone.clone()), currency: None })
    }

    async fn collect(&self, cx: &Context, request: &Request, out: &mut Emitter) -> Result<()> {
        match request.report.id {
            "campaigns" => self.campaigns(cx, request, out).await,
            "audience" => self.audience(cx, request, out).await,
            "growth" => self.growth(cx, request, out).await,
            other => Err(Error::new(ErrorKind::Contract, format!("no report is called `{other}`"))),
        }
    }
}

impl Mailchimp {
    /// The totals of each campaign up to now, on the day on which it was sent.
    async fn campaigns(&self, cx: &Context, request: &Request, out: &mut Emitter) -> Result<()> {
        let sent = wire::sent_between(map::instants(request.window, &self.zone)?);
        let campaigns = self.all::<wire::Reports>(cx, "reports", &["reports"], wire::REPORT_FIELDS, &sent).await?;
        let mut batch = out.batch();
        let dropped = map::campaigns(&campaigns, request.window, &self.zone, &mut batch)?;
        if dropped > 0 {
            out.note(NoteKind::Dropped(dropped), "campaigns sent outside the window, or without a time");
        }
        out.emit(batch).await
    }

    /// The subscribers of all lists at this moment; the past cannot be asked.
    async fn audience(&self, cx: &Context, request: &Request, out: &mut Emitter) -> Result<()> {
        let mut batch = out.batch();
        if request.window == Window::day(request.today()?) {
            let lists = self.lists(cx).await?;
            let held: i64 = lists.iter().map(|list| list.stats.member_count.0).sum();
            batch.row(request.window, &[]).set(metric::OPT_INS_TOTAL, held).read_at(request.read_at);
        } else {
            batch.row(request.window, &[]).absent(metric::OPT_INS_TOTAL, ValueState::Unsupported);
        }
        out.emit(batch).await
    }

    /// New subscribers a day, over all lists.
    async fn growth(&self, cx: &Context, request: &Request, out: &mut Emitter) -> Result<()> {
        let mut growth = map::Growth::new(request.window);
        for list in &self.lists(cx).await? {
            let path = ["lists", &list.id, "activity"];
            let activity = self.all::<wire::Activity>(cx, "activity", &path, wire::ACTIVITY_FIELDS, &[]).await;
            growth.add(&activity.map_err(|error| error.with("list", &list.id))?);
        }
        if growth.dropped() > 0 {
            out.note(NoteKind::Dropped(growth.dropped()), "days of activity outside the window");
        }
        out.emit(growth.rows(request.today()?, ACTIVITY_DAYS, out.batch())).await
    }

    async fn lists(&self, cx: &Context) -> Result<Vec<wire::List>> {
        self.all::<wire::Lists<wire::List>>(cx, "lists", &["lists"], wire::LIST_SIZES, &[]).await
    }

    /// Reads all pages of a list, each row once. Only rows not seen before count as progress, so that a page that comes
    /// again neither doubles rows nor hides those that it stands for.
    async fn all<P: Paged>(
        &self,
        cx: &Context,
        name: &'static str,
        path: &[&str],
        fields: &str,
        filter: &[(&'static str, String)],
    ) -> Result<Vec<P::Row>> {
        let mut rows = Vec::new();
        let mut seen = BTreeSet::new();
        let mut pages = Offset::new(wire::PAGE);
        loop {
            let (page, total) = self.ask::<P>(cx, name, path, &wire::page(&pages, fields, filter)).await?.into_rows();
            let before = rows.len();
            rows.extend(page.into_iter().filter(|row| seen.insert(P::key(row))));
            if pages.advance((rows.len() - before) as u64, Some(total))?.is_done() {
                return Ok(rows);
            }
        }
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        cx: &Context,
        name: &'static str,
        path: &[&str],
        query: &[(&'static str, String)],
    ) -> Result<T> {
        let path: Vec<&str> = std::iter::once("3.0").chain(path.iter().copied()).collect();
        let mut call = get(self.endpoint(cx).await?.url(&path)).name(name).auth(&self.auth).classify(wire::classify);
        for (key, value) in query {
            call = call.query(key, value);
        }
        call.send(cx).await
    }

    /// The data center is part of the host; without one in the configuration the key names it.
    async fn endpoint(&self, cx: &Context) -> Result<Endpoint> {
        let data_center = match &self.config.data_center {
            Some(data_center) => data_center.clone(),
            None => DataCenter::of_key(cx.secret(&self.config.api_key).await?.expose())
                .map_err(|message| Error::new(ErrorKind::Config, message).with("key", "data_center"))?,
        };
        Ok(Endpoint::new(self.config.base_url.as_ref(), &data_center.host()))
    }
}

#[cfg(test)]
#[path = "../../tests/unit/mailchimp.rs"]
mod tests;
