//! What reports must hold, whatever they look like.

#![expect(clippy::unwrap_used, reason = "what cannot be built or written fails its test")]

mod common;

use kpi_report::{Format, Locale, Options, render};

const BOTH: [Locale; 2] = [Locale::Vi, Locale::En];

fn written(snapshot: &kpi_core::snapshot::Snapshot, format: Format, locale: Locale, width: usize) -> String {
    render(snapshot, format, &Options { locale, width, color: false }).unwrap()
}

/// Compares with a committed file, or rewrites it with `KPI_BLESS=1`.
fn golden(name: &str, text: &str) {
    let path = format!("{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("KPI_BLESS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(known == text, "{name} differs: look at the change, then run with KPI_BLESS=1");
}

#[test]
fn small_outputs_are_as_committed() {
    let snapshot = common::small();
    for (format, name) in [(Format::Table, "table.txt"), (Format::Markdown, "report.md"), (Format::Csv, "report.csv")] {
        golden(&format!("small.vi.{name}"), &written(&snapshot, format, Locale::Vi, 140));
        golden(&format!("small.en.{name}"), &written(&snapshot, format, Locale::En, 140));
    }
    for (locale, name) in [(Locale::Vi, "vi"), (Locale::En, "en")] {
        golden(&format!("small.{name}.report.html"), &written(&snapshot, Format::Html, locale, 0));
        golden(&format!("small.{name}.narrow.txt"), &written(&snapshot, Format::Table, locale, 40));
        golden(&format!("empty.{name}.table.txt"), &written(&common::empty(), Format::Table, locale, 80));
    }
}

#[test]
fn the_same_snapshot_is_the_same_bytes() {
    for format in [Format::Table, Format::Json, Format::Markdown, Format::Html, Format::Csv] {
        let twice = [common::rich(), common::rich()].map(|snapshot| written(&snapshot, format, Locale::Vi, 120));
        assert_eq!(twice[0], twice[1]);
    }
    assert_eq!(written(&common::rich(), Format::Json, Locale::En, 0), common::rich().to_json().unwrap());
}

#[test]
fn tables_fit_every_width() {
    for snapshot in [common::rich(), common::running(), common::empty()] {
        for locale in BOTH {
            for width in [30, 40, 60, 80, 100, 120, 160, 200] {
                for line in written(&snapshot, Format::Table, locale, width).lines() {
                    // Every letter of the fixture takes one column.
                    assert!(line.chars().count() <= width, "{width}: {line}");
                }
            }
        }
    }
}

#[test]
fn colours_are_only_painted_when_asked_for() {
    let plain = Options { locale: Locale::Vi, width: 120, color: false };
    let painted = render(&common::rich(), Format::Table, &Options { color: true, ..plain }).unwrap();
    let mut bare = String::new();
    let mut pieces = painted.split("\u{1b}[");
    bare.push_str(pieces.next().unwrap());
    for piece in pieces {
        bare.push_str(piece.split_once('m').unwrap().1);
    }
    let trimmed: String = bare.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    assert_eq!(trimmed, render(&common::rich(), Format::Table, &plain).unwrap());
}

#[test]
fn pages_ask_for_nothing_and_hold_no_markup_of_others() {
    for snapshot in [common::rich(), common::running(), common::large(), common::empty()] {
        for locale in BOTH {
            let page = written(&snapshot, Format::Html, locale, 0);
            for word in ["http://", "https://", "url(", "@import", "src=", "<link", "<script>", "alert(1)</script>"] {
                assert!(!page.contains(word), "{word}");
            }
            assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\""));
            assert_eq!(page.matches("<script").count(), 1);
            assert!(!page.contains("<snapshot>"));
        }
    }
}

#[test]
fn pages_fit_into_a_mail() {
    for locale in BOTH {
        let page = written(&common::large(), Format::Html, locale, 0);
        assert!(page.len() <= 150_000, "{} bytes", page.len());
    }
}

#[test]
fn pages_hold_their_snapshot() {
    let snapshot = common::rich();
    let page = written(&snapshot, Format::Html, Locale::Vi, 0);
    let from = page.find("id=\"snapshot\"").unwrap();
    let json = &page[from + page[from..].find('>').unwrap() + 1..];
    let json = &json[..json.find("</script>").unwrap()];
    let held: serde_json::Value = serde_json::from_str(json).unwrap();
    let mut whole = serde_json::to_value(&snapshot).unwrap();
    for kpi in whole["kpis"].as_array_mut().unwrap() {
        kpi.as_object_mut().unwrap().remove("segments");
    }
    assert_eq!(held, whole);
}

#[test]
fn elements_are_closed_and_headings_are_in_order() {
    for snapshot in [common::rich(), common::empty()] {
        let page = written(&snapshot, Format::Html, Locale::En, 0);
        for element in ["section", "table", "details", "article", "figure", "svg", "div", "ul", "dl", "span"] {
            let opened = page.matches(&format!("<{element} ")).count() + page.matches(&format!("<{element}>")).count();
            assert_eq!(opened, page.matches(&format!("</{element}>")).count(), "{element}");
        }
        let mut level = 0;
        for (at, _) in page.match_indices("<h") {
            let Some(next) = page[at + 2..].chars().next().and_then(|letter| letter.to_digit(10)) else { continue };
            assert!(next <= level + 1, "h{next} after h{level}");
            level = next;
        }
    }
}

#[test]
fn no_words_of_the_other_language_are_left_over() {
    let snapshot = common::rich();
    let english = ["Trend", "Goal", "Status", "better", "worse", "Segments", "Sources", "October", "reached", "People"];
    for format in [Format::Table, Format::Markdown, Format::Html] {
        let text = written(&snapshot, format, Locale::Vi, 160);
        let text = text.split("<script").next().unwrap();
        let text = text.split_once("</style>").map_or(text, |(_, text)| text);
        for word in english {
            assert!(!text.contains(word), "{word}");
        }
        let text = written(&snapshot, format, Locale::En, 160);
        let text = text.split("<script").next().unwrap();
        for word in ["Đạt", "Tháng", "so với", "lượt", "tốt hơn", "Nguồn", "triệu", "điểm"] {
            assert!(!text.contains(word), "{word}");
        }
    }
}

#[test]
fn formats_are_read_by_name_and_unknown_ones_are_listed() {
    assert_eq!(Format::parse("md").unwrap(), Format::Markdown);
    let unknown = Format::parse("pdf").unwrap_err();
    assert_eq!(unknown.to_string(), "`pdf` is not a report format");
    assert!(unknown.hint_text().contains("table, json, html, md, csv"));
    let missing = Format::parse("xlsx").unwrap_err();
    assert_eq!(missing.to_string(), "the format `xlsx` was not built in");
    assert!(missing.hint_text().contains("--features xlsx"));
}

/// Writes pages to look at, into the directory that `KPI_SHOTS` names.
#[test]
fn pages_to_look_at() {
    let Some(directory) = std::env::var_os("KPI_SHOTS") else { return };
    let directory = std::path::Path::new(&directory);
    for (locale, code) in [(Locale::Vi, "vi"), (Locale::En, "en")] {
        for (name, snapshot) in [("rich", common::rich()), ("running", common::running()), ("large", common::large())] {
            let page = written(&snapshot, Format::Html, locale, 0);
            std::fs::write(directory.join(format!("{name}.{code}.html")), page).unwrap();
        }
    }
}
