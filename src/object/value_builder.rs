//! [`ValueBuilder`]: a visitor that makes one value of all that it is told.

use std::ptr;

use super::{Visit, VisitOptions, VisitedObject, Visitor, VisitorCalls, visit_value};
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
    let mut builder = ValueBuilder::default();
    // SAFETY: the builder is there until the visit has ended; the value is what its type says.
    unsafe {
        let calls = VisitorCalls::of(&raw mut builder);
        visit_value(value, &mut Visit::inside(options.without_again(), calls))?;
    }
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

    fn object(&mut self, object: VisitedObject) -> Result<()> {
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
