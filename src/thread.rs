//! [`Word`]: what each thread has of ours, pointers that are cheap to read.

use std::num::NonZeroUsize;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

/// A pointer of each thread, NULL at first. It outlives the thread's destructors.
#[derive(Clone, Copy)]
pub enum Word {
    /// In how many sections it is, in which nobody forks.
    Sections,
    /// Where it says what it is using.
    Block,
    /// The call of a host whose C code it runs.
    HostCall,
    /// The thread state that Python has given it.
    Python,
    /// The interface of the JVM, if it is attached to that by us; other threads may take it away.
    Java,
    /// The number of the module of Java's whose class loader it has; NULL if that is not known.
    JavaModule,
    /// What is added to an address for it to overflow, unless its stack is nearly used up there.
    Stack,
    /// Its number, once it was asked for.
    Number,
    #[cfg(test)]
    Test,
}

const COUNT: usize = if cfg!(test) { 9 } else { 8 };

impl Word {
    /// What it is.
    #[inline(always)]
    pub fn get(self) -> *const () {
        ThreadWords::here().get(self)
    }

    /// Makes it another.
    #[inline(always)]
    pub fn set(self, value: *const ()) {
        ThreadWords::here().set(self, value);
    }
}

/// Where this thread has its words, for whoever needs several of them. Code that may go on on
/// another thread asks anew.
#[derive(Clone, Copy)]
pub struct ThreadWords(*mut *const ());

impl ThreadWords {
    /// This thread's.
    #[inline(always)]
    pub fn here() -> ThreadWords {
        ThreadWords(platform::words())
    }

    /// The same without a call; `None` if it takes one.
    #[inline(always)]
    pub fn at_a_glance() -> Option<ThreadWords> {
        platform::known_words().map(ThreadWords)
    }

    /// What a word is.
    #[inline(always)]
    pub fn get(self, word: Word) -> *const () {
        // SAFETY: the words are this thread's, as long as it lives.
        unsafe { self.0.add(word as usize).read() }
    }

    /// Makes it another.
    #[inline(always)]
    pub fn set(self, word: Word, value: *const ()) {
        // SAFETY: as above.
        unsafe { self.0.add(word as usize).write(value) }
    }

    /// A word that other threads may change: all then use it so only.
    #[inline(always)]
    pub fn shared(self, word: Word) -> SharedWord {
        // SAFETY: the words are behind one another.
        SharedWord(unsafe { self.0.add(word as usize) })
    }
}

/// A word of one thread that other threads may change.
#[derive(Clone, Copy)]
pub struct SharedWord(*mut *const ());

// SAFETY: it is used by atomic operations only, for as long as its thread lives.
unsafe impl Send for SharedWord {}

impl SharedWord {
    /// What it is.
    ///
    /// # Safety
    /// Its thread lives.
    #[inline(always)]
    pub unsafe fn get(self) -> *const () {
        // SAFETY: as the caller says.
        unsafe { AtomicPtr::from_ptr(self.0.cast::<*mut ()>()).load(Ordering::Relaxed) }
    }

    /// Makes it another.
    ///
    /// # Safety
    /// Its thread lives.
    pub unsafe fn set(self, value: *const ()) {
        // SAFETY: as the caller says.
        let word = unsafe { AtomicPtr::from_ptr(self.0.cast::<*mut ()>()) };
        word.store(value.cast_mut(), Ordering::SeqCst);
    }
}

/// Which thread this is: no other has, had or will have the same number. It can be asked for also
/// when what Rust keeps for the thread is gone, as in the destructors of C.
pub fn number() -> NonZeroUsize {
    static LAST: AtomicUsize = AtomicUsize::new(0);
    let number = NonZeroUsize::new(Word::Number.get().addr());
    number.unwrap_or_else(|| {
        let number = NonZeroUsize::MIN.saturating_add(LAST.fetch_add(1, Ordering::Relaxed));
        Word::Number.set(ptr::without_provenance(number.get()));
        number
    })
}

/// The system's own number of this thread, which another may have when it has ended.
pub fn system_number() -> u64 {
    // SAFETY: asks only.
    unsafe { libc::pthread_self() as u64 }
}

/// Whether this is the thread that the process began with; false where that is not known.
pub fn is_main() -> bool {
    #[cfg(target_os = "linux")]
    // SAFETY: asks only.
    return unsafe { libc::gettid() == libc::getpid() };
    #[cfg(not(target_os = "linux"))]
    false
}

/// With the C library of GNU/Linux the words are found by a TLS descriptor. The dynamic linker puts
/// them into the static thread-local area, of which it keeps some in reserve for libraries that are
/// loaded late; there they are equally far from every thread's own pointer, and are found by that
/// distance. Where nothing is left of the area it makes them elsewhere, which is slower and works.
/// Stable Rust has only the general way, which calls `__tls_get_addr` each time.
#[cfg(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64", not(miri)))]
mod platform {
    use std::arch::{asm, global_asm};
    use std::ptr;
    use std::sync::atomic::{AtomicIsize, Ordering};

    use super::COUNT;

    global_asm!(
        ".pushsection .tbss.metaffi_thread,\"awT\",@nobits",
        ".balign 8",
        ".hidden metaffi_thread",
        ".globl metaffi_thread",
        ".type metaffi_thread,@object",
        ".size metaffi_thread, {size}",
        "metaffi_thread:",
        ".zero {size}",
        ".popsection",
        size = const size_of::<[*const (); COUNT]>(),
    );

    /// How far from every thread's own pointer its words are; 0 if that is not known, or differs.
    static DISTANCE: AtomicIsize = AtomicIsize::new(0);

    #[inline(always)]
    pub(super) fn words() -> *mut *const () {
        match DISTANCE.load(Ordering::Relaxed) {
            0 => at(ask()),
            distance => at(distance),
        }
    }

    /// The same without asking; `None` if that has to be done.
    #[inline(always)]
    pub(super) fn known_words() -> Option<*mut *const ()> {
        match DISTANCE.load(Ordering::Relaxed) {
            0 => None,
            distance => Some(at(distance)),
        }
    }

    #[inline(always)]
    fn at(distance: isize) -> *mut *const () {
        let words: usize;
        // SAFETY: the ABI puts a thread's own pointer there.
        unsafe {
            asm!("add {}, qword ptr fs:[0]", inout(reg) distance => words,
                options(nostack, readonly));
        }
        ptr::with_exposed_provenance_mut(words)
    }

    /// Asks the dynamic linker, or the linker if it knew.
    #[cold]
    #[inline(never)]
    extern "C" fn ask() -> isize {
        let (distance, descriptor): (isize, *const isize);
        // SAFETY: what is called keeps the registers of integers; those of vectors only since glibc
        // 2.40, and the stack is used. Whoever links this into a program puts the distance itself
        // in place of the descriptor, and nothing in place of the call.
        unsafe {
            asm!(
                "lea rax, [rip + metaffi_thread@tlsdesc]",
                "mov rcx, rax",
                "call qword ptr [rax + metaffi_thread@tlscall]",
                out("rcx") descriptor,
                out("rax") distance,
                clobber_abi("C"),
            );
        }
        // A descriptor is a function and what it is to answer: the distance, which is below zero, if
        // it is the same for every thread, else an address.
        // SAFETY: there is a descriptor if that is not the distance.
        let is_same = descriptor.addr().cast_signed() == distance
            || distance < 0 && unsafe { descriptor.add(1).read() } == distance;
        if is_same {
            DISTANCE.store(distance, Ordering::Relaxed);
        }
        distance
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64", not(miri))))]
mod platform {
    use std::cell::UnsafeCell;
    use std::ptr;

    use super::COUNT;

    thread_local! {
        static WORDS: UnsafeCell<[*const (); COUNT]> =
            const { UnsafeCell::new([ptr::null(); COUNT]) };
    }

    #[inline(always)]
    pub(super) fn words() -> *mut *const () {
        WORDS.with(|words| words.get().cast())
    }

    #[inline(always)]
    pub(super) fn known_words() -> Option<*mut *const ()> {
        Some(words())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_thread_has_its_own() {
        Word::Test.set(std::ptr::without_provenance(16));
        std::thread::spawn(|| {
            assert!(Word::Test.get().is_null());
            Word::Test.set(std::ptr::without_provenance(8));
            assert_eq!(Word::Test.get().addr(), 8);
        })
        .join()
        .unwrap();
        assert_eq!(Word::Test.get().addr(), 16);
    }

    #[test]
    fn no_two_threads_have_one_number() {
        let mut numbers = vec![number()];
        numbers.extend((0..8).map(|_| std::thread::spawn(number).join().unwrap()));
        assert_eq!(numbers[0], number());
        numbers.sort();
        numbers.dedup();
        assert_eq!(numbers.len(), 9);
    }
}
