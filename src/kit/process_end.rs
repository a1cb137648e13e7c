//! The end of the process, which takes running systems with it. They are not shut down: what other
//! threads do in them goes on, and would crash. What programs rely on is done all the same.

use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use super::Owner;
use crate::fork::Lock;

/// What a running system does when the process ends.
pub trait LastWords: Sync {
    /// Where it is to be done now.
    fn ending(&self) -> Ending;

    /// Does it, inside; `begun` is called as soon as it has been entered.
    fn speak(&'static self, begun: &dyn Fn());

    /// The thread that does it best, if it has one.
    fn owner(&self) -> Option<&'static Owner> {
        None
    }
}

/// Where last words are spoken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// There are none: it has ended before, or has stayed behind in the parent.
    Silent,
    /// By the thread that ends the process, which is inside.
    Here,
    /// By another, as it may never get inside.
    Elsewhere,
}

/// How long the exit waits for somebody who is inside and does not leave.
const PATIENCE: Duration = Duration::from_secs(2);

/// Those that have started, the latest last.
static STARTED: Lock<Vec<&'static dyn LastWords>> = Lock::new(Vec::new());

/// Has what has started speak when the process ends, before what had started earlier.
pub fn at_process_end(started: &'static dyn LastWords) {
    let mut all = STARTED.lock();
    let is_first = all.is_empty();
    all.push(started);
    drop(all);
    if is_first {
        // SAFETY: the function may be called on any thread, once.
        unsafe { libc::atexit(at_exit) };
    }
}

extern "C" fn at_exit() {
    speak_all();
}

/// Has everything speak now that has started: the process is about to end, and with it what is needed for
/// that.
pub fn speak_all() {
    loop {
        // Whoever speaks may run any code, so that the lock is not held.
        let Some(latest) = STARTED.lock().pop() else { return };
        speak(latest);
    }
}

/// Has it speak now, where it can be entered, and waits for that as long as it is worth it.
pub fn speak(ended: &'static dyn LastWords) {
    match ended.ending() {
        Ending::Silent => return,
        Ending::Here => return ended.speak(&|| ()),
        Ending::Elsewhere => {}
    }
    let (tell, told) = channel::<()>();
    let inside = move |tell: Sender<()>| ended.speak(&|| _ = tell.send(()));
    let posted = tell.clone();
    if ended.owner().is_some_and(|owner| owner.post(move || inside(posted))) {
        drop(tell);
    } else if thread::Builder::new().spawn(move || inside(tell)).is_err() {
        return;
    }
    if told.recv_timeout(PATIENCE).is_ok() {
        // Until the other thread has let go of its end.
        _ = told.recv();
    }
}

#[cfg(all(test, unix, not(miri)))]
mod tests {
    use std::fs::File;
    use std::io::{Read, Write};
    use std::os::fd::FromRawFd;
    use std::thread::ThreadId;

    use super::*;
    use crate::fork::Once;

    /// Says who it is, and on which thread it is said.
    struct Named {
        name: &'static str,
        ending: Ending,
        owner: Option<&'static Owner>,
        enters: bool,
    }

    static SAID: Once<File> = Once::new();
    static EXITING: Once<ThreadId> = Once::new();
    static OWNER: Owner = Owner::new();

    impl LastWords for Named {
        fn ending(&self) -> Ending {
            self.ending
        }

        fn speak(&'static self, begun: &dyn Fn()) {
            if !self.enters {
                loop {
                    thread::park();
                }
            }
            begun();
            let current = thread::current();
            let place = match current.name() {
                _ if EXITING.get() == Some(&current.id()) => "here",
                Some("owner") => "owner",
                _ => "elsewhere",
            };
            write!(SAID.get().unwrap(), "{}:{place} ", self.name).unwrap();
        }

        fn owner(&self) -> Option<&'static Owner> {
            self.owner
        }
    }

    #[test]
    fn the_latest_speaks_first_and_who_cannot_be_entered_is_not_waited_for() {
        const fn named(name: &'static str, ending: Ending) -> Named {
            Named { name, ending, owner: None, enters: true }
        }
        static FIRST: Named = named("first", Ending::Here);
        static STUCK: Named = Named { enters: false, ..named("stuck", Ending::Elsewhere) };
        static GONE: Named = named("gone", Ending::Silent);
        static OWNED: Named = Named { owner: Some(&OWNER), ..named("owned", Ending::Elsewhere) };
        static LAST: Named = named("last", Ending::Elsewhere);
        let mut ends = [0; 2];
        // SAFETY: a pipe, whose ends are each one file's; the child runs what is tested, and ends.
        let said = unsafe {
            assert_eq!(libc::pipe(ends.as_mut_ptr()), 0);
            let child = libc::fork();
            if child == 0 {
                libc::alarm(20);
                SAID.get_or_init(|| File::from_raw_fd(ends[1]));
                EXITING.get_or_init(|| thread::current().id());
                OWNER.start("owner", || Ok(())).unwrap();
                for started in [&FIRST, &STUCK, &GONE, &OWNED, &LAST] {
                    STARTED.lock().push(started);
                }
                at_exit();
                libc::_exit(0);
            }
            drop(File::from_raw_fd(ends[1]));
            let mut said = String::new();
            File::from_raw_fd(ends[0]).read_to_string(&mut said).unwrap();
            let mut status = -1;
            assert_eq!(libc::waitpid(child, &raw mut status, 0), child);
            assert_eq!(status, 0);
            said
        };
        assert_eq!(said, "last:elsewhere owned:owner first:here ");
    }
}
