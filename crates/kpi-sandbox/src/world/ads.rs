//! Paid search and display: the ad accounts, their campaigns, and what each campaign got on each device and day.

use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan};

use super::{FIRST_DAY, World, date_in, days, season, split};

/// One ad account.
#[derive(Debug)]
pub struct Customer {
    /// The id, digits only.
    pub id: &'static str,
    /// The name shown to people.
    pub name: &'static str,
    /// The currency of the account.
    pub currency: &'static str,
    /// The zone in which its days are cut.
    pub zone: &'static str,
    /// Whether it is reached through the manager.
    pub managed: bool,
    /// Its campaigns.
    pub campaigns: &'static [Campaign],
    /// Digits of the money: the minor units of the currency that amounts carry.
    value_scale: u32,
    vietnamese: bool,
}

/// One campaign.
#[derive(Debug)]
pub struct Campaign {
    /// The id, digits only.
    pub id: &'static str,
    /// The name shown to people.
    pub name: &'static str,
    /// The advertising channel, in the vendor's words.
    pub channel: &'static str,
    /// The last day with traffic, and what became of the campaign then.
    pub ended: Option<(Date, &'static str)>,
    impressions: u64,
    /// Clicks for each 100,000 impressions.
    click_rate: u64,
    /// Micros of the account's currency for each click.
    click_cost: u64,
    /// Conversions for each 100,000 clicks, when all are counted.
    conversion_rate: u64,
    /// Minor units of the account's currency for each conversion.
    value: u64,
}

/// The manager above the managed accounts.
pub const MANAGER: &str = "1112223333";

/// The share of a day's conversions that the vendor knows on the day itself, in permille; the rest comes over 30 days.
const EARLY: u64 = 420;

const fn campaign(id: &'static str, name: &'static str, channel: &'static str, figures: [u64; 5]) -> Campaign {
    let [impressions, click_rate, click_cost, conversion_rate, value] = figures;
    Campaign { id, name, channel, ended: None, impressions, click_rate, click_cost, conversion_rate, value }
}

const fn ended(campaign: &Campaign, day: Date, status: &'static str) -> Campaign {
    Campaign { ended: Some((day, status)), ..*campaign }
}

/// The accounts.
pub static CUSTOMERS: [Customer; 4] = [
    Customer {
        id: "1234567890",
        name: "Sao Mai Vietnam",
        currency: "VND",
        zone: "Asia/Ho_Chi_Minh",
        managed: true,
        value_scale: 0,
        vietnamese: true,
        campaigns: &[
            campaign("11100001", "Thương hiệu", "SEARCH", [2600, 9100, 3_100_000_000, 5200, 1_900_000]),
            campaign("11100002", "CRM chung", "SEARCH", [7400, 3300, 7_800_000_000, 2900, 2_400_000]),
            campaign("11100003", "Tiếp thị lại", "DISPLAY", [26_000, 420, 1_900_000_000, 1100, 1_500_000]),
            campaign("11100004", "Video giới thiệu", "DEMAND_GEN", [18_000, 610, 1_400_000_000, 700, 1_200_000]),
            ended(
                &campaign("11100005", "Khuyến mãi mùa thu", "SEARCH", [3900, 4100, 6_200_000_000, 3100, 2_000_000]),
                Date::constant(2026, 10, 18),
                "REMOVED",
            ),
        ],
    },
    Customer {
        id: "2345678901",
        name: "Sao Mai USA",
        currency: "USD",
        zone: "America/New_York",
        managed: true,
        value_scale: 2,
        vietnamese: false,
        campaigns: &[
            campaign("22200001", "Brand US", "SEARCH", [540, 7200, 2_430_000, 4600, 18_500]),
            campaign("22200002", "CRM generic US", "SEARCH", [1500, 2800, 6_170_000, 2100, 21_050]),
            campaign("22200003", "Performance Max US", "PERFORMANCE_MAX", [5200, 900, 1_890_000, 1600, 15_025]),
            ended(
                &campaign("22200004", "Trade show US", "DISPLAY", [8400, 350, 1_210_000, 600, 9_990]),
                Date::constant(2026, 6, 14),
                "PAUSED",
            ),
        ],
    },
    Customer {
        id: "3456789012",
        name: "Sao Mai Deutschland",
        currency: "EUR",
        zone: "Europe/Berlin",
        managed: true,
        value_scale: 2,
        vietnamese: false,
        campaigns: &[
            campaign("33300001", "Marke DE", "SEARCH", [310, 6900, 1_870_000, 4100, 14_075]),
            campaign("33300002", "CRM Mittelstand", "SEARCH", [980, 2500, 4_930_000, 1900, 17_550]),
            campaign("33300003", "Remarketing DE", "DISPLAY", [4100, 380, 890_000, 800, 8_025]),
        ],
    },
    Customer {
        id: "4567890123",
        name: "Sao Mai Japan",
        currency: "JPY",
        zone: "Asia/Tokyo",
        managed: false,
        value_scale: 0,
        vietnamese: false,
        campaigns: &[
            campaign("44400001", "ブランド", "SEARCH", [420, 6500, 190_000_000, 3900, 21_000]),
            campaign("44400002", "営業支援", "SEARCH", [1250, 2300, 512_000_000, 1700, 26_000]),
            campaign("44400003", "動画", "DEMAND_GEN", [5600, 520, 98_000_000, 500, 12_000]),
        ],
    },
];

/// The devices, in the vendor's words, with their shares.
pub const DEVICES: [(&str, u64); 3] = [("MOBILE", 560), ("DESKTOP", 400), ("TABLET", 40)];

/// What one campaign got on one device and day, as known at an instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Impressions.
    pub impressions: u64,
    /// Clicks.
    pub clicks: u64,
    /// Cost, in millionths of the account's currency.
    pub cost_micros: u64,
    /// Views of videos by the vendor's rule.
    pub video_views: u64,
    /// Conversions in hundredths, by the day of the click.
    pub conversions: u64,
    /// The value of these conversions, in hundredths of the currency's major unit.
    pub value: u64,
}

impl Figures {
    /// Adds other figures to these.
    pub fn add(&mut self, other: &Self) {
        self.impressions += other.impressions;
        self.clicks += other.clicks;
        self.cost_micros += other.cost_micros;
        self.video_views += other.video_views;
        self.conversions += other.conversions;
        self.value += other.value;
    }
}

/// Finds an account by its id.
#[must_use]
pub fn customer(id: &str) -> Option<&'static Customer> {
    CUSTOMERS.iter().find(|customer| customer.id == id)
}

impl Customer {
    /// Today, in the account's zone.
    #[must_use]
    pub fn today(&self, now: Timestamp) -> Date {
        date_in(now, self.zone)
    }
}

impl Campaign {
    /// The status at an instant whose day is given.
    #[must_use]
    pub fn status(&self, today: Date) -> &'static str {
        self.ended.filter(|(day, _)| *day < today).map_or("ENABLED", |(_, status)| status)
    }

    /// Whether the vendor counts people for it.
    #[must_use]
    pub fn counts_people(&self) -> bool {
        matches!(self.channel, "DISPLAY" | "DEMAND_GEN" | "VIDEO")
    }
}

impl World {
    /// The figures of a campaign on a day by device, in the order of [`DEVICES`], as known today.
    #[must_use]
    pub fn ads_day(&self, customer: &Customer, campaign: &Campaign, day: Date, today: Date) -> [Figures; 3] {
        let mut found = [Figures::default(); 3];
        let over = campaign.ended.is_some_and(|(last, _)| day > last);
        if day < FIRST_DAY || day > today || over || rests(customer, day) {
            return found;
        }
        let age = u64::from((today - day).get_days().unsigned_abs());
        // Today has run for a part only; in the first three days some traffic is still taken back as invalid.
        let part = match age {
            0 => 480,
            1 => 1012,
            2 => 1006,
            _ => 1000,
        };
        let level = season::level(day, customer.vietnamese) * part / 1000;
        let impressions = self.vary(campaign.id, day, campaign.impressions, level, 90);
        let shares: Vec<u64> = DEVICES.iter().map(|(name, share)| self.vary(name, day, *share, 1000, 60)).collect();
        for ((figures, (device, _)), impressions) in found.iter_mut().zip(DEVICES).zip(split(impressions, &shares)) {
            let key = format!("{}/{device}", campaign.id);
            figures.impressions = impressions;
            let clicked = u128::from(impressions) * u128::from(campaign.click_rate);
            figures.clicks = self.chance(&key, day, clicked, 100_000).min(impressions);
            let cost = self.vary(&format!("{key}/cost"), day, campaign.click_cost, 1000, 120);
            // Billed in hundredths of the currency, whatever its minor unit; the micros stay whole.
            figures.cost_micros = figures.clicks * (cost / 10_000) * 10_000;
            if campaign.channel == "DEMAND_GEN" {
                figures.video_views = self.vary(&format!("{key}/views"), day, impressions, 310, 80);
            }
            let all = u128::from(figures.clicks) * u128::from(campaign.conversion_rate) * 100;
            let full = self.chance(&format!("{key}/conversions"), day, all, 100_000);
            figures.conversions = full * known(age) / 1000;
            let minor = figures.conversions * campaign.value / 100;
            figures.value = if customer.value_scale == 0 { minor * 100 } else { minor };
        }
        found
    }

    /// The distinct people that an account reached from one day to another, over the campaigns for which they are counted.
    /// The same person comes back on other days and in other campaigns, so these figures never add up.
    #[must_use]
    pub fn ads_people(&self, customer: &Customer, only: Option<&str>, start: Date, end: Date, today: Date) -> u64 {
        let mut impressions = 0;
        let mut campaigns = 0;
        for campaign in customer.campaigns {
            if !campaign.counts_people() || only.is_some_and(|id| id != campaign.id) {
                continue;
            }
            let mut own = 0;
            for day in days(start, end.min(today)) {
                own += self.ads_day(customer, campaign, day, today).iter().map(|f| f.impressions).sum::<u64>();
            }
            campaigns += u64::from(own > 0);
            impressions += own;
        }
        let length = u64::from((end - start).get_days().unsigned_abs()) + 1;
        let overlap = if campaigns > 1 { 880 } else { 1000 };
        impressions * 730 * overlap / 1000 / (1000 + 95 * (length - 1))
    }
}

/// The share of a day's conversions known at an age in days, in permille.
fn known(age: u64) -> u64 {
    if age >= 30 {
        return 1000;
    }
    // Quick at first, slower towards the end of the window.
    let left = 30 - age;
    1000 - (1000 - EARLY) * left * left / 900
}

/// Days on which an account stands still: the vendor has no row for them.
fn rests(customer: &Customer, day: Date) -> bool {
    match customer.id {
        // The German account pauses over the year's end and on the first of May; the Japanese on Sundays of golden week.
        "3456789012" => matches!((day.month(), day.day()), (12, 24..=26) | (1 | 5, 1)) || day == OUTAGE,
        "4567890123" => day.month() == 5 && day.day() <= 6 && day.weekday() == Weekday::Sunday,
        _ => false,
    }
}

/// A day of October 2026 on which the German account's card was refused.
const OUTAGE: Date = Date::constant(2026, 10, 3);

/// The first day for which daily figures are kept: 37 months back.
#[must_use]
pub fn first_kept_day(today: Date) -> Date {
    today.saturating_sub(37.months()).max(FIRST_DAY)
}
