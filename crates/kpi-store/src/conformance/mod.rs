//! What every backend must do, as functions to call from its tests.
//!
//! Each function takes a way to open the store under test: every call opens the same store anew, and each function
//! needs a store of its own. A function panics, naming what is wrong, when the backend does not keep the contract.
//!
//! ```no_run
//! # use kpi_store::{Mode, SqliteStore, conformance};
//! for (name, check) in conformance::ALL {
//!     let path = std::env::temp_dir().join(name);
//!     check(&|| Box::new(SqliteStore::open(&path, Mode::ReadWrite).expect(name)));
//! }
//! ```
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "these are tests, compiled for other crates")]

use crate::Store;

mod fixture;
mod hashes;
mod records;
mod rows;
mod slices;

pub use fixture::block_on;
pub use hashes::{order_and_paging_leave_the_hash, what_the_hash_covers};
pub use records::{change_log, evidence_and_notes, profiles, runs, snapshots};
pub use rows::{big_and_negative_numbers, conflicts, duplicates, figures_come_back, groups, reading_windows};
pub use slices::{
    as_of_and_named_revisions, crash, day_slices, equal_content_adds_no_revision, many_at_once,
    readers_see_only_committed, replaced_whole,
};

/// Opens the store under test.
pub type Open<'a> = &'a dyn Fn() -> Box<dyn Store>;

/// A function of the suite.
pub type Check = fn(Open<'_>);

/// Every function of the suite, by name.
pub const ALL: [(&str, Check); 20] = [
    ("equal_content_adds_no_revision", equal_content_adds_no_revision),
    ("replaced_whole", replaced_whole),
    ("as_of_and_named_revisions", as_of_and_named_revisions),
    ("day_slices", day_slices),
    ("crash", crash),
    ("readers_see_only_committed", readers_see_only_committed),
    ("many_at_once", many_at_once),
    ("figures_come_back", figures_come_back),
    ("reading_windows", reading_windows),
    ("groups", groups),
    ("duplicates", duplicates),
    ("conflicts", conflicts),
    ("big_and_negative_numbers", big_and_negative_numbers),
    ("order_and_paging_leave_the_hash", order_and_paging_leave_the_hash),
    ("what_the_hash_covers", what_the_hash_covers),
    ("evidence_and_notes", evidence_and_notes),
    ("runs", runs),
    ("profiles", profiles),
    ("snapshots", snapshots),
    ("change_log", change_log),
];
