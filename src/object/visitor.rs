//! [`Visitor`]: what is told of the values of a visit, and [`VisitorCalls`]: how it is told.

use std::ffi::c_void;
use std::ptr;

use crate::abi::{
    METAFFI_OK, metaffi_array, metaffi_container, metaffi_error, metaffi_status, metaffi_visitor,
};
use crate::abi::{metaffi_string, metaffi_value};
use crate::call::errors::failure;
use crate::error::{Error, Result};
use crate::handle::{self, HandleKind, OwnedHandle};
use crate::value::array::OwnedArray;
use crate::value::{self, array};

/// What is told of the values of a visit, one after the other. What C sees of it is
/// [`metaffi_visitor`]: what that says of each of its functions is so of these.
pub trait Visitor {
    /// Any value of one piece.
    ///
    /// # Safety
    /// The value is what its type says.
    unsafe fn value(&mut self, value: &metaffi_value) -> Result<()>;

    /// Null.
    fn null(&mut self) -> Result<()> {
        // SAFETY: nothing.
        unsafe { self.value(&value::null()) }
    }

    /// A truth value.
    fn boolean(&mut self, boolean: bool) -> Result<()> {
        // SAFETY: what it says.
        unsafe { self.value(&boolean.into()) }
    }

    /// An integer.
    fn integer(&mut self, integer: i64) -> Result<()> {
        // SAFETY: what it says.
        unsafe { self.value(&integer.into()) }
    }

    /// A floating number.
    fn number(&mut self, number: f64) -> Result<()> {
        // SAFETY: what it says.
        unsafe { self.value(&number.into()) }
    }

    /// Text.
    fn text(&mut self, text: &str) -> Result<()>;

    /// Bytes.
    fn bytes(&mut self, bytes: &[u8]) -> Result<()>;

    /// Numbers in memory.
    fn array(&mut self, array: OwnedArray) -> Result<()>;

    /// What is not converted.
    fn object(&mut self, object: OwnedHandle) -> Result<()>;

    /// A container.
    fn open(&mut self, container: &metaffi_container) -> Result<()>;

    /// The end of the last one.
    fn close(&mut self) -> Result<()>;

    /// One that was opened before.
    fn again(&mut self, id: u64) -> Result<()>;
}

/// The functions of a visitor, and what they are called with.
pub struct VisitorCalls {
    functions: metaffi_visitor,
    userdata: *mut c_void,
    /// Where they leave what they fail with; the first such failure ends the visit.
    error: *mut metaffi_error,
}

macro_rules! told {
    ($self:ident, $function:ident($($argument:expr),*), else $other:expr) => {
        match $self.functions.$function {
            Some(function) => {
                let error = &raw mut $self.error;
                // SAFETY: whoever made this promised that the function is what it is declared as,
                // and may be called with the userdata.
                let status = unsafe { function($self.userdata, $($argument,)* error) };
                $self.done(status)
            }
            None => $other,
        }
    };
}

impl VisitorCalls {
    /// Those of a host.
    ///
    /// # Safety
    /// As long as this is used the functions may be called with the userdata.
    pub unsafe fn new(functions: metaffi_visitor, userdata: *mut c_void) -> VisitorCalls {
        VisitorCalls { functions, userdata, error: ptr::null_mut() }
    }

    /// What a producer is given.
    pub fn raw(&self) -> (&metaffi_visitor, *mut c_void) {
        (&self.functions, self.userdata)
    }

    #[inline(always)]
    fn done(&mut self, status: metaffi_status) -> Result<()> {
        match status == METAFFI_OK && self.error.is_null() {
            true => Ok(()),
            false => Err(self.failure(status)),
        }
    }

    #[cold]
    fn failure(&mut self, status: metaffi_status) -> Error {
        let error = std::mem::replace(&mut self.error, ptr::null_mut());
        failure::from_c(status, error)
    }

    /// Null.
    #[inline(always)]
    pub fn null(&mut self) -> Result<()> {
        told!(self, null_value(), else self.plain(&value::null()))
    }

    /// A truth value.
    #[inline(always)]
    pub fn boolean(&mut self, boolean: bool) -> Result<()> {
        told!(self, boolean(boolean), else self.plain(&boolean.into()))
    }

    /// An integer.
    #[inline(always)]
    pub fn integer(&mut self, integer: i64) -> Result<()> {
        told!(self, integer(integer), else self.plain(&integer.into()))
    }

    /// A floating number.
    #[inline(always)]
    pub fn number(&mut self, number: f64) -> Result<()> {
        told!(self, number(number), else self.plain(&number.into()))
    }

    /// Text, of which somebody knows that it is UTF-8.
    ///
    /// # Safety
    /// There are `length` bytes of UTF-8.
    #[inline(always)]
    pub unsafe fn text(&mut self, data: *const u8, length: usize) -> Result<()> {
        told!(self, text(data.cast(), length), else {
            let string = metaffi_string { data: data.cast(), length };
            self.plain(&value::string(string, crate::signature::Kind::String8))
        })
    }

    /// Bytes.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        told!(self, bytes(bytes.as_ptr(), bytes.len()), else {
            let shape = [bytes.len()];
            let lent = metaffi_array {
                data: bytes.as_ptr().cast_mut().cast(),
                element: crate::abi::metaffi_uint8_type,
                rank: 1,
                shape: shape.as_ptr(),
                strides: ptr::null(),
                release: None,
                owner: ptr::null_mut(),
            };
            // SAFETY: the bytes are there.
            let copy = unsafe { array::copy(&lent) }?;
            self.array(copy)
        })
    }

    /// Any other value of one piece.
    ///
    /// # Safety
    /// The value is what its type says.
    pub unsafe fn value(&mut self, value: &metaffi_value) -> Result<()> {
        self.plain(value)
    }

    /// Numbers in memory.
    pub fn array(&mut self, array: OwnedArray) -> Result<()> {
        match self.functions.array {
            Some(_) => told!(self, array(array.into_raw()), else Ok(())),
            None => {
                let owned = array.into_value().into_raw();
                let told = self.plain(&owned);
                let mut owned = owned;
                // SAFETY: the array is the value's alone.
                unsafe { value::clear(&mut owned) };
                told
            }
        }
    }

    /// What is not converted.
    pub fn object(&mut self, object: OwnedHandle) -> Result<()> {
        match self.functions.object {
            Some(_) => told!(self, object(object.into_pointer()), else Ok(())),
            None => self.plain(&value::object(object.pointer())),
        }
    }

    /// A container.
    pub fn open(&mut self, container: &metaffi_container) -> Result<()> {
        told!(self, open(container), else Err(takes_no("containers")))
    }

    /// The end of the last one.
    pub fn close(&mut self) -> Result<()> {
        told!(self, close(), else Err(takes_no("containers")))
    }

    /// One that was opened before.
    pub fn again(&mut self, id: u64) -> Result<()> {
        told!(self, again(id), else Err(Error::unsupported(
            "the visitor has no function `again` for a container that is there twice; give it one, \
             or visit with METAFFI_VISIT_SHARED_COPIED",
        )))
    }

    #[cold]
    fn plain(&mut self, value: &metaffi_value) -> Result<()> {
        told!(self, value(value), else {
            // SAFETY: what the caller has is what its type says.
            let described = unsafe { value::describe(value) };
            Err(takes_no(&described))
        })
    }
}

impl Drop for VisitorCalls {
    fn drop(&mut self) {
        if !self.error.is_null() {
            let _ = handle::free(self.error.addr(), HandleKind::Error);
        }
    }
}

#[cold]
fn takes_no(what: &str) -> Error {
    Error::unsupported(format!("the visitor has no function for {what}, and no other to take it"))
}
