//! Eventbrite: registrations, attendance, orders and revenue of each event of an organization.
#![doc = include_str!("README.md")]

mod config;
mod map;
mod wire;

pub use config::{Config, OrganizationId};

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::tz::TimeZone;
use kpi_core::{
    AccountProfile, Adapter, Channel, ChannelSource, Column, Context, Descriptor, Emitter, Error, ErrorKind, NoteKind,
    Report, Request, Result, Windows, ZoneRule, metric,
};
use kpi_http::{Auth, Cursor, Endpoint, get};
use serde::de::DeserializeOwned;

use map::Tally;
use wire::Page;

const REPORTS: &[Report] = &[Report::daily(
    "events",
    &[
        Column::of(metric::EVENT_REGISTRATIONS),
        Column::of(metric::EVENT_ATTENDANCE),
        Column::of(metric::ORDERS),
        Column::of(metric::REVENUE),
    ],
)
.by(&["event"])
// The lists have no upper bound, so a long window costs no more than the first day of it alone.
.windows(Windows::Days { max_per_request: 366 })];

static DESCRIPTOR: Descriptor = Descriptor::new("eventbrite", "Eventbrite", Channel::Events)
    .api("v3", "https://www.eventbrite.com/platform/api")
    .hosts(&["www.eventbriteapi.com"])
    .reports(REPORTS)
    .settling_days(30)
    .zone(ZoneRule::Account)
    .overlaps(&["orders and revenue are those of tickets, which a shop or CRM may count too"])
    // 2,000 calls an hour are allowed to a token, in whatever bursts.
    .budget(2, None);

/// Reads the events of one Eventbrite organization.
#[derive(Debug)]
pub struct Eventbrite {
    config: Config,
    endpoint: Endpoint,
    auth: Auth,
    zone: TimeZone,
}

impl Adapter for Eventbrite {
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
        let endpoint = Endpoint::new(config.base_url.as_ref(), "https://www.eventbriteapi.com");
        let auth = Auth::bearer(config.token.clone());
        Ok(Self { config, endpoint, auth, zone })
    }
}

#[async_trait]
impl ChannelSource for Eventbrite {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    async fn check(&self, cx: &Context) -> Result<AccountProfile> {
        let mine: Vec<wire::Organization> =
            self.all(cx, "organizations", "/v3/users/me/organizations/", &[], wire::Organizations::into_page).await?;
        let id = self.organization_id();
        let Some(organization) = mine.into_iter().find(|organization| organization.id == id) else {
            return Err(Error::new(
                ErrorKind::NotFound,
                format!("the token's user does not belong to organization {id}"),
            )
            .hint("check organization_id, or use the private token of one of its users"));
        };
        let name = organization.name.unwrap_or_else(|| format!("organization {id}"));
        Ok(AccountProfile { name, timezone: Some(self.config.timezone.clone()), currency: None })
    }

    async fn collect(&self, cx: &Context, request: &Request, out: &mut Emitter) -> Result<()> {
        if request.report.id != "events" {
            return Err(Error::new(ErrorKind::Contract, format!("no report is called `{}`", request.report.id)));
        }
        let mut tally = Tally::new(request, self.zone.clone());
        // What was created in the window changed then or later; there is no filter by creation.
        let changed_since = [("changed_since", map::just_before(request.window, &self.zone)?.to_string())];
        let path = format!("/v3/organizations/{}", self.organization_id());

        let orders = format!("{path}/orders/");
        self.each(cx, "orders", &orders, &changed_since, wire::Orders::into_page, |order| tally.order(&order)).await?;
        let attendees = format!("{path}/attendees/");
        self.each(cx, "attendees", &attendees, &changed_since, wire::Attendees::into_page, |attendee| {
            tally.registration(&attendee);
            Ok(())
        })
        .await?;
        for event in self.events(cx, &path, out).await?.values() {
            if tally.begins(event) {
                self.attendance(cx, event, &mut tally, out).await?;
            }
        }

        for (count, reason) in tally.left_out() {
            out.note(NoteKind::Dropped(count), reason);
        }
        out.emit(tally.rows(out.batch())).await
    }
}

impl Eventbrite {
    /// Every event but drafts, by id; a series stands for its dates, which are events of their own.
    async fn events(&self, cx: &Context, path: &str, out: &Emitter) -> Result<BTreeMap<String, wire::Event>> {
        let query = [("status", wire::EVENT_STATUSES.to_owned()), ("order_by", "start_asc".to_owned())];
        let mut events = BTreeMap::new();
        let mut series = Vec::new();
        let listed = self.all(cx, "events", &format!("{path}/events/"), &query, wire::Events::into_page).await?;
        for event in listed {
            if event.is_series_parent {
                series.push(event.id);
            } else {
                events.insert(event.id.clone(), event);
            }
        }
        for id in series {
            let dates = format!("/v3/series/{id}/events/");
            match self.all(cx, "series", &dates, &[], wire::Events::into_page).await {
                Ok(dates) => events.extend(dates.into_iter().map(|event| (event.id.clone(), event))),
                Err(error) if is_closed(&error) => {
                    out.note(NoteKind::Remark, format!("series {id} is left out: {}", error.message()));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(events)
    }

    /// Who came, of everybody who ever registered for the event; one closed event does not hide the others.
    async fn attendance(&self, cx: &Context, event: &wire::Event, tally: &mut Tally, out: &Emitter) -> Result<()> {
        if !tally.has_begun(event) {
            tally.not_begun(event);
            return Ok(());
        }
        let path = format!("/v3/events/{}/attendees/", event.id);
        match self.all(cx, "event attendees", &path, &[], wire::Attendees::into_page).await {
            Ok(attendees) => tally.attendance(event, &attendees),
            Err(error) if is_closed(&error) => {
                tally.closed(event);
                out.note(
                    NoteKind::Remark,
                    format!("the attendance of event {} is left out: {}", event.id, error.message()),
                );
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    async fn all<P: DeserializeOwned, T: Send>(
        &self,
        cx: &Context,
        name: &'static str,
        path: &str,
        query: &[(&'static str, String)],
        into_page: fn(P) -> Page<T>,
    ) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        self.each(cx, name, path, query, into_page, |row| {
            rows.push(row);
            Ok(())
        })
        .await?;
        Ok(rows)
    }

    /// Reads a list page by page: the same query again with the continuation of the page before.
    async fn each<P: DeserializeOwned, T: Send>(
        &self,
        cx: &Context,
        name: &'static str,
        path: &str,
        query: &[(&'static str, String)],
        into_page: fn(P) -> Page<T>,
        mut take: impl FnMut(T) -> Result<()> + Send,
    ) -> Result<()> {
        let mut cursor = Cursor::start();
        loop {
            let mut call = get(self.endpoint.at(path)).name(name).auth(&self.auth).classify(wire::classify);
            for (key, value) in query {
                call = call.query(key, value);
            }
            let page = into_page(call.query_opt("continuation", cursor.token()).send(cx).await?);
            for row in page.rows {
                take(row)?;
            }
            if cursor.advance(wire::continuation(page.pagination)?)?.is_done() {
                return Ok(());
            }
        }
    }

    fn organization_id(&self) -> &str {
        self.config.organization_id.as_str()
    }
}

/// Whether one event alone is out of reach, which is no fault of the account.
fn is_closed(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Permission | ErrorKind::NotFound)
}

#[cfg(test)]
#[path = "../../tests/unit/eventbrite.rs"]
mod tests;
