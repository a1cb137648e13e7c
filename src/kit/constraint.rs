//! [`Constraint`]: what a version must be.

use std::fmt;

use super::Version;
use crate::error::{Error, Result, Status};

/// What a version must be: `>=3.10,<3.14`. The empty one is fulfilled by every version.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Constraint {
    text: String,
    clauses: Vec<Clause>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Clause {
    relation: Relation,
    version: Version,
    /// How many numbers were given.
    numbers: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Relation {
    AtLeast,
    AtMost,
    Above,
    Below,
    Is,
    IsNot,
    Compatible,
}

/// The longer ones first: `>` begins `>=` as well. A version alone is one that is equal.
const RELATIONS: [(&str, Relation); 8] = [
    (">=", Relation::AtLeast),
    ("<=", Relation::AtMost),
    ("==", Relation::Is),
    ("!=", Relation::IsNot),
    ("~=", Relation::Compatible),
    (">", Relation::Above),
    ("<", Relation::Below),
    ("", Relation::Is),
];

impl Constraint {
    /// Reads clauses separated by commas, such as `example`.
    pub fn parse(text: &str, example: &str) -> Result<Constraint> {
        let clauses = text.split(',').map(|clause| Clause::parse(clause.trim()));
        let clauses = clauses.collect::<Option<Vec<_>>>().ok_or_else(|| {
            Error::new(
                Status::Syntax,
                format!(
                    "option version is \"{text}\"; it is made of >=, <=, >, <, ==, != or ~= and a \
                     version, separated by commas, such as {example}"
                ),
            )
        })?;
        Ok(Constraint { text: text.to_owned(), clauses })
    }

    /// Whether it is about micro versions.
    pub fn has_micro(&self) -> bool {
        self.clauses.iter().any(|clause| clause.numbers > 2)
    }

    /// Whether a version fulfils it.
    pub fn allows(&self, version: Version) -> bool {
        self.clauses.iter().all(|clause| clause.allows(version))
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Clause {
    fn parse(text: &str) -> Option<Clause> {
        let (relation, rest) = RELATIONS
            .iter()
            .find_map(|(sign, relation)| Some((*relation, text.strip_prefix(sign)?.trim())))?;
        let rest = rest.strip_suffix(".*").unwrap_or(rest);
        let numbers = rest.split('.').count();
        let digits = rest.split('.').all(|part| part.parse::<u8>().is_ok());
        if !digits || numbers > 3 || (relation == Relation::Compatible && numbers < 2) {
            return None;
        }
        Some(Clause { relation, version: Version::parse(rest)?, numbers })
    }

    fn allows(&self, version: Version) -> bool {
        match self.relation {
            Relation::AtLeast => version >= self.version,
            Relation::AtMost => version <= self.version || self.begins(version, self.numbers),
            Relation::Above => version > self.version && !self.begins(version, self.numbers),
            Relation::Below => version < self.version,
            Relation::Is => self.begins(version, self.numbers),
            Relation::IsNot => !self.begins(version, self.numbers),
            Relation::Compatible => {
                version >= self.version && self.begins(version, self.numbers - 1)
            }
        }
    }

    /// Whether the first `count` numbers of a version are those given.
    fn begins(&self, version: Version, count: usize) -> bool {
        let numbers = |version: Version| [version.major, version.minor, version.micro];
        numbers(version)[..count] == numbers(self.version)[..count]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(constraint: &str, version: &str) -> bool {
        Constraint::parse(constraint, "3.1").unwrap().allows(Version::parse(version).unwrap())
    }

    #[test]
    fn every_clause_counts() {
        assert!(allows(">=3.10,<3.14", "3.10.0"));
        assert!(allows(">=3.10, <3.14", "3.13.9"));
        assert!(!allows(">=3.10,<3.14", "3.14.0"));
        assert!(!allows(">=3.10,<3.14", "3.9.18"));
        assert!(!allows(">=3.10,!=3.11", "3.11.2"));
    }

    #[test]
    fn a_version_means_all_that_begin_with_it() {
        assert!(allows("3.11", "3.11.7"));
        assert!(allows("==3.11.*", "3.11.7"));
        assert!(!allows("3.11.2", "3.11.7"));
        assert!(allows("<=3.11", "3.11.7"));
        assert!(!allows(">3.11", "3.11.7"));
        assert!(allows("~=3.10", "3.12.1"));
        assert!(!allows("~=3.10.2", "3.11.0"));
        assert!(allows("~=3.10.2", "3.10.4"));
    }

    #[test]
    fn what_is_no_constraint_is_refused() {
        for text in ["", "new", ">=", ">=3.10,", "=>3.10", "~=3", "3.1.2.3", ">=3.x"] {
            let error = Constraint::parse(text, ">=3.10,<3.14").unwrap_err();
            assert_eq!(error.status(), Status::Syntax, "{text}");
            assert!(error.message().contains(">=3.10,<3.14"), "{error}");
        }
    }
}
