//! Asking about types.

use std::sync::Arc;

use super::{Primitive, Qualifiers, TypeId, TypeKind, Types, store::Store, target};
use crate::error::{Error, Result};

impl Types {
    /// The number of types in the arena.
    #[cfg(test)]
    pub(in crate::backend::c) fn len(&self) -> usize {
        self.read().len()
    }

    /// What the type is; typedef names and qualifiers are kinds of their own.
    pub fn kind(&self, id: TypeId) -> TypeKind {
        self.read().kind(id).clone()
    }

    /// The type without typedef names and qualifiers at its top.
    pub fn resolve(&self, id: TypeId) -> TypeId {
        self.read().resolve(id)
    }

    /// What the type is, seen through typedef names and qualifiers.
    pub fn resolved(&self, id: TypeId) -> TypeKind {
        self.read().resolved(id).clone()
    }

    /// The type with no typedef name left in it: two types are the same if these ids are.
    pub fn canonical(&self, id: TypeId) -> TypeId {
        self.write().canonical(id)
    }

    /// How many levels the type is built of.
    pub(in crate::backend::c) fn depth(&self, id: TypeId) -> u32 {
        self.read().depth(id)
    }

    /// The type, unless it is built of more levels than [`super::MAX_DEPTH`].
    ///
    /// # Errors
    /// `OUT_OF_RANGE` if it is.
    pub fn shallow(&self, id: TypeId) -> Result<TypeId> {
        self.read().shallow(id)
    }

    /// The qualifiers of the type, those of a typedef's target included.
    pub fn qualifiers(&self, id: TypeId) -> Qualifiers {
        self.read().qualifiers(id)
    }

    /// The integer type that holds values of `id`: itself, or what an enum is made of.
    pub fn integer(&self, id: TypeId) -> Option<Primitive> {
        self.read().integer(id)
    }

    /// The tag of a struct, union or enum.
    pub fn tag(&self, id: TypeId) -> Option<Arc<str>> {
        let store = self.read();
        store.tag(store.resolve(id)).cloned()
    }

    /// The struct, union or enum declared with `tag`.
    pub fn tagged(&self, tag: &str) -> Option<TypeId> {
        self.read().tagged(tag)
    }

    /// Bytes of one object, as `sizeof` gives them.
    ///
    /// # Errors
    /// `TYPE_MISMATCH` for `void`, functions and incomplete types.
    pub fn size(&self, id: TypeId) -> Result<usize> {
        self.read().size(id)
    }

    /// Alignment in bytes, as `_Alignof` gives it.
    ///
    /// # Errors
    /// `TYPE_MISMATCH` for `void`, functions and incomplete records and enums.
    pub fn align(&self, id: TypeId) -> Result<usize> {
        self.read().align(id)
    }

    /// Whether objects of the type can exist: not `void`, a function, `[]` or undefined.
    pub fn is_complete(&self, id: TypeId) -> bool {
        self.read().size(id).is_ok()
    }
}

impl Store {
    pub(super) fn size(&self, id: TypeId) -> Result<usize> {
        let (mut id, mut count) = (self.resolve(id), 1);
        let size = loop {
            let (element, length) = match *self.kind(id) {
                TypeKind::Primitive(primitive) => break primitive.size(),
                TypeKind::VaList => break Some(target::VA_LIST_SIZE),
                TypeKind::Pointer(_) => break Some(target::POINTER_SIZE),
                TypeKind::Array { length: None, .. } => break None,
                TypeKind::Array { element, length: Some(length) } => (element, length),
                TypeKind::Vector { element, lanes } => (element, lanes),
                TypeKind::Record(_) => break self.record(id).map(|record| record.size),
                TypeKind::Enumeration => {
                    break self.enumeration(id).and_then(|e| e.underlying.size());
                }
                TypeKind::Function(_) | TypeKind::Alias { .. } | TypeKind::Qualified { .. } => {
                    break None;
                }
            };
            // Only a type of size 0 can have more elements than fit.
            (id, count) = (self.resolve(element), usize::saturating_mul(count, length));
        };
        size.map(|size| size.saturating_mul(count)).ok_or_else(|| self.no_size(id))
    }

    pub(super) fn align(&self, mut id: TypeId) -> Result<usize> {
        // What `_Atomic` on the way raises it to.
        let mut least = 1;
        let align = loop {
            id = match *self.kind(id) {
                TypeKind::Primitive(primitive) => break primitive.align(),
                TypeKind::VaList => break Some(target::VA_LIST_ALIGN),
                TypeKind::Pointer(_) => break Some(target::POINTER_SIZE),
                TypeKind::Array { element, .. } => element,
                TypeKind::Vector { .. } => break Some(self.size(id)?),
                TypeKind::Record(_) => break self.record(id).map(|record| record.align),
                TypeKind::Enumeration => {
                    break self.enumeration(id).and_then(|e| e.underlying.align());
                }
                TypeKind::Function(_) => break None,
                TypeKind::Alias { align: Some(align), .. } => break Some(align),
                TypeKind::Alias { target, .. } => target,
                TypeKind::Qualified { target, qualifiers } => {
                    if qualifiers.contains(Qualifiers::ATOMIC) {
                        least = least.max(self.atomic_align(target)?);
                    }
                    target
                }
            };
        };
        align.map(|align| align.max(least)).ok_or_else(|| self.no_size(id))
    }

    /// `_Atomic` raises the alignment to the size where an instruction could access it whole.
    fn atomic_align(&self, target: TypeId) -> Result<usize> {
        Ok(match self.size(target)? {
            size @ (1 | 2 | 4 | 8 | 16) => size,
            _ => 1,
        })
    }

    fn no_size(&self, id: TypeId) -> Error {
        if let Some(reason) = self.refused.get(&self.resolve(id)) {
            return Error::unsupported(format!("`{}`: {reason}", self.spell(id)));
        }
        let why = match self.kind(id) {
            TypeKind::Primitive(_) => {
                "has no values; cast a pointer to it to one to what is there, such as `int *`"
            }
            TypeKind::Function(_) => "is a function and has no size; use a pointer to it",
            TypeKind::Array { .. } => "has an unknown length",
            _ => "is declared but not defined; define it first",
        };
        Error::mismatch(format!("`{}` {why}", self.spell(id)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::c::types::{FunctionType, RecordKind};

    #[test]
    fn the_same_type_built_twice_has_the_same_id_and_takes_no_memory() {
        let types = Types::new();
        let build = || {
            let char = types.primitive(Primitive::Char);
            let constant = types.qualified(char, Qualifiers::CONST).unwrap();
            let text = types.pointer(constant);
            let lines = types.array(text, Some(3)).unwrap();
            types.function(FunctionType::new(char, vec![lines, text])).unwrap()
        };
        let first = build();
        let count = types.len();
        assert_eq!(build(), first);
        assert_eq!(types.len(), count);
    }

    #[test]
    fn illegal_types_are_refused_by_name() {
        let types = Types::new();
        let int = types.primitive(Primitive::Int);
        let function = types.function(FunctionType::new(int, vec![])).unwrap();
        let array = types.array(int, Some(2)).unwrap();
        let open = types.array(int, None).unwrap();
        let hidden = types.declare_record(RecordKind::Struct, Some("hidden")).unwrap();
        let message = |result: Result<TypeId>| result.unwrap_err().message().to_owned();
        let of = |id| message(types.array(id, Some(1)));
        assert_eq!(
            of(types.void()),
            "array of `void`: `void` has no values; cast a pointer to it to one to what is there, \
             such as `int *`"
        );
        assert!(of(function).contains("`int (void)` is a function"));
        assert!(of(hidden).contains("`struct hidden` is declared but not defined"));
        assert!(of(open).contains("`int []` has an unknown length"));
        let returns = |id| message(types.function(FunctionType::new(id, vec![])));
        assert!(returns(array).contains("cannot return `int [2]`"));
        assert!(returns(function).contains("cannot return `int (void)`"));
        assert!(message(types.array(int, Some(usize::MAX / 2))).contains("larger than memory"));
        assert!(message(types.qualified(int, Qualifiers::RESTRICT)).contains("`int` cannot be"));
    }

    #[test]
    fn parameters_are_adjusted() {
        let types = Types::new();
        let int = types.primitive(Primitive::Int);
        let array = types.array(int, Some(4)).unwrap();
        let callback = types.function(FunctionType::new(int, vec![])).unwrap();
        let id = types.function(FunctionType::new(int, vec![array, callback])).unwrap();
        assert_eq!(types.spell(id), "int (int *, int (*)(void))");
    }

    #[test]
    fn typedef_names_and_qualifiers_are_looked_through() {
        let types = Types::new();
        let int = types.primitive(Primitive::Int);
        let constant = types.qualified(int, Qualifiers::CONST).unwrap();
        let alias = types.alias("number", constant, None).unwrap();
        let id = types.qualified(alias, Qualifiers::VOLATILE).unwrap();
        assert_eq!(types.resolve(id), int);
        assert_eq!(types.qualifiers(id), Qualifiers::CONST | Qualifiers::VOLATILE);
        assert_eq!(types.spell(id), "volatile number");
        let plain = types.qualified(int, Qualifiers::VOLATILE | Qualifiers::CONST).unwrap();
        assert_eq!(types.canonical(id), types.canonical(plain));
        assert_eq!(types.alias("number", constant, None).unwrap(), alias);
        let error = types.alias("number", int, None).unwrap_err();
        assert!(error.message().contains("first as `const int`, now as `int`"), "{error}");
    }
}
