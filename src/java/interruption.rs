//! Code of Java's that hosts interrupt: by what interrupts threads there, which is what waits heeds.

use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

use jni_sys::{jobject, jvalue};

use super::env::{Env, JavaMethod};
use crate::error::{Error, Result};
use crate::fork::Lock;
use crate::kit::Interruption;
use crate::thread::{SharedWord, ThreadWords, Word, system_number};

/// The methods of the part in Java.
pub(super) struct Interrupts {
    /// Makes this thread known.
    pub(super) know: JavaMethod,
    /// Finds threads, which wait where they look until they have been interrupted.
    pub(super) meant: JavaMethod,
    /// Interrupts them.
    pub(super) interrupt: JavaMethod,
    /// Takes that back.
    pub(super) take_back: JavaMethod,
    /// What is done before a call where a thread looks.
    pub(super) begin: JavaMethod,
}

/// Held while it is settled who is interrupted, and while that is called off. No code of others runs meanwhile.
static TURN: Lock<()> = Lock::new(());

/// The threads that are attached by us, by their numbers: where each has its interface. One that has none there
/// looks before its next call whether what was asked has been noticed by an earlier one.
static THREADS: Lock<Vec<(u64, SharedWord)>> = Lock::new(Vec::new());

/// Whether anybody was ever interrupted by request. From then on also those look who are not attached by us.
static IS_USED: AtomicBool = AtomicBool::new(false);

impl Interrupts {
    /// Interrupts code that runs on a thread, or on all others, if that is still wanted.
    pub(super) fn interrupt(
        &self,
        env: Env,
        thread: Option<u64>,
        why: Interruption,
        is_wanted: &dyn Fn() -> bool,
    ) -> Result<()> {
        if thread == Some(system_number()) {
            // Others may have attached it.
            // SAFETY: the method takes a number.
            unsafe { env.call_nothing(self.know, &[number(system_number())]) };
            env.check()?;
        }
        env.with_locals(|| match self.meant(env, thread, is_wanted)? {
            Some(threads) => self.interrupt_all(env, thread, threads, why),
            None => Ok(()),
        })
    }

    /// Those that are meant, if that is still wanted.
    fn meant(
        &self,
        env: Env,
        thread: Option<u64>,
        is_wanted: &dyn Fn() -> bool,
    ) -> Result<Option<jobject>> {
        let _turn = TURN.lock();
        if !is_wanted() {
            return Ok(None);
        }
        let arguments = [number(thread.unwrap_or_default())];
        // SAFETY: the method takes a number.
        unsafe { env.call_object(self.meant, &arguments) }.map(Some)
    }

    fn interrupt_all(
        &self,
        env: Env,
        thread: Option<u64>,
        threads: jobject,
        why: Interruption,
    ) -> Result<()> {
        let code = match why {
            Interruption::Asked => 1,
            Interruption::TimedOut => 2,
        };
        if why == Interruption::Asked {
            // Before it is seen what runs there: what is called later is not meant.
            have_look(thread);
        }
        // SAFETY: the method takes these.
        let count =
            unsafe { env.call_int(self.interrupt, &[jvalue { l: threads }, jvalue { i: code }]) };
        env.check()?;
        match count == 0 && thread.is_some() {
            true => Err(Error::not_found(
                "no code of Java runs on this thread: its number is what metaffi_thread_id gives there, in \
                 Python threading.get_ident()",
            )),
            false => Ok(()),
        }
    }

    /// Calls off what was to interrupt this thread, and takes back what it has not noticed yet.
    pub(super) fn take_back(&self, env: Env, call_off: &dyn Fn() -> bool) -> Result<()> {
        let is_begun = {
            let _turn = TURN.lock();
            call_off()
        };
        if !is_begun {
            return Ok(());
        }
        // SAFETY: the method takes nothing.
        unsafe { env.call_nothing(self.take_back, &[]) };
        env.check()
    }

    /// On a thread that is to look: forgets what was asked while it ran an earlier call, and was not noticed there.
    #[cold]
    pub(super) fn before_call(&self, env: Env) -> Result<()> {
        if !IS_USED.load(Ordering::Relaxed) {
            return Ok(());
        }
        let is_ours = THREADS.lock().iter().any(|(number, _)| *number == system_number());
        let word = ThreadWords::here().shared(Word::Java);
        // Who asks after this has it look again.
        let look_again = |is_so: bool| {
            let interface = if is_so { ptr::null() } else { env.raw().cast_const().cast() };
            if is_ours {
                // SAFETY: this thread's.
                unsafe { word.set(interface) };
            }
        };
        look_again(false);
        // SAFETY: the method takes nothing.
        let left = unsafe { env.call_int(self.begin, &[]) };
        let done = env.check();
        if left != 0 || done.is_err() {
            look_again(true);
        }
        done
    }
}

fn number(number: u64) -> jvalue {
    jvalue { j: number.cast_signed() }
}

/// This thread has been attached by us.
pub(super) fn add_thread(env: *const ()) {
    let word = ThreadWords::here().shared(Word::Java);
    // SAFETY: this thread's.
    unsafe { word.set(env) };
    THREADS.lock().push((system_number(), word));
}

/// It is not any more.
pub(super) fn remove_thread() {
    THREADS.lock().retain(|(number, _)| *number != system_number());
}

/// Has a thread, or all others, look before the next call.
fn have_look(thread: Option<u64>) {
    IS_USED.store(true, Ordering::SeqCst);
    let is_meant = |number| thread.map_or(number != system_number(), |one| one == number);
    for (_, word) in THREADS.lock().iter().filter(|(number, _)| is_meant(*number)) {
        // SAFETY: a thread is removed before it ends.
        unsafe { word.set(ptr::null()) };
    }
}
