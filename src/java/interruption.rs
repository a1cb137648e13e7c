//! Code of Java's that hosts interrupt: by what interrupts threads there, which is what waits heeds.

use std::sync::atomic::{AtomicBool, Ordering};

use jni_sys::jvalue;

use super::env::{Env, JavaMethod};
use super::support::{self, JavaSupport};
use crate::error::{Error, Result};
use crate::fork::Lock;
use crate::kit::Interruption;
use crate::thread::system_number;

/// The methods of the part in Java.
pub(super) struct Interrupts {
    /// Makes this thread known.
    pub(super) know: JavaMethod,
    /// Interrupts threads.
    pub(super) interrupt: JavaMethod,
    /// Takes that back.
    pub(super) take_back: JavaMethod,
    /// What is done before a call.
    pub(super) begin: JavaMethod,
}

/// Held by whoever interrupts and whoever takes that back.
static TURN: Lock<()> = Lock::new(());

/// Whether a thread may still be interrupted by what was asked while it ran an earlier call. As long as that is
/// so, every call goes by the interface, and looks.
static CAREFUL: AtomicBool = AtomicBool::new(false);

impl JavaSupport {
    /// Interrupts code that runs on a thread, or on all others, if that is still wanted.
    pub fn interrupt(
        &self,
        thread: Option<u64>,
        why: Interruption,
        is_wanted: &dyn Fn() -> bool,
    ) -> Result<()> {
        let env = self.attach()?;
        let _turn = TURN.lock();
        if thread == Some(system_number()) {
            // Others may have attached it.
            // SAFETY: the method takes a number.
            unsafe { env.call_nothing(self.interrupts.know, &[number(system_number())]) };
            env.check()?;
        }
        if !is_wanted() {
            return Ok(());
        }
        let code = match why {
            Interruption::Asked => 1,
            Interruption::TimedOut => 2,
        };
        let arguments = [number(thread.unwrap_or_default()), jvalue { i: code }];
        // SAFETY: the method takes these.
        let count = unsafe { env.call_int(self.interrupts.interrupt, &arguments) };
        env.check()?;
        if count == 0 && thread.is_some() {
            return Err(Error::not_found(
                "no code of Java runs on this thread: its number is what metaffi_thread_id gives there",
            ));
        }
        if count > 0 && why == Interruption::Asked {
            CAREFUL.store(true, Ordering::Relaxed);
            support::by_function(false);
        }
        Ok(())
    }

    /// Calls off what was to interrupt this thread, and takes back what it has not noticed yet.
    pub fn take_back_interrupt(&self, call_off: &dyn Fn() -> bool) -> Result<()> {
        let env = self.attach()?;
        let _turn = TURN.lock();
        if !call_off() {
            return Ok(());
        }
        // SAFETY: the method takes nothing.
        unsafe { env.call_nothing(self.interrupts.take_back, &[]) };
        env.check()
    }
}

fn number(number: u64) -> jvalue {
    jvalue { j: number.cast_signed() }
}

/// Forgets what was asked while this thread ran an earlier call, and has not been noticed there.
#[inline]
pub(super) fn before_call(support: &JavaSupport, env: Env) -> Result<()> {
    match CAREFUL.load(Ordering::Relaxed) {
        true => forget(support, env),
        false => Ok(()),
    }
}

#[cold]
fn forget(support: &JavaSupport, env: Env) -> Result<()> {
    let _turn = TURN.lock();
    // SAFETY: the method takes nothing.
    let left = unsafe { env.call_int(support.interrupts.begin, &[]) };
    env.check()?;
    if left == 0 {
        CAREFUL.store(false, Ordering::Relaxed);
        support::by_function(true);
    }
    Ok(())
}

/// Whether calls have to look.
#[inline(always)]
pub(super) fn is_careful() -> bool {
    CAREFUL.load(Ordering::Relaxed)
}

/// Does something, unless calls have to look.
pub(super) fn unless_careful(act: impl FnOnce()) {
    let _turn = TURN.lock();
    if !CAREFUL.load(Ordering::Relaxed) {
        act();
    }
}
