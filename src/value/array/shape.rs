//! What shapes are possible.

use super::size_of_element;
use crate::error::{Error, Result};
use crate::signature::{MAX_RANK, Type};

/// The number of elements of a shape, if an array of them is possible.
#[inline(always)]
pub(super) fn length(shape: &[usize], element: Type) -> Result<usize> {
    let size = size_of_element(element);
    if let [extent] = shape
        && size != 0
        && extent.checked_mul(size).is_some_and(|bytes| isize::try_from(bytes).is_ok())
    {
        return Ok(*extent);
    }
    length_of_any(shape, element)
}

#[inline(never)]
fn length_of_any(shape: &[usize], element: Type) -> Result<usize> {
    rank(shape.len())?;
    let size = size_of_element(element);
    if size == 0 {
        return Err(Error::invalid(format!(
            "element: there are no arrays of {element}; pass the type of one element"
        )));
    }
    if shape.contains(&0) {
        return Ok(0);
    }
    let length = shape.iter().try_fold(1_usize, |length, extent| length.checked_mul(*extent));
    let fits = |length: &usize| {
        length.checked_mul(size).is_some_and(|bytes| isize::try_from(bytes).is_ok())
    };
    match length.filter(fits) {
        Some(length) => Ok(length),
        None => Err(Error::invalid(format!(
            "shape: {shape:?} elements of {element} are more than memory can hold"
        ))),
    }
}

/// Refuses a number of dimensions that no array has.
#[inline]
pub fn rank(rank: usize) -> Result<()> {
    match (1..=MAX_RANK).contains(&rank) {
        true => Ok(()),
        false => Err(wrong_rank(rank)),
    }
}

#[cold]
fn wrong_rank(rank: usize) -> Error {
    Error::invalid(format!("rank: an array has 1 to {MAX_RANK} dimensions, not {rank}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;
    use crate::signature::Kind;

    #[test]
    fn lengths_are_products() {
        let bytes = Kind::Uint8.into();
        assert_eq!(length(&[2, 3, 4], bytes).unwrap(), 24);
        assert_eq!(length(&[usize::MAX, 0, usize::MAX], bytes).unwrap(), 0);
        assert_eq!(length(&[1; MAX_RANK], bytes).unwrap(), 1);
        assert_eq!(length(&[isize::MAX as usize], bytes).unwrap(), isize::MAX as usize);
    }

    #[test]
    fn impossible_shapes_name_the_argument() {
        let refused = |shape: &[usize], kind: Kind, part: &str| {
            let error = length(shape, kind.into()).unwrap_err();
            assert_eq!(error.status(), Status::InvalidArgument);
            assert!(error.message().starts_with(part), "{error}");
        };
        refused(&[], Kind::Int8, "rank: an array has 1 to 32 dimensions, not 0");
        refused(&[1; 33], Kind::Int8, "rank: an array has 1 to 32 dimensions, not 33");
        refused(&[usize::MAX, 2], Kind::Int8, "shape: [");
        refused(&[isize::MAX as usize / 8 + 1], Kind::Float64, "shape: [");
        refused(&[1], Kind::Null, "element: there are no arrays of null");
    }
}
