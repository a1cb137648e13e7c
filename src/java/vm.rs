//! [`Vm`]: the virtual machine of this process, and the threads that are attached to it.

use std::ffi::c_void;
use std::ptr;

use jni_sys::{JNI_OK, JNI_VERSION_10, JNIInvokeInterface__1_4, JavaVM, JavaVMAttachArgs, jvalue};

use super::env::{Env, JavaMethod};
use super::interruption;
use super::library::JvmLibrary;
use crate::error::{Error, Result};
use crate::fork::Once;
use crate::kit::{LateMessages, Life, at_thread_end};
use crate::process::stack;
use crate::thread::{ThreadWords, Word, is_main, system_number};

/// How far it has come.
pub static LIFE: Life = Life::new(LateMessages {
    closing: "the JVM shuts down",
    ended: "the JVM has shut down, and a process has one only",
    lost: "the JVM stays behind in the parent of a forked process; start another process instead",
});

static VM: Once<Vm> = Once::new();

/// The virtual machine, which is never destroyed.
pub struct Vm(*mut JavaVM);

// SAFETY: it may be used on every thread.
unsafe impl Send for Vm {}
// SAFETY: as above.
unsafe impl Sync for Vm {}

impl Vm {
    /// The one that is used, if it is already.
    pub fn get() -> Option<&'static Vm> {
        VM.get()
    }

    /// One that runs in this process already, whoever started it, or would be that of a `libjvm`.
    pub fn running(library: &JvmLibrary) -> Result<Option<&'static Vm>> {
        Ok(library.created()?.map(Vm::of))
    }

    /// One that a `libjvm` has made.
    pub(super) fn of(vm: *mut JavaVM) -> &'static Vm {
        VM.get_or_init(|| Vm(vm))
    }

    /// What a property such as `java.version` says.
    pub fn property(&self, name: &str) -> Result<String> {
        let env = self.attach()?;
        env.with_locals(|| {
            let system = env.class(c"java/lang/System")?;
            let signature = c"(Ljava/lang/String;)Ljava/lang/String;";
            let property = env.method(system, c"getProperty", signature)?;
            let name = env.text(name)?;
            // SAFETY: the method takes a text and gives one.
            unsafe { env.text_of(env.call_object(property, &[jvalue { l: name }])?) }
        })
    }

    fn functions(&self) -> &JNIInvokeInterface__1_4 {
        // SAFETY: the JVM's own table, which has these functions since its version 4.
        unsafe { &(**self.0).v1_4 }
    }

    /// The interface on this thread, which is attached for as long as it runs.
    #[inline(always)]
    pub fn attach(&self) -> Result<Env> {
        match interface_of(ThreadWords::here()) {
            env if env.is_null() => self.attach_first(),
            // SAFETY: that of this thread, which it was given.
            env => unsafe { LIFE.check().map(|()| Env::from_raw(env.cast_mut().cast())) },
        }
    }

    /// Who attached a thread himself may detach it, so that it is asked each time.
    #[cold]
    fn attach_first(&self) -> Result<Env> {
        let _arrival = LIFE.arrive(|| false)?;
        let mut env: *mut c_void = ptr::null_mut();
        // SAFETY: the machine is not destroyed meanwhile.
        unsafe {
            if (self.functions().GetEnv)(self.0, &raw mut env, JNI_VERSION_10) == JNI_OK {
                return Ok(Env::from_raw(env.cast()));
            }
            if stack::size().is_some_and(|size| size < LEAST_STACK) {
                return Err(small_stack());
            }
            let name = if is_main() { c"main".as_ptr() } else { ptr::null() };
            let group = ptr::null_mut();
            let mut arguments =
                JavaVMAttachArgs { version: JNI_VERSION_10, name: name.cast_mut(), group };
            let attach = self.functions().AttachCurrentThreadAsDaemon;
            let status = attach(self.0, &raw mut env, (&raw mut arguments).cast());
            if status != JNI_OK {
                return Err(Error::unsupported(format!(
                    "the JVM does not attach this thread (status {status}); there may be no memory \
                     for another one"
                )));
            }
            if !at_thread_end(detach) {
                (self.functions().DetachCurrentThread)(self.0);
                return Err(Error::unsupported(
                    "this thread is ending, and calls no Java any more",
                ));
            }
            interruption::add_thread(env.cast());
            let env = Env::from_raw(env.cast());
            adopt(env);
            Ok(env)
        }
    }
}

/// The interface of a thread, which it has if it is attached by us, unless it is to
/// [look first](interruption::Interrupts::before_call).
#[inline(always)]
pub(super) fn interface_of(words: ThreadWords) -> *const () {
    // SAFETY: this thread's.
    unsafe { words.shared(Word::Java).get() }
}

/// The least stack of a thread that calls Java, which keeps a part of it for itself.
const LEAST_STACK: usize = 512 << 10;

/// What a thread is told whose stack is too small.
#[cold]
pub fn small_stack() -> Error {
    Error::unsupported(format!(
        "this thread has a stack of {} KiB, and Java needs {} KiB and more; call it from a thread with a \
         larger one",
        stack::size().unwrap_or_default() >> 10,
        LEAST_STACK >> 10
    ))
}

/// What Java does for a thread that is attached.
static ADOPT: Once<JavaMethod> = Once::new();

/// Has it done, also for this thread.
pub(super) fn adopt_by(method: JavaMethod, env: Env) {
    ADOPT.get_or_init(|| method);
    adopt(env);
}

fn adopt(env: Env) {
    if let Some(method) = ADOPT.get() {
        let number = jvalue { j: system_number().cast_signed() };
        // SAFETY: the method takes a number.
        unsafe { env.call_nothing(*method, &[number]) };
        env.clear_thrown();
    }
}

/// This thread is not attached any more: at its end, or since it is the one that a child of a fork has.
pub(super) fn forget() {
    // SAFETY: this thread's.
    unsafe { ThreadWords::here().shared(Word::Java).set(ptr::null()) };
    Word::JavaModule.set(ptr::null());
}

/// The end of a thread that was attached.
fn detach() {
    let Some(vm) = Vm::get() else { return };
    interruption::remove_thread();
    forget();
    if let Ok(_arrival) = LIFE.arrive(|| false) {
        // SAFETY: the thread runs no code of Java's.
        unsafe { (vm.functions().DetachCurrentThread)(vm.0) };
    }
}
