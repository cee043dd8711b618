//! Where a vendor is: its own host, or the configuration's `base_url` in front of all its hosts.

use kpi_core::{Error, ErrorKind, Result};
use url::{Host, Url};

/// One host of a vendor, or `base_url` in its place.
///
/// Behind a `base_url` the URLs that it makes carry a fragment: the path of that `base_url`. A fragment is never sent;
/// it tells the request where the vendor's own path begins, so that evidence is the same with and without `base_url`.
#[derive(Clone, Debug)]
pub struct Endpoint {
    root: Url,
}

impl Endpoint {
    /// The vendor's host, such as `https://api.vendor.example/v3`; a `base_url` replaces scheme, host and port, and its
    /// path goes before the host's.
    ///
    /// A host that is no `https` URL (`http` on a loopback address aside) makes URLs that every request refuses.
    pub fn new(base_url: Option<&Url>, host: &str) -> Self {
        let vendor = Url::parse(host).ok().filter(|url| url.scheme() == "https" || is_plain_loopback(url));
        let Some(vendor) = vendor else { return Self { root: unusable() } };
        let mut root = base_url.unwrap_or(&vendor).clone();
        let prefix = base_url.map_or("", |base| base.path().trim_end_matches('/')).to_owned();
        root.set_path(&format!("{prefix}{}", vendor.path().trim_end_matches('/')));
        root.set_query(None);
        root.set_fragment(base_url.map(|_| prefix.as_str()));
        Self { root }
    }

    /// The URL of a path; each segment is encoded as exactly one, a `/` in it included.
    pub fn url(&self, segments: &[&str]) -> Url {
        let mut url = self.root.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty();
            for segment in segments {
                // Dots would walk up the path; escaped twice they stay one segment, which no vendor has.
                let inert = segment.replace('.', "%2E");
                path.push(if matches!(*segment, "." | "..") { &inert } else { segment });
            }
        }
        url
    }

    /// The URL of an absolute path that is taken literally, a slash at its end included.
    pub fn at(&self, path: &str) -> Url {
        let mut url = self.root.clone();
        let before = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{before}/{}", path.strip_prefix('/').unwrap_or(path)));
        url
    }

    /// The URL that a vendor's reply names (absolute, or relative to the host), when it lies on this host.
    ///
    /// # Errors
    /// `Protocol` when it is no URL or leads to another host: credentials go nowhere else.
    pub fn follow(&self, link: &str) -> Result<Url> {
        same_place(&self.root, link)
    }
}

/// Resolves a link that must stay on the host of `from`.
pub(crate) fn same_place(from: &Url, link: &str) -> Result<Url> {
    let mut url = from
        .join(link)
        .map_err(|_| Error::new(ErrorKind::Protocol, "the vendor's reply names a link that is no URL"))?;
    if url.origin() != from.origin() || !matches!(url.scheme(), "http" | "https") {
        let host = url.host_str().unwrap_or("nowhere").to_owned();
        return Err(Error::new(ErrorKind::Protocol, format!("the vendor's reply leads to another host: {host}")));
    }
    url.set_fragment(from.fragment());
    Ok(url)
}

/// Whether a request may go there: `https`, or `http` on this machine or because a `base_url` says so.
pub(crate) fn may_be_asked(url: &Url) -> bool {
    url.scheme() == "https" || is_plain_loopback(url) || (url.scheme() == "http" && url.fragment().is_some())
}

/// The path as the vendor knows it, without the path of a `base_url`.
pub(crate) fn vendor_path(url: &Url) -> &str {
    let prefix = url.fragment().unwrap_or("");
    url.path().strip_prefix(prefix).filter(|path| path.starts_with('/')).unwrap_or(url.path())
}

/// Whether the URL names this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn is_plain_loopback(url: &Url) -> bool {
    url.scheme() == "http" && is_loopback(url)
}

fn unusable() -> Url {
    Url::parse("about:blank").expect("a constant URL parses")
}

#[cfg(test)]
mod tests {
    use super::{Endpoint, may_be_asked, vendor_path};
    use url::Url;

    fn base(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn segments_are_encoded_as_one_each() {
        let api = Endpoint::new(None, "https://www.vendor.example/webmasters/v3/");
        let url = api.url(&["sites", "https://a.example/x y?z", "search:query", "..", ""]);
        let expected =
            "https://www.vendor.example/webmasters/v3/sites/https:%2F%2Fa.example%2Fx%20y%3Fz/search:query/%252E%252E/";
        assert_eq!(url.as_str(), expected);
        assert_eq!(vendor_path(&url), &expected["https://www.vendor.example".len()..]);
    }

    #[test]
    fn a_base_url_goes_before_every_host() {
        let sandbox = base("http://127.0.0.1:8080/eventbrite/");
        let api = Endpoint::new(Some(&sandbox), "https://www.eventbriteapi.com");
        let mut url = api.at("/v3/events/123/attendees/");
        assert_eq!(vendor_path(&url), "/v3/events/123/attendees/");
        url.set_fragment(None);
        assert_eq!(url.as_str(), "http://127.0.0.1:8080/eventbrite/v3/events/123/attendees/");
    }

    #[test]
    fn plain_http_needs_a_loopback_address_or_a_base_url() {
        assert!(may_be_asked(&Endpoint::new(None, "http://127.0.0.1:1").at("/")));
        assert!(may_be_asked(&Endpoint::new(Some(&base("http://proxy.example")), "https://a.example").at("/")));
        assert!(!may_be_asked(&Endpoint::new(None, "http://a.example").at("/")));
        assert!(!may_be_asked(&Endpoint::new(None, "not a host").at("/")));
        assert!(!may_be_asked(&base("http://a.example/")));
    }

    #[test]
    fn links_stay_on_the_host() {
        let api = Endpoint::new(Some(&base("http://127.0.0.1:8080/meta")), "https://graph.vendor.example");
        let next = api.follow("http://127.0.0.1:8080/meta/v1/posts?after=x").unwrap();
        assert_eq!(vendor_path(&next), "/v1/posts");
        let error = api.follow("https://evil.example:99/x?token=1").unwrap_err();
        assert_eq!(error.to_string(), "the vendor's reply leads to another host: evil.example");
    }
}
