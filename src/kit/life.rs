//! [`Life`]: how far a running system has come. Whoever started it may end it at any time, and a
//! fork may lose it.
//!
//! No thread is made known to one that is going away, and nothing is asked of one that has gone.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::error::{Error, Result};

/// The life of a running system, of which there is one in a process.
pub struct Life {
    state: AtomicU8,
    /// How many threads are being made known to it.
    arriving: AtomicUsize,
    words: LateMessages,
}

/// What is said to who comes too late, and what to do instead.
pub struct LateMessages {
    /// It is going away.
    pub closing: &'static str,
    /// It has gone.
    pub ended: &'static str,
    /// It has stayed behind in the parent of this process.
    pub lost: &'static str,
}

/// It has begun to shut down.
const CLOSING: u8 = 1;
/// It has gone.
const ENDED: u8 = 2;
/// This process cannot use it.
const LOST: u8 = 4;

/// How often somebody who waits looks again.
const AGAIN: Duration = Duration::from_millis(1);

/// A thread that is being made known to a running system, which does not end meanwhile.
#[must_use = "it has arrived when this is dropped"]
pub struct Arrival<'a>(&'a Life);

impl Life {
    /// That of one that may run.
    pub const fn new(words: LateMessages) -> Life {
        Life { state: AtomicU8::new(0), arriving: AtomicUsize::new(0), words }
    }

    /// Fails if it cannot be used any more. Only a thread that it knows already may still use one
    /// that is closing.
    pub fn check(&self) -> Result<()> {
        let state = self.state.load(Ordering::Acquire);
        match state & (ENDED | LOST) {
            0 => Ok(()),
            LOST => Err(Error::unsupported(self.words.lost)),
            _ => Err(Error::unsupported(self.words.ended)),
        }
    }

    /// Fails if it has gone, in whatever process.
    pub fn check_ended(&self) -> Result<()> {
        match self.state.load(Ordering::Acquire) & ENDED {
            0 => Ok(()),
            _ => Err(Error::unsupported(self.words.ended)),
        }
    }

    /// Begins to make a thread known to it, unless it is going away; `is_closing` asks itself.
    pub fn arrive(&self, is_closing: impl FnOnce() -> bool) -> Result<Arrival<'_>> {
        self.arriving.fetch_add(1, Ordering::SeqCst);
        let arrival = Arrival(self);
        match self.state.load(Ordering::SeqCst) == 0 && !is_closing() {
            true => Ok(arrival),
            false => {
                Err(self.check().err().unwrap_or_else(|| Error::unsupported(self.words.closing)))
            }
        }
    }

    /// It begins to shut down: no thread arrives any more.
    pub fn close(&self) {
        self.state.fetch_or(CLOSING, Ordering::SeqCst);
    }

    /// Waits until those have arrived that had begun to before it was closed. It has to let them.
    pub fn wait_for_arrivals(&self) {
        while self.arriving.load(Ordering::SeqCst) != 0 {
            thread::sleep(AGAIN);
        }
    }

    /// Nothing is left of it.
    pub fn end(&self) {
        self.state.fetch_or(ENDED, Ordering::Release);
    }

    /// This process is the child of a fork: threads that were arriving have stayed behind.
    pub fn forked(&self, is_lost: bool) {
        self.arriving.store(0, Ordering::SeqCst);
        if is_lost {
            self.state.fetch_or(LOST, Ordering::Release);
        }
    }

    /// This process can use it after all.
    pub fn recover(&self) {
        self.state.fetch_and(!LOST, Ordering::Release);
    }
}

impl Drop for Arrival<'_> {
    fn drop(&mut self) {
        // None in the child of a process that a handler of a signal has forked meanwhile.
        let less = |count: usize| count.checked_sub(1);
        let _ = self.0.arriving.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;

    const fn life() -> Life {
        Life::new(LateMessages { closing: "is closing", ended: "has ended", lost: "is lost" })
    }

    fn message<T>(result: Result<T>) -> String {
        result.err().map_or_else(String::new, |error| error.message().to_owned())
    }

    #[test]
    fn nobody_arrives_at_what_goes_away_and_who_has_begun_is_waited_for() {
        static LIFE: Life = life();
        static ARRIVED: AtomicBool = AtomicBool::new(false);
        assert_eq!(message(LIFE.arrive(|| true)), "is closing", "it says so itself");
        let arrival = LIFE.arrive(|| false).unwrap();
        let arriving = thread::spawn(move || {
            while LIFE.arrive(|| false).is_ok() {
                thread::yield_now();
            }
            ARRIVED.store(true, Ordering::SeqCst);
            drop(arrival);
        });
        LIFE.close();
        LIFE.wait_for_arrivals();
        assert!(ARRIVED.load(Ordering::SeqCst));
        arriving.join().unwrap();
        assert!(LIFE.check().is_ok(), "threads that it knows may go on");
        assert_eq!(message(LIFE.arrive(|| false)), "is closing");
        LIFE.end();
        assert_eq!(message(LIFE.check()), "has ended");
        assert_eq!(message(LIFE.arrive(|| false)), "has ended");
    }

    #[test]
    fn a_child_is_not_waiting_for_threads_that_stayed_behind() {
        let life = life();
        let arrival = life.arrive(|| false).unwrap();
        life.forked(true);
        life.wait_for_arrivals();
        assert_eq!(message(life.check()), "is lost");
        assert!(life.check_ended().is_ok());
        life.recover();
        assert!(life.check().is_ok());
        drop(arrival);
        life.close();
        life.wait_for_arrivals();
    }
}
