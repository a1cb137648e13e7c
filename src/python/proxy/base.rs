//! `metaffi.MetaFFIHandle`, the type below which all objects of other runtimes are.

use std::ffi::{c_int, c_void};
use std::ptr;

use super::failure;
use crate::error::Result;
use crate::fork::Once;
use crate::python::api::{Api, METH_NOARGS, METH_O, METH_VARARGS, Object};
use crate::python::error::raise_for_host;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::class::{BASETYPE, HeapType, HeapTypeSpec, method};
use crate::python::object::{PyRef, text_of};
use crate::python::support;

static BASE: Once<HeapType<()>> = Once::new();

/// The type of all: what they have in common.
pub fn base(gil: &Gil) -> Result<&'static HeapType<()>> {
    BASE.get_or_make(|| {
        HeapType::new(
            gil,
            HeapTypeSpec {
                name: c"metaffi.MetaFFIHandle",
                doc: c"An object of another runtime, until it is released or collected.",
                flags: BASETYPE,
                slots: &[],
                methods: vec![
                    method(
                        c"release",
                        release_of_type as *const c_void,
                        METH_NOARGS,
                        c"release($self, /)\n--\n\nGives the object back; later uses are refused.",
                    ),
                    method(
                        c"__enter__",
                        enter as *const c_void,
                        METH_NOARGS,
                        c"The handle itself.",
                    ),
                    method(
                        c"__exit__",
                        release_of_type as *const c_void,
                        METH_VARARGS,
                        c"Releases it.",
                    ),
                    method(
                        c"__reduce_ex__",
                        reduce as *const c_void,
                        METH_O,
                        c"Refuses to be pickled.",
                    ),
                ],
                attributes: &[],
                offsets: &[],
            },
        )
    })
}

/// Releases an object in the way of its type, whatever fields it has.
unsafe extern "C-unwind" fn release_of_type(object: Object, _: Object) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    // SAFETY: Python calls this with an instance, holding the GIL; its type is alive.
    unsafe {
        let gil = Gil::assume(api);
        let release = || {
            let r#type = PyRef::new_reference(&gil, gil.api.type_of(object));
            let object = PyRef::new_reference(&gil, object);
            r#type.attribute(&gil, c"release")?.call1(&gil, &object)
        };
        release().map_or_else(
            |failure| {
                raise_for_host(&gil, &failure);
                ptr::null_mut()
            },
            PyRef::into_ptr,
        )
    }
}

unsafe extern "C-unwind" fn enter(object: Object, _: Object) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe { api.incref(object) };
    object
}

unsafe extern "C-unwind" fn reduce(object: Object, _: Object) -> Object {
    if let Some(api) = Api::get() {
        // SAFETY: Python calls this with an instance, holding the GIL.
        let (gil, object) = unsafe {
            let gil = Gil::assume(api);
            let object = PyRef::new_reference(&gil, object);
            (gil, object)
        };
        let name = object.attribute(&gil, c"type_name").and_then(|name| text_of(&gil, &name));
        let name = name.as_deref().unwrap_or("MetaFFIHandle");
        let message = format!(
            "a {name} stands for an object of this process and cannot be pickled or copied; pass on \
             what the object says of itself"
        );
        failure::raise_type_error(&gil, &message);
    }
    ptr::null_mut()
}

/// The hash of what is told from others by a number such as an address.
pub fn hash_of(identity: u64) -> isize {
    match identity.rotate_right(4).cast_signed() as isize {
        // Python takes that for a failure.
        -1 => -2,
        hash => hash,
    }
}

/// `Py_tp_richcompare` of objects that are equal or not: `same` tells of two different ones; `None` if the
/// other is of another kind.
pub fn compared(
    gil: &Gil,
    (one, other): (Object, Object),
    operator: c_int,
    same: impl FnOnce() -> Option<bool>,
) -> PyRef {
    const EQUAL: c_int = 2;
    const UNEQUAL: c_int = 3;
    let asked = matches!(operator, EQUAL | UNEQUAL);
    let same = if ptr::eq(one, other) { Some(true) } else { same() };
    match same.filter(|_| asked) {
        Some(same) => support::truth(gil, same == (operator == EQUAL)),
        // SAFETY: it lives as long as the interpreter.
        None => unsafe { PyRef::new_reference(gil, gil.api._Py_NotImplementedStruct) },
    }
}
