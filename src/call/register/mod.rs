//! Calls of scalars: precompiled thunks that load a frame into registers, and what does not fit
//! onto the stack.
//!
//! A call whose arguments all travel in registers needs no interpretation. On System V x86-64 and
//! AArch64 integers and floats have registers of their own, filled independently in the order of
//! the arguments, so a function of any mix of them can be called as if it took all its integers
//! first and then all its floats. A float travels in the low half of its register, as it does in
//! the low half of its slot.

mod ret;
mod spill;
mod thunk;

use super::native::{Bank, Convention, NativeType};
use crate::handle::Fast;
use ret::ReturnClass;

/// How many arguments each kind of register holds.
#[cfg(all(target_arch = "x86_64", unix))]
const REGISTERS: Option<(usize, usize)> = Some((6, 8));
#[cfg(all(target_arch = "aarch64", unix))]
const REGISTERS: Option<(usize, usize)> = Some((8, 8));
#[cfg(not(all(any(target_arch = "x86_64", target_arch = "aarch64"), unix)))]
const REGISTERS: Option<(usize, usize)> = None;

/// A call of `code` that takes argument `i` from slot `i` of a frame and stores its result in the
/// slot after the last argument; `None` if not every argument is a scalar, or there is no thunk for
/// so many.
///
/// `chars` has a bit for each argument that is given as the code unit of a character and that C
/// takes as a signed byte.
pub fn fast(
    code: *const (),
    params: &[NativeType],
    returns: &NativeType,
    convention: Convention,
    chars: u64,
) -> Option<Fast> {
    let (integers, floats) = REGISTERS?;
    if convention == Convention::Win64 {
        return None;
    }
    let banks: Vec<Bank> = params.iter().map(NativeType::bank).collect::<Option<_>>()?;
    let returns = ReturnClass::of(returns)?;
    let in_bank = |bank| {
        banks.iter().enumerate().filter(move |(_, b)| **b == bank).map(|(slot, _)| slot as u64)
    };
    let (integer_count, float_count) =
        (in_bank(Bank::Integer).count(), in_bank(Bank::Float).count());
    if integer_count > integers.min(thunk::INTEGERS) || float_count > floats.min(thunk::FLOATS) {
        return spill::fast(code, in_bank(Bank::Float), params.len(), returns)
            .filter(|_| chars == 0);
    }
    let (invoke, map) = match chars {
        0 => {
            let map = thunk::order(in_bank(Bank::Integer), in_bank(Bank::Float), params.len());
            (thunk::select(integer_count, float_count, returns), map)
        }
        _ if float_count == 0 => (thunk::select_chars(integer_count, returns), chars),
        _ => return None,
    };
    Some(Fast { invoke, code, map })
}

#[cfg(all(test, any(target_arch = "x86_64", target_arch = "aarch64"), unix))]
mod tests;
