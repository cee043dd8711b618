//! One error type whose kind says who must act.

use std::error::Error as StdError;
use std::fmt;

use jiff::{SignedDuration, Timestamp};

/// A result whose error says who must act.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Who must act on an error, and whether the run may try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The operator's configuration is wrong.
    Config,
    /// Credentials were rejected, have expired or were revoked: the operator renews them.
    Auth,
    /// The login is valid, but a scope or an access right is missing: the account's administrator acts.
    Permission,
    /// The account, property or list does not exist.
    NotFound,
    /// The vendor cannot give what was asked for.
    Unsupported,
    /// The vendor asks to slow down; the run waits and goes on.
    RateLimited,
    /// The vendor's allowance is spent until a stated time; this account stops.
    Quota,
    /// The vendor, or the way to it, is failing; trying again may help.
    Unavailable,
    /// The reply is not what the vendor documents: the adapter's author acts.
    Protocol,
    /// The adapter broke the rules of this project: the adapter's author acts.
    Contract,
    /// This program failed, for example at its own disk.
    Internal,
}

impl ErrorKind {
    /// Whether another attempt in the same run may succeed.
    pub fn is_transient(self) -> bool {
        matches!(self, Self::RateLimited | Self::Unavailable)
    }

    /// The kind as written in snapshots and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Auth => "auth",
            Self::Permission => "permission",
            Self::NotFound => "not_found",
            Self::Unsupported => "unsupported",
            Self::RateLimited => "rate_limited",
            Self::Quota => "quota",
            Self::Unavailable => "unavailable",
            Self::Protocol => "protocol",
            Self::Contract => "contract",
            Self::Internal => "internal",
        }
    }

    /// What the reader should do, when the error itself does not say more.
    pub fn default_hint(self) -> &'static str {
        match self {
            Self::Config => "correct the configuration and run again",
            Self::Auth => "renew the credentials (kpi auth SOURCE, or the vendor's console) and run again",
            Self::Permission => "ask the account's administrator for access, then run kpi check",
            Self::NotFound => "check the account id in the configuration",
            Self::Unsupported => "remove the request, or use another source for it",
            Self::RateLimited => "run again later, or lower the concurrency",
            Self::Quota => "run again after the allowance resets; what was collected is kept",
            Self::Unavailable => "run again later; what was collected is kept",
            Self::Protocol => "the vendor's reply has changed: update kpi or report it to the adapter's author",
            Self::Contract => "the adapter has a bug: report it to the adapter's author",
            Self::Internal => "see the log; run again",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What went wrong, for whom, and what to do.
///
/// The message is a lowercase fragment that reads after "failed to …: ". It holds no secret, no full URL, no port and
/// no request id, so that equal failures are equal text.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    hint: Option<String>,
    context: Vec<(&'static str, String)>,
    retry_after: Option<SignedDuration>,
    stop_until: Option<Timestamp>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of a kind with a message.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            hint: None,
            context: Vec::new(),
            retry_after: None,
            stop_until: None,
            source: None,
        }))
    }

    /// Adds what the reader should do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Adds a named fact, such as the vendor's code or the request's name.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl fmt::Display) -> Self {
        self.0.context.push((key, value.to_string()));
        self
    }

    /// Adds how long the vendor asks to wait.
    #[must_use]
    pub fn retry_after(mut self, wait: SignedDuration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Adds until when this account must not be asked again.
    #[must_use]
    pub fn stop_until(mut self, until: Timestamp) -> Self {
        self.0.stop_until = Some(until);
        self
    }

    /// Adds the error that caused this one.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Who must act.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What happened, without the named facts.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What the reader should do.
    pub fn hint_text(&self) -> &str {
        self.0.hint.as_deref().unwrap_or_else(|| self.0.kind.default_hint())
    }

    /// The named facts, in the order in which they were added.
    pub fn context(&self) -> &[(&'static str, String)] {
        &self.0.context
    }

    /// How long the vendor asks to wait.
    pub fn retry_after_hint(&self) -> Option<SignedDuration> {
        self.0.retry_after
    }

    /// Until when this account must not be asked again.
    pub fn stop_until_time(&self) -> Option<Timestamp> {
        self.0.stop_until
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        if self.0.context.is_empty() {
            return Ok(());
        }
        f.write_str(" (")?;
        for (index, (key, value)) in self.0.context.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{key}={value}")?;
        }
        f.write_str(")")
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {self}", self.0.kind)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|source| &**source as &(dyn StdError + 'static))
    }
}
