//! [`Owner`]: a thread of ours that a running system was started on, and whose own it is from then
//! on: what is asked of it there runs on that thread.
//!
//! It gets no signals, which stay the host's, and runs nothing but what it is asked to. Whatever that
//! throws is an error for who asked, and no end of the thread.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::mpsc::channel;
use std::thread::{self, Thread};
use std::{fmt, mem, process};

use crate::call::errors::{failure, unwind};
use crate::call::guarded;
use crate::error::{Error, Result, Status};
use crate::fork::Lock;
use crate::process::without_signals;
use crate::thread::number;

/// A thread that may be started, once.
#[derive(Default)]
pub struct Owner(Lock<Option<Serving>>);

/// The thread, which is in the process that it was started in: a child has none.
struct Serving {
    process: u32,
    number: NonZeroUsize,
    thread: Thread,
    jobs: VecDeque<OwnerJob>,
    /// In how many calls of others it is, one inside the other.
    away: usize,
}

struct OwnerJob {
    run: Box<dyn FnOnce() + Send>,
    /// Whether somebody waits for it.
    is_awaited: bool,
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
        let (tell, told) = channel();
        let serve = move || {
            let begun = contained(begin).flatten();
            let serves = begun.is_ok();
            if serves {
                let (process, number, thread) = (process::id(), number(), thread::current());
                let jobs = VecDeque::new();
                *self.0.lock() = Some(Serving { process, number, thread, jobs, away: 0 });
            }
            let _ = tell.send(begun);
            if serves {
                self.serve();
            }
        };
        let failed = |reason: String| {
            Error::new(Status::OutOfMemory, format!("no thread could be made for it: {reason}"))
        };
        let thread = thread::Builder::new().name(name.to_owned()).stack_size(STACK);
        without_signals(|| thread.spawn(serve)).map_err(|error| failed(error.to_string()))?;
        told.recv().unwrap_or_else(|_| Err(failed("it ended".to_owned())))
    }

    /// Ends in a child that it forked itself, when what it was asked to do is done.
    fn serve(&self) {
        while let Some(next) = self.with(|serving| serving.jobs.pop_front()) {
            match next {
                Some(job) => (job.run)(),
                None => thread::park(),
            }
        }
    }

    /// Looks at the thread, if there is one in this process.
    fn with<R>(&self, look: impl FnOnce(&mut Serving) -> R) -> Option<R> {
        let mut serving = self.0.lock();
        let here = serving.as_mut().filter(|serving| serving.process == process::id());
        here.map(look)
    }

    /// Whether there is one in this process.
    pub fn exists(&self) -> bool {
        self.with(|_| ()).is_some()
    }

    /// Whether it is the thread that asks.
    pub fn is_current(&self) -> bool {
        let current = number();
        self.with(|serving| serving.number == current) == Some(true)
    }

    /// Has it do something, some time; false if there is no such thread in this process.
    pub fn post(&self, job: impl FnOnce() + Send + 'static) -> bool {
        let run = || contained(job).unwrap_or_else(|failure| failure::report_uncaught(&failure));
        let job = OwnerJob { run: Box::new(run), is_awaited: false };
        self.with(|serving| serving.add(job)).is_some()
    }

    /// Has it do something, and waits for that. The thread itself does it at once.
    ///
    /// # Errors
    /// There is no such thread in this process; or it is [`away`](Owner::away), where it may wait for
    /// this one: a wait that need not end is none; or what the job threw.
    pub fn run<R: Send>(&self, job: impl FnOnce() -> R + Send) -> Result<R> {
        if self.is_current() {
            return Ok(job());
        }
        let (tell, told) = channel();
        let run: Box<dyn FnOnce() + Send> = Box::new(move || _ = tell.send(contained(job)));
        // SAFETY: the job is run or dropped before this returns: either is what it waits for.
        let run = unsafe {
            mem::transmute::<Box<dyn FnOnce() + Send + '_>, Box<dyn FnOnce() + Send + 'static>>(run)
        };
        let job = OwnerJob { run, is_awaited: true };
        // What is refused is dropped after the lock is given up.
        let refused = self.with(|serving| match serving.away {
            0 => {
                serving.add(job);
                None
            }
            _ => Some(job),
        });
        match refused {
            Some(None) => told.recv().unwrap_or_else(|_| Err(is_away())),
            Some(Some(_)) => Err(is_away()),
            None => Err(Error::unsupported(
                "the thread that this runtime belongs to is not in this process, which was forked \
                 from the one that started it; start a new program",
            )),
        }
    }

    /// Runs code of others that its thread calls, which may wait for any other thread: who waits for
    /// this one fails instead, at once.
    pub fn away<R>(&self, code: impl FnOnce() -> R) -> R {
        struct Back<'a>(&'a Owner);
        impl Drop for Back<'_> {
            fn drop(&mut self) {
                self.0.with(|serving| serving.away -= 1);
            }
        }
        let awaited = self.with(|serving| {
            serving.away += 1;
            let (awaited, posted) = mem::take(&mut serving.jobs)
                .into_iter()
                .partition::<VecDeque<_>, _>(|job| job.is_awaited);
            serving.jobs = posted;
            awaited
        });
        drop(awaited);
        let _back = Back(self);
        code()
    }
}

impl Serving {
    fn add(&mut self, job: OwnerJob) {
        self.jobs.push_back(job);
        self.thread.unpark();
    }
}

/// Does something that may throw what must not end the thread, or meet its end.
fn contained<R>(job: impl FnOnce() -> R) -> Result<R> {
    // SAFETY: what is dropped is the job, as where it fails.
    guarded(|| unsafe { unwind::catching(job) })
}

#[cold]
fn is_away() -> Error {
    Error::unsupported(
        "the thread that this runtime belongs to is in a call of other code, which may wait for this \
         one; call from that thread, or when it has returned",
    )
}

impl fmt::Debug for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Owner")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_serves_one_after_the_other_on_the_thread_that_began() {
        static OWNER: Owner = Owner::new();
        assert!(!OWNER.exists() && !OWNER.post(|| ()));
        let refused = || Err::<(), _>(Error::load_failed("not today"));
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

    #[test]
    fn who_asks_waits_for_the_answer_but_not_for_a_thread_that_may_wait_for_him() {
        static OWNER: Owner = Owner::new();
        let owner = OWNER.start("kit", || Ok(thread::current().id())).unwrap();
        let text = String::from("borrowed");
        let answer = OWNER.run(|| (thread::current().id(), OWNER.run(|| text.len()).unwrap()));
        assert_eq!(answer.unwrap(), (owner, 8));
        let ((begin, begun), (end, ended)) = (channel(), channel());
        let posted = OWNER.post(move || {
            // One has asked before it goes away, another one asks then.
            let waiter = thread::spawn(|| OWNER.run(|| ()).err().is_some());
            while OWNER.with(|serving| serving.jobs.len()) != Some(1) {
                thread::yield_now();
            }
            let refused = OWNER.away(|| {
                let late = thread::spawn(|| OWNER.run(|| ()).err().is_some());
                let own = OWNER.run(|| thread::current().id() == owner).unwrap();
                own && waiter.join().unwrap() && late.join().unwrap()
            });
            begin.send(refused).unwrap();
            ended.recv().unwrap();
        });
        assert!(posted && begun.recv().unwrap());
        end.send(()).unwrap();
        assert_eq!(OWNER.run(|| thread::current().id()).unwrap(), owner, "it serves again");
    }

    #[test]
    fn what_a_job_throws_is_an_error_and_no_end_of_the_thread() {
        static OWNER: Owner = Owner::new();
        let broken = OWNER.start::<()>("kit", || panic!("no beginning")).unwrap_err();
        assert!(broken.message().contains("no beginning") && !OWNER.exists(), "{broken}");
        let owner = OWNER.start("kit", || Ok(thread::current().id())).unwrap();
        let (tell, told) = channel::<()>();
        assert!(OWNER.post(move || {
            let _told_when_dropped = tell;
            panic!("posted");
        }));
        assert!(told.recv().is_err());
        let text = String::from("borrowed");
        let failed = OWNER.run::<()>(|| panic!("with {text}")).unwrap_err();
        assert_eq!(failed.status(), Status::Internal);
        assert!(failed.message().ends_with("with borrowed"), "{failed}");
        assert_eq!(OWNER.run(|| thread::current().id()).unwrap(), owner, "it serves still");
    }

    #[cfg(all(unix, not(miri)))]
    #[test]
    fn a_child_that_it_forks_has_none_and_ends_with_the_job() {
        static OWNER: Owner = Owner::new();
        OWNER.start("kit", || Ok(())).unwrap();
        let (tell, told) = channel();
        // SAFETY: the child looks at it, and goes on from there to the end of the thread.
        let forks = move || unsafe {
            let child = libc::fork();
            if child == 0 {
                libc::alarm(20);
                let run = OWNER.run(|| ()).is_ok();
                if run || OWNER.exists() || OWNER.post(|| ()) || !OWNER.away(|| true) {
                    libc::_exit(1);
                }
            } else {
                tell.send(child).unwrap();
            }
        };
        assert!(OWNER.post(forks));
        let mut status = -1;
        // SAFETY: room for the status.
        assert!(unsafe { libc::waitpid(told.recv().unwrap(), &raw mut status, 0) } > 0);
        assert_eq!(status, 0);
        assert!(OWNER.run(|| ()).is_ok(), "the parent's serves on");
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
                let any = OWNER.exists() || OWNER.post(|| ()) || OWNER.run(|| ()).is_ok();
                libc::_exit(libc::c_int::from(any));
            }
            let mut status = -1;
            assert_eq!(libc::waitpid(child, &raw mut status, 0), child);
            assert_eq!(status, 0);
        }
        assert!(OWNER.exists() && OWNER.post(|| ()));
    }
}
