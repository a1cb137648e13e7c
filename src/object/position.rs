//! [`Position`]: where an iterator is whose items are found by their position.

use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::ValuePlace;
use crate::abi::metaffi_value;
use crate::error::Result;
use crate::value::OwnedValue;

/// The position of the next item. Threads that share it get each item once, and none is lost to one
/// that fails: that one is passed over alone.
#[derive(Default)]
pub struct Position(AtomicUsize);

impl Position {
    /// The next items of a sequence of so many, as many as there is room for, and goes behind them.
    /// Each is written by `read`, which says false if there is none at that position any more, and may
    /// be asked again for what another thread was faster to take.
    ///
    /// What fails after others were read is read again the next time. After the end there is nothing more,
    /// also if the sequence grows.
    pub fn give(
        &self,
        length: usize,
        to: &mut [MaybeUninit<metaffi_value>],
        mut read: impl FnMut(usize, ValuePlace<'_>) -> Result<bool>,
    ) -> Result<usize> {
        loop {
            let start = self.0.load(Ordering::Relaxed);
            let room = to.len().min(length.saturating_sub(start));
            let (mut count, mut failure) = (0, None);
            while count < room {
                match read(start + count, &mut to[count]) {
                    Ok(true) => count += 1,
                    Ok(false) => break,
                    Err(error) => {
                        failure = Some(error);
                        break;
                    }
                }
            }
            let has_ended = failure.is_none() && count < to.len();
            let failure = failure.filter(|_| count == 0);
            let after = match has_ended {
                true => usize::MAX,
                false => start + count + usize::from(failure.is_some()),
            };
            let relaxed = Ordering::Relaxed;
            if self.0.compare_exchange(start, after, relaxed, relaxed).is_ok() {
                return failure.map_or(Ok(count), Err);
            }
            for taken in &to[..count] {
                // SAFETY: written by `read`, and given to nobody.
                drop(unsafe { OwnedValue::from_raw(taken.assume_init_read()) });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::thread;

    use super::*;
    use crate::error::{Error, Status};

    /// The numbers that are given, with -1 for each failure.
    fn given(
        position: &Position,
        room: usize,
        read: impl Fn(usize, ValuePlace<'_>) -> Result<bool>,
    ) -> Vec<i64> {
        let (mut all, mut to) = (Vec::new(), [const { MaybeUninit::uninit() }; 8]);
        loop {
            match position.give(100, &mut to[..room], &read) {
                Ok(0) => return all,
                // SAFETY: so many were written, and are numbers.
                Ok(count) => all.extend(
                    to[..count].iter().map(|value| unsafe { value.assume_init_ref().data.int64 }),
                ),
                Err(error) => {
                    assert_eq!(error.status(), Status::OutOfRange);
                    all.push(-1);
                }
            }
        }
    }

    fn number(index: usize, to: ValuePlace<'_>) -> Result<bool> {
        if index.is_multiple_of(10) {
            return Err(Error::new(Status::OutOfRange, "it ends with a nought"));
        }
        to.write((index as i64).into());
        Ok(index < 95)
    }

    #[test]
    fn what_fails_is_passed_over_alone() {
        let expected: Vec<_> =
            (0..95).map(|index| if index % 10 == 0 { -1 } else { index }).collect();
        for room in 1..=8 {
            assert_eq!(given(&Position::default(), room, number), expected);
        }
    }

    #[test]
    fn after_the_end_there_is_nothing_more() {
        let (position, mut to) = (Position::default(), [const { MaybeUninit::uninit() }; 4]);
        let all = |index: usize, to: ValuePlace<'_>| {
            to.write((index as i64).into());
            Ok(true)
        };
        assert_eq!(position.give(2, &mut [], all).unwrap(), 0);
        assert_eq!(position.give(2, &mut to[..2], all).unwrap(), 2);
        assert_eq!(position.give(5, &mut to, all).unwrap(), 3);
        assert_eq!(position.give(9, &mut to, all).unwrap(), 0);
        let gone = Position::default();
        assert_eq!(gone.give(9, &mut to, |_, _| Ok(false)).unwrap(), 0);
        assert_eq!(gone.give(9, &mut to, all).unwrap(), 0);
    }

    #[test]
    fn threads_get_each_once() {
        const ROUNDS: usize = if cfg!(miri) { 2 } else { 200 };
        for room in [1, 3, 8] {
            for _ in 0..ROUNDS {
                let (position, all) = (Position::default(), Mutex::new(Vec::new()));
                thread::scope(|scope| {
                    for _ in 0..4 {
                        scope.spawn(|| {
                            let mine = given(&position, room, number);
                            all.lock().unwrap().extend(mine);
                        });
                    }
                });
                let mut all = all.into_inner().unwrap();
                all.sort_unstable();
                let failures = all.iter().filter(|number| **number == -1).count();
                assert_eq!((failures, all.len()), (10, 95));
                all.dedup();
                assert_eq!(all.len(), 86);
            }
        }
    }
}
