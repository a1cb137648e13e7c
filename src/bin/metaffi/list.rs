//! Lists: JSON arrays as arrays, of several dimensions where the rows are alike, else ragged.

use metaffi::error::Result;
use metaffi::signature::{Kind, Type};
use metaffi::value::OwnedValue;
use metaffi::value::array::{self, OwnedArray};
use serde_json::Value;

use crate::argument::{self, leaf};

/// The array of the element type; without one, of the type that all items have.
pub fn parse(items: &[Value], element: Option<Type>) -> Result<OwnedValue> {
    build(items, element.unwrap_or_else(|| common(items)))
}

fn build(items: &[Value], element: Type) -> Result<OwnedValue> {
    match shape(items) {
        Some(shape) => {
            let array = OwnedArray::new(element, &shape)?;
            fill(&array, items, element, &mut Vec::new())?;
            Ok(array.into_value())
        }
        None => ragged(items, element),
    }
}

/// The extents, if all rows have the same.
fn shape(items: &[Value]) -> Option<Vec<usize>> {
    let inner = |item: &Value| match item {
        Value::Array(items) => shape(items),
        _ => Some(Vec::new()),
    };
    let Some((first, rest)) = items.split_first() else { return Some(vec![0]) };
    let first = inner(first)?;
    let alike = rest.iter().all(|item| inner(item).as_ref() == Some(&first));
    alike.then(|| [vec![items.len()], first].concat())
}

fn fill(
    array: &OwnedArray,
    items: &[Value],
    element: Type,
    indices: &mut Vec<usize>,
) -> Result<()> {
    for (index, item) in items.iter().enumerate() {
        indices.push(index);
        match item {
            Value::Array(items) => fill(array, items, element, indices)?,
            item => {
                let new = leaf(item, element).map_err(|error| at(error, indices))?;
                set(array, indices, &new)?;
            }
        }
        indices.pop();
    }
    Ok(())
}

/// An array of arrays; in one of type any, an item that is no array stays what it is.
fn ragged(items: &[Value], element: Type) -> Result<OwnedValue> {
    let flat = element.kind() == Kind::Any && items.iter().any(|item| !item.is_array());
    let row = if flat { element } else { element.array().unwrap_or(element) };
    let array = OwnedArray::new(row, &[items.len()])?;
    for (index, item) in items.iter().enumerate() {
        let new = match item {
            Value::Array(items) => build(items, element),
            item => leaf(item, row),
        };
        set(&array, &[index], &new.map_err(|error| at(error, &[index]))?)?;
    }
    Ok(array.into_value())
}

fn set(array: &OwnedArray, indices: &[usize], value: &OwnedValue) -> Result<()> {
    // SAFETY: the array and the value are ours, and nobody else's yet.
    unsafe { array::set(array.as_ptr(), indices, value) }.map_err(|error| at(error, indices))
}

fn at(error: metaffi::error::Error, indices: &[usize]) -> metaffi::error::Error {
    error.context(format_args!("element {indices:?}"))
}

/// The type that every item has: int64, uint64, float64, bool, string8; else any.
fn common(items: &[Value]) -> Type {
    items.iter().map(natural).reduce(join).unwrap_or(Kind::Any).into()
}

fn natural(item: &Value) -> Kind {
    match item {
        Value::Number(number) => argument::natural(number).kind(),
        Value::Bool(_) => Kind::Bool,
        Value::String(_) => Kind::String8,
        Value::Array(items) => common(items).kind(),
        Value::Null | Value::Object(_) => Kind::Any,
    }
}

/// Integers among floats are floats; a negative number among great ones is of no one type.
fn join(one: Kind, other: Kind) -> Kind {
    use Kind::{Any, Float64, Int64, Uint64};

    match (one, other) {
        _ if one == other => one,
        (Float64, Int64 | Uint64) | (Int64 | Uint64, Float64) => Float64,
        _ => Any,
    }
}
