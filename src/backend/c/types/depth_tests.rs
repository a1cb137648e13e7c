//! The deepest types there are, on a small stack: whoever walks types by recursion may rely on
//! [`MAX_DEPTH`].

use std::sync::Arc;
use std::thread;

use super::{
    Convention, Field, FunctionType, MAX_DEPTH, Primitive, RecordKind, RecordOptions, TypeId, Types,
};
use crate::backend::c::ctype::CType;
use crate::backend::c::initialise;
use crate::error::{Result, Status};

type Around = fn(&Types, TypeId) -> Result<TypeId>;

fn record(types: &Types, member: TypeId) -> Result<TypeId> {
    let id = types.declare_record(RecordKind::Struct, None)?;
    let fields = vec![Field::new("a", member)];
    types.complete_record(id, fields, RecordOptions::default()).map(|()| id)
}

fn callback(types: &Types, returned: TypeId) -> Result<TypeId> {
    let pointer = types.shallow(types.pointer(returned))?;
    types.function(FunctionType::new(pointer, vec![types.primitive(Primitive::Int)]))
}

fn walk(types: &Arc<Types>, id: TypeId) {
    assert!(types.spell_named(id, "name").contains("name"));
    types.canonical(id);
    for convention in [Convention::Default, Convention::Win64] {
        // Functions and arrays are no parameters; the rest is lowered.
        let _ = types.lower_parameter(id, convention);
        let _ = types.lower_return(id, convention);
    }
    let ctype = CType::new(types, id);
    ctype.layout();
    if types.size(id).is_ok() {
        // SAFETY: no initialiser.
        drop(unsafe { initialise::new(ctype, None) }.unwrap());
    }
}

#[test]
fn the_deepest_types_are_walked_on_a_small_stack() {
    let kinds: [Around; 5] = [
        record,
        |types, id| types.array(id, Some(1)),
        |types, id| types.shallow(types.pointer(id)),
        callback,
        |types, id| types.array(record(types, id)?, Some(1)),
    ];
    let body = move || {
        for around in kinds {
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
            walk(&types, id);
        }
    };
    thread::Builder::new().stack_size(256 << 10).spawn(body).unwrap().join().unwrap();
}
