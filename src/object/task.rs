//! [`Task`]: something that is awaited, until it is done. Whoever does it has its [`Completion`];
//! whoever awaits it has its result, its error or its cancellation, once.

use std::mem;
use std::sync::Arc;
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use super::outside;
use crate::call::errors::{failure, unwind};
use crate::call::guarded;
use crate::error::{Error, Result, Status};
use crate::fork::{self, Lock};
use crate::handle::{HandleKind, Handled};
use crate::value::OwnedValue;

/// Something that is awaited.
///
/// A fork leaves what is pending behind: in the child it is not driven by anybody.
pub struct Task {
    state: Lock<TaskState>,
    /// How many forks ago the library was loaded when it began.
    forks: usize,
}

enum TaskState {
    Pending(PendingTask),
    Done(Arc<TaskResult>),
}

#[derive(Default)]
struct PendingTask {
    listeners: Vec<Listener>,
    waiting: Vec<Thread>,
    driver: Option<Arc<dyn Driver>>,
}

/// Told of what came of it.
type ListenerCode = Box<dyn FnOnce(&Arc<TaskResult>) + Send>;

/// Who is told, in the process where it began to listen.
struct Listener {
    tell: ListenerCode,
    /// How many forks ago the library was loaded then.
    forks: usize,
}

/// What came of it.
pub struct TaskResult(Result<OwnedValue>);

// SAFETY: what a value holds is metaffi's own memory and handles, which every thread may use; nobody
// changes it.
unsafe impl Send for TaskResult {}
// SAFETY: as above.
unsafe impl Sync for TaskResult {}

impl TaskResult {
    /// The value, or why there is none.
    pub fn result(&self) -> &Result<OwnedValue> {
        &self.0
    }

    /// Tells somebody. No lock of a runtime is held then, and what it throws is reported.
    pub fn tell(self: &Arc<TaskResult>, listener: impl FnOnce(&Arc<TaskResult>)) {
        let mut listener = Some(listener);
        let mut tell = || {
            let Some(listener) = listener.take() else { return };
            // SAFETY: what is dropped is the listener, as where it returns.
            let told = guarded(|| unsafe { unwind::catching(|| listener(self)) });
            if let Err(failure) = told {
                failure::report_uncaught(&failure);
            }
        };
        outside::run(&mut tell);
    }
}

/// What a runtime does for something that it drives.
pub trait Driver: Send + Sync {
    /// Has it cancelled, some time; what comes of that is what came of it.
    fn cancel(&self) -> Result<()>;

    /// Fails if this thread is the one that drives it, which would wait for itself.
    fn check_wait(&self) -> Result<()>;
}

/// Says what came of a task. One that is dropped says that it was given up, so that nobody waits
/// for ever.
#[must_use = "who awaits it is told that it was given up"]
pub struct Completion(Option<Arc<Task>>);

impl Handled for Task {
    const KIND: HandleKind = HandleKind::Task;
}

impl Task {
    /// One that has just begun.
    pub fn begin() -> (Arc<Task>, Completion) {
        let state = Lock::new(TaskState::Pending(PendingTask::default()));
        let task = Arc::new(Task { state, forks: fork::forks_ago() });
        (task.clone(), Completion(Some(task)))
    }

    /// What came of it, if it is done.
    pub fn outcome(&self) -> Option<Arc<TaskResult>> {
        match &*self.state.lock() {
            TaskState::Pending(_) => None,
            TaskState::Done(outcome) => Some(outcome.clone()),
        }
    }

    /// Has `listener` told of what comes of it, once: on the thread that does it last, or at once if
    /// it is done.
    pub fn then(&self, listener: impl FnOnce(&Arc<TaskResult>) + Send + 'static) {
        let tell: ListenerCode = Box::new(listener);
        let mut listener = Some(Listener { tell, forks: fork::forks_ago() });
        let done = match &mut *self.state.lock() {
            TaskState::Pending(pending) => {
                pending.listeners.extend(listener.take());
                None
            }
            TaskState::Done(outcome) => Some(outcome.clone()),
        };
        if let (Some(outcome), Some(listener)) = (done, listener) {
            outcome.tell(listener.tell);
        }
    }

    /// Has it cancelled, some time, unless it is done. It says itself what came of that: it may be
    /// done all the same.
    pub fn cancel(&self) -> Result<()> {
        let driver = match &*self.state.lock() {
            TaskState::Pending(pending) => pending.driver.clone(),
            TaskState::Done(_) => return Ok(()),
        };
        self.check_process()?;
        driver.map_or(Ok(()), |driver| driver.cancel())
    }

    /// Waits until it is done, as long as `patience`, or for ever. Locks of runtimes that this thread
    /// has are given up meanwhile.
    ///
    /// # Errors
    /// It is not done in time; it would never be, as this thread is the one that drives it; or this
    /// process was forked meanwhile.
    pub fn wait(&self, patience: Option<Duration>) -> Result<Arc<TaskResult>> {
        let driver = match &*self.state.lock() {
            TaskState::Done(outcome) => return Ok(outcome.clone()),
            TaskState::Pending(pending) => pending.driver.clone(),
        };
        self.check_process()?;
        if patience == Some(Duration::ZERO) {
            return Err(not_yet());
        }
        driver.map_or(Ok(()), |driver| driver.check_wait())?;
        let mut outcome = None;
        outside::run(&mut || outcome = self.wait_here(patience));
        outcome.ok_or_else(not_yet)
    }

    fn wait_here(&self, patience: Option<Duration>) -> Option<Arc<TaskResult>> {
        // What is too far away to be a time is for ever.
        let deadline = patience.and_then(|patience| Instant::now().checked_add(patience));
        let this = thread::current();
        loop {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            match &mut *self.state.lock() {
                TaskState::Done(outcome) => return Some(outcome.clone()),
                TaskState::Pending(pending) => {
                    pending.waiting.retain(|waiting| waiting.id() != this.id());
                    if left == Some(Duration::ZERO) {
                        return None;
                    }
                    pending.waiting.push(this.clone());
                }
            }
            match left {
                None => thread::park(),
                Some(left) => thread::park_timeout(left),
            }
        }
    }

    fn check_process(&self) -> Result<()> {
        match self.forks == fork::forks_ago() {
            true => Ok(()),
            false => Err(Error::new(
                Status::Cancelled,
                "this process was forked while this was awaited, and what drives it has stayed \
                 behind in the parent; await it anew here",
            )),
        }
    }

    fn finish(&self, result: Result<OwnedValue>) {
        let outcome = Arc::new(TaskResult(result));
        let done = TaskState::Done(outcome.clone());
        let before = mem::replace(&mut *self.state.lock(), done);
        let TaskState::Pending(pending) = before else { return };
        if self.forks == fork::forks_ago() {
            pending.waiting.iter().for_each(Thread::unpark);
        }
        for listener in pending.listeners {
            match listener.forks == fork::forks_ago() {
                true => outcome.tell(listener.tell),
                // It is told in the parent, by that one's task.
                false => mem::forget(listener),
            }
        }
    }
}

#[cold]
fn not_yet() -> Error {
    Error::new(Status::TimedOut, "it is not done yet; wait for it again, or cancel it")
}

impl Completion {
    /// It is done.
    pub fn complete(mut self, result: Result<OwnedValue>) {
        if let Some(task) = self.0.take() {
            task.finish(result);
        }
    }

    /// Says who drives it, before it can be done.
    pub fn driven_by(&self, driver: Arc<dyn Driver>) {
        let Some(task) = &self.0 else { return };
        if let TaskState::Pending(pending) = &mut *task.state.lock() {
            pending.driver = Some(driver);
        }
    }
}

impl Drop for Completion {
    fn drop(&mut self) {
        if let Some(task) = self.0.take() {
            let message = "what would have done it is gone: it was given up";
            task.finish(Err(Error::new(Status::Cancelled, message)));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn number(result: &Result<OwnedValue>) -> i64 {
        // SAFETY: the tests' values are such numbers.
        result.as_ref().map_or(-1, |value| unsafe { value.data.int64 })
    }

    fn value(number: i64) -> Result<OwnedValue> {
        // SAFETY: a number.
        Ok(unsafe { OwnedValue::from_raw(number.into()) })
    }

    #[test]
    fn who_listens_before_and_after_is_told_once() {
        static SUM: AtomicUsize = AtomicUsize::new(0);
        let add = |outcome: &Arc<TaskResult>| {
            SUM.fetch_add(number(outcome.result()) as usize, Ordering::SeqCst);
        };
        let (task, completion) = Task::begin();
        task.then(add);
        task.then(add);
        assert!(task.outcome().is_none());
        completion.complete(value(20));
        task.then(add);
        assert_eq!(SUM.load(Ordering::SeqCst), 60);
        assert_eq!(number(task.wait(None).unwrap().result()), 20);
        assert!(task.cancel().is_ok());
    }

    #[test]
    fn what_is_dropped_was_given_up() {
        let (task, completion) = Task::begin();
        let waiting = task.clone();
        let waiter = thread::spawn(move || waiting.wait(None).unwrap());
        drop(completion);
        let outcome = waiter.join().unwrap();
        assert_eq!(outcome.result().as_ref().unwrap_err().status(), Status::Cancelled);
    }

    #[test]
    fn a_wait_ends_when_its_time_has_passed_or_it_is_done() {
        let (task, completion) = Task::begin();
        for patience in [Duration::ZERO, Duration::from_micros(50)] {
            let error = task.wait(Some(patience)).err().unwrap();
            assert_eq!(error.status(), Status::TimedOut);
        }
        let all: &Barrier = Box::leak(Box::new(Barrier::new(5)));
        let waiters: Vec<_> = [Some(Duration::MAX), None, Some(Duration::from_secs(600)), None]
            .map(|patience| {
                let task = task.clone();
                thread::spawn(move || {
                    all.wait();
                    number(task.wait(patience).unwrap().result())
                })
            })
            .into();
        all.wait();
        completion.complete(value(7));
        assert!(waiters.into_iter().all(|waiter| waiter.join().unwrap() == 7));
    }

    /// Says that it is driven by the thread that asks.
    struct Here(AtomicUsize);

    impl Driver for Here {
        fn cancel(&self) -> Result<()> {
            self.0.fetch_add(1, Ordering::SeqCst);
            Ok(())
        }

        fn check_wait(&self) -> Result<()> {
            Err(Error::unsupported("it is driven here"))
        }
    }

    #[test]
    fn who_drives_it_is_asked_before_a_wait_and_told_of_a_cancellation() {
        let driver = Arc::new(Here(AtomicUsize::new(0)));
        let (task, completion) = Task::begin();
        completion.driven_by(driver.clone());
        assert_eq!(task.wait(None).err().unwrap().message(), "it is driven here");
        assert_eq!(task.wait(Some(Duration::ZERO)).err().unwrap().status(), Status::TimedOut);
        task.cancel().unwrap();
        assert_eq!(driver.0.load(Ordering::SeqCst), 1);
        completion.complete(value(1));
        task.cancel().unwrap();
        assert_eq!(Arc::strong_count(&driver), 1, "it is let go");
        assert_eq!(number(task.wait(None).unwrap().result()), 1);
    }

    #[test]
    fn a_listener_that_panics_does_not_keep_others_from_being_told() {
        static TOLD: AtomicUsize = AtomicUsize::new(0);
        let (task, completion) = Task::begin();
        task.then(|_| panic!("not today"));
        task.then(|_| _ = TOLD.fetch_add(1, Ordering::SeqCst));
        completion.complete(value(1));
        assert_eq!(TOLD.load(Ordering::SeqCst), 1);
    }

    #[cfg(all(unix, not(miri)))]
    #[test]
    fn who_listens_is_told_in_its_own_process_alone() {
        static TOLD: AtomicUsize = AtomicUsize::new(0);
        let (task, completion) = Task::begin();
        task.then(|_| _ = TOLD.fetch_add(1, Ordering::SeqCst));
        // SAFETY: the child does it, and ends by `_exit`.
        unsafe {
            let child = libc::fork();
            if child == 0 {
                libc::alarm(20);
                task.then(|_| _ = TOLD.fetch_add(10, Ordering::SeqCst));
                completion.complete(value(2));
                let right = TOLD.load(Ordering::SeqCst) == 10
                    && task.outcome().is_some_and(|outcome| number(outcome.result()) == 2);
                libc::_exit(libc::c_int::from(!right));
            }
            let mut status = -1;
            assert_eq!(libc::waitpid(child, &raw mut status, 0), child);
            assert_eq!(status, 0);
        }
        completion.complete(value(1));
        assert_eq!(TOLD.load(Ordering::SeqCst), 1);
    }

    #[cfg(all(unix, not(miri)))]
    #[test]
    fn what_is_pending_fails_in_a_child() {
        let (task, completion) = Task::begin();
        let (done, completed) = Task::begin();
        completed.complete(value(3));
        // SAFETY: the child asks, and ends by `_exit`.
        unsafe {
            let child = libc::fork();
            if child == 0 {
                libc::alarm(20);
                let cancelled = |error: Option<Error>| {
                    error.is_some_and(|error| error.status() == Status::Cancelled)
                };
                let fails = cancelled(task.wait(None).err()) && cancelled(task.cancel().err());
                let there = done.wait(None).is_ok();
                libc::_exit(libc::c_int::from(!fails || !there));
            }
            let mut status = -1;
            assert_eq!(libc::waitpid(child, &raw mut status, 0), child);
            assert_eq!(status, 0);
        }
        completion.complete(value(2));
        assert_eq!(number(task.wait(None).unwrap().result()), 2);
    }
}
