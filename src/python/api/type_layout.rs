//! [`TypeLayout`]: where the interpreter's types have what is read at every use of their objects.
//!
//! These fields are as the headers of all versions have them, behind a head that a build may make
//! longer; what is found there is compared with what the functions of the API say.

use std::ffi::{c_int, c_ulong, c_void};

use super::layout::word;
use super::{Api, Object};
use crate::kit::Version;

/// What is counted from the end of a type's head.
const GETATTR: usize = 120;
const FLAGS: usize = 144;
const ITERNEXT: usize = 200;
const VERSION_TAG: usize = 360;
/// The same of a descriptor of C: its `PyGetSetDef` or `PyMemberDef`.
const DEFINITION: usize = 24;

/// `Py_TPFLAGS_VALID_VERSION_TAG`, without which a tag says nothing where there is that flag.
const HAS_VERSION: u64 = 1 << 19;
/// The first version whose types without a version have the tag 0.
const ZERO_IS_NONE: Version = Version::new(3, 10);

/// What is known of the layout of types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeLayout {
    /// How long the head of a type is; 0 if the fields behind it are not where they are looked for.
    head: usize,
    /// What flags a type must have for its version to be one.
    flagged: u64,
}

/// `tp_iternext`: NULL at the end, with an exception only if that is none of its own.
pub type IterNext = unsafe extern "C-unwind" fn(Object) -> Object;

impl TypeLayout {
    /// Before it is found out, and if it is not.
    pub(super) const UNKNOWN: TypeLayout = TypeLayout { head: 0, flagged: 0 };

    /// What the interpreter turns out to have.
    ///
    /// # Safety
    /// The interpreter runs, the GIL is held, and it is known where objects have their types.
    pub(super) unsafe fn probe(api: &mut Api) {
        if cfg!(not(target_pointer_width = "64")) {
            return;
        }
        let head = api.type_offset + 2 * size_of::<usize>();
        let flagged = if api.version < ZERO_IS_NONE { HAS_VERSION } else { 0 };
        let layout = TypeLayout { head, flagged };
        // SAFETY: static types under the GIL, which are long enough for all fields.
        let sound = unsafe {
            let generic = api.PyObject_GenericGetAttr as usize as u64;
            let types = [api.PyFloat_Type, api.PyList_Type, api.PyFunction_Type, api.PyTuple_Type];
            (api.PyObject_HasAttrString)(api.PyFloat_Type, c"real".as_ptr());
            let flags = types.iter().all(|r#type| {
                let flags: u64 = c_ulong::into((api.PyType_GetFlags)(*r#type));
                word(*r#type, head + FLAGS) == flags
            });
            let nothing = (api.PyTuple_New)(0);
            let iterator = (api.PyObject_GetIter)(nothing);
            let next = word(api.type_of(iterator), head + ITERNEXT) != 0;
            (api.Py_DecRef)(iterator);
            (api.Py_DecRef)(nothing);
            flags
                && next
                && word(api.PyFloat_Type, head + GETATTR) == generic
                && word(api.PyFloat_Type, head + ITERNEXT) == 0
                && layout.version(api.PyFloat_Type) != 0
                && layout.version(api.PyFloat_Type) != layout.version(api.PyList_Type)
        };
        if sound {
            api.types = layout;
        }
    }

    #[inline(always)]
    unsafe fn version(&self, r#type: Object) -> u32 {
        // SAFETY: the caller knows that the fields are there.
        unsafe {
            match word(r#type, self.head + FLAGS) & self.flagged == self.flagged {
                true => word(r#type, self.head + VERSION_TAG) as u32,
                false => 0,
            }
        }
    }
}

impl Api {
    /// A number that a type has until it, or a base of it, is changed, and that no other type has; 0
    /// if it has none.
    ///
    /// # Safety
    /// The GIL is held; the type is alive.
    #[inline(always)]
    pub unsafe fn version_of_type(&self, r#type: Object) -> u32 {
        match self.types.head {
            0 => 0,
            // SAFETY: the fields are there.
            _ => unsafe { self.types.version(r#type) },
        }
    }

    /// What gives the next item of an iterator, which `PyIter_Next` calls.
    ///
    /// # Safety
    /// The GIL is held; the type is that of an iterator.
    #[inline(always)]
    pub unsafe fn iternext(&self, r#type: Object) -> IterNext {
        match self.types.head {
            0 => self.PyIter_Next,
            // SAFETY: an iterator's type has that field, which is not NULL.
            head => unsafe { r#type.byte_add(head + ITERNEXT).cast::<Option<IterNext>>().read() }
                .unwrap_or(self.PyIter_Next),
        }
    }

    /// Whether what a descriptor written in C stands for can be written.
    ///
    /// # Safety
    /// The GIL is held; it is a live one.
    pub unsafe fn is_writable_descriptor(&self, descriptor: Object) -> bool {
        /// `PyMemberDef`.
        #[repr(C)]
        struct Member {
            name: *const c_void,
            kind: c_int,
            offset: isize,
            flags: c_int,
        }
        /// `PyGetSetDef`.
        #[repr(C)]
        struct Accessor {
            name: *const c_void,
            get: *const c_void,
            set: *const c_void,
        }
        const READONLY: c_int = 1;
        // SAFETY: both kinds of descriptors have their definition at the same place.
        unsafe {
            let head = self.type_offset + size_of::<usize>();
            let definition = descriptor.byte_add(head + DEFINITION);
            match self.type_of(descriptor) {
                kind if kind == self.PyMemberDescr_Type => {
                    (*definition.cast::<*const Member>().read()).flags & READONLY == 0
                }
                kind if kind == self.PyGetSetDescr_Type => {
                    !(*definition.cast::<*const Accessor>().read()).set.is_null()
                }
                _ => false,
            }
        }
    }
}
