//! SQLite passes the suite that every backend passes.

use std::process::ExitCode;

use kpi_store::{Mode, SqliteStore, conformance};
use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let trials = conformance::ALL.map(|(name, check)| {
        Trial::test(name, move || {
            let folder = tempfile::tempdir()?;
            let path = folder.path().join("kpi.sqlite");
            check(&|| match SqliteStore::open(&path, Mode::ReadWrite) {
                Ok(store) => Box::new(store),
                Err(error) => panic!("the store does not open: {error}"),
            });
            Ok(())
        })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit_code()
}
