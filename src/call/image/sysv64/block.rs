//! The classes of blocks: structs and complex numbers by value.

use crate::call::native::{Bank, NativeType};

pub(super) fn alignment(native: &NativeType) -> Option<usize> {
    Some(match native {
        NativeType::Aggregate { align, .. } => *align,
        NativeType::ComplexF32 => 4,
        NativeType::ComplexF64 => 8,
        _ => return None,
    })
}

/// The classes of a block of at most two words; `Some(None)` for one that goes in memory, `None`
/// for what is not covered here.
pub(super) fn classes(native: &NativeType) -> Option<Option<[Bank; 2]>> {
    match native {
        NativeType::ComplexF32 | NativeType::ComplexF64 => Some(Some([Bank::Float; 2])),
        NativeType::Aggregate { size, .. } if *size > 16 => Some(None),
        NativeType::Aggregate { size: size @ 1..=16, align, elements } => {
            let mut leaves = Vec::new();
            let end = flatten(elements, 0, &mut leaves)?;
            // A surrogate whose elements are not laid out as the block says something else by it.
            if end.next_multiple_of(*align) != *size {
                return None;
            }
            let class = |word: usize| {
                let floats = leaves
                    .iter()
                    .filter(|(offset, ..)| offset / 8 == word)
                    .all(|(_, class)| *class == Bank::Float);
                if floats { Bank::Float } else { Bank::Integer }
            };
            Some(Some([class(0), class(1)]))
        }
        _ => None,
    }
}

/// The scalars of a block and their offsets; returns where they end.
fn flatten(
    elements: &[NativeType],
    start: usize,
    leaves: &mut Vec<(usize, Bank)>,
) -> Option<usize> {
    let mut offset = start;
    for element in elements {
        match element {
            NativeType::Aggregate { size, align, elements } => {
                offset = offset.next_multiple_of(*align);
                let end = flatten(elements, offset, leaves)?;
                if (end - offset).next_multiple_of(*align) != *size {
                    return None;
                }
                offset += size;
            }
            scalar => {
                let class = scalar.bank()?;
                offset = offset.next_multiple_of(scalar.size());
                leaves.push((offset, class));
                offset += scalar.size();
            }
        }
    }
    Some(offset)
}
