//! [`DirectCall`]: how a member is used by the native interface, without the part in Java.
//!
//! It takes numbers, which the interface has as frames have them, and Java's objects, and gives a number or
//! nothing. Whatever else there is to it, as a class that an object is not of, is left to the entity that
//! it has beside: then nothing has been done.

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU32, Ordering};

use jni_sys::{jclass, jobject, jobjectArray, jvalue};
use serde::Deserialize;

use super::direct_ways::{self, Way};
use super::env::{Env, JavaMethod};
use super::support;
use super::{mirrors, object};
use crate::error::{Error, Result, Status};
use crate::fork::Once;
use crate::handle::Key;
use crate::handle::pin::CallScope;
use crate::thread::{ThreadWords, Word};

/// What the part in Java says of one.
#[derive(Deserialize)]
pub struct DescribedDirect {
    kind: String,
    /// The type of the number that is given, or of that which is written.
    moved: String,
    /// The number of its module.
    module: usize,
    /// Of each argument that of its class: 0 of a number, [`ANY`] of what every object is.
    classes: Vec<u64>,
}

/// The number of the class that every object is of.
const ANY: u64 = 1;

/// So many arguments are put in order without allocating, and there are never more.
const MOST: usize = 16;

/// How a member is used, for as long as its entity is there.
pub struct DirectCall {
    entity: i64,
    way: Way,
    /// Whether the first argument is the object that has it.
    on_object: bool,
    /// Whether others are objects.
    takes_objects: bool,
    classes: Box<[u64]>,
    module: *const (),
    known: Once<ResolvedMember>,
    /// How often something else would have been quicker, as good as exact, until that is told.
    slow_calls: AtomicU32,
    /// Whether it is each time, and there may be something: the interface takes long over what a method takes,
    /// gives and throws.
    is_slow: bool,
}

/// So many calls are worth something quicker, which takes long to prepare.
const OFTEN: u32 = 1 << 12;

// SAFETY: the number of a module is no address.
unsafe impl Send for DirectCall {}
// SAFETY: as above.
unsafe impl Sync for DirectCall {}

/// What the interface knows it by, from its first call.
pub(super) struct ResolvedMember {
    pub(super) id: *mut c_void,
    pub(super) class: jclass,
    /// Those of the arguments; NULL of numbers and of what every object is.
    classes: Box<[jclass]>,
}

// SAFETY: identifiers and global references are the same on every thread.
unsafe impl Send for ResolvedMember {}
// SAFETY: as above.
unsafe impl Sync for ResolvedMember {}

impl DirectCall {
    /// That of an entity, if it can be.
    pub fn new(entity: i64, described: &DescribedDirect) -> Option<DirectCall> {
        let is_object = |class: &u64| *class != 0;
        let on_object = !described.kind.starts_with("static_");
        let objects = described.classes.iter().filter(|class| is_object(class)).count();
        // Where there will be a quicker way, there are no references to objects.
        if support::is_linked() || support::will_be_linked() && objects > 0 {
            return None;
        }
        let way = direct_ways::of(&described.kind, &described.moved)?;
        let takes_long = !described.classes.is_empty() || described.moved != "void";
        let is_slow = way.may_throw && takes_long && support::may_have_own(entity);
        Some(DirectCall {
            entity,
            way,
            slow_calls: AtomicU32::new(0),
            is_slow,
            on_object,
            takes_objects: objects > usize::from(on_object),
            classes: described.classes.clone().into_boxed_slice(),
            module: ptr::without_provenance(described.module),
            known: Once::new(),
        })
    }

    /// Uses it on this thread; `None` if the entity has to be called instead.
    ///
    /// # Safety
    /// The frame is as the entity was bound to.
    #[inline(always)]
    pub unsafe fn call(
        &self,
        scope: &CallScope,
        words: ThreadWords,
        env: Env,
        frame: *mut u64,
    ) -> Option<Result<()>> {
        let member = match self.known.get() {
            Some(known) if words.get(Word::JavaModule) == self.module => known,
            _ => match self.prepare(env, words)? {
                Ok(known) => known,
                Err(error) => return Some(Err(error)),
            },
        };
        if self.is_slow {
            self.count(env);
        }
        // SAFETY: the frame has a slot for each argument, and one behind them for a result; numbers are
        // there as the interface takes them.
        unsafe {
            if self.takes_objects {
                return self.call_with_objects(scope, words, env, member, frame);
            }
            let mut receiver = ptr::null_mut();
            if self.on_object {
                receiver = self.receiver(scope, env, member, frame)?;
            }
            let arguments = frame.add(usize::from(self.on_object));
            Some(self.enter(words, env, member, receiver, arguments.cast(), frame))
        }
    }

    /// The same where it is given objects.
    unsafe fn call_with_objects(
        &self,
        scope: &CallScope,
        words: ThreadWords,
        env: Env,
        member: &ResolvedMember,
        frame: *mut u64,
    ) -> Option<Result<()>> {
        let mut receiver = ptr::null_mut();
        let mut room = [const { MaybeUninit::<jvalue>::uninit() }; MOST];
        // SAFETY: as the caller says.
        unsafe {
            let first = usize::from(self.on_object);
            if self.on_object {
                receiver = self.receiver(scope, env, member, frame)?;
            }
            let places = room.iter_mut().enumerate().take(self.classes.len());
            for (index, place) in places.skip(first) {
                let slot = *frame.add(index);
                *place = MaybeUninit::new(match self.classes[index] {
                    0 => jvalue { j: slot as i64 },
                    _ => jvalue { l: self.reference(scope, env, member, index, slot)? },
                });
            }
            let arguments = room.as_ptr().add(first).cast();
            Some(self.enter(words, env, member, receiver, arguments, frame))
        }
    }

    #[inline(always)]
    unsafe fn enter(
        &self,
        words: ThreadWords,
        env: Env,
        member: &ResolvedMember,
        receiver: jobject,
        arguments: *const jvalue,
        frame: *mut u64,
    ) -> Result<()> {
        // SAFETY: as the caller says.
        unsafe {
            let result = frame.add(self.classes.len());
            (self.way.enter)(env.raw(), member, receiver, arguments, result);
            if self.way.may_throw {
                // What it has called may have come to call another module.
                if words.get(Word::JavaModule) != self.module {
                    words.set(Word::JavaModule, ptr::null());
                }
                if (env.functions().ExceptionCheck)(env.raw()) {
                    return Err(self.thrown(env));
                }
            }
        }
        Ok(())
    }

    /// The object that has it; `None` if there is none.
    #[inline(always)]
    unsafe fn receiver(
        &self,
        scope: &CallScope,
        env: Env,
        member: &ResolvedMember,
        frame: *mut u64,
    ) -> Option<jobject> {
        // SAFETY: the frame has a slot for it.
        let receiver = self.reference(scope, env, member, 0, unsafe { *frame })?;
        (!receiver.is_null()).then_some(receiver)
    }

    #[inline(always)]
    fn count(&self, env: Env) {
        let counted = self.slow_calls.load(Ordering::Relaxed);
        // Who has been told is not told again, and the line stays with all threads that read it.
        if counted >= OFTEN {
            return;
        }
        self.slow_calls.store(counted + 1, Ordering::Relaxed);
        if counted + 1 == OFTEN {
            support::tell_often(env, self.entity);
        }
    }

    /// What was thrown, as an error.
    #[cold]
    fn thrown(&self, env: Env) -> Error {
        let nothing = || Error::new(Status::Internal, "Java has thrown nothing");
        let error = env.check().err().unwrap_or_else(nothing);
        if !self.is_slow {
            self.count(env);
        }
        error
    }

    /// A reference to the object of a handle as an argument; `None` if it is not known to be one.
    #[inline(always)]
    fn reference(
        &self,
        scope: &CallScope,
        env: Env,
        member: &ResolvedMember,
        argument: usize,
        handle: u64,
    ) -> Option<jobject> {
        let handle = handle as Key;
        if handle == 0 {
            return Some(ptr::null_mut());
        }
        let mirror = mirrors::of(env, object::index_of(scope, handle).ok()?)?;
        let class = *self.classes.get(argument)?;
        let is_one = class == ANY || mirror.is_of(class) || {
            mirror.find_out(env, class, *member.classes.get(argument)?)
        };
        is_one.then(|| mirror.reference())
    }

    /// Has the thread be in its module, and finds out what the interface knows it by.
    #[cold]
    fn prepare(&self, env: Env, words: ThreadWords) -> Option<Result<&ResolvedMember>> {
        if words.get(Word::JavaModule) != self.module {
            // SAFETY: the method takes a number.
            let is_in =
                unsafe { env.call_truth(methods(env).ok()?.enter, &[jvalue { j: self.entity }]) };
            // Else another class loader was set there, and may be set anew before the next call; so may one by a
            // C function of Java's own, which is called unseen.
            let stays = is_in.ok()? && !support::will_be_linked();
            words.set(Word::JavaModule, if stays { self.module } else { ptr::null() });
        }
        if let Some(known) = self.known.get() {
            return Some(Ok(known));
        }
        match env.with_locals(|| self.find(env)) {
            Ok(known) => Some(Ok(self.known.get_or_init(|| known))),
            // Its class is not initialised, which is the failure of a call. Where there is an object, it is.
            Err(error) => (!self.on_object).then_some(Err(error)),
        }
    }

    fn find(&self, env: Env) -> Result<ResolvedMember> {
        let methods = methods(env)?;
        let functions = env.functions();
        // SAFETY: the method takes a number, and gives an array of the member, its class and those of the
        // arguments.
        unsafe {
            let parts: jobjectArray =
                env.call_object(methods.parts, &[jvalue { j: self.entity }])?;
            let part = |index| (functions.GetObjectArrayElement)(env.raw(), parts, index);
            let id = match self.way.is_field {
                true => (functions.FromReflectedField)(env.raw(), part(0)).cast::<c_void>(),
                false => (functions.FromReflectedMethod)(env.raw(), part(0)).cast::<c_void>(),
            };
            env.check()?;
            let kept = |index| match part(index) {
                none if none.is_null() => none,
                class => (functions.NewGlobalRef)(env.raw(), class),
            };
            let classes = (0..self.classes.len()).map(|index| kept(2 + index as i32)).collect();
            Ok(ResolvedMember { id, class: kept(1), classes })
        }
    }
}

impl Drop for ResolvedMember {
    fn drop(&mut self) {
        for class in self.classes.iter().chain([&self.class]) {
            if let Some(class) = NonNull::new(*class) {
                support::release_reference(class);
            }
        }
    }
}

/// What the part in Java does for it.
struct DirectMethods {
    parts: JavaMethod,
    enter: JavaMethod,
}

fn methods(env: Env) -> Result<&'static DirectMethods> {
    static METHODS: Once<DirectMethods> = Once::new();
    let find = || {
        env.with_locals(|| {
            let class = env.class(c"metaffi/guest/Direct")?;
            Ok(DirectMethods {
                parts: env.method(class, c"parts", c"(J)[Ljava/lang/Object;")?,
                enter: env.method(class, c"enter", c"(J)Z")?,
            })
        })
    };
    METHODS.get_or_make(find)
}
