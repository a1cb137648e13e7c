//! Waiting, and running code of hosts, without the locks of runtimes that the thread may have.

use crate::fork::Lock;

/// Runs something without the lock of a runtime, which the thread has or not.
pub type RunOutside = fn(&mut dyn FnMut());

static ALL: Lock<Vec<RunOutside>> = Lock::new(Vec::new());

/// Says how the lock of a runtime is given up for a while. Once for each runtime.
pub fn install(run: RunOutside) {
    let mut all = ALL.lock();
    if !all.contains(&run) {
        all.push(run);
    }
}

/// Runs `body` without any of these locks.
pub fn run(body: &mut dyn FnMut()) {
    fn without(locks: &[RunOutside], body: &mut dyn FnMut()) {
        match locks.split_first() {
            Some((first, others)) => first(&mut || without(others, body)),
            None => body(),
        }
    }
    let locks = ALL.lock().clone();
    without(&locks, body);
}
