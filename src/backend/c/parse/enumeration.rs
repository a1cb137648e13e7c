//! enum-specifier, 6.7.2.2.

use super::attribute::Attributes;
use super::cursor::Parser;
use super::fault::{Fault, Parse};
use super::state::Item;
use super::token::{Punctuator, Token, TokenKind};
use super::value::{Constant, ConstantValue};
use crate::backend::c::types::{EnumOptions, Enumeration, Enumerator, Primitive, TypeId, TypeKind};

impl Parser<'_> {
    /// enum-specifier; the keyword is current.
    pub(crate) fn enum_specifier(&mut self) -> Parse<TypeId> {
        let keyword = self.advance();
        let mut attributes = Attributes::default();
        self.attributes(&mut attributes)?;
        let tag = match self.kind() {
            TokenKind::Identifier => Some(self.advance()),
            _ => None,
        };
        let underlying = self.enum_type_specifier()?;
        if tag.is_none() && !self.sees(Punctuator::LeftBrace) {
            return Err(self.expected("a tag or '{'"));
        }
        let type_id = self.tagged_enum(keyword, tag)?;
        if !self.sees(Punctuator::LeftBrace) {
            return Ok(type_id);
        }
        let body = self.enum_body(type_id, tag.unwrap_or(keyword), attributes, underlying);
        self.definition(type_id, body)?;
        Ok(type_id)
    }

    /// What follows the tag of an enum that is defined.
    fn enum_body(
        &mut self,
        type_id: TypeId,
        name: Token,
        mut attributes: Attributes,
        underlying: Option<TypeId>,
    ) -> Parse<()> {
        self.advance();
        let before = self.state.types.enumeration_of(type_id);
        let enumerators = self.enumerator_list(underlying)?;
        self.attributes(&mut attributes)?;
        let underlying = match attributes.mode {
            Some(mode) => {
                let signed = enumerators.iter().any(|one| one.value < 0);
                Some(self.state.types.primitive(self.mode(name.at, mode, signed)?))
            }
            None => underlying,
        };
        let options = EnumOptions { packed: attributes.packed, underlying };
        if let Some(before) = before {
            self.check_enumerators(name, type_id, &before, &enumerators)?;
        }
        self.state
            .types
            .complete_enumeration(type_id, enumerators, options)
            .map_err(|error| Fault::of(name.at, &error))?;
        if let Some(index) = self.state.find_tag(name.symbol) {
            self.state.define_tag(index, self.spot(name.at));
        }
        self.type_enumerators(type_id);
        Ok(())
    }

    /// enum-type-specifier of C23: `: specifier-qualifier-list`.
    fn enum_type_specifier(&mut self) -> Parse<Option<TypeId>> {
        if !self.sees(Punctuator::Colon) || !self.token_starts_type_name(self.following()) {
            return Ok(None);
        }
        self.advance();
        let specifiers = self.declaration_specifiers()?;
        Ok(Some(specifiers.type_id))
    }

    fn tagged_enum(&mut self, keyword: Token, tag: Option<Token>) -> Parse<TypeId> {
        let declared = match tag {
            None => self.state.types.declare_enumeration(None),
            Some(tag) => {
                if let Some(index) = self.state.find_tag(tag.symbol) {
                    return self.check_tag(index, tag, TypeKind::Enumeration);
                }
                self.state.types.declare_enumeration(Some(self.spelling(tag.symbol)))
            }
        };
        let type_id = declared.map_err(|error| Fault::of(keyword.at, &error))?;
        if let Some(tag) = tag {
            self.state.declare_tag(tag.symbol, self.spot(tag.at), type_id);
        }
        Ok(type_id)
    }

    /// enumerator-list with the closing brace; a trailing comma is fine.
    fn enumerator_list(&mut self, underlying: Option<TypeId>) -> Parse<Vec<Enumerator>> {
        let mut enumerators = Vec::new();
        let mut next = 0;
        while !self.accept(Punctuator::RightBrace) {
            let name = self.expect_identifier("an enumerator or '}'")?;
            self.attributes(&mut Attributes::default())?;
            let mut own = enumerator_type(next);
            if self.accept(Punctuator::Equal) {
                (next, own) = self.typed_integer_constant("an enumerator")?;
            }
            self.declare_enumerator(name, next, own, underlying)?;
            enumerators
                .push(Enumerator { name: self.spelling(name.symbol).to_owned(), value: next });
            next = next.wrapping_add(1);
            if !self.accept(Punctuator::Comma) && !self.sees(Punctuator::RightBrace) {
                return Err(self.expected("',' or '}' after an enumerator"));
            }
        }
        Ok(enumerators)
    }

    /// Within the list an enumerator is an `int` if it fits, else what its expression is, as gcc.
    fn declare_enumerator(
        &mut self,
        name: Token,
        value: i128,
        own: Primitive,
        underlying: Option<TypeId>,
    ) -> Parse<()> {
        let own = if i32::try_from(value).is_ok() { Primitive::Int } else { own };
        let type_id = underlying.unwrap_or_else(|| self.state.types.primitive(own));
        let constant = Constant { type_id, value: ConstantValue::Integer(value) };
        match self.state.find(name.symbol).map(|entry| &entry.item) {
            None => {
                let spot = self.spot(name.at);
                self.state.declare(name.symbol, spot, Item::Constant(constant));
                Ok(())
            }
            Some(Item::Constant(before)) if before.value == constant.value => Ok(()),
            Some(_) => Err(self.conflict(name)),
        }
    }

    fn check_enumerators(
        &self,
        name: Token,
        type_id: TypeId,
        before: &Enumeration,
        enumerators: &[Enumerator],
    ) -> Parse<()> {
        if before.enumerators == enumerators {
            return Ok(());
        }
        Err(self.defined_twice(name, type_id))
    }

    /// After the list, constants that do not fit `int` have the type of the enum, as gcc.
    fn type_enumerators(&mut self, type_id: TypeId) {
        let Some(complete) = self.state.types.enumeration_of(type_id) else { return };
        let int = self.state.types.primitive(Primitive::Int);
        let wide = complete.enumerators.iter().any(|one| i32::try_from(one.value).is_err());
        let constant_type =
            if wide { self.state.types.primitive(complete.underlying) } else { int };
        for enumerator in &complete.enumerators {
            let symbol = self.state.symbols.intern(&enumerator.name);
            let Some(index) = self.state.find_index(symbol) else { continue };
            let fits = i32::try_from(enumerator.value).is_ok();
            let value = ConstantValue::Integer(enumerator.value);
            if wide {
                let type_id = if fits { int } else { constant_type };
                self.state.refine(index, Item::Constant(Constant { type_id, value }));
            }
        }
    }
}

/// The type of an enumerator one more than the one before.
fn enumerator_type(value: i128) -> Primitive {
    if i32::try_from(value).is_ok() {
        Primitive::Int
    } else if u32::try_from(value).is_ok() {
        Primitive::UnsignedInt
    } else if i64::try_from(value).is_ok() {
        Primitive::Long
    } else {
        Primitive::UnsignedLong
    }
}
