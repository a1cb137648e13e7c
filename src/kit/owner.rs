//! [`Owner`]: a thread of ours that a running system was started on, and whose own it is from then
//! on: what is asked of it there runs on that thread.
//!
//! It gets no signals, which stay the host's, and runs nothing but what it is asked to.

use std::process;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use crate::error::{Error, Result, Status};
use crate::fork::Lock;
use crate::process::without_signals;

type Job = Box<dyn FnOnce() + Send>;

/// A thread that may be started, once.
pub struct Owner(Lock<Option<Serving>>);

/// The thread, which is in the process that it was started in: a child has none.
///
/// Its queue is only used while no thread forks, and in a child not at all: whatever state the fork
/// has left it in, nobody looks at it there.
struct Serving {
    process: u32,
    give: Sender<Job>,
}

/// As much as the first thread of a program has.
const STACK: usize = 8 << 20;

impl Owner {
    /// There is none yet.
    pub const fn new() -> Owner {
        Owner(Lock::new(None))
    }

    /// Runs `begin` on a thread of that name, which serves from then on if that succeeds.
    pub fn start<T: Send + 'static>(
        &'static self,
        name: &str,
        begin: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let ((tell, told), (give, given)) = (channel(), channel::<Job>());
        let serve = move || {
            let begun = begin();
            let serves = begun.is_ok();
            if serves {
                *self.0.lock() = Some(Serving { process: process::id(), give });
            }
            let _ = tell.send(begun);
            if serves {
                given.into_iter().for_each(|job| job());
            }
        };
        let failed = |reason: String| {
            Error::new(Status::OutOfMemory, format!("no thread could be made for it: {reason}"))
        };
        let thread = thread::Builder::new().name(name.to_owned()).stack_size(STACK);
        without_signals(|| thread.spawn(serve)).map_err(|error| failed(error.to_string()))?;
        told.recv().unwrap_or_else(|_| Err(failed("it ended".to_owned())))
    }

    /// Whether there is one in this process.
    pub fn exists(&self) -> bool {
        self.0.lock().as_ref().is_some_and(Serving::is_here)
    }

    /// Has it do something, some time; false if there is no such thread in this process.
    pub fn post(&self, job: impl FnOnce() + Send + 'static) -> bool {
        let serving = self.0.lock();
        let here = serving.as_ref().filter(|serving| serving.is_here());
        here.is_some_and(|serving| serving.give.send(Box::new(job)).is_ok())
    }
}

impl Serving {
    fn is_here(&self) -> bool {
        self.process == process::id()
    }
}

impl Default for Owner {
    fn default() -> Owner {
        Owner::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_serves_one_after_the_other_on_the_thread_that_began() {
        static OWNER: Owner = Owner::new();
        assert!(!OWNER.exists() && !OWNER.post(|| ()));
        let refused = || Err::<(), _>(Error::new(Status::LoadFailed, "not today"));
        assert_eq!(OWNER.start("kit", refused).unwrap_err().message(), "not today");
        assert!(!OWNER.exists());
        let thread = OWNER.start("kit", || Ok(thread::current().id())).unwrap();
        let (tell, told) = channel();
        for number in 0..3 {
            let tell = tell.clone();
            assert!(OWNER.post(move || tell.send((number, thread::current().id())).unwrap()));
        }
        drop(tell);
        assert_eq!(told.iter().collect::<Vec<_>>(), [0, 1, 2].map(|number| (number, thread)));
    }

    #[cfg(all(unix, not(miri)))]
    #[test]
    fn a_child_has_none() {
        static OWNER: Owner = Owner::new();
        OWNER.start("kit", || Ok(())).unwrap();
        // SAFETY: the child looks at it, and ends by `_exit`.
        unsafe {
            let child = libc::fork();
            if child == 0 {
                libc::alarm(20);
                libc::_exit(libc::c_int::from(OWNER.exists() || OWNER.post(|| ())));
            }
            let mut status = -1;
            assert_eq!(libc::waitpid(child, &raw mut status, 0), child);
            assert_eq!(status, 0);
        }
        assert!(OWNER.exists() && OWNER.post(|| ()));
    }
}
