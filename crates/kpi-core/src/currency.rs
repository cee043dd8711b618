//! ISO 4217 currencies.

use std::fmt;

use crate::{Error, ErrorKind, Result};

/// The codes of ISO 4217, those of past currencies that histories of rates still hold included.
const CODES: &str = "\
    AED AFN ALL AMD ANG AOA ARS ATS AUD AWG AZN BAM BBD BDT BEF BGN BHD BIF BMD BND BOB BOV BRL BSD BTN \
    BWP BYN BYR BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CYP CZK DEM DJF DKK DOP DZD \
    EEK EGP ERN ESP ETB EUR FIM FJD FKP FRF GBP GEL GHS GIP GMD GNF GRD GTQ GYD HKD HNL HRK HTG HUF IDR \
    IEP ILS INR IQD IRR ISK ITL JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LTL \
    LVL LYD MAD MDL MGA MKD MMK MNT MOP MRO MRU MTL MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NLG NOK NPR \
    NZD OMR PAB PEN PGK PHP PKR PLN PTE PYG QAR ROL RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SIT SKK \
    SLE SLL SOS SRD SSP STD STN SVC SYP SZL THB TJS TMT TND TOP TRL TRY TTD TWD TZS UAH UGX USD USN UYI \
    UYU UYW UZS VED VEF VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG ZWL";

/// Looks a code up: the list is sorted, and every code takes three letters and a space.
fn is_code(code: [u8; 3]) -> bool {
    let codes = CODES.as_bytes();
    let (mut low, mut high) = (0, codes.len().div_ceil(4));
    while low < high {
        let middle = low.midpoint(high);
        match codes.get(middle * 4..middle * 4 + 3).map(|known| known.cmp(&code)) {
            Some(std::cmp::Ordering::Equal) => return true,
            Some(std::cmp::Ordering::Less) => low = middle + 1,
            _ => high = middle,
        }
    }
    false
}

/// An ISO 4217 currency code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Reads a code of three capital letters.
    ///
    /// # Errors
    /// `Config` when ISO 4217 has no such code.
    pub fn parse(code: &str) -> Result<Self> {
        match code.as_bytes() {
            &[a, b, c] if is_code([a, b, c]) => Ok(Self([a, b, c])),
            _ => {
                let error = Error::new(ErrorKind::Config, format!("`{code}` is not a currency code"));
                Err(match crate::registry::nearest(&code.to_uppercase(), CODES.split(' ')) {
                    Some(near) => {
                        error.hint(format!("did you mean `{near}`? use an ISO 4217 code such as VND, USD or EUR"))
                    }
                    None => error.hint("use an ISO 4217 code such as VND, USD or EUR"),
                })
            }
        }
    }

    /// The three letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// The number of decimals that amounts are shown with (ISO 4217, list one, minor units).
    pub fn minor_units(self) -> u32 {
        match self.as_str() {
            "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI" | "VND"
            | "VUV" | "XAF" | "XOF" | "XPF" => 0,
            "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
            "CLF" | "UYW" => 4,
            _ => 2,
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::{CODES, Currency};

    #[test]
    fn every_code_of_the_list_is_found_and_no_other() {
        let mut sorted: Vec<&str> = CODES.split(' ').collect();
        sorted.sort_unstable();
        assert_eq!(sorted, CODES.split(' ').collect::<Vec<_>>());
        assert!(CODES.split(' ').all(|code| Currency::parse(code).is_ok_and(|currency| currency.as_str() == code)));
        for wrong in ["VDN", "vnd", "US", "USDX", "AAA", "ZZZ", ""] {
            assert!(Currency::parse(wrong).is_err(), "{wrong}");
        }
    }
}
