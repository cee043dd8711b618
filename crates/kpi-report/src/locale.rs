//! The languages of reports. Each is one file that fills [`Words`]; another language is another file and a variant.

use kpi_core::{Error, ErrorKind, Result};

use crate::number::Marks;

mod en;
mod vi;

/// A language that reports are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locale {
    /// Vietnamese, with numbers as in Vietnam.
    Vi,
    /// English, with numbers as in the United States.
    En,
}

impl Locale {
    /// Reads `vi` or `en`.
    ///
    /// # Errors
    /// `Config` when the language is another.
    pub fn parse(text: &str) -> Result<Self> {
        match text {
            "vi" => Ok(Self::Vi),
            "en" => Ok(Self::En),
            _ => {
                Err(Error::new(ErrorKind::Config, format!("reports are not written in `{text}`")).hint("use vi or en"))
            }
        }
    }

    pub(crate) fn words(self) -> &'static Words {
        match self {
            Self::Vi => &vi::WORDS,
            Self::En => &en::WORDS,
        }
    }
}

/// What a count is called beside a number, and behind "per".
#[derive(Clone, Copy, Debug)]
pub(crate) struct EntityName {
    /// Beside a number: `1,234 clicks`.
    pub many: &'static str,
    /// Per one of them: `₫500 per click`.
    pub each: &'static str,
}

/// Whether a KPI went up or down, in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Move {
    /// It rose.
    Up,
    /// It fell.
    Down,
    /// It did not move.
    Flat,
}

/// A sentence on the KPI that moved.
#[derive(Clone, Debug)]
pub(crate) struct MoveFacts<'a> {
    /// The KPI's name.
    pub name: &'a str,
    /// Which way.
    pub way: Move,
    /// By how much, without sign.
    pub by: &'a str,
    /// Since which period.
    pub since: &'a str,
    /// The value then.
    pub from: &'a str,
    /// The value now.
    pub to: &'a str,
    /// `better`, `worse` or nothing.
    pub verdict: Option<&'a str>,
}

/// A sentence on the KPI that is behind its goal.
#[derive(Clone, Debug)]
pub(crate) struct GoalFacts<'a> {
    /// The KPI's name.
    pub name: &'a str,
    /// Its value.
    pub value: &'a str,
    /// Its goal.
    pub goal: &'a str,
    /// How much of the goal is reached.
    pub attained: Option<&'a str>,
    /// What is missing.
    pub gap: Option<&'a str>,
    /// Its status.
    pub status: &'a str,
}

/// All that one language says.
pub(crate) struct Words {
    /// The language's code.
    pub code: &'static str,
    /// The marks of its numbers.
    pub marks: Marks,

    // Amounts.
    /// An amount without sign, and its currency's code, as money.
    pub money: fn(&str, &str) -> String,
    /// Behind an amount in millions.
    pub million: &'static str,
    /// Behind an amount in thousands of millions.
    pub billion: &'static str,
    /// Percentage points.
    pub percentage_points: &'static str,
    /// Points of a score.
    pub score_points: &'static str,
    /// What a count is called.
    pub entity: fn(&str) -> Option<EntityName>,
    /// `per lead`.
    pub per: fn(&str) -> String,

    // Time.
    /// Day, month and year.
    pub date: fn(i32, usize, u32) -> String,
    /// A month of a year.
    pub month: fn(i32, usize) -> String,
    /// A month of a year where there is little room.
    pub month_short: fn(i32, usize) -> String,
    /// A week of a year.
    pub week: fn(&str, &str) -> String,
    /// A quarter of a year.
    pub quarter: fn(&str, &str) -> String,
    /// A year.
    pub year: fn(&str) -> String,
    /// A fiscal year.
    pub fiscal_year: fn(&str) -> String,
    /// A quarter of a fiscal year.
    pub fiscal_quarter: fn(&str, &str) -> String,
    /// The name of a period within a sentence.
    pub in_sentence: fn(&str) -> String,
    /// Days that have ended, of all days of the period.
    pub days_of: fn(i32, i32) -> String,

    // Codes of the snapshot.
    /// `met on_track behind missed too_early no_data`.
    pub status: fn(&str) -> &'static str,
    /// When a status is given.
    pub status_rule: fn(&str) -> &'static str,
    /// Why a value is undefined, as a sentence.
    pub reason: fn(&str) -> &'static str,
    /// The four stages, and what belongs to none.
    pub stage: fn(&str) -> &'static str,
    /// The channels.
    pub channel: fn(&str) -> Option<&'static str>,
    /// The names of dimensions.
    pub dimension: fn(&str) -> Option<&'static str>,
    /// `strategic`, `tactical`.
    pub level: fn(&str) -> &'static str,
    /// `running`, `ended`, `settled`.
    pub period_status: fn(&str) -> &'static str,
    /// `complete`, `partial`, `empty`, and a source's `failed` and `skipped`.
    pub completeness: fn(&str) -> &'static str,
    /// What kept a source from being complete.
    pub error_kind: fn(&str) -> &'static str,
    /// What to do about it, where the snapshot's own English hint cannot be shown.
    pub error_hint: fn(&str) -> Option<&'static str>,
    /// The six reasons of the change log.
    pub change_reason: fn(&str) -> &'static str,
    /// By which rule amounts are converted.
    pub rate_rule: fn(&str) -> &'static str,
    /// `up`, `down`, `band`, `neutral`.
    pub direction: fn(&str) -> &'static str,

    // Quality marks.
    /// The vendor may still change it.
    pub provisional: &'static str,
    /// Days that have data, of all days.
    pub partial: fn(&str) -> String,
    /// A source and for how many days it is old.
    pub stale: fn(&str, &str) -> String,
    /// The vendor estimated from a sample.
    pub sampled: &'static str,
    /// The vendor hides small rows.
    pub thresholded: &'static str,
    /// The least and the most that it can be.
    pub between: fn(&str, &str) -> String,

    // Comparisons.
    /// Versus the period before.
    pub vs_previous: &'static str,
    /// Versus a year before.
    pub vs_year: &'static str,
    /// The change is for the better.
    pub better: &'static str,
    /// The change is for the worse.
    pub worse: &'static str,
    /// There was nothing before.
    pub new: &'static str,
    /// It did not change.
    pub unchanged: &'static str,
    /// The two cannot be compared.
    pub not_compared: &'static str,
    /// The two differ in more than the figures.
    pub not_alike: &'static str,
    /// The change per day.
    pub per_day: fn(&str) -> String,

    // Headings and labels.
    /// The report's title with its period.
    pub title: fn(&str) -> String,
    /// What the report is for.
    pub purpose: &'static str,
    /// What it answers.
    pub questions: &'static str,
    /// The most important figures.
    pub headlines: &'static str,
    /// The written part.
    pub story: &'static str,
    /// Strategic KPIs.
    pub strategic: &'static str,
    /// KPIs by stage.
    pub by_stage: &'static str,
    /// KPIs by channel.
    pub by_channel: &'static str,
    /// Trends.
    pub trends: &'static str,
    /// Figures of all periods.
    pub figures: &'static str,
    /// How the shades of a heat map are meant.
    pub heat_note: &'static str,
    /// Segments.
    pub segments: &'static str,
    /// Ranked lists.
    pub lists: &'static str,
    /// The drill-down.
    pub details: &'static str,
    /// What the report rests on.
    pub trust: &'static str,
    /// Warnings.
    pub warnings: &'static str,
    /// The change log.
    pub changes: &'static str,
    /// Sources.
    pub sources: &'static str,
    /// Sources that are not complete.
    pub failing: &'static str,
    /// Rates used.
    pub rates: &'static str,
    /// Assumptions.
    pub assumptions: &'static str,
    /// How a status is given.
    pub rules: &'static str,
    /// The column of names.
    pub kpi: &'static str,
    /// The column of values.
    pub value: &'static str,
    /// The column of sparklines.
    pub trend: &'static str,
    /// The column of goals.
    pub target: &'static str,
    /// The column of statuses.
    pub status_label: &'static str,
    /// The day by which a goal is due.
    pub due: fn(&str) -> String,
    /// How much of a goal is reached.
    pub attained: fn(&str) -> String,
    /// What is missing to the goal.
    pub gap: &'static str,
    /// What is expected by now.
    pub expected: &'static str,
    /// Where the period ends at this pace.
    pub projected: &'static str,
    /// A figure without a goal.
    pub no_goal: &'static str,
    /// The formula.
    pub formula: &'static str,
    /// The figures a KPI is computed from.
    pub inputs: &'static str,
    /// Conversions between currencies.
    pub converted: fn(&str, &str, usize) -> String,
    /// Who answers for it.
    pub owner: &'static str,
    /// What it serves.
    pub supports: &'static str,
    /// How it is read.
    pub reading: &'static str,
    /// What platforms claim.
    pub claimed: &'static str,
    /// The claim that is used.
    pub claim_used: &'static str,
    /// What parts do not explain.
    pub unattributed: &'static str,
    /// A total, the parts and their difference.
    pub unattributed_of: fn(&str, &str, &str) -> String,
    /// Notes in the language of the program.
    pub notes: &'static str,
    /// A technical message in English.
    pub message: &'static str,
    /// What to do.
    pub to_do: &'static str,
    /// A table behind a chart.
    pub as_table: &'static str,
    /// The column of periods.
    pub period: &'static str,
    /// More rows that are not shown.
    pub more: fn(usize) -> String,
    /// A list whose rows the vendor hides in part.
    pub incomplete_list: &'static str,
    /// The rank column.
    pub rank: &'static str,
    /// The column of what is ranked.
    pub item: &'static str,
    /// The column of the period before.
    pub before: &'static str,
    /// The column of adapters.
    pub adapter: &'static str,
    /// The column of channels.
    pub channel_label: &'static str,
    /// The column of rows.
    pub rows: &'static str,
    /// The column of zones.
    pub zone: &'static str,
    /// Hours between the source's days and the report's.
    pub shift: fn(&str) -> String,
    /// A rate and how it was chosen.
    pub rate: &'static str,
    /// The column of dates.
    pub day: &'static str,
    /// The column of rules.
    pub rule: &'static str,
    /// The column of origins.
    pub origin: &'static str,
    /// The column of reasons.
    pub reason_label: &'static str,
    /// The column of notes.
    pub note: &'static str,
    /// The column of amounts.
    pub amount: &'static str,
    /// How complete the report is, with complete and all sources.
    pub completeness_line: fn(&str, usize, usize) -> String,
    /// When it was computed, and which revision it is.
    pub made: fn(&str, u64) -> String,
    /// The hash of the content.
    pub hash: &'static str,
    /// The reporting zone and currency.
    pub basis: fn(&str, &str) -> String,
    /// Where definitions stand.
    pub definitions: &'static str,
    /// No KPI at all.
    pub empty: &'static str,
    /// The place within the page.
    pub contents: &'static str,
    /// What a sparkline shows: how many periods, the least, the most.
    pub spark: fn(usize, &str, &str) -> String,

    // Sentences.
    /// A KPI that moved.
    pub moved: fn(&MoveFacts<'_>) -> String,
    /// What moved most.
    pub moved_heading: &'static str,
    /// How many goals are met and how many are on track, of how many that were judged.
    pub goals_met: fn(usize, usize, usize) -> String,
    /// Goals.
    pub goals_heading: &'static str,
    /// A KPI behind its goal.
    pub off_target: fn(&GoalFacts<'_>) -> String,
    /// A pace: where it ends.
    pub at_this_pace: fn(&str) -> String,
    /// What could not be computed.
    pub undefined_heading: &'static str,
    /// What is missing.
    pub missing_heading: &'static str,
    /// Source, adapter, status, what happened.
    pub source_failed: fn(&str, &str, &str, &str) -> String,
    /// Figures reported differently before.
    pub restated_heading: &'static str,
    /// Name, from, to, by.
    pub restated: fn(&str, &str, &str, &str) -> String,
    /// The largest segment of a KPI: name, segment, value.
    pub largest: fn(&str, &str, &str) -> String,
    /// Nothing moved, nothing is behind, nothing is missing.
    pub quiet: &'static str,
    /// Translations of notes that the program writes in English, with `{}` for what stays.
    pub phrases: &'static [(&'static str, &'static str)],
}

impl Words {
    /// A note of the program in this language where it is known, otherwise as it is.
    pub(crate) fn note_text(&self, note: &str) -> Option<String> {
        self.phrases.iter().find_map(|(pattern, answer)| {
            let kept = matched(pattern, note)?;
            let mut kept = kept.into_iter();
            let mut pieces = answer.split("{}");
            let mut text = pieces.next()?.to_owned();
            for piece in pieces {
                text.push_str(kept.next().unwrap_or_default());
                text.push_str(piece);
            }
            Some(text)
        })
    }
}

/// What stands at the holes of a pattern, when the text has its form.
fn matched<'a>(pattern: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let mut pieces = pattern.split("{}");
    let mut rest = text.strip_prefix(pieces.next()?)?;
    let mut kept = Vec::new();
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        let at = if pieces.peek().is_none() {
            let at = rest.len().checked_sub(piece.len())?;
            rest.is_char_boundary(at).then_some(at).filter(|at| rest[*at..] == *piece)?
        } else {
            rest.find(piece)?
        };
        kept.push(&rest[..at]);
        rest = &rest[at + piece.len()..];
    }
    rest.is_empty().then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::matched;

    #[test]
    fn patterns_keep_what_stands_at_their_holes() {
        assert_eq!(matched("no rate {} on {}", "no rate USD/VND on 2026-11-01"), Some(vec!["USD/VND", "2026-11-01"]));
        assert_eq!(matched("no rate {} on {}.", "no rate USD/VND on 2026-11-01"), None);
        assert_eq!(matched("all", "all"), Some(vec![]));
        assert_eq!(matched("all", "all of it"), None);
    }
}
