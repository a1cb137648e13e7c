//! [`Settings`]: what the options of a module say.

use std::path::PathBuf;

use crate::backend::c::parse::Compiler;
use crate::backend::{OptionSpec, Options};
use crate::error::{Error, Result};

/// The options that modules take, and runtimes for all of theirs.
pub(in crate::backend::c) const OPTIONS: [OptionSpec; 4] = [
    OptionSpec::once(
        "compiler",
        "the C compiler that preprocesses headers; otherwise $CC, cc, gcc or clang",
    ),
    OptionSpec::repeated("include_dirs", "folders of headers, separated by ':'"),
    OptionSpec::repeated("library_dirs", "folders of shared libraries, separated by ':'"),
    OptionSpec::repeated("define", "a macro that headers see: NAME or NAME=VALUE"),
];

/// How a module finds what its path names.
#[derive(Clone, Debug, Default)]
pub(in crate::backend::c) struct Settings {
    pub(in crate::backend::c) compiler: Compiler,
    /// Where libraries are looked for first.
    pub(in crate::backend::c) library_dirs: Vec<PathBuf>,
}

impl Settings {
    /// What options say.
    pub(in crate::backend::c) fn of(options: &Options) -> Result<Settings> {
        let mut arguments = Vec::new();
        for macros in options.all("define") {
            if macros.is_empty() || macros.starts_with('=') {
                return Err(Error::invalid(format!(
                    "option \"define\": \"{macros}\" names no macro; write NAME or NAME=VALUE"
                )));
            }
            arguments.push(format!("-D{macros}"));
        }
        arguments.extend(folders(options, "include_dirs").map(|folder| format!("-I{folder}")));
        let command = options.get("compiler").map(str::to_owned);
        let library_dirs = folders(options, "library_dirs").map(PathBuf::from).collect();
        Ok(Settings { compiler: Compiler { command, arguments }, library_dirs })
    }
}

fn folders<'a>(options: &'a Options, key: &'a str) -> impl Iterator<Item = &'a str> {
    options.all(key).flat_map(|list| list.split(':')).filter(|folder| !folder.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> Result<Settings> {
        let pairs = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        Settings::of(&Options::new("a module", &OPTIONS, pairs)?)
    }

    #[test]
    fn options_become_arguments_of_the_compiler() {
        let given = [("include_dirs", "/a:/b c"), ("define", "X=\"1;2\""), ("include_dirs", "/d")];
        let settings = settings(&given).unwrap();
        let expected = ["-DX=\"1;2\"", "-I/a", "-I/b c", "-I/d"];
        assert_eq!(settings.compiler.arguments, expected);
    }

    #[test]
    fn a_definition_has_a_name() {
        let error = settings(&[("define", "=1")]).unwrap_err();
        assert!(error.message().contains("NAME=VALUE"), "{error}");
    }
}
