//! Answers about what is declared: by name, and in order. Macros are evaluated when asked for.

use std::collections::HashSet;
use std::sync::Arc;

use super::cursor::Parser;
use super::directive::Phase;
use super::fault::{Fault, Parse};
use super::state::{DeclaredFunction, DeclaredGlobal, Item, NamedItem, Spot, State};
use super::symbol::Symbol;
use super::token::{Token, TokenKind};
use super::{Declaration, TagDeclaration};
use crate::backend::UnsupportedName;
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
        if let Some(skipped) = symbol.and_then(|name| self.skipped_with(name)) {
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

    /// What was passed over and nothing else declares.
    pub(super) fn unsupported(&self) -> Vec<UnsupportedName> {
        let mut known = HashSet::new();
        let mut found = Vec::new();
        for skipped in &self.skipped {
            for name in &skipped.names {
                let Some(missing) = self.missing(*name) else { continue };
                if known.insert(*name) {
                    let location = self.location(skipped.spot);
                    found.push(UnsupportedName {
                        name: missing,
                        reason: format!("declared at {location}: {}", skipped.reason),
                    });
                }
            }
        }
        found
    }

    /// How a name is spelled that nothing declares, or whose struct, union or enum was passed over.
    fn missing(&self, name: Symbol) -> Option<String> {
        match self.find_tag(name).map(|index| self.tags[index].type_id) {
            Some(tag) if self.types.is_refused(tag) => Some(self.types.spell(tag)),
            None if self.find(name).is_none() => Some(self.symbols.spelling(name).to_owned()),
            _ => None,
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

    /// The tokens that an object-like macro stands for.
    pub(super) fn expanded(&mut self, name: Symbol) -> Parse<Vec<Token>> {
        let mut tokens = Vec::new();
        let Some(definition) = self.macros.get(name) else { return Ok(tokens) };
        let (source, at) = (definition.source, definition.at);
        let sources = &self.sources;
        let place = || sources[source as usize].location(at);
        let used = Token { kind: TokenKind::Identifier, symbol: name, at, spaced: false };
        self.macros.expand(used, &place, &mut self.symbols, &mut tokens)?;
        Ok(tokens)
    }

    /// What another name of an item means: the symbol stays that of the item.
    fn aliased(&self, entry: &NamedItem) -> Item {
        let mut item = entry.item.clone();
        if let Item::Function(DeclaredFunction { asm_label, .. })
        | Item::Global(DeclaredGlobal { asm_label, .. }) = &mut item
        {
            asm_label.get_or_insert_with(|| Arc::from(self.symbols.spelling(entry.name)));
        }
        item
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
        let tokens = self.expanded(name)?;
        if let [only] = tokens.as_slice()
            && let Some(entry) = self.find(only.symbol)
        {
            return Ok(self.aliased(entry));
        }
        if tokens.is_empty() {
            return Err(Fault::new(at, "it stands for nothing"));
        }
        let mut tokens = tokens;
        tokens.push(Token { kind: TokenKind::End, symbol: Symbol::EMPTY, at, spaced: false });
        self.types.begin();
        let mut parser = Parser::new(self, Phase::Preprocessed, source, tokens);
        parser.suggests = false;
        let constant = parser.whole_constant();
        self.take_back_but(constant.as_ref().ok());
        constant.map(Item::Constant)
    }
}
