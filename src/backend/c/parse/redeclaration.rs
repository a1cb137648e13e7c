//! Giving names their meaning: new, again the same, or a conflict that names both places.

use super::cursor::Parser;
use super::fault::{Fault, Parse};
use super::state::{DeclaredFunction, DeclaredGlobal, Item, Spot};
use super::token::Token;
use super::value::Constant;
use crate::backend::c::types::{Sameness, TypeId, TypeKind};

impl Parser<'_> {
    pub(crate) fn declare_typedef(
        &mut self,
        name: Token,
        target: TypeId,
        align: Option<usize>,
    ) -> Parse<()> {
        let spot = self.spot(name.at);
        if let Some(entry) = self.state.find(name.symbol) {
            let built_in = entry.spot == Spot::BUILT_IN;
            match entry.item {
                Item::Typedef(before) if self.same_alias(before, target, align) => {
                    if built_in {
                        self.state.declare(name.symbol, spot, Item::Typedef(before));
                    }
                    return Ok(());
                }
                Item::Typedef(before) if built_in && self.may_replace(name, before, target) => {}
                _ => return Err(self.conflict(name)),
            }
        }
        let alias = self.state.types.alias(self.spelling(name.symbol), target, align);
        let type_id = alias.map_err(|error| Fault::of(name.at, &error))?;
        self.state.declare(name.symbol, spot, Item::Typedef(type_id));
        Ok(())
    }

    fn same_alias(&self, before: TypeId, target: TypeId, align: Option<usize>) -> bool {
        let types = &self.state.types;
        let before_align = match types.kind(before) {
            TypeKind::Alias { align, .. } => align,
            _ => None,
        };
        before_align == align && Sameness::new(types).types(before, target)
    }

    /// A text may spell a well-known type otherwise if it is as wide, and may use for itself the
    /// names that no standard reserves: `bool`, `uint`.
    fn may_replace(&self, name: Token, before: TypeId, target: TypeId) -> bool {
        if !self.spelling(name.symbol).ends_with("_t") {
            return true;
        }
        let types = &self.state.types;
        match (types.integer(before), types.integer(target)) {
            (Some(before), Some(target)) => {
                (before.size(), before.is_signed()) == (target.size(), target.is_signed())
            }
            _ => false,
        }
    }

    pub(crate) fn declare_function(
        &mut self,
        name: Token,
        function: DeclaredFunction,
    ) -> Parse<()> {
        let Some(index) = self.state.find_index(name.symbol) else {
            let spot = self.spot(name.at);
            self.state.declare(name.symbol, spot, Item::Function(function));
            return Ok(());
        };
        let Item::Function(before) = &self.state.entries[index].item else {
            return Err(self.conflict(name));
        };
        let Some(type_id) = self.composite(before.type_id, function.type_id) else {
            return Err(self.conflict(name));
        };
        let merged = DeclaredFunction {
            type_id,
            inline: before.inline && function.inline,
            names: if before.names.is_empty() { function.names } else { before.names.clone() },
            asm_label: function.asm_label.or_else(|| before.asm_label.clone()),
            noreturn: before.noreturn || function.noreturn,
        };
        if *before != merged {
            self.state.refine(index, Item::Function(merged));
        }
        Ok(())
    }

    pub(crate) fn declare_global(&mut self, name: Token, global: DeclaredGlobal) -> Parse<()> {
        let Some(index) = self.state.find_index(name.symbol) else {
            let spot = self.spot(name.at);
            self.state.declare(name.symbol, spot, Item::Global(global));
            return Ok(());
        };
        let Item::Global(before) = &self.state.entries[index].item else {
            return Err(self.conflict(name));
        };
        let Some(type_id) = self.composite(before.type_id, global.type_id) else {
            return Err(self.conflict(name));
        };
        let merged = DeclaredGlobal {
            type_id,
            thread_local: before.thread_local || global.thread_local,
            internal: before.internal && global.internal,
            asm_label: global.asm_label.or_else(|| before.asm_label.clone()),
            constant: before.constant,
        };
        if *before != merged {
            self.state.refine(index, Item::Global(merged));
        }
        Ok(())
    }

    pub(crate) fn declare_constant(&mut self, name: Token, constant: Constant) -> Parse<()> {
        match self.state.find(name.symbol).map(|entry| &entry.item) {
            None => {
                let spot = self.spot(name.at);
                self.state.declare(name.symbol, spot, Item::Constant(constant));
                Ok(())
            }
            Some(Item::Constant(before))
                if before.value == constant.value
                    && Sameness::new(&self.state.types).types(before.type_id, constant.type_id) =>
            {
                Ok(())
            }
            // `extern const int n;` before `const int n = 5;` keeps its symbol.
            Some(Item::Global(before)) if self.same(before.type_id, constant.type_id) => Ok(()),
            Some(_) => Err(self.conflict(name)),
        }
    }

    fn same(&self, left: TypeId, right: TypeId) -> bool {
        Sameness::new(&self.state.types).types(left, right)
    }

    /// The composite type, 6.2.7: where one declaration leaves something open, the other's.
    fn composite(&self, before: TypeId, after: TypeId) -> Option<TypeId> {
        if self.same(before, after) {
            return Some(before);
        }
        let types = &self.state.types;
        match (types.resolved(before), types.resolved(after)) {
            (TypeKind::Function(left), TypeKind::Function(right)) => {
                if !self.same(left.returns, right.returns) || left.convention != right.convention {
                    return None;
                }
                match (left.unspecified, right.unspecified) {
                    (true, _) => Some(after),
                    (_, true) => Some(before),
                    _ => None,
                }
            }
            (
                TypeKind::Array { element: left, length: left_length },
                TypeKind::Array { element: right, length: right_length },
            ) if self.same(left, right) => match (left_length, right_length) {
                (None, _) => Some(after),
                (_, None) => Some(before),
                _ => None,
            },
            _ => None,
        }
    }

    /// The name has another meaning already.
    #[cold]
    pub(crate) fn conflict(&self, name: Token) -> Fault {
        let spelling = self.spelling(name.symbol);
        let Some(entry) = self.state.find(name.symbol) else {
            return Fault::new(name.at, format!("'{spelling}' is declared twice"));
        };
        let types = &self.state.types;
        let before = match &entry.item {
            Item::Function(function) => types.spell_named(function.type_id, spelling),
            Item::Global(global) => types.spell_named(global.type_id, spelling),
            Item::Constant(constant) => {
                format!("the constant {spelling} = {}", constant.value)
            }
            Item::Typedef(type_id) => {
                let target = match types.kind(*type_id) {
                    TypeKind::Alias { target, .. } => target,
                    _ => *type_id,
                };
                format!("typedef {}", types.spell_named(target, spelling))
            }
        };
        let location = self.state.location(entry.spot);
        Fault::new(
            name.at,
            format!("'{spelling}' is declared differently at {location}: '{before}'"),
        )
    }
}
