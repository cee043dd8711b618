//! Cuts a formula's text into tokens.

use super::{FormulaError, Span};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Number(String),
    Name(String),
    Text(String),
    Symbol(&'static str),
    End,
}

/// Longer symbols first, so that `==` is not read as two.
const SYMBOLS: [&str; 14] = ["==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "(", ")", ",", "%"];

pub(super) fn tokens(text: &str) -> Result<Vec<(Token, Span)>, FormulaError> {
    let mut found = Vec::new();
    let mut position = 0;
    while let Some(first) = text[position..].chars().next() {
        let rest = &text[position..];
        let start = position;
        if first.is_whitespace() {
            position += first.len_utf8();
            continue;
        }
        let token = if first.is_ascii_digit() {
            let length = rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_')).unwrap_or(rest.len());
            position += length;
            number(&rest[..length], Span { start, end: position })?
        } else if first.is_ascii_alphabetic() || first == '_' {
            let length = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
            position += length;
            Token::Name(rest[..length].to_owned())
        } else if first == '"' || first == '\'' {
            let Some(length) = rest[1..].find(first) else {
                let span = Span { start, end: text.len() };
                return Err(
                    FormulaError::new(span, "the text is not closed").hint("end it with the quote it began with")
                );
            };
            position += length + 2;
            Token::Text(rest[1..=length].to_owned())
        } else if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            position += symbol.len();
            Token::Symbol(symbol)
        } else {
            let span = Span { start, end: start + first.len_utf8() };
            return Err(FormulaError::new(span, format!("`{first}` has no meaning in a formula"))
                .hint("a formula has names, numbers, + - * / ( ) and functions"));
        };
        found.push((token, Span { start, end: position }));
    }
    found.push((Token::End, Span { start: text.len(), end: text.len() }));
    Ok(found)
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '@' | '.')
}

fn number(text: &str, span: Span) -> Result<Token, FormulaError> {
    let plain = text.replace('_', "");
    if plain.len() <= 60 && crate::Rational::parse_plain(&plain).is_some() {
        Ok(Token::Number(plain))
    } else {
        Err(FormulaError::new(span, format!("`{text}` is not a number"))
            .hint("write a plain decimal such as 1000 or 0.5"))
    }
}
