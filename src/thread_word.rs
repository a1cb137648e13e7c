//! [`thread_word!`](crate::thread_word::thread_word): one pointer for each thread that costs one
//! load to read.

/// Declares a module with `get` and `set` of a pointer for each thread, NULL at first. It outlives
/// the thread's destructors.
///
/// With the C library of GNU/Linux it is a word of the static thread-local area, of which the
/// dynamic linker keeps some in reserve for libraries that are loaded late: one load, where the
/// general way calls a function. `$symbol` names it in the whole library.
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

            #[inline(always)]
            pub(super) fn get() -> *const () {
                let value: *const ();
                // SAFETY: reads this thread's own word.
                unsafe {
                    asm!(
                        concat!("mov {value}, qword ptr [rip + ", $symbol, "@GOTTPOFF]"),
                        "mov {value}, qword ptr fs:[{value}]",
                        value = out(reg) value,
                        options(nostack, preserves_flags, readonly),
                    );
                }
                value
            }

            #[inline(always)]
            pub(super) fn set(value: *const ()) {
                // SAFETY: writes this thread's own word.
                unsafe {
                    asm!(
                        concat!("mov {place}, qword ptr [rip + ", $symbol, "@GOTTPOFF]"),
                        "mov qword ptr fs:[{place}], {value}",
                        place = out(reg) _,
                        value = in(reg) value,
                        options(nostack, preserves_flags),
                    );
                }
            }
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
