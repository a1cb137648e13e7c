//! [`ThunkReturn`]: what becomes of the register in which a result is.

use crate::abi::metaffi_slot;

/// What a thunk does with the result register. A callee leaves the bits above its type undefined,
/// so each class reads the whole register and keeps what counts.
pub(super) trait ThunkReturn {
    /// The register.
    type Register: Register;
    /// Whether there is a result at all.
    const STORED: bool = true;
    /// The slot.
    fn slot(register: Self::Register) -> metaffi_slot;
}

/// A result register, as a function returns it.
pub(super) trait Register: Copy {
    /// What it holds, by an image: rax, rdx, and both halves of xmm0 and xmm1.
    fn of(image: &[u64; 6]) -> Self;
}

impl Register for () {
    fn of(_: &[u64; 6]) {}
}

impl Register for u64 {
    #[inline(always)]
    fn of(image: &[u64; 6]) -> u64 {
        image[0]
    }
}

impl Register for f64 {
    #[inline(always)]
    fn of(image: &[u64; 6]) -> f64 {
        f64::from_bits(image[2])
    }
}

macro_rules! returns {
    ($($name:ident: $register:ty => |$value:ident| $slot:expr;)*) => {
        $(
            pub(super) struct $name;
            impl ThunkReturn for $name {
                type Register = $register;
                #[inline(always)]
                fn slot($value: $register) -> metaffi_slot {
                    $slot
                }
            }
        )*
    };
}

returns! {
    I8: u64 => |value| value as i8 as i64 as u64;
    I16: u64 => |value| value as i16 as i64 as u64;
    I32: u64 => |value| value as i32 as i64 as u64;
    U8: u64 => |value| u64::from(value as u8);
    U16: u64 => |value| u64::from(value as u16);
    U32: u64 => |value| u64::from(value as u32);
    Word: u64 => |value| value;
    F32: f64 => |value| value.to_bits() & 0xffff_ffff;
    F64: f64 => |value| value.to_bits();
}

pub(super) struct Void;

impl ThunkReturn for Void {
    type Register = ();
    const STORED: bool = false;
    #[inline(always)]
    fn slot(_: ()) -> metaffi_slot {
        0
    }
}
