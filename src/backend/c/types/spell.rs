//! Types as C text.
//!
//! Function types share parts that the text would say again and again, so that it could be longer
//! than memory: what is behind its first [`MOST`] parts is left out, and stands there as `…`. So are
//! parameters within [`DEEPEST`] lists of them.

use std::cell::Cell;

use super::{DeclaredMember, FunctionType, TypeId, TypeKind, Types, store::Store};
use crate::call::plan::native_type::Convention;

/// How many parts a text spells: more than any declaration that somebody writes.
const MOST: usize = 2048;

/// How many lists of parameters are spelled one inside the other: less than a small stack is long.
const DEEPEST: usize = 12;

/// A text being made.
struct Speller<'a> {
    store: &'a Store,
    /// How many parts may still be spelled.
    left: Cell<usize>,
    /// How many lists of parameters it is inside.
    depth: Cell<usize>,
}

impl Types {
    /// The type as C text: `int (*)(const char *)`; what is too long ends with `…`.
    pub fn spell(&self, id: TypeId) -> String {
        self.read().spell(id)
    }

    /// A declaration of `name` with the type: `int (*name)(const char *)`.
    pub fn spell_named(&self, id: TypeId, name: &str) -> String {
        Speller::new(&self.read()).declare(id, name.to_owned())
    }
}

impl Store {
    pub(super) fn spell(&self, id: TypeId) -> String {
        Speller::new(self).spell(id)
    }

    /// The members as they would stand in a definition.
    pub(super) fn spell_fields(&self, fields: &[DeclaredMember]) -> String {
        let field = |field: &DeclaredMember| {
            let name = field.name.clone().unwrap_or_default();
            let declared = Speller::new(self).declare(field.type_id, name);
            match field.width {
                Some(width) => format!("{declared} : {width};"),
                None => format!("{declared};"),
            }
        };
        let fields: Vec<_> = fields.iter().map(field).collect();
        format!("{{ {} }}", fields.join(" "))
    }
}

impl Speller<'_> {
    fn new(store: &Store) -> Speller<'_> {
        Speller { store, left: Cell::new(MOST), depth: Cell::new(0) }
    }

    fn kind(&self, id: TypeId) -> &TypeKind {
        self.store.kind(id)
    }

    fn spell(&self, id: TypeId) -> String {
        self.declare(id, String::new())
    }

    /// Wraps `declarator` from the inside out, as C reads.
    fn declare(&self, mut id: TypeId, mut declarator: String) -> String {
        // The qualifiers of what is no pointer stand before the specifier.
        let mut qualified = String::new();
        loop {
            match self.left.get() {
                0 => return qualified + &join("…", &declarator),
                left => self.left.set(left - 1),
            }
            match self.kind(id) {
                TypeKind::Pointer(target) => {
                    declarator = self.pointer_to(*target, "", &declarator);
                    id = *target;
                }
                TypeKind::Array { element, length } => {
                    let length = length.map(|n| n.to_string()).unwrap_or_default();
                    declarator = format!("{declarator}[{length}]");
                    id = *element;
                }
                TypeKind::Function(function) => {
                    declarator = format!("{declarator}({})", self.parameters(function));
                    id = function.returns;
                }
                TypeKind::Qualified { target, qualifiers } => match self.kind(*target) {
                    TypeKind::Pointer(pointee) => {
                        declarator =
                            self.pointer_to(*pointee, &qualifiers.to_string(), &declarator);
                        id = *pointee;
                    }
                    _ => {
                        qualified.push_str(&format!("{qualifiers} "));
                        id = *target;
                    }
                },
                _ => return qualified + &join(&self.specifier(id), &declarator),
            }
        }
    }

    /// The declarator of a pointer, in parentheses if what it points to follows the name.
    fn pointer_to(&self, target: TypeId, qualifiers: &str, declarator: &str) -> String {
        let star = format!("{}{qualifiers}", self.star(target));
        let pointer = match qualifiers {
            "" => format!("{star}{declarator}"),
            _ => join(&star, declarator),
        };
        match self.kind(target) {
            TypeKind::Array { .. } | TypeKind::Function(_) => format!("({pointer})"),
            _ => pointer,
        }
    }

    fn star(&self, target: TypeId) -> &'static str {
        match self.kind(target) {
            TypeKind::Function(function) => match function.convention {
                Convention::Default => "*",
                Convention::SysV => "__attribute__((sysv_abi)) *",
                Convention::Win64 => "__attribute__((ms_abi)) *",
            },
            _ => "*",
        }
    }

    fn parameters(&self, function: &FunctionType) -> String {
        let depth = self.depth.get();
        if depth == DEEPEST {
            return "…".to_owned();
        }
        self.depth.set(depth + 1);
        let mut parameters: Vec<_> = function.parameters.iter().map(|p| self.spell(*p)).collect();
        self.depth.set(depth);
        if function.variadic {
            parameters.push("...".to_owned());
        } else if parameters.is_empty() && !function.unspecified {
            parameters.push("void".to_owned());
        }
        parameters.join(", ")
    }

    fn specifier(&self, id: TypeId) -> String {
        match self.kind(id) {
            TypeKind::Primitive(primitive) => primitive.name().to_owned(),
            TypeKind::VaList => "va_list".to_owned(),
            TypeKind::Alias { name, .. } => name.to_string(),
            TypeKind::Record(kind) => self.tagged_name(id, kind.keyword()),
            TypeKind::Enumeration => self.tagged_name(id, "enum"),
            TypeKind::Vector { element, lanes } => {
                let size = self.store.size(id).unwrap_or(*lanes);
                format!("{} __attribute__((vector_size({size})))", self.spell(*element))
            }
            _ => String::new(),
        }
    }

    fn tagged_name(&self, id: TypeId, keyword: &str) -> String {
        match self.store.tag(id) {
            Some(tag) => format!("{keyword} {tag}"),
            None => format!("{keyword} <anonymous>"),
        }
    }
}

fn join(left: &str, right: &str) -> String {
    if left.is_empty() || right.is_empty() {
        return format!("{left}{right}");
    }
    format!("{left} {right}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::c::types::{Primitive, Qualifiers};

    #[test]
    fn declarators_wrap_from_the_inside_out() {
        let types = Types::new();
        let int = types.primitive(Primitive::Int);
        let char = types.primitive(Primitive::Char);
        let text = types.pointer(types.qualified(char, Qualifiers::CONST).unwrap());
        let function = types.function(FunctionType::new(int, vec![text])).unwrap();
        let pointer = types.pointer(function);
        assert_eq!(types.spell(pointer), "int (*)(const char *)");
        assert_eq!(types.spell_named(pointer, "name"), "int (*name)(const char *)");
        let table = types.array(pointer, Some(4)).unwrap();
        assert_eq!(types.spell_named(table, "table"), "int (*table[4])(const char *)");
        let getter = types.function(FunctionType::new(pointer, vec![])).unwrap();
        assert_eq!(types.spell_named(getter, "get"), "int (*get(void))(const char *)");
        let matrix = types.array(types.array(int, Some(3)).unwrap(), Some(2)).unwrap();
        assert_eq!(types.spell_named(matrix, "m"), "int m[2][3]");
        assert_eq!(types.spell(types.pointer(matrix)), "int (*)[2][3]");
    }

    #[test]
    fn parts_that_are_shared_are_not_spelled_for_ever() {
        let types = Types::new();
        let mut named = types.primitive(Primitive::Int);
        let mut id = named;
        for level in 0..40 {
            let around = |part| types.function(FunctionType::new(part, vec![part])).unwrap();
            let name = format!("p{level}");
            named = types.alias(&name, types.pointer(around(named)), None).unwrap();
            id = types.pointer(around(id));
            assert_eq!(types.spell(named), name);
            assert_eq!(types.canonical(named), types.canonical(id));
        }
        assert_eq!(types.spell(types.resolve(named)), "p38 (*)(p38)");
        let text = types.spell(id);
        assert!(text.contains('…') && text.len() < 64 * MOST, "{} bytes", text.len());
        let other = types.alias("p0", id, None).unwrap_err();
        assert!(other.message().contains("first as `int (*)(int)`, now as"), "{other}");
    }

    #[test]
    fn qualifiers_stand_where_they_apply() {
        let types = Types::new();
        let char = types.primitive(Primitive::Char);
        let pointer = types.pointer(char);
        let constant = types.qualified(pointer, Qualifiers::CONST | Qualifiers::RESTRICT).unwrap();
        assert_eq!(types.spell(constant), "char *const restrict");
        assert_eq!(types.spell_named(constant, "p"), "char *const restrict p");
        assert_eq!(types.spell(types.pointer(constant)), "char *const restrict *");
    }

    #[test]
    fn functions_show_what_is_not_default() {
        let types = Types::new();
        let int = types.primitive(Primitive::Int);
        let mut shape = FunctionType::new(int, vec![int]);
        shape.variadic = true;
        assert_eq!(types.spell(types.function(shape.clone()).unwrap()), "int (int, ...)");
        shape.variadic = false;
        shape.convention = Convention::Win64;
        let pointer = types.pointer(types.function(shape).unwrap());
        assert_eq!(types.spell_named(pointer, "f"), "int (__attribute__((ms_abi)) *f)(int)");
        let mut old = FunctionType::new(int, vec![]);
        old.unspecified = true;
        assert_eq!(types.spell_named(types.function(old).unwrap(), "f"), "int f()");
    }
}
