//! The mailings of an account: when each was sent, to how many, and how people have answered it at a moment.

use jiff::{SignedDuration, Timestamp};

/// Since this moment the vendor also says how many opens were not a mail program's own.
pub(super) const OPENS_WITHOUT_PROXY_SINCE: Timestamp = Timestamp::constant(1_759_276_800, 0); // 2025-10-01

/// The kinds of mailings, in the vendor's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Sent once.
    Regular,
    /// Sent once, without design.
    PlainText,
    /// Sent once in several versions.
    Variate,
    /// A parent: sent again whenever there is news.
    Rss,
    /// A parent: sent again to whoever does something.
    Automation,
}

impl Kind {
    /// The vendor's word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Kind::Regular => "regular",
            Kind::PlainText => "plain-text",
            Kind::Variate => "variate",
            Kind::Rss => "rss",
            Kind::Automation => "automation",
        }
    }
}

/// One mailing.
#[derive(Debug, Clone)]
pub(super) struct Mailing {
    /// The vendor's id.
    pub(super) id: String,
    /// Which of the account's audiences got it.
    pub(super) audience: usize,
    /// What kind it is.
    pub(super) kind: Kind,
    /// The name that people gave it.
    pub(super) title: String,
    /// When it was sent, or first sent.
    pub(super) sent: Timestamp,
    /// The single sendings of a parent.
    pub(super) children: Vec<Mailing>,
    /// What it will have come to when everybody has answered; of a parent, nothing.
    pub(super) full: Figures,
}

/// How a mailing has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Figures {
    /// E-mails sent.
    pub(super) sent: u64,
    /// Refused for good.
    pub(super) hard_bounces: u64,
    /// Refused for now.
    pub(super) soft_bounces: u64,
    /// People who opened it, or whose mail program did.
    pub(super) openers: u64,
    /// All opens.
    pub(super) opens: u64,
    /// People who opened it themselves.
    pub(super) openers_without_proxy: u64,
    /// All opens but those of mail programs.
    pub(super) opens_without_proxy: u64,
    /// People who clicked.
    pub(super) clickers: u64,
    /// Clicks of different people on different links.
    pub(super) unique_clicks: u64,
    /// All clicks.
    pub(super) clicks: u64,
    /// People who left.
    pub(super) unsubscribed: u64,
    /// People who complained.
    pub(super) complaints: u64,
    /// Forwarded to a friend.
    pub(super) forwards: u64,
    /// Orders that followed.
    pub(super) orders: u64,
    /// What they came to in minor units of the account's currency, without shipping and tax.
    pub(super) revenue: u64,
}

/// Days after sending until the last bounce, open, click, complaint and order.
const LAST_BOUNCE: i64 = 3;
const LAST_OPEN: i64 = 13;
const LAST_CLICK: i64 = 8;

impl Mailing {
    /// How the mailing has done at a moment; a parent has done what its sendings have.
    pub(super) fn at(&self, now: Timestamp) -> Figures {
        if !self.children.is_empty() {
            return self.children.iter().map(|child| child.at(now)).fold(Figures::default(), Figures::plus);
        }
        let full = self.full;
        let of = |count, days| self.grown(count, days, now);
        Figures {
            sent: if self.sent <= now { full.sent } else { 0 },
            hard_bounces: of(full.hard_bounces, LAST_BOUNCE),
            soft_bounces: of(full.soft_bounces, LAST_BOUNCE),
            openers: of(full.openers, LAST_OPEN),
            opens: of(full.opens, LAST_OPEN),
            openers_without_proxy: of(full.openers_without_proxy, LAST_OPEN),
            opens_without_proxy: of(full.opens_without_proxy, LAST_OPEN),
            clickers: of(full.clickers, LAST_CLICK),
            unique_clicks: of(full.unique_clicks, LAST_CLICK),
            clicks: of(full.clicks, LAST_CLICK),
            unsubscribed: of(full.unsubscribed, LAST_CLICK),
            complaints: of(full.complaints, LAST_CLICK),
            forwards: of(full.forwards, LAST_CLICK),
            orders: of(full.orders, LAST_CLICK),
            revenue: full.revenue.checked_div(full.orders).unwrap_or(0) * of(full.orders, LAST_CLICK),
        }
    }

    /// When the mailing was last opened, if it was.
    pub(super) fn last_open(&self, now: Timestamp) -> Option<Timestamp> {
        (self.at(now).openers > 0).then(|| self.last(LAST_OPEN, now))
    }

    /// When a link was last clicked, if one was.
    pub(super) fn last_click(&self, now: Timestamp) -> Option<Timestamp> {
        (self.at(now).clickers > 0).then(|| self.last(LAST_CLICK, now))
    }

    /// The last sending of a parent up to a moment; the mailing's own otherwise.
    pub(super) fn last_sent(&self, now: Timestamp) -> Timestamp {
        self.children.iter().map(|child| child.sent).filter(|sent| *sent <= now).max().unwrap_or(self.sent)
    }

    fn last(&self, days: i64, now: Timestamp) -> Timestamp {
        let end = self.last_sent(now) + SignedDuration::from_hours(days * 24 - 5);
        end.min(now)
    }

    /// What there is of `count` at `now`: most of it within hours, the last after `days`.
    pub(super) fn grown(&self, count: u64, days: i64, now: Timestamp) -> u64 {
        let span = u128::from(days.unsigned_abs() * 1440);
        let age = u128::try_from((now.as_second() - self.sent.as_second()) / 60).unwrap_or(0).min(span);
        let missing = u128::from(count) * (span - age).pow(6) / span.pow(6);
        count - u64::try_from(missing).unwrap_or(count)
    }
}

impl Figures {
    /// Refused for good and for now.
    pub(super) fn bounces(self) -> u64 {
        self.hard_bounces + self.soft_bounces
    }

    /// The figures of two mailings together.
    pub(super) fn plus(self, other: Figures) -> Figures {
        Figures {
            sent: self.sent + other.sent,
            hard_bounces: self.hard_bounces + other.hard_bounces,
            soft_bounces: self.soft_bounces + other.soft_bounces,
            openers: self.openers + other.openers,
            opens: self.opens + other.opens,
            openers_without_proxy: self.openers_without_proxy + other.openers_without_proxy,
            opens_without_proxy: self.opens_without_proxy + other.opens_without_proxy,
            clickers: self.clickers + other.clickers,
            unique_clicks: self.unique_clicks + other.unique_clicks,
            clicks: self.clicks + other.clicks,
            unsubscribed: self.unsubscribed + other.unsubscribed,
            complaints: self.complaints + other.complaints,
            forwards: self.forwards + other.forwards,
            orders: self.orders + other.orders,
            revenue: self.revenue + other.revenue,
        }
    }
}
