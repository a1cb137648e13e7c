//! [`RawCall`]: calls of any function pointer, with arguments and result as C has them in memory.

use std::ffi::c_void;
use std::ops::Deref;

use super::binding::MOST_ARGUMENTS;
use super::type_handle::TypeHandle;
use crate::backend::c::data::ctype::{CType, Representation};
use crate::backend::c::types::{FunctionType, TypeId};
use crate::call::libffi::interface::CallInterface;
use crate::call::plan::native_type::NativeType;
use crate::call::with_stack;
use crate::error::{Error, Result};

/// The most words of a result that is copied from a place of our own.
const MOST_COPIED: usize = 256;

/// A prepared call.
pub struct RawCall {
    interface: CallInterface,
    /// Bytes of the result; 0 if there is none.
    result_size: usize,
    /// What its place has to be aligned to.
    result_align: usize,
    /// The size of each argument whose registers reach beyond its end, else 0; empty if there are
    /// none such.
    short: Box<[usize]>,
    variadic: bool,
}

impl RawCall {
    /// Prepares calls of functions of a type, with arguments of the `extra` types, as C promotes
    /// them, after the declared ones.
    ///
    /// # Errors
    /// Whatever would make a call fail: `INVALID_ARGUMENT` for `extra` types of a function that is
    /// not variadic; `TYPE_MISMATCH` for types without a definition, and for those that C promotes;
    /// `UNSUPPORTED` for what cannot be passed by value.
    pub fn new<T: Deref<Target = TypeHandle>>(r#type: &TypeHandle, extra: &[T]) -> Result<RawCall> {
        let types = r#type.types();
        let (id, function) = r#type.function()?;
        let mut native = types.lower_function(id)?;
        let mut sizes: Vec<usize> =
            function.parameters.iter().map(|id| types.size(*id).unwrap_or(0)).collect();
        check_count(&function, &r#type.ctype(), extra.len())?;
        for (native_extra, size) in variadic(&function, extra)? {
            native.parameters.push(native_extra);
            sizes.push(size);
        }
        let fixed = function.variadic.then_some(function.parameters.len());
        let interface =
            CallInterface::new(&native.parameters, &native.returns, fixed, native.convention)?;
        let short: Box<[usize]> =
            native.parameters.iter().zip(sizes).map(|(native, size)| short(native, size)).collect();
        Ok(RawCall {
            interface,
            result_size: native.returns.size(),
            result_align: types.align(function.returns).unwrap_or(1),
            short: if short.iter().any(|size| *size > 0) { short } else { Box::default() },
            variadic: function.variadic || function.unspecified,
        })
    }

    /// Whether other calls of the type may have more arguments.
    pub fn is_variadic(&self) -> bool {
        self.variadic
    }

    /// The number of arguments.
    pub fn argument_count(&self) -> usize {
        self.interface.argument_count()
    }

    /// Calls `function`. C++ exceptions and `longjmp` pass through: nothing here has a destructor.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT`, before the call, if `result` is NULL or not aligned and the result is too
    /// large for a place on the stack.
    ///
    /// # Safety
    /// `function` has the type; `result` is NULL or has room for its result, `arguments` points to
    /// the argument values.
    pub unsafe fn call(
        &self,
        function: *const c_void,
        result: *mut c_void,
        arguments: *const *mut c_void,
    ) -> Result<()> {
        let count = self.argument_count();
        // The interface may overwrite the pointers.
        with_stack::<*mut c_void, _>(count, |pointers| {
            // SAFETY: `function` has the type; `result` is NULL or has room for its result,
            // `arguments` points to the argument values; and room on the stack.
            unsafe {
                pointers.copy_from_nonoverlapping(arguments, count);
                if self.short.is_empty() {
                    return self.place_result(function, result, pointers);
                }
                with_stack::<[u64; 2], _>(count, |copies| {
                    for (index, size) in self.short.iter().enumerate().filter(|(_, n)| **n > 0) {
                        let copy = copies.add(index).cast::<u8>();
                        copy.copy_from((*pointers.add(index)).cast(), *size);
                        pointers.add(index).write(copy.cast());
                    }
                    self.place_result(function, result, pointers)
                })
            }
        })
    }

    /// Calls with a place for the result that is as wide as the registers it comes in, and aligned.
    #[inline(always)]
    unsafe fn place_result(
        &self,
        function: *const c_void,
        result: *mut c_void,
        arguments: *mut *mut c_void,
    ) -> Result<()> {
        let align = self.result_align.max(16);
        let (bytes, misaligned) =
            (self.interface.return_size(), !result.addr().is_multiple_of(align));
        // SAFETY: the function is of this type; `arguments` points to as many values, and `result`
        // is NULL or has room for one.
        unsafe {
            if bytes == self.result_size && !result.is_null() && !misaligned {
                self.interface.call(function, result, arguments);
                return Ok(());
            }
            let words = (bytes + align) / 8;
            if words > MOST_COPIED {
                return Err(self.no_place(result));
            }
            with_stack::<u64, _>(words, |place| {
                let place = place.cast::<u8>();
                let place = place.add(place.align_offset(align));
                self.interface.call(function, place.cast(), arguments);
                if !result.is_null() {
                    // An integer comes back widened; its own bytes are the low ones.
                    let first = match cfg!(target_endian = "big") {
                        true => 8_usize.saturating_sub(self.result_size),
                        false => 0,
                    };
                    result
                        .cast::<u8>()
                        .copy_from_nonoverlapping(place.add(first), self.result_size);
                }
            });
            Ok(())
        }
    }

    #[cold]
    fn no_place(&self, result: *const c_void) -> Error {
        let size = self.result_size;
        let message = match result.is_null() {
            true => format!("result is NULL; a result of {size} bytes needs a place"),
            false => format!("result is not aligned to {}, as its type is", self.result_align),
        };
        Error::invalid(message)
    }
}

/// How the arguments of a variadic call are passed that are not declared, and their sizes.
pub(in crate::backend::c) fn variadic<T: Deref<Target = TypeHandle>>(
    function: &FunctionType,
    extra: &[T],
) -> Result<Vec<(NativeType, usize)>> {
    let lowered = |(index, extra): (usize, &T)| {
        promoted(extra)
            .and_then(|id| {
                let native = extra.types().lower_parameter(id, function.convention)?;
                Ok((native, extra.types().size(id)?))
            })
            .map_err(|error| error.context(format!("variadic argument {index}")))
    };
    extra.iter().enumerate().map(lowered).collect()
}

pub(in crate::backend::c) fn check_count(
    function: &FunctionType,
    ctype: &CType,
    extra: usize,
) -> Result<()> {
    let count = function.parameters.len() + extra;
    if extra > 0 && !function.variadic && !function.unspecified {
        return Err(Error::invalid(format!(
            "{extra} variadic types given, but `{}` is not variadic",
            ctype.spell()
        )));
    }
    if count > MOST_ARGUMENTS {
        return Err(Error::unsupported(format!("{count} arguments; the most is {MOST_ARGUMENTS}")));
    }
    Ok(())
}

/// The type of an argument after `...`, if C passes it as it is.
fn promoted(given: &TypeHandle) -> Result<TypeId> {
    let (types, id) = (given.types(), given.id());
    let spelled = types.spell(id);
    let wanted = match given.ctype().class {
        Representation::Array(_) | Representation::Function => {
            let ctype = given.ctype();
            let target = ctype.target().filter(|_| matches!(ctype.class, Representation::Array(_)));
            let wanted = target.as_ref().unwrap_or(&ctype).pointer();
            return Err(converted(&spelled, &wanted.spell()));
        }
        Representation::Void => {
            return Err(Error::mismatch("`void` has no values"));
        }
        _ => types.promoted(id),
    };
    types.size(wanted)?;
    if types.resolve(wanted) == types.resolve(id) {
        return Ok(id);
    }
    Err(converted(&spelled, &types.spell(wanted)))
}

#[cold]
fn converted(given: &str, wanted: &str) -> Error {
    let message =
        format!("C passes a `{given}` after `...` as `{wanted}`; convert it and give that type");
    Error::mismatch(message)
}

/// The size of an argument that is read beyond its end: an aggregate in registers that it does not
/// fill.
fn short(native: &NativeType, size: usize) -> usize {
    match native {
        NativeType::Aggregate { .. } if size < 16 && !size.is_multiple_of(8) => size,
        _ => 0,
    }
}

#[cfg(test)]
#[path = "raw_call_tests.rs"]
mod tests;
