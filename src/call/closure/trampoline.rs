//! Closures of scalars: precompiled entry points.
//!
//! Each entry point loads the address of its slot and jumps to code that stores the argument registers,
//! calls what the entry's [slot](Slot) says, and loads the result registers. What is in a slot is data, so a
//! function pointer is made by filling in a table.

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
#[path = "trampoline_sysv64.rs"]
mod platform;

#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
mod platform {
    //! No entry points are written for this platform: every closure is libffi's.
    pub(super) const INTEGERS: usize = 0;
    pub(super) const FLOATS: usize = 0;
    pub(super) const STACK: usize = 0;
    pub(super) const COUNT: usize = 0;
    pub(super) fn code(_: usize) -> *const () {
        std::ptr::null()
    }
}

use std::sync::atomic::{AtomicUsize, Ordering};

use super::arguments::{MOST, Order};
use super::place::{Parts, Place, Pool};
use super::slot::Slot;
use crate::call::native::{Bank, Convention, NativeType};
use platform::{COUNT, FLOATS, INTEGERS, STACK};

/// Half of the entry points save only the integer registers, the other half all of them.
const HALF: usize = COUNT / 2;

/// So many of them stay out of use after they have ended, even if libffi has to make closures.
const KEPT: usize = HALF / 4;

/// Where each argument of a signature is.
struct Arrangement {
    order: Order,
    has_floats: bool,
}

impl Arrangement {
    /// Those of a signature; `None` if not everything is a scalar.
    fn of(
        params: &[NativeType],
        returns: &NativeType,
        convention: Convention,
    ) -> Option<Arrangement> {
        if convention == Convention::Win64
            || params.len() > MOST
            || returns.bank().is_none() && *returns != NativeType::Void
        {
            return None;
        }
        let (mut integers, mut floats, mut stack) = (0, 0, 0);
        let mut order = Order::default();
        for (place, param) in order.iter_mut().zip(params) {
            let (used, limit, first) = match param.bank()? {
                Bank::Float => (&mut floats, FLOATS, INTEGERS),
                Bank::Integer => (&mut integers, INTEGERS, 0),
            };
            let (used, first) = match *used < limit {
                true => (used, first),
                false => (&mut stack, STACK),
            };
            *place = (first + *used) as u8;
            *used += 1;
        }
        Some(Arrangement { order, has_floats: floats > 0 })
    }
}

/// What the entry points call, by their numbers.
static SLOTS: [Slot; COUNT] = [const { Slot::new() }; COUNT];

/// The entry points of one half.
struct Half {
    first: usize,
    /// How many were ever used.
    used: AtomicUsize,
    ended: Pool,
}

impl Half {
    const fn new(first: usize) -> Half {
        Half { first, used: AtomicUsize::new(0), ended: Pool::new() }
    }

    fn take(&'static self) -> Option<Place> {
        let next = |used: usize| (used < HALF).then_some(used + 1);
        let fresh = self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        let Ok(used) = fresh else { return self.ended.take(KEPT) };
        let index = self.first + used;
        let (code, slot) = (platform::code(index), &SLOTS[index]);
        Some(Place::new(Parts { code, slot, pool: &self.ended, memory: None }))
    }
}

/// The entry points for integers only, and for floats as well.
static HALVES: [Half; 2] = [Half::new(0), Half::new(HALF)];

/// An entry point for a signature, if there is one for it, and one is left.
pub(super) fn take(
    params: &[NativeType],
    returns: &NativeType,
    convention: Convention,
) -> Option<Place> {
    let Arrangement { order, has_floats } = Arrangement::of(params, returns, convention)?;
    let place = HALVES[usize::from(has_floats)].take()?;
    place.slot().set_order(order, params.len());
    Some(place)
}

/// Whether a closure's code is an entry point.
pub(super) fn is_one(code: *const ()) -> bool {
    COUNT != 0 && (platform::code(0)..=platform::code(COUNT - 1)).contains(&code)
}
