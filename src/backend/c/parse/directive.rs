//! [`Preprocessor`]: a text to the tokens the parser reads, directives carried out on the way.

use std::sync::Arc;

use super::conditional::Conditionals;
use super::fault::{Fault, Parse};
use super::lexer::{Lexeme, Lexer};
use super::macros::{Macros, NewMacro};
use super::position::{Marker, Source};
use super::quoted;
use super::symbol::{Symbol, Symbols};
use super::token::{Punctuator, Token, TokenKind};

/// Whether a text still has its macros to be expanded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Phase {
    /// As written by a person: object-like macros are expanded.
    Plain,
    /// Written by `cc -E -dD`: everything is expanded, and definitions are facts to keep.
    Preprocessed,
}

/// What follows the `#` of a directive up to the end of its line.
pub(crate) struct Line {
    /// The offset of the `#`.
    pub(crate) at: u32,
    /// The offset just after the line.
    pub(crate) end: usize,
    pub(crate) tokens: Vec<Token>,
}

/// Reads one text. The work is shared with [`Conditionals`].
pub(crate) struct Preprocessor<'a> {
    pub(crate) text: Arc<str>,
    pub(crate) phase: Phase,
    /// The number that places in this text have in [`Macros`].
    pub(crate) number: u32,
    pub(crate) symbols: &'a mut Symbols,
    pub(crate) macros: &'a mut Macros,
    /// The sources so far, for the other place of a conflict; the last is this text's.
    pub(crate) sources: &'a mut [Arc<Source>],
    tokens: Vec<Token>,
    conditionals: Conditionals,
    /// Whether the current file is the compiler's own beginning of every text.
    built_in: bool,
    last_file: Option<Arc<str>>,
}

impl<'a> Preprocessor<'a> {
    pub(crate) fn new(
        phase: Phase,
        symbols: &'a mut Symbols,
        macros: &'a mut Macros,
        sources: &'a mut [Arc<Source>],
    ) -> Preprocessor<'a> {
        let text = sources.last().map_or_else(|| Arc::from(""), |source| source.text.clone());
        Preprocessor {
            tokens: Vec::with_capacity(text.len() / 6),
            text,
            phase,
            number: sources.len() as u32 - 1,
            symbols,
            macros,
            sources,
            conditionals: Conditionals::default(),
            built_in: false,
            last_file: None,
        }
    }

    /// Every token of the text, with [`TokenKind::End`] last.
    pub(crate) fn run(mut self) -> Parse<Vec<Token>> {
        let text = self.text.clone();
        let mut lexer = Lexer::new(&text);
        loop {
            match lexer.next(self.symbols)? {
                Lexeme::Directive(at) => self.directive(at, &mut lexer)?,
                Lexeme::Token(token) => {
                    if token.kind == TokenKind::End {
                        self.conditionals.finish()?;
                        self.tokens.push(token);
                        return Ok(self.tokens);
                    }
                    self.token(token)?;
                }
            }
        }
    }

    fn token(&mut self, token: Token) -> Parse<()> {
        if self.phase == Phase::Plain
            && matches!(token.kind, TokenKind::Identifier | TokenKind::Keyword(_))
            && self.macros.get(token.symbol).is_some_and(|found| !found.function_like)
        {
            let sources = &*self.sources;
            let place = || sources[sources.len() - 1].location(token.at);
            return self.macros.expand(token, &place, self.symbols, &mut self.tokens);
        }
        self.tokens.push(token);
        Ok(())
    }

    fn directive(&mut self, at: usize, lexer: &mut Lexer<'_>) -> Parse<()> {
        let end = directive_end(&self.text, at);
        let text = self.text.clone();
        let mut line = Lexer::part(&text, at + 1, end);
        lexer.resume(end);
        let first = match line.token_of_part(self.symbols) {
            Ok(token) => token,
            Err(_) => return Ok(()),
        };
        match first.kind {
            TokenKind::End => Ok(()),
            TokenKind::Number => self.line_marker(at, first, &mut line),
            _ => match self.symbols.spelling(first.symbol) {
                "define" => self.define(&mut line, end),
                "undef" => self.undefine(&mut line),
                "pragma" => self.pragma(at, &mut line, end),
                "line" => {
                    let number = line.token_of_part(self.symbols)?;
                    self.line_marker(at, number, &mut line)
                }
                "ident" | "sccs" | "warning" | "assert" | "unassert" => Ok(()),
                "error" => {
                    let message = text[line.position()..end].trim();
                    Err(Fault::new(at as u32, format!("#error {message}")))
                }
                _ => self.conditional(at, first, line, end, lexer),
            },
        }
    }

    fn conditional(
        &mut self,
        at: usize,
        name: Token,
        mut lexer: Lexer<'_>,
        end: usize,
        rest: &mut Lexer<'_>,
    ) -> Parse<()> {
        let mut line = Line { at: at as u32, end, tokens: Vec::new() };
        if self.symbols.spelling(name.symbol).contains("if")
            || self.symbols.spelling(name.symbol).starts_with('e')
        {
            loop {
                let token = lexer.token_of_part(self.symbols)?;
                if token.kind == TokenKind::End {
                    break;
                }
                line.tokens.push(token);
            }
        }
        let mut conditionals = std::mem::take(&mut self.conditionals);
        let resume = conditionals.directive(self, name, &line);
        self.conditionals = conditionals;
        if let Some(position) = resume? {
            rest.resume(position);
        }
        Ok(())
    }

    /// `# 42 "file" 1`, and `#line 42 "file"`.
    fn line_marker(&mut self, at: usize, number: Token, line: &mut Lexer<'_>) -> Parse<()> {
        let Ok(number) = self.symbols.spelling(number.symbol).parse() else {
            return Err(Fault::new(number.at, "expected a line number"));
        };
        let file = line.token_of_part(self.symbols)?;
        let file = match file.kind {
            TokenKind::Text => Some(self.file_name(file)?),
            _ => None,
        };
        if let Some(file) = &file {
            self.built_in = matches!(&**file, "<built-in>" | "<command-line>");
        }
        if let Some(source) = self.sources.last_mut().and_then(Arc::get_mut) {
            source.markers.push(Marker { at: at as u32, line: number, file });
        }
        Ok(())
    }

    fn file_name(&mut self, token: Token) -> Parse<Arc<str>> {
        let text = quoted::text(self.symbols.spelling(token.symbol))
            .map_err(|problem| Fault::new(token.at, problem))?;
        let bytes: Vec<u8> = text.units.iter().map(|&unit| unit as u8).collect();
        let name = String::from_utf8_lossy(&bytes);
        if self.last_file.as_deref() != Some(&*name) {
            self.last_file = Some(Arc::from(&*name));
        }
        Ok(self.last_file.clone().unwrap_or_default())
    }

    fn define(&mut self, line: &mut Lexer<'_>, end: usize) -> Parse<()> {
        let name = self.macro_name(line)?;
        let start = line.position();
        let function_like = self.text.as_bytes().get(start) == Some(&b'(');
        let definition = NewMacro {
            name: name.symbol,
            source: self.number,
            at: name.at,
            text: self.text.clone(),
            start,
            end,
            function_like,
            built_in: self.built_in,
        };
        match self.macros.define(definition) {
            Err(old) if self.phase == Phase::Plain => {
                let place = self.sources[old.source as usize].location(old.at);
                let spelling = self.symbols.spelling(name.symbol);
                Err(Fault::new(
                    name.at,
                    format!(
                        "the macro '{spelling}' is already defined as '{}' at {place}; \
                         write '#undef {spelling}' first",
                        old.body()
                    ),
                ))
            }
            _ => Ok(()),
        }
    }

    fn undefine(&mut self, line: &mut Lexer<'_>) -> Parse<()> {
        let name = self.macro_name(line)?;
        self.macros.undefine(name.symbol);
        Ok(())
    }

    fn macro_name(&mut self, line: &mut Lexer<'_>) -> Parse<Token> {
        let name = line.token_of_part(self.symbols)?;
        match name.kind {
            TokenKind::Identifier | TokenKind::Keyword(_) => Ok(name),
            _ => Err(Fault::new(name.at, "expected the name of a macro")),
        }
    }

    /// The pragmas that say something about declarations.
    fn pragma(&mut self, at: usize, line: &mut Lexer<'_>, end: usize) -> Parse<()> {
        let Ok(name) = line.token_of_part(self.symbols) else { return Ok(()) };
        let kind = match self.symbols.spelling(name.symbol) {
            _ if name.symbol == Symbol::EMPTY => return Ok(()),
            "pack" => TokenKind::Pack,
            "redefine_extname" => TokenKind::Rename,
            "scalar_storage_order" => TokenKind::StorageOrder,
            "ms_struct" => TokenKind::MicrosoftLayout,
            _ => return Ok(()),
        };
        let text = self.text.clone();
        let symbol = self.symbols.intern(text[line.position()..end].trim());
        self.tokens.push(Token { kind, symbol, at: at as u32, spaced: true });
        Ok(())
    }

    /// Whether the directive after the one that ends at `end` is `#define name`.
    pub(crate) fn defines_next(&mut self, end: usize, name: Symbol) -> bool {
        let text = self.text.clone();
        let mut lexer = Lexer::new(&text);
        lexer.resume(end);
        let Ok(Lexeme::Directive(at)) = lexer.next(self.symbols) else { return false };
        let mut line = Lexer::part(&text, at + 1, directive_end(&text, at));
        let define = line.token_of_part(self.symbols);
        let defined = line.token_of_part(self.symbols);
        matches!((define, defined), (Ok(define), Ok(defined))
            if self.symbols.spelling(define.symbol) == "define" && defined.symbol == name)
    }
}

/// The offset at which the line of a directive ends: comments and spliced lines belong to it.
pub(crate) fn directive_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = start;
    while at < bytes.len() && bytes[at] != b'\n' {
        at = match bytes[at..] {
            [b'\\', b'\n', ..] => at + 2,
            [b'\\', b'\r', b'\n', ..] => at + 3,
            [b'/', b'*', ..] => match text[at + 2..].find("*/") {
                Some(length) => at + length + 4,
                None => bytes.len(),
            },
            [b'/', b'/', ..] => super::lexer::line_end(text, at, bytes.len()),
            [b'"', ..] => string_end(bytes, at),
            _ => at + 1,
        };
    }
    at
}

/// The offset after the string literal at `start`, or of the end of its line.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() && bytes[at] != b'\n' {
        match bytes[at] {
            b'"' => return at + 1,
            b'\\' => at = (at + 2).min(bytes.len()),
            _ => at += 1,
        }
    }
    at
}

/// Whether the token is a parenthesis that opens.
pub(crate) fn opens(token: Option<&Token>) -> bool {
    token.is_some_and(|token| token.kind.is(Punctuator::LeftParen))
}
