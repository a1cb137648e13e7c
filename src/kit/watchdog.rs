//! [`watch`]: something that happens when a time has come, on a thread of ours, unless it is called
//! off before.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread::{self, Thread};
use std::time::Instant;

use crate::call::guarded;
use crate::error::{Error, Result, Status};
use crate::fork::Lock;
use crate::process::without_signals;

/// What is to happen, until it does or is called off.
pub struct Watch(AtomicU8);

/// It is still to happen.
const AHEAD: u8 = 0;
/// It happens, or has.
const BEGUN: u8 = 1;
const OFF: u8 = 2;

/// What happens: it [begins](Watch::begin) when nobody can call it off meanwhile.
type Bark = Box<dyn FnOnce(&Watch) + Send>;

/// The thread, which is in the process that it was started in, and what it waits for.
struct Watchdog {
    process: u32,
    thread: Thread,
    /// The soonest first; what has the same time, in the order in which it came.
    watches: BinaryHeap<Reverse<(Instant, u64)>>,
    barks: Vec<(u64, Arc<Watch>, Bark)>,
    count: u64,
}

static WATCHDOG: Lock<Option<Watchdog>> = Lock::new(None);

impl Watch {
    /// Calls it off; whether it has [begun](Watch::begin) before. Whoever calls it off and whoever
    /// does it have a lock of their own, if it must not go on then.
    pub fn call_off(&self) -> bool {
        self.0.swap(OFF, Ordering::SeqCst) == BEGUN
    }

    /// Begins, unless it is called off.
    pub fn begin(&self) -> bool {
        self.0.compare_exchange(AHEAD, BEGUN, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    fn is_off(&self) -> bool {
        self.0.load(Ordering::SeqCst) == OFF
    }
}

/// Has `bark` called at a time, unless the watch is called off before.
pub fn watch(at: Instant, bark: impl FnOnce(&Watch) + Send + 'static) -> Result<Arc<Watch>> {
    let watch = Arc::new(Watch(AtomicU8::new(AHEAD)));
    let mut dog = WATCHDOG.lock();
    let is_here = dog.as_ref().is_some_and(|dog| dog.process == process::id());
    if !is_here {
        // What was watched for in the parent of this process happens there.
        std::mem::forget(dog.take());
        *dog = Some(Watchdog::start()?);
    }
    if let Some(dog) = dog.as_mut() {
        dog.barks.retain(|(_, watch, _)| !watch.is_off());
        dog.count += 1;
        dog.watches.push(Reverse((at, dog.count)));
        dog.barks.push((dog.count, watch.clone(), Box::new(bark)));
        dog.thread.unpark();
    }
    Ok(watch)
}

impl Watchdog {
    fn start() -> Result<Watchdog> {
        let thread = thread::Builder::new().name("metaffi-deadlines".to_owned());
        let started = without_signals(|| thread.spawn(serve)).map_err(|error| {
            Error::new(Status::OutOfMemory, format!("no thread could be made for it: {error}"))
        })?;
        Ok(Watchdog {
            process: process::id(),
            thread: started.thread().clone(),
            watches: BinaryHeap::new(),
            barks: Vec::new(),
            count: 0,
        })
    }

    /// What is due, or how long nothing is.
    fn next(&mut self) -> Next {
        while let Some(Reverse((at, number))) = self.watches.peek().copied() {
            let left = at.saturating_duration_since(Instant::now());
            let place =
                self.barks.iter().position(|(of, watch, _)| *of == number && !watch.is_off());
            match place {
                Some(_) if !left.is_zero() => return Next::Wait(Some(left)),
                Some(place) => {
                    self.watches.pop();
                    let (_, watch, bark) = self.barks.swap_remove(place);
                    return Next::Bark(watch, bark);
                }
                None => _ = self.watches.pop(),
            }
        }
        Next::Wait(None)
    }
}

enum Next {
    Bark(Arc<Watch>, Bark),
    Wait(Option<std::time::Duration>),
}

fn serve() {
    loop {
        let next = WATCHDOG.lock().as_mut().map(Watchdog::next);
        match next {
            Some(Next::Bark(watch, bark)) => {
                let _ = guarded(|| {
                    bark(&watch);
                    Ok(())
                });
            }
            Some(Next::Wait(Some(left))) => thread::park_timeout(left),
            _ => thread::park(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_is_due_happens_in_its_order_and_what_is_called_off_does_not() {
        let (tell, told) = channel();
        let now = Instant::now();
        let at = |milliseconds, name: &'static str| {
            let tell = tell.clone();
            let bark = move |_: &Watch| tell.send(name).unwrap();
            watch(now + Duration::from_millis(milliseconds), bark).unwrap()
        };
        let far = at(600_000, "far");
        let _third = at(60, "third");
        let off = at(40, "off");
        let _second = at(30, "second");
        let _first = at(0, "first");
        assert!(!off.call_off() && !off.begin());
        assert_eq!([(); 3].map(|()| told.recv().unwrap()), ["first", "second", "third"]);
        assert!(far.begin() && !far.begin() && far.call_off());
        let _panics = watch(now, |_| panic!("not today")).unwrap();
        let _after = at(1, "after");
        assert_eq!(told.recv().unwrap(), "after", "it serves on");
    }

    #[cfg(all(unix, not(miri)))]
    #[test]
    fn a_child_has_one_of_its_own() {
        let (tell, told) = channel();
        let _here = watch(Instant::now(), move |_| tell.send(1).unwrap());
        assert_eq!(told.recv().unwrap(), 1);
        // SAFETY: the child waits for what it is told, and ends by `_exit`.
        unsafe {
            let child = libc::fork();
            if child == 0 {
                libc::alarm(20);
                // The other thread may have been in the middle of using the one before.
                let (tell, told) = channel();
                let watched = watch(Instant::now(), move |_| tell.send(2).unwrap()).is_ok();
                libc::_exit(libc::c_int::from(!watched || told.recv() != Ok(2)));
            }
            let mut status = -1;
            assert_eq!(libc::waitpid(child, &raw mut status, 0), child);
            assert_eq!(status, 0);
        }
    }
}
