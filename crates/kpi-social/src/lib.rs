//! Adapters for social networks.
