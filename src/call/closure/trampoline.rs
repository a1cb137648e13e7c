//! Closures of scalars: precompiled entry points.
//!
//! Each entry point loads the address of its [slot](Slot) and jumps to code that stores the argument
//! registers, calls what the slot says, and loads the result registers. What is in a slot is data,
//! so a function pointer is made by filling one. When the library's own are used up, there are more
//! in [tables](super::table).

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

use std::collections::VecDeque;
use std::ptr;

use super::arguments::{MOST, Order};
use super::slot::{Origin, Slot};
use super::{KEPT, table};
use crate::call::native::{Bank, Convention, NativeType};
use crate::fork::Lock;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub(super) use platform::common;
use platform::{COUNT, FLOATS, INTEGERS, STACK};

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

/// What the entry points call, by their numbers: half of them save only the integer registers, the
/// other half all of them.
static SLOTS: [Slot; COUNT] = [const { Slot::of(Origin::Library) }; COUNT];

/// Slots whose code saves the same registers.
struct Kind {
    /// Those that were never used.
    fresh: &'static [Slot],
    /// Those whose closures have ended, the longest ago first.
    ended: VecDeque<&'static Slot>,
}

static INTEGERS_ONLY: Lock<Kind> =
    Lock::new(Kind { fresh: SLOTS.split_at(COUNT / 2).0, ended: VecDeque::new() });
static ANY: Lock<Kind> =
    Lock::new(Kind { fresh: SLOTS.split_at(COUNT / 2).1, ended: VecDeque::new() });

/// The slot of an entry point for a signature, if there is one for it.
pub(super) fn take(
    params: &[NativeType],
    returns: &NativeType,
    convention: Convention,
) -> Option<&'static Slot> {
    let Arrangement { order, has_floats } = Arrangement::of(params, returns, convention)?;
    let mut kind = if has_floats { ANY.lock() } else { INTEGERS_ONLY.lock() };
    let slot = if kind.ended.len() > KEPT {
        kind.ended.pop_front()?
    } else {
        if kind.fresh.is_empty() {
            kind.fresh = table::more(has_floats)?;
        }
        kind.fresh.split_off_first()?
    };
    drop(kind);
    slot.set_order(order, params.len());
    Some(slot)
}

/// Takes back what [`take`] gave.
pub(super) fn give_back(slot: &'static Slot) {
    let saves_floats = match slot.origin() {
        Origin::Table => table::saves_floats(slot),
        _ => index(slot) >= COUNT / 2,
    };
    let kind = if saves_floats { &ANY } else { &INTEGERS_ONLY };
    kind.lock().ended.push_back(slot);
}

/// The entry point of a slot of the library's.
pub(super) fn code(slot: &'static Slot) -> *const () {
    platform::code(index(slot))
}

fn index(slot: &'static Slot) -> usize {
    (ptr::from_ref(slot).addr() - SLOTS.as_ptr().addr()) / size_of::<Slot>()
}
