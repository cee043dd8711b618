//! The way to the writer's thread: a queue that makes tasks wait, not threads, and answers that can be awaited.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

/// Batches wait from this many rows in the queue on: with the one being packed, that is all the memory they take.
const ROWS: usize = 8192;

/// The writer's thread has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Closed;

/// A queue from many tasks to one thread.
#[derive(Debug)]
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    ready: Condvar,
}

#[derive(Debug)]
struct State<T> {
    messages: VecDeque<(T, usize)>,
    rows: usize,
    closed: bool,
    waiting: Vec<Waker>,
}

impl<T> Queue<T> {
    pub(super) fn new() -> Self {
        let state = State { messages: VecDeque::new(), rows: 0, closed: false, waiting: Vec::new() };
        Self { state: Mutex::new(state), ready: Condvar::new() }
    }

    /// Adds a small message at once.
    pub(super) fn push(&self, message: T) -> Result<(), Closed> {
        self.add(&mut self.lock(), message, 0)
    }

    /// Adds a message of so many rows when there is room.
    pub(super) async fn push_when_room(&self, message: T, rows: usize) -> Result<(), Closed> {
        let mut message = Some(message);
        poll_fn(|context| {
            let mut state = self.lock();
            if !state.closed && state.rows >= ROWS {
                state.waiting.push(context.waker().clone());
                return Poll::Pending;
            }
            match message.take() {
                Some(message) => Poll::Ready(self.add(&mut state, message, rows)),
                None => Poll::Ready(Err(Closed)),
            }
        })
        .await
    }

    /// Takes the next message, blocking until there is one; `None` when the queue is closed and empty.
    pub(super) fn pop(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some((message, rows)) = state.messages.pop_front() {
                state.rows -= rows;
                if rows > 0 {
                    state.waiting.drain(..).for_each(Waker::wake);
                }
                return Some(message);
            }
            if state.closed {
                return None;
            }
            state = self.ready.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes no more messages; those that wait are still delivered.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.waiting.drain(..).for_each(Waker::wake);
        self.ready.notify_all();
    }

    /// Drops what waits, when nobody will take it.
    pub(super) fn clear(&self) {
        let messages = std::mem::take(&mut self.lock().messages);
        drop(messages);
    }

    fn add(&self, state: &mut State<T>, message: T, rows: usize) -> Result<(), Closed> {
        if state.closed {
            return Err(Closed);
        }
        state.messages.push_back((message, rows));
        state.rows += rows;
        self.ready.notify_one();
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The two ends of one answer.
pub(super) fn answer<T>() -> (Reply<T>, Answer<T>) {
    let slot = Arc::new(Mutex::new(Slot { value: None, gone: false, waker: None }));
    (Reply(Arc::clone(&slot)), Answer(slot))
}

#[derive(Debug)]
struct Slot<T> {
    value: Option<T>,
    gone: bool,
    waker: Option<Waker>,
}

/// Gives an answer.
#[derive(Debug)]
pub(super) struct Reply<T>(Arc<Mutex<Slot<T>>>);

impl<T> Reply<T> {
    pub(super) fn send(self, value: T) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).value = Some(value);
    }
}

impl<T> Drop for Reply<T> {
    fn drop(&mut self) {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slot.gone = true;
        if let Some(waker) = slot.waker.take() {
            waker.wake();
        }
    }
}

/// Waits for an answer.
#[derive(Debug)]
pub(super) struct Answer<T>(Arc<Mutex<Slot<T>>>);

impl<T> Answer<T> {
    pub(super) async fn wait(self) -> Result<T, Closed> {
        poll_fn(|context| {
            let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            match slot.value.take() {
                Some(value) => Poll::Ready(Ok(value)),
                None if slot.gone => Poll::Ready(Err(Closed)),
                None => {
                    slot.waker = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await
    }
}
