//! [`JvmLibrary`]: a `libjvm`.

use std::mem::ManuallyDrop;
use std::ptr;

use jni_sys::{JNIEnv, JavaVM, JavaVMInitArgs, jint, jsize};
use libloading::Library;
use libloading::os::unix::{Library as UnixLibrary, RTLD_LOCAL, RTLD_NOW};

use crate::error::{Error, Result};

type GetCreated = unsafe extern "system" fn(*mut *mut JavaVM, jsize, *mut jsize) -> jint;

/// `JNI_CreateJavaVM`.
pub type CreateJvm =
    unsafe extern "system" fn(*mut *mut JavaVM, *mut *mut JNIEnv, *mut JavaVMInitArgs) -> jint;

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

    /// The virtual machine that it has made.
    pub fn created(&self) -> Result<Option<*mut JavaVM>> {
        let created: GetCreated = self.symbol(b"JNI_GetCreatedJavaVMs\0")?;
        let (mut vm, mut count) = (ptr::null_mut(), 0);
        // SAFETY: there is room for one.
        unsafe { created(&raw mut vm, 1, &raw mut count) };
        Ok((count > 0).then_some(vm))
    }

    /// What makes one.
    pub fn create(&self) -> Result<CreateJvm> {
        self.symbol(b"JNI_CreateJavaVM\0")
    }

    fn symbol<T: Copy>(&self, name: &[u8]) -> Result<T> {
        // SAFETY: the types above are those that the interface declares.
        let found = unsafe { self.library.get::<T>(name) };
        found.map(|symbol| *symbol).map_err(|_| {
            Error::load_failed(format!("{} is no libjvm: it starts no virtual machine", self.path))
        })
    }
}
