//! [`Few`]: what a thread has at hand of what it would else share with all.

use std::cell::Cell;
use std::mem::MaybeUninit;

/// At most so many things of a thread, the latest last.
pub(super) struct Few<T, const MOST: usize> {
    count: Cell<usize>,
    /// The first of them are there.
    places: [Cell<MaybeUninit<T>>; MOST],
}

impl<T: Copy, const MOST: usize> Few<T, MOST> {
    pub(super) const fn new() -> Few<T, MOST> {
        let places = [const { Cell::new(MaybeUninit::uninit()) }; MOST];
        Few { count: Cell::new(0), places }
    }

    /// How many more there is room for.
    pub(super) fn room(&self) -> usize {
        MOST - self.count.get()
    }

    /// Adds a thing, if there is room.
    #[inline(always)]
    pub(super) fn put(&self, thing: T) -> bool {
        let count = self.count.get();
        let Some(place) = self.places.get(count) else { return false };
        place.set(MaybeUninit::new(thing));
        self.count.set(count + 1);
        true
    }

    /// Takes the latest.
    #[inline(always)]
    pub(super) fn take(&self) -> Option<T> {
        self.take_at(self.count.get().checked_sub(1)?)
    }

    /// Takes the latest that suits, whose place the last one gets.
    #[inline(always)]
    pub(super) fn take_if(&self, suits: impl Fn(T) -> bool) -> Option<T> {
        let places = self.places.get(..self.count.get())?;
        // SAFETY: so many are there.
        let suits = |place: &Cell<MaybeUninit<T>>| suits(unsafe { place.get().assume_init() });
        self.take_at(places.iter().rposition(suits)?)
    }

    /// Takes the oldest; those behind it move up.
    pub(super) fn take_first(&self) -> Option<T> {
        let first = self.places.first()?.get();
        self.count.set(self.count.get().checked_sub(1)?);
        for (place, next) in self.places.iter().zip(&self.places[1..]) {
            place.set(next.get());
        }
        // SAFETY: there was one.
        Some(unsafe { first.assume_init() })
    }

    /// Takes all of them at once.
    pub(super) fn take_all(&self) -> impl ExactSizeIterator<Item = T> + use<T, MOST> {
        let things = self.places.each_ref().map(Cell::get);
        let things = things.into_iter().take(self.count.replace(0));
        // SAFETY: so many are there.
        things.map(|thing| unsafe { thing.assume_init() })
    }

    #[inline(always)]
    fn take_at(&self, index: usize) -> Option<T> {
        let last = self.places.get(self.count.get().checked_sub(1)?)?;
        self.count.update(|count| count - 1);
        // SAFETY: the caller has found one there.
        Some(unsafe { self.places.get(index)?.replace(last.get()).assume_init() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_comes_first_unless_another_is_asked_for() {
        let few = Few::<u32, 4>::new();
        assert!(few.take().is_none() && few.take_first().is_none());
        assert!((0..4).all(|thing| few.put(thing)) && few.room() == 0 && !few.put(4));
        assert_eq!(few.take_if(|thing| thing < 2), Some(1));
        assert_eq!(few.take_if(|thing| thing == 7), None);
        // The last one has its place.
        assert_eq!((few.take(), few.take_first(), few.room()), (Some(2), Some(0), 3));
        assert!(few.put(5));
        assert_eq!(few.take_all().collect::<Vec<_>>(), [3, 5]);
        assert!(few.take().is_none() && few.room() == 4);
    }
}
