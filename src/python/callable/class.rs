use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;
use std::sync::OnceLock;

use super::looks::{name, repr, signature, signature_text};
use super::{Fields, deallocate};
use crate::call::Callable;
use crate::error::Result;
use crate::python::api::{Api, Object, PyType_Slot, PyType_Spec};
use crate::python::gil::Gil;
use crate::python::object::PyRef;

/// The type, and where its instances have their fields.
pub(super) struct Class {
    pub(super) object: PyRef,
    fields: usize,
}

static CLASS: OnceLock<Class> = OnceLock::new();

/// The type, made the first time.
pub(super) fn get(gil: &Gil) -> Result<&'static Class> {
    if let Some(class) = CLASS.get() {
        return Ok(class);
    }
    let made = make(gil)?;
    Ok(CLASS.get_or_init(|| made))
}

/// The fields of an instance.
///
/// # Safety
/// `object` is an instance.
#[inline(always)]
pub(super) unsafe fn fields(object: Object) -> *mut Fields {
    // SAFETY: an instance has its fields there, and a type, which was made before.
    unsafe { object.byte_add(CLASS.get().unwrap_unchecked().fields).cast() }
}

/// The fields of an object, if it is an instance.
///
/// # Safety
/// `object` is alive, and the GIL is held.
#[inline(always)]
pub(super) unsafe fn fields_if_instance(api: &Api, object: Object) -> Option<*mut Fields> {
    let class = CLASS.get()?;
    // SAFETY: the caller's promise; the type has no subtypes.
    unsafe { (api.type_of(object) == class.object.as_ptr()).then(|| fields(object)) }
}

/// The callable of an instance; `None` before it is filled in.
///
/// # Safety
/// `object` is an instance that Python has a reference to for as long as the result is used.
#[inline(always)]
pub(super) unsafe fn callable<'a>(object: Object) -> Option<&'a Callable> {
    // SAFETY: the caller's promise.
    unsafe { (*fields(object)).callable.as_ref() }
}

/// `PyMemberDef`.
#[repr(C)]
struct Member {
    name: *const c_char,
    kind: c_int,
    offset: isize,
    flags: c_int,
    doc: *const c_char,
}

/// `PyGetSetDef`.
#[repr(C)]
struct Accessor {
    name: *const c_char,
    get: Option<unsafe extern "C-unwind" fn(Object, *mut c_void) -> Object>,
    set: *mut c_void,
    doc: *const c_char,
    closure: *mut c_void,
}

const T_PYSSIZET: c_int = 19;
const READONLY: c_int = 1;
const TP_CALL: c_int = 50;
const TP_DEALLOC: c_int = 52;
const TP_DOC: c_int = 56;
const TP_NEW: c_int = 65;
const TP_REPR: c_int = 66;
const TP_MEMBERS: c_int = 72;
const TP_GETSET: c_int = 73;
const HAVE_VECTORCALL: u32 = 1 << 11;
const HAVE_VERSION_TAG: u32 = 1 << 18;

fn make(gil: &Gil) -> Result<Class> {
    let api = gil.api;
    // SAFETY: the base of all types lives as long as the interpreter.
    let base = unsafe { PyRef::borrowed(gil, gil.api.PyBaseObject_Type) };
    let size = base.attribute(gil, c"__basicsize__")?;
    // SAFETY: an int, under the GIL.
    let size = unsafe { (api.PyLong_AsLongLong)(size.as_ptr()) };
    let offset = usize::try_from(size).unwrap_or_default().next_multiple_of(align_of::<Fields>());
    let end = || Member { name: ptr::null(), kind: 0, offset: 0, flags: 0, doc: ptr::null() };
    // The interpreter keeps pointers to both tables in the type, which is never destroyed.
    let members = Box::leak(Box::new([
        Member {
            name: c"__vectorcalloffset__".as_ptr(),
            kind: T_PYSSIZET,
            offset: offset.cast_signed() + std::mem::offset_of!(Fields, vectorcall).cast_signed(),
            flags: READONLY,
            doc: ptr::null(),
        },
        end(),
    ]));
    let accessors = Box::leak(Box::new([
        accessor(c"__name__", Some(name)),
        accessor(c"__qualname__", Some(name)),
        accessor(c"__signature__", Some(signature)),
        accessor(c"__doc__", Some(signature_text)),
        Accessor { name: ptr::null(), ..accessor(c"", None) },
    ]));
    let slot = |slot: c_int, pfunc: *mut c_void| PyType_Slot { slot, pfunc };
    let mut slots = [
        slot(TP_CALL, api.PyVectorcall_Call as *mut c_void),
        slot(TP_DEALLOC, deallocate as *mut c_void),
        slot(TP_NEW, refuse_new as *mut c_void),
        slot(TP_REPR, repr as *mut c_void),
        slot(TP_DOC, c"A callable of the program that hosts Python.".as_ptr() as *mut c_void),
        slot(TP_MEMBERS, members.as_mut_ptr().cast()),
        slot(TP_GETSET, accessors.as_mut_ptr().cast()),
        slot(0, ptr::null_mut()),
    ];
    let mut spec = PyType_Spec {
        name: c"metaffi.callable".as_ptr(),
        basicsize: c_int::try_from(offset + size_of::<Fields>()).unwrap_or(c_int::MAX),
        itemsize: 0,
        flags: HAVE_VECTORCALL | HAVE_VERSION_TAG,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: a complete specification; the tables that the type points to are leaked.
    let object = unsafe { PyRef::owned(gil, (api.PyType_FromSpec)(&raw mut spec)) }?;
    Ok(Class { object, fields: offset })
}

fn accessor(
    name: &'static CStr,
    get: Option<unsafe extern "C-unwind" fn(Object, *mut c_void) -> Object>,
) -> Accessor {
    let (set, doc, closure) = (ptr::null_mut(), ptr::null(), ptr::null_mut());
    Accessor { name: name.as_ptr(), get, set, doc, closure }
}

unsafe extern "C-unwind" fn refuse_new(_: Object, _: Object, _: Object) -> Object {
    let message = c"metaffi.callable objects are made by metaffi, not by calling the type";
    if let Some(api) = Api::get() {
        // SAFETY: Python calls this holding the GIL.
        unsafe { (api.PyErr_SetString)(api.PyExc_TypeError, message.as_ptr()) };
    }
    ptr::null_mut()
}
