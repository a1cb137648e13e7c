use std::ffi::CString;
use std::ptr;

use super::classes::{DECIMAL, UUID};
use super::{collection, time};
use crate::abi::metaffi_slot;
use crate::error::{Error, Result};
use crate::handle::pin::CallScope;
use crate::python::convert::slot::pointer;
use crate::python::convert::text::{self, Surrogates};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::signature::Kind;
use crate::value::neutral::Neutral;
use crate::value::zero;

/// The object of a neutral value or a collection.
///
/// # Safety
/// The slot has one of the kind.
pub(in crate::python::convert) unsafe fn to_python(
    gil: &Gil,
    scope: &CallScope,
    surrogates: Surrogates,
    kind: Kind,
    slot: metaffi_slot,
) -> Result<PyRef> {
    // SAFETY: the slot has one of the kind: a pointer.
    unsafe {
        if kind.is_collection() {
            return collection::to_python(gil, scope, surrogates, kind, pointer(slot), 0);
        }
        let mut value = zero(kind.into());
        value.data.bigint = pointer(slot);
        object(gil, &Neutral::expect(&value, kind)?)
    }
}

fn object(gil: &Gil, neutral: &Neutral<'_>) -> Result<PyRef> {
    let api = gil.api;
    match neutral {
        Neutral::BigInt(bigint) => {
            let digits = CString::new(bigint.to_hexadecimal())
                .map_err(|_| Error::invalid("digits have no NUL inside"))?;
            // SAFETY: NUL-terminated, under the GIL.
            unsafe {
                PyRef::owned(gil, (api.PyLong_FromString)(digits.as_ptr(), ptr::null_mut(), 16))
            }
        }
        Neutral::Complex(complex) => {
            // SAFETY: under the GIL.
            unsafe {
                PyRef::owned(gil, (api.PyComplex_FromDoubles)(complex.real, complex.imaginary))
            }
        }
        Neutral::Decimal(decimal) => DECIMAL.get(gil)?.call1(gil, &text::new(gil, decimal.text())?),
        Neutral::Uuid(_) => UUID.get(gil)?.call1(gil, &text::new(gil, &neutral.to_string())?),
        Neutral::Date(date) => time::new_date(gil, date),
        Neutral::Time(of_day) => time::new_time(gil, of_day),
        Neutral::DateTime(datetime) => time::new_datetime(gil, datetime),
        Neutral::Duration(span) => time::new_duration(gil, span),
        Neutral::Zone(zone) => time::new_zone(gil, zone.0),
        Neutral::Range(range) => {
            // SAFETY: a class of Python's own, always alive.
            let class = unsafe { PyRef::new_reference(gil, api.PyRange_Type) };
            time::call(gil, &class, &[range.start, range.stop, range.step])
        }
    }
}
