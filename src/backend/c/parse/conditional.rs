//! [`Conditionals`]: `#if` and its kin, as far as they can be answered without a compiler.
//!
//! In a pasted text nothing is predefined, so a condition on a macro that the text never mentions
//! is refused rather than guessed. Include guards and `__cplusplus` are known.

use super::directive::{Line, Preprocessor, directive_end, opens};
use super::fault::{Fault, Parse};
use super::lexer::{Lexeme, Lexer};
use super::macros::Definedness;
use super::symbol::Symbol;
use super::token::{Punctuator, Token, TokenKind};

/// The `#if` groups that are open.
#[derive(Default)]
pub(crate) struct Conditionals {
    open: Vec<Open>,
}

struct Open {
    at: u32,
    /// Whether a group of this `#if` has been taken.
    taken: bool,
    has_else: bool,
}

impl Conditionals {
    /// Carries out a conditional directive; returns where to continue if groups are skipped.
    pub(crate) fn directive(
        &mut self,
        text: &mut Preprocessor<'_>,
        name: Token,
        line: &Line,
    ) -> Parse<Option<usize>> {
        match text.symbols.spelling(name.symbol) {
            "ifdef" | "ifndef" | "if" => {
                let taken = condition(text, name, line)?;
                self.open.push(Open { at: line.at, taken, has_else: false });
                if taken { Ok(None) } else { self.skip_groups(text, line.end).map(Some) }
            }
            "elif" | "elifdef" | "elifndef" | "else" => {
                self.next_group(line, text.symbols.spelling(name.symbol) == "else")?;
                self.skip_groups(text, line.end).map(Some)
            }
            "endif" => match self.open.pop() {
                Some(_) => Ok(None),
                None => Err(Fault::new(line.at, "#endif without #if")),
            },
            other => Err(Fault::new(line.at, unsupported(other))),
        }
    }

    /// Every group must be closed at the end of the text.
    pub(crate) fn finish(&self) -> Parse<()> {
        match self.open.last() {
            Some(open) => Err(Fault::new(open.at, "the conditional has no #endif")),
            None => Ok(()),
        }
    }

    fn next_group(&mut self, line: &Line, is_else: bool) -> Parse<()> {
        match self.open.last_mut() {
            Some(open) if !open.has_else => {
                open.has_else = is_else;
                Ok(())
            }
            Some(_) => Err(Fault::new(line.at, "a group follows the #else of its conditional")),
            None => Err(Fault::new(line.at, "#else or #elif without #if")),
        }
    }

    /// Skips groups from `from` until one is taken or the conditional ends.
    fn skip_groups(&mut self, text: &mut Preprocessor<'_>, from: usize) -> Parse<usize> {
        let mut depth = 0usize;
        let mut skipped = SkippedGroup { position: from };
        while let Some((name, line)) = skipped.next_directive(text) {
            let spelling = text.symbols.spelling(name.symbol).to_owned();
            match spelling.as_str() {
                "if" | "ifdef" | "ifndef" => depth += 1,
                "endif" if depth > 0 => depth -= 1,
                "endif" => {
                    self.open.pop();
                    return Ok(line.end);
                }
                "elif" | "elifdef" | "elifndef" | "else" if depth == 0 => {
                    self.next_group(&line, spelling == "else")?;
                    if self.takes(text, name, &line)? {
                        return Ok(line.end);
                    }
                }
                _ => {}
            }
        }
        self.finish().map(|()| text.text.len())
    }

    fn takes(&mut self, text: &mut Preprocessor<'_>, name: Token, line: &Line) -> Parse<bool> {
        let Some(open) = self.open.last_mut() else { return Ok(false) };
        if !open.taken {
            open.taken = open.has_else || condition(text, name, line)?;
            return Ok(open.taken);
        }
        Ok(false)
    }
}

/// A walk over lines that are not read.
struct SkippedGroup {
    position: usize,
}

impl SkippedGroup {
    fn next_directive(&mut self, text: &mut Preprocessor<'_>) -> Option<(Token, Line)> {
        let bytes = text.text.clone();
        loop {
            let mut lexer = Lexer::new(&bytes);
            lexer.resume(self.position);
            match lexer.next(text.symbols) {
                Ok(Lexeme::Directive(at)) => {
                    self.position = directive_end(&bytes, at);
                    let mut line = Lexer::part(&bytes, at + 1, self.position);
                    let Ok(name) = line.token_of_part(text.symbols) else { continue };
                    let mut tokens = Vec::new();
                    // What is skipped need not be made of valid tokens.
                    while let Ok(token) = line.token_of_part(text.symbols) {
                        if token.kind == TokenKind::End {
                            break;
                        }
                        tokens.push(token);
                    }
                    return Some((name, Line { at: at as u32, end: self.position, tokens }));
                }
                Ok(Lexeme::Token(token)) if token.kind == TokenKind::End => return None,
                Ok(Lexeme::Token(token)) => {
                    self.position = directive_end(&bytes, token.at as usize);
                }
                Err(malformed) => {
                    let end = directive_end(&bytes, malformed.at.max(self.position));
                    self.position = end.max(self.position + 1).min(bytes.len());
                }
            }
        }
    }
}

fn condition(text: &mut Preprocessor<'_>, name: Token, line: &Line) -> Parse<bool> {
    match text.symbols.spelling(name.symbol) {
        "ifdef" | "elifdef" => defined(text, line, line.tokens.first()),
        "ifndef" | "elifndef" => defined(text, line, line.tokens.first()).map(|known| !known),
        _ => expression(text, line, &line.tokens),
    }
}

/// `0`, `1`, `defined NAME`, `defined(NAME)`, each perhaps negated: what guards are made of.
fn expression(text: &mut Preprocessor<'_>, line: &Line, tokens: &[Token]) -> Parse<bool> {
    let negations =
        tokens.iter().take_while(|token| token.kind.is(Punctuator::Exclamation)).count();
    let negated = negations % 2 == 1;
    let tokens = &tokens[negations..];
    let value = match tokens {
        [number] if number.kind == TokenKind::Number => {
            !text.symbols.spelling(number.symbol).trim_start_matches('0').is_empty()
        }
        [word, name] if text.symbols.spelling(word.symbol) == "defined" => {
            defined(text, line, Some(name))?
        }
        [word, _, name, close]
            if text.symbols.spelling(word.symbol) == "defined"
                && opens(tokens.get(1))
                && close.kind.is(Punctuator::RightParen) =>
        {
            defined(text, line, Some(name))?
        }
        _ => return Err(Fault::new(line.at, unsupported("if"))),
    };
    Ok(value != negated)
}

fn defined(text: &mut Preprocessor<'_>, line: &Line, name: Option<&Token>) -> Parse<bool> {
    let Some(name) = name.filter(|name| name.symbol != Symbol::EMPTY) else {
        return Err(Fault::new(line.at, "expected the name of a macro"));
    };
    match text.macros.definedness(name.symbol) {
        Definedness::Defined => Ok(true),
        Definedness::Undefined => Ok(false),
        Definedness::Unknown => {
            let spelling = text.symbols.spelling(name.symbol).to_owned();
            if spelling == "__cplusplus" || text.defines_next(line.end, name.symbol) {
                return Ok(false);
            }
            Err(Fault::new(
                name.at,
                format!("whether '{spelling}' is defined is not known here; {ADVICE}"),
            ))
        }
    }
}

const ADVICE: &str = "pass the header itself as a part of the module path that ends in .h, so \
                      that the system's C compiler preprocesses it";

fn unsupported(directive: &str) -> String {
    format!("#{directive} cannot be carried out in declarations given as text; {ADVICE}")
}
