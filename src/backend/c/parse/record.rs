//! struct-or-union-specifier, 6.7.2.1.

use super::attribute::Attributes;
use super::cursor::Parser;
use super::declarator::{Declarator, Form};
use super::fault::{Fault, Parse};
use super::specifier::{Specifiers, Storage};
use super::token::{Keyword, Punctuator, Token, TokenKind};
use crate::backend::c::types::{
    DeclaredMember, RecordKind, RecordOptions, Sameness, TypeId, TypeKind,
};

impl Parser<'_> {
    /// struct-or-union-specifier; the keyword is current.
    pub(crate) fn struct_or_union_specifier(&mut self) -> Parse<TypeId> {
        let keyword = self.advance();
        let kind = match keyword.kind {
            TokenKind::Keyword(Keyword::Union) => RecordKind::Union,
            _ => RecordKind::Struct,
        };
        let mut attributes = Attributes::default();
        self.attributes(&mut attributes)?;
        let tag = match self.kind() {
            TokenKind::Identifier => Some(self.advance()),
            _ => None,
        };
        if tag.is_none() && !self.sees(Punctuator::LeftBrace) {
            return Err(self.expected("a tag or '{'"));
        }
        let type_id = self.tagged_record(kind, keyword, tag)?;
        if !self.sees(Punctuator::LeftBrace) {
            return Ok(type_id);
        }
        let body = self.record_body(type_id, tag.unwrap_or(keyword), attributes);
        self.definition(type_id, body)?;
        Ok(type_id)
    }

    /// What follows the tag of a struct or union that is defined.
    fn record_body(
        &mut self,
        type_id: TypeId,
        name: Token,
        mut attributes: Attributes,
    ) -> Parse<()> {
        self.advance();
        let fields = self.member_declaration_list()?;
        let pack = self.pack.limit();
        self.expect(Punctuator::RightBrace)?;
        self.attributes(&mut attributes)?;
        self.check_layout(name.at, &attributes)?;
        let options = RecordOptions { packed: attributes.packed, align: attributes.align, pack };
        self.define_record(type_id, name, fields, options)
    }

    /// The result of a definition. If that needs what is not supported, it is so for all that need
    /// the definition.
    pub(crate) fn definition(&self, type_id: TypeId, result: Parse<()>) -> Parse<()> {
        let types = &self.state.types;
        if let Err(fault) = &result
            && fault.is_unsupported()
            && types.tag(type_id).is_some()
        {
            types.refuse_definition(type_id, fault.message());
        }
        result
    }

    fn tagged_record(
        &mut self,
        kind: RecordKind,
        keyword: Token,
        tag: Option<Token>,
    ) -> Parse<TypeId> {
        let declared = match tag {
            None => self.state.types.declare_record(kind, None),
            Some(tag) => {
                if let Some(index) = self.state.find_tag(tag.symbol) {
                    return self.check_tag(index, tag, TypeKind::Record(kind));
                }
                self.state.types.declare_record(kind, Some(self.spelling(tag.symbol)))
            }
        };
        let type_id = declared.map_err(|error| Fault::of(keyword.at, &error))?;
        if let Some(tag) = tag {
            self.state.declare_tag(tag.symbol, self.spot(tag.at), type_id);
        }
        Ok(type_id)
    }

    /// The type of a tag that is declared, which must be of this kind.
    pub(crate) fn check_tag(&self, index: usize, tag: Token, kind: TypeKind) -> Parse<TypeId> {
        let declared = self.state.tags[index];
        if self.state.types.kind(declared.type_id) == kind {
            return Ok(declared.type_id);
        }
        Err(Fault::new(
            tag.at,
            format!(
                "the tag '{}' is already that of '{}', declared at {}",
                self.spelling(tag.symbol),
                self.state.types.spell(declared.type_id),
                self.state.location(declared.spot)
            ),
        ))
    }

    fn define_record(
        &mut self,
        type_id: TypeId,
        name: Token,
        fields: Vec<DeclaredMember>,
        options: RecordOptions,
    ) -> Parse<()> {
        let tag = self.state.find_tag(name.symbol);
        let before = self.state.types.record(type_id);
        if let Some(before) = before {
            let same = Sameness::new(&self.state.types).records(
                &before.fields,
                before.options,
                &fields,
                options,
            );
            return if same { Ok(()) } else { Err(self.defined_twice(name, type_id)) };
        }
        self.state
            .types
            .complete_record(type_id, fields, options)
            .map_err(|error| Fault::of(name.at, &error))?;
        if let Some(index) = tag {
            self.state.define_tag(index, self.spot(name.at));
        }
        Ok(())
    }

    #[cold]
    pub(crate) fn defined_twice(&self, name: Token, type_id: TypeId) -> Fault {
        let first = self.state.find_tag(name.symbol).map(|index| self.state.tags[index].spot);
        let first = first.map(|spot| self.state.location(spot).to_string()).unwrap_or_default();
        Fault::new(
            name.at,
            format!(
                "'{}' is defined twice and differently, first at {first}",
                self.state.types.spell(type_id)
            ),
        )
    }

    /// member-declaration-list, up to the closing brace.
    fn member_declaration_list(&mut self) -> Parse<Vec<DeclaredMember>> {
        let mut fields = Vec::new();
        while !self.sees(Punctuator::RightBrace) {
            self.check_pragmas()?;
            if self.kind() == TokenKind::End {
                return Err(self.expected("a member or '}'"));
            }
            if self.accept(Punctuator::Semicolon) {
                continue;
            }
            self.skip_extension();
            if self.sees_keyword(Keyword::StaticAssert) {
                self.static_assert_declaration()?;
            } else {
                self.member_declaration(&mut fields)?;
            }
        }
        self.check_pragmas()?;
        Ok(fields)
    }

    /// member-declaration: specifiers and declarators up to the semicolon.
    fn member_declaration(&mut self, fields: &mut Vec<DeclaredMember>) -> Parse<()> {
        let specifiers = self.declaration_specifiers()?;
        if specifiers.storage != Storage::None {
            return Err(Fault::new(specifiers.at, "a member has no storage class"));
        }
        if self.sees(Punctuator::Semicolon) {
            self.anonymous_member(&specifiers, fields);
        } else {
            loop {
                self.member_declarator(&specifiers, fields)?;
                if !self.accept(Punctuator::Comma) {
                    break;
                }
            }
        }
        if !self.sees(Punctuator::Semicolon) {
            return Err(self.expected("',' or ';' after a member"));
        }
        self.advance();
        Ok(())
    }

    /// A struct or union without a name and tag: its members belong to the outer one.
    fn anonymous_member(&mut self, specifiers: &Specifiers, fields: &mut Vec<DeclaredMember>) {
        let types = &self.state.types;
        let is_record = matches!(types.resolved(specifiers.type_id), TypeKind::Record(_));
        if !is_record || types.tag(specifiers.type_id).is_some() {
            return;
        }
        let mut field = DeclaredMember::anonymous(specifiers.type_id);
        field.align = specifiers.attributes.align;
        field.packed = specifiers.attributes.packed;
        fields.push(field);
    }

    fn member_declarator(
        &mut self,
        specifiers: &Specifiers,
        fields: &mut Vec<DeclaredMember>,
    ) -> Parse<()> {
        let mut declarator = if self.sees(Punctuator::Colon) {
            Declarator::default()
        } else {
            self.declarator(Form::Named)?
        };
        let width = if self.accept(Punctuator::Colon) { Some(self.bit_width()?) } else { None };
        self.attributes(&mut declarator.attributes)?;
        let type_id = self.declared_type(specifiers, &declarator)?;
        let mut attributes = specifiers.attributes.clone();
        attributes.merge(&declarator.attributes);
        fields.push(DeclaredMember {
            name: declarator.name.map(|name| self.spelling(name.symbol).to_owned()),
            type_id,
            width,
            align: attributes.align,
            packed: attributes.packed,
        });
        Ok(())
    }

    fn bit_width(&mut self) -> Parse<u32> {
        let at = self.at();
        let width = self.integer_constant_expression("the width of a bit-field")?;
        u32::try_from(width)
            .map_err(|_| Fault::new(at, format!("the width of a bit-field is {width}")))
    }
}
