//! [`Owner`]: the thread that a running system belongs to: what is asked of it is done there.
//!
//! A thread of ours, which a running system is started on, gets no signals, which stay the host's, and
//! runs nothing but what it is asked to. A thread of a host's does it where the host has it run its
//! [`Jobs`], for which it is woken. Whatever a job throws is an error for who asked, and no end of
//! the thread.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::{fmt, mem, process};

use super::jobs::{Job, Jobs, contained, wake};
use crate::error::{Error, Result, Status};
use crate::fork::Lock;
use crate::object::outside;
use crate::process::without_signals;
use crate::thread::number;

/// A thread that may be started, or adopted.
#[derive(Default)]
pub struct Owner {
    serving: Lock<Option<Serving>>,
    jobs: Jobs,
}

/// The thread, which is in the process that it was made known in: a child has none.
#[derive(Clone, Copy)]
struct Serving {
    process: u32,
    number: NonZeroUsize,
    /// In how many calls of others it is, one inside the other.
    away: usize,
}

/// What somebody waits for, who is told when the job is no more: what it borrows is his.
struct AskedJob<J, R> {
    job: J,
    tell: Sender<Result<R>>,
}

impl<R, J: FnOnce() -> R> AskedJob<J, R> {
    fn run(self) {
        let answer = contained(self.job);
        let _ = self.tell.send(answer);
    }
}

/// All that there ever was.
static OWNERS: Lock<Vec<&'static Owner>> = Lock::new(Vec::new());

/// As much as the first thread of a program has.
const STACK: usize = 8 << 20;

impl Owner {
    /// There is none yet.
    pub const fn new() -> Owner {
        Owner { serving: Lock::new(None), jobs: Jobs::new() }
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
                let this = thread::current();
                self.jobs.set_waker(Some(Arc::new(move || this.unpark())));
                self.begin();
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
        while self.exists() {
            if self.jobs.run(1) == 0 {
                thread::park();
            }
        }
    }

    /// Makes this thread the one, which is a host's: what is asked of it is done where that has it
    /// [run](Owner::run_jobs). Until [`release`](Owner::release), on this thread.
    pub fn adopt(&'static self) {
        self.begin();
    }

    fn begin(&'static self) {
        outside::install(away_from_this);
        let mut owners = OWNERS.lock();
        if !owners.iter().any(|owner| std::ptr::eq(*owner, self)) {
            owners.push(self);
        }
        drop(owners);
        let (process, number) = (process::id(), number());
        *self.serving.lock() = Some(Serving { process, number, away: 0 });
    }

    /// The thread is the one no longer: what it was only to do is done, and who waits for it fails.
    pub fn release(&self) {
        self.serving.lock().take();
        drop(self.jobs.take_awaited());
        self.jobs.run(usize::MAX);
    }

    /// Looks at the thread, if there is one in this process.
    fn with<R>(&self, look: impl FnOnce(&mut Serving) -> R) -> Option<R> {
        let mut serving = self.serving.lock();
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
        let mut job = Some(Job::posted(job));
        // One that is added is done, also if the thread goes away: it does what there is first.
        let added = self.with(|_| job.take().map(|job| self.jobs.add(job)));
        let exists = added.is_some();
        wake(added.flatten().flatten());
        exists
    }

    /// What it is to do.
    pub const fn jobs(&self) -> &Jobs {
        &self.jobs
    }

    /// Does at most so much of what it is to do, on that thread; how much that was.
    pub fn run_jobs(&self, most: usize) -> Result<usize> {
        match self.is_current() {
            true => Ok(self.jobs.run(most)),
            false => Err(Error::invalid(
                "what this runtime has to do is done on the thread that it belongs to; this is \
                 another thread",
            )),
        }
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
        // Who waits is away himself, and has no lock that the other may wait for.
        let (mut job, mut answer) = (Some(job), None);
        outside::run(&mut || answer = job.take().map(|job| self.ask(job)));
        answer.unwrap_or_else(|| Err(is_gone()))
    }

    fn ask<R: Send>(&self, job: impl FnOnce() -> R + Send) -> Result<R> {
        let (tell, told) = channel();
        let asked = AskedJob { job, tell };
        let run: Box<dyn FnOnce() + Send> = Box::new(move || asked.run());
        // SAFETY: the job is run or dropped before this returns: either is what it waits for.
        let run = unsafe {
            mem::transmute::<Box<dyn FnOnce() + Send + '_>, Box<dyn FnOnce() + Send + 'static>>(run)
        };
        let mut job = Some(Job { run, is_awaited: true });
        // What is refused is dropped, and who is to be woken is, when the lock is given up.
        let added = self.with(|serving| match serving.away {
            0 => job.take().map(|job| self.jobs.add(job)),
            _ => None,
        });
        match added {
            Some(Some(waker)) => wake(waker),
            Some(None) => return Err(is_away()),
            None => return Err(is_gone()),
        }
        let refused = || if self.exists() { is_away() } else { is_gone() };
        told.recv().unwrap_or_else(|_| Err(refused()))
    }

    /// Runs code of others that its thread calls, which may wait for any other thread: who waits for
    /// this one fails instead, at once.
    pub fn away<R>(&self, code: impl FnOnce() -> R) -> R {
        struct Back<'a>(&'a Owner);
        impl Drop for Back<'_> {
            fn drop(&mut self) {
                self.0.with(|serving| serving.away = serving.away.saturating_sub(1));
            }
        }
        self.with(|serving| serving.away += 1);
        drop(self.jobs.take_awaited());
        let _back = Back(self);
        code()
    }
}

/// Runs something that may wait for any other thread, which is away meanwhile if it is an owner.
fn away_from_this(body: &mut dyn FnMut()) {
    fn away(owners: &[&'static Owner], body: &mut dyn FnMut()) {
        match owners.split_first() {
            Some((owner, others)) => owner.away(|| away(others, body)),
            None => body(),
        }
    }
    let mut owners = OWNERS.lock().clone();
    owners.retain(|owner| owner.is_current());
    away(&owners, body);
}

#[cold]
fn is_away() -> Error {
    Error::unsupported(
        "the thread that this runtime belongs to is in a call of other code, or in a wait, which may \
         be for this one; call from that thread, or when it has returned",
    )
}

#[cold]
fn is_gone() -> Error {
    Error::unsupported(
        "the thread that this runtime belongs to is not in this process: it has ended, or this \
         process was forked from the one that has it; start a new program",
    )
}

impl fmt::Debug for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Owner")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering::SeqCst;
    use std::sync::atomic::{AtomicBool, AtomicUsize};
    use std::time::Duration;

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
            while OWNER.jobs.count() == 0 {
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

    #[test]
    fn a_hosts_thread_does_it_where_it_is_run_and_refuses_it_while_it_waits() {
        static OWNER: Owner = Owner::new();
        static OTHER: Owner = Owner::new();
        let (tell, woken) = channel();
        OWNER.jobs().set_waker(Some(Arc::new(move || tell.send(()).unwrap())));
        OWNER.adopt();
        let this = thread::current().id();
        let asked = thread::spawn(|| OWNER.run(|| thread::current().id()));
        woken.recv().unwrap();
        let elsewhere = thread::spawn(|| OWNER.run_jobs(1).unwrap_err().message().to_owned());
        assert!(elsewhere.join().unwrap().contains("another thread"));
        assert_eq!(OWNER.run_jobs(usize::MAX).unwrap(), 1);
        assert_eq!(asked.join().unwrap().unwrap(), this);
        assert!(woken.try_recv().is_err(), "once");
        // What it waits for asks it: it would never answer.
        OTHER.start("kit", || Ok(())).unwrap();
        let refused = OTHER.run(|| OWNER.run(|| ()).unwrap_err().status()).unwrap();
        assert_eq!(refused, Status::Unsupported);
        let mut refused = None;
        outside::run(&mut || refused = thread::spawn(|| OWNER.run(|| ()).err()).join().unwrap());
        assert!(refused.unwrap().message().contains("in a wait"));
        // One has asked, another has only posted, when it ends.
        let (done, is_done) = channel();
        assert!(OWNER.post(move || done.send(thread::current().id()).unwrap()));
        woken.recv().unwrap();
        let asked = thread::spawn(|| OWNER.run(|| ()));
        while OWNER.jobs.count() != 2 {
            thread::yield_now();
        }
        OWNER.release();
        assert!(asked.join().unwrap().unwrap_err().message().contains("has ended"));
        assert_eq!(is_done.recv().unwrap(), this);
        assert!(!OWNER.exists() && OWNER.run_jobs(1).is_err());
    }

    #[test]
    fn what_is_posted_is_done_also_while_the_thread_is_given_up() {
        static OWNER: Owner = Owner::new();
        static DONE: AtomicUsize = AtomicUsize::new(0);
        let mut posted = 0;
        for _ in 0..if cfg!(miri) { 2 } else { 100 } {
            OWNER.adopt();
            let post =
                || (0..).take_while(|_| OWNER.post(|| _ = DONE.fetch_add(1, SeqCst))).count();
            let posting = thread::spawn(post);
            while OWNER.jobs.count() == 0 {
                thread::yield_now();
            }
            OWNER.release();
            posted += posting.join().unwrap();
            assert_eq!((DONE.load(SeqCst), OWNER.jobs.count()), (posted, 0));
        }
    }

    #[test]
    fn who_asked_goes_on_when_what_he_lent_is_no_longer_used() {
        static OWNER: Owner = Owner::new();
        struct Slow<'a>(&'a AtomicBool);
        impl Drop for Slow<'_> {
            fn drop(&mut self) {
                thread::sleep(Duration::from_millis(20));
                self.0.store(true, SeqCst);
            }
        }
        OWNER.adopt();
        let asking = thread::spawn(|| {
            let is_dropped = AtomicBool::new(false);
            let slow = Slow(&is_dropped);
            let refused = OWNER.run(move || drop(slow)).is_err();
            (refused, is_dropped.load(SeqCst))
        });
        while OWNER.jobs.count() == 0 {
            thread::yield_now();
        }
        OWNER.release();
        assert_eq!(asking.join().unwrap(), (true, true));
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
