//! Talking HTTP politely: authentication, retry, rate limits, paging, decoding and redaction for adapters.
