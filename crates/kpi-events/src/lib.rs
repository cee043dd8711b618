//! Adapters for event platforms.
