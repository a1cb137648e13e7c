//! Maps, sets and tuples: arrays of their values under another type.

use crate::abi::{metaffi_array, metaffi_value};
use crate::error::{Error, Result};
use crate::signature::Kind;
use crate::value::array::{OwnedArray, View, store};
use crate::value::{OwnedValue, convert::convert_at};

/// Copies of keys and their values as a map, in that order.
///
/// # Safety
/// What they hold is valid.
pub unsafe fn map(keys: &[metaffi_value], values: &[metaffi_value]) -> Result<OwnedValue> {
    let pairs = keys.iter().zip(values).flat_map(|(key, value)| [key, value]);
    // SAFETY: what they hold is valid.
    unsafe { copies(pairs, &[keys.len(), 2], Kind::Map) }
}

/// Copies of values as a set; none of them is looked for among the others.
///
/// # Safety
/// What they hold is valid.
pub unsafe fn set(items: &[metaffi_value]) -> Result<OwnedValue> {
    // SAFETY: what they hold is valid.
    unsafe { copies(items.iter(), &[items.len()], Kind::Set) }
}

/// Copies of values as a tuple.
///
/// # Safety
/// What they hold is valid.
pub unsafe fn tuple(items: &[metaffi_value]) -> Result<OwnedValue> {
    // SAFETY: what they hold is valid.
    unsafe { copies(items.iter(), &[items.len()], Kind::Tuple) }
}

/// # Safety
/// What they hold is valid.
unsafe fn copies<'a>(
    items: impl Iterator<Item = &'a metaffi_value>,
    shape: &[usize],
    kind: Kind,
) -> Result<OwnedValue> {
    let new = OwnedArray::new(Kind::Any.into(), shape)?;
    for (index, (item, address)) in items.zip(new.view().addresses()).enumerate() {
        // SAFETY: what they hold is valid; the address of an element of the type any.
        unsafe {
            // It is one level deeper here.
            let copy = convert_at(item, None, 1).map_err(|error| match kind {
                Kind::Map if index % 2 == 0 => error.context(format_args!("key {}", index / 2)),
                Kind::Map => error.context(format_args!("value {}", index / 2)),
                _ => error.context(format_args!("item {index}")),
            })?;
            store(address, Kind::Any.into(), copy.into_raw());
        }
    }
    Ok(of_array(new, kind))
}

/// The collection that an array has the values of.
pub fn of_array(array: OwnedArray, kind: Kind) -> OwnedValue {
    let made = array.into_value().into_raw();
    // SAFETY: the array is the value's alone.
    unsafe { OwnedValue::from_raw(metaffi_value { r#type: kind as u64, ..made }) }
}

/// Whether the array is one of a collection of the kind; any array is one of an array.
///
/// # Safety
/// As for [`View::new`].
pub unsafe fn check<'a>(array: *const metaffi_array, kind: Kind) -> Result<View<'a>> {
    // SAFETY: as for `View::new`.
    let view = unsafe { View::new(array) }.map_err(|error| error.context(kind))?;
    match (kind, view.shape()) {
        (Kind::Map, [_, 2]) if view.element().kind() == Kind::Any => Ok(view),
        (Kind::Map, shape) => Err(Error::mismatch(format!(
            "an array of {} of shape {shape:?} given for map: it takes any, of shape [pairs, 2]",
            view.element()
        ))),
        (Kind::Set | Kind::Tuple, [_]) | (Kind::Array, _) => Ok(view),
        (_, shape) => Err(Error::mismatch(format!(
            "an array of {} dimensions given for {kind}: it takes one dimension",
            shape.len()
        ))),
    }
}

/// Values as an array of any, a map (keys and values in turn), a set or a tuple, which has them from
/// then on.
pub fn of_values(values: Vec<OwnedValue>, kind: Kind) -> Result<OwnedValue> {
    let shape = [values.len() / 2, 2];
    let shape = if kind == Kind::Map { &shape[..] } else { &[values.len()] };
    let new = OwnedArray::new(Kind::Any.into(), shape)?;
    for (value, address) in values.into_iter().zip(new.view().addresses()) {
        // SAFETY: the address of an element of the type any, which has nothing yet.
        unsafe { store(address, Kind::Any.into(), value.into_raw()) };
    }
    Ok(if kind == Kind::Array { new.into_value() } else { of_array(new, kind) })
}
