//! The formula language: small, total, typed, evaluated on aggregated metrics only, so that averaging ratios cannot be
//! written.

mod check;
mod lex;
mod parse;

use std::fmt;

pub use check::{Known, NameKind, Typed, check};
pub use parse::parse;

/// A place in a formula's text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// One behind the last byte.
    pub end: usize,
}

impl Span {
    /// The place that begins where this one begins and ends where the other ends.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// Why a formula is refused: where, what and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormulaError {
    /// The place.
    pub span: Span,
    /// What is wrong there.
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
}

impl FormulaError {
    pub(crate) fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), hint: None }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for FormulaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for FormulaError {}

/// An expression with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A number, as written.
    Number(String),
    /// A metric, a KPI or an assumption.
    Name(String),
    /// A change of sign.
    Negate(Box<Expr>),
    /// Two operands.
    Binary(Operator, Box<Expr>, Box<Expr>),
    /// A function over a metric's days, with conditions on its rows.
    OverTime(OverTime, Box<Expr>, Vec<Condition>),
    /// The argument in the period so many steps before.
    Previous(Box<Expr>, u32),
    /// The argument in the same period a year before.
    SameLastYear(Box<Expr>),
    /// The argument from the beginning of the year to the period's end.
    ToDate(Box<Expr>),
}

/// An arithmetic operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

impl Operator {
    /// The operator as written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
        }
    }
}

/// How a metric's days become one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OverTime {
    /// What the law says: flows add, stocks take the last reading.
    ByLaw,
    /// The sum of a flow.
    Sum,
    /// The last reading in the period.
    Last,
    /// The opening value: the last reading before the period.
    First,
    /// The mean of the days.
    Mean,
    /// The least day.
    Min,
    /// The greatest day.
    Max,
    /// What the platforms claim, added up, without the source that the configuration believes.
    Claimed,
}

impl OverTime {
    /// The function as written.
    pub fn name(self) -> &'static str {
        match self {
            Self::ByLaw => "",
            Self::Sum => "sum",
            Self::Last => "last",
            Self::First => "first",
            Self::Mean => "mean_over_time",
            Self::Min => "min",
            Self::Max => "max",
            Self::Claimed => "claimed",
        }
    }
}

/// A condition on rows: what a key is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Condition {
    /// `channel`, `source`, `account`, `definition`, `label.x`, or a dimension's name.
    pub key: String,
    /// How it is compared.
    pub comparison: Comparison,
    /// The text or number it is compared with.
    pub literal: Literal,
}

/// A comparison in a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

/// What a key is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Literal {
    /// Text, compared byte by byte.
    Text(String),
    /// A number, compared as one.
    Number(crate::Rational),
}

impl Condition {
    /// The condition that a key has a value.
    pub fn equals(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self { key: key.into(), comparison: Comparison::Equal, literal: Literal::Text(value.into()) }
    }

    /// Whether a value of the key satisfies it. A number compares only with values that are numbers.
    pub fn holds(&self, value: &str) -> bool {
        use std::cmp::Ordering;
        let ordering = match &self.literal {
            Literal::Text(text) => Some(value.cmp(text.as_str())),
            Literal::Number(number) => crate::Rational::parse_plain(value).map(|value| value.cmp(number)),
        };
        match (self.comparison, ordering) {
            (Comparison::NotEqual, ordering) => ordering != Some(Ordering::Equal),
            (_, None) => false,
            (Comparison::Equal, Some(ordering)) => ordering == Ordering::Equal,
            (Comparison::Less, Some(ordering)) => ordering == Ordering::Less,
            (Comparison::AtMost, Some(ordering)) => ordering != Ordering::Greater,
            (Comparison::More, Some(ordering)) => ordering == Ordering::Greater,
            (Comparison::AtLeast, Some(ordering)) => ordering != Ordering::Less,
        }
    }

    /// Whether the key names a property of the source rather than a dimension of the figure.
    pub fn is_about_source(&self) -> bool {
        matches!(self.key.as_str(), "channel" | "source" | "account" | "definition") || self.key.starts_with("label.")
    }
}

impl Expr {
    /// Calls the function on the expression and on all within it, outermost first.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
        visit(self);
        match &self.kind {
            ExprKind::Number(_) | ExprKind::Name(_) => {}
            ExprKind::Negate(inner)
            | ExprKind::OverTime(_, inner, _)
            | ExprKind::Previous(inner, _)
            | ExprKind::SameLastYear(inner)
            | ExprKind::ToDate(inner) => inner.walk(visit),
            ExprKind::Binary(_, left, right) => {
                left.walk(visit);
                right.walk(visit);
            }
        }
    }
}
