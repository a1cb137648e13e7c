//! Calls in registers: precompiled thunks that load a frame into them, and scalars that do not fit
//! onto the stack.
//!
//! A call whose arguments all travel in registers needs no interpretation. On System V x86-64 and
//! AArch64 integers and floats have registers of their own, filled independently in the order of
//! the arguments, so a function of any mix of them can be called as if it took all its integers
//! first and then all its floats. A float travels in the low half of its register, as it does in
//! the low half of its slot. A struct whose words have a register each travels as if these were
//! arguments, and is returned in the same way: it has so many slots, one after the other.

mod ret;
#[cfg(all(target_arch = "x86_64", unix))]
mod spill;
mod thunk;

use super::moves::register_words;
use super::plan::native_type::{Convention, NativeType, RegisterClass};
use crate::handle::{Fast, Invoke};

/// How many arguments a thunk has in each kind of register; it has none elsewhere.
const INTEGERS: usize = 6;
const FLOATS: usize = 8;
const IS_KNOWN: bool = cfg!(all(any(target_arch = "x86_64", target_arch = "aarch64"), unix));

/// The thunks of functions that return a value of one kind.
struct Thunks {
    plain: fn(usize, usize) -> Invoke,
    chars: fn(usize) -> Invoke,
    #[cfg(all(target_arch = "x86_64", unix))]
    spilled: Invoke,
}

impl Thunks {
    fn of(returns: &NativeType) -> Option<Thunks> {
        fn returning<R: ret::ThunkReturn>() -> Option<Thunks> {
            Some(Thunks {
                plain: thunk::of::<R>,
                chars: thunk::of_chars::<R>,
                #[cfg(all(target_arch = "x86_64", unix))]
                spilled: spill::spilled::<R>,
            })
        }
        use RegisterClass::{Float, Integer};
        if let Some(words) = register_words(returns) {
            return match words.as_slice() {
                [Integer] => returning::<ret::Word>(),
                [Float] => returning::<ret::F64>(),
                [Integer, Integer] => returning::<ret::WordPair<u64, u64>>(),
                [Integer, Float] => returning::<ret::WordPair<u64, f64>>(),
                [Float, Integer] => returning::<ret::WordPair<f64, u64>>(),
                [Float, Float] => returning::<ret::WordPair<f64, f64>>(),
                _ => None,
            };
        }
        match returns {
            NativeType::Void => returning::<ret::Void>(),
            NativeType::I8 => returning::<ret::I8>(),
            NativeType::I16 => returning::<ret::I16>(),
            NativeType::I32 => returning::<ret::I32>(),
            NativeType::U8 => returning::<ret::U8>(),
            NativeType::U16 => returning::<ret::U16>(),
            NativeType::U32 => returning::<ret::U32>(),
            NativeType::I64 | NativeType::U64 => returning::<ret::Word>(),
            NativeType::Pointer => returning::<ret::Word>(),
            NativeType::F32 => returning::<ret::F32>(),
            NativeType::F64 => returning::<ret::F64>(),
            _ => None,
        }
    }

    /// The thunk and the map of a call of which not everything fits into registers.
    #[cfg(all(target_arch = "x86_64", unix))]
    fn spilled(&self, floats: impl Iterator<Item = u64>, count: usize) -> Option<(Invoke, u64)> {
        Some((self.spilled, spill::map(floats, count)?))
    }

    /// There is none on this platform.
    #[cfg(not(all(target_arch = "x86_64", unix)))]
    fn spilled(&self, _: impl Iterator<Item = u64>, _: usize) -> Option<(Invoke, u64)> {
        None
    }
}

/// How many slots a value has for a thunk: one, or one for each word of a block; `None` if it does not
/// travel in registers.
pub fn slot_count(native: &NativeType) -> Option<usize> {
    match native.register_class() {
        Some(_) => Some(1),
        None => register_words(native).map(|words| words.len()),
    }
}

/// A call of `code` that takes its arguments from the slots of a frame, one after the other, and stores
/// its result in those after the last argument; `None` if not every argument travels in registers, or
/// there is no thunk for so many.
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
    if !IS_KNOWN || convention == Convention::Win64 {
        return None;
    }
    let mut classes = Vec::with_capacity(params.len());
    for param in params {
        match param.register_class() {
            Some(class) => classes.push(class),
            None => classes.extend(register_words(param)?),
        }
    }
    let has_blocks = params.iter().any(|param| param.register_class().is_none());
    let thunks = Thunks::of(returns)?;
    let in_class = |class| {
        classes.iter().enumerate().filter(move |(_, b)| **b == class).map(|(slot, _)| slot as u64)
    };
    let (integers, floats) =
        (in_class(RegisterClass::Integer).count(), in_class(RegisterClass::Float).count());
    let (invoke, map) = match chars {
        // A block is on the stack as a whole.
        0 if has_blocks && (integers > INTEGERS || floats > FLOATS) => return None,
        0 if integers > INTEGERS || floats > FLOATS => {
            thunks.spilled(in_class(RegisterClass::Float), params.len())?
        }
        0 => {
            let map = thunk::order(
                in_class(RegisterClass::Integer),
                in_class(RegisterClass::Float),
                classes.len(),
            );
            ((thunks.plain)(integers, floats), map)
        }
        // The bits are those of slots.
        _ if has_blocks => return None,
        _ if floats == 0 && integers <= INTEGERS => ((thunks.chars)(integers), chars),
        _ => return None,
    };
    Some(Fast { invoke, code, map })
}

/// The invoker for a caller that asks for no status: where nothing is passed and nothing returned, the
/// function itself.
pub fn without_status(Fast { invoke, code, .. }: Fast) -> Invoke {
    match std::ptr::fn_addr_eq(invoke, thunk::of::<ret::Void>(0, 0)) {
        // SAFETY: the thunk would call it with nothing; what is in the registers of arguments is no
        // affair of such a function, nor what it leaves in that of the status of anybody else.
        true => unsafe { std::mem::transmute::<*const (), Invoke>(code) },
        false => invoke,
    }
}

#[cfg(all(test, any(target_arch = "x86_64", target_arch = "aarch64"), unix))]
mod tests;
