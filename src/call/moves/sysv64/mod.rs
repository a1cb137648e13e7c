//! System V x86-64: six integer registers, eight floating ones, and the stack (ABI section 3.2.3).

mod argument_move;
mod assembly;
mod block_passing;
mod builder;
mod result_location;
mod upcall;

use std::ffi::c_void;
use std::mem::MaybeUninit;

use self::argument_move::Move;
pub(in crate::call) use self::assembly::metaffi_call_image;
use self::assembly::{WIDE, X87, X87_PAIR};
use self::block_passing::BlockPassing;
pub(in crate::call) use self::block_passing::{arrival, register_words};
use self::builder::Builder;
pub(in crate::call) use self::result_location::RESULTS;
use self::result_location::ResultLocation;
use crate::call::plan::frame::with_stack;
use crate::call::plan::native_type::{Convention, NativeType, RegisterClass};

const INTEGERS: usize = 6;
const FLOATS: usize = 8;

// Where the words of an image are.
const HIGH_HALVES: usize = 0;
const FIRST_INTEGER: usize = HIGH_HALVES + FLOATS;
const FIRST_FLOAT: usize = FIRST_INTEGER + INTEGERS;
const STACK: usize = FIRST_FLOAT + FLOATS;

/// The most words of an image, so that it fits on our own stack.
const MOST_WORDS: usize = 400;

/// Where each argument's bytes go, and where the result comes from: of a call that is made, and of
/// one that arrives.
pub(crate) struct Moves {
    parts: Box<[Move]>,
    /// Words on the stack.
    stack: usize,
    integers: usize,
    floats: usize,
    /// What the [`assembly`] has to know beside their number.
    flags: usize,
    result: ResultLocation,
}

impl Moves {
    /// The image of a signature; `None` if it is another convention's, or too large.
    pub(crate) fn new(
        params: &[NativeType],
        returns: &NativeType,
        convention: Convention,
    ) -> Option<Moves> {
        if convention == Convention::Win64 || params.contains(&NativeType::Void) {
            return None;
        }
        let result = ResultLocation::of(returns);
        let mut builder = Builder::default();
        if matches!(result, ResultLocation::Memory) {
            builder.integers = 1;
        }
        for (index, param) in params.iter().enumerate() {
            builder.place(u16::try_from(index).ok()?, param)?;
        }
        let Builder { parts, integers, floats, stack, wide } = builder;
        let stack = stack.next_multiple_of(2);
        let flags = match result {
            ResultLocation::X87(1) => X87,
            ResultLocation::X87(_) => X87 + X87_PAIR,
            _ => 0,
        };
        let flags = flags + if wide { WIDE } else { 0 };
        (STACK + stack <= MOST_WORDS).then(|| Moves {
            parts: parts.into(),
            stack,
            integers,
            floats,
            flags,
            result,
        })
    }

    /// Calls `function`; see [`CallInterface::call`](super::super::libffi::interface::CallInterface::call).
    ///
    /// # Safety
    /// As there.
    pub(crate) unsafe fn call(
        &self,
        function: *const c_void,
        result: *mut c_void,
        arguments: *const *mut c_void,
    ) {
        // SAFETY: every part stays in the image, and reads an argument's own bytes.
        unsafe {
            self.call_with(function, result, |part, image| {
                let argument = (*arguments.add(usize::from(part.argument))).cast::<u8>();
                part.how.copy(argument.add(part.offset as usize), image);
            });
        }
    }

    /// Calls `function`; see
    /// [`CallInterface::call_words`](super::super::libffi::interface::CallInterface::call_words).
    ///
    /// # Safety
    /// As there.
    #[inline(always)]
    pub(crate) unsafe fn call_words(
        &self,
        function: *const c_void,
        result: *mut c_void,
        words: *const u64,
    ) {
        // SAFETY: as above, where a block's word is its address.
        unsafe {
            self.call_with(function, result, |part, image| {
                let word = *words.add(usize::from(part.argument));
                if part.block {
                    let block = std::ptr::with_exposed_provenance::<u8>(word as usize);
                    part.how.copy(block.add(part.offset as usize), image);
                } else {
                    *image = word;
                }
            });
        }
    }

    #[inline(always)]
    unsafe fn call_with(
        &self,
        function: *const c_void,
        result: *mut c_void,
        place: impl Fn(&Move, *mut u64),
    ) {
        with_stack::<u64, _>(STACK + self.stack, |image| {
            let mut results = [const { MaybeUninit::<u64>::uninit() }; RESULTS];
            let results: *mut u64 = results.as_mut_ptr().cast();
            // SAFETY: the image has the registers and the stack; the assembly fills the results.
            unsafe {
                for part in &self.parts {
                    place(part, image.add(usize::from(part.to)));
                }
                let registers = image.add(FIRST_INTEGER);
                if matches!(self.result, ResultLocation::Memory) {
                    *registers = result.expose_provenance() as u64;
                }
                let (stack, floats) = (image.add(STACK), self.floats + self.flags);
                metaffi_call_image(function, registers, stack, self.stack, results, floats);
                self.result.store(results, result.cast());
            }
        });
    }
}
