//! Organic search: what people asked, where, on which device, and which pages they saw, by Pacific day.

use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan};

use super::{FIRST_DAY, World, date_in, plus, season, split};

/// The zone in which Search Console cuts days, for every property.
pub const ZONE: &str = "America/Los_Angeles";

/// One verified property.
#[derive(Debug)]
pub struct Site {
    /// The property as Search Console spells it.
    pub url: &'static str,
    /// Where its pages live.
    pub root: &'static str,
    base: u64,
    vietnamese: bool,
    countries: &'static [(&'static str, u64)],
    queries: &'static [&'static str],
}

/// The properties of the company.
pub static SITES: [Site; 2] = [
    Site {
        url: "sc-domain:saomai.example",
        root: "https://www.saomai.example",
        base: 5200,
        vietnamese: true,
        countries: &[
            ("vnm", 620),
            ("usa", 120),
            ("jpn", 60),
            ("sgp", 45),
            ("deu", 40),
            ("ind", 35),
            ("tha", 25),
            ("aus", 20),
            ("gbr", 15),
            ("fra", 12),
            ("kor", 8),
        ],
        queries: &[
            "phần mềm crm",
            "crm cho doanh nghiệp",
            "b2b crm",
            "sao mai software",
            "phần mềm quản lý khách hàng",
            "crm là gì",
            "phần mềm bán hàng b2b",
            "crm pricing",
            "sales pipeline software",
            "quản lý lead",
            "tự động hóa marketing",
            "saomai",
            "báo giá phần mềm crm",
            "crm software vietnam",
            "email marketing b2b",
            "phần mềm chăm sóc khách hàng",
            "crm tích hợp zalo",
            "so sánh phần mềm crm",
            "lead scoring",
            "crm demo",
            "kpi phòng marketing",
            "phễu bán hàng b2b",
            "customer lifetime value",
            "営業支援 ツール",
        ],
    },
    Site {
        url: "https://saomai-de.example/",
        root: "https://saomai-de.example",
        base: 310,
        vietnamese: false,
        countries: &[("deu", 760), ("aut", 120), ("che", 90), ("lux", 10), ("usa", 20)],
        queries: &[
            "crm software mittelstand",
            "b2b crm",
            "crm vergleich",
            "vertriebssoftware",
            "sao mai",
            "crm dsgvo",
            "lead management software",
            "crm kosten",
            "kundenverwaltung",
            "crm einführung",
        ],
    },
];

/// The devices, in the spelling of the API, with their shares.
pub const DEVICES: [(&str, u64); 3] = [("DESKTOP", 590), ("MOBILE", 370), ("TABLET", 40)];

/// The share of impressions whose query is withheld, in permille.
const ANONYMISED: u64 = 190;

/// One row of the finest grain: what one query got in one country on one device.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// The country, alpha-3 in lower case.
    pub country: &'static str,
    /// The device.
    pub device: &'static str,
    /// The query; nothing when it is withheld.
    pub query: Option<&'static str>,
    /// Impressions of the property.
    pub impressions: u64,
    /// Clicks of the property.
    pub clicks: u64,
    /// The position of each of these impressions.
    pub position: u64,
    /// Which pages were shown: the first of three neighbours.
    page: usize,
}

/// A query on a day.
#[derive(Debug)]
struct Asked {
    query: Option<&'static str>,
    weight: u64,
    position: u64,
    page: usize,
}

/// Finds a property by its exact spelling.
#[must_use]
pub fn site(url: &str) -> Option<&'static Site> {
    SITES.iter().find(|site| site.url == url)
}

/// The last day with final figures: two days before today, in Pacific days.
#[must_use]
pub fn last_final_day(now: Timestamp) -> Date {
    plus(date_in(now, ZONE), -2)
}

/// The first day that is still kept: sixteen months back, and not before the world.
#[must_use]
pub fn first_kept_day(now: Timestamp) -> Date {
    date_in(now, ZONE).saturating_sub(16.months()).max(FIRST_DAY)
}

impl World {
    /// Everything that one property got on one day. `freshness` is 1000 for complete days, less while a day still fills.
    #[must_use]
    pub fn seo_cells(&self, site: &Site, day: Date, freshness: u64) -> Vec<Cell> {
        let total = self.site_impressions(site, day) * freshness / 1000;
        if total == 0 {
            return Vec::new();
        }
        // What the day did to each query; the last entry stands for the withheld ones.
        let names = site.queries.iter().map(|query| Some(*query)).chain([None]);
        let asked: Vec<Asked> = names.enumerate().map(|(n, query)| self.asked(site, query, n, day)).collect();
        let mut keys = Vec::new();
        let mut weights = Vec::new();
        for (country, country_weight) in site.countries {
            let mood = self.between(country, day, 85, 115);
            for (device, device_weight) in DEVICES {
                for query in &asked {
                    keys.push((*country, device, query));
                    weights.push(country_weight * device_weight * mood * query.weight);
                }
            }
        }
        let parts = split(total, &weights);
        let mut cells = Vec::new();
        let mut coin = String::new();
        for ((country, device, asked), impressions) in keys.into_iter().zip(parts) {
            if impressions == 0 {
                continue;
            }
            let Asked { query, position, page, .. } = *asked;
            let rate = u128::from(220 / (position + 2) + 8);
            coin.clear();
            for part in ["clicks/", country, device, query.unwrap_or("withheld")] {
                coin.push_str(part);
            }
            let clicks = self.chance(&coin, day, u128::from(impressions) * rate, 1000).min(impressions);
            cells.push(Cell { country, device, query, impressions, clicks, position, page });
        }
        cells
    }

    fn asked(&self, site: &Site, query: Option<&'static str>, place: usize, day: Date) -> Asked {
        let rank = query.map_or(11, |_| place as u64);
        let name = query.unwrap_or("withheld");
        let weight = match query {
            Some(query) => ((1000 - ANONYMISED) * 100 / (3 + rank) / 40 + 1) * self.between(query, day, 70, 130) / 100,
            None => ANONYMISED,
        };
        let position = 2 + rank + self.between(&format!("position/{}/{name}", site.url), day, 0, 4);
        Asked { query, weight, position, page: usize::try_from(rank).unwrap_or(0) }
    }

    fn site_impressions(&self, site: &Site, day: Date) -> u64 {
        // The German site rests on some Sundays: no traffic at all, so the vendor has no row for the day.
        let rests = !site.vietnamese && day.weekday() == Weekday::Sunday && self.hash("rest", day).is_multiple_of(3);
        if rests || day < FIRST_DAY {
            return 0;
        }
        self.vary(site.url, day, site.base, season::level(day, site.vietnamese), 60)
    }
}

impl Site {
    /// The pages that an impression of a cell showed, with the clicks and the position of each: three for each impression,
    /// which is why figures by page are about three times those of the property.
    #[must_use]
    pub fn pages(&self, cell: &Cell) -> [(String, u64, u64, u64); 3] {
        let path = |n: usize| format!("{}/{}", self.root, PAGES[n % PAGES.len()]);
        let second = cell.clicks / 9;
        [
            (path(cell.page), cell.impressions, cell.clicks, cell.position),
            (path(cell.page + 1), cell.impressions, second, cell.position + 1),
            (path(cell.page + 5), cell.impressions, 0, cell.position + 3),
        ]
    }
}

const PAGES: [&str; 17] = [
    "",
    "pricing",
    "crm",
    "crm/b2b",
    "blog/crm-la-gi",
    "blog/so-sanh-crm",
    "blog/lead-scoring",
    "demo",
    "customers",
    "integrations/zalo",
    "integrations/email",
    "about",
    "contact",
    "blog/kpi-marketing",
    "blog/pipeline",
    "docs",
    "webinars",
];
