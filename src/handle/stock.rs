//! [`Stock`]: places that are never given back to the system, and that a thread takes from what all
//! share, and gives back to it, a few at a time.

use std::iter;
use std::marker::PhantomData;
use std::ptr;

use super::few::Few;
use super::pin;

/// How many at a time.
const COUNT: usize = 16;

/// What a thread has of the places of one kind.
pub struct Stock {
    ready: Few<*const (), COUNT>,
    ended: Few<*const (), COUNT>,
}

impl Stock {
    pub(super) const fn new() -> Stock {
        Stock { ready: Few::new(), ended: Few::new() }
    }
}

/// Places of type `T` of which each thread has a stock of its own: the one of that number, which no
/// others have.
pub struct Stocks<T: 'static>(usize, PhantomData<&'static T>);

/// How many there are.
pub(super) const STOCKS: usize = 2;

impl<T: Sync> Stocks<T> {
    /// Those of a number.
    ///
    /// # Safety
    /// No others have it.
    pub const unsafe fn of(number: usize) -> Stocks<T> {
        assert!(number < STOCKS);
        Stocks(number, PhantomData)
    }

    fn own(&self) -> Option<&'static Stock> {
        Some(&pin::own_now()?.stocks[self.0])
    }

    /// A place of this thread's stock.
    #[inline]
    pub fn take(&self) -> Option<&'static T> {
        let place = self.own()?.ready.take()?;
        // SAFETY: `fill` put a `T` there.
        Some(unsafe { &*place.cast::<T>() })
    }

    /// How many more it has room for.
    pub fn room(&self) -> usize {
        self.own().map_or(0, |own| own.ready.room())
    }

    /// Adds places for which there is [`room`](Stocks::room).
    pub fn fill(&self, places: impl Iterator<Item = &'static T>) {
        let Some(own) = self.own() else { return };
        for place in places {
            own.ready.put(ptr::from_ref(place).cast());
        }
    }

    /// Takes a place back, which `share` gives to all when there are a few.
    #[inline]
    pub fn give_back(
        &self,
        place: &'static T,
        share: impl FnOnce(&mut dyn Iterator<Item = &'static T>),
    ) {
        let own = self.own();
        if own.is_some_and(|own| own.ended.put(ptr::from_ref(place).cast())) {
            return;
        }
        let few = iter::from_fn(|| own?.ended.take());
        // SAFETY: they were put there by the line above.
        let few = few.map(|place| unsafe { &*place.cast::<T>() });
        share(&mut few.chain([place]));
    }
}
