//! The types that a module declares, described.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::constant::integer_as_json;
use super::describe::is_reserved;
use crate::backend::c::convert::{Direction, infer};
use crate::backend::c::data::ctype::CType;
use crate::backend::c::parse::{Declarations, Item};
use crate::backend::c::types::{RecordKind, TypeId, TypeKind, Types};
use crate::backend::{
    DescribedConstant, DescribedField, DescribedParameter, DescribedType, DescribedTypeKind,
};

/// Structs, unions, enums and typedef names. Of the names that C reserves to the implementation, the
/// tags are there that other names stand for.
pub(super) fn all(declarations: &Declarations) -> Vec<DescribedType> {
    let types = declarations.types();
    let mut found = BTreeMap::new();
    let mut named = HashSet::new();
    for declaration in declarations.declarations() {
        let Item::Typedef(type_id) = declaration.item else { continue };
        let TypeKind::Alias { target, .. } = types.kind(type_id) else { continue };
        if !is_reserved(&declaration.name) {
            named.insert(types.resolve(target));
            let name = declaration.name.to_string();
            found.insert(name.clone(), typedef(types, name, type_id, target));
        }
    }
    for tag in declarations.tags() {
        if !is_reserved(&tag.name) || named.contains(&tag.type_id) {
            let name = types.spell(tag.type_id);
            found.insert(name.clone(), described(types, name, tag.type_id));
        }
    }
    found.into_values().collect()
}

/// A typedef name: of a type without a tag the only name that it has.
fn typedef(types: &Arc<Types>, name: String, type_id: TypeId, target: TypeId) -> DescribedType {
    let is_tagless = matches!(types.kind(target), TypeKind::Record(_) | TypeKind::Enumeration)
        && types.tag(target).is_none();
    match is_tagless {
        true => described(types, name, target),
        false => DescribedType {
            target: Some(types.spell(target)),
            ..undefined(types, name, type_id, DescribedTypeKind::Typedef)
        },
    }
}

fn described(types: &Arc<Types>, name: String, id: TypeId) -> DescribedType {
    let kind = match types.kind(id) {
        TypeKind::Record(RecordKind::Struct) => DescribedTypeKind::Struct,
        TypeKind::Record(RecordKind::Union) => DescribedTypeKind::Union,
        _ => DescribedTypeKind::Enum,
    };
    let constants = types.enumeration_of(id).map(|enumeration| {
        let constants = enumeration.enumerators.iter().map(|one| DescribedConstant {
            name: one.name.clone(),
            value: integer_as_json(one.value),
        });
        constants.collect()
    });
    DescribedType { fields: fields(types, id), constants, ..undefined(types, name, id, kind) }
}

fn undefined(types: &Types, name: String, id: TypeId, kind: DescribedTypeKind) -> DescribedType {
    let (size, align) = (types.size(id).ok(), types.align(id).ok());
    let is_sized = size.is_some();
    let align = align.filter(|_| is_sized);
    DescribedType { name, kind, size, align, fields: None, constants: None, target: None }
}

/// The members of a record, and of those in it that have no name.
fn fields(types: &Arc<Types>, id: TypeId) -> Option<Vec<DescribedField>> {
    let record = types.record(id)?;
    let field = |member: &crate::backend::c::types::Member| {
        let ctype = CType::new(types, member.type_id);
        let info = infer(&ctype, Direction::FromC)?;
        let inner = types.resolve(member.type_id);
        let is_tagless = types.tag(inner).is_none();
        Some(DescribedField {
            variable: DescribedParameter::new(member.name.as_deref(), &info),
            offset: member.offset,
            bit: member.bits.map(|bits| bits.shift),
            width: member.bits.map(|bits| bits.width),
            fields: if is_tagless && is_unnamed(types, member.type_id) {
                fields(types, inner)
            } else {
                None
            },
        })
    };
    Some(record.members.iter().filter_map(field).collect())
}

/// Whether a type has no typedef name.
fn is_unnamed(types: &Types, mut id: TypeId) -> bool {
    while let TypeKind::Qualified { target, .. } = types.kind(id) {
        id = target;
    }
    matches!(types.kind(id), TypeKind::Record(_))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn types_are_described_with_their_parts() {
        let declarations = Declarations::default();
        let text = "struct point { int x; unsigned low : 3, high : 13; union { char c; double d; };\
                    struct _inner *next; };\n\
                    typedef struct { float f[2]; } pair;\ntypedef enum { RED, BLUE = 5 } color;\n\
                    typedef unsigned long word;\nunion later;\nstruct _hidden { int a; };\n\
                    typedef struct _shown { short s; } shown;\ntypedef word *__words;\n";
        declarations.declare(text, "test").unwrap();
        let found = serde_json::to_value(all(&declarations)).unwrap();
        let names: Vec<&str> =
            found.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
        let expected =
            ["color", "pair", "shown", "struct _shown", "struct point", "union later", "word"];
        assert_eq!(names, expected);
        let of = |name: &str| {
            found.as_array().unwrap().iter().find(|one| one["name"] == *name).unwrap().clone()
        };
        assert_eq!(
            of("struct point"),
            json!({
                "name": "struct point", "kind": "struct", "size": 24, "align": 8,
                "fields": [
                    {"name": "x", "type": "int32", "alias": "int", "offset": 0},
                    {"name": "low", "type": "uint32", "alias": "unsigned int", "offset": 4,
                     "bit": 0, "width": 3},
                    {"name": "high", "type": "uint32", "alias": "unsigned int", "offset": 4,
                     "bit": 3, "width": 13},
                    {"type": "handle", "alias": "union <anonymous>", "offset": 8, "fields": [
                        {"name": "c", "type": "char8", "alias": "char", "offset": 0},
                        {"name": "d", "type": "float64", "alias": "double", "offset": 0},
                    ]},
                    {"name": "next", "type": "handle", "alias": "struct _inner *", "offset": 16},
                ],
            })
        );
        assert_eq!(
            of("color"),
            json!({
                "name": "color", "kind": "enum", "size": 4, "align": 4,
                "constants": [{"name": "RED", "value": 0}, {"name": "BLUE", "value": 5}],
            })
        );
        let word = json!({
            "name": "word", "kind": "typedef", "size": 8, "align": 8, "target": "unsigned long",
        });
        assert_eq!(of("word"), word);
        assert_eq!(of("union later"), json!({"name": "union later", "kind": "union"}));
    }

    #[test]
    fn what_is_not_supported_is_named() {
        let declarations = Declarations::default();
        let text = "# 1 \"a.h\"\ntypedef _Decimal64 money;\nint good(int);\nmoney paid(int);\n\
                    struct account { int id; money total; };\nint size[sizeof(struct account *)];\n\
                    static inline int whole(money m) { return (int)m; }\nint last(void);\n";
        declarations.declare_preprocessed(text, "a.h").unwrap();
        let found = declarations.unsupported();
        let names: Vec<&str> = found.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["money", "paid", "struct account", "whole"]);
        assert_eq!(found[0].reason, "declared at a.h:1:1: the type '_Decimal64' is not supported");
        assert!(found[1].reason.contains("'money': the type '_Decimal64' is not supported"));
        assert!(declarations.get("good").is_ok() && declarations.get("last").is_ok());
    }
}
