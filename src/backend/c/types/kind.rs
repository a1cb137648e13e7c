//! [`TypeKind`]: what a type is made of.

use std::fmt;
use std::ops::BitOr;
use std::sync::Arc;

use super::{Primitive, RecordKind};
use crate::call::plan::native_type::Convention;

/// One type of a [`Types`](super::Types) arena; meaningless in any other.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub(super) u32);

impl TypeId {
    /// The number of the type in its arena.
    pub fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Debug for TypeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "type#{}", self.0)
    }
}

/// What a type is.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TypeKind {
    /// A keyword type.
    Primitive(Primitive),
    /// `va_list`, opaque.
    VaList,
    /// A pointer to the type.
    Pointer(TypeId),
    /// An array.
    Array {
        /// The type of one element.
        element: TypeId,
        /// The number of elements; `None` for `[]`.
        length: Option<usize>,
    },
    /// A GNU vector.
    Vector {
        /// The type of one lane.
        element: TypeId,
        /// The number of lanes.
        lanes: usize,
    },
    /// A function.
    Function(Arc<FunctionType>),
    /// A struct or union; see [`Types::record`](super::Types::record).
    Record(RecordKind),
    /// An enum; see [`Types::enumeration_of`](super::Types::enumeration_of).
    Enumeration,
    /// A typedef name.
    Alias {
        /// The name.
        name: Arc<str>,
        /// What it names.
        target: TypeId,
        /// The alignment of an `aligned` typedef.
        align: Option<usize>,
    },
    /// A qualified type; its target is never itself qualified.
    Qualified {
        /// The type without these qualifiers.
        target: TypeId,
        /// The qualifiers.
        qualifiers: Qualifiers,
    },
}

/// The shape of a function.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FunctionType {
    /// The return type.
    pub returns: TypeId,
    /// The parameter types, arrays and functions already adjusted to pointers.
    pub parameters: Vec<TypeId>,
    /// Whether more arguments may follow.
    pub variadic: bool,
    /// Whether the parameters are not declared: `f()` before C23.
    pub unspecified: bool,
    /// The calling convention.
    pub convention: Convention,
}

impl FunctionType {
    /// A function with a prototype, in the default convention.
    pub fn new(returns: TypeId, parameters: Vec<TypeId>) -> FunctionType {
        FunctionType {
            returns,
            parameters,
            variadic: false,
            unspecified: false,
            convention: Convention::Default,
        }
    }
}

/// A set of type qualifiers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Qualifiers(u8);

impl Qualifiers {
    /// No qualifier.
    pub const NONE: Qualifiers = Qualifiers(0);
    /// `const`
    pub const CONST: Qualifiers = Qualifiers(1);
    /// `volatile`
    pub const VOLATILE: Qualifiers = Qualifiers(2);
    /// `restrict`
    pub const RESTRICT: Qualifiers = Qualifiers(4);
    /// `_Atomic`
    pub const ATOMIC: Qualifiers = Qualifiers(8);

    const SPELLINGS: [(Qualifiers, &'static str); 4] = [
        (Qualifiers::CONST, "const"),
        (Qualifiers::VOLATILE, "volatile"),
        (Qualifiers::RESTRICT, "restrict"),
        (Qualifiers::ATOMIC, "_Atomic"),
    ];

    /// Whether every qualifier of `other` is in the set.
    pub const fn contains(self, other: Qualifiers) -> bool {
        self.0 & other.0 == other.0
    }

    /// The set less the qualifiers of `other`.
    #[must_use]
    pub const fn without(self, other: Qualifiers) -> Qualifiers {
        Qualifiers(self.0 & !other.0)
    }

    /// Whether the set is empty.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl BitOr for Qualifiers {
    type Output = Qualifiers;

    fn bitor(self, other: Qualifiers) -> Qualifiers {
        Qualifiers(self.0 | other.0)
    }
}

impl fmt::Display for Qualifiers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = Qualifiers::SPELLINGS.iter().filter(|(q, _)| self.contains(*q));
        let words: Vec<_> = words.map(|(_, word)| *word).collect();
        f.write_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qualifiers_are_spelled_in_one_order() {
        let both = Qualifiers::VOLATILE | Qualifiers::CONST;
        assert_eq!(both.to_string(), "const volatile");
        assert!(both.contains(Qualifiers::CONST) && !both.contains(Qualifiers::ATOMIC));
        assert!(Qualifiers::NONE.is_empty() && Qualifiers::NONE.to_string().is_empty());
    }
}
