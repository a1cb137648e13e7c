//! [`Search`]: shared libraries by the names that linkers take, such as `m` for libm.

use std::cmp::Reverse;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders of libraries, in the order in which they are looked through.
pub(super) struct Search {
    folders: Vec<PathBuf>,
}

/// What a linker finds under a name.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum LinkedFile {
    /// A shared library.
    Library(PathBuf),
    /// A text that names libraries.
    Script(Vec<ScriptInput>),
}

/// What a text for a linker names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct ScriptInput {
    /// A file, or `-lNAME`.
    pub(super) name: String,
    /// Whether it is linked only if something needs it.
    pub(super) as_needed: bool,
}

impl Search {
    /// The folders given, then those of the environment and of the system.
    pub(super) fn new(first: &[PathBuf]) -> Search {
        let mut folders = first.to_vec();
        for variable in ["LD_LIBRARY_PATH", "LIBRARY_PATH"] {
            folders.extend(env::split_paths(&env::var_os(variable).unwrap_or_default()));
        }
        folders.extend(configured(Path::new("/etc/ld.so.conf"), 0));
        folders.extend(["/lib64", "/usr/lib64", "/lib", "/usr/lib"].map(PathBuf::from));
        folders.retain(|folder| !folder.as_os_str().is_empty());
        Search { folders }
    }

    /// `libNAME.so`, or else `libNAME.so.N` with the greatest N, of the first folder that has one.
    pub(super) fn find(&self, name: &str) -> Option<LinkedFile> {
        let plain = format!("lib{name}.so");
        let versioned = format!("{plain}.");
        self.folders.iter().find_map(|folder| {
            let linked = folder.join(&plain);
            if let Some(inputs) = script(&linked) {
                return Some(LinkedFile::Script(inputs));
            }
            if linked.is_file() {
                return Some(LinkedFile::Library(linked));
            }
            let files = fs::read_dir(folder).ok()?.filter_map(Result::ok);
            let versions = files.filter_map(|file| {
                let name = file.file_name();
                let version = name.to_str()?.strip_prefix(&versioned)?;
                let numbers: Result<Vec<u32>, _> = version.split('.').map(str::parse).collect();
                Some((numbers.ok()?, file.path()))
            });
            // Of one major version the shortest name is the one that programs ask for.
            let best = versions.max_by_key(|(numbers, _)| (numbers[0], Reverse(numbers.len())));
            best.map(|(_, path)| LinkedFile::Library(path))
        })
    }

    /// The folders, for messages.
    pub(super) fn folders(&self) -> impl Iterator<Item = &Path> {
        self.folders.iter().map(PathBuf::as_path)
    }
}

/// The folders that the dynamic linker's configuration names.
fn configured(file: &Path, depth: usize) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    let Ok(text) = fs::read_to_string(file) else { return folders };
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        match line.strip_prefix("include") {
            Some(pattern) if depth < 4 => {
                for file in matching(Path::new(pattern.trim())) {
                    folders.extend(configured(&file, depth + 1));
                }
            }
            _ if line.starts_with('/') => folders.push(line.into()),
            _ => {}
        }
    }
    folders
}

/// The files of a pattern such as `/etc/ld.so.conf.d/*.conf`, in the order of their names.
fn matching(pattern: &Path) -> Vec<PathBuf> {
    let (Some(folder), Some(name)) = (pattern.parent(), pattern.file_name()) else {
        return Vec::new();
    };
    let name = name.to_string_lossy();
    let Some((before, after)) = name.split_once('*') else { return vec![pattern.to_owned()] };
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let fits = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.len() >= before.len() + after.len()
            && name.starts_with(before)
            && name.ends_with(after)
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(fits).collect();
    files.sort();
    files
}

/// What a text for the linker names, such as libm.so of glibc; `None` if the file is none.
pub(super) fn script(file: &Path) -> Option<Vec<ScriptInput>> {
    const LARGEST: u64 = 1 << 16;
    if fs::metadata(file).ok()?.len() > LARGEST {
        return None;
    }
    let text = fs::read_to_string(file).ok()?;
    let mut plain = String::new();
    for (index, part) in text.split("/*").enumerate() {
        plain.push_str(if index == 0 { part } else { part.split_once("*/")?.1 });
    }
    let spaced = plain.replace('(', " ( ").replace(')', " ) ").replace(',', " ");
    let mut inputs = Vec::new();
    // The commands whose parentheses are open.
    let mut open: Vec<&str> = Vec::new();
    let mut before = "";
    for word in spaced.split_ascii_whitespace() {
        match word {
            "(" => open.push(before),
            ")" => drop(open.pop()?),
            "AS_NEEDED" => {}
            _ if matches!(open.first(), Some(&("GROUP" | "INPUT"))) => {
                let as_needed = open.contains(&"AS_NEEDED");
                inputs.push(ScriptInput { name: word.to_owned(), as_needed });
            }
            _ => {}
        }
        before = word;
    }
    (!inputs.is_empty()).then_some(inputs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_for_the_linker_names_libraries() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("libx.so");
        let text = "/* GNU ld script */\nOUTPUT_FORMAT(elf64-x86-64)\n\
                    GROUP ( /lib/libx.so.6 -ly /usr/lib/libx.a AS_NEEDED ( libz.so.1 ) )\n";
        fs::write(&file, text).unwrap();
        let found = script(&file).unwrap();
        let names: Vec<_> = found.iter().map(|one| (&*one.name, one.as_needed)).collect();
        let expected = [
            ("/lib/libx.so.6", false),
            ("-ly", false),
            ("/usr/lib/libx.a", false),
            ("libz.so.1", true),
        ];
        assert_eq!(names, expected);
        for other in ["", "no script", "GROUP ) (", "/* INPUT ( libx.so.6 )"] {
            fs::write(&file, other).unwrap();
            assert_eq!(script(&file), None, "{other}");
        }
    }

    #[test]
    fn the_greatest_version_is_taken_by_the_name_that_programs_have() {
        let folder = tempfile::tempdir().unwrap();
        let search = Search { folders: vec![folder.path().to_owned()] };
        for name in ["liba.so.9", "liba.so.10", "liba.so.10.2.1", "liba.so.x", "libab.so.11"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let path = |name: &str| Some(LinkedFile::Library(folder.path().join(name)));
        assert_eq!(search.find("a"), path("liba.so.10"));
        fs::write(folder.path().join("liba.so"), "").unwrap();
        assert_eq!(search.find("a"), path("liba.so"));
        assert_eq!(search.find("b"), None);
    }

    #[test]
    fn configurations_include_others() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let include = format!("include {}\n/last # of all\n", path("*.conf").display());
        fs::write(path("main"), include).unwrap();
        fs::write(path("b.conf"), "/b\n").unwrap();
        fs::write(path("a.conf"), "/a\n/a2\n").unwrap();
        let expected = ["/a", "/a2", "/b", "/last"].map(PathBuf::from);
        assert_eq!(configured(&path("main"), 0), expected);
    }
}
