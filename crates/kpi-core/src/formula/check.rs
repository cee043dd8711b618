//! Checks names, units and laws of a formula before anything is computed.

use crate::metric::Law;
use crate::{Metric, Unit, UnitAtom};

use super::{Expr, ExprKind, FormulaError, Operator, OverTime, Span};

/// What a name stands for.
#[derive(Clone, Debug)]
pub enum NameKind {
    /// A metric of the dictionary.
    Metric(&'static Metric),
    /// Another KPI, with its unit.
    Kpi(Typed),
    /// A named constant, with its unit.
    Assumption(Unit),
}

/// What the checker asks about names.
pub trait Known {
    /// What a name stands for.
    ///
    /// # Errors
    /// Says why it stands for nothing: unknown, ambiguous, part of a cycle.
    fn resolve(&self, name: &str, span: Span) -> Result<NameKind, FormulaError>;
}

/// What is known of an expression before it is computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// Its unit.
    pub unit: Unit,
    /// Whether it is a count of distinct things, which cannot be added.
    pub distinct: bool,
    /// Whether it adds up over days: a sum of flows.
    pub additive: bool,
    /// The variant family of a single KPI name, such as `bounce_rate` with `ga4`.
    pub variant: Option<(String, String)>,
}

impl Typed {
    fn plain(unit: Unit) -> Self {
        Self { unit, distinct: false, additive: false, variant: None }
    }
}

/// Checks an expression.
///
/// # Errors
/// The first misuse found, with its place and a hint.
pub fn check(expr: &Expr, known: &dyn Known) -> Result<Typed, FormulaError> {
    match &expr.kind {
        ExprKind::Number(_) => Ok(Typed::plain(Unit::number())),
        ExprKind::Name(name) => Ok(match known.resolve(name, expr.span)? {
            NameKind::Metric(metric) => of_metric(metric),
            NameKind::Assumption(unit) => Typed::plain(unit),
            NameKind::Kpi(typed) => Typed {
                variant: name.split_once('@').map(|(base, variant)| (base.to_owned(), variant.to_owned())),
                ..typed
            },
        }),
        ExprKind::Negate(inner) => check(inner, known),
        ExprKind::Binary(operator, left, right) => binary(expr.span, *operator, left, right, known),
        ExprKind::OverTime(function, inner, _) => over_time(*function, inner, known),
        ExprKind::Previous(inner, _) | ExprKind::SameLastYear(inner) => {
            Ok(Typed { additive: false, variant: None, ..check(inner, known)? })
        }
        ExprKind::ToDate(inner) => Ok(Typed { additive: false, variant: None, ..check(inner, known)? }),
    }
}

fn of_metric(metric: &Metric) -> Typed {
    Typed {
        unit: metric.formula_unit(),
        distinct: metric.law == Law::Distinct,
        additive: metric.law == Law::Flow,
        variant: None,
    }
}

fn binary(span: Span, operator: Operator, left: &Expr, right: &Expr, known: &dyn Known) -> Result<Typed, FormulaError> {
    let (one, two) = (check(left, known)?, check(right, known)?);
    match operator {
        Operator::Multiply => {
            let scaled = |this: &Typed, other: &Typed| this.additive && other.unit.is_number() && !other.additive;
            let additive = (scaled(&one, &two) && is_constant(right)) || (scaled(&two, &one) && is_constant(left));
            Ok(Typed { additive, ..Typed::plain(one.unit.times(&two.unit)) })
        }
        Operator::Divide => {
            let additive = one.additive && is_constant(right);
            Ok(Typed { additive, ..Typed::plain(one.unit.per(&two.unit)) })
        }
        Operator::Add | Operator::Subtract => {
            if let (Some((base, this)), Some((other_base, that))) = (&one.variant, &two.variant)
                && base == other_base
                && this != that
            {
                return Err(FormulaError::new(
                    span,
                    format!("definition mismatch: {base}@{this} and {base}@{that} are counted by different rules"),
                )
                .hint("compare them side by side as two KPIs"));
            }
            if operator == Operator::Add && one.distinct && two.distinct {
                return Err(FormulaError::new(span, "distinct counts cannot be added: the same person may be in both")
                    .hint("ask one source for the whole, or show the two side by side"));
            }
            let unit = one.unit.plus(&two.unit).ok_or_else(|| {
                FormulaError::new(
                    span,
                    format!("units differ: {} {} {}", unit_name(&one.unit), operator.symbol(), unit_name(&two.unit)),
                )
                .hint(addition_hint(&one.unit, &two.unit))
            })?;
            Ok(Typed {
                unit,
                distinct: one.distinct || two.distinct,
                additive: one.additive && two.additive,
                variant: None,
            })
        }
    }
}

fn is_constant(expr: &Expr) -> bool {
    let mut constant = true;
    expr.walk(&mut |part| constant &= !matches!(part.kind, ExprKind::Name(_)));
    constant
}

fn unit_name(unit: &Unit) -> String {
    if unit.is_number() { "number".to_owned() } else { unit.settled().to_string() }
}

fn addition_hint(one: &Unit, two: &Unit) -> &'static str {
    if one.has_money() != two.has_money() {
        "money and counts are not added; divide them for a cost per piece"
    } else if one.is_ratio() != two.is_ratio() {
        "`*` and `/` bind tighter than `+` and `-`: are parentheses missing?"
    } else {
        "only figures of one kind are added"
    }
}

fn over_time(function: OverTime, inner: &Expr, known: &dyn Known) -> Result<Typed, FormulaError> {
    let name = function.name();
    let ExprKind::Name(id) = &inner.kind else {
        return Err(FormulaError::new(inner.span, format!("{name}() takes one metric"))
            .hint("combine the results instead: sum(likes) + sum(comments)"));
    };
    let metric = match known.resolve(id, inner.span)? {
        NameKind::Metric(metric) => metric,
        NameKind::Kpi(_) => {
            return Err(FormulaError::new(inner.span, format!("{name}() takes a metric, but `{id}` is a KPI"))
                .hint("a ratio is recomputed from its summed parts, never summed or averaged"));
        }
        NameKind::Assumption(_) => {
            return Err(FormulaError::new(inner.span, format!("{name}() takes a metric, but `{id}` is an assumption")));
        }
    };
    let refuse = |message: String, hint: &str| Err(FormulaError::new(inner.span, message).hint(hint));
    match (function, metric.law) {
        (OverTime::Sum, Law::Stock) => refuse(
            format!("`{id}` is a stock: its readings are not added over time"),
            "use last(), first() or mean_over_time()",
        ),
        (OverTime::Sum, Law::Rank) => {
            refuse(format!("`{id}` is a rank: ranks are never added"), "use last() or mean_over_time()")
        }
        (OverTime::Sum, Law::Distinct) => refuse(
            format!("distinct counts cannot be added: `{id}` counts the same person in several rows"),
            "use it bare: it is asked for the very period",
        ),
        (OverTime::Mean | OverTime::Min | OverTime::Max, Law::Distinct) => refuse(
            format!("`{id}` counts distinct things: its days say nothing about the period"),
            "use it bare: it is asked for the very period",
        ),
        (OverTime::Last | OverTime::First, Law::Flow | Law::Distinct) => {
            refuse(format!("`{id}` has no readings: it is a {}", metric.law.as_str()), "use it bare or in sum()")
        }
        (OverTime::Claimed, _) if !metric.claimed => {
            refuse(format!("`{id}` is not claimed by several platforms"), "use it bare")
        }
        (OverTime::Sum | OverTime::Claimed, _) => Ok(of_metric(metric)),
        _ => Ok(Typed { additive: false, ..of_metric(metric) }),
    }
}

/// The unit that a declared name stands for, as catalogues and configurations write it.
impl Unit {
    /// Reads `ratio`, `points`, `money`, `seconds`, `rank`.
    pub fn declared(name: &str) -> Option<Self> {
        match name {
            "ratio" | "number" => Some(Self::number()),
            "points" => Some(Self::of(UnitAtom::Points)),
            "money" => Some(Self::of(UnitAtom::Money)),
            "seconds" => Some(Self::of(UnitAtom::Seconds)),
            "rank" => Some(Self::of(UnitAtom::Rank)),
            _ => None,
        }
    }
}
