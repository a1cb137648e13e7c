//! Finding a JVM: the one that is asked for, else the newest of those that can be started.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::backend::Options;
use crate::error::{Error, Result};

/// An installation, as its files say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Installation {
    /// Its directory.
    pub home: PathBuf,
    /// Where it was come by, in words.
    pub origin: &'static str,
    /// The numbers of its version; none if it does not say.
    pub version: Vec<u32>,
}

/// The oldest version that works.
const OLDEST: u32 = 11;

/// Where packages and version managers put them; what follows is a directory of each.
const PLACES: [&str; 4] = ["/usr/lib/jvm", "/usr/java", "/opt/java", "/opt/jdk"];
const PLACES_AT_HOME: [&str; 5] = [
    ".sdkman/candidates/java",
    ".jdks",
    ".gradle/jdks",
    ".asdf/installs/java",
    ".local/share/mise/installs/java",
];

impl Installation {
    /// What is in a directory, if it has a version of Java.
    fn at(home: &Path, origin: &'static str) -> Option<Installation> {
        let home = fs::canonicalize(home).ok()?;
        let release = fs::read_to_string(home.join("release")).unwrap_or_default();
        let version = release.lines().find_map(|line| line.strip_prefix("JAVA_VERSION="));
        let numbers = |text: &str| {
            let parts = text.trim_matches('"').split(['.', '_', '+', '-']);
            parts.map_while(|part| part.parse().ok()).collect()
        };
        let version: Vec<u32> = version.map(numbers).unwrap_or_default();
        let is_one = home.join("bin/java").is_file() || Installation::file(&home).is_file();
        is_one.then_some(Installation { home, origin, version })
    }

    fn file(home: &Path) -> PathBuf {
        home.join("lib/server/libjvm.so")
    }

    /// Its libjvm, or why it cannot be used.
    pub fn library(&self) -> Result<PathBuf> {
        let file = Installation::file(&self.home);
        let version = self.spelled_version();
        if !file.is_file() {
            return Err(Error::load_failed(format!(
                "{} has no lib/server/libjvm.so; install a JRE or JDK of Java {OLDEST} or newer (on \
                 Debian: apt install default-jre-headless)",
                self.home.display()
            )));
        }
        match self.version.first() {
            Some(first) if *first < OLDEST => Err(Error::load_failed(format!(
                "{} is Java {version}; the oldest that works is {OLDEST}",
                self.home.display()
            ))),
            _ => Ok(file),
        }
    }

    /// The version as it is written.
    pub fn spelled_version(&self) -> String {
        self.version.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
    }
}

/// Every installation of this machine, once, in the order in which they would be taken: what
/// somebody chose, then the newest.
pub fn all() -> Vec<Installation> {
    let mut found = chosen();
    let mut others: Vec<Installation> = on_path().into_iter().chain(installed()).collect();
    others.sort_by(|a, b| b.version.cmp(&a.version));
    found.extend(others);
    let mut seen = HashSet::new();
    found.retain(|one| seen.insert(one.home.clone()));
    found
}

fn chosen() -> Vec<Installation> {
    ["METAFFI_JAVA_HOME", "JAVA_HOME"]
        .into_iter()
        .filter_map(|name| Installation::at(Path::new(&env::var_os(name)?), name))
        .collect()
}

fn on_path() -> Option<Installation> {
    let directories = env::var_os("PATH")?;
    let java = env::split_paths(&directories).map(|directory| directory.join("java"));
    let java = java.filter_map(|file| fs::canonicalize(file).ok()).next()?;
    Installation::at(java.parent()?.parent()?, "PATH")
}

fn installed() -> Vec<Installation> {
    let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let at_home = PLACES_AT_HOME.map(|place| home.join(place));
    let places = PLACES.map(PathBuf::from).into_iter().chain(at_home);
    let directories = places.filter_map(|place| fs::read_dir(place).ok()).flatten().flatten();
    directories.filter_map(|directory| Installation::at(&directory.path(), "installed")).collect()
}

/// The libjvm to open.
pub fn find(options: &Options) -> Result<PathBuf> {
    if let Some(library) = options.get("library") {
        return Ok(PathBuf::from(library));
    }
    if let Some(home) = options.get("home") {
        let found = Installation::at(Path::new(home), "home");
        return found
            .ok_or_else(|| Error::not_found(format!("option home: there is no Java in {home}")))?
            .library();
    }
    let mut refused = String::new();
    for one in all() {
        match one.library() {
            Ok(library) => return Ok(library),
            Err(error) => refused.push_str(&format!("\n  {}: {error}", one.origin)),
        }
    }
    Err(Error::not_found(format!(
        "no Java of version {OLDEST} or newer; install one (on Debian: apt install \
         default-jre-headless), or name one in option home or in METAFFI_JAVA_HOME; found:{}",
        if refused.is_empty() { " none" } else { &refused }
    )))
}
