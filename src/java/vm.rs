//! [`Vm`]: the virtual machine of this process, and the threads that are attached to it.

use std::cell::Cell;
use std::ffi::{CString, c_void};
use std::mem::ManuallyDrop;
use std::ptr;

use jni_sys::{
    JNI_OK, JNI_VERSION_10, JNIEnv, JNIInvokeInterface__1_4, JavaVM, JavaVMInitArgs, JavaVMOption,
    jint, jsize,
};
use libloading::Library;
use libloading::os::unix::{Library as UnixLibrary, RTLD_LOCAL, RTLD_NOW};

use super::env::Env;
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

type GetCreated = unsafe extern "system" fn(*mut *mut JavaVM, jsize, *mut jsize) -> jint;
type Create = unsafe extern "system" fn(*mut *mut JavaVM, *mut *mut c_void, *mut c_void) -> jint;

impl Vm {
    /// The one that is used, if it is already.
    pub fn get() -> Option<&'static Vm> {
        VM.get()
    }

    /// One that runs in this process already, whoever started it, or would be that of a `libjvm`.
    pub fn running(library: &JvmLibrary) -> Result<Option<&'static Vm>> {
        let created: GetCreated = library.symbol(b"JNI_GetCreatedJavaVMs\0")?;
        let (mut vm, mut count) = (ptr::null_mut(), 0);
        // SAFETY: there is room for one.
        unsafe { created(&raw mut vm, 1, &raw mut count) };
        Ok((count > 0).then(|| VM.get_or_init(|| Vm(vm))))
    }

    /// Starts one with options as `java` takes them.
    pub fn start(library: &JvmLibrary, options: &[String]) -> Result<&'static Vm> {
        let create: Create = library.symbol(b"JNI_CreateJavaVM\0")?;
        let texts: Vec<CString> =
            options.iter().filter_map(|one| CString::new(&**one).ok()).collect();
        let plain = |text: &CString| JavaVMOption {
            optionString: text.as_ptr().cast_mut(),
            extraInfo: ptr::null_mut(),
        };
        let mut all: Vec<JavaVMOption> = texts.iter().map(plain).collect();
        let (mut vm, mut env) = (ptr::null_mut(), ptr::null_mut());
        let mut arguments = JavaVMInitArgs {
            version: JNI_VERSION_10,
            nOptions: all.len() as jint,
            options: all.as_mut_ptr(),
            ignoreUnrecognized: false,
        };
        // SAFETY: as the interface says.
        let status = unsafe { create(&raw mut vm, &raw mut env, (&raw mut arguments).cast()) };
        if status != JNI_OK {
            return Err(Error::load_failed(format!(
                "the JVM of {} does not start (status {status}); the options are: {}",
                library.path(),
                options.join(" ")
            )));
        }
        Ok(VM.get_or_init(|| Vm(vm)))
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

/// A `libjvm`, which is never closed.
pub struct JvmLibrary {
    path: String,
    library: ManuallyDrop<Library>,
}

impl JvmLibrary {
    /// The one that is in this process already.
    pub fn in_process() -> Option<JvmLibrary> {
        let here = Library::from(UnixLibrary::this());
        // SAFETY: only looked for.
        if unsafe { here.get::<GetCreated>(b"JNI_GetCreatedJavaVMs\0") }.is_ok() {
            return Some(JvmLibrary {
                path: "this process".to_owned(),
                library: ManuallyDrop::new(here),
            });
        }
        let path = "libjvm.so".to_owned();
        // SAFETY: a library that is loaded already is not initialised again.
        let open = unsafe { UnixLibrary::open(Some(&path), RTLD_NOW | libc::RTLD_NOLOAD) };
        open.ok().map(|library| JvmLibrary { path, library: ManuallyDrop::new(library.into()) })
    }

    /// Opens a file.
    pub fn open(path: &str) -> Result<JvmLibrary> {
        // SAFETY: what the library does at first is what a JVM does.
        match unsafe { UnixLibrary::open(Some(path), RTLD_NOW | RTLD_LOCAL) } {
            Ok(library) => {
                Ok(JvmLibrary { path: path.to_owned(), library: ManuallyDrop::new(library.into()) })
            }
            Err(error) => Err(Error::load_failed(format!("{path} cannot be opened: {error}"))),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &str {
        &self.path
    }

    fn symbol<T: Copy>(&self, name: &[u8]) -> Result<T> {
        // SAFETY: the types above are those that the interface declares.
        let found = unsafe { self.library.get::<T>(name) };
        found.map(|symbol| *symbol).map_err(|_| {
            Error::load_failed(format!("{} is no libjvm: it starts no virtual machine", self.path))
        })
    }
}
