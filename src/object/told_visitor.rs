//! [`ToldVisitor`]: a visitor that C tells, which may not look at what that comes to.

use crate::handle::OwnedHandle;
use std::ffi::{c_char, c_void};
use std::{ptr, slice};

use super::{Visitor, VisitorCalls};
use crate::abi::{
    METAFFI_CONTAINER_OBJECT, metaffi_array, metaffi_container, metaffi_error, metaffi_object,
    metaffi_status, metaffi_value, metaffi_visitor,
};
use crate::call::report;
use crate::error::{Error, Result};
use crate::value::array::OwnedArray;
use crate::value::{self, array};

/// A visitor that is told by the functions that C has of it. After its first failure it takes nothing
/// more, so that nothing is made of a part.
pub struct ToldVisitor<V> {
    visitor: V,
    failure: Option<Error>,
}

impl<V: Visitor> ToldVisitor<V> {
    /// One that is told nothing yet.
    pub fn new(visitor: V) -> ToldVisitor<V> {
        ToldVisitor { visitor, failure: None }
    }

    /// Has it told by `tell`, and gives it back with what that came to: who tells may fail, or overlook
    /// that it has failed.
    pub fn told(mut self, tell: impl FnOnce(VisitorCalls) -> Result<()>) -> (V, Result<()>) {
        // SAFETY: it is there, and used by this alone, until `tell` has returned; these functions take
        // such a one.
        let calls = unsafe { VisitorCalls::new(functions::<V>(), (&raw mut self).cast()) };
        let outcome = tell(calls).and_then(|()| self.failure.map_or(Ok(()), Err));
        (self.visitor, outcome)
    }
}

/// The functions of visitors of a type: each is called with a told one as its userdata.
fn functions<V: Visitor>() -> metaffi_visitor {
    metaffi_visitor {
        size: size_of::<metaffi_visitor>(),
        null_value: Some(null::<V>),
        boolean: Some(boolean::<V>),
        integer: Some(integer::<V>),
        number: Some(number::<V>),
        text: Some(text::<V>),
        bytes: Some(bytes::<V>),
        value: Some(any::<V>),
        array: Some(numbers::<V>),
        object: Some(object::<V>),
        open: Some(open::<V>),
        close: Some(close::<V>),
        again: Some(again::<V>),
    }
}

macro_rules! adapters {
    ($($name:ident($visitor:ident $(, $argument:ident: $type:ty)*) $body:expr;)*) => {
        $(unsafe extern "C-unwind" fn $name<V: Visitor>(
            userdata: *mut c_void,
            $($argument: $type,)*
            error: *mut *mut metaffi_error,
        ) -> metaffi_status {
            // SAFETY: the userdata is a visitor that nobody else uses; what it is told of is as the
            // functions of visitors are declared; `error` is NULL or writable.
            unsafe {
                let told = &mut *userdata.cast::<ToldVisitor<V>>();
                let $visitor = &mut told.visitor;
                let done = match &told.failure {
                    None => $body,
                    Some(failure) => Err(failure.clone()),
                };
                if let (Err(failure), None) = (&done, &told.failure) {
                    told.failure = Some(failure.clone());
                }
                report(error, done)
            }
        })*
    };
}

adapters! {
    null(visitor) visitor.null();
    boolean(visitor, boolean: bool) visitor.boolean(boolean);
    integer(visitor, integer: i64) visitor.integer(integer);
    number(visitor, number: f64) visitor.number(number);
    text(visitor, data: *const c_char, length: usize) {
        some(data.cast::<u8>(), length, "text")
            .and_then(value::text::utf8)
            .and_then(|text| visitor.text(text))
    };
    bytes(visitor, data: *const u8, length: usize) {
        some(data, length, "bytes").and_then(|bytes| visitor.bytes(bytes))
    };
    any(visitor, value: *const metaffi_value) match value.as_ref() {
        Some(value) => visitor.value(value),
        None => Err(Error::invalid("value is NULL")),
    };
    numbers(visitor, array: *mut metaffi_array) match ptr::NonNull::new(array) {
        Some(array) => {
            let array = OwnedArray::from_raw(array);
            array::View::new(array.as_ptr()).map(drop).and_then(|()| visitor.array(array))
        }
        None => Err(Error::invalid("array is NULL")),
    };
    object(visitor, object: *mut metaffi_object) match object.is_null() {
        true => visitor.null(),
        false => visitor.object(OwnedHandle::new(object.addr())),
    };
    open(visitor, container: *const metaffi_container) match container.as_ref() {
        Some(container) if container.kind <= METAFFI_CONTAINER_OBJECT => visitor.open(container),
        Some(container) => {
            Err(Error::invalid(format!("{} is no kind of container", container.kind)))
        }
        None => Err(Error::invalid("container is NULL")),
    };
    close(visitor) visitor.close();
    again(visitor, id: u64) visitor.again(id);
}

/// # Safety
/// `data` is NULL or has `length` bytes for as long as the result is used.
unsafe fn some<'a>(data: *const u8, length: usize, name: &str) -> Result<&'a [u8]> {
    match (data.is_null(), length) {
        (_, 0) => Ok(&[]),
        (true, _) => Err(Error::invalid(format!("{name} is NULL, but has a length of {length}"))),
        // SAFETY: so many bytes are there.
        (false, _) => Ok(unsafe { slice::from_raw_parts(data, length) }),
    }
}
