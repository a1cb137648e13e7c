//! A thread of ours that starts Python, and is its main one from then on: to Python that is the
//! thread that started it, which otherwise is whichever one of the host's came first.
//!
//! It gets no signals, which stay the host's, and runs nothing but what is run at the end.

use std::process;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use super::find::Request;
use super::start;
use crate::error::{Error, Result, Status};
use crate::fork::Lock;
use crate::process::without_signals;
use crate::python::api::Api;

/// What the thread is asked to do, and the process that it is in: a child of that has no such thread.
static OWNER: Lock<Option<Owner>> = Lock::new(None);

type Owner = (u32, Sender<Job>);

type Job = Box<dyn FnOnce() + Send>;

/// As much as the first thread of a program has.
const STACK: usize = 8 << 20;

/// Starts the interpreter on a thread of its own.
pub(super) fn start(request: &Request) -> Result<&'static Api> {
    let (request, (tell, told), (give, given)) = (request.clone(), channel(), channel::<Job>());
    let serve = move || {
        let started = start::start_here(&request);
        if started.is_ok() {
            let owner = Some((process::id(), give));
            *OWNER.lock() = owner;
        }
        let serves = started.is_ok();
        let _ = tell.send(started);
        if serves {
            given.into_iter().for_each(|job| job());
        }
    };
    let thread = thread::Builder::new().name("metaffi-python".to_owned()).stack_size(STACK);
    let failed = |reason: String| {
        Error::new(Status::OutOfMemory, format!("no thread could be made for Python: {reason}"))
    };
    without_signals(|| thread.spawn(serve)).map_err(|error| failed(error.to_string()))?;
    told.recv().unwrap_or_else(|_| Err(failed("it ended".to_owned())))
}

/// Whether a thread of ours is Python's main one.
pub(super) fn exists() -> bool {
    OWNER.lock().is_some()
}

/// Has it do something; false if there is no such thread in this process.
pub(super) fn run(job: impl FnOnce() + Send + 'static) -> bool {
    let owner = OWNER.lock();
    match &*owner {
        Some((process, give)) if *process == process::id() => give.send(Box::new(job)).is_ok(),
        _ => false,
    }
}
