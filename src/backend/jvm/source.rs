//! Source text that a module runs.

use super::entity;
use super::module::Module;
use crate::abi::{metaffi_handle_type, metaffi_int64_type, metaffi_value};
use crate::backend::SourceText;
use crate::call::call_owned;
use crate::error::{Error, Result};
use crate::handle;
use crate::java::NAME;
use crate::java::compiler::{self, WantedSource};
use crate::signature::{Kind, Type, TypeInfo};
use crate::value::{self, OwnedValue};

/// What text is called that nobody has named.
const UNNAMED: &str = "text.java";

/// Runs text, which is compiled: types that it declares are in the module then.
///
/// # Safety
/// The locals are what their types say.
pub(super) unsafe fn run(module: &Module, source: &SourceText<'_>) -> Result<OwnedValue> {
    if source.namespace.is_some() {
        return Err(Error::unsupported(
            "Java has no namespaces besides modules: load another module for it",
        ));
    }
    let types = source.locals.iter().map(|(name, value)| {
        // SAFETY: the value is what its type says.
        let spelled = unsafe { spelled(value) };
        spelled.map_err(|error| error.at(format_args!("the local {name}")))
    });
    let bound = compiler::bind(
        module.support(),
        &WantedSource {
            module: module.loader(),
            file: source.file.unwrap_or(UNNAMED),
            text: source.text,
            asks_value: source.asks_value,
            types: types.collect::<Result<_>>()?,
            names: source.locals.iter().map(|(name, _)| (*name).to_owned()).collect(),
        },
    )?;
    // SAFETY: null owns nothing.
    let nothing = unsafe { OwnedValue::from_raw(value::null()) };
    let Some(bound) = bound else { return Ok(nothing) };
    let function = entity::function_of_callable(&bound)?;
    // SAFETY: the values are borrowed for the call, in which nothing of theirs is freed.
    let values: Vec<metaffi_value> =
        source.locals.iter().map(|(_, value)| unsafe { std::ptr::read(*value) }).collect();
    // SAFETY: the arguments are what their types say.
    let mut results = unsafe { call_owned(&function, &values) }?;
    Ok(results.pop().unwrap_or(nothing))
}

/// The type of a value as the part in Java takes it; objects of Java's are of their classes.
///
/// # Safety
/// The value is what its type says.
unsafe fn spelled(value: &metaffi_value) -> Result<String> {
    let mut info = TypeInfo::from(Type::new(value.r#type)?);
    // SAFETY: an integer, as its type says.
    if value.r#type == metaffi_int64_type && i32::try_from(unsafe { value.data.int64 }).is_ok() {
        // Most methods take an int, which Java makes a long of by itself, but not the other way.
        info = TypeInfo::from(Type::from(Kind::Int32));
    }
    if value.r#type == metaffi_handle_type {
        // SAFETY: a handle, as its type says.
        let key = unsafe { value.data.object.addr() };
        let class = handle::describe_object(key, |object| {
            (object.runtime() == NAME).then(|| object.type_name())
        });
        info.alias = class?.map(Into::into);
    }
    Ok(entity::spelled(&info))
}
