//! [`Promise`]: an object that every guest can await, and that its host settles.

use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering, fence};

use super::task::{Completion, Driver, Task};
use super::{Capabilities, Protocol, TextKind, used_by};
use crate::error::{Error, Result, Status};
use crate::fork::Lock;
use crate::handle::{self, Counting, Extension, ForeignObject, Key, ObjectType, Shadows, Twin};
use crate::value::{self, OwnedValue};

/// What a host settles. When the last handle of it is freed before that, but for those of the objects that
/// runtimes show it as, who awaits it is told that it was given up.
pub struct Promise {
    task: Arc<Task>,
    completion: Lock<Option<Completion>>,
    /// What runtimes show it as.
    shadows: Shadows,
    /// How many handles of it there are.
    handles: AtomicUsize,
}

static PROTOCOL: &dyn Protocol = &PromiseProtocol;

impl ObjectType for Promise {
    const EXTENSION: Extension = used_by(&PROTOCOL);
    const COUNTING: Counting = Counting { retain, release };
}

unsafe fn retain(promise: *const ()) -> Result<()> {
    let promise = promise.cast::<Promise>();
    // SAFETY: made by `Arc::into_raw`; the caller keeps it alive.
    unsafe {
        (*promise).handles.fetch_add(1, Ordering::Relaxed);
        Arc::increment_strong_count(promise);
    }
    Ok(())
}

unsafe fn release(promise: *const ()) {
    // SAFETY: made by `Arc::into_raw`; the caller gives up the reference of a handle.
    let promise = unsafe { Arc::from_raw(promise.cast::<Promise>()) };
    promise.handles.fetch_sub(1, Ordering::Relaxed);
    promise.give_up_where_nobody_settles();
}

impl ForeignObject for Promise {
    fn runtime(&self) -> &str {
        "host"
    }

    fn type_name(&self) -> String {
        "Promise".to_owned()
    }

    fn identity(&self) -> u64 {
        Arc::as_ptr(&self.task).addr() as u64
    }
}

impl Promise {
    /// The handle of a new one.
    pub fn make() -> Result<Key> {
        let (task, completion) = Task::begin();
        let completion = Lock::new(Some(completion));
        let (shadows, handles) = (Shadows::default(), AtomicUsize::new(1));
        handle::insert_object(Arc::new(Promise { task, completion, shadows, handles }))
    }

    /// Guests settle nothing: what they alone have is awaited in vain.
    fn give_up_where_nobody_settles(&self) {
        // Whoever frees a handle looks at what stands for it, and whoever makes that at the handles: one
        // of them sees both.
        fence(Ordering::SeqCst);
        if self.handles.load(Ordering::Relaxed) == self.shadows.count() {
            let given_up = self.completion.lock().take();
            drop(given_up);
        }
    }

    /// Settles the one of a handle, once.
    pub fn settle(promise: Key, result: Result<OwnedValue>) -> Result<()> {
        let promise = handle::get::<Promise>(promise)?;
        let completion = promise.completion.lock().take();
        match completion {
            Some(completion) => completion.complete(result),
            None => return Err(Error::invalid("this promise is settled already")),
        }
        Ok(())
    }

    /// Awaits the one of a handle: what it is settled with is what came of it. `cancel` is asked when
    /// that is cancelled; without it, or if that says no, it is cancelled at once.
    pub(super) fn start(
        promise: Key,
        completion: Completion,
        cancel: Option<Canceller>,
    ) -> Result<()> {
        let promise = handle::get::<Promise>(promise)?;
        let awaiting = Arc::new(Awaiting { completion: Lock::new(None), cancel });
        completion.driven_by(awaiting.clone());
        *awaiting.completion.lock() = Some(completion);
        promise.task.then(move |outcome| {
            let settled = outcome.result().as_ref().map_err(Error::clone);
            // SAFETY: a value that somebody has settled it with.
            awaiting.end(|| unsafe { value::copy(settled?) });
        });
        Ok(())
    }
}

/// Has what settles a promise cancelled, some time; false if there is nobody who does that.
pub(super) type Canceller = Box<dyn Fn() -> Result<bool> + Send + Sync>;

struct PromiseProtocol;

impl Protocol for PromiseProtocol {
    fn capabilities(&self, _: Key) -> Result<Capabilities> {
        Ok(Capabilities::AWAIT | Capabilities::HASH | Capabilities::HOST_OBJECT)
    }

    fn shadow(&self, promise: Key, of: Twin) -> *mut () {
        let get = |promise: Arc<Promise>| promise.shadows.get(of);
        handle::get::<Promise>(promise).map_or(ptr::null_mut(), get)
    }

    fn set_shadow(&self, promise: Key, of: Twin, shadow: *mut ()) {
        if let Ok(promise) = handle::get::<Promise>(promise) {
            promise.shadows.set(of, shadow);
            if !shadow.is_null() {
                promise.give_up_where_nobody_settles();
            }
        }
    }

    fn truth(&self, _: Key) -> Result<bool> {
        Ok(true)
    }

    fn text(&self, promise: Key, _: TextKind) -> Result<String> {
        let promise = handle::get::<Promise>(promise)?;
        Ok(match promise.task.outcome() {
            Some(outcome) => match outcome.result() {
                Ok(value) => format!("<Promise of {value:?}>"),
                Err(error) => format!("<Promise that failed: {error}>"),
            },
            None => "<Promise>".to_owned(),
        })
    }

    fn start(&self, promise: Key, completion: Completion) -> Result<()> {
        Promise::start(promise, completion, None)
    }
}

/// Somebody who awaits a promise, until he is told: cancelling that does nothing to the promise, unless
/// somebody is asked to.
struct Awaiting {
    completion: Lock<Option<Completion>>,
    cancel: Option<Canceller>,
}

impl Awaiting {
    fn end(&self, result: impl FnOnce() -> Result<OwnedValue>) {
        let completion = self.completion.lock().take();
        if let Some(completion) = completion {
            completion.complete(result());
        }
    }
}

impl Driver for Awaiting {
    fn cancel(&self) -> Result<()> {
        if let Some(cancel) = &self.cancel
            && cancel()?
        {
            return Ok(());
        }
        self.end(|| Err(Error::new(Status::Cancelled, "it was cancelled")));
        Ok(())
    }

    fn check_wait(&self) -> Result<()> {
        Ok(())
    }
}

/// The task of awaiting an object, of whatever runtime.
pub fn start(object: Key) -> Result<Arc<Task>> {
    let protocol = super::of(object)?;
    let (task, completion) = Task::begin();
    protocol.start(object, completion)?;
    Ok(task)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handle::HandleKind;

    #[test]
    fn a_long_chain_of_promises_is_freed_without_the_stack() {
        let links = if cfg!(miri) { 10 } else { 100_000 };
        let chain = (0..links).fold(Promise::make().unwrap(), |next, _| {
            let promise = Promise::make().unwrap();
            // SAFETY: a handle that is given up.
            let next = unsafe {
                OwnedValue::from_raw(value::object(std::ptr::without_provenance_mut(next)))
            };
            Promise::settle(promise, Ok(next)).unwrap();
            promise
        });
        handle::free(chain, HandleKind::Object).unwrap();
    }

    #[test]
    fn all_who_await_it_are_told_once_and_later_settling_is_refused() {
        let promise = Promise::make().unwrap();
        let before = start(promise).unwrap();
        let cancelled = start(promise).unwrap();
        cancelled.cancel().unwrap();
        let status =
            |task: &Task| task.wait(None).unwrap().result().as_ref().err().map(|e| e.status());
        assert_eq!(status(&cancelled), Some(Status::Cancelled));
        assert!(before.outcome().is_none());
        let text = value::string8("done").unwrap();
        Promise::settle(promise, Ok(text)).unwrap();
        let again = Promise::settle(promise, Err(Error::invalid("too late"))).unwrap_err();
        assert!(again.message().contains("settled already"), "{again}");
        for task in [before, start(promise).unwrap()] {
            let outcome = task.wait(None).unwrap();
            assert_eq!(format!("{:?}", outcome.result().as_ref().unwrap()), "string8 \"done\"");
        }
        handle::free(promise, HandleKind::Object).unwrap();
    }

    #[test]
    fn one_that_nobody_can_settle_any_more_was_given_up() {
        let promise = Promise::make().unwrap();
        let task = start(promise).unwrap();
        handle::free(promise, HandleKind::Object).unwrap();
        let outcome = task.wait(None).unwrap();
        assert_eq!(outcome.result().as_ref().unwrap_err().status(), Status::Cancelled);
        assert!(start(promise).is_err());
    }

    #[test]
    fn one_that_only_guests_have_was_given_up() {
        let promise = Promise::make().unwrap();
        let guests = handle::clone(promise, HandleKind::Object).unwrap();
        let mut shadow = 0_u8;
        let protocol = crate::object::of(promise).unwrap();
        protocol.set_shadow(guests, Twin::Python, (&raw mut shadow).cast());
        let task = start(guests).unwrap();
        let third = handle::clone(guests, HandleKind::Object).unwrap();
        handle::free(promise, HandleKind::Object).unwrap();
        assert!(task.outcome().is_none(), "somebody can still settle it");
        handle::free(third, HandleKind::Object).unwrap();
        let outcome = task.outcome().expect("nobody can settle it any more");
        assert_eq!(outcome.result().as_ref().unwrap_err().status(), Status::Cancelled);
        protocol.set_shadow(guests, Twin::Python, ptr::null_mut());
        handle::free(guests, HandleKind::Object).unwrap();
    }
}
