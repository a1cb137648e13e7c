//! The visit of a value: what carries its type is told as what it is, and an object is visited by
//! its protocol.

use std::slice;

use super::{Visit, no_name, of};
use crate::abi::{
    METAFFI_CONTAINER_LIST, METAFFI_CONTAINER_MAP, METAFFI_CONTAINER_SET, METAFFI_CONTAINER_TUPLE,
    METAFFI_VISIT_MAPS_AS_OBJECTS, METAFFI_VISIT_WITHOUT_NULLS, metaffi_container_kind,
    metaffi_value,
};
use crate::error::{Error, Result};
use crate::handle::{self, HandleKind, Key, OwnedHandle};
use crate::signature::Kind;
use crate::value::array::{self, View};
use crate::value::neutral::{self, Neutral};
use crate::value::{self, OwnedValue, number, text};

/// Tells the visitor of a value and all that is in it.
///
/// # Safety
/// The value is what its type says.
pub unsafe fn visit_value(value: &metaffi_value, visit: &mut Visit<'_>) -> Result<()> {
    let r#type = value::type_of(value)?;
    // SAFETY: the value is what its type says, and the type says which member.
    unsafe {
        match r#type.kind() {
            kind if is_null(value, kind) => visit.null(),
            Kind::Bool => visit.visitor.boolean(value.data.boolean),
            Kind::Float64 => visit.visitor.number(value.data.float64),
            Kind::Float32 => visit.visitor.number(f64::from(value.data.float32)),
            kind @ (Kind::String8 | Kind::String16 | Kind::String32) => {
                let text = text::decode(&value.data.string, kind)?;
                visit.visitor.text(text.as_ptr(), text.len())
            }
            Kind::Handle => visit_object(value.data.object.addr(), visit),
            kind if container_of(kind).is_some() => visit_container(value, kind, visit, 0),
            _ => visit_other(value, visit),
        }
    }
}

/// Whether a value is told as null: null itself, and what could be somewhere and is nowhere.
///
/// # Safety
/// The value is of that kind, and what its type says.
pub(super) unsafe fn is_null(value: &metaffi_value, kind: Kind) -> bool {
    // SAFETY: the kind says which member.
    unsafe {
        match kind {
            Kind::Null => true,
            Kind::String8 | Kind::String16 | Kind::String32 => value.data.string.data.is_null(),
            Kind::Handle => value.data.object.is_null(),
            Kind::Callable => value.data.callable.is_null(),
            kind => container_of(kind).is_some() && value.data.array.is_null(),
        }
    }
}

/// An integer as int64 where that holds it; anything else of one piece as it is.
///
/// # Safety
/// The value is what its type says.
unsafe fn visit_other(value: &metaffi_value, visit: &mut Visit<'_>) -> Result<()> {
    // SAFETY: the value is what its type says.
    unsafe {
        if let Ok(integer) = number::convert(value, Kind::Int64.into()) {
            return visit.visitor.integer(integer.data.int64);
        }
        if let Ok(integer) = number::convert(value, Kind::Uint64.into()) {
            return visit.large_integer(value, integer.data.uint64 as f64);
        }
        let Some(Neutral::BigInt(integer)) = Neutral::read(value, value::kind_of(value)?)? else {
            return visit.visitor.value(value);
        };
        match integer.to_i128().and_then(|integer| i64::try_from(integer).ok()) {
            Some(integer) => visit.visitor.integer(integer),
            // What is written in full is rounded to the nearest.
            None => visit.large_integer(value, integer.to_string().parse().unwrap_or(f64::NAN)),
        }
    }
}

/// An object by the protocol of its runtime; one that has none is passed on.
pub(super) fn visit_object(key: Key, visit: &mut Visit<'_>) -> Result<()> {
    /// Each is on the machine's stack.
    const DEEPEST: usize = 200;
    match of(key) {
        Ok(_) if visit.depth == DEEPEST => Err(Error::out_of_range(format!(
            "objects of several runtimes are nested more than {DEEPEST} deep; give the options a depth"
        ))),
        Ok(protocol) => {
            visit.depth += 1;
            let told = protocol.visit(key, visit);
            visit.depth -= 1;
            told
        }
        Err(_) => visit.object(OwnedHandle::new(handle::clone(key, HandleKind::Object)?)),
    }
}

/// What values of a kind are visited as, if they hold others.
fn container_of(kind: Kind) -> Option<metaffi_container_kind> {
    Some(match kind {
        Kind::Array => METAFFI_CONTAINER_LIST,
        Kind::Tuple => METAFFI_CONTAINER_TUPLE,
        Kind::Set => METAFFI_CONTAINER_SET,
        Kind::Map => METAFFI_CONTAINER_MAP,
        _ => return None,
    })
}

/// # Safety
/// The value is what its type says, and of a kind that holds others.
unsafe fn visit_container(
    value: &metaffi_value,
    kind: Kind,
    visit: &mut Visit<'_>,
    depth: usize,
) -> Result<()> {
    // SAFETY: the value is what its type says.
    unsafe {
        match is_null(value, kind) {
            true => visit.null(),
            false => visit_array(&neutral::check(value.data.array, kind)?, kind, visit, depth),
        }
    }
}

/// Numbers as they lie in memory, everything else item by item. There are few levels: values are
/// not nested deeper.
///
/// # Safety
/// What is in the array is valid.
unsafe fn visit_array(
    view: &View<'_>,
    kind: Kind,
    visit: &mut Visit<'_>,
    depth: usize,
) -> Result<()> {
    if depth > value::MAX_DEPTH {
        let most = value::MAX_DEPTH;
        return Err(Error::invalid(format!("arrays are nested more than {most} deep")));
    }
    let is_plain = kind == Kind::Array && view.element().kind().is_scalar();
    // SAFETY: what is in the array is valid.
    unsafe {
        // There is no object that could be told of instead of one that is too deep.
        if is_plain || visit.is_full() {
            return match kind {
                Kind::Array => visit.visitor.array(array::copy_of(view)?),
                kind => {
                    let copy = neutral::of_array(array::copy_of(view)?, kind);
                    visit.visitor.value(&OwnedValue::as_raw(slice::from_ref(&copy))[0])
                }
            };
        }
        let length = view.shape().first().copied().unwrap_or_default();
        let container = container_of(kind).unwrap_or(METAFFI_CONTAINER_LIST);
        visit.open(container, Some(length), None)?;
        for index in 0..length {
            match kind {
                Kind::Map => visit_entry(view, index, visit, depth + 1)?,
                _ => visit_item(&view.at(&[index])?, visit, depth + 1)?,
            }
        }
    }
    visit.close()
}

/// # Safety
/// What is in the map is valid.
unsafe fn visit_entry(
    map: &View<'_>,
    index: usize,
    visit: &mut Visit<'_>,
    depth: usize,
) -> Result<()> {
    let (key, item) = (map.at(&[index, 0])?, map.at(&[index, 1])?);
    // SAFETY: what is in the map is valid.
    unsafe {
        let found = array::load(item.data(), item.element());
        let left_out = visit.options.has(METAFFI_VISIT_WITHOUT_NULLS) && item.shape().is_empty();
        if left_out && is_null(&found, value::kind_of(&found)?) {
            return Ok(());
        }
        let name = array::load(key.data(), key.element());
        if visit.options.has(METAFFI_VISIT_MAPS_AS_OBJECTS) && !value::kind_of(&name)?.is_text() {
            return Err(no_name(&value::describe(&name)));
        }
        visit.open_entry()?;
        visit_item(&key, visit, depth)?;
        visit_item(&item, visit, depth)?;
    }
    visit.close_entry()
}

/// # Safety
/// The item is valid.
unsafe fn visit_item(item: &View<'_>, visit: &mut Visit<'_>, depth: usize) -> Result<()> {
    // SAFETY: the item is valid.
    unsafe {
        if !item.shape().is_empty() {
            return visit_array(item, Kind::Array, visit, depth);
        }
        let value = array::load(item.data(), item.element());
        let kind = value::kind_of(&value)?;
        match container_of(kind) {
            Some(_) => visit_container(&value, kind, visit, depth),
            None => visit_value(&value, visit),
        }
    }
}
