//! What a visit makes of an object that is no container: what a converter says, or the object itself.

use super::{Conversion, Visit, VisitedObject, visit_value};
use crate::abi::{METAFFI_CONVERTER_LAST, METAFFI_VISIT_NO_OBJECTS, metaffi_converter_order};
use crate::error::{Error, Result};
use crate::handle::{self, Key};

impl Visit<'_> {
    /// Whether a converter has told of an object, or of what it has made of it. `is_of` says whether
    /// the object is of a type.
    pub fn is_converted(
        &mut self,
        object: &VisitedObject,
        order: metaffi_converter_order,
        is_of: impl Fn(Key) -> Result<bool>,
    ) -> Result<bool> {
        for converter in self.options.converters() {
            let of_type = converter.of_type.addr();
            if converter.order != order || of_type != 0 && !is_of(of_type)? {
                continue;
            }
            match self.convert(converter, object)? {
                Conversion::None => {}
                Conversion::Told => return Ok(true),
                Conversion::Replaced(instead) => {
                    // SAFETY: a converter's value is what its type says.
                    unsafe { visit_value(&instead, self) }?;
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// What has no conversion: what a converter makes of it, or an object.
    pub fn whole(
        &mut self,
        object: VisitedObject,
        is_of: impl Fn(Key) -> Result<bool>,
    ) -> Result<()> {
        if self.is_converted(&object, METAFFI_CONVERTER_LAST, is_of)? {
            return Ok(());
        }
        if self.options.has(METAFFI_VISIT_NO_OBJECTS) {
            let name = handle::describe_object(object.key(), |object| object.type_name())?;
            return Err(Error::mismatch(format!(
                "an object of type {name} has no conversion; give the visit a converter, or leave \
                 out METAFFI_VISIT_NO_OBJECTS"
            )));
        }
        self.object(object)
    }
}
