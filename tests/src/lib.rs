//! The end-to-end package: its tests run the whole system against the sandbox.
