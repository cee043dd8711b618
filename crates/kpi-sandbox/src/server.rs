//! The running sandbox: it listens, writes the files, the secrets and the overlay, and obeys the control endpoints.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use toml::Table;

use crate::config::{Config, Source};
use crate::sandbox::{Sandbox, Settings};
use crate::vendor::{self, Vendor};
use crate::{Error, fault, files, world};

/// How to start the sandbox.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address to listen on; port 0 takes a free one.
    pub listen: String,
    /// Where the clock stands; 2026-11-05T06:00:00Z when absent.
    pub now: Option<Timestamp>,
    /// The configuration files whose sources get secrets and an overlay.
    pub config: Vec<PathBuf>,
    /// The folder for files, secrets and overlay.
    pub data: PathBuf,
    /// Faults from the start, as `vendor=fault`.
    pub faults: Vec<String>,
    /// Rows by query that Search Console serves for each day.
    pub bulk: Option<usize>,
    /// Rows on one page of a Google Ads search; 10,000 when absent.
    pub ads_page_size: Option<usize>,
}

impl Options {
    /// A sandbox on a free port of the loopback, with its data in a folder.
    #[must_use]
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            listen: "127.0.0.1:0".to_owned(),
            now: None,
            config: Vec::new(),
            data: data.into(),
            faults: Vec::new(),
            bulk: None,
            ads_page_size: None,
        }
    }
}

/// What whoever started the sandbox must know; as JSON it is the line that the command prints.
#[derive(Clone, Debug, Serialize)]
pub struct Ready {
    /// The address that it listens on.
    pub listen: String,
    /// What every vendor's path is appended to.
    pub base_url: String,
    /// The configuration that points the sources here.
    pub overlay: PathBuf,
    /// Where the clock stands.
    pub now: String,
}

/// A sandbox that serves; it stops when it is stopped or dropped.
#[derive(Debug)]
pub struct Server {
    ready: Ready,
    sandbox: Arc<Sandbox>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
}

impl Server {
    /// Where it listens, and where its overlay is.
    #[must_use]
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// The line of JSON that the command prints when the sandbox is ready, without a line end.
    #[must_use]
    pub fn line(&self) -> String {
        json!(self.ready).to_string()
    }

    /// The sandbox behind the endpoints.
    #[must_use]
    pub fn sandbox(&self) -> &Arc<Sandbox> {
        &self.sandbox
    }

    /// Serves until Ctrl-C or a request to terminate.
    ///
    /// # Errors
    /// When the server fails.
    pub async fn until_signal(self) -> Result<(), Error> {
        signal().await;
        self.stop().await
    }

    /// Stops serving and waits for requests in flight.
    ///
    /// # Errors
    /// When the server failed.
    pub async fn stop(self) -> Result<(), Error> {
        drop(self.stop);
        let ended = self.task.await.map_err(|e| Error::new(format!("the server died: {e}")))?;
        ended.map_err(|e| Error::new(format!("the server failed: {e}")))
    }
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupt = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
        }
        Err(_) => drop(interrupt.await),
    }
}

#[cfg(not(unix))]
async fn signal() {
    drop(tokio::signal::ctrl_c().await);
}

/// Everything that the control endpoints need.
#[derive(Clone, Debug)]
struct Control {
    sandbox: Arc<Sandbox>,
    files: PathBuf,
}

/// Starts the emulators, writes files, secrets and overlay, and serves in the background.
///
/// # Errors
/// When a configuration cannot be read, a fault is unknown, the address is taken or a file cannot be written.
pub async fn serve(options: Options) -> Result<Server, Error> {
    let default = world::DEFAULT_NOW.parse().map_err(|e| Error::new(format!("default clock: {e}")))?;
    let now = options.now.unwrap_or(default);
    let sources = Config::read(&options.config)?.sources();
    let mut settings = Settings { bulk: options.bulk, ..Settings::default() };
    settings.ads_page_size = options.ads_page_size.unwrap_or(settings.ads_page_size);
    let sandbox = Arc::new(Sandbox::new(now, sources, settings));
    sandbox.faults().set(&options.faults)?;
    let data =
        std::path::absolute(&options.data).map_err(|e| Error::new(format!("{}: {e}", options.data.display())))?;
    let files = data.join("files");
    files::write(&sandbox.world, now, &files)?;

    let listening = TcpListener::bind(&options.listen).await;
    let listener = listening.map_err(|e| Error::new(format!("listen on {}: {e}", options.listen)))?;
    let address = listener.local_addr().map_err(|e| Error::new(format!("listen on {}: {e}", options.listen)))?;
    let base_url = format!("http://{address}");
    let overlay = write_overlay(&sandbox.sources, &base_url, &data)?;
    let ready = Ready { listen: address.to_string(), base_url, overlay, now: now.to_string() };

    let app = app(&sandbox, files);
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(async move {
        axum::serve(listener, app).with_graceful_shutdown(async move { drop(stopped.await) }).await
    });
    Ok(Server { ready, sandbox, stop, task })
}

fn app(sandbox: &Arc<Sandbox>, files: PathBuf) -> Router {
    let control = Control { sandbox: sandbox.clone(), files };
    let mut app = Router::new()
        .route("/_sandbox/clock", put(set_clock))
        .route("/_sandbox/faults", put(set_faults))
        .route("/_sandbox/ledger", get(requests))
        .with_state(control);
    for vendor in vendor::all() {
        let vendor: Arc<dyn Vendor> = Arc::from(vendor);
        let path = format!("/{}", vendor.name());
        let router = vendor.router(sandbox.clone());
        let sandbox = sandbox.clone();
        let layer = from_fn(move |request, next| fault::strike(sandbox.clone(), vendor.clone(), request, next));
        app = app.nest(&path, router.layer(layer));
    }
    app
}

#[derive(Deserialize)]
struct Clock {
    now: Timestamp,
    /// Whether the files are written anew, too.
    #[serde(default = "yes")]
    files: bool,
}

fn yes() -> bool {
    true
}

async fn set_clock(State(control): State<Control>, Json(clock): Json<Clock>) -> Response {
    control.sandbox.set_now(clock.now);
    let Control { sandbox, files } = control;
    if !clock.files {
        return Json(json!({"now": clock.now.to_string()})).into_response();
    }
    let written = tokio::task::spawn_blocking(move || files::write(&sandbox.world, clock.now, &files)).await;
    match written {
        Ok(Ok(())) => Json(json!({"now": clock.now.to_string()})).into_response(),
        Ok(Err(error)) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

#[derive(Deserialize)]
struct FaultList {
    faults: Vec<String>,
}

async fn set_faults(State(control): State<Control>, Json(list): Json<FaultList>) -> Response {
    match control.sandbox.faults().set(&list.faults) {
        Ok(()) => Json(json!({"faults": list.faults})).into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}

/// The requests so far: `{"total": n, "vendors": {vendor: {path: n}}}`.
async fn requests(State(control): State<Control>) -> Json<Value> {
    let mut vendors: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    let mut total = 0;
    for ((vendor, path), count) in control.sandbox.requests() {
        total += count;
        vendors.entry(vendor).or_default().insert(path, count);
    }
    Json(json!({"total": total, "vendors": vendors}))
}

/// Writes the secrets and the configuration that points every source at this sandbox.
fn write_overlay(sources: &[Source], base_url: &str, data: &Path) -> Result<PathBuf, Error> {
    let io = |path: &Path, e: std::io::Error| Error::new(format!("write {}: {e}", path.display()));
    let secrets = data.join("secrets");
    std::fs::create_dir_all(&secrets).map_err(|e| io(&secrets, e))?;
    let mut tables = Table::new();
    for source in sources {
        let mut config = Table::new();
        if source.adapter == "file" {
            let name = Path::new(source.text("path").unwrap_or_default()).file_name();
            let path = data.join("files").join(name.unwrap_or_default());
            config.insert("path".to_owned(), path.display().to_string().into());
        }
        if let Some(vendor) = vendor::find(&source.adapter) {
            config.insert("base_url".to_owned(), format!("{base_url}/{}", vendor.name()).into());
            for (key, content) in vendor.secrets(source) {
                let path = secrets.join(format!("{}-{key}", source.id));
                std::fs::write(&path, content).map_err(|e| io(&path, e))?;
                let mut secret = Table::new();
                secret.insert("file".to_owned(), path.display().to_string().into());
                config.insert(key, secret.into());
            }
        }
        let mut table = Table::new();
        table.insert("config".to_owned(), config.into());
        tables.insert(source.id.clone(), table.into());
    }
    let mut fx = Table::new();
    fx.insert("rates".to_owned(), data.join("files/rates.csv").display().to_string().into());
    let mut overlay = Table::new();
    overlay.insert("fx".to_owned(), fx.into());
    overlay.insert("sources".to_owned(), tables.into());
    let path = data.join("overlay.toml");
    std::fs::write(&path, overlay.to_string()).map_err(|e| io(&path, e))?;
    Ok(path)
}
