//! C declarations as people write them: a parser for what man pages and headers say.
//!
//! [`Declarations`] holds what the texts of one module declare. A text goes through these files in
//! order: `lexer` makes tokens, `directive` carries out `#define` and its kin, `declaration` and
//! the productions it names read C's grammar, `redeclaration` records what names mean.

mod arithmetic;
mod attribute;
mod check;
mod compiler;
mod conditional;
mod cursor;
mod declaration;
mod declarator;
mod directive;
mod enumeration;
mod expansion;
mod expression;
mod fault;
mod hint;
mod initializer;
mod lexer;
mod lookup;
mod macros;
mod number;
mod operand;
mod pack;
mod position;
mod postfix;
mod preprocess;
mod quoted;
mod reading;
mod record;
mod redeclaration;
mod specifier;
mod state;
mod symbol;
mod token;
mod type_words;
mod value;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use self::directive::Phase;
use self::state::State;
pub use self::{
    check::check,
    compiler::Compiler,
    position::Location,
    preprocess::preprocess,
    state::{DeclaredFunction, DeclaredGlobal, Item},
    value::{Constant, ConstantValue},
};
use crate::backend::UnsupportedName;
use crate::backend::c::types::{TypeId, Types};
use crate::error::{Error, Result, Status};
use crate::fork::{Lock, LockGuard};

/// A named item and where it was declared.
#[derive(Clone, PartialEq, Debug)]
pub struct Declaration {
    /// The name.
    pub name: Arc<str>,
    /// Where it was declared first.
    pub location: Location,
    /// What it is.
    pub item: Item,
}

/// A struct, union or enum tag and where it was defined, or else declared first.
#[derive(Clone, PartialEq, Debug)]
pub struct TagDeclaration {
    /// The tag.
    pub name: Arc<str>,
    /// Where it was defined, or else declared first.
    pub location: Location,
    /// The type.
    pub type_id: TypeId,
}

/// What a C module knows: functions, globals, constants, typedef names and tags.
///
/// Usable from any thread; texts are declared one at a time.
///
/// ```
/// use metaffi::backend::c::parse::{Declarations, Item};
///
/// let declarations = Declarations::default();
/// declarations.declare("#define N 3\nint sum(const int values[N]);", "example")?;
/// let sum = declarations.get("sum")?;
/// assert_eq!(sum.location.to_string(), "example:2:5");
/// let Item::Function(function) = sum.item else { unreachable!() };
/// assert_eq!(declarations.types().spell(function.type_id), "int (const int *)");
/// # metaffi::error::Result::Ok(())
/// ```
pub struct Declarations {
    types: Arc<Types>,
    state: Lock<State>,
}

impl Default for Declarations {
    fn default() -> Declarations {
        Declarations::new(Arc::new(Types::new()))
    }
}

impl Declarations {
    /// No declarations but the type names of the standard headers, over an arena of types.
    pub fn new(types: Arc<Types>) -> Declarations {
        Declarations { types: types.clone(), state: Lock::new(State::new(types)) }
    }

    /// Others that say the same, of an arena of their own in which types have the same numbers.
    pub(in crate::backend::c) fn copy(&self) -> Declarations {
        let state = self.lock();
        let types = Arc::new(self.types.copy());
        let state = state.copy(types.clone());
        Declarations { types, state: Lock::new(state) }
    }

    /// The files that the texts come from, by their line markers.
    pub(in crate::backend::c) fn files(&self) -> BTreeSet<Arc<str>> {
        let state = self.lock();
        let markers = state.sources.iter().flat_map(|source| &source.markers);
        markers.filter_map(|marker| marker.file.clone()).collect()
    }

    /// The arena that every type here belongs to.
    pub fn types(&self) -> &Arc<Types> {
        &self.types
    }

    /// Declares what a text says; `origin` names the text in messages and locations.
    ///
    /// Object-like macros are expanded. On an error nothing of the text stays.
    ///
    /// # Errors
    /// `SYNTAX` with the location if the text is not C or contradicts what is declared;
    /// `UNSUPPORTED` for what C has and this crate does not.
    pub fn declare(&self, text: &str, origin: &str) -> Result<()> {
        self.declare_in(text, origin, Phase::Plain)
    }

    /// Declares what a text says that `cc -E -dD` has written: nothing is expanded again, and
    /// macros may be defined anew. Macros of the compiler itself are found by name only.
    ///
    /// # Errors
    /// Those of [`Declarations::declare`].
    pub fn declare_preprocessed(&self, text: &str, origin: &str) -> Result<()> {
        self.declare_in(text, origin, Phase::Preprocessed)
    }

    /// Declares what headers say, through a C compiler that reads them one behind the other;
    /// returns the folders that it searched for them.
    ///
    /// # Errors
    /// Those of [`preprocess`] and [`Declarations::declare`].
    pub fn declare_headers(&self, headers: &[&str], compiler: &Compiler) -> Result<Vec<String>> {
        let found = preprocess(headers, compiler)?;
        self.declare_preprocessed(&found.text, &headers.join(";"))?;
        Ok(found.searched)
    }

    fn declare_in(&self, text: &str, origin: &str, phase: Phase) -> Result<()> {
        let mut state = self.lock();
        let result = state.read(text, origin, phase, |parser| parser.translation_unit());
        if result.is_ok() {
            state.commit_or_take_back();
        }
        drop(state);
        self.types.tidy();
        result
    }

    /// The type that an abstract type name stands for: `int (*)(const char *, ...)`.
    ///
    /// # Errors
    /// Those of [`Declarations::declare`]; `NOT_FOUND` for a tag that nothing declares.
    pub fn parse_type(&self, text: &str) -> Result<TypeId> {
        match self.find_type(text, true)? {
            Some(type_id) => Ok(type_id),
            None => Err(Error::new(Status::Internal, "a type is not declared on the way")),
        }
    }

    /// The same of what is declared: nothing for a name that defines a struct, union or enum on the
    /// way.
    pub(in crate::backend::c) fn parse_declared_type(&self, text: &str) -> Result<Option<TypeId>> {
        self.find_type(text, false)
    }

    fn find_type(&self, text: &str, may_declare: bool) -> Result<Option<TypeId>> {
        let mut state = self.lock();
        let type_id = state.read(text, "type", Phase::Plain, |parser| {
            let type_id = parser.type_name()?;
            parser.expect_end().map(|()| type_id)
        })?;
        if let Some(undefined) = self.types.new_undefined() {
            let error = state.undeclared_tag(undefined);
            state.take_back();
            return Err(error);
        }
        if state.is_changed() && !may_declare {
            state.take_back();
            return Ok(None);
        }
        if state.is_changed() {
            // The name defines a struct, union or enum on the way, and so names things.
            state.commit();
            self.types.keep_all();
        } else {
            // What has no tag lasts as long as it is used.
            self.types.commit();
            state.roll_back();
        }
        Ok(Some(type_id))
    }

    /// Builds types without text, while nobody else declares: what is built is not taken back with
    /// another thread's failure.
    pub fn build<R>(&self, body: impl FnOnce(&Arc<Types>) -> R) -> R {
        let _state = self.lock();
        body(&self.types)
    }

    /// The value of a constant expression.
    ///
    /// # Errors
    /// Those of [`Declarations::declare`]; `SYNTAX` also if the value is not constant.
    pub fn evaluate(&self, text: &str) -> Result<Constant> {
        let mut state = self.lock();
        let result = state.read(text, "expression", Phase::Plain, |parser| parser.whole_constant());
        state.take_back_but(result.as_ref().ok());
        drop(state);
        self.types.tidy();
        result
    }

    /// What a name means. A macro is evaluated now; one that stands for another declared name
    /// means what that means.
    ///
    /// # Errors
    /// `NOT_FOUND` if nothing declares the name, or if it is a macro without a value: then with
    /// the reason; `UNSUPPORTED` if a header declares it with what is not supported.
    pub fn get(&self, name: &str) -> Result<Declaration> {
        let found = self.lock().get(name);
        self.types.tidy();
        found
    }

    /// The struct, union or enum of a tag.
    pub fn tag(&self, name: &str) -> Option<TagDeclaration> {
        let state = self.lock();
        let index = state.find_tag(state.symbols.get(name)?)?;
        Some(state.tag_declaration(index))
    }

    /// Every struct, union and enum tag in the order of its first declaration.
    pub fn tags(&self) -> Vec<TagDeclaration> {
        let state = self.lock();
        (0..state.tags.len()).map(|index| state.tag_declaration(index)).collect()
    }

    /// Everything the texts declare, in their order; macros only where they have a value.
    ///
    /// Macros that the compiler itself defines before the first line of a header are left out;
    /// [`Declarations::get`] finds them.
    pub fn declarations(&self) -> Vec<Declaration> {
        self.lock().declarations()
    }

    /// The names that a header declares with what is not supported.
    pub(in crate::backend::c) fn unsupported(&self) -> Vec<UnsupportedName> {
        self.lock().unsupported()
    }

    fn lock(&self) -> LockGuard<'_, State> {
        self.state.lock_repaired(State::roll_back)
    }
}

impl fmt::Debug for Declarations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("Declarations")
            .field("names", &state.entries.len())
            .field("tags", &state.tags.len())
            .finish()
    }
}

#[cfg(test)]
mod tests;
