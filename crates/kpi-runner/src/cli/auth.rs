//! auth: a vendor's consent in the browser (authorization code with PKCE, loopback redirect), and the token kept.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use jiff::SignedDuration;
use kpi_core::{Clock as _, Credentials as _, Error, ErrorKind, Redemption, Registry, Result, Secret, SecretRef};
use kpi_http::consent::{Consent, Pkce, authorization_url, code_from_redirect, random_state};
use kpi_store::Mode;
use url::Url;

use crate::collect::Shared;
use crate::credentials::{FileCredentials, write_private};

use super::{Collecting, Common, Done, Failure, say, setup};

pub(super) fn auth(common: &Common, registry: &Registry, id: &str) -> Done {
    let clock = setup::clock(common);
    let picked = Common { source: vec![id.to_owned()], ..common.clone() };
    let config = Arc::new(setup::configuration(&picked, registry, &clock)?);
    let Some(source) = config.sources.iter().find(|source| source.id == id) else {
        return Err(Failure::Usage(format!("error: unknown source `{id}`")));
    };
    let Some(plan) = source.opened.consent() else {
        return Err(Failure::Usage(format!(
            "error: source {id} ({}) has no consent page, or is configured with another kind of credential\n  hint: `kpi adapters {}` says how to get credentials",
            source.adapter, source.adapter
        )));
    };
    let failed = |error: std::io::Error| Error::new(ErrorKind::Internal, format!("cannot listen on loopback: {error}"));
    let listener = TcpListener::bind("127.0.0.1:0").map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    let redirect_uri = format!("http://127.0.0.1:{port}/");
    let authorize_url = Url::parse(&plan.authorize_url)
        .map_err(|error| Error::new(ErrorKind::Internal, "the consent page's address is damaged").caused_by(error))?;
    let (verifier, state) = (Secret::new(random_state()?), random_state()?);
    let pkce = Pkce::from_verifier(verifier.clone());
    let extra: Vec<(&str, &str)> = plan.extra.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let consent = Consent {
        authorize_url: &authorize_url,
        client_id: &plan.client_id,
        redirect_uri: &redirect_uri,
        scope: &plan.scope,
        state: &state,
        extra: &extra,
    };
    say("Open this page, sign in and give consent; it comes back here by itself:");
    say(authorization_url(&consent, &pkce).as_str());
    let code = code_from_redirect(&wait(&listener, &redirect_uri)?, &state)?;

    let store = setup::store(&config, Mode::ReadWrite)?;
    let deadline = clock.now().checked_add(SignedDuration::from_secs(60)).unwrap_or(clock.now());
    let collecting = Collecting { jobs: 1, deadline: 60, grace: 5, readings_only: false };
    let tools = setup::tools(&config, store, clock, &collecting, true);
    let shared = Shared::new(&tools, &config.dictionary);
    let cx = shared.context(&tools, &config.dictionary, source, deadline);
    let redemption = Redemption { code, redirect_uri, verifier };
    let runtime = setup::runtime()?;
    let token = runtime.block_on(source.opened.redeem(&cx, &redemption))?;
    let place = keep(&config, &plan.keep, token, &runtime)?;
    say(&format!("The token of {id} is kept in {place}. `kpi check --source {id}` tells whether it works."));
    Ok(0)
}

/// Keeps a token: in the file that the configuration names, otherwise beside the store.
fn keep(
    config: &crate::config::Config,
    reference: &SecretRef,
    token: Secret,
    runtime: &tokio::runtime::Runtime,
) -> Result<String> {
    if let SecretRef::File(path) = reference {
        write_private(path, token.expose().as_bytes())
            .map_err(|error| Error::new(ErrorKind::Internal, format!("cannot write {}: {error}", path.display())))?;
        return Ok(path.display().to_string());
    }
    let credentials = FileCredentials::beside(&config.store);
    runtime.block_on(credentials.rotate(reference, token))?;
    Ok(credentials.path().display().to_string())
}

/// Waits for the browser to come back, and answers it.
fn wait(listener: &TcpListener, redirect_uri: &str) -> Result<Url> {
    let failed =
        |error: std::io::Error| Error::new(ErrorKind::Internal, format!("the browser's request broke off: {error}"));
    loop {
        let (stream, _) = listener.accept().map_err(failed)?;
        let mut reader = BufReader::new(&stream);
        let mut line = String::new();
        reader.read_line(&mut line).map_err(failed)?;
        // The head is read to its end: closing a connection with bytes unread would break the answer off.
        let mut rest = String::new();
        while reader.read_line(&mut rest).map_err(failed)? > 2 {
            rest.clear();
        }
        let target = line.split(' ').nth(1).unwrap_or("/");
        let url = Url::parse(redirect_uri).and_then(|base| base.join(target)).map_err(|error| {
            Error::new(ErrorKind::Protocol, "the browser came back with a damaged address").caused_by(error)
        })?;
        // Browsers also ask for an icon.
        let ours = url.query_pairs().any(|(key, _)| key == "code" || key == "error");
        answer(&stream, ours).map_err(failed)?;
        if ours {
            return Ok(url);
        }
    }
}

fn answer(mut stream: &TcpStream, ours: bool) -> std::io::Result<()> {
    let (status, text) = if ours {
        ("200 OK", "<!doctype html><meta charset=utf-8><title>kpi</title><p>Done. You can close this page.")
    } else {
        ("404 Not Found", "")
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
        text.len()
    )
}
