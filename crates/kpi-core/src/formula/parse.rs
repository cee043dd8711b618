//! Reads a formula into an expression tree (precedence climbing, bounded depth).

use super::lex::{Token, tokens};
use super::{Comparison, Condition, Expr, ExprKind, FormulaError, Literal, Operator, OverTime, Span};

/// Deeper formulas are refused, so that reading always ends within the stack.
const MAX_DEPTH: usize = 64;

/// The functions, for hints.
const FUNCTIONS: &str = "sum last first mean_over_time min max claimed prev same_last_year to_date";

/// Reads a formula.
///
/// # Errors
/// Says where the text stops being a formula, and what to write instead.
pub fn parse(text: &str) -> Result<Expr, FormulaError> {
    let mut parser = Parser { tokens: tokens(text)?, position: 0, depth: 0 };
    if *parser.token() == Token::End {
        return Err(FormulaError::new(parser.span(), "the formula is empty"));
    }
    let expr = parser.sum()?;
    match parser.token() {
        Token::End => Ok(expr),
        Token::Name(name) if name == "where" => {
            Err(FormulaError::new(parser.span(), "`where` stands outside a function")
                .hint("write it inside, for example sum(spend where channel == \"ads\")"))
        }
        _ => Err(parser.unexpected("an operator or the end")),
    }
}

struct Parser {
    tokens: Vec<(Token, Span)>,
    position: usize,
    depth: usize,
}

impl Parser {
    fn token(&self) -> &Token {
        self.tokens.get(self.position).map_or(&Token::End, |(token, _)| token)
    }

    fn span(&self) -> Span {
        self.tokens.get(self.position).map_or(Span { start: 0, end: 0 }, |(_, span)| *span)
    }

    fn next(&mut self) -> (Token, Span) {
        let current = (self.token().clone(), self.span());
        if self.position + 1 < self.tokens.len() {
            self.position += 1;
        }
        current
    }

    fn eat(&mut self, symbol: &str) -> bool {
        let found = matches!(self.token(), Token::Symbol(found) if *found == symbol);
        if found {
            self.next();
        }
        found
    }

    fn expect(&mut self, symbol: &'static str) -> Result<Span, FormulaError> {
        let span = self.span();
        if self.eat(symbol) { Ok(span) } else { Err(self.unexpected(&format!("`{symbol}`"))) }
    }

    fn unexpected(&self, wanted: &str) -> FormulaError {
        let found = match self.token() {
            Token::Number(text) | Token::Name(text) => format!("`{text}`"),
            Token::Text(text) => format!("\"{text}\""),
            Token::Symbol(symbol) => format!("`{symbol}`"),
            Token::End => "the end".to_owned(),
        };
        FormulaError::new(self.span(), format!("expected {wanted}, found {found}"))
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, FormulaError>) -> Result<T, FormulaError> {
        if self.depth == MAX_DEPTH {
            return Err(FormulaError::new(self.span(), "the formula is nested too deeply")
                .hint("give a part of it a KPI of its own"));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn sum(&mut self) -> Result<Expr, FormulaError> {
        self.binary(&[("+", Operator::Add), ("-", Operator::Subtract)], Self::product)
    }

    fn product(&mut self) -> Result<Expr, FormulaError> {
        self.binary(&[("*", Operator::Multiply), ("/", Operator::Divide)], Self::unary)
    }

    fn binary(
        &mut self,
        operators: &[(&str, Operator)],
        operand: fn(&mut Self) -> Result<Expr, FormulaError>,
    ) -> Result<Expr, FormulaError> {
        let mut left = operand(self)?;
        let mut length = 0;
        while let Some((_, operator)) = operators.iter().find(|(symbol, _)| self.eat(symbol)) {
            length += 1;
            if length > 256 {
                return Err(FormulaError::new(self.span(), "the formula is too long")
                    .hint("give a part of it a KPI of its own"));
            }
            let right = operand(self)?;
            let span = left.span.to(right.span);
            left = Expr { kind: ExprKind::Binary(*operator, Box::new(left), Box::new(right)), span };
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Expr, FormulaError> {
        let start = self.span();
        if self.eat("-") {
            let inner = self.deeper(Self::unary)?;
            let span = start.to(inner.span);
            return Ok(Expr { kind: ExprKind::Negate(Box::new(inner)), span });
        }
        self.primary()
    }

    fn primary(&mut self) -> Result<Expr, FormulaError> {
        let (token, span) = (self.token().clone(), self.span());
        match token {
            Token::Number(text) => {
                self.next();
                if self.eat("%") {
                    let hundredth = Expr { kind: ExprKind::Number("0.01".to_owned()), span };
                    let number = Expr { kind: ExprKind::Number(text), span };
                    let kind = ExprKind::Binary(Operator::Multiply, Box::new(number), Box::new(hundredth));
                    return Ok(Expr { kind, span });
                }
                Ok(Expr { kind: ExprKind::Number(text), span })
            }
            Token::Name(name) => {
                self.next();
                if matches!(self.token(), Token::Symbol("(")) {
                    return self.deeper(|parser| parser.call(&name, span));
                }
                Ok(Expr { kind: ExprKind::Name(name), span })
            }
            Token::Symbol("(") => {
                self.next();
                let inner = self.deeper(Self::sum)?;
                let end = self.expect(")")?;
                Ok(Expr { span: span.to(end), ..inner })
            }
            _ => Err(self.unexpected("a name, a number or `(`")),
        }
    }

    fn call(&mut self, name: &str, start: Span) -> Result<Expr, FormulaError> {
        let over_time = match name {
            "sum" => Some(OverTime::Sum),
            "last" => Some(OverTime::Last),
            "first" => Some(OverTime::First),
            "mean_over_time" => Some(OverTime::Mean),
            "min" => Some(OverTime::Min),
            "max" => Some(OverTime::Max),
            "claimed" => Some(OverTime::Claimed),
            "prev" | "same_last_year" | "to_date" => None,
            _ => return Err(unknown_function(name, start)),
        };
        self.expect("(")?;
        let argument = self.sum()?;
        let mut conditions = Vec::new();
        if matches!(self.token(), Token::Name(word) if word == "where") {
            if over_time.is_none() {
                return Err(FormulaError::new(self.span(), format!("`where` does not belong in {name}()"))
                    .hint("write it around the metric, for example prev(sum(spend where channel == \"ads\"))"));
            }
            self.next();
            conditions = self.conditions()?;
        }
        let mut steps = 1;
        if name == "prev" && self.eat(",") {
            let (token, span) = self.next();
            steps = match token {
                Token::Number(text) => text.parse().ok().filter(|steps| (1..=1000).contains(steps)),
                _ => None,
            }
            .ok_or_else(|| FormulaError::new(span, "expected a whole number of periods between 1 and 1000"))?;
        }
        let end = self.expect(")")?;
        let argument = Box::new(argument);
        let kind = match (over_time, name) {
            (Some(function), _) => ExprKind::OverTime(function, argument, conditions),
            (None, "prev") => ExprKind::Previous(argument, steps),
            (None, "same_last_year") => ExprKind::SameLastYear(argument),
            (None, _) => ExprKind::ToDate(argument),
        };
        Ok(Expr { kind, span: start.to(end) })
    }

    fn conditions(&mut self) -> Result<Vec<Condition>, FormulaError> {
        let mut found = Vec::new();
        loop {
            found.push(self.condition()?);
            match self.token() {
                Token::Name(word) if word == "and" => {
                    self.next();
                }
                Token::Name(word) if word == "or" || word == "not" => {
                    return Err(FormulaError::new(
                        self.span(),
                        format!("conditions are joined by `and` only, not `{word}`"),
                    )
                    .hint("add two sums, one for each condition"));
                }
                _ => return Ok(found),
            }
        }
    }

    fn condition(&mut self) -> Result<Condition, FormulaError> {
        let (token, span) = self.next();
        let Token::Name(key) = token else {
            return Err(FormulaError::new(
                span,
                "expected channel, source, account, definition, label.x or a dimension",
            ));
        };
        let (token, span) = self.next();
        let comparison = match token {
            Token::Symbol("==") => Comparison::Equal,
            Token::Symbol("!=") => Comparison::NotEqual,
            Token::Symbol("<") => Comparison::Less,
            Token::Symbol("<=") => Comparison::AtMost,
            Token::Symbol(">") => Comparison::More,
            Token::Symbol(">=") => Comparison::AtLeast,
            _ => return Err(FormulaError::new(span, "expected one of == != < <= > >=")),
        };
        let negative = self.eat("-");
        let (token, span) = self.next();
        let literal = match token {
            Token::Text(text) if !negative => Literal::Text(text),
            Token::Number(text) => {
                let number = crate::Rational::parse_plain(&text).unwrap_or_else(crate::Rational::zero);
                Literal::Number(if negative { -number } else { number })
            }
            Token::Name(name) => {
                return Err(FormulaError::new(span, format!("expected a text in quotes or a number, found `{name}`"))
                    .hint(format!("write \"{name}\"")));
            }
            _ => return Err(FormulaError::new(span, "expected a text in quotes or a number")),
        };
        Ok(Condition { key, comparison, literal })
    }
}

fn unknown_function(name: &str, span: Span) -> FormulaError {
    let error = FormulaError::new(span, format!("unknown function `{name}`"));
    if matches!(name, "mean" | "avg" | "average") {
        return error.hint(
            "a ratio is recomputed from its summed parts, never averaged; the mean of a metric over days is mean_over_time()",
        );
    }
    match crate::registry::nearest(name, FUNCTIONS.split(' ')) {
        Some(near) => error.hint(format!("did you mean `{near}`? functions: {FUNCTIONS}")),
        None => error.hint(format!("functions: {FUNCTIONS}")),
    }
}
