//! [`Jobs`]: what is to be done on a thread that does it where that suits it, as in a loop of its own,
//! and is woken for it.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering, fence};

use crate::call::errors::{failure, unwind};
use crate::call::guarded;
use crate::error::Result;
use crate::fork::{self, Lock};

/// What is to be done, in the order in which it came. A child of a fork has none of it, and nobody
/// who is woken: that has stayed behind.
pub struct Jobs {
    state: Lock<JobsState>,
    /// Whether anybody is to be woken.
    has_waker: AtomicBool,
    /// Whether there is something to be done beside them.
    is_more: fn() -> bool,
}

struct JobsState {
    /// How many forks ago the library was loaded.
    forks: usize,
    waiting: VecDeque<Job>,
    waker: Option<Waker>,
}

/// Something to be done.
pub(super) struct Job {
    pub(super) run: Box<dyn FnOnce() + Send>,
    /// Whether somebody waits for it.
    pub(super) is_awaited: bool,
}

impl Job {
    /// One that nobody waits for. What it throws is reported.
    pub(super) fn posted(job: impl FnOnce() + Send + 'static) -> Job {
        let run = || contained(job).unwrap_or_else(|failure| failure::report_uncaught(&failure));
        Job { run: Box::new(run), is_awaited: false }
    }
}

/// Wakes who does it, on any thread: it returns soon, and calls nothing of ours.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

impl Jobs {
    /// None yet.
    pub const fn new() -> Jobs {
        Jobs::beside(|| false)
    }

    /// None yet, where something else is done by who does them, too: `is_more` says whether there is any
    /// of that. Whoever adds the first of it [wakes](Jobs::wake).
    pub const fn beside(is_more: fn() -> bool) -> Jobs {
        let state = JobsState { forks: 0, waiting: VecDeque::new(), waker: None };
        Jobs { state: Lock::new(state), has_waker: AtomicBool::new(false), is_more }
    }

    fn with<R>(&self, look: impl FnOnce(&mut JobsState) -> R) -> R {
        let mut state = self.state.lock();
        if state.forks != fork::forks_ago() {
            let here =
                JobsState { forks: fork::forks_ago(), waiting: VecDeque::new(), waker: None };
            std::mem::forget(std::mem::replace(&mut *state, here));
        }
        look(&mut state)
    }

    /// Has something done, some time. What it throws is reported.
    pub fn post(&self, job: impl FnOnce() + Send + 'static) {
        wake(self.add(Job::posted(job)));
    }

    /// Adds a job; who is to be woken for that, when no lock is held.
    pub(super) fn add(&self, job: Job) -> Option<Waker> {
        self.with(|state| {
            state.waiting.push_back(job);
            state.waker.clone().filter(|_| state.waiting.len() == 1)
        })
    }

    /// Takes out what somebody waits for.
    pub(super) fn take_awaited(&self) -> VecDeque<Job> {
        self.with(|state| {
            let (awaited, posted) = std::mem::take(&mut state.waiting)
                .into_iter()
                .partition::<VecDeque<_>, _>(|job| job.is_awaited);
            state.waiting = posted;
            awaited
        })
    }

    /// Does at most so much of it, on the thread that is to; how much that was. What is left then, it
    /// is woken for again.
    pub fn run(&self, most: usize) -> usize {
        let mut count = 0;
        while count < most {
            let Some(job) = self.with(|state| state.waiting.pop_front()) else { return count };
            (job.run)();
            count += 1;
        }
        if self.count() > 0 {
            self.wake();
        }
        count
    }

    /// How much there is.
    pub fn count(&self) -> usize {
        self.with(|state| state.waiting.len())
    }

    /// Says who is woken where there was nothing to be done and now is, in place of another or nobody;
    /// at once if there is something.
    pub fn set_waker(&self, waker: Option<Waker>) {
        let (before, is_due) = self.with(|state| {
            self.has_waker.store(waker.is_some(), Ordering::Relaxed);
            (std::mem::replace(&mut state.waker, waker), !state.waiting.is_empty())
        });
        // Its end may run code of a host's.
        drop(before);
        // Who adds something looks for a waker then: one of both sees what the other has done.
        fence(Ordering::SeqCst);
        if is_due || (self.is_more)() {
            self.wake();
        }
    }

    /// Wakes who does it, if anybody: there is something that is done beside the jobs.
    pub fn wake(&self) {
        fence(Ordering::SeqCst);
        if self.has_waker.load(Ordering::Relaxed) {
            wake(self.with(|state| state.waker.clone()));
        }
    }
}

/// Wakes somebody, when no lock is held.
pub(super) fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker();
    }
}

/// Does something that may throw what must not end the thread, or meet its end.
pub(super) fn contained<R>(job: impl FnOnce() -> R) -> Result<R> {
    // SAFETY: what is dropped is the job, as where it fails.
    guarded(|| unsafe { unwind::catching(job) })
}

impl Default for Jobs {
    fn default() -> Jobs {
        Jobs::new()
    }
}

impl fmt::Debug for Jobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Jobs")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    fn counter() -> (Arc<AtomicUsize>, Waker) {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = count.clone();
        (count, Arc::new(move || _ = counted.fetch_add(1, Ordering::SeqCst)))
    }

    #[test]
    fn they_are_done_in_order_and_woken_for_once_where_there_was_nothing() {
        static DONE: Lock<Vec<usize>> = Lock::new(Vec::new());
        let jobs = Jobs::new();
        let (woken, waker) = counter();
        let post = |number| jobs.post(move || DONE.lock().push(number));
        post(1);
        jobs.set_waker(Some(waker));
        assert_eq!(woken.load(Ordering::SeqCst), 1, "something is there already");
        (2..5).for_each(post);
        assert_eq!(woken.load(Ordering::SeqCst), 1);
        assert_eq!((jobs.run(0), woken.load(Ordering::SeqCst)), (0, 2));
        assert_eq!((jobs.run(3), woken.load(Ordering::SeqCst)), (3, 3), "one is left");
        assert_eq!((jobs.run(3), woken.load(Ordering::SeqCst)), (1, 3));
        assert_eq!((jobs.run(3), woken.load(Ordering::SeqCst)), (0, 3));
        post(5);
        assert_eq!(woken.load(Ordering::SeqCst), 4);
        jobs.set_waker(None);
        assert_eq!(Arc::strong_count(&woken), 1, "it is let go");
        post(6);
        assert_eq!(jobs.run(usize::MAX), 2);
        assert_eq!(*DONE.lock(), [1, 2, 3, 4, 5, 6]);
        assert_eq!(woken.load(Ordering::SeqCst), 4);
    }

    #[test]
    fn one_that_panics_does_not_keep_others_from_being_done_and_one_may_add_others() {
        static DONE: AtomicUsize = AtomicUsize::new(0);
        static JOBS: Jobs = Jobs::new();
        JOBS.post(|| panic!("not today"));
        JOBS.post(|| JOBS.post(|| _ = DONE.fetch_add(1, Ordering::SeqCst)));
        assert_eq!(JOBS.run(usize::MAX), 3);
        assert_eq!(DONE.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn who_is_woken_is_so_for_what_was_there_beside_them() {
        let jobs = Jobs::beside(|| true);
        let (woken, waker) = counter();
        jobs.set_waker(Some(waker));
        assert_eq!(woken.load(Ordering::SeqCst), 1);
        jobs.set_waker(None);
        jobs.wake();
        assert_eq!(woken.load(Ordering::SeqCst), 1);
    }

    #[cfg(all(unix, not(miri)))]
    #[test]
    fn a_child_does_nothing_of_its_parent() {
        static DONE: AtomicUsize = AtomicUsize::new(0);
        let jobs = Jobs::new();
        let (woken, waker) = counter();
        jobs.set_waker(Some(waker));
        jobs.post(|| _ = DONE.fetch_add(1, Ordering::SeqCst));
        // SAFETY: the child looks at them, and ends by `_exit`.
        unsafe {
            let child = libc::fork();
            if child == 0 {
                libc::alarm(20);
                let before = jobs.run(usize::MAX);
                jobs.post(|| _ = DONE.fetch_add(1, Ordering::SeqCst));
                let own = jobs.run(usize::MAX);
                let done = DONE.load(Ordering::SeqCst);
                let right = (before, own, done, woken.load(Ordering::SeqCst)) == (0, 1, 1, 1);
                libc::_exit(libc::c_int::from(!right));
            }
            let mut status = -1;
            assert_eq!(libc::waitpid(child, &raw mut status, 0), child);
            assert_eq!(status, 0);
        }
        assert_eq!((jobs.run(usize::MAX), DONE.load(Ordering::SeqCst)), (1, 1));
    }
}
