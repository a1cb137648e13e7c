//! translation-unit, external-declaration, declaration, 6.7 and 6.9.

use std::sync::Arc;

use super::attribute::Attributes;
use super::cursor::Parser;
use super::declarator::{Declarator, Form};
use super::directive::Phase;
use super::fault::{Fault, Parse};
use super::quoted;
use super::specifier::{Specifiers, Storage};
use super::state::{DeclaredFunction, DeclaredGlobal};
use super::symbol::Symbol;
use super::token::{Keyword, Punctuator, Token, TokenKind};
use crate::backend::c::types::{Primitive, Qualifiers, TypeId, TypeKind};

impl Parser<'_> {
    /// translation-unit.
    pub(crate) fn translation_unit(&mut self) -> Parse<()> {
        let mut linkage = Vec::new();
        loop {
            self.check_pragmas()?;
            match self.kind() {
                TokenKind::End => break,
                TokenKind::Punctuator(Punctuator::Semicolon) => {
                    self.advance();
                }
                TokenKind::Punctuator(Punctuator::RightBrace) if !linkage.is_empty() => {
                    self.advance();
                    linkage.pop();
                }
                TokenKind::Keyword(Keyword::Extern) if self.following().kind == TokenKind::Text => {
                    self.linkage_specification(&mut linkage)?;
                }
                _ => self.supported_declaration()?,
            }
        }
        match linkage.pop() {
            Some(open) => Err(Fault::new(open, "the '{' of extern \"C\" is never closed")),
            None => Ok(()),
        }
    }

    /// `extern "C" {`, or `extern "C"` before one declaration.
    fn linkage_specification(&mut self, open: &mut Vec<u32>) -> Parse<()> {
        self.advance();
        let at = self.at();
        let language = self.text()?;
        let language: String =
            language.units.iter().filter_map(|&unit| char::from_u32(unit)).collect();
        if !matches!(&*language, "C" | "C++") {
            return Err(Fault::new(at, format!("the language '{language}' is not known")));
        }
        if language == "C++" {
            return Err(Fault::unsupported(at, "declarations with C++ linkage are not supported"));
        }
        if self.sees(Punctuator::LeftBrace) {
            open.push(self.advance().at);
            return Ok(());
        }
        self.external_declaration()
    }

    /// external-declaration; in a header, one that needs what is not supported is passed over, and
    /// remembered for those who ask for its name.
    fn supported_declaration(&mut self) -> Parse<()> {
        let start = self.position();
        let pack = self.pack.clone();
        let result = self.external_declaration();
        match result {
            Err(fault) if fault.is_unsupported() && self.phase == Phase::Preprocessed => {
                self.return_to(start);
                self.pack = pack;
                let at = self.at();
                let names = self.skip_declaration()?;
                self.state.skip(self.spot(at), fault.message(), names);
                Ok(())
            }
            result => result,
        }
    }

    /// Moves past a declaration or function definition; the identifiers it mentions.
    fn skip_declaration(&mut self) -> Parse<Vec<Symbol>> {
        let mut names = Vec::new();
        let mut before = self.kind();
        let mut of_enum = false;
        let tagged = matches!(
            before,
            TokenKind::Keyword(Keyword::Typedef | Keyword::Struct | Keyword::Union | Keyword::Enum)
        );
        loop {
            let token = self.token();
            match token.kind {
                TokenKind::End => return Ok(names),
                TokenKind::Punctuator(Punctuator::Semicolon) => {
                    self.advance();
                    return Ok(names);
                }
                TokenKind::Punctuator(Punctuator::LeftBrace) => {
                    self.skip_body(of_enum, &mut names)?;
                    if before.is(Punctuator::RightParen) && !tagged {
                        return Ok(names);
                    }
                }
                TokenKind::Punctuator(Punctuator::LeftParen | Punctuator::LeftBracket) => {
                    self.skip_balanced()?;
                    before = TokenKind::Punctuator(Punctuator::RightParen);
                    continue;
                }
                TokenKind::Identifier => {
                    names.push(token.symbol);
                    self.advance();
                }
                _ => {
                    of_enum = self.is_enum(of_enum);
                    self.advance();
                }
            }
            before = token.kind;
        }
    }

    /// Moves past a group in braces and those in it; the enumerators among what it mentions.
    fn skip_body(&mut self, mut of_enum: bool, names: &mut Vec<Symbol>) -> Parse<()> {
        let mut open: Vec<bool> = Vec::new();
        let mut begins = false;
        loop {
            let token = self.token();
            match token.kind {
                TokenKind::Identifier if begins => names.push(token.symbol),
                TokenKind::Punctuator(Punctuator::LeftBrace) => open.push(of_enum),
                TokenKind::Punctuator(Punctuator::RightBrace) => {
                    open.pop();
                }
                TokenKind::Punctuator(Punctuator::LeftParen | Punctuator::LeftBracket) => {
                    self.skip_balanced()?;
                    continue;
                }
                TokenKind::End => return Err(self.expected("'}'")),
                _ => {}
            }
            of_enum = self.is_enum(of_enum);
            begins = matches!(
                token.kind,
                TokenKind::Punctuator(Punctuator::LeftBrace | Punctuator::Comma)
            ) && open.last() == Some(&true);
            self.advance();
            if open.is_empty() {
                return Ok(());
            }
        }
    }

    /// Whether the next brace after the current token opens an enum, if it would have before it.
    fn is_enum(&self, before: bool) -> bool {
        match self.kind() {
            TokenKind::Keyword(Keyword::Enum) => true,
            TokenKind::Keyword(Keyword::Struct | Keyword::Union) => false,
            TokenKind::Punctuator(Punctuator::LeftBrace | Punctuator::Semicolon) => false,
            _ => before,
        }
    }

    /// external-declaration.
    fn external_declaration(&mut self) -> Parse<()> {
        self.skip_extension();
        match self.kind() {
            TokenKind::Keyword(Keyword::StaticAssert) => self.static_assert_declaration(),
            TokenKind::Keyword(Keyword::Asm) => self.asm_definition(),
            TokenKind::Keyword(Keyword::Pragma) => {
                self.advance();
                self.skip_balanced()
            }
            _ => self.declaration(),
        }
    }

    /// Moves past `__extension__`, which may stand before any declaration.
    pub(crate) fn skip_extension(&mut self) {
        while self.accept_keyword(Keyword::Extension) {}
    }

    /// `asm ( … ) ;` outside of functions.
    fn asm_definition(&mut self) -> Parse<()> {
        self.advance();
        while matches!(self.kind(), TokenKind::Keyword(Keyword::Volatile | Keyword::Inline)) {
            self.advance();
        }
        if !self.sees(Punctuator::LeftParen) {
            return Err(self.expected("'(' after asm"));
        }
        self.skip_balanced()?;
        self.expect(Punctuator::Semicolon)?;
        Ok(())
    }

    /// static_assert-declaration.
    pub(crate) fn static_assert_declaration(&mut self) -> Parse<()> {
        let at = self.advance().at;
        self.expect(Punctuator::LeftParen)?;
        let value = self.integer_constant_expression("a static assertion")?;
        let message = if self.accept(Punctuator::Comma) {
            if self.kind() != TokenKind::Text {
                return Err(self.expected("a string"));
            }
            Some(self.text()?)
        } else {
            None
        };
        self.expect(Punctuator::RightParen)?;
        self.expect(Punctuator::Semicolon)?;
        if value != 0 {
            return Ok(());
        }
        let message = message.map(|text| format!(": {}", printable(&text))).unwrap_or_default();
        Err(Fault::new(at, format!("static assertion failed{message}")))
    }

    /// declaration or function-definition.
    fn declaration(&mut self) -> Parse<()> {
        let specifiers = self.declaration_specifiers()?;
        if self.accept(Punctuator::Semicolon) {
            if specifiers.tagged {
                return Ok(());
            }
            return Err(Fault::new(specifiers.at, "the declaration declares nothing"));
        }
        loop {
            let declarator = self.declarator(Form::Named)?;
            if self.init_declarator(&specifiers, declarator)? {
                return Ok(());
            }
            if self.accept(Punctuator::Comma) {
                continue;
            }
            if self.accept(Punctuator::Semicolon) {
                return Ok(());
            }
            return Err(self.expected("',' or ';' after a declarator"));
        }
    }

    /// init-declarator; whether it was a function's definition, which ends the declaration.
    fn init_declarator(
        &mut self,
        specifiers: &Specifiers,
        mut declarator: Declarator,
    ) -> Parse<bool> {
        let Some(name) = declarator.name else { return Err(self.expected("a name")) };
        let asm_label = self.asm_label()?.or_else(|| self.renamed(name.symbol));
        self.attributes(&mut declarator.attributes)?;
        let type_id = self.declared_type(specifiers, &declarator)?;
        let mut attributes = specifiers.attributes.clone();
        attributes.merge(&declarator.attributes);
        if specifiers.storage == Storage::Typedef {
            self.declare_typedef(name, type_id, attributes.align)?;
            return Ok(false);
        }
        if matches!(self.state.types.resolved(type_id), TypeKind::Function(_)) {
            return self.function(specifiers, &declarator, name, type_id, &attributes, asm_label);
        }
        self.object(specifiers, name, type_id, asm_label)?;
        Ok(false)
    }

    fn function(
        &mut self,
        specifiers: &Specifiers,
        declarator: &Declarator,
        name: Token,
        type_id: TypeId,
        attributes: &Attributes,
        asm_label: Option<Arc<str>>,
    ) -> Parse<bool> {
        let inline = specifiers.inline && specifiers.storage != Storage::Extern
            || specifiers.storage == Storage::Static;
        let noreturn = attributes.noreturn;
        let names = declarator.parameter_names().iter();
        let names = names
            .map(|name| name.map(|symbol| Arc::from(self.state.symbols.spelling(symbol))))
            .collect();
        let function = DeclaredFunction { type_id, inline, names, asm_label, noreturn };
        self.declare_function(name, function)?;
        if self.sees(Punctuator::LeftBrace) && declarator.is_function() {
            self.skip_balanced()?;
            return Ok(true);
        }
        Ok(false)
    }

    /// simple-asm-expr of gcc: the symbol that the name stands for.
    fn asm_label(&mut self) -> Parse<Option<Arc<str>>> {
        if !self.accept_keyword(Keyword::Asm) {
            return Ok(None);
        }
        self.expect(Punctuator::LeftParen)?;
        if self.kind() != TokenKind::Text {
            return Err(self.expected("the name of a symbol as a string"));
        }
        let text = self.text()?;
        self.expect(Punctuator::RightParen)?;
        Ok(Some(printable(&text).into()))
    }

    fn object(
        &mut self,
        specifiers: &Specifiers,
        name: Token,
        type_id: TypeId,
        asm_label: Option<Arc<str>>,
    ) -> Parse<()> {
        if self.state.types.resolved(type_id) == TypeKind::Primitive(Primitive::Void) {
            return Err(Fault::new(name.at, "a variable cannot be 'void'"));
        }
        let mut global = DeclaredGlobal {
            type_id,
            constant: self.state.types.qualifiers(type_id).contains(Qualifiers::CONST)
                || self.elements_are_constant(type_id),
            thread_local: specifiers.thread_local,
            internal: specifiers.storage == Storage::Static,
            asm_label,
        };
        if self.accept(Punctuator::Equal) {
            let internal = global.internal || specifiers.constant_expression;
            let wanted = internal && global.constant;
            let (type_id, constant) = self.initializer(type_id, wanted)?;
            global.type_id = type_id;
            if let Some(constant) = constant {
                return self.declare_constant(name, constant);
            }
        }
        self.declare_global(name, global)
    }

    fn elements_are_constant(&self, type_id: TypeId) -> bool {
        match self.state.types.resolved(type_id) {
            TypeKind::Array { element, .. } => {
                self.state.types.qualifiers(element).contains(Qualifiers::CONST)
            }
            _ => false,
        }
    }
}

/// A string literal as text.
fn printable(text: &quoted::StringLiteral) -> String {
    let bytes: Vec<u8> = text.units.iter().map(|&unit| unit as u8).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}
