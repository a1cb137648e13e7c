//! Which thread is attached, asked without a call.

use std::sync::atomic::Ordering;

use super::{Api, PyThreadState};
use crate::python::version::Version;

/// The versions that have one place for it: later ones have one for each thread.
const ONE_PLACE: (Version, Version) = (Version::new(3, 9), Version::new(3, 12));

/// Words at the start of the interpreter's state that are looked through; it has more.
const WORDS: usize = 82;

impl Api {
    /// The thread state that is attached, NULL if none is. Needs no GIL.
    #[inline(always)]
    pub fn current(&self) -> *mut PyThreadState {
        // SAFETY: the place is there as long as the interpreter.
        unsafe {
            match self.current.as_ref() {
                Some(place) => place.load(Ordering::Relaxed),
                None => (self.current_thread)(),
            }
        }
    }

    /// Finds the place: the one word that is the thread's state while it is attached and NULL
    /// while nobody is.
    ///
    /// # Safety
    /// The interpreter runs and the GIL is held.
    pub(super) unsafe fn probe_current(&mut self) {
        if self.runtime.is_null() || self.version < ONE_PLACE.0 || self.version >= ONE_PLACE.1 {
            return;
        }
        // SAFETY: so many words are there; the GIL is given up only for a moment.
        unsafe {
            let words = std::slice::from_raw_parts(self.runtime, WORDS);
            let is = |state: *mut PyThreadState| {
                move |index: &usize| words[*index].load(Ordering::Relaxed) == state
            };
            let attached = (self.current_thread)();
            let mut places: Vec<usize> = (0..WORDS).filter(is(attached)).collect();
            let state = (self.PyEval_SaveThread)();
            places.retain(is(std::ptr::null_mut()));
            (self.PyEval_RestoreThread)(state);
            places.retain(is(attached));
            if let [place] = *places {
                self.current = self.runtime.add(place);
            }
        }
    }
}
