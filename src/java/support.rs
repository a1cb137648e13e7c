//! [`JavaSupport`]: the part of ours that runs in the JVM.

use std::ffi::{CStr, CString};
use std::mem;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

use jni_sys::{_jobject, jobject, jvalue};

use super::env::{Env, JavaMethod, NativeMethod};
use super::interruption::Interrupts;
use super::method_entry::MethodEntry;
use super::operation::Operation;
use super::vm::{self, LIFE, Vm};
use crate::error::{Error, Result, Status};
use crate::fork::Once;
use crate::kit::{Interruption, Release, Releases};
use crate::process::stack;
use crate::thread::{ThreadWords, Word};
use crate::value::memory;

/// Names of classes and what is in their files.
type ClassFiles = &'static [(&'static str, &'static [u8])];

// BASE: all classes. FFM: those of them that are others where the JVM has foreign memory. COMPILER: what
// compiles source text, which is defined when that is asked for.
include!(concat!(env!("OUT_DIR"), "/java_classes.rs"));

/// The class whose native methods are functions of ours.
const HOST: &str = "Host";

/// The class of methods that call one entity.
const ENTRY_CLASS: &str = "OwnEntry";

/// The first version that has foreign memory.
const FOREIGN_MEMORY: i32 = 22;

/// A C function of Java's that calls an entity with a frame.
pub type CallEntry = unsafe extern "C-unwind" fn(i64, i64) -> i32;

/// The part in Java, which stays as long as the process.
pub struct JavaSupport {
    vm: &'static Vm,
    /// Whether the JVM has foreign memory.
    is_foreign: bool,
    begin: JavaMethod,
    pub(super) interrupts: Interrupts,
    call: JavaMethod,
    often: JavaMethod,
    load: JavaMethod,
    bind: JavaMethod,
    release_entity: JavaMethod,
    pointer: JavaMethod,
    another: JavaMethod,
    retain: JavaMethod,
    release: JavaMethod,
    keep: JavaMethod,
    refused: JavaMethod,
    failure_type: JavaMethod,
    trace: JavaMethod,
    message: JavaMethod,
    foreign: JavaMethod,
    passed: JavaMethod,
    causes: JavaMethod,
    suppressed: JavaMethod,
    type_name: JavaMethod,
    identity: JavaMethod,
    describe_module: JavaMethod,
    named: JavaMethod,
    close: JavaMethod,
}

/// What calls entities from C, where the JVM has made it: NULL, or a [`CallEntry`].
static ENTRY: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

/// What calls those that are called often, by their indexes, once the JVM has made it: a [`CallEntry`], or a
/// [`MethodEntry`].
static DIRECT: [AtomicPtr<()>; 4096] = [const { AtomicPtr::new(ptr::null_mut()) }; 4096];

/// Calls an entity.
///
/// # Safety
/// It is there; the frame is as it was bound to.
#[inline(always)]
pub unsafe fn call(entity: i64, frame: *mut u64) -> Result<()> {
    // SAFETY: as the caller says.
    match unsafe { call_to_index(entity, frame)? } {
        0 => Ok(()),
        thrown => Err(super::error::of_call(thrown)),
    }
}

/// The same: 0, or the index of what it has thrown, which is the caller's.
#[inline(always)]
unsafe fn call_to_index(entity: i64, frame: *mut u64) -> Result<i32> {
    let words = ThreadWords::here();
    if vm::interface_of(words).is_null() || stack::is_unfit_on(words) {
        get_ready(words)?;
    }
    let frame = frame.expose_provenance() as i64;
    let entry = match own(entity) {
        none if none.is_null() => ENTRY.load(Ordering::Relaxed),
        // SAFETY: the entity is there; the frame is as it was bound to.
        own if MethodEntry::is(own) => unsafe {
            return call_method(own, words, entity, frame);
        },
        own => own,
    };
    // SAFETY: as above; the pointer is NULL, or to such a function.
    unsafe {
        match mem::transmute::<*mut (), Option<CallEntry>>(entry) {
            Some(entry) => Ok(entry(entity, frame)),
            None => call_by_interface(entity, frame),
        }
    }
}

/// What calls an entity alone; NULL if there is nothing.
#[inline(always)]
fn own(entity: i64) -> *mut () {
    let own = DIRECT.get(entity as u32 as usize).map(|own| own.load(Ordering::Acquire));
    own.unwrap_or(ptr::null_mut())
}

/// Whether an entity can be given what calls it alone.
pub(super) fn may_have_own(entity: i64) -> bool {
    (entity as u32 as usize) < DIRECT.len()
}

/// Whether an entity is called more quickly than by the interface's own means.
#[inline(always)]
pub fn is_quick(entity: i64) -> bool {
    is_linked() || !own(entity).is_null()
}

/// A thread that Java does not know yet, that is to look first, or that has no stack left to call it with.
#[cold]
fn get_ready(words: ThreadWords) -> Result<()> {
    if let Some(support) = get() {
        let env = support.vm.attach()?;
        if vm::interface_of(words).is_null() {
            support.interrupts.before_call(env)?;
        }
    }
    match stack::is_unfit_on(words) {
        true => Err(used_up()),
        false => Ok(()),
    }
}

/// The same by a method that calls this entity alone.
#[inline(always)]
unsafe fn call_method(own: *mut (), words: ThreadWords, entity: i64, frame: i64) -> Result<i32> {
    let env = match vm::interface_of(words) {
        none if none.is_null() => attach()?,
        // SAFETY: that of this thread, which it was given.
        env => unsafe { Env::from_raw(env.cast_mut().cast()) },
    };
    // SAFETY: as the caller says.
    let thrown = unsafe {
        // Else it may be done in any module, as of an object; so may what is called from there.
        let is_there = || {
            let module = MethodEntry::module(own);
            !module.is_null() && words.get(Word::JavaModule) == module
                || Operation::is_of_index(entity)
        };
        if !is_there() {
            words.set(Word::JavaModule, ptr::null());
        }
        let thrown = MethodEntry::call(own, env, entity, frame);
        if !is_there() {
            words.set(Word::JavaModule, ptr::null());
        }
        thrown
    };
    thrown.ok_or_else(|| {
        env.clear_thrown();
        exhausted()
    })
}

#[cold]
fn exhausted() -> Error {
    Error::new(Status::OutOfMemory, "Java has no memory left, or no stack")
}

unsafe fn call_by_interface(entity: i64, frame: i64) -> Result<i32> {
    let Some(support) = get() else {
        return Err(Error::new(Status::Internal, "there is no JVM"));
    };
    let env = support.vm.attach()?;
    count();
    // What is called may belong to any module, or be done in that of an object.
    if !Operation::is_of_index(entity) {
        Word::JavaModule.set(ptr::null());
    }
    let arguments = [jvalue { j: entity }, jvalue { j: frame }];
    // SAFETY: the method takes these.
    let thrown = unsafe { env.call_int(support.call, &arguments) };
    // So may what has been called from there, and Java has been left since.
    if !Operation::is_of_index(entity) {
        Word::JavaModule.set(ptr::null());
    }
    // It catches everything, unless there is no memory or stack even for that.
    match env.clear_thrown() {
        false => Ok(thrown),
        true => Err(exhausted()),
    }
}

/// Counts a call by the interface.
#[inline(always)]
fn count() {
    // As good as exact: threads may count over each other.
    let calls = CALLS.load(Ordering::Relaxed);
    if calls < MANY {
        CALLS.store(calls + 1, Ordering::Relaxed);
        if calls + 1 == MANY {
            begin();
        }
    }
}

#[cold]
fn begin() {
    let Some(support) = get() else { return };
    if let Ok(env) = support.vm.attach() {
        // SAFETY: the method takes nothing.
        unsafe { env.call_nothing(support.begin, &[]) };
        env.clear_thrown();
    }
}

/// The interface on this thread, if members are used by it: it is attached by us, and has stack left. Whoever
/// asks has seen that there is [no quicker way](is_linked).
#[inline(always)]
pub fn interface(words: ThreadWords) -> Option<Env> {
    let env = vm::interface_of(words);
    if env.is_null() || stack::is_unfit_on(words) {
        return None;
    }
    count();
    // SAFETY: that of this thread, which it was given.
    Some(unsafe { Env::from_raw(env.cast_mut().cast()) })
}

fn attach() -> Result<Env> {
    get().ok_or_else(|| Error::new(Status::Internal, "there is no JVM"))?.vm.attach()
}

/// Whether entities are called by a C function, or, since the machine is lost, not any more.
#[inline(always)]
pub fn is_linked() -> bool {
    !ENTRY.load(Ordering::Relaxed).is_null()
}

/// Whether they may be, later.
pub(super) fn will_be_linked() -> bool {
    get().is_some_and(|support| support.is_foreign)
}

/// An entity has been called often by the interface's own means: it may be given what is quicker.
#[cold]
pub(super) fn tell_often(env: Env, entity: i64) {
    if let Some(support) = get() {
        // SAFETY: the method takes a number.
        let _ = unsafe { env.call_truth(support.often, &[jvalue { j: entity }]) };
    }
}

/// Defines a class whose method calls what a class loader has: the number of that.
pub(super) fn method_entry(env: Env, loader: jobject) -> Result<i64> {
    let entry = BASE.iter().find(|(name, _)| *name == ENTRY_CLASS);
    let (name, bytes) = entry.ok_or_else(|| Error::new(Status::Internal, "a class is missing"))?;
    let class = env.define(&class_name(name), bytes, loader)?;
    env.method(class, c"call", c"(J)I").map(MethodEntry::of)
}

/// Gives back a global reference.
pub(super) fn release_reference(reference: NonNull<_jobject>) {
    unsafe fn release(support: &JavaSupport, reference: NonNull<()>) {
        if let Ok(env) = support.vm.attach() {
            // SAFETY: a global reference, which is given back once.
            unsafe { (env.functions().DeleteGlobalRef)(env.raw(), reference.as_ptr().cast()) };
        }
    }
    let Some(support) = get() else { return };
    match support.vm.attach() {
        // SAFETY: as above.
        Ok(env) => unsafe { (env.functions().DeleteGlobalRef)(env.raw(), reference.as_ptr()) },
        // SAFETY: as above, by whoever enters Java next.
        Err(_) if LIFE.check().is_ok() => unsafe {
            RELEASES.push(reference.cast(), release);
        },
        Err(_) => {}
    }
}

/// How often entities were called by the interface.
static CALLS: AtomicU32 = AtomicU32::new(0);

/// So many calls are worth a quicker way, which takes long to prepare.
const MANY: u32 = 200;

/// Entities are called by a C function from now on, unless they are not called any more.
pub(super) fn ready(entry: i64) {
    let (none, entry) = (ptr::null_mut(), ptr::with_exposed_provenance_mut(entry as usize));
    let _ = ENTRY.compare_exchange(none, entry, Ordering::Relaxed, Ordering::Relaxed);
}

/// The entity of an index is called by a C function of its own from now on; NULL: by that of all.
pub(super) fn direct(index: i32, entry: i64, module: i64) {
    let Some(direct) = DIRECT.get(index as usize) else { return };
    let entry = ptr::with_exposed_provenance_mut(entry as usize);
    if MethodEntry::is(entry) {
        // SAFETY: one, which stays.
        unsafe { MethodEntry::set_module(entry, module) };
    }
    direct.store(entry, Ordering::SeqCst);
    // Either this sees that, or who says so sees what is stored.
    if ENTRY.load(Ordering::SeqCst) == lost as *mut () {
        direct.store(ptr::null_mut(), Ordering::Relaxed);
    }
}

/// What calls no entity: the machine is lost.
unsafe extern "C-unwind" fn lost(_: i64, _: i64) -> i32 {
    LOST
}

/// What it gives, which is no index.
pub(super) const LOST: i32 = i32::MIN;

/// The machine is not there any more, or not in this process: no entity is called.
pub(super) fn lose() {
    if get().is_some() {
        ENTRY.store(lost as *mut (), Ordering::SeqCst);
        for direct in &DIRECT {
            direct.store(ptr::null_mut(), Ordering::SeqCst);
        }
    }
}

#[cold]
fn used_up() -> Error {
    Error::unsupported(
        "this thread's stack is nearly used up, or is another than the thread's own, such as a \
         fiber's: Java runs on the thread's own",
    )
}

/// Indexes that were given up where Java could not be entered.
static RELEASES: Releases<JavaSupport> = Releases::new();

static SUPPORT: Once<JavaSupport> = Once::new();

/// The part in Java, once it is there.
pub fn get() -> Option<&'static JavaSupport> {
    SUPPORT.get()
}

/// Has it be there, by what defines it.
pub(super) fn install(
    define: impl FnOnce() -> Result<JavaSupport>,
) -> Result<&'static JavaSupport> {
    SUPPORT.get_or_make(define)
}

impl JavaSupport {
    /// Defines its classes.
    pub(super) fn define(
        vm: &'static Vm,
        natives: fn() -> Vec<NativeMethod>,
    ) -> Result<JavaSupport> {
        let env = vm.attach()?;
        env.with_locals(|| JavaSupport::define_in(vm, env, natives))
    }

    fn define_in(
        vm: &'static Vm,
        env: Env,
        natives: fn() -> Vec<NativeMethod>,
    ) -> Result<JavaSupport> {
        let version = feature_version(vm)?;
        let is_foreign = version >= FOREIGN_MEMORY;
        let own = if is_foreign { FFM } else { &[] };
        let is_own = |name: &str| own.iter().any(|(known, _)| *known == name);
        // In the order of their names, each after those that it extends. They are the boot loader's, as the
        // JDK's own are: the JVM does not verify those, and whatever loads classes finds what programs see.
        for (name, bytes) in BASE.iter().filter(|(name, _)| !is_own(name)).chain(own) {
            let defined = env.define(&class_name(name), bytes, ptr::null_mut())?;
            if *name == HOST {
                // Before it is looked for, which initialises it.
                // SAFETY: the functions have these signatures.
                unsafe { env.register(defined, &natives())? };
            }
        }
        if is_foreign {
            allow_addresses(env);
        }
        let class = |name| env.class(&class_name(name));
        let method = |name, method, signature| env.method(class(name)?, method, signature);
        let install = method("Operations", c"install", c"()V")?;
        // SAFETY: the method takes nothing.
        unsafe { env.call_nothing(install, &[]) };
        env.check()?;
        vm::adopt_by(method("Threads", c"adopt", c"(J)V")?, env);
        watch_the_end(env, method("Ending", c"hook", c"()Ljava/lang/Runnable;")?);
        Ok(JavaSupport {
            vm,
            is_foreign,
            begin: method("Linked", c"begin", c"()V")?,
            interrupts: Interrupts {
                know: method("Threads", c"know", c"(J)V")?,
                meant: method("Interrupts", c"meant", c"(J)[Ljava/lang/Thread;")?,
                interrupt: method("Interrupts", c"interrupt", c"([Ljava/lang/Thread;I)I")?,
                take_back: method("Interrupts", c"takeBack", c"()V")?,
                begin: method("Interrupts", c"begin", c"()I")?,
            },
            call: method("Entities", c"call", c"(JJ)I")?,
            often: method("Entities", c"often", c"(J)Z")?,
            load: method("Modules", c"load", c"([Ljava/lang/String;)I")?,
            bind: method("Binder", c"bind", BIND)?,
            pointer: method("Entities", c"pointer", c"(J)J")?,
            release_entity: method("Entities", c"release", c"(J)V")?,
            retain: method("Objects", c"retain", c"(I)V")?,
            release: method("Objects", c"release", c"(I)V")?,
            another: method("Objects", c"another", c"(I)J")?,
            keep: method("Failures", c"keep", c"(Ljava/lang/Throwable;)I")?,
            refused: method("Failures", c"refused", c"(I)Ljava/lang/String;")?,
            failure_type: method("Failures", c"typeName", c"(I)Ljava/lang/String;")?,
            trace: method("Failures", c"trace", c"(I)Ljava/lang/String;")?,
            message: method("Failures", c"message", c"(I)Ljava/lang/String;")?,
            foreign: method("Failures", c"foreign", c"(I)J")?,
            passed: method("Failures", c"passed", c"(I)Ljava/lang/String;")?,
            causes: method("Failures", c"causes", c"(I)[I")?,
            suppressed: method("Failures", c"suppressed", c"(I)[I")?,
            type_name: method("Objects", c"typeName", c"(I)Ljava/lang/String;")?,
            describe_module: method("Description", c"of", c"(I)Ljava/lang/String;")?,
            identity: method("Objects", c"identity", c"(I)J")?,
            named: method("Modules", c"named", c"(ILjava/lang/String;)Ljava/lang/String;")?,
            close: method("Modules", c"close", c"(I)V")?,
        })
    }

    /// Loads the parts of a path: the index of their class loader.
    pub fn load(&self, parts: &[String]) -> Result<i32> {
        let env = self.vm.attach()?;
        env.with_locals(|| {
            let parts = env.texts(Some(parts))?;
            // SAFETY: the method takes an array of texts.
            let loader = unsafe { env.call_int(self.load, &[jvalue { l: parts }]) };
            env.check()?;
            Ok(loader)
        })
    }

    /// The interface on this thread.
    pub(super) fn attach(&self) -> Result<Env> {
        self.vm.attach()
    }

    /// Defines the classes that compile.
    pub(super) fn define_compiler(&self, env: Env) -> Result<()> {
        let loader = env.system_loader()?;
        COMPILER
            .iter()
            .try_for_each(|(name, bytes)| env.define(&class_name(name), bytes, loader).map(drop))
    }

    /// What a name of the module of a loader stands for: `class` or `package`, and the whole name.
    pub fn named(&self, loader: i32, name: &str) -> Result<String> {
        let env = self.vm.attach()?;
        env.with_locals(|| {
            let arguments = [jvalue { i: loader }, jvalue { l: env.text(name)? }];
            // SAFETY: the arguments are those of the method, which gives a text.
            unsafe {
                let named = env.call_object(self.named, &arguments)?;
                env.text_of(named)
            }
        })
    }

    /// Interrupts code that runs on a thread, or on all others, if that is still wanted.
    pub fn interrupt(
        &self,
        thread: Option<u64>,
        why: Interruption,
        is_wanted: &dyn Fn() -> bool,
    ) -> Result<()> {
        self.interrupts.interrupt(self.vm.attach()?, thread, why, is_wanted)
    }

    /// Calls off what was to interrupt this thread, and takes back what it has not noticed yet.
    pub fn take_back_interrupt(&self, call_off: &dyn Fn() -> bool) -> Result<()> {
        self.interrupts.take_back(self.vm.attach()?, call_off)
    }

    /// A module is closed: this thread does not keep its class loader.
    pub fn close(&self, module: i32) {
        // Where Java has ended, it keeps nothing.
        let Ok(env) = self.vm.attach() else { return };
        Word::JavaModule.set(ptr::null());
        // SAFETY: the method takes an index and returns nothing.
        unsafe { env.call_nothing(self.close, &[jvalue { i: module }]) };
        env.clear_thrown();
    }

    /// Binds a member: what that is, as JSON.
    pub fn bind(&self, wanted: &WantedMember<'_>) -> Result<String> {
        let env = self.vm.attach()?;
        env.with_locals(|| {
            let text = |text: &str| env.text(text).map(|l| jvalue { l });
            let optional =
                |given: Option<&str>| given.map_or(Ok(jvalue { l: ptr::null_mut() }), text);
            let arguments = [
                jvalue { i: wanted.module },
                optional(wanted.class)?,
                text(wanted.what)?,
                optional(wanted.name)?,
                text(wanted.deed)?,
                jvalue { z: wanted.on_object },
                jvalue { l: env.texts(wanted.params.as_deref())? },
                jvalue { l: env.texts(wanted.returns.as_deref())? },
            ];
            // SAFETY: the arguments are those of the method, which gives a text.
            unsafe {
                let bound = env.call_object(self.bind, &arguments)?;
                env.text_of(bound)
            }
        })
    }

    /// The C function that an entity has, as long as it is there; NULL if it has none.
    pub fn pointer(&self, entity: i64) -> *const () {
        let Ok(env) = self.vm.attach() else { return ptr::null() };
        // SAFETY: the method takes a number.
        let address = unsafe { env.call_long(self.pointer, &[jvalue { j: entity }]) };
        ptr::with_exposed_provenance(address.unwrap_or_default() as usize)
    }

    /// Gives an entity back.
    pub fn release_entity(&self, entity: i64) {
        let Ok(env) = self.vm.attach() else { return give_up(entity, late_entity) };
        RELEASES.give_back(self);
        // SAFETY: the method takes a number and returns nothing.
        unsafe { env.call_nothing(self.release_entity, &[jvalue { j: entity }]) };
        env.clear_thrown();
    }

    /// Another reference of an object, by its index.
    pub fn another(&self, object: i32) -> Result<i64> {
        let env = self.vm.attach()?;
        // SAFETY: the method takes an index and gives a number.
        unsafe { env.call_long(self.another, &[jvalue { i: object }]) }
    }

    /// Has an index given back once more before the object is let go.
    pub(super) fn retain(&self, object: i32) -> Result<()> {
        let env = self.vm.attach()?;
        // SAFETY: the method takes an index.
        unsafe { env.call_nothing(self.retain, &[jvalue { i: object }]) };
        env.check()
    }

    /// Gives an object back.
    pub fn release(&self, object: i32) {
        let Ok(_) = self.vm.attach() else { return give_up(object.into(), late_object) };
        RELEASES.give_back(self);
        self.release_now(object);
    }

    /// The same on a thread that is attached.
    fn release_now(&self, object: i32) {
        // SAFETY: it takes an index, and gives nothing.
        match unsafe { call_to_index(Operation::Release as i64, [object as u64].as_mut_ptr()) } {
            Ok(0) => {}
            // There may be no memory to do so as others are done.
            Ok(thrown) => {
                [object, thrown].into_iter().for_each(|index| self.release_plainly(index))
            }
            Err(_) => give_up(object.into(), late_object),
        }
    }

    /// The same without an operation, which takes no memory of Java's.
    #[cold]
    fn release_plainly(&self, index: i32) {
        let Ok(env) = self.vm.attach() else { return give_up(index.into(), late_object) };
        // SAFETY: the method takes an index.
        unsafe { env.call_nothing(self.release, &[jvalue { i: index }]) };
        env.clear_thrown();
    }

    /// What something that was thrown says; `None` if Java fails to tell.
    pub(super) fn message(&self, thrown: i32) -> Option<CString> {
        let shown = |text: &[u8]| {
            CString::new(text).unwrap_or_else(|_| {
                let shown = String::from_utf8_lossy(text).replace('\0', "\u{fffd}");
                CString::new(shown).unwrap_or_default()
            })
        };
        let mut frame = [thrown as u64, 0, 0];
        // SAFETY: it takes an index, and gives a text.
        match unsafe { call_to_index(Operation::Message as i64, frame.as_mut_ptr()) }.ok()? {
            0 => Some(with_text(&frame[1..], shown)),
            failed => {
                self.release_plainly(failed);
                // Nor to say so as operations do.
                self.text(self.message, thrown).ok().map(|text| shown(text.as_bytes()))
            }
        }
    }

    /// What is asked of everything that was thrown: its class, and of its frames function, file and line, a
    /// line for each of these, and whether something led to it; `None` if Java fails to tell.
    pub(super) fn tell(&self, thrown: i32) -> Option<(String, bool)> {
        let mut told = [0_u64; 3];
        let mut frame = [thrown as u64, told.as_mut_ptr().expose_provenance() as u64];
        // SAFETY: it takes an index, and writes a text and a truth value there.
        match unsafe { call_to_index(Operation::Tell as i64, frame.as_mut_ptr()) }.ok()? {
            0 => Some((taken_text(&told), told[2] != 0)),
            failed => {
                self.release_plainly(failed);
                None
            }
        }
    }

    /// The index of something that was thrown.
    ///
    /// # Safety
    /// A reference to a `Throwable`.
    pub(super) unsafe fn keep(&self, env: Env, thrown: jobject) -> Result<i32> {
        // SAFETY: the method takes a `Throwable`, and throws nothing but for lack of memory.
        let index = unsafe { env.call_int(self.keep, &[jvalue { l: thrown }]) };
        match env.clear_thrown() {
            false => Ok(index),
            true => Err(Error::new(Status::OutOfMemory, "Java has no memory left")),
        }
    }

    /// What the part of ours refuses, as JSON.
    pub(super) fn refused(&self, thrown: i32) -> Result<String> {
        self.text(self.refused, thrown)
    }

    /// The name of the class of something that was thrown.
    pub(super) fn failure_type(&self, thrown: i32) -> Result<String> {
        self.text(self.failure_type, thrown)
    }

    /// Its stack trace, as Java prints it.
    pub(super) fn trace(&self, thrown: i32) -> Result<String> {
        self.text(self.trace, thrown)
    }

    /// What came from another language, as that has it: it stays as long as the index is in use.
    pub(super) fn foreign(&self, thrown: i32) -> Result<i64> {
        let env = self.vm.attach()?;
        // SAFETY: the method takes an index.
        unsafe { env.call_long(self.foreign, &[jvalue { i: thrown }]) }
    }

    /// The frames of Java's that a failure of another language has passed through, as [`tell`](Self::tell) has them.
    pub(super) fn passed(&self, thrown: i32) -> Result<String> {
        self.text(self.passed, thrown)
    }

    /// The indexes of what led to something that was thrown, one after another.
    pub(super) fn causes(&self, thrown: i32) -> Result<Vec<i32>> {
        self.indexes(self.causes, thrown)
    }

    /// The indexes of what was thrown while that was on its way.
    pub(super) fn suppressed(&self, thrown: i32) -> Result<Vec<i32>> {
        self.indexes(self.suppressed, thrown)
    }

    fn indexes(&self, method: JavaMethod, thrown: i32) -> Result<Vec<i32>> {
        let env = self.vm.attach()?;
        env.with_locals(|| {
            // SAFETY: the methods take an index and give an array of ints.
            unsafe {
                let indexes = env.call_object(method, &[jvalue { i: thrown }])?;
                Ok(env.ints(indexes))
            }
        })
    }

    /// What the classes of a loader have, as JSON.
    pub fn describe_module(&self, loader: i32) -> Result<String> {
        self.text(self.describe_module, loader)
    }

    /// The name of an object's class.
    pub fn type_name(&self, object: i32) -> Result<String> {
        self.text(self.type_name, object)
    }

    fn text(&self, method: JavaMethod, index: i32) -> Result<String> {
        let env = self.vm.attach()?;
        env.with_locals(|| {
            // SAFETY: the methods take an index and give a text.
            unsafe {
                let text = env.call_object(method, &[jvalue { i: index }])?;
                env.text_of(text)
            }
        })
    }

    /// A number that is the same for the same object, as long as it is used from outside.
    pub fn identity(&self, object: i32) -> Result<u64> {
        let env = self.vm.attach()?;
        // SAFETY: the method takes an index and gives a number.
        unsafe { env.call_long(self.identity, &[jvalue { i: object }]) }.map(|number| number as u64)
    }
}

/// A text that the part in Java gives in two slots.
pub(super) fn taken_text(slots: &[u64]) -> String {
    with_text(slots, |text| String::from_utf8_lossy(text).into_owned())
}

/// Makes something of such a text.
fn with_text<R>(slots: &[u64], make: impl FnOnce(&[u8]) -> R) -> R {
    let text: *mut u8 = ptr::with_exposed_provenance_mut(slots[0] as usize);
    if text.is_null() {
        return make(&[]);
    }
    // SAFETY: UTF-8 of so many bytes, which is ours.
    unsafe {
        let made = make(std::slice::from_raw_parts(text, slots[1] as usize));
        memory::free(text);
        made
    }
}

unsafe fn late_entity(support: &JavaSupport, entity: NonNull<()>) {
    support.release_entity(entity.addr().get() as i64);
}

unsafe fn late_object(support: &JavaSupport, object: NonNull<()>) {
    support.release_now(object.addr().get() as i32);
}

/// Leaves an index to whoever enters Java next; where nobody can any more, it does not matter.
#[cold]
fn give_up(index: i64, later: Release<JavaSupport>) {
    if LIFE.check().is_ok()
        && let Some(index) = NonNull::new(ptr::without_provenance_mut(index as usize))
    {
        // SAFETY: an index is no memory, and is given up once.
        unsafe { RELEASES.push(index, later) };
    }
}

/// Has what is called by address be so without a warning. The option for that would make the start longer.
fn allow_addresses(env: Env) {
    let allow = || {
        let module = env.class(c"java/lang/Module")?;
        let allow = env.method(module, c"implAddEnableNativeAccessToAllUnnamed", c"()V")?;
        // SAFETY: the method takes nothing.
        unsafe { env.call_nothing(allow, &[]) };
        env.check()
    };
    // Where it has no such thing, it warns.
    let _: Result<()> = allow();
}

/// Has Java say when it ends, after all else: who destroys it asks nobody.
fn watch_the_end(env: Env, hook: JavaMethod) {
    /// The last of those that run one after the other.
    const LAST: i32 = 9;
    let watch = || {
        let shutdown = env.class(c"java/lang/Shutdown")?;
        let add = env.method(shutdown, c"add", c"(IZLjava/lang/Runnable;)V")?;
        // SAFETY: the methods take these.
        unsafe {
            let hook = env.call_object(hook, &[])?;
            env.call_nothing(add, &[jvalue { i: LAST }, jvalue { z: false }, jvalue { l: hook }]);
        }
        env.check()
    };
    // Where it has no such thing, its end is not seen.
    let _: Result<()> = watch();
}

/// A member that is to be bound.
pub struct WantedMember<'a> {
    /// The class loader.
    pub module: i32,
    /// The class; if there is none, what each object has.
    pub class: Option<&'a str>,
    /// `class`, `package`, `callable`, `field`, `attribute` or `item`.
    pub what: &'static str,
    /// Its name; none of an item whose key is an argument.
    pub name: Option<&'a str>,
    /// `getter`, `setter` or `deleter`.
    pub deed: &'static str,
    /// Whether the first parameter is an object that has it.
    pub on_object: bool,
    /// The names of declared types.
    pub params: Option<Vec<String>>,
    /// The same of returns.
    pub returns: Option<Vec<String>>,
}

const BIND: &CStr = c"(ILjava/lang/String;Ljava/lang/String;Ljava/lang/String;Ljava/lang/String;Z[Ljava/lang/String;[Ljava/lang/String;)Ljava/lang/String;";

pub(super) fn class_name(name: &str) -> CString {
    // What programs see has its package in its name.
    let name = match name.contains('.') {
        true => name.replace('.', "/"),
        false => format!("metaffi/guest/{name}"),
    };
    CString::new(name).unwrap_or_default()
}

/// The first number of the version of Java.
fn feature_version(vm: &Vm) -> Result<i32> {
    let text = vm.property("java.specification.version")?;
    text.parse().map_err(|_| {
        Error::new(Status::Unsupported, format!("this is Java {text}; the oldest that works is 11"))
    })
}
