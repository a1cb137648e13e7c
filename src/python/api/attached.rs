//! Which thread is attached, asked without a call.

use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

use super::{Api, PyThreadState};
use crate::kit::Version;

/// The versions that are known.
const KNOWN: (Version, Version) = (Version::new(3, 9), Version::new(3, 14));

/// The first version where each thread state says itself whether it is attached; before it, one
/// word of the interpreter's own says which one is.
const EACH: Version = Version::new(3, 12);

/// Words at the start of the interpreter's state that are looked through; it has more.
const WORDS: usize = 82;

/// Half words at the start of a thread state that are looked through; it has more.
const HALVES: usize = 12;

/// Where the interpreter has what thread state is attached.
#[derive(Clone, Copy, Debug)]
pub(super) enum ThreadStateLocation {
    /// It is asked by a call.
    Unknown,
    /// A word that is the attached thread state, or NULL.
    Word(*const AtomicPtr<PyThreadState>),
    /// A bit of the half word at that index of a thread state, set while it is attached.
    Bit(usize, u32),
}

impl Api {
    /// Whether a thread state of this thread's own is attached. Needs no GIL.
    ///
    /// # Safety
    /// It is alive, and no other thread attaches it.
    #[inline(always)]
    pub unsafe fn is_attached(&self, state: *mut PyThreadState) -> bool {
        // SAFETY: the state is alive, and no other thread attaches it; where to look was found before.
        unsafe {
            match self.attached {
                ThreadStateLocation::Word(place) => (*place).load(Ordering::Relaxed) == state,
                ThreadStateLocation::Bit(index, bit) => {
                    (*state.cast::<AtomicU32>().add(index)).load(Ordering::Relaxed) & bit != 0
                }
                ThreadStateLocation::Unknown => (self.current_thread)() == state,
            }
        }
    }

    /// The same without a call; false also if it cannot be told so.
    ///
    /// # Safety
    /// As for [`is_attached`](Api::is_attached).
    #[inline(always)]
    pub unsafe fn is_attached_at_a_glance(&self, state: *mut PyThreadState) -> bool {
        match self.attached {
            ThreadStateLocation::Unknown => false,
            // SAFETY: as above.
            _ => unsafe { self.is_attached(state) },
        }
    }

    /// The thread state that is attached, of this thread or another; NULL if there is none.
    #[inline(always)]
    pub fn attached_thread(&self) -> *mut PyThreadState {
        // SAFETY: the place was found where it is asked for; the function needs no GIL.
        unsafe {
            match self.attached {
                ThreadStateLocation::Word(place) => (*place).load(Ordering::Relaxed),
                _ => (self.current_thread)(),
            }
        }
    }

    /// Whether [`is_attached`](Api::is_attached) makes no call.
    #[cfg(test)]
    pub fn knows_attached(&self) -> bool {
        !matches!(self.attached, ThreadStateLocation::Unknown)
    }

    /// Finds the place: what changes when this thread gives the GIL up, and changes back. In a
    /// thread state it is looked for only in an interpreter of ours, where those last.
    ///
    /// # Safety
    /// The interpreter runs and the GIL is held.
    pub(super) unsafe fn probe_attached(&mut self, ours: bool) {
        if self.version < KNOWN.0 || self.version >= KNOWN.1 {
            return;
        }
        // SAFETY: the interpreter runs and the GIL is held.
        self.attached = unsafe {
            match self.version < EACH {
                true => self.find_word(),
                false if ours => self.find_bit(),
                false => None,
            }
        }
        .unwrap_or(ThreadStateLocation::Unknown);
    }

    /// The one word that is the thread's state while it is attached and NULL while nobody is.
    unsafe fn find_word(&self) -> Option<ThreadStateLocation> {
        if self.runtime.is_null() {
            return None;
        }
        // SAFETY: so many words are there; the GIL is given up only for a moment.
        unsafe {
            let words = std::slice::from_raw_parts(self.runtime, WORDS);
            let is = |state: *mut PyThreadState| {
                move |index: &usize| words[*index].load(Ordering::Relaxed) == state
            };
            let state = (self.current_thread)();
            let mut places: Vec<usize> = (0..WORDS).filter(is(state)).collect();
            (self.PyEval_SaveThread)();
            places.retain(is(std::ptr::null_mut()));
            (self.PyEval_RestoreThread)(state);
            places.retain(is(state));
            match *places {
                [place] => Some(ThreadStateLocation::Word(self.runtime.add(place))),
                _ => None,
            }
        }
    }

    /// The bit `active` of `_status`, which says what its name says in every version that has it:
    /// the first half word in which bits, and nothing else, go while the thread is not attached.
    unsafe fn find_bit(&self) -> Option<ThreadStateLocation> {
        const ACTIVE: u32 = 1 << 4;
        // SAFETY: a thread state has so many half words; the GIL is given up only for a moment.
        unsafe {
            let state = (self.current_thread)();
            let halves = std::slice::from_raw_parts(state.cast::<AtomicU32>(), HALVES);
            let read = || halves.iter().map(|half| half.load(Ordering::Relaxed)).collect();
            let attached: Vec<u32> = read();
            (self.PyEval_SaveThread)();
            let detached: Vec<u32> = read();
            (self.PyEval_RestoreThread)(state);
            let again: Vec<u32> = read();
            let index = (0..HALVES).find(|index| attached[*index] != detached[*index])?;
            let found = attached[index] & !detached[index] & ACTIVE != 0
                && attached[index] == again[index]
                && attached[index] < 1 << 8;
            found.then_some(ThreadStateLocation::Bit(index, ACTIVE))
        }
    }
}
