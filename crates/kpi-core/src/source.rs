//! The contract between this project and an adapter.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::descriptor::{Descriptor, Report};
use crate::{Context, Currency, Emitter, Error, ErrorKind, Result, Secret, SecretRef, Window};

/// Who an account is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountProfile {
    /// Its name at the vendor; never a person's.
    pub name: String,
    /// The IANA zone in which its days are cut; `None` for the reporting zone.
    pub timezone: Option<String>,
    /// The one currency of its amounts; `None` when it has none or several.
    pub currency: Option<Currency>,
}

/// One question for one report over one window.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which report of the adapter's descriptor.
    pub report: &'static Report,
    /// The days that are asked for: several single ones, or one exact window, as the report says.
    pub window: Window,
    /// The account, as `check` described it.
    pub profile: Arc<AccountProfile>,
    /// When the run reads. Adapters never ask what time it is.
    pub read_at: Timestamp,
}

impl Request {
    /// The civil day of reading in the account's zone.
    ///
    /// # Errors
    /// `Protocol` when the account's zone is unknown.
    pub fn today(&self) -> Result<Date> {
        let zone = self.profile.timezone.as_deref().unwrap_or("UTC");
        let zone = jiff::tz::TimeZone::get(zone)
            .map_err(|error| Error::new(ErrorKind::Protocol, format!("unknown time zone `{zone}`")).caused_by(error))?;
        Ok(self.read_at.to_zoned(zone).date())
    }
}

/// What a person is asked to consent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentPlan {
    /// The vendor's consent page.
    pub authorize_url: String,
    /// The client's id.
    pub client_id: String,
    /// The scopes, separated as the vendor wants them.
    pub scope: String,
    /// Parameters of the vendor's own, such as `access_type=offline`.
    pub extra: Vec<(String, String)>,
    /// Where the secret that comes of it is kept.
    pub keep: SecretRef,
    /// A secret that is needed for consent only: a collection does without it.
    pub only_here: Option<SecretRef>,
}

/// What the consent page gave, to be turned into a secret.
#[derive(Clone, Debug)]
pub struct Redemption {
    /// The code.
    pub code: Secret,
    /// Where the browser was sent back to.
    pub redirect_uri: String,
    /// The PKCE verifier.
    pub verifier: Secret,
}

/// Reads one account of one vendor.
///
/// An adapter keeps nothing of the context but token caches, spawns nothing, and neither sleeps nor asks for the time.
/// The runner drops the future of a call to cancel it.
#[async_trait]
pub trait ChannelSource: Send + Sync {
    /// What the adapter can do.
    fn descriptor(&self) -> &'static Descriptor;

    /// Asks the vendor who this account is, with as few requests as it takes.
    ///
    /// # Errors
    /// `Auth`, `Permission` and `NotFound` tell a wrong credential, a missing right and a wrong account apart.
    async fn check(&self, cx: &Context) -> Result<AccountProfile>;

    /// Answers one request, pushing its figures. An error after some batches leaves the answer partial, never silent.
    ///
    /// # Errors
    /// Any kind; the runner keeps what was pushed out of the snapshot unless the whole answer came.
    async fn collect(&self, cx: &Context, request: &Request, out: &mut Emitter) -> Result<()>;

    /// What a person is asked to consent to, for vendors with a consent page; none where the configuration has another
    /// kind of credential.
    fn consent(&self) -> Option<ConsentPlan> {
        None
    }

    /// Turns the code that the consent page gave into the secret to keep.
    ///
    /// # Errors
    /// `Auth` when the vendor refuses it; `Unsupported` where there is no consent page.
    async fn redeem(&self, cx: &Context, redemption: &Redemption) -> Result<Secret> {
        let _ = (cx, redemption);
        Err(Error::new(ErrorKind::Unsupported, "this adapter has no consent page"))
    }

    /// Asks whether a report may be left out for this configuration (no keywords configured, for example).
    fn wants(&self, report: &Report) -> bool {
        let _ = report;
        true
    }

    /// The channel of this source, where the configuration decides it.
    fn channel(&self) -> crate::Channel {
        self.descriptor().channel
    }

    /// What a day without a row means, where the configuration decides it.
    fn absent(&self, report: &Report) -> crate::Absent {
        report.absent
    }
}

/// What a type needs beyond [`ChannelSource`] to be registered.
pub trait Adapter: ChannelSource + Sized + 'static {
    /// Its part of the configuration: unknown keys are refused, doc comments are the manual.
    type Config: DeserializeOwned + JsonSchema;

    /// What it can do.
    fn descriptor() -> &'static Descriptor;

    /// Makes a source from its configuration, without I/O.
    ///
    /// # Errors
    /// `Config`, naming the key.
    fn new(config: Self::Config) -> Result<Self>;
}
