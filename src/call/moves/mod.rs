//! Calls made from an image of the registers and the stack, and calls that arrive as one: where each
//! argument is, is worked out once, and a call only copies. libffi, which works it out at every
//! call, remains the way for what is not covered here, and the oracle that tests compare with.

#[cfg(all(target_arch = "x86_64", unix))]
mod sysv64;

#[cfg(all(target_arch = "x86_64", unix))]
pub(super) use sysv64::{
    Moves, RESULTS, arrival, metaffi_call_image as call_image, register_words,
};

use crate::call::plan::native_type::RegisterClass;

/// Where a block arrives.
pub(super) struct BlockArrival {
    /// The class of its registers, and how many it has if there are so many left.
    pub(super) class: Option<RegisterClass>,
    pub(super) registers: usize,
    /// How many words it has else, on the stack.
    pub(super) words: usize,
    pub(super) align: usize,
}

#[cfg(not(all(target_arch = "x86_64", unix)))]
mod nowhere {
    use std::ffi::c_void;

    use crate::call::moves::BlockArrival;
    use crate::call::plan::native_type::{Convention, NativeType, RegisterClass};
    use crate::error::Result;

    pub(crate) fn arrival(_: &NativeType) -> Option<BlockArrival> {
        None
    }

    pub(crate) fn register_words(_: &NativeType) -> Option<Vec<RegisterClass>> {
        None
    }

    /// Not written for this platform: every call is libffi's.
    pub(crate) enum Moves {}

    impl Moves {
        pub(crate) fn new(_: &[NativeType], _: &NativeType, _: Convention) -> Option<Moves> {
            None
        }

        pub(crate) unsafe fn call(&self, _: *const c_void, _: *mut c_void, _: *const *mut c_void) {
            match *self {}
        }

        pub(crate) unsafe fn call_words(&self, _: *const c_void, _: *mut c_void, _: *const u64) {
            match *self {}
        }

        pub(crate) fn registers(&self) -> Vec<NativeType> {
            match *self {}
        }

        pub(crate) fn returned(&self, _: &NativeType) -> Result<NativeType> {
            match *self {}
        }

        pub(crate) unsafe fn gather(
            &self,
            _: usize,
            _: *const *mut c_void,
            _: impl FnOnce(*const *mut c_void),
        ) {
            match *self {}
        }
    }
}

#[cfg(not(all(target_arch = "x86_64", unix)))]
pub(super) use nowhere::{Moves, arrival, register_words};
