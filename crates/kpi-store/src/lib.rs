//! Where observations, evidence and snapshots are kept: the Store trait and SQLite behind it.
