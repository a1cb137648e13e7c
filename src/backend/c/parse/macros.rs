//! [`Macros`]: definitions as ranges of text, tokens only when somebody needs them.

use std::sync::Arc;

use super::lexer::{Lexer, splice};
use super::symbol::Symbol;

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

    /// Whether what it stands for may be a member, or a part of one: `st_mtim.tv_sec`.
    pub(crate) fn may_be_member(&self) -> bool {
        let body = self.body();
        !self.function_like
            && !self.built_in
            && body.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.[] ".contains(&byte))
    }

    /// A lexer of what follows the name, parameters included.
    pub(crate) fn lexer(&self) -> Lexer<'_> {
        Lexer::part(&self.text, self.start as usize, self.end as usize)
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
pub(crate) struct NewMacro {
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
#[derive(Clone, Default)]
pub(crate) struct Macros {
    definitions: Vec<Macro>,
    /// By symbol: the index of its definition plus two; 1 if undefined, 0 if never met.
    current: Vec<u32>,
    /// What `current` was before each change since the last commit.
    journal: Vec<(Symbol, u32)>,
}

impl Macros {
    /// Records a definition; the one it contradicts is returned.
    pub(crate) fn define(&mut self, definition: NewMacro) -> Result<(), Macro> {
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

    /// The names whose definitions changed since the last commit.
    pub(crate) fn changed(&self) -> impl Iterator<Item = Symbol> + '_ {
        self.journal.iter().map(|(name, _)| *name)
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

    /// Whether anything was defined or forgotten since the last commit.
    pub(crate) fn is_changed(&self) -> bool {
        !self.journal.is_empty()
    }

    /// How many definitions were recorded, for [`Macros::roll_back`].
    pub(crate) fn len(&self) -> usize {
        self.definitions.len()
    }
}
