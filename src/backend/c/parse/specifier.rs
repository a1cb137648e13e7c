//! declaration-specifiers and specifier-qualifier-list, 6.7.

use super::attribute::Attributes;
use super::cursor::Parser;
use super::fault::{Fault, Parse};
use super::state::Item;
use super::token::{Keyword, Punctuator, Token, TokenKind};
use super::type_words::TypeWords;
use crate::backend::c::types::{Qualifiers, TypeId};

/// The storage class of a declaration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Storage {
    None,
    Typedef,
    Extern,
    Static,
    /// `register` and `auto`, which say nothing outside functions.
    Automatic,
}

/// What stands before the declarators.
#[derive(Clone, Debug)]
pub(crate) struct Specifiers {
    pub(crate) at: u32,
    pub(crate) storage: Storage,
    pub(crate) inline: bool,
    pub(crate) thread_local: bool,
    pub(crate) constant_expression: bool,
    /// Whether a struct, union or enum was named or defined, so that no declarator is needed.
    pub(crate) tagged: bool,
    pub(crate) attributes: Attributes,
    /// The type, with its qualifiers.
    pub(crate) type_id: TypeId,
}

/// Specifiers while they are read.
struct Reading {
    storage: Storage,
    inline: bool,
    thread_local: bool,
    constant_expression: bool,
    tagged: bool,
    attributes: Attributes,
    qualifiers: Qualifiers,
    words: TypeWords,
    /// A type that is not made of words.
    whole: Option<TypeId>,
}

impl Parser<'_> {
    /// Whether a type-name or a declaration begins here.
    pub(crate) fn starts_type_name(&self) -> bool {
        self.token_starts_type_name(self.token())
    }

    /// Whether a type-name begins with this token.
    pub(crate) fn token_starts_type_name(&self, token: Token) -> bool {
        use Keyword::*;
        match token.kind {
            TokenKind::Keyword(keyword) => {
                matches!(
                    keyword,
                    Struct
                        | Union
                        | Enum
                        | TypeOf
                        | TypeOfUnqualified
                        | Const
                        | Volatile
                        | Restrict
                        | Atomic
                        | Extension
                        | Attribute
                        | AlignAs
                        | Typedef
                        | Extern
                        | Static
                        | Auto
                        | AutoType
                        | Register
                        | ThreadLocal
                        | Inline
                        | Noreturn
                        | ConstExpr
                ) || TypeWords::is_word(keyword)
            }
            TokenKind::Identifier => self.is_typedef_name(token) || self.is_complex_word(token),
            _ => false,
        }
    }

    fn is_typedef_name(&self, token: Token) -> bool {
        self.state.find(token.symbol).is_some_and(|entry| matches!(entry.item, Item::Typedef(_)))
    }

    /// `complex`, which `<complex.h>` defines as the keyword.
    fn is_complex_word(&self, token: Token) -> bool {
        self.spelling(token.symbol) == "complex" && self.state.find(token.symbol).is_none()
    }

    /// declaration-specifiers; also specifier-qualifier-list, whose callers refuse the storage.
    pub(crate) fn declaration_specifiers(&mut self) -> Parse<Specifiers> {
        let at = self.at();
        let mut reading = Reading {
            storage: Storage::None,
            inline: false,
            thread_local: false,
            constant_expression: false,
            tagged: false,
            attributes: Attributes::default(),
            qualifiers: Qualifiers::NONE,
            words: TypeWords::default(),
            whole: None,
        };
        while self.declaration_specifier(&mut reading)? {}
        let type_id = self.specified_type(&reading)?;
        let type_id = if reading.qualifiers == Qualifiers::NONE {
            type_id
        } else {
            let qualified = self.state.types.qualified(type_id, reading.qualifiers);
            qualified.map_err(|error| Fault::of(at, &error))?
        };
        Ok(Specifiers {
            at,
            storage: reading.storage,
            inline: reading.inline,
            thread_local: reading.thread_local,
            constant_expression: reading.constant_expression,
            tagged: reading.tagged,
            attributes: reading.attributes,
            type_id,
        })
    }

    /// One specifier or qualifier; whether there was one.
    fn declaration_specifier(&mut self, reading: &mut Reading) -> Parse<bool> {
        let token = self.token();
        match token.kind {
            TokenKind::Keyword(keyword) => self.keyword_specifier(keyword, reading),
            TokenKind::Identifier if self.is_complex_word(token) => {
                self.add_word(Keyword::Complex, reading)?;
                Ok(true)
            }
            TokenKind::Identifier if reading.whole.is_none() && reading.words.is_empty() => {
                let Some(entry) = self.state.find(token.symbol) else { return Ok(false) };
                let Item::Typedef(type_id) = entry.item else { return Ok(false) };
                self.advance();
                reading.whole = Some(type_id);
                Ok(true)
            }
            TokenKind::Punctuator(Punctuator::LeftBracket) if self.sees_standard_attributes() => {
                self.attributes(&mut reading.attributes)?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn keyword_specifier(&mut self, keyword: Keyword, reading: &mut Reading) -> Parse<bool> {
        match keyword {
            Keyword::Typedef => self.storage(Storage::Typedef, reading)?,
            Keyword::Extern => self.storage(Storage::Extern, reading)?,
            Keyword::Static => self.storage(Storage::Static, reading)?,
            Keyword::Register | Keyword::Auto => self.storage(Storage::Automatic, reading)?,
            Keyword::ThreadLocal => reading.thread_local = self.flag(),
            Keyword::Inline => reading.inline = self.flag(),
            Keyword::ConstExpr => {
                reading.constant_expression = self.flag();
                reading.qualifiers = reading.qualifiers | Qualifiers::CONST;
            }
            Keyword::Noreturn => reading.attributes.noreturn = self.flag(),
            Keyword::Extension => {
                self.advance();
            }
            Keyword::AlignAs => self.alignment_specifier(&mut reading.attributes)?,
            Keyword::Attribute => self.attributes(&mut reading.attributes)?,
            Keyword::Const | Keyword::Volatile | Keyword::Restrict => {
                reading.qualifiers = reading.qualifiers | self.type_qualifier();
            }
            Keyword::Atomic if self.following().kind.is(Punctuator::LeftParen) => {
                let type_id = self.atomic_type_specifier()?;
                self.whole(type_id, reading)?;
            }
            Keyword::Atomic => reading.qualifiers = reading.qualifiers | self.type_qualifier(),
            Keyword::Struct | Keyword::Union => {
                self.check_first(reading)?;
                reading.tagged = true;
                reading.whole = Some(self.nested(Self::struct_or_union_specifier)?);
            }
            Keyword::Enum => {
                self.check_first(reading)?;
                reading.tagged = true;
                reading.whole = Some(self.nested(Self::enum_specifier)?);
            }
            Keyword::TypeOf | Keyword::TypeOfUnqualified => {
                self.check_first(reading)?;
                reading.whole = Some(self.nested(Self::typeof_specifier)?);
            }
            Keyword::AutoType => {
                return Err(Fault::unsupported(
                    self.at(),
                    "__auto_type needs an initialiser to be compiled; write the type",
                ));
            }
            _ if TypeWords::is_word(keyword) => self.add_word(keyword, reading)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn flag(&mut self) -> bool {
        self.advance();
        true
    }

    fn storage(&mut self, storage: Storage, reading: &mut Reading) -> Parse<()> {
        if reading.storage != Storage::None && reading.storage != storage {
            return Err(self.expected("only one storage class"));
        }
        self.advance();
        reading.storage = storage;
        Ok(())
    }

    fn add_word(&mut self, keyword: Keyword, reading: &mut Reading) -> Parse<()> {
        if reading.whole.is_some() || !reading.words.add(keyword) {
            return Err(self.expected("a declarator: the type is complete"));
        }
        self.advance();
        Ok(())
    }

    fn check_first(&self, reading: &Reading) -> Parse<()> {
        if reading.whole.is_some() || !reading.words.is_empty() {
            return Err(self.expected("a declarator: the type is complete"));
        }
        Ok(())
    }

    fn whole(&mut self, type_id: TypeId, reading: &mut Reading) -> Parse<()> {
        self.check_first(reading)?;
        reading.whole = Some(type_id);
        Ok(())
    }

    /// type-qualifier; the token is one.
    fn type_qualifier(&mut self) -> Qualifiers {
        match self.advance().kind {
            TokenKind::Keyword(Keyword::Const) => Qualifiers::CONST,
            TokenKind::Keyword(Keyword::Volatile) => Qualifiers::VOLATILE,
            TokenKind::Keyword(Keyword::Restrict) => Qualifiers::RESTRICT,
            _ => Qualifiers::ATOMIC,
        }
    }

    /// type-qualifier-list after a `*` or inside brackets, with attributes among them.
    pub(crate) fn type_qualifier_list(&mut self, into: &mut Attributes) -> Parse<Qualifiers> {
        let mut qualifiers = Qualifiers::NONE;
        loop {
            match self.kind() {
                TokenKind::Keyword(
                    Keyword::Const | Keyword::Volatile | Keyword::Restrict | Keyword::Atomic,
                ) => qualifiers = qualifiers | self.type_qualifier(),
                TokenKind::Keyword(Keyword::Attribute) => self.attributes(into)?,
                TokenKind::Keyword(Keyword::Extension) => {
                    self.advance();
                }
                _ => return Ok(qualifiers),
            }
        }
    }

    /// atomic-type-specifier: `_Atomic ( type-name )`.
    fn atomic_type_specifier(&mut self) -> Parse<TypeId> {
        let at = self.advance().at;
        self.expect(Punctuator::LeftParen)?;
        let type_id = self.type_name()?;
        self.expect(Punctuator::RightParen)?;
        let qualified = self.state.types.qualified(type_id, Qualifiers::ATOMIC);
        qualified.map_err(|error| Fault::of(at, &error))
    }

    /// typeof-specifier: of a type-name or of an expression, which is not evaluated.
    fn typeof_specifier(&mut self) -> Parse<TypeId> {
        let unqualified = self.sees_keyword(Keyword::TypeOfUnqualified);
        self.advance();
        self.expect(Punctuator::LeftParen)?;
        let type_id = if self.starts_type_name() {
            self.type_name()?
        } else {
            self.unevaluated(Self::expression)?.type_id
        };
        self.expect(Punctuator::RightParen)?;
        Ok(if unqualified { self.state.types.resolve(type_id) } else { type_id })
    }

    fn specified_type(&self, reading: &Reading) -> Parse<TypeId> {
        if let Some(type_id) = reading.whole {
            return Ok(type_id);
        }
        if reading.words.is_empty() {
            return Err(self.unknown_type());
        }
        match reading.words.type_of(&self.state.types) {
            Ok(Some(type_id)) => Ok(type_id),
            Ok(None) => Err(Fault::new(
                self.at(),
                format!("'{}' is no type of C", reading.words.spelling()),
            )),
            Err(unsupported) => Err(Fault::unsupported(self.at(), unsupported)),
        }
    }

    /// A type was expected here and there is none.
    #[cold]
    pub(crate) fn unknown_type(&self) -> Fault {
        let token = self.token();
        if token.kind != TokenKind::Identifier || self.state.find(token.symbol).is_some() {
            return self.expected("a type");
        }
        let name = self.spelling(token.symbol);
        if let Some(skipped) = self.state.skipped_with(token.symbol) {
            // What needs a type that is not supported is none either.
            return Fault::unsupported(token.at, format!("'{name}': {}", skipped.reason));
        }
        let hint = self.hint_for_type(token.symbol);
        Fault::new(token.at, format!("expected a type, found the unknown name '{name}'{hint}"))
    }
}
