//! Signatures in and out.

use std::ffi::{CStr, c_char};
use std::ptr;
use std::sync::Arc;

use super::guard::{optional, out};
use super::input;
use crate::abi::{METAFFI_UNSPECIFIED, metaffi_type_info};
use crate::call::{Function, Plan};
use crate::error::{Error, Result, Status};
use crate::signature::{Parameter, Signature, TypeInfo};

/// Declared types; `None` if nothing is said of them, which is not that there are none.
///
/// # Safety
/// `infos` is NULL or has `count` of them, with aliases that are NULL or NUL-terminated.
pub(super) unsafe fn declared(
    infos: *const metaffi_type_info,
    count: usize,
    name: &str,
) -> Result<Option<Vec<TypeInfo>>> {
    if input::unspecified(infos, count) {
        return Ok(None);
    }
    // SAFETY: `infos` is NULL or has `count` of them, with aliases that are NULL or NUL-terminated.
    unsafe {
        let infos = input::list(infos, count, name)?;
        TypeInfo::all_from_abi(infos, name).map(Some)
    }
}

/// A signature that is declared as a whole.
///
/// # Safety
/// As for [`declared`].
pub(super) unsafe fn whole(
    params: *const metaffi_type_info,
    param_count: usize,
    returns: *const metaffi_type_info,
    return_count: usize,
) -> Result<Signature> {
    // SAFETY: `infos` is NULL or has `count` of them, with aliases that are NULL or NUL-terminated.
    let (params, returns) = unsafe {
        (declared(params, param_count, "params")?, declared(returns, return_count, "returns")?)
    };
    for (count, name) in [(param_count, "params"), (return_count, "returns")] {
        if count == METAFFI_UNSPECIFIED {
            return Err(Error::invalid(format!(
                "{name}: nothing declares them; give every type, or none with a count of 0"
            )));
        }
    }
    let params = params.unwrap_or_default().into_iter().map(Parameter::from).collect();
    Ok(Signature { params, returns: returns.unwrap_or_default(), variadic: false })
}

/// The plan of such a signature.
///
/// # Safety
/// As for [`declared`].
pub(super) unsafe fn plan(
    params: *const metaffi_type_info,
    param_count: usize,
    returns: *const metaffi_type_info,
    return_count: usize,
) -> Result<Arc<Plan>> {
    // SAFETY: `infos` is NULL or has `count` of them, with aliases that are NULL or NUL-terminated.
    unsafe {
        let lists = (
            input::list(params, param_count, "params"),
            input::list(returns, return_count, "returns"),
        );
        let (Ok(param_list), Ok(return_list)) = lists else {
            return whole(params, param_count, returns, return_count).and_then(Plan::of);
        };
        if let Some(plan) = Plan::latest(param_list, return_list) {
            return Ok(plan);
        }
        let plan = Plan::of(whole(params, param_count, returns, return_count)?)?;
        plan.keep_latest(param_list, return_list);
        Ok(plan)
    }
}

/// A refusal, with advice if lists that are not NULL were given as empty: perhaps they were meant to
/// say nothing.
pub(super) fn empty_lists(error: Error, lists: [Option<&[TypeInfo]>; 2]) -> Error {
    let refused = matches!(error.status(), Status::InvalidArgument | Status::TypeMismatch);
    if refused && lists.into_iter().flatten().any(<[TypeInfo]>::is_empty) {
        return error.advised(
            "an empty list that is not NULL declares that there are none, a count of \
             METAFFI_UNSPECIFIED leaves them to the module",
        );
    }
    error
}

/// Writes a parameter's type and name.
pub(super) fn param(
    function: &Function,
    index: usize,
    info: *mut metaffi_type_info,
    name: *mut *const c_char,
) -> Result<()> {
    let (place, name) = (out(info, "info")?, optional(name));
    let (params, texts) = (function.param_types(), function.texts());
    let found = params.get(index).ok_or_else(|| no_such("parameter", index, params.len()))?;
    place.set(describe(found, texts.alias(index)));
    name.set(pointer(texts.name(index)));
    Ok(())
}

/// Writes how many arguments have to be given, and whether they may be by name.
pub(super) fn required(function: &Function, least: *mut usize, takes_names: *mut bool) {
    optional(least).set(function.required());
    optional(takes_names).set(function.callee().takes_names());
}

/// Writes a return's type.
pub(super) fn returned(
    function: &Function,
    index: usize,
    info: *mut metaffi_type_info,
) -> Result<()> {
    let place = out(info, "info")?;
    let returns = function.return_types();
    let found = returns.get(index).ok_or_else(|| no_such("return", index, returns.len()))?;
    place.set(describe(found, function.texts().return_alias(index)));
    Ok(())
}

fn describe(info: &TypeInfo, alias: Option<&CStr>) -> metaffi_type_info {
    metaffi_type_info {
        r#type: info.r#type.number(),
        alias: pointer(alias),
        dimensions: i64::try_from(info.dimensions).unwrap_or(0),
    }
}

fn pointer(text: Option<&CStr>) -> *const c_char {
    text.map_or(ptr::null(), CStr::as_ptr)
}

#[cold]
fn no_such(what: &str, index: usize, count: usize) -> Error {
    Error::out_of_range(format!(
        "there is no {what} {index}: the signature has {count}, counted from 0"
    ))
}
