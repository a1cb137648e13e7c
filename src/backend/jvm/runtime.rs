//! [`Jvm`]: the running virtual machine.

use std::sync::Arc;

use super::find::{self, WantedJvm};
use super::module::Module;
use super::{entity, hosted};
use crate::backend::{self, Interruption, Options, Runtime};
use crate::error::Result;
use crate::fork::Once;
use crate::java::end::OwnJvm;
use crate::java::join::join;
use crate::java::library::JvmLibrary;
use crate::java::natives::set_binder;
use crate::java::start;
use crate::java::support::JavaSupport;
use crate::java::vm::{LIFE, Vm};
use crate::kit::at_process_end;
use crate::process::stack;

/// The virtual machine of this process.
struct Jvm {
    support: &'static JavaSupport,
}

/// What every JVM of ours is told: it leaves the signals of terminals to the host, and is no program of
/// its own.
const OPTIONS: [&str; 2] = ["-Xrs", "-XX:-CreateCoredumpOnCrash"];

/// What ours was started with.
static STARTED: Once<Options> = Once::new();

/// The virtual machine in this process, or the one that the options ask for.
pub(super) fn load(options: &Options) -> Result<Arc<dyn Runtime>> {
    LIFE.check()?;
    start::check()?;
    let wanted = WantedJvm::new(options)?;
    let running = match (Vm::get(), JvmLibrary::in_process()) {
        (None, Some(library)) => Vm::running(&library)?,
        (known, _) => known,
    };
    let vm = match running {
        Some(vm) if STARTED.get() == Some(options) => vm,
        Some(vm) => {
            hosted::check(vm, &wanted, options)?;
            vm
        }
        None => start_chosen(&wanted, options)?,
    };
    set_binder(entity::function_of_callable);
    Ok(Arc::new(Jvm { support: join(vm)? }))
}

fn start_chosen(wanted: &WantedJvm, options: &Options) -> Result<&'static Vm> {
    let library = JvmLibrary::open(&find::find(wanted)?.to_string_lossy())?;
    let mut all: Vec<String> = OPTIONS.map(str::to_owned).to_vec();
    all.push(format!("-Xss{}k", main_stack() >> 10));
    if let Some(path) = options.get("classpath") {
        all.push(format!("-Djava.class.path={}", path.replace(';', ":")));
    }
    all.extend(options.all("jvm_option").map(str::to_owned));
    let vm = start::start(&library, &all)?;
    at_process_end(&OwnJvm);
    STARTED.get_or_init(|| options.clone());
    Ok(vm)
}

/// The size of stacks: the JVM takes the main thread's for no larger than that of any other, and
/// protects pages at what it takes for its end.
fn main_stack() -> usize {
    const LEAST: usize = 8 << 20;
    const MOST: usize = 64 << 20;
    stack::main_limit().unwrap_or(MOST).clamp(LEAST, MOST)
}

impl Runtime for Jvm {
    fn check(&self) -> Result<()> {
        LIFE.check()
    }

    fn load_module(&self, path: &str, _: &Options) -> Result<Arc<dyn backend::Module>> {
        Ok(Arc::new(Module::load(self.support, path)?))
    }

    fn interrupt(
        &self,
        thread: Option<u64>,
        why: Interruption,
        is_wanted: &dyn Fn() -> bool,
    ) -> Result<()> {
        self.support.interrupt(thread, why, is_wanted)
    }

    fn take_back_interrupt(&self, call_off: &dyn Fn() -> bool) -> Result<()> {
        self.support.take_back_interrupt(call_off)
    }
}
