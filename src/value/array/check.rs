use super::{ElementAddresses, View, load};
use crate::abi::metaffi_array;
use crate::error::{Error, Result};
use crate::signature::{Type, TypeInfo};
use crate::value::deeper;

/// Whether the array is what a signature declares: its elements' type, and its rank, counting
/// the rows of a ragged array as further dimensions; contiguous if declared packed.
///
/// # Safety
/// As for [`View::new`], also for the rows.
pub unsafe fn check(array: *const metaffi_array, declared: &TypeInfo) -> Result<()> {
    // SAFETY: the array is valid, and so are its rows, or `View::new` refuses them.
    unsafe { walk(array, declared) }?.map_or(Ok(()), Err)
}

/// Whether the array can be taken as it is; otherwise a conversion to the declared type may help.
/// What none could help, such as another rank, is an error.
///
/// # Safety
/// As for [`check`].
pub unsafe fn fits(array: *const metaffi_array, declared: &TypeInfo) -> Result<bool> {
    // SAFETY: the array is valid, and so are its rows, or `View::new` refuses them.
    unsafe { walk(array, declared) }.map(|misfit| misfit.is_none())
}

/// What a conversion might mend, unless there is worse.
///
/// # Safety
/// As for [`check`].
unsafe fn walk(array: *const metaffi_array, declared: &TypeInfo) -> Result<Option<Error>> {
    // SAFETY: the array is valid, and so are its rows, or `View::new` refuses them.
    unsafe {
        let view = View::new(array)?;
        let mut walk = Walk { declared, misfit: packed_misfit(&view, declared), rows: vec![] };
        let outcome = walk.all(view);
        let context =
            |error: Error, row: &RaggedRow| error.context(format_args!("row {}", row.begun - 1));
        match outcome {
            Ok(()) => Ok(walk.misfit),
            Err(error) => Err(walk.rows.iter().rev().fold(error, context)),
        }
    }
}

fn packed_misfit(view: &View<'_>, declared: &TypeInfo) -> Option<Error> {
    let why = match declared.r#type.is_packed() {
        true if view.element().is_array() => "a ragged array",
        true if !view.is_contiguous() => "an array with gaps between its elements",
        _ => return None,
    };
    Some(Error::mismatch(format!("{why} given for {declared}: pass a contiguous copy")))
}

/// A walk through an array and its rows; those around the one that is looked at are in a list, so
/// that no depth of them exhausts the stack.
struct Walk<'a> {
    declared: &'a TypeInfo,
    misfit: Option<Error>,
    rows: Vec<RaggedRow<'a>>,
}

/// An array of arrays.
struct RaggedRow<'a> {
    element: Type,
    addresses: ElementAddresses<'a>,
    /// The dimensions down to its elements.
    rank: usize,
    /// How many of its elements the walk has come to.
    begun: usize,
}

impl<'a> Walk<'a> {
    /// # Safety
    /// As for [`check`].
    unsafe fn all(&mut self, whole: View<'a>) -> Result<()> {
        self.enter(&whole, 0)?;
        while let Some(row) = self.rows.last_mut() {
            let Some(address) = row.addresses.next() else {
                self.rows.pop();
                continue;
            };
            row.begun += 1;
            let (rank, depth) = (row.rank, self.rows.len());
            // SAFETY: the array is valid, and so are its rows, or `View::new` refuses them.
            unsafe {
                let inner = load(address, self.rows[depth - 1].element).data.array;
                if inner.is_null() {
                    let row = self.rows.pop().map_or(0, |row| row.begun - 1);
                    return Err(Error::mismatch(format!("row {row} is NULL; set every row")));
                }
                let view = View::new(inner)?;
                deeper(depth)?;
                self.enter(&view, rank)?;
            }
        }
        Ok(())
    }

    /// Looks at an array that has `outer` dimensions around it; its rows come next.
    fn enter(&mut self, view: &View<'a>, outer: usize) -> Result<()> {
        let element = view.element();
        self.element(element);
        let rank = outer + view.shape().len();
        if !element.is_array() {
            return self.rank(rank);
        }
        self.rows.push(RaggedRow { element, addresses: view.addresses(), rank, begun: 0 });
        Ok(())
    }

    /// An array of arrays may leave it to its rows to say what their elements are.
    fn element(&mut self, element: Type) {
        let found = if element.is_array() { element.element() } else { Some(element) };
        let declared = self.declared;
        if let (Some(found), Some(wanted)) = (found, declared.r#type.element())
            && found != wanted
        {
            self.misfit.get_or_insert_with(|| {
                Error::mismatch(format!(
                    "an array of {found} given for {declared}: pass one of {wanted}"
                ))
            });
        }
    }

    fn rank(&self, rank: usize) -> Result<()> {
        let declared = self.declared;
        if declared.dimensions == 0 || declared.dimensions == rank {
            return Ok(());
        }
        Err(Error::mismatch(format!("an array of {rank} dimensions given for {declared}")))
    }
}

#[cfg(test)]
mod tests {
    use std::ptr;

    use super::*;
    use crate::abi;
    use crate::error::Status;
    use crate::value::array::testing::{numbers, ragged};
    use crate::value::array::{OwnedArray, store};

    fn checked(array: &OwnedArray, name: &str, dimensions: usize) -> Result<()> {
        let r#type = Type::parse(name).unwrap();
        // SAFETY: a live array.
        unsafe { check(array.as_ptr(), &TypeInfo { r#type, alias: None, dimensions }) }
    }

    #[track_caller]
    fn refused(array: &OwnedArray, name: &str, dimensions: usize, message: &str) {
        let error = checked(array, name, dimensions).unwrap_err();
        assert_eq!(error.status(), Status::TypeMismatch);
        assert_eq!(error.message(), message);
    }

    #[test]
    fn the_elements_type_must_be_the_declared_one() {
        let array = numbers(&[1]);
        checked(&array, "int32_array", 0).unwrap();
        checked(&array, "int32_packed_array", 1).unwrap();
        checked(&array, "array", 0).unwrap();
        let message = "an array of int32 given for int64_array: pass one of int64";
        refused(&array, "int64_array", 0, message);
        refused(&array, "any_array", 0, "an array of int32 given for any_array: pass one of any");
    }

    #[test]
    fn the_rank_counts_rows() {
        let flat = OwnedArray::new(crate::signature::Kind::Int32.into(), &[2, 2]).unwrap();
        checked(&flat, "int32_array", 2).unwrap();
        refused(&flat, "int32_array", 3, "an array of 2 dimensions given for int32_array rank 3");
        let rows = ragged(&[&[1, 2], &[], &[3]]);
        checked(&rows, "int32_array", 2).unwrap();
        checked(&rows, "array", 0).unwrap();
        let message = "row 0: an array of 2 dimensions given for int32_array rank 1";
        refused(&rows, "int32_array", 1, message);
        refused(
            &rows,
            "int8_array",
            2,
            "an array of int32 given for int8_array rank 2: pass one of int8",
        );
    }

    #[test]
    fn another_type_may_be_converted_but_not_another_rank() {
        let rows = ragged(&[&[1], &[2, 3]]);
        let fits = |name: &str, dimensions| {
            let r#type = Type::parse(name).unwrap();
            // SAFETY: a live array.
            unsafe { fits(rows.as_ptr(), &TypeInfo { r#type, alias: None, dimensions }) }
        };
        assert!(fits("int32_array", 2).unwrap());
        assert!(!fits("float64_array", 2).unwrap());
        assert!(!fits("int32_packed_array", 0).unwrap());
        assert_eq!(fits("float64_array", 3).unwrap_err().status(), Status::TypeMismatch);
    }

    #[test]
    fn packed_is_contiguous() {
        let rows = ragged(&[&[1]]);
        let message = "a ragged array given for int32_packed_array: pass a contiguous copy";
        refused(&rows, "int32_packed_array", 0, message);
        let data = [1, 2, 3, 4];
        let gaps = abi::metaffi_array {
            data: data.as_ptr().cast_mut().cast(),
            element: abi::metaffi_int32_type,
            rank: 1,
            shape: &2,
            strides: &8,
            release: None,
            owner: ptr::null_mut(),
        };
        // SAFETY: the elements outlive the array.
        let gaps = unsafe { super::super::borrow(&gaps, None, ptr::null_mut()) }.unwrap();
        checked(&gaps, "int32_array", 1).unwrap();
        let message = "an array with gaps between its elements given for int32_packed_array: pass \
                       a contiguous copy";
        refused(&gaps, "int32_packed_array", 0, message);
    }

    #[test]
    fn every_row_is_looked_at() {
        let rows = OwnedArray::new(Type::ARRAY, &[2]).unwrap();
        // SAFETY: elements of that type, handed over.
        unsafe { store(rows.data.cast(), Type::ARRAY, numbers(&[1]).into_value().into_raw()) };
        refused(&rows, "int32_array", 2, "row 1 is NULL; set every row");
        let bytes = OwnedArray::new(crate::signature::Kind::Int8.into(), &[1]).unwrap();
        // SAFETY: the second element, handed over.
        unsafe {
            store(
                rows.view().addresses().nth(1).unwrap(),
                Type::ARRAY,
                bytes.into_value().into_raw(),
            )
        };
        let message = "an array of int8 given for int32_array rank 2: pass one of int32";
        refused(&rows, "int32_array", 2, message);
        checked(&rows, "array", 2).unwrap();
    }
}
