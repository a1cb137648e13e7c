//! Text: `str` from and to UTF-8, UTF-16 and UTF-32.

use std::ffi::{CStr, c_void};

use super::describe::mismatch;
use super::slot::{pointer, word};
use crate::abi::{metaffi_slot, metaffi_string};
use crate::error::{Error, Result, Status};
use crate::python::api::{Object, TPFLAGS_UNICODE_SUBCLASS};
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::signature::{Kind, TypeInfo};
use crate::value::{memory, text};

/// A new `str`.
pub(super) fn new(gil: &Gil, text: &str) -> Result<PyRef> {
    // SAFETY: UTF-8 of that length, under the GIL.
    unsafe { PyRef::owned(gil, gil.api.new_utf8(text.as_ptr(), text.len(), c"strict".as_ptr())) }
}

/// What becomes of halves of surrogate pairs, which Python's text may have and no encoding has.
#[derive(Clone, Copy)]
pub(super) enum Surrogates {
    /// They are refused.
    Strict,
    /// They are encoded as if they were characters.
    Pass,
}

impl Surrogates {
    /// What a type declares.
    pub(super) fn of(info: &TypeInfo) -> Surrogates {
        if info.passes_surrogates() { Surrogates::Pass } else { Surrogates::Strict }
    }

    /// The name of Python's error handler.
    fn handler(self) -> &'static CStr {
        match self {
            Surrogates::Strict => c"strict",
            Surrogates::Pass => c"surrogatepass",
        }
    }
}

/// The `str` of a string; None if there is none.
///
/// # Safety
/// The slots hold a string of the kind.
#[inline(always)]
pub(super) unsafe fn to_python(
    gil: &Gil,
    kind: Kind,
    surrogates: Surrogates,
    slots: *const metaffi_slot,
) -> Result<PyRef> {
    let api = gil.api;
    let errors = surrogates.handler().as_ptr();
    // SAFETY: the slots hold a string of the kind.
    unsafe {
        let string = metaffi_string { data: pointer(*slots), length: *slots.add(1) as usize };
        if string.data.is_null() && string.length == 0 {
            return Ok(PyRef::new_reference(gil, api._Py_NoneStruct));
        }
        let mut order = NATIVE;
        let object = match bytes(&string, kind) {
            None => std::ptr::null_mut(),
            Some((data, length)) => match kind {
                Kind::String16 => (api.PyUnicode_DecodeUTF16)(data, length, errors, &mut order),
                Kind::String32 => (api.PyUnicode_DecodeUTF32)(data, length, errors, &mut order),
                _ => api.new_utf8(data.cast(), length.cast_unsigned(), errors),
            },
        };
        PyRef::from_owned(object).ok_or_else(|| malformed(gil, &string, kind))
    }
}

/// The byte order of this machine, for decoders that would otherwise look for a mark.
#[cfg(target_endian = "little")]
const NATIVE: std::ffi::c_int = -1;
#[cfg(target_endian = "big")]
const NATIVE: std::ffi::c_int = 1;

/// The bytes of a string as Python's decoders take them; `None` if it cannot be one.
fn bytes(string: &metaffi_string, kind: Kind) -> Option<(*const std::ffi::c_char, isize)> {
    let size = match kind {
        Kind::String16 => 2,
        Kind::String32 => 4,
        _ => 1,
    };
    let length = string.length.checked_mul(size)?;
    let length = isize::try_from(length).ok()?;
    (!string.data.is_null()).then_some((string.data.cast(), length))
}

#[cold]
unsafe fn malformed(gil: &Gil, string: &metaffi_string, kind: Kind) -> Error {
    // SAFETY: the text has as many units of the kind as it says; the GIL is held; the exception
    // says less than the check.
    unsafe {
        (gil.api.PyErr_Clear)();
        text::check(string, kind).err().unwrap_or_else(|| {
            Error::new(Status::InvalidText, format!("the {kind} could not be decoded"))
        })
    }
}

/// Puts the text of a `str` into slots; no string for None.
///
/// # Safety
/// `object` is alive; there is room for a string.
#[inline(always)]
pub(super) unsafe fn from_python(
    gil: &Gil,
    object: Object,
    kind: Kind,
    surrogates: Surrogates,
    slots: *mut metaffi_slot,
) -> Result<()> {
    let api = gil.api;
    // SAFETY: `object` is alive; there is room for a string.
    unsafe {
        if api.type_of(object) != api.PyUnicode_Type
            && api.flags_of(object) & TPFLAGS_UNICODE_SUBCLASS == 0
        {
            return none(gil, object, kind, slots);
        }
        let copy = match kind {
            Kind::String8 => utf8(gil, object, surrogates)?,
            Kind::String16 => encoded::<u16>(gil, object, UTF16, surrogates)?,
            _ => encoded::<u32>(gil, object, UTF32, surrogates)?,
        };
        *slots = word(copy.data);
        *slots.add(1) = copy.length as metaffi_slot;
    }
    Ok(())
}

#[cfg(target_endian = "little")]
const UTF16: &CStr = c"utf-16-le";
#[cfg(target_endian = "little")]
const UTF32: &CStr = c"utf-32-le";
#[cfg(target_endian = "big")]
const UTF16: &CStr = c"utf-16-be";
#[cfg(target_endian = "big")]
const UTF32: &CStr = c"utf-32-be";

#[cold]
unsafe fn none(gil: &Gil, object: Object, kind: Kind, slots: *mut metaffi_slot) -> Result<()> {
    let api = gil.api;
    // SAFETY: `object` is alive, and the GIL is held; `slots` have room for a text.
    unsafe {
        if object == api._Py_NoneStruct {
            *slots = 0;
            *slots.add(1) = 0;
            return Ok(());
        }
        let advice = match api.type_of(object) == api.PyBytes_Type {
            true => "decode it in Python, or declare uint8_array",
            false => "pass a str: str(…); an alias that names the type converts to text as well",
        };
        Err(mismatch(gil, object, kind, advice))
    }
}

#[inline(always)]
unsafe fn utf8(gil: &Gil, object: Object, surrogates: Surrogates) -> Result<metaffi_string> {
    // SAFETY: a live `str` under the GIL, whose UTF-8 lives as long as it.
    unsafe {
        match gil.api.utf8(object) {
            Some((data, length)) => copy(data, length, 1),
            None => without_utf8(gil, object, surrogates),
        }
    }
}

/// The text of a `str` that strict UTF-8 does not have.
#[cold]
unsafe fn without_utf8(
    gil: &Gil,
    object: Object,
    surrogates: Surrogates,
) -> Result<metaffi_string> {
    // SAFETY: `object` is alive, and the GIL is held; an exception is pending.
    unsafe {
        match surrogates {
            Surrogates::Strict => Err(surrogate(gil, object)),
            Surrogates::Pass => {
                (gil.api.PyErr_Clear)();
                encoded::<u8>(gil, object, c"utf-8", surrogates)
            }
        }
    }
}

unsafe fn encoded<T>(
    gil: &Gil,
    object: Object,
    encoding: &CStr,
    surrogates: Surrogates,
) -> Result<metaffi_string> {
    let api = gil.api;
    // SAFETY: a live `str` under the GIL; the bytes are copied while they are alive.
    unsafe {
        let encode = api.PyUnicode_AsEncodedString;
        let bytes = encode(object, encoding.as_ptr(), surrogates.handler().as_ptr());
        let Some(bytes) = PyRef::from_owned(bytes) else { return Err(surrogate(gil, object)) };
        let data = (api.PyBytes_AsString)(bytes.as_ptr()).cast::<u8>();
        copy(data, (api.PyBytes_Size)(bytes.as_ptr()) as usize, size_of::<T>())
    }
}

/// A copy with a zero unit behind it, from the boundary's allocator.
#[inline(always)]
unsafe fn copy(data: *const u8, bytes: usize, unit: usize) -> Result<metaffi_string> {
    let to = memory::alloc(bytes + unit)?;
    // SAFETY: room for the bytes and a unit more.
    unsafe {
        to.copy_from_nonoverlapping(data, bytes);
        to.add(bytes).write_bytes(0, unit);
    }
    Ok(metaffi_string { data: to.cast::<c_void>(), length: bytes / unit })
}

/// Why a `str` could not be encoded: half of a surrogate pair, which no encoding has.
#[cold]
unsafe fn surrogate(gil: &Gil, object: Object) -> Error {
    let api = gil.api;
    // SAFETY: a live `str` under the GIL, and an exception that is pending.
    unsafe {
        if (api.PyErr_ExceptionMatches)(api.PyExc_UnicodeEncodeError) == 0 {
            return error::fetch(gil);
        }
        (api.PyErr_Clear)();
        let length = (api.PyUnicode_GetLength)(object);
        let unit = |index| (api.PyUnicode_ReadChar)(object, index);
        let at = (0..length).find(|index| (0xd800..0xe000).contains(&unit(*index))).unwrap_or(0);
        Error::new(
            Status::InvalidText,
            format!(
                "the str has half of a surrogate pair (U+{:04X}) at index {at}, which is no \
                 character; declare string8<surrogatepass>, or string16 or string32 with that \
                 alias, to let it through",
                unit(at)
            ),
        )
    }
}
