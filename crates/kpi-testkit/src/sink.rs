//! Where a test keeps what an adapter emits.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use kpi_core::{Batch, Note, NoteKind, Observation, Result, Sink};

/// Keeps everything, in order.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    observations: Vec<Observation>,
    notes: Vec<Note>,
}

impl Collected {
    pub(crate) fn take(&self) -> (Vec<Observation>, Vec<Note>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        (std::mem::take(&mut state.observations), std::mem::take(&mut state.notes))
    }
}

#[async_trait]
impl Sink for Collected {
    async fn batch(&self, batch: Batch) -> Result<()> {
        tokio::task::yield_now().await;
        self.state.lock().unwrap_or_else(PoisonError::into_inner).observations.extend(batch.observations());
        Ok(())
    }

    fn note(&self, note: Note) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).notes.push(note);
    }
}

/// A note in one line: `dropped 3: rows outside the window`.
pub(crate) fn note_line(note: &Note) -> String {
    let kind = match &note.kind {
        NoteKind::Sampled => "sampled".to_owned(),
        NoteKind::Thresholded => "thresholded".to_owned(),
        NoteKind::Withdrawn(metric) => format!("withdrawn {metric}"),
        NoteKind::Dropped(rows) => format!("dropped {rows}"),
        NoteKind::Remark => "remark".to_owned(),
        other => format!("{other:?}"),
    };
    format!("{kind}: {}", note.text)
}
