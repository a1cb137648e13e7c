//! What C takes for an argument of which its declared type says less: [`Wanted`].

use std::ptr;
use std::sync::Arc;

use super::parameter::CParam;
use crate::abi::{metaffi_slot, metaffi_value};
use crate::backend::c::convert::{ADDRESS, Direction, callable_at, check, initialise, to_c};
use crate::backend::c::data::cdata::CData;
use crate::backend::c::data::ctype::{CType, Format, Info, Representation};
use crate::backend::c::types::{Primitive, TypeKind as CKind};
use crate::call::{Element, SlotLayout, Wanted, store};
use crate::error::Result;
use crate::handle::pin::CallScope;
use crate::handle::{self, Key};
use crate::signature::{Kind, Type};
use crate::value::clear_later;

impl CParam {
    /// What C takes; `None` if that is what the declared type says.
    pub(super) fn wanted(&self) -> Option<Wanted> {
        match (self.r#type.kind(), self.ctype.class) {
            (Kind::Any | Kind::String8 | Kind::Callable, Representation::Pointer(pointee)) => {
                let mut rows = Vec::new();
                let mut element = self.ctype.inner()?;
                while let Representation::Array(_) = element.class {
                    rows.push(element.length()?);
                    element = element.inner()?;
                }
                Some(Wanted {
                    element: match element.class {
                        // No numbers that others have are like these.
                        Representation::Float(Format::Quad)
                        | Representation::Complex(Format::Quad) => Element::Record,
                        _ => kind(element),
                    },
                    size: element.size,
                    align: element.align.max(1),
                    rows,
                    constant: pointee.constant,
                    by_value: false,
                })
            }
            (Kind::Handle, Representation::Record)
            | (
                Kind::Any,
                Representation::Wide { .. } | Representation::Float(_) | Representation::Complex(_),
            ) => Some(Wanted {
                element: kind(&self.ctype),
                size: self.ctype.size,
                align: self.ctype.align,
                rows: Vec::new(),
                constant: true,
                by_value: true,
            }),
            _ => None,
        }
    }

    /// Puts a value into the parameter's slots.
    ///
    /// # Safety
    /// As for [`Callee::accept`](crate::call::Callee::accept).
    pub(super) unsafe fn accept(
        &self,
        scope: &CallScope,
        given: Type,
        value: *const metaffi_slot,
        slots: *mut metaffi_slot,
    ) -> Result<()> {
        let (own, class) = (self.r#type.kind(), self.ctype.class);
        if class == Representation::Record && given.kind() == Kind::Uint64 {
            // SAFETY: the address of a record's bytes.
            return unsafe { self.copy(scope, *value, slots) };
        }
        check(&given.into(), &self.ctype, Direction::ToC)?;
        // SAFETY: `value` has a value of that type, valid for the scope; there is room for one of
        // the declared type.
        unsafe {
            if own == given.kind() && matches!(own, Kind::Handle | Kind::Callable) {
                *slots = *value;
                return Ok(());
            }
            let word = to_c(scope, given, &self.ctype, value)?;
            match own {
                Kind::Any if !matches!(class, Representation::Pointer(_)) => {
                    store(value, &SlotLayout::of(given), slots.cast());
                }
                Kind::String8 => {
                    *slots = word;
                    *slots.add(1) = ADDRESS;
                }
                Kind::Callable => {
                    *slots = callable_at(&self.ctype, word)?;
                    clear_later(scope, Kind::Callable, slots);
                }
                _ => slots.cast::<metaffi_value>().write(word.into()),
            }
        }
        Ok(())
    }

    /// An object with the bytes of a record that is somewhere else.
    unsafe fn copy(
        &self,
        scope: &CallScope,
        address: metaffi_slot,
        slots: *mut metaffi_slot,
    ) -> Result<()> {
        let object = CData::zeroed(self.ctype.clone(), 0)?;
        let from = ptr::with_exposed_provenance::<u8>(address as usize);
        // SAFETY: so many bytes are at the address; there is room for a handle, which is the scope's.
        unsafe {
            let to = object.memory(scope)?.address();
            to.copy_from_nonoverlapping(from, self.ctype.size);
            *slots = handle::insert_object(Arc::new(object))? as u64;
            clear_later(scope, Kind::Handle, slots);
        }
        Ok(())
    }

    /// Zeroes that can be given.
    pub(super) fn temporary(&self, length: Option<usize>) -> Result<Key> {
        let target = match self.ctype.class {
            Representation::Pointer(pointee) => CType::new(&self.ctype.types, pointee.bare),
            _ => self.ctype.clone(),
        };
        let object = match length {
            Some(length) => {
                // A zero behind them, by which C knows the end of text and of lists of pointers.
                let ends = matches!(kind(&target), Element::Pointer | Element::Character);
                initialise::new_array(target, length + usize::from(ends))?
            }
            None => CData::zeroed(target, 0)?,
        };
        handle::insert_object(Arc::new(object))
    }
}

/// What a type is at an address.
fn kind(info: &Info) -> Element {
    match info.class {
        Representation::Void => Element::Anything,
        Representation::Function => Element::Function,
        Representation::Integer { .. } if is_character(info) => Element::Character,
        Representation::Bool => Element::Integer { signed: false },
        Representation::Integer { signed } | Representation::Wide { signed } => {
            Element::Integer { signed }
        }
        Representation::Float(_) => Element::Float,
        Representation::Complex(_) => Element::Complex,
        Representation::Pointer(_) => Element::Pointer,
        Representation::Record | Representation::Opaque if is_stream(info) => Element::Stream,
        _ if info.complete => Element::Record,
        _ => Element::Anything,
    }
}

/// Whether it is what libraries of C call `FILE`.
fn is_stream(info: &Info) -> bool {
    let tag = info.types.tag(info.bare);
    tag.is_some_and(|tag| matches!(&*tag, "_IO_FILE" | "__sFILE" | "FILE"))
}

fn is_character(info: &Info) -> bool {
    use Primitive::{Char, Char16, Char32, SignedChar, UnsignedChar, WChar};
    match info.types.resolved(info.id) {
        CKind::Primitive(primitive) => {
            matches!(primitive, Char | SignedChar | UnsignedChar | WChar | Char16 | Char32)
        }
        _ => false,
    }
}
