//! Handles are made, looked up and freed. Whoever uses what a handle stands for has it pinned; a free
//! takes effect when the last pin is gone, and no call waits for it.

use std::any::{Any, TypeId};
use std::ptr::{self, NonNull};
use std::sync::Arc;

use super::key::{HandleKind, KIND_MASK, Key, refuse};
use super::pin::{self, CallScope};
use super::retired;
use super::slot::{Extension, Fast, HandleVtable};
use super::table::{CALLABLES, ENTITIES, Removed, THINGS, functions};
use crate::error::Result;
use crate::thread::ThreadWords;

/// A type that handles stand for. One type per kind, but for objects.
pub trait Handled: Any + Send + Sync {
    /// The kind of its handles.
    const KIND: HandleKind;

    /// How it is called, and its types in one word for calls by values; `None` if it cannot be.
    fn fast(&self) -> Option<(Fast, u64)> {
        None
    }

    /// Whether nobody sees when a reference of a handle's is given up: then it may wait for others.
    fn may_wait(&self) -> bool {
        false
    }

    /// Gives up a reference of a handle's, which nobody uses any more.
    fn release(self: Arc<Self>)
    where
        Self: Sized,
    {
        drop(self);
    }
}

/// Something that lives in a runtime and is not copied.
pub trait ForeignObject: Any + Send + Sync {
    /// The runtime's name.
    fn runtime(&self) -> &str;

    /// The type as its language names it.
    fn type_name(&self) -> String;

    /// The same, where it is of a class that a program has few of.
    fn class_name(&self) -> Option<&str> {
        None
    }

    /// Equal exactly for references to the same thing in the same runtime.
    fn identity(&self) -> u64;

    /// As [`Handled::may_wait`].
    fn may_wait(&self) -> bool {
        false
    }

    /// As [`Handled::release`].
    fn release(self: Arc<Self>)
    where
        Self: Sized,
    {
        drop(self);
    }
}

/// A type of objects, and what a layer above keeps with it.
pub trait ObjectType: ForeignObject + Sized {
    /// What that is.
    const EXTENSION: Extension = Extension::NONE;

    /// How references to them are counted: by an [`Arc`], unless their runtime does.
    const COUNTING: Counting = Counting { retain: retain::<Self>, release: release::<Self> };
}

/// How references to what handles stand for are counted.
pub struct Counting {
    /// Adds one, if it can be had.
    pub retain: unsafe fn(*const ()) -> Result<()>,
    /// Drops one; may run guest code.
    pub release: unsafe fn(*const ()),
}

impl<T: ForeignObject> Handled for T {
    const KIND: HandleKind = HandleKind::Object;

    fn may_wait(&self) -> bool {
        ForeignObject::may_wait(self)
    }

    fn release(self: Arc<Self>) {
        ForeignObject::release(self);
    }
}

unsafe fn retain<T>(data: *const ()) -> Result<()> {
    // SAFETY: `data` came from `Arc::<T>::into_raw` and the caller keeps it alive.
    unsafe { Arc::increment_strong_count(data.cast::<T>()) };
    Ok(())
}

unsafe fn release<T: Handled>(data: *const ()) {
    // SAFETY: `data` came from `Arc::<T>::into_raw`; the caller gives up that reference.
    T::release(unsafe { Arc::from_raw(data.cast::<T>()) });
}

unsafe fn may_wait<T: Handled>(data: *const ()) -> bool {
    // SAFETY: `data` came from `Arc::<T>::into_raw`, and the caller has that reference.
    unsafe { &*data.cast::<T>() }.may_wait()
}

unsafe fn object<T: ForeignObject>(data: *const ()) -> *const dyn ForeignObject {
    data.cast::<T>() as *const dyn ForeignObject
}

struct HandleVtableOf<T>(T);

impl<T: Handled> HandleVtableOf<T> {
    const PLAIN: HandleVtable = HandleVtable {
        kind: T::KIND,
        type_id: TypeId::of::<T>(),
        retain: retain::<T>,
        release: release::<T>,
        may_wait: may_wait::<T>,
        object: None,
        extension: Extension::NONE,
    };
}

impl<T: ObjectType> HandleVtableOf<T> {
    const OBJECT: HandleVtable = HandleVtable {
        object: Some(object::<T>),
        extension: T::EXTENSION,
        retain: T::COUNTING.retain,
        release: T::COUNTING.release,
        ..Self::PLAIN
    };
}

/// A new handle for `value`.
pub fn insert<T: Handled>(value: Arc<T>) -> Result<Key> {
    insert_then(value, |_| ())
}

/// The same; `then` runs when nothing can fail any more, and nobody has the handle yet.
pub fn insert_then<T: Handled>(value: Arc<T>, then: impl FnOnce(&T)) -> Result<Key> {
    add::<T>(value, &const { HandleVtableOf::<T>::PLAIN }, then)
}

/// A new handle for an object.
#[inline(always)]
pub fn insert_object<T: ObjectType>(value: Arc<T>) -> Result<Key> {
    add::<T>(value, &const { HandleVtableOf::<T>::OBJECT }, |_| ())
}

/// A new handle for an object whose runtime [counts](ObjectType::COUNTING) the references to it. The
/// one that is given is taken over, unless this fails.
///
/// # Safety
/// The object is a `T`, and the reference the caller's own.
#[inline(always)]
pub unsafe fn insert_counted<T: ObjectType>(object: NonNull<T>) -> Result<Key> {
    add_raw(object.cast(), &const { HandleVtableOf::<T>::OBJECT }, None, || ())
}

/// The same; `then` runs when nothing can fail any more, and nobody has the handle yet.
pub fn insert_object_then<T: ObjectType>(value: Arc<T>, then: impl FnOnce(&T)) -> Result<Key> {
    add::<T>(value, &const { HandleVtableOf::<T>::OBJECT }, then)
}

#[inline(always)]
fn add<T: Handled>(
    value: Arc<T>,
    vtable: &'static HandleVtable,
    then: impl FnOnce(&T),
) -> Result<Key> {
    let fast = value.fast();
    let data = Arc::into_raw(value);
    // SAFETY: an Arc's pointer is not null.
    let pointer = unsafe { NonNull::new_unchecked(data.cast_mut().cast::<()>()) };
    // SAFETY: nobody else has the reference yet.
    let then = || then(unsafe { &*data });
    add_raw(pointer, vtable, fast, then).inspect_err(|_| {
        // SAFETY: the table did not take the reference.
        drop(unsafe { Arc::from_raw(data) });
    })
}

#[inline(always)]
fn add_raw(
    data: NonNull<()>,
    vtable: &'static HandleVtable,
    fast: Option<(Fast, u64)>,
    then: impl FnOnce(),
) -> Result<Key> {
    let kind = vtable.kind;
    match functions(kind) {
        Some(table) => table.insert(kind, data, vtable, |slot| {
            slot.set_fast(fast);
            then();
        }),
        None => THINGS.insert(kind, data, vtable, |_| then()),
    }
}

/// The thing behind `key`, with a reference of its own.
pub fn get<T: Handled>(key: Key) -> Result<Arc<T>> {
    using(|scope| {
        let value: *const T = scope.get::<T>(key)?;
        // SAFETY: the pinned reference keeps the value alive while another is made.
        unsafe {
            Arc::increment_strong_count(value);
            Ok(Arc::from_raw(value))
        }
    })
}

/// Whether `key` is the handle of something that can be called, and has not been freed.
#[inline(always)]
pub fn is_alive(key: Key) -> bool {
    key != 0
        && match key & KIND_MASK == HandleKind::Entity as usize {
            true => ENTITIES.slot(key).is(key),
            false => CALLABLES.slot(key).is(key),
        }
}

/// Where what `key` stands for is, if it is something that can be called and has not been freed: all
/// handles of it say the same, and those of nothing else as long as one of them is there.
#[inline(always)]
pub fn callee_address(key: Key) -> Option<NonNull<()>> {
    let data = match key & KIND_MASK == HandleKind::Entity as usize {
        true => ENTITIES.slot(key).data(key),
        false => CALLABLES.slot(key).data(key),
    };
    data.and_then(|data| NonNull::new(data.cast_mut()))
}

/// The same of an object, if it is one that has not been freed.
pub fn object_address(key: Key) -> Option<NonNull<()>> {
    let is_one = HandleKind::of(key) == Some(HandleKind::Object);
    let data = is_one.then(|| THINGS.slot(key).data(key)).flatten();
    data.and_then(|data| NonNull::new(data.cast_mut()))
}

/// The object behind `key`, if it is one of type `T`, whose memory is only given back under a lock.
///
/// # Safety
/// This thread holds the lock under which [`ForeignObject::release`] of `T` gives references back,
/// and holds it as long as the result is used.
#[inline(always)]
pub unsafe fn peek<'a, T: ObjectType>(key: Key) -> Option<&'a T> {
    let slot = THINGS.slot(key);
    let (data, vtable) = slot.load(key)?;
    if !slot.is(key) {
        return None;
    }
    let known: *const HandleVtable = const { &HandleVtableOf::<T>::OBJECT };
    // SAFETY: the slot was filled with a `&'static HandleVtable`, and with a value of its type that is
    // there until the lock is given up; but what is in the slot of NULL is nothing.
    unsafe {
        let is = ptr::eq(vtable, known)
            || key & KIND_MASK == HandleKind::Object as usize
                && (*vtable).type_id == TypeId::of::<T>();
        if !is {
            return None;
        }
        std::hint::assert_unchecked(!data.is_null());
        Some(&*data.cast::<T>())
    }
}

/// Where the object behind `key` is just now, if it is one of type `T`: of use where that says more than
/// where memory is.
#[inline(always)]
pub fn address_of<T: ObjectType>(key: Key) -> Option<usize> {
    let slot = THINGS.slot(key);
    let (data, vtable) = slot.load(key)?;
    (is_of::<T>(vtable) && slot.is(key)).then(|| data.addr())
}

/// Whether what is behind `key` just now is an object of type `T`.
#[inline(always)]
pub fn is_one_of<T: ObjectType>(key: Key) -> bool {
    THINGS.slot(key).vtable(key).is_some_and(is_of::<T>)
}

/// Whether the vtable in a slot is that of a type, of which there may be several.
#[inline(always)]
fn is_of<T: ObjectType>(vtable: *const HandleVtable) -> bool {
    let known: *const HandleVtable = const { &HandleVtableOf::<T>::OBJECT };
    // SAFETY: a slot is filled with a `&'static HandleVtable` only; in that of NULL there is none.
    let of = || unsafe { vtable.as_ref() }.map(|vtable| vtable.type_id);
    ptr::eq(vtable, known) || of() == Some(TypeId::of::<T>())
}

/// What `key` stands for, of a type whose handles are never freed.
///
/// # Safety
/// No handle of a `T` is ever freed.
#[inline(always)]
pub unsafe fn lasting<T: Handled>(key: Key) -> Option<&'static T> {
    match THINGS.slot(key).data(key) {
        // SAFETY: a key that has the kind of `T`, of which there is one type, names a `T`, which stays
        // there.
        Some(data) if T::KIND.is_of(key) => Some(unsafe { &*data.cast::<T>() }),
        _ => None,
    }
}

/// What `key` stands for, without pinning it.
///
/// # Safety
/// The handle is not freed as long as the result is used.
#[inline(always)]
pub unsafe fn held<'a, T: Handled>(key: Key) -> Result<&'a T> {
    let found = match functions(T::KIND) {
        Some(table) => table.slot(key).load(key),
        None => THINGS.slot(key).load(key),
    };
    match found {
        // SAFETY: the slot was filled with a `&'static HandleVtable`, and with a value of its type, which
        // is there as long as the handle; in that of NULL there is none.
        Some((data, vtable)) if key != 0 && unsafe { &*vtable }.type_id == TypeId::of::<T>() => {
            // SAFETY: as above.
            Ok(unsafe { &*data.cast::<T>() })
        }
        _ => Err(refuse(key, T::KIND)),
    }
}

/// What a layer above keeps with the type of an object; nothing of what is no object. Of one that is
/// freed meanwhile it may be that of another: whoever uses the object looks at the handle anew.
#[inline(always)]
pub fn extension(key: Key) -> Result<Extension> {
    // SAFETY: the slot was filled with a `&'static HandleVtable` before its key became visible, and is
    // with one ever since; but in the slot of NULL there is none.
    match THINGS.slot(key).vtable(key).and_then(|vtable| unsafe { vtable.as_ref() }) {
        Some(vtable) => Ok(vtable.extension),
        None => Err(refuse(key, HandleKind::Object)),
    }
}

/// Asks an object about itself.
pub fn describe_object<R>(key: Key, ask: impl FnOnce(&dyn ForeignObject) -> R) -> Result<R> {
    using(|scope| {
        let pinned = scope.pin(&THINGS, key, HandleKind::Object)?;
        let cast = pinned.vtable.object.ok_or_else(|| refuse(key, HandleKind::Object))?;
        // SAFETY: the vtable belongs to the type of the data, which the pin keeps alive.
        Ok(ask(unsafe { &*cast(pinned.data) }))
    })
}

/// Another handle for the same thing.
pub fn clone(key: Key, kind: HandleKind) -> Result<Key> {
    using(|scope| {
        let (pinned, fast) = match functions(kind) {
            Some(table) => (scope.pin(table, key, kind)?, table.slot(key).fast_by_values(key)),
            None => (scope.pin(&THINGS, key, kind)?, None),
        };
        // SAFETY: the pin keeps the data alive; the new reference becomes the table's.
        let data = unsafe {
            (pinned.vtable.retain)(pinned.data)?;
            NonNull::new_unchecked(pinned.data.cast_mut())
        };
        add_raw(data, pinned.vtable, fast, || ()).inspect_err(|_| {
            // SAFETY: the reference made above was not taken.
            unsafe { (pinned.vtable.release)(pinned.data) };
        })
    })
}

/// Ends `key`. What it stood for is released when nobody uses it any more. NULL is fine.
#[inline]
pub fn free(key: Key, kind: HandleKind) -> Result<()> {
    if key == 0 {
        return Ok(());
    }
    let words = ThreadWords::here();
    let own = pin::own_on(words);
    let removed = match functions(kind) {
        _ if key & KIND_MASK != kind as usize => None,
        Some(table) => table.remove(key, own),
        None => THINGS.remove(key, own),
    };
    let Removed { data, vtable, was_pinned } = removed.ok_or_else(|| refuse(key, kind))?;
    match was_pinned {
        true => retired::retire(data, vtable),
        // SAFETY: the key is dead, and nobody has used what it stood for beside its maker.
        false => unsafe { retired::release((words, own), data, vtable) },
    }
    Ok(())
}

/// Drops `value` as soon as no call has it [protected](pin::CallScope::protect). Its pointer was
/// taken out of where it was by an operation that is `SeqCst`.
pub fn retire<T: Send + Sync + 'static>(value: Box<T>) {
    unsafe fn drop_box<T>(data: *const ()) {
        // SAFETY: `data` came from the box below, and this is its last use.
        drop(unsafe { Box::from_raw(data.cast_mut().cast::<T>()) });
    }
    retired::retire(
        Box::into_raw(value).cast_const().cast(),
        &const { HandleVtable::only(drop_box::<T>) },
    );
}

/// A place that is never freed, and used again.
pub trait Reused: Sync + 'static {
    /// Called when nobody occupies it any more.
    fn give_back(&'static self);
}

/// Has `place` given back as soon as no call [occupies](pin::CallScope::occupy) it. Its end was
/// stored by an operation that is `SeqCst`.
pub fn retire_slot<T: Reused>(place: &'static T) {
    unsafe fn give_back<T: Reused>(place: *const ()) {
        // SAFETY: of the reference below.
        unsafe { &*place.cast::<T>() }.give_back();
    }
    retired::retire(ptr::from_ref(place).cast(), &const { HandleVtable::only(give_back::<T>) });
}

/// Runs `body` in a call scope.
#[inline]
pub fn using<R>(body: impl FnOnce(&CallScope) -> R) -> R {
    body(&pin::enter())
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;

    /// An object that counts its end.
    pub(in crate::handle) struct Counted(pub(in crate::handle) Arc<AtomicUsize>);

    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    impl ForeignObject for Counted {
        fn runtime(&self) -> &str {
            "test"
        }
        fn type_name(&self) -> String {
            "Counted".to_owned()
        }
        fn identity(&self) -> u64 {
            Arc::as_ptr(&self.0).addr() as u64
        }
    }

    impl ObjectType for Counted {}

    struct Other;

    impl ForeignObject for Other {
        fn runtime(&self) -> &str {
            "test"
        }
        fn type_name(&self) -> String {
            "Other".to_owned()
        }
        fn identity(&self) -> u64 {
            0
        }
    }

    impl ObjectType for Other {}

    fn counted() -> (Key, Arc<AtomicUsize>) {
        let drops = Arc::new(AtomicUsize::new(0));
        (insert_object(Arc::new(Counted(drops.clone()))).unwrap(), drops)
    }

    #[test]
    fn a_freed_handle_is_refused_from_then_on() {
        let (key, drops) = counted();
        assert_eq!(describe_object(key, |object| object.type_name()).unwrap(), "Counted");
        free(key, HandleKind::Object).unwrap();
        assert_eq!(drops.load(Ordering::SeqCst), 1);
        assert!(free(key, HandleKind::Object).unwrap_err().message().contains("stale"));
        assert!(get::<Counted>(key).is_err());
        let (next, _) = counted();
        assert_ne!(next, key);
        assert!(get::<Counted>(key).is_err());
        free(next, HandleKind::Object).unwrap();
    }

    #[test]
    fn each_clone_holds_one_reference() {
        let (key, drops) = counted();
        let second = clone(key, HandleKind::Object).unwrap();
        assert_ne!(second, key);
        free(key, HandleKind::Object).unwrap();
        assert_eq!(drops.load(Ordering::SeqCst), 0);
        free(second, HandleKind::Object).unwrap();
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn an_object_of_another_type_is_refused() {
        let (key, _) = counted();
        assert!(get::<Other>(key).is_err());
        assert!(get::<Counted>(key).is_ok());
        free(key, HandleKind::Object).unwrap();
        assert!(free(0, HandleKind::Object).is_ok());
        assert!(free(0x1000, HandleKind::Object).is_err());
    }

    #[test]
    fn a_free_waits_for_the_use_that_it_races() {
        let (key, drops) = counted();
        let scope = pin::enter();
        let value = scope.get::<Counted>(key).unwrap();
        thread::spawn(move || free(key, HandleKind::Object)).join().unwrap().unwrap();
        assert!(scope.get::<Counted>(key).is_err());
        assert_eq!(value.0.load(Ordering::SeqCst), 0);
        drop(scope);
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn spans_end_in_any_order() {
        let (first, first_drops) = counted();
        let (second, second_drops) = counted();
        let drops = || (first_drops.load(Ordering::SeqCst), second_drops.load(Ordering::SeqCst));
        let (one, two) = (pin::enter(), pin::enter());
        one.get::<Counted>(first).unwrap();
        two.get::<Counted>(second).unwrap();
        free(first, HandleKind::Object).unwrap();
        free(second, HandleKind::Object).unwrap();
        drop(one);
        assert_eq!(drops(), (1, 0));
        let three = pin::enter();
        assert!(three.get::<Counted>(second).is_err());
        drop(two);
        assert_eq!(drops(), (1, 1));
    }

    #[test]
    fn what_several_calls_use_waits_for_the_last() {
        let (key, drops) = counted();
        let scopes: Vec<_> = (0..100).map(|_| pin::enter()).collect();
        for scope in &scopes {
            scope.get::<Counted>(key).unwrap();
        }
        free(key, HandleKind::Object).unwrap();
        for scope in scopes {
            assert_eq!(drops.load(Ordering::SeqCst), 0);
            drop(scope);
        }
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn a_span_that_was_left_for_good_holds_only_what_it_used() {
        let (kept, kept_drops) = counted();
        let (other, other_drops) = counted();
        let left = pin::enter();
        left.get::<Counted>(kept).unwrap();
        std::mem::forget(left);
        pin::enter().get::<Counted>(other).unwrap();
        free(other, HandleKind::Object).unwrap();
        free(kept, HandleKind::Object).unwrap();
        assert_eq!(other_drops.load(Ordering::SeqCst), 1);
        assert_eq!(kept_drops.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn what_is_deferred_runs_once_at_the_end() {
        unsafe extern "C" fn count(data: *mut ()) {
            // SAFETY: the test passes a pointer to an AtomicUsize that outlives the scope.
            unsafe { &*data.cast::<AtomicUsize>() }.fetch_add(1, Ordering::SeqCst);
        }
        let runs = AtomicUsize::new(0);
        let scope = pin::enter();
        for _ in 0..200 {
            scope.defer((&raw const runs).cast_mut().cast(), count);
        }
        assert_eq!(runs.load(Ordering::SeqCst), 0);
        drop(scope);
        assert_eq!(runs.load(Ordering::SeqCst), 200);
        drop(pin::enter());
        assert_eq!(runs.load(Ordering::SeqCst), 200);
    }

    #[test]
    fn frees_and_uses_race_without_harm() {
        let current = AtomicUsize::new(0);
        let stop = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    while stop.load(Ordering::Relaxed) == 0 {
                        let key = current.load(Ordering::Relaxed);
                        let scope = pin::enter();
                        if let Ok(value) = scope.get::<Counted>(key) {
                            for _ in 0..20 {
                                assert_eq!(value.0.load(Ordering::Relaxed), 0);
                            }
                        }
                    }
                });
            }
            let frees = if cfg!(miri) { 30 } else { 20_000 };
            for _ in 0..frees {
                let old = current.swap(counted().0, Ordering::SeqCst);
                free(old, HandleKind::Object).unwrap();
            }
            stop.store(1, Ordering::SeqCst);
        });
        free(current.load(Ordering::SeqCst), HandleKind::Object).unwrap();
    }
}
