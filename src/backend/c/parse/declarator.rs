//! declarator, abstract-declarator and type-name, 6.7.6 and 6.7.7.

use super::attribute::Attributes;
use super::cursor::Parser;
use super::fault::{Fault, Parse};
use super::specifier::{Specifiers, Storage};
use super::symbol::Symbol;
use super::token::{Keyword, Punctuator, Token, TokenKind};
use crate::backend::c::types::{
    Convention, FunctionType, MAX_DEPTH, Primitive, Qualifiers, TypeId, TypeKind,
};

/// Whether a declarator has a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    Named,
    Abstract,
    /// Of a parameter: either.
    Parameter,
}

/// One step from the name of a declarator towards its base type.
#[derive(Clone, Debug)]
enum Derivation {
    Pointer(Qualifiers),
    Array(Option<usize>),
    Function {
        parameters: Vec<TypeId>,
        names: Vec<Option<Symbol>>,
        variadic: bool,
        unspecified: bool,
    },
}

/// A declarator as read: the steps begin at the name.
#[derive(Clone, Default, Debug)]
pub(crate) struct Declarator {
    pub(crate) name: Option<Token>,
    pub(crate) attributes: Attributes,
    derivations: Vec<Derivation>,
}

impl Declarator {
    /// Whether the name is declared as a function.
    pub(crate) fn is_function(&self) -> bool {
        matches!(self.derivations.first(), Some(Derivation::Function { .. }))
    }

    /// The names of a function's parameters.
    pub(crate) fn parameter_names(&self) -> &[Option<Symbol>] {
        match self.derivations.first() {
            Some(Derivation::Function { names, .. }) => names,
            _ => &[],
        }
    }
}

impl Parser<'_> {
    /// type-name: specifiers and an abstract declarator.
    pub(crate) fn type_name(&mut self) -> Parse<TypeId> {
        let specifiers = self.declaration_specifiers()?;
        if specifiers.storage != Storage::None {
            return Err(Fault::new(specifiers.at, "a type name has no storage class"));
        }
        let declarator = self.declarator(Form::Abstract)?;
        self.declared_type(&specifiers, &declarator)
    }

    /// declarator, with the attributes that follow it.
    pub(crate) fn declarator(&mut self, form: Form) -> Parse<Declarator> {
        let mut declarator = Declarator::default();
        self.declarator_into(form, &mut declarator)?;
        Ok(declarator)
    }

    fn declarator_into(&mut self, form: Form, into: &mut Declarator) -> Parse<()> {
        let mut pointers = Vec::new();
        self.attributes(&mut into.attributes)?;
        while self.accept(Punctuator::Star) {
            pointers.push(self.type_qualifier_list(&mut into.attributes)?);
        }
        self.direct_declarator(form, into)?;
        into.derivations.extend(pointers.into_iter().rev().map(Derivation::Pointer));
        if into.derivations.len() > MAX_DEPTH as usize {
            return Err(self.too_deep(self.at()));
        }
        Ok(())
    }

    fn direct_declarator(&mut self, form: Form, into: &mut Declarator) -> Parse<()> {
        if self.sees(Punctuator::LeftParen) && self.parenthesis_nests(form) {
            self.advance();
            self.nested(|parser| parser.declarator_into(form, into))?;
            self.expect(Punctuator::RightParen)?;
        } else if form != Form::Abstract && self.kind() == TokenKind::Identifier {
            into.name = Some(self.advance());
        } else if form == Form::Named {
            return Err(self.expected("a name"));
        }
        loop {
            if self.sees_standard_attributes() || self.sees_keyword(Keyword::Attribute) {
                self.attributes(&mut into.attributes)?;
            } else if self.sees(Punctuator::LeftBracket) {
                let array = self.array_declarator(form, into)?;
                into.derivations.push(array);
            } else if self.sees(Punctuator::LeftParen) {
                let function = self.nested(Self::function_declarator)?;
                into.derivations.push(function);
            } else {
                return Ok(());
            }
        }
    }

    /// Whether the parenthesis here encloses a declarator rather than parameters.
    fn parenthesis_nests(&mut self, form: Form) -> bool {
        if form == Form::Named {
            return true;
        }
        let following = self.following();
        match following.kind {
            TokenKind::Punctuator(Punctuator::RightParen | Punctuator::Ellipsis) => false,
            TokenKind::Keyword(Keyword::Attribute) => self.attributes_precede_declarator(),
            TokenKind::Punctuator(Punctuator::LeftBracket) if form == Form::Parameter => true,
            _ => !self.token_starts_type_name(following),
        }
    }

    /// Whether `(__attribute__((…))` is followed by what a declarator begins with.
    fn attributes_precede_declarator(&mut self) -> bool {
        let position = self.position();
        self.advance();
        let mut closed = true;
        while closed && self.accept_keyword(Keyword::Attribute) {
            closed = self.skip_balanced().is_ok();
        }
        let nests = !self.starts_type_name() && !self.sees(Punctuator::RightParen);
        self.return_to(position);
        nests
    }

    /// `[ … ]`, with what may stand there in a parameter.
    fn array_declarator(&mut self, form: Form, into: &mut Declarator) -> Parse<Derivation> {
        let at = self.advance().at;
        // Qualifiers here belong to the pointer that a parameter becomes, where they say nothing
        // about the function's type.
        self.type_qualifier_list(&mut into.attributes)?;
        if self.accept_keyword(Keyword::Static) {
            self.type_qualifier_list(&mut into.attributes)?;
        }
        if self.accept(Punctuator::RightBracket) {
            return Ok(Derivation::Array(None));
        }
        if self.sees(Punctuator::Star) && self.following().kind.is(Punctuator::RightBracket) {
            self.advance();
            self.advance();
            return Ok(Derivation::Array(None));
        }
        if form == Form::Parameter {
            return self.parameter_array_length(at);
        }
        let length = self.array_length()?;
        self.expect(Punctuator::RightBracket)?;
        Ok(Derivation::Array(Some(length)))
    }

    /// The length of an array parameter: it may depend on other parameters, then it is unknown.
    fn parameter_array_length(&mut self, open: u32) -> Parse<Derivation> {
        let position = self.position();
        match self.array_length() {
            Ok(length) if self.accept(Punctuator::RightBracket) => {
                return Ok(Derivation::Array(Some(length)));
            }
            Ok(_) => return Err(self.expected("']'")),
            Err(_) => self.return_to(position),
        }
        self.skip_to(&[Punctuator::RightBracket, Punctuator::Semicolon])?;
        if !self.accept(Punctuator::RightBracket) {
            return Err(Fault::new(open, "'[' is never closed"));
        }
        Ok(Derivation::Array(None))
    }

    fn array_length(&mut self) -> Parse<usize> {
        let at = self.at();
        let length = self.integer_constant_expression("the length of an array")?;
        usize::try_from(length)
            .map_err(|_| Fault::new(at, format!("the length of an array is {length}")))
    }

    /// `( parameter-type-list )`.
    fn function_declarator(&mut self) -> Parse<Derivation> {
        self.expect(Punctuator::LeftParen)?;
        let (mut parameters, mut names) = (Vec::new(), Vec::new());
        let mut variadic = false;
        if self.accept(Punctuator::RightParen) {
            return Ok(Derivation::Function { parameters, names, variadic, unspecified: true });
        }
        loop {
            if self.accept(Punctuator::Ellipsis) {
                variadic = true;
                break;
            }
            let (parameter, name) = self.parameter_declaration()?;
            if self.is_void_list(&parameters, parameter) {
                break;
            }
            parameters.push(parameter);
            names.push(name);
            if !self.accept(Punctuator::Comma) {
                break;
            }
        }
        if !self.sees(Punctuator::RightParen) {
            return Err(self.expected("',' or ')' after a parameter"));
        }
        self.advance();
        Ok(Derivation::Function { parameters, names, variadic, unspecified: false })
    }

    /// Whether the parameter is the `void` of `(void)`.
    fn is_void_list(&self, before: &[TypeId], parameter: TypeId) -> bool {
        before.is_empty()
            && self.sees(Punctuator::RightParen)
            && self.state.types.resolved(parameter) == TypeKind::Primitive(Primitive::Void)
    }

    /// parameter-declaration.
    fn parameter_declaration(&mut self) -> Parse<(TypeId, Option<Symbol>)> {
        let specifiers = self.declaration_specifiers()?;
        if !matches!(specifiers.storage, Storage::None | Storage::Automatic) {
            return Err(Fault::new(specifiers.at, "a parameter has no storage class"));
        }
        let mut declarator = self.declarator(Form::Parameter)?;
        if let Some(array @ Derivation::Array(_)) = declarator.derivations.first_mut() {
            // Adjusted here rather than by the type model: man pages write `void base[.size]`.
            *array = Derivation::Pointer(Qualifiers::NONE);
        }
        let type_id = self.declared_type(&specifiers, &declarator)?;
        Ok((type_id, declarator.name.map(|name| name.symbol)))
    }

    /// The type a declarator gives its name.
    pub(crate) fn declared_type(
        &self,
        specifiers: &Specifiers,
        declarator: &Declarator,
    ) -> Parse<TypeId> {
        let at = declarator.name.map_or(specifiers.at, |name| name.at);
        let mut attributes = specifiers.attributes.clone();
        attributes.merge(&declarator.attributes);
        let mut type_id = self.with_attributes(at, specifiers.type_id, &attributes)?;
        let innermost = declarator
            .derivations
            .iter()
            .position(|derivation| matches!(derivation, Derivation::Function { .. }));
        for (index, derivation) in declarator.derivations.iter().enumerate().rev() {
            let convention = match attributes.convention {
                Some(convention) if Some(index) == innermost => convention,
                _ => Convention::Default,
            };
            type_id = self.derive(at, type_id, derivation, convention)?;
        }
        self.state.types.shallow(type_id).map_err(|error| Fault::of(at, &error))
    }

    fn derive(
        &self,
        at: u32,
        base: TypeId,
        derivation: &Derivation,
        convention: Convention,
    ) -> Parse<TypeId> {
        let types = &self.state.types;
        let derived = match derivation {
            Derivation::Pointer(qualifiers) => types.qualified(types.pointer(base), *qualifiers),
            Derivation::Array(length) => types.array(base, *length),
            Derivation::Function { parameters, variadic, unspecified, .. } => {
                types.function(FunctionType {
                    returns: base,
                    parameters: parameters.clone(),
                    variadic: *variadic,
                    unspecified: *unspecified,
                    convention,
                })
            }
        };
        derived.map_err(|error| Fault::of(at, &error))
    }

    fn too_deep(&self, at: u32) -> Fault {
        Fault::new(at, format!("the type is built more than {MAX_DEPTH} levels deep"))
    }
}
