//! [`Fingerprints`]: numbers that types of one or of several modules have in common if they are the same.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::sameness::unqualified;
use super::{Primitive, TypeId, TypeKind, Types};

/// The numbers of types of an arena, each found out once.
///
/// Types that are the [same](super::Sameness) have the same number. A struct, union or enum with a tag is
/// told from others by that, since it need not be defined everywhere; where values are held, also by its
/// definition, if that is asked for.
pub(crate) struct Fingerprints<'a> {
    types: &'a Types,
    /// Of a type, and whether values of it are held.
    known: HashMap<(TypeId, bool), u64>,
}

impl<'a> Fingerprints<'a> {
    pub(crate) fn of(types: &'a Types) -> Fingerprints<'a> {
        Fingerprints { types, known: HashMap::new() }
    }

    /// That of a type; its definition counts if it is `held`.
    pub(crate) fn get(&mut self, id: TypeId, held: bool) -> u64 {
        let id = self.types.canonical(id);
        if let Some(known) = self.known.get(&(id, held)) {
            return *known;
        }
        let mut hasher = DefaultHasher::new();
        self.add(id, held, &mut hasher);
        let found = hasher.finish();
        self.known.insert((id, held), found);
        found
    }

    fn add(&mut self, id: TypeId, held: bool, to: &mut DefaultHasher) {
        let types = self.types;
        let kind = types.kind(id);
        std::mem::discriminant(&kind).hash(to);
        match kind {
            TypeKind::Primitive(primitive) => plain(primitive).hash(to),
            TypeKind::VaList | TypeKind::Alias { .. } => {}
            TypeKind::Pointer(target) => self.get(target, false).hash(to),
            TypeKind::Array { element, length } => (self.get(element, held), length).hash(to),
            TypeKind::Vector { element, lanes } => (self.get(element, held), lanes).hash(to),
            TypeKind::Qualified { target, qualifiers } => {
                (self.get(target, held), qualifiers).hash(to);
            }
            TypeKind::Function(function) => {
                let how = (function.convention, function.variadic, function.unspecified);
                (how, self.get(function.returns, false)).hash(to);
                for parameter in &function.parameters {
                    self.get(unqualified(types, *parameter), false).hash(to);
                }
            }
            TypeKind::Record(kind) => {
                let tag = types.tag(id);
                (kind, &tag).hash(to);
                let record = types.record(id).filter(|_| held || tag.is_none());
                for field in record.iter().flat_map(|record| &record.fields) {
                    (&field.name, field.width, self.get(field.type_id, held)).hash(to);
                }
            }
            TypeKind::Enumeration => {
                let tag = types.tag(id);
                tag.hash(to);
                let found = types.enumeration_of(id).filter(|_| held || tag.is_none());
                for one in found.iter().flat_map(|found| &found.enumerators) {
                    (&one.name, one.value).hash(to);
                }
            }
        }
    }
}

/// The integer that a type of characters is to C.
fn plain(primitive: Primitive) -> Primitive {
    match (primitive, primitive.size(), primitive.is_signed()) {
        (Primitive::WChar | Primitive::Char16 | Primitive::Char32, size, signed) => {
            match (size, signed) {
                (Some(2), true) => Primitive::Short,
                (Some(2), false) => Primitive::UnsignedShort,
                (_, true) => Primitive::Int,
                (_, false) => Primitive::UnsignedInt,
            }
        }
        _ => primitive,
    }
}

#[cfg(test)]
mod tests {
    use super::Fingerprints;
    use crate::backend::c::testing::Header;

    /// The numbers of a type: by its tag, and by its definition.
    fn of(declared: &str, asked: &str) -> [u64; 2] {
        let ctype = Header::new(declared).ctype(asked);
        [false, true].map(|held| Fingerprints::of(&ctype.types).get(ctype.id, held))
    }

    #[test]
    fn types_that_are_the_same_have_the_same() {
        const NODE: &str = "typedef struct { int a; } part;
            struct node { struct node *next; part part; int (*each)(struct node, part); };
            typedef struct far *handle; typedef enum { A, B } of_two;";
        let others = format!("typedef int before; struct first {{ before a; }}; {NODE}");
        for asked in ["struct node", "part", "handle *", "of_two", "int (*)(const int)"] {
            assert_eq!(of(NODE, asked), of(&others, asked), "{asked}");
        }
        let defined = format!("struct far {{ int a; }}; {NODE}");
        assert_eq!(of(NODE, "handle"), of(&defined, "handle"));
        assert_eq!(of(NODE, "struct far")[0], of(&defined, "struct far")[0]);
        assert_eq!(of("", "wchar_t"), of("", "int"));
    }

    #[test]
    fn others_have_others() {
        const DECLARED: &str = "struct a { int x; }; struct b { int y; }; union c { int x; };
            typedef struct { int x; } d; typedef struct { int y; } e; enum f { F }; enum g { G };
            typedef int h(int, int); typedef int i(int); typedef struct { int x : 3; } j;";
        let all = [
            "struct a",
            "struct b",
            "union c",
            "d",
            "e",
            "enum f",
            "enum g",
            "h *",
            "i *",
            "j",
            "int",
            "long",
            "long long",
            "int *",
            "const int *",
            "int[3]",
            "int[4]",
        ];
        for held in 0..2 {
            let mut numbers: Vec<u64> = all.iter().map(|one| of(DECLARED, one)[held]).collect();
            numbers.sort_unstable();
            numbers.dedup();
            assert_eq!(numbers.len(), all.len());
        }
        let [one, other] =
            ["struct a { int x; };", "struct a { float x; };"].map(|text| of(text, "struct a"));
        assert!(one[0] == other[0] && one[1] != other[1]);
    }

    #[test]
    fn what_is_held_over_and_over_is_looked_at_once() {
        let mut text = "typedef struct { int a; } t0;".to_owned();
        for level in 1..41 {
            let before = level - 1;
            text += &format!("typedef struct {{ t{before} a, b; }} t{level};");
        }
        assert_ne!(of(&text, "t40"), of(&text, "t39"));
    }
}
