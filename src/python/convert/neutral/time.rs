//! Dates, times and zones.

use std::ffi::CStr;

use super::classes::{DATE, DATETIME, TIME, TIMEDELTA, TIMEZONE, ZONE_INFO};
use crate::abi::{metaffi_date, metaffi_duration};
use crate::error::{Error, Result};
use crate::python::convert::{number, text};
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};
use crate::python::support;
use crate::value::neutral::{DateTime, Time};

/// The day of a date or datetime.
pub(super) fn date(gil: &Gil, object: &PyRef) -> Result<metaffi_date> {
    Ok(metaffi_date {
        year: part(gil, object, c"year")?,
        month: part(gil, object, c"month")?,
        day: part(gil, object, c"day")?,
    })
}

/// A part of a date or a time, of which a class of somebody's may say anything.
fn part<T: TryFrom<i64>>(gil: &Gil, object: &PyRef, name: &CStr) -> Result<T> {
    let number = number::attribute(gil, object, name)?;
    T::try_from(number).map_err(|_| {
        let name = name.to_string_lossy();
        Error::out_of_range(format!("{name} {number} is beyond what a date or a time has"))
    })
}

/// Nanoseconds of microseconds and what is below them.
fn nanoseconds(microseconds: u32, below: u32) -> Result<u32> {
    let nanoseconds = microseconds.checked_mul(1000).and_then(|number| number.checked_add(below));
    nanoseconds.ok_or_else(|| {
        Error::out_of_range(format!("{microseconds} microseconds are more than a second"))
    })
}

/// What an object says of its time of day; the name of its zone is put into `zone`.
pub(super) fn time<'a>(gil: &Gil, object: &PyRef, zone: &'a mut String) -> Result<Time<'a>> {
    let mut time = Time {
        hour: part(gil, object, c"hour")?,
        minute: part(gil, object, c"minute")?,
        second: part(gil, object, c"second")?,
        nanosecond: nanoseconds(part(gil, object, c"microsecond")?, 0)?,
        fold: part::<i64>(gil, object, c"fold")? != 0,
        offset: None,
        zone: None,
    };
    // Of a class with more than microseconds, such as pandas.Timestamp.
    // SAFETY: a live object under the GIL.
    if !unsafe { DATETIME.is_exact(gil, object.as_ptr()) || TIME.is_exact(gil, object.as_ptr()) }
        && let Some(below) = error::quietly(gil, || part(gil, object, c"nanosecond"))
    {
        time.nanosecond = nanoseconds(time.nanosecond / 1000, below)?;
    }
    let place = object.attribute(gil, c"tzinfo")?;
    if support::is_none(gil.api, &place) {
        return Ok(time);
    }
    let offset = object.attribute(gil, c"utcoffset")?.call0(gil)?;
    if !support::is_none(gil.api, &offset) {
        time.offset = Some(whole_seconds(gil, &offset)?);
    }
    // SAFETY: live objects under the GIL.
    unsafe {
        if ZONE_INFO.is_instance(gil, place.as_ptr()) {
            *zone = zone_name(gil, &place)?;
            time.zone = Some(zone);
        } else if !TIMEZONE.is_exact(gil, place.as_ptr()) || is_named(gil, &place)? {
            let found = support::text_of_call(gil, &str_of(gil)?, &[&place])?;
            return Err(Error::mismatch(format!(
                "the tzinfo {found} is neither a zoneinfo.ZoneInfo nor a datetime.timezone without \
                 a name: use astimezone(…) with one of these"
            )));
        }
    }
    Ok(time)
}

fn str_of(gil: &Gil) -> Result<PyRef> {
    PyRef::import(gil, c"builtins")?.attribute(gil, c"str")
}

/// Whether a `timezone` was given a name of its own.
fn is_named(gil: &Gil, place: &PyRef) -> Result<bool> {
    let arguments = place.attribute(gil, c"__getinitargs__")?.call0(gil)?;
    // SAFETY: a live tuple under the GIL.
    Ok(unsafe { (gil.api.PyTuple_Size)(arguments.as_ptr()) } > 1)
}

/// The name of a `ZoneInfo`.
pub(super) fn zone_name(gil: &Gil, zone: &PyRef) -> Result<String> {
    let key = zone.attribute(gil, c"key")?;
    if support::is_none(gil.api, &key) {
        let message = "a ZoneInfo without a key has no name: make one by zoneinfo.ZoneInfo(key)";
        return Err(Error::mismatch(message));
    }
    text_of(gil, &key)
}

/// The span of a timedelta.
pub(super) fn duration(gil: &Gil, object: &PyRef) -> Result<metaffi_duration> {
    let days: i32 = part(gil, object, c"days")?;
    let seconds = i64::from(days) * 86_400 + i64::from(part::<i32>(gil, object, c"seconds")?);
    let microseconds = part(gil, object, c"microseconds")?;
    let mut below = 0;
    // Of pandas.Timedelta.
    // SAFETY: a live object under the GIL.
    if !unsafe { TIMEDELTA.is_exact(gil, object.as_ptr()) }
        && let Some(found) = error::quietly(gil, || part(gil, object, c"nanoseconds"))
    {
        below = found;
    }
    Ok(metaffi_duration { seconds, nanoseconds: nanoseconds(microseconds, below)? })
}

fn whole_seconds(gil: &Gil, offset: &PyRef) -> Result<i32> {
    let span = duration(gil, offset)?;
    match i32::try_from(span.seconds) {
        Ok(seconds) if span.nanoseconds == 0 => Ok(seconds),
        _ => Err(Error::out_of_range("an offset from UTC of a part of a second has no exact form")),
    }
}

/// A `timedelta`.
pub(super) fn new_duration(gil: &Gil, span: &metaffi_duration) -> Result<PyRef> {
    let microseconds = microseconds(span.nanoseconds)?;
    let days = span.seconds.div_euclid(86_400);
    call(gil, TIMEDELTA.get(gil)?, &[days, span.seconds.rem_euclid(86_400), microseconds])
}

/// A `date`.
pub(super) fn new_date(gil: &Gil, date: &metaffi_date) -> Result<PyRef> {
    call(gil, DATE.get(gil)?, &[date.year.into(), date.month.into(), date.day.into()])
}

/// A `time`.
pub(super) fn new_time(gil: &Gil, time: &Time<'_>) -> Result<PyRef> {
    let parts = parts(time)?;
    let naive = call(gil, TIME.get(gil)?, &parts)?;
    in_place(gil, naive, time)
}

/// A `datetime`.
pub(super) fn new_datetime(gil: &Gil, datetime: &DateTime<'_>) -> Result<PyRef> {
    let metaffi_date { year, month, day } = datetime.date;
    let [hour, minute, second, microsecond] = parts(&datetime.time)?;
    let parts = [year.into(), month.into(), day.into(), hour, minute, second, microsecond];
    let naive = call(gil, DATETIME.get(gil)?, &parts)?;
    in_place(gil, naive, &datetime.time)
}

fn parts(time: &Time<'_>) -> Result<[i64; 4]> {
    let microsecond = microseconds(time.nanosecond)?;
    Ok([time.hour.into(), time.minute.into(), time.second.into(), microsecond])
}

fn microseconds(nanoseconds: u32) -> Result<i64> {
    match nanoseconds % 1000 {
        0 => Ok((nanoseconds / 1000).into()),
        _ => Err(Error::out_of_range(format!(
            "{nanoseconds} nanoseconds have no exact form in Python, whose module datetime ends at \
             microseconds: round them to 1000"
        ))),
    }
}

/// A time or datetime where it is.
fn in_place(gil: &Gil, naive: PyRef, time: &Time<'_>) -> Result<PyRef> {
    if !time.fold && time.offset.is_none() && time.zone.is_none() {
        return Ok(naive);
    }
    let place = match (time.zone, time.offset) {
        (Some(name), _) => Some(new_zone(gil, name)?),
        (None, Some(offset)) => {
            let span =
                new_duration(gil, &metaffi_duration { seconds: offset.into(), nanoseconds: 0 })?;
            Some(TIMEZONE.get(gil)?.call1(gil, &span)?)
        }
        (None, None) => None,
    };
    let placed = replaced(gil, &naive, time.fold, place.as_ref())?;
    let (Some(offset), Some(name)) = (time.offset, time.zone) else { return Ok(placed) };
    // What does not say which of two equal times it is says it by its offset.
    for fold in [time.fold, !time.fold] {
        let placed = replaced(gil, &naive, fold, place.as_ref())?;
        let found = placed.attribute(gil, c"utcoffset")?.call0(gil)?;
        if !support::is_none(gil.api, &found) && whole_seconds(gil, &found)? == offset {
            return Ok(placed);
        }
    }
    Err(Error::out_of_range(format!(
        "the clocks of {name} are not {offset} s ahead of UTC at that time, as far as Python knows: \
         give the zone without an offset, or the offset alone"
    )))
}

/// The same time with a fold and a place.
fn replaced(gil: &Gil, time: &PyRef, fold: bool, place: Option<&PyRef>) -> Result<PyRef> {
    let api = gil.api;
    // SAFETY: live objects under the GIL.
    unsafe {
        let keywords = PyRef::owned(gil, (api.PyDict_New)())?;
        let set = |name: &std::ffi::CStr, value: &PyRef| {
            (api.PyDict_SetItemString)(keywords.as_ptr(), name.as_ptr(), value.as_ptr());
        };
        set(c"fold", &PyRef::owned(gil, (api.PyLong_FromLongLong)(fold.into()))?);
        if let Some(place) = place {
            set(c"tzinfo", place);
        }
        let replace = time.attribute(gil, c"replace")?;
        let none = PyRef::owned(gil, (api.PyTuple_New)(0))?;
        PyRef::owned(gil, (api.PyObject_Call)(replace.as_ptr(), none.as_ptr(), keywords.as_ptr()))
    }
}

/// A `ZoneInfo`.
pub(super) fn new_zone(gil: &Gil, name: &str) -> Result<PyRef> {
    ZONE_INFO.get(gil)?.call1(gil, &text::new(gil, name)?)
}

/// Calls a class with integers.
pub(super) fn call(gil: &Gil, class: &PyRef, numbers: &[i64]) -> Result<PyRef> {
    let number = |number: &i64| {
        // SAFETY: under the GIL.
        unsafe { PyRef::owned(gil, (gil.api.PyLong_FromLongLong)(*number)) }
    };
    let arguments = support::tuple(gil, numbers.iter().map(number).collect::<Result<_>>()?)?;
    // SAFETY: live objects under the GIL.
    unsafe {
        let none = std::ptr::null_mut();
        PyRef::owned(gil, (gil.api.PyObject_Call)(class.as_ptr(), arguments.as_ptr(), none))
    }
}
