//! The type `metaffi.callable`: a host's callable as a Python object.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::mem::ManuallyDrop;
use std::ptr;
use std::sync::{Arc, OnceLock};

use super::api::{Api, Object, PY_VECTORCALL_ARGUMENTS_OFFSET, PyType_Slot, PyType_Spec};
use super::gil::{self, Gil};
use super::inbound;
use super::object::PyRef;
use super::{error, support};
use crate::call::Callable;
use crate::error::{Error, Result, Status};
use crate::handle::pin;

/// What follows the interpreter's part of an instance.
struct Fields {
    vectorcall: Vectorcall,
    /// A reference of its own, as [`Arc::into_raw`] gives it; NULL in what was not made here.
    callable: *const Callable,
}

/// What Python calls an instance by.
pub type Vectorcall = unsafe extern "C-unwind" fn(Object, *const Object, usize, Object) -> Object;

/// The type, and where its instances have their fields.
struct Type {
    object: PyRef,
    fields: usize,
}

static TYPE: OnceLock<Type> = OnceLock::new();

/// A Python object that calls `callable`.
pub fn new(gil: &Gil, callable: Arc<Callable>) -> Result<PyRef> {
    with_vectorcall(gil, callable, call)
}

/// The same, called by a function of the caller's.
pub fn with_vectorcall(
    gil: &Gil,
    callable: Arc<Callable>,
    vectorcall: Vectorcall,
) -> Result<PyRef> {
    let api = gil.api;
    let r#type = the_type(gil)?;
    // SAFETY: the type is a heap type made for instances of this size; the GIL is held.
    unsafe {
        let object = PyRef::owned(gil, (api.PyType_GenericAlloc)(r#type.object.as_ptr(), 0))?;
        let fields = Fields { vectorcall, callable: Arc::into_raw(callable) };
        object.as_ptr().byte_add(r#type.fields).cast::<Fields>().write(fields);
        Ok(object)
    }
}

/// The callable of an object, if it is of this type.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub unsafe fn callable(api: &Api, object: Object) -> Option<Arc<Callable>> {
    let r#type = TYPE.get()?;
    // SAFETY: the caller's promise; instances have their fields there.
    unsafe {
        if api.type_of(object) != r#type.object.as_ptr() {
            return None;
        }
        let kept = ManuallyDrop::new(Arc::from_raw(fields(object)?.callable));
        Some(Arc::clone(&kept))
    }
}

/// The fields of an instance; `None` before they are written.
///
/// # Safety
/// `object` is a live instance.
#[inline(always)]
unsafe fn fields<'a>(object: Object) -> Option<&'a Fields> {
    let r#type = TYPE.get()?;
    // SAFETY: the caller's promise.
    let fields = unsafe { &*object.byte_add(r#type.fields).cast::<Fields>() };
    (!fields.callable.is_null()).then_some(fields)
}

/// The callable of an object, if it is of this type, as long as the object lives.
///
/// # Safety
/// `object` outlives the result, and the GIL is held.
#[inline(always)]
pub unsafe fn borrowed<'a>(api: &Api, object: Object) -> Option<&'a Callable> {
    // SAFETY: the caller's promise; an instance keeps its callable.
    unsafe {
        let is_one = api.type_of(object) == TYPE.get()?.object.as_ptr();
        Some(&*fields(object).filter(|_| is_one)?.callable)
    }
}

fn the_type(gil: &Gil) -> Result<&'static Type> {
    if let Some(r#type) = TYPE.get() {
        return Ok(r#type);
    }
    let made = make_type(gil)?;
    Ok(TYPE.get_or_init(|| made))
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

fn make_type(gil: &Gil) -> Result<Type> {
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
    Ok(Type { object, fields: offset })
}

fn accessor(
    name: &'static CStr,
    get: Option<unsafe extern "C-unwind" fn(Object, *mut c_void) -> Object>,
) -> Accessor {
    let (set, doc, closure) = (ptr::null_mut(), ptr::null(), ptr::null_mut());
    Accessor { name: name.as_ptr(), get, set, doc, closure }
}

/// Calls the host. A stack frame of its own, as [`pin::enter`] asks.
#[inline(never)]
unsafe extern "C-unwind" fn call(
    object: Object,
    arguments: *const Object,
    count: usize,
    names: Object,
) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    let count = count & !PY_VECTORCALL_ARGUMENTS_OFFSET;
    let here = 0u8;
    let span = pin::enter(&raw const here);
    // SAFETY: Python calls this with an instance and its arguments, holding the GIL.
    let (gil, outcome) = unsafe {
        let gil = Gil::assume(api);
        let outcome = match fields(object) {
            Some(fields) => inbound::call(&gil, span, &*fields.callable, arguments, count, names),
            None => Err(Error::new(Status::InvalidHandle, "this callable was never filled in")),
        };
        (gil, outcome)
    };
    span.leave();
    outcome.unwrap_or_else(|error| {
        error::raise(&gil, &error);
        ptr::null_mut()
    })
}

unsafe extern "C-unwind" fn deallocate(object: Object) {
    let Some(api) = Api::get() else { return };
    // SAFETY: Python gives the last reference to an instance, which holds one to its heap type.
    unsafe {
        let r#type = api.type_of(object);
        if let Some(fields) = fields(object) {
            // What frees the host's data may take its time, or call Python on another thread.
            if let Some(last) = Arc::into_inner(Arc::from_raw(fields.callable)) {
                gil::release(&Gil::assume(api), || drop(last));
            }
        }
        (api.PyObject_Free)(object.cast());
        (api.Py_DecRef)(r#type);
    }
}

unsafe extern "C-unwind" fn refuse_new(_: Object, _: Object, _: Object) -> Object {
    let message = c"metaffi.callable objects are made by metaffi, not by calling the type";
    if let Some(api) = Api::get() {
        // SAFETY: Python calls this holding the GIL.
        unsafe { (api.PyErr_SetString)(api.PyExc_TypeError, message.as_ptr()) };
    }
    ptr::null_mut()
}

unsafe extern "C-unwind" fn name(_: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this holding the GIL.
    unsafe { answer(|gil| support::text(gil, "callable")) }
}

unsafe extern "C-unwind" fn repr(object: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        let text = format!("<metaffi.callable {}>", describe(object));
        answer(|gil| support::text(gil, &text))
    }
}

unsafe extern "C-unwind" fn signature_text(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        let text = describe(object);
        answer(|gil| support::text(gil, &text))
    }
}

unsafe extern "C-unwind" fn signature(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        let names: Vec<&str> = fields(object).map_or_else(Vec::new, |fields| {
            let params = &(*fields.callable).function().signature().params;
            params.iter().map(|param| param.name.as_deref().unwrap_or_default()).collect()
        });
        answer(|gil| {
            let names = support::texts(gil, &names)?;
            support::call(gil, &support::get(gil)?.text_signature, &[&names])
        })
    }
}

/// The signature of an instance's callable.
unsafe fn describe(object: Object) -> String {
    // SAFETY: the caller has an instance.
    unsafe {
        let callable = fields(object).map(|fields| &*fields.callable);
        callable.map_or_else(String::new, |callable| callable.function().signature().to_string())
    }
}

/// What Python asked for as a new reference, or NULL with an exception set.
///
/// # Safety
/// The GIL is held.
unsafe fn answer(make: impl FnOnce(&Gil) -> Result<PyRef>) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    // SAFETY: the caller's promise.
    let gil = unsafe { Gil::assume(api) };
    make(&gil).map_or_else(
        |error| {
            error::raise(&gil, &error);
            ptr::null_mut()
        },
        PyRef::into_ptr,
    )
}
