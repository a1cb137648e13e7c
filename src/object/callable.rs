//! Calls of callables as objects are called: with names, and for one value.

use super::{CallArguments, CallName, ValuePlace};
use crate::abi::metaffi_value;
use crate::call::errors::unwind::catching;
use crate::call::{Callable, Function, ValuesFunction, call_owned};
use crate::error::{Error, Result};
use crate::handle::{self, Key};
use crate::signature::{self, Kind};
use crate::value;

/// Calls a callable. A name says which parameter an argument is for, unless the callable takes any.
///
/// # Safety
/// The arguments are what their types say.
pub unsafe fn call_callable(
    callable: Key,
    arguments: CallArguments<'_>,
    to: ValuePlace<'_>,
) -> Result<()> {
    let callable = handle::get::<Callable>(callable)?;
    let function = callable.function();
    if let Some(host) = ValuesFunction::of(function) {
        CallName::check(arguments.names)?;
        for (index, value) in arguments.values.iter().enumerate() {
            value::type_of(value).map_err(|error| error.at(signature::argument(index, None)))?;
        }
        // SAFETY: the arguments are what their types say; what is thrown leaves nothing behind that
        // C++'s own `catch` would not.
        return unsafe { catching(|| host.run(arguments, to)) }?;
    }
    let in_order;
    let values = match arguments.names.is_empty() {
        true => arguments.values,
        false => {
            in_order = bound(function, arguments)?;
            &*in_order
        }
    };
    // SAFETY: the arguments are what their types say.
    let mut returned = unsafe { call_owned(function, values) }?;
    to.write(match returned.len() {
        0 => value::null(),
        1 => returned.remove(0).into_raw(),
        _ => value::neutral::of_values(returned, Kind::Tuple)?.into_raw(),
    });
    Ok(())
}

/// The values in the order of the parameters, still the caller's.
fn bound(function: &Function, arguments: CallArguments<'_>) -> Result<Vec<metaffi_value>> {
    let CallArguments { values, names } = arguments;
    let (by_position, by_name) = values.split_at(values.len() - names.len());
    let mut places: Vec<_> = by_position.iter().map(|value| Some(*value)).collect();
    let params = function.params().len();
    for (name, value) in names.iter().zip(by_name) {
        let name = CallName::of(*name)?;
        let name = name.text();
        let Some(place) = (0..params).find(|index| function.name(*index) == Some(name)) else {
            let known = (0..params).filter_map(|index| function.name(index));
            let hint = crate::suggest::hint(name, known);
            return Err(Error::invalid(format!("there is no parameter named {name}{hint}")));
        };
        places.resize(places.len().max(place + 1), None);
        if places[place].replace(*value).is_some() {
            let signature = function.signature();
            return Err(Error::invalid(format!("argument {name} is given twice: {signature}")));
        }
    }
    let absent = |index| {
        let (argument, signature) = (function.argument(index), function.signature());
        Error::invalid(format!("{argument} is not given: {signature}"))
    };
    let places = places.into_iter().enumerate();
    places.map(|(index, value)| value.ok_or_else(|| absent(index))).collect()
}
