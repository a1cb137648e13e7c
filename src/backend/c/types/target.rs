//! The host's data model: what C leaves to the platform.

use crate::call::plan::native_type::Convention;

/// Bytes of `long`.
pub(super) const LONG_SIZE: usize = size_of::<std::ffi::c_long>();
/// Bytes of any pointer.
pub(super) const POINTER_SIZE: usize = size_of::<*const ()>();
/// Whether plain `char` is signed.
pub(super) const CHAR_SIGNED: bool = std::ffi::c_char::MIN != 0;
/// Bytes of `wchar_t`.
pub(super) const WCHAR_SIZE: usize = if cfg!(windows) { 2 } else { 4 };
/// Whether `wchar_t` is signed.
pub(super) const WCHAR_SIGNED: bool =
    !(cfg!(windows) || cfg!(all(target_arch = "aarch64", not(target_vendor = "apple"))));
/// Bytes of `long double`.
pub(super) const LONG_DOUBLE_SIZE: usize = crate::call::plan::native_type::LONG_DOUBLE_SIZE;
/// Bytes of `va_list`.
pub(super) const VA_LIST_SIZE: usize = if cfg!(all(target_arch = "x86_64", not(windows))) {
    24
} else if cfg!(all(target_arch = "aarch64", target_os = "linux")) {
    32
} else {
    POINTER_SIZE
};
/// Alignment of `va_list`.
pub(super) const VA_LIST_ALIGN: usize = POINTER_SIZE;
/// Whether a `va_list` argument is passed as a pointer to the caller's (it is an array type).
pub(super) const VA_LIST_IS_ARRAY: bool = cfg!(all(target_arch = "x86_64", not(windows)));
/// Whether an unnamed bit-field raises the alignment of its struct (AAPCS64 says so).
pub(super) const UNNAMED_BIT_FIELD_ALIGNS: bool =
    cfg!(all(target_arch = "aarch64", not(target_vendor = "apple")));
/// The largest object: C measures them with `ptrdiff_t`.
pub(super) const MAX_SIZE: usize = isize::MAX as usize;
/// The largest alignment GCC accepts, in bytes.
pub(super) const MAX_ALIGN: usize = 1 << 28;

/// A procedure call standard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Abi {
    /// System V x86-64.
    SysV,
    /// Microsoft x64.
    Win64,
    /// AAPCS64.
    Arm64,
}

/// The standard a convention means on the host; `None` where it does not exist or is not known.
pub(super) const fn abi(convention: Convention) -> Option<Abi> {
    match convention {
        Convention::Default if cfg!(target_arch = "aarch64") => Some(Abi::Arm64),
        Convention::Default if cfg!(all(target_arch = "x86_64", windows)) => Some(Abi::Win64),
        Convention::Default | Convention::SysV if cfg!(target_arch = "x86_64") => Some(Abi::SysV),
        Convention::Win64 if cfg!(target_arch = "x86_64") => Some(Abi::Win64),
        _ => None,
    }
}
