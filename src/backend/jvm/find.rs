//! Finding a JVM: the one that is asked for, else the newest of those that can be started.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use super::installation::{ADVICE, Installation, OLDEST};
use crate::backend::Options;
use crate::error::{Error, Result};
use crate::kit::{Constraint, Version};

/// What the options ask for.
#[derive(Clone, Debug, Default)]
pub struct WantedJvm {
    /// The libjvm to open.
    pub library: Option<PathBuf>,
    /// The directory of the JDK or JRE.
    pub home: Option<PathBuf>,
    /// What the version must be.
    pub version: Constraint,
}

/// A constraint on versions of Java.
const EXAMPLE: &str = ">=17,<26";

/// The variables that name one: the first is ours.
const VARIABLES: [&str; 2] = ["METAFFI_JAVA_HOME", "JAVA_HOME"];

/// Where packages and version managers put them; each has a directory for every one.
const PLACES: [&str; 4] = ["/usr/lib/jvm", "/usr/java", "/opt/java", "/opt/jdk"];
const PLACES_AT_HOME: [&str; 5] = [
    ".sdkman/candidates/java",
    ".jdks",
    ".gradle/jdks",
    ".asdf/installs/java",
    ".local/share/mise/installs/java",
];

impl WantedJvm {
    /// Checks what was given.
    pub fn new(options: &Options) -> Result<WantedJvm> {
        let path = |key| options.get(key).map(PathBuf::from);
        let (library, home) = (path("library"), path("home"));
        if library.is_some() && home.is_some() {
            return Err(Error::invalid(
                "options home and library are both given: a libjvm belongs to the JDK or JRE that \
                 it lies in, so give one of them",
            ));
        }
        let version = options.get("version").map(|text| Constraint::parse(text, EXAMPLE));
        Ok(WantedJvm { library, home, version: version.transpose()?.unwrap_or_default() })
    }

    /// Refuses what is not of the version that is asked for.
    pub fn check(&self, what: &Path, version: Option<Version>) -> Result<()> {
        let what = what.display();
        match version {
            _ if self.version == Constraint::default() => Ok(()),
            Some(version) if self.version.allows(version) => Ok(()),
            Some(version) => Err(Error::load_failed(format!(
                "{what} is Java {version}, and option version asks for {}",
                self.version
            ))),
            None => Err(Error::load_failed(format!(
                "{what} does not say which version it is, and option version asks for {}",
                self.version
            ))),
        }
    }
}

/// Every installation of this machine, once, in the order in which they would be taken: what
/// somebody chose, then the newest.
pub fn all() -> Vec<Installation> {
    let mut found = in_variables();
    let mut others: Vec<Installation> = on_path().into_iter().chain(installed()).collect();
    others.sort_by_key(|one| Reverse(one.version));
    found.extend(others);
    let mut seen = HashSet::new();
    found.retain(|one| seen.insert(one.home.clone()));
    found
}

fn variable(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// JAVA_HOME is for all programs: it comes first, and is passed over where it does not do.
fn in_variables() -> Vec<Installation> {
    let [ours, common] =
        VARIABLES.map(|name| variable(name).and_then(|home| Installation::at(&home, name)));
    ours.map(Installation::chosen).into_iter().chain(common).collect()
}

/// Those that name a directory without Java, and that directory.
pub fn empty_variables() -> impl Iterator<Item = (&'static str, PathBuf)> {
    let named = VARIABLES.into_iter().filter_map(|name| Some((name, variable(name)?)));
    named.filter(|(name, home)| Installation::at(home, name).is_none())
}

fn on_path() -> Option<Installation> {
    let directories = env::var_os("PATH")?;
    let java = env::split_paths(&directories).map(|directory| directory.join("java"));
    let java = java.filter_map(|file| fs::canonicalize(file).ok()).next()?;
    Installation::at(java.parent()?.parent()?, "PATH")
}

fn installed() -> Vec<Installation> {
    let home = env::var_os("HOME").map(PathBuf::from);
    let at_home = PLACES_AT_HOME.iter().filter_map(|place| Some(home.as_ref()?.join(place)));
    let places = PLACES.iter().map(PathBuf::from).chain(at_home);
    let directories = places.filter_map(|place| fs::read_dir(place).ok()).flatten().flatten();
    directories.filter_map(|directory| Installation::at(&directory.path(), "installed")).collect()
}

/// The libjvm to open.
pub fn find(wanted: &WantedJvm) -> Result<PathBuf> {
    if let Some(library) = &wanted.library {
        let version = Installation::of_library(library).and_then(|one| one.version);
        wanted.check(library, version)?;
        return Ok(library.clone());
    }
    if let Some(home) = &wanted.home {
        let found = Installation::at(home, "option home").ok_or_else(|| {
            Error::not_found(format!("option home: there is no Java in {}", home.display()))
        })?;
        return of_installation(&found, wanted);
    }
    if let Some((name, home)) = empty_variables().find(|(name, _)| *name == VARIABLES[0]) {
        let home = home.display();
        return Err(Error::not_found(format!("{name}: there is no Java in {home}")));
    }
    let mut refused = String::new();
    for one in all() {
        let (origin, chosen) = (one.origin, one.chosen);
        match of_installation(&one, wanted) {
            Err(error) if chosen => return Err(error.context(format!("chosen by {origin}"))),
            Err(error) => refused.push_str(&format!("\n  {origin}: {error}")),
            found => return found,
        }
    }
    Err(none(wanted, &refused))
}

fn of_installation(found: &Installation, wanted: &WantedJvm) -> Result<PathBuf> {
    wanted.check(&found.home, found.version)?;
    found.library()
}

#[cold]
fn none(wanted: &WantedJvm, refused: &str) -> Error {
    let version = match wanted.version == Constraint::default() {
        true => format!("of version {OLDEST} or newer"),
        false => format!("{}", wanted.version),
    };
    let found = match refused {
        "" => "there is none at all".to_owned(),
        refused => format!("found:{refused}"),
    };
    Error::not_found(format!(
        "no Java {version}; install one ({ADVICE}), or name one in option home or in \
         METAFFI_JAVA_HOME; {found}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    /// A directory that looks like Java of a version.
    fn java(directory: &Path, name: &str, release: &str, library: &[u8]) -> PathBuf {
        let home = directory.join(name);
        fs::create_dir_all(home.join("lib/server")).unwrap();
        fs::write(home.join("lib/server/libjvm.so"), library).unwrap();
        fs::write(home.join("lib/modules"), "").unwrap();
        fs::write(home.join("release"), release).unwrap();
        home
    }

    /// The beginning of this program, and of one for another machine.
    fn heads() -> (Vec<u8>, Vec<u8>) {
        let own = fs::read("/proc/self/exe").unwrap()[..20].to_vec();
        let mut other = own.clone();
        other[18] ^= 0xff;
        (own, other)
    }

    fn wanted(home: &Path, version: &str) -> WantedJvm {
        let version = Constraint::parse(version, EXAMPLE).unwrap();
        WantedJvm { home: Some(home.to_owned()), version, library: None }
    }

    fn message(wanted: &WantedJvm) -> String {
        find(wanted).unwrap_err().message().to_owned()
    }

    #[test]
    fn what_files_say_is_what_is_used_or_refused() {
        let directory = tempfile::tempdir().unwrap();
        let (own, other) = heads();
        let home = java(directory.path(), "21", "JAVA_VERSION=\"21.0.2\"\n", &own);
        let found = find(&wanted(&home, ">=17,<26")).unwrap();
        assert!(found.ends_with("21/lib/server/libjvm.so"), "{found:?}");
        let error = message(&wanted(&home, ">=22"));
        assert!(error.contains("is Java 21.0.2, and option version asks for >=22"), "{error}");
        let version = Constraint::parse("<21", EXAMPLE).unwrap();
        let library = WantedJvm { library: Some(found), home: None, version };
        assert!(message(&library).contains("asks for <21"));

        let old = java(directory.path(), "8", "JAVA_VERSION=\"1.8.0_402\"\n", &own);
        let error = message(&wanted(&old, ">=1"));
        assert!(error.contains("is Java 1.8.0, and 11 or newer is needed"), "{error}");
        let strange =
            java(directory.path(), "arm", "JAVA_VERSION=\"17\"\nOS_ARCH=\"vax\"\n", &other);
        let error = message(&wanted(&strange, "17"));
        assert!(error.contains("is for vax, and this process"), "{error}");
        let silent = java(directory.path(), "silent", "", &own);
        let error = message(&wanted(&silent, "17"));
        assert!(error.contains("does not say which version it is"), "{error}");
        fs::remove_file(home.join("lib/modules")).unwrap();
        assert!(message(&wanted(&home, "21")).contains("has no lib/modules"));
        fs::remove_file(home.join("lib/server/libjvm.so")).unwrap();
        let error = find(&wanted(&home, "21")).unwrap_err();
        assert_eq!(error.status(), Status::NotFound, "{error}");
    }

    #[test]
    fn contradictions_and_wrong_constraints_are_refused() {
        let known =
            ["home", "library", "version"].map(|key| crate::backend::OptionSpec::once(key, ""));
        let new = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter().map(|(key, value)| (key.to_string(), value.to_string()));
            WantedJvm::new(&Options::new("runtime jvm", &known, pairs).unwrap())
        };
        let both = new(&[("home", "/a"), ("library", "/b")]).unwrap_err();
        assert!(both.message().contains("options home and library are both given"), "{both}");
        let wrong = new(&[("version", "new")]).unwrap_err();
        assert_eq!(wrong.status(), Status::Syntax);
        assert!(wrong.message().contains("such as >=17,<26"), "{wrong}");
    }
}
