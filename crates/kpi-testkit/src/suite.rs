//! All tests of one adapter, each with its name.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use kpi_core::Adapter;
use libtest_mimic::{Arguments, Failed, Trial};

use crate::case::{Case, Loaded, Skip, SuiteFile, case_folders, load_suite};
use crate::plan::Subject;
use crate::samples::{in_package, samples};
use crate::verdict::judge;
use crate::{faults, rules};

/// Runs every case, rule and fault of an adapter. A test file is one line:
///
/// ```no_run
/// # use kpi_core::*;
/// # struct GoogleAds;
/// # #[async_trait::async_trait] impl ChannelSource for GoogleAds {
/// #     fn descriptor(&self) -> &'static Descriptor { unimplemented!() }
/// #     async fn check(&self, _: &Context) -> Result<AccountProfile> { unimplemented!() }
/// #     async fn collect(&self, _: &Context, _: &Request, _: &mut Emitter) -> Result<()> { unimplemented!() }
/// # }
/// # impl Adapter for GoogleAds {
/// #     type Config = String;
/// #     fn descriptor() -> &'static Descriptor { unimplemented!() }
/// #     fn new(_: String) -> Result<Self> { unimplemented!() }
/// # }
/// fn main() -> std::process::ExitCode {
///     kpi_testkit::suite::<GoogleAds>("tests/google_ads")
/// }
/// ```
pub fn suite<A: Adapter>(folder: &str) -> ExitCode {
    suite_with::<A>(folder, |_| {})
}

/// Runs every case, rule and fault of an adapter, and what else is added.
pub fn suite_with<A: Adapter>(folder: &str, add: impl FnOnce(&mut Suite)) -> ExitCode {
    let arguments = Arguments::from_args();
    let mut suite = Suite::of::<A>(folder);
    add(&mut suite);
    let trials = suite.tests.into_iter().map(Test::into_trial).collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Runs the tests of an adapter whose names fit, in this process, for tests of the kit itself. `*` stands for any text.
pub fn verdicts<A: Adapter>(folder: &str, wanted: &str) -> Vec<Verdict> {
    let tests = Suite::of::<A>(folder).tests.into_iter().filter(|test| fits(wanted, &test.name));
    tests.filter_map(|test| test.check.map(|check| Verdict { name: test.name, failure: check().err() })).collect()
}

/// How one test came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The name of the test.
    pub name: String,
    /// What is wrong, for people; `None` when nothing is.
    pub failure: Option<String>,
}

/// What a test is made of: nothing, or a text that says what is wrong.
type Check = Box<dyn FnOnce() -> Loaded<()> + Send>;

/// One test.
struct Test {
    name: String,
    /// `None` for a test that does not apply.
    check: Option<Check>,
}

impl Test {
    fn into_trial(self) -> Trial {
        match self.check {
            Some(check) => Trial::test(self.name, move || check().map_err(Failed::from)),
            None => Trial::test(self.name, || Ok(())).with_ignored_flag(true),
        }
    }
}

/// The tests of one adapter.
pub struct Suite {
    tests: Vec<Test>,
    skips: Vec<Skip>,
}

impl Suite {
    fn of<A: Adapter>(folder: &str) -> Self {
        let mut suite = Self { tests: Vec::new(), skips: Vec::new() };
        let path = in_package(folder);
        match Parts::load::<A>(path) {
            Ok(parts) => {
                suite.skips.clone_from(&parts.suite.skips);
                suite.add_all(parts);
            }
            Err(cause) => suite.test(format!("suite::{folder}"), move || Err(cause)),
        }
        suite
    }

    /// Adds a test of how a recorded sample is read; without samples in the checkout it counts as skipped. `path` is
    /// relative to the folder of samples: `"facebook-pages/page_insights.json"`.
    pub fn sample(
        &mut self,
        path: &str,
        read: impl FnOnce(&[u8]) -> std::result::Result<(), String> + Send + 'static,
    ) -> &mut Self {
        let name = format!("sample::{path}");
        match samples() {
            None => self.ignored(name, "no samples in this checkout"),
            Some(folder) => {
                let path = folder.join(path);
                self.test(name, move || {
                    let bytes = std::fs::read(&path).map_err(|error| format!("cannot read the sample: {error}"))?;
                    read(&bytes)
                });
            }
        }
        self
    }

    /// Adds a test of the adapter's own. A text says what is wrong.
    pub fn test(
        &mut self,
        name: impl Into<String>,
        check: impl FnOnce() -> std::result::Result<(), String> + Send + 'static,
    ) {
        let name = name.into();
        if let Some(skip) = self.skips.iter().find(|skip| skip.fields.is_empty() && fits(&skip.test, &name)) {
            let reason = skip.reason.clone();
            self.ignored(name, &reason);
            return;
        }
        self.tests.push(Test { name, check: Some(Box::new(check)) });
    }

    /// Lists a test that does not apply, with its reason in its name.
    pub(crate) fn ignored(&mut self, name: impl Into<String>, reason: &str) {
        self.tests.push(Test { name: format!("{} ({reason})", name.into()), check: None });
    }

    fn add_all(&mut self, parts: Parts) {
        let mut cases = Vec::new();
        for (name, loaded) in parts.cases {
            match loaded {
                Ok(case) => {
                    let judged = case.clone();
                    self.test(format!("case::{name}"), move || judge(&judged));
                    cases.push(Arc::new(case));
                }
                Err(cause) => self.test(format!("case::{name}"), move || Err(cause)),
            }
        }
        rules::add(self, &parts.subject, &parts.suite, &cases, &parts.folder);
        faults::add(self, &cases);
        self.refuse_stale_skips();
    }

    /// A skip that fits nothing hides what it was once written for.
    fn refuse_stale_skips(&mut self) {
        // Ignored tests carry their reason in brackets behind their name.
        let own_name = |test: &Test| test.name.split(" (").next().unwrap_or("").to_owned();
        let names: Vec<String> = self.tests.iter().map(own_name).collect();
        let stale: Vec<String> = self.skips.iter().map(|skip| skip.test.clone()).collect();
        for skip in stale.into_iter().filter(|skip| !names.iter().any(|name| fits(skip, name))) {
            let cause = format!("suite.toml: no test fits the skip of `{skip}`: delete it");
            self.tests.push(Test { name: format!("suite::skip {skip}"), check: Some(Box::new(move || Err(cause))) });
        }
    }
}

impl std::fmt::Debug for Suite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Suite").field("tests", &self.tests.len()).finish_non_exhaustive()
    }
}

/// What is read from the folder before there are tests.
struct Parts {
    subject: Subject,
    suite: SuiteFile,
    cases: Vec<(String, Loaded<Case>)>,
    folder: PathBuf,
}

impl Parts {
    fn load<A: Adapter>(folder: PathBuf) -> Loaded<Self> {
        let subject = Subject::of::<A>().map_err(|error| format!("{error:?}"))?;
        let suite = load_suite(&folder)?;
        let mut cases = Vec::new();
        for path in case_folders(&folder)? {
            let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            cases.push((name, Case::load(&subject, &suite, &path)));
        }
        if cases.is_empty() {
            return Err(format!("there is no case folder in {}", folder.display()));
        }
        Ok(Self { subject, suite, cases, folder })
    }
}

/// Whether a name fits a pattern in which `*` stands for any text.
pub(crate) fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => match name.strip_prefix(before) {
            None => false,
            Some(rest) => (0..=rest.len()).filter_map(|start| rest.get(start..)).any(|rest| fits(after, rest)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_star_stands_for_any_text() {
        assert!(fits("fault::*::empty_object", "fault::daily::1_search::empty_object"));
        assert!(fits("rule::56*", "rule::56_no_silent_zero::daily"));
        assert!(fits("case::a", "case::a"));
        assert!(!fits("case::a", "case::ab"));
        assert!(!fits("fault::*::x", "fault::y::xx"));
    }
}
