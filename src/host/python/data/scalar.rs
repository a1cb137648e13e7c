//! [`ScalarAccess`]: numbers, bools and characters in memory.

use super::place::Place;
use super::table::Shape;
use super::{DataTable, load, of, refusal};
use crate::abi::metaffi_slot;
use crate::error::Result;
use crate::python::api::{Api, Object};
use crate::python::convert;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::signature::{Kind, TypeInfo};

/// How a scalar is kept; close together, for one jump.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum ScalarAccess {
    Float64,
    Float32,
    Int8,
    Int16,
    Int32,
    Int64,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Bool,
    Char8,
    Char16,
    Char32,
}

impl ScalarAccess {
    /// What a kind is kept as; `None` for what is no scalar.
    pub(super) fn of(kind: Kind) -> Option<ScalarAccess> {
        Some(match kind {
            Kind::Float64 => ScalarAccess::Float64,
            Kind::Float32 => ScalarAccess::Float32,
            Kind::Int8 => ScalarAccess::Int8,
            Kind::Int16 => ScalarAccess::Int16,
            Kind::Int32 => ScalarAccess::Int32,
            Kind::Int64 => ScalarAccess::Int64,
            Kind::Uint8 => ScalarAccess::Uint8,
            Kind::Uint16 => ScalarAccess::Uint16,
            Kind::Uint32 => ScalarAccess::Uint32,
            Kind::Uint64 => ScalarAccess::Uint64,
            Kind::Size if size_of::<usize>() == 8 => ScalarAccess::Uint64,
            Kind::Size => ScalarAccess::Uint32,
            Kind::Bool => ScalarAccess::Bool,
            Kind::Char8 => ScalarAccess::Char8,
            Kind::Char16 => ScalarAccess::Char16,
            Kind::Char32 => ScalarAccess::Char32,
            _ => return None,
        })
    }

    /// The type in which Python gives it.
    pub(super) fn kind(self) -> Kind {
        match self {
            ScalarAccess::Float64 => Kind::Float64,
            ScalarAccess::Float32 => Kind::Float32,
            ScalarAccess::Int8 => Kind::Int8,
            ScalarAccess::Int16 => Kind::Int16,
            ScalarAccess::Int32 => Kind::Int32,
            ScalarAccess::Int64 => Kind::Int64,
            ScalarAccess::Uint8 => Kind::Uint8,
            ScalarAccess::Uint16 => Kind::Uint16,
            ScalarAccess::Uint32 => Kind::Uint32,
            ScalarAccess::Uint64 => Kind::Uint64,
            ScalarAccess::Bool => Kind::Bool,
            ScalarAccess::Char8 => Kind::Char8,
            ScalarAccess::Char16 => Kind::Char16,
            ScalarAccess::Char32 => Kind::Char32,
        }
    }

    /// Bytes of one.
    pub(super) fn size(self) -> usize {
        match self {
            ScalarAccess::Int8 | ScalarAccess::Uint8 | ScalarAccess::Bool | ScalarAccess::Char8 => {
                1
            }
            ScalarAccess::Int16 | ScalarAccess::Uint16 | ScalarAccess::Char16 => 2,
            ScalarAccess::Float32
            | ScalarAccess::Int32
            | ScalarAccess::Uint32
            | ScalarAccess::Char32 => 4,
            ScalarAccess::Float64 | ScalarAccess::Int64 | ScalarAccess::Uint64 => 8,
        }
    }

    /// Bytes of a unit of text, if it is one.
    pub(super) fn unit(self) -> Option<usize> {
        use ScalarAccess::{Char8, Char16, Char32};
        matches!(self, Char8 | Char16 | Char32).then(|| self.size())
    }

    /// The scalar at an address as an object: a new reference; NULL with an exception set, or
    /// without one if it is a unit of text that is no character by itself.
    ///
    /// # Safety
    /// It is there, aligned or not; the GIL is held.
    #[inline(always)]
    pub(super) unsafe fn load(self, api: &Api, at: *const u8) -> Object {
        // SAFETY: it is there, aligned or not; the GIL is held.
        unsafe {
            let signed = |number: i64| (api.PyLong_FromLongLong)(number);
            match self {
                ScalarAccess::Float64 => {
                    (api.PyFloat_FromDouble)(at.cast::<f64>().read_unaligned())
                }
                ScalarAccess::Float32 => {
                    (api.PyFloat_FromDouble)(at.cast::<f32>().read_unaligned().into())
                }
                ScalarAccess::Int8 => signed(at.cast::<i8>().read().into()),
                ScalarAccess::Int16 => signed(at.cast::<i16>().read_unaligned().into()),
                ScalarAccess::Int32 => signed(at.cast::<i32>().read_unaligned().into()),
                ScalarAccess::Int64 => signed(at.cast::<i64>().read_unaligned()),
                ScalarAccess::Uint8 => signed(at.read().into()),
                ScalarAccess::Uint16 => signed(at.cast::<u16>().read_unaligned().into()),
                ScalarAccess::Uint32 => signed(at.cast::<u32>().read_unaligned().into()),
                ScalarAccess::Uint64 => {
                    (api.PyLong_FromUnsignedLongLong)(at.cast::<u64>().read_unaligned())
                }
                ScalarAccess::Bool => (api.PyBool_FromLong)((at.read() != 0).into()),
                ScalarAccess::Char8 if at.read() < 0x80 => {
                    (api.PyUnicode_FromStringAndSize)(at.cast(), 1)
                }
                ScalarAccess::Char8 => std::ptr::null_mut(),
                ScalarAccess::Char16 => character(api, at.cast::<u16>().read_unaligned().into()),
                ScalarAccess::Char32 => character(api, at.cast::<u32>().read_unaligned()),
            }
        }
    }

    /// Writes the number in a slot to an address.
    ///
    /// # Safety
    /// There is room for it, aligned or not.
    #[inline(always)]
    pub(super) unsafe fn store(self, at: *mut u8, slot: metaffi_slot) {
        // SAFETY: there is room for it, aligned or not.
        unsafe {
            match self.size() {
                1 => at.write(slot as u8),
                2 => at.cast::<u16>().write_unaligned(slot as u16),
                4 => at.cast::<u32>().write_unaligned(slot as u32),
                _ => at.cast::<u64>().write_unaligned(slot),
            }
        }
    }

    /// Writes an exact number or bool that fits; false leaves it to [`store`].
    ///
    /// # Safety
    /// There is room for it, aligned or not; `given` is alive, and the GIL is held.
    #[inline(always)]
    pub(super) unsafe fn store_exact(self, api: &Api, at: *mut u8, given: Object) -> bool {
        use ScalarAccess::{Bool, Float32, Float64, Int8, Int16, Int32, Int64};
        use ScalarAccess::{Uint8, Uint16, Uint32, Uint64};
        macro_rules! integer {
            ($type:ty) => {
                match api.small_int(given).map(<$type>::try_from) {
                    Some(Ok(number)) => at.cast::<$type>().write_unaligned(number),
                    _ => return false,
                }
            };
        }
        // SAFETY: as above.
        unsafe {
            let r#type = api.type_of(given);
            if r#type == api.PyLong_Type {
                match self {
                    Int32 => integer!(i32),
                    Int64 => integer!(i64),
                    Uint8 => integer!(u8),
                    Uint64 => integer!(u64),
                    Uint32 => integer!(u32),
                    Int16 => integer!(i16),
                    Uint16 => integer!(u16),
                    Int8 => integer!(i8),
                    Float64 => match api.small_int(given) {
                        Some(number) => at.cast::<f64>().write_unaligned(number as f64),
                        None => return false,
                    },
                    _ => return false,
                }
                return true;
            }
            if r#type == api.PyFloat_Type {
                let number = api.float(given);
                match self {
                    Float64 => at.cast::<f64>().write_unaligned(number),
                    Float32 => {
                        let single = number as f32;
                        if single.is_infinite() && number.is_finite() {
                            return false;
                        }
                        at.cast::<f32>().write_unaligned(single);
                    }
                    _ => return false,
                }
                return true;
            }
            let truth = given == api._Py_TrueStruct;
            if self == Bool && (truth || given == api._Py_FalseStruct) {
                at.write(truth.into());
                return true;
            }
            false
        }
    }
}

#[cold]
unsafe fn character(api: &Api, unit: u32) -> Object {
    let Some(char) = char::from_u32(unit) else { return std::ptr::null_mut() };
    let mut bytes = [0; 4];
    let text = char.encode_utf8(&mut bytes);
    // SAFETY: so many bytes of text, under the GIL.
    unsafe { (api.PyUnicode_FromStringAndSize)(text.as_ptr().cast(), text.len().cast_signed()) }
}

/// Writes the number, bool or character that an object is.
///
/// # Safety
/// There is room for it, aligned or not.
pub(super) unsafe fn store(
    gil: &Gil,
    table: &DataTable,
    access: ScalarAccess,
    at: *mut u8,
    given: &PyRef,
) -> Result<()> {
    // SAFETY: the caller has room for it; a scalar takes one slot, and owns nothing.
    unsafe {
        if access.store_exact(gil.api, at, given.as_ptr()) {
            return Ok(());
        }
        access.store(at, slot(gil, table, access.kind(), given)?);
    }
    Ok(())
}

/// The number, bool or character of a kind that an object is exactly, for a value of a type.
pub(super) fn slot(gil: &Gil, table: &DataTable, kind: Kind, given: &PyRef) -> Result<u64> {
    let in_words_of_c = |error| refusal::in_words_of_c(gil, table, given, error);
    // SAFETY: a live object under the GIL; a scalar takes one slot.
    unsafe {
        if let Some(data) = of(gil.api, given.as_ptr())
            && let Some(other) = data.table()
            && let Shape::Scalar(_) = other.shape
        {
            let own = load::load(gil, &Place::of(gil, given.as_ptr())?)?;
            return slot(gil, table, kind, &own);
        }
        if let Some(slot) = convert::counted(gil, given.as_ptr(), kind) {
            return Ok(slot);
        }
        if kind != Kind::Bool && gil.api.type_of(given.as_ptr()) == gil.api.PyBool_Type {
            return Err(refusal::mismatch(gil, table, given));
        }
        let info = TypeInfo::from(kind);
        let mut slot = 0;
        convert::from_python(gil, given.as_ptr(), info.r#type, &info, &raw mut slot)
            .map_err(in_words_of_c)?;
        Ok(slot)
    }
}
