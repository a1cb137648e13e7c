//! [`Vm`]: the virtual machine of this process, and the threads that are attached to it.

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr;

use jni_sys::{JNI_OK, JNI_VERSION_10, JNIEnv, JNIInvokeInterface__1_4, JavaVM, jvalue};

use super::env::Env;
use super::library::JvmLibrary;
use crate::error::{Error, Result};
use crate::fork::Once;
use crate::kit::{LateMessages, Life, at_thread_end};

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

thread_local! {
    /// The interface on this thread, once it is attached.
    static ENV: Cell<*mut JNIEnv> = const { Cell::new(ptr::null_mut()) };
}

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
        match ENV.get() {
            env if env.is_null() => self.attach_first(),
            // SAFETY: that of this thread.
            env => Ok(unsafe { Env::from_raw(env) }),
        }
    }

    #[cold]
    fn attach_first(&self) -> Result<Env> {
        LIFE.check()?;
        let mut env: *mut c_void = ptr::null_mut();
        // SAFETY: the machine is never destroyed.
        unsafe {
            if (self.functions().GetEnv)(self.0, &raw mut env, JNI_VERSION_10) != JNI_OK {
                let attach = self.functions().AttachCurrentThreadAsDaemon;
                let status = attach(self.0, &raw mut env, ptr::null_mut());
                if status != JNI_OK {
                    return Err(Error::unsupported(
                        "this thread cannot be attached to the JVM; a thread needs a stack of at \
                         least 128 KiB for that",
                    ));
                }
                at_thread_end(detach);
            }
            ENV.set(env.cast());
            Ok(Env::from_raw(env.cast()))
        }
    }
}

/// This thread, the one that a child of a fork has, is not attached there.
pub(super) fn forget() {
    ENV.set(ptr::null_mut());
}

/// The end of a thread that was attached.
fn detach() {
    let Some(vm) = Vm::get() else { return };
    ENV.set(ptr::null_mut());
    if LIFE.check().is_ok() {
        // SAFETY: the thread runs no code of Java's.
        unsafe { (vm.functions().DetachCurrentThread)(vm.0) };
    }
}
