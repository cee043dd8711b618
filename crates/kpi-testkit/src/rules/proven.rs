//! Rules that only a case of their own can show: a case says `proves = [36]`, and the rule is as good as the case.

use std::sync::Arc;

use super::{Evidence, all};
use crate::suite::Suite;
use crate::verdict::judge;

/// The rules and what a case must show for each.
const RULES: [(u32, &str, &str); 24] = [
    (11, "missing_permission_names_its_account", "an account or metric without permission is named in the error"),
    (17, "uniques_are_asked_for_the_window", "a distinct count over a window of several days"),
    (19, "deleted_entities_are_included", "figures of removed, paused and archived things are there"),
    (20, "every_kind_of_campaign_is_covered", "rows of every kind of campaign add up to the total"),
    (21, "absence_has_the_right_state", "null, empty text, a dash, zero and an absent row"),
    (22, "sampling_and_thresholds_are_noted", "the vendor says that it sampled or left out small groups"),
    (23, "attribution_is_asked_for", "the attribution setting stands in the request"),
    (24, "hierarchy_follows_the_decision", "groups and campaigns map as decided"),
    (27, "dropped_rows_are_counted", "rows that are left out, with a note of kind dropped"),
    (30, "no_rows_is_an_answer", "an answer without rows"),
    (31, "pages_of_every_size", "several pages, the last one full"),
    (32, "a_short_page_is_not_the_end", "a short page in the middle"),
    (34, "a_shifted_page_doubles_nothing", "a page that repeats rows of the page before"),
    (35, "caps_are_split_or_reported", "an answer at the vendor's cap"),
    (36, "report_jobs_end", "a report job that waits, and one that fails"),
    (37, "days_are_cut_in_the_accounts_zone", "an event near midnight in a zone far from UTC"),
    (38, "windows_are_exact_on_the_wire", "the days of the window stand in the request"),
    (39, "incomplete_days_are_marked", "a window that reaches today"),
    (42, "the_past_has_a_limit", "a window beyond what the vendor keeps"),
    (44, "a_spent_quota_says_until_when", "the daily allowance is used up"),
    (50, "one_refused_metric_leaves_the_others", "one metric is refused, the others come"),
    (63, "far_windows_give_no_rows", "a window far in the future or the past"),
    (57, "retired_metrics_are_told", "a metric or API version that the vendor ended"),
    (58, "recorded_replies_parse", "a recorded reply; Suite::sample makes a test of one"),
];

/// Rules that others prove for every adapter.
const ELSEWHERE: [(&str, &str); 7] = [
    ("08_reference_page_is_fresh", "cargo xtask docs --check"),
    ("12_check_ends", "see fault::…::timeout_for_ever and fault::…::pages_without_end of the check case"),
    ("18_no_ratio_is_emitted", "the dictionary has no ratios, see rule 02"),
    ("28_nothing_is_lost_or_doubled", "see fault::…"),
    ("33_pages_lead_in_circles", "see fault::…::pages_without_end"),
    ("52_timeouts_hold", "kpi-http's own tests prove it"),
    ("67_progress_advances", "the runner's"),
];

pub(super) fn add(suite: &mut Suite, evidence: &Arc<Evidence>) {
    for (number, name, shows) in RULES {
        let name = format!("rule::{number}_{name}");
        let cases: Vec<_> = evidence.cases.iter().filter(|case| case.proves.contains(&number)).cloned().collect();
        if cases.is_empty() {
            suite.ignored(name, &format!("no case says proves = [{number}]: {shows}"));
        } else {
            suite.test(name, move || all(cases.iter().map(|case| judge(case))));
        }
    }
    for (name, reason) in ELSEWHERE {
        suite.ignored(format!("rule::{name}"), reason);
    }
}
