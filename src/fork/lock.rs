//! Locks, and places that are filled once: no fork finds a thread in the middle of one.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{
    LockResult, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, RwLockReadGuard,
    RwLockWriteGuard, TryLockError, TryLockResult,
};

use super::{SectionGuard, WaitingInside, section};

/// What is there at once, or what is waited for.
#[inline]
fn taken<G>(now: TryLockResult<G>, wait: impl FnOnce() -> LockResult<G>) -> LockResult<G> {
    match now {
        Ok(guard) => Ok(guard),
        Err(TryLockError::Poisoned(poisoned)) => Err(poisoned),
        Err(TryLockError::WouldBlock) => {
            let _waiting = WaitingInside::begin();
            wait()
        }
    }
}

/// A mutex that is held in a [`section`]: for moments, and without running code of others.
#[derive(Default)]
pub struct Lock<T>(Mutex<T>);

impl<T> Lock<T> {
    /// One that is free.
    pub const fn new(value: T) -> Lock<T> {
        Lock(Mutex::new(value))
    }

    /// Takes it. What a thread that panicked has left is taken as it is.
    pub fn lock(&self) -> LockGuard<'_, T> {
        Guard::take(|| self.taken().unwrap_or_else(PoisonError::into_inner))
    }

    #[inline]
    fn taken(&self) -> LockResult<MutexGuard<'_, T>> {
        taken(self.0.try_lock(), || self.0.lock())
    }

    /// Takes it; what a thread that panicked has left is repaired first.
    pub fn lock_repaired(&self, repair: impl FnOnce(&mut T)) -> LockGuard<'_, T> {
        Guard::take(|| {
            self.taken().unwrap_or_else(|poisoned| {
                let mut guard = poisoned.into_inner();
                repair(&mut guard);
                guard
            })
        })
    }

    /// What it protected.
    pub fn into_inner(self) -> T {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same for many readers or one writer.
#[derive(Default)]
pub struct SharedLock<T>(RwLock<T>);

impl<T> SharedLock<T> {
    /// One that is free.
    pub const fn new(value: T) -> SharedLock<T> {
        SharedLock(RwLock::new(value))
    }

    /// Takes it together with other readers.
    pub fn read(&self) -> ReadGuard<'_, T> {
        let read = || taken(self.0.try_read(), || self.0.read());
        Guard::take(|| read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes it alone.
    pub fn write(&self) -> WriteGuard<'_, T> {
        let write = || taken(self.0.try_write(), || self.0.write());
        Guard::take(|| write().unwrap_or_else(PoisonError::into_inner))
    }

    /// What it protects, if nobody else can have it.
    pub fn get_mut(&mut self) -> &mut T {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A lock that is held, in a section that ends after it.
pub struct Guard<G> {
    guard: G,
    _inside: SectionGuard,
}

/// A [`Lock`] that is held.
pub type LockGuard<'a, T> = Guard<MutexGuard<'a, T>>;

/// A [`SharedLock`] that is held for reading.
pub type ReadGuard<'a, T> = Guard<RwLockReadGuard<'a, T>>;

/// A [`SharedLock`] that is held for writing.
pub type WriteGuard<'a, T> = Guard<RwLockWriteGuard<'a, T>>;

impl<G> Guard<G> {
    #[inline]
    fn take(take: impl FnOnce() -> G) -> Guard<G> {
        let inside = SectionGuard::enter();
        Guard { guard: take(), _inside: inside }
    }
}

impl<G: Deref> Deref for Guard<G> {
    type Target = G::Target;

    #[inline]
    fn deref(&self) -> &G::Target {
        &self.guard
    }
}

impl<G: DerefMut> DerefMut for Guard<G> {
    #[inline]
    fn deref_mut(&mut self) -> &mut G::Target {
        &mut self.guard
    }
}

/// A place that is filled once.
pub struct Once<T>(OnceLock<T>);

impl<T> Once<T> {
    /// An empty one.
    pub const fn new() -> Once<T> {
        Once(OnceLock::new())
    }

    /// What is there.
    #[inline(always)]
    pub fn get(&self) -> Option<&T> {
        self.0.get()
    }

    /// What is there, made in a section the first time: nobody forks while it is made, and
    /// another thread that needs it waits.
    #[inline]
    pub fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        self.get().unwrap_or_else(|| {
            section(|| {
                // Until it turns out who makes it.
                let waiting = WaitingInside::begin();
                self.0.get_or_init(|| {
                    drop(waiting);
                    make()
                })
            })
        })
    }

    /// What is there: `value`, unless another was there already. For what takes long to make, and
    /// for what runs code of others when it is made or dropped.
    pub fn get_or_set(&self, value: T) -> &T {
        let _refused = self.set(value);
        match self.get() {
            Some(value) => value,
            None => unreachable!("it is set"),
        }
    }

    /// The same of what is made if nothing is there, unless that fails.
    #[inline]
    pub fn get_or_make<E>(&self, make: impl FnOnce() -> Result<T, E>) -> Result<&T, E> {
        match self.get() {
            Some(value) => Ok(value),
            None => make().map(|value| self.get_or_set(value)),
        }
    }

    /// Fills it; gives `value` back if it is filled already.
    pub fn set(&self, value: T) -> Result<(), T> {
        let mut value = Some(value);
        self.get_or_init(|| value.take().unwrap_or_else(|| unreachable!("it is made once")));
        value.map_or(Ok(()), Err)
    }

    /// Empties it, which nobody else can have.
    pub fn take(&mut self) -> Option<T> {
        self.0.take()
    }
}

impl<T> Default for Once<T> {
    fn default() -> Once<T> {
        Once::new()
    }
}

impl<T: fmt::Debug> fmt::Debug for Once<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
