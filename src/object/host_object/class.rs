//! [`HostClass`]: the class of objects of a host, of which only what its size covers is read.

use std::ffi::CStr;
use std::mem::offset_of;
use std::ptr;

use crate::abi::{METAFFI_CLASS_QUICK, metaffi_object_class};
use crate::error::{Error, Result, Status};
use crate::object::Capabilities;

/// A class of objects of a host, which stays as it is as long as one of them is there. It may be
/// smaller than the structure is here, or larger.
#[derive(Clone, Copy)]
pub(super) struct HostClass(*const metaffi_object_class);

// SAFETY: a class is not changed, and its functions may be called on any thread.
unsafe impl Send for HostClass {}
// SAFETY: as above.
unsafe impl Sync for HostClass {}

/// A function of a class, if it has it.
macro_rules! function {
    ($class:expr, $name:ident) => {{
        let class: $crate::object::host_object::class::HostClass = $class;
        let offset = std::mem::offset_of!($crate::abi::metaffi_object_class, $name);
        match class.covers(offset) {
            // SAFETY: the class has so many bytes, and stays as it is.
            true => unsafe { (&raw const (*class.pointer()).$name).read() },
            false => None,
        }
    }};
}
pub(super) use function;

impl HostClass {
    /// That of C.
    ///
    /// # Safety
    /// It is NULL, or as its documentation says, and stays so as long as this is used.
    pub(super) unsafe fn new(class: *const metaffi_object_class) -> Result<HostClass> {
        const LEAST: usize = offset_of!(metaffi_object_class, get_attribute);
        if class.is_null() {
            return Err(Error::invalid("class is NULL"));
        }
        let class = HostClass(class);
        let size = class.size();
        if size < LEAST || !size.is_multiple_of(size_of::<usize>()) {
            return Err(Error::invalid(format!(
                "class: its size is {size}; it is sizeof(metaffi_object_class)"
            )));
        }
        // SAFETY: the name is among what every class has, and NUL-terminated.
        let name = unsafe { (*class.0).name };
        if name.is_null() {
            return Err(Error::invalid("class: its name is NULL"));
        }
        // SAFETY: as above.
        match unsafe { CStr::from_ptr(name) }.to_str() {
            Ok(_) => Ok(class),
            Err(_) => Err(Error::new(Status::InvalidText, "class: its name is not UTF-8")),
        }
    }

    fn size(self) -> usize {
        // SAFETY: a class begins with its size.
        unsafe { (&raw const (*self.0).size).read() }
    }

    /// Whether it has the member at an offset.
    #[inline(always)]
    pub(super) fn covers(self, offset: usize) -> bool {
        offset < self.size()
    }

    /// The class itself.
    #[inline(always)]
    pub(super) fn pointer(self) -> *const metaffi_object_class {
        self.0
    }

    /// Whether it is a class of C.
    pub(super) fn is(self, class: *const metaffi_object_class) -> bool {
        ptr::eq(self.0, class)
    }

    /// The name of the type.
    pub(super) fn name<'a>(self) -> &'a str {
        // SAFETY: it was UTF-8 when the object was made, and stays as it is.
        unsafe { CStr::from_ptr((&raw const (*self.0).name).read()) }.to_str().unwrap_or_default()
    }

    /// Whether its functions return soon, and wait for nobody.
    pub(super) fn is_quick(self) -> bool {
        // SAFETY: every class has flags.
        unsafe { (&raw const (*self.0).flags).read() & METAFFI_CLASS_QUICK != 0 }
    }

    /// What its objects can do.
    pub(super) fn capabilities(self) -> Capabilities {
        // SAFETY: every class says what its objects are.
        let is = unsafe { (&raw const (*self.0).is).read() };
        let mut able =
            Capabilities::from_bits(is).within(Capabilities::STATED) | Capabilities::HOST_OBJECT;
        macro_rules! with {
            ($($name:ident $capability:ident,)*) => {
                $(able |= Capabilities::$capability.when(function!(self, $name).is_some());)*
            };
        }
        with! {
            get_attribute READ_ATTRIBUTES, set_attribute WRITE_ATTRIBUTES,
            delete_attribute DELETE_ATTRIBUTES, members LIST_MEMBERS,
            get_item READ_ITEMS, set_item WRITE_ITEMS, delete_item DELETE_ITEMS,
            get_entry READ_ENTRIES, set_entry WRITE_ENTRIES, delete_entry DELETE_ENTRIES,
            length LENGTH, contains CONTAIN, call CALL, construct CONSTRUCT,
            iterate ITERATE, next NEXT, next ITERATE, send SEND,
            iterate_async ITERATE_ASYNC, next_async NEXT_ASYNC, next_async ITERATE_ASYNC,
            hash HASH, number NUMBER, exit ENTER, buffer BUFFER,
            start AWAIT, exit_async ENTER_ASYNC,
        }
        let counted = Capabilities::READ_ITEMS | Capabilities::LENGTH;
        able |= Capabilities::ITERATE.when(able.has(counted));
        let is_itself = function!(self, compare).is_none();
        able |= Capabilities::HASH.when(is_itself);
        able = able.without(Capabilities::ORDER.when(is_itself));
        able.without(Capabilities::WRITE_BUFFER.when(function!(self, buffer).is_none()))
    }
}
