//! [`Part`]: what one part of a module's path names.

use crate::error::{Error, Result, Status};

/// What stands before the name of a package.
const PACKAGE: &str = "pkg-config:";

/// A part of a module's path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::backend::c) enum Part<'a> {
    /// A header: it ends in `.h`.
    Header(&'a str),
    /// A package of pkg-config.
    Package(&'a str),
    /// A shared library.
    Library(&'a str),
}

impl Part<'_> {
    /// The parts of a path; none of an empty one.
    pub(in crate::backend::c) fn all(path: &str) -> Result<Vec<Part<'_>>> {
        if path.trim().is_empty() {
            return Ok(Vec::new());
        }
        let parts: Vec<&str> = path.split(';').map(str::trim).collect();
        if let Some(index) = parts.iter().position(|part| part.is_empty()) {
            return Err(Error::new(
                Status::Syntax,
                format!("part {} of the module path \"{path}\" is empty", index + 1),
            ));
        }
        let of = |part| match str::strip_prefix(part, PACKAGE) {
            Some(name) => Part::Package(name.trim()),
            None if part.ends_with(".h") => Part::Header(part),
            None => Part::Library(part),
        };
        Ok(parts.into_iter().map(of).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_parts_and_none_is_empty() {
        assert_eq!(Part::all("").unwrap(), []);
        let found = Part::all("libz.so.1; zlib.h;pkg-config:gtk+-3.0 >= 3.20").unwrap();
        let package = Part::Package("gtk+-3.0 >= 3.20");
        assert_eq!(found, [Part::Library("libz.so.1"), Part::Header("zlib.h"), package]);
        assert!(Part::all("libz.so.1;;zlib.h").unwrap_err().message().contains("part 2"));
    }
}
