//! What to say about a name that means nothing.

use super::cursor::Parser;
use super::fault::Fault;
use super::state::{Item, State};
use super::symbol::Symbol;
use super::token::Token;
use crate::backend::c::types::TypeId;
use crate::error::Error;
use crate::suggest;

impl Parser<'_> {
    /// What to write instead of an unknown type name, or nothing.
    #[cold]
    pub(crate) fn hint_for_type(&self, name: Symbol) -> String {
        if !self.suggests {
            return String::new();
        }
        if let Some(index) = self.state.find_tag(name) {
            let type_id = self.state.tags[index].type_id;
            return format!("; write '{}'", self.state.types.spell(type_id));
        }
        if let Some(hint) = self.hint_for_macro(name) {
            return hint;
        }
        let spelling = self.spelling(name);
        let types =
            self.state.entries.iter().filter(|entry| matches!(entry.item, Item::Typedef(_)));
        suggest::hint(spelling, types.map(|entry| self.spelling(entry.name)))
    }

    fn hint_for_macro(&self, name: Symbol) -> Option<String> {
        let definition = self.state.macros.get(name).filter(|found| found.function_like)?;
        Some(format!(
            "; it is a macro with arguments ({}), which are not expanded in declarations given as \
             text: pass the header as a part of the module path that ends in .h",
            definition.body()
        ))
    }

    /// An identifier in an expression that nothing declares.
    #[cold]
    pub(crate) fn unknown_identifier(&self, name: Token) -> Fault {
        let spelling = self.spelling(name.symbol);
        if let Some(skipped) = self.state.skipped_with(name.symbol) {
            return Fault::unsupported(name.at, format!("'{spelling}': {}", skipped.reason));
        }
        if !self.suggests {
            return Fault::new(name.at, format!("'{spelling}' is not declared"));
        }
        let hint = self
            .hint_for_macro(name.symbol)
            .unwrap_or_else(|| self.state.close_ordinary_names(spelling));
        Fault::new(name.at, format!("'{spelling}' is not declared{hint}"))
    }
}

impl State {
    /// Why a type name must not be the first to mention a tag.
    #[cold]
    pub(crate) fn undeclared_tag(&self, id: TypeId) -> Error {
        let tag = self.types.tag(id).unwrap_or_default();
        let spelled = self.types.spell(id);
        let entry = self.symbols.get(&tag).and_then(|name| self.find(name));
        if entry.is_some_and(|entry| matches!(entry.item, Item::Typedef(_))) {
            let message =
                format!("nothing declares `{spelled}`; '{tag}' is a typedef name: write '{tag}'");
            return Error::not_found(message);
        }
        let known = self.tags.iter().map(|known| self.symbols.spelling(known.name));
        let hint = suggest::hint(&tag, known.filter(|known| **known != *tag));
        Error::not_found(format!(
            "nothing declares `{spelled}`{hint}; declare `{spelled};` to point to what has no \
                 definition"
        ))
    }

    /// A name like this one, as a question.
    #[cold]
    pub(crate) fn close_ordinary_names(&self, name: &str) -> String {
        let entries = self.entries.iter().map(|entry| self.symbols.spelling(entry.name));
        let macros = self.macros.iter().filter(|found| !found.built_in);
        suggest::hint(name, entries.chain(macros.map(|found| self.symbols.spelling(found.name))))
    }
}
