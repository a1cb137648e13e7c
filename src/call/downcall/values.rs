//! Calls by values: each is checked against the signature and converted where nothing is lost, then
//! the function is called by frame.

use std::slice;

use super::fast::Values;
use crate::abi::{metaffi_null_type, metaffi_slot, metaffi_string, metaffi_value};
use crate::call::errors::guard::guarded;
use crate::call::function::Function;
use crate::call::plan::SlotLayout;
use crate::call::plan::frame::with_stack;
use crate::call::values_function::{CallArguments, ValuesFunction};
use crate::error::{Error, Result};
use crate::handle::{self, pin::CallScope};
use crate::signature::{Kind, Type, TypeInfo, argument};
use crate::value::{self, OwnedValue, text};

/// Calls a function by values: checked, with lossless conversions.
///
/// Nothing with a destructor is alive while the callee runs.
///
/// # Safety
/// The values are as described.
#[inline]
pub unsafe fn call_values(function: &Function, scope: &CallScope, values: &Values) -> Result<()> {
    let &Values { arguments, argument_count, returns, return_count } = values;
    if argument_count != function.params().len() || return_count != function.returns().len() {
        // SAFETY: the values are as described.
        return unsafe { call_other_count(function, scope, values) };
    }
    with_stack(function.frame_size(), |frame: *mut metaffi_slot| {
        // SAFETY: the frame has the function's layout, and the values are as the caller promises.
        unsafe {
            for (index, place) in function.params().iter().enumerate() {
                let value = &*arguments.add(index);
                if !load(value, place, frame.add(place.slot())) {
                    load_other(function, scope, index, value, frame.add(place.slot()))?;
                }
            }
            function.call(scope, frame)?;
            for (index, place) in function.returns().iter().enumerate() {
                store(frame.add(place.slot()), place, returns.add(index));
            }
        }
        Ok(())
    })
}

/// The same with values of ours; what is returned is the caller's.
///
/// # Safety
/// The arguments are what their types say; the callee does not leave by `longjmp`.
pub unsafe fn call_owned(
    function: &Function,
    arguments: &[metaffi_value],
) -> Result<Vec<OwnedValue>> {
    let mut returned = vec![value::null(); function.returns().len()];
    let values = Values {
        arguments: arguments.as_ptr(),
        argument_count: arguments.len(),
        returns: returned.as_mut_ptr(),
        return_count: returned.len(),
    };
    // SAFETY: the arguments are what their types say; the callee does not leave by `longjmp`; on
    // success the returns are ours.
    unsafe {
        handle::using(|scope| call_values(function, scope, &values))?;
        Ok(returned.into_iter().map(|value| OwnedValue::from_raw(value)).collect())
    }
}

/// Puts a value into its slots if it has the declared type and needs no check.
///
/// # Safety
/// The value is what its type says; `slots` has room for the kind.
#[inline(always)]
pub(in crate::call) unsafe fn load(
    value: &metaffi_value,
    place: &SlotLayout,
    slots: *mut metaffi_slot,
) -> bool {
    if value.r#type != place.number() {
        return false;
    }
    // SAFETY: the type says which member the payload has.
    unsafe {
        *slots = match place.kind {
            Kind::Int64 | Kind::Uint64 | Kind::Float64 => value.data.uint64,
            Kind::Int32 => value.data.int32 as i64 as u64,
            Kind::Uint32 | Kind::Char32 | Kind::Float32 => u64::from(value.data.uint32),
            Kind::Int16 => value.data.int16 as i64 as u64,
            Kind::Uint16 | Kind::Char16 => u64::from(value.data.uint16),
            Kind::Int8 => value.data.int8 as i64 as u64,
            Kind::Uint8 | Kind::Char8 => u64::from(value.data.uint8),
            // Any bit pattern but 0 counts as true: only 0 and 1 are a bool.
            Kind::Bool => u64::from(value.data.uint8 != 0),
            Kind::Size => value.data.size as u64,
            Kind::Handle => value.data.object.expose_provenance() as u64,
            Kind::Callable => value.data.callable.expose_provenance() as u64,
            Kind::Null => 0,
            Kind::String8 | Kind::String16 | Kind::String32 | Kind::Array | Kind::Any => {
                return false;
            }
            // A pointer; what it points to is checked by whoever reads it.
            _ => value.data.array.expose_provenance() as u64,
        };
    }
    true
}

/// Puts a value into slots of its own type, as it is.
///
/// # Safety
/// The value is what its type says; `slots` has room for three.
pub unsafe fn load_as_is(value: &metaffi_value, slots: *mut metaffi_slot) -> Result<Type> {
    // SAFETY: the value is what its type says; `slots` has room for three.
    unsafe { load_with(value, slots, text::check) }
}

/// The same for somebody who checks text when reading it.
///
/// # Safety
/// As for [`load_as_is`].
pub unsafe fn load_unread(value: &metaffi_value, slots: *mut metaffi_slot) -> Result<Type> {
    // SAFETY: the value is what its type says; `slots` has room for three.
    unsafe { load_with(value, slots, text::check_memory) }
}

#[inline]
unsafe fn load_with(
    value: &metaffi_value,
    slots: *mut metaffi_slot,
    check: unsafe fn(&metaffi_string, Kind) -> Result<()>,
) -> Result<Type> {
    let r#type = value::type_of(value)?;
    let place = SlotLayout::of(r#type);
    // SAFETY: the value is what its type says; `slots` has room for three.
    unsafe {
        match place.kind {
            Kind::String8 | Kind::String16 | Kind::String32 => {
                check(&value.data.string, place.kind)?;
                put_string(value, slots);
            }
            Kind::Array => *slots = value.data.array.expose_provenance() as u64,
            _ => _ = load(value, &place, slots),
        }
    }
    Ok(r#type)
}

/// Puts a value into its slots that has to be checked or converted.
#[cold]
#[inline(never)]
unsafe fn load_other(
    function: &Function,
    scope: &CallScope,
    index: usize,
    value: &metaffi_value,
    slots: *mut metaffi_slot,
) -> Result<()> {
    let info = &function.param_types()[index];
    // SAFETY: the value is what its type says; the slots are those of the parameter.
    guarded(|| unsafe { load_checked(scope, value, info, slots) })
        .map_err(|error| error.at(function.argument(index)))
}

unsafe fn load_checked(
    scope: &CallScope,
    value: &metaffi_value,
    info: &TypeInfo,
    slots: *mut metaffi_slot,
) -> Result<()> {
    let to = info.r#type;
    // SAFETY: the value is what its type says, and stays so during the call; what a conversion
    // makes lives as long as the scope.
    unsafe {
        if to.kind() == Kind::Any {
            value::type_of(value)?;
            slots.cast::<metaffi_value>().write(*value);
            return Ok(());
        }
        let from = value::type_of(value)?;
        if from.kind() == to.kind() {
            match to.kind() {
                kind @ (Kind::String8 | Kind::String16 | Kind::String32) => {
                    match info.passes_surrogates() {
                        true => text::check_memory(&value.data.string, kind)?,
                        false => text::check(&value.data.string, kind)?,
                    }
                    put_string(value, slots);
                    return Ok(());
                }
                Kind::Array if value::array::fits(value.data.array, info)? => {
                    *slots = value.data.array.expose_provenance() as u64;
                    return Ok(());
                }
                _ => {}
            }
        }
        if from.kind() == Kind::Null && to.is_array() {
            *slots = 0;
            return Ok(());
        }
        let converted = value::convert(value, to)?.into_raw();
        load_unread(&converted, slots)?;
        value::clear_later(scope, to.kind(), slots);
        match to.kind() {
            Kind::Array => value::array::check(converted.data.array, info),
            _ => Ok(()),
        }
    }
}

unsafe fn put_string(value: &metaffi_value, slots: *mut metaffi_slot) {
    // SAFETY: the caller has a string value and two slots.
    unsafe {
        *slots = value.data.string.data.expose_provenance() as u64;
        *slots.add(1) = value.data.string.length as u64;
    }
}

/// Makes a value of what a callee has left in its slots.
///
/// # Safety
/// `slots` holds a value of the place's kind; `to` has room for a value.
#[inline(always)]
pub unsafe fn store(slots: *const metaffi_slot, place: &SlotLayout, to: *mut metaffi_value) {
    // SAFETY: `slots` holds a value of the place's kind; `to` has room for a value. Numbers are
    // read whole: every member of a payload is the low part of its slot, as in memory on a
    // little-endian machine.
    unsafe {
        match place.kind {
            Kind::Any => {
                let value = slots.cast::<metaffi_value>().read();
                let number = if value.r#type == 0 { metaffi_null_type } else { value.r#type };
                to.write(metaffi_value { r#type: number, data: value.data });
                return;
            }
            Kind::String8 | Kind::String16 | Kind::String32 => {
                (*to).data.string.length = *slots.add(1) as usize;
                let data = std::ptr::with_exposed_provenance(*slots as usize);
                (*to).data.string.data = data;
            }
            _ => (*to).data.uint64 = *slots,
        }
        (*to).r#type = place.number();
    }
}

/// A call with another number of arguments than declared: more of them, if the function is
/// variadic, or fewer, if the others have defaults.
#[cold]
#[inline(never)]
unsafe fn call_other_count(function: &Function, scope: &CallScope, values: &Values) -> Result<()> {
    let &Values { arguments, argument_count, return_count, .. } = values;
    let declared = function.params().len();
    if return_count != function.returns().len() {
        return Err(count_mismatch(
            "return values",
            return_count,
            function.returns().len(),
            function,
        ));
    }
    if let Some(host) = ValuesFunction::of(function) {
        // SAFETY: as the caller promises.
        return unsafe { call_any(host, values) };
    }
    let special = guarded(|| {
        let mismatch = || count_mismatch("arguments", argument_count, declared, function);
        if argument_count < declared {
            return function.callee().with_fewer(argument_count)?.ok_or_else(mismatch);
        }
        if !function.is_variadic() {
            return Err(mismatch());
        }
        let extra = (declared..argument_count)
            // SAFETY: the caller has so many arguments.
            .map(|index| value::type_of(unsafe { &*arguments.add(index) }));
        function.callee().with_variadic(&extra.collect::<Result<Vec<Type>>>()?)
    })?;
    // What was compiled is kept alive by the scope, not by this frame: guest code may leave it.
    let special = scope.keep(special);
    // SAFETY: as the caller promises.
    unsafe { call_values(special, scope, values) }
}

/// Calls a function that takes any values with as many as there are.
unsafe fn call_any(host: &ValuesFunction, values: &Values) -> Result<()> {
    // SAFETY: the caller has so many arguments, and room for one value.
    unsafe {
        let given = match values.argument_count {
            0 => &[],
            count => slice::from_raw_parts(values.arguments, count),
        };
        for (index, value) in given.iter().enumerate() {
            if let Err(error) = value::type_of(value) {
                return Err(error.at(argument(index, None)));
            }
        }
        host.run(CallArguments { values: given, names: &[] }, &mut *values.returns.cast())
    }
}

#[cold]
fn count_mismatch(what: &str, given: usize, declared: usize, function: &Function) -> Error {
    let at_least = match function.is_variadic() && what == "arguments" {
        true => "at least ",
        false => "",
    };
    let what = if given == 1 { what.trim_end_matches('s') } else { what };
    Error::invalid(format!(
        "{given} {what} given, but the signature has {at_least}{declared}: {}",
        function.signature()
    ))
}
