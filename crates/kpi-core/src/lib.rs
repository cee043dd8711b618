//! The model and the contracts of `kpi`.
//!
//! Everything that adapters, stores and reports agree on: metrics with their laws, observations, sources, KPIs and
//! snapshots. The crate does no I/O, reads no clock and names no runtime; what it needs of the world is lent to it
//! through [`Context`].

pub mod aggregate;
pub mod amount;
mod batch;
pub mod compute;
mod context;
mod currency;
mod descriptor;
mod emitter;
mod error;
pub mod evaluate;
pub mod facts;
pub mod figure;
pub mod formula;
pub mod fx;
pub mod goal;
pub mod kpi;
pub mod metric;
mod number;
mod observation;
mod period;
mod registry;
mod secret;
pub mod snapshot;
mod source;
mod unit;
mod window;

pub use batch::{Batch, Cell, RowRef, RowWriter};
pub use context::{Clock, Context, ContextParts, Credentials, Evidence, Exchange, Limits, Transport, TransportError};
pub use currency::Currency;
pub use descriptor::{Absent, Channel, Column, Descriptor, Report, Stability, Windows, ZoneRule};
pub use emitter::{Emitter, Note, NoteKind, Sink};
pub use error::{Error, ErrorKind, Result};
pub use metric::{Dictionary, Law, Metric, MetricId};
pub use number::Rational;
pub use observation::{Basis, Observation, Value, ValueState};
pub use period::{Grain, Period, PeriodError, PeriodRules};
pub use registry::{AdapterEntry, Registry, nearest};
pub use rust_decimal::Decimal;
pub use secret::{Secret, SecretRef};
pub use source::{AccountProfile, Adapter, ChannelSource, ConsentPlan, Redemption, Request};
pub use unit::{Entity, Unit, UnitAtom};
pub use window::Window;
