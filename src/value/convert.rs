use super::array::{self, ElementAddresses, OwnedArray, View};
use super::copy::copy_leaf;
use super::{
    Kind, OwnedValue, deeper, neutral, number, string, text, type_of, unconvertible, zero,
};
use crate::abi::metaffi_value;
use crate::error::{Error, Result};
use crate::signature::Type;

/// A new value of the type, if that loses nothing: numbers as [`number::convert`] has it, text in
/// another width, null as a null reference, arrays element by element, a tuple as an array and back,
/// neutral values as [`neutral::convert`] has it; otherwise a copy.
///
/// # Safety
/// What the value holds is valid for the call.
pub unsafe fn convert(value: &metaffi_value, to: Type) -> Result<OwnedValue> {
    // SAFETY: what the value holds is valid for the call.
    unsafe { convert_at(value, Some(to), 0) }
}

/// The conversion of a value that sits `depth` arrays deep; without a type, its copy.
///
/// # Safety
/// As for [`convert`].
pub(super) unsafe fn convert_at(
    value: &metaffi_value,
    to: Option<Type>,
    depth: usize,
) -> Result<OwnedValue> {
    let to = to.filter(|to| to.kind() != Kind::Any);
    // SAFETY: what the value holds is valid for the call; the type says which member.
    unsafe {
        match SourceElements::of(value, to)? {
            Some(elements) => convert_elements(elements, deeper(depth)?),
            None => convert_leaf(value, to),
        }
    }
}

/// The copy of an array whose elements sit `depth` arrays deep.
///
/// # Safety
/// As for [`convert`].
pub(super) unsafe fn copy_view(view: View<'_>, depth: usize) -> Result<OwnedValue> {
    // SAFETY: what the value holds is valid for the call.
    unsafe { convert_elements(SourceElements { view, to: None, declared: None }, depth) }
}

/// What is converted element by element.
struct SourceElements<'a> {
    view: View<'a>,
    /// The array that the elements are to be of; none for a copy of them.
    to: Option<Type>,
    /// The type of the new value, if its elements do not say it.
    declared: Option<Type>,
}

impl<'a> SourceElements<'a> {
    /// Those of an array or a collection that is to become one.
    ///
    /// # Safety
    /// As for [`convert`].
    unsafe fn of(value: &metaffi_value, to: Option<Type>) -> Result<Option<SourceElements<'a>>> {
        let from = type_of(value)?.kind();
        let (wanted, to, declared) = match (from, to.map(Type::kind)) {
            (Kind::Array, None) => (from, None, None),
            (Kind::Array | Kind::Tuple, Some(Kind::Array)) => {
                (from, to, to.filter(|to| to.element().is_some()))
            }
            (Kind::Array, Some(Kind::Tuple)) => (Kind::Tuple, None, to),
            (_, to) if from.is_collection() && to.is_none_or(|to| to == from) => {
                (from, None, Some(from.into()))
            }
            _ => return Ok(None),
        };
        // SAFETY: the type says which member; it is valid, or refused.
        unsafe {
            if from.is_collection() && value.data.array.is_null() {
                return Ok(None);
            }
            let view = neutral::check(value.data.array, wanted)?;
            Ok(Some(SourceElements { view, to, declared }))
        }
    }
}

/// The same of elements that sit `depth` arrays deep. Arrays that are half done wait in a list, so
/// that no depth of them exhausts the stack.
///
/// # Safety
/// As for [`convert`].
unsafe fn convert_elements(elements: SourceElements<'_>, depth: usize) -> Result<OwnedValue> {
    // SAFETY: what the value holds is valid for the call.
    unsafe {
        let (mut row, mut outer) = (RowInProgress::new(elements)?, vec![]);
        loop {
            match row.advance(depth + outer.len()) {
                Ok(Some(inner)) => outer.push(std::mem::replace(&mut row, inner)),
                Ok(None) => {
                    let Some(around) = outer.pop() else { return Ok(row.finish()) };
                    let done = std::mem::replace(&mut row, around).finish();
                    row.put(done);
                }
                Err(error) => {
                    let error = row.context(error);
                    return Err(outer.iter().rev().fold(error, |error, row| row.context(error)));
                }
            }
        }
    }
}

/// An array that is being made from another.
struct RowInProgress<'a> {
    new: OwnedArray,
    /// The type of the new value, if its elements do not say it.
    declared: Option<Type>,
    /// The types of the elements, old and new.
    from: Type,
    element: Type,
    /// What becomes of each element.
    to: Option<Type>,
    sources: ElementAddresses<'a>,
    targets: ElementAddresses<'a>,
    /// Where the element that is being converted goes, and how many have begun.
    target: *mut u8,
    begun: usize,
}

impl<'a> RowInProgress<'a> {
    /// # Safety
    /// What the elements hold is valid.
    unsafe fn new(elements: SourceElements<'a>) -> Result<RowInProgress<'a>> {
        let SourceElements { view, to, declared } = elements;
        let from = view.element();
        if let Some(to) = to
            && to.is_packed()
            && from.is_array()
        {
            let message = format!("a ragged array given for {to}: its rows are not contiguous");
            return Err(Error::mismatch(message));
        }
        let wanted = to.and_then(Type::element).filter(|wanted| *wanted != from);
        let to_element = match wanted {
            Some(wanted) if from.is_array() => Some(wanted.array().unwrap_or(wanted)),
            wanted => wanted,
        };
        let element = to_element.unwrap_or(from);
        let new = OwnedArray::new(element, view.shape())?;
        let plain = to_element.is_none() && from.kind().is_scalar() && view.is_contiguous();
        let length = view.length();
        if plain && length != 0 {
            let bytes = length * array::size_of_element(from);
            // SAFETY: both have so many bytes.
            unsafe { new.data.cast::<u8>().copy_from_nonoverlapping(view.data(), bytes) };
        }
        // SAFETY: the elements of the new array stay where they are while it is owned.
        let targets = unsafe { View::new(new.as_ptr()) }?.addresses();
        Ok(RowInProgress {
            declared,
            from,
            element,
            to: to_element,
            sources: view.addresses(),
            targets,
            target: std::ptr::null_mut(),
            begun: if plain { length } else { 0 },
            new,
        })
    }

    /// Converts elements up to the next array, whose row is begun; `None` when all are done.
    ///
    /// # Safety
    /// What the elements hold is valid.
    unsafe fn advance(&mut self, depth: usize) -> Result<Option<RowInProgress<'a>>> {
        while self.begun < self.new.view().length() {
            let (Some(source), Some(target)) = (self.sources.next(), self.targets.next()) else {
                break;
            };
            self.begun += 1;
            self.target = target;
            // SAFETY: both are addresses of elements of those types; what is stored is handed over.
            unsafe {
                let value = array::load(source, self.from);
                let to = self.to.filter(|to| to.kind() != Kind::Any);
                if let Some(elements) = SourceElements::of(&value, to)? {
                    deeper(depth)?;
                    return RowInProgress::new(elements).map(Some);
                }
                // A row that is not there stays away.
                if type_of(&value)?.kind() != Kind::Null || !self.from.is_array() {
                    self.put(convert_leaf(&value, to)?);
                }
            }
        }
        Ok(None)
    }

    /// Puts what became of the element.
    fn put(&mut self, value: OwnedValue) {
        // SAFETY: the address of an element of that type, which is handed over.
        unsafe { array::store(self.target, self.element, value.into_raw()) };
    }

    fn finish(self) -> OwnedValue {
        let made = self.new.into_value().into_raw();
        let r#type = self.declared.map_or(made.r#type, |declared| declared.number());
        // SAFETY: the array is the value's alone.
        unsafe { OwnedValue::from_raw(metaffi_value { r#type, ..made }) }
    }

    fn context(&self, error: Error) -> Error {
        match self.to {
            Some(_) => error.context(format_args!("element {}", self.begun.saturating_sub(1))),
            None => error,
        }
    }
}

/// The conversion of what is not held as an array, or not to become what is.
///
/// # Safety
/// As for [`convert`].
unsafe fn convert_leaf(value: &metaffi_value, to: Option<Type>) -> Result<OwnedValue> {
    use Kind::{Callable, Handle, Null, String8, String16, String32};

    let from = type_of(value)?;
    // SAFETY: what the value holds is valid for the call; the type says which member. What is new
    // is nobody else's.
    unsafe {
        let Some(to) = to else { return copy_leaf(value) };
        let new = match (from.kind(), to.kind()) {
            (Null, Null) | (Handle, Handle) | (Callable, Callable) => return copy_leaf(value),
            (Null, Handle | Callable | String8 | String16 | String32) => zero(to),
            (old @ (String8 | String16 | String32), new @ (String8 | String16 | String32)) => {
                string(text::convert(&value.data.string, old, new)?, new)
            }
            (old, new) if old == new && old.is_collection() => return copy_leaf(value),
            (old, new) if old.is_neutral() || new.is_neutral() => {
                return neutral::convert(value, new);
            }
            _ if number::read(value, from.kind()).is_some() => number::convert(value, to)?,
            (Handle, _) => {
                let advice = "ask the object for its value first";
                return Err(unconvertible(from, to).advised(advice));
            }
            _ => return Err(unconvertible(from, to)),
        };
        Ok(OwnedValue::from_raw(new))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;
    use crate::value::array::testing::{numbers, ragged, read};
    use crate::value::{null, object, string8};

    fn refused(value: &metaffi_value, to: &str) -> String {
        // SAFETY: the tests pass live values.
        let error = unsafe { convert(value, Type::parse(to).unwrap()) }.unwrap_err();
        assert_eq!(error.status(), Status::TypeMismatch, "{error}");
        error.message().to_owned()
    }

    fn converted(value: &metaffi_value, to: &str) -> OwnedValue {
        // SAFETY: the tests pass live values.
        unsafe { convert(value, Type::parse(to).unwrap()) }.unwrap()
    }

    #[test]
    fn text_changes_its_width() {
        let wide = converted(&string8("é😀").unwrap(), "string16");
        // SAFETY: a string16.
        unsafe {
            assert_eq!(wide.data.string.length, 3);
            assert_eq!(text::decode(&wide.data.string, Kind::String16).unwrap(), "é😀");
        }
        assert_eq!(refused(&string8("1").unwrap(), "int32"), "string8 given for int32");
    }

    #[test]
    fn anything_fits_any_and_keeps_its_type() {
        assert_eq!(format!("{:?}", converted(&7_i8.into(), "any")), "int8 7");
        assert_eq!(format!("{:?}", converted(&null(), "any")), "null");
    }

    #[test]
    fn null_is_a_null_reference_but_no_number_and_no_array() {
        assert_eq!(format!("{:?}", converted(&null(), "handle")), "handle NULL");
        assert_eq!(format!("{:?}", converted(&null(), "string32")), "string32 NULL");
        assert_eq!(refused(&null(), "int64"), "null given for int64");
        assert_eq!(refused(&null(), "int64_array"), "null given for int64_array");
    }

    #[test]
    fn handles_stay_what_they_are() {
        let none = object(std::ptr::null_mut());
        assert_eq!(format!("{:?}", converted(&none, "handle")), "handle NULL");
        assert_eq!(
            refused(&none, "callable"),
            "handle given for callable; ask the object for its value first"
        );
        assert_eq!(refused(&1_i8.into(), "handle"), "int8 given for handle");
        assert_eq!(
            refused(&1_i8.into(), "callable"),
            "int8 given for callable; to give an address, declare size"
        );
    }

    #[test]
    fn arrays_convert_element_by_element() {
        let ints = numbers(&[1, -2, 300]).into_value();
        let floats = converted(&ints, "float64_packed_array");
        assert_eq!(format!("{floats:?}"), "float64_array [3]");
        assert_eq!(floats.r#type, crate::abi::metaffi_float64_packed_array_type);
        assert_eq!(read(&floats), "[1.0, -2.0, 300.0]");
        // SAFETY: a live array.
        let error = unsafe { convert(&ints, Type::parse("int8_array").unwrap()) }.unwrap_err();
        assert_eq!(error.message(), "element 2: 300 does not fit int8 (-128 to 127)");
        assert_eq!(read(&converted(&ints, "any_array")), "[1, -2, 300]");
        assert_eq!(read(&converted(&converted(&ints, "any_array"), "int16_array")), "[1, -2, 300]");
        assert_eq!(read(&converted(&ints, "int32_array")), "[1, -2, 300]");
        assert!(refused(&ints, "int32").contains("int32_array given for int32"));
        assert!(refused(&1_i32.into(), "int32_array").contains("int32"));
    }

    #[test]
    fn rows_of_a_ragged_array_convert_too() {
        let rows = ragged(&[&[1, 2], &[], &[3]]).into_value();
        assert_eq!(read(&converted(&rows, "float32_array")), "[[1.0, 2.0], [], [3.0]]");
        assert_eq!(read(&converted(&rows, "int32_array")), "[[1, 2], [], [3]]");
        assert_eq!(read(&converted(&rows, "array")), "[[1, 2], [], [3]]");
        assert!(refused(&rows, "int32_packed_array").contains("not contiguous"));
        let unset = OwnedArray::new(Type::parse("int32_array").unwrap(), &[2]).unwrap();
        assert_eq!(read(&converted(&unset.into_value(), "int64_array")), "[null, null]");
    }
}
