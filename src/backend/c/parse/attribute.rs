//! Attributes: `__attribute__((…))`, `[[…]]` and `_Alignas`, as far as they change a type.

use std::num::NonZeroUsize;

use super::cursor::Parser;
use super::fault::{Fault, Parse};
use super::pack::OWN_ORDER;
use super::symbol::Symbol;
use super::token::{Keyword, Punctuator, Token, TokenKind};
use crate::backend::c::types::{Convention, Primitive, TypeId, TypeKind};

/// What the attributes of one declaration ask for; the others are read and ignored.
#[derive(Clone, Default, Debug)]
pub(crate) struct Attributes {
    pub(crate) packed: bool,
    /// The strictest `aligned` or `_Alignas`, in bytes.
    pub(crate) align: Option<usize>,
    pub(crate) mode: Option<Symbol>,
    pub(crate) vector_size: Option<NonZeroUsize>,
    pub(crate) convention: Option<Convention>,
    pub(crate) noreturn: bool,
    /// What lays out a struct or union as nothing here does.
    pub(crate) other_layout: Option<Symbol>,
}

impl Attributes {
    /// Adds those of another position of the same declaration.
    pub(crate) fn merge(&mut self, other: &Attributes) {
        self.packed |= other.packed;
        self.align = self.align.max(other.align);
        self.mode = self.mode.or(other.mode);
        self.vector_size = self.vector_size.or(other.vector_size);
        self.convention = self.convention.or(other.convention);
        self.noreturn |= other.noreturn;
        self.other_layout = self.other_layout.or(other.other_layout);
    }
}

/// What `aligned` means without a number: the largest alignment any scalar has.
const BIGGEST_ALIGNMENT: usize = 16;

impl Parser<'_> {
    /// attribute-specifier-sequence, in both syntaxes, perhaps empty.
    pub(crate) fn attributes(&mut self, into: &mut Attributes) -> Parse<()> {
        loop {
            if self.sees_keyword(Keyword::Attribute) {
                self.gnu_attributes(into)?;
            } else if self.sees_standard_attributes() {
                self.standard_attributes(into)?;
            } else {
                return Ok(());
            }
        }
    }

    /// Whether `[[` follows; no other place of a declaration has two brackets.
    pub(crate) fn sees_standard_attributes(&self) -> bool {
        self.sees(Punctuator::LeftBracket) && self.following().kind.is(Punctuator::LeftBracket)
    }

    fn gnu_attributes(&mut self, into: &mut Attributes) -> Parse<()> {
        self.advance();
        self.expect(Punctuator::LeftParen)?;
        self.expect(Punctuator::LeftParen)?;
        self.attribute_list(Punctuator::RightParen, into)?;
        self.expect(Punctuator::RightParen)?;
        self.expect(Punctuator::RightParen)?;
        Ok(())
    }

    fn standard_attributes(&mut self, into: &mut Attributes) -> Parse<()> {
        self.advance();
        self.advance();
        self.attribute_list(Punctuator::RightBracket, into)?;
        self.expect(Punctuator::RightBracket)?;
        self.expect(Punctuator::RightBracket)?;
        Ok(())
    }

    fn attribute_list(&mut self, close: Punctuator, into: &mut Attributes) -> Parse<()> {
        while !self.sees(close) {
            if !self.sees(Punctuator::Comma) {
                self.attribute(into)?;
            }
            if !self.accept(Punctuator::Comma) && !self.sees(close) {
                return Err(self.expected(&format!("',' or '{}'", close.spelling())));
            }
        }
        Ok(())
    }

    fn attribute(&mut self, into: &mut Attributes) -> Parse<()> {
        let mut name = self.attribute_name()?;
        if self.accept(Punctuator::ColonColon) {
            name = self.attribute_name()?;
        }
        let spelling = self.spelling(name.symbol);
        match bare(spelling) {
            "packed" => into.packed = true,
            "noreturn" | "_Noreturn" => into.noreturn = true,
            "ms_abi" => into.convention = Some(Convention::Win64),
            "sysv_abi" => into.convention = Some(Convention::SysV),
            "aligned" => return self.aligned(into),
            "vector_size" => {
                let at = self.at();
                let bytes = NonZeroUsize::new(self.attribute_number("vector_size")?);
                let none = || Fault::new(at, "vector_size(0) is no number of bytes");
                into.vector_size = Some(bytes.ok_or_else(none)?);
                return Ok(());
            }
            "ms_struct" => into.other_layout = Some(name.symbol),
            "scalar_storage_order" => return self.storage_order(name, into),
            "mode" => {
                self.expect(Punctuator::LeftParen)?;
                into.mode = Some(self.attribute_name()?.symbol);
                self.expect(Punctuator::RightParen)?;
                return Ok(());
            }
            _ => {}
        }
        if self.sees(Punctuator::LeftParen) { self.skip_balanced() } else { Ok(()) }
    }

    /// `scalar_storage_order("…")`: fine if it is this machine's.
    fn storage_order(&mut self, name: Token, into: &mut Attributes) -> Parse<()> {
        self.expect(Punctuator::LeftParen)?;
        let order = self.text()?;
        self.expect(Punctuator::RightParen)?;
        if !order.units.iter().copied().eq(OWN_ORDER.bytes().map(u32::from)) {
            into.other_layout = Some(name.symbol);
        }
        Ok(())
    }

    fn attribute_name(&mut self) -> Parse<Token> {
        match self.kind() {
            TokenKind::Identifier | TokenKind::Keyword(_) => Ok(self.advance()),
            _ => Err(self.expected("the name of an attribute")),
        }
    }

    fn aligned(&mut self, into: &mut Attributes) -> Parse<()> {
        let at = self.at();
        let align = if self.sees(Punctuator::LeftParen) {
            self.attribute_number("aligned")?
        } else {
            BIGGEST_ALIGNMENT
        };
        self.raise_alignment(at, align, into)
    }

    fn attribute_number(&mut self, name: &str) -> Parse<usize> {
        self.expect(Punctuator::LeftParen)?;
        let at = self.at();
        let value = self.integer_constant_expression(name)?;
        self.expect(Punctuator::RightParen)?;
        usize::try_from(value)
            .map_err(|_| Fault::new(at, format!("{name}({value}) is not a number of bytes")))
    }

    /// alignment-specifier: `_Alignas ( type-name )` or `_Alignas ( constant-expression )`.
    pub(crate) fn alignment_specifier(&mut self, into: &mut Attributes) -> Parse<()> {
        let at = self.advance().at;
        self.expect(Punctuator::LeftParen)?;
        let align = if self.starts_type_name() {
            let type_id = self.type_name()?;
            self.align_of(at, type_id)?
        } else {
            let value = self.integer_constant_expression("_Alignas")?;
            usize::try_from(value)
                .map_err(|_| Fault::new(at, format!("the alignment {value} is negative")))?
        };
        self.expect(Punctuator::RightParen)?;
        if align == 0 {
            return Ok(());
        }
        self.raise_alignment(at, align, into)
    }

    fn raise_alignment(&self, at: u32, align: usize, into: &mut Attributes) -> Parse<()> {
        if !align.is_power_of_two() {
            return Err(Fault::new(at, format!("the alignment {align} is not a power of two")));
        }
        into.align = into.align.max(Some(align));
        Ok(())
    }

    /// The base type of a declaration after `mode` and `vector_size`.
    pub(crate) fn with_attributes(
        &self,
        at: u32,
        type_id: TypeId,
        attributes: &Attributes,
    ) -> Parse<TypeId> {
        let types = &self.state.types;
        let mut result = type_id;
        // What gcc does then depends on the attribute and the type.
        if let Some(name) = attributes.other_layout {
            return Err(other_layout(at, self.spelling(name)));
        }
        if let Some(mode) = attributes.mode {
            result = self.with_mode(at, type_id, mode)?;
        }
        if let Some(bytes) = attributes.vector_size {
            let element = types.resolve(result);
            result = types.vector(element, bytes.get()).map_err(|error| Fault::of(at, &error))?;
        }
        if result == type_id {
            return Ok(type_id);
        }
        let qualifiers = types.qualifiers(type_id);
        types.qualified(result, qualifiers).map_err(|error| Fault::of(at, &error))
    }

    /// Refuses to lay out a struct or union as nothing here does, which attributes or a pragma ask
    /// for.
    pub(crate) fn check_layout(&self, at: u32, attributes: &Attributes) -> Parse<()> {
        let attribute = attributes.other_layout.map(|name| self.spelling(name));
        match attribute.or(self.pack.other_layout()) {
            Some(name) => Err(other_layout(at, name)),
            None => Ok(()),
        }
    }

    /// The type of a mode.
    pub(crate) fn mode(&self, at: u32, mode: Symbol, signed: bool) -> Parse<Primitive> {
        let spelling = self.spelling(mode);
        mode_type(bare(spelling), signed)
            .ok_or_else(|| Fault::unsupported(at, format!("the mode '{spelling}' is not known")))
    }

    fn with_mode(&self, at: u32, type_id: TypeId, mode: Symbol) -> Parse<TypeId> {
        let types = &self.state.types;
        let signed = types.integer(type_id).is_none_or(Primitive::is_signed);
        let primitive = self.mode(at, mode, signed)?;
        match types.resolved(type_id) {
            TypeKind::Primitive(_) | TypeKind::Enumeration => Ok(types.primitive(primitive)),
            _ => {
                Err(Fault::new(at, format!("a mode cannot be given to '{}'", types.spell(type_id))))
            }
        }
    }
}

#[cold]
fn other_layout(at: u32, name: &str) -> Fault {
    let message = format!("the layout of '{name}' is not supported; use bytes and convert them");
    Fault::unsupported(at, message)
}

/// `__name__` as `name`.
fn bare(name: &str) -> &str {
    name.strip_prefix("__").and_then(|rest| rest.strip_suffix("__")).unwrap_or(name)
}

fn mode_type(mode: &str, signed: bool) -> Option<Primitive> {
    let integer = |signed_type, unsigned_type| if signed { signed_type } else { unsigned_type };
    Some(match mode {
        "QI" | "byte" => integer(Primitive::SignedChar, Primitive::UnsignedChar),
        "HI" => integer(Primitive::Short, Primitive::UnsignedShort),
        "SI" => integer(Primitive::Int, Primitive::UnsignedInt),
        "word" | "pointer" | "unwind_word" if size_of::<usize>() == 4 => {
            integer(Primitive::Int, Primitive::UnsignedInt)
        }
        "DI" | "word" | "pointer" | "unwind_word"
            if Primitive::Long.size() == Some(size_of::<u64>()) =>
        {
            integer(Primitive::Long, Primitive::UnsignedLong)
        }
        "DI" | "word" | "pointer" | "unwind_word" => {
            integer(Primitive::LongLong, Primitive::UnsignedLongLong)
        }
        "TI" => integer(Primitive::Int128, Primitive::UnsignedInt128),
        "HF" => Primitive::Float16,
        "SF" => Primitive::Float,
        "DF" => Primitive::Double,
        "XF" => Primitive::LongDouble,
        "TF" if Primitive::LongDouble.size() == Some(16) && !cfg!(target_arch = "x86_64") => {
            Primitive::LongDouble
        }
        "TF" => Primitive::Float128,
        "SC" => Primitive::ComplexFloat,
        "DC" => Primitive::ComplexDouble,
        "XC" => Primitive::ComplexLongDouble,
        _ => return None,
    })
}
