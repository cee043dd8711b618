//! Broken adapters, each with a mistake that a real connector has shipped, and the rule that catches it: a kit that
//! passes everything proves nothing.

mod vendor;

use std::process::ExitCode;

use kpi_testkit::{Verdict, verdicts};
use libtest_mimic::{Arguments, Failed, Trial};
use vendor::Podcasts;

/// A mistake, and the test that must fail because of it.
struct Mutant {
    /// The number of the rule in the conformance list and what the mistake is.
    name: &'static str,
    run: fn(&str) -> Vec<Verdict>,
    /// The test that must fail.
    caught_by: &'static str,
    /// A part of what it must say.
    saying: &'static str,
}

fn run<const BUG: u8>(wanted: &str) -> Vec<Verdict> {
    verdicts::<Podcasts<BUG>>("tests/acme_podcasts", wanted)
}

/// Writes the list without repeating its field names.
const fn mutant(
    name: &'static str,
    run: fn(&str) -> Vec<Verdict>,
    caught_by: &'static str,
    saying: &'static str,
) -> Mutant {
    Mutant { name, run, caught_by, saying }
}

static MUTANTS: [Mutant; 28] = [
    mutant(
        "02_a_metric_is_unknown",
        run::<{ vendor::UNKNOWN_METRIC }>,
        "rule::02_every_metric_is_in_the_dictionary",
        "report `episodes`: `downloads` is not in the dictionary",
    ),
    mutant(
        "06_a_host_is_fixed",
        run::<{ vendor::FIXED_HOST }>,
        "rule::06_base_url_prefixes_every_host",
        "a request to a host that the descriptor does not declare",
    ),
    mutant(
        "07_a_column_never_comes",
        run::<{ vendor::CLAIMS_MORE }>,
        "rule::07_every_column_appears_in_a_case",
        "report `episodes`: likes comes out of no case",
    ),
    mutant("09_check_asks_too_much", run::<{ vendor::SLOW_CHECK }>, "case::check", "exchange 2 fits, but was used up"),
    mutant(
        "10_refusals_look_alike",
        run::<{ vendor::ALL_IS_NOT_FOUND }>,
        "fault::episodes::2_stats::401_for_ever",
        "expected an error of kind auth, got not_found",
    ),
    mutant(
        "13_micros_are_units",
        run::<{ vendor::MICROS_ARE_UNITS }>,
        "case::episodes",
        r#"+ {"start":"2026-10-01","dim.episode":"e1","metric":"revenue","value":"1500000","currency":"VND"}"#,
    ),
    mutant(
        "14_the_total_is_missed",
        run::<{ vendor::MICROS_ARE_UNITS }>,
        "rule::14_parts_and_unattributed_are_the_total",
        "case episodes: revenue: rows 2750000 + unattributed 0 is not the total 2.75",
    ),
    mutant(
        "16_dollars_always",
        run::<{ vendor::DOLLARS_ALWAYS }>,
        "case::episodes",
        "currency USD differs from the account's currency VND",
    ),
    mutant(
        "21_withheld_is_zero",
        run::<{ vendor::MISSING_IS_ZERO }>,
        "rule::21_absence_has_the_right_state",
        r#"- {"start":"2026-10-02","dim.episode":"e2","metric":"impressions","state":"withheld"}"#,
    ),
    mutant(
        "25_rows_conflict",
        run::<{ vendor::CONFLICTING_ROWS }>,
        "rule::25_no_two_figures_share_a_key",
        "two different figures for one key",
    ),
    mutant(
        "26_a_label_is_empty",
        run::<{ vendor::EMPTY_LABEL }>,
        "rule::26_every_breakdown_has_a_label",
        "with empty labels: the adapter broke a rule: contract: an empty label",
    ),
    mutant(
        "29_rows_outside_the_window",
        run::<{ vendor::OUTSIDE_WINDOW }>,
        "rule::29_rows_outside_the_window_are_not_kept",
        "with rows of 2026-08-22: the adapter broke a rule: contract: window 2026-08-22 is not what was asked for",
    ),
    mutant(
        "31_one_page_only",
        run::<{ vendor::ONE_PAGE_ONLY }>,
        "rule::31_pages_of_every_size",
        "exchange 3 (GET /v1/shows/show-1/stats) was asked for less often than the case says",
    ),
    mutant(
        "33_pages_without_end",
        run::<{ vendor::ENDLESS_PAGES }>,
        "fault::two_pages::2_stats::pages_without_end",
        "the adapter asked without end",
    ),
    mutant(
        "41_figures_settle_at_once",
        run::<{ vendor::NEVER_SETTLES }>,
        "rule::41_settling_time_is_stated",
        "say for how many days",
    ),
    mutant(
        "43_waits_are_ignored",
        run::<{ vendor::OWN_CLIENT }>,
        "fault::episodes::2_stats::429_with_seconds",
        "the vendor asked to wait 7s, and the next attempt came after 0ns",
    ),
    mutant(
        "45_a_failing_vendor_has_no_rows",
        run::<{ vendor::ERRORS_ARE_EMPTY }>,
        "fault::episodes::2_stats::500_for_ever",
        "the call succeeded with other figures; expected an error of kind unavailable",
    ),
    mutant(
        "46_refusals_are_asked_again",
        run::<{ vendor::RETRIES_ALL }>,
        "fault::episodes::2_stats::403",
        "51 attempts at one request; at most 2 are right",
    ),
    mutant(
        "47_a_web_page_panics",
        run::<{ vendor::PANICS }>,
        "fault::episodes::2_stats::html_with_200",
        "the adapter panicked: the vendor keeps its word",
    ),
    mutant(
        "48_a_stale_token_stays",
        run::<{ vendor::OWN_CLIENT }>,
        "fault::episodes::2_stats::401_once",
        "the call must go on after this, but it failed",
    ),
    mutant(
        "53_all_at_once",
        run::<{ vendor::ALL_AT_ONCE }>,
        "rule::53_requests_at_once_stay_within_the_budget",
        "requests at once; the descriptor's budget is 2",
    ),
    mutant(
        "55_new_fields_are_refused",
        run::<{ vendor::STRICT_WIRE }>,
        "rule::55_unknown_fields_are_ignored",
        "unknown field `kpi_testkit_unknown`",
    ),
    mutant(
        "56_a_missing_figure_is_zero",
        run::<{ vendor::MISSING_IS_ZERO }>,
        "rule::56_no_silent_zero::two_pages",
        "exchange 2, rows[].plays (without it): ",
    ),
    mutant(
        "59_rows_come_in_any_order",
        run::<{ vendor::HASH_ORDER }>,
        "rule::59_same_replies_give_the_same_bytes",
        "in the order of rows, notes or evidence",
    ),
    mutant(
        "64_the_token_stands_in_the_error",
        run::<{ vendor::TOKEN_IN_ERROR }>,
        "rule::64_secrets_never_leak",
        "refused: <THE SECRET>",
    ),
    mutant(
        "65_the_owner_stands_in_the_name",
        run::<{ vendor::OWNER_IN_NAME }>,
        "rule::65_personal_data_stays_inside",
        "`an.nguyen@mail.example` comes out",
    ),
    mutant(
        "66_the_second_call_is_empty",
        run::<{ vendor::ANSWERS_ONCE }>,
        "rule::66_a_source_can_be_asked_twice",
        "the same source, asked again, answers otherwise",
    ),
    mutant(
        "68_messages_are_sentences",
        run::<{ vendor::LOUD_MESSAGES }>,
        "rule::68_errors_say_what_to_do",
        "a message is a fragment without a full stop",
    ),
];

fn caught(mutant: &Mutant) -> Result<(), Failed> {
    let verdicts = (mutant.run)(mutant.caught_by);
    let [verdict] = verdicts.as_slice() else {
        return Err(format!("there is no test {}", mutant.caught_by).into());
    };
    match &verdict.failure {
        None => Err(format!("{} does not notice", mutant.caught_by).into()),
        Some(failure) if failure.contains(mutant.saying) => Ok(()),
        Some(failure) => Err(format!("expected in the text: {}\ngot: {failure}", mutant.saying).into()),
    }
}

/// The adapter without a mistake: the kit refuses nothing that is right.
fn right_passes() -> Result<(), Failed> {
    match run::<{ vendor::RIGHT }>("*").into_iter().find(|verdict| verdict.failure.is_some()) {
        None => Ok(()),
        Some(verdict) => Err(format!("{} fails: {:?}", verdict.name, verdict.failure).into()),
    }
}

fn main() -> ExitCode {
    // Mutants panic on purpose, and often.
    std::panic::set_hook(Box::new(|_| {}));
    let trials = MUTANTS.iter().map(|mutant| Trial::test(format!("mutant::{}", mutant.name), move || caught(mutant)));
    let trials = trials.chain([Trial::test("right::passes_everything", right_passes)]).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
