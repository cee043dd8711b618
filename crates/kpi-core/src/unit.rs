//! Units of figures and formulas: counts of an entity, money, seconds, ranks, points, and their quotients.

use std::collections::BTreeMap;
use std::fmt;

/// What a count counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Entity(pub &'static str);

/// Each entity with the one it is a kind of. Figures of two entities may be added when they share an ancestor.
const KINDS: &[(&str, &str)] = &[
    ("click", "interaction"),
    ("comment", "action"),
    ("converting_visit", "visit"),
    ("customer", "person"),
    ("engaged_visit", "visit"),
    ("follower", "person"),
    ("lead", "person"),
    ("like", "action"),
    ("link_click", "action"),
    ("save", "action"),
    ("share", "action"),
    ("single_page_visit", "visit"),
    ("subscriber", "person"),
    ("viewable_impression", "impression"),
    ("visitor", "person"),
];

impl Entity {
    /// The entity it is a kind of.
    pub fn parent(self) -> Option<Self> {
        KINDS.iter().find(|(kind, _)| *kind == self.0).map(|(_, parent)| Self(parent))
    }

    /// Itself and all it is a kind of, nearest first.
    pub fn lineage(self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |entity| entity.parent())
    }

    /// The nearest entity that both are kinds of.
    pub fn common_ancestor(self, other: Self) -> Option<Self> {
        self.lineage().find(|candidate| other.lineage().any(|entity| entity == *candidate))
    }

    fn is_kind_of(self, other: Self) -> bool {
        self.lineage().any(|entity| entity == other)
    }
}

/// A factor of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UnitAtom {
    /// Money in one currency.
    Money,
    /// Time.
    Seconds,
    /// A position in a list, 1 at the top.
    Rank,
    /// Points of a score.
    Points,
    /// A number of things.
    Count(Entity),
}

/// A product of powers of factors; the empty product is a plain number or a ratio.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Unit(BTreeMap<UnitAtom, i32>);

impl Unit {
    /// A plain number or a ratio.
    pub fn number() -> Self {
        Self::default()
    }

    /// One factor.
    pub fn of(atom: UnitAtom) -> Self {
        Self(BTreeMap::from([(atom, 1)]))
    }

    /// A number of things.
    pub fn count(entity: &'static str) -> Self {
        Self::of(UnitAtom::Count(Entity(entity)))
    }

    /// Whether it has no factor.
    pub fn is_number(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is a plain number or one count by another, which may be shown as a percentage.
    pub fn is_ratio(&self) -> bool {
        let counts = self.0.keys().all(|atom| matches!(atom, UnitAtom::Count(_)));
        let mut powers: Vec<i32> = self.0.values().copied().collect();
        powers.sort_unstable();
        counts && (powers.is_empty() || powers == [-1, 1])
    }

    /// Whether an amount in it has a currency.
    pub fn has_money(&self) -> bool {
        self.0.contains_key(&UnitAtom::Money)
    }

    /// Whether it is money, alone or per something.
    pub fn is_money(&self) -> bool {
        self.0.get(&UnitAtom::Money) == Some(&1)
    }

    /// The unit as compared and shown: a number of things times money or time is money or time.
    #[must_use]
    pub fn settled(&self) -> Self {
        let positive = |atom: UnitAtom| self.0.get(&atom).is_some_and(|power| *power > 0);
        let mut unit = self.clone();
        if positive(UnitAtom::Money) || positive(UnitAtom::Seconds) {
            unit.0.retain(|atom, power| !(matches!(atom, UnitAtom::Count(_)) && *power > 0));
        }
        unit
    }

    /// The product.
    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        self.combined(other, 1)
    }

    /// The quotient. Counts of one kind cancel.
    #[must_use]
    pub fn per(&self, other: &Self) -> Self {
        self.combined(other, -1)
    }

    /// The unit of a sum or a difference, when the two can be added.
    pub fn plus(&self, other: &Self) -> Option<Self> {
        let (this, that) = (self.settled(), other.settled());
        if this == that {
            return Some(this);
        }
        if let (Some(one), Some(two)) = (self.single_count(), other.single_count()) {
            return one.common_ancestor(two).map(|entity| Self::of(UnitAtom::Count(entity)));
        }
        let ratios = self.is_ratio() && other.is_ratio();
        (ratios && (self.is_number() || other.is_number())).then(Self::number)
    }

    fn single_count(&self) -> Option<Entity> {
        match self.0.iter().next() {
            Some((UnitAtom::Count(entity), 1)) if self.0.len() == 1 => Some(*entity),
            _ => None,
        }
    }

    fn combined(&self, other: &Self, sign: i32) -> Self {
        let mut powers = self.0.clone();
        for (atom, power) in &other.0 {
            *powers.entry(*atom).or_insert(0) += sign * power;
        }
        powers.retain(|_, power| *power != 0);
        let mut unit = Self(powers);
        unit.cancel_kinds();
        unit
    }

    /// Cancels a count above the line against a count below it when one is a kind of the other.
    fn cancel_kinds(&mut self) {
        loop {
            let counts: Vec<(Entity, i32)> = self
                .0
                .iter()
                .filter_map(|(atom, power)| match atom {
                    UnitAtom::Count(entity) => Some((*entity, *power)),
                    _ => None,
                })
                .collect();
            let pair = counts.iter().filter(|(_, power)| *power > 0).find_map(|(above, _)| {
                let below = counts
                    .iter()
                    .find(|(below, power)| *power < 0 && (above.is_kind_of(*below) || below.is_kind_of(*above)))?;
                Some((*above, below.0))
            });
            let Some((above, below)) = pair else { return };
            *self.0.entry(UnitAtom::Count(above)).or_insert(0) -= 1;
            *self.0.entry(UnitAtom::Count(below)).or_insert(0) += 1;
            self.0.retain(|_, power| *power != 0);
        }
    }
}

impl fmt::Display for UnitAtom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Money => f.write_str("money"),
            Self::Seconds => f.write_str("seconds"),
            Self::Rank => f.write_str("rank"),
            Self::Points => f.write_str("points"),
            Self::Count(entity) => f.write_str(entity.0),
        }
    }
}

impl fmt::Display for Unit {
    /// `money/lead`, `impression`, `ratio` for a plain number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |above: bool| -> Vec<String> {
            let chosen = self.0.iter().filter(|(_, power)| (**power > 0) == above);
            chosen
                .flat_map(|(atom, power)| std::iter::repeat_n(atom.to_string(), power.unsigned_abs() as usize))
                .collect()
        };
        let (above, below) = (side(true), side(false));
        match (above.is_empty(), below.is_empty()) {
            (true, true) => f.write_str("ratio"),
            (false, true) => f.write_str(&above.join("*")),
            (true, false) => write!(f, "1/{}", below.join("/")),
            (false, false) => write!(f, "{}/{}", above.join("*"), below.join("/")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Unit, UnitAtom};

    #[test]
    fn quotients_and_products_have_the_units_of_the_brief() {
        let (money, lead, click, impression) =
            (Unit::of(UnitAtom::Money), Unit::count("lead"), Unit::count("click"), Unit::count("impression"));
        assert_eq!(money.per(&lead).to_string(), "money/lead");
        assert_eq!(click.per(&impression).to_string(), "click/impression");
        assert!(click.per(&impression).is_ratio());
        assert_eq!(money.per(&money).to_string(), "ratio");
        let won_per_lead = Unit::count("opportunity").per(&lead);
        assert_eq!(lead.times(&money).times(&won_per_lead).plus(&money), Some(money));
        assert_eq!(Unit::count("engaged_visit").per(&Unit::count("visit")), Unit::number());
    }

    #[test]
    fn sums_need_a_common_ancestor() {
        let (like, comment, impression) = (Unit::count("like"), Unit::count("comment"), Unit::count("impression"));
        assert_eq!(like.plus(&comment), Some(Unit::count("action")));
        assert_eq!(like.plus(&impression), None);
        assert_eq!(impression.plus(&Unit::count("click").per(&impression)), None);
        assert_eq!(Unit::of(UnitAtom::Money).plus(&Unit::count("click")), None);
    }
}
