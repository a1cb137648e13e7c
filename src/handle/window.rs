//! Where the keys of this copy of the library lie among all addresses.
//!
//! A host may keep a key in a pointer, and its runtime may look at that as one. So keys are
//! addresses at which there is no memory: the windows are far from where systems map anything by
//! themselves (downwards from the stack, at 0x7f…; upwards from programs, at 0x55…; upwards from a
//! third of all addresses, at 0x2a…, without a limit for the stack), from the heaps of sanitizers
//! (0x60…), and between those that Go asks for (0x00c0… and then 0x01c0…, …, 0x40c0…).
//!
//! A copy of the library takes a window by a page of it that nobody can use. The system gives each
//! page once, so that copies in the same process have different windows.

#[cfg(target_pointer_width = "64")]
use wide as width;

#[cfg(not(target_pointer_width = "64"))]
use narrow as width;

#[cfg(test)]
pub(super) use width::WINDOWS;
pub(super) use width::{BITS, of, own};

#[cfg(target_pointer_width = "64")]
mod wide {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use crate::fork::Lock;

    /// Bits of a key within a window.
    pub const BITS: u32 = 39;

    const FIRST: usize = 0x4000_0000_0000;
    const DISTANCE: usize = 1 << 40;

    /// Where the windows begin.
    pub const WINDOWS: [usize; 16] = {
        let mut windows = [FIRST; 16];
        let mut index = 0;
        while index < windows.len() {
            windows[index] += index * DISTANCE;
            index += 1;
        }
        windows
    };

    static OWN: AtomicUsize = AtomicUsize::new(0);

    /// Where the window of this copy begins.
    #[inline(always)]
    pub fn own() -> usize {
        match OWN.load(Ordering::Relaxed) {
            0 => choose(),
            window => window,
        }
    }

    /// The window that a key lies in.
    pub fn of(key: usize) -> Option<usize> {
        let window = key & !((1 << BITS) - 1);
        WINDOWS.contains(&window).then_some(window)
    }

    /// Takes the first window that is free. Where the system does not say which are, copies of the
    /// library take theirs by chance.
    #[cold]
    fn choose() -> usize {
        static CHOOSING: Lock<()> = Lock::new(());
        let _choosing = CHOOSING.lock();
        let chosen = OWN.load(Ordering::Relaxed);
        if chosen != 0 {
            return chosen;
        }
        let by_chance = ((&raw const OWN).addr() >> 12) % WINDOWS.len();
        let free = WINDOWS.into_iter().find(|window| platform::reserve(*window));
        let chosen = free.unwrap_or(WINDOWS[by_chance]);
        OWN.store(chosen, Ordering::Relaxed);
        chosen
    }

    #[cfg(all(target_os = "linux", not(miri)))]
    mod platform {
        use std::ptr;

        /// Whether the first page of a window was free, and is this copy's now.
        pub(super) fn reserve(window: usize) -> bool {
            const PAGE: usize = 4096;
            let flags = libc::MAP_PRIVATE
                | libc::MAP_ANONYMOUS
                | libc::MAP_NORESERVE
                | libc::MAP_FIXED_NOREPLACE;
            let at = ptr::without_provenance_mut(window);
            // SAFETY: maps nothing over what is there already, and what it maps is not used; where
            // the system does not know the flag, the address is a wish. The system itself is asked:
            // ThreadSanitizer's mmap ends the process where it does not want any memory.
            unsafe {
                let (none, file) = (libc::PROT_NONE, -1_isize);
                let page = libc::syscall(libc::SYS_mmap, at, PAGE, none, flags, file, 0_usize);
                let page = ptr::without_provenance_mut(page as usize);
                if page != libc::MAP_FAILED && page != at {
                    libc::munmap(page, PAGE);
                }
                page == at
            }
        }
    }

    #[cfg(not(all(target_os = "linux", not(miri))))]
    mod platform {
        pub(super) fn reserve(_: usize) -> bool {
            false
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_window_is_taken_once() {
            let own = own();
            assert_eq!(of(own | 1), Some(own));
            assert_eq!(super::own(), own);
            #[cfg(all(target_os = "linux", not(miri)))]
            assert!(!platform::reserve(own));
        }

        #[test]
        fn no_window_is_where_go_asks_for_memory() {
            for window in WINDOWS {
                let go = window + (0xc0 << 32);
                assert_eq!(of(go), None);
                assert_eq!(of(window + (1 << BITS) - 1), Some(window));
            }
        }
    }
}

#[cfg(not(target_pointer_width = "64"))]
mod narrow {
    /// Bits of a key.
    pub const BITS: u32 = usize::BITS;

    /// There is no room for windows.
    #[cfg(test)]
    pub const WINDOWS: [usize; 1] = [0];

    pub fn own() -> usize {
        0
    }

    pub fn of(_: usize) -> Option<usize> {
        Some(0)
    }
}
