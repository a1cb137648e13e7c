//! The end of the virtual machine: its own, where somebody destroys it or Java ends the process, or that of
//! the process.

use super::support;
use super::vm::{LIFE, Vm};
use crate::error::Result;
use crate::kit::{Ending, LastWords};
use crate::process;

/// Java has run all that it runs at its end: no thread enters it from now on.
pub fn ended() {
    LIFE.close();
    LIFE.wait_for_arrivals();
    support::lose();
    LIFE.end();
}

/// One that we have started. It is not destroyed, which would wait for its threads: what programs can see
/// of that is done.
pub struct OwnJvm;

impl LastWords for OwnJvm {
    fn ending(&self) -> Ending {
        match LIFE.check() {
            Ok(()) => Ending::Elsewhere,
            Err(_) => Ending::Silent,
        }
    }

    fn speak(&'static self, begun: &dyn Fn()) {
        // Who has taken the machine's handler away, as Python's `faulthandler` does when it is disabled, has
        // left it unable to run code.
        if !process::has_fault_handler() {
            return;
        }
        let Some(env) = Vm::get().and_then(|vm| vm.attach().ok()) else { return };
        begun();
        // A failure has nobody left to hear of it.
        let _: Result<()> = env.with_locals(|| {
            for (class, method) in
                [(c"java/lang/Shutdown", c"shutdown"), (c"metaffi/guest/Ending", c"flush")]
            {
                let method =
                    env.class(class).and_then(|class| env.method(class, method, c"()V"))?;
                // SAFETY: the methods take nothing.
                unsafe { env.call_nothing(method, &[]) };
                env.check()?;
            }
            Ok(())
        });
    }
}
