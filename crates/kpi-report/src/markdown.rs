//! Tables with headings, for chats, tickets and repositories.

use kpi_core::Rational;
use kpi_core::snapshot::Snapshot;

use crate::change::Change;
use crate::locale::Words;
use crate::table::{sparkline, status_text};
use crate::view::{Kpi, View};
use crate::{Locale, period, story, trust};

/// Writes the document.
pub(crate) fn render(snapshot: &Snapshot, locale: Locale) -> String {
    let view = View::new(snapshot, locale);
    let words = view.words;
    let kpis = view.kpis();
    let mut text = String::new();
    head(&view, &mut text);
    if kpis.is_empty() {
        paragraph(&mut text, words.empty);
    }
    for told in story::tell(&view, &kpis) {
        heading(&mut text, 2, told.heading);
        list(&mut text, told.sentences.iter());
    }
    for (stage, members) in view.stages(&kpis) {
        heading(&mut text, 2, stage);
        stage_table(&view, &members, &mut text);
    }
    lists(&view, &mut text);
    if !snapshot.warnings.is_empty() {
        heading(&mut text, 2, words.warnings);
        list(&mut text, snapshot.warnings.iter().map(|warning| view.note(warning)));
    }
    changes(&view, &mut text);
    trust_block(&view, &mut text);
    text
}

fn head(view: &View<'_>, text: &mut String) {
    let (words, snapshot) = (view.words, view.snapshot);
    heading(text, 1, &format!("{} – {}", (words.title)(&view.period()), snapshot.workspace));
    let dates = [&snapshot.period.start, &snapshot.period.end].map(|day| period::day(day, words));
    let status = (words.period_status)(&snapshot.period.status);
    paragraph(text, &format!("{} – {}, {status}. {}", dates[0], dates[1], view.completeness()));
    if let Some(purpose) = &snapshot.report.purpose {
        paragraph(text, &format!("{}: {purpose}", words.purpose));
    }
    if !snapshot.report.questions.is_empty() {
        paragraph(text, &format!("{}:", words.questions));
        list(text, snapshot.report.questions.iter());
    }
}

fn stage_table(view: &View<'_>, kpis: &[Kpi<'_>], text: &mut String) {
    let words = view.words;
    let heads =
        [words.kpi, words.value, words.vs_previous, words.vs_year, words.trend, words.target, words.status_label];
    table_head(text, &heads, &[1, 2, 3, 5]);
    for kpi in kpis {
        let value = kpi.value().map_or_else(|| "–".to_owned(), |value| words.with_unit(&kpi.shape, value));
        let change =
            |doc| Change::of(doc, &kpi.shape, words).map_or_else(|| "–".to_owned(), |c| change_text(&c, words));
        row(
            text,
            &[
                kpi.name.to_owned(),
                value,
                change(kpi.doc.previous.as_ref()),
                change(kpi.doc.year_ago.as_ref()),
                sparkline(&kpi.trend()),
                goal(kpi, words),
                status_text(kpi, words),
            ],
        );
    }
    text.push('\n');
    let notes = kpis.iter().filter_map(|kpi| {
        let said = kpi.reason(words).into_iter().chain(kpi.bounds(words));
        let said: Vec<String> = said.chain(kpi.doc.quality.iter().map(|mark| view.quality(mark))).collect();
        (!said.is_empty()).then(|| format!("{}: {}", kpi.name, said.join(" · ")))
    });
    list(text, notes);
}

fn change_text(change: &Change, words: &Words) -> String {
    let detail = change.detail.as_ref().map(|detail| format!(" ({detail})")).unwrap_or_default();
    let verdict = change.verdict(words).map(|verdict| format!(", {verdict}")).unwrap_or_default();
    format!("{}{}{}{detail}{verdict}", change.mark(), change.arrow(), change.main)
}

fn goal(kpi: &Kpi<'_>, words: &Words) -> String {
    let Some(goal) = kpi.goal(words) else { return String::new() };
    let attainment = kpi.doc.target.as_ref().and_then(|target| target.attainment.as_deref());
    let share = attainment.and_then(Rational::parse_plain).map(|share| (words.attained)(&words.percent(&share, 1)));
    share.map_or(goal.clone(), |share| format!("{goal} ({share})"))
}

fn lists(view: &View<'_>, text: &mut String) {
    let words = view.words;
    for ranked in &view.snapshot.lists {
        let shape = view.shape_of(&ranked.metric, ranked.currency.as_deref());
        heading(text, 2, view.local(&ranked.name));
        table_head(text, &[words.rank, words.item, words.sources, words.value, words.before], &[0, 3, 4]);
        for (index, item) in ranked.rows.iter().enumerate() {
            let before =
                item.previous.as_deref().map_or_else(|| "–".to_owned(), |value| words.plain_figure(&shape, value));
            let value = words.plain_figure(&shape, &item.value);
            row(text, &[(index + 1).to_string(), item.label.clone(), item.source.clone(), value, before]);
        }
        text.push('\n');
        if ranked.incomplete {
            paragraph(text, words.incomplete_list);
        }
    }
}

fn changes(view: &View<'_>, text: &mut String) {
    let words = view.words;
    if view.snapshot.changes.is_empty() {
        return;
    }
    heading(text, 2, words.changes);
    table_head(text, &[words.day, words.kpi, words.reason_label, words.note], &[]);
    for change in &view.snapshot.changes {
        let reason = (words.change_reason)(&change.reason).to_owned();
        row(text, &[period::day(&change.date, words), view.name_of(&change.kpi), reason, change.note.clone()]);
    }
    text.push('\n');
}

fn trust_block(view: &View<'_>, text: &mut String) {
    let (words, snapshot) = (view.words, view.snapshot);
    heading(text, 2, words.trust);
    paragraph(text, &view.completeness());
    table_head(
        text,
        &[words.sources, words.adapter, words.channel_label, words.status_label, words.rows, words.zone],
        &[4],
    );
    for source in &snapshot.completeness.sources {
        let rows = words.marks.short(&Rational::from(i64::try_from(source.rows).unwrap_or(i64::MAX)), 0);
        row(
            text,
            &[
                source.id.clone(),
                source.adapter.clone(),
                view.channel(&source.channel),
                (words.completeness)(&source.status).to_owned(),
                rows,
                zone(view, &source.timezone, &source.shift_hours),
            ],
        );
    }
    text.push('\n');
    let rates = trust::rates(view);
    if !rates.is_empty() {
        heading(text, 3, words.rates);
        table_head(text, &[words.day, words.amount, words.rate, words.rule, words.origin], &[2]);
        for rate in rates {
            row(
                text,
                &[
                    period::day(rate.date, words),
                    format!("{} → {}", rate.from, rate.to),
                    trust::rate_text(view, rate.rate),
                    (words.rate_rule)(rate.rule).to_owned(),
                    rate.origin.to_owned(),
                ],
            );
        }
        text.push('\n');
    }
    if !snapshot.assumptions.is_empty() {
        heading(text, 3, words.assumptions);
        let lines = snapshot.assumptions.iter().map(|assumption| {
            let note = assumption.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
            format!("{} = {}{note}", assumption.id, assumption.value)
        });
        list(text, lines);
    }
    heading(text, 3, words.rules);
    list(
        text,
        trust::STATUSES.iter().map(|status| format!("{}: {}", (words.status)(status), (words.status_rule)(status))),
    );
    let formulas = snapshot.kpis.iter().filter(|doc| !doc.formula.is_empty() && doc.formula != doc.id);
    let formulas: Vec<String> =
        formulas.map(|doc| format!("`{} = {}`", doc.id, doc.formula).replace('\n', " ")).collect();
    if !formulas.is_empty() {
        heading(text, 3, words.formula);
        for formula in formulas {
            text.push_str(&format!("- {formula}\n"));
        }
        text.push('\n');
    }
    paragraph(text, words.definitions);
    paragraph(text, &(words.basis)(&snapshot.period.timezone, &snapshot.currency));
    paragraph(text, &format!("{}.", (words.made)(&period::day(&snapshot.evaluated_on, words), snapshot.revision)));
    text.push_str(&format!("{}: `{}`\n", words.hash, snapshot.content_hash.replace('`', "")));
}

/// The zone of a source's days, and how far it is from the report's.
pub(crate) fn zone(view: &View<'_>, zone: &str, shift: &str) -> String {
    match Rational::parse_plain(shift) {
        Some(hours) if !hours.is_zero() => {
            format!("{zone} ({})", (view.words.shift)(&view.words.marks.short(&hours, 2)))
        }
        _ => zone.to_owned(),
    }
}

fn heading(text: &mut String, level: usize, title: &str) {
    text.push_str(&format!("{} {}\n\n", "#".repeat(level), escape(title)));
}

fn paragraph(text: &mut String, sentence: &str) {
    text.push_str(&format!("{}\n\n", escape(sentence)));
}

fn list(text: &mut String, items: impl Iterator<Item = impl AsRef<str>>) {
    let mut any = false;
    for item in items {
        text.push_str(&format!("- {}\n", escape(item.as_ref())));
        any = true;
    }
    if any {
        text.push('\n');
    }
}

fn table_head(text: &mut String, heads: &[&str], to_the_right: &[usize]) {
    row(text, &heads.iter().map(|head| (*head).to_owned()).collect::<Vec<_>>());
    for index in 0..heads.len() {
        text.push_str(if to_the_right.contains(&index) { "| ---: " } else { "| --- " });
    }
    text.push_str("|\n");
}

fn row(text: &mut String, cells: &[String]) {
    for cell in cells {
        text.push_str(&format!("| {} ", escape(cell)));
    }
    text.push_str("|\n");
}

/// Text that Markdown shows as it is, on one line.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' => safe.extend(['\\', character]),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '\n' | '\r' => safe.push(' '),
            _ => safe.push(character),
        }
    }
    safe
}
