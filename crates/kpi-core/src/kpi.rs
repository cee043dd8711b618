//! KPIs: formulas with a direction, a level, a stage, an owner and goals; the catalogue of built-in ones.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde::Deserialize;

use crate::amount::Amount;
use crate::formula::{self, Expr, ExprKind, FormulaError, Known, NameKind, Span, Typed};
use crate::goal::Target;
use crate::registry::nearest;
use crate::snapshot::LocalText;
use crate::{Currency, Dictionary, MetricId, Unit};

/// Which way a KPI is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Higher is better.
    Up,
    /// Lower is better.
    Down,
    /// Best within a band.
    Band,
    /// Neither.
    Neutral,
}

impl Direction {
    /// The direction as written in configurations.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Band => "band",
            Self::Neutral => "neutral",
        }
    }
}

/// What a KPI is made of, as the catalogue or a configuration says it; what is left out is inherited.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KpiPart {
    /// Its names.
    pub name: Option<LocalText>,
    /// Its formula.
    pub formula: Option<String>,
    /// Its unit, where the formula's own is to be shown differently.
    pub unit: Option<String>,
    /// Which way is better.
    pub direction: Option<Direction>,
    /// `strategic` or `tactical`.
    pub level: Option<String>,
    /// The KPIs it serves.
    #[serde(default)]
    pub supports: Vec<String>,
    /// The stage of the customer's journey.
    pub stage: Option<String>,
    /// The channel group in reports.
    pub channel: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// How often it is looked at.
    pub cadence: Option<String>,
    /// Whether only sources count that supply every part.
    pub matched: Option<bool>,
    /// What it is cut by in reports.
    pub segments: Option<Vec<String>>,
    /// What it is, in a sentence.
    pub definition: Option<String>,
    /// Where the definition comes from.
    pub source: Option<String>,
    /// What breaks it.
    pub breaks: Option<String>,
    /// Its goals.
    #[serde(skip)]
    pub targets: Vec<Target>,
}

/// A KPI, checked.
#[derive(Clone, Debug)]
pub struct Kpi {
    /// Its id.
    pub id: String,
    /// Its names.
    pub name: LocalText,
    /// Its formula as written.
    pub formula: String,
    /// Its formula, read.
    pub expr: Expr,
    /// What is known of it before it is computed.
    pub typed: Typed,
    /// Its unit as shown.
    pub unit: String,
    /// Which way is better.
    pub direction: Direction,
    /// Everything else that was said about it.
    pub part: KpiPart,
}

impl Kpi {
    /// Whether only sources count that supply every part.
    pub fn is_matched(&self) -> bool {
        self.part.matched.unwrap_or(false)
    }

    /// Whether it is shown as a percentage.
    pub fn is_percentage(&self) -> bool {
        const MULTIPLES: [&str; 4] = ["roas", "mer", "clv_cac", "over_claim_factor"];
        (self.unit == "ratio" || self.unit.is_empty()) && !MULTIPLES.contains(&self.id.as_str())
    }

    /// Whether its value is an amount of money, alone or per something.
    pub fn is_money(&self) -> bool {
        self.typed.unit.settled().is_money()
    }

    /// Whether it has a goal: then it is a KPI in the strict sense, otherwise a metric.
    pub fn has_goal(&self) -> bool {
        !self.part.targets.is_empty()
    }
}

/// What is wrong with a KPI's definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KpiProblem {
    /// The KPI.
    pub kpi: String,
    /// Which key of it: `formula`, `unit`, `targets`, or `""` for the whole.
    pub key: String,
    /// What, and where in the key's text.
    pub error: FormulaError,
}

/// Every KPI that can be computed, by id.
#[derive(Debug)]
pub struct KpiSet {
    kpis: BTreeMap<String, Kpi>,
    /// Entries of the catalogue whose constants are not configured, with what is missing.
    left_out: BTreeMap<String, FormulaError>,
    assumptions: BTreeMap<String, Amount>,
}

impl KpiSet {
    /// Reads and checks the catalogue with the configuration's own KPIs and changes.
    ///
    /// # Errors
    /// Every problem found in the configuration's KPIs.
    pub fn build(
        dictionary: &Dictionary,
        assumptions: BTreeMap<String, Amount>,
        own: &BTreeMap<String, KpiPart>,
        currency: Currency,
    ) -> Result<Self, Vec<KpiProblem>> {
        let mut parts = catalogue();
        for metric in dictionary.iter() {
            let id = metric.id.as_str();
            let part = parts.entry(id.to_owned()).or_default();
            part.formula = Some(id.to_owned());
            part.name.get_or_insert_with(|| LocalText { en: metric.name_en.to_owned(), vi: metric.name_vi.to_owned() });
            part.definition.get_or_insert_with(|| metric.definition.to_owned());
            part.source.get_or_insert_with(|| metric.source.to_owned());
            let usual = if metric.id.is_money() { Direction::Neutral } else { Direction::Up };
            part.direction.get_or_insert(usual);
        }
        let mut problems = Vec::new();
        for (id, part) in own {
            problems.extend(refuse_redefinition(id, part, dictionary));
            let merged = merge(parts.remove(id).unwrap_or_default(), part.clone());
            parts.insert(id.clone(), merged);
        }
        let checker = Checker::new(dictionary, &assumptions, &parts);
        let mut kpis = BTreeMap::new();
        let mut left_out = BTreeMap::new();
        for (id, part) in &parts {
            match checker.kpi(id) {
                Ok((expr, typed)) => match finish(id, part, expr, typed, currency) {
                    Ok(kpi) => {
                        kpis.insert(id.clone(), kpi);
                    }
                    Err(found) => problems.extend(found),
                },
                // A catalogue entry whose assumption is not configured is left out; a configured KPI is a problem.
                Err(error) if own.contains_key(id) => {
                    problems.push(KpiProblem { kpi: id.clone(), key: "formula".to_owned(), error });
                }
                Err(error) => {
                    left_out.insert(id.clone(), error);
                }
            }
        }
        for (id, part) in own {
            for supported in part.supports.iter().filter(|supported| !parts.contains_key(*supported)) {
                let error =
                    unknown(supported, Span { start: 0, end: supported.len() }, parts.keys().map(String::as_str));
                problems.push(KpiProblem { kpi: id.clone(), key: "supports".to_owned(), error });
            }
        }
        if problems.is_empty() { Ok(Self { kpis, left_out, assumptions }) } else { Err(problems) }
    }

    /// Finds a KPI by its id.
    ///
    /// # Errors
    /// Says the variants of a bare family name, or the nearest known id.
    pub fn get(&self, id: &str) -> Result<&Kpi, FormulaError> {
        if let Some(kpi) = self.kpis.get(id) {
            return Ok(kpi);
        }
        let span = Span { start: 0, end: id.len() };
        if let Some(error) = self.left_out.get(id) {
            return Err(FormulaError::new(span, format!("`{id}` cannot be computed: {}", error.message))
                .hint("give the constant that it names a value under [assumptions]"));
        }
        Err(unknown(id, span, self.kpis.keys().chain(self.left_out.keys()).map(String::as_str)))
    }

    /// Every KPI, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Kpi> {
        self.kpis.values()
    }

    /// The ids of the built-in catalogue, in its order: the order of reports.
    pub fn catalogue_order() -> Vec<String> {
        read_catalogue().into_iter().map(|entry| entry.id).collect()
    }

    /// The named constants.
    pub fn assumptions(&self) -> &BTreeMap<String, Amount> {
        &self.assumptions
    }

    /// The metrics that a KPI needs, those of the KPIs within it included, in the order of the formula.
    pub fn metrics_of(&self, kpi: &Kpi, dictionary: &Dictionary) -> Vec<MetricId> {
        let mut found = Vec::new();
        self.collect_metrics(&kpi.expr, dictionary, &mut found);
        found
    }

    fn collect_metrics(&self, expr: &Expr, dictionary: &Dictionary, found: &mut Vec<MetricId>) {
        expr.walk(&mut |part| {
            let ExprKind::Name(name) = &part.kind else { return };
            if let Some(metric) = dictionary.get(name) {
                if !found.contains(&metric.id) {
                    found.push(metric.id);
                }
            } else if let Some(inner) = self.kpis.get(name) {
                self.collect_metrics(&inner.expr, dictionary, found);
            }
        });
    }
}

fn refuse_redefinition(id: &str, part: &KpiPart, dictionary: &Dictionary) -> Option<KpiProblem> {
    let formula = part.formula.as_deref()?;
    dictionary.get(id)?;
    (formula.trim() != id).then(|| KpiProblem {
        kpi: id.to_owned(),
        key: "formula".to_owned(),
        error: FormulaError::new(
            Span { start: 0, end: formula.len() },
            format!("`{id}` is a metric of the dictionary"),
        )
        .hint("give the formula an id of its own"),
    })
}

fn finish(id: &str, part: &KpiPart, expr: Expr, typed: Typed, currency: Currency) -> Result<Kpi, Vec<KpiProblem>> {
    let formula = part.formula.clone().unwrap_or_default();
    let whole = Span { start: 0, end: formula.len() };
    let mut problems = Vec::new();
    let settled = typed.unit.settled();
    let unit = match part.unit.as_deref() {
        None if settled.is_ratio() => "ratio".to_owned(),
        None => settled.to_string(),
        Some(name) => {
            let shown_as_number = settled.is_ratio();
            let agrees = name == settled.to_string()
                || Unit::declared(name).is_some_and(|declared| {
                    declared == settled || (shown_as_number && matches!(name, "ratio" | "number" | "points"))
                })
                || (shown_as_number && Unit::declared(name).is_none());
            if !agrees {
                let error =
                    FormulaError::new(whole, format!("the unit is said to be {name}, but the formula gives {settled}"))
                        .hint("leave `unit` out, or correct the formula");
                problems.push(KpiProblem { kpi: id.to_owned(), key: "unit".to_owned(), error });
            }
            name.to_owned()
        }
    };
    if part.direction.is_none() && !part.targets.is_empty() {
        let error = FormulaError::new(whole, "a goal needs to know which way is better")
            .hint("add direction = \"up\", \"down\" or \"band\"");
        problems.push(KpiProblem { kpi: id.to_owned(), key: "targets".to_owned(), error });
    }
    for (index, target) in part.targets.iter().enumerate() {
        if let Err(message) = target.fits(&settled, &unit, currency) {
            let error = FormulaError::new(whole, message).hint("give the target the KPI's own unit");
            problems.push(KpiProblem { kpi: id.to_owned(), key: format!("targets[{index}]"), error });
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Kpi {
        id: id.to_owned(),
        name: part.name.clone().unwrap_or_else(|| LocalText { en: id.to_owned(), vi: id.to_owned() }),
        formula,
        expr,
        typed,
        unit,
        direction: part.direction.unwrap_or(Direction::Neutral),
        part: part.clone(),
    })
}

fn merge(base: KpiPart, own: KpiPart) -> KpiPart {
    KpiPart {
        name: own.name.or(base.name),
        unit: if own.formula.is_some() { own.unit } else { own.unit.or(base.unit) },
        matched: if own.formula.is_some() { own.matched } else { own.matched.or(base.matched) },
        formula: own.formula.or(base.formula),
        direction: own.direction.or(base.direction),
        level: own.level.or(base.level),
        supports: if own.supports.is_empty() { base.supports } else { own.supports },
        stage: own.stage.or(base.stage),
        channel: own.channel.or(base.channel),
        owner: own.owner.or(base.owner),
        cadence: own.cadence.or(base.cadence),
        segments: own.segments.or(base.segments),
        definition: own.definition.or(base.definition),
        source: own.source.or(base.source),
        breaks: own.breaks.or(base.breaks),
        targets: own.targets,
    }
}

#[derive(Deserialize)]
struct CatalogueFile {
    kpi: Vec<CatalogueEntry>,
}

#[derive(Deserialize)]
struct CatalogueEntry {
    id: String,
    #[serde(flatten)]
    part: CataloguePart,
}

/// `flatten` and `deny_unknown_fields` do not go together: the catalogue's test checks its keys instead.
#[derive(Deserialize)]
struct CataloguePart {
    name: Option<LocalText>,
    formula: Option<String>,
    unit: Option<String>,
    direction: Option<Direction>,
    level: Option<String>,
    stage: Option<String>,
    channel: Option<String>,
    cadence: Option<String>,
    matched: Option<bool>,
    definition: Option<String>,
    source: Option<String>,
    breaks: Option<String>,
}

fn read_catalogue() -> Vec<CatalogueEntry> {
    // The data file is part of the program; a test reads it, so a damaged one cannot be released.
    toml::from_str::<CatalogueFile>(include_str!("../data/catalogue.toml")).map(|file| file.kpi).unwrap_or_default()
}

fn catalogue() -> BTreeMap<String, KpiPart> {
    let of = |part: CataloguePart| KpiPart {
        name: part.name,
        formula: part.formula,
        unit: part.unit,
        direction: part.direction,
        level: part.level,
        stage: part.stage,
        channel: part.channel,
        cadence: part.cadence,
        matched: part.matched,
        definition: part.definition,
        source: part.source,
        breaks: part.breaks,
        ..KpiPart::default()
    };
    read_catalogue().into_iter().map(|entry| (entry.id, of(entry.part))).collect()
}

fn unknown<'a>(name: &str, span: Span, known: impl Iterator<Item = &'a str>) -> FormulaError {
    let known: Vec<&str> = known.collect();
    let family = format!("{name}@");
    let mut variants: Vec<&str> = known.iter().copied().filter(|id| id.starts_with(&family)).collect();
    variants.sort_unstable();
    if !variants.is_empty() {
        return FormulaError::new(span, format!("`{name}` has several definitions"))
            .hint(format!("say which one: {}", variants.join(", ")));
    }
    let error = FormulaError::new(span, format!("unknown name `{name}`"));
    match nearest(name, known.into_iter()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("`kpi metrics` and `kpi catalogue` list the known names; constants stand in [assumptions]"),
    }
}

type Checked = Result<(Expr, Typed), FormulaError>;

/// Checks KPIs once each, however they refer to each other.
struct Checker<'a> {
    dictionary: &'a Dictionary,
    assumptions: &'a BTreeMap<String, Amount>,
    parts: &'a BTreeMap<String, KpiPart>,
    done: RefCell<BTreeMap<String, Checked>>,
    open: RefCell<Vec<String>>,
}

/// KPIs may refer to KPIs this deep.
const MAX_REFERENCES: usize = 64;

impl<'a> Checker<'a> {
    fn new(
        dictionary: &'a Dictionary,
        assumptions: &'a BTreeMap<String, Amount>,
        parts: &'a BTreeMap<String, KpiPart>,
    ) -> Self {
        Self { dictionary, assumptions, parts, done: RefCell::default(), open: RefCell::default() }
    }

    fn kpi(&self, id: &str) -> Result<(Expr, Typed), FormulaError> {
        if let Some(result) = self.done.borrow().get(id) {
            return result.clone();
        }
        let result = self.read(id);
        self.done.borrow_mut().insert(id.to_owned(), result.clone());
        result
    }

    fn read(&self, id: &str) -> Result<(Expr, Typed), FormulaError> {
        let nowhere = Span { start: 0, end: 0 };
        let Some(formula) = self.parts.get(id).and_then(|part| part.formula.as_deref()) else {
            return Err(FormulaError::new(nowhere, format!("`{id}` has no formula"))
                .hint("it is neither in the catalogue nor a metric: give it a formula"));
        };
        let expr = formula::parse(formula)?;
        self.open.borrow_mut().push(id.to_owned());
        let typed = formula::check(&expr, self);
        self.open.borrow_mut().pop();
        Ok((expr, typed?))
    }
}

impl Known for Checker<'_> {
    fn resolve(&self, name: &str, span: Span) -> Result<NameKind, FormulaError> {
        if let Some(metric) = self.dictionary.get(name) {
            return Ok(NameKind::Metric(metric));
        }
        if let Some(amount) = self.assumptions.get(name) {
            return Ok(NameKind::Assumption(amount.formula_unit()));
        }
        if !self.parts.contains_key(name) {
            let metrics = self.dictionary.iter().map(|metric| metric.id.as_str());
            let names = self.parts.keys().map(String::as_str);
            return Err(unknown(name, span, names.chain(metrics).chain(self.assumptions.keys().map(String::as_str))));
        }
        {
            let open = self.open.borrow();
            if let Some(place) = open.iter().position(|id| id == name) {
                let circle: Vec<&str> = open[place..].iter().map(String::as_str).chain([name]).collect();
                return Err(FormulaError::new(span, format!("a cycle: {}", circle.join(" -> ")))
                    .hint("a KPI cannot be computed from itself"));
            }
            if open.len() > MAX_REFERENCES {
                return Err(FormulaError::new(span, "KPIs refer to each other too deeply"));
            }
        }
        match self.kpi(name) {
            Ok((_, typed)) => Ok(NameKind::Kpi(typed)),
            Err(error) if error.message.starts_with("a cycle") => Err(FormulaError { span, ..error }),
            Err(error) => Err(FormulaError::new(span, format!("`{name}` cannot be used: {}", error.message))
                .hint(error.hint.unwrap_or_default())),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{KpiPart, KpiSet, read_catalogue};
    use crate::amount::Amount;
    use crate::{Currency, Dictionary};

    fn assumptions() -> BTreeMap<String, Amount> {
        [("gross_margin", "30 %"), ("customer_lifetime_years", "3"), ("average_opportunity_value", "5000000 VND")]
            .into_iter()
            .map(|(id, text)| (id.to_owned(), Amount::parse(text).unwrap()))
            .collect()
    }

    fn build(own: &[(&str, &str)]) -> Result<KpiSet, String> {
        let own = own
            .iter()
            .map(|(id, formula)| {
                ((*id).to_owned(), KpiPart { formula: Some((*formula).to_owned()), ..KpiPart::default() })
            })
            .collect();
        let dictionary = Dictionary::builtin().unwrap();
        KpiSet::build(&dictionary, assumptions(), &own, Currency::parse("VND").unwrap()).map_err(|problems| {
            let texts: Vec<String> = problems
                .into_iter()
                .map(|problem| {
                    let span = problem.error.span;
                    format!("{} {}..{}: {}", problem.kpi, span.start, span.end, problem.error.message)
                })
                .collect();
            texts.join("; ")
        })
    }

    #[test]
    fn every_entry_of_the_catalogue_loads_with_its_unit() {
        let set = build(&[]).unwrap();
        let entries = read_catalogue();
        assert!(entries.len() > 100, "{}", entries.len());
        for entry in &entries {
            let kpi = set.get(&entry.id).unwrap();
            if let Some(unit) = &entry.part.unit {
                assert_eq!(&kpi.unit, unit, "{}", entry.id);
            }
            assert!(!kpi.name.vi.is_empty() && kpi.part.definition.is_some(), "{}", entry.id);
        }
        assert_eq!(set.get("cpl").unwrap().unit, "money/lead");
        assert_eq!(set.get("leads").unwrap().unit, "lead");
    }

    // The formula checks of the requirements, section 10, example 31.
    #[test]
    fn refuses_what_would_give_a_wrong_number() {
        for (formula, message) in [
            (
                "sum(reach where source == \"fb\") + sum(reach where source == \"ig\")",
                "x 4..9: distinct counts cannot be added: `reach` counts the same person in several rows",
            ),
            ("reach + visitors", "x 0..16: distinct counts cannot be added: the same person may be in both"),
            ("mean(ctr)", "x 0..4: unknown function `mean`"),
            ("mean_over_time(ctr)", "x 15..18: mean_over_time() takes a metric, but `ctr` is a KPI"),
            ("sum(followers)", "x 4..13: `followers` is a stock: its readings are not added over time"),
            ("leads + spend", "x 0..13: units differ: lead + money"),
            ("spend + clicks", "x 0..14: units differ: money + click"),
            ("impressions - clicks / impressions", "x 0..34: units differ: impression - click/impression"),
            ("roi", "x 0..3: `roi` has several definitions"),
            ("spnd / leads", "x 0..4: unknown name `spnd`"),
            (
                "bounce_rate@ga4 + bounce_rate@single_page",
                "x 0..41: definition mismatch: bounce_rate@ga4 and bounce_rate@single_page are counted by different rules",
            ),
            ("spend /", "x 7..7: expected a name, a number or `(`, found the end"),
            ("spend where channel == \"ads\"", "x 6..11: `where` stands outside a function"),
            ("x / leads", "x 0..1: a cycle: x -> x"),
        ] {
            assert_eq!(build(&[("x", formula)]).unwrap_err(), message, "{formula}");
        }
        let cycle = build(&[("one", "two / leads"), ("two", "one / leads")]).unwrap_err();
        assert!(cycle.contains("a cycle: one -> two -> one"), "{cycle}");
    }
}
