//! [`Macros`]: definitions as ranges of text, tokens only when somebody needs them.

use std::sync::Arc;

use super::fault::{Fault, Parse};
use super::lexer::{Lexer, splice};
use super::symbol::{Symbol, Symbols};
use super::token::{Token, TokenKind};

/// How many tokens one expansion may make: macros that double each other stop here.
const EXPANSION_LIMIT: usize = 1 << 16;

/// How deep macros may name each other.
const NESTING_LIMIT: usize = 200;

/// One `#define`.
#[derive(Clone)]
pub(crate) struct Macro {
    pub(crate) name: Symbol,
    /// Where the name stands.
    pub(crate) source: u32,
    pub(crate) at: u32,
    text: Arc<str>,
    /// What follows the name, in `text`.
    start: u32,
    end: u32,
    /// `#define NAME(`, with no blank before the parenthesis.
    pub(crate) function_like: bool,
    /// Defined by the compiler before the first line of the text.
    pub(crate) built_in: bool,
}

impl Macro {
    /// What the name stands for, as written.
    pub(crate) fn body(&self) -> &str {
        self.text[self.start as usize..self.end as usize].trim()
    }

    /// Whether both definitions are the same but for blanks and comments, 6.10.3.
    fn same(&self, other: &Macro) -> bool {
        self.function_like == other.function_like
            && (self.body() == other.body()
                || normalized(self.body()).trim() == normalized(other.body()).trim())
    }
}

/// A macro's body with every run of blanks, comments and spliced line ends as one space.
fn normalized(body: &str) -> String {
    let mut result = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(first) = rest.chars().next() {
        let blank = match rest.as_bytes() {
            [b'/', b'*', ..] => rest[2..].find("*/").map_or(rest.len(), |length| length + 4),
            [b'/', b'/', ..] => rest.len(),
            bytes => splice(bytes).max(usize::from(first.is_ascii_whitespace())),
        };
        if blank == 0 {
            result.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            if !result.ends_with(' ') {
                result.push(' ');
            }
            rest = &rest[blank..];
        }
    }
    result
}

/// The place and form of a definition about to be recorded.
pub(crate) struct Definition {
    pub(crate) name: Symbol,
    pub(crate) source: u32,
    pub(crate) at: u32,
    pub(crate) text: Arc<str>,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) function_like: bool,
    pub(crate) built_in: bool,
}

/// Whether a macro is defined, was undefined, or has never been met.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Definedness {
    Defined,
    Undefined,
    Unknown,
}

/// The macros that are defined.
#[derive(Default)]
pub(crate) struct Macros {
    definitions: Vec<Macro>,
    /// By symbol: the index of its definition plus two; 1 if undefined, 0 if never met.
    current: Vec<u32>,
    /// What `current` was before each change since the last commit.
    journal: Vec<(Symbol, u32)>,
}

impl Macros {
    /// Records a definition; the one it contradicts is returned.
    pub(crate) fn define(&mut self, definition: Definition) -> Result<(), Macro> {
        let new = Macro {
            name: definition.name,
            source: definition.source,
            at: definition.at,
            text: definition.text,
            start: definition.start as u32,
            end: definition.end as u32,
            function_like: definition.function_like,
            built_in: definition.built_in,
        };
        let old = self.get(new.name);
        if old.is_some_and(|old| old.same(&new)) {
            return Ok(());
        }
        let contradicted = old.cloned();
        self.definitions.push(new);
        self.set(definition.name, self.definitions.len() as u32 + 1);
        contradicted.map_or(Ok(()), Err)
    }

    /// Forgets a definition.
    pub(crate) fn undefine(&mut self, name: Symbol) {
        self.set(name, 1);
    }

    /// The definition of a name.
    pub(crate) fn get(&self, name: Symbol) -> Option<&Macro> {
        let index = self.current.get(name.index())?.checked_sub(2)?;
        self.definitions.get(index as usize)
    }

    /// Whether the name is defined, as far as the texts say.
    pub(crate) fn definedness(&self, name: Symbol) -> Definedness {
        match self.current.get(name.index()) {
            None | Some(0) => Definedness::Unknown,
            Some(1) => Definedness::Undefined,
            Some(_) => Definedness::Defined,
        }
    }

    /// The definitions in force, in the order they were made.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Macro> {
        self.definitions.iter().enumerate().filter_map(|(index, definition)| {
            let current = self.current.get(definition.name.index());
            (current == Some(&(index as u32 + 2))).then_some(definition)
        })
    }

    fn set(&mut self, name: Symbol, value: u32) {
        if self.current.len() <= name.index() {
            self.current.resize(name.index() + 1, 0);
        }
        self.journal.push((name, self.current[name.index()]));
        self.current[name.index()] = value;
    }

    /// Keeps every change so far.
    pub(crate) fn commit(&mut self) {
        self.journal.clear();
    }

    /// Undoes every change since the last commit.
    pub(crate) fn roll_back(&mut self, definitions: usize) {
        for (name, value) in self.journal.drain(..).rev() {
            self.current[name.index()] = value;
        }
        self.definitions.truncate(definitions);
    }

    /// How many definitions were recorded, for [`Macros::roll_back`].
    pub(crate) fn len(&self) -> usize {
        self.definitions.len()
    }

    /// Appends what an object-like macro stands for, nested macros expanded.
    pub(crate) fn expand(
        &self,
        name: Symbol,
        at: u32,
        symbols: &mut Symbols,
        tokens: &mut Vec<Token>,
    ) -> Parse<()> {
        let limit = tokens.len() + EXPANSION_LIMIT;
        Expansion { macros: self, symbols, tokens, active: Vec::new(), at, limit }.expand(name)
    }
}

/// One expansion under way.
struct Expansion<'a> {
    macros: &'a Macros,
    symbols: &'a mut Symbols,
    tokens: &'a mut Vec<Token>,
    /// The macros being expanded, which stand for themselves meanwhile, 6.10.3.4.
    active: Vec<Symbol>,
    at: u32,
    limit: usize,
}

impl Expansion<'_> {
    fn expand(&mut self, name: Symbol) -> Parse<()> {
        let Some(definition) = self.macros.get(name) else { return Ok(()) };
        if self.active.len() >= NESTING_LIMIT {
            return Err(self.too_much(name, "names macros too deeply"));
        }
        self.active.push(name);
        let (start, end) = (definition.start as usize, definition.end as usize);
        let mut lexer = Lexer::part(&definition.text, start, end);
        loop {
            let token = lexer
                .token_of_part(self.symbols)
                .map_err(|malformed| Fault::new(self.at, malformed.problem))?;
            match token.kind {
                TokenKind::End => break,
                TokenKind::Identifier | TokenKind::Keyword(_) if self.expands(token.symbol) => {
                    self.expand(token.symbol)?;
                }
                _ => self.push(name, token)?,
            }
        }
        self.active.pop();
        Ok(())
    }

    fn expands(&self, name: Symbol) -> bool {
        self.macros.get(name).is_some_and(|definition| !definition.function_like)
            && !self.active.contains(&name)
    }

    fn push(&mut self, name: Symbol, token: Token) -> Parse<()> {
        if self.tokens.len() >= self.limit {
            return Err(self.too_much(name, "expands to too many tokens"));
        }
        self.tokens.push(Token { at: self.at, ..token });
        Ok(())
    }

    fn too_much(&self, name: Symbol, problem: &str) -> Fault {
        Fault::new(self.at, format!("the macro '{}' {problem}", self.symbols.spelling(name)))
    }
}
