//! Text and bytes in memory.

use super::DataTable;
use super::place::Place;
use super::scalar::ScalarAccess;
use super::table::Shape;
use crate::error::{Error, Result};
use crate::host::python::trampoline::trampoline;
use crate::python::api::{Object, TPFLAGS_UNICODE_SUBCLASS};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};
use crate::python::support;

/// Whether it is a `str`.
pub(super) fn is_str(gil: &Gil, object: &PyRef) -> bool {
    // SAFETY: a live object under the GIL.
    unsafe { gil.api.flags_of(object.as_ptr()) & TPFLAGS_UNICODE_SUBCLASS != 0 }
}

/// Whether it is a `str` or `bytes`.
pub(super) fn is_text(gil: &Gil, object: &PyRef) -> bool {
    // SAFETY: a live object under the GIL.
    let r#type = unsafe { gil.api.type_of(object.as_ptr()) };
    r#type == gil.api.PyBytes_Type || is_str(gil, object)
}

/// The bytes of a unit of the text that an array of such elements holds, or a pointer to them leads
/// to.
pub(super) fn unit(table: &DataTable, inner: &DataTable) -> Option<usize> {
    let Shape::Scalar(access) = inner.shape else { return None };
    let bytes = matches!(access, ScalarAccess::Uint8 | ScalarAccess::Int8) && table.is_pointer();
    access.unit().or(bytes.then_some(1))
}

/// Units in memory, up to a NUL or the end.
pub(super) struct Units {
    pub(super) at: *const u8,
    pub(super) count: usize,
    pub(super) unit: usize,
}

impl Units {
    /// Those at a place, up to a NUL, at most so many.
    ///
    /// # Safety
    /// So many bytes are at the place as are known, and else a NUL or `most` units.
    pub(super) unsafe fn to_nul(place: &Place, unit: usize, most: usize) -> Units {
        let most = place.room().map_or(most, |room| most.min(room / unit));
        // SAFETY: as above.
        unsafe { Units::before_nul(place.at, unit, most) }
    }

    /// Those at an address, up to a NUL, at most so many.
    ///
    /// # Safety
    /// There is a NUL, or so many units are there.
    pub(super) unsafe fn before_nul(at: *const u8, unit: usize, most: usize) -> Units {
        // SAFETY: as above.
        let count = unsafe {
            match (unit, most) {
                (1, usize::MAX) => libc::strlen(at.cast()),
                (1, most) => libc::strnlen(at.cast(), most),
                _ => {
                    let is_nul = |index: usize| {
                        (0..unit).all(|byte| at.add(index * unit + byte).read() == 0)
                    };
                    (0..most).take_while(|index| !is_nul(*index)).count()
                }
            }
        };
        Units { at, count, unit }
    }

    /// The text that they are.
    pub(super) fn text(&self, gil: &Gil) -> Result<PyRef> {
        const NATIVE: i32 = if cfg!(target_endian = "big") { 1 } else { -1 };
        let (api, strict) = (gil.api, c"strict".as_ptr());
        let bytes = (self.count * self.unit).cast_signed();
        let mut order = NATIVE;
        // SAFETY: so many units are there, under the GIL.
        let text = unsafe {
            match self.unit {
                1 => api.new_utf8(self.at, self.count, strict),
                2 => (api.PyUnicode_DecodeUTF16)(self.at.cast(), bytes, strict, &raw mut order),
                _ => (api.PyUnicode_DecodeUTF32)(self.at.cast(), bytes, strict, &raw mut order),
            }
        };
        // SAFETY: a new reference, or NULL.
        unsafe { PyRef::from_owned(text) }.ok_or_else(|| undecodable(gil))
    }

    /// The bytes.
    pub(super) fn bytes(&self, gil: &Gil) -> Result<PyRef> {
        let length = (self.count * self.unit).cast_signed();
        // SAFETY: so many are there, under the GIL.
        unsafe { PyRef::owned(gil, (gil.api.PyBytes_FromStringAndSize)(self.at.cast(), length)) }
    }
}

/// Adds the ways out to what the pending exception says.
#[cold]
fn undecodable(gil: &Gil) -> Error {
    let api = gil.api;
    let null: Object = std::ptr::null_mut();
    let (mut class, mut value, mut trace) = (null, null, null);
    // SAFETY: an exception is pending, under the GIL.
    unsafe {
        (api.PyErr_Fetch)(&mut class, &mut value, &mut trace);
        (api.PyErr_NormalizeException)(&mut class, &mut value, &mut trace);
        if !value.is_null() {
            let exception = PyRef::new_reference(gil, value);
            let reason = exception.attribute(gil, c"reason").and_then(|reason| {
                let reason = text_of(gil, &reason)?;
                support::text(
                    gil,
                    &format!(
                        "{reason}; bytes(…) gives what is there, and bytes(…).decode(\"latin-1\") \
                         a character for each byte"
                    ),
                )
            });
            if let Ok(reason) = reason {
                (api.PyObject_SetAttrString)(value, c"reason".as_ptr(), reason.as_ptr());
            }
            (api.PyErr_Clear)();
        }
        (api.PyErr_Restore)(class, value, trace);
    }
    super::raise::pending()
}

/// The text that a place holds or points to; `None` if it has no characters.
pub(super) fn text(gil: &Gil, place: &Place, most: usize) -> Result<Option<PyRef>> {
    units(gil, place, most)?.map(|units| units.text(gil)).transpose()
}

/// The units that a place holds or points to; `None` if it has no characters, or is NULL.
pub(super) fn units(gil: &Gil, place: &Place, most: usize) -> Result<Option<Units>> {
    let Some(inner) = place.table.inner(gil)? else { return Ok(None) };
    let Some(unit) = unit(&place.table, inner) else { return Ok(None) };
    // SAFETY: text ends with a NUL, or where its memory does.
    unsafe {
        if place.table.is_pointer() {
            if place.at.cast::<usize>().read_unaligned() == 0 {
                return Ok(None);
            }
            return Ok(Some(Units::to_nul(&place.follow(gil)?, unit, most)));
        }
        let most = place.length(gil)?.map_or(most, |(length, _)| length.min(most));
        Ok(Some(Units::to_nul(place, unit, most)))
    }
}

/// `__bytes__`: all bytes of an object; of a pointer to characters, those before the NUL.
pub(super) unsafe extern "C-unwind" fn bytes(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let place = Place::of(gil, object)?;
            if place.table.is_pointer() {
                let inner = place.table.inner(gil)?;
                let is_byte =
                    |one: &&DataTable| one.size == 1 && matches!(one.shape, Shape::Scalar(_));
                let inner = inner.filter(is_byte).ok_or_else(|| no_bytes(&place))?;
                let target = place.follow(gil)?;
                return Units::to_nul(&target, inner.size, usize::MAX).bytes(gil);
            }
            let count = match place.table.layout.open {
                true => place.room().ok_or_else(|| no_bytes(&place))?,
                false => place.table.size,
            };
            Units { at: place.at, count, unit: 1 }.bytes(gil)
        })
    }
}

#[cold]
fn no_bytes(place: &Place) -> Error {
    Error::unsupported(format!(
        "{} does not say how many bytes it has; cast it to an array with a length",
        place.table.spell()
    ))
}
