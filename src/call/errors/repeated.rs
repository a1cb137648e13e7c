//! What was said of failures lately. What fails again and again beside something that is raised is
//! said once a second: the same kind of failure, from the same place.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::fork::Lock;

/// For how long a failure is known.
pub const PERIOD: Duration = Duration::from_secs(1);

/// So many different ones are remembered.
const MOST: usize = 64;

static SAID: Lock<Said> = Lock::new(Said(Vec::new()));

/// What was said, and when; the oldest first.
struct Said(Vec<(Sort, Instant)>);

impl Said {
    /// Whether nothing like it was said lately; if so, it is said now.
    fn is_news(&mut self, sort: Sort, now: Instant) -> bool {
        self.0.retain(|(_, when)| now.duration_since(*when) < PERIOD);
        let is_news = self.0.iter().all(|(said, _)| *said != sort);
        if is_news {
            if self.0.len() == MOST {
                self.0.remove(0);
            }
            self.0.push((sort, now));
        }
        is_news
    }
}

/// What failures that are one another's again have in common: type and place, or what they say if
/// they are not a guest's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sort(u64);

impl Sort {
    /// That of a failure.
    #[cold]
    pub fn of(failure: &Error) -> Sort {
        let mut hasher = DefaultHasher::new();
        match failure.foreign_error() {
            None => failure.message().hash(&mut hasher),
            Some(foreign) => {
                foreign.type_name().hash(&mut hasher);
                if let Some(frame) = foreign.frames().last() {
                    (&frame.function, &frame.file, frame.line).hash(&mut hasher);
                }
            }
        }
        Sort(hasher.finish())
    }

    /// Whether nobody was told of one like it lately. Whoever asks tells somebody.
    #[cold]
    pub fn is_news(self) -> bool {
        SAID.lock().is_news(self, Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    #[test]
    fn what_is_said_again_is_no_news() {
        let sort = |message: &str| Sort::of(&Error::new(Status::Foreign, message));
        let (mut said, now) = (Said(Vec::new()), Instant::now());
        assert!(said.is_news(sort("one"), now));
        assert!(said.is_news(sort("another"), now));
        assert!(!said.is_news(sort("one"), now + PERIOD / 2));
        assert!(said.is_news(sort("one"), now + PERIOD));
        assert!(!said.is_news(sort("one"), now + PERIOD));
    }

    #[test]
    fn no_more_is_remembered_than_there_is_room_for() {
        let (mut said, now) = (Said(Vec::new()), Instant::now());
        assert!((0..3 * MOST as u64).all(|sort| said.is_news(Sort(sort), now)));
        assert_eq!(said.0.len(), MOST);
        assert!(!said.is_news(Sort(3 * MOST as u64 - 1), now));
    }
}
