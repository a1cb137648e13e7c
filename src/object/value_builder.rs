//! [`ValueBuilder`]: a visitor that makes one value of all that it is told.

use crate::handle::OwnedHandle;
use std::ptr;

use super::{ToldVisitor, Visit, VisitOptions, Visitor, visit_value};
use crate::abi::{
    METAFFI_CONTAINER_LIST, METAFFI_CONTAINER_MAP, METAFFI_CONTAINER_OBJECT, METAFFI_CONTAINER_SET,
    metaffi_container, metaffi_value,
};
use crate::error::{Error, Result, Status};
use crate::signature::Kind;
use crate::value::array::OwnedArray;
use crate::value::{self, MAX_DEPTH, OwnedValue, neutral};

/// A visitor that makes one value of all that it is told.
#[derive(Default)]
struct ValueBuilder {
    open: Vec<(Kind, Vec<OwnedValue>)>,
    root: Option<OwnedValue>,
}

/// A value and all that is in it as a value of its own.
///
/// # Safety
/// The value is what its type says.
pub unsafe fn convert_value(
    value: &metaffi_value,
    options: VisitOptions<'_>,
) -> Result<OwnedValue> {
    let (builder, told) = ToldVisitor::new(ValueBuilder::default()).told(|calls| {
        // SAFETY: the value is what its type says.
        unsafe { visit_value(value, &mut Visit::inside(options.without_again(), calls)) }
    });
    told?;
    builder.root.ok_or_else(|| Error::new(Status::Internal, "a visit has told of nothing"))
}

impl ValueBuilder {
    fn give(&mut self, value: OwnedValue) -> Result<()> {
        match self.open.last_mut() {
            Some((_, values)) => values.push(value),
            None => self.root = Some(value),
        }
        Ok(())
    }
}

impl Visitor for ValueBuilder {
    unsafe fn value(&mut self, value: &metaffi_value) -> Result<()> {
        // SAFETY: the value is what its type says.
        let copy = unsafe { value::copy(value) }?;
        self.give(copy)
    }

    fn text(&mut self, text: &str) -> Result<()> {
        self.give(value::string8(text)?)
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        let array = OwnedArray::new(Kind::Uint8.into(), &[bytes.len()])?;
        // SAFETY: room for the bytes.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), array.view().data(), bytes.len()) };
        self.array(array)
    }

    fn array(&mut self, array: OwnedArray) -> Result<()> {
        self.give(array.into_value())
    }

    fn object(&mut self, object: OwnedHandle) -> Result<()> {
        // SAFETY: the handle is the value's from now on.
        let value = unsafe { OwnedValue::from_raw(value::object(object.into_pointer())) };
        self.give(value)
    }

    fn open(&mut self, container: &metaffi_container) -> Result<()> {
        if self.open.len() >= MAX_DEPTH {
            return Err(Error::out_of_range(format!(
                "containers are nested more than {MAX_DEPTH} deep, which values are not; give the \
                 options a depth, or visit instead"
            )));
        }
        let kind = match container.kind {
            METAFFI_CONTAINER_LIST => Kind::Array,
            METAFFI_CONTAINER_SET => Kind::Set,
            METAFFI_CONTAINER_MAP | METAFFI_CONTAINER_OBJECT => Kind::Map,
            _ => Kind::Tuple,
        };
        self.open.push((kind, Vec::new()));
        Ok(())
    }

    fn close(&mut self) -> Result<()> {
        match self.open.pop() {
            Some((kind, values)) => self.give(neutral::of_values(values, kind)?),
            None => Err(Error::invalid("no container is open")),
        }
    }

    fn again(&mut self, _: u64) -> Result<()> {
        Err(Error::invalid("a value cannot be in two places"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::{
        self, METAFFI_VISIT_DEPTH, METAFFI_VISIT_SETS_AS_LISTS, METAFFI_VISIT_WITHOUT_NULLS,
        metaffi_visit_options,
    };
    use crate::error::Status;

    fn owned(value: impl Into<metaffi_value>) -> OwnedValue {
        // SAFETY: numbers own nothing.
        unsafe { OwnedValue::from_raw(value.into()) }
    }

    fn raw(value: &OwnedValue) -> &metaffi_value {
        &OwnedValue::as_raw(std::slice::from_ref(value))[0]
    }

    fn options(flags: u64, depth: usize) -> VisitOptions<'static> {
        let options = metaffi_visit_options {
            size: size_of::<metaffi_visit_options>(),
            flags,
            depth,
            converters: ptr::null(),
            converter_count: 0,
            object_made: None,
            userdata: ptr::null_mut(),
        };
        // SAFETY: without converters.
        unsafe { VisitOptions::new(&options) }.unwrap()
    }

    fn items(value: &OwnedValue) -> Vec<metaffi_value> {
        // SAFETY: an array of any.
        unsafe {
            let view = value::array::View::new(raw(value).data.array).unwrap();
            view.addresses().map(|address| value::array::load(address, view.element())).collect()
        }
    }

    /// `{1: null, 2.5: {7}}`
    fn map() -> OwnedValue {
        let set = neutral::of_values(vec![owned(7_i64)], Kind::Set).unwrap();
        let entries = vec![owned(1_i64), owned(value::null()), owned(2.5), set];
        neutral::of_values(entries, Kind::Map).unwrap()
    }

    #[test]
    fn a_value_is_converted_to_another_that_is_equal() {
        // SAFETY: a value of ours.
        let converted = unsafe { convert_value(raw(&map()), VisitOptions::default()) }.unwrap();
        assert_eq!(raw(&converted).r#type, abi::metaffi_map_type);
        let parts = items(&converted);
        // SAFETY: what the types say.
        unsafe {
            assert_eq!((parts[0].data.int64, parts[2].data.float64), (1, 2.5));
            assert_eq!(
                (parts[1].r#type, parts[3].r#type),
                (abi::metaffi_null_type, Kind::Set as u64)
            );
        }
    }

    #[test]
    fn the_options_say_what_becomes_of_it() {
        let flags = METAFFI_VISIT_WITHOUT_NULLS | METAFFI_VISIT_SETS_AS_LISTS;
        // SAFETY: a value of ours.
        let converted = unsafe { convert_value(raw(&map()), options(flags, 0)) }.unwrap();
        let parts = items(&converted);
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[1].r#type, abi::metaffi_any_array_type);
        // What is too deep to be opened is one value.
        // SAFETY: as above.
        let shallow = unsafe { convert_value(raw(&map()), options(METAFFI_VISIT_DEPTH, 1)) };
        assert_eq!(items(&shallow.unwrap())[3].r#type, Kind::Set as u64);
    }

    #[test]
    fn what_is_nested_deeper_than_values_are_is_refused() {
        let mut builder = ValueBuilder::default();
        let list = metaffi_container {
            kind: METAFFI_CONTAINER_LIST,
            length: 1,
            id: 0,
            type_name: abi::metaffi_string { data: ptr::null(), length: 0 },
        };
        let refused = (0..=MAX_DEPTH).find_map(|_| builder.open(&list).err()).unwrap();
        assert_eq!(refused.status(), Status::OutOfRange);
        assert!(refused.message().contains("more than 64 deep"), "{refused}");
    }
}
