//! [`Sameness`]: whether two declarations say the same, of one arena or of two.
//!
//! Types are compared by structure: a text that is declared twice makes a new anonymous struct
//! each time, and must still be the same text. A tag means one type in an arena; of two arenas,
//! the definitions are compared, too.

use std::collections::HashSet;

use super::{
    DeclaredMember, Enumeration, FunctionType, Primitive, RecordOptions, TypeId, TypeKind, Types,
};

/// One comparison under way. Everything compared must be the same, so what is left to compare
/// waits in a list.
pub(crate) struct Sameness<'a> {
    /// Those of what is left, and of what is right.
    types: [&'a Types; 2],
    /// Pairs that are being compared or are the same: a struct may point to itself.
    assumed: HashSet<(TypeId, TypeId)>,
    left: Vec<(TypeId, TypeId)>,
}

impl<'a> Sameness<'a> {
    pub(crate) fn new(types: &'a Types) -> Sameness<'a> {
        Sameness::between(types, types)
    }

    /// One of types of two arenas.
    pub(crate) fn between(left: &'a Types, right: &'a Types) -> Sameness<'a> {
        Sameness { types: [left, right], assumed: HashSet::new(), left: Vec::new() }
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
            let (left, right) = (self.types[0].canonical(left), self.types[1].canonical(right));
            let is_one = left == right && self.are_of_one();
            if !is_one && self.assumed.insert((left, right)) && !self.pair(left, right) {
                return false;
            }
        }
        true
    }

    fn are_of_one(&self) -> bool {
        std::ptr::eq(self.types[0], self.types[1])
    }

    /// Whether the two are alike as far as they themselves go; their parts are left.
    fn pair(&mut self, left: TypeId, right: TypeId) -> bool {
        match (self.types[0].kind(left), self.types[1].kind(right)) {
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
                left_kind == right_kind && self.record_types(left, right)
            }
            (TypeKind::Enumeration, TypeKind::Enumeration) => self.enumerations(left, right),
            (TypeKind::Primitive(left), TypeKind::Primitive(right)) => {
                left == right || same_character(left, right)
            }
            (
                TypeKind::Vector { element: left, lanes: left_lanes },
                TypeKind::Vector { element: right, lanes: right_lanes },
            ) => left_lanes == right_lanes && self.later(left, right),
            (TypeKind::VaList, TypeKind::VaList) => true,
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
            self.later(unqualified(self.types[0], left), unqualified(self.types[1], right));
        }
        same
    }

    /// Whether two may be the same by their tags, and whether one of that tag need not be defined.
    fn tags(&self, left: TypeId, right: TypeId) -> (bool, bool) {
        match (self.types[0].tag(left), self.types[1].tag(right)) {
            (None, None) => (true, false),
            (left, right) => (left == right && !self.are_of_one(), true),
        }
    }

    fn record_types(&mut self, left: TypeId, right: TypeId) -> bool {
        let (may_be, may_be_undefined) = self.tags(left, right);
        may_be
            && match (self.types[0].record(left), self.types[1].record(right)) {
                (Some(left), Some(right)) => {
                    self.members(&left.fields, left.options, &right.fields, right.options)
                }
                _ => may_be_undefined,
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

    fn enumerations(&self, left: TypeId, right: TypeId) -> bool {
        let (may_be, may_be_undefined) = self.tags(left, right);
        may_be
            && match (self.types[0].enumeration_of(left), self.types[1].enumeration_of(right)) {
                (Some(left), Some(right)) => same_enumerations(&left, &right),
                _ => may_be_undefined,
            }
    }
}

pub(super) fn unqualified(types: &Types, id: TypeId) -> TypeId {
    match types.kind(id) {
        TypeKind::Qualified { target, .. } => target,
        _ => id,
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

#[cfg(test)]
mod tests {
    use super::Sameness;
    use crate::backend::c::testing::Header;

    /// Whether a type is the same in two modules, which declare different things.
    fn is_same(declared: [&str; 2], asked: &str) -> bool {
        let of = |text: &str| {
            let ctype = Header::new(text).ctype(asked);
            (ctype.types.clone(), ctype.id)
        };
        let ((left, from), (right, to)) = (of(declared[0]), of(declared[1]));
        assert!(Sameness::between(&left, &left).types(from, from));
        Sameness::between(&left, &right).types(from, to)
    }

    #[test]
    fn types_of_two_modules_are_the_same_by_what_they_are() {
        const NODE: &str = "typedef struct { int a; } part;
            struct node { struct node *next; part part; int (*each)(struct node, part); };
            typedef struct far *handle; typedef float lanes __attribute__((vector_size(16)));";
        let others = format!("typedef int before; struct first {{ before a; }}; {NODE}");
        for asked in ["struct node", "part", "handle *", "lanes", "long double[3]", "char **"] {
            assert!(is_same([NODE, &others], asked), "{asked}");
        }
        let defined = format!("struct far {{ int a; }}; {NODE}");
        assert!(is_same([NODE, &defined], "handle"), "one of them need not know what it is");
    }

    #[test]
    fn types_of_one_name_may_be_two() {
        for [left, right] in [
            ["typedef struct { int a; } t;", "typedef struct { float a; } t;"],
            [
                "struct s { int a; }; typedef struct s t;",
                "struct s { float a; }; typedef struct s t;",
            ],
            ["typedef struct { int a; } t;", "struct s { int a; }; typedef struct s t;"],
            ["typedef int t(int) __attribute__((ms_abi));", "typedef int t(int);"],
            [
                "typedef struct { int (*f)(int) __attribute__((ms_abi)); } t;",
                "typedef struct { int (*f)(int); } t;",
            ],
            ["enum e { A }; typedef enum e t;", "enum e { A = 1 }; typedef enum e t;"],
            ["struct s; typedef struct s *t;", "union s; typedef union s *t;"],
        ] {
            assert!(!is_same([left, right], "t *"), "{left} {right}");
        }
    }
}
