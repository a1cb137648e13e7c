//! [`NumberKinds`]: what of a call from Python is numbers, which travel between objects and slots as they
//! are.

use crate::abi::metaffi_slot;
use crate::python::api::{Api, Object};
use crate::python::convert::{self, scalar};
use crate::signature::Kind;

/// The most arguments of such a call.
pub const MOST: usize = 14;

/// The kinds of the arguments, and of what comes back.
pub struct NumberKinds {
    count: usize,
    params: [Kind; MOST],
    returned: Kind,
}

impl NumberKinds {
    /// A call with these; a kind that is no number's is nobody's to ask for here. Null is returned
    /// if nothing is. `None` if there are too many.
    pub fn new(kinds: impl Iterator<Item = Kind>, returned: Kind) -> Option<NumberKinds> {
        let mut numbers = NumberKinds { count: 0, params: [Kind::Null; MOST], returned };
        for kind in kinds {
            *numbers.params.get_mut(numbers.count)? = kind;
            numbers.count += 1;
        }
        Some(numbers)
    }

    /// How many arguments there are.
    #[inline(always)]
    pub fn count(&self) -> usize {
        self.count
    }

    /// What comes back.
    pub fn returned(&self) -> Kind {
        self.returned
    }

    /// Whether there is nothing but numbers.
    pub fn are_all(&self) -> bool {
        let is_result = self.returned == Kind::Null || convert::is_number(self.returned);
        is_result && self.params[..self.count].iter().all(|kind| convert::is_number(*kind))
    }

    /// The slot of an argument; `None` if it has to be converted, or is no number.
    ///
    /// # Safety
    /// There is such an argument, a live object, under the GIL.
    #[inline(always)]
    pub unsafe fn load(&self, api: &Api, index: usize, object: Object) -> Option<metaffi_slot> {
        // SAFETY: there is such an argument, a live object, under the GIL.
        unsafe { convert::exact(api, object, *self.params.get_unchecked(index)) }
    }

    /// A new reference to what comes back, a number or nothing, which lies behind the arguments;
    /// NULL with an exception set.
    ///
    /// # Safety
    /// `slots` are those of a call that has returned; the GIL is held.
    #[inline(always)]
    pub unsafe fn give(&self, api: &Api, slots: *const metaffi_slot) -> Object {
        // SAFETY: `slots` are those of a call that has returned; the GIL is held.
        unsafe {
            match self.returned {
                Kind::Null => none(api),
                kind => scalar::number(api, kind, *slots.add(self.count)),
            }
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
