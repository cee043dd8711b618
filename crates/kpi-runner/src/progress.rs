//! What people see of a running collection: bars on a terminal, nothing elsewhere (the log tells it there).

use std::collections::BTreeMap;
use std::sync::Mutex;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use kpi_core::facts::SourceStatus;

/// Bars, one per source.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    bars: Option<(MultiProgress, Mutex<BTreeMap<String, ProgressBar>>)>,
}

impl Progress {
    /// Bars where the messages go to a terminal.
    pub(crate) fn new(visible: bool) -> Self {
        Self { bars: visible.then(|| (MultiProgress::new(), Mutex::default())) }
    }

    fn with(&self, act: impl FnOnce(&MultiProgress, &mut BTreeMap<String, ProgressBar>)) {
        if let Some((all, bars)) = &self.bars {
            act(all, &mut bars.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        }
    }

    /// A source begins with so many requests.
    pub(crate) fn begin(&self, source: &str, requests: usize) {
        self.with(|all, bars| {
            let bar = all.add(ProgressBar::new(requests as u64));
            if let Ok(style) = ProgressStyle::with_template("{prefix:16} {bar:24} {pos:>4}/{len:4} {msg}") {
                bar.set_style(style);
            }
            bar.set_prefix(source.to_owned());
            bars.insert(source.to_owned(), bar);
        });
    }

    /// One of its requests was answered.
    pub(crate) fn step(&self, source: &str) {
        self.with(|_, bars| {
            if let Some(bar) = bars.get(source) {
                bar.inc(1);
            }
        });
    }

    /// A source is done.
    pub(crate) fn done(&self, source: &str, status: SourceStatus, rows: u64) {
        self.with(|_, bars| {
            if let Some(bar) = bars.get(source) {
                bar.finish_with_message(format!("{} ({rows} rows)", status.as_str()));
            }
        });
    }
}
