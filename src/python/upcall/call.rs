//! The general way of calls from Python: whatever the arguments are, to an entity and to a host's
//! callable alike.

use std::ptr;

use super::argument::{borrow, convert};
use super::binder::{VectorcallArguments, bind, position};
use super::rules::ConversionRules;
use super::{count, keywords, results};
use crate::abi::metaffi_slot;
use crate::call::{Function, HostCall, MAX_SLOTS, with_stack};
use crate::error::{Error, Result};
use crate::handle::pin::{self, CallScope};
use crate::python::NATURE;
use crate::python::api::Object;
use crate::python::lifecycle::gil::{self, Gil};

/// What a call does beside its arguments.
#[derive(Clone, Copy)]
pub struct CallOptions<'a> {
    /// How arguments and returns are converted.
    pub rules: &'static ConversionRules,
    /// Whether the GIL is held while the callee runs.
    pub keeps_lock: bool,
    /// Whether a tuple is returned in any case.
    pub tuple: bool,
    /// Where callbacks that the callee runs leave their failure; whoever called before otherwise.
    pub host_call: Option<&'a HostCall>,
}

/// Calls a function. A new reference.
///
/// # Safety
/// The arguments are alive as long as the call; the function outlives it; the GIL is held.
#[inline(always)]
pub unsafe fn call(
    gil: &Gil,
    scope: &CallScope,
    function: &Function,
    arguments: VectorcallArguments,
    options: CallOptions,
) -> Result<Object> {
    // SAFETY: the arguments are alive as long as the call; the function outlives it; the GIL is
    // held.
    unsafe {
        match arguments.names.is_null() && arguments.count == function.params().len() {
            true => call_in_order(gil, scope, function, arguments.objects, options),
            false => call_bound(gil, scope, function, arguments, options),
        }
    }
}

/// Why an argument is refused.
///
/// # Safety
/// There is such a parameter, the argument is alive, and the GIL is held.
#[cold]
pub unsafe fn refusal(
    gil: &Gil,
    rules: &ConversionRules,
    function: &Function,
    index: usize,
    argument: Object,
) -> Error {
    let (scope, mut slots) = (pin::enter(), [0; 3]);
    // SAFETY: there is such a parameter, the argument is alive, and the GIL is held; no value takes more
    // slots.
    let refused =
        unsafe { convert(gil, &scope, rules, function, index, argument, slots.as_mut_ptr()) };
    refused.err().unwrap_or_else(|| {
        let argument = function.argument(index);
        Error::mismatch(format!("{argument} is not what is declared"))
    })
}

/// Puts keyword arguments in their places, and finds the function for more or fewer arguments.
///
/// # Safety
/// As for [`call`].
#[cold]
#[inline(never)]
unsafe fn call_bound(
    gil: &Gil,
    scope: &CallScope,
    function: &Function,
    arguments: VectorcallArguments,
    options: CallOptions,
) -> Result<Object> {
    let (params, count) = (function.params(), arguments.count);
    if count > MAX_SLOTS {
        return Err(Error::invalid(format!("{count} arguments given; at most {MAX_SLOTS} can be")));
    }
    // SAFETY: the arguments are alive as long as the call; the function outlives it; the GIL is
    // held.
    unsafe {
        let named = arguments.named(gil);
        if named > 0
            && let Some(own) = keywords::function_for(gil, function, arguments)?
        {
            let function: *const Function = scope.keep(own);
            return call_in_order(gil, scope, &*function, arguments.objects, options);
        }
        if !options.rules.other_counts && count + named != params.len() {
            return Err(count::wrong(function, count + named));
        }
        let most = params.len().max(count);
        with_stack(most, |objects: *mut Object| {
            objects.write_bytes(0, most);
            let bound = &mut *ptr::slice_from_raw_parts_mut(objects, most);
            let given = bind(
                gil,
                arguments,
                bound,
                |name| position(function, name),
                |name| {
                    let signature = function.signature();
                    Error::invalid(format!("argument {name} is given twice: {signature}"))
                },
            )?;
            if let Some(missing) = bound[..given].iter().position(|object| object.is_null()) {
                return Err(count::not_given(missing, function));
            }
            if given == params.len() {
                return call_in_order(gil, scope, function, objects, options);
            }
            let other = count::function_for(gil, function, &bound[..given])?;
            let function: *const Function = scope.keep(other);
            call_in_order(gil, scope, &*function, objects, options)
        })
    }
}

/// # Safety
/// As for [`call`], with an argument for each parameter.
#[inline(always)]
unsafe fn call_in_order(
    gil: &Gil,
    scope: &CallScope,
    function: &Function,
    objects: *const Object,
    options: CallOptions,
) -> Result<Object> {
    with_stack(function.frame_size(), |frame: *mut metaffi_slot| {
        // SAFETY: the frame has the function's layout, and there are as many objects as
        // parameters.
        unsafe {
            for (index, place) in function.params().iter().enumerate() {
                let (object, slots) = (*objects.add(index), frame.add(place.slot()));
                if !borrow(gil.api, place.kind, object, slots) {
                    convert(gil, scope, options.rules, function, index, object, slots)?;
                }
            }
            let go = || NATURE.go_out(|| function.call(scope, frame));
            let run = || match options.host_call {
                Some(host_call) => host_call.run(go),
                None => go(),
            };
            match options.keeps_lock {
                true => run()?,
                false => gil::release(gil, run)?,
            }
            results::to_python(gil, scope, function, frame, options.rules, options.tuple)
        }
    })
}
