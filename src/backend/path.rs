//! [`Step`]: the parts of a path through data.

use crate::error::{Error, Result, Status};

/// One step from a value to a part of it, or to what it points to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step<'a> {
    /// `.name`, or `name` at the start
    Member(&'a str),
    /// `[index]`
    Index(isize),
    /// `*`: what the pointer points to; also the first half of `->name`
    Follow,
}

/// The steps of a path: `a.b[2].c`, `[3]`, `*`, `next->value`.
pub fn steps(path: &str) -> Steps<'_> {
    Steps { path, rest: path, member: false }
}

/// The steps of a path, up to the first that is malformed.
pub struct Steps<'a> {
    path: &'a str,
    rest: &'a str,
    /// Whether the name after `->` comes next.
    member: bool,
}

impl<'a> Iterator for Steps<'a> {
    type Item = Result<Step<'a>>;

    fn next(&mut self) -> Option<Result<Step<'a>>> {
        if self.rest.is_empty() && !self.member {
            return None;
        }
        Some(self.step())
    }
}

impl<'a> Steps<'a> {
    fn step(&mut self) -> Result<Step<'a>> {
        let first = self.rest.len() == self.path.len();
        if std::mem::take(&mut self.member) {
            return self.name();
        }
        if let Some(rest) = self.rest.strip_prefix("->") {
            (self.rest, self.member) = (rest, true);
            return Ok(Step::Follow);
        }
        if let Some(rest) = self.rest.strip_prefix('[') {
            return self.index(rest);
        }
        if let Some(rest) = self.rest.strip_prefix('*') {
            self.rest = rest;
            return Ok(Step::Follow);
        }
        match self.rest.strip_prefix('.') {
            Some(rest) => self.rest = rest,
            None if first => {}
            None => return Err(self.malformed("`.`, `->`, `[` or `*`")),
        }
        self.name()
    }

    fn index(&mut self, rest: &'a str) -> Result<Step<'a>> {
        let parsed = rest
            .split_once(']')
            .and_then(|(digits, rest)| Some((digits.trim().parse().ok()?, rest)));
        let Some((index, rest)) = parsed else { return Err(self.malformed("`[index]`")) };
        self.rest = rest;
        Ok(Step::Index(index))
    }

    fn name(&mut self) -> Result<Step<'a>> {
        let ascii = self.rest.bytes().take_while(|byte| is_plain(*byte)).count();
        let end = match self.rest.as_bytes().get(ascii) {
            Some(byte) if !byte.is_ascii() => {
                self.rest.find(|c: char| !is_name(c)).unwrap_or(self.rest.len())
            }
            _ => ascii,
        };
        if end == 0 {
            return Err(self.malformed("a member's name"));
        }
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        Ok(Step::Member(name))
    }

    fn malformed(&self, expected: &str) -> Error {
        let position = self.path.len() - self.rest.len();
        Error::new(Status::Syntax, format!("expected {expected} at position {position}"))
    }
}

/// Whether an ASCII character may be part of a name.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$'
}

/// Whether a character may be part of a name; compilers take `$` and letters of any script.
fn is_name(c: char) -> bool {
    c == '_' || c == '$' || c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Step::{Follow, Index, Member};

    fn parsed(path: &str) -> Vec<Step<'_>> {
        steps(path).collect::<Result<_>>().unwrap()
    }

    #[test]
    fn a_path_is_a_list_of_steps() {
        assert_eq!(parsed(""), []);
        assert_eq!(parsed("a.b[2].c"), [Member("a"), Member("b"), Index(2), Member("c")]);
        assert_eq!(parsed("[3][ -1 ]"), [Index(3), Index(-1)]);
        assert_eq!(parsed("**"), [Follow, Follow]);
        assert_eq!(parsed("next->value"), [Member("next"), Follow, Member("value")]);
        assert_eq!(parsed("->x*"), [Follow, Member("x"), Follow]);
        assert_eq!(parsed("*.x"), [Follow, Member("x")]);
        assert_eq!(parsed(".x"), [Member("x")]);
    }

    #[test]
    fn what_is_malformed_is_found() {
        for (path, message) in [
            ("a b", "expected `.`, `->`, `[` or `*` at position 1"),
            ("a.", "expected a member's name at position 2"),
            ("a->", "expected a member's name at position 3"),
            ("a[x]", "expected `[index]` at position 1"),
            ("[1", "expected `[index]` at position 0"),
            ("[99999999999999999999]", "expected `[index]` at position 0"),
            ("a-b", "expected `.`, `->`, `[` or `*` at position 1"),
        ] {
            let error = steps(path).find_map(Result::err).unwrap();
            assert_eq!(error.message(), message, "{path}");
            assert_eq!(error.status(), Status::Syntax);
        }
    }
}
