//! A vendor in the same process: answers from a script, refuses what the script does not expect, and notes everything.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use kpi_core::{Clock, Limits, Transport, TransportError};
use url::Url;

use crate::clock::ManualClock;
use crate::expect::Sent;
use crate::fault::{Fault, Lasting};
use crate::script::{Broken, Reply, Script};

/// More requests than this in one run are an endless loop.
pub(crate) const MOST_REQUESTS: usize = 12_000;

/// How often a request lets others that run beside it go first.
const YIELDS: u32 = 8;

/// Where requests may go.
#[derive(Clone, Debug)]
pub(crate) enum Reach {
    /// To these hosts of the descriptor; `*.` stands for any name below.
    Hosts(&'static [&'static str]),
    /// To this address and no other, whose path is put before every path.
    Base(Url),
}

/// One request and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct Logged {
    pub(crate) sent: Sent,
    pub(crate) at: Timestamp,
    /// Which exchange of the script answered.
    pub(crate) exchange: Option<usize>,
    /// Whether the answer was a fault in place of the script's.
    pub(crate) faulted: bool,
}

/// What a run did at the vendor.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    pub(crate) log: Vec<Logged>,
    /// Requests that no exchange expects, each with the nearest exchange.
    pub(crate) unmatched: Vec<String>,
    /// Requests to hosts that are not declared.
    pub(crate) foreign: Vec<String>,
    /// The exchanges that were asked less often than the script says.
    pub(crate) unused: Vec<usize>,
    /// The most requests that were under way at once.
    pub(crate) most_at_once: usize,
    /// Whether the run was stopped because it asked without end.
    pub(crate) endless: bool,
}

/// Answers from a script.
pub(crate) struct Vendor {
    scripts: Vec<Script>,
    ordered: bool,
    reach: Reach,
    fault: Option<Fault>,
    clock: Arc<ManualClock>,
    state: Mutex<State>,
    under_way: AtomicUsize,
}

struct State {
    uses: Vec<u32>,
    faults: u32,
    record: Record,
}

impl Vendor {
    pub(crate) fn new(
        scripts: Vec<Script>,
        ordered: bool,
        reach: Reach,
        fault: Option<Fault>,
        clock: Arc<ManualClock>,
    ) -> Self {
        let state = State { uses: vec![0; scripts.len()], faults: 0, record: Record::default() };
        Self { scripts, ordered, reach, fault, clock, state: Mutex::new(state), under_way: AtomicUsize::new(0) }
    }

    /// What happened so far.
    pub(crate) fn record(&self) -> Record {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut record = state.record.clone();
        record.unused = (0..self.scripts.len())
            .filter(|index| self.scripts[*index].times.is_some_and(|times| state.uses[*index] < times))
            .collect();
        record
    }

    /// Decides about one request.
    fn answer(&self, mut sent: Sent) -> Result<Reply, TransportError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.record.log.len() >= MOST_REQUESTS {
            state.record.endless = true;
            return Err(TransportError::Refused(format!("more than {MOST_REQUESTS} requests")));
        }
        if !self.reach.allows(&mut sent) {
            state.record.foreign.push(sent.describe());
            return Err(TransportError::Refused(format!("{} is not a declared host", sent.host)));
        }
        let found = self.find(&state.uses, &sent);
        let (mut exchange, mut faulted) = (None, false);
        let reply = match found {
            Ok(index) => {
                exchange = Some(index);
                let script = &self.scripts[index];
                match self.fault_for(index, state.faults) {
                    Some(reply) => {
                        state.faults += 1;
                        if self.fault.as_ref().is_some_and(Fault::still_answers) {
                            state.uses[index] += 1;
                        }
                        faulted = true;
                        Ok(reply(&script.reply, &sent, self.clock.now()))
                    }
                    None => {
                        state.uses[index] += 1;
                        Ok(script.reply.clone())
                    }
                }
            }
            Err(nearest) => {
                state.record.unmatched.push(format!("{}\n  {nearest}", sent.describe()));
                Err(TransportError::Refused("no exchange of the script expects this request".to_owned()))
            }
        };
        state.record.log.push(Logged { sent, at: self.clock.now(), exchange, faulted });
        reply
    }

    /// The exchange for a request, or a sentence about the nearest.
    fn find(&self, uses: &[u32], sent: &Sent) -> Result<usize, String> {
        let left = |index: &usize| self.scripts[*index].times.is_none_or(|times| uses[*index] < times);
        let mut candidates: Vec<usize> = (0..self.scripts.len()).filter(left).collect();
        if self.ordered {
            // What may be asked any number of times does not hold up the order.
            let first = candidates.iter().copied().find(|index| self.scripts[*index].times.is_some());
            candidates.retain(|index| self.scripts[*index].times.is_none() || Some(*index) == first);
        }
        let fitting = candidates.iter().copied().filter(|index| self.scripts[*index].expect.misses(sent).is_empty());
        if let Some(best) = fitting.min_by_key(|index| (usize::MAX - self.scripts[*index].expect.weight(), *index)) {
            return Ok(best);
        }
        let nearest = (0..self.scripts.len()).map(|index| (self.scripts[index].expect.misses(sent), index)).min_by_key(
            |(misses, index)| {
                (misses.len() + 2 * usize::from(misses.iter().any(|miss| miss.starts_with("path"))), *index)
            },
        );
        Err(match nearest {
            None => "the script expects no request at all".to_owned(),
            Some((misses, index)) if misses.is_empty() => format!(
                "exchange {} fits, but {}",
                index + 1,
                if left(&index) {
                    "another comes first (ordered = true)"
                } else {
                    "was used up: say `times = 2` if it is asked again"
                }
            ),
            Some((misses, index)) => format!("nearest is exchange {}: {}", index + 1, misses.join("; ")),
        })
    }

    fn fault_for(&self, index: usize, faults: u32) -> Option<impl Fn(&Reply, &Sent, Timestamp) -> Reply> {
        let fault = self.fault.as_ref()?;
        let concerned = fault.at.contains(&index);
        let on = match fault.lasting {
            Lasting::Once => faults == 0,
            Lasting::Ever => true,
        };
        (concerned && on).then_some(|reply: &Reply, sent: &Sent, now| fault.reply(reply, sent, now))
    }
}

impl Reach {
    /// Whether a request may go where it goes; takes a base's path off its path.
    fn allows(&self, sent: &mut Sent) -> bool {
        match self {
            Self::Hosts(hosts) => hosts.iter().any(|host| match host.strip_prefix("*.") {
                Some(domain) => sent.host.strip_suffix(domain).is_some_and(|name| name.ends_with('.')),
                None => *host == sent.host,
            }),
            Self::Base(base) => {
                let prefix = base.path().trim_end_matches('/');
                let rest = sent.path.strip_prefix(prefix).filter(|rest| rest.starts_with('/')).map(str::to_owned);
                match rest {
                    Some(rest) if sent.host == base.authority() => {
                        sent.path = rest;
                        true
                    }
                    _ => false,
                }
            }
        }
    }
}

/// Counts a request while it is under way, even when it is given up.
struct UnderWay<'a> {
    count: &'a AtomicUsize,
    at_once: usize,
}

impl<'a> UnderWay<'a> {
    fn begin(count: &'a AtomicUsize) -> Self {
        Self { count, at_once: count.fetch_add(1, Ordering::SeqCst) + 1 }
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Transport for Vendor {
    async fn exchange(
        &self,
        request: http::Request<Bytes>,
        limits: Limits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let under_way = UnderWay::begin(&self.under_way);
        let at_once = under_way.at_once;
        {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.record.most_at_once = state.record.most_at_once.max(at_once);
        }
        // Others that run beside this request get as far as theirs before it is answered.
        for _ in 0..YIELDS {
            tokio::task::yield_now().await;
        }
        let answer = self.answer(Sent::of(&request));
        drop(under_way);
        let reply = answer?;
        self.clock.advance(reply.takes);
        match reply.broken {
            Some(Broken::NotSent) => return Err(TransportError::NotSent("connection refused".to_owned())),
            Some(Broken::Reset) => return Err(TransportError::Interrupted("connection reset".to_owned())),
            Some(Broken::TooLarge) => return Err(TransportError::TooLarge(limits.max_bytes)),
            Some(Broken::TimedOut) => {
                self.clock.advance(limits.total);
                return Err(TransportError::TimedOut("no reply".to_owned()));
            }
            None => {}
        }
        let mut response = http::Response::builder().status(reply.status);
        for (name, value) in &reply.headers {
            response = response.header(name, value);
        }
        response
            .body(reply.body)
            .map_err(|error| TransportError::Refused(format!("a bad reply in the script: {error}")))
    }
}
