//! System V x86-64: six integer registers, eight floating ones, and the stack (ABI section 3.2.3).

mod assembly;
mod block;
mod builder;
mod outcome;
mod part;

use std::ffi::c_void;

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
        Some(Image { parts: builder.parts.into(), stack, result })
    }

    /// Calls `function`; see [`CallInterface::call`](super::super::interface::CallInterface::call).
    ///
    /// # Safety
    /// As there.
    #[inline]
    pub(crate) unsafe fn call(
        &self,
        function: *const c_void,
        result: *mut c_void,
        arguments: *const *mut c_void,
    ) {
        with_stack::<u64, _>(REGISTERS + self.stack, |image| {
            let mut registers = [0u64; 4];
            // SAFETY: every move stays in the image, and reads an argument's own bytes.
            unsafe {
                for part in &self.parts {
                    let argument = *arguments.add(usize::from(part.argument));
                    let from = argument.cast::<u8>().add(part.offset as usize);
                    part.how.copy(from, image.add(usize::from(part.to)));
                }
                if matches!(self.result, Outcome::Memory) {
                    *image = result.expose_provenance() as u64;
                }
                let stack = image.add(REGISTERS);
                assembly::metaffi_call_image(
                    function,
                    image,
                    stack,
                    self.stack,
                    &raw mut registers,
                );
                self.result.store(&registers, result.cast());
            }
        });
    }
}
