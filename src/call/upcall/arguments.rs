//! [`IncomingArguments`]: where the arguments of a call are that C makes.

use std::ffi::c_void;
use std::mem::MaybeUninit;

use super::slot::ClosureSlot;
use super::{general, trampoline};
use crate::call::plan::scalar::ScalarRow;

/// The most arguments of a closure whose code is an entry point.
pub(super) const MOST: usize = 16;

/// Which word of the image of registers and stack each of them is.
pub(super) type Order = [u8; MOST];

/// Room for the addresses of such arguments.
pub struct ArgumentAddresses([MaybeUninit<*mut c_void>; MOST]);

impl Default for ArgumentAddresses {
    fn default() -> ArgumentAddresses {
        ArgumentAddresses([const { MaybeUninit::uninit() }; MOST])
    }
}

/// Where arguments are.
pub trait IncomingArguments: Copy {
    /// The address of an argument.
    ///
    /// # Safety
    /// There is one of that index.
    unsafe fn get(self, index: usize) -> *mut c_void;

    /// The addresses of all of them, in `room` if need be.
    ///
    /// # Safety
    /// The call is under way.
    unsafe fn all(self, room: &mut ArgumentAddresses) -> *mut *mut c_void;

    /// The slot of an argument that is a number.
    ///
    /// # Safety
    /// There is one of that index, and it is that.
    unsafe fn scalar(self, index: usize, row: &ScalarRow) -> u64;

    #[doc(hidden)]
    unsafe fn at(arguments: *mut u64, order: *const Order, count: usize) -> Self;

    /// Takes back the slot of a closure whose code finds them like that.
    #[doc(hidden)]
    fn give_back(slot: &'static ClosureSlot);
}

/// In an image of the registers, behind which the stack follows.
#[derive(Clone, Copy)]
pub(super) struct Registers {
    image: *mut u64,
    order: *const Order,
    count: usize,
}

impl IncomingArguments for Registers {
    #[inline(always)]
    unsafe fn get(self, index: usize) -> *mut c_void {
        // SAFETY: an order names words that are there.
        unsafe { self.image.add(usize::from(*self.order.cast::<u8>().add(index))).cast() }
    }

    unsafe fn all(self, room: &mut ArgumentAddresses) -> *mut *mut c_void {
        for (index, address) in room.0.iter_mut().enumerate().take(self.count) {
            // SAFETY: there are so many.
            address.write(unsafe { self.get(index) });
        }
        room.0.as_mut_ptr().cast()
    }

    #[inline(always)]
    unsafe fn scalar(self, index: usize, row: &ScalarRow) -> u64 {
        // SAFETY: a word has it in its lowest bits.
        row.slot(unsafe { self.get(index).cast::<u64>().read() })
    }

    #[inline(always)]
    unsafe fn at(image: *mut u64, order: *const Order, count: usize) -> Registers {
        Registers { image, order, count }
    }

    fn give_back(slot: &'static ClosureSlot) {
        trampoline::give_back(slot);
    }
}

/// In memory: the address of a row of their addresses.
#[derive(Clone, Copy)]
pub(super) struct AddressList(*mut *mut c_void);

impl IncomingArguments for AddressList {
    #[inline(always)]
    unsafe fn get(self, index: usize) -> *mut c_void {
        // SAFETY: there are as many addresses as arguments.
        unsafe { *self.0.add(index) }
    }

    unsafe fn all(self, _: &mut ArgumentAddresses) -> *mut *mut c_void {
        self.0
    }

    #[inline(always)]
    unsafe fn scalar(self, index: usize, row: &ScalarRow) -> u64 {
        let mut word = 0_u64;
        // SAFETY: so many bytes are there.
        unsafe {
            let (from, to) = (self.get(index).cast::<u8>(), (&raw mut word).cast::<u8>());
            match row.mask {
                u64::MAX => word = from.cast::<u64>().read(),
                0xffff_ffff => to.cast::<u32>().write(from.cast::<u32>().read()),
                0xffff => to.cast::<u16>().write(from.cast::<u16>().read()),
                _ => to.write(from.read()),
            }
        }
        row.slot(word)
    }

    #[inline(always)]
    unsafe fn at(arguments: *mut u64, _: *const Order, _: usize) -> AddressList {
        AddressList(arguments.cast())
    }

    fn give_back(slot: &'static ClosureSlot) {
        general::give_back(slot);
    }
}
