//! Answers about what is declared: by name, and in order. Macros are evaluated when asked for.

use std::sync::Arc;

use super::cursor::Parser;
use super::directive::Phase;
use super::fault::{Fault, Parse};
use super::state::{Item, NamedItem, Spot, State};
use super::symbol::Symbol;
use super::token::{Token, TokenKind};
use super::{Declaration, TagDeclaration};
use crate::error::{Error, Result};

impl State {
    /// What a name means.
    pub(super) fn get(&mut self, name: &str) -> Result<Declaration> {
        let symbol = self.symbols.get(name);
        if let Some(entry) = symbol.and_then(|symbol| self.find(symbol)) {
            return Ok(self.declaration(entry));
        }
        if let Some(symbol) = symbol
            && self.macros.get(symbol).is_some()
        {
            return self.macro_declaration(symbol);
        }
        let skipped =
            self.skipped.iter().find(|one| symbol.is_some_and(|name| one.names.contains(&name)));
        if let Some(skipped) = skipped {
            let location = self.location(skipped.spot);
            let message = format!("'{name}', declared at {location}: {}", skipped.reason);
            return Err(Error::unsupported(message));
        }
        let hint = self.close_ordinary_names(name);
        Err(Error::not_found(format!("nothing declares '{name}'{hint}")))
    }

    fn declaration(&self, entry: &NamedItem) -> Declaration {
        Declaration {
            name: Arc::from(self.symbols.spelling(entry.name)),
            location: self.location(entry.spot),
            item: entry.item.clone(),
        }
    }

    pub(super) fn tag_declaration(&self, index: usize) -> TagDeclaration {
        let tag = self.tags[index];
        TagDeclaration {
            name: Arc::from(self.symbols.spelling(tag.name)),
            location: self.location(tag.spot),
            type_id: tag.type_id,
        }
    }

    pub(super) fn declarations(&mut self) -> Vec<Declaration> {
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
            return Err(Error::not_found(format!("'{spelling}' is not defined")));
        };
        let location = self.location(Spot { source: definition.source, at: definition.at });
        match item {
            Ok(item) => Ok(Declaration { name: spelling, location, item }),
            Err(fault) => Err(Error::not_found(format!(
                "the macro '{spelling}', defined as '{}' at {location}, is not a constant: {}",
                definition.body(),
                fault.message()
            ))),
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
        let mut parser = Parser::new(self, Phase::Preprocessed, source, tokens);
        parser.suggests = false;
        let constant = parser.whole_constant();
        self.take_back_but(constant.as_ref().ok());
        constant.map(Item::Constant)
    }
}
