//! [`Interned`]: what is made once for all who need one like it, and goes with the last of them.

use std::collections::BTreeMap;
use std::ptr;
use std::sync::{Arc, Weak};

use crate::fork::Lock;

/// Where things that are alike are found. Two threads that make one at once have one each.
pub(crate) struct Interned<T>(Lock<InternTable<T>>);

/// By a digest of what a thing is, and its address.
type InternTable<T> = BTreeMap<(u64, usize), Weak<T>>;

impl<T> Default for Interned<T> {
    fn default() -> Interned<T> {
        Interned::new()
    }
}

impl<T> Interned<T> {
    /// Nothing yet.
    pub const fn new() -> Interned<T> {
        Interned(Lock::new(BTreeMap::new()))
    }

    /// One of that digest for which `is` holds.
    pub fn find(&self, digest: u64, is: impl Fn(&T) -> bool) -> Option<Arc<T>> {
        // All others may let go of what is looked at meanwhile: it is dropped after the lock.
        let mut others = Vec::new();
        let known = self.0.lock();
        for thing in known.range((digest, 0)..=(digest, usize::MAX)).map(|(_, thing)| thing) {
            match thing.upgrade() {
                Some(thing) if is(&thing) => return Some(thing),
                other => others.push(other),
            }
        }
        None
    }

    /// From now on `thing` is found. Its drop must [`forget`](Interned::forget) it.
    pub fn add(&self, digest: u64, thing: T) -> Arc<T> {
        let thing = Arc::new(thing);
        self.0.lock().insert((digest, Arc::as_ptr(&thing).addr()), Arc::downgrade(&thing));
        thing
    }

    /// Called where a thing of that digest is dropped.
    pub fn forget(&self, digest: u64, thing: &T) {
        self.0.lock().remove(&(digest, ptr::from_ref(thing).addr()));
    }
}

/// A digest of words and texts, one after the other.
#[derive(Clone, Copy)]
pub(crate) struct Digest(u64);

impl Digest {
    /// That of nothing.
    pub const EMPTY: Digest = Digest(0);

    /// With a word more.
    #[inline(always)]
    pub fn word(self, word: u64) -> Digest {
        Digest((self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95))
    }

    /// With a text more; none is other than an empty one.
    pub fn text(self, text: Option<&[u8]>) -> Digest {
        let Some(text) = text else { return self.word(0) };
        let bytes = text.iter().fold(self, |digest, byte| digest.word(u64::from(*byte)));
        bytes.word(text.len() as u64 + 1)
    }

    /// As a number.
    pub fn number(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    struct Number(u64);

    static NUMBERS: Interned<Number> = Interned::new();

    impl Drop for Number {
        fn drop(&mut self) {
            NUMBERS.forget(self.0 % 3, self);
        }
    }

    fn number(number: u64) -> Arc<Number> {
        let found = NUMBERS.find(number % 3, |other| other.0 == number);
        found.unwrap_or_else(|| NUMBERS.add(number % 3, Number(number)))
    }

    #[test]
    fn what_is_alike_is_one_thing_until_nobody_has_it() {
        let (one, four) = (number(1), number(4));
        assert!(Arc::ptr_eq(&one, &number(1)) && Arc::ptr_eq(&four, &number(4)));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..2000).for_each(|of| assert_eq!(number(of % 7).0, of % 7)));
            }
        });
        drop(four);
        assert_eq!(NUMBERS.0.lock().len(), 1);
        drop(one);
        assert!(NUMBERS.0.lock().is_empty());
    }

    #[test]
    fn digests_tell_apart() {
        let digests = [
            Digest::EMPTY.text(None).text(Some(b"a")),
            Digest::EMPTY.text(Some(b"a")).text(None),
            Digest::EMPTY.text(Some(b"")).text(Some(b"a")),
            Digest::EMPTY.word(1).word(2),
            Digest::EMPTY.word(2).word(1),
        ];
        for (index, one) in digests.iter().enumerate() {
            assert!(digests[index + 1..].iter().all(|other| other.number() != one.number()));
        }
    }
}
