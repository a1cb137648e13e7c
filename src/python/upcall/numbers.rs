//! [`NumberKinds`]: what of a call from Python is numbers, which travel between objects and slots as they
//! are.

use crate::abi::metaffi_slot;
use crate::python::api::{Api, Object};
use crate::python::convert::{self, NumberForm, scalar};
use crate::signature::Kind;

/// The most arguments of such a call.
pub const MOST: usize = 14;

/// How the arguments are read, and the kind of what comes back.
pub struct NumberKinds {
    count: usize,
    params: [NumberForm; MOST],
    returned: Kind,
}

impl NumberKinds {
    /// A call of nothing but numbers, of these kinds; null is returned if nothing is. `None` if there
    /// are others, or too many.
    pub fn new(kinds: impl Iterator<Item = Kind>, returned: Kind) -> Option<NumberKinds> {
        let mut numbers = NumberKinds { count: 0, params: [NumberForm::Other; MOST], returned };
        for kind in kinds {
            if !convert::is_number(kind) {
                return None;
            }
            *numbers.params.get_mut(numbers.count)? = NumberForm::of(kind);
            numbers.count += 1;
        }
        (returned == Kind::Null || convert::is_number(returned)).then_some(numbers)
    }

    /// How many arguments there are.
    #[inline(always)]
    pub fn count(&self) -> usize {
        self.count
    }

    /// The slot of an argument; `None` if it has to be converted.
    ///
    /// # Safety
    /// There is such an argument, a live object, under the GIL.
    #[inline(always)]
    pub unsafe fn load(&self, api: &Api, index: usize, object: Object) -> Option<metaffi_slot> {
        // SAFETY: there is such an argument, a live object, under the GIL.
        unsafe { self.params.get_unchecked(index).load(api, object) }
    }

    /// A new reference to what comes back, which lies behind the arguments; NULL with an exception set.
    ///
    /// # Safety
    /// `slots` are those of a call that has returned; the GIL is held.
    #[inline(always)]
    pub unsafe fn give(&self, api: &Api, slots: *const metaffi_slot) -> Object {
        // SAFETY: `slots` are those of a call that has returned; the GIL is held.
        unsafe { number(api, self.returned, *slots.add(self.count)) }
    }
}

/// A new reference to a number, or to `None` where nothing is returned; NULL with an exception set.
///
/// # Safety
/// The slot holds a value of the kind; the GIL is held.
#[inline(always)]
pub unsafe fn number(api: &Api, kind: Kind, slot: metaffi_slot) -> Object {
    // SAFETY: the slot holds a value of the kind; the GIL is held.
    unsafe {
        match kind {
            Kind::Null => none(api),
            kind => scalar::number(api, kind, slot),
        }
    }
}

/// A new reference to `None`.
///
/// # Safety
/// The GIL is held.
#[inline(always)]
pub unsafe fn none(api: &Api) -> Object {
    // SAFETY: the GIL is held.
    unsafe { api.incref(api._Py_NoneStruct) };
    api._Py_NoneStruct
}
