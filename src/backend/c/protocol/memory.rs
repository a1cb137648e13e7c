//! The memory of C's data as an array that shares it.

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

use crate::abi::metaffi_array;
use crate::backend::c::data::accept::element_size;
use crate::backend::c::data::borrowed::BorrowedCData;
use crate::backend::c::data::cdata::CData;
use crate::backend::c::data::ctype::{CType, Format, Representation};
use crate::backend::c::data::lvalue::Lvalue;
use crate::error::Result;
use crate::handle::Key;
use crate::handle::pin::CallScope;
use crate::object::{Capabilities, refuse};
use crate::signature::{Kind, Type};
use crate::value::array::{self, OwnedArray};

/// An array of numbers as it is, of as many dimensions; the bytes of anything else. The memory cannot
/// be released before the array is freed.
pub(super) fn buffer(
    scope: &CallScope,
    data: BorrowedCData<'_>,
    object: Key,
    writable: bool,
) -> Result<*mut metaffi_array> {
    let lvalue = Lvalue::whole(scope, data)?;
    let bare = innermost(lvalue.ctype);
    let constant = lvalue.constant || bare.constant;
    if writable && constant {
        return Err(refuse(object, Capabilities::WRITE_BUFFER));
    }
    let is_memory = !matches!(
        lvalue.ctype.class,
        Representation::Pointer(_) | Representation::Function | Representation::Void
    );
    let size = match lvalue.ctype.is_open_ended() {
        true => lvalue.room(),
        false => Some(lvalue.ctype.size),
    };
    let Some(size) = size.filter(|_| is_memory) else {
        return Err(refuse(object, Capabilities::BUFFER));
    };
    lvalue.check()?;
    let owner = data.root(scope)?;
    Ok(lent(&lvalue, owner, shape(lvalue.ctype, size), constant)?.into_raw())
}

/// An array of numbers, of as many dimensions, as it lies in memory: lent if somebody is known who has
/// the memory, else copied; `None` if it has anything else.
pub(super) fn numbers(scope: &CallScope, lvalue: &Lvalue<'_>) -> Result<Option<OwnedArray>> {
    let element = innermost(lvalue.ctype);
    let (kind, shape) = shape(lvalue.ctype, lvalue.ctype.size);
    if lvalue.ctype.is_open_ended() || element.number != Some(kind) {
        return Ok(None);
    }
    lvalue.check()?;
    match lvalue.owner {
        Some(owner) => {
            let constant = lvalue.constant || element.constant;
            lent(lvalue, owner.root(scope)?, (kind, shape), constant).map(Some)
        }
        // SAFETY: the pointer that led here is its owner's word for what is there.
        None => unsafe { array::copy(&described(lvalue, kind, &shape)) }.map(Some),
    }
}

fn described(lvalue: &Lvalue<'_>, element: Kind, shape: &[usize]) -> metaffi_array {
    metaffi_array {
        data: lvalue.address.cast(),
        element: Type::from(element).number(),
        rank: shape.len(),
        shape: shape.as_ptr(),
        strides: ptr::null(),
        release: None,
        owner: ptr::null_mut(),
    }
}

fn lent(
    lvalue: &Lvalue<'_>,
    root: BorrowedCData<'_>,
    (element, shape): (Kind, Vec<usize>),
    constant: bool,
) -> Result<OwnedArray> {
    let owner = root.to_arc();
    owner.add_view()?;
    let userdata: *mut c_void = Arc::into_raw(owner).cast_mut().cast();
    let descriptor = described(lvalue, element, &shape);
    let borrow = if constant { array::borrow_read_only } else { array::borrow };
    // SAFETY: the memory is there as long as its owner, which the finalizer gives up.
    unsafe { borrow(&descriptor, Some(give_back), userdata).inspect_err(|_| give_back(userdata)) }
}

unsafe extern "C-unwind" fn give_back(userdata: *mut c_void) {
    // SAFETY: `buffer` made the pointer from an Arc for this one call.
    let owner = unsafe { Arc::from_raw(userdata.cast_const().cast::<CData>()) };
    owner.give_back();
}

/// What the elements of an array's arrays are.
fn innermost(ctype: &CType) -> &CType {
    let mut innermost = ctype;
    while let (Representation::Array(_), Some(element)) = (innermost.class, innermost.inner()) {
        innermost = element;
    }
    innermost
}

/// What the elements of so many bytes are, and how many there are in each dimension.
fn shape(ctype: &CType, size: usize) -> (Kind, Vec<usize>) {
    let mut shape = Vec::new();
    let (mut element, mut bytes) = (ctype, size);
    while let (Representation::Array(_), Some(inner)) = (element.class, element.inner()) {
        let length = element.length().or_else(|| bytes.checked_div(inner.size)).unwrap_or(0);
        shape.push(length);
        (element, bytes) = (inner, inner.size);
    }
    let is_whole = !matches!(element.class, Representation::Float(Format::Half));
    match element.number.filter(|kind| is_whole && element_size(*kind) == element.size) {
        Some(kind) => (kind, if shape.is_empty() { vec![1] } else { shape }),
        None => (Kind::Uint8, vec![size]),
    }
}
