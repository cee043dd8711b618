//! Adapters for advertising platforms.
