//! A person's consent: the code of the consent page becomes a long-lived user token.
//!
//! <https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived>

use kpi_core::{ConsentPlan, Context, Error, ErrorKind, Redemption, Result, Secret};
use kpi_http::{Call, Endpoint, get, hide};
use serde::Deserialize;

use super::{Config, VERSION, wire};

const SCOPE: &str = "pages_show_list,pages_read_engagement,read_insights";

#[derive(Deserialize)]
struct Granted {
    access_token: String,
}

/// What the person is asked to consent to, when an app is configured.
pub(super) fn plan(config: &Config) -> Option<ConsentPlan> {
    let page = Endpoint::new(config.base_url.as_ref(), "https://www.facebook.com").url(&[VERSION, "dialog", "oauth"]);
    Some(ConsentPlan {
        authorize_url: page.to_string(),
        client_id: config.app_id.clone()?,
        scope: SCOPE.to_owned(),
        extra: Vec::new(),
        keep: config.access_token.clone(),
        only_here: config.app_secret.clone(),
    })
}

/// Exchanges the code for a token of an hour, and that one for a token of sixty days. The Page's own token, which is
/// taken from it at each run, does not end while the person's consent stands.
pub(super) async fn redeem(config: &Config, endpoint: &Endpoint, cx: &Context, given: &Redemption) -> Result<Secret> {
    let needed =
        |key: &'static str| Error::new(ErrorKind::Config, format!("`{key}` is needed for consent")).with("key", key);
    let app = config.app_id.as_deref().ok_or_else(|| needed("app_id"))?;
    let secret = cx.secret(config.app_secret.as_ref().ok_or_else(|| needed("app_secret"))?).await?;
    for text in [secret.expose(), given.code.expose(), given.verifier.expose()] {
        hide(cx, text);
    }
    let ask = || -> Call {
        let call = get(endpoint.url(&[VERSION, "oauth", "access_token"])).name("token").classify(wire::classify);
        call.query("client_id", app).query("client_secret", secret.expose())
    };
    let code = ask()
        .query("redirect_uri", &given.redirect_uri)
        .query("code", given.code.expose())
        .query("code_verifier", given.verifier.expose());
    let short: Granted = code.send(cx).await?;
    hide(cx, &short.access_token);
    let exchange = ask().query("grant_type", "fb_exchange_token").query("fb_exchange_token", &short.access_token);
    let long: Granted = exchange.send(cx).await?;
    hide(cx, &long.access_token);
    Ok(Secret::new(long.access_token))
}
