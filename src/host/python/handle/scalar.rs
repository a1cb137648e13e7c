//! [`Scalar`]: numbers in an object's memory.

use crate::abi::metaffi_slot;
use crate::python::api::{Api, Object};
use crate::signature::Kind;

/// How a number or bool is kept; close together, for one jump.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Scalar {
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
}

impl Scalar {
    /// What a kind is kept as; `None` for characters and what is no scalar.
    pub(super) fn of(kind: Kind) -> Option<Scalar> {
        Some(match kind {
            Kind::Float64 => Scalar::Float64,
            Kind::Float32 => Scalar::Float32,
            Kind::Int8 => Scalar::Int8,
            Kind::Int16 => Scalar::Int16,
            Kind::Int32 => Scalar::Int32,
            Kind::Int64 => Scalar::Int64,
            Kind::Uint8 => Scalar::Uint8,
            Kind::Uint16 => Scalar::Uint16,
            Kind::Uint32 => Scalar::Uint32,
            Kind::Uint64 => Scalar::Uint64,
            Kind::Size if size_of::<usize>() == 8 => Scalar::Uint64,
            Kind::Size => Scalar::Uint32,
            Kind::Bool => Scalar::Bool,
            _ => return None,
        })
    }

    /// The type in which Python gives it.
    pub(super) fn kind(self) -> Kind {
        match self {
            Scalar::Float64 => Kind::Float64,
            Scalar::Float32 => Kind::Float32,
            Scalar::Int8 => Kind::Int8,
            Scalar::Int16 => Kind::Int16,
            Scalar::Int32 => Kind::Int32,
            Scalar::Int64 => Kind::Int64,
            Scalar::Uint8 => Kind::Uint8,
            Scalar::Uint16 => Kind::Uint16,
            Scalar::Uint32 => Kind::Uint32,
            Scalar::Uint64 => Kind::Uint64,
            Scalar::Bool => Kind::Bool,
        }
    }

    /// Bytes of one.
    pub(super) fn size(self) -> usize {
        match self {
            Scalar::Int8 | Scalar::Uint8 | Scalar::Bool => 1,
            Scalar::Int16 | Scalar::Uint16 => 2,
            Scalar::Float32 | Scalar::Int32 | Scalar::Uint32 => 4,
            Scalar::Float64 | Scalar::Int64 | Scalar::Uint64 => 8,
        }
    }

    /// The number at an address as an object: a new reference, or NULL with an exception set.
    ///
    /// # Safety
    /// It is there, aligned or not; the GIL is held.
    #[inline(always)]
    pub(super) unsafe fn load(self, api: &Api, at: *const u8) -> Object {
        // SAFETY: the caller's promise.
        unsafe {
            let signed = |number: i64| (api.PyLong_FromLongLong)(number);
            match self {
                Scalar::Float64 => (api.PyFloat_FromDouble)(at.cast::<f64>().read_unaligned()),
                Scalar::Float32 => {
                    (api.PyFloat_FromDouble)(at.cast::<f32>().read_unaligned().into())
                }
                Scalar::Int8 => signed(at.cast::<i8>().read().into()),
                Scalar::Int16 => signed(at.cast::<i16>().read_unaligned().into()),
                Scalar::Int32 => signed(at.cast::<i32>().read_unaligned().into()),
                Scalar::Int64 => signed(at.cast::<i64>().read_unaligned()),
                Scalar::Uint8 => signed(at.read().into()),
                Scalar::Uint16 => signed(at.cast::<u16>().read_unaligned().into()),
                Scalar::Uint32 => signed(at.cast::<u32>().read_unaligned().into()),
                Scalar::Uint64 => {
                    (api.PyLong_FromUnsignedLongLong)(at.cast::<u64>().read_unaligned())
                }
                Scalar::Bool => (api.PyBool_FromLong)((at.read() != 0).into()),
            }
        }
    }

    /// Writes the number in a slot to an address.
    ///
    /// # Safety
    /// There is room for it, aligned or not.
    #[inline(always)]
    pub(super) unsafe fn store(self, at: *mut u8, slot: metaffi_slot) {
        // SAFETY: the caller's promise.
        unsafe {
            match self.size() {
                1 => at.write(slot as u8),
                2 => at.cast::<u16>().write_unaligned(slot as u16),
                4 => at.cast::<u32>().write_unaligned(slot as u32),
                _ => at.cast::<u64>().write_unaligned(slot),
            }
        }
    }
}
