//! `MetaFFIHandle`, the type below which all objects of other runtimes are, and those that show
//! nothing of themselves.

use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::trampoline::{trampoline, type_error};
use crate::error::{Error, Result, Status};
use crate::fork::Once;
use crate::handle::{self, HandleKind, Key};
use crate::python::api::{Api, METH_NOARGS, METH_O, METH_VARARGS, Object};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::object::class::{
    BASETYPE, HeapType, HeapTypeSpec, TP_DEALLOC, TP_HASH, TP_REPR, TP_RICHCOMPARE, method,
};
use crate::python::support;

/// What an instance has.
pub(super) struct HandleFields {
    /// The object's handle; 0 when it is released.
    key: AtomicUsize,
    /// What tells it from other objects of its runtime.
    identity: u64,
    weak: Object,
}

static BASE: Once<HeapType<()>> = Once::new();

static CLASS: Once<HeapType<HandleFields>> = Once::new();

/// The type of all: what they have in common.
pub(super) fn base(gil: &Gil) -> Result<&'static HeapType<()>> {
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

/// The type of those that show nothing.
fn class(gil: &Gil) -> Result<&'static HeapType<HandleFields>> {
    CLASS.get_or_make(|| {
        HeapType::derived(
            gil,
            HeapTypeSpec {
                name: c"metaffi.MetaFFIObject",
                doc: c"An object of another runtime, which can be passed on.",
                flags: 0,
                slots: &[
                    (TP_DEALLOC, deallocate as *const c_void),
                    (TP_REPR, repr as *const c_void),
                    (TP_HASH, hash as *const c_void),
                    (TP_RICHCOMPARE, compare as *const c_void),
                ],
                methods: vec![method(
                    c"release",
                    release as *const c_void,
                    METH_NOARGS,
                    c"release($self, /)\n--\n\nGives the object back; later uses are refused.",
                )],
                attributes: &[(c"released", released), (c"runtime", runtime), (c"type_name", name)],
                offsets: &[(c"__weaklistoffset__", std::mem::offset_of!(HandleFields, weak))],
            },
            Some(base(gil)?.object()),
        )
    })
}

/// A new object for a handle, which it takes over.
pub(super) fn wrap(gil: &Gil, key: Key) -> Result<PyRef> {
    let made = handle::describe_object(key, |object| object.identity()).and_then(|identity| {
        let fields = HandleFields { key: AtomicUsize::new(key), identity, weak: ptr::null_mut() };
        class(gil)?.instance(gil, fields)
    });
    made.inspect_err(|_| {
        let _ = handle::free(key, HandleKind::Object);
    })
}

/// The handle of an object of this type, still its own: 0 if it is released.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub(super) unsafe fn unwrap(api: &Api, object: Object) -> Option<Key> {
    let class = CLASS.get()?;
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe { class.is(api, object).then(|| (*class.fields(object)).key.load(Ordering::Relaxed)) }
}

/// # Safety
/// `object` is an instance.
unsafe fn fields<'a>(gil: &Gil, object: Object) -> Result<&'a HandleFields> {
    // SAFETY: `object` is an instance.
    Ok(unsafe { &*class(gil)?.fields(object) })
}

impl HandleFields {
    fn ask<R>(&self, ask: impl FnOnce(&dyn handle::ForeignObject) -> R) -> Result<R> {
        match self.key.load(Ordering::Relaxed) {
            0 => Err(Error::new(Status::InvalidHandle, "the handle is released")),
            key => handle::describe_object(key, ask),
        }
    }

    /// Gives the object back.
    fn release(&self) {
        let _ = handle::free(self.key.swap(0, Ordering::Relaxed), HandleKind::Object);
    }
}

/// Releases an object in the way of its type, whatever fields it has.
unsafe extern "C-unwind" fn release_of_type(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL; its type is alive.
    unsafe {
        trampoline(|gil| {
            let r#type = PyRef::new_reference(gil, gil.api.type_of(object));
            let object = PyRef::new_reference(gil, object);
            r#type.attribute(gil, c"release")?.call1(gil, &object)
        })
    }
}

unsafe extern "C-unwind" fn release(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            fields(gil, object)?.release();
            Ok(support::none(gil))
        })
    }
}

unsafe extern "C-unwind" fn enter(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe { trampoline(|gil| Ok(PyRef::new_reference(gil, object))) }
}

unsafe extern "C-unwind" fn reduce(_: Object, _: Object) -> Object {
    // SAFETY: Python calls this holding the GIL.
    unsafe {
        type_error(
            c"a MetaFFIHandle stands for an object of this process and cannot be pickled or \
              copied; pass on what the object says of itself",
        )
    }
}

unsafe extern "C-unwind" fn repr(object: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let said = fields(gil, object)?.ask(|object| {
                let (name, identity) = (object.type_name(), object.identity());
                format!("<MetaFFIHandle of runtime {}: {name} {identity:#x}>", object.runtime())
            });
            support::text(gil, said.as_deref().unwrap_or("<MetaFFIHandle, released>"))
        })
    }
}

unsafe extern "C-unwind" fn released(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let key = fields(gil, object)?.key.load(Ordering::Relaxed);
            Ok(support::truth(gil, key == 0))
        })
    }
}

unsafe extern "C-unwind" fn runtime(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let name = fields(gil, object)?.ask(|object| object.runtime().to_owned())?;
            support::text(gil, &name)
        })
    }
}

unsafe extern "C-unwind" fn name(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let name = fields(gil, object)?.ask(handle::ForeignObject::type_name)?;
            support::text(gil, &name)
        })
    }
}

unsafe extern "C-unwind" fn hash(object: Object) -> isize {
    let Some(class) = CLASS.get() else { return -1 };
    // SAFETY: Python calls this with an instance.
    hash_of(unsafe { (*class.fields(object)).identity })
}

/// The hash of what is told from others by a number such as an address.
pub(super) fn hash_of(identity: u64) -> isize {
    match identity.rotate_right(4).cast_signed() as isize {
        // Python takes that for a failure.
        -1 => -2,
        hash => hash,
    }
}

/// `Py_tp_richcompare` of objects that are equal or not: `same` tells of two different ones; `None` if the
/// other is of another kind.
pub(super) fn compared(
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

unsafe extern "C-unwind" fn compare(one: Object, other: Object, operator: c_int) -> Object {
    // SAFETY: Python calls this with an instance and any object, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let class = class(gil)?;
            let same = || same(&*class.fields(one), &*class.fields(other));
            let same = || class.is(gil.api, other).then(same);
            Ok(compared(gil, (one, other), operator, same))
        })
    }
}

/// Whether both stand for the same object of the same runtime. One that is released stands for
/// none.
fn same(one: &HandleFields, other: &HandleFields) -> bool {
    let runtime = |fields: &HandleFields| fields.ask(|object| object.runtime().to_owned()).ok();
    one.identity == other.identity && runtime(one).is_some_and(|name| runtime(other) == Some(name))
}

unsafe extern "C-unwind" fn deallocate(object: Object) {
    let (Some(api), Some(class)) = (Api::get(), CLASS.get()) else { return };
    // SAFETY: Python gives the last reference to an instance.
    unsafe {
        let fields = class.fields(object);
        if !(*fields).weak.is_null() {
            (api.PyObject_ClearWeakRefs)(object);
        }
        (*fields).release();
        class.destroy(api, object);
    }
}
