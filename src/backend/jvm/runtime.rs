//! [`Jvm`]: the running virtual machine.

use std::sync::Arc;

use super::find;
use super::module::Module;
use crate::backend::{self, Options, Runtime};
use crate::error::Result;
use crate::java::join::join;
use crate::java::support::JavaSupport;
use crate::java::vm::{JvmLibrary, LIFE, Vm};

/// The virtual machine of this process.
struct Jvm {
    support: &'static JavaSupport,
}

/// What every JVM of ours is told: it leaves the signals of terminals to the host, and does not take
/// the main thread's stack for smaller than it is.
const OPTIONS: [&str; 3] = ["-Xrs", "-Xss8m", "-XX:-CreateCoredumpOnCrash"];

/// From the version on that refuses it without.
const NATIVE_ACCESS: &str = "--enable-native-access=ALL-UNNAMED";

/// The virtual machine in this process, or the one that the options ask for.
pub(super) fn load(options: &Options) -> Result<Arc<dyn Runtime>> {
    LIFE.check()?;
    let running = match JvmLibrary::in_process() {
        Some(library) => Vm::running(&library)?,
        None => None,
    };
    let vm = match (Vm::get(), running) {
        (Some(vm), _) | (None, Some(vm)) => vm,
        (None, None) => start(options)?,
    };
    Ok(Arc::new(Jvm { support: join(vm)? }))
}

fn start(options: &Options) -> Result<&'static Vm> {
    let path = find::find(options)?;
    let library = JvmLibrary::open(&path.to_string_lossy())?;
    let mut all: Vec<String> = OPTIONS.map(str::to_owned).to_vec();
    if path.ancestors().any(|home| home.join("lib/modules").is_file() && has_native_access(home)) {
        all.push(NATIVE_ACCESS.to_owned());
    }
    if let Some(path) = options.get("classpath") {
        all.push(format!("-Djava.class.path={}", path.replace(';', ":")));
    }
    all.extend(options.all("jvm_option").map(str::to_owned));
    Vm::start(&library, &all)
}

/// Whether a JDK knows that option.
fn has_native_access(home: &std::path::Path) -> bool {
    let release = std::fs::read_to_string(home.join("release")).unwrap_or_default();
    let version = release.lines().find_map(|line| line.strip_prefix("JAVA_VERSION=\""));
    let first = version.and_then(|version| version.split(['.', '"']).next()?.parse::<u32>().ok());
    first.is_some_and(|first| first >= 17)
}

impl Runtime for Jvm {
    fn check(&self) -> Result<()> {
        LIFE.check()
    }

    fn load_module(&self, path: &str, _: &Options) -> Result<Arc<dyn backend::Module>> {
        Ok(Arc::new(Module::load(self.support, path)?))
    }
}
