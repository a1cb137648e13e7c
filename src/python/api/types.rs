//! The structures of the C API that do not depend on the version.

use std::ffi::{c_char, c_int, c_uint, c_void};

/// A Python object. Its layout is the interpreter's own.
#[repr(C)]
pub struct PyObject {
    opaque: [u8; 0],
}

/// A reference to a Python object: owned, borrowed or NULL, as each function says.
pub type Object = *mut PyObject;

/// A thread as the interpreter knows it.
#[repr(C)]
pub struct PyThreadState {
    opaque: [u8; 0],
}

/// What destroys the content of a capsule.
pub type CapsuleDestructor = unsafe extern "C-unwind" fn(Object);

/// `vectorcallfunc`.
pub type Vectorcall = unsafe extern "C-unwind" fn(Object, *const Object, usize, Object) -> Object;

/// `PyMethodDef`.
#[repr(C)]
pub struct PyMethodDef {
    /// The name.
    pub name: *const c_char,
    /// The function, of the type that the flags say.
    pub function: *const c_void,
    /// `METH_*`.
    pub flags: c_int,
    /// The docstring, or NULL.
    pub doc: *const c_char,
}

/// `Py_buffer`.
#[repr(C)]
pub struct Py_buffer {
    /// The first element.
    pub buf: *mut c_void,
    /// The owner: an owned reference.
    pub obj: Object,
    /// The size of all elements in bytes.
    pub len: isize,
    /// The size of an element in bytes.
    pub itemsize: isize,
    /// Whether the memory must not be written.
    pub readonly: c_int,
    /// The number of dimensions.
    pub ndim: c_int,
    /// The element's format in the language of module `struct`; NULL means `B`.
    pub format: *mut c_char,
    /// The length of each dimension.
    pub shape: *mut isize,
    /// The step of each dimension in bytes.
    pub strides: *mut isize,
    /// For arrays of pointers; NULL for the usual ones.
    pub suboffsets: *mut isize,
    /// The exporter's own.
    pub internal: *mut c_void,
}

/// `PyType_Slot`.
#[repr(C)]
pub struct PyType_Slot {
    /// `Py_tp_*`, `Py_bf_*` and so on; 0 ends the list.
    pub slot: c_int,
    /// What goes there.
    pub pfunc: *mut c_void,
}

/// `PyType_Spec`.
#[repr(C)]
pub struct PyType_Spec {
    /// The qualified name.
    pub name: *const c_char,
    /// The size of an instance.
    pub basicsize: c_int,
    /// The size of an item of an instance.
    pub itemsize: c_int,
    /// `Py_TPFLAGS_*`.
    pub flags: c_uint,
    /// The slots, ended by slot 0.
    pub slots: *mut PyType_Slot,
}

/// Added to the number of arguments: the callee may use the place before the first.
pub const PY_VECTORCALL_ARGUMENTS_OFFSET: usize = 1 << (usize::BITS - 1);

/// A tuple of arguments.
pub const METH_VARARGS: c_int = 0x01;
/// With [`METH_VARARGS`]: a dict of keyword arguments as well.
pub const METH_KEYWORDS: c_int = 0x02;
/// Arguments as an array.
pub const METH_FASTCALL: c_int = 0x80;
/// No arguments.
pub const METH_NOARGS: c_int = 0x04;
/// One argument.
pub const METH_O: c_int = 0x08;

/// `PyType_GetFlags`: a subclass of `int`.
pub const TPFLAGS_LONG_SUBCLASS: u64 = 1 << 24;
/// `PyType_GetFlags`: a subclass of `list`.
pub const TPFLAGS_LIST_SUBCLASS: u64 = 1 << 25;
/// `PyType_GetFlags`: a subclass of `tuple`.
pub const TPFLAGS_TUPLE_SUBCLASS: u64 = 1 << 26;
/// `PyType_GetFlags`: a subclass of `bytes`.
pub const TPFLAGS_BYTES_SUBCLASS: u64 = 1 << 27;
/// `PyType_GetFlags`: a subclass of `str`.
pub const TPFLAGS_UNICODE_SUBCLASS: u64 = 1 << 28;
/// `PyType_GetFlags`: a subclass of `dict`.
pub const TPFLAGS_DICT_SUBCLASS: u64 = 1 << 29;
/// `PyType_GetFlags`: a subclass of `BaseException`.
pub const TPFLAGS_BASE_EXC_SUBCLASS: u64 = 1 << 30;
/// `PyType_GetFlags`: a subclass of `type`.
pub const TPFLAGS_TYPE_SUBCLASS: u64 = 1 << 31;
