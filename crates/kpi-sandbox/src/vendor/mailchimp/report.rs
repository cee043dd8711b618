//! A mailing and an audience as the vendor writes them.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::audience::{Account, Audience};
use super::mailing::{Figures, Kind, Mailing, OPENS_WITHOUT_PROXY_SINCE};

/// Writes a moment as the vendor does.
pub(super) fn moment(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

/// What is unknown is an empty text, neither null nor absent.
fn moment_or_empty(time: Option<Timestamp>) -> String {
    time.map(moment).unwrap_or_default()
}

/// A share as a number between 0 and 1; whole numbers come without a decimal point.
fn rate(part: u64, whole: u64) -> Value {
    if whole == 0 || part == 0 {
        return json!(0);
    }
    if part == whole {
        return json!(1);
    }
    // A rate is for reading only; the counts beside it are exact.
    decimal(&format!("0.{:016}", u128::from(part) * 10_u128.pow(16) / u128::from(whole)))
}

/// A share as a number between 0 and 100.
fn per_cent(part: u64, whole: u64) -> Value {
    if whole == 0 {
        return json!(0);
    }
    let hundredths = part * 10_000 / whole;
    decimal(&format!("{}.{:02}", hundredths / 100, hundredths % 100))
}

/// A decimal as a JSON number, without a decimal point where it is whole.
fn decimal(text: &str) -> Value {
    let short = text.trim_end_matches('0').trim_end_matches('.');
    serde_json::from_str(short).unwrap_or(Value::Null)
}

/// Minor units as major units of the account's currency.
fn money(account: &Account, minor: u64) -> Value {
    match account.currency {
        "VND" => json!(minor),
        _ => decimal(&format!("{}.{:02}", minor / 100, minor % 100)),
    }
}

/// A mailing as a row of `reports`.
pub(super) fn report(account: &Account, mailing: &Mailing, now: Timestamp) -> Value {
    let figures = mailing.at(now);
    let delivered = figures.sent - figures.bounces();
    let (list_id, list_name) =
        account.audiences.get(mailing.audience).map_or(("", ""), |audience| (audience.id.as_str(), audience.name));
    let mut row = json!({
        "id": mailing.id,
        "campaign_title": mailing.title,
        "type": mailing.kind.word(),
        "list_id": list_id,
        "list_is_active": true,
        "list_name": list_name,
        "subject_line": format!("Sao Mai: {}", mailing.title),
        "preview_text": "",
        "emails_sent": figures.sent,
        "abuse_reports": figures.complaints,
        "unsubscribed": figures.unsubscribed,
        "send_time": moment(mailing.sent),
        "bounces": {"hard_bounces": figures.hard_bounces, "soft_bounces": figures.soft_bounces, "syntax_errors": 0},
        "forwards": {"forwards_count": figures.forwards, "forwards_opens": figures.forwards / 2},
        "opens": opens(mailing, &figures, delivered, now),
        "clicks": {
            "clicks_total": figures.clicks,
            "unique_clicks": figures.unique_clicks,
            "unique_subscriber_clicks": figures.clickers,
            "click_rate": rate(figures.clickers, delivered),
            "last_click": moment_or_empty(mailing.last_click(now)),
        },
        "facebook_likes": {"recipient_likes": 0, "unique_likes": 0, "facebook_likes": 0},
        "industry_stats": {"type": "Software and Web App", "open_rate": 0.2129, "click_rate": 0.0245,
            "bounce_rate": 0.0102, "unopen_rate": 0.7769, "unsub_rate": 0.0027, "abuse_rate": 0.0002},
    });
    if now.duration_since(mailing.sent) >= SignedDuration::from_hours(24) {
        // Unlike the rates above, these are per cent; they are missing until they are computed.
        row["list_stats"] = json!({"sub_rate": 0, "unsub_rate": 1,
            "open_rate": per_cent(figures.openers, delivered), "click_rate": per_cent(figures.clickers, delivered)});
    }
    if mailing.kind == Kind::Rss {
        row["rss_last_send"] = json!(moment(mailing.last_sent(now)));
    }
    if mailing.children.is_empty() {
        row["timeseries"] = timeseries(mailing, now);
    }
    row["ecommerce"] = json!({
        "total_orders": figures.orders,
        "total_spent": money(account, figures.revenue / 10 * 11),
        "total_revenue": money(account, figures.revenue),
        "currency_code": account.currency,
    });
    row["delivery_status"] = json!({"enabled": false});
    row["_links"] = links(account, &format!("/reports/{}", mailing.id));
    row
}

fn opens(mailing: &Mailing, figures: &Figures, delivered: u64, now: Timestamp) -> Value {
    let last_open = moment_or_empty(mailing.last_open(now));
    let open_rate = rate(figures.openers, delivered);
    if mailing.sent < OPENS_WITHOUT_PROXY_SINCE {
        return json!({"opens_total": figures.opens, "unique_opens": figures.openers, "open_rate": open_rate,
            "last_open": last_open});
    }
    json!({
        "opens_total": figures.opens,
        "proxy_excluded_opens": figures.opens_without_proxy,
        "unique_opens": figures.openers,
        "proxy_excluded_unique_opens": figures.openers_without_proxy,
        "open_rate": open_rate,
        "proxy_excluded_open_rate": rate(figures.openers_without_proxy, delivered),
        "last_open": last_open,
    })
}

/// The first 24 hours by the hour; the rest of a mailing's life is in no series.
fn timeseries(mailing: &Mailing, now: Timestamp) -> Value {
    let hour = |n: i64| Timestamp::from_second((mailing.sent.as_second() / 3_600 + n) * 3_600).unwrap_or(now);
    let rows: Vec<Value> = (0..24)
        .map(|n| {
            let [before, after] = [hour(n), hour(n + 1)].map(|time| mailing.at(time.min(now)));
            json!({
                "timestamp": moment(hour(n)),
                "emails_sent": after.sent - before.sent,
                "unique_opens": after.openers - before.openers,
                "recipients_clicks": after.clickers - before.clickers,
            })
        })
        .collect();
    json!(rows)
}

/// An audience as a row of `lists`.
pub(super) fn list(
    account: &Account,
    audience: &Audience,
    mailings: &[Mailing],
    now: Timestamp,
    contacts: bool,
) -> Value {
    let members = account.growth(audience, now).members(now);
    let own: Vec<&Mailing> = mailings
        .iter()
        .filter(|mailing| account.audiences.get(mailing.audience).is_some_and(|of| of.id == audience.id))
        .collect();
    let last = own.first().map(|mailing| mailing.sent);
    let dc = &account.data_center;
    let mut stats = json!({
        "member_count": members,
        "unsubscribe_count": members / 9,
        "cleaned_count": members / 30,
        "member_count_since_send": 11,
        "unsubscribe_count_since_send": 3,
        "cleaned_count_since_send": 0,
        "campaign_count": own.len(),
        "campaign_last_sent": moment_or_empty(last),
        "merge_field_count": 5,
        "avg_sub_rate": 160,
        "avg_unsub_rate": 61,
        "target_sub_rate": 61,
        "open_rate": 27.75,
        "click_rate": 3.05,
        "last_sub_date": moment(now.min(last.unwrap_or(now))),
        "last_unsub_date": "",
    });
    if contacts {
        stats["total_contacts"] = json!(members + members / 9 + members / 30);
    }
    json!({
        "id": audience.id,
        "web_id": 903_380,
        "name": audience.name,
        "contact": {"company": account.name, "address1": "1 Example Street", "address2": "", "city": "Ho Chi Minh City",
            "state": "", "zip": "700000", "country": "VN", "phone": ""},
        "permission_reminder": "You are receiving this email because you opted in via our website.",
        "use_archive_bar": true,
        "campaign_defaults": {"from_name": "Sao Mai", "from_email": "sender@example.com", "subject": "", "language": "en"},
        "notify_on_subscribe": "",
        "notify_on_unsubscribe": "",
        "date_created": "2022-12-27T07:56:47+00:00",
        "list_rating": 3,
        "email_type_option": false,
        "subscribe_url_short": "http://eepurl.com/example",
        "subscribe_url_long": format!("https://example.{dc}.list-manage.com/subscribe?id={}", audience.id),
        "beamer_address": format!("{dc}-example@inbound.mailchimp.com"),
        "visibility": "prv",
        "double_optin": false,
        "has_welcome": false,
        "marketing_permissions": false,
        "modules": [],
        "stats": stats,
        "_links": links(account, &format!("/lists/{}", audience.id)),
    })
}

/// The links that every object carries.
pub(super) fn links(account: &Account, path: &str) -> Value {
    let href = format!("https://{}.api.mailchimp.com/3.0{path}", account.data_center);
    let schema = format!("https://{}.api.mailchimp.com/schema/3.0/Definitions/Response.json", account.data_center);
    json!([{"rel": "self", "href": href, "method": "GET", "targetSchema": schema}])
}
