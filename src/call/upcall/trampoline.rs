//! Closures of what arrives in one piece: precompiled entry points.
//!
//! Each entry point loads the address of its [slot](ClosureSlot) and jumps to code that stores the argument
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
use super::slot::{ClosureSlot, SlotOrigin};
use super::{KEPT, table};
use crate::call::moves::{BlockArrival, arrival};
use crate::call::plan::native_type::{Convention, NativeType, RegisterClass};
use crate::fork::Lock;
use crate::handle::Stocks;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub(super) use platform::common;
use platform::{COUNT, FLOATS, INTEGERS, STACK};

/// Where each argument of a signature is.
struct Arrangement {
    order: Order,
    has_floats: bool,
}

impl Arrangement {
    /// Those of a signature; `None` if an argument is in pieces, or the result no scalar.
    fn of(
        params: &[NativeType],
        returns: &NativeType,
        convention: Convention,
    ) -> Option<Arrangement> {
        if convention == Convention::Win64
            || params.len() > MOST
            || returns.register_class().is_none() && *returns != NativeType::Void
        {
            return None;
        }
        let (mut integers, mut floats, mut stack) = (0, 0, 0);
        let mut order = Order::default();
        for (place, param) in order.iter_mut().zip(params) {
            let BlockArrival { class, registers, words, align } = match param.register_class() {
                Some(class) => {
                    BlockArrival { class: Some(class), registers: 1, words: 1, align: 8 }
                }
                None => arrival(param)?,
            };
            let of_class = match class {
                Some(RegisterClass::Float) => Some((&mut floats, FLOATS, INTEGERS)),
                Some(RegisterClass::Integer) => Some((&mut integers, INTEGERS, 0)),
                None => None,
            };
            let (used, first, words) = match of_class {
                Some((used, most, first)) if *used + registers <= most => (used, first, registers),
                _ => {
                    stack += if align > 8 { stack % 2 } else { 0 };
                    (&mut stack, STACK, words)
                }
            };
            // The image is aligned to two words.
            if align > 16 || align > 8 && (first + *used) % 2 != 0 {
                return None;
            }
            *place = u8::try_from(first + *used).ok()?;
            *used += words;
        }
        Some(Arrangement { order, has_floats: floats > 0 })
    }
}

/// What the entry points call, by their numbers: half of them save only the integer registers, the
/// other half all of them.
static SLOTS: [ClosureSlot; COUNT] = [const { ClosureSlot::of(SlotOrigin::Library) }; COUNT];

/// Slots whose code saves the same registers.
struct TrampolineKind {
    /// What threads have of those whose closures have ended.
    stocks: Stocks<ClosureSlot>,
    shared: Lock<Shared>,
}

/// Slots that no thread has.
struct Shared {
    /// Those that were never used.
    fresh: &'static [ClosureSlot],
    /// Those whose closures have ended, the longest ago first.
    ended: VecDeque<&'static ClosureSlot>,
}

impl TrampolineKind {
    const fn new(number: usize, fresh: &'static [ClosureSlot]) -> TrampolineKind {
        // SAFETY: the numbers of the two below.
        let stocks = unsafe { Stocks::of(number) };
        TrampolineKind { stocks, shared: Lock::new(Shared { fresh, ended: VecDeque::new() }) }
    }

    fn of(saves_floats: bool) -> &'static TrampolineKind {
        if saves_floats { &ANY } else { &INTEGERS_ONLY }
    }

    /// One that no thread has, and some more for this one if their closures have ended.
    #[cold]
    fn take_shared(&self, has_floats: bool) -> Option<&'static ClosureSlot> {
        let mut shared = self.shared.lock();
        let ready = shared.ended.len().saturating_sub(KEPT).min(1 + self.stocks.room());
        let mut ready = shared.ended.drain(..ready);
        if let Some(slot) = ready.next() {
            self.stocks.fill(ready);
            return Some(slot);
        }
        drop(ready);
        if shared.fresh.is_empty() {
            shared.fresh = table::more(has_floats)?;
        }
        shared.fresh.split_off_first()
    }
}

static INTEGERS_ONLY: TrampolineKind = TrampolineKind::new(0, SLOTS.split_at(COUNT / 2).0);
static ANY: TrampolineKind = TrampolineKind::new(1, SLOTS.split_at(COUNT / 2).1);

/// The slot of an entry point for a signature, if there is one for it.
pub(super) fn take(
    params: &[NativeType],
    returns: &NativeType,
    convention: Convention,
) -> Option<&'static ClosureSlot> {
    let Arrangement { order, has_floats } = Arrangement::of(params, returns, convention)?;
    let kind = TrampolineKind::of(has_floats);
    let slot = kind.stocks.take().or_else(|| kind.take_shared(has_floats))?;
    slot.set_order(order, params.len());
    Some(slot)
}

/// Takes back what [`take`] gave.
pub(super) fn give_back(slot: &'static ClosureSlot) {
    let saves_floats = match slot.origin() {
        SlotOrigin::Table => table::saves_floats(slot),
        _ => index(slot) >= COUNT / 2,
    };
    let kind = TrampolineKind::of(saves_floats);
    kind.stocks.give_back(slot, |few| kind.shared.lock().ended.extend(few));
}

/// The entry point of a slot of the library's.
pub(super) fn code(slot: &'static ClosureSlot) -> *const () {
    platform::code(index(slot))
}

fn index(slot: &'static ClosureSlot) -> usize {
    (ptr::from_ref(slot).addr() - SLOTS.as_ptr().addr()) / size_of::<ClosureSlot>()
}
