//! The floating-point environment of a thread. It belongs to whoever runs on the thread: compiled
//! languages and their libraries reckon with the default one.

/// The rounding mode, what is done with numbers near zero, the traps, and what has happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FloatEnvironment(platform::ControlWords);

impl FloatEnvironment {
    /// The one that a program starts with.
    pub const DEFAULT: FloatEnvironment = FloatEnvironment(platform::DEFAULT);

    /// This thread's.
    pub fn now() -> FloatEnvironment {
        FloatEnvironment(platform::now())
    }

    /// Makes it this thread's.
    #[cold]
    pub fn restore(&self) {
        platform::set(self.0);
    }
}

/// Whether this thread's is the default one, as far as it matters to arithmetic in `double`. A few
/// instructions, none of which waits for another.
#[inline(always)]
pub fn is_default() -> bool {
    platform::is_default()
}

/// Makes it the default one again where code of others has returned that may have changed it.
#[inline(always)]
pub fn keep_default() {
    if !is_default() {
        FloatEnvironment::DEFAULT.restore();
    }
}

/// Puts back the environment that it was made in.
pub struct Restored(FloatEnvironment);

impl Drop for Restored {
    fn drop(&mut self) {
        self.0.restore();
    }
}

/// The default environment on this thread until the result is dropped.
#[cold]
pub fn with_default() -> Restored {
    let before = Restored(FloatEnvironment::now());
    FloatEnvironment::DEFAULT.restore();
    before
}

#[cfg(target_arch = "x86_64")]
mod platform {
    use std::arch::asm;
    use std::mem::MaybeUninit;

    /// SSE's control and status word, and x87's control word, by which `long double` rounds.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct ControlWords {
        sse: u32,
        x87: u16,
    }

    pub const DEFAULT: ControlWords = ControlWords { sse: 0x1f80, x87: 0x37f };

    /// What has happened; the rest of the word is what will be done.
    const FLAGS: u32 = 0x3f;

    #[inline(always)]
    fn sse() -> u32 {
        let mut word = MaybeUninit::<u32>::uninit();
        // SAFETY: stores the word.
        unsafe {
            asm!("stmxcsr [{}]", in(reg) word.as_mut_ptr(), options(nostack, preserves_flags));
            word.assume_init()
        }
    }

    #[inline(always)]
    pub fn is_default() -> bool {
        sse() & !FLAGS == DEFAULT.sse
    }

    pub fn now() -> ControlWords {
        let mut x87 = 0_u16;
        // SAFETY: stores the word.
        unsafe { asm!("fnstcw [{}]", in(reg) &raw mut x87, options(nostack, preserves_flags)) };
        ControlWords { sse: sse(), x87 }
    }

    pub fn set(state: ControlWords) {
        // SAFETY: loads both words, which a thread had or starts with.
        unsafe {
            asm!(
                "ldmxcsr [{sse}]",
                "fldcw [{x87}]",
                sse = in(reg) &raw const state.sse,
                x87 = in(reg) &raw const state.x87,
                options(nostack, preserves_flags)
            );
        }
    }
}

#[cfg(target_arch = "aarch64")]
mod platform {
    use std::arch::asm;

    /// The control register.
    pub type ControlWords = u64;

    pub const DEFAULT: ControlWords = 0;

    #[inline(always)]
    pub fn is_default() -> bool {
        now() == DEFAULT
    }

    #[inline(always)]
    pub fn now() -> ControlWords {
        let state: u64;
        // SAFETY: reads the register.
        unsafe { asm!("mrs {}, fpcr", out(reg) state, options(nomem, nostack, preserves_flags)) };
        state
    }

    pub fn set(state: ControlWords) {
        // SAFETY: a value that the register had or starts with.
        unsafe { asm!("msr fpcr, {}", in(reg) state, options(nomem, nostack, preserves_flags)) };
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
mod platform {
    //! Not written for this platform.
    pub type ControlWords = ();

    pub const DEFAULT: ControlWords = ();

    pub fn is_default() -> bool {
        true
    }

    pub fn now() -> ControlWords {}

    pub fn set((): ControlWords) {}
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    unsafe extern "C" {
        fn fesetround(mode: libc::c_int) -> libc::c_int;
        fn fegetround() -> libc::c_int;
        fn feenableexcept(exceptions: libc::c_int) -> libc::c_int;
    }

    #[test]
    fn another_environment_is_noticed_and_replaced() {
        assert!(is_default());
        // SAFETY: puts back what is changed.
        unsafe {
            let before = fegetround();
            assert_eq!(fesetround(0x800), 0);
            assert!(!is_default());
            let changed = FloatEnvironment::now();
            let default = with_default();
            assert!(is_default() && fegetround() == before);
            drop(default);
            assert_eq!((fegetround(), FloatEnvironment::now()), (0x800, changed));
            FloatEnvironment::DEFAULT.restore();
            feenableexcept(4);
            assert!(!is_default());
            FloatEnvironment::DEFAULT.restore();
            assert!(is_default());
            // What has happened is no other environment.
            assert!(std::hint::black_box(1.0) / std::hint::black_box(3.0) > 0.0);
            assert!(is_default());
        }
    }
}
