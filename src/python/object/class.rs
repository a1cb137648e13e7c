//! [`HeapType`]: a heap type whose instances have fields of ours behind the interpreter's part.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::marker::PhantomData;
use std::ptr;

use super::PyRef;
use crate::error::{Error, Result, Status};
use crate::python::api::{Api, Object, PyMethodDef, PyType_Slot, PyType_Spec};
use crate::python::lifecycle::gil::Gil;

/// A type of Python, and where its instances have their `T`.
pub struct HeapType<T> {
    object: PyRef,
    offset: usize,
    /// Whether the garbage collector looks at its instances, which have a head of its own then.
    collected: bool,
    fields: PhantomData<fn() -> T>,
}

/// What a type has.
pub struct HeapTypeSpec<'a> {
    /// The qualified name.
    pub name: &'static CStr,
    /// The docstring.
    pub doc: &'static CStr,
    /// `Py_TPFLAGS_*` beside the default ones.
    pub flags: u32,
    /// Numbers of slots, and what goes there.
    pub slots: &'a [(c_int, *const c_void)],
    /// Methods.
    pub methods: Vec<PyMethodDef>,
    /// Read-only attributes.
    pub attributes: &'a [(&'static CStr, PyGetter)],
    /// Offsets that the type tells by members of these names, counted from the fields.
    pub offsets: &'a [(&'static CStr, usize)],
}

/// Gives an attribute of an instance: a new reference, or NULL with an exception set.
pub type PyGetter = unsafe extern "C-unwind" fn(Object, *mut c_void) -> Object;

/// `PyMemberDef`.
#[repr(C)]
struct PyMemberDef {
    name: *const c_char,
    kind: c_int,
    offset: isize,
    flags: c_int,
    doc: *const c_char,
}

/// `PyGetSetDef`.
#[repr(C)]
struct PyGetSetDef {
    name: *const c_char,
    get: Option<PyGetter>,
    set: *mut c_void,
    doc: *const c_char,
    closure: *mut c_void,
}

/// `Py_tp_call`.
pub const TP_CALL: c_int = 50;
/// `Py_bf_getbuffer`.
pub const BF_GETBUFFER: c_int = 1;
/// `Py_bf_releasebuffer`.
pub const BF_RELEASEBUFFER: c_int = 2;
/// `Py_mp_ass_subscript`.
pub const MP_ASS_SUBSCRIPT: c_int = 3;
/// `Py_mp_length`.
pub const MP_LENGTH: c_int = 4;
/// `Py_mp_subscript`.
pub const MP_SUBSCRIPT: c_int = 5;
/// `Py_nb_bool`.
pub const NB_BOOL: c_int = 9;
/// `Py_nb_index`.
pub const NB_INDEX: c_int = 13;
/// `Py_nb_float`.
pub const NB_FLOAT: c_int = 11;
/// `Py_nb_int`.
pub const NB_INT: c_int = 26;
/// `Py_sq_contains`.
pub const SQ_CONTAINS: c_int = 41;
/// `Py_am_await`.
pub const AM_AWAIT: c_int = 77;
/// `Py_am_aiter`.
pub const AM_AITER: c_int = 78;
/// `Py_am_anext`.
pub const AM_ANEXT: c_int = 79;
/// `Py_sq_item`.
pub const SQ_ITEM: c_int = 44;
/// `Py_sq_length`.
pub const SQ_LENGTH: c_int = 45;
/// `Py_tp_clear`.
pub const TP_CLEAR: c_int = 51;
/// `Py_tp_dealloc`.
pub const TP_DEALLOC: c_int = 52;
/// `Py_tp_descr_get`.
pub const TP_DESCR_GET: c_int = 54;
/// `Py_tp_getattro`.
pub const TP_GETATTRO: c_int = 58;
/// `Py_tp_hash`.
pub const TP_HASH: c_int = 59;
/// `Py_tp_init`.
pub const TP_INIT: c_int = 60;
/// `Py_tp_iter`.
pub const TP_ITER: c_int = 62;
/// `Py_tp_iternext`.
pub const TP_ITERNEXT: c_int = 63;
/// `Py_tp_new`.
pub const TP_NEW: c_int = 65;
/// `Py_tp_repr`.
pub const TP_REPR: c_int = 66;
/// `Py_tp_richcompare`.
pub const TP_RICHCOMPARE: c_int = 67;
/// `Py_tp_setattro`.
pub const TP_SETATTRO: c_int = 69;
/// `Py_tp_str`.
pub const TP_STR: c_int = 70;
/// `Py_tp_traverse`.
pub const TP_TRAVERSE: c_int = 71;
/// `Py_TPFLAGS_BASETYPE`.
pub const BASETYPE: u32 = 1 << 10;
/// `Py_TPFLAGS_HAVE_GC`.
pub const HAVE_GC: u32 = 1 << 14;
/// `Py_TPFLAGS_HAVE_VECTORCALL`.
pub const HAVE_VECTORCALL: u32 = 1 << 11;

const TP_DOC: c_int = 56;
const TP_METHODS: c_int = 64;
const TP_MEMBERS: c_int = 72;
const TP_GETSET: c_int = 73;
const HAVE_VERSION_TAG: u32 = 1 << 18;
const T_PYSSIZET: c_int = 19;
const READONLY: c_int = 1;

impl<T> HeapType<T> {
    /// Makes the type. Its tables are leaked: the interpreter keeps pointers to them.
    pub fn new(gil: &Gil, description: HeapTypeSpec<'_>) -> Result<HeapType<T>> {
        HeapType::derived(gil, description, None)
    }

    /// The same with a base whose instances have no fields.
    pub fn derived(
        gil: &Gil,
        description: HeapTypeSpec<'_>,
        base: Option<&PyRef>,
    ) -> Result<HeapType<T>> {
        let api = gil.api;
        let offset = size_of_head(gil)?.next_multiple_of(align_of::<T>());
        let mut slots: Vec<PyType_Slot> =
            description.slots.iter().map(|&(slot, pfunc)| entry(slot, pfunc)).collect();
        if description.slots.iter().all(|(slot, _)| *slot != TP_NEW) {
            slots.push(entry(TP_NEW, refuse_new as *const c_void));
        }
        slots.push(entry(TP_DOC, description.doc.as_ptr().cast()));
        slots.push(entry(TP_METHODS, methods(description.methods).cast()));
        slots.push(entry(TP_MEMBERS, members(description.offsets, offset).cast()));
        slots.push(entry(TP_GETSET, accessors(description.attributes).cast()));
        slots.push(entry(0, ptr::null()));
        let mut spec = PyType_Spec {
            name: description.name.as_ptr(),
            basicsize: c_int::try_from(offset + size_of::<T>()).unwrap_or(c_int::MAX),
            itemsize: 0,
            flags: description.flags | HAVE_VERSION_TAG,
            slots: slots.as_mut_ptr(),
        };
        // SAFETY: a complete specification, under the GIL.
        let object = unsafe {
            match base {
                None => PyRef::owned(gil, (api.PyType_FromSpec)(&raw mut spec)),
                Some(base) => {
                    let bases = PyRef::owned(gil, (api.PyTuple_New)(1))?;
                    (api.PyTuple_SetItem)(bases.as_ptr(), 0, base.clone_ref(gil).into_ptr());
                    let made = (api.PyType_FromSpecWithBases)(&raw mut spec, bases.as_ptr());
                    PyRef::owned(gil, made)
                }
            }
        }?;
        let collected = description.flags & HAVE_GC != 0;
        Ok(HeapType { object, offset, collected, fields: PhantomData })
    }

    /// The type.
    pub fn object(&self) -> &PyRef {
        &self.object
    }

    /// A new instance with these fields.
    pub fn instance(&self, gil: &Gil, fields: T) -> Result<PyRef> {
        // SAFETY: the type itself.
        unsafe { self.instance_of(gil, self.object.as_ptr(), fields) }
    }

    /// A new instance of this type, or of one that is derived from it.
    ///
    /// # Safety
    /// `subtype` is one of both, and alive.
    pub unsafe fn instance_of(&self, gil: &Gil, subtype: Object, fields: T) -> Result<PyRef> {
        // SAFETY: a heap type made for instances of this size at least, under the GIL.
        unsafe {
            let object = PyRef::owned(gil, (gil.api.PyType_GenericAlloc)(subtype, 0))?;
            self.fields(object.as_ptr()).write(fields);
            Ok(object)
        }
    }

    /// Whether an object is of exactly this type.
    ///
    /// # Safety
    /// `object` is alive.
    #[inline(always)]
    pub unsafe fn is(&self, api: &Api, object: Object) -> bool {
        // SAFETY: `object` is alive.
        unsafe { api.type_of(object) == self.object.as_ptr() }
    }

    /// Whether an object is of this type, or of one that is derived from it.
    ///
    /// # Safety
    /// `object` is alive.
    pub unsafe fn is_instance(&self, api: &Api, object: Object) -> bool {
        // SAFETY: `object` is alive, and so is its type.
        unsafe { (api.PyType_IsSubtype)(api.type_of(object), self.object.as_ptr()) != 0 }
    }

    /// How many bytes an instance has.
    pub fn size(&self) -> usize {
        self.offset + size_of::<T>()
    }

    /// Where an instance has its fields.
    #[inline(always)]
    pub fn fields(&self, object: Object) -> *mut T {
        object.wrapping_byte_add(self.offset).cast()
    }

    /// Destroys the fields of an instance, gives back its memory and its reference to the type.
    ///
    /// # Safety
    /// Called by `Py_tp_dealloc` with an instance whose fields were written, and which the garbage
    /// collector no longer tracks.
    pub unsafe fn destroy(&self, api: &Api, object: Object) {
        // SAFETY: called by `Py_tp_dealloc` with an instance whose fields were written, and which
        // the garbage collector no longer tracks.
        unsafe {
            let r#type = api.type_of(object);
            self.fields(object).drop_in_place();
            match self.collected {
                true => (api.PyObject_GC_Del)(object.cast()),
                false => (api.PyObject_Free)(object.cast()),
            }
            api.decref(r#type);
        }
    }
}

/// How long the interpreter's part of an object is.
fn size_of_head(gil: &Gil) -> Result<usize> {
    // SAFETY: the base of all types lives as long as the interpreter; an int under the GIL.
    let size = unsafe {
        let base = PyRef::new_reference(gil, gil.api.PyBaseObject_Type);
        let size = base.attribute(gil, c"__basicsize__")?;
        (gil.api.PyLong_AsLongLong)(size.as_ptr())
    };
    usize::try_from(size).map_err(|_| {
        Error::new(Status::Internal, format!("object.__basicsize__ of this Python is {size}"))
    })
}

fn entry(slot: c_int, pfunc: *const c_void) -> PyType_Slot {
    PyType_Slot { slot, pfunc: pfunc.cast_mut() }
}

/// A method's definition.
pub fn method(
    name: &'static CStr,
    function: *const c_void,
    flags: c_int,
    doc: &'static CStr,
) -> PyMethodDef {
    PyMethodDef { name: name.as_ptr(), function, flags, doc: doc.as_ptr() }
}

/// A table of methods as the interpreter wants it, never given back.
pub fn methods(mut methods: Vec<PyMethodDef>) -> *mut PyMethodDef {
    let (name, function, doc) = (ptr::null(), ptr::null(), ptr::null());
    methods.push(PyMethodDef { name, function, flags: 0, doc });
    methods.leak().as_mut_ptr()
}

fn members(offsets: &[(&'static CStr, usize)], base: usize) -> *const PyMemberDef {
    let member = |name, offset: usize| {
        let kind = if offset == 0 { 0 } else { T_PYSSIZET };
        PyMemberDef { name, kind, offset: offset.cast_signed(), flags: READONLY, doc: ptr::null() }
    };
    let known = offsets.iter().map(|(name, offset)| member(name.as_ptr(), base + offset));
    let end = std::iter::once(member(ptr::null(), 0));
    known.chain(end).collect::<Vec<_>>().leak().as_ptr()
}

fn accessors(attributes: &[(&'static CStr, PyGetter)]) -> *const PyGetSetDef {
    let accessor = |name, get| {
        let (set, doc, closure) = (ptr::null_mut(), ptr::null(), ptr::null_mut());
        PyGetSetDef { name, get, set, doc, closure }
    };
    let known = attributes.iter().map(|(name, get)| accessor(name.as_ptr(), Some(*get)));
    let end = std::iter::once(accessor(ptr::null(), None));
    known.chain(end).collect::<Vec<_>>().leak().as_ptr()
}

/// `Py_tp_new` of types whose objects only metaffi makes.
unsafe extern "C-unwind" fn refuse_new(_: Object, _: Object, _: Object) -> Object {
    if let Some(api) = Api::get() {
        let message = c"objects of this type are made by metaffi alone";
        // SAFETY: Python calls this holding the GIL.
        unsafe { (api.PyErr_SetString)(api.PyExc_TypeError, message.as_ptr()) };
    }
    ptr::null_mut()
}
