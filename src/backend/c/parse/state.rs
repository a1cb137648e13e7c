//! [`State`]: what has been declared, and how to take back a text that failed.

use std::collections::HashMap;
use std::sync::Arc;

use super::macros::{Macro, Macros};
use super::position::{Location, Source};
use super::symbol::{Symbol, Symbols};
use super::token::TokenKind;
use super::value::Constant;
use crate::backend::c::types::{TypeId, Types};

/// Where a name stands: the number of its source and the offset in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Spot {
    pub(crate) source: u32,
    pub(crate) at: u32,
}

impl Spot {
    /// The spot of what needs no declaration.
    pub(crate) const BUILT_IN: Spot = Spot { source: u32::MAX, at: 0 };
}

/// What a declared function is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeclaredFunction {
    /// The function type, with its convention.
    pub type_id: TypeId,
    /// Whether it is `static inline`, or `inline` with a body: there may be no symbol to call.
    pub inline: bool,
    /// The names of its parameters, as far as they have names.
    pub names: Arc<[Option<Arc<str>>]>,
    /// The symbol it has instead of its name: `asm("…")`.
    pub asm_label: Option<Arc<str>>,
    /// Whether it never returns.
    pub noreturn: bool,
}

/// What a declared variable is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeclaredGlobal {
    /// The type, qualifiers included.
    pub type_id: TypeId,
    /// Whether it must not be written.
    pub constant: bool,
    /// Whether every thread has its own.
    pub thread_local: bool,
    /// Whether it is `static`: there may be no symbol for it.
    pub internal: bool,
    /// The symbol it has instead of its name: `asm("…")`.
    pub asm_label: Option<Arc<str>>,
}

/// What an ordinary identifier means.
#[derive(Clone, PartialEq, Debug)]
pub enum Item {
    /// A function.
    Function(DeclaredFunction),
    /// A variable.
    Global(DeclaredGlobal),
    /// An enumerator, a macro with a value, or a `static const` with an initialiser.
    Constant(Constant),
    /// A typedef name.
    Typedef(TypeId),
}

/// A named item and its declaration.
#[derive(Clone)]
pub(crate) struct NamedItem {
    pub(crate) name: Symbol,
    pub(crate) spot: Spot,
    pub(crate) item: Item,
}

/// A tag and its first declaration; after that its definition.
#[derive(Clone, Copy)]
pub(crate) struct Tag {
    pub(crate) name: Symbol,
    pub(crate) spot: Spot,
    pub(crate) type_id: TypeId,
}

/// A declaration of a header that needs what is not supported.
#[derive(Clone)]
pub(crate) struct SkippedDeclaration {
    pub(crate) spot: Spot,
    pub(crate) reason: String,
    /// Every identifier it mentions outside of brackets, its names among them.
    pub(crate) names: Vec<Symbol>,
}

#[derive(Clone)]
enum DeclarationChange {
    Ordinary(Symbol, u32),
    Tag(Symbol, u32),
    Entry(usize, NamedItem),
    Spot(usize, Spot),
}

#[derive(Clone)]
struct Lengths {
    entries: usize,
    tags: usize,
    sources: usize,
    macros: usize,
    skipped: usize,
    symbols: usize,
}

/// Everything that the texts so far declared.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) types: Arc<Types>,
    pub(crate) symbols: Symbols,
    pub(crate) macros: Macros,
    pub(crate) sources: Vec<Arc<Source>>,
    pub(crate) entries: Vec<NamedItem>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) skipped: Vec<SkippedDeclaration>,
    /// The first that mentions a name.
    skipped_with: HashMap<Symbol, usize>,
    /// By symbol: the index of its entry plus one.
    ordinary: Vec<u32>,
    /// By symbol: the index of its tag plus one.
    tagged: Vec<u32>,
    journal: Vec<DeclarationChange>,
    committed: Lengths,
}

impl State {
    pub(crate) fn new(types: Arc<Types>) -> State {
        let mut state = State {
            types,
            symbols: Symbols::new(),
            macros: Macros::default(),
            sources: Vec::new(),
            entries: Vec::new(),
            tags: Vec::new(),
            skipped: Vec::new(),
            skipped_with: HashMap::new(),
            ordinary: Vec::new(),
            tagged: Vec::new(),
            journal: Vec::new(),
            committed: Lengths {
                entries: 0,
                tags: 0,
                sources: 0,
                macros: 0,
                skipped: 0,
                symbols: 0,
            },
        };
        for name in Types::well_known_names().chain(["va_list", "__gnuc_va_list"]) {
            let named = state.types.named(name);
            let symbol = state.symbols.intern(name);
            if let Some(id) = named {
                state.declare(symbol, Spot::BUILT_IN, Item::Typedef(id));
            }
        }
        state.commit();
        state
    }

    /// The same over another arena, in which types have the same numbers.
    pub(crate) fn copy(&self, types: Arc<Types>) -> State {
        State { types, ..self.clone() }
    }

    /// What an ordinary identifier means.
    pub(crate) fn find(&self, name: Symbol) -> Option<&NamedItem> {
        self.find_index(name).map(|index| &self.entries[index])
    }

    pub(crate) fn find_index(&self, name: Symbol) -> Option<usize> {
        let index = self.ordinary.get(name.index())?.checked_sub(1)?;
        Some(index as usize)
    }

    /// Gives an ordinary identifier its meaning.
    pub(crate) fn declare(&mut self, name: Symbol, spot: Spot, item: Item) {
        self.entries.push(NamedItem { name, spot, item });
        let before = set(&mut self.ordinary, name, self.entries.len() as u32);
        self.journal.push(DeclarationChange::Ordinary(name, before));
    }

    /// Gives an identifier that is declared a more complete meaning.
    pub(crate) fn refine(&mut self, index: usize, item: Item) {
        let before = self.entries[index].clone();
        self.entries[index].item = item;
        self.journal.push(DeclarationChange::Entry(index, before));
    }

    /// Gives a function or variable that is declared another symbol, unless it has one.
    pub(crate) fn give_symbol(&mut self, name: &str, symbol: &Arc<str>) {
        let Some(index) = self.symbols.get(name).and_then(|name| self.find_index(name)) else {
            return;
        };
        let mut item = self.entries[index].item.clone();
        if let Item::Function(DeclaredFunction { asm_label, .. })
        | Item::Global(DeclaredGlobal { asm_label, .. }) = &mut item
            && asm_label.is_none()
        {
            *asm_label = Some(symbol.clone());
            self.refine(index, item);
        }
    }

    /// The struct, union or enum of a tag.
    pub(crate) fn find_tag(&self, name: Symbol) -> Option<usize> {
        let index = self.tagged.get(name.index())?.checked_sub(1)?;
        Some(index as usize)
    }

    /// Gives a tag its type.
    pub(crate) fn declare_tag(&mut self, name: Symbol, spot: Spot, type_id: TypeId) {
        self.tags.push(Tag { name, spot, type_id });
        let before = set(&mut self.tagged, name, self.tags.len() as u32);
        self.journal.push(DeclarationChange::Tag(name, before));
    }

    /// Moves the place of a tag from its declaration to its definition.
    pub(crate) fn define_tag(&mut self, index: usize, spot: Spot) {
        self.journal.push(DeclarationChange::Spot(index, self.tags[index].spot));
        self.tags[index].spot = spot;
    }

    /// Remembers a declaration that was passed over.
    pub(crate) fn skip(&mut self, spot: Spot, reason: &str, names: Vec<Symbol>) {
        for name in &names {
            self.skipped_with.entry(*name).or_insert(self.skipped.len());
        }
        self.skipped.push(SkippedDeclaration { spot, reason: reason.to_owned(), names });
    }

    /// What was passed over and mentions a name.
    pub(crate) fn skipped_with(&self, name: Symbol) -> Option<&SkippedDeclaration> {
        self.skipped_with.get(&name).map(|index| &self.skipped[*index])
    }

    /// Where a spot is.
    pub(crate) fn location(&self, spot: Spot) -> Location {
        match self.sources.get(spot.source as usize) {
            Some(source) => source.location(spot.at),
            None => Location::built_in(),
        }
    }

    /// Whether anything but macros was declared since the last commit.
    pub(crate) fn is_changed(&self) -> bool {
        !self.journal.is_empty()
    }

    /// Keeps everything declared so far.
    pub(crate) fn commit(&mut self) {
        self.note_member_macros();
        self.journal.clear();
        self.macros.commit();
        self.types.commit();
        self.committed = Lengths {
            entries: self.entries.len(),
            tags: self.tags.len(),
            sources: self.sources.len(),
            macros: self.macros.len(),
            skipped: self.skipped.len(),
            symbols: self.symbols.len(),
        };
    }

    /// Tells the types which macros stand for members, as far as that has changed.
    fn note_member_macros(&mut self) {
        let mut changed: Vec<Symbol> = self.macros.changed().collect();
        changed.sort_unstable();
        changed.dedup();
        for name in changed {
            let candidate = self.macros.get(name).is_some_and(Macro::may_be_member);
            let tokens = if candidate { self.expanded(name).unwrap_or_default() } else { vec![] };
            let mut path = String::new();
            for token in &tokens {
                match token.kind {
                    TokenKind::Punctuator(punctuator) => path.push_str(punctuator.spelling()),
                    _ => path.push_str(self.symbols.spelling(token.symbol)),
                }
            }
            let own = self.symbols.spelling(name);
            let path = Some(&*path).filter(|path| !path.is_empty() && *path != own);
            self.types.member_macros.set(own, path);
        }
    }

    /// Keeps everything declared so far, if that is anything new.
    pub(crate) fn commit_or_take_back(&mut self) {
        let changed = self.is_changed()
            || self.macros.is_changed()
            || self.skipped.len() > self.committed.skipped;
        if changed { self.commit() } else { self.take_back() }
    }

    /// Forgets everything since the last commit, the types that were built included.
    pub(crate) fn take_back(&mut self) {
        self.take_back_but(None);
    }

    /// Forgets the same, but for the type of a constant.
    pub(crate) fn take_back_but(&mut self, constant: Option<&Constant>) {
        self.types.take_back_but(constant.map(|constant| constant.type_id));
        self.roll_back();
    }

    /// Forgets everything since the last commit.
    pub(crate) fn roll_back(&mut self) {
        while let Some(change) = self.journal.pop() {
            match change {
                DeclarationChange::Ordinary(name, before) => self.ordinary[name.index()] = before,
                DeclarationChange::Tag(name, before) => self.tagged[name.index()] = before,
                DeclarationChange::Entry(index, before) => self.entries[index] = before,
                DeclarationChange::Spot(index, before) => self.tags[index].spot = before,
            }
        }
        self.entries.truncate(self.committed.entries);
        self.tags.truncate(self.committed.tags);
        self.sources.truncate(self.committed.sources);
        self.skipped.truncate(self.committed.skipped);
        self.skipped_with.retain(|_, index| *index < self.committed.skipped);
        self.macros.roll_back(self.committed.macros);
        self.types.roll_back();
        self.symbols.truncate(self.committed.symbols);
    }
}

/// Sets the number of a symbol and returns the one before.
fn set(table: &mut Vec<u32>, name: Symbol, value: u32) -> u32 {
    if table.len() <= name.index() {
        table.resize((name.index() + 1).next_power_of_two(), 0);
    }
    std::mem::replace(&mut table[name.index()], value)
}
