//! [`Location`]: where something was declared, through line markers to the real file.

use crate::fork::Once;
use std::fmt;
use std::sync::Arc;

/// A place in a text.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub struct Location {
    /// The origin the text was given with, or the file that a line marker names.
    pub origin: Arc<str>,
    /// The line, from 1; 0 for what is built in.
    pub line: u32,
    /// The column in characters, from 1; 0 for what is built in.
    pub column: u32,
}

impl Location {
    /// The place of what needs no declaration.
    pub(crate) fn built_in() -> Location {
        Location { origin: Arc::from("<built-in>"), line: 0, column: 0 }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            return f.write_str(&self.origin);
        }
        write!(f, "{}:{}:{}", self.origin, self.line, self.column)
    }
}

/// A text that was declared, kept for its macros and for places, which are computed when asked.
pub(crate) struct Source {
    pub(crate) origin: Arc<str>,
    pub(crate) text: Arc<str>,
    /// Line markers in the order of their offsets.
    pub(crate) markers: Vec<Marker>,
    lines: Once<Vec<u32>>,
    /// How many characters begin before each block of bytes: lines may be as long as the text.
    characters: Once<Vec<u32>>,
}

/// Bytes that are counted one by one.
const BLOCK: usize = 256;

/// `# line "file"`: what follows the marker's own line is from there.
pub(crate) struct Marker {
    /// The offset of the marker's `#`.
    pub(crate) at: u32,
    pub(crate) line: u32,
    pub(crate) file: Option<Arc<str>>,
}

impl Source {
    pub(crate) fn new(origin: &str, text: Arc<str>) -> Source {
        let (lines, characters) = (Once::new(), Once::new());
        Source { origin: Arc::from(origin), text, markers: Vec::new(), lines, characters }
    }

    /// The place of a byte.
    pub(crate) fn location(&self, at: u32) -> Location {
        let line = self.line(at);
        let start = self.line_starts()[line as usize];
        let column = self.characters_before(at.max(start)) - self.characters_before(start) + 1;
        let after = self.markers.partition_point(|marker| marker.at < at);
        let Some(marker) = after.checked_sub(1).map(|index| &self.markers[index]) else {
            return Location { origin: self.origin.clone(), line: line + 1, column };
        };
        let file = self.markers[..after].iter().rev().find_map(|marker| marker.file.clone());
        let line = marker.line.saturating_add(line.saturating_sub(self.line(marker.at) + 1));
        Location { origin: file.unwrap_or_else(|| self.origin.clone()), line, column }
    }

    /// How many characters begin before a byte.
    fn characters_before(&self, at: u32) -> u32 {
        let bytes = self.text.as_bytes();
        let begun = |part: &[u8]| {
            part.iter().filter(|byte| **byte & 0b1100_0000 != 0b1000_0000).count() as u32
        };
        let blocks = self.characters.get_or_init(|| {
            let counts = bytes.chunks(BLOCK).scan(0, |sum, block| {
                let before = *sum;
                *sum += begun(block);
                Some(before)
            });
            counts.collect()
        });
        let at = (at as usize).min(bytes.len());
        let block = at / BLOCK;
        let before = blocks.get(block).copied();
        before.map_or_else(|| begun(bytes), |before| before + begun(&bytes[block * BLOCK..at]))
    }

    /// The line of a byte in this text, from 0.
    fn line(&self, at: u32) -> u32 {
        self.line_starts().partition_point(|&start| start <= at) as u32 - 1
    }

    fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let newlines = self.text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
            std::iter::once(0).chain(newlines.map(|(at, _)| at as u32 + 1)).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters() {
        let source = Source::new("pasted", Arc::from("int a;\n/* é */ int b;"));
        assert_eq!(source.location(0).to_string(), "pasted:1:1");
        let at = source.text.find("int b").unwrap() as u32;
        assert_eq!(source.location(at).to_string(), "pasted:2:9");
    }

    #[test]
    fn columns_are_right_in_lines_of_any_length() {
        let text = format!("{}\n{}", "\u{e9}a".repeat(500), "\u{20ac}b".repeat(700));
        let source = Source::new("pasted", Arc::from(&*text));
        let (mut line, mut column) = (1, 1);
        for (at, character) in text.char_indices() {
            let found = source.location(at as u32);
            assert_eq!((found.line, found.column), (line, column), "at {at}");
            (line, column) = if character == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
        assert_eq!(source.location(text.len() as u32).column, column);
    }

    #[test]
    fn places_follow_line_markers() {
        let text = "int a;\n# 42 \"foo.h\" 1\n\nint b;\n#line 7\nint c;\n";
        let mut source = Source::new("pasted", Arc::from(text));
        let file = Some(Arc::from("foo.h"));
        source.markers = vec![
            Marker { at: text.find("# 42").unwrap() as u32, line: 42, file },
            Marker { at: text.find("#line").unwrap() as u32, line: 7, file: None },
        ];
        assert_eq!(source.location(text.find("int a").unwrap() as u32).to_string(), "pasted:1:1");
        assert_eq!(source.location(text.find("int b").unwrap() as u32).to_string(), "foo.h:43:1");
        assert_eq!(source.location(text.find("c;").unwrap() as u32).to_string(), "foo.h:7:5");
    }
}
