//! C declarations as people write them: a parser for what man pages and headers say.
//!
//! [`Declarations`] holds what the texts of one module declare. A text goes through these files in
//! order: `lexer` makes tokens, `directive` carries out `#define` and its kin, `declaration` and
//! the productions it names read C's grammar, `redeclaration` records what names mean.

mod arithmetic;
mod attribute;
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
mod literal;
mod macros;
mod operand;
mod pack;
mod position;
mod postfix;
mod preprocess;
mod record;
mod redeclaration;
mod same;
mod specifier;
mod state;
mod symbol;
mod token;
mod value;
mod word;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use self::cursor::Parser;
use self::directive::{Phase, Preprocessor};
use self::fault::{Fault, Parse};
use self::position::Source;
use self::state::{Entry, Spot, State};
use self::symbol::Symbol;
use self::token::{Token, TokenKind};
pub use self::{
    position::Location,
    preprocess::{compilers, preprocess},
    state::{Function, Global, Item},
    value::{Constant, ConstantValue},
};
use crate::backend::c::types::{TypeId, Types};
use crate::error::{Error, Result, Status};

/// The largest text, so that offsets fit in 32 bits with room to spare.
const TEXT_LIMIT: usize = 1 << 30;

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
/// use metaffi::backend::c::declare::{Declarations, Item};
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
    state: Mutex<State>,
}

impl Default for Declarations {
    fn default() -> Declarations {
        Declarations::new(Arc::new(Types::new()))
    }
}

impl Declarations {
    /// No declarations but the type names of the standard headers, over an arena of types.
    pub fn new(types: Arc<Types>) -> Declarations {
        Declarations { types: types.clone(), state: Mutex::new(State::new(types)) }
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

    /// Declares what a header says, through the system's C compiler.
    ///
    /// # Errors
    /// Those of [`preprocess`] and [`Declarations::declare`].
    pub fn declare_header(&self, header: &str, compiler: Option<&str>) -> Result<()> {
        self.declare_preprocessed(&preprocess(header, compiler)?, header)
    }

    fn declare_in(&self, text: &str, origin: &str, phase: Phase) -> Result<()> {
        let mut state = self.lock();
        state.read(text, origin, phase, |parser| parser.translation_unit())?;
        state.commit();
        Ok(())
    }

    /// The type that an abstract type name stands for: `int (*)(const char *, ...)`.
    ///
    /// # Errors
    /// Those of [`Declarations::declare`].
    pub fn parse_type(&self, text: &str) -> Result<TypeId> {
        let mut state = self.lock();
        let type_id = state.read(text, "type", Phase::Plain, |parser| {
            let type_id = parser.type_name()?;
            parser.expect_end().map(|()| type_id)
        })?;
        if state.is_changed() {
            // The name defines a struct, union or enum on the way.
            state.commit();
        } else {
            state.roll_back();
        }
        Ok(type_id)
    }

    /// The value of a constant expression.
    ///
    /// # Errors
    /// Those of [`Declarations::declare`]; `SYNTAX` also if the value is not constant.
    pub fn evaluate(&self, text: &str) -> Result<Constant> {
        let mut state = self.lock();
        let result = state.read(text, "expression", Phase::Plain, |parser| parser.whole_constant());
        state.roll_back();
        result
    }

    /// What a name means. A macro is evaluated now; one that stands for another declared name
    /// means what that means.
    ///
    /// # Errors
    /// `NOT_FOUND` if nothing declares the name, or if it is a macro without a value: then with
    /// the reason; `UNSUPPORTED` if a header declares it with what is not supported.
    pub fn get(&self, name: &str) -> Result<Declaration> {
        let mut state = self.lock();
        let symbol = state.symbols.get(name);
        if let Some(entry) = symbol.and_then(|symbol| state.find(symbol)) {
            return Ok(state.declaration(entry));
        }
        if let Some(symbol) = symbol
            && state.macros.get(symbol).is_some()
        {
            return state.macro_declaration(symbol);
        }
        let skipped =
            state.skipped.iter().find(|one| symbol.is_some_and(|name| one.names.contains(&name)));
        if let Some(skipped) = skipped {
            let location = state.location(skipped.spot);
            let message = format!("'{name}', declared at {location}: {}", skipped.reason);
            return Err(Error::new(Status::Unsupported, message));
        }
        let hint = state.close_ordinary_names(name);
        Err(Error::new(Status::NotFound, format!("nothing declares '{name}'{hint}")))
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

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| {
            let mut state = PoisonError::into_inner(poisoned);
            state.roll_back();
            state
        })
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

impl State {
    /// Reads a text by one production; takes everything back if that fails.
    fn read<T>(
        &mut self,
        text: &str,
        origin: &str,
        phase: Phase,
        production: impl FnOnce(&mut Parser<'_>) -> Parse<T>,
    ) -> Result<T> {
        if text.len() > TEXT_LIMIT {
            return Err(Error::new(
                Status::OutOfRange,
                format!("{origin}: the text is larger than {TEXT_LIMIT} bytes"),
            ));
        }
        self.types.begin();
        self.sources.push(Source::new(origin, Arc::from(text)));
        let number = self.sources.len() - 1;
        let result = self.read_last(phase, production);
        result.map_err(|fault| {
            let error = fault.locate(&self.sources[number]);
            self.roll_back();
            error
        })
    }

    fn read_last<T>(
        &mut self,
        phase: Phase,
        production: impl FnOnce(&mut Parser<'_>) -> Parse<T>,
    ) -> Parse<T> {
        let number = self.sources.len() as u32 - 1;
        let tokens =
            Preprocessor::new(phase, &mut self.symbols, &mut self.macros, &mut self.sources)
                .run()?;
        production(&mut Parser::new(self, phase, number, tokens))
    }

    fn declaration(&self, entry: &Entry) -> Declaration {
        Declaration {
            name: Arc::from(self.symbols.spelling(entry.name)),
            location: self.location(entry.spot),
            item: entry.item.clone(),
        }
    }

    fn tag_declaration(&self, index: usize) -> TagDeclaration {
        let tag = self.tags[index];
        TagDeclaration {
            name: Arc::from(self.symbols.spelling(tag.name)),
            location: self.location(tag.spot),
            type_id: tag.type_id,
        }
    }

    fn declarations(&mut self) -> Vec<Declaration> {
        let mut found = Vec::new();
        for (index, entry) in self.entries.iter().enumerate() {
            if entry.spot != Spot::BUILT_IN && self.find_index(entry.name) == Some(index) {
                found.push((entry.spot, self.declaration(entry)));
            }
        }
        let macros: Vec<(Spot, Symbol)> = self
            .macros
            .iter()
            .filter(|definition| !definition.built_in && !definition.function_like)
            .filter(|definition| self.find(definition.name).is_none())
            .map(|definition| {
                (Spot { source: definition.source, at: definition.at }, definition.name)
            })
            .collect();
        for (spot, name) in macros {
            if let Ok(item) = self.macro_item(name) {
                let name = Arc::from(self.symbols.spelling(name));
                found.push((spot, Declaration { name, location: self.location(spot), item }));
            }
        }
        found.sort_by_key(|(spot, _)| (spot.source, spot.at));
        found.into_iter().map(|(_, declaration)| declaration).collect()
    }

    fn macro_declaration(&mut self, name: Symbol) -> Result<Declaration> {
        let item = self.macro_item(name);
        let spelling: Arc<str> = Arc::from(self.symbols.spelling(name));
        let Some(definition) = self.macros.get(name) else {
            return Err(Error::new(Status::NotFound, format!("'{spelling}' is not defined")));
        };
        let location = self.location(Spot { source: definition.source, at: definition.at });
        match item {
            Ok(item) => Ok(Declaration { name: spelling, location, item }),
            Err(fault) => Err(Error::new(
                Status::NotFound,
                format!(
                    "the macro '{spelling}', defined as '{}' at {location}, is not a constant: {}",
                    definition.body(),
                    fault.message()
                ),
            )),
        }
    }

    /// What an object-like macro stands for.
    fn macro_item(&mut self, name: Symbol) -> Parse<Item> {
        let Some(definition) = self.macros.get(name) else {
            return Err(Fault::new(0, "it is not defined"));
        };
        if definition.function_like {
            return Err(Fault::new(0, "it takes arguments"));
        }
        let (source, at) = (definition.source, definition.at);
        let mut tokens = Vec::new();
        self.macros.expand(name, at, &mut self.symbols, &mut tokens)?;
        if let [only] = tokens.as_slice()
            && let Some(entry) = self.find(only.symbol)
        {
            return Ok(entry.item.clone());
        }
        if tokens.is_empty() {
            return Err(Fault::new(at, "it stands for nothing"));
        }
        tokens.push(Token { kind: TokenKind::End, symbol: Symbol::EMPTY, at });
        self.types.begin();
        let constant = Parser::new(self, Phase::Preprocessed, source, tokens).whole_constant();
        self.roll_back();
        constant.map(Item::Constant)
    }
}

impl Parser<'_> {
    /// A constant expression and nothing after it.
    fn whole_constant(&mut self) -> Parse<Constant> {
        let at = self.at();
        let value = self.expression()?;
        self.expect_end()?;
        let type_id = value.type_id;
        match self.constant_of(value, type_id) {
            Some(constant) => Ok(constant),
            None => Err(Fault::new(at, "its value is known only when the program runs")),
        }
    }

    fn expect_end(&mut self) -> Parse<()> {
        self.check_pragmas()?;
        match self.kind() {
            TokenKind::End => Ok(()),
            _ => Err(self.expected("the end of the text")),
        }
    }
}

#[cfg(test)]
mod tests;
