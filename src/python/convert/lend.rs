//! The memory of Python's objects where a callee takes an address.

use std::fmt::Display;
use std::slice;
use std::sync::Arc;

use super::buffer::Buffer;
use super::element::{BufferElement, format};
use super::exchange::exchanged;
use crate::abi::metaffi_slot;
use crate::call::{Element, Wanted, scratch};
use crate::error::{Error, Result};
use crate::handle::pin::CallScope;
use crate::python::api::{Api, Object};
use crate::python::error::quietly;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of, type_name};
use crate::signature::Kind;
use crate::value;

/// The address of an object's elements, which stay where they are until the scope ends; of what must not
/// be written the callee gets a copy if it may write. `None` if the object shows no memory. `spelling`
/// is what is wanted, for messages.
///
/// # Safety
/// `object` is alive as long as the scope, and the GIL is held.
pub unsafe fn lend(
    gil: &Gil,
    scope: &CallScope,
    object: Object,
    wanted: &Wanted,
    spelling: &dyn Display,
) -> Option<Result<u64>> {
    // SAFETY: `object` is alive as long as the scope, and the GIL is held.
    unsafe {
        if is_number_object(gil.api, object) {
            return None;
        }
        if (gil.api.PyObject_CheckBuffer)(object) == 0 {
            return match exchanged(gil, object)? {
                Ok(buffer) => Some(address(gil, scope, object, buffer, wanted, spelling)),
                Err(refused) => Some(Err(cannot(gil, object, spelling, refused.message()))),
            };
        }
        let buffer = Buffer::new(gil, object)?;
        if is_masked(gil, object) {
            let advice = "it has a mask, which C does not: give .filled(…), or .data";
            return Some(Err(cannot(gil, object, spelling, advice)));
        }
        Some(address(gil, scope, object, buffer, wanted, spelling))
    }
}

unsafe fn address(
    gil: &Gil,
    scope: &CallScope,
    object: Object,
    buffer: Buffer,
    wanted: &Wanted,
    spelling: &dyn Display,
) -> Result<u64> {
    let memory = buffer.exported();
    // SAFETY: the buffer is held, and its shape has as many lengths as it has dimensions.
    let (format, shape) = unsafe {
        let rank = memory.ndim.unsigned_abs() as usize;
        (format(memory), if rank == 0 { &[] } else { slice::from_raw_parts(memory.shape, rank) })
    };
    let size = memory.itemsize.unsigned_abs();
    let element = BufferElement::of(format, size);
    let holds_address = shape.is_empty() && size == size_of::<usize>() && !wanted.by_value;
    if holds_address && element.points_to(wanted) {
        // SAFETY: an element, which is an address, is there.
        return Ok(unsafe { memory.buf.cast::<u64>().read_unaligned() });
    }
    let refused = |advice: &str| {
        // SAFETY: the object is alive, and the GIL is held.
        let given = unsafe { describe_memory(gil, object, format) };
        Err(Error::mismatch(format!("{given} cannot be given for {spelling}: {advice}")))
    };
    let parts = size == 2 * wanted.size && is_parts(element, wanted);
    if !parts && !element.is(size, wanted) {
        // SAFETY: as above.
        return refused(&unsafe { conversion(gil, object, element, wanted) });
    }
    let of_row = if parts { &wanted.rows[..wanted.rows.len() - 1] } else { &wanted.rows[..] };
    let last = shape.len().saturating_sub(of_row.len());
    let rows_fit = shape.len() >= of_row.len()
        && shape[last..].iter().zip(of_row).all(|(found, row)| *found == row.cast_signed());
    if !rows_fit {
        let lengths: Vec<String> = of_row.iter().map(ToString::to_string).collect();
        let given = format!("{shape:?}").replace(['[', ']'], "");
        let lengths = lengths.join(", ");
        return refused(&format!("its shape is ({given}), where rows are ({lengths}): reshape it"));
    }
    // SAFETY: the buffer is held, with its shape and strides.
    let is_contiguous = unsafe { (gil.api.PyBuffer_IsContiguous)(memory, b'C' as _) } != 0;
    if !memory.suboffsets.is_null() || !is_contiguous {
        // SAFETY: as above.
        return refused(unsafe { contiguity(gil, object) });
    }
    let length = memory.len.unsigned_abs();
    let bytes = wanted.element == Element::Record && element == BufferElement::Byte;
    if bytes && length < wanted.size {
        return refused(&format!("it has {length} bytes, where there are {}", wanted.size));
    }
    let align = if bytes || wanted.element == Element::Anything { 1 } else { wanted.align };
    if length > 0 && !memory.buf.addr().is_multiple_of(align) {
        return refused("it is not aligned, as C's elements are: copy it");
    }
    if memory.readonly == 0 || wanted.constant {
        let word = memory.buf.expose_provenance() as u64;
        scope.keep(Arc::new(buffer.into_keeper()));
        return Ok(word);
    }
    // Where C may write, it writes to a copy, with a zero behind it as `bytes` have one.
    let copy = scratch(scope, length + size.max(1))?;
    // SAFETY: the memory has so many bytes, one after the other, and so has the copy, and an element more.
    unsafe {
        copy.copy_from_nonoverlapping(memory.buf.cast(), length);
        copy.add(length).write_bytes(0, size.max(1));
    }
    Ok(copy.expose_provenance() as u64)
}

/// Whether complex numbers are given for pairs of their parts.
fn is_parts(element: BufferElement, wanted: &Wanted) -> bool {
    wanted.element == Element::Float
        && element == BufferElement::Number(Element::Complex)
        && wanted.rows.last() == Some(&2)
}

/// Whether it is a number of numpy's or a date, which show memory though they are no arrays.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub unsafe fn is_number_object(api: &Api, object: Object) -> bool {
    let has = api.PyObject_HasAttrString;
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        let r#type = api.type_of(object).cast();
        has(r#type, c"__array_priority__".as_ptr()) != 0
            && has(r#type, c"__setitem__".as_ptr()) == 0
    }
}

/// The kind of the number that an object holds in its memory, as those of numpy and ctypes do.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub unsafe fn number_kind(gil: &Gil, object: Object) -> Option<Kind> {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe { number_in(gil, object).map(|(kind, _)| kind) }
}

/// The number that an object holds in its memory; `None` if it is anything else, also an array of one.
///
/// # Safety
/// As for [`number_kind`].
pub unsafe fn number_in(gil: &Gil, object: Object) -> Option<(Kind, metaffi_slot)> {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        let value = single(gil, object)?.scalar()?;
        Some((value::kind_of(&value).ok()?, value.data.uint64))
    }
}

/// A number of a kind that Python has none for, as those of numpy and ctypes are: `numpy.longdouble`.
pub struct HeldNumber(Buffer);

impl HeldNumber {
    /// The number that an object holds in its memory, if it is of this kind.
    ///
    /// # Safety
    /// As for [`number_kind`].
    pub unsafe fn of(gil: &Gil, object: Object, element: Element) -> Option<HeldNumber> {
        // SAFETY: `object` is alive, and the GIL is held; the buffer is held with its format.
        unsafe {
            let buffer = single(gil, object)?;
            let memory = buffer.exported();
            let found = BufferElement::of(format(memory), memory.itemsize.unsigned_abs());
            (found == BufferElement::Number(element)).then_some(HeldNumber(buffer))
        }
    }

    /// Its bytes, which are there as long as this is.
    pub fn bytes(&self) -> &[u8] {
        let memory = self.0.exported();
        // SAFETY: a buffer without dimensions has one element.
        unsafe { slice::from_raw_parts(memory.buf.cast(), memory.itemsize.unsigned_abs()) }
    }
}

/// What an object shows that is one number, and no array of one.
unsafe fn single(gil: &Gil, object: Object) -> Option<Buffer> {
    // SAFETY: the caller's object is alive, and the GIL is held.
    unsafe {
        if (gil.api.PyObject_CheckBuffer)(object) == 0 {
            return None;
        }
        let r#type = gil.api.type_of(object).cast();
        if (gil.api.PyObject_HasAttrString)(r#type, c"__setitem__".as_ptr()) != 0 {
            return None;
        }
        Buffer::new(gil, object).filter(|buffer| buffer.rank() == 0)
    }
}

/// Whether it is an array with a mask, which is more than the memory that it shows.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub(super) unsafe fn is_masked(gil: &Gil, object: Object) -> bool {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        let r#type = gil.api.type_of(object).cast();
        (gil.api.PyObject_HasAttrString)(r#type, c"filled".as_ptr()) != 0
            && (gil.api.PyObject_HasAttrString)(r#type, c"mask".as_ptr()) != 0
    }
}

/// What numpy's dates and times, and arrays of them, are given as.
///
/// # Safety
/// `object` is alive, and the GIL is held.
#[cold]
pub unsafe fn date_advice(gil: &Gil, object: Object, by_value: bool) -> Option<&'static str> {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        let array = PyRef::new_reference(gil, object);
        let kind = quietly(gil, || {
            text_of(gil, &array.attribute(gil, c"dtype")?.attribute(gil, c"kind")?)
        })?;
        Some(match is_number_object(gil.api, object) {
            _ if kind != "M" && kind != "m" => return None,
            false => "give its numbers: .view('i8')",
            true if by_value => "give its number: .astype('i8')",
            true => "give an array of its number: numpy.array([…]).view('i8')",
        })
    }
}

/// The name of an object's type.
///
/// # Safety
/// `object` is alive, and the GIL is held.
#[cold]
pub unsafe fn name_of(gil: &Gil, object: Object) -> String {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe { type_name(gil, gil.api.type_of(object)) }
}

/// An object that cannot be given for what is wanted.
///
/// # Safety
/// `object` is alive, and the GIL is held.
#[cold]
pub unsafe fn cannot(gil: &Gil, object: Object, spelling: &dyn Display, advice: &str) -> Error {
    // SAFETY: `object` is alive, and the GIL is held.
    let given = unsafe { super::describe::describe(gil, object) };
    Error::mismatch(format!("{given} cannot be given for {spelling}: {advice}"))
}

/// An object by its type and what its elements are: `numpy.ndarray of float16`.
#[cold]
unsafe fn describe_memory(gil: &Gil, object: Object, format: &[u8]) -> String {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        let name = type_name(gil, gil.api.type_of(object));
        if name == "bytes" || name == "bytearray" {
            return name;
        }
        let object = PyRef::new_reference(gil, object);
        let dtype = quietly(gil, || {
            let dtype = object.attribute(gil, c"dtype")?;
            text_of(gil, &PyRef::owned(gil, (gil.api.PyObject_Str)(dtype.as_ptr()))?)
        });
        match dtype {
            Some(dtype) => format!("{name} of {dtype}"),
            None => format!("{name} of format '{}'", String::from_utf8_lossy(format)),
        }
    }
}

/// How elements become what is wanted.
#[cold]
unsafe fn conversion(gil: &Gil, object: Object, element: BufferElement, wanted: &Wanted) -> String {
    let bits = 8 * wanted.size;
    let (number, code) = match wanted.element {
        Element::Integer { signed: true } => (format!("int{bits}"), code(wanted.size, "bhiq")),
        Element::Integer { signed: false } => (format!("uint{bits}"), code(wanted.size, "BHIQ")),
        Element::Character if wanted.size == 1 => ("uint8".to_owned(), 'B'),
        Element::Character => (format!("uint{bits}"), code(wanted.size, "BHIQ")),
        Element::Float if wanted.size == 16 => ("longdouble".to_owned(), 'g'),
        Element::Float => (format!("float{bits}"), code(wanted.size, " efd")),
        Element::Complex => (format!("complex{bits}"), 'D'),
        Element::Pointer => return "give a list of what the pointers point to".to_owned(),
        Element::Function => return "give a function, or an address".to_owned(),
        Element::Stream => return "give a file, C data, or an address".to_owned(),
        Element::Record => return "give C data of the type: module.new(…)".to_owned(),
        Element::Anything => return "its elements are references to Python objects".to_owned(),
    };
    // SAFETY: `object` is alive, and the GIL is held.
    let has = |name: &std::ffi::CStr| unsafe {
        (gil.api.PyObject_HasAttrString)(object, name.as_ptr()) != 0
    };
    // SAFETY: as above.
    let is_buffer = unsafe { (gil.api.PyObject_CheckBuffer)(object) } != 0;
    match (has(c"astype"), element) {
        (true, BufferElement::Number(Element::Complex)) if wanted.element == Element::Float => {
            format!("give its parts with .view({number})")
        }
        (true, _) => format!("convert it with .astype({number})"),
        _ if has(c"cast") && !is_buffer => format!("convert it with .cast(…) to {number}"),
        (false, _) if wanted.size == 1 => "give its bytes: memoryview(…).cast('B')".to_owned(),
        (false, _) => format!("give a list, or elements of {number}, as array.array('{code}', …)"),
    }
}

/// The letter of elements of a size.
fn code(size: usize, letters: &str) -> char {
    letters.chars().nth(size.trailing_zeros() as usize).unwrap_or(' ')
}

/// How elements come to lie one after the other.
#[cold]
unsafe fn contiguity(gil: &Gil, object: Object) -> &'static str {
    // SAFETY: `object` is alive, and the GIL is held.
    match unsafe { (gil.api.PyObject_HasAttrString)(object, c"astype".as_ptr()) } {
        0 => "its elements do not lie one after the other: copy it",
        _ => {
            "its elements do not lie one after the other in rows: give numpy.ascontiguousarray(…), \
             or its .T if it has columns"
        }
    }
}
