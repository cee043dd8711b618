//! Events, orders, people and money as the vendor writes them.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::orders_world::{Attendee, Costs, Order, Status};
use super::world::{Event, Kind, Organization};

/// Writes a moment as the vendor does.
pub(super) fn moment(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// How many digits of a currency stand behind the point.
fn digits(currency: &str) -> u32 {
    if currency == "VND" { 0 } else { 2 }
}

/// An amount as text in major units.
pub(super) fn major(minor: u64, currency: &str) -> String {
    match digits(currency) {
        0 => minor.to_string(),
        _ => format!("{}.{:02}", minor / 100, minor % 100),
    }
}

fn money(minor: u64, currency: &str) -> Value {
    let sign = match currency {
        "USD" => "$",
        "EUR" => "€",
        other => other,
    };
    let major = major(minor, currency);
    json!({"display": format!("{sign}{major}"), "currency": currency, "value": minor, "major_value": major})
}

fn costs(costs: Costs, currency: &str) -> Value {
    json!({
        "base_price": money(costs.base_price, currency),
        "eventbrite_fee": money(costs.eventbrite_fee, currency),
        "gross": money(costs.gross(), currency),
        "payment_fee": money(costs.payment_fee, currency),
        "tax": money(0, currency),
    })
}

/// An event.
pub(super) fn event(organization: &Organization, event: &Event, now: Timestamp) -> Value {
    let local = |time: Timestamp| {
        let zone = TimeZone::get(event.zone).unwrap_or(TimeZone::UTC);
        let local = time.to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S").to_string();
        json!({"timezone": event.zone, "local": local, "utc": moment(time)})
    };
    let is_series = matches!(event.kind, Kind::SeriesParent | Kind::SeriesChild);
    let online = event.name.starts_with("Webinar");
    let mut row = json!({
        "name": {"text": event.name, "html": event.name},
        "description": {"text": "Sao Mai CRM", "html": "<P>Sao Mai CRM</P>"},
        "url": format!("https://www.eventbrite.com/e/{}", event.id),
        "start": local(event.start),
        "end": local(event.end),
        "organization_id": organization.id,
        "created": moment(event.created()),
        "changed": moment(event.created()),
        "published": moment(event.on_sale()),
        "capacity": event.capacity,
        "capacity_is_custom": false,
        "status": event.status(now),
        "currency": event.currency,
        "listed": true,
        "shareable": true,
        "invite_only": false,
        "online_event": online,
        "show_remaining": false,
        "hide_start_date": false,
        "hide_end_date": false,
        "locale": "en_US",
        "is_series": is_series,
        "is_series_parent": event.kind == Kind::SeriesParent,
        "is_reserved_seating": false,
        "source": "coyote",
        "is_free": event.price == 0,
        "version": "3.0.0",
        "summary": "Sao Mai CRM",
        "logo_id": null,
        "organizer_id": "1000000001",
        "venue_id": if online { Value::Null } else { json!("2000000001") },
        "category_id": "102",
        "subcategory_id": null,
        "format_id": "2",
        "id": event.id,
        "resource_uri": format!("https://www.eventbriteapi.com/v3/events/{}/", event.id),
    });
    if let Some(series) = &event.series {
        row["series_id"] = json!(series);
    }
    if event.kind == Kind::Draft {
        row["published"] = Value::Null;
    }
    row
}

/// An order.
pub(super) fn order(event: &Event, order: &Order) -> Value {
    let (status, remaining) = match order.status {
        Status::Placed => ("placed", None),
        Status::Refunded => ("refunded", None),
        Status::Started(seconds) => ("started", Some(seconds)),
    };
    json!({
        "costs": costs(order.costs(), event.currency),
        "resource_uri": format!("https://www.eventbriteapi.com/v3/orders/{}/", order.id),
        "id": order.id,
        "changed": moment(order.changed),
        "created": moment(order.created),
        "name": format!("Buyer {}", order.buyer),
        "first_name": "Buyer",
        "last_name": order.buyer.to_string(),
        "email": format!("buyer-{}@example.com", order.buyer),
        "status": status,
        "time_remaining": remaining,
        "event_id": order.event_id,
    })
}

/// The vendor's word for whether a person comes.
pub(super) fn standing(order: &Order, attendee: &Attendee) -> &'static str {
    match attendee {
        _ if !order.is_finished() => "Unpaid",
        attendee if attendee.cancelled => "Not Attending",
        attendee if attendee.checked_in.is_some() => "Checked In",
        _ => "Attending",
    }
}

/// A ticket and the person who holds it.
pub(super) fn attendee(event: &Event, order: &Order, attendee: &Attendee) -> Value {
    let person = attendee.person;
    let barcode = format!("{}001", attendee.id.replace('-', "0"));
    json!({
        "team": null,
        "costs": costs(order.ticket, event.currency),
        "resource_uri": format!("https://www.eventbriteapi.com/v3/orders/{}/attendees/{}/", order.id, attendee.id),
        "id": attendee.id,
        "changed": moment(attendee.changed),
        "created": moment(order.created),
        "quantity": 1,
        "profile": {
            "first_name": "Attendee",
            "last_name": person.to_string(),
            "email": format!("attendee-{person}@example.com"),
            "name": format!("Attendee {person}"),
            "addresses": {"home": {}, "ship": {}, "work": {},
                "bill": {"city": "Example City", "region": "Example", "postal_code": "00000", "country": "VN"}},
        },
        "barcodes": [{
            "status": if attendee.checked_in.is_some() { "used" } else { "unused" },
            "barcode": barcode,
            "created": moment(order.created),
            "changed": moment(attendee.changed),
            "checkin_type": 0,
            "qr_code_url": format!("https://www.eventbriteapi.com/qrcode/{barcode}/?sig=example"),
        }],
        "answers": [],
        "checked_in": attendee.checked_in.is_some(),
        "cancelled": attendee.cancelled,
        "refunded": attendee.refunded,
        "affiliate": if person.is_multiple_of(7) { json!("newsletter") } else { Value::Null },
        "status": standing(order, attendee),
        "ticket_class_name": if event.price == 0 { "Free" } else { "Standard" },
        "event_id": event.id,
        "order_id": order.id,
        "ticket_class_id": ticket_class_id(event),
    })
}

fn ticket_class_id(event: &Event) -> String {
    format!("5{:08}", event.number)
}

/// The one class of tickets that an event has.
pub(super) fn ticket_class(event: &Event, orders: &[Order]) -> Value {
    let finished = orders.iter().filter(|order| order.is_finished());
    let sold = finished.flat_map(|order| &order.attendees).filter(|attendee| !attendee.cancelled).count();
    json!({
        "id": ticket_class_id(event),
        "event_id": event.id,
        "name": if event.price == 0 { "Free" } else { "Standard" },
        "cost": if event.price == 0 { Value::Null } else { money(event.price, event.currency) },
        "free": event.price == 0,
        "donation": false,
        "quantity_total": event.capacity,
        "quantity_sold": sold,
        "on_sale_status": "AVAILABLE",
        "resource_uri": format!("https://www.eventbriteapi.com/v3/events/{}/ticket_classes/{}/", event.id, ticket_class_id(event)),
    })
}
