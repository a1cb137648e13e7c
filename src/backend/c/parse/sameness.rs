//! [`Sameness`]: whether two declarations say the same.
//!
//! Types are compared by structure: a text that is declared twice makes a new anonymous struct
//! each time, and must still be the same text.

use std::collections::HashSet;

use crate::backend::c::types::{
    DeclaredMember, Enumeration, FunctionType, Primitive, RecordOptions, TypeId, TypeKind, Types,
};

/// One comparison under way. Everything compared must be the same, so what is left to compare
/// waits in a list.
pub(crate) struct Sameness<'a> {
    types: &'a Types,
    /// Pairs that are being compared or are the same: a struct may point to itself.
    assumed: HashSet<(TypeId, TypeId)>,
    left: Vec<(TypeId, TypeId)>,
}

impl<'a> Sameness<'a> {
    pub(crate) fn new(types: &'a Types) -> Sameness<'a> {
        Sameness { types, assumed: HashSet::new(), left: Vec::new() }
    }

    /// Whether the types are the same.
    pub(crate) fn types(mut self, left: TypeId, right: TypeId) -> bool {
        self.left.push((left, right));
        self.compare()
    }

    /// Whether two definitions of a struct or union are the same.
    pub(crate) fn records(
        mut self,
        left: &[DeclaredMember],
        left_options: RecordOptions,
        right: &[DeclaredMember],
        right_options: RecordOptions,
    ) -> bool {
        self.members(left, left_options, right, right_options) && self.compare()
    }

    fn compare(&mut self) -> bool {
        while let Some((left, right)) = self.left.pop() {
            let (left, right) = (self.types.canonical(left), self.types.canonical(right));
            if left != right && self.assumed.insert((left, right)) && !self.pair(left, right) {
                return false;
            }
        }
        true
    }

    /// Whether the two are alike as far as they themselves go; their parts are left.
    fn pair(&mut self, left: TypeId, right: TypeId) -> bool {
        match (self.types.kind(left), self.types.kind(right)) {
            (TypeKind::Pointer(left), TypeKind::Pointer(right)) => self.later(left, right),
            (
                TypeKind::Array { element: left, length: left_length },
                TypeKind::Array { element: right, length: right_length },
            ) => left_length == right_length && self.later(left, right),
            (
                TypeKind::Qualified { target: left, qualifiers: left_qualifiers },
                TypeKind::Qualified { target: right, qualifiers: right_qualifiers },
            ) => left_qualifiers == right_qualifiers && self.later(left, right),
            (TypeKind::Function(left), TypeKind::Function(right)) => self.functions(&left, &right),
            (TypeKind::Record(left_kind), TypeKind::Record(right_kind)) => {
                left_kind == right_kind && self.anonymous_records(left, right)
            }
            (TypeKind::Enumeration, TypeKind::Enumeration) => {
                self.anonymous_enumerations(left, right)
            }
            (TypeKind::Primitive(left), TypeKind::Primitive(right)) => same_character(left, right),
            _ => false,
        }
    }

    fn later(&mut self, left: TypeId, right: TypeId) -> bool {
        self.left.push((left, right));
        true
    }

    fn functions(&mut self, left: &FunctionType, right: &FunctionType) -> bool {
        let same = (left.convention, left.variadic, left.unspecified, left.parameters.len())
            == (right.convention, right.variadic, right.unspecified, right.parameters.len());
        self.later(left.returns, right.returns);
        for (&left, &right) in left.parameters.iter().zip(&right.parameters) {
            // Qualifiers of a parameter itself are not part of the function's type, 6.7.6.3.
            self.later(self.unqualified(left), self.unqualified(right));
        }
        same
    }

    fn unqualified(&self, id: TypeId) -> TypeId {
        match self.types.kind(id) {
            TypeKind::Qualified { target, .. } => target,
            _ => id,
        }
    }

    fn anonymous_records(&mut self, left: TypeId, right: TypeId) -> bool {
        if self.types.tag(left).is_some() || self.types.tag(right).is_some() {
            return false;
        }
        match (self.types.record(left), self.types.record(right)) {
            (Some(left), Some(right)) => {
                self.members(&left.fields, left.options, &right.fields, right.options)
            }
            _ => false,
        }
    }

    fn members(
        &mut self,
        left: &[DeclaredMember],
        left_options: RecordOptions,
        right: &[DeclaredMember],
        right_options: RecordOptions,
    ) -> bool {
        left_options == right_options
            && left.len() == right.len()
            && left.iter().zip(right).all(|(left, right)| {
                (&left.name, left.width, left.align, left.packed)
                    == (&right.name, right.width, right.align, right.packed)
                    && self.later(left.type_id, right.type_id)
            })
    }

    fn anonymous_enumerations(&self, left: TypeId, right: TypeId) -> bool {
        if self.types.tag(left).is_some() || self.types.tag(right).is_some() {
            return false;
        }
        match (self.types.enumeration_of(left), self.types.enumeration_of(right)) {
            (Some(left), Some(right)) => same_enumerations(&left, &right),
            _ => false,
        }
    }
}

fn same_enumerations(left: &Enumeration, right: &Enumeration) -> bool {
    left.underlying == right.underlying && left.enumerators == right.enumerators
}

/// `wchar_t` and its kin are integers of their size to C.
fn same_character(left: Primitive, right: Primitive) -> bool {
    let character =
        |primitive| matches!(primitive, Primitive::WChar | Primitive::Char16 | Primitive::Char32);
    (character(left) || character(right))
        && left.size() == right.size()
        && left.is_signed() == right.is_signed()
}
