//! The fast way to call: the invoker in a handle's slot, and calls by values of functions of
//! scalars, whose types are compared and whose values are moved between their tags and the slots
//! of a frame without looking at anything but one word.

use std::mem::MaybeUninit;
use std::ptr;

use super::values::call_values;
use crate::abi::{METAFFI_OK, metaffi_error, metaffi_slot, metaffi_status, metaffi_value};
use crate::call::errors::failure::report;
use crate::call::function::Function;
use crate::call::plan::scalar::ROWS;
use crate::call::plan::type_word::{BITS, COUNT_BITS, MOST, NOTHING, returned};
use crate::error::{Error, Result};
use crate::handle::pin::{self, CallScope};
use crate::handle::{Fast, FastCell, Handled, Key, Table};

/// What a handle that can be called stands for.
pub trait CallableHandle: Handled {
    /// Where its handles are.
    const TABLE: &'static Table<FastCell>;

    /// What is called.
    fn function(&self) -> &Function;
}

/// How a function is called behind a handle of type `T`, and its type word.
pub fn fast<T: CallableHandle>(function: &Function) -> (Fast, u64) {
    let pinned = Fast { invoke: pinned::<T>, code: ptr::null(), map: 0 };
    (function.fast().unwrap_or(pinned), function.type_word())
}

/// An [`Invoke`](crate::handle::Invoke) that keeps what it calls alive by a pin: the slow way,
/// which every function has.
#[inline(never)]
unsafe extern "C-unwind" fn pinned<T: CallableHandle>(
    _: *const (),
    frame: *mut metaffi_slot,
    _: u64,
    error: *mut *mut metaffi_error,
    key: Key,
) -> metaffi_status {
    let scope = pin::enter();
    // SAFETY: the frame is the callee's, unless it is NULL; guest code that leaves by an exception
    // ends the scope.
    unsafe {
        let outcome = match scope.get::<T>(key) {
            Ok(callee) => call_frame(callee.function(), &scope, frame),
            Err(refused) => Err(refused),
        };
        drop(scope);
        report(error, outcome)
    }
}

#[inline(always)]
unsafe fn call_frame(
    function: &Function,
    scope: &CallScope,
    frame: *mut metaffi_slot,
) -> Result<()> {
    if frame.is_null() && function.frame_size() != 0 {
        return Err(null("frame"));
    }
    // SAFETY: the frame is there and has the layout of the function's signature.
    unsafe { function.call(scope, frame) }
}

/// Calls by frame.
///
/// # Safety
/// `frame` has the layout of the signature, with the arguments filled in; `error` is NULL or
/// writable.
#[inline(always)]
pub unsafe fn by_frame<T: CallableHandle>(
    key: Key,
    frame: *mut metaffi_slot,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: what a slot says of a key is so; the frame has the layout of its signature.
    unsafe {
        match T::TABLE.slot(key).fast(key) {
            Some(fast) if !frame.is_null() => invoke(fast, frame, error, key),
            // Refuses what cannot be called.
            _ => pinned::<T>(ptr::null(), frame, 0, error, key),
        }
    }
}

#[inline(always)]
unsafe fn invoke(
    Fast { invoke, code, map }: Fast,
    frame: *mut metaffi_slot,
    error: *mut *mut metaffi_error,
    key: Key,
) -> metaffi_status {
    // SAFETY: `error` is NULL or writable; the frame has the layout of the signature.
    unsafe {
        if !error.is_null() {
            error.write(ptr::null_mut());
        }
        invoke(code, frame, map, error, key)
    }
}

/// The values of a call.
pub struct Values {
    /// `argument_count` values that are what their types say.
    pub arguments: *const metaffi_value,
    /// How many there are.
    pub argument_count: usize,
    /// Room for `return_count` values.
    pub returns: *mut metaffi_value,
    /// How many there are to be.
    pub return_count: usize,
}

/// Calls by values: by frame, if they are of exactly the declared types, which are scalars.
///
/// # Safety
/// The values are as described; `error` is NULL or writable.
#[inline(always)]
pub unsafe fn by_values<T: CallableHandle>(
    key: Key,
    values: Values,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: what a slot says of a key is so; values are as many as said.
    unsafe {
        match T::TABLE.slot(key).fast_by_values(key) {
            Some((fast, NOTHING)) if values.argument_count | values.return_count == 0 => {
                invoke(fast, ptr::dangling_mut(), error, key)
            }
            fast => {
                by_type_word::<T>(key, fast.map_or(0, |(_, type_word)| type_word), &values, error)
            }
        }
    }
}

/// The same with values that there are; what is not of the type word goes the way that converts and
/// reports.
#[inline(never)]
unsafe fn by_type_word<T: CallableHandle>(
    key: Key,
    type_word: u64,
    values: &Values,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    let mut frame = [const { MaybeUninit::<metaffi_slot>::uninit() }; MOST + 1];
    let frame: *mut metaffi_slot = frame.as_mut_ptr().cast();
    // SAFETY: a type word with so many arguments has so many slots, and one for the result.
    // Whatever the slot has become since, only what it was is called.
    unsafe {
        if !load(type_word, values, frame) {
            return by_values_slow::<T>(key, values, error);
        }
        let status = by_frame::<T>(key, frame, error);
        let &Values { argument_count, returns, return_count, .. } = values;
        if status != METAFFI_OK {
            returns.write_bytes(0, return_count);
        } else if return_count != 0 {
            (*returns).data.uint64 = *frame.add(argument_count);
            (*returns).r#type = ROWS.get_unchecked(returned(type_word)).number;
        }
        status
    }
}

/// Fills the arguments of a frame; false if they are not of the types of the type word, or something
/// else is to be returned.
#[inline(always)]
unsafe fn load(type_word: u64, values: &Values, frame: *mut metaffi_slot) -> bool {
    let &Values { arguments, argument_count, returns, return_count } = values;
    let fits = argument_count as u64 + 1 == type_word & ((1 << COUNT_BITS) - 1)
        && return_count == usize::from(returned(type_word) != 0);
    if !fits || arguments.is_null() && argument_count != 0 || returns.is_null() && return_count != 0
    {
        return false;
    }
    let mut types = type_word >> (COUNT_BITS + BITS);
    for index in 0..argument_count {
        // SAFETY: there are so many arguments, of scalar types as the type word was made from.
        unsafe {
            let row = ROWS.get_unchecked((types & 0xf) as usize);
            types >>= BITS;
            let value = &*arguments.add(index);
            let bits = value.data.uint64;
            if value.r#type != row.number || bits & row.never != 0 {
                return false;
            }
            *frame.add(index) = row.slot(bits);
        }
    }
    true
}

/// Calls by values the slow way.
#[inline(never)]
unsafe fn by_values_slow<T: CallableHandle>(
    key: Key,
    values: &Values,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    let Values { arguments, argument_count, returns, return_count } = *values;
    let scope = pin::enter();
    // SAFETY: values are as many as said and what their types say; guest code that leaves by an
    // exception ends the scope.
    unsafe {
        let outcome = match scope.get::<T>(key) {
            Ok(_) if arguments.is_null() && argument_count != 0 => Err(null("arguments")),
            Ok(_) if returns.is_null() && return_count != 0 => Err(null("returns")),
            Ok(callee) => call_values(callee.function(), &scope, values),
            Err(refused) => Err(refused),
        };
        drop(scope);
        if outcome.is_err() && !returns.is_null() {
            returns.write_bytes(0, return_count);
        }
        report(error, outcome)
    }
}

#[cold]
fn null(name: &str) -> Error {
    Error::invalid(format!("{name} is NULL"))
}
