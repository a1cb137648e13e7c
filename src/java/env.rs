//! [`Env`]: the Java Native Interface on a thread that is attached.

use std::ffi::{CStr, c_void};
use std::ptr;

use jni_sys::{
    JNIEnv, JNINativeInterface__1_6, JNINativeMethod, jclass, jint, jintArray, jlong, jlongArray,
    jmethodID, jobject, jstring, jvalue,
};

use crate::error::{Error, Result};
use crate::fork::Once;

/// The interface on this thread, which stays attached as long as it runs.
#[derive(Clone, Copy)]
pub struct Env(*mut JNIEnv);

/// A class, for as long as the process lives.
#[derive(Clone, Copy)]
pub struct JavaClass(jclass);

// SAFETY: global references are the same on every thread.
unsafe impl Send for JavaClass {}
// SAFETY: as above.
unsafe impl Sync for JavaClass {}

/// A static method of a class that is never unloaded.
#[derive(Clone, Copy)]
pub struct JavaMethod {
    class: jclass,
    id: jmethodID,
}

// SAFETY: identifiers are the same on every thread.
unsafe impl Send for JavaMethod {}
// SAFETY: as above.
unsafe impl Sync for JavaMethod {}

/// A native method: its name, its signature, and its function.
pub type NativeMethod = (&'static CStr, &'static CStr, *mut c_void);

/// How many local references one request makes at the most, which is no limit.
const LOCALS: jint = 64;

impl Env {
    /// The interface as the JVM has given it for this thread.
    ///
    /// # Safety
    /// It is that of this thread.
    pub unsafe fn from_raw(env: *mut JNIEnv) -> Env {
        Env(env)
    }

    /// Its functions.
    #[inline(always)]
    pub(super) fn functions(&self) -> &JNINativeInterface__1_6 {
        // SAFETY: the JVM's own table, which has these functions since its version 6.
        unsafe { &(**self.0).v1_6 }
    }

    /// Itself, for them.
    #[inline(always)]
    pub(super) fn raw(self) -> *mut JNIEnv {
        self.0
    }

    /// The class of a name such as `java/lang/String`, where the system's class loader finds it.
    pub fn class(self, name: &CStr) -> Result<JavaClass> {
        // SAFETY: the thread is attached.
        let local = unsafe { (self.functions().FindClass)(self.0, name.as_ptr()) };
        self.kept(local)
    }

    /// Defines a class of a class loader; NULL: the boot loader.
    pub fn define(self, name: &CStr, bytes: &[u8], loader: jobject) -> Result<JavaClass> {
        // SAFETY: the thread is attached, and the bytes are as many as said; a loader.
        let local = unsafe {
            let (data, length) = (bytes.as_ptr().cast(), bytes.len() as jint);
            (self.functions().DefineClass)(self.0, name.as_ptr(), loader, data, length)
        };
        self.kept(local)
    }

    /// The system's class loader: a local reference.
    pub fn system_loader(self) -> Result<jobject> {
        let class = self.class(c"java/lang/ClassLoader")?;
        let method = self.method(class, c"getSystemClassLoader", c"()Ljava/lang/ClassLoader;")?;
        // SAFETY: the method takes nothing.
        unsafe { self.call_object(method, &[]) }
    }

    fn kept(self, local: jobject) -> Result<JavaClass> {
        self.check()?;
        // SAFETY: the thread is attached; a class that was found.
        Ok(JavaClass(unsafe { (self.functions().NewGlobalRef)(self.0, local) }))
    }

    /// A static method by its name and signature.
    pub fn method(self, class: JavaClass, name: &CStr, signature: &CStr) -> Result<JavaMethod> {
        let JavaClass(class) = class;
        // SAFETY: the thread is attached, and the class is alive.
        let id = unsafe {
            (self.functions().GetStaticMethodID)(self.0, class, name.as_ptr(), signature.as_ptr())
        };
        self.check()?;
        Ok(JavaMethod { class, id })
    }

    /// What makes an object of a class, by its signature.
    pub fn constructor(self, class: JavaClass, signature: &CStr) -> Result<JavaMethod> {
        let JavaClass(class) = class;
        // SAFETY: the thread is attached, and the class is alive.
        let id = unsafe {
            let name = c"<init>".as_ptr();
            (self.functions().GetMethodID)(self.0, class, name, signature.as_ptr())
        };
        self.check()?;
        Ok(JavaMethod { class, id })
    }

    /// Makes an object: a local reference.
    ///
    /// # Safety
    /// The arguments are those of the constructor.
    pub unsafe fn make(self, constructor: JavaMethod, arguments: &[jvalue]) -> Result<jobject> {
        // SAFETY: the arguments are those of the constructor.
        let made = unsafe {
            let new = self.functions().NewObjectA;
            new(self.0, constructor.class, constructor.id, arguments.as_ptr())
        };
        self.check()?;
        Ok(made)
    }

    /// Calls what returns a truth value.
    ///
    /// # Safety
    /// As for [`call_int`](Env::call_int).
    pub unsafe fn call_truth(self, method: JavaMethod, arguments: &[jvalue]) -> Result<bool> {
        // SAFETY: the arguments are those of the method.
        let result = unsafe {
            let call = self.functions().CallStaticBooleanMethodA;
            call(self.0, method.class, method.id, arguments.as_ptr())
        };
        self.check()?;
        Ok(result)
    }

    /// Says which C functions are native methods of a class.
    ///
    /// # Safety
    /// They are as their signatures say.
    pub unsafe fn register(self, class: JavaClass, natives: &[NativeMethod]) -> Result<()> {
        let methods: Vec<JNINativeMethod> = natives
            .iter()
            .map(|(name, signature, function)| JNINativeMethod {
                name: name.as_ptr().cast_mut(),
                signature: signature.as_ptr().cast_mut(),
                fnPtr: *function,
            })
            .collect();
        // SAFETY: the thread is attached, and the class is alive.
        unsafe {
            let count = methods.len() as jint;
            (self.functions().RegisterNatives)(self.0, class.0, methods.as_ptr(), count);
        }
        self.check()
    }

    /// Calls what returns an int; nothing is looked at afterwards.
    ///
    /// # Safety
    /// The arguments are those of the method.
    #[inline(always)]
    pub unsafe fn call_int(self, method: JavaMethod, arguments: &[jvalue]) -> jint {
        // SAFETY: the arguments are those of the method.
        unsafe {
            let call = self.functions().CallStaticIntMethodA;
            call(self.0, method.class, method.id, arguments.as_ptr())
        }
    }

    /// Calls what returns nothing; nothing is looked at afterwards.
    ///
    /// # Safety
    /// As for [`call_int`](Env::call_int).
    pub unsafe fn call_nothing(self, method: JavaMethod, arguments: &[jvalue]) {
        // SAFETY: the arguments are those of the method.
        unsafe {
            let call = self.functions().CallStaticVoidMethodA;
            call(self.0, method.class, method.id, arguments.as_ptr());
        }
    }

    /// Calls what returns a long.
    ///
    /// # Safety
    /// As for [`call_int`](Env::call_int).
    pub unsafe fn call_long(self, method: JavaMethod, arguments: &[jvalue]) -> Result<jlong> {
        // SAFETY: the arguments are those of the method.
        let result = unsafe {
            let call = self.functions().CallStaticLongMethodA;
            call(self.0, method.class, method.id, arguments.as_ptr())
        };
        self.check()?;
        Ok(result)
    }

    /// Calls what returns an object: a local reference.
    ///
    /// # Safety
    /// As for [`call_int`](Env::call_int).
    pub unsafe fn call_object(self, method: JavaMethod, arguments: &[jvalue]) -> Result<jobject> {
        // SAFETY: the arguments are those of the method.
        let result = unsafe {
            let call = self.functions().CallStaticObjectMethodA;
            call(self.0, method.class, method.id, arguments.as_ptr())
        };
        self.check()?;
        Ok(result)
    }

    /// Runs `body`, whose local references are gone afterwards.
    pub fn with_locals<R>(self, body: impl FnOnce() -> Result<R>) -> Result<R> {
        // SAFETY: the thread is attached.
        if unsafe { (self.functions().PushLocalFrame)(self.0, LOCALS) } != 0 {
            self.check()?;
        }
        let done = body();
        // SAFETY: the frame that was pushed above.
        unsafe { (self.functions().PopLocalFrame)(self.0, ptr::null_mut()) };
        done
    }

    /// A text: a local reference.
    pub fn text(self, text: &str) -> Result<jstring> {
        let units: Vec<u16> = text.encode_utf16().collect();
        // SAFETY: the thread is attached, and the units are as many as said.
        let made =
            unsafe { (self.functions().NewString)(self.0, units.as_ptr(), units.len() as jint) };
        self.check()?;
        Ok(made)
    }

    /// What a text says.
    ///
    /// # Safety
    /// A reference to a `String`.
    pub unsafe fn text_of(self, text: jstring) -> Result<String> {
        // SAFETY: a reference to a text, which has so many units.
        let units = unsafe {
            let length = (self.functions().GetStringLength)(self.0, text);
            let mut units = vec![0_u16; length as usize];
            (self.functions().GetStringRegion)(self.0, text, 0, length, units.as_mut_ptr());
            units
        };
        self.check()?;
        Ok(String::from_utf16_lossy(&units))
    }

    /// Texts, or null: a local reference.
    pub fn texts(self, texts: Option<&[String]>) -> Result<jobject> {
        let Some(texts) = texts else { return Ok(ptr::null_mut()) };
        static STRING: Once<JavaClass> = Once::new();
        let JavaClass(class) = *STRING.get_or_make(|| self.class(c"java/lang/String"))?;
        // SAFETY: the thread is attached, and the class is alive.
        let array = unsafe {
            let new = self.functions().NewObjectArray;
            new(self.0, texts.len() as jint, class, ptr::null_mut())
        };
        self.check()?;
        for (index, text) in texts.iter().enumerate() {
            let text = self.text(text)?;
            // SAFETY: an element of the array.
            unsafe {
                (self.functions().SetObjectArrayElement)(self.0, array, index as jint, text);
                (self.functions().DeleteLocalRef)(self.0, text);
            }
        }
        Ok(array)
    }

    /// The numbers in an array.
    ///
    /// # Safety
    /// A reference to an array of longs.
    pub unsafe fn longs(self, array: jlongArray) -> Vec<jlong> {
        // SAFETY: so many as the array has.
        unsafe {
            let length = (self.functions().GetArrayLength)(self.0, array);
            let mut longs = vec![0; length as usize];
            (self.functions().GetLongArrayRegion)(self.0, array, 0, length, longs.as_mut_ptr());
            longs
        }
    }

    /// The same of an array of ints.
    ///
    /// # Safety
    /// A reference to an array of ints.
    pub unsafe fn ints(self, array: jintArray) -> Vec<jint> {
        // SAFETY: so many as the array has.
        unsafe {
            let length = (self.functions().GetArrayLength)(self.0, array);
            let mut ints = vec![0; length as usize];
            (self.functions().GetIntArrayRegion)(self.0, array, 0, length, ints.as_mut_ptr());
            ints
        }
    }

    /// A direct buffer of memory: a local reference; NULL where something is thrown.
    ///
    /// # Safety
    /// So many bytes, as long as somebody has the buffer.
    pub unsafe fn direct_buffer(self, data: *mut c_void, bytes: jlong) -> jobject {
        // SAFETY: the thread is attached.
        unsafe { (self.functions().NewDirectByteBuffer)(self.0, data, bytes) }
    }

    /// Where the memory of a direct buffer begins.
    ///
    /// # Safety
    /// A reference to one.
    pub unsafe fn buffer_address(self, buffer: jobject) -> *mut c_void {
        // SAFETY: the thread is attached.
        unsafe { (self.functions().GetDirectBufferAddress)(self.0, buffer) }
    }

    /// Whether something was thrown, which is not on its way any more.
    pub fn clear_thrown(self) -> bool {
        // SAFETY: the thread is attached.
        unsafe {
            let is_thrown = (self.functions().ExceptionCheck)(self.0);
            if is_thrown {
                (self.functions().ExceptionClear)(self.0);
            }
            is_thrown
        }
    }

    /// Fails if something was thrown.
    pub fn check(self) -> Result<()> {
        // SAFETY: the thread is attached; the reference is this function's own.
        unsafe {
            let thrown = (self.functions().ExceptionOccurred)(self.0);
            if thrown.is_null() {
                return Ok(());
            }
            (self.functions().ExceptionClear)(self.0);
            let error = super::error::of_thrown(self, thrown);
            (self.functions().DeleteLocalRef)(self.0, thrown);
            Err(error)
        }
    }

    /// The same while the part in Java is not there yet.
    pub(super) fn text_of_thrown(self, thrown: jobject) -> Error {
        let text = self.with_locals(|| Ok(self.text_of_its_own(thrown)));
        text.unwrap_or_else(|error| error)
    }

    fn text_of_its_own(self, thrown: jobject) -> Error {
        // SAFETY: the thread is attached; what was thrown has `toString`.
        unsafe {
            let functions = self.functions();
            let class = (functions.GetObjectClass)(self.0, thrown);
            let (name, signature) = (c"toString", c"()Ljava/lang/String;");
            let id = (functions.GetMethodID)(self.0, class, name.as_ptr(), signature.as_ptr());
            let text = (functions.CallObjectMethodA)(self.0, thrown, id, ptr::null());
            if self.clear_thrown() || text.is_null() {
                return Error::load_failed("the JVM throws what has no text");
            }
            Error::load_failed(self.text_of(text).unwrap_or_default())
        }
    }
}
