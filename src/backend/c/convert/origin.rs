//! [`CTypeOrigin`]: what hosts can ask of a C type whose values they see.

use std::sync::Arc;

use super::{access, assign_in};
use crate::abi::metaffi_value;
use crate::backend::c::data::cdata::CData;
use crate::backend::c::data::ctype::{CType, Representation};
use crate::backend::c::types::{NAME, Primitive, Qualifiers, TypeId, TypeKind};
use crate::call;
use crate::error::{Error, Result};
use crate::handle::{self, Key};
use crate::object::layout::Layout;
use crate::object::layout::Origin;
use crate::object::memory::HostReference;
use crate::value::OwnedValue;

/// The type of a layout.
pub(super) struct CTypeOrigin(pub(super) CType);

impl CTypeOrigin {
    fn made(&self, build: impl FnOnce(&CType) -> Result<TypeId>) -> Result<Arc<Layout>> {
        let made = self.0.types.passing(|| build(&self.0))?;
        made.layout().ok_or_else(|| {
            Error::unsupported(format!("`{}` has no values in memory", made.spell()))
        })
    }
}

impl Origin for CTypeOrigin {
    fn runtime(&self) -> &'static str {
        NAME
    }

    fn spell(&self) -> String {
        self.0.spell()
    }

    fn inner(&self) -> Option<Arc<Layout>> {
        if let Some(inner) = self.0.inner() {
            return inner.latest().layout();
        }
        let types = &self.0.types;
        let part = |part| CType::of(types, types.primitive(part)).layout();
        match types.resolved(self.0.id) {
            TypeKind::Vector { element, .. } => CType::of(types, element).layout(),
            TypeKind::Primitive(Primitive::ComplexFloat) => part(Primitive::Float),
            TypeKind::Primitive(Primitive::ComplexDouble) => part(Primitive::Double),
            TypeKind::Primitive(Primitive::ComplexLongDouble) => part(Primitive::LongDouble),
            _ => None,
        }
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.0.part_number(name)
    }

    fn stands_for(&self, name: &str) -> Option<Arc<str>> {
        self.0.types.member_macro(self.0.id, name)
    }

    fn part(&self, index: usize) -> Option<Arc<Layout>> {
        let part = self.0.parts().get(index)?;
        let ctype = part.ctype();
        if (self.0.constant || part.constant) && !ctype.constant {
            return self.made(|_| ctype.types.qualified(ctype.id, Qualifiers::CONST)).ok();
        }
        ctype.layout()
    }

    fn pointer(&self) -> Result<Arc<Layout>> {
        self.made(|ctype| ctype.types.shallow(ctype.types.pointer(ctype.id)))
    }

    fn array(&self) -> Result<Arc<Layout>> {
        self.made(|ctype| ctype.types.array(ctype.id, None))
    }

    unsafe fn object(
        &self,
        address: *mut u8,
        size: Option<usize>,
        owner: Option<HostReference>,
    ) -> Result<Key> {
        let object = CData::lent(self.0.clone(), address, size, owner);
        object.into_handle().map(<*mut _>::addr)
    }

    unsafe fn load(&self, at: *const u8) -> Result<OwnedValue> {
        // SAFETY: a value of the type is there, and what its pointers point to.
        unsafe { access::load(&self.0, at.cast_mut()) }
    }

    unsafe fn store(&self, at: *mut u8, room: Option<usize>, value: &metaffi_value) -> Result<()> {
        let open = matches!(self.0.class, Representation::Array(_)) && self.0.length().is_none();
        let room = if open { room.unwrap_or(usize::MAX) } else { self.0.size };
        let mut slots = [0; 3];
        // SAFETY: there is that room; the value is what its type says.
        handle::using(|scope| unsafe {
            let r#type = call::load_as_is(value, slots.as_mut_ptr())?;
            assign_in(scope, &self.0, at, room, r#type, slots.as_ptr())
        })
    }
}
