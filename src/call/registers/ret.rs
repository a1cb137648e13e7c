//! [`ThunkReturn`]: what becomes of the registers in which a result is.

use crate::abi::metaffi_slot;

/// What a thunk does with the result registers. A callee leaves the bits above its type undefined,
/// so each class reads the whole register and keeps what counts.
pub(super) trait ThunkReturn {
    /// The registers.
    type Register: Register;
    /// Stores the result where its slots are.
    ///
    /// # Safety
    /// There is room for them.
    unsafe fn store(register: Self::Register, slots: *mut metaffi_slot);
}

/// Result registers, as a function returns them.
pub(super) trait Register: Copy {
    /// What they hold, by an image: rax, rdx, and both halves of xmm0 and xmm1.
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

/// Two words of a struct.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct WordPair<A, B>(A, B);

macro_rules! pairs {
    ($($a:ty: $first:literal, $b:ty: $second:literal;)*) => {
        $(
            impl Register for WordPair<$a, $b> {
                #[inline(always)]
                fn of(image: &[u64; 6]) -> WordPair<$a, $b> {
                    WordPair(<$a>::from_ne_bytes(image[$first].to_ne_bytes()),
                        <$b>::from_ne_bytes(image[$second].to_ne_bytes()))
                }
            }

            impl ThunkReturn for WordPair<$a, $b> {
                type Register = WordPair<$a, $b>;
                #[inline(always)]
                unsafe fn store(register: WordPair<$a, $b>, slots: *mut metaffi_slot) {
                    // SAFETY: there is room for two.
                    unsafe { slots.cast::<WordPair<$a, $b>>().write(register) };
                }
            }
        )*
    };
}

pairs! {
    u64: 0, u64: 1;
    u64: 0, f64: 2;
    f64: 2, u64: 0;
    f64: 2, f64: 4;
}

macro_rules! returns {
    ($($name:ident: $register:ty => |$value:ident| $slot:expr;)*) => {
        $(
            pub(super) struct $name;
            impl ThunkReturn for $name {
                type Register = $register;
                #[inline(always)]
                unsafe fn store($value: $register, slots: *mut metaffi_slot) {
                    // SAFETY: there is room for one.
                    unsafe { slots.write($slot) };
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
    #[inline(always)]
    unsafe fn store((): (), _: *mut metaffi_slot) {}
}
