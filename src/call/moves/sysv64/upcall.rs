//! Calls that arrive: each argument is found where the caller put it.

use super::result_location::ResultLocation;
use super::{BlockPassing, FIRST_FLOAT, FIRST_INTEGER, FLOATS, Moves, RegisterClass, STACK};
use crate::call::plan::frame::with_stack;
use crate::call::plan::native_type::NativeType;
use crate::error::{Error, Result};
use std::ffi::c_void;

/// Room for what came in two registers.
#[repr(C, align(16))]
struct Pair([u64; 2]);

impl Moves {
    /// The registers that the arguments use, and the stack, as arguments of their own: an integer
    /// or a double for each register, and then, if there is anything on the stack, a block that
    /// begins with it.
    pub(crate) fn registers(&self) -> Vec<NativeType> {
        let hidden = usize::from(matches!(self.result, ResultLocation::Memory));
        let mut registers = vec![NativeType::I64; self.integers - hidden];
        registers.extend(vec![NativeType::F64; self.floats]);
        if self.stack > 0 {
            registers.push(memory());
        }
        registers
    }

    /// A return type that has the same registers as `returns`.
    pub(crate) fn returned(&self, returns: &NativeType) -> Result<NativeType> {
        if returns.register_class().is_some() || *returns == NativeType::Void {
            return Ok(returns.clone());
        }
        Ok(match BlockPassing::of(returns) {
            _ if returns.size() == 0 => NativeType::Void,
            BlockPassing::Registers(classes) => {
                let word = |class: RegisterClass| match class {
                    RegisterClass::Integer => NativeType::I64,
                    RegisterClass::Float => NativeType::F64,
                };
                let elements: Vec<_> = classes.into_iter().flatten().map(word).collect();
                NativeType::Aggregate { size: elements.len() * 8, align: 8, elements }
            }
            BlockPassing::X87(1) => NativeType::LongDouble,
            BlockPassing::X87(_) => NativeType::ComplexLongDouble,
            BlockPassing::Memory => memory(),
            BlockPassing::Wide => {
                let message = "a callback cannot return a vector or `_Float128` by value; let it \
                               store one where a pointer says";
                return Err(Error::unsupported(message));
            }
        })
    }

    /// Runs `body` with a pointer to each argument.
    ///
    /// # Safety
    /// `found` has a pointer to each of [`registers`](Image::registers), of a call with this
    /// signature; there are `count` arguments.
    #[inline(always)]
    pub(crate) unsafe fn gather(
        &self,
        count: usize,
        found: *const *mut c_void,
        body: impl FnOnce(*const *mut c_void),
    ) {
        let hidden = usize::from(matches!(self.result, ResultLocation::Memory));
        let floats = self.integers - hidden;
        // SAFETY: `found` has a pointer to each of `registers`, of a call with this signature;
        // there are `count` arguments; a part names a register that is used, or a word of the
        // stack, and a block in registers has at most two words.
        let word = |to: usize| unsafe {
            match to {
                STACK.. => (*found.add(floats + self.floats)).cast::<u64>().add(to - STACK),
                FIRST_FLOAT.. => (*found.add(floats + to - FIRST_FLOAT)).cast::<u64>(),
                FIRST_INTEGER.. => (*found.add(to - FIRST_INTEGER - hidden)).cast::<u64>(),
                high => (*found.add(floats + high)).cast::<u64>().add(1),
            }
        };
        const { assert!(super::HIGH_HALVES == 0 && FIRST_INTEGER == FLOATS) };
        with_stack::<*mut c_void, _>(count, |arguments| {
            with_stack::<Pair, _>(count, |pairs| {
                // SAFETY: as above.
                unsafe {
                    for index in 0..count {
                        arguments.add(index).write(pairs.add(index).cast());
                    }
                    for part in &self.parts {
                        let (index, to) = (usize::from(part.argument), usize::from(part.to));
                        let from = word(to);
                        if part.block && to < STACK {
                            let pair = pairs.add(index).cast::<u64>();
                            *pair.add(part.offset as usize / 8) = *from;
                        } else if part.offset == 0 {
                            arguments.add(index).write(from.cast());
                        }
                    }
                }
                body(arguments);
            });
        });
    }
}

/// A block that is passed in memory.
fn memory() -> NativeType {
    NativeType::Aggregate { size: 24, align: 8, elements: vec![NativeType::I64; 3] }
}
