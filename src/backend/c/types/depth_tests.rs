//! The deepest types there are, on a small stack: whoever walks types by recursion may rely on
//! [`MAX_DEPTH`], and visits what parts share once, or never ends.

use std::sync::Arc;
use std::thread;

use super::{
    Convention, DeclaredMember, FunctionType, MAX_DEPTH, Primitive, RecordKind, RecordOptions,
    TypeId, TypeKind, Types,
};
use crate::backend::c::convert::{initialise, same_type};
use crate::backend::c::data::ctype::CType;
use crate::error::{Result, Status};

type Around = fn(&Types, TypeId) -> Result<TypeId>;

fn record(types: &Types, member: TypeId) -> Result<TypeId> {
    let id = types.declare_record(RecordKind::Struct, None)?;
    let fields = vec![DeclaredMember::new("a", member)];
    types.complete_record(id, fields, RecordOptions::default()).map(|()| id)
}

fn callback(types: &Types, returned: TypeId) -> Result<TypeId> {
    let pointer = types.shallow(types.pointer(returned))?;
    types.function(FunctionType::new(pointer, vec![types.primitive(Primitive::Int)]))
}

/// A union of two members of the type, or without a name of padding alone in the end.
fn twice(types: &Types, part: TypeId, names: [Option<&str>; 2]) -> Result<TypeId> {
    let id = types.declare_record(RecordKind::Union, None)?;
    let fields = match (names, types.kind(part)) {
        ([None, None], TypeKind::Primitive(_)) => vec![DeclaredMember::bits(None, part, 3)],
        _ => names
            .map(|name| {
                name.map_or(DeclaredMember::anonymous(part), |n| DeclaredMember::new(n, part))
            })
            .into(),
    };
    types.complete_record(id, fields, RecordOptions::default()).map(|()| id)
}

/// A function that takes and returns pointers of one type.
fn transformer(types: &Types, of: TypeId) -> Result<TypeId> {
    let pointer = types.shallow(types.pointer(of))?;
    types.function(FunctionType::new(pointer, vec![pointer, pointer]))
}

fn walk(types: &Arc<Types>, id: TypeId, other: &Arc<Types>, same: TypeId) {
    assert!(types.spell_named(id, "name").contains("name"));
    types.canonical(id);
    assert_eq!(types.member(id, "none"), None);
    if types.size(id).is_ok_and(|size| size <= 64) {
        types.read().leaves(id);
    }
    for convention in [Convention::Default, Convention::Win64] {
        // Functions and arrays are no parameters; the rest is lowered.
        let _ = types.lower_parameter(id, convention);
        let _ = types.lower_return(id, convention);
    }
    let ctype = CType::new(types, id);
    ctype.layout();
    assert!(same_type(&ctype, &CType::new(other, same)));
    if types.size(id).is_ok() {
        // SAFETY: no initialiser.
        drop(unsafe { initialise::new(ctype, None) }.unwrap());
    }
}

fn deepest(around: Around) -> (Arc<Types>, TypeId) {
    let types = Arc::new(Types::new());
    let mut id = types.primitive(Primitive::Int);
    let mut levels = 0;
    let refused = loop {
        match around(&types, id) {
            Ok(next) => (id, levels) = (next, levels + 1),
            Err(error) => break error,
        }
    };
    assert_eq!(refused.status(), Status::OutOfRange, "{refused}");
    assert!(levels >= MAX_DEPTH / 2 - 1, "{levels} levels");
    (types, id)
}

#[test]
fn the_deepest_types_are_walked_on_a_small_stack() {
    let kinds: [Around; 8] = [
        record,
        |types, id| types.array(id, Some(1)),
        |types, id| types.shallow(types.pointer(id)),
        callback,
        |types, id| types.array(record(types, id)?, Some(1)),
        transformer,
        |types, id| twice(types, id, [Some("a"), Some("b")]),
        |types, id| twice(types, id, [None; 2]),
    ];
    let body = move || {
        for around in kinds {
            let (types, id) = deepest(around);
            let (other, same) = deepest(around);
            walk(&types, id, &other, same);
        }
    };
    thread::Builder::new().stack_size(64 << 10).spawn(body).unwrap().join().unwrap();
}
