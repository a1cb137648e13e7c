//! Starting a virtual machine.
//!
//! One that cannot start says why on the standard error output, and ends the process. So it is started on a
//! thread of ours, what it says is listened to, and instead of the process that thread ends: it stays where
//! it is.

use std::ffi::{CString, c_char, c_int, c_void};
use std::ptr;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use jni_sys::{JNI_OK, JNI_VERSION_10, JavaVM, JavaVMInitArgs, JavaVMOption, jint};

use super::library::{CreateJvm, JvmLibrary};
use super::nature::NATURE;
use super::vm::{LIFE, Vm};
use crate::error::{Error, Result, Status};
use crate::fork::{Lock, Once};
use crate::process::Handlers;
use crate::standard_error;

/// A start that is under way.
struct Start {
    tell: Sender<Started>,
    /// What it has said so far.
    said: String,
}

/// How it went.
enum Started {
    Runs(AddressOf),
    Refused(jint),
    /// It would have ended the process.
    Died,
}

/// Where a virtual machine is.
struct AddressOf(*mut JavaVM);

// SAFETY: it may be used on every thread.
unsafe impl Send for AddressOf {}

static START: Lock<Option<Start>> = Lock::new(None);

/// Why one has died at its start: there is never another.
static DEAD: Once<String> = Once::new();

/// As much as the first thread of a program has.
const STACK: usize = 8 << 20;

unsafe extern "C" {
    fn vsnprintf(
        to: *mut c_char,
        size: usize,
        format: *const c_char,
        arguments: *mut c_void,
    ) -> c_int;
    fn vfprintf(to: *mut libc::FILE, format: *const c_char, arguments: *mut c_void) -> c_int;
}

/// Fails if one has died at its start.
pub fn check() -> Result<()> {
    match DEAD.get() {
        None => Ok(()),
        Some(said) => Err(Error::load_failed(format!(
            "the JVM that this process has did not start, and there is one only; use another process: {said}"
        ))),
    }
}

/// Starts the one of a `libjvm`, with options as `java` takes them.
pub fn start(library: &JvmLibrary, options: &[String]) -> Result<&'static Vm> {
    let create = library.create()?;
    let texts = options.iter().map(|option| CString::new(&**option));
    let texts = texts.collect::<std::result::Result<Vec<_>, _>>().map_err(|_| {
        Error::invalid("an option of the JVM has a NUL in it, where its text would end")
    })?;
    let (tell, told) = channel();
    *START.lock() = Some(Start { tell: tell.clone(), said: String::new() });
    let before = Handlers::now();
    let run = move || {
        let _floats = NATURE.go_in();
        let _ = tell.send(run(create, &texts));
    };
    let thread = thread::Builder::new().name("java".to_owned()).stack_size(STACK);
    thread.spawn(run).map_err(|error| {
        Error::new(Status::OutOfMemory, format!("no thread could be made for the JVM: {error}"))
    })?;
    let started = told.recv().unwrap_or(Started::Died);
    let said = START.lock().take().map(|start| start.said).unwrap_or_default();
    let failed = |status: &str| {
        let said = said.trim();
        Error::load_failed(format!(
            "the JVM of {} does not start: {}",
            library.path(),
            if said.is_empty() { status } else { said }
        ))
    };
    match started {
        Started::Runs(AddressOf(vm)) => {
            before.share();
            standard_error::write(&said);
            Ok(Vm::of(vm))
        }
        Started::Refused(status) => {
            before.restore();
            Err(failed(&format!("JNI_CreateJavaVM gives {status}, and says nothing")))
        }
        Started::Died => {
            before.restore();
            let error = failed("what it has printed says why");
            DEAD.get_or_init(|| error.message().to_owned());
            Err(error)
        }
    }
}

/// Makes it, on this thread, which it does not keep.
fn run(create: CreateJvm, texts: &[CString]) -> Started {
    let option = |text: *const c_char, hook: *const ()| JavaVMOption {
        optionString: text.cast_mut(),
        extraInfo: hook.cast_mut().cast(),
    };
    let mut options = vec![
        option(c"vfprintf".as_ptr(), print as *const ()),
        option(c"exit".as_ptr(), exit as *const ()),
        option(c"abort".as_ptr(), abort as *const ()),
    ];
    options.extend(texts.iter().map(|text| option(text.as_ptr(), ptr::null())));
    let mut arguments = JavaVMInitArgs {
        version: JNI_VERSION_10,
        nOptions: options.len() as jint,
        options: options.as_mut_ptr(),
        ignoreUnrecognized: false,
    };
    let (mut vm, mut env) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: as the interface says; what it has made is given up by this thread.
    unsafe {
        match create(&raw mut vm, &raw mut env, &raw mut arguments) {
            JNI_OK => {
                ((**vm).v1_4.DetachCurrentThread)(vm);
                Started::Runs(AddressOf(vm))
            }
            status => Started::Refused(status),
        }
    }
}

/// Has it say what it says to this, until it runs.
unsafe extern "C" fn print(
    to: *mut libc::FILE,
    format: *const c_char,
    arguments: *mut c_void,
) -> c_int {
    let mut text = [0_u8; 4096];
    let mut start = START.lock();
    let Some(start) = &mut *start else {
        drop(start);
        // SAFETY: the arguments are as the format says.
        return unsafe { vfprintf(to, format, arguments) };
    };
    // SAFETY: there is room for so much; the arguments are as the format says.
    let length = unsafe { vsnprintf(text.as_mut_ptr().cast(), text.len(), format, arguments) };
    let written = usize::try_from(length).unwrap_or(0).min(text.len() - 1);
    start.said.push_str(&String::from_utf8_lossy(&text[..written]));
    length
}

/// The end of a start: the thread that it is the end of stays here.
fn die() {
    let tell = START.lock().as_ref().map(|start| start.tell.clone());
    if let Some(tell) = tell
        && tell.send(Started::Died).is_ok()
    {
        loop {
            thread::park();
        }
    }
}

unsafe extern "C" fn abort() {
    die();
}

/// Java ends the process, which what is asked later does not find running.
unsafe extern "C" fn exit(_: jint) {
    die();
    LIFE.end();
}
