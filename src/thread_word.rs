//! [`thread_word!`](crate::thread_word::thread_word): one pointer for each thread that is cheap to
//! read.

/// Declares a module with `get` and `set` of a pointer for each thread, NULL at first. It outlives
/// the thread's destructors.
///
/// With the C library of GNU/Linux it is found by a TLS descriptor: the dynamic linker puts the
/// word into the static thread-local area, of which it keeps some in reserve for libraries that are
/// loaded late, and where nothing is left of that it makes it elsewhere, which is slower and works.
/// Stable Rust has only the general way, which calls `__tls_get_addr` each time. `$symbol` names it
/// in the whole library.
macro_rules! thread_word {
    ($(#[$attribute:meta])* $module:ident, $symbol:literal) => {
        $(#[$attribute])*
        #[cfg(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64", not(miri)))]
        mod $module {
            use std::arch::{asm, global_asm};

            global_asm!(
                concat!(".pushsection .tbss.", $symbol, ",\"awT\",@nobits"),
                ".balign 8",
                concat!(".hidden ", $symbol),
                concat!(".globl ", $symbol),
                concat!(".type ", $symbol, ",@object"),
                concat!(".size ", $symbol, ", 8"),
                concat!($symbol, ":"),
                ".zero 8",
                ".popsection",
            );

            /// Where this thread's word is.
            #[inline(always)]
            fn place() -> *mut *const () {
                let offset: usize;
                let thread: usize;
                // SAFETY: finds this thread's own word. The linker knows these two instructions as
                // a pair. What they call keeps the registers of integers; those of vectors only
                // since glibc 2.40, and the stack is used.
                unsafe {
                    asm!(
                        concat!("lea rax, [rip + ", $symbol, "@tlsdesc]"),
                        concat!("call qword ptr [rax + ", $symbol, "@tlscall]"),
                        "mov {thread}, qword ptr fs:[0]",
                        out("rax") offset,
                        thread = lateout(reg) thread,
                        out("xmm0") _, out("xmm1") _, out("xmm2") _, out("xmm3") _,
                        out("xmm4") _, out("xmm5") _, out("xmm6") _, out("xmm7") _,
                        out("xmm8") _, out("xmm9") _, out("xmm10") _, out("xmm11") _,
                        out("xmm12") _, out("xmm13") _, out("xmm14") _, out("xmm15") _,
                        out("k1") _, out("k2") _, out("k3") _, out("k4") _,
                        out("k5") _, out("k6") _, out("k7") _,
                    );
                }
                std::ptr::with_exposed_provenance_mut(thread.wrapping_add(offset))
            }

            #[inline(always)]
            pub(super) fn get() -> *const () {
                // SAFETY: the word is this thread's.
                unsafe { place().read() }
            }

            #[inline(always)]
            pub(super) fn set(value: *const ()) {
                // SAFETY: as above.
                unsafe { place().write(value) }
            }

            /// Sets it, and gives what it was.
            #[inline(always)]
            pub(super) fn replace(value: *const ()) -> *const () {
                // SAFETY: as above.
                unsafe { place().replace(value) }
            }

            // Not every word needs it.
            const _: fn(*const ()) -> *const () = replace;
        }

        $(#[$attribute])*
        #[cfg(not(all(
            target_os = "linux",
            target_env = "gnu",
            target_arch = "x86_64",
            not(miri)
        )))]
        mod $module {
            use std::cell::Cell;
            use std::ptr;

            thread_local! {
                static WORD: Cell<*const ()> = const { Cell::new(ptr::null()) };
            }

            #[inline(always)]
            pub(super) fn get() -> *const () {
                WORD.get()
            }

            #[inline(always)]
            pub(super) fn set(value: *const ()) {
                WORD.set(value);
            }

            #[inline(always)]
            pub(super) fn replace(value: *const ()) -> *const () {
                WORD.replace(value)
            }

            const _: fn(*const ()) -> *const () = replace;
        }
    };
}

pub(crate) use thread_word;

#[cfg(test)]
mod tests {
    thread_word!(word, "metaffi_test_word");

    #[test]
    fn every_thread_has_its_own() {
        word::set(std::ptr::without_provenance(16));
        std::thread::spawn(|| {
            assert!(word::get().is_null());
            word::set(std::ptr::without_provenance(8));
            assert_eq!(word::get().addr(), 8);
        })
        .join()
        .unwrap();
        assert_eq!(word::get().addr(), 16);
    }
}
