//! [`Python`]: the running interpreter.

use std::cell::RefCell;
use std::ptr;
use std::sync::Arc;

use super::find::Request;
use super::start;
use crate::backend::{Interruption, Module, Options, Producer, Runtime};
use crate::error::{Error, Result};
use crate::object::ValuePlace;
use crate::python::api::Api;
use crate::python::lifecycle::end;
use crate::python::lifecycle::gil::{self, Gil, GilGuard};
use crate::python::object::PyRef;
use crate::python::{error, protocol, support};
use crate::thread::system_number;

/// The interpreter of this process.
struct Python {
    api: &'static Api,
}

/// What the scopes of a thread hold, each with how many of them: what one took is given up when
/// the last is left that was entered under it.
struct Scopes(Vec<(GilGuard, usize)>);

/// Stands for a scope that holds nothing: somebody else holds the GIL, or it must not be kept.
const NOTHING: usize = 0;

thread_local! {
    static SCOPES: RefCell<Scopes> = const { RefCell::new(Scopes(Vec::new())) };
}

impl Drop for Scopes {
    /// A thread that ends inside a scope leaves it, unless its state went first.
    fn drop(&mut self) {
        while let Some((gil, _)) = self.0.pop() {
            match gil::is_held(gil.api) {
                true => drop(gil),
                false => std::mem::forget(gil),
            }
        }
    }
}

/// The interpreter in this process, or the one that the options ask for.
pub(super) fn load(options: &Options) -> Result<Arc<dyn Runtime>> {
    let api = start::start(&Request::new(options)?)?;
    Ok(Arc::new(Python { api }))
}

impl Runtime for Python {
    fn check(&self) -> Result<()> {
        end::LIFE.check_ended()
    }

    fn load_module(&self, path: &str, _: &Options) -> Result<Arc<dyn Module>> {
        Ok(Arc::new(super::module::Module::load(self.api, path)?))
    }

    fn build(&self, produce: Producer<'_>, to: ValuePlace<'_>) -> Result<()> {
        protocol::build(self.api, produce, to)
    }

    fn enter(&self) -> Result<usize> {
        // Nobody would give up what a thread enters that is ending.
        if !gil::may_stay_held(self.api) || SCOPES.try_with(|_| ()).is_err() {
            return Ok(NOTHING);
        }
        let taken = Some(gil::enter_for_host(self.api)?).filter(GilGuard::is_taken);
        Ok(SCOPES.with_borrow_mut(|Scopes(held)| {
            match taken {
                Some(gil) => held.push((gil, 1)),
                None => held.last_mut().into_iter().for_each(|(_, scopes)| *scopes += 1),
            }
            held.len()
        }))
    }

    fn leave(&self, entered: usize) {
        let Some(index) = entered.checked_sub(1) else { return };
        let _ = SCOPES.try_with(|scopes| {
            let Scopes(held) = &mut *scopes.borrow_mut();
            held[index].1 -= 1;
            while held.pop_if(|(_, scopes)| *scopes == 0).is_some() {}
        });
    }

    fn give_back(&self) -> Result<()> {
        // What has ended has nothing to be given back to.
        match end::is_near(self.api) {
            true => Ok(()),
            false => gil::enter(self.api).map(drop),
        }
    }

    fn interrupt(
        &self,
        thread: Option<u64>,
        why: Interruption,
        is_wanted: &dyn Fn() -> bool,
    ) -> Result<()> {
        let gil = gil::enter(self.api)?;
        if !is_wanted() {
            return Ok(());
        }
        let class = error::interruption_class(&gil, why)?;
        let threads = match thread {
            Some(thread) => vec![thread],
            None => running_threads(&gil)?,
        };
        // SAFETY: under the GIL; the thread gets a reference of its own.
        let raise = |thread: &u64| unsafe {
            (self.api.PyThreadState_SetAsyncExc)(*thread as _, class.as_ptr()) != 0
        };
        match threads.iter().filter(|thread| raise(thread)).count() {
            0 if thread.is_some() => Err(Error::not_found(
                "no code of Python runs on this thread, and none ever has: its number is what \
                 metaffi_thread_id gives there, in Python threading.get_ident()",
            )),
            _ => Ok(()),
        }
    }

    fn take_back_interrupt(&self, call_off: &dyn Fn() -> bool) -> Result<()> {
        let gil = gil::enter(self.api)?;
        // What others ask of this thread stays.
        if call_off() {
            // SAFETY: under the GIL; nothing is raised.
            unsafe { (gil.api.PyThreadState_SetAsyncExc)(system_number() as _, ptr::null_mut()) };
        }
        Ok(())
    }
}

/// The threads that run code of Python, but for this one, and that of the loop: what it drives is
/// cancelled by its tasks.
fn running_threads(gil: &Gil) -> Result<Vec<u64>> {
    let frames = PyRef::import(gil, c"sys")?.attribute(gil, c"_current_frames")?.call0(gil)?;
    let own_loop = protocol::loop_thread(gil);
    support::items(gil, &frames)?
        .iter()
        // SAFETY: an int, under the GIL.
        .map(|thread| unsafe { (gil.api.PyLong_AsUnsignedLongLong)(thread.as_ptr()) })
        .filter(|thread| *thread != system_number() && Some(*thread) != own_loop)
        .map(Ok)
        .collect()
}
