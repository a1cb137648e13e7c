//! [`BlockPassing`]: how what is no scalar travels.

use crate::call::moves::BlockArrival;
use crate::call::plan::native_type::{NativeType, RegisterClass};

/// How a value of several words travels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum BlockPassing {
    /// Each of its words in the next register of its class, or in none if there is only padding.
    Registers([Option<RegisterClass>; 2]),
    /// In one vector register, whole.
    Wide,
    /// In memory as an argument; so many floating registers of the stack as a result.
    X87(usize),
    /// In memory.
    Memory,
}

impl BlockPassing {
    /// Of what is no scalar.
    pub(super) fn of(native: &NativeType) -> BlockPassing {
        match native {
            NativeType::ComplexF32 => BlockPassing::Registers([Some(RegisterClass::Float), None]),
            NativeType::ComplexF64 => BlockPassing::Registers([Some(RegisterClass::Float); 2]),
            NativeType::LongDouble => BlockPassing::X87(1),
            NativeType::ComplexLongDouble => BlockPassing::X87(2),
            NativeType::Vector => BlockPassing::Wide,
            NativeType::Aggregate { size, elements, .. } if *size <= 16 => {
                let mut classes = [None; 2];
                match &elements[..] {
                    [NativeType::Vector] => BlockPassing::Wide,
                    elements => match classify(elements, 0, &mut classes) {
                        Some(_) => BlockPassing::Registers(classes),
                        None => BlockPassing::Memory,
                    },
                }
            }
            _ => BlockPassing::Memory,
        }
    }
}

/// The alignment of what is no scalar.
pub(super) fn alignment(native: &NativeType) -> usize {
    match native {
        NativeType::Aggregate { align, .. } => *align,
        NativeType::ComplexF32 => 4,
        NativeType::ComplexF64 => 8,
        _ => 16,
    }
}

/// The registers of a block of which every word travels in one of its own, in order.
pub(in crate::call) fn register_words(native: &NativeType) -> Option<Vec<RegisterClass>> {
    if native.register_class().is_some() || native.size() == 0 || alignment(native) > 8 {
        return None;
    }
    let BlockPassing::Registers(classes) = BlockPassing::of(native) else { return None };
    let words: Vec<RegisterClass> = classes.into_iter().flatten().collect();
    // Those without a register are padding.
    let is_dense = classes[0].is_some() && words.len() == native.size().div_ceil(8);
    is_dense.then_some(words)
}

/// Where a block arrives, if what comes in registers is stored and those of a class are neighbours.
/// `None` if its parts are not one behind the other.
pub(in crate::call) fn arrival(native: &NativeType) -> Option<BlockArrival> {
    let (class, registers) = match BlockPassing::of(native) {
        BlockPassing::Registers([None, None]) => {
            return Some(BlockArrival { class: None, registers: 0, words: 0, align: 1 });
        }
        BlockPassing::Registers([class, None]) => (class, 1),
        BlockPassing::Registers([class, second]) if class == second => (class, 2),
        BlockPassing::Registers(_) | BlockPassing::Wide => return None,
        BlockPassing::X87(_) | BlockPassing::Memory => (None, 0),
    };
    let (words, align) = (native.size().div_ceil(8), alignment(native));
    Some(BlockArrival { class, registers, words, align })
}

/// Adds the classes of elements from an offset on, and returns where they end; `None` if they make a
/// block travel in memory, as one that is too large for registers does.
fn classify(
    elements: &[NativeType],
    start: usize,
    classes: &mut [Option<RegisterClass>; 2],
) -> Option<usize> {
    let mut offset = start;
    for element in elements {
        match element {
            NativeType::Aggregate { size, .. } if *size > 16 => return None,
            NativeType::Aggregate { size, align, elements } => {
                offset = offset.next_multiple_of(*align);
                classify(elements, offset, classes)?;
                offset += size;
            }
            scalar => {
                let own = scalar.register_class()?;
                offset = offset.next_multiple_of(scalar.size());
                let class = classes.get_mut(offset / 8)?;
                *class = match *class {
                    Some(RegisterClass::Integer) => Some(RegisterClass::Integer),
                    _ => Some(own),
                };
                offset += scalar.size();
            }
        }
    }
    Some(offset)
}
