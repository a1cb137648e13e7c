//! [`Api`]: the C API of the interpreter in this process, bound once by name.

mod attached;
mod bind;
mod inline;
mod layout;
pub mod library;
mod memory_view;
pub(super) mod run;
mod table;
mod type_layout;
mod types;

pub use bind::OLDEST;
pub use inline::PlainNumber;
pub use table::Api;
pub use types::*;

use std::ffi::{CStr, c_char, c_ulong};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

static API: AtomicPtr<Api> = AtomicPtr::new(ptr::null_mut());

impl Api {
    /// The API of the interpreter, from its start to its end.
    #[inline(always)]
    pub fn get() -> Option<&'static Api> {
        // SAFETY: what is published is never freed.
        unsafe { API.load(Ordering::Acquire).as_ref() }
    }

    /// Makes this the API of the process, unless there is one. The interpreter runs.
    pub fn publish(self) -> &'static Api {
        let api: &'static mut Api = Box::leak(Box::new(self));
        let none = ptr::null_mut();
        match API.compare_exchange(none, &raw mut *api, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => api,
            // SAFETY: as above.
            Err(published) => unsafe { &*published },
        }
    }

    /// The interpreter is gone.
    pub fn unpublish() {
        API.store(ptr::null_mut(), Ordering::Release);
    }

    /// The type of an object: borrowed.
    ///
    /// # Safety
    /// `object` is a live object.
    #[inline(always)]
    pub unsafe fn type_of(&self, object: Object) -> Object {
        // SAFETY: where an object has its type was found out at the start.
        unsafe { object.byte_add(self.type_offset).cast::<Object>().read() }
    }

    /// The name of a type as it was made: `int`, `datetime.date`.
    ///
    /// # Safety
    /// `r#type` is a live type; the name lives as long as it does and is not renamed.
    #[inline(always)]
    pub unsafe fn name_of_type<'a>(&self, r#type: Object) -> &'a CStr {
        // SAFETY: every type has its name behind its head and its size.
        unsafe {
            let after_head = self.type_offset + 2 * size_of::<usize>();
            CStr::from_ptr(r#type.byte_add(after_head).cast::<*const c_char>().read())
        }
    }

    /// The flags of an object's type: `TPFLAGS_*`.
    ///
    /// # Safety
    /// `object` is a live object.
    #[inline(always)]
    pub unsafe fn flags_of(&self, object: Object) -> u64 {
        // SAFETY: as above; every type has flags, and a known one has them there.
        unsafe {
            match self.layout.known {
                true => layout::word(self.type_of(object), layout::TYPE_FLAGS),
                false => c_ulong::into((self.PyType_GetFlags)(self.type_of(object))),
            }
        }
    }

    /// Calls with `count` positional arguments, those after them being the values of the keyword
    /// `names` (a tuple or NULL). A new reference, or NULL with an exception set.
    ///
    /// # Safety
    /// The GIL is held; `arguments` has all arguments, and one writable place before them.
    #[inline(always)]
    pub unsafe fn vectorcall(
        &self,
        callable: Object,
        arguments: *const Object,
        count: usize,
        names: Object,
    ) -> Object {
        let count = count | PY_VECTORCALL_ARGUMENTS_OFFSET;
        // SAFETY: the GIL is held; `arguments` has all arguments, and one writable place before
        // them.
        unsafe { (self.vectorcall)(callable, arguments, count, names) }
    }
}
