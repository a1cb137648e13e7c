//! Reads the text of a neutral value piece by piece.

/// The text that is left to read.
pub(super) struct Scan<'a>(pub(super) &'a str);

impl<'a> Scan<'a> {
    /// Skips the character, if it is the next.
    pub(super) fn skip(&mut self, wanted: char) -> bool {
        let rest = self.0.strip_prefix(wanted);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// The digits that come next, perhaps none.
    pub(super) fn digits(&mut self) -> &'a str {
        let end = self.0.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.0.len());
        let (digits, rest) = self.0.split_at(end);
        self.0 = rest;
        digits
    }

    /// The number of two digits.
    pub(super) fn two(&mut self) -> Option<u8> {
        let (digits, rest) = self.0.split_at_checked(2)?;
        self.0 = rest;
        (digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
    }

    /// Nanoseconds of a fraction of a second, if one comes next: a point and up to 9 digits.
    pub(super) fn fraction(&mut self) -> Option<u32> {
        if !self.skip('.') {
            return Some(0);
        }
        let digits = self.digits();
        match digits.len() {
            1..=9 => format!("{digits:0<9}").parse().ok(),
            _ => None,
        }
    }

    /// The sign that comes next: -1 or 1.
    pub(super) fn sign(&mut self) -> Option<i8> {
        match (self.skip('-'), self.skip('+')) {
            (true, _) => Some(-1),
            (_, true) => Some(1),
            _ => None,
        }
    }

    /// Whether nothing is left.
    pub(super) fn is_done(&self) -> bool {
        self.0.is_empty()
    }
}

/// A fraction of a second with its point, without zeroes at the end; nothing for 0.
pub(super) fn show_fraction(nanoseconds: u32, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    match nanoseconds {
        0 => Ok(()),
        _ => write!(f, ".{}", format!("{nanoseconds:09}").trim_end_matches('0')),
    }
}
