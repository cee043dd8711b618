//! init: a first configuration that explains itself.

use std::path::Path;

use kpi_core::{Error, ErrorKind};

use super::{Done, Failure, say};

const TEMPLATE: &str = r#"# The configuration of kpi. `kpi check` tells whether it is right; `kpi adapters` lists what can be read.

[workspace]
name = "My company"
timezone = "Asia/Ho_Chi_Minh"     # periods are cut in this zone
currency = "VND"                  # money is reported in this currency
locale = "vi"                     # vi | en
store = "data/kpi.sqlite"

# [fx]                            # needed as soon as an account has another currency
# rates = "rates.csv"             # header date,base,quote,rate

# One table for each account. `kpi adapters google_ads` explains the keys of an adapter.
# [sources.ads]
# adapter = "google_ads"
# [sources.ads.config]
# customer_id = "1234567890"
# client_id = "….apps.googleusercontent.com"
# client_secret = { env = "GOOGLE_CLIENT_SECRET" }
# refresh_token = { file = "secrets/google-ads" }      # `kpi auth ads` writes it

[sources.crm]
adapter = "file"
[sources.crm.config]
path = "observations.csv"         # metric,start,value,currency
channel = "crm"

[kpi.leads]
owner = "Head of marketing"
targets = [{ every = "month", from = "2026-01", value = "100" }]
"#;

pub(super) fn init(file: &Path) -> Done {
    if file.exists() {
        return Err(Failure::Usage(format!(
            "error: {} is there already\n  hint: name another file: kpi init other.toml",
            file.display()
        )));
    }
    std::fs::write(file, TEMPLATE).map_err(|error| {
        Failure::Error(Error::new(ErrorKind::Internal, format!("cannot write {}: {error}", file.display())))
    })?;
    say(&format!(
        "Wrote {0}. Next: edit it, then `kpi check --config {0}` and `kpi collect --config {0}`.",
        file.display()
    ));
    Ok(0)
}
