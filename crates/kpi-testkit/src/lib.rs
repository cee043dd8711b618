//! Cases, rules and faults that prove an adapter right, offline.
