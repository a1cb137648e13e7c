//! [`Arguments`]: where the arguments of a call are that C makes.

use std::ffi::c_void;
use std::mem::MaybeUninit;

/// The most arguments that are in registers.
pub(super) const MOST: usize = 15;

/// Room for the addresses of arguments that are in registers.
pub struct Addresses([MaybeUninit<*mut c_void>; MOST]);

impl Default for Addresses {
    fn default() -> Addresses {
        Addresses([const { MaybeUninit::uninit() }; MOST])
    }
}

/// Where arguments are.
pub trait Arguments: Copy {
    /// The address of an argument.
    ///
    /// # Safety
    /// There is one of that index.
    unsafe fn get(self, index: usize) -> *mut c_void;

    /// The addresses of all of them, in `room` if need be.
    ///
    /// # Safety
    /// The call is under way.
    unsafe fn all(self, room: &mut Addresses) -> *mut *mut c_void;

    #[doc(hidden)]
    unsafe fn at(arguments: *mut u64, shape: u64) -> Self;
}

/// The count of arguments is in the highest bits of a shape.
pub(super) const COUNT_SHIFT: u32 = 60;

/// In an image of the registers: argument `i` is the lowest bits of word `shape >> 4 * i & 15`.
#[derive(Clone, Copy)]
pub(super) struct Registers {
    registers: *mut u64,
    shape: u64,
}

impl Arguments for Registers {
    #[inline(always)]
    unsafe fn get(self, index: usize) -> *mut c_void {
        // SAFETY: a shape names registers that are there.
        unsafe { self.registers.add((self.shape >> (index * 4) & 0xf) as usize).cast() }
    }

    unsafe fn all(self, room: &mut Addresses) -> *mut *mut c_void {
        for (index, address) in
            room.0.iter_mut().enumerate().take((self.shape >> COUNT_SHIFT) as usize)
        {
            // SAFETY: there are so many.
            address.write(unsafe { self.get(index) });
        }
        room.0.as_mut_ptr().cast()
    }

    #[inline(always)]
    unsafe fn at(registers: *mut u64, shape: u64) -> Registers {
        Registers { registers, shape }
    }
}

/// In memory: the address of a row of their addresses.
#[derive(Clone, Copy)]
pub(super) struct Listed(*mut *mut c_void);

impl Arguments for Listed {
    #[inline(always)]
    unsafe fn get(self, index: usize) -> *mut c_void {
        // SAFETY: the caller's promise.
        unsafe { *self.0.add(index) }
    }

    unsafe fn all(self, _: &mut Addresses) -> *mut *mut c_void {
        self.0
    }

    #[inline(always)]
    unsafe fn at(arguments: *mut u64, _: u64) -> Listed {
        Listed(arguments.cast())
    }
}
