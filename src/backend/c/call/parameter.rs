//! [`CParam`]: a parameter of a C function, and how its word is made.

use std::ptr;
use std::sync::Arc;

use super::{callback, function_pointer};
use crate::abi::{metaffi_array, metaffi_slot, metaffi_type};
use crate::backend::c::convert::{self, to_c};
use crate::backend::c::data::cdata::CData;
use crate::backend::c::data::ctype::{CType, Pointee, PointeeKind, Representation};
use crate::call::{Callable, FunctionPointerType, Lendable, Passing, Target};
use crate::error::Result;
use crate::handle::pin::CallScope;
use crate::handle::{self, Key};
use crate::signature::{Kind, Type};

/// A parameter.
pub(super) struct CParam {
    pub(super) r#type: Type,
    pub(super) ctype: CType,
    pub(super) slot: u32,
    /// How many words its bytes have, if these are passed instead of their address; else 0.
    pub(super) words: usize,
    pub(super) quick: WordPassing,
}

/// How the word of an argument is made where that takes no look at types.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum WordPassing {
    /// The slot is the word.
    Slot,
    /// The address of an object that is of exactly the type.
    Value,
    /// An object that is, or points to, exactly what is pointed to.
    Object,
    /// A copy of UTF-8, with a NUL behind it.
    Text,
    /// Consecutive elements of this type, where they are; `constant` ones may be read-only.
    Elements { element: u32, constant: bool },
    /// Not at all.
    No,
}

impl WordPassing {
    /// For a parameter whose slot is not the word.
    pub(super) fn of(r#type: Type, ctype: &CType) -> WordPassing {
        match (r#type.kind(), ctype.class) {
            (Kind::Handle, _) if ctype.by_address() => WordPassing::Value,
            (Kind::Handle, Representation::Pointer(_)) => WordPassing::Object,
            (Kind::String8, Representation::Pointer(_)) => WordPassing::Text,
            (Kind::Array, Representation::Pointer(pointee)) => {
                match element_given(r#type, pointee) {
                    Some(element) => WordPassing::Elements {
                        // Kinds have few bits.
                        element: element as u32,
                        constant: pointee.constant,
                    },
                    None => WordPassing::No,
                }
            }
            _ => WordPassing::No,
        }
    }
}

impl CParam {
    /// The word of an argument that needs no conversion, or is what it is nearly always.
    ///
    /// # Safety
    /// The slots hold a value of the type.
    #[inline(always)]
    pub(super) unsafe fn quick_word(
        &self,
        scope: &CallScope,
        slots: *const metaffi_slot,
    ) -> Option<u64> {
        // SAFETY: the slots hold a value of the type.
        unsafe {
            match self.quick {
                WordPassing::Slot => Some(*slots),
                WordPassing::Value => {
                    let object = scope.get::<CData>(*slots as usize).ok()?;
                    if !object.ctype().is(&self.ctype) {
                        return None;
                    }
                    let memory = object.memory(scope).ok()?;
                    Some(memory.address().expose_provenance() as u64)
                }
                WordPassing::Object => convert::quick_object(scope, &self.ctype, *slots),
                WordPassing::Text => {
                    let (data, length) = (*slots as usize, *slots.add(1) as usize);
                    if data == 0 {
                        return Some(0);
                    }
                    let copy = scope.scratch(length.checked_add(1)?)?;
                    let data = ptr::with_exposed_provenance::<u8>(data);
                    copy.copy_from_nonoverlapping(data, length);
                    *copy.add(length) = 0;
                    Some(copy.expose_provenance() as u64)
                }
                WordPassing::Elements { element, constant } => {
                    let array = ptr::with_exposed_provenance::<metaffi_array>(*slots as usize);
                    let array = array.as_ref()?;
                    let fits = array.element == metaffi_type::from(element)
                        && array.strides.is_null()
                        && (constant || array.owner.is_null());
                    fits.then(|| array.data.expose_provenance() as u64)
                }
                WordPassing::No => None,
            }
        }
    }

    /// How many words are passed.
    pub(super) fn word_count(&self) -> usize {
        self.words.max(1)
    }

    /// How its word is given, where a call does without a frame.
    pub(super) fn passing(&self, argument: usize) -> Passing {
        let ctype = &self.ctype;
        let is_char = self.r#type.kind() == Kind::Char8 && ctype.size == 1;
        if self.quick == WordPassing::Slot || is_char && argument < 64 {
            return Passing::Slots;
        }
        let target: Arc<dyn Target> = Arc::new(ParameterType { ctype: ctype.clone() });
        if self.quick == WordPassing::Value {
            return match self.words {
                0 => Passing::Bytes(target),
                _ => Passing::Words { target, size: ctype.size },
            };
        }
        let Representation::Pointer(pointee) = ctype.class else { return Passing::Slow };
        let lent = lent(self.r#type, ctype, pointee);
        match self.r#type.kind() {
            Kind::Callable => Passing::Function(target),
            Kind::Handle | Kind::Any => Passing::Address { target: Some(target), lent },
            Kind::Array | Kind::String8 => Passing::Address { target: None, lent },
            _ => Passing::Slow,
        }
    }
}

/// The kind of the elements of an array that is given by its address for a pointer to them.
fn element_given(r#type: Type, pointee: Pointee) -> Option<Kind> {
    let element = r#type.element()?.kind();
    (element.is_scalar() && convert::is_passed_by_address(element, pointee)).then_some(element)
}

/// What is lent for a pointer that is declared as a type.
fn lent(r#type: Type, ctype: &CType, pointee: Pointee) -> Lendable {
    let kind = r#type.kind();
    let is_any = kind == Kind::Any;
    // Whether there are as many bytes as a record has is looked at the slow way.
    let known = is_any && pointee.kind != PointeeKind::Other;
    let given = |element: &Kind| {
        element.is_scalar() && known && convert::is_passed_by_address(*element, pointee)
    };
    let one = element_given(r#type, pointee);
    let number = || ctype.target()?.number.filter(|kind| is_any && *kind != Kind::Char8);
    Lendable {
        element: one.or_else(number).unwrap_or(Kind::Null),
        arrays: Kind::elements().filter(given).chain(one).fold(0, |all, kind| all | kind as u64),
        text: kind == Kind::String8
            || is_any
                && pointee.takes_text(1)
                && (pointee.constant || pointee.kind != PointeeKind::Unknown),
        constant: pointee.constant,
        numbers: is_any,
    }
}

/// A type that C takes.
struct ParameterType {
    ctype: CType,
}

impl Target for ParameterType {
    fn takes(&self, object: Key) -> Option<u64> {
        let (slot, handle) = (object as u64, Kind::Handle.into());
        // SAFETY: the slot holds a handle, which is looked at alone.
        handle::using(|scope| unsafe { to_c(scope, handle, &self.ctype, &raw const slot) }).ok()
    }

    fn function_pointer(&self) -> Option<Arc<FunctionPointerType>> {
        match self.ctype.class {
            Representation::Pointer(Pointee { kind: PointeeKind::Function, id, .. }) => {
                function_pointer::of(&self.ctype.types, id).ok()
            }
            _ => None,
        }
    }

    fn pointer(&self, callable: &Callable) -> Result<*const ()> {
        match self.ctype.class {
            Representation::Pointer(Pointee { kind: PointeeKind::Function, id, .. }) => {
                callback::pointer(callable, &self.ctype.types, id)
            }
            _ => callable.native(),
        }
    }
}
