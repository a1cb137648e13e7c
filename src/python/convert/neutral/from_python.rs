use super::classes::{DATE, DATETIME, DECIMAL, TIME, TIMEDELTA, UUID, ZONE_INFO};
use super::time;
use crate::abi::{metaffi_complex, metaffi_range, metaffi_slot, metaffi_value};
use crate::error::{Error, Result};
use crate::python::api::{Object, TPFLAGS_LONG_SUBCLASS};
use crate::python::convert::describe::mismatch;
use crate::python::convert::number;
use crate::python::convert::slot::word;
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};
use crate::signature::Kind;
use crate::value::OwnedValue;
use crate::value::neutral::{BigInt, DateTime, Neutral, Zone};

/// Puts what an object is as a value of a neutral kind into a slot, which owns it.
///
/// # Safety
/// `object` is alive; there is room for a slot.
pub(in crate::python::convert) unsafe fn from_python(
    gil: &Gil,
    object: Object,
    kind: Kind,
    slot: *mut metaffi_slot,
) -> Result<()> {
    // SAFETY: `object` is alive; there is room for a slot; every neutral value is a pointer.
    unsafe {
        let value = declared(gil, object, kind)?;
        slot.write(word(value.into_raw().data.bigint));
    }
    Ok(())
}

/// The value of an object that is exactly of a class that a neutral kind stands for, and says nothing
/// that the kind cannot. `None` for everything else.
///
/// # Safety
/// `object` is alive.
pub(in crate::python::convert) unsafe fn exact(gil: &Gil, object: Object) -> Option<metaffi_value> {
    // SAFETY: `object` is alive.
    unsafe {
        let kind = exact_kind(gil, object)?;
        error::quietly(gil, || declared(gil, object, kind)).map(OwnedValue::into_raw)
    }
}

/// The kind of an object that is exactly of such a class. Its name is looked at first: most are of
/// none, and only of what has the right one is the class looked for.
unsafe fn exact_kind(gil: &Gil, object: Object) -> Option<Kind> {
    // SAFETY: `object` is alive, and its type with it.
    unsafe {
        let name = gil.api.name_of_type(gil.api.type_of(object)).to_bytes();
        let (class, kind) = match name.rsplit(|byte| *byte == b'.').next()? {
            b"int" if gil.api.type_of(object) == gil.api.PyLong_Type => return Some(Kind::BigInt),
            b"complex" if gil.api.type_of(object) == gil.api.PyComplex_Type => {
                return Some(Kind::Complex);
            }
            b"Decimal" => (&DECIMAL, Kind::Decimal),
            b"datetime" => (&DATETIME, Kind::DateTime),
            b"date" => (&DATE, Kind::Date),
            b"time" => (&TIME, Kind::Time),
            b"timedelta" => (&TIMEDELTA, Kind::Duration),
            b"UUID" => (&UUID, Kind::Uuid),
            b"ZoneInfo" => (&ZONE_INFO, Kind::Zone),
            _ => return None,
        };
        class.is_exact(gil, object).then_some(kind)
    }
}

/// The value of a range, if its integers have 64 bits.
///
/// # Safety
/// `object` is a range that is alive.
pub(super) unsafe fn range(gil: &Gil, object: Object) -> Option<OwnedValue> {
    // SAFETY: `object` is alive.
    error::quietly(gil, || unsafe { declared(gil, object, Kind::Range) })
}

/// The kind that an object's class stands for.
unsafe fn kind_of(gil: &Gil, object: Object) -> Option<Kind> {
    let api = gil.api;
    // SAFETY: `object` is alive.
    unsafe {
        let is = |class| (api.PyType_IsSubtype)(api.type_of(object), class) != 0;
        Some(match () {
            _ if is(api.PyBool_Type) => return None,
            _ if api.flags_of(object) & TPFLAGS_LONG_SUBCLASS != 0 => Kind::BigInt,
            _ if is(api.PyComplex_Type) => Kind::Complex,
            _ if is(api.PyRange_Type) => Kind::Range,
            // A datetime is a date as well.
            _ if DATETIME.is_instance(gil, object) => Kind::DateTime,
            _ if DATE.is_instance(gil, object) => Kind::Date,
            _ if TIME.is_instance(gil, object) => Kind::Time,
            _ if TIMEDELTA.is_instance(gil, object) => Kind::Duration,
            _ if DECIMAL.is_instance(gil, object) => Kind::Decimal,
            _ if UUID.is_instance(gil, object) => Kind::Uuid,
            _ if ZONE_INFO.is_instance(gil, object) => Kind::Zone,
            _ => return None,
        })
    }
}

/// # Safety
/// `object` is alive.
unsafe fn declared(gil: &Gil, object: Object, kind: Kind) -> Result<OwnedValue> {
    // SAFETY: `object` is alive; a reference keeps it so, whatever runs.
    unsafe {
        let found = kind_of(gil, object);
        let object = PyRef::new_reference(gil, object);
        match (kind, found) {
            (Kind::BigInt, Some(Kind::BigInt)) => Neutral::BigInt(bigint(gil, &object)?).to_value(),
            (Kind::BigInt, None) if is_index(gil, &object) => {
                let int = PyRef::owned(gil, (gil.api.PyNumber_Index)(object.as_ptr()))?;
                Neutral::BigInt(bigint(gil, &int)?).to_value()
            }
            (Kind::Complex, Some(Kind::Complex)) => Neutral::Complex(metaffi_complex {
                real: (gil.api.PyComplex_RealAsDouble)(object.as_ptr()),
                imaginary: (gil.api.PyComplex_ImagAsDouble)(object.as_ptr()),
            })
            .to_value(),
            (Kind::Complex, None | Some(Kind::BigInt)) if !is_bool(gil, &object) => {
                let real = number::from_python(gil, object.as_ptr(), Kind::Float64)
                    .map_err(|_| refused(gil, &object, kind))?;
                let real = f64::from_bits(real);
                Neutral::Complex(metaffi_complex { real, imaginary: 0.0 }).to_value()
            }
            (Kind::Decimal, Some(Kind::Decimal | Kind::BigInt)) => {
                let number = PyRef::owned(gil, (gil.api.PyObject_Str)(object.as_ptr()))?;
                Neutral::parse(&text_of(gil, &number)?, kind)?.to_value()
            }
            (Kind::Date, Some(Kind::Date)) => Neutral::Date(time::date(gil, &object)?).to_value(),
            (Kind::Time, Some(Kind::Time)) => {
                Neutral::Time(time::time(gil, &object, &mut String::new())?).to_value()
            }
            (Kind::DateTime, Some(Kind::DateTime)) => Neutral::DateTime(DateTime {
                date: time::date(gil, &object)?,
                time: time::time(gil, &object, &mut String::new())?,
            })
            .to_value(),
            (Kind::Duration, Some(Kind::Duration)) => {
                Neutral::Duration(time::duration(gil, &object)?).to_value()
            }
            (Kind::Zone, Some(Kind::Zone)) => {
                let name = time::zone_name(gil, &object)?;
                let zone = Neutral::Zone(Zone(&name));
                zone.check()?;
                zone.to_value()
            }
            (Kind::Uuid, Some(Kind::Uuid)) => {
                let digits = PyRef::owned(gil, (gil.api.PyObject_Str)(object.as_ptr()))?;
                Neutral::parse(&text_of(gil, &digits)?, kind)?.to_value()
            }
            (Kind::Range, Some(Kind::Range)) => {
                let part = |name| number::attribute(gil, &object, name);
                let (start, stop) = (part(c"start")?, part(c"stop")?);
                Neutral::Range(metaffi_range { start, stop, step: part(c"step")? }).to_value()
            }
            _ => Err(refused(gil, &object, kind)),
        }
    }
}

fn is_bool(gil: &Gil, object: &PyRef) -> bool {
    // SAFETY: a live object.
    unsafe { gil.api.type_of(object.as_ptr()) == gil.api.PyBool_Type }
}

/// Whether it says that it is an integer, other than by being one.
fn is_index(gil: &Gil, object: &PyRef) -> bool {
    // SAFETY: a live object under the GIL.
    !is_bool(gil, object) && unsafe { (gil.api.PyIndex_Check)(object.as_ptr()) != 0 }
}

/// The value of an `int`, by its hexadecimal digits, which takes no longer for many.
fn bigint(gil: &Gil, int: &PyRef) -> Result<BigInt<'static>> {
    // SAFETY: a live object under the GIL.
    let text = unsafe { PyRef::owned(gil, (gil.api.PyNumber_ToBase)(int.as_ptr(), 16)) }?;
    let text = text_of(gil, &text)?;
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, &*text),
    };
    BigInt::from_hexadecimal(negative, digits.trim_start_matches("0x"))
        .ok_or_else(|| Error::invalid(format!("{text} is no integer")))
}

#[cold]
fn refused(gil: &Gil, object: &PyRef, kind: Kind) -> Error {
    let advice = match kind {
        Kind::BigInt => "give an int",
        Kind::Decimal => "give a decimal.Decimal or an int",
        Kind::Complex => "give a complex, a float, or an int that a float is exactly",
        Kind::Date => "give a datetime.date",
        Kind::Time => "give a datetime.time",
        Kind::DateTime => "give a datetime.datetime",
        Kind::Duration => "give a datetime.timedelta",
        Kind::Zone => "give a zoneinfo.ZoneInfo",
        Kind::Uuid => "give a uuid.UUID",
        _ => "give a range",
    };
    // SAFETY: a live object.
    unsafe { mismatch(gil, object.as_ptr(), kind, advice) }
}
