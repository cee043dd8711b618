//! check: the configuration, the secrets, and each vendor's answer to who the account is.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use kpi_core::{Clock as _, Error, ErrorKind, Registry};
use kpi_store::Mode;

use crate::collect::Shared;

use super::{Collecting, Common, Done, print, setup};

/// The longest that one vendor is waited for, in seconds.
const DEADLINE: u64 = 60;

pub(super) fn check(common: &Common, registry: &Registry) -> Done {
    let clock = setup::clock(common);
    let config = Arc::new(setup::configuration(common, registry, &clock)?);
    let store = setup::store(&config, Mode::ReadWrite)?;
    let collecting = Collecting { jobs: 8, deadline: DEADLINE, grace: 5, readings_only: false };
    let now = clock.start();
    let deadline = clock.now().checked_add(SignedDuration::from_secs(60)).unwrap_or(now);
    let tools = setup::tools(&config, Arc::clone(&store), clock, &collecting, true);
    let shared = Shared::new(&tools, &config.dictionary);
    let runtime = setup::runtime()?;
    let mut text = String::new();
    let mut failed = 0;
    for source in config.sources.iter().filter(|source| common.source.is_empty() || common.source.contains(&source.id))
    {
        let cx = shared.context(&tools, &config.dictionary, source, deadline);
        let answer = runtime.block_on(async {
            #[expect(clippy::disallowed_methods, reason = "the deadline of a check is the runner's")]
            let answer = tokio::time::timeout(Duration::from_secs(DEADLINE), source.opened.check(&cx)).await;
            answer.unwrap_or_else(|_| Err(Error::new(ErrorKind::Unavailable, "the vendor did not answer in time")))
        });
        // Writing to a string cannot fail.
        let _ = match answer {
            Ok(profile) => {
                let zone = profile.timezone.unwrap_or_else(|| config.timezone.clone());
                let currency =
                    profile.currency.map_or_else(|| "no single currency".to_owned(), |code| code.to_string());
                writeln!(text, "ok      {:16} {} ({zone}, {currency})", source.id, profile.name)
            }
            Err(error) => {
                failed += 1;
                writeln!(
                    text,
                    "failed  {:16} {}: {error}\n        {:16} hint: {}",
                    source.id,
                    error.kind(),
                    "",
                    error.hint_text()
                )
            }
        };
    }
    if config.sources.is_empty() {
        text.push_str("the configuration has no source\n");
    }
    print(common, &text)?;
    Ok(if failed > 0 { 5 } else { 0 })
}
