//! The attributes of accounts, and the accounts below a manager.

use super::cell::{Cell, Cells};
use crate::world::ads::{self, Customer};

fn attributes(family: &str, id: &str, name: &str, currency: &str, zone: &str, manager: bool, status: &str) -> Cells {
    let text = |value: &str| Cell::Text(value.to_owned());
    let cells = [
        ("id", Cell::Whole(id.parse().unwrap_or_default())),
        ("descriptive_name", text(name)),
        ("currency_code", text(currency)),
        ("time_zone", text(zone)),
        ("manager", Cell::Flag(manager)),
        ("status", text(status)),
        ("test_account", Cell::Flag(false)),
    ];
    cells.into_iter().map(|(name, cell)| (format!("{family}.{name}"), cell)).collect()
}

pub(super) fn account(customer: &Customer) -> Cells {
    attributes("customer", customer.id, customer.name, customer.currency, customer.zone, false, "ENABLED")
}

pub(super) fn manager() -> Cells {
    attributes("customer", ads::MANAGER, "Sao Mai Group", "VND", "Asia/Ho_Chi_Minh", true, "ENABLED")
}

/// The accounts below an account, itself included; among them one that was closed and one that is hidden.
pub(super) fn clients(id: &str) -> Vec<Cells> {
    let client = |level: i64, hidden: bool, mut cells: Cells| {
        let own = cells.get("customer_client.id").map(Cell::to_text).unwrap_or_default();
        cells.insert("customer_client.level".to_owned(), Cell::Small(level));
        cells.insert("customer_client.hidden".to_owned(), Cell::Flag(hidden));
        cells.insert("customer_client.client_customer".to_owned(), Cell::Text(format!("customers/{own}")));
        cells
    };
    let of = |c: &Customer| attributes("customer_client", c.id, c.name, c.currency, c.zone, false, "ENABLED");
    if let Some(customer) = ads::customer(id) {
        return vec![client(0, false, of(customer))];
    }
    let zone = "Asia/Ho_Chi_Minh";
    let top = attributes("customer_client", ads::MANAGER, "Sao Mai Group", "VND", zone, true, "ENABLED");
    let mut found = vec![client(0, false, top)];
    found.extend(ads::CUSTOMERS.iter().filter(|c| c.managed).map(|c| client(1, false, of(c))));
    let closed =
        attributes("customer_client", "5678901234", "Sao Mai Thailand", "THB", "Asia/Bangkok", false, "CANCELED");
    found.push(client(1, false, closed));
    let hidden = attributes("customer_client", "6789012345", "Old agency", "USD", "America/New_York", false, "ENABLED");
    found.push(client(1, true, hidden));
    found
}
