//! Declared types as Python spells them: tuples of a number, an alias and a rank.

use super::argument_parser;
use crate::call::MAX_SLOTS;
use crate::error::{Error, Result};
use crate::python::api::{TPFLAGS_LIST_SUBCLASS, TPFLAGS_LONG_SUBCLASS, TPFLAGS_TUPLE_SUBCLASS};
use crate::python::error::fetch;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, type_name};
use crate::python::support;
use crate::signature::{Kind, MAX_RANK, Type, TypeInfo};

/// The types that a list or tuple declares, null where one is left to the guest; `what` says of what.
pub(super) fn parse(gil: &Gil, sequence: &PyRef, what: &str) -> Result<Vec<TypeInfo>> {
    // SAFETY: a live object under the GIL.
    let flags = unsafe { gil.api.flags_of(sequence.as_ptr()) };
    if flags & (TPFLAGS_LIST_SUBCLASS | TPFLAGS_TUPLE_SUBCLASS) == 0 {
        // SAFETY: a live object under the GIL.
        let found = unsafe { type_name(gil, gil.api.type_of(sequence.as_ptr())) };
        return Err(Error::mismatch(format!(
            "{what}: None, or a list or tuple of metaffi_type_info, not {found}"
        )));
    }
    let items = argument_parser::items(gil, sequence, what)?;
    if items.len() > MAX_SLOTS {
        return Err(Error::invalid(format!("{what}: {} types; at most {MAX_SLOTS}", items.len())));
    }
    let one = |(index, item)| {
        parse_one(gil, &item).map_err(|error| error.at(format_args!("{what}[{index}]")))
    };
    items.into_iter().enumerate().map(one).collect()
}

fn parse_one(gil: &Gil, item: &PyRef) -> Result<TypeInfo> {
    if support::is_none(gil.api, item) {
        return Ok(Kind::Null.into());
    }
    // SAFETY: a live object under the GIL.
    let (flags, r#type) =
        unsafe { (gil.api.flags_of(item.as_ptr()), gil.api.type_of(item.as_ptr())) };
    if flags & TPFLAGS_LONG_SUBCLASS != 0 && r#type != gil.api.PyBool_Type {
        return Ok(Type::new(integer(gil, item)?.cast_unsigned())?.into());
    }
    if flags & TPFLAGS_TUPLE_SUBCLASS == 0 {
        // SAFETY: a live type under the GIL.
        let found = unsafe { type_name(gil, r#type) };
        return Err(Error::mismatch(format!("a metaffi_type_info, not {found}")));
    }
    let parts = argument_parser::items(gil, item, "a type")?;
    let [number, alias, rank] = parts.as_slice() else {
        return Err(Error::invalid(
            "a type is a tuple of its number, its alias or None, and its rank",
        ));
    };
    let r#type = Type::new(integer(gil, number)?.cast_unsigned())?;
    let alias = match support::is_none(gil.api, alias) {
        true => None,
        false => {
            Some(argument_parser::text(gil, alias, "the alias")?).filter(|alias| !alias.is_empty())
        }
    };
    let rank = integer(gil, rank)?;
    let dimensions = match usize::try_from(rank) {
        Ok(0) => 0,
        Ok(_) if !r#type.is_array() => {
            return Err(Error::invalid(format!(
                "{type} is no array, so that its rank is 0, not {rank}"
            )));
        }
        Ok(dimensions) if dimensions <= MAX_RANK => dimensions,
        _ => {
            return Err(Error::invalid(format!("rank {rank}: pass 1 to {MAX_RANK}, or 0 for any")));
        }
    };
    Ok(TypeInfo { r#type, alias: alias.map(String::into_boxed_str), dimensions })
}

fn integer(gil: &Gil, object: &PyRef) -> Result<i64> {
    // SAFETY: a live object under the GIL.
    unsafe {
        let number = (gil.api.PyLong_AsLongLong)(object.as_ptr());
        match number == -1 && !(gil.api.PyErr_Occurred)().is_null() {
            true => Err(Error::invalid("a type's number and rank are ints").caused_by(fetch(gil))),
            false => Ok(number),
        }
    }
}
