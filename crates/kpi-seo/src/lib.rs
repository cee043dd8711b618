//! Adapters for search engines.
