//! One call of an adapter: everything that it needs.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use kpi_core::{
    AccountProfile, Adapter, AdapterEntry, ChannelSource, Context, ContextParts, Descriptor, Dictionary, Emitter,
    Error, ErrorKind, Registry, Report, Request, Result, Window,
};
use kpi_http::{Budget, set_budget};
use serde_json::Value as Json;
use url::Url;

use crate::clock::ManualClock;
use crate::fault::Fault;
use crate::run::Run;
use crate::script::Script;
use crate::secrets::TestCredentials;
use crate::sink::Collected;
use crate::vendor::{Reach, Vendor};

/// How long a call may take on the test's clock.
const DEADLINE: SignedDuration = SignedDuration::from_hours(2);

/// An adapter, without its type.
#[derive(Clone)]
pub(crate) struct Subject {
    pub(crate) entry: AdapterEntry,
    pub(crate) dictionary: Arc<Dictionary>,
}

impl Subject {
    /// The adapter of a type.
    pub(crate) fn of<A: Adapter>() -> Result<Self> {
        let mut registry = Registry::new();
        registry.add::<A>()?;
        let dictionary = Arc::new(registry.dictionary()?);
        let entry = *registry.get(<A as Adapter>::descriptor().id)?;
        Ok(Self { entry, dictionary })
    }

    pub(crate) fn descriptor(&self) -> &'static Descriptor {
        self.entry.descriptor
    }

    /// The report of this name.
    ///
    /// # Errors
    /// `Config`, listing the reports there are.
    pub(crate) fn report(&self, id: &str) -> Result<&'static Report> {
        self.descriptor().report(id).ok_or_else(|| {
            let known: Vec<&str> = self.descriptor().reports.iter().map(|report| report.id).collect();
            Error::new(ErrorKind::Config, format!("{} has no report `{id}`", self.descriptor().id))
                .hint(format!("its reports are {}", known.join(", ")))
        })
    }
}

/// What a call asks for.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    Check,
    Collect { report: &'static Report, window: Window },
}

/// Everything that a call needs.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) subject: Subject,
    pub(crate) config: Json,
    pub(crate) folder: PathBuf,
    pub(crate) secrets: BTreeMap<String, String>,
    pub(crate) now: Timestamp,
    pub(crate) profile: AccountProfile,
    pub(crate) action: Action,
    pub(crate) scripts: Vec<Script>,
    pub(crate) ordered: bool,
    pub(crate) fault: Option<Fault>,
}

impl Plan {
    /// The same with something going wrong. Tokens may then be asked for again.
    pub(crate) fn with_fault(&self, fault: Fault) -> Self {
        let mut plan = self.clone();
        plan.fault = Some(fault);
        plan.with_free_tokens()
    }

    /// The same where tokens may be asked for any number of times.
    pub(crate) fn with_free_tokens(&self) -> Self {
        let mut plan = self.clone();
        for script in plan.scripts.iter_mut().filter(|script| script.is_token()) {
            script.times = None;
        }
        plan
    }

    /// Runs the call.
    pub(crate) fn run(&self) -> Run {
        let source = match (self.subject.entry.open)(self.config.clone()) {
            Ok(source) => source,
            Err(error) => return Run { error: Some(error), ..Run::default() },
        };
        self.run_with(&*source, None).0
    }

    /// Runs the call on the same source twice, with a fresh script, a shared token cache and a running clock.
    pub(crate) fn run_twice(&self) -> (Run, Run) {
        let source = match (self.subject.entry.open)(self.config.clone()) {
            Ok(source) => source,
            Err(error) => return (Run { error: Some(error), ..Run::default() }, Run::default()),
        };
        let (first, cx) = self.run_with(&*source, None);
        let (second, _) = self.run_with(&*source, Some(&cx));
        (first, second)
    }

    fn run_with(&self, source: &dyn ChannelSource, earlier: Option<&Context>) -> (Run, Context) {
        let clock = Arc::new(ManualClock::at(self.now));
        let credentials = Arc::new(TestCredentials::new(&self.folder, self.secrets.clone()));
        let reach = match self.config.get("base_url").and_then(Json::as_str).and_then(|text| Url::parse(text).ok()) {
            Some(base) => Reach::Base(base),
            None => Reach::Hosts(self.subject.descriptor().hosts),
        };
        let scripts = self.scripts.clone();
        let vendor = Arc::new(Vendor::new(scripts, self.ordered, reach, self.fault.clone(), Arc::clone(&clock)));
        let parts = ContextParts {
            transport: Arc::clone(&vendor) as _,
            clock: Arc::clone(&clock) as _,
            credentials: Arc::clone(&credentials) as _,
            dictionary: Arc::clone(&self.subject.dictionary),
            deadline: self.now.saturating_add(DEADLINE).unwrap_or(Timestamp::MAX),
            adapter: self.subject.descriptor().id,
            source: "test".to_owned(),
        };
        let cx = match earlier {
            Some(earlier) => earlier.sibling(parts),
            None => Context::new(parts),
        };
        // Rates a minute are left out: waiting for them would hide how long a vendor asked to wait.
        let concurrency = self.subject.descriptor().concurrency;
        set_budget(&cx, Budget { concurrency, per_minute: None });
        let sink = Arc::new(Collected::default());
        let called = catch_unwind(AssertUnwindSafe(|| block_on(self.call(source, &cx, Arc::clone(&sink)))));
        let (observations, notes) = sink.take();
        let mut run = Run {
            observations,
            notes,
            waits: clock.waits(),
            evidence: cx.evidence().take(),
            record: vendor.record(),
            secrets: credentials.seen(),
            rotated: credentials.rotated(),
            ..Run::default()
        };
        match called {
            Ok(Ok(profile)) => run.profile = profile,
            Ok(Err(error)) => run.error = Some(error),
            Err(panic) => run.panic = Some(panic_text(&*panic)),
        }
        (run, cx)
    }

    async fn call(
        &self,
        source: &dyn ChannelSource,
        cx: &Context,
        sink: Arc<Collected>,
    ) -> Result<Option<AccountProfile>> {
        match &self.action {
            Action::Check => source.check(cx).await.map(Some),
            Action::Collect { report, window } => {
                let request =
                    Request { report, window: *window, profile: Arc::new(self.profile.clone()), read_at: self.now };
                let mut out = Emitter::new(request.clone(), sink);
                source.collect(cx, &request, &mut out).await.map(|()| None)
            }
        }
    }
}

fn block_on<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::new(ErrorKind::Internal, "no runtime for the test").caused_by(error))?;
    runtime.block_on(future)
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("something that is not text").to_owned()
}
