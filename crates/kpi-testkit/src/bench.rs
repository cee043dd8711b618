//! Tests in Rust code, for what a case folder cannot say.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::Date;
use kpi_core::{AccountProfile, Adapter, Error, ErrorKind, Result, Window};
use serde_json::Value as Json;

use crate::plan::{Action, Plan, Subject};
use crate::run::Run;
use crate::script::Script;

/// One adapter with a configuration and a script, ready to be called.
///
/// Its methods build their own runtime: use plain `#[test]` functions.
///
/// ```
/// # use kpi_core::*;
/// # use kpi_testkit::Bench;
/// # fn example<GoogleAds: Adapter>() -> Result<()> {
/// use std::time::Duration;
///
/// use kpi_testkit::Script;
/// use serde_json::json;
///
/// let config = r#"
///     customer_id = "1"
///     refresh_token = { env = "TOKEN" }
/// "#;
/// let run = Bench::of::<GoogleAds>(config)?
///     .now("2026-11-21T06:00:00Z")?
///     .on(Script::post("/token").json(&json!({ "access_token": "t", "expires_in": 3600 })))
///     .on(Script::post("/v26/customers/1/googleAds:search").status(429).reply_header("Retry-After", "7"))
///     .on(Script::post("/v26/customers/1/googleAds:search").json(&json!({ "results": [] })))
///     .collect("account", "2026-11-20")?;
///
/// run.assert_complete();
/// assert_eq!(run.slept(), Duration::from_secs(7));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Bench {
    plan: Plan,
}

impl Bench {
    /// An adapter with its configuration as TOML.
    ///
    /// # Errors
    /// `Config` when the configuration is not TOML.
    pub fn of<A: Adapter>(config: &str) -> Result<Self> {
        let config: Json = toml::from_str(config)
            .map_err(|error| Error::new(ErrorKind::Config, format!("the configuration is not TOML: {error}")))?;
        let plan = Plan {
            subject: Subject::of::<A>()?,
            config,
            folder: PathBuf::new(),
            secrets: BTreeMap::new(),
            now: Timestamp::constant(1_793_858_400, 0),
            profile: AccountProfile { name: "Test account".to_owned(), timezone: None, currency: None },
            action: Action::Check,
            scripts: Vec::new(),
            ordered: false,
            fault: None,
        };
        Ok(Self { plan })
    }

    /// Sets the time of reading; without this it is 2026-11-05T06:00:00Z.
    ///
    /// # Errors
    /// `Config` when it is not an RFC 3339 time.
    pub fn now(mut self, now: &str) -> Result<Self> {
        self.plan.now = parse_time(now)?;
        Ok(self)
    }

    /// Sets what `check` would have said about the account.
    #[must_use]
    pub fn profile(mut self, profile: AccountProfile) -> Self {
        self.plan.profile = profile;
        self
    }

    /// Sets the secret behind `{ env = "name" }`; without this it is a canary.
    #[must_use]
    pub fn secret(mut self, name: &str, value: &str) -> Self {
        self.plan.secrets.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Adds an exchange.
    #[must_use]
    pub fn on(mut self, script: Script) -> Self {
        self.plan.scripts.push(script);
        self
    }

    /// Demands the exchanges in the order in which they were added.
    #[must_use]
    pub fn ordered(mut self) -> Self {
        self.plan.ordered = true;
        self
    }

    /// Asks who the account is.
    pub fn check(&self) -> Run {
        self.plan.run()
    }

    /// Asks for a report over a window: `2026-11-20` or `2026-11-01..2026-11-20`.
    ///
    /// # Errors
    /// `Config` when there is no such report or the window is not one. Errors of the adapter are in the [`Run`].
    pub fn collect(&self, report: &str, window: &str) -> Result<Run> {
        let mut plan = self.plan.clone();
        plan.action = Action::Collect { report: plan.subject.report(report)?, window: parse_window(window)? };
        Ok(plan.run())
    }
}

impl std::fmt::Debug for Bench {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bench").field("adapter", &self.plan.subject.descriptor().id).finish_non_exhaustive()
    }
}

/// Reads a time.
pub(crate) fn parse_time(text: &str) -> Result<Timestamp> {
    text.parse().map_err(|_| {
        Error::new(ErrorKind::Config, format!("`{text}` is not a time")).hint("write RFC 3339: 2026-11-05T06:00:00Z")
    })
}

/// Reads a day or two days.
pub(crate) fn parse_window(text: &str) -> Result<Window> {
    let day = |text: &str| {
        text.parse::<Date>().map_err(|_| {
            Error::new(ErrorKind::Config, format!("`{text}` is not a day"))
                .hint("write 2026-10-01, or 2026-10-01..2026-10-03")
        })
    };
    match text.split_once("..") {
        Some((first, last)) => Window::new(day(first)?, day(last)?),
        None => Ok(Window::day(day(text)?)),
    }
}
