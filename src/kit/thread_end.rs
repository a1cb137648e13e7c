//! What a runtime has given a thread, given back when the thread ends.

use std::cell::RefCell;
use std::thread;

thread_local! {
    static END: End = const { End(RefCell::new(Vec::new())) };
}

struct End(RefCell<Vec<fn()>>);

/// Has `detach` called when this thread ends, after what is registered later. False in the destructors
/// of a thread that is ending already, where nobody would call it.
pub fn at_thread_end(detach: fn()) -> bool {
    END.try_with(|end| end.0.borrow_mut().push(detach)).is_ok()
}

impl Drop for End {
    fn drop(&mut self) {
        /// Of a destructor of a thread there is no way out: one that a runtime ends meanwhile waits
        /// for the end of the process.
        struct Stay;
        impl Drop for Stay {
            fn drop(&mut self) {
                loop {
                    thread::park();
                }
            }
        }
        let stay = Stay;
        while let Some(detach) = self.0.get_mut().pop() {
            detach();
        }
        std::mem::forget(stay);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn a_thread_gives_back_what_it_was_given_in_reverse_order() {
        static GIVEN_BACK: AtomicU32 = AtomicU32::new(0);
        fn note(digit: u32) {
            let before = GIVEN_BACK.load(Ordering::SeqCst);
            GIVEN_BACK.store(before * 10 + digit, Ordering::SeqCst);
        }
        thread::spawn(|| {
            assert!(at_thread_end(|| note(1)) && at_thread_end(|| note(2)));
            assert_eq!(GIVEN_BACK.load(Ordering::SeqCst), 0);
        })
        .join()
        .unwrap();
        assert_eq!(GIVEN_BACK.load(Ordering::SeqCst), 21);
    }
}
