//! Marketing KPIs from every channel in one snapshot that is right.
