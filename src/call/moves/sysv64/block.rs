//! [`Passing`]: how what is no scalar travels.

use crate::call::plan::native::{Bank, NativeType};

/// How a value of several words travels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Passing {
    /// Each of its words in the next register of its class, or in none if there is only padding.
    Registers([Option<Bank>; 2]),
    /// In one vector register, whole.
    Wide,
    /// In memory as an argument; so many floating registers of the stack as a result.
    X87(usize),
    /// In memory.
    Memory,
}

impl Passing {
    /// Of what is no scalar.
    pub(super) fn of(native: &NativeType) -> Passing {
        match native {
            NativeType::ComplexF32 => Passing::Registers([Some(Bank::Float), None]),
            NativeType::ComplexF64 => Passing::Registers([Some(Bank::Float); 2]),
            NativeType::LongDouble => Passing::X87(1),
            NativeType::ComplexLongDouble => Passing::X87(2),
            NativeType::Vector => Passing::Wide,
            NativeType::Aggregate { size, elements, .. } if *size <= 16 => {
                let mut classes = [None; 2];
                match &elements[..] {
                    [NativeType::Vector] => Passing::Wide,
                    elements => match classify(elements, 0, &mut classes) {
                        Some(_) => Passing::Registers(classes),
                        None => Passing::Memory,
                    },
                }
            }
            _ => Passing::Memory,
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

/// Adds the classes of elements from an offset on, and returns where they end; `None` if they make a
/// block travel in memory, as one that is too large for registers does.
fn classify(
    elements: &[NativeType],
    start: usize,
    classes: &mut [Option<Bank>; 2],
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
                let bank = scalar.bank()?;
                offset = offset.next_multiple_of(scalar.size());
                let class = classes.get_mut(offset / 8)?;
                *class = match *class {
                    Some(Bank::Integer) => Some(Bank::Integer),
                    _ => Some(bank),
                };
                offset += scalar.size();
            }
        }
    }
    Some(offset)
}
