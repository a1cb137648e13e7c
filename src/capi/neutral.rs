//! Neutral values: new big integers, dates, maps and their like.

use std::ffi::c_char;
use std::ptr;

use super::guard::guard_into;
use super::input;
use crate::abi::{
    metaffi_complex, metaffi_date, metaffi_datetime, metaffi_duration, metaffi_error,
    metaffi_range, metaffi_status, metaffi_time, metaffi_type, metaffi_uuid, metaffi_value,
};
use crate::error::{Error, Result};
use crate::signature::{Kind, Type};
use crate::value::neutral::{self, BigInt, Neutral};
use crate::value::{self, zero};

/// A new big integer.
///
/// @param negative Whether it is below 0.
/// @param magnitude The bytes of its absolute value, the least significant first; borrowed for the
///        call. Zeroes at the end count for nothing; NULL with length 0 is 0.
/// @param value The new value, owned by the caller: metaffi_value_clear.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL;
///         METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `magnitude` is NULL or has `length` bytes; `value` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_value_new_bigint(
    negative: bool,
    magnitude: *const u8,
    length: usize,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    make(value, error, || {
        // SAFETY: `magnitude` is NULL or has `length` bytes.
        let magnitude = unsafe { input::many(magnitude, length, "magnitude") }?;
        Ok(Neutral::BigInt(BigInt::new(negative, magnitude)))
    })
}

/// A new value of one of the types bigint, decimal, complex, date, time, datetime, duration, zone,
/// uuid and range, from its text.
///
/// The text is digits for a bigint (`-123`), a number for a decimal (`-1.50`, `1E+3`, `NaN`,
/// `Infinity`), `1.5-2.0i` for a complex, ISO 8601 for a date (`2024-02-29`), a time
/// (`12:30:00.5+02:00[Europe/Paris]`; seconds, offset and zone may be missing), a datetime (both with
/// a `T` between) and a duration (`PT90.5S`, `P1DT2H`), hexadecimal digits in groups for a uuid,
/// `start:stop:step` for a range, and the name itself for a zone. metaffi_value_convert to
/// a string gives it back. The time that a bigint of many digits takes grows with the square of
/// their number; metaffi_value_new_bigint takes bytes.
///
/// @param type The type of the new value.
/// @param text `length` bytes of UTF-8, borrowed for the call.
/// @param value The new value, owned by the caller: metaffi_value_clear.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if the text is not one of the type, a pointer
///         is NULL or the type is none of those; METAFFI_STATUS_OUT_OF_RANGE if a part of it is more
///         than there is; METAFFI_STATUS_INVALID_TEXT; METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `text` is NULL or has `length` bytes; `value` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_value_new_parsed(
    r#type: metaffi_type,
    text: *const c_char,
    length: usize,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    make(value, error, || {
        let kind = Type::new(r#type).map_err(|error| error.context("type"))?.kind();
        if !kind.is_neutral() {
            let message =
                format!("type: no {kind} is made of text; metaffi_value_convert may help");
            return Err(Error::invalid(message));
        }
        // SAFETY: `text` is NULL or has `length` bytes.
        let text = unsafe { input::many(text.cast::<u8>(), length, "text") }?;
        let text = value::text::utf8(text).map_err(|error| error.context("text"))?;
        Neutral::parse(text, kind)
    })
}

/// A new decimal of its text: metaffi_value_new_parsed with metaffi_decimal_type.
///
/// # Safety
/// `text` is NULL or has `length` bytes; `value` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_value_new_decimal(
    text: *const c_char,
    length: usize,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `text` is NULL or has `length` bytes.
    unsafe { metaffi_value_new_parsed(Kind::Decimal as u64, text, length, value, error) }
}

/// A new complex number.
///
/// @param value The new value, owned by the caller: metaffi_value_clear.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if `value` is NULL;
///         METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `value` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_value_new_complex(
    real: f64,
    imaginary: f64,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    make(value, error, || Ok(Neutral::Complex(metaffi_complex { real, imaginary })))
}

/// A new date.
///
/// @param year The year of the Gregorian calendar; 0 is the one before year 1.
/// @param month 1 to 12.
/// @param day 1 to 31.
/// @param value The new value, owned by the caller: metaffi_value_clear.
/// @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE if there is no such day;
///         METAFFI_STATUS_INVALID_ARGUMENT if `value` is NULL; METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `value` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_value_new_date(
    year: i32,
    month: u8,
    day: u8,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    make(value, error, || Ok(Neutral::Date(metaffi_date { year, month, day })))
}

/// A new time of day, a copy of one.
///
/// @param time Borrowed for the call, with the text of its zone.
/// @param value The new value, owned by the caller: metaffi_value_clear.
/// @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE if a member is more than there is;
///         METAFFI_STATUS_INVALID_TEXT; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL;
///         METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `time` is NULL or a time; `value` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_value_new_time(
    time: *const metaffi_time,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `time` is NULL or a time.
    make(value, error, || unsafe { read(input::one(time, "time")?, Kind::Time) })
}

/// A new datetime, a copy of one.
///
/// @param datetime Borrowed for the call, with the text of its zone.
/// @param value The new value, owned by the caller: metaffi_value_clear.
/// @return As metaffi_value_new_time.
///
/// # Safety
/// `datetime` is NULL or a datetime; `value` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_value_new_datetime(
    datetime: *const metaffi_datetime,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `datetime` is NULL or a datetime.
    make(value, error, || unsafe { read(input::one(datetime, "datetime")?, Kind::DateTime) })
}

/// A new duration.
///
/// @param seconds Whole seconds, rounded down: -1 for -0.5 s.
/// @param nanoseconds What comes on top, 0 to 999999999: 500000000 for -0.5 s.
/// @param value The new value, owned by the caller: metaffi_value_clear.
/// @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE if there are more nanoseconds;
///         METAFFI_STATUS_INVALID_ARGUMENT if `value` is NULL; METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `value` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_value_new_duration(
    seconds: i64,
    nanoseconds: u32,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    make(value, error, || Ok(Neutral::Duration(metaffi_duration { seconds, nanoseconds })))
}

/// A new time-zone name: metaffi_value_new_parsed with metaffi_zone_type. That there is such a zone
/// is found out by the runtime that it is given to.
///
/// # Safety
/// `name` is NULL or has `length` bytes; `value` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_value_new_zone(
    name: *const c_char,
    length: usize,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `name` is NULL or has `length` bytes.
    unsafe { metaffi_value_new_parsed(Kind::Zone as u64, name, length, value, error) }
}

/// A new UUID.
///
/// @param bytes 16 bytes in the order in which they are written; borrowed for the call.
/// @param value The new value, owned by the caller: metaffi_value_clear.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL;
///         METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `bytes` is NULL or has 16 bytes; `value` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_value_new_uuid(
    bytes: *const u8,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    make(value, error, || {
        // SAFETY: `bytes` is NULL or has 16 bytes.
        let bytes = *unsafe { input::one(bytes.cast::<[u8; 16]>(), "bytes") }?;
        Ok(Neutral::Uuid(metaffi_uuid { bytes }))
    })
}

/// A new range of integers.
///
/// @param start The first.
/// @param stop The first that is not in it any more.
/// @param step The difference, below 0 to count down.
/// @param value The new value, owned by the caller: metaffi_value_clear.
/// @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE if `step` is 0; METAFFI_STATUS_INVALID_ARGUMENT
///         if `value` is NULL; METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `value` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_value_new_range(
    start: i64,
    stop: i64,
    step: i64,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    make(value, error, || Ok(Neutral::Range(metaffi_range { start, stop, step })))
}

/// A new map with copies of keys and their values, in that order.
///
/// It is an array of any of shape (count, 2): `data.array->data` has key, value, key, value. Keys
/// are not compared; a runtime in which a key can be there once keeps the last of equal ones.
///
/// @param keys `count` values of any types, borrowed for the call.
/// @param values `count` values, borrowed for the call.
/// @param value The new value, owned by the caller: metaffi_value_clear.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL, or they are nested so
///         that the map would be nested more than 64 deep; otherwise as metaffi_value_copy.
///
/// # Safety
/// `keys` and `values` are NULL or have `count` values; `value` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_value_new_map(
    keys: *const metaffi_value,
    values: *const metaffi_value,
    count: usize,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, value, "value", || {
        // SAFETY: both are NULL or have `count` values.
        unsafe {
            let keys = input::many(keys, count, "keys")?;
            let values = input::many(values, count, "values")?;
            Ok(neutral::map(keys, values)?.into_raw())
        }
    })
}

/// A new set with copies of values; an array of any of one dimension.
///
/// The values are not compared; a runtime in which a value can be there once keeps one of equal
/// ones.
///
/// @param items `count` values of any types, borrowed for the call.
/// @param value The new value, owned by the caller: metaffi_value_clear.
/// @return As metaffi_value_new_map.
///
/// # Safety
/// `items` is NULL or has `count` values; `value` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_value_new_set(
    items: *const metaffi_value,
    count: usize,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, value, "value", || {
        // SAFETY: `items` is NULL or has `count` values.
        unsafe { Ok(neutral::set(input::many(items, count, "items")?)?.into_raw()) }
    })
}

/// A new tuple with copies of values; an array of any of one dimension.
///
/// @param items `count` values of any types, borrowed for the call.
/// @param value The new value, owned by the caller: metaffi_value_clear.
/// @return As metaffi_value_new_map.
///
/// # Safety
/// `items` is NULL or has `count` values; `value` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_value_new_tuple(
    items: *const metaffi_value,
    count: usize,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, value, "value", || {
        // SAFETY: `items` is NULL or has `count` values.
        unsafe { Ok(neutral::tuple(input::many(items, count, "items")?)?.into_raw()) }
    })
}

fn make<'a>(
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
    neutral: impl FnOnce() -> Result<Neutral<'a>>,
) -> metaffi_status {
    guard_into(error, value, "value", || {
        let neutral = neutral()?;
        neutral.check()?;
        Ok(neutral.to_value()?.into_raw())
    })
}

/// What the structure of a kind says.
///
/// # Safety
/// It is that of the kind, and what it points to is valid for `'a`.
unsafe fn read<'a, T>(structure: &T, kind: Kind) -> Result<Neutral<'a>> {
    let mut value = zero(kind.into());
    value.data.bigint = ptr::from_ref(structure).cast();
    // SAFETY: it is that of the kind, and what it points to is valid for `'a`.
    unsafe { Neutral::expect(&value, kind) }
}
