//! Adapters that open files.
