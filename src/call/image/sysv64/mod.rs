//! System V x86-64: six integer registers, eight floating ones, and the stack (ABI section 3.2.3).

mod assembly;
mod block;
mod builder;
mod outcome;
mod part;

use std::ffi::c_void;
use std::mem::MaybeUninit;

pub(in crate::call) use self::assembly::metaffi_call_image;
use self::builder::Builder;
use self::outcome::Outcome;
use self::part::Part;
use crate::call::frame::with_stack;
use crate::call::native::{Convention, NativeType};

const INTEGERS: usize = 6;
const FLOATS: usize = 8;

/// Words of a register image: the integers, then the floats; the stack follows.
const REGISTERS: usize = INTEGERS + FLOATS;

/// The most words of an image, so that it fits on our own stack.
const MOST_WORDS: usize = 400;

/// Where each argument's bytes go, and where the result comes from.
pub(crate) struct Image {
    parts: Box<[Part]>,
    /// Words on the stack.
    stack: usize,
    /// Floating registers in use.
    floats: usize,
    result: Outcome,
}

impl Image {
    /// The image of a signature; `None` if it has what is not covered here.
    pub(crate) fn new(
        params: &[NativeType],
        returns: &NativeType,
        convention: Convention,
    ) -> Option<Image> {
        if convention == Convention::Win64 {
            return None;
        }
        let result = Outcome::of(returns)?;
        let mut builder = Builder::default();
        if matches!(result, Outcome::Memory) {
            builder.integers = 1;
        }
        for (index, param) in params.iter().enumerate() {
            builder.place(u16::try_from(index).ok()?, param)?;
        }
        let stack = builder.stack.next_multiple_of(2);
        if REGISTERS + stack > MOST_WORDS {
            return None;
        }
        Some(Image { parts: builder.parts.into(), stack, floats: builder.floats, result })
    }

    /// Calls `function`; see [`CallInterface::call`](super::super::interface::CallInterface::call).
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
    /// [`CallInterface::call_words`](super::super::interface::CallInterface::call_words).
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
        place: impl Fn(&Part, *mut u64),
    ) {
        with_stack::<u64, _>(REGISTERS + self.stack, |image| {
            let mut registers = [const { MaybeUninit::<u64>::uninit() }; 4];
            let registers: *mut u64 = registers.as_mut_ptr().cast();
            // SAFETY: the image has the registers and the stack; the assembly fills four words.
            unsafe {
                for part in &self.parts {
                    place(part, image.add(usize::from(part.to)));
                }
                if matches!(self.result, Outcome::Memory) {
                    *image = result.expose_provenance() as u64;
                }
                let stack = image.add(REGISTERS);
                let (words, floats) = (self.stack, self.floats);
                assembly::metaffi_call_image(function, image, stack, words, registers, floats);
                self.result.store(registers, result.cast());
            }
        });
    }
}
