//! Adapters for e-mail services.
