//! [`Version`]: of a running system.

use std::fmt;

/// A version, such as Python's or Java's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct Version {
    /// The major number.
    pub major: u8,
    /// The minor number.
    pub minor: u8,
    /// The micro number.
    pub micro: u8,
}

impl Version {
    /// A version without its micro number.
    pub const fn new(major: u8, minor: u8) -> Version {
        Version { major, minor, micro: 0 }
    }

    /// Reads text that begins with a version, such as `3.11.2 (main, …)`; a release candidate
    /// counts as its release.
    pub fn parse(text: &str) -> Option<Version> {
        let digits = text.split(|c: char| !c.is_ascii_digit() && c != '.').next()?;
        let mut numbers = digits.split('.').filter(|part| !part.is_empty()).map(str::parse::<u8>);
        let major = numbers.next()?.ok()?;
        let mut next = || numbers.next().transpose().ok().map(Option::unwrap_or_default);
        Some(Version { major, minor: next()?, micro: next()? })
    }

    /// Whether it is at least `major.minor`.
    pub fn at_least(self, major: u8, minor: u8) -> bool {
        (self.major, self.minor) >= (major, minor)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.micro)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_begins_with_a_version() {
        let version = Version { major: 3, minor: 11, micro: 2 };
        assert_eq!(Version::parse("3.11.2 (main, Oct  7 2025) [GCC]"), Some(version));
        assert_eq!(Version::parse("3.15.0rc1+"), Some(Version::new(3, 15)));
        assert_eq!(Version::parse("3.9"), Some(Version::new(3, 9)));
        assert_eq!(Version::parse("python"), None);
        assert_eq!(Version::parse("3.999"), None);
    }

    #[test]
    fn versions_are_ordered() {
        assert!(Version::new(3, 9) < Version::new(3, 10));
        assert!(Version { major: 3, minor: 12, micro: 1 }.at_least(3, 12));
        assert!(!Version::new(3, 11).at_least(3, 12));
    }
}
