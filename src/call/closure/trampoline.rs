//! Closures whose arguments and result travel in registers: a pool of precompiled entry points.
//!
//! Each entry point loads its own number and jumps to code that stores the argument registers,
//! calls [`enter`], and loads the result registers. What the number means is data, so a function
//! pointer is made by filling in a table.

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

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::place::{Owner, Place, State};
use crate::call::native::{Bank, Convention, NativeType};
use platform::{COUNT, FLOATS, INTEGERS};

/// An ended closure's entry point is used again only after so many others have ended, unless it
/// is the last one left.
const KEPT: usize = HALF / 2;

/// Half of the entry points save only the integer registers, the other half all of them.
const HALF: usize = COUNT / 2;

/// Which register each argument is in: four bits each, and the number of arguments in the top.
#[derive(Clone, Copy)]
pub(super) struct Shape(u64);

const COUNT_SHIFT: u32 = 60;

impl Shape {
    /// The shape of a signature; `None` if not everything travels in registers.
    pub(super) fn of(
        params: &[NativeType],
        returns: &NativeType,
        convention: Convention,
    ) -> Option<Shape> {
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
            if *used == limit {
                return None;
            }
            shape |= ((base + *used) as u64) << (index * 4);
            *used += 1;
        }
        Some(Shape(shape | (params.len() as u64) << COUNT_SHIFT))
    }

    fn has_floats(self) -> bool {
        let count = self.0 >> COUNT_SHIFT;
        (0..count).any(|index| (self.0 >> (index * 4) & 0xf) as usize >= INTEGERS)
    }
}

struct Entry {
    state: State,
    shape: AtomicU64,
}

static ENTRIES: [Entry; COUNT] =
    [const { Entry { state: State::new(), shape: AtomicU64::new(0) } }; COUNT];

struct Pool {
    /// The number of the first entry point.
    first: usize,
    /// How many entry points were ever used.
    used: usize,
    /// Those whose closures have ended, the oldest first.
    ended: VecDeque<usize>,
}

impl Pool {
    const fn new(first: usize) -> Mutex<Pool> {
        Mutex::new(Pool { first, used: 0, ended: VecDeque::new() })
    }

    fn take(&mut self) -> Option<usize> {
        if self.used < HALF && self.ended.len() <= KEPT {
            self.used += 1;
            return Some(self.first + self.used - 1);
        }
        self.ended.pop_front()
    }
}

/// The entry points for integers only, and for floats as well.
static POOLS: [Mutex<Pool>; 2] = [Pool::new(0), Pool::new(HALF)];

fn pool(floats: bool) -> MutexGuard<'static, Pool> {
    POOLS[usize::from(floats)].lock().unwrap_or_else(PoisonError::into_inner)
}

/// An entry point for the shape, if one is left.
pub(super) fn take(shape: Shape) -> Option<Place> {
    let index = pool(shape.has_floats()).take()?;
    let entry = &ENTRIES[index];
    entry.shape.store(shape.0, Ordering::Release);
    Some(Place {
        code: platform::code(index),
        state: &entry.state,
        owner: Owner::Trampoline(index),
    })
}

pub(super) fn give_back(index: usize) {
    pool(index >= HALF).ended.push_back(index);
}

/// Called by every entry point: integers, then floats in `registers`.
#[cfg_attr(
    not(all(target_arch = "x86_64", target_os = "linux")),
    expect(dead_code, reason = "only entry points call it")
)]
unsafe extern "C-unwind" fn enter(index: usize, registers: *mut u64, result: *mut u64) {
    // SAFETY: an entry point's number is that of an entry; a shape names registers that the entry
    // point has stored.
    unsafe {
        let entry = ENTRIES.get_unchecked(index);
        let shape = entry.shape.load(Ordering::Acquire);
        let count = (shape >> COUNT_SHIFT) as usize;
        entry.state.run_registers(registers, shape, count, result);
    }
}
