//! What is asked for, compared with the JVM that runs already.

use std::path::{Path, PathBuf};

use super::find::WantedJvm;
use crate::backend::Options;
use crate::error::{Error, Result};
use crate::java::vm::Vm;
use crate::kit::Version;

/// Options that only a start can follow.
const OF_START: [&str; 2] = ["classpath", "jvm_option"];

/// Refuses what the JVM of this process is not: there is never a second one.
pub(super) fn check(vm: &Vm, wanted: &WantedJvm, options: &Options) -> Result<()> {
    let home = PathBuf::from(vm.property("java.home")?);
    let version = vm.property("java.version")?;
    let other = |asked: String| {
        Err(Error::load_failed(format!(
            "this process runs Java {version} of {} already, and {asked}: there is one JVM in a \
             process as long as it lives, so leave the option away or use another process",
            home.display()
        )))
    };
    if wanted.check(&home, Version::parse(&version)).is_err() {
        return other(format!("option version asks for {}", wanted.version));
    }
    if let Some(asked) = &wanted.home
        && !is_same(asked, &home)
    {
        return other(format!("option home asks for {}", asked.display()));
    }
    if let Some(library) = &wanted.library
        && !library.ancestors().skip(1).any(|directory| is_same(directory, &home))
    {
        return other(format!("option library asks for {}", library.display()));
    }
    for key in OF_START {
        if let Some(value) = options.all(key).next() {
            return other(format!("option {key} is \"{value}\", which only a start can follow"));
        }
    }
    Ok(())
}

fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}
