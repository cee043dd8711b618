//! The deterministic world: a software company in Vietnam with subsidiaries in the United States, Germany and Japan.
//!
//! Nothing is stored. Every figure is a pure function of the seed, a key and a day, so any day can be read at any time.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

pub mod ads;
pub mod business;
pub mod rates;
pub mod rows;
pub mod season;
pub mod seo;
pub mod web;
pub mod windows;

/// The first day of the world, a Monday.
pub const FIRST_DAY: Date = Date::constant(2024, 1, 1);

/// Where the clock of the sandbox stands unless it is moved.
pub const DEFAULT_NOW: &str = "2026-11-05T06:00:00Z";

/// The seed and the size of the world.
#[derive(Clone, Debug)]
pub struct World {
    seed: u64,
}

impl Default for World {
    fn default() -> Self {
        Self { seed: 0x5A0_3A1 }
    }
}

impl World {
    /// A 64-bit number that depends on the key and the day only.
    #[must_use]
    pub fn hash(&self, key: &str, day: Date) -> u64 {
        let mut state = self.hash_key(key);
        state ^= u64::from(day_number(day).unsigned_abs()).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mix(state)
    }

    /// A 64-bit number that depends on the key only.
    #[must_use]
    pub fn hash_key(&self, key: &str) -> u64 {
        let mut state = self.seed ^ 0xCBF2_9CE4_8422_2325;
        for byte in key.bytes() {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        }
        mix(state)
    }

    /// A number in `low..=high` for a key and a day.
    #[must_use]
    pub fn between(&self, key: &str, day: Date, low: u64, high: u64) -> u64 {
        low + self.hash(key, day) % (high - low + 1)
    }

    /// `base` times `permille / 1000`, and ±`spread` permille of noise, rounded so that the mean stays.
    #[must_use]
    pub fn vary(&self, key: &str, day: Date, base: u64, permille: u64, spread: u64) -> u64 {
        let noise = 1000 - spread + self.hash(key, day) % (2 * spread + 1);
        self.chance(key, day, u128::from(base) * u128::from(permille) * u128::from(noise), 1_000_000)
    }

    /// `part / whole` as a whole number, the remainder decided by a coin of the key and the day.
    #[must_use]
    pub fn chance(&self, key: &str, day: Date, part: u128, whole: u128) -> u64 {
        let coin = u128::from(mix(self.hash(key, day) ^ 0xC01) % 1_000_000) * whole / 1_000_000;
        u64::try_from((part + coin) / whole).unwrap_or(u64::MAX)
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The number of days since the first day of the world.
#[must_use]
pub fn day_number(day: Date) -> i32 {
    (day - FIRST_DAY).get_days()
}

/// Every day from one to another, both included; none when they are the wrong way round.
pub fn days(start: Date, end: Date) -> impl Iterator<Item = Date> {
    start.series(1.day()).take_while(move |day| *day <= end)
}

/// The civil date of an instant in a named zone; UTC where the zone is unknown.
#[must_use]
pub fn date_in(now: Timestamp, zone: &str) -> Date {
    now.to_zoned(TimeZone::get(zone).unwrap_or(TimeZone::UTC)).date()
}

/// The day `n` days later; negative for earlier. The last representable day bounds it.
#[must_use]
pub fn plus(day: Date, n: i32) -> Date {
    day.saturating_add(i64::from(n).days())
}

/// Splits a total over weights so that the parts are whole and add up to it.
#[must_use]
pub fn split(total: u64, weights: &[u64]) -> Vec<u64> {
    let all: u128 = weights.iter().map(|w| u128::from(*w)).sum();
    if all == 0 {
        return vec![0; weights.len()];
    }
    let mut seen: u128 = 0;
    let mut given: u128 = 0;
    weights
        .iter()
        .map(|weight| {
            seen += u128::from(*weight);
            let until = u128::from(total) * seen / all;
            let part = until - given;
            given = until;
            u64::try_from(part).unwrap_or(u64::MAX)
        })
        .collect()
}
