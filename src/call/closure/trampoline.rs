//! Closures whose arguments and result travel in registers: a pool of precompiled entry points.
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
    pub(super) const COUNT: usize = 0;
    pub(super) fn code(_: usize) -> *const () {
        std::ptr::null()
    }
}

use std::sync::atomic::{AtomicUsize, Ordering};

use super::arguments::{COUNT_SHIFT, MOST};
use super::place::{Parts, Place, Pool};
use super::slot::Slot;
use crate::call::native::{Bank, Convention, NativeType};
use platform::{COUNT, FLOATS, INTEGERS};

/// Half of the entry points save only the integer registers, the other half all of them.
const HALF: usize = COUNT / 2;

/// So many of them stay out of use after they have ended, even if libffi has to make closures.
const KEPT: usize = HALF / 4;

/// Which register each argument is in: four bits each, and the number of arguments in the top.
struct Shape(u64);

impl Shape {
    /// The shape of a signature; `None` if not everything travels in registers.
    fn of(params: &[NativeType], returns: &NativeType, convention: Convention) -> Option<Shape> {
        if convention == Convention::Win64
            || returns.bank().is_none() && *returns != NativeType::Void
        {
            return None;
        }
        let (mut integers, mut floats, mut shape) = (0, 0, 0);
        for (index, param) in params.iter().enumerate() {
            let (used, limit, base) = match param.bank() {
                Some(Bank::Float) => (&mut floats, FLOATS, INTEGERS),
                Some(Bank::Integer) => (&mut integers, INTEGERS, 0),
                None => return None,
            };
            if *used == limit || index == MOST {
                return None;
            }
            shape |= ((base + *used) as u64) << (index * 4);
            *used += 1;
        }
        Some(Shape(shape | (params.len() as u64) << COUNT_SHIFT))
    }

    fn has_floats(&self) -> bool {
        let count = self.0 >> COUNT_SHIFT;
        (0..count).any(|index| (self.0 >> (index * 4) & 0xf) as usize >= INTEGERS)
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
    let shape = Shape::of(params, returns, convention)?;
    let place = HALVES[usize::from(shape.has_floats())].take()?;
    place.slot().set_shape(shape.0);
    Some(place)
}

/// Whether a closure's code is an entry point.
pub(super) fn is_one(code: *const ()) -> bool {
    COUNT != 0 && (platform::code(0)..=platform::code(COUNT - 1)).contains(&code)
}
