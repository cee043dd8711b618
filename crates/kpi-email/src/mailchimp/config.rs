//! The configuration of a Mailchimp account.

use kpi_core::SecretRef;
use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

/// One Mailchimp account.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// An API key: in Mailchimp under the profile, Extras → API keys. It reads everything in the account.
    pub api_key: SecretRef,
    /// The account's data center: the letters and digits behind the dash of the API key, such as `us19`, and the
    /// beginning of the address after logging in. Default: read from the key.
    pub data_center: Option<DataCenter>,
    /// The zone in which the days of mailings are cut, as an IANA name such as `Asia/Ho_Chi_Minh`. The account's own is
    /// under Settings → Details → Account time zone; daily sign-ups come cut in that one, so name the same. Default: `UTC`.
    #[serde(default = "utc")]
    pub timezone: String,
    /// Asks this address instead of `https://{data_center}.api.mailchimp.com`; for tests. Default: none.
    #[schemars(with = "Option<String>")]
    pub base_url: Option<Url>,
}

/// A data center of Mailchimp, such as `us19`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct DataCenter(String);

impl DataCenter {
    /// The data center that an API key names behind its last dash.
    ///
    /// # Errors
    /// A message when it names none.
    pub fn of_key(key: &str) -> Result<Self, String> {
        match key.trim().rsplit_once('-') {
            Some((_, name)) => Self::try_from(name.to_owned()).map_err(|_| without_data_center()),
            None => Err(without_data_center()),
        }
    }

    /// The host that answers for its accounts.
    pub fn host(&self) -> String {
        format!("https://{}.api.mailchimp.com", self.0)
    }
}

impl TryFrom<String> for DataCenter {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let letters = text.bytes().take_while(u8::is_ascii_lowercase).count();
        let digits = text.bytes().skip(letters).filter(u8::is_ascii_digit).count();
        if letters > 0 && digits > 0 && letters + digits == text.len() && text.len() <= 8 {
            Ok(Self(text))
        } else {
            Err(format!(
                "`{text}` is not a data center: write what stands behind the dash of the API key, such as us19"
            ))
        }
    }
}

fn without_data_center() -> String {
    "the API key names no data center: set data_center, such as us19".to_owned()
}

fn utc() -> String {
    "UTC".to_owned()
}
