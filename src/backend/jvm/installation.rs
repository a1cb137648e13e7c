//! [`Installation`]: a JDK or JRE, as its files say.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::{Error, Result};
use crate::kit::Version;

/// The oldest version that works.
pub const OLDEST: u8 = 11;

/// How one is got.
pub const ADVICE: &str = "on Debian: apt install default-jre-headless";

/// A directory that has Java.
#[derive(Clone, Debug)]
pub struct Installation {
    /// Its directory.
    pub home: PathBuf,
    /// Where it was come by, in words.
    pub origin: &'static str,
    /// Whether somebody chose it: then it is used or refused, never passed over.
    pub chosen: bool,
    /// Its version, if it says.
    pub version: Option<Version>,
    /// The architecture that it says it is for.
    architecture: Option<String>,
}

impl Installation {
    /// What is in a directory, if that is Java.
    pub fn at(home: &Path, origin: &'static str) -> Option<Installation> {
        let home = fs::canonicalize(home).ok()?;
        if !home.join("bin/java").is_file() && library_in(&home).is_none() {
            return None;
        }
        let release = fs::read_to_string(home.join("release")).unwrap_or_default();
        let says = |key: &str| {
            let text = release.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
            text.map(|text| text.trim_matches('"').to_owned())
        };
        let version = says("JAVA_VERSION").and_then(|text| Version::parse(&text));
        let version = version.or_else(|| asked(&home.join("bin/java")));
        Some(Installation { home, origin, chosen: false, version, architecture: says("OS_ARCH") })
    }

    /// That of a libjvm, if it lies where one has it.
    pub fn of_library(library: &Path) -> Option<Installation> {
        let library = fs::canonicalize(library).ok()?;
        let home = library.ancestors().skip(1).find(|directory| directory.join("lib").is_dir())?;
        Installation::at(home, "option library")
    }

    /// The same, chosen by somebody.
    #[must_use]
    pub fn chosen(self) -> Installation {
        Installation { chosen: true, ..self }
    }

    /// Its libjvm, or why it cannot be used.
    pub fn library(&self) -> Result<PathBuf> {
        let home = self.home.display();
        if let Some(version) = self.version.filter(|version| !version.at_least(OLDEST, 0)) {
            return Err(Error::load_failed(format!(
                "{home} is Java {version}, and {OLDEST} or newer is needed ({ADVICE})"
            )));
        }
        let Some(file) = library_in(&self.home) else {
            return Err(Error::load_failed(format!(
                "{home} has no lib/server/libjvm.so; install a JRE or JDK of Java {OLDEST} or \
                 newer ({ADVICE})"
            )));
        };
        let this = machine(Path::new("/proc/self/exe"));
        if this.is_some() && machine(&file) != this {
            let architecture = self.architecture.as_deref().unwrap_or("another architecture");
            return Err(Error::load_failed(format!(
                "{home} is for {architecture}, and this process is one of {}; install one for that \
                 ({ADVICE})",
                std::env::consts::ARCH
            )));
        }
        if !self.home.join("lib/modules").is_file() {
            return Err(Error::load_failed(format!(
                "{home} is not complete: it has no lib/modules; install it anew"
            )));
        }
        Ok(file)
    }
}

fn library_in(home: &Path) -> Option<PathBuf> {
    let kinds = ["server", "client", "minimal"].into_iter();
    kinds.map(|kind| home.join("lib").join(kind).join("libjvm.so")).find(|file| file.is_file())
}

/// What an executable says of its version, where no file does.
fn asked(java: &Path) -> Option<Version> {
    let output = Command::new(java).arg("-version").stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    Version::parse(text.split('"').nth(1)?)
}

/// What kind of machine a file in the format of Linux is for; `None` of any other.
fn machine(file: &Path) -> Option<[u8; 4]> {
    let mut head = [0; 20];
    File::open(file).ok()?.read_exact(&mut head).ok()?;
    head.starts_with(b"\x7fELF").then_some([head[4], head[5], head[18], head[19]])
}
