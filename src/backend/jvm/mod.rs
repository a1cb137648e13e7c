//! The runtime `jvm`: a Java virtual machine, opened at run time.
//!
//! The one that is in the process, or one that is found on the machine, is used; there is one per
//! process, and it is never destroyed.

mod describe;
mod direct;
mod doctor;
mod entity;
mod find;
mod hosted;
mod installation;
mod invoke;
mod maven;
mod module;
mod runtime;
mod source;

use std::sync::Arc;

use super::{Finding, Nature, OptionSpec, Options, Result, Runtime};
use crate::java::{NAME, NATURE};

/// The language Java, and what else runs in its virtual machine.
pub struct Backend;

const OPTIONS: [OptionSpec; 5] = [
    OptionSpec::once("home", "the directory of the JDK or JRE"),
    OptionSpec::once("library", "the libjvm to open"),
    OptionSpec::once("version", "what the version must be, such as >=17"),
    OptionSpec::once("classpath", "archives and directories of classes, separated by ;"),
    OptionSpec::repeated("jvm_option", "an option as java takes it, such as -Xmx512m"),
];

impl super::Backend for Backend {
    fn name(&self) -> &'static str {
        NAME
    }

    fn aliases(&self) -> &'static [&'static str] {
        &["java", "openjdk"]
    }

    fn nature(&self) -> &'static Nature {
        &NATURE
    }

    fn options(&self) -> &'static [OptionSpec] {
        &OPTIONS
    }

    fn load(&self, options: &Options) -> Result<Arc<dyn Runtime>> {
        runtime::load(options)
    }

    fn doctor(&self) -> Vec<Finding> {
        doctor::findings()
    }
}
