//! Page after page, each kind with its own way to notice that a vendor leads in circles.

use std::collections::HashSet;

use http::HeaderMap;
use http::header::LINK;
use kpi_core::{Error, ErrorKind, Result};
use url::Url;

use crate::endpoint::same_place;

/// The most pages of one answer.
const MAX_PAGES: u32 = 10_000;

/// Whether there is another page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Step {
    /// Ask for the next page.
    Next,
    /// That was the last page.
    Done,
}

impl Step {
    /// Whether that was the last page.
    pub fn is_done(self) -> bool {
        self == Self::Done
    }
}

#[derive(Debug, Default)]
struct Pages(u32);

impl Pages {
    fn count(&mut self) -> Result<()> {
        self.0 += 1;
        if self.0 >= MAX_PAGES {
            return Err(Error::new(ErrorKind::Protocol, format!("more than {MAX_PAGES} pages")));
        }
        Ok(())
    }
}

/// Pages by a token that each page gives for the next.
#[derive(Debug, Default)]
pub struct Cursor {
    token: Option<String>,
    seen: HashSet<String>,
    pages: Pages,
}

impl Cursor {
    /// Before the first page.
    pub fn start() -> Self {
        Self::default()
    }

    /// The token of the page to ask for; `None` for the first.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Takes the token of the next page; none, or an empty one, ends.
    ///
    /// # Errors
    /// `Protocol` for a token that was given before, or too many pages.
    pub fn advance(&mut self, next: Option<String>) -> Result<Step> {
        let Some(next) = next.filter(|token| !token.is_empty()) else { return Ok(Step::Done) };
        self.pages.count()?;
        if !self.seen.insert(next.clone()) {
            return Err(Error::new(ErrorKind::Protocol, "the vendor gave the same page token twice"));
        }
        self.token = Some(next);
        Ok(Step::Next)
    }
}

/// Pages by the number of the first row.
#[derive(Debug)]
pub struct Offset {
    start: u64,
    limit: u64,
    pages: Pages,
}

impl Offset {
    /// Before the first page, with so many rows a page.
    pub fn new(limit: u64) -> Self {
        Self { start: 0, limit, pages: Pages::default() }
    }

    /// The number of the first row of the page to ask for, from 0.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// How many rows to ask for.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// Takes how many rows the page had, and how many there are in all where the vendor says so. A short page is not the
    /// end: without a total only an empty one is.
    ///
    /// # Errors
    /// `Protocol` when rows are missing at the end, or for too many pages.
    pub fn advance(&mut self, rows: u64, total: Option<u64>) -> Result<Step> {
        self.start = self.start.saturating_add(rows);
        match total {
            Some(total) if self.start >= total => return Ok(Step::Done),
            Some(total) if rows == 0 => {
                let message = format!("the vendor announced {total} rows and gave {}", self.start);
                return Err(Error::new(ErrorKind::Protocol, message));
            }
            None if rows == 0 => return Ok(Step::Done),
            _ => self.pages.count()?,
        }
        Ok(Step::Next)
    }
}

/// Pages by their number.
#[derive(Debug)]
pub struct PageNumber {
    page: u64,
    pages: Pages,
}

impl PageNumber {
    /// Before the first page, which has this number (0 or 1).
    pub fn start(first: u64) -> Self {
        Self { page: first, pages: Pages::default() }
    }

    /// The number of the page to ask for.
    pub fn page(&self) -> u64 {
        self.page
    }

    /// Takes whether the vendor has more pages.
    ///
    /// # Errors
    /// `Protocol` for too many pages.
    pub fn advance(&mut self, has_more: bool) -> Result<Step> {
        if !has_more {
            return Ok(Step::Done);
        }
        self.pages.count()?;
        self.page += 1;
        Ok(Step::Next)
    }
}

/// Pages by the full URL of the next one.
#[derive(Debug)]
pub struct NextUrl {
    url: Url,
    seen: HashSet<Url>,
    pages: Pages,
}

impl NextUrl {
    /// Before the first page, which is here.
    pub fn start(url: Url) -> Self {
        Self { seen: HashSet::from([url.clone()]), url, pages: Pages::default() }
    }

    /// The URL of the page to ask for, query included.
    pub fn url(&self) -> Url {
        self.url.clone()
    }

    /// Takes the link to the next page, absolute or relative; none, or an empty one, ends.
    ///
    /// # Errors
    /// `Protocol` for a link to another host, a link that was given before, or too many pages.
    pub fn advance(&mut self, next: Option<&str>) -> Result<Step> {
        let Some(next) = next.filter(|link| !link.is_empty()) else { return Ok(Step::Done) };
        self.pages.count()?;
        let url = same_place(&self.url, next)?;
        if !self.seen.insert(url.clone()) {
            return Err(Error::new(ErrorKind::Protocol, "the vendor gave the same next page twice"));
        }
        self.url = url;
        Ok(Step::Next)
    }
}

/// The URL with `rel="next"` in a `Link` header.
pub fn link_header(headers: &HeaderMap) -> Option<Url> {
    let values = headers.get_all(LINK).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split('<').skip(1)).find_map(|link| {
        let (target, parameters) = link.split_once('>')?;
        let next = parameters.split([';', ',']).any(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let relations = value.trim().trim_matches('"').to_ascii_lowercase();
            name.trim().eq_ignore_ascii_case("rel") && relations.split(' ').any(|relation| relation == "next")
        });
        if next { Url::parse(target).ok() } else { None }
    })
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};
    use kpi_core::ErrorKind;
    use url::Url;

    use super::{Cursor, NextUrl, Offset, PageNumber, Step, link_header};

    #[test]
    fn a_cursor_ends_and_notices_circles() {
        let mut cursor = Cursor::start();
        assert_eq!(cursor.token(), None);
        assert_eq!(cursor.advance(Some("a".to_owned())).unwrap(), Step::Next);
        assert_eq!(cursor.token(), Some("a"));
        assert_eq!(cursor.advance(Some("b".to_owned())).unwrap(), Step::Next);
        assert_eq!(cursor.advance(Some("a".to_owned())).unwrap_err().kind(), ErrorKind::Protocol);
        assert!(Cursor::start().advance(None).unwrap().is_done());
        assert!(Cursor::start().advance(Some(String::new())).unwrap().is_done());
    }

    #[test]
    fn no_pager_runs_for_ever() {
        let (mut cursor, mut offset, mut number) = (Cursor::start(), Offset::new(1), PageNumber::start(1));
        for page in 1..10_000 {
            assert!(!cursor.advance(Some(page.to_string())).unwrap().is_done());
            assert!(!offset.advance(1, None).unwrap().is_done());
            assert!(!number.advance(true).unwrap().is_done());
        }
        let text = "more than 10000 pages";
        assert_eq!(cursor.advance(Some("x".to_owned())).unwrap_err().to_string(), text);
        assert_eq!(offset.advance(1, None).unwrap_err().to_string(), text);
        assert_eq!(number.advance(true).unwrap_err().to_string(), text);
    }

    #[test]
    fn a_short_page_is_not_the_end() {
        let mut offset = Offset::new(10);
        assert_eq!(offset.advance(3, None).unwrap(), Step::Next);
        assert_eq!((offset.start(), offset.limit()), (3, 10));
        assert_eq!(offset.advance(0, None).unwrap(), Step::Done);
        let mut offset = Offset::new(10);
        assert_eq!(offset.advance(3, Some(5)).unwrap(), Step::Next);
        assert_eq!(offset.advance(2, Some(5)).unwrap(), Step::Done);
        assert_eq!(Offset::new(10).advance(0, Some(0)).unwrap(), Step::Done);
        let error = Offset::new(10).advance(0, Some(5)).unwrap_err();
        assert_eq!(error.to_string(), "the vendor announced 5 rows and gave 0");
    }

    #[test]
    fn next_links_stay_on_the_host_and_do_not_repeat() {
        let mut pages = NextUrl::start(Url::parse("https://a.example/v1/posts?limit=2").unwrap());
        assert_eq!(pages.advance(Some("https://a.example/v1/posts?after=x")).unwrap(), Step::Next);
        assert_eq!(pages.advance(Some("?after=y")).unwrap(), Step::Next);
        assert_eq!(pages.url().as_str(), "https://a.example/v1/posts?after=y");
        assert!(pages.advance(Some("?after=x")).is_err());
        assert!(pages.advance(Some("https://b.example/v1/posts?after=z")).is_err());
        assert!(pages.advance(Some("http://a.example/v1/posts?after=z")).is_err());
        assert!(pages.advance(None).unwrap().is_done());
    }

    #[test]
    fn a_link_header_names_the_next_page() {
        let mut headers = HeaderMap::new();
        assert_eq!(link_header(&headers), None);
        let value = "<https://a.example/?max_id=7>; rel=\"next\", <https://a.example/?min_id=9,8>; rel=\"prev\"";
        headers.insert("link", HeaderValue::from_static(value));
        assert_eq!(link_header(&headers).unwrap().as_str(), "https://a.example/?max_id=7");
        headers.insert("link", HeaderValue::from_static("<https://a.example/?p=1>; rel=prev"));
        assert_eq!(link_header(&headers), None);
    }
}
