//! What a visit makes of an object that is no container: what a converter says, or the object itself.

use std::borrow::Borrow;

use super::value_visit::visit_object;
use super::{Conversion, Visit, visit_value};
use crate::abi::{
    METAFFI_CONVERTER_LAST, METAFFI_VISIT_NO_OBJECTS, metaffi_converter_order, metaffi_value,
};
use crate::error::{Error, Result};
use crate::handle::{self, Key, OwnedHandle};
use crate::signature::Kind;
use crate::value;

impl Visit<'_> {
    /// Whether converters are asked about the object that is visited now. About what one of them has
    /// made they are not, but about what is in it: whoever begins with an object asks this once.
    pub fn begin_object(&mut self) -> bool {
        !std::mem::take(&mut self.is_made)
    }

    /// What a converter has written, in the place of an object.
    ///
    /// # Safety
    /// The value is what its type says.
    pub unsafe fn instead(&mut self, made: &metaffi_value) -> Result<()> {
        // SAFETY: the value is what its type says.
        match unsafe { (value::kind_of(made)?, made.data.object.addr()) } {
            (Kind::Handle, object) if object != 0 => {
                self.is_made = true;
                let told = visit_object(object, self);
                self.is_made = false;
                told
            }
            // SAFETY: as above.
            _ => unsafe { visit_value(made, self) },
        }
    }

    /// Asks the converters of an order about an object, until one says something. `is_of` says whether it
    /// is of a type, which may be one of another runtime; `object` gives the handle that they are given.
    pub fn ask<O: Borrow<OwnedHandle>>(
        &mut self,
        order: metaffi_converter_order,
        is_of: impl Fn(Key) -> Result<bool>,
        object: impl Fn() -> Result<O>,
    ) -> Result<Conversion> {
        let mut given = None;
        for converter in self.options.converters() {
            let of_type = converter.of_type.addr();
            if converter.order != order || of_type != 0 && !is_of(of_type)? {
                continue;
            }
            let given = match &given {
                Some(given) => given,
                None => given.insert(object()?),
            };
            match self.convert(converter, given.borrow())? {
                Conversion::None => {}
                said => return Ok(said),
            }
        }
        Ok(Conversion::None)
    }

    /// Whether a converter has told of an object, or of what it has made of it.
    pub fn is_converted(
        &mut self,
        object: &OwnedHandle,
        order: metaffi_converter_order,
        is_of: impl Fn(Key) -> Result<bool>,
    ) -> Result<bool> {
        match self.ask(order, is_of, || Ok(object))? {
            Conversion::None => return Ok(false),
            Conversion::Told => {}
            // SAFETY: a converter's value is what its type says.
            Conversion::Replaced(made) => unsafe { self.instead(&made) }?,
        }
        Ok(true)
    }

    /// What has no conversion: what a converter makes of it, if they are asked, or an object.
    pub fn whole(
        &mut self,
        object: OwnedHandle,
        asks: bool,
        is_of: impl Fn(Key) -> Result<bool>,
    ) -> Result<()> {
        if asks && self.is_converted(&object, METAFFI_CONVERTER_LAST, is_of)? {
            return Ok(());
        }
        self.unconverted(object)
    }

    /// What no converter has made anything of either.
    pub fn unconverted(&mut self, object: OwnedHandle) -> Result<()> {
        self.object_unless(object, "has no conversion; give the visit a converter")
    }

    /// A container that is deeper than the visit goes.
    pub fn too_deep(&mut self, object: OwnedHandle) -> Result<()> {
        self.object_unless(object, "is a container that is too deep; give the visit more depth")
    }

    /// The object itself, unless there shall be none: then it is said why.
    fn object_unless(&mut self, object: OwnedHandle, why: &str) -> Result<()> {
        if self.options.has(METAFFI_VISIT_NO_OBJECTS) {
            let name = handle::describe_object(object.key(), |object| object.type_name())?;
            return Err(Error::unsupported(format!(
                "an object of type {name} {why}, or leave out METAFFI_VISIT_NO_OBJECTS"
            )));
        }
        self.object(object)
    }
}
