//! `MetaFFIHandle`: an object of another runtime, with what it shows as Python shows it.

pub(super) mod address;
mod attribute;
mod buffer;
mod cycle;
mod inline_cache;
mod item;
mod names;
mod number;
mod scalar;
mod show;
pub(super) mod value;

use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::trampoline::{refuse_new, trampoline, type_error};
use crate::error::{Error, Result, Status};
use crate::fork::Once;
use crate::handle::{self, HandleKind, Key};
use crate::python::api::{Api, METH_NOARGS, METH_O, METH_VARARGS, Object};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::class::{
    BF_GETBUFFER, BF_RELEASEBUFFER, HAVE_GC, HeapType, HeapTypeSpec, MP_ASS_SUBSCRIPT, MP_LENGTH,
    MP_SUBSCRIPT, NB_BOOL, NB_FLOAT, NB_INT, SQ_ITEM, TP_CLEAR, TP_DEALLOC, TP_GETATTRO, TP_HASH,
    TP_ITER, TP_NEW, TP_REPR, TP_RICHCOMPARE, TP_SETATTRO, TP_STR, TP_TRAVERSE, method,
};
use crate::python::object::{Carrier, PyRef, set_carrier};
use crate::python::support;
use inline_cache::{CachedObject, InlineCache};

/// What an instance has.
pub(super) struct HandleFields {
    /// The object's handle; 0 when it is released.
    key: AtomicUsize,
    /// How many pointers in C data were made to point to the object by way of this.
    keeps: AtomicUsize,
    /// The handle, when it is released and the object is still pointed to; else 0.
    deferred_key: AtomicUsize,
    /// What tells it from other objects of its runtime.
    identity: u64,
    weak: Object,
    look: InlineCache,
}

static CLASS: Once<HeapType<HandleFields>> = Once::new();

/// The type.
pub(super) fn class(gil: &Gil) -> Result<&'static HeapType<HandleFields>> {
    CLASS.get_or_make(|| {
        HeapType::new(
            gil,
            HeapTypeSpec {
                name: c"metaffi.MetaFFIHandle",
                doc: c"An object of another runtime, until it is released or collected.",
                flags: HAVE_GC,
                slots: &[
                    (TP_CLEAR, cycle::clear as *const c_void),
                    (TP_TRAVERSE, cycle::traverse as *const c_void),
                    (TP_NEW, refuse_new as *const c_void),
                    (TP_DEALLOC, deallocate as *const c_void),
                    (TP_REPR, show::repr as *const c_void),
                    (TP_STR, show::str as *const c_void),
                    (TP_GETATTRO, attribute::get as *const c_void),
                    (TP_SETATTRO, attribute::set as *const c_void),
                    (TP_ITER, item::iterate as *const c_void),
                    (SQ_ITEM, item::item as *const c_void),
                    (MP_LENGTH, item::length as *const c_void),
                    (MP_SUBSCRIPT, item::get as *const c_void),
                    (MP_ASS_SUBSCRIPT, item::set as *const c_void),
                    (NB_BOOL, number::truth as *const c_void),
                    (NB_INT, number::integer as *const c_void),
                    (NB_FLOAT, number::float as *const c_void),
                    (BF_GETBUFFER, buffer::get as *const c_void),
                    (BF_RELEASEBUFFER, buffer::release as *const c_void),
                    (TP_HASH, hash as *const c_void),
                    (TP_RICHCOMPARE, compare as *const c_void),
                ],
                methods: vec![
                    method(
                        c"release",
                        release as *const c_void,
                        METH_NOARGS,
                        c"release($self, /)\n--\n\nGives the object back; later uses are refused.",
                    ),
                    method(
                        c"__dir__",
                        show::dir as *const c_void,
                        METH_NOARGS,
                        c"The fields, and what every handle has.",
                    ),
                    method(
                        c"__bytes__",
                        number::bytes as *const c_void,
                        METH_NOARGS,
                        c"The bytes of the object, or the text that it points to.",
                    ),
                    method(
                        c"__enter__",
                        enter as *const c_void,
                        METH_NOARGS,
                        c"The handle itself.",
                    ),
                    method(c"__exit__", release as *const c_void, METH_VARARGS, c"Releases it."),
                    method(
                        c"__reduce_ex__",
                        reduce as *const c_void,
                        METH_O,
                        c"Refuses to be pickled.",
                    ),
                ],
                attributes: &[(c"released", released), (c"runtime", runtime), (c"type_name", name)],
                offsets: &[(c"__weaklistoffset__", std::mem::offset_of!(HandleFields, weak))],
            },
        )
        .inspect(|_| set_carrier(Carrier { wrap, unwrap }))
    })
}

/// A new object for a handle, which it takes over.
pub(super) fn wrap(gil: &Gil, key: Key) -> Result<PyRef> {
    let made = handle::describe_object(key, |object| object.identity()).and_then(|identity| {
        let (weak, look) = (ptr::null_mut(), InlineCache::new());
        let key = AtomicUsize::new(key);
        let (keeps, deferred_key) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let fields = HandleFields { key, keeps, deferred_key, identity, weak, look };
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

/// Looks at the object that an instance stands for.
///
/// # Safety
/// `object` is an instance.
pub(super) unsafe fn look(gil: &Gil, object: Object) -> Result<()> {
    // SAFETY: `object` is an instance.
    unsafe { fields(gil, object) }?.seen(gil).map(|_| ())
}

impl HandleFields {
    fn ask<R>(&self, ask: impl FnOnce(&dyn handle::ForeignObject) -> R) -> Result<R> {
        match self.key.load(Ordering::Relaxed) {
            0 => Err(Error::new(Status::InvalidHandle, "the handle is released")),
            key => handle::describe_object(key, ask),
        }
    }

    /// What the object shows; nothing once it is released.
    fn seen(&self, gil: &Gil) -> Result<Option<&CachedObject>> {
        match self.key.load(Ordering::Relaxed) {
            0 => Ok(None),
            key => self.look.look(gil, key),
        }
    }

    fn is_released(&self) -> bool {
        self.key.load(Ordering::Relaxed) == 0
    }

    /// The name of its type, for messages.
    fn type_name(&self) -> String {
        self.ask(handle::ForeignObject::type_name)
            .unwrap_or_else(|_| "a released handle".to_owned())
    }

    /// Gives the object back.
    fn release(&self) {
        // SAFETY: the GIL is held, so no other thread is in the middle of a look.
        unsafe { self.look.forget() };
        self.deferred_key.fetch_add(self.key.swap(0, Ordering::Relaxed), Ordering::SeqCst);
        self.free_unreferenced();
    }
}

unsafe extern "C-unwind" fn release(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let fields = fields(gil, object)?;
            fields.look.check_exports()?;
            fields.release();
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
    // SAFETY: Python calls this with an instance. -1 would be a failure.
    let identity = unsafe { (*class.fields(object)).identity };
    match identity.rotate_right(4).cast_signed() as isize {
        -1 => -2,
        hash => hash,
    }
}

unsafe extern "C-unwind" fn compare(one: Object, other: Object, operator: c_int) -> Object {
    const EQUAL: c_int = 2;
    const UNEQUAL: c_int = 3;
    // SAFETY: Python calls this with an instance and any object, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let class = class(gil)?;
            if !class.is(gil.api, other) || !matches!(operator, EQUAL | UNEQUAL) {
                return Ok(PyRef::new_reference(gil, gil.api._Py_NotImplementedStruct));
            }
            let same = ptr::eq(one, other) || same(&*class.fields(one), &*class.fields(other));
            Ok(support::truth(gil, same == (operator == EQUAL)))
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
        (api.PyObject_GC_UnTrack)(object.cast());
        if !(*fields).weak.is_null() {
            (api.PyObject_ClearWeakRefs)(object);
        }
        (*fields).release();
        class.destroy(api, object);
    }
}
