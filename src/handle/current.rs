//! One pointer for each thread, read at every call that holds on to something.

pub(super) use platform::{get, set};

/// With the C library of GNU/Linux, a word of the static thread-local area, of which the dynamic
/// linker keeps some in reserve for libraries that are loaded late: one load, where the general
/// way calls a function.
#[cfg(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64", not(miri)))]
mod platform {
    use std::arch::{asm, global_asm};

    global_asm!(
        ".pushsection .tbss.metaffi_current,\"awT\",@nobits",
        ".balign 8",
        ".hidden metaffi_current",
        ".globl metaffi_current",
        ".type metaffi_current,@object",
        ".size metaffi_current, 8",
        "metaffi_current:",
        ".zero 8",
        ".popsection",
    );

    #[inline(always)]
    pub(in crate::handle) fn get() -> *const () {
        let value: *const ();
        // SAFETY: reads this thread's own word.
        unsafe {
            asm!(
                "mov {value}, qword ptr [rip + metaffi_current@GOTTPOFF]",
                "mov {value}, qword ptr fs:[{value}]",
                value = out(reg) value,
                options(nostack, preserves_flags, readonly),
            );
        }
        value
    }

    pub(in crate::handle) fn set(value: *const ()) {
        // SAFETY: writes this thread's own word.
        unsafe {
            asm!(
                "mov {place}, qword ptr [rip + metaffi_current@GOTTPOFF]",
                "mov qword ptr fs:[{place}], {value}",
                place = out(reg) _,
                value = in(reg) value,
                options(nostack, preserves_flags),
            );
        }
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64", not(miri))))]
mod platform {
    use std::cell::Cell;
    use std::ptr;

    thread_local! {
        static CURRENT: Cell<*const ()> = const { Cell::new(ptr::null()) };
    }

    #[inline(always)]
    pub(in crate::handle) fn get() -> *const () {
        CURRENT.get()
    }

    pub(in crate::handle) fn set(value: *const ()) {
        CURRENT.set(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_thread_has_its_own() {
        let here = get();
        std::thread::spawn(|| {
            assert!(get().is_null());
            set(std::ptr::without_provenance(8));
            assert_eq!(get().addr(), 8);
            set(std::ptr::null());
        })
        .join()
        .unwrap();
        assert_eq!(get(), here);
    }
}
