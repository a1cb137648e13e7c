//! [`Shadows`]: what runtimes have of their own for a thing of metaffi's.

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// A runtime that has something of its own for names, callables and objects.
#[derive(Clone, Copy)]
pub enum Twin {
    /// Of a name a `str` of Python, interned; of others an object that stands for them.
    Python,
    /// What tests have beside it.
    #[cfg(test)]
    Other,
}

/// How many there are.
pub const TWINS: usize = if cfg!(test) { 2 } else { 1 };

/// What each runtime has for a thing; NULL where it has nothing.
pub struct Shadows([AtomicPtr<()>; TWINS]);

impl Default for Shadows {
    fn default() -> Shadows {
        Shadows([const { AtomicPtr::new(ptr::null_mut()) }; TWINS])
    }
}

impl Shadows {
    /// What a runtime has for it.
    #[inline(always)]
    pub fn get(&self, of: Twin) -> *mut () {
        self.0[of as usize].load(Ordering::Acquire)
    }

    /// Says what a runtime has for it from now on.
    pub fn set(&self, of: Twin, shadow: *mut ()) {
        self.0[of as usize].store(shadow, Ordering::Release);
    }

    /// The same unless it has something already: what it has then.
    pub fn set_first(&self, of: Twin, shadow: *mut ()) -> *mut () {
        let place = &self.0[of as usize];
        let (set, get) = (Ordering::AcqRel, Ordering::Acquire);
        match place.compare_exchange(ptr::null_mut(), shadow, set, get) {
            Ok(_) => shadow,
            Err(known) => known,
        }
    }

    /// How many of them have something.
    pub fn count(&self) -> usize {
        self.0.iter().filter(|shadow| !shadow.load(Ordering::Acquire).is_null()).count()
    }

    /// What all of them have, with the runtime's number.
    pub fn all(&mut self) -> impl Iterator<Item = (usize, *mut ())> {
        let all = self.0.iter_mut().map(|shadow| *shadow.get_mut()).enumerate();
        all.filter(|(_, shadow)| !shadow.is_null())
    }
}
